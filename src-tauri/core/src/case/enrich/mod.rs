//! Facts attached to sightings after their import, and the attempts to find them.
//!
//! A find stays as the scanner reported it: what was attached lies beside it, with who said so and when. It must never
//! overwrite a fact: one that differs is kept as a conflict and shown.

mod apply;
pub(crate) mod check;
pub(crate) mod field;
mod join;
mod read;
mod run;
mod table;
mod tell;
mod told;
mod verbs;
mod weigh;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::unreadable_sighting;
use crate::error::Result;
use crate::intake::find::Find;
use crate::store::enrich::{self as rows, FactRow};
use crate::store::trace::RecordRow;

pub use run::file;
pub use tell::tell;
pub(crate) use told::attempt_wire;
pub use verbs::{attempt, form};

/// A fact attached to a sighting.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Dotted path.
    pub field: String,
    pub value: Value,
    /// Something else is there already, and stays.
    pub conflict: bool,
    /// Who or what said so.
    pub source: String,
    /// RFC 3339.
    pub at: String,
    /// The leaf that logged it.
    pub leaf: i64,
}

/// A sighting with all that is known of it.
pub(crate) struct Known {
    pub(crate) row: RecordRow,
    /// As the scanner reported it.
    pub(crate) reported: Find,
    /// With what was attached later.
    pub(crate) find: Find,
    pub(crate) facts: Vec<Fact>,
}

/// The find with the facts attached to it: absent fields are filled and no longer missing; nothing else changes.
/// Facts are taken in the order they were attached.
pub fn effective(find: &Find, facts: &[Fact]) -> Find {
    if facts.iter().all(|fact| fact.conflict) {
        return find.clone();
    }
    let Ok(mut value) = serde_json::to_value(find) else { return find.clone() };
    for fact in facts.iter().filter(|fact| !fact.conflict) {
        field::set(&mut value, &fact.field, &fact.value);
    }
    serde_json::from_value(value).unwrap_or_else(|_| find.clone())
}

/// The one place where sightings are read for anything that speaks of their trail.
pub(crate) async fn known_of(
    conn: &mut SqliteConnection,
    found: Vec<RecordRow>,
) -> Result<Vec<Known>> {
    let ids: Vec<i64> = found.iter().map(|row| row.id).collect();
    let mut facts: BTreeMap<i64, Vec<Fact>> = BTreeMap::new();
    for row in rows::facts(conn, &json!(ids).to_string()).await? {
        facts.entry(row.sighting_id).or_default().push(fact_of(row)?);
    }
    found
        .into_iter()
        .map(|row| {
            let reported: Find = serde_json::from_str(&row.record).map_err(unreadable_sighting)?;
            let facts = facts.remove(&row.id).unwrap_or_default();
            let find = effective(&reported, &facts);
            Ok(Known { row, reported, find, facts })
        })
        .collect()
}

fn fact_of(row: FactRow) -> Result<Fact> {
    Ok(Fact {
        value: serde_json::from_str(&row.value).map_err(unreadable_sighting)?,
        field: row.field,
        conflict: row.standing == "conflict",
        source: row.source,
        at: crate::clock::rfc3339(row.at),
        leaf: row.attempt_seq,
    })
}
