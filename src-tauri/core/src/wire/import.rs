//! What crosses about imports: how far one is, and what it left out.
//!
//! A line that is left out is named by number and reason, never by its text.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::WireError;

/// How far an import is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportProgress {
    pub run: String,
    pub file: String,
    pub state: ImportState,
    /// Lines read so far.
    pub lines: u64,
    /// Bytes of the finds file read so far, and its size (0 when it is a stream).
    pub bytes: u64,
    pub total_bytes: u64,
    pub lines_per_s: u64,
    /// `None` until it can be told.
    pub left_ms: Option<u64>,
    pub new_finds: u64,
    pub known: u64,
    pub left_out: u64,
    /// Responses of a vendor that named no match. They are no finds, and no errors.
    pub unmatched: u64,
    pub new_cases: u64,
    pub problem: Option<WireError>,
}

/// What a file of finds is written in: our own form, or a vendor's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ImportFormat {
    /// JSON Lines of `find/v1`.
    #[default]
    Find,
    /// Hasher-Matcher-Actioner, `/m/lookup` and `/m/raw_lookup`.
    Hma,
    /// PhotoDNA Cloud Service, `Match`, `MatchHash` and `MatchEdgeHash`.
    PhotoDna,
    /// Safer by Thorn, as Hive delivers it.
    Safer,
    /// Project Arachnid's Shield.
    Arachnid,
    /// Project VIC exchange, 2.0 and 1.x.
    Vics,
    /// A table with a header row.
    Csv,
}

/// One format, and what its source cannot give.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FormatFacts {
    pub format: ImportFormat,
    /// The product, as its maker calls it.
    pub source: String,
    /// The shapes that are read.
    pub accepts: Vec<String>,
    pub lacks: Vec<FormatLack>,
}

/// A fact that a source cannot give.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FormatLack {
    /// Dotted path.
    pub field: String,
    /// A reason as in the find: `never_recorded`.
    pub reason: String,
    /// Why, and who may know.
    pub why: String,
}

/// What the operator says of a vendor's file as a whole. What a response says of itself goes before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ImportTerms {
    pub format: ImportFormat,
    /// The dataset that was scanned, in the words of `find/v1`.
    pub dataset: Option<String>,
    pub dataset_version: Option<String>,
    pub version_kind: Option<String>,
    pub supplier: Option<String>,
    pub supplier_contact: Option<String>,
    /// RFC 3339, UTC.
    pub obtained_at: Option<String>,
    pub list_provider: Option<String>,
    pub list_name: Option<String>,
    pub list_version: Option<String>,
    /// The greatest distance that was called near, in the unit of the source.
    pub threshold: Option<u32>,
    /// When the source answered, RFC 3339, UTC; the file's own time unless given.
    pub reported_at: Option<String>,
}

/// What an import is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ImportState {
    Running,
    Done,
    /// Stopped by a person after a whole batch.
    Stopped,
    /// Ended by an error; what was acknowledged is kept.
    Failed,
    /// The program ended while it ran; what was acknowledged is kept.
    Interrupted,
}

/// One import, with the lines it left out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportRun {
    pub progress: ImportProgress,
    pub format: ImportFormat,
    pub started: String,
    pub by: String,
    /// Scanner name and version of its first find.
    pub scanner: Option<String>,
    /// BLAKE3 of the finds file, once it was read whole.
    pub digest: Option<String>,
    /// The first thousand lines that were left out.
    pub problems: Vec<LineProblem>,
    /// Most frequent declared gaps among its finds.
    pub missing: Vec<MissingCount>,
}

/// A line that was not imported. It costs nothing else.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LineProblem {
    pub line: u64,
    /// `FIND-03` and so on.
    pub code: String,
    pub wrong: String,
    pub remedy: String,
}

/// How often a fact was declared missing with a reason.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MissingCount {
    pub field: String,
    pub reason: String,
    pub count: u32,
}
