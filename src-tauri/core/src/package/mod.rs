//! The packaging step: settled confirmed cases of one source become one sealed BagIt bag with CyberTipline XML.
//!
//! It must never claim a view that the ledger does not hold, take in a case that can still be undone, or hold a picture.

mod address;
mod bag;
mod bag_check;
mod build;
mod check;
mod cybertip;
mod earlier;
mod gather;
pub mod input;
mod lint;
mod moment;
mod order;
mod organisation;
mod provenance;
mod record;
mod reread;
mod stated;
mod summary;
mod words;
mod xsd;

use std::path::{Path, PathBuf};

use serde_json::json;
use time::OffsetDateTime;

use crate::clock::{datetime, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Unlogged};
use crate::store::report::{self as rows, ReportRow};
use crate::wire::{
    Completeness, FindingKind, Level, PackageFile, PackageFinding, PackagePreview, ReportFacts,
    Role, SourceFacts,
};
use crate::words as stored;
use bag::{BagInfo, write_bag};
use gather::gather;
use input::{FileInput, PackageInput};
use lint::Findings;
use reread::reread;

pub use bag_check::verify_bag;
pub use input::{Contact, Organisation};
pub use organisation::{change_organisation, organisation, set_organisation};
pub(crate) use organisation::{check_change, put_organisation};

const RULE: &str = "One report per source: the host of the page where that is known, else the host of the file, else the dataset.";

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

/// What a package of this source would hold, and what stands in its way.
pub async fn preview(console: &Console, source: &str) -> Result<PackagePreview> {
    let mut conn = console.store().read().await?;
    let waiting = rows::waiting(&mut conn, source, console.clock().now()).await?;
    let input = gather(console, &mut conn, source).await?;
    drop(conn);
    let mut found = Findings::new(&input.head, machine_now(console, input.head.sealed_at));
    let files = input.files.iter().map(|file| preview_file(file, found.add(file))).collect();
    let viewed = input.files.iter().filter(|file| file.viewed.entire_file()).count();
    let total = input.files.len();
    let viewing = format!(
        "{} of {total} files: fileViewedByEsp false. A veiled view is not a view of the whole file.",
        total - viewed
    );
    Ok(PackagePreview {
        source: source.to_owned(),
        name: input.head.source.name.clone(),
        files,
        findings: found.end(),
        rule: input.head.rule,
        at_leaf: input.head.ledger.leaves,
        viewing,
        waiting: stored::small(Some(waiting)).unwrap_or(0),
    })
}

/// Every finding on a report of this source, with the digests of each file taken again from its sealed bytes; `progress` is
/// told how many are done, of how many.
pub async fn findings(
    console: &Console,
    source: &str,
    progress: impl Fn(usize, usize) + Send + 'static,
) -> Result<Vec<PackageFinding>> {
    let mut conn = console.store().read().await?;
    let mut input = gather(console, &mut conn, source).await?;
    drop(conn);
    let (vault, now) = (console.vault().clone(), machine_now(console, input.head.sealed_at));
    tokio::task::spawn_blocking(move || {
        let all = input.files.len();
        for (done, file) in (1..).zip(&mut input.files) {
            file.reread = reread(&vault, &file.item);
            progress(done, all);
        }
        lint::findings(&input, now)
    })
    .await
    .map_err(|error| {
        Error::machine("PKG-11", "The check was broken off. Nothing was written.").caused_by(error)
    })
}

/// What this machine's clock says, which may lie before the newest act: [`Clock::now`] never does.
///
/// [`Clock::now`]: crate::clock::Clock::now
fn machine_now(console: &Console, newest: OffsetDateTime) -> OffsetDateTime {
    let newest = newest.unix_timestamp() * 1000 + i64::from(newest.millisecond());
    let behind = console.clock().seen(newest);
    datetime(console.clock().now() - behind)
}

fn preview_file(file: &FileInput, finding: Option<FindingKind>) -> PackageFile {
    let highest = file.seen.iter().map(|seen| seen.level).max().unwrap_or(Level::HashOnly);
    let ms = file.seen.iter().filter(|seen| seen.level == highest).map(|seen| seen.ms).sum();
    let looked_at = match highest {
        Level::HashOnly => "hash-only".to_owned(),
        level => format!(
            "{} {}, {}",
            stored::level_word(level),
            crate::airlock::samples(level),
            stored::minutes(ms)
        ),
    };
    PackageFile {
        case: file.case,
        sha256: file.item.sha256.clone(),
        classification: file.decision.classification,
        completeness: best(file),
        looked_at,
        viewed: file.viewed.entire_file(),
        finding,
    }
}

/// A file is as traceable as its most complete sighting.
fn best(file: &FileInput) -> Completeness {
    let best = file
        .sightings
        .iter()
        .map(|sighting| &sighting.completeness)
        .min_by_key(|known| known.class);
    best.cloned().unwrap_or(Completeness {
        class: crate::wire::Class::D,
        vector: crate::wire::Vector { m: 0, o: 0, t: 0, c: 0, d: 0, p: 0 },
        holds_back: Vec::new(),
    })
}

