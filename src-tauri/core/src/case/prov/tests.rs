//! Graphs of any find: whole, deterministic, with every unknown step in them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Graph, Key, Kind, Relation, graph};
use crate::intake::check::arbitrary::any_find;
use crate::intake::find::{BytesAre, Find};

/// The keys of all nodes with this name.
fn named(graph: &Graph, name: &str) -> BTreeSet<Key> {
    graph.nodes.iter().filter(|(_, node)| node.name == name).map(|(key, _)| *key).collect()
}

/// Everything that can be reached, in whichever direction an edge points.
fn reached(graph: &Graph, from: Key) -> BTreeSet<Key> {
    let mut beside: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
    for (a, _, b) in &graph.edges {
        beside.entry(*a).or_default().push(*b);
        beside.entry(*b).or_default().push(*a);
    }
    let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
    while let Some(key) = open.pop() {
        for next in beside.get(&key).into_iter().flatten() {
            if seen.insert(*next) {
                open.push(*next);
            }
        }
    }
    seen
}

proptest! {
    #[test]
    fn a_graph_hangs_together_and_has_every_end(find in any_find()) {
        let made = graph(&find, "run");
        prop_assert_eq!(&made, &graph(&find, "run"));
        for (from, _, to) in &made.edges {
            prop_assert!(made.nodes.contains_key(from) && made.nodes.contains_key(to));
        }
        let bytes = Key::of("bytes", &[&find.object.digests.sha256]);
        prop_assert_eq!(reached(&made, bytes).len(), made.nodes.len());
        prop_assert_eq!(named(&made, "dataset").len(), 1);
        prop_assert_eq!(named(&made, "match").len(), find.matches.len());
    }

    #[test]
    fn what_is_not_known_is_a_step(find in any_find()) {
        let made = graph(&find, "run");
        let from = &find.acquisition;
        let fetches = named(&made, "fetch").len() + named(&made, "unknown_acquisition").len();
        prop_assert_eq!(fetches, 1);
        let addressed = from.origin_url.is_some() || from.final_url.is_some();
        prop_assert_eq!(named(&made, "unknown_origin").is_empty(), addressed);
        let page_known = from.page_url.is_some();
        prop_assert_eq!(named(&made, "unknown_discovery").is_empty(), page_known || !addressed);
        let supplied = find.locator.dataset.supplier.is_some();
        prop_assert_eq!(named(&made, "unknown_supply").is_empty(), supplied);
        for node in made.nodes.values().filter(|node| node.name.starts_with("unknown_")) {
            prop_assert!(node.kind != Kind::Activity || node.attrs.contains_key("missing") || node.name == "unknown_processing");
        }
    }

    #[test]
    fn the_same_bytes_in_two_places_are_one_thing_seen_twice(find in any_find()) {
        let mut again = find.clone();
        again.find_id = uuid::Uuid::from_u128(find.find_id.as_u128() ^ 1);
        if let Some(step) = again.locator.steps.first_mut() {
            step.uri = Some("another-shard.tar".to_owned());
        }
        let mut both = graph(&find, "run");
        both.join(graph(&again, "run"));
        prop_assert_eq!(named(&both, "occurrence").len(), 2);
        let bytes = Key::of("bytes", &[&find.object.digests.sha256]);
        let special = both.edges.iter().filter(|(_, relation, to)| {
            *relation == Relation::SpecializationOf && *to == bytes
        });
        prop_assert_eq!(special.count(), 2);
    }

    #[test]
    fn re_encoding_stands_between_two_contents(find in any_find()) {
        let made = graph(&find, "run");
        let own = &find.object.digests.sha256;
        let other = find.object.as_fetched_digests.as_ref().is_none_or(|told| told.sha256 != *own);
        let re_encoded = find.object.bytes_are == BytesAre::ReEncoded && other;
        prop_assert_eq!(!named(&made, "re_encoding").is_empty(), re_encoded);
        if re_encoded {
            let bytes = Key::of("bytes", &[own]);
            let derived = made.edges.iter().any(|(from, relation, _)| {
                *from == bytes && *relation == Relation::WasDerivedFrom
            });
            prop_assert!(derived);
        }
    }
}

#[test]
fn finds_of_one_shard_share_what_is_shared() {
    let line = include_str!("../../../../../tests/fixtures/real/finds.jsonl");
    let finds: Vec<Find> = line.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut whole = Graph::default();
    let mut apart = 0;
    for find in &finds {
        let one = graph(find, "run");
        apart += one.nodes.len();
        whole.join(one);
    }
    assert!(whole.nodes.len() < apart / 2, "{} of {apart}", whole.nodes.len());
    assert_eq!(named(&whole, "occurrence").len(), finds.len());
    assert_eq!(named(&whole, "scan").len(), 1);
}
