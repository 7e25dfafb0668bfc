//! What crosses about decisions: what is asked, and what became of each.
//!
//! It must never lose one that was superseded.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Classification, Level, Verdict};

/// What a reviewer sends to decide.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DecideRequest {
    pub case: u32,
    pub verdict: Verdict,
    pub classification: Option<Classification>,
    #[serde(default)]
    pub rationale: String,
    /// The version of the policy the reviewer had before them; must be the one in force.
    pub policy_version: String,
}

/// One decision.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DecisionFacts {
    pub leaf: u64,
    pub at: String,
    pub by: String,
    pub mine: bool,
    pub verdict: Verdict,
    pub classification: Option<Classification>,
    pub rationale: String,
    pub policy_version: String,
    /// Highest level its author had seen of this case when deciding.
    pub level_seen: Level,
    pub status: DecisionStatus,
    /// Leaf of the decision it supersedes.
    pub supersedes: Option<u64>,
    /// Leaf of the decision that superseded it, or of its withdrawal.
    pub ended_by: Option<u64>,
}

/// What became of a decision. Nothing is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionStatus {
    Draft,
    Stands,
    Superseded,
    Withdrawn,
}
