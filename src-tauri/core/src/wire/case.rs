//! What crosses about one case, as its reviewer sees it.
//!
//! Facts and digests only: a picture is a grant, never bytes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    AnnotationFacts, AttestationFacts, CaseState, Claim, ClusterRef, Completeness, DecisionFacts,
    Draft, Fingerprint, Level, MatchKind, WireError,
};

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
