//! What crosses about queues: which there are, a page of one, and what one holds of a case.
//!
//! It must never carry more of a case than a row shows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CaseState, Class, Classification, Verdict};

/// A named, ordered selection of cases.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueueFacts {
    /// `None`: every list.
    pub list: Option<String>,
    pub band: Option<Band>,
    /// What the queue is called: `All lists`, `SYNTH-LIST, near`.
    pub name: String,
    pub open: u64,
}

/// The part of a list by kind of match: exact first, then near, then near at quality below 50.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Band {
    Exact,
    Near,
    LowQuality,
}

/// The order of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Exact before near, near by distance, then oldest.
    #[default]
    Urgent,
    Oldest,
}

/// Which cases a page or `next` takes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct QueueFilter {
    pub list: Option<String>,
    pub band: Option<Band>,
    pub class: Option<Class>,
    pub order: Order,
    /// `false`: open cases and my drafts; `true`: decided cases, newest first.
    pub decided: bool,
    /// A case number, or the start of a digest.
    pub search: Option<String>,
}

/// One page of a queue.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueuePage {
    pub rows: Vec<QueueRow>,
    /// Give it back to get the next page; `None` at the end.
    pub next: Option<String>,
}

/// One row of a queue.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueueRow {
    pub case: u32,
    pub state: CaseState,
    pub draft: Option<Draft>,
    pub claim: Option<Claim>,
    /// This person put it aside earlier.
    pub skipped_by_me: bool,
    pub kind: MatchKind,
    pub algorithm: String,
    pub distance: Option<u32>,
    pub threshold: Option<u32>,
    pub quality: Option<u32>,
    pub list: String,
    pub entry: Option<String>,
    pub dataset: String,
    pub class: Class,
    pub sightings: u32,
    /// Why it stands where it stands, in words, most important first.
    pub why: Vec<String>,
    /// When it became a case.
    pub created: String,
}

/// Exact or near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum MatchKind {
    Exact,
    Near,
}

/// A reviewer's lease on a case.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    pub by: String,
    pub mine: bool,
    pub left_ms: u64,
    pub lease_ms: u64,
}

/// A decision that can still be undone.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    pub by: String,
    pub mine: bool,
    pub verdict: Verdict,
    pub classification: Option<Classification>,
    pub left_ms: u64,
    pub window_ms: u64,
}
