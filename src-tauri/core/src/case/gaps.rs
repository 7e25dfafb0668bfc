//! What is missing from trails, by dataset, fact and reason; what recovering it would change; what was tried.
//!
//! Completeness is not a priority, and never stands before the duty to report. It must never read a sighting to count it.

mod detail;
pub(crate) mod tried;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use serde_json::json;

use super::{defang, enrich, remedy, trail};
use crate::clock::{Millis, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::intake::find::{Find, MissingReason};
use crate::store::gaps::{self as rows, DatasetRow};
use crate::store::{enrich as attempts, trace as traces};
use crate::wire::{Class, ClassCount, GapFilter, GapGroup, GapGrouping, GapRow, GapsView};
use crate::words;

pub use detail::show;

const CLASSES: [Class; 4] = [Class::A, Class::B, Class::C, Class::D];

/// The gaps of the workspace.
pub async fn list(console: &Console, filter: &GapFilter) -> Result<GapsView> {
    let mut conn = console.store().read().await?;
    let datasets: BTreeMap<i64, DatasetRow> =
        rows::datasets(&mut conn).await?.into_iter().map(|row| (row.id, row)).collect();
    let counted = rows::classes(&mut conn).await?;
    let wanted: Vec<&str> = CLASSES
        .iter()
        .filter(|class| filter.classes.is_empty() || filter.classes.contains(class))
        .map(|class| words::class_word(*class))
        .collect();
    let found = rows::gaps(&mut conn, &json!(wanted).to_string()).await?;
    let tried = attempts::last_tried(&mut conn).await?;
    let mut samples: HashMap<i64, Option<Find>> = HashMap::new();
    let mut groups: Vec<GapGroup> = Vec::new();
    let mut place: BTreeMap<String, usize> = BTreeMap::new();
    for gap in found {
        let Some(dataset) = datasets.get(&gap.dataset_id) else { continue };
        if !fits(filter, dataset, &gap.field, &gap.reason) {
            continue;
        }
        let find = match samples.entry(dataset.id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(sample(&mut conn, dataset.id).await?),
        };
        let last = tried.iter().filter(|(id, kind, field, _)| {
            *id == dataset.id && tried::covers(kind, field.as_deref(), &gap.field)
        });
        let row =
            row(dataset, &gap.field, &gap.reason, gap.n, find.as_ref(), last.map(|t| t.3).max());
        let (title, about) = heading(filter.group, dataset, &row);
        let at = *place.entry(format!("{title}\n{about}")).or_insert_with(|| {
            let sightings = match filter.group {
                GapGrouping::Dataset => {
                    counted.iter().filter(|(id, ..)| *id == dataset.id).map(|(.., n)| n).sum()
                }
                GapGrouping::Field | GapGrouping::Reason => 0,
            };
            groups.push(GapGroup {
                title,
                about,
                sightings: words::count(sightings),
                rows: Vec::new(),
            });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(at) {
            group.rows.push(row);
        }
    }
    let count = |class: Class| {
        let word = words::class_word(class);
        words::count(counted.iter().filter(|(_, of, _)| of == word).map(|(.., n)| n).sum())
    };
    let classes: Vec<ClassCount> = CLASSES
        .into_iter()
        .map(|class| ClassCount {
            class,
            sightings: count(class),
            words: meaning(class).to_owned(),
        })
        .collect();
    Ok(GapsView { sightings: classes.iter().map(|class| class.sightings).sum(), classes, groups })
}

fn fits(filter: &GapFilter, dataset: &DatasetRow, field: &str, reason: &str) -> bool {
    let asked = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let by_name = |name: &String| *name == dataset.name || *name == dataset.id.to_string();
    let by_field = |name: &String| *name == field || field.rsplit('.').next() == Some(name);
    asked(&filter.reason).is_none_or(|wanted| wanted == reason)
        && asked(&filter.dataset).as_ref().is_none_or(by_name)
        && asked(&filter.field).as_ref().is_none_or(by_field)
}

/// A sighting of the dataset, by whose making the next step is told.
async fn sample(conn: &mut sqlx::SqliteConnection, dataset: i64) -> Result<Option<Find>> {
    let found = traces::one_of(conn, dataset).await?;
    Ok(enrich::known_of(conn, found).await?.into_iter().next().map(|known| known.find))
}

fn row(
    dataset: &DatasetRow,
    field: &str,
    reason: &str,
    n: i64,
    find: Option<&Find>,
    last: Option<Millis>,
) -> GapRow {
    let known = reason_of(reason);
    let (next_step, ask) = match (find, known) {
        (Some(find), Some(reason)) => remedy::columns(find, field, reason),
        _ => (String::new(), None),
    };
    GapRow {
        dataset: words::small(Some(dataset.id)).unwrap_or(0),
        dataset_name: name(dataset),
        field: field.to_owned(),
        label: trail::label(field),
        reason: reason.to_owned(),
        reason_words: reason_words(reason),
        sightings: words::count(n),
        next_step,
        ask,
        last_tried: last.map(rfc3339),
    }
}

fn heading(group: GapGrouping, dataset: &DatasetRow, row: &GapRow) -> (String, String) {
    match group {
        GapGrouping::Dataset => {
            let supplier = match dataset.supplier.as_str() {
                "" => "Supplier unknown".to_owned(),
                supplier => defang::prose(supplier),
            };
            (supplier, name(dataset))
        }
        GapGrouping::Field => (row.label.clone(), row.field.clone()),
        GapGrouping::Reason => (row.reason_words.clone(), String::new()),
    }
}

/// `example/synth-pairs@0123456`.
fn name(dataset: &DatasetRow) -> String {
    let id = defang::prose(&dataset.name);
    match dataset.version_kind.as_str() {
        "unversioned" => id,
        "git_commit" => {
            format!("{id}@{}", defang::prose(dataset.version.get(..7).unwrap_or(&dataset.version)))
        }
        _ => {
            let shown: String = dataset.version.chars().take(24).collect();
            let cut = if shown.len() < dataset.version.len() { "…" } else { "" };
            format!("{id}@{}{cut}", defang::prose(&shown))
        }
    }
}

fn meaning(class: Class) -> &'static str {
    match class {
        Class::A => "to origin",
        Class::B => "partly",
        Class::C => "to a supplier",
        Class::D => "not traceable",
    }
}

fn reason_of(word: &str) -> Option<MissingReason> {
    MissingReason::ALL.iter().find(|reason| reason.word() == word).copied()
}

/// `Discarded upstream`.
fn reason_words(word: &str) -> String {
    let text = word.replace('_', " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn no_such_gap() -> Error {
    Error::usage("GAPS-01", "There is no such gap, or no longer. Look at the list again.")
}
