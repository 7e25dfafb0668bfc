//! The shapes of the register of reports, of holds and of destruction.
//!
//! Like all of `wire`, it must never carry media bytes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ProposalFacts, WireError};

/// Where a report stands. It moves forward only; `filed` and `withdrawn` are ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ReportState {
    /// A package lies sealed; nobody has decided to file it.
    Sealed,
    /// Two persons decided to file it by one route.
    Approved,
    /// It was handed over, and the receipt is kept.
    Filed,
    /// Taken back before it was filed; its cases are confirmed again and can be packaged anew.
    Withdrawn,
}

/// By which way a report leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// The CyberTipline's reporting API.
    Cybertip,
    /// The CyberTipline's web form, filled in by hand.
    CybertipForm,
    /// The United Kingdom's National Crime Agency.
    Nca,
    /// A national hotline that takes addresses.
    Hotline,
    /// A law enforcement agency, on its request.
    LawEnforcement,
}

/// Which reports of the register.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RegisterFilter {
    pub state: Option<ReportState>,
    /// Only reports below this number: the last of the page before.
    pub before: Option<u32>,
    /// Most reports, at most 500; 0 means 100.
    pub limit: u32,
}

/// One report as the register knows it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReportRow {
    /// `R-0001`.
    pub report: String,
    pub state: ReportState,
    /// Source, for people, defanged.
    pub source: String,
    pub cases: u32,
    /// When the first of its cases was known to be what it is.
    pub known_at: String,
    /// By when it is to be filed; `None` where nothing fixes a time.
    pub due_at: Option<String>,
    pub sealed_at: String,
    pub sealed_by: String,
    /// SHA-256 of the package's tag manifest: what is approved and what is filed.
    pub package_sha256: String,
    pub path: String,
    /// The route two persons decided on.
    pub route: Option<Route>,
    pub filed_at: Option<String>,
    /// The number the recipient gave it.
    pub number: Option<String>,
    /// Everything in it is kept at least until then. Without it and unless withdrawn: without limit.
    pub preserve_until: Option<String>,
    /// Holds on it or on one of its cases that stand: `H-001`.
    pub holds: Vec<String>,
    /// How many of its originals were destroyed.
    pub destroyed: u32,
    /// The proposal that waits for a second person, if one does.
    pub waits_for: Option<u32>,
}

/// One report with everything that happened to it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReportDetail {
    pub row: ReportRow,
    pub case_numbers: Vec<u32>,
    /// Oldest first.
    pub history: Vec<ReportEvent>,
    pub receipt: Option<Receipt>,
    /// Holds on it or on one of its cases, lifted ones too.
    pub holds: Vec<HoldFacts>,
    pub destructions: Vec<DestructionFacts>,
    /// Why it cannot be proposed for filing by the person here; `None`: it can.
    pub cannot_propose: Option<WireError>,
    /// The same for withdrawing it.
    pub cannot_withdraw: Option<WireError>,
}

/// One step in the life of a report. Never changed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReportEvent {
    pub at: String,
    /// Pseudonym.
    pub by: String,
    pub state: ReportState,
    pub leaf: u64,
    /// The second person's act names the proposal.
    pub proposal: Option<u32>,
    pub route: Option<Route>,
    /// Why, where a person gave a reason.
    pub reason: Option<String>,
}

/// What the recipient answered, word for word.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    pub filed_at: String,
    pub recorded_at: String,
    pub number: Option<String>,
    pub sha256: String,
    pub size: u64,
    /// The receipt itself where it is text; else it is kept, and `casectl report show --receipt` writes it.
    pub text: Option<String>,
}

/// What withdrawing did: at once, or as a proposal for a second person.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Withdrawal {
    /// `None`: withdrawn at once.
    pub proposal: Option<ProposalFacts>,
    pub report: ReportRow,
}

/// A filing that was done by hand.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FiledRequest {
    /// `R-0001`.
    pub report: String,
    /// The number the recipient gave it.
    pub number: Option<String>,
    /// A file with the receipt, of any kind; kept byte for byte.
    pub receipt: String,
    /// When it was filed, RFC 3339; `None`: now. Not before its approval.
    pub at: Option<String>,
}

/// A legal hold to put on a report or on a case: exactly one of the two.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HoldRequest {
    /// `R-0001`.
    pub report: Option<String>,
    pub case: Option<u32>,
    /// The asker's own reference.
    pub reference: String,
    /// Who asked for it.
    pub asked_by: String,
}

/// One legal hold.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HoldFacts {
    /// `H-001`.
    pub hold: String,
    pub report: Option<String>,
    pub case: Option<u32>,
    pub reference: String,
    pub asked_by: String,
    pub added_by: String,
    pub added_at: String,
    pub leaf: u64,
    /// Set once two persons lifted it.
    pub lifted_at: Option<String>,
    pub lifted_by: Option<String>,
    pub lifted_leaf: Option<u64>,
    /// The proposal that lifted it.
    pub proposal: Option<u32>,
}

/// Why an original may be destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum DestructionGround {
    /// The time to keep it is over.
    PreservationEnded,
    /// A law enforcement agency asked for it: 18 U.S.C. 2258B(c).
    LawEnforcement,
}

/// A destruction to propose, of everything in a report or of one case in it: exactly one of the two.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DestroyRequest {
    pub report: Option<String>,
    pub case: Option<u32>,
    pub ground: DestructionGround,
    /// Needed where law enforcement asked: their reference, and who asked.
    pub reference: String,
    pub asked_by: String,
    pub reason: String,
}

/// Where a destruction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum DestructionState {
    /// Two persons decided it; the files are not all gone yet. It is finished when the workspace is next opened.
    Ordered,
    Done,
}

/// One destruction.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DestructionFacts {
    /// `D-0001`.
    pub destruction: String,
    pub state: DestructionState,
    pub report: String,
    pub cases: u32,
    pub ground: DestructionGround,
    pub proposal: u32,
    pub ordered_at: String,
    pub ordered_leaf: u64,
    pub done_at: Option<String>,
    pub done_leaf: Option<u64>,
}

/// What a destruction did, for whoever must show it. Made only after the bytes are gone.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Certificate {
    /// `D-0001`.
    pub destruction: String,
    pub organisation: String,
    pub report: String,
    /// The number the recipient gave the report.
    pub number: Option<String>,
    pub filed_at: String,
    /// When the duty to keep it ended.
    pub preserved_until: String,
    pub ground: DestructionGround,
    pub reference: String,
    pub asked_by: String,
    pub reason: String,
    pub proposal: u32,
    pub proposed_by: String,
    pub proposed_at: String,
    pub proposed_leaf: u64,
    pub approved_by: String,
    pub approved_at: String,
    pub approved_leaf: u64,
    pub ordered_leaf: u64,
    pub done_at: String,
    pub done_leaf: u64,
    /// The ledger in which these leaves stand, when this was made.
    pub ledger_leaves: u64,
    pub ledger_root: String,
    pub items: Vec<CertificateItem>,
    /// What was done to the files.
    pub done: Vec<String>,
    /// What nobody can promise.
    pub not_guaranteed: Vec<String>,
    /// All of it, for people.
    pub text: String,
}

/// One original that was destroyed. Its digests and its history stay.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CertificateItem {
    pub case: u32,
    pub sha256: String,
    pub sha1: String,
    pub md5: String,
    pub blake3: String,
    pub size: u64,
    /// Whether the sealed file was in the vault when its destruction was ordered.
    pub was_sealed: bool,
}
