//! The shapes of a sealed report's other exits: who else it goes to, and what was written for them.
//!
//! Like all of `wire`, it must never carry media bytes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who a report goes to besides the CyberTipline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ExitKind {
    /// A hotline that takes addresses, as those of INHOPE do.
    Inhope,
    /// The National Crime Agency of the United Kingdom.
    Nca,
    /// An officer who asked, under legal process. Needs two persons.
    LawEnforcement,
    /// The owner of a corpus: what to remove, and nothing of the report.
    CorpusOwner,
}

/// What to write, and where.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExitRequest {
    /// E.g. `R-0001`.
    pub report: String,
    pub to: ExitKind,
    /// A new file for a list of addresses, else a new folder.
    pub out: String,
    /// For the National Crime Agency: the priority level, by the person who reports.
    pub priority: Option<u8>,
    /// For law enforcement: the approved proposal.
    pub proposal: Option<u32>,
}

/// What to propose to a second person before a report is handed to an officer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HandOverRequest {
    pub report: String,
    /// Who asked: agency, officer.
    pub authority: String,
    /// The number of the legal process.
    pub reference: String,
    pub reason: String,
}

/// What was written for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExitFacts {
    pub report: String,
    pub to: ExitKind,
    pub at: String,
    /// Pseudonym.
    pub by: String,
    pub leaf: u64,
    pub path: String,
    pub files: Vec<ExitFile>,
    /// Confirmed files that this exit says something of.
    pub told: u64,
    /// Confirmed files that it could say nothing of, e.g. because no address is recorded.
    pub left_out: u64,
    /// The proposal that allowed it.
    pub proposal: Option<u32>,
}

/// One file of an exit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExitFile {
    pub name: String,
    pub sha256: String,
}
