//! The shapes of the board of what is owed.
//!
//! Like all of `wire`, it must never carry media bytes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A heading of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ObligationGroup {
    PastDue,
    /// Due before the UTC day ends.
    Today,
    Within14Days,
    Later,
    /// To be reported as soon as reasonably possible; nothing fixes a time.
    NoFixedLimit,
    /// Filed, and kept.
    Preservation,
}

/// What is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ObligationKind {
    /// A confirmed case that is in no report: package it.
    Case,
    /// A report that is not filed: file it.
    Report,
    /// A filed report: keep what is in it.
    Preserve,
}

/// Where an obligation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ObligationState {
    /// Confirmed, and still within the undo window.
    CanBeUndone,
    /// Confirmed and settled, and in no report.
    Unreported,
    /// In a sealed package that nobody proposed to file.
    Sealed,
    /// A proposal to file it waits for a second person.
    WaitsForSecond,
    /// Two persons decided to file it; it is not filed.
    Approved,
    /// Filed, and kept until a date.
    Kept,
    /// Kept, whatever the date: a hold stands.
    Held,
    /// The time to keep it is over, and no hold stands.
    Ended,
}

/// Which rows of the board.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ObligationFilter {
    pub kind: Option<ObligationKind>,
    /// Pseudonym.
    pub owner: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Most rows, at most 500; 0 means 100.
    pub limit: u32,
}

/// One thing that is owed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ObligationRow {
    /// Stable: `case-12`, `report-R-0001`, `preserve-R-0001`.
    pub id: String,
    pub kind: ObligationKind,
    pub group: ObligationGroup,
    pub state: ObligationState,
    pub case: Option<u32>,
    /// `R-0001`.
    pub report: Option<String>,
    /// How many cases it is about.
    pub cases: u32,
    /// Knowledge: the first confirmed decision of the run that stands. For what is kept: when it was filed.
    pub since: String,
    /// By when, or until when; `None`: nothing fixes a time, or a hold stands.
    pub due_at: Option<String>,
    /// The rule this time follows, in a sentence.
    pub rule: String,
    /// What the law says, where the time is the organisation's own.
    pub law: Option<String>,
    /// Share of the time that is used, in thousandths, at most 1000; `None` without a due time.
    pub used: Option<u32>,
    /// Time left; negative once it is past due.
    #[ts(type = "number | null")]
    pub left_ms: Option<i64>,
    /// When it was filed, and the number the recipient gave.
    pub filed_at: Option<String>,
    pub number: Option<String>,
    /// Holds that stand: `H-001`.
    pub holds: Vec<String>,
    /// Pseudonym of who confirmed, sealed or filed.
    pub owner: String,
}

/// How much is owed. Also at the foot of the window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ObligationCounts {
    pub past_due: u64,
    pub today: u64,
    pub within_14_days: u64,
    pub later: u64,
    pub no_fixed_limit: u64,
    /// Filed reports that are kept.
    pub preservation: u64,
    /// Of those, where the time is over and no hold stands.
    pub ended: u64,
    /// Holds that stand.
    pub holds: u64,
}

/// One page of the board.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ObligationBoard {
    /// The time of the ledger, against which times left were reckoned.
    pub now: String,
    /// Of the whole board, whatever the filter.
    pub counts: ObligationCounts,
    /// In the order of the groups, then of the due time.
    pub rows: Vec<ObligationRow>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
    /// By which rule reports fall due here.
    pub rule: String,
    pub law: String,
}

/// What the board is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ObligationFormat {
    Csv,
    /// RFC 5545.
    Ics,
}

/// A board that was written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ObligationExport {
    pub path: String,
    /// Lines of the table, or events of the calendar.
    pub entries: u64,
    pub sha256: String,
    pub leaf: u64,
}
