//! Tombstone lists: every settled confirmed sighting of a dataset, and what earlier lists named and must take back.
//!
//! The whole list each time, so that the newest one stands by itself; the same set at the same leaf gives the same bytes.
//! It must never hold more than a page of lines in memory.

use std::path::Path;

use serde_json::json;
use sqlx::SqliteConnection;

use super::file::{Draft, Written};
use super::line::{Heading, Op};
use super::{export_facts, keeper, word_of};
use crate::clock::Millis;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{self, Event, Unlogged, unsigned};
use crate::store::removal::{self as rows, After, ExportRow, Of};
use crate::wire::{ExportRequest, ListFormat, ListKind, RemovalExport};
use crate::words;

/// Lines of a page.
pub(super) const PAGE: i64 = 1_000;
/// Sightings of one statement.
pub(super) const CHUNK: usize = 20_000;

/// Another list came in between.
const BESIDE: &str = "REMOVAL-02";

/// A list with what it changes about the sightings in it.
struct Listed {
    written: Written,
    /// In no list yet.
    fresh: Vec<i64>,
    /// In an earlier list, and taken back for the first time.
    back: Vec<i64>,
    at_leaf: u64,
    /// The newest list it knows of.
    knows: i64,
}

/// Writes the tombstone list of a dataset into a new file. Supervisors and custodians may.
pub async fn export(console: &Console, request: &ExportRequest) -> Result<RemovalExport> {
    let of = Of { dataset: &request.dataset, version: request.version.as_deref() };
    export_of(console, of, None, Path::new(&request.path), request.format).await
}

/// The same for those sightings only whose cases are in one sealed report. Retractions are left to lists of the whole
/// dataset. The list does not name the report.
pub(crate) async fn export_report(
    console: &Console,
    dataset: &str,
    report: i64,
    path: &Path,
    format: ListFormat,
) -> Result<RemovalExport> {
    export_of(console, Of { dataset, version: None }, Some(report), path, format).await
}

async fn export_of(
    console: &Console,
    of: Of<'_>,
    report: Option<i64>,
    path: &Path,
    format: ListFormat,
) -> Result<RemovalExport> {
    keeper(console)?;
    let mut conn = console.store().read().await?;
    // One snapshot, so that colleagues go on deciding while the list is written.
    let mut snapshot = sqlx::Connection::begin(&mut *conn).await?;
    let now = console.clock().now();
    let listed = list(&mut snapshot, of, report, path, format, now).await?;
    snapshot.rollback().await?;
    drop(conn);
    if listed.written.count + listed.written.retracted == 0 {
        listed.written.discard()?;
        return Err(Error::usage(
            "REMOVAL-01",
            "Nothing of this dataset is confirmed and settled, and nothing has to be taken back.",
        ));
    }
    let row = match record(console, of, report, format, &listed).await {
        Err(error) if error.code == BESIDE => {
            listed.written.discard()?;
            return Err(error);
        }
        recorded => recorded?,
    };
    listed.written.put_in_place()?;
    export_facts(row)
}

async fn list(
    conn: &mut SqliteConnection,
    of: Of<'_>,
    report: Option<i64>,
    path: &Path,
    format: ListFormat,
    now: Millis,
) -> Result<Listed> {
    let (leaves, root) = ledger::root(conn).await?;
    let at_leaf = unsigned(leaves)?;
    let knows = rows::last_export(conn).await?;
    let heading = Heading::new(ListKind::Tombstones, of.dataset, of.version).at(at_leaf, &root);
    let heading = if report.is_some() { heading.of_a_part() } else { heading };
    let mut draft = Draft::begin(path, format, heading)?;
    let (mut fresh, mut back) = (Vec::new(), Vec::new());
    let mut after = After::default();
    loop {
        let page = match report {
            None => rows::confirmed(conn, of, now, after, PAGE).await?,
            Some(report) => rows::of_report(conn, of, report, after, PAGE).await?,
        };
        let Some(last) = page.last() else { break };
        after = After { case: last.case_id, sighting: last.sighting_id };
        for row in &page {
            draft.line(Op::Remove, row)?;
            fresh.extend((!row.listed).then_some(row.sighting_id));
        }
    }
    let mut after = 0;
    while report.is_none() {
        let page = rows::retracted(conn, of, now, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.sighting_id;
        for row in &page {
            draft.line(Op::Retract, row)?;
            back.extend(row.listed.then_some(row.sighting_id));
        }
    }
    let written = draft.finish()?;
    Ok(Listed { written, fresh, back, at_leaf, knows })
}

fn beside() -> Error {
    Error::store(
        BESIDE,
        "Another list was written, or the report was withdrawn, at the same time. Nothing was exported. Try again.",
    )
}

/// Puts the list into the ledger, with what it changes.
async fn record(
    console: &Console,
    of: Of<'_>,
    report: Option<i64>,
    format: ListFormat,
    listed: &Listed,
) -> Result<ExportRow> {
    let mut write = Unlogged::begin(console.store()).await?;
    let id = rows::last_export(write.conn()).await? + 1;
    if id != listed.knows + 1 {
        return Err(beside());
    }
    let written = &listed.written;
    let mut body = json!({
        "at_leaf": listed.at_leaf,
        "body_sha256": written.body_sha256,
        "dataset": of.dataset,
        "export": id,
        "format": word_of(&format),
        "retracted": written.retracted,
        "sha256": written.sha256,
        "sightings": written.count,
        "version": of.version,
    });
    if let Some(report) = report {
        // Withdrawn since the list was written, it names nothing to remove any more.
        if rows::cases_of_report(write.conn(), report).await? == 0 {
            return Err(beside());
        }
        body["report"] = json!(words::report_name(report));
    }
    let event = Event::new("removal.exported", body);
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let row = row(console, ListKind::Tombstones, of, format, written, (id, seq, None))?;
    let row = ExportRow { report_id: report, ..row };
    rows::insert_export(write.conn(), &row).await?;
    for chunk in listed.fresh.chunks(CHUNK) {
        rows::list(write.conn(), id, &json!(chunk).to_string()).await?;
    }
    for chunk in listed.back.chunks(CHUNK) {
        rows::take_back(write.conn(), id, &json!(chunk).to_string()).await?;
    }
    write.commit().await?;
    Ok(row)
}

/// What the store keeps of a list; `numbers` are its own, its leaf's and the proposal's.
pub(super) fn row(
    console: &Console,
    kind: ListKind,
    of: Of<'_>,
    format: ListFormat,
    written: &Written,
    numbers: (i64, i64, Option<i64>),
) -> Result<ExportRow> {
    let (id, seq, proposal) = numbers;
    Ok(ExportRow {
        id,
        kind: word_of(&kind),
        dataset: of.dataset.to_owned(),
        version: of.version.map(str::to_owned),
        format: word_of(&format),
        sightings: ledger::signed(written.count)?,
        retracted: ledger::signed(written.retracted)?,
        sha256: written.sha256.clone(),
        path: written.place().display().to_string(),
        account: console.actor().pseudonym().to_owned(),
        made_at: console.clock().now(),
        seq,
        proposal,
        report_id: None,
    })
}
