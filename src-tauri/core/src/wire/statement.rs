//! What a reviewer states of a file beside the verdict, and what was tried, as they cross to the window.
//!
//! It must never describe what a picture shows: annotations are the report's own words, for a person to choose.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::DecisionStatus;

/// What a reviewer sends to attest.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttestRequest {
    pub case: u32,
    /// "I viewed the entire file, outside the veil." Nothing less can be attested.
    pub entire: bool,
    /// "I viewed its EXIF data as well."
    #[serde(default)]
    pub exif: bool,
    /// Where, when and on whose authority, in the reviewer's words.
    pub statement: String,
    /// The case number, typed by the reviewer.
    pub confirm: String,
}

/// One attestation. Nothing is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttestationFacts {
    pub leaf: u64,
    pub at: String,
    pub by: String,
    pub mine: bool,
    pub exif: bool,
    pub statement: String,
    /// Never `draft`: an attestation stands at once.
    pub status: DecisionStatus,
    /// Leaf of what superseded or withdrew it.
    pub ended_by: Option<u64>,
}

/// An annotation of a file, in the words of the report (`fileAnnotations`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Annotation {
    /// Drawing, cartoon or virtual.
    AnimeDrawingVirtualHentai,
    /// Shared out of mimicry or without malice.
    PotentialMeme,
    /// Spreading fast.
    Viral,
    PossibleSelfProduction,
    PhysicalHarm,
    ViolenceGore,
    Bestiality,
    LiveStreaming,
    Infant,
    /// The picture itself is believed AI-made. Never follows from where it was found.
    GenerativeAi,
}

impl Annotation {
    /// In the order of the report's documentation.
    pub const ALL: [Self; 10] = [
        Self::AnimeDrawingVirtualHentai,
        Self::PotentialMeme,
        Self::Viral,
        Self::PossibleSelfProduction,
        Self::PhysicalHarm,
        Self::ViolenceGore,
        Self::Bestiality,
        Self::LiveStreaming,
        Self::Infant,
        Self::GenerativeAi,
    ];

    /// The element's name, which is also its word here.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AnimeDrawingVirtualHentai => "animeDrawingVirtualHentai",
            Self::PotentialMeme => "potentialMeme",
            Self::Viral => "viral",
            Self::PossibleSelfProduction => "possibleSelfProduction",
            Self::PhysicalHarm => "physicalHarm",
            Self::ViolenceGore => "violenceGore",
            Self::Bestiality => "bestiality",
            Self::LiveStreaming => "liveStreaming",
            Self::Infant => "infant",
            Self::GenerativeAi => "generativeAi",
        }
    }

    /// Whether "believed not so" can honestly be said of it: only of how the file was made. What a veil or a list left
    /// unseen is not stated rather than denied.
    pub const fn can_be_denied(self) -> bool {
        matches!(self, Self::AnimeDrawingVirtualHentai | Self::GenerativeAi)
    }
}

/// What a reviewer sends to annotate: all that is to stand from now on. What is in neither is not stated.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AnnotateRequest {
    pub case: u32,
    /// Believed so.
    #[serde(default)]
    pub yes: Vec<Annotation>,
    /// Believed not so; only of how the file was made.
    #[serde(default)]
    pub no: Vec<Annotation>,
}

/// One act of annotating. The newest that was not withdrawn stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AnnotationFacts {
    pub leaf: u64,
    pub at: String,
    pub by: String,
    pub mine: bool,
    pub yes: Vec<Annotation>,
    pub no: Vec<Annotation>,
    pub status: DecisionStatus,
    /// Leaf of what superseded or withdrew it.
    pub ended_by: Option<u64>,
}

/// What was tried, for the reader of a report: of one case, or of all confirmed cases of class C or D of a source or a
/// dataset. Exactly one of the three is given.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct TriedInput {
    pub case: Option<u32>,
    /// Key of a source, as the list of sources gives it.
    pub source: Option<String>,
    /// Id of a dataset or its name.
    pub dataset: Option<String>,
    /// Whom you asked, what you searched, and when.
    pub sentence: String,
}

/// What was told, and of which cases.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ToldFacts {
    pub leaf: u64,
    pub at: String,
    pub by: String,
    pub sentence: String,
    /// How many cases it speaks of.
    pub cases: u32,
}
