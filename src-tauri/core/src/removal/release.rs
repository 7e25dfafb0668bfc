//! Release lists: sightings of rejected cases that may go back to training once two persons say so.
//!
//! It must never release a sighting whose case was decided again since the set was frozen.

use std::path::Path;

use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;

use super::export::{PAGE, row};
use super::file::Draft;
use super::line::{Heading, Op};
use super::{export_facts, keeper, word_of};
use crate::approval::{self, Subject};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{self, Event, Unlogged, unsigned};
use crate::store::removal::{self as rows, After, LineRow, Of, Through};
use crate::wire::{ListFormat, ListKind, ProposalFacts, RemovalExport};

/// A frozen set, counted.
#[derive(Default)]
struct Set {
    cases: u64,
    sightings: u64,
    last_case: i64,
    digest: Sha256,
}

impl Set {
    fn take(&mut self, row: &LineRow) {
        self.cases += u64::from(row.case_id != self.last_case);
        self.last_case = row.case_id;
        self.sightings += 1;
        let leaf = row.decision_seq.unwrap_or_default();
        self.digest.update(format!("{} {leaf}\n", row.find_id));
    }
}

/// Proposes to release the sightings in a dataset of every case that is rejected and settled now.
pub async fn propose(
    console: &Console,
    dataset: &str,
    version: Option<&str>,
    reason: &str,
) -> Result<ProposalFacts> {
    keeper(console)?;
    let mut write = Unlogged::begin(console.store()).await?;
    let through = Through {
        sighting: rows::last_sighting(write.conn()).await?,
        leaf: ledger::root(write.conn()).await?.0 - 1,
        settled_by: console.clock().now(),
    };
    let mut set = Set::default();
    walk(write.conn(), Of { dataset, version }, through, |row| {
        set.take(row);
        Ok(())
    })
    .await?;
    if set.sightings == 0 {
        return Err(Error::usage(
            "RELEASE-01",
            "Nothing of this dataset is rejected and settled. There is nothing to release.",
        ));
    }
    let subject = Subject::ReleaseList {
        dataset: dataset.to_owned(),
        version: version.map(str::to_owned),
        cases: set.cases,
        sightings: set.sightings,
        sightings_sha256: hex::encode(set.digest.finalize()),
        through_sighting: through.sighting,
        through_leaf: through.leaf,
        settled_by: through.settled_by,
    };
    approval::propose_in(console, write, subject, reason).await
}

/// Writes the list that a proposal was approved for into a new file, as often as it is asked for.
pub async fn export(
    console: &Console,
    proposal: u32,
    path: &Path,
    format: ListFormat,
) -> Result<RemovalExport> {
    keeper(console)?;
    let mut conn = console.store().read().await?;
    let mut snapshot = sqlx::Connection::begin(&mut *conn).await?;
    let (subject, approved) = approval::approved(&mut snapshot, proposal).await?;
    let (of, through, sha256) = frozen(&subject)?;
    let (leaves, root) = ledger::root(&mut snapshot).await?;
    let heading = Heading::new(ListKind::Release, of.dataset, of.version)
        .at(unsigned(leaves)?, &root)
        .allowed_by(proposal);
    let mut draft = Draft::begin(path, format, heading)?;
    let mut set = Set::default();
    walk(&mut snapshot, of, through, |row| {
        set.take(row);
        draft.line(Op::Release, row)
    })
    .await?;
    let written = draft.finish()?;
    snapshot.rollback().await?;
    drop(conn);

    let mut write = Unlogged::begin(console.store()).await?;
    // Nobody may have decided one of them again while the list was written.
    let same = rows_are(set, sha256)
        && (rows_at(write.conn()).await? == leaves || holds(write.conn(), &subject).await?);
    if !same {
        written.discard()?;
        return Err(Error::refused(
            "RELEASE-02",
            "A case of this list was decided again since it was approved. Nothing was written. Propose anew.",
        ));
    }
    let id = rows::last_export(write.conn()).await? + 1;
    let event = Event::new(
        "release.exported",
        json!({
            "approved_leaf": approved,
            "at_leaf": leaves,
            "body_sha256": written.body_sha256,
            "dataset": of.dataset,
            "export": id,
            "format": word_of(&format),
            "proposal": proposal,
            "sha256": written.sha256,
            "sightings": written.count,
            "version": of.version,
        }),
    );
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let numbers = (id, seq, Some(i64::from(proposal)));
    let row = row(console, ListKind::Release, of, format, &written, numbers)?;
    rows::insert_export(write.conn(), &row).await?;
    write.commit().await?;
    written.put_in_place()?;
    export_facts(row)
}

/// Refuses unless the set is still the one that was frozen.
pub(crate) async fn check(conn: &mut SqliteConnection, subject: &Subject) -> Result<()> {
    if holds(conn, subject).await? {
        return Ok(());
    }
    Err(approval::stale("A case of this list was decided again"))
}

/// A release in words.
pub(crate) fn words(
    dataset: &str,
    version: Option<&str>,
    cases: u64,
    sightings: u64,
) -> (String, Vec<String>) {
    let of =
        version.map_or_else(|| dataset.to_owned(), |version| format!("{dataset} at {version}"));
    let facts = vec![
        format!("{sightings} sightings of {cases} rejected cases may go back to training."),
        "If one of these cases is decided again, the list is not written.".to_owned(),
    ];
    (format!("Release from {of}"), facts)
}

async fn holds(conn: &mut SqliteConnection, subject: &Subject) -> Result<bool> {
    let (of, through, sha256) = frozen(subject)?;
    let mut set = Set::default();
    walk(conn, of, through, |row| {
        set.take(row);
        Ok(())
    })
    .await?;
    Ok(rows_are(set, sha256))
}

fn rows_are(set: Set, sha256: &str) -> bool {
    hex::encode(set.digest.finalize()) == sha256
}

async fn rows_at(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(ledger::root(conn).await?.0)
}

fn frozen(subject: &Subject) -> Result<(Of<'_>, Through, &str)> {
    match subject {
        Subject::ReleaseList {
            dataset,
            version,
            sightings_sha256,
            through_sighting,
            through_leaf,
            settled_by,
            ..
        } => Ok((
            Of { dataset, version: version.as_deref() },
            Through { sighting: *through_sighting, leaf: *through_leaf, settled_by: *settled_by },
            sightings_sha256,
        )),
        _ => Err(Error::usage("RELEASE-03", "This proposal is not about a release list.")),
    }
}

async fn walk(
    conn: &mut SqliteConnection,
    of: Of<'_>,
    through: Through,
    mut each: impl FnMut(&LineRow) -> Result<()>,
) -> Result<()> {
    let mut after = After::default();
    loop {
        let page = rows::rejected(conn, of, through, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = After { case: last.case_id, sighting: last.sighting_id };
        page.iter().try_for_each(&mut each)?;
    }
}
