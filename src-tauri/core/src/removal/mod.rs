//! Getting confirmed content out of corpora, and rejected content back: lists for the owners, and their answers.
//!
//! It must never name in a list what is not settled, nor call something removed because nobody answered.

mod answer;
mod export;
mod file;
mod line;
pub mod location;
pub mod release;

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::SqliteConnection;

pub use answer::acknowledge;
pub use export::export;
pub(crate) use export::export_report;

use crate::approval::KEEPERS;
use crate::case::{defang, word_of};
use crate::clock::{Millis, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{self, unsigned};
use crate::store::location::{self as places, LocationRow};
use crate::store::removal::{self as rows, ExportRow};
use crate::wire::{
    ListFormat, ListKind, LocationKind, RemovalDataset, RemovalExport, RemovalLocation,
    RemovalStatus,
};
use crate::words;

/// Lists and answers are for those who keep the workspace.
fn keeper(console: &Console) -> Result<()> {
    console.actor().needs(KEEPERS)
}

/// How far the removal is: every dataset with something confirmed, listed or stored, or only one.
pub async fn status(console: &Console, dataset: Option<&str>) -> Result<RemovalStatus> {
    let mut conn = console.store().read().await?;
    let mut snapshot = sqlx::Connection::begin(&mut *conn).await?;
    let now = console.clock().now();
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let wanted = |id: &str| dataset.is_none_or(|only| only == id);
    for row in rows::tally(&mut snapshot, now).await? {
        if wanted(&row.dataset) {
            found.entry(row.dataset.clone()).or_default().tally(&row);
        }
    }
    for (id, back, waiting) in rows::fallen(&mut snapshot, now).await? {
        if wanted(&id) {
            let entry = found.entry(id).or_default();
            entry.back += words::count(back);
            entry.waiting += words::count(waiting);
        }
    }
    for place in places::all(&mut snapshot, dataset).await? {
        found.entry(place.dataset.clone()).or_default().places.push(place);
    }
    for list in rows::exports(&mut snapshot, dataset).await? {
        finish(&list)?;
        found.entry(list.dataset.clone()).or_default().lists.push(export_facts(list)?);
    }
    for (id, rejected) in rows::rejected_cases(&mut snapshot, now).await? {
        if wanted(&id) {
            found.entry(id).or_default().rejected = words::count(rejected);
        }
    }
    let mut datasets = Vec::with_capacity(found.len());
    for (id, entry) in found {
        datasets.push(entry.facts(&mut snapshot, id, now).await?);
    }
    let at_leaf = unsigned(ledger::root(&mut snapshot).await?.0)?;
    snapshot.rollback().await?;
    Ok(RemovalStatus { at_leaf, datasets })
}

/// A program that ended right after the ledger knew of a list left this to do.
fn finish(list: &ExportRow) -> Result<()> {
    let place = Path::new(&list.path);
    if place.symlink_metadata().is_err() && file::waits(place, &list.sha256) {
        file::put_in_place(place)?;
    }
    Ok(())
}

/// What is known of one dataset.
#[derive(Default)]
struct Found {
    versions: Vec<String>,
    confirmed: u64,
    listed: u64,
    waiting: u64,
    back: u64,
    rejected: u64,
    oldest_unlisted: Option<Millis>,
    places: Vec<LocationRow>,
    lists: Vec<RemovalExport>,
}

impl Found {
    fn tally(&mut self, row: &rows::TallyRow) {
        self.versions.push(row.version.clone());
        self.confirmed += words::count(row.confirmed);
        self.listed += words::count(row.listed);
        self.waiting += words::count(row.waiting);
        self.oldest_unlisted = earlier(self.oldest_unlisted, row.oldest_unlisted);
    }

    async fn facts(
        self,
        conn: &mut SqliteConnection,
        dataset: String,
        now: Millis,
    ) -> Result<RemovalDataset> {
        let mut locations = Vec::with_capacity(self.places.len());
        for place in &self.places {
            let said = places::said(conn, place.id, &dataset, now).await?;
            locations.push(self.location(place, &said)?);
        }
        let asked = || locations.iter().filter(|place| place.retired_at.is_none());
        let all_gone = asked().count() > 0 && asked().all(|place| place.open + place.refused == 0);
        let none_open =
            self.listed == self.confirmed && self.back == 0 && (self.confirmed == 0 || all_gone);
        Ok(RemovalDataset {
            dataset,
            versions: self.versions,
            tombstoned: self.confirmed,
            exported: self.listed,
            retractions_due: self.back,
            waiting: self.waiting,
            rejected: self.rejected,
            locations,
            none_open,
            exports: self.lists,
        })
    }

    fn location(
        &self,
        place: &LocationRow,
        said: &[(Option<String>, i64, Option<Millis>)],
    ) -> Result<RemovalLocation> {
        let of = |word: Option<&str>| {
            let rows = said.iter().filter(|(said, ..)| said.as_deref() == word);
            rows.map(|(_, n, _)| words::count(*n)).sum::<u64>()
        };
        let unanswered = said.iter().find(|(said, ..)| said.is_none());
        let oldest = earlier(self.oldest_unlisted, unanswered.and_then(|(.., at)| *at));
        Ok(RemovalLocation {
            name: place.name.clone(),
            kind: from_word::<LocationKind>(&place.kind)?,
            contact: defang::contact(&place.contact),
            added_at: rfc3339(place.added_at),
            retired_at: place.retired_at.map(rfc3339),
            retired_why: place.retired_why.clone(),
            removed: of(Some("removed")),
            not_present: of(Some("not-present")),
            refused: of(Some("refused")),
            open: of(None) + self.confirmed.saturating_sub(self.listed),
            oldest_open: oldest.map(rfc3339),
        })
    }
}

fn earlier(a: Option<Millis>, b: Option<Millis>) -> Option<Millis> {
    [a, b].into_iter().flatten().min()
}

/// Confirmed sightings of a dataset that a place has not answered for, listed or not.
async fn open_at(
    conn: &mut SqliteConnection,
    location: i64,
    dataset: &str,
    now: Millis,
) -> Result<u64> {
    let said = places::said(conn, location, dataset, now).await?;
    let answered: i64 = said.iter().filter(|(said, ..)| said.is_some()).map(|(_, n, _)| n).sum();
    let tally = rows::tally(conn, now).await?;
    let all: i64 = tally.iter().filter(|row| row.dataset == dataset).map(|row| row.confirmed).sum();
    Ok(words::count(all - answered))
}

fn export_facts(row: ExportRow) -> Result<RemovalExport> {
    Ok(RemovalExport {
        export: u32::try_from(row.id).unwrap_or(u32::MAX),
        kind: from_word::<ListKind>(&row.kind)?,
        dataset: row.dataset,
        version: row.version,
        report: row.report_id.map(words::report_name),
        format: from_word::<ListFormat>(&row.format)?,
        sightings: words::count(row.sightings),
        retracted: words::count(row.retracted),
        sha256: row.sha256,
        path: row.path,
        made_at: rfc3339(row.made_at),
        by: row.account,
        leaf: words::count(row.seq),
        proposal: row.proposal.map(words::case_number),
    })
}

/// A stored word back to the wire's value.
fn from_word<T: serde::de::DeserializeOwned>(word: &str) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|error| {
        Error::store("REMOVAL-03", "A list or a location in this store cannot be read.")
            .caused_by(error)
    })
}

/// What a person must give, trimmed.
fn text<'a>(what: &str, given: &'a str, most: usize) -> Result<&'a str> {
    let given = given.trim();
    if (1..=most).contains(&given.len()) && !given.chars().any(char::is_control) {
        return Ok(given);
    }
    Err(Error::usage("REMOVAL-04", format!("Give {what}: one line of at most {most} bytes.")))
}
