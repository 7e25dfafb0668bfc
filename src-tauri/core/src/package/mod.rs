//! The packaging step: settled confirmed cases of one source become one sealed BagIt bag with CyberTipline XML.
//!
//! It must never claim a view that the ledger does not hold, take in a case that can still be undone, or hold a picture.

mod again;
mod bag;
mod bag_check;
mod build;
pub(crate) mod case_ld;
mod earlier;
pub mod exit;
mod gather;
mod grouping;
pub mod input;
mod lint;
mod moment;
mod organisation;
pub mod originals;
mod overview;
pub(crate) mod pages;
mod pending;
mod point;
mod preview;
mod proofs;
mod provenance;
mod record;
mod reread;
mod seal;
mod stated;
mod summary;
pub(crate) mod typeset;
mod verify;
mod watch;
mod words;

use std::path::Path;

use crate::clock::rfc3339;
use crate::console::Console;
use crate::error::Result;
use crate::store::checkpoint as handouts;
use crate::store::report::{self as rows, ReportRow};
use crate::wire::{PackageGrouping, ReportFacts, SourceFacts};
use crate::words as stored;

pub(crate) use crate::words::report_name;
pub use bag_check::verify_bag;
pub use grouping::{GROUPINGS, groupings, reports_of, rule, sources_by};
pub use input::{Contact, Organisation, ReportLaw};
pub use organisation::{change_organisation, organisation, set_organisation};
pub(crate) use organisation::{
    change_words as organisation_words, check_change, put_organisation, read as read_organisation,
};
pub(crate) use pending::put_in_place;
pub use preview::{findings, preview, preview_by};
pub use seal::{rehearse, seal, seal_watched};
pub use verify::verify;
pub use watch::Watch;

/// Which cases make the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Key of the source under that rule.
    pub source: String,
    pub grouping: PackageGrouping,
}

impl Order {
    /// A source of the rule that stands where none is chosen.
    pub fn of(source: &str) -> Self {
        Self { source: source.to_owned(), grouping: PackageGrouping::default() }
    }
}

/// Sources with confirmed cases that are in no package yet.
pub async fn sources(console: &Console) -> Result<Vec<SourceFacts>> {
    let mut conn = console.store().read().await?;
    let found = rows::sources(&mut conn, console.clock().now()).await?;
    Ok(found
        .into_iter()
        .map(|(source, name, dataset, n)| SourceFacts {
            source,
            name,
            dataset,
            cases: stored::small(Some(n)).unwrap_or(0),
        })
        .collect())
}

/// Sealed packages, newest first.
pub async fn reports(console: &Console) -> Result<Vec<ReportFacts>> {
    let mut conn = console.store().read().await?;
    let mut facts = Vec::new();
    for row in rows::all(&mut conn).await? {
        // A program that ended right after the ledger knew of the package left this to do.
        put_in_place(Path::new(&row.path))?;
        let cases = rows::cases(&mut conn, row.id).await?;
        facts.push(report_facts(row, cases.into_iter().map(stored::case_number).collect()));
    }
    for path in handouts::paths(&mut conn).await? {
        put_in_place(Path::new(&path))?;
    }
    Ok(facts)
}

fn report_facts(row: ReportRow, cases: Vec<u32>) -> ReportFacts {
    ReportFacts {
        report: report_name(row.id),
        source: row.source_key,
        name: row.source_name,
        files: u32::try_from(cases.len()).unwrap_or(u32::MAX),
        sealed_at: rfc3339(row.sealed_at),
        by: row.account,
        leaf: stored::count(row.seq),
        path: row.path,
        sha256: row.sha256,
        cases,
    }
}
