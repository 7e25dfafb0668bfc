//! What a source says, weighed against what is there: filled in where there is nothing, known where it is the same, a
//! conflict where it differs.
//!
//! It must never let a value into a find that an import would have left out.

use serde_json::Value;
use time::OffsetDateTime;

use super::Fact;
use super::field::{self, FETCHED_AT, PRECISION, VERSION};
use crate::intake::check::{self, LineError};
use crate::intake::find::{Find, Utc};

/// What is new about one sighting.
#[derive(Default)]
pub(super) struct Weighed {
    /// With what was accepted; `None` where nothing was.
    pub(super) find: Option<Find>,
    pub(super) accepted: Vec<(String, Value)>,
    pub(super) conflicts: Vec<(String, Value)>,
    pub(super) known: u64,
    /// The first value that no find may hold.
    pub(super) refused: Option<LineError>,
}

/// Weighs facts, in their order, against a find and the facts attached to it before.
pub(super) fn weigh(
    find: &Find,
    before: &[Fact],
    said: &[(&'static str, Value)],
    now: OffsetDateTime,
) -> Weighed {
    let mut weighed = Weighed::default();
    let Ok(mut value) = serde_json::to_value(find) else { return weighed };
    let mut new_instant = false;
    for (name, fact) in said {
        let held = field::held(&value, name);
        // The precision that stands there was that of an interval, not of the instant that came with this one.
        let of_another_time = *name == PRECISION && new_instant;
        match held {
            Some(there) if same(name, there, &value, fact) => weighed.known += 1,
            // Told before, and weighed then.
            _ if before.iter().any(|old| old.field == *name && old.value == *fact) => {
                weighed.known += 1;
            }
            Some(_) if !of_another_time => {
                weighed.conflicts.push(((*name).to_owned(), fact.clone()));
            }
            _ => {
                let mut tried = value.clone();
                field::set(&mut tried, name, fact);
                match allowed(&tried, now) {
                    Ok(find) => {
                        new_instant |= *name == FETCHED_AT;
                        value = tried;
                        weighed.find = Some(find);
                        weighed.accepted.push(((*name).to_owned(), fact.clone()));
                    }
                    Err(error) => {
                        weighed.refused.get_or_insert(error);
                    }
                }
            }
        }
    }
    weighed
}

/// The rules of an import hold for what is attached later.
fn allowed(find: &Value, now: OffsetDateTime) -> Result<Find, LineError> {
    check::read_line(find.to_string().as_bytes(), now)
}

fn same(field: &str, there: &Value, find: &Value, said: &Value) -> bool {
    match (field, there, said) {
        (VERSION, there, said) => {
            said.get("version") == Some(there)
                && said.get("version_kind") == find.pointer("/locator/dataset/version_kind")
        }
        // One more step that says where a pointer came from is the same when it names the same place.
        ("acquisition.upstream", Value::Array(there), Value::Array(said)) => {
            said.iter().all(|said| there.iter().any(|there| same_place(there, said)))
        }
        // Digests of more algorithms than are there, or of fewer, agree as far as both go.
        ("object.as_fetched_digests", Value::Object(there), Value::Object(said)) => {
            said.iter().all(|(name, digest)| there.get(name).is_none_or(|known| known == digest))
        }
        // Statistics are kept in fractions of a second, which every reader rounds in its own way.
        ("acquisition.fetched_interval", there, said) => {
            ["start", "end"].iter().all(|end| within_a_second(there.get(end), said.get(end)))
        }
        (_, Value::String(there), Value::String(said)) => there.trim() == said.trim(),
        _ => there == said,
    }
}

fn within_a_second(there: Option<&Value>, said: Option<&Value>) -> bool {
    let at = |value: Option<&Value>| Utc::parse(value?.as_str()?);
    match (at(there), at(said)) {
        (Some(there), Some(said)) => {
            (there.instant() - said.instant()).abs() <= time::Duration::SECOND
        }
        _ => false,
    }
}

fn same_place(there: &Value, said: &Value) -> bool {
    ["kind", "uri", "offset", "row", "keys"].iter().all(|name| there.get(name) == said.get(name))
}
