//! The demo is the same for everyone, and every find of it leads to its bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::dice::hex;
use super::make;

fn lines(finds: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(finds).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(find: &'a Value, pointer: &str) -> &'a str {
    find.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Every file under a folder, by name, as its digest.
fn digests(folder: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            all.extend(digests(&entry.path()).into_iter().map(|(k, v)| (format!("{name}/{k}"), v)));
        } else {
            all.insert(name, hex(&Sha256::digest(std::fs::read(entry.path()).unwrap())));
        }
    }
    all
}

#[test]
fn the_demo_is_the_same_for_everyone_and_leads_to_its_bytes() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let demo = make(one.path()).unwrap();
    make(two.path()).unwrap();
    let files = digests(one.path());
    assert_eq!(files, digests(two.path()));

    let finds = lines(&demo.finds);
    assert_eq!((finds.len(), demo.count), (260, 260));
    let mut named = BTreeSet::new();
    for find in &finds {
        let name = text(find, "/object/quarantine_ref");
        assert_eq!(files[&format!("bytes/{name}")], text(find, "/object/digests/sha256"), "{name}");
        named.insert(format!("bytes/{name}"));
        facts_are_present_or_declared(find);
        matches_are_in_their_lists(find, one.path());
    }
    let held = files.keys().filter(|name| name.starts_with("bytes/")).cloned().collect();
    assert_eq!(named, held, "no quarantined file without a find");
    let ids: BTreeSet<&str> = finds.iter().map(|find| text(find, "/find_id")).collect();
    assert_eq!(ids.len(), finds.len());
    what_a_reviewer_should_meet_is_there(&finds);
}

fn facts_are_present_or_declared(find: &Value) {
    let declared: Vec<&str> =
        find["missing"].as_array().unwrap().iter().map(|gap| text(gap, "/field")).collect();
    let mut facts: Vec<String> =
        ["page_url", "final_url", "fetched_at", "server_ip", "http_headers", "origin_url"]
            .map(|fact| format!("acquisition.{fact}"))
            .to_vec();
    facts.extend(["supplier", "supplier_contact"].map(|fact| format!("locator.dataset.{fact}")));
    if text(find, "/object/bytes_are") == "re_encoded" {
        facts.push("object.as_fetched_digests".to_owned());
    }
    for fact in facts {
        let present = find.pointer(&format!("/{}", fact.replace('.', "/"))).is_some();
        assert_ne!(present, declared.contains(&fact.as_str()), "{fact} in {}", find["find_id"]);
    }
}

/// Each match names an entry of the list it says, and its distance is the true one.
fn matches_are_in_their_lists(find: &Value, dir: &Path) {
    for found in find["matches"].as_array().unwrap() {
        let list = dir.join("lists").join(format!("{}.csv", text(found, "/list/name")));
        let csv = std::fs::read_to_string(list).unwrap();
        assert_eq!(hex(&Sha256::digest(&csv)), text(found, "/list/snapshot_sha256"));
        let (id, value) = (text(found, "/list/entry_id"), text(found, "/matched_value"));
        assert!(csv.lines().any(|line| line.starts_with(&format!("{id},{value},"))));
        let query = u128_pair(text(found, "/query_value"));
        let entry = u128_pair(value);
        let apart = (query.0 ^ entry.0).count_ones() + (query.1 ^ entry.1).count_ones();
        assert_eq!(u64::from(apart), found["distance"].as_u64().unwrap_or(0));
        assert!(apart <= 31);
    }
}

fn u128_pair(value: &str) -> (u128, u128) {
    let (high, low) = value.split_at(value.len() / 2);
    (u128::from_str_radix(high, 16).unwrap(), u128::from_str_radix(low, 16).unwrap())
}

fn what_a_reviewer_should_meet_is_there(finds: &[Value]) {
    let any = |what: &str, is: &dyn Fn(&Value) -> bool| assert!(finds.iter().any(is), "{what}");
    any("an address too long for a report", &|f| text(f, "/acquisition/origin_url").len() > 2083);
    any("a long dataset name", &|f| text(f, "/locator/dataset/id").len() > 150);
    any("a name in another script", &|f| !text(f, "/acquisition/origin_url").is_ascii());
    any("a file that is no picture", &|f| text(f, "/object/media_type") == "text/plain");
    any("an unversioned dataset", &|f| text(f, "/locator/dataset/version_kind") == "unversioned");
    any("a match of low quality", &|f| {
        f["matches"]
            .as_array()
            .unwrap()
            .iter()
            .any(|m| m["query_quality"].as_u64() < Some(50) && m["query_quality"].is_u64())
    });
    let datasets: BTreeSet<&str> =
        finds.iter().map(|find| text(find, "/locator/steps/0/kind")).collect();
    assert_eq!(datasets.len(), 4, "{datasets:?}");
    let reasons: BTreeSet<&str> = finds
        .iter()
        .flat_map(|find| find["missing"].as_array().unwrap())
        .map(|gap| text(gap, "/reason"))
        .collect();
    assert_eq!(reasons.len(), 6, "{reasons:?}");
    for find in finds {
        for word in find.to_string().split("https://").skip(1) {
            let host = word.split(['/', '"', '?']).next().unwrap();
            assert!(host.ends_with(".example"), "{host}");
        }
    }
}
