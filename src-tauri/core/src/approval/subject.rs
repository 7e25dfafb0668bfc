//! What two persons may decide together: a closed list, each with the state it rests on.
//!
//! A subject must name everything its effect needs, so that what was approved is what was proposed.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clock::Millis;
use crate::error::{Error, Result};
use crate::package::Organisation;
use crate::wire::{DestructionGround, Policy, ProposalKind, Route};

/// An act that needs two persons. Stored and logged as JSON, tagged by `kind`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Subject {
    /// Puts `policy` in force in place of version `from`.
    PolicyChange { from: String, policy: Policy },
    /// Replaces who reports; `from_sha256` is the digest of what is set now, as canonical JSON.
    OrganisationChange { from_sha256: String, organisation: Organisation },
    /// Lets the sightings of a dataset's rejected cases go back to training: those up to `through_sighting`, whose
    /// decisions stand in leaves up to `through_leaf` and were settled at `settled_by`.
    ReleaseList {
        dataset: String,
        version: Option<String>,
        cases: u64,
        sightings: u64,
        /// SHA-256 over `find_id decision-leaf\n` of each, in the order of case and sighting.
        sightings_sha256: String,
        through_sighting: i64,
        through_leaf: i64,
        settled_by: Millis,
    },
    /// Keeps the cases of one list entry out of the queues for some days from the approval; `at_leaf` is the last act on
    /// its flood card.
    SuppressEntry {
        flood: u32,
        provider: String,
        list: String,
        entry: String,
        days: u32,
        reason: String,
        at_leaf: i64,
    },
    /// Lets approved reports be sent to the production host of this configuration until a time.
    UnlockProduction { host: String, config_sha256: String, until: Millis },
    /// Records as filed a report that its hotline finished and whose receipt never arrived; `answer_sha256` is the digest
    /// of the hotline's answer that says so.
    RecordReceiptLost { report: String, submission: i64, number: String, answer_sha256: String },
    /// Seals the originals of a report to others, who can open them; `sha256` is that of the report's tag manifest.
    SealOriginals { report: u32, sha256: String, recipients: Vec<String> },
    /// Hands the package sealed as `report` to an officer who asked under legal process.
    HandOver {
        report: String,
        /// SHA-256 of its tag manifest.
        package_sha256: String,
        authority: String,
        reference: String,
    },
    /// Lets a sealed report be filed by one route; `package_sha256` is the digest of its tag manifest.
    FileReport { report: u32, package_sha256: String, route: Route },
    /// Takes an approved report back; `approved_leaf` is the approval that falls with it.
    WithdrawReport { report: u32, package_sha256: String, approved_leaf: i64, reason: String },
    /// Lifts a legal hold.
    LiftHold { hold: u32, added_leaf: i64 },
    /// Destroys the originals of some cases of a filed report. `preserve_until` is the time as it stood.
    Destroy {
        report: u32,
        cases: Vec<u32>,
        ground: DestructionGround,
        reference: String,
        asked_by: String,
        preserve_until: Millis,
    },
}

impl Subject {
    /// What it is.
    pub fn kind(&self) -> ProposalKind {
        match self {
            Self::PolicyChange { .. } => ProposalKind::PolicyChange,
            Self::OrganisationChange { .. } => ProposalKind::OrganisationChange,
            Self::ReleaseList { .. } => ProposalKind::ReleaseList,
            Self::SuppressEntry { .. } => ProposalKind::SuppressEntry,
            Self::UnlockProduction { .. } => ProposalKind::UnlockProduction,
            Self::RecordReceiptLost { .. } => ProposalKind::RecordReceiptLost,
            Self::SealOriginals { .. } => ProposalKind::SealOriginals,
            Self::HandOver { .. } => ProposalKind::HandOver,
            Self::FileReport { .. } => ProposalKind::FileReport,
            Self::WithdrawReport { .. } => ProposalKind::WithdrawReport,
            Self::LiftHold { .. } => ProposalKind::LiftHold,
            Self::Destroy { .. } => ProposalKind::Destroy,
        }
    }

    /// RFC 8785.
    pub(super) fn canonical(&self) -> Result<String> {
        canonical(self)
    }

    /// Reads back what [`Self::canonical`] wrote.
    pub(super) fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            Error::store(
                "APPROVE-07",
                "A proposal in this store cannot be read. Run casectl verify.",
            )
            .caused_by(error)
        })
    }
}

/// Any value as canonical JSON.
pub(crate) fn canonical(value: &impl Serialize) -> Result<String> {
    serde_json_canonicalizer::to_string(value).map_err(|error| {
        Error::usage("APPROVE-08", "What is proposed cannot be written as canonical JSON.")
            .caused_by(error)
    })
}

/// Hex of the SHA-256 of a text.
pub(crate) fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
