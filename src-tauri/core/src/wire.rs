//! The shapes that cross to the window and out of `casectl --json`: plain data, no behaviour beyond naming.
//!
//! Every struct here is generated into `ui/src/bindings/`. It must never carry media bytes: no field is a byte array.
//! Times are RFC 3339 UTC strings, durations are milliseconds, digests lower-case hex, case numbers plain integers.

mod approval;
mod cluster;
mod exit;
mod finding;
mod flood;
mod obligation;
mod organisation;
mod package;
mod proof;
mod register;
mod removal;
mod statement;
mod submission;

pub use approval::*;
pub use cluster::*;
pub use exit::*;
pub use finding::*;
pub use flood::*;
pub use obligation::*;
pub use organisation::*;
pub use package::*;
pub use proof::*;
pub use register::*;
pub use removal::*;
pub use statement::*;
pub use submission::*;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

mod gap;

pub use gap::{
    Attempt, AttemptInput, AttemptOutcome, ClassCount, ClassMove, EnrichCounts, EnrichFile,
    EnrichForm, EnrichKind, Enriched, FactInput, GapCase, GapCases, GapDetail, GapEffect,
    GapFilter, GapGroup, GapGrouping, GapRow, GapsView,
};

/// What every failed call answers: a stable code and a sentence that says what happened, to what, and what to do.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WireError {
    /// Stable, e.g. `CLAIM-03`; the window may branch on it.
    pub code: String,
    /// One to three sentences for a person; never content of evidence.
    pub message: String,
}

/// A role, enforced in core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Imports, claims, views veiled, decides, packages.
    Reviewer,
    /// Reads every act, keeps accounts and policy, imports, packages.
    Supervisor,
    /// Keeps keys and accounts.
    Custodian,
}

/// What the window finds before anyone has unlocked.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Gate {
    /// The folder of the workspace, for display.
    pub store: String,
    pub state: GateState,
    /// Names that can unlock, in the order they were added.
    pub accounts: Vec<String>,
    /// Why the store cannot be opened, when it cannot.
    pub problem: Option<WireError>,
}

/// Whether there is a workspace to unlock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum GateState {
    /// No workspace at this path.
    Absent,
    Locked,
    Unlocked,
    /// There, but not readable as a workspace.
    Damaged,
}

/// Who is at the console.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub name: String,
    /// E.g. `R-07`: the only name that appears in the ledger and in lists.
    pub pseudonym: String,
    pub role: Role,
    pub policy: Policy,
}

/// The policy in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    pub version: String,
    /// What it says to reviewers, in words.
    pub text: String,
    /// Highest level anyone may see.
    pub level_cap: Level,
    /// Seconds during which a decision can be undone.
    pub undo_s: u32,
    /// Seconds a claim lasts without a heartbeat.
    pub lease_s: u32,
    /// Seconds after which a veiled view hides itself.
    pub view_s: u32,
    /// Weighted seconds of exposure a person may have in a UTC day.
    pub budget_s: u32,
    /// Seconds without input after which the console locks.
    pub idle_lock_s: u32,
    /// Cases of one list entry that go to people one by one; with more, a supervisor gets one card instead.
    #[serde(default = "flood_k")]
    pub flood_k: u32,
}

/// What a policy from before floods goes by.
pub(crate) const fn flood_k() -> u32 {
    200
}

/// A view level: how many samples along the long side may leave the airlock (0, 16, 32, 96).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    HashOnly,
    Mosaic,
    Strong,
    Soft,
}

/// A verdict of one person in one round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Confirmed,
    NotAMatch,
    CannotTell,
    Escalated,
}

/// Industry classification (A: prepubescent, B: pubescent; 1: act, 2: exhibition).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Classification {
    A1,
    A2,
    B1,
    B2,
}

/// Where a case stands once its undo window is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CaseState {
    Suspected,
    Confirmed,
    NotAMatch,
    CannotTell,
    Escalated,
    /// Confirmed and in a sealed package.
    Packaged,
}

