//! NCMEC's CyberTipline documents: `report`, `fileDetails` and the server's answers, as types that
//! are written, read and checked by one table.
//!
//! The table knows the editions of the schema by their dates. Written from the public documentation;
//! the operator's copy of the schema is the second opinion. It must never speak to a server, and
//! never hold a copy of the schema.

pub(crate) mod address;
mod agreement;
mod check;
mod document;
mod grammar;
mod model;
mod schema;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod value;
mod words;
pub(crate) mod xsd;
#[cfg(test)]
mod xsd_of;

pub use address::{Address, Whole};
pub use check::check;
pub use document::Unwritable;
pub(crate) use model::part::date_time;
pub use model::{
    Age, AgeOrBirth, Answer, AssociatedAccount, Batch, CallingCode, CellPhone, Chat, Class, Code,
    ContactPerson, Degrees, Details, DeviceId, DoneFiles, Email, EmailIncident, EstimatedLocation,
    Extension, FileAnnotations, FileDetails, FileHash, FileId, FileIds, Gaming, HashKind,
    IncidentSummary, IntendedRecipient, InternetDetails, IpCaptureEvent, Latitude, LawEnforcement,
    Longitude, Marks, NameValue, Newsgroup, NonInternet, PeerToPeer, PermanentlyDisabled, Person,
    Phone, PostalAddress, Report, ReportAnnotations, ReportDoneResponse, ReportId, ReportResponse,
    Reported, Reporter, TemporarilyDisabled, Verification, Victim, Viewing, WebPage,
};
pub use schema::Schema;
pub(crate) use text::is_email;
pub use text::{EmailAddress, FreeText, Text};
pub(crate) use tree::read as read_tree;
pub use tree::{Flaw, MAX_BYTES};
pub use words::{
    AccountKind, AddressKind, BatchReason, Country, DetailKind, EmailKind, EventName, IncidentType,
    IndustryClass, PhoneKind, Relevance, UsState,
};
#[cfg(test)]
pub(crate) use xsd_of::xsd_of;
