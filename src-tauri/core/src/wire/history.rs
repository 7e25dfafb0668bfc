//! What crosses about the history of acts.
//!
//! It must never tell what a picture showed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Role, Verdict};

/// One act in the history.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Act {
    pub leaf: u64,
    pub at: String,
    pub by: String,
    pub role: Role,
    /// Event type as in the ledger, e.g. `decision.recorded`.
    pub kind: String,
    /// The act in words: `Confirmed`, `Exposure opened`.
    pub words: String,
    /// What it was about, in words: `B2, supersedes leaf 190`.
    pub what: String,
    pub case: Option<u32>,
    pub verdict: Option<Verdict>,
    /// Set on a decision that no longer stands: the leaf that ended it.
    pub ended_by: Option<u64>,
    /// Leaf hash, hex.
    pub leaf_hash: String,
    /// The body the leaf commits to, as pretty JSON.
    pub body: String,
}

/// Which acts.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct HistoryFilter {
    /// RFC 3339, inclusive.
    pub since: Option<String>,
    /// RFC 3339, exclusive.
    pub until: Option<String>,
    /// Pseudonym.
    pub by: Option<String>,
    /// Event type or its first part (`decision`).
    pub kind: Option<String>,
    pub case: Option<u32>,
    /// Only acts before this leaf (paging, newest first).
    pub before: Option<u64>,
}

/// A page of history, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HistoryPage {
    pub acts: Vec<Act>,
    /// Acts that fit the filter, in all.
    pub total: u64,
    pub more: bool,
    /// Pseudonyms that appear in the ledger, for the filter.
    pub people: Vec<String>,
}