/// Completeness class of a sighting's trail (gates, not a score; never a priority).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub enum Class {
    A,
    B,
    C,
    D,
}

/// Rubric dimensions, each 0..=3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Vector {
    pub m: u8,
    pub o: u8,
    pub t: u8,
    pub c: u8,
    pub d: u8,
    pub p: u8,
}

/// Completeness of one sighting.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Completeness {
    pub class: Class,
    pub vector: Vector,
    /// The dimensions that keep it from the next class, as letters (`"O"`, `"T"`).
    pub holds_back: Vec<String>,
}

/// The bar at the foot of the window.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    pub leaves: u64,
    /// Root of the ledger, hex.
    pub root: String,
    /// Whether the ledger was recomputed from its leaves when this session began, and agreed.
    pub verified_at_start: bool,
    pub open_cases: u64,
    /// What is owed: reports due, and what is kept.
    pub obligations: ObligationCounts,
    /// Suspected cases that flood cards keep out of the queues.
    pub held_cases: u64,
    /// Milliseconds since a checkpoint was last handed out for somebody else to keep; `None`: never.
    pub checkpoint_age_ms: Option<u64>,
    /// Weighted exposure of this person today.
    pub exposure_today_ms: u64,
    pub exposure_budget_ms: u64,
    pub import: Option<ImportProgress>,
    /// Whether this machine can confine the decoder; without it no level above hash-only exists.
    pub airlock: bool,
}

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

/// A whole case, as its reviewer sees it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CaseView {
    pub case: u32,
    pub state: CaseState,
    pub draft: Option<Draft>,
    pub claim: Option<Claim>,
    pub item: ItemFacts,
    pub matches: Vec<MatchFacts>,
    pub sightings: Vec<SightingFacts>,
    pub view: ViewFacts,
    /// Every decision so far, oldest first, superseded and withdrawn ones included.
    pub decisions: Vec<DecisionFacts>,
    /// Statements that the entire file was viewed outside the veil, oldest first, ended ones included.
    pub attestations: Vec<AttestationFacts>,
    /// Acts of annotating, oldest first, ended ones included.
    pub annotations: Vec<AnnotationFacts>,
    /// `None` when this person may attest and annotate now; otherwise what stands in the way.
    pub cannot_state: Option<WireError>,
    /// The package it went into, e.g. `R-0001`.
    pub report: Option<String>,
    pub why: Vec<String>,
    /// Whether its picture could be compared with others.
    pub fingerprint: Fingerprint,
    /// Its near-duplicates, where it has any.
    pub cluster: Option<ClusterRef>,
    /// The flood card that keeps it out of the queues.
    pub held_by: Option<u32>,
    /// `None` when this person may decide now; otherwise what stands in the way.
    pub cannot_decide: Option<WireError>,
}

/// One distinct file content.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ItemFacts {
    pub blake3: String,
    pub sha256: String,
    pub sha1: String,
    pub md5: String,
    pub size_bytes: u64,
    /// As the scanner reported it.
    pub media_type: Option<String>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// `as_fetched`, `re_encoded` or `unknown`.
    pub bytes_are: String,
    pub as_fetched_sha256: Option<String>,
}

/// The evidence of one list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MatchFacts {
    pub provider: String,
    pub list: String,
    pub list_version: String,
    pub entry: Option<String>,
    pub label: Option<String>,
    pub algorithm: String,
    pub kind: MatchKind,
    pub distance: Option<u32>,
    pub threshold: Option<u32>,
    pub distance_unit: Option<String>,
    pub quality: Option<u32>,
    pub entry_count: Option<u32>,
    pub raw_sha256: Option<String>,
}

/// One place where the item was found.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SightingFacts {
    pub find_id: String,
    pub dataset: String,
    pub dataset_version: String,
    /// E.g. `git_commit`, `unversioned`.
    pub version_kind: String,
    pub supplier: Option<String>,
    pub supplier_contact: Option<String>,
    /// Object and member, short: `00001.tar / 000010005.jpg`.
    pub place: String,
    /// When it was fetched, as precisely as is known; `None` when unknown.
    pub when: Option<String>,
    /// E.g. `exact`, `shard_interval`.
    pub time_precision: Option<String>,
    pub scanner: String,
    pub imported: String,
    pub completeness: Completeness,
    pub trail: Vec<TrailStep>,
}

