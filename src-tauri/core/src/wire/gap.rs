//! What is missing from trails, what was tried about it, and what is attached later, as it crosses to the window.
//!
//! Addresses are defanged in every field; what a person attaches comes in as it is. Verbs that answer these:
//! `case::gaps::{list, show}` and `case::enrich::{form, file, attempt}`.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CaseState, Class, LineProblem};

/// How the list of gaps is put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum GapGrouping {
    /// One group per supplier and dataset at a version.
    #[default]
    Dataset,
    /// One group per missing fact.
    Field,
    /// One group per reason.
    Reason,
}

/// Which gaps.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct GapFilter {
    pub group: GapGrouping,
    /// A reason as in the find, e.g. `discarded_upstream`.
    pub reason: Option<String>,
    /// Only sightings of these classes; empty: all.
    pub classes: Vec<Class>,
    /// Dotted path, or its last part: `acquisition.page_url`, `page_url`.
    pub field: Option<String>,
    /// Id of a dataset, as rows give it, or its name.
    pub dataset: Option<String>,
}

/// The gaps of the whole workspace.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GapsView {
    /// Sightings in the store.
    pub sightings: u64,
    /// All four classes, A to D, of all sightings.
    pub classes: Vec<ClassCount>,
    pub groups: Vec<GapGroup>,
}

/// How many sightings have a class.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClassCount {
    pub class: Class,
    pub sightings: u64,
    /// `to origin`, `partly`, `to a supplier`, `not traceable`.
    pub words: String,
}

/// Gaps under one heading.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GapGroup {
    /// `Example Supplier`, or a fact, or a reason.
    pub title: String,
    /// `example/synth-pairs@0123456`; empty where the heading says all.
    pub about: String,
    /// Sightings in the group, with or without a gap; 0 where groups are not by dataset.
    pub sightings: u64,
    /// Most sightings first.
    pub rows: Vec<GapRow>,
}

/// One fact missing for one reason from sightings of one dataset.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GapRow {
    /// Give dataset, field and reason to `gap_show`.
    pub dataset: u32,
    /// `example/synth-pairs@0123456`.
    pub dataset_name: String,
    /// Dotted path.
    pub field: String,
    /// What the trail calls it: `Source page`.
    pub label: String,
    pub reason: String,
    /// `Discarded upstream`.
    pub reason_words: String,
    pub sightings: u64,
    /// In a few words: `Ask for the pointer rows`.
    pub next_step: String,
    /// Whom: `abuse@supplier[.]example`, `ourselves`; `None` where nobody need be asked.
    pub ask: Option<String>,
    /// RFC 3339; `None`: never.
    pub last_tried: Option<String>,
}

/// One gap with all that is known about it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GapDetail {
    pub row: GapRow,
    pub supplier: Option<String>,
    pub contact: Option<String>,
    pub cases: u64,
    /// `the scanner, in every find`.
    pub declared_by: String,
    pub effect: GapEffect,
    /// What to do, in one to three sentences.
    pub next_step_text: String,
    /// To copy: keys and digests, no addresses. `None` where nobody need be asked.
    pub request: Option<String>,
    /// How many sightings the request does not name, for length.
    pub request_leaves_out: u64,
    /// Newest first.
    pub attempts: Vec<Attempt>,
    /// What a report made now would say of it.
    pub report_sentence: String,
    /// Sealed packages that went out with this gap.
    pub reports: Vec<String>,
    /// Sources of confirmed cases with this gap that wait for a package.
    pub waiting: Vec<String>,
    pub page: GapCases,
}

/// What recovering a fact would change, on the sighting it would help most.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GapEffect {
    /// The dimension that rises: `O`; `None` where none does.
    pub dimension: Option<String>,
    pub from: u8,
    pub to: u8,
    pub class_from: Class,
    pub class_to: Class,
    /// `O2 → O3, class unchanged`.
    pub words: String,
}

/// Cases concerned, fifty at a time, in the order of their numbers.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GapCases {
    pub cases: Vec<GapCase>,
    /// Give it back to get the next page.
    pub next: Option<u32>,
}

