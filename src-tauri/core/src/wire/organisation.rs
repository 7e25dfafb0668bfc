//! Who reports, as a form of the window takes it.
//!
//! It must never carry anything of a case.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who reports. Blank means not given.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OrganisationForm {
    pub name: String,
    /// Of the person who reports.
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// Whom law enforcement should call.
    pub contact: ContactForm,
    /// Standing text: how to serve legal process, how long data is kept.
    pub company_template: String,
    pub legal_url: String,
    /// Whether the hash sharing MOU is signed.
    pub mou_signed: bool,
    /// Most files in one report, at least 1; a source with more makes several. `None`: no limit.
    pub max_files: Option<u32>,
}

/// A point of contact.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactForm {
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub phone: String,
}
