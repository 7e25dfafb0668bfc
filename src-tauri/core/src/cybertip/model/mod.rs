//! The documents as types.
//!
//! What the server would refuse can mostly not be written: texts are bounded, addresses are read,
//! words are variants, what excludes each other is one field. It must never say of itself where an
//! element stands or how often: the table does.

pub(super) mod part;

mod account;
mod answer;
mod capture;
pub(super) mod file;
mod incident;
pub(super) mod number;
mod party;
mod person;
mod report;

pub use account::{AgeOrBirth, AssociatedAccount, PermanentlyDisabled, TemporarilyDisabled};
pub use answer::{Answer, Class, Code, DoneFiles, ReportDoneResponse, ReportResponse};
pub use capture::{DeviceId, EstimatedLocation, IpCaptureEvent};
pub use file::{
    Details, FileAnnotations, FileDetails, FileHash, FileIds, HashKind, Marks, NameValue, Viewing,
};
pub use incident::{
    CellPhone, Chat, EmailIncident, Gaming, InternetDetails, Newsgroup, NonInternet, PeerToPeer,
    WebPage,
};
pub use number::{Age, CallingCode, Degrees, Extension, FileId, Latitude, Longitude, ReportId};
pub use party::{IntendedRecipient, Reported, Victim};
pub use person::{ContactPerson, Email, Person, Phone, PostalAddress, Verification};
pub use report::{Batch, IncidentSummary, LawEnforcement, Report, ReportAnnotations, Reporter};
