//! What crosses about packaging: how cases are grouped into reports, and how far a package is.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Classification, Completeness, FindingKind, PackageFinding};

/// What makes confirmed cases one report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum PackageGrouping {
    /// The host of the page, else of the file, else the dataset.
    #[default]
    Host,
    /// The page that showed the file, else as by host.
    Page,
    /// The dataset at its version.
    Dataset,
    /// Who supplied the dataset, else the dataset at its version.
    Supplier,
}

/// What one rule of grouping would make of the cases that wait.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GroupingFacts {
    pub grouping: PackageGrouping,
    /// The rule in words, as the report states it.
    pub rule: String,
    /// Sources it makes.
    pub sources: u32,
    /// Confirmed cases not yet packaged.
    pub files: u32,
    /// Files of the largest source.
    pub largest: u32,
    /// Reports, where the organisation's most files for one splits a source.
    pub reports: u32,
}

/// What a package is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum PackageStep {
    /// Every case is read and checked.
    Reading,
    /// Every case is read again and its documents are written.
    Writing,
    /// What was written is put on disk, and the ledger told.
    Closing,
    Done,
}

/// How far a package is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PackageProgress {
    /// E.g. `R-0001`.
    pub report: String,
    pub step: PackageStep,
    /// Cases done in this step.
    pub done: u32,
    /// Cases of the report.
    pub total: u32,
    /// Cases a second in this step, once that can be told.
    pub per_second: Option<f64>,
    /// Milliseconds left in this step, at the rate so far.
    pub left_ms: Option<u64>,
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