/// One step of the trail, source to quarantine. Drawn in order; nothing is left out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrailStep {
    pub kind: TrailKind,
    pub label: String,
    /// The fact, URLs defanged; for a gap, the reason in words.
    pub value: String,
    /// Whether the value is set in mono (paths, digests, URLs).
    pub mono: bool,
    /// Where the fact comes from, or for a gap the next step.
    pub note: Option<String>,
    /// The scanner's own remark on a gap.
    pub remark: Option<String>,
}

/// Present, missing with a reason, or not applicable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum TrailKind {
    Present,
    Gap,
    NotApplicable,
}

/// What this person may see of this case, and has seen.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ViewFacts {
    pub levels: Vec<LevelFacts>,
    pub today_ms: u64,
    pub budget_ms: u64,
    /// Closed and open exposures of this case, oldest first; other people's without names.
    pub seen: Vec<SeenFacts>,
}

/// One rung of the ladder.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LevelFacts {
    pub level: Level,
    /// Samples along the long side: 0, 16, 32, 96.
    pub samples: u32,
    /// `None` when it can be asked for; otherwise why not (policy cap, budget, role, no claim, airlock).
    pub refused: Option<WireError>,
    /// Whether policy caps it, whoever asks.
    pub capped: bool,
}

/// One exposure of this case.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SeenFacts {
    pub mine: bool,
    pub level: Level,
    pub ms: u64,
    pub leaf: u64,
    pub open: bool,
}

/// Leave to fetch one veiled picture once, at `veil://localhost/<grant>`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    pub grant: String,
    pub exposure: String,
    pub level: Level,
    pub samples: u32,
    /// The leaf that logged it, before any pixel was released.
    pub leaf: u64,
    pub hides_in_ms: u64,
}

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

/// One group of confirmed cases that would make one report.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SourceFacts {
    /// Key to give to `package`, e.g. `host:images.example`.
    pub source: String,
    /// For people, defanged: `images[.]example`.
    pub name: String,
    pub dataset: String,
    /// Confirmed cases not yet packaged.
    pub cases: u32,
}

/// What a report would hold, before it is sealed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PackagePreview {
    pub source: String,
    pub name: String,
    /// The first files, by case.
    pub files: Vec<PackageFile>,
    /// Files in all, of which `files` may list the first only.
    pub total: u32,
    pub findings: Vec<PackageFinding>,
    /// How cases were grouped, in words.
    pub rule: String,
    pub at_leaf: u64,
    /// The sentence about viewing, derived from the ledger.
    pub viewing: String,
    /// Confirmed cases still within their undo window: not in this package.
    pub waiting: u32,
}

/// One file of a report.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PackageFile {
    pub case: u32,
    pub sha256: String,
    pub classification: Option<Classification>,
    pub completeness: Completeness,
    /// `hash-only`, or the highest level with the time: `strong 32, 0:11`.
    pub looked_at: String,
    /// `fileViewedByEsp`, derived from the ledger; cannot be set.
    pub viewed: bool,
    pub finding: Option<FindingKind>,
}

/// A sealed package.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReportFacts {
    /// E.g. `R-0001`.
    pub report: String,
    pub source: String,
    pub name: String,
    pub files: u32,
    pub sealed_at: String,
    pub by: String,
    pub leaf: u64,
    /// Where it was written.
    pub path: String,
    /// SHA-256 of the bag's tag manifest, which covers every other file in it.
    pub sha256: String,
    pub cases: Vec<u32>,
}

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

/// Result of recomputing the ledger.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    pub leaves: u64,
    pub root: String,
    pub findings: Vec<String>,
}

/// One thing `doctor` tried on this machine.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    pub name: String,
    pub ok: bool,
    pub detail: String,
}
