//! What the owner of a corpus is told of a report: which bytes to remove where, and nothing else.
//!
//! Disclosing what a report says is bound to NCMEC, law enforcement and legal process (18 U.S.C. 2258A(g)(4)). It must
//! never name the report, whom it goes to, a list, a verdict's class, or an address nobody needs to find the place.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Written, place};
use crate::console::Console;
use crate::error::Result;
use crate::removal;
use crate::store::removal as rows;
use crate::wire::{ExitFile, ListFormat};
use crate::words;

/// Writes a folder with one tombstone list for each dataset that a case of the report was found in. Each is a list
/// like any other: recorded, and taken back by a later one if its case is decided anew.
pub(super) async fn write(
    console: &Console,
    report: i64,
    out: &Path,
) -> Result<(PathBuf, Written)> {
    let place = place::free(out)?;
    let (datasets, cases) = {
        let mut conn = console.store().read().await?;
        let datasets = rows::datasets_of_report(&mut conn, report).await?;
        (datasets, rows::cases_of_report(&mut conn, report).await?)
    };
    fs::create_dir(&place)?;
    let mut files = Vec::new();
    for (at, dataset) in datasets.iter().enumerate() {
        let name = format!("tombstones-{:03}.jsonl", at + 1);
        let path = place.join(&name);
        let list =
            removal::export_report(console, dataset, report, &path, ListFormat::Jsonl).await?;
        files.push(ExitFile { name, sha256: list.sha256 });
    }
    Ok((place, Written { files, told: words::count(cases), left_out: 0 }))
}
