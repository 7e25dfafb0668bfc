//! Where a sighting's trail stands, in the few words the lists are made from: dataset, gaps, class.
//!
//! It is worked out from the find with all that was attached to it, and written in the same transaction as what changed
//! it. It must never be set by hand.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;

use super::completeness::{Held, completeness};
use super::enrich::{Known, known_of};
use super::prov;
use super::trail::source_key;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::intake::find::{Find, MissingReason};
use crate::ledger::{Event, Logged, Unlogged};
use crate::store::{incoming, trace as rows};
use crate::words;

/// Sightings worked out in one transaction.
const PAGE: i64 = 1_000;

/// The columns of `store::incoming` that a trail is listed by, `find_id` and `class` aside.
#[derive(Serialize)]
pub(crate) struct Trace {
    dataset: String,
    version: String,
    version_kind: &'static str,
    supplier: String,
    contact: String,
    /// Sorted JSON of `[field, reason]` pairs, each once.
    gaps: String,
}

impl Trace {
    pub(crate) fn of(find: &Find) -> Self {
        let dataset = &find.locator.dataset;
        let text = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_owned();
        let gaps: BTreeSet<(&str, &str)> = find
            .missing
            .iter()
            .filter(|missing| missing.reason != MissingReason::NotApplicable)
            .map(|missing| (missing.field.as_str(), missing.reason.word()))
            .collect();
        Self {
            dataset: dataset.id.clone(),
            version: dataset.version.clone(),
            version_kind: dataset.version_kind.word(),
            supplier: text(&dataset.supplier),
            contact: text(&dataset.supplier_contact),
            gaps: json!(gaps).to_string(),
        }
    }

    /// As `store::trace::stand_after` tells it.
    pub(crate) fn stands(&self, class: &str) -> String {
        json!([
            self.dataset,
            self.version,
            self.version_kind,
            self.supplier,
            self.contact,
            self.gaps,
            class
        ])
        .to_string()
    }
}

/// One sighting whose trace is to be written.
#[derive(Serialize)]
struct Put<'a> {
    find_id: String,
    class: &'static str,
    #[serde(flatten)]
    trace: &'a Trace,
}

/// The class that counts for lists: no gate asks for more than what is true of every item in the vault.
pub(crate) fn class_word(find: &Find) -> &'static str {
    let held = Held { bytes_sealed: true, sha256_rechecked: true, ..Held::default() };
    words::class_word(completeness(find, held).class)
}

/// Writes the traces of these finds, each with the import that brought it, and what their trails now hold beside what
/// they held.
pub(crate) async fn put<'a>(
    write: &mut Logged,
    finds: impl Iterator<Item = (&'a Find, &'a str)>,
) -> Result<()> {
    let mut graph = prov::Graph::default();
    let mut traces: Vec<(String, &'static str, Trace)> = Vec::new();
    for (find, run) in finds {
        graph.join(prov::graph(find, run));
        traces.push((find.find_id.to_string(), class_word(find), Trace::of(find)));
    }
    prov::put(write, &graph).await?;
    let puts: Vec<Put<'_>> = traces
        .iter()
        .map(|(find_id, class, trace)| Put { find_id: find_id.clone(), class, trace })
        .collect();
    let text = serde_json::to_string(&puts).map_err(unreadable)?;
    incoming::fill(write.conn(), &text).await?;
    rows::put(write.conn()).await?;
    incoming::clear(write.conn()).await
}

/// Gives these cases the class and the source of their most complete sighting.
pub(crate) async fn refresh_cases(write: &mut Logged, cases: &BTreeSet<i64>) -> Result<()> {
    let best = rows::best(write.conn(), &json!(cases).to_string()).await?;
    let known = known_of(write.conn(), best).await?;
    for Known { row, find, .. } in known {
        let source = source_key(&find);
        let class = row.class.as_deref().unwrap_or("D");
        let dataset = &find.locator.dataset.id;
        rows::set_case(write.conn(), row.case_id, class, dataset, &source.key, &source.name)
            .await?;
    }
    Ok(())
}

/// Works out the trails of sightings that were imported before the store kept this. Answers how many.
pub(crate) async fn catch_up(console: &Console) -> Result<u64> {
    let mut done = 0;
    loop {
        let found = rows::without(&mut *console.store().read().await?, PAGE).await?;
        if found.is_empty() {
            return Ok(done);
        }
        let write = Unlogged::begin(console.store()).await?;
        let event = Event::new("trail.worked-out", json!({ "sightings": found.len() }));
        let (mut write, _) = write.log(console.clock(), console.actor(), event).await?;
        done += found.len() as u64;
        let known = known_of(write.conn(), found).await?;
        put(&mut write, known.iter().map(|known| (&known.find, known.row.run.as_str()))).await?;
        write.commit().await?;
    }
}

fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::store("CASE-02", "A sighting in the store cannot be read. Run casectl verify.")
        .caused_by(error)
}
