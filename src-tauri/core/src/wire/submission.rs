//! The shapes of sending a report to a hotline: what is configured, what would be sent, how far it is, how it ended.
//!
//! Like all of `wire`, it must never carry media bytes, and a password only inwards.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::WireError;

/// Which of a hotline's two systems. What its test system takes is thrown away there and files nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SubmissionEnvironment {
    Test,
    Production,
}

/// What to configure for one environment, and to make active. Replaces what was configured for it before.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SubmissionConfigure {
    pub environment: SubmissionEnvironment,
    /// Base address of the interface: `https://…`; plain `http` only to an address of this machine.
    pub base: String,
    pub user: String,
    /// Goes in and never comes out again.
    pub password: String,
    /// Whether this organisation uploads files. Without, no details of files can be sent, so nothing is.
    pub upload: bool,
    /// Longest wait for each phase of a request, 1 to 600.
    pub timeout_s: u32,
    /// Further attempts at a request that failed in passing, 0 to 8.
    pub retries: u32,
    /// Wait before the first of them, doubled each time; 0 to 600.
    pub retry_after_s: u32,
}

/// What is configured for one environment. There is no field for the password.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SubmissionEndpoint {
    pub environment: SubmissionEnvironment,
    pub base: String,
    pub host: String,
    pub user: String,
    pub upload: bool,
    pub timeout_s: u32,
    pub retries: u32,
    pub retry_after_s: u32,
    /// SHA-256 of environment, address and user name as canonical JSON: what an unlock of production is bound to.
    pub config_sha256: String,
    /// Until when two persons unlocked it; `None`: locked, or a test system, which needs none.
    pub unlocked_until: Option<String>,
}

/// Whether anything can be sent, and what was.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SubmissionStatus {
    /// `None`: off.
    pub active: Option<SubmissionEnvironment>,
    pub endpoints: Vec<SubmissionEndpoint>,
    /// Approved reports that are not filed.
    pub ready: Vec<SubmissionReady>,
    /// Newest first.
    pub submissions: Vec<SubmissionFacts>,
}

/// A report that may be sent.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SubmissionReady {
    /// `R-0001`.
    pub report: String,
    pub name: String,
    pub files: u32,
    /// An earlier run did not end: it must be resumed or retracted.
    pub unfinished: bool,
}

/// Where a submission stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SubmissionState {
    /// Running, or cut off before it ended.
    Open,
    /// The hotline said it is complete, and its receipt is kept.
    Filed,
    /// The same at a test system: nothing is filed.
    Rehearsed,
    /// Taken back, or gone, before it was complete.
    Retracted,
    /// Ended before the hotline opened a report.
    Failed,
    /// The hotline may have opened a report whose number never arrived; it expires there by itself.
    Orphaned,
    /// The hotline says it is complete, but its receipt never arrived. Never sent again.
    ReceiptLost,
}

/// One request to a hotline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SubmissionCall {
    Status,
    Submit,
    Upload,
    Fileinfo,
    Finish,
    Retract,
}

/// One submission.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SubmissionFacts {
    pub submission: u32,
    /// `R-0001`.
    pub report: String,
    pub environment: SubmissionEnvironment,
    pub state: SubmissionState,
    /// The hotline's number of the report, where it gave one.
    pub number: Option<String>,
    pub files: u32,
    /// Uploaded and described.
    pub files_done: u32,
    pub begun_at: String,
    /// Pseudonym.
    pub begun_by: String,
    pub leaf: u64,
    pub ended_at: Option<String>,
    /// When the hotline drops it unless it is finished before; only while it is open there.
    pub expires_at: Option<String>,
    /// What is known, and what to do next.
    pub what: String,
    /// SHA-256 of the receipt kept verbatim.
    pub receipt_sha256: Option<String>,
    /// The last things asked and told, oldest first.
    pub latest: Vec<SubmissionEvent>,
}

/// One request that was about to leave, or what came of it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SubmissionEvent {
    pub at: String,
    pub leaf: u64,
    pub call: SubmissionCall,
    pub case: Option<u32>,
    /// `false`: about to be asked. `true`: what came of it.
    pub told: bool,
    /// Why no answer came: `dns`, `connect`, `tls`, `timeout`, `half-answer`, `too-long`, `courier`.
    pub failure: Option<String>,
    pub http_status: Option<u16>,
    /// The hotline's own code, with its meaning in words.
    pub code: Option<u32>,
    pub meaning: Option<String>,
    /// The hotline's own words, made plain and cut.
    pub said: Option<String>,
    /// What the hotline asks for in support.
    pub request_id: Option<String>,
}

/// What a run would send, found without sending anything.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SubmissionDryRun {
    pub report: String,
    pub environment: Option<SubmissionEnvironment>,
    pub host: Option<String>,
    /// Why it could not be sent now; empty: it could.
    pub problems: Vec<WireError>,
    pub requests: u64,
    pub files: u32,
    pub file_bytes: u64,
    pub document_bytes: u64,
    /// `report.xml` first, then one for each file, as sealed.
    pub documents: Vec<SubmissionDocument>,
    /// SHA-256 of the package's tag manifest, which covers every byte of it.
    pub package_sha256: String,
}

/// One XML document of a sealed package.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SubmissionDocument {
    pub name: String,
    pub case: Option<u32>,
    pub bytes: u64,
    pub sha256: String,
}

/// How far a run is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SubmissionProgress {
    pub report: String,
    /// The request at hand; `None` before the first and after the last.
    pub step: Option<SubmissionCall>,
    /// Which attempt at it, from 1.
    pub attempt: u32,
    pub files: u32,
    pub files_done: u32,
    pub bytes: u64,
    pub bytes_done: u64,
    /// Asked to stop; it takes the report back and ends.
    pub stopping: bool,
    /// Said on the way: what an earlier run left behind.
    pub notes: Vec<String>,
    /// How it ended; `None` while it goes on.
    pub ended: Option<SubmissionState>,
    /// Why it stopped, when it did.
    pub problem: Option<WireError>,
}
