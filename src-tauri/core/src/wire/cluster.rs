//! Clusters as the window and `casectl` see them: cases whose pictures are near-duplicates, and one act over many.
//!
//! It must never carry a fingerprint: a distance says enough.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CaseState, Claim, Class, Classification, Draft, Level, Verdict, WireError};

/// Whether an item's picture could be compared with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// Its fingerprint was compared with every other.
    Compared,
    /// Its fingerprint has a quality below 50: too little structure to say what it resembles.
    LowQuality,
    /// No fingerprint can be made of it; `problem` says why.
    NotComparable,
    /// Not looked at yet: run `casectl cluster`.
    Waiting,
}

/// What is known of an item's fingerprint (PDQ).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Fingerprint {
    pub comparison: Comparison,
    /// 0 to 100.
    pub quality: Option<u32>,
    /// `scanner` or `airlock`: who made it.
    pub source: Option<String>,
    /// Why there is none.
    pub problem: Option<WireError>,
}

/// Settled and draft decisions that stand, by verdict; packaged cases count as confirmed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VerdictCounts {
    pub confirmed: u32,
    pub not_a_match: u32,
    pub cannot_tell: u32,
    pub escalated: u32,
}

/// The cluster that a case is in.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClusterRef {
    /// Its smallest case number.
    pub cluster: u32,
    /// `K-0193`.
    pub name: String,
    pub cases: u32,
    /// Suspected and not held by a flood card.
    pub open: u32,
    pub decided: VerdictCounts,
    /// Distance in bits to the nearest other case; none where the cluster is too large to compare at a glance.
    pub nearest: Option<u32>,
}

/// The order of the list of clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ClusterOrder {
    /// Most open cases first.
    #[default]
    Open,
    /// Smallest case number first.
    Oldest,
}

/// Which clusters a page takes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterFilter {
    pub order: ClusterOrder,
    /// `false`: only clusters with an open case; `true`: all of them.
    pub all: bool,
}

/// One page of clusters.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClusterPage {
    pub rows: Vec<ClusterRow>,
    /// Give it back to get the next page; `None` at the end.
    pub next: Option<String>,
    /// Clusters with an open case, in all.
    pub open: u64,
    pub compared: FingerprintCounts,
}

/// How many items could be compared, and how many could not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FingerprintCounts {
    pub compared: u64,
    /// Fingerprints that wait to be compared, and items that wait for one.
    pub waiting: u64,
    pub low_quality: u64,
    pub not_comparable: u64,
}

/// One cluster in a list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClusterRow {
    pub cluster: u32,
    /// `K-0193`.
    pub name: String,
    pub cases: u32,
    pub open: u32,
    pub sightings: u32,
    /// Greatest distance in bits from the cluster's medoid.
    pub widest: u32,
    /// Distance up to which two pictures are near-duplicates: 31.
    pub threshold: u32,
    pub decided: VerdictCounts,
    /// Somebody else who holds one of its cases now.
    pub claimed_by: Option<String>,
}

/// A cluster with its members, as the person at the console may decide it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClusterView {
    pub cluster: u32,
    pub name: String,
    pub cases: u32,
    pub open: u32,
    /// Suspected, but held by a flood card.
    pub held: u32,
    pub threshold: u32,
    pub decided: VerdictCounts,
    /// Medoid first, then by distance to it.
    pub members: Vec<ClusterMember>,
    /// Members that are not listed because there are too many.
    pub more: u32,
    /// What must have been looked at before the included cases can be decided together.
    pub coverage: Coverage,
    /// Acts on this cluster, newest first.
    pub acts: Vec<ClusterAct>,
    /// `None` when this person may apply a verdict to the included cases now; otherwise what stands in the way.
    pub cannot_decide: Option<WireError>,
}

/// The place of a member in the set that would be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum MemberRole {
    /// Least sum of distances to all included.
    Medoid,
    /// Greatest distance from the medoid.
    Farthest,
}

/// What this person has seen of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LookedAt {
    /// Highest level.
    pub level: Level,
    /// At all levels together.
    pub ms: u64,
}

