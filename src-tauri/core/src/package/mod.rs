//! The packaging step: settled confirmed cases of one source become one sealed BagIt bag with CyberTipline XML.
//!
//! It must never claim a view that the ledger does not hold, take in a case that can still be undone, or hold a picture.

mod bag;
mod bag_check;
mod build;
mod findings;
pub mod input;
mod moment;
mod organisation;
mod provenance;
mod record;
mod summary;
mod words;

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::case::completeness::completeness;
use crate::case::gaps::tried;
use crate::case::{held, item_facts, known};
use crate::clock::{datetime, rfc3339};
use crate::console::Console;
use crate::cybertip::xsd;
use crate::decision;
use crate::error::{Error, Result};
use crate::intake::find::Find;
use crate::ledger::{self, Event, Unlogged, unsigned};
use crate::policy;
use crate::store::report::{self as rows, ReportRow};
use crate::store::{case as case_rows, decision as decisions, exposure};
use crate::wire::{
    Completeness, FindingKind, Level, PackageFile, PackageFinding, PackagePreview, ReportFacts,
    Role, SourceFacts,
};
use crate::words as stored;
use bag::{BagInfo, write_bag};
use input::{
    FileInput, Head, LedgerPoint, PackageInput, SeenInput, SightingInput, Source, Tool, Viewed,
};

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
    let findings = findings::findings(&input);
    let viewed = input.files.iter().filter(|file| file.viewed.entire_file()).count();
    let total = input.files.len();
    let viewing = format!(
        "{} of {total} files: fileViewedByEsp false. A veiled view is not a view of the whole file.",
        total - viewed
    );
    Ok(PackagePreview {
        source: source.to_owned(),
        name: input.head.source.name.clone(),
        files: input.files.iter().map(|file| preview_file(file, &findings)).collect(),
        findings,
        rule: input.head.rule,
        at_leaf: input.head.ledger.leaves,
        viewing,
        waiting: stored::small(Some(waiting)).unwrap_or(0),
    })
}

fn preview_file(file: &FileInput, findings: &[PackageFinding]) -> PackageFile {
    let of_case = |kind| {
        findings.iter().any(|finding| finding.case == Some(file.case) && finding.kind == kind)
    };
    let finding =
        [FindingKind::MustFix, FindingKind::Check].into_iter().find(|kind| of_case(*kind));
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
    let dir = out.join(report_name(id));
    if dir.symlink_metadata().is_ok() {
        return Err(Error::usage(
            "PKG-06",
            "There is already something of this report's name in the folder. Choose another folder.",
        ));
    }
    let written = {
        let (input, pending, xsd) = (input.clone(), pending(&dir), xsd.map(Path::to_owned));
        tokio::task::spawn_blocking(move || {
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
    let written = write_bag(dir, &documents.files, &info)
        .map_err(|error| Error::store(error.code(), error.to_string()))?;
    if let Some(xsd) = xsd {
        let names = documents.xml().map(|(name, _)| name);
        let complaints = xsd::validate(xsd, dir, names)
            .map_err(|error| Error::machine(error.code(), error.to_string()))?;
        if let Some(first) = complaints.first() {
            return Err(Error::refused(
                "XSD-04",
                format!(
                    "The schema refuses {} places; first {} line {}, {}: {}. Nothing was sealed.",
                    complaints.len(),
                    first.document,
                    first.line,
                    first.place,
                    first.text
                ),
            ));
        }
    }
    Ok(written.tagmanifest_sha256)
}

/// Everything the package is built from, read at one point of the ledger.
async fn gather(
    console: &Console,
    conn: &mut sqlx::SqliteConnection,
    source: &str,
) -> Result<PackageInput> {
    let now = console.clock().now();
    let cases = rows::confirmed(conn, source, now).await?;
    if cases.is_empty() {
        return Err(Error::usage(
            "PKG-05",
            "This source has no confirmed case that is settled and in no package yet.",
        ));
    }
    let (leaves, root) = ledger::root(conn).await?;
    let mut files = Vec::with_capacity(cases.len());
    for case in cases {
        files.push(file(console, conn, case, now).await?);
    }
    let name = rows::source_name(conn, source).await?.unwrap_or_else(|| source.to_owned());
    let head = Head {
        report: report_name(rows::next_id(conn).await?),
        sealed_at: datetime(now),
        organisation: organisation::read(conn).await?,
        source: Source {
            key: source.to_owned(),
            name,
            url_hosts: source.strip_prefix("host:").map(str::to_owned).into_iter().collect(),
        },
        rule: RULE.to_owned(),
        policy_version: policy::read(conn).await?.version,
        ledger: LedgerPoint { leaves: unsigned(leaves)?, root: hex::encode(root) },
        tool: Tool { name: "Casement".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
    };
    Ok(PackageInput { head, files })
}

async fn file(
    console: &Console,
    conn: &mut sqlx::SqliteConnection,
    case: i64,
    now: i64,
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
            ms: stored::count(row.ms.unwrap_or(now - row.opened_at)),
            leaf: stored::count(row.opened_seq),
        })
        .collect();
    let blake3: [u8; 32] = item.blake3.as_slice().try_into().map_err(|_| damaged())?;
    let sealed = console.vault().holds(&blake3);
    let known = known(conn, case, &sightings).await?;
    let finds: Vec<Find> = known.iter().map(|known| known.find.clone()).collect();
    let stands = decision::standing(&made).map(|decision| stored::count(decision.seq));
    let decision = decision::facts(&made, console.actor().pseudonym(), None, now)
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
