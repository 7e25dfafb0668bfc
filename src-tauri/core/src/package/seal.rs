//! Makes a package: two passes over the cases of a source at one point of the ledger, then the leaf that
//! says so.
//!
//! It must never hold more than a few cases, keep the store from others while it writes, or leave a
//! folder with a report's name that the ledger does not know.

use std::path::{Path, PathBuf};

use serde_json::json;
use tokio::sync::mpsc;

use super::bag::{BagInfo, BagWriter};
use super::build::{Counted, Document, PackageError, Shelf, Writing, refuse_while_to_be_fixed};
use super::input::{FileInput, Head};
use super::lint::Findings;
use super::pending::{Pending, put_in_place};
use super::point::Point;
use super::proofs::Evidence;
use super::reread::{Reread, reread};
use super::watch::Meter;
use super::{Order, Watch, report_facts, report_name, typeset, words};
use crate::console::Console;
use crate::cybertip::xsd;
use crate::error::{Error, Result};
use crate::ledger::checkpoint::{self, Checkpoint, Sink};
use crate::ledger::{Event, Unlogged};
use crate::register;
use crate::store::report::{self as rows, ReportRow};
use crate::wire::{PackageFinding, PackageStep, ReportFacts, Role};
use crate::words as stored;

/// Cases read ahead of the one that is written.
const AHEAD: usize = 4;
/// Documents the operator's schema judges at once.
const JUDGED: usize = 500;

/// Seals one source's cases, grouped by host, into a bag `OUT/R-NNNN`, as [`seal_watched`] does.
pub async fn seal(
    console: &Console,
    source: &str,
    out: &Path,
    xsd: Option<&Path>,
) -> Result<ReportFacts> {
    seal_watched(console, &Order::of(source), out, xsd, &Watch::default()).await
}

/// Seals one report's cases into a bag `OUT/R-NNNN`, which has its name only once the ledger knows it. With `xsd`, the
/// operator's schema must accept every document. Others may read and write meanwhile; where one of them changes a case
/// of the report, nothing is sealed.
pub async fn seal_watched(
    console: &Console,
    order: &Order,
    out: &Path,
    xsd: Option<&Path>,
    watch: &Watch,
) -> Result<ReportFacts> {
    let _alone = begin(console, out)?;
    let mut point = Point::of(console, order).await?;
    // As the register will name it to people who stand in another folder.
    let dir = std::path::absolute(out)?.join(report_name(point.id));
    let mut meter = Meter::new(watch, &point.head.report, point.cases.len());
    let written = Pending::of(&dir);
    let (sha256, signed) = write(console, &mut point, &written.0, &dir, xsd, &mut meter).await?;
    meter.step(PackageStep::Closing);
    let facts = record(console, &point, &dir, (sha256, signed), written, &meter).await?;
    put_in_place(&dir)?;
    meter.step(PackageStep::Done);
    Ok(facts)
}

/// Writes what [`seal_watched`] would seal into `OUT/R-NNNN.preview`, byte by byte the same, and seals nothing. Answers
/// where, and the SHA-256 of its tag manifest.
pub async fn rehearse(
    console: &Console,
    order: &Order,
    out: &Path,
    xsd: Option<&Path>,
    watch: &Watch,
) -> Result<(PathBuf, String)> {
    let _alone = begin(console, out)?;
    let mut point = Point::of(console, order).await?;
    let dir = out.join(report_name(point.id)).with_extension("preview");
    let mut meter = Meter::new(watch, &point.head.report, point.cases.len());
    let (sha256, _) = write(console, &mut point, &dir, &dir, xsd, &mut meter).await?;
    meter.step(PackageStep::Done);
    Ok((dir, sha256))
}

fn begin(console: &Console, out: &Path) -> Result<std::fs::File> {
    console.actor().needs(&[Role::Reviewer, Role::Supervisor])?;
    if !out.is_dir() {
        return Err(Error::usage(
            "PKG-04",
            "The folder for the package is not there. Make it, or choose another.",
        ));
    }
    typeset::check()?;
    console.exclusive(
        "package.lock",
        "PKG-09",
        "A package of this workspace is being made already. Wait for that to end, or stop it.",
    )
}

