//! The graphs by themselves; whether CASE's own validator takes them is asked in `tests/tests/proofs`.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::package::build::sample;

fn nodes(bytes: &[u8]) -> Vec<Value> {
    let mut document: Value = serde_json::from_slice(bytes).unwrap();
    document["@graph"].take().as_array().unwrap().clone()
}

/// Every id that anything in the document points to.
fn pointed(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) if fields.len() == 1 && fields.contains_key("@id") => {
            found.insert(fields["@id"].as_str().unwrap().to_owned());
        }
        Value::Object(fields) => fields.values().for_each(|value| pointed(value, found)),
        Value::Array(all) => all.iter().for_each(|value| pointed(value, found)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a scanner wrote: the same bytes twice, every reference leads to a node, every chain reaches the decision.
    #[test]
    fn any_case_is_one_closed_graph(input in sample::hostile()) {
        for file in &input.files {
            let bytes = case(&input.head, file).unwrap();
            prop_assert_eq!(&bytes, &case(&input.head, file).unwrap());
            let nodes = nodes(&bytes);
            let known: BTreeSet<String> =
                nodes.iter().map(|node| node["@id"].as_str().unwrap().to_owned()).collect();
            prop_assert_eq!(known.len(), nodes.len());
            let mut named = BTreeSet::new();
            nodes.iter().for_each(|node| pointed(node, &mut named));
            prop_assert!(named.is_subset(&known), "{:?}", named.difference(&known));
            let acts: Vec<&Value> = nodes
                .iter()
                .filter(|node| node["@type"] == "investigation:InvestigativeAction")
                .collect();
            let first = |act: &&&Value| act.get("investigation:wasInformedBy").is_none();
            prop_assert_eq!(acts.iter().filter(first).count(), file.sightings.len());
            prop_assert_eq!(acts.iter().filter(|act| act["core:name"] == "decide").count(), 1);
        }
    }
}

#[test]
fn what_nobody_recorded_is_a_step_that_says_so() {
    let mut file = sample::file(7, sample::find(), crate::wire::Class::D);
    file.sightings[0].find.acquisition = Default::default();
    file.sightings[0].find.object.as_fetched_digests = None;
    let nodes = nodes(&case(&sample::input().head, &file).unwrap());
    let names: Vec<&str> = nodes.iter().filter_map(|node| node["core:name"].as_str()).collect();
    assert!(names.contains(&"unknown_acquisition"), "{names:?}");
    assert!(!names.contains(&"fetch"));
}

#[test]
fn the_same_bytes_are_one_node_in_every_report() {
    let input = sample::input();
    let mut other = input.head.clone();
    other.report = "R-0002".to_owned();
    let files = |head| -> BTreeSet<String> {
        nodes(&case(head, &input.files[0]).unwrap())
            .iter()
            .map(|node| node["@id"].as_str().unwrap().to_owned())
            .filter(|id| id.starts_with("kb:file-") || id.starts_with("kb:action-"))
            .collect()
    };
    let (one, two) = (files(&input.head), files(&other));
    let same: Vec<&String> = one.intersection(&two).collect();
    assert!(same.len() == 1 && same[0].starts_with("kb:file-"), "{same:?}");
}

#[test]
fn the_report_names_every_case_in_order() {
    let input = sample::input();
    let nodes = nodes(&investigation(&input.head, input.files.iter()).unwrap());
    let whole = nodes.iter().find(|n| n["@type"] == "investigation:Investigation").unwrap();
    assert_eq!(whole["core:object"].as_array().unwrap().len(), input.files.len() + 1);
    let numbers: BTreeSet<&str> =
        nodes.iter().filter_map(|n| n["investigation:exhibitNumber"].as_str()).collect();
    assert_eq!(numbers.into_iter().collect::<Vec<_>>(), ["004102", "004110"]);
}
