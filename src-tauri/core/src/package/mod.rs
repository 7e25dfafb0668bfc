//! The packaging step: settled confirmed cases of one source become one sealed BagIt bag with CyberTipline XML.
//!
//! It must never claim a view that the ledger does not hold, take in a case that can still be undone, or hold a picture.

mod address;
mod again;
mod bag;
mod bag_check;
mod build;
pub(crate) mod case_ld;
mod check;
mod cybertip;
mod findings;
mod grouping;
pub mod input;
mod moment;
mod opinion;
mod order;
mod organisation;
pub mod originals;
mod overview;
mod point;
mod preview;
mod proofs;
mod provenance;
mod record;
mod seal;
mod summary;
mod verify;
mod watch;
mod words;
mod xsd;

use std::path::{Path, PathBuf};

use crate::case::completeness::completeness;
use crate::case::gaps::tried;
use crate::case::{held, item_facts, known};
use crate::clock::{datetime, rfc3339};
use crate::console::Console;
use crate::decision;
use crate::error::{Error, Result};
use crate::intake::find::Find;
use crate::store::report::{self as rows, ReportRow};
use crate::store::{case as case_rows, decision as decisions, exposure};
use crate::wire::{PackageGrouping, ReportFacts, SourceFacts};
use crate::words as stored;
use input::{FileInput, SeenInput, SightingInput, Viewed};

pub use bag_check::verify_bag;
pub(crate) use cybertip::{NO_FILE_ID, NO_REPORT_ID};
pub use grouping::{GROUPINGS, groupings, reports_of, rule, sources_by};
pub use input::{Contact, Organisation};
pub use organisation::{change_organisation, organisation, set_organisation};
pub(crate) use organisation::{check_change, put_organisation};
pub use preview::{preview, preview_by};
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

/// The report's name: `R-0001`.
pub(crate) fn report_name(id: i64) -> String {
    format!("R-{id:04}")
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

/// Where a package lies until the ledger knows it.
fn pending(dir: &Path) -> PathBuf {
    dir.with_extension("unsealed")
}

/// Gives a sealed package its name. Does nothing where that is done.
fn put_in_place(dir: &Path) -> Result<()> {
    let pending = pending(dir);
    if pending.is_dir() && dir.symlink_metadata().is_err() {
        std::fs::rename(&pending, dir)?;
        if let Some(folder) = dir.parent() {
            std::fs::File::open(folder)?.sync_all()?;
        }
    }
    Ok(())
}

/// One confirmed case as the store has it; `at` is the time of the last leaf.
async fn file(
    console: &Console,
    conn: &mut sqlx::SqliteConnection,
    case: i64,
    at: i64,
) -> Result<FileInput> {
    let damaged = || {
        Error::store(
            "CASE-02",
            "A confirmed case in the store cannot be read whole. Run casectl verify.",
        )
    };
    let item = case_rows::item(conn, case).await?.ok_or_else(damaged)?;
    let sightings = case_rows::sightings(conn, case, i64::MAX).await?;
    let made = decisions::of_case(conn, case).await?;
    let seen: Vec<SeenInput> = exposure::of_case(conn, case)
        .await?
        .into_iter()
        .map(|row| SeenInput {
            by: row.account,
            level: stored::level(&row.level),
            ms: stored::count(row.ms.unwrap_or(at - row.opened_at)),
            leaf: stored::count(row.opened_seq),
        })
        .collect();
    let blake3: [u8; 32] = item.blake3.as_slice().try_into().map_err(|_| damaged())?;
    let sealed = console.vault().holds(&blake3);
    let known = known(conn, case, &sightings).await?;
    let finds: Vec<Find> = known.iter().map(|known| known.find.clone()).collect();
    let stands = decision::standing(&made).map(|decision| stored::count(decision.seq));
    let decision = decision::facts(&made, console.actor().pseudonym(), None, at)
        .into_iter()
        .find(|facts| Some(facts.leaf) == stands)
        .ok_or_else(damaged)?;
    let mut places = Vec::with_capacity(known.len());
    for (known, row) in known.into_iter().zip(&sightings) {
        places.push(SightingInput {
            completeness: completeness(&known.find, held(sealed, true)),
            imported_at: datetime(row.imported_at),
            tried: tried::of_sighting(conn, row.id).await?,
            find: known.find,
            reported: known.reported,
            later: known.facts,
        });
    }
    Ok(FileInput {
        case: stored::case_number(case),
        item: item_facts(&item, &finds),
        sightings: places,
        decision,
        viewed: Viewed::derive(&seen, None),
        seen,
        previously_reported: None,
    })
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
