//! What crosses about packaging: how cases are grouped into reports, and how far a package is.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