/// One case of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClusterMember {
    pub case: u32,
    pub included: bool,
    /// Why it cannot be included: decided already, claimed by another, held by a flood card.
    pub blocked: Option<WireError>,
    pub role: Option<MemberRole>,
    /// Bits of 256 to the medoid of the included cases.
    pub to_medoid: u32,
    pub state: CaseState,
    pub draft: Option<Draft>,
    pub claim: Option<Claim>,
    /// The flood card that holds it.
    pub held_by: Option<u32>,
    pub list: String,
    pub entry: Option<String>,
    pub algorithm: String,
    /// To the list's entry, and the scanner's threshold; none for an exact match.
    pub distance: Option<u32>,
    pub threshold: Option<u32>,
    /// Of the fingerprint that was compared, 50 to 100.
    pub quality: u32,
    /// `scanner` or `airlock`.
    pub source: String,
    pub class: Class,
    pub dataset: String,
    pub sightings: u32,
    /// By this person; `None`: hash-only.
    pub looked_at: Option<LookedAt>,
}

/// What must have been looked at before an act over many cases.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    pub complete: bool,
    /// Included cases.
    pub included: u32,
    /// Of these, looked at by this person.
    pub looked_at: u32,
    /// Medoid, then farthest; none where nothing is included.
    pub required: Vec<CoverageStep>,
}

/// One member that must have been looked at.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CoverageStep {
    pub role: MemberRole,
    pub case: u32,
    pub to_medoid: u32,
    /// `None`: still to do.
    pub looked_at: Option<LookedAt>,
}

/// One verdict for many cases of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClusterDecide {
    /// Any case number of the cluster; its name's number is one.
    pub cluster: u32,
    /// The included cases, 2 to 1,000.
    pub cases: Vec<u32>,
    /// As the coverage named them. When they no longer are, the act is refused.
    pub medoid: u32,
    pub farthest: u32,
    pub verdict: Verdict,
    pub classification: Option<Classification>,
    #[serde(default)]
    pub rationale: String,
    /// The version of the policy the reviewer had before them; must be the one in force.
    pub policy_version: String,
    /// Leave out cases that were decided, claimed or held meanwhile, instead of refusing all.
    #[serde(default)]
    pub leave_out_blocked: bool,
}

/// What one act over many cases did.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClusterDecided {
    /// Leaf of the act; give it to undo.
    pub act: u64,
    pub cluster: u32,
    /// Each has a decision and a leaf of its own.
    pub decided: Vec<u32>,
    /// Of these, looked at by the one who decided.
    pub looked_at: Vec<u32>,
    pub left_out: Vec<LeftOut>,
    /// How long it can be undone.
    pub left_ms: u64,
}

/// A case that an act did not decide.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    pub case: u32,
    pub problem: WireError,
}

/// What undoing an act did.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClusterUndone {
    pub act: u64,
    /// Cases whose decision was withdrawn, each with a leaf of its own.
    pub withdrawn: Vec<u32>,
    /// Cases whose decision was committed or superseded by itself and stays.
    pub kept: Vec<u32>,
}

/// One act over many cases of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClusterAct {
    /// Its leaf.
    pub act: u64,
    pub at: String,
    pub by: String,
    pub mine: bool,
    pub verdict: Verdict,
    pub classification: Option<Classification>,
    pub cases: u32,
    pub looked_at: u32,
    pub medoid: u32,
    pub farthest: u32,
    /// While it can be undone.
    pub left_ms: Option<u64>,
    /// Leaf that took it back.
    pub withdrawn: Option<u64>,
}

/// A near-duplicate of one case.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Neighbour {
    pub case: u32,
    /// Bits of 256.
    pub distance: u32,
    pub quality: u32,
    pub state: CaseState,
    pub list: String,
    pub entry: Option<String>,
    pub class: Class,
    pub sightings: u32,
}

/// What comparing pictures is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum RefreshStep {
    /// Making fingerprints in the airlock.
    #[default]
    Fingerprint,
    /// Comparing fingerprints.
    Compare,
    Done,
}

/// How far comparing pictures is, and what it did.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RefreshProgress {
    pub step: RefreshStep,
    /// Of this step, and in all.
    pub done: u64,
    pub total: u64,
    pub per_s: u64,
    pub left_ms: Option<u64>,
    /// Fingerprints made.
    pub fingerprinted: u64,
    /// Items that turned out not to be comparable.
    pub not_comparable: u64,
    /// Fingerprints compared.
    pub compared: u64,
    /// Clusters, in all, and the cases in them.
    pub clusters: u64,
    pub cases: u64,
    /// Stopped by a person after a whole batch.
    pub stopped: bool,
    /// Why no fingerprints were made on this machine. Those of scanners were compared all the same.
    pub skipped: Option<WireError>,
}
