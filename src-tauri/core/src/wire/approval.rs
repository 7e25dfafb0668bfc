//! The shapes of acts that need two persons.
//!
//! Like all of `wire`, it must never carry media bytes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::WireError;

/// What a proposal would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ProposalKind {
    /// Put another policy in force.
    PolicyChange,
    /// Change who reports.
    OrganisationChange,
    /// Give rejected sightings of a dataset back to training.
    ReleaseList,
    /// Put the flood of one list entry aside until a date.
    SuppressEntry,
    /// Let reports be sent to a hotline's production system until a time.
    UnlockProduction,
    /// Record a report as filed whose receipt never arrived.
    RecordReceiptLost,
    /// Hand the originals of a report to named recipients, sealed.
    SealOriginals,
    /// Hand a sealed report to an officer who asked.
    HandOver,
    /// File a sealed report.
    FileReport,
    /// Take an approved report back.
    WithdrawReport,
    /// Lift a legal hold.
    LiftHold,
    /// Destroy originals.
    Destroy,
}

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ProposalState {
    Open,
    /// Approved by a second person, and done.
    Approved,
    Refused,
    /// Taken back by the person who proposed it.
    Withdrawn,
    /// Nobody decided it in time.
    Expired,
}

/// Which proposals.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ProposalFilter {
    pub state: Option<ProposalState>,
    pub kind: Option<ProposalKind>,
}

/// One proposal, as the person at the console may decide it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProposalFacts {
    /// The number to approve, refuse or withdraw it by.
    pub proposal: u32,
    pub kind: ProposalKind,
    pub state: ProposalState,
    /// What it would do, in a few words: `Change the policy to 2.0`.
    pub title: String,
    /// What that means, one sentence or fact each.
    pub what: Vec<String>,
    /// What would be approved, as pretty JSON.
    pub subject: String,
    /// SHA-256 of the subject as canonical JSON (RFC 8785): what was approved is what was proposed.
    pub subject_sha256: String,
    pub reason: String,
    /// Pseudonym.
    pub proposed_by: String,
    pub proposed_at: String,
    /// The leaf that proposed it.
    pub leaf: u64,
    /// The person here proposed it.
    pub mine: bool,
    pub expires_at: String,
    /// 0 unless it is open.
    pub left_ms: u64,
    pub decided_by: Option<String>,
    pub decided_at: Option<String>,
    /// The leaf that ended it.
    pub decided_leaf: Option<u64>,
    /// Why it was refused.
    pub decided_why: Option<String>,
    /// Why the person here cannot approve or refuse it; `None`: they can.
    pub cannot_decide: Option<WireError>,
}
