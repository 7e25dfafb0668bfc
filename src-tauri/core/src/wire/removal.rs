//! The shapes of removal from corpora and of release back to training.
//!
//! Like all of `wire`, it must never carry media bytes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How far the removal of confirmed sightings is, dataset by dataset.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemovalStatus {
    pub at_leaf: u64,
    /// In the order of their ids.
    pub datasets: Vec<RemovalDataset>,
}

/// One dataset with the places that keep a copy of it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemovalDataset {
    pub dataset: String,
    /// Versions in which something was confirmed, in order.
    pub versions: Vec<String>,
    /// Confirmed sightings whose undo window is over: what must be removed.
    pub tombstoned: u64,
    /// Those of them that stand in an exported list.
    pub exported: u64,
    /// Exported earlier and no longer confirmed; the next list takes them back.
    pub retractions_due: u64,
    /// Confirmed, or decided again, within an undo window: not counted above.
    pub waiting: u64,
    /// Settled rejected cases filed under this dataset; a release list holds their sightings in it.
    pub rejected: u64,
    pub locations: Vec<RemovalLocation>,
    /// Everything confirmed was exported, and every location has said that it is removed or not there.
    pub none_open: bool,
    /// Lists written, newest first.
    pub exports: Vec<RemovalExport>,
}

/// One place where a dataset is stored.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemovalLocation {
    pub name: String,
    pub kind: LocationKind,
    /// Whom to ask, defanged.
    pub contact: String,
    pub added_at: String,
    /// Set on a place that is no longer asked.
    pub retired_at: Option<String>,
    pub retired_why: Option<String>,
    pub removed: u64,
    pub not_present: u64,
    pub refused: u64,
    /// Confirmed sightings of the dataset that this place has not answered for.
    pub open: u64,
    /// When the oldest of them was settled as confirmed.
    pub oldest_open: Option<String>,
}

/// What kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum LocationKind {
    Bucket,
    Mirror,
    Backup,
    Cache,
    TrainingCopy,
}

/// A place to add.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LocationRequest {
    pub dataset: String,
    /// Short, unique within the dataset.
    pub name: String,
    pub kind: LocationKind,
    /// Whom to ask.
    pub contact: String,
}

/// What a list is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ListFormat {
    #[default]
    Jsonl,
    Csv,
}

/// What a list tells its reader to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ListKind {
    /// Remove these sightings of confirmed cases.
    Tombstones,
    /// These sightings of rejected cases may go back.
    Release,
}

/// A list to write.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportRequest {
    pub dataset: String,
    /// `None`: every version.
    pub version: Option<String>,
    /// A file that is not there yet.
    pub path: String,
    pub format: ListFormat,
}

/// A list that was written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemovalExport {
    /// The number to acknowledge it by.
    pub export: u32,
    pub kind: ListKind,
    pub dataset: String,
    pub version: Option<String>,
    /// `R-0001` where it holds the cases of one report alone.
    pub report: Option<String>,
    pub format: ListFormat,
    /// Lines that name a sighting to remove or to release.
    pub sightings: u64,
    /// Lines that take an earlier one back.
    pub retracted: u64,
    /// SHA-256 of the file.
    pub sha256: String,
    pub path: String,
    pub made_at: String,
    pub by: String,
    pub leaf: u64,
    /// The proposal that allowed it; release lists only.
    pub proposal: Option<u32>,
}

/// What a place says of a sighting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Acknowledged {
    Removed,
    NotPresent,
    /// It stays; the reason says why. Not an end: it keeps the dataset open.
    Refused,
}

/// An acknowledgement to record. Exactly one of `export` and `file` is set.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AckRequest {
    pub dataset: String,
    /// Name of the place.
    pub location: String,
    /// Everything in this list.
    pub export: Option<u32>,
    /// A file of lines, each a find id, a SHA-256, a member, or a member after its container's address and a tab.
    pub file: Option<String>,
    pub kind: Acknowledged,
    /// Needed where it is refused.
    pub reason: String,
    /// Who said so, in the owner's words.
    pub by: String,
    /// When they said so: RFC 3339, or a date.
    pub at: String,
}

/// What an acknowledgement changed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AckReceipt {
    /// `None` when nothing was new and nothing was logged.
    pub leaf: Option<u64>,
    /// Sightings acknowledged by it.
    pub sightings: u64,
    /// Said already, in the same sense.
    pub known: u64,
    /// Lines that name nothing, or more than one sighting, in the lists of this dataset.
    pub problems: Vec<AckProblem>,
    /// Sightings of the dataset this place has still not answered for.
    pub open: u64,
}

/// A line of an acknowledgement that was left out. It costs nothing else.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AckProblem {
    pub line: u64,
    /// `ACK-03` and so on.
    pub code: String,
    pub wrong: String,
}
