//! The shapes that cross to the window and out of `casectl --json`: plain data, no behaviour beyond naming.
//!
//! Every struct here is generated into `ui/src/bindings/`. It must never carry media bytes: no field is a byte array.
//! Times are RFC 3339 UTC strings, durations are milliseconds, digests lower-case hex, case numbers plain integers.

mod approval;
mod case;
mod cluster;
mod decision;
mod exit;
mod finding;
mod flood;
mod gap;
mod history;
mod import;
mod obligation;
mod organisation;
mod package;
mod proof;
mod queue;
mod register;
mod removal;
mod statement;
mod submission;

pub use approval::*;
pub use case::*;
pub use cluster::*;
pub use decision::*;
pub use exit::*;
pub use finding::*;
pub use flood::*;
pub use gap::{
    Attempt, AttemptInput, AttemptOutcome, ClassCount, ClassMove, EnrichCounts, EnrichFile,
    EnrichForm, EnrichKind, Enriched, FactInput, GapCase, GapCases, GapDetail, GapEffect,
    GapFilter, GapGroup, GapGrouping, GapRow, GapsView,
};
pub use history::*;
pub use import::*;
pub use obligation::*;
pub use organisation::*;
pub use package::*;
pub use proof::*;
pub use queue::*;
pub use register::*;
pub use removal::*;
pub use statement::*;
pub use submission::*;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What every failed call answers: a stable code and a sentence that says what happened, to what, and what to do.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WireError {
    /// Stable, e.g. `CLAIM-03`; the window may branch on it.
    pub code: String,
    /// One to three sentences for a person; never content of evidence.
    pub message: String,
}

/// A role, enforced in core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Imports, claims, views veiled, decides, packages.
    Reviewer,
    /// Reads every act, keeps accounts and policy, imports, packages.
    Supervisor,
    /// Keeps keys and accounts.
    Custodian,
}

/// What the window finds before anyone has unlocked.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Gate {
    /// The folder of the workspace, for display.
    pub store: String,
    pub state: GateState,
    /// Names that can unlock, in the order they were added.
    pub accounts: Vec<String>,
    /// Why the store cannot be opened, when it cannot.
    pub problem: Option<WireError>,
}

/// Whether there is a workspace to unlock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum GateState {
    /// No workspace at this path.
    Absent,
    Locked,
    Unlocked,
    /// There, but not readable as a workspace.
    Damaged,
}

/// Who is at the console.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub name: String,
    /// E.g. `R-07`: the only name that appears in the ledger and in lists.
    pub pseudonym: String,
    pub role: Role,
    pub policy: Policy,
}

/// The policy in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    pub version: String,
    /// What it says to reviewers, in words.
    pub text: String,
    /// Highest level anyone may see.
    pub level_cap: Level,
    /// Seconds during which a decision can be undone.
    pub undo_s: u32,
    /// Seconds a claim lasts without a heartbeat.
    pub lease_s: u32,
    /// Seconds after which a veiled view hides itself.
    pub view_s: u32,
    /// Weighted seconds of exposure a person may have in a UTC day.
    pub budget_s: u32,
    /// Seconds without input after which the console locks.
    pub idle_lock_s: u32,
    /// Cases of one list entry that go to people one by one; with more, a supervisor gets one card instead.
    #[serde(default = "flood_k")]
    pub flood_k: u32,
}

/// What a policy from before floods goes by.
pub(crate) const fn flood_k() -> u32 {
    200
}

/// A view level: how many samples along the long side may leave the airlock (0, 16, 32, 96).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    HashOnly,
    Mosaic,
    Strong,
    Soft,
}

/// A verdict of one person in one round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Confirmed,
    NotAMatch,
    CannotTell,
    Escalated,
}

/// Industry classification (A: prepubescent, B: pubescent; 1: act, 2: exhibition).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Classification {
    A1,
    A2,
    B1,
    B2,
}

/// Where a case stands once its undo window is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CaseState {
    Suspected,
    Confirmed,
    NotAMatch,
    CannotTell,
    Escalated,
    /// Confirmed and in a sealed package.
    Packaged,
}

/// Completeness class of a sighting's trail (gates, not a score; never a priority).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub enum Class {
    A,
    B,
    C,
    D,
}

/// Rubric dimensions, each 0..=3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Vector {
    pub m: u8,
    pub o: u8,
    pub t: u8,
    pub c: u8,
    pub d: u8,
    pub p: u8,
}

/// Completeness of one sighting.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Completeness {
    pub class: Class,
    pub vector: Vector,
    /// The dimensions that keep it from the next class, as letters (`"O"`, `"T"`).
    pub holds_back: Vec<String>,
}

/// The bar at the foot of the window.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    pub leaves: u64,
    /// Root of the ledger, hex.
    pub root: String,
    /// Whether the ledger was recomputed from its leaves when this session began, and agreed.
    pub verified_at_start: bool,
    pub open_cases: u64,
    /// What is owed: reports due, and what is kept.
    pub obligations: ObligationCounts,
    /// Suspected cases that flood cards keep out of the queues.
    pub held_cases: u64,
    /// Milliseconds since a checkpoint was last handed out for somebody else to keep; `None`: never.
    pub checkpoint_age_ms: Option<u64>,
    /// Weighted exposure of this person today.
    pub exposure_today_ms: u64,
    pub exposure_budget_ms: u64,
    pub import: Option<ImportProgress>,
    /// Whether this machine can confine the decoder; without it no level above hash-only exists.
    pub airlock: bool,
}

/// Result of recomputing the ledger.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    pub leaves: u64,
    pub root: String,
    pub findings: Vec<String>,
}

/// One thing `doctor` tried on this machine.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    pub name: String,
    pub ok: bool,
    pub detail: String,
}