/// One case concerned.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GapCase {
    pub case: u32,
    pub state: CaseState,
    pub class: Class,
    pub sightings: u32,
    pub report: Option<String>,
}

/// What kind of enquiry it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum EnrichKind {
    /// Lines of a crawl's index.
    Cdx,
    /// img2dataset's `_stats.json`.
    Stats,
    /// Rows of a pointer set, CSV or JSON Lines.
    Pointer,
    /// A supplier's answer, CSV or JSON Lines.
    Answer,
    /// Facts a person typed.
    Form,
    /// A question that was asked; it brought no fact by itself.
    Enquiry,
}

/// How an attempt ended, or where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptOutcome {
    /// Facts were attached.
    Found,
    /// Everything it says was known.
    AlreadyKnown,
    /// It says nothing of any sighting here, or nothing new that fits.
    NotFound,
    /// Asked; the answer is awaited.
    Asked,
    NoAnswer,
    Refused,
}

/// One attempt to recover facts. Each is in the ledger.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// The first leaf; a long file takes several.
    pub leaf: u64,
    pub at: String,
    /// Pseudonym.
    pub by: String,
    pub kind: EnrichKind,
    pub outcome: AttemptOutcome,
    /// `Asked`, `Joined the pointer rows`.
    pub title: String,
    /// `0 of 1,034 found. Pointer file has no page column.`
    pub words: String,
    pub dataset: Option<u32>,
    pub case: Option<u32>,
    pub field: Option<String>,
    /// Whom or what was asked, defanged.
    pub source: String,
    pub note: String,
    /// `2026-12-03`: when an answer is due.
    pub due: Option<String>,
    /// SHA-256 of the raw file.
    pub raw_sha256: Option<String>,
    pub counts: EnrichCounts,
}

/// What came of reading a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EnrichCounts {
    /// Lines read.
    pub lines: u64,
    /// Sightings that a line speaks of.
    pub matched: u64,
    /// Facts attached.
    pub facts: u64,
    /// Facts that were there already, the same.
    pub known: u64,
    /// Facts that differ from what is there: kept beside it, nothing overwritten.
    pub conflicts: u64,
    /// Sightings that several lines speak of, differently: nothing was attached.
    pub ambiguous: u64,
    /// Lines left out.
    pub left_out: u64,
}

/// Sightings whose class changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClassMove {
    pub from: Class,
    pub to: Class,
    pub sightings: u64,
}

/// What an enrichment did.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Enriched {
    pub attempt: Attempt,
    pub moves: Vec<ClassMove>,
    /// The first thousand lines that were left out.
    pub problems: Vec<LineProblem>,
}

/// Facts a person attaches to a case.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EnrichForm {
    pub case: u32,
    /// One sighting of it; `None`: all that lack the fact.
    #[serde(default)]
    pub find_id: Option<String>,
    pub facts: Vec<FactInput>,
    /// Who or what says so.
    pub source: String,
    #[serde(default)]
    pub note: String,
}

/// One fact as typed: field as a dotted path or its last part, value as text or JSON.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FactInput {
    pub field: String,
    pub value: String,
}

/// A file to attach facts from.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EnrichFile {
    pub kind: EnrichKind,
    pub path: String,
    /// Id of a dataset or its name; `None`: sightings of any.
    #[serde(default)]
    pub dataset: Option<String>,
    /// Who gave the file, where its name does not say.
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub note: String,
}

/// An enquiry, to be recorded by itself.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttemptInput {
    /// Id of a dataset or its name.
    pub dataset: String,
    /// Dotted path or its last part; `None`: the dataset as a whole.
    #[serde(default)]
    pub field: Option<String>,
    /// `asked`, `no-answer`, `not-found` or `refused`.
    pub outcome: AttemptOutcome,
    /// Whom or what was asked.
    pub source: String,
    #[serde(default)]
    pub note: String,
    /// `2026-12-03`.
    #[serde(default)]
    pub due: Option<String>,
}
