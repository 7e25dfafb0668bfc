//! The graph of one case as PROV-JSON (W3C member submission, 2013), read back from the store.
//!
//! Addresses in it are defanged. It must never write what the store does not hold.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::check::told;
use super::graph::attached;
use super::{Graph, Key};
use crate::case::defang;
use crate::case::enrich::known_of;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::queue::claim::no_such_case;
use crate::store::prov::{self, NodeRow};
use crate::store::trace as rows;

/// The one namespace of the document. It names things; nothing is to be fetched there.
const NAMESPACE: &str = "urn:casement:trail:";
const PREFIX: &str = "trail";

/// The trail of a case as a PROV-JSON document.
///
/// # Errors
/// When there is no such case, or its rows cannot be read.
pub async fn export(console: &Console, case: u32) -> Result<Value> {
    let mut conn = console.store().read().await?;
    let found = rows::of_case(&mut conn, i64::from(case)).await?;
    let sightings = known_of(&mut conn, found).await?;
    if sightings.is_empty() {
        return Err(no_such_case());
    }
    let mut whole = Graph::default();
    for sighting in &sightings {
        whole.join(told(sighting));
        let leaves: BTreeSet<i64> = sighting.facts.iter().map(|fact| fact.leaf).collect();
        for leaf in leaves {
            whole.join(attached(leaf));
        }
    }
    let keys: Vec<String> = whole.keys().map(Key::hex).collect();
    let nodes = prov::nodes(&mut conn, &json!(keys).to_string()).await?;
    let ids: Vec<i64> = nodes.iter().map(|node| node.id).collect();
    let edges = prov::edges_among(&mut conn, &json!(ids).to_string()).await?;
    document(&nodes, &edges)
}

type Section = Map<String, Value>;

fn document(nodes: &[NodeRow], edges: &[(i64, String, i64)]) -> Result<Value> {
    let mut sections: BTreeMap<&str, Section> = BTreeMap::new();
    let name = |node: &NodeRow| format!("{PREFIX}:{}-{}", node.name, node.key);
    for node in nodes {
        let told: Map<String, Value> = serde_json::from_str(&node.attrs).map_err(damaged)?;
        let mut attrs = Map::new();
        attrs.insert("prov:type".to_owned(), json!(format!("{PREFIX}:{}", node.name)));
        times(&told, &mut attrs);
        for (field, value) in told {
            attrs.insert(format!("{PREFIX}:{field}"), shown(value));
        }
        sections.entry(&node.kind).or_default().insert(name(node), Value::Object(attrs));
    }
    for (number, (from, word, to)) in edges.iter().enumerate() {
        let find = |id: &i64| nodes.iter().find(|node| node.id == *id).map(name);
        let (Some((first, second)), Some(from), Some(to)) = (ends(word), find(from), find(to))
        else {
            continue;
        };
        let edge = json!({ first: from, second: to });
        sections.entry(word).or_default().insert(format!("_:e{number}"), edge);
    }
    let mut out = json!(sections);
    out["prefix"] = json!({ PREFIX: NAMESPACE });
    Ok(out)
}

/// The names PROV-JSON has for the two ends of a relation.
fn ends(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "used" => ("prov:activity", "prov:entity"),
        "wasGeneratedBy" => ("prov:entity", "prov:activity"),
        "wasDerivedFrom" => ("prov:generatedEntity", "prov:usedEntity"),
        "wasInformedBy" => ("prov:informed", "prov:informant"),
        "wasAssociatedWith" => ("prov:activity", "prov:agent"),
        "wasAttributedTo" => ("prov:entity", "prov:agent"),
        "actedOnBehalfOf" => ("prov:delegate", "prov:responsible"),
        "specializationOf" => ("prov:specificEntity", "prov:generalEntity"),
        "hadMember" => ("prov:collection", "prov:entity"),
        _ => return None,
    })
}

/// When an activity was, in PROV's own words as well.
fn times(told: &Map<String, Value>, attrs: &mut Map<String, Value>) {
    let interval = |end: &str| told.get("interval").and_then(|interval| interval.get(end));
    for (name, value) in [("prov:startTime", "start"), ("prov:endTime", "end")] {
        if let Some(at) = told.get("at").or_else(|| interval(value)) {
            attrs.insert(name.to_owned(), at.clone());
        }
    }
}

/// A value as PROV-JSON has it: text or a number. Anything deeper becomes JSON text; text is defanged.
fn shown(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains("://") => json!(defang::url(&text)),
        Value::String(text) => json!(defang::prose(&text)),
        Value::Number(_) | Value::Bool(_) => value,
        deeper => json!(defang::prose(&deeper.to_string())),
    }
}

fn damaged(error: serde_json::Error) -> Error {
    Error::store("TRAIL-02", "A step of the trail in the store cannot be read. Run casectl verify.")
        .caused_by(error)
}