/// Seals one source's cases into a bag `OUT/R-NNNN`, which has its name only once the ledger knows it. With `xsd`, the operator's schema must accept every document.
pub async fn seal(
    console: &Console,
    source: &str,
    out: &Path,
    xsd: Option<&Path>,
) -> Result<ReportFacts> {
    console.actor().needs(&[Role::Reviewer, Role::Supervisor])?;
    if !out.is_dir() {
        return Err(Error::usage(
            "PKG-04",
            "The folder for the package is not there. Make it, or choose another.",
        ));
    }
    let mut write = Unlogged::begin(console.store()).await?;
    let id = rows::next_id(write.conn()).await?;
    let input = gather(console, write.conn(), source).await?;
    let now = machine_now(console, input.head.sealed_at);
    let dir = out.join(report_name(id));
    if dir.symlink_metadata().is_ok() {
        return Err(Error::usage(
            "PKG-06",
            "There is already something of this report's name in the folder. Choose another folder.",
        ));
    }
    let written = {
        let (pending, xsd) = (pending(&dir), xsd.map(Path::to_owned));
        let vault = console.vault().clone();
        let mut input = input.clone();
        tokio::task::spawn_blocking(move || {
            for file in &mut input.files {
                file.reread = reread(&vault, &file.item);
            }
            build::refuse_while_to_be_fixed(&lint::findings(&input, now))
                .map_err(|error| Error::refused(error.code(), error.to_string()))?;
            // Left by a seal that ended before it was in the ledger: by its name it was never sealed.
            if pending.is_dir() {
                std::fs::remove_dir_all(&pending)?;
            }
            write_package(&input, &pending, xsd.as_deref())
        })
        .await
        .map_err(|error| {
            let broke = "The package could not be written. Nothing was sealed.";
            Error::store("PKG-03", broke).caused_by(error)
        })?
    }?;
    let cases: Vec<u32> = input.files.iter().map(|file| file.case).collect();
    let event = Event::new(
        "report.sealed",
        json!({
            "at_leaf": input.head.ledger.leaves,
            "at_root": input.head.ledger.root,
            "cases": cases,
            "files": cases.len(),
            "report": input.head.report,
            "sha256": written,
            "source": source,
            "source_name": input.head.source.name,
        }),
    );
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let row = ReportRow {
        id,
        source_key: source.to_owned(),
        source_name: input.head.source.name.clone(),
        account: console.actor().pseudonym().to_owned(),
        sealed_at: console.clock().now(),
        seq,
        path: dir.display().to_string(),
        sha256: written,
    };
    rows::insert(write.conn(), &row, &json!(cases).to_string()).await?;
    write.commit().await?;
    put_in_place(&dir)?;
    Ok(report_facts(row, cases))
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

fn write_package(input: &PackageInput, dir: &Path, xsd: Option<&Path>) -> Result<String> {
    let refuse =
        |code: &'static str, error: &dyn std::fmt::Display| Error::refused(code, error.to_string());
    let documents = build::build(input).map_err(|error| refuse(error.code(), &error))?;
    if let Some(xsd) = xsd {
        let complaints = xsd::validate(xsd, documents.xml())
            .map_err(|error| Error::machine(error.code(), error.to_string()))?;
        if let Some(first) = complaints.first() {
            return Err(Error::refused(
                "XSD-04",
                format!(
                    "The schema refuses {} places; first {} line {}: {} Nothing was sealed.",
                    complaints.len(),
                    first.document,
                    first.line,
                    first.text
                ),
            ));
        }
    }
    let info = BagInfo {
        bagging_date: input.head.sealed_at.date(),
        source_organization: input.head.organisation.name.clone(),
        contact_email: input.head.organisation.contact.email.clone(),
        external_identifier: input.head.report.clone(),
        external_description: format!(
            "{} files from {}",
            input.files.len(),
            input.head.source.name
        ),
        agent: format!("{} {}", input.head.tool.name, input.head.tool.version),
    };
    write_bag(dir, &documents.files, &info)
        .map(|summary| summary.tagmanifest_sha256)
        .map_err(|error| Error::store(error.code(), error.to_string()))
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

/// Checks a bag by itself, and against what this workspace recorded of it when it was sealed.
pub async fn verify(console: Option<&Console>, dir: &Path) -> Result<Vec<String>> {
    let dir: PathBuf = dir.to_owned();
    let mut findings =
        verify_bag(&dir).map_err(|error| Error::usage(error.code(), error.to_string()))?;
    let Some(console) = console else { return Ok(findings) };
    let manifest = std::fs::File::open(dir.join("tagmanifest-sha256.txt"))?;
    let sha256 = hex::encode(crate::hash::digests(manifest)?.sha256);
    let known = rows::all(&mut *console.store().read().await?).await?;
    if !known.iter().any(|row| row.sha256 == sha256) {
        findings.push("This workspace sealed no package with this tag manifest.".to_owned());
    }
    Ok(findings)
}
