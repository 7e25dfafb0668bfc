//! Findings of the check before sealing: what is wrong, in which field, and where it is put right.
//!
//! It must never carry evidence: a finding names cases and fields.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Must be fixed before sealing, or should be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    MustFix,
    Check,
}

/// One finding of the check before sealing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PackageFinding {
    pub kind: FindingKind,
    /// The rule, e.g. `L-TRIED-01`.
    pub code: String,
    pub title: String,
    pub text: String,
    /// The case it is about; of a collapsed one the first.
    pub case: Option<u32>,
    /// Our name of the field: `organisation.email`.
    pub field: String,
    /// The element of the report it becomes, as a path; `None` where it becomes none.
    pub element: Option<String>,
    /// What to do, in one sentence.
    pub remedy: String,
    /// Where in the window that is done.
    pub goto: FindingPlace,
    /// How many cases it stands for, where it stands for several.
    pub count: Option<u32>,
}

/// A place in the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindingPlace {
    pub view: FindingView,
    pub case: Option<u32>,
    /// What to turn to there: `rationale`, `annotations`, `organisation.email`.
    pub field: String,
}

/// The views that findings lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FindingView {
    Review,
    Clusters,
    Gaps,
    Packages,
    History,
    Import,
    /// Who reports.
    Organisation,
}
