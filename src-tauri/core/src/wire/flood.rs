//! Floods as the window and `casectl` see them: one list entry that produced more cases than people should be sent
//! one by one.
//!
//! It must never carry an address that can be followed: hosts are defanged.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::VerdictCounts;

/// What became of a flood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FloodState {
    /// Its cases wait outside the queues for a supervisor.
    Held,
    /// Its cases went to the queues; it is held again once the entry has twice as many.
    Released,
    /// Two persons put it aside until a date. Nothing is decided by that.
    Suppressed,
}

/// One card: a list entry with more cases than the policy sends to people one by one.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FloodCard {
    pub flood: u32,
    /// `F-0003`.
    pub name: String,
    pub state: FloodState,
    /// End of a suppression; after it the card is held again.
    pub until: Option<String>,
    pub provider: String,
    pub list: String,
    pub list_version: Option<String>,
    pub entry: String,
    /// Category exactly as the list gives it.
    pub label: Option<String>,
    /// Cases whose best match is this entry.
    pub items: u64,
    pub sightings: u64,
    /// Suspected cases kept out of the queues by this card.
    pub held: u64,
    pub decided: VerdictCounts,
    /// Most frequent domain, defanged; a dataset where no address is known.
    pub top_source: Option<String>,
    /// Share of the items, whole per cent, rounded down.
    pub top_share: u32,
    /// Different domains.
    pub sources: u64,
    pub quality: Option<QualityRange>,
    /// Near matches by distance, nearest first.
    pub distances: Vec<DistanceCount>,
    /// Exact matches.
    pub exact: u64,
    /// Nearest, median and farthest of the suspected cases: what to look at first.
    pub samples: Vec<u32>,
    pub first_seen: String,
    pub last_seen: String,
    /// Who raised, released or suppressed it last, when, at which leaf, and why.
    pub by: String,
    pub at: String,
    pub leaf: u64,
    pub reason: String,
    /// A suppression that waits for a second person: the proposal's number and who proposed it.
    pub proposed: Option<u64>,
    pub proposed_by: Option<String>,
}

/// Quality as the scanner reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QualityRange {
    pub min: u32,
    pub median: u32,
    pub max: u32,
}

/// Cases at one distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DistanceCount {
    pub distance: u32,
    pub cases: u64,
}

/// A request to put a flood aside, for a second person to approve.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SuppressRequest {
    pub flood: u32,
    /// 1 to 90, from the approval.
    pub days: u32,
    pub reason: String,
}

/// One line of feedback to the keeper of a list. Without content, digests or addresses.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ListFeedback {
    pub provider: String,
    pub list: String,
    pub version: Option<String>,
    pub entry: String,
    /// `suppressed`: put aside by two persons; `rejected-exact`: an exact match that people judged not to be one.
    pub kind: String,
    pub reason: String,
    pub items: u64,
    /// Settled decisions.
    pub decided: VerdictCounts,
    pub until: Option<String>,
}

/// A file of feedback that was written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackFile {
    pub provider: String,
    pub list: String,
    pub path: String,
    pub entries: u32,
    /// Of the file.
    pub sha256: String,
}
