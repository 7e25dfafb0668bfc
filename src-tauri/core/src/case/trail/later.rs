//! What was attached later, in its place in the trail, with who said so and when.
//!
//! It must never let a fact that came later look like one the scanner reported, nor leave a conflict out.

use serde_json::Value;

use super::{label, present, trail};
use crate::case::defang;
use crate::case::enrich::Fact;
use crate::intake::find::Find;
use crate::wire::{TrailKind, TrailStep};

/// The trail of a find with what was attached to it; `find` holds the accepted facts already.
pub fn with_later(find: &Find, facts: &[Fact]) -> Vec<TrailStep> {
    let mut steps = trail(find);
    for fact in facts {
        let label = label(&fact.field);
        let place = steps.iter().position(|step| {
            step.kind == TrailKind::Present
                && shown_as(&fact.field, &label).any(|l| step.label == l)
        });
        let from = from(fact);
        if fact.conflict {
            let step = present(&format!("{label}, differing"), shown(&fact.value))
                .mono()
                .note(format!("{from}; what was there stays"));
            steps.insert(place.map_or(last(&steps), |at| at + 1), step);
            continue;
        }
        match place.and_then(|at| steps.get_mut(at)) {
            Some(step) => {
                let noted = step.note.take().filter(|note| note != "as crawled");
                step.note = Some(match noted {
                    Some(note) => format!("{note}; {from}"),
                    None => from,
                });
            }
            None => {
                let step = present(&label, shown(&fact.value)).note(from);
                steps.insert(last(&steps), step);
            }
        }
    }
    steps
}

/// Before the quarantine, which ends every trail.
fn last(steps: &[TrailStep]) -> usize {
    steps.len().saturating_sub(1)
}

/// `attached later, Example Supplier, 2026-11-22, leaf 12`.
fn from(fact: &Fact) -> String {
    let day = fact.at.get(..10).unwrap_or(&fact.at);
    format!("attached later, {}, {day}, leaf {}", defang::prose(&fact.source), fact.leaf)
}

/// The labels under which the trail shows a field.
fn shown_as<'a>(field: &'a str, label: &'a str) -> impl Iterator<Item = &'a str> {
    let others: &[&str] = match field {
        "acquisition.fetched_interval" | "acquisition.time_precision" | "acquisition.fetcher" => {
            &["Fetched"]
        }
        "acquisition.http_status" => &["Final URL"],
        "acquisition.redirects" => &["Redirect"],
        "locator.dataset.version" => &["Dataset"],
        "locator.dataset.supplier_contact" | "locator.dataset.obtained_at" => &["Supplier"],
        "object.as_fetched_digests" => &["Re-encoded", "Stored bytes"],
        _ => &[],
    };
    std::iter::once(label).chain(others.iter().copied())
}

/// A value as people see it, addresses defanged.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => defang::prose(text),
        Value::Object(span) if span.contains_key("start") => {
            let end = |name: &str| span.get(name).and_then(Value::as_str).unwrap_or_default();
            format!("{} to {}", end("start"), end("end"))
        }
        other => defang::prose(&other.to_string().replace(',', ", ")),
    }
}
