//! The shapes of checkpoints and of what a verified package shows.
//!
//! Like all of `wire`, it must never carry media bytes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A checkpoint that was handed out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckpointFacts {
    /// Name of the ledger and of its key.
    pub origin: String,
    /// Leaves it covers.
    pub size: u64,
    /// Root over them, hex.
    pub root: String,
    /// Time of the last leaf it covers.
    pub at: String,
    /// The leaf that says that it was handed out.
    pub leaf: u64,
    /// The signed note itself (C2SP), for somebody else to keep.
    pub note: String,
    /// The file it was written to.
    pub path: Option<String>,
}

/// A kept checkpoint held against the present ledger.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckpointCheck {
    /// Leaves the checkpoint covers.
    pub size: u64,
    /// Its root, hex.
    pub root: String,
    /// Leaves there are now.
    pub leaves: u64,
    /// The root now, hex.
    pub ledger_root: String,
    /// The consistency proof (RFC 6962 2.1.2), hex; empty where both are the same.
    pub proof: Vec<String>,
    /// Empty: the ledger continues the one that was signed.
    pub findings: Vec<String>,
}

/// One thing a package was checked for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PackageCheck {
    /// E.g. `proofs`.
    pub check: String,
    pub ok: bool,
    /// What was found out, in one line.
    pub detail: String,
    /// What is wrong, one sentence each.
    pub findings: Vec<String>,
}

/// A package, checked.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PackageVerification {
    pub package: String,
    pub checks: Vec<PackageCheck>,
    /// Those of all checks.
    pub findings: Vec<String>,
}

/// Originals of a report, sealed to named recipients.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OriginalsFacts {
    pub report: String,
    pub proposal: u32,
    /// Public age keys.
    pub recipients: Vec<String>,
    pub files: u32,
    pub path: String,
    /// SHA-256 of the bag's `tagmanifest-sha256.txt`.
    pub sha256: String,
    pub leaf: u64,
}