/// Checks every case, then writes the bag at `to`; `dir` is the name it will have.
async fn write(
    console: &Console,
    point: &mut Point,
    to: &Path,
    dir: &Path,
    xsd: Option<&Path>,
    meter: &mut Meter<'_>,
) -> Result<(String, Checkpoint)> {
    if dir.symlink_metadata().is_ok() {
        return Err(Error::usage(
            "PKG-06",
            "There is already something of this report's name in the folder. Choose another folder.",
        ));
    }
    let Read { counted, findings, reread } = read(console, point, meter).await?;
    refuse_while_to_be_fixed(&findings)?;
    let mut evidence = point.evidence(console).await?;
    let (signed, checkpoint) = (evidence.documents(), evidence.checkpoint.clone());
    meter.step(PackageStep::Writing);
    let to = to.to_owned();
    let info = info(&point.head, point.cases.len());
    let (head, xsd) = (point.head.clone(), xsd.map(Path::to_owned));
    let cases = point.cases.clone();
    let (send, receive) = mpsc::channel(AHEAD);
    let writer = tokio::task::spawn_blocking(move || {
        // Left by a seal that ended before it was in the ledger: by its name it was never sealed.
        if to.is_dir() {
            std::fs::remove_dir_all(&to)?;
        }
        let writing = Writing::begin(head, counted, &findings, BagWriter::begin(&to)?)?;
        let Some(bag) = take(writing, &signed, receive)? else { return Ok(None) };
        let written = bag.finish(&info)?;
        if let Some(xsd) = xsd {
            opinion(&xsd, &to, &cases).inspect_err(|_| {
                // Best effort: it has no name that says it was sealed.
                let _ = std::fs::remove_dir_all(&to);
            })?;
        }
        Ok(Some(written.tagmanifest_sha256))
    });
    let fed = feed(console, point, &mut evidence, &reread, &send, meter).await;
    drop(send);
    let written: std::result::Result<Option<String>, PackageError> =
        writer.await.map_err(|error| {
            let broke = "The package could not be written. Nothing was sealed.";
            Error::store("PKG-03", broke).caused_by(error)
        })?;
    // Where the writer failed, feeding it ended early; its error is the one to tell.
    let written = written?;
    fed?;
    let lost = || Error::store("PKG-03", "The package was not written. Nothing was sealed.");
    Ok((written.ok_or_else(lost)?, checkpoint))
}

/// What the first pass brings.
pub(super) struct Read {
    counted: Counted,
    pub(super) findings: Vec<PackageFinding>,
    /// What reading each original again gave, in the order of the cases.
    reread: Vec<Reread>,
}

/// The first pass: every original is read again, and what the report comes to and what stands in its way is known.
pub(super) async fn read(
    console: &Console,
    point: &mut Point,
    meter: &mut Meter<'_>,
) -> Result<Read> {
    let mut counted = Counted::default();
    counted.overview.again = point.again.clone();
    let mut findings = Findings::new(&point.head, point.machine_now(console));
    let mut all = Vec::with_capacity(point.cases.len());
    for case in point.cases.clone() {
        let mut file = point.file(console, case).await?;
        let (vault, item) = (console.vault().clone(), file.item.clone());
        file.reread =
            tokio::task::spawn_blocking(move || reread(&vault, &item)).await.map_err(|error| {
                let broke = "The check was broken off. Nothing was written.";
                Error::machine("PKG-11", broke).caused_by(error)
            })?;
        all.push(file.reread);
        findings.add(&file);
        counted.add(&point.head, &file);
        meter.next()?;
    }
    Ok(Read { counted, findings: findings.end(), reread: all })
}

/// What goes to the writer.
enum Fed {
    Case(Box<FileInput>, Vec<Document>),
    /// There are no more. A writer that is not told so keeps nothing.
    End,
}

