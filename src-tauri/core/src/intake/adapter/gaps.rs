//! Which facts a find made by an adapter lacks, each with the reason its source has for it.
//!
//! It must never declare a fact that is there, nor overrule a reason that was given with the answer.

use serde_json::{Value, json};

use super::{Lack, lack};
use crate::intake::check;
use crate::intake::find::MissingReason::NeverRecorded;

/// The mark in `ext.adapter` of a find whose distance is only a bound.
pub(super) const BOUND: &str = "distance_is_bound";
/// Declared of such a find.
const MEASURED: &str = "matches.measured_distance";

const UNVERSIONED: Lack = lack(
    "locator.dataset.version",
    NeverRecorded,
    "no version was given with the dataset; ask the supplier",
);
const PLACELESS: Lack = lack(
    "locator.steps.0.uri",
    NeverRecorded,
    "the answer does not say where in the dataset the file lay; the corpus can be searched for its digests",
);

/// `missing` of a find: what was given with the answer, then whatever the source lacks and nothing else gave.
pub(super) fn declare(line: &Value, lacks: &[Lack], given: Vec<Value>) -> Vec<Value> {
    let mut missing = given;
    let unversioned = line["locator"]["dataset"]["version_kind"] == "unversioned";
    let placeless = line["locator"]["steps"] == json!([{ "kind": "local_file" }]);
    let general = [(UNVERSIONED, unversioned), (PLACELESS, placeless)];
    let general = general.iter().filter(|(_, is)| *is).map(|(lack, _)| lack);
    for lack in general.chain(lacks.iter().filter(|lack| absent(line, lack.field))) {
        if missing.iter().all(|given| given["field"] != lack.field) {
            let entry = json!({ "field": lack.field, "reason": lack.reason, "note": lack.why });
            missing.push(entry);
        }
    }
    missing
}

/// Whether a fact is not there. Of a fact of the matches: whether one of them lacks it. An exact match needs no hash,
/// quality or method of its own, since the digests are measured here.
fn absent(line: &Value, field: &str) -> bool {
    if field == MEASURED {
        return line["ext"]["adapter"].get(BOUND).is_some();
    }
    if let Some(name) = field.strip_prefix("matches.") {
        let pointer = format!("/{}", name.replace('.', "/"));
        let matches = line["matches"].as_array().map(Vec::as_slice).unwrap_or_default();
        let of_near = name.starts_with("query_") || name == "algorithm_version";
        return matches
            .iter()
            .filter(|found| !of_near || found["kind"] == "near")
            .any(|found| found.pointer(&pointer).is_none());
    }
    if field == check::AS_FETCHED.field && line["object"]["bytes_are"] == "as_fetched" {
        return false;
    }
    match line.pointer(&format!("/{}", field.replace('.', "/"))) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(fields)) => fields.is_empty(),
        Some(_) => false,
    }
}