/// The second pass: reads each case again and hands it to the writer.
async fn feed(
    console: &Console,
    point: &mut Point,
    evidence: &mut Evidence,
    reread: &[Reread],
    writer: &mpsc::Sender<Fed>,
    meter: &mut Meter<'_>,
) -> Result<()> {
    for (case, reread) in point.cases.clone().into_iter().zip(reread) {
        let mut file = point.file(console, case).await?;
        file.reread = *reread;
        let proofs = point.prove(evidence, &file).await?;
        if writer.send(Fed::Case(Box::new(file), proofs)).await.is_err() {
            return Ok(());
        }
        meter.next()?;
    }
    // A writer that has ended says itself why.
    let _ = writer.send(Fed::End).await;
    Ok(())
}

/// Writes what comes; `None` where it was broken off.
fn take<S: Shelf>(
    mut writing: Writing<S>,
    signed: &[Document],
    mut from: mpsc::Receiver<Fed>,
) -> std::result::Result<Option<S>, PackageError> {
    loop {
        match from.blocking_recv() {
            Some(Fed::Case(file, proofs)) => writing.file(&file, &proofs)?,
            Some(Fed::End) => return writing.end(signed, Some(typeset::pdf)).map(Some),
            None => return Ok(None),
        }
    }
}

/// What the operator's schema says of every document, some at a time.
fn opinion(xsd: &Path, bag: &Path, cases: &[i64]) -> std::result::Result<(), PackageError> {
    let files = cases.iter().map(|case| {
        format!("data/files/{}.fileDetails.xml", words::case_number(stored::case_number(*case)))
    });
    let names: Vec<String> = std::iter::once("data/report.xml".to_owned()).chain(files).collect();
    for some in names.chunks(JUDGED) {
        let complaints = xsd::validate(xsd, bag, some.iter().map(String::as_str))?;
        if let Some(first) = complaints.first() {
            return Err(PackageError::Schema {
                count: complaints.len(),
                document: first.document.clone(),
                line: first.line,
                place: first.place.clone(),
                text: first.text.clone(),
            });
        }
    }
    Ok(())
}

fn info(head: &Head, files: usize) -> BagInfo {
    BagInfo {
        bagging_date: head.sealed_at.date(),
        source_organization: head.organisation.name.clone(),
        contact_email: head.organisation.contact.email.clone(),
        external_identifier: head.report.clone(),
        external_description: format!("{files} files from {}", head.source.name),
        agent: format!("{} {}", head.tool.name, head.tool.version),
    }
}

/// The leaf, the report and its cases, together; then the bag belongs to the ledger.
async fn record(
    console: &Console,
    point: &Point,
    dir: &Path,
    (sha256, signed): (String, Checkpoint),
    written: Pending,
    meter: &Meter<'_>,
) -> Result<ReportFacts> {
    let cases: Vec<u32> = point.cases.iter().copied().map(stored::case_number).collect();
    let head = &point.head;
    let event = Event::new(
        "report.sealed",
        json!({
            "at_leaf": head.ledger.leaves,
            "at_root": head.ledger.root,
            "cases": cases,
            "files": cases.len(),
            "report": head.report,
            "sha256": sha256,
            "source": head.source.key,
            "source_name": head.source.name,
        }),
    );
    let mut write = Unlogged::begin(console.store()).await?;
    meter.going()?;
    point.still_holds(&mut write).await?;
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let row = ReportRow {
        id: point.id,
        source_key: head.source.key.clone(),
        source_name: head.source.name.clone(),
        account: console.actor().pseudonym().to_owned(),
        sealed_at: console.clock().now(),
        seq,
        path: dir.display().to_string(),
        sha256,
    };
    rows::insert(write.conn(), &row, &json!(cases).to_string()).await?;
    register::put_sealed(&mut write, point.id, seq).await?;
    checkpoint::record(console, &mut write, &signed, seq, Sink::Packaged).await?;
    // From here on the ledger may know of it, whatever the commit answers.
    written.keep();
    write.commit().await?;
    Ok(report_facts(row, cases))
}
