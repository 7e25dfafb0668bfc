//! Facts that come later: the class moves, nothing is overwritten, what differs is shown, the report says what was tried.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod classes;
mod keeping;

use std::fs;
use std::path::{Path, PathBuf};

use casement_tests::casectl::Said;
use casement_tests::finds::png;
use casement_tests::workspace::Workspace;
use serde_json::{Value, json};

const FIRST: &str = "00000000-0000-4000-8000-000000000001";

/// A find that can be traced to its supplier only: neither address nor time.
fn bare(office: &Workspace, number: u32) -> Value {
    let mut find = office.quarantine.find(number, &png(number, 12, 9));
    find["acquisition"] = json!({ "fetcher": { "name": "img2dataset", "version": "1.47.0" } });
    find["locator"]["dataset"].as_object_mut().unwrap().remove("obtained_at");
    find["locator"]["steps"] = json!([
        { "kind": "local_file", "uri": "00001.tar", "digests": { "sha256": "11".repeat(32) } },
        { "kind": "tar_member", "member": format!("{number:09}.png") },
        { "kind": "parquet_row", "uri": "00001.parquet", "row": number,
          "keys": { "uid": format!("{number:032x}"), "key": format!("{number:09}") } },
    ]);
    find["missing"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "field": "acquisition.origin_url", "reason": "discarded_upstream" }));
    find
}

/// With these pictures in quarantine, and the finds about them as they are made to be.
fn office(numbers: &[u32], make: impl Fn(u32, Value) -> Value) -> Workspace {
    let office = Workspace::new(&["bo"]);
    office.policy(&json!({ "undo_s": 0 }));
    let finds: Vec<Value> = numbers.iter().map(|n| make(*n, bare(&office, *n))).collect();
    office.quarantine.write(&finds);
    office.import().ends(0);
    office
}

fn file(office: &Workspace, name: &str, text: &str) -> PathBuf {
    let path = office.dir.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

fn enrich(office: &Workspace, path: &Path, more: &[&str]) -> Said {
    office.run("bo", &[&["enrich", path.to_str().unwrap()], more].concat())
}

fn sighting(office: &Workspace, case: &str, at: usize) -> Value {
    office.ada(&["show", case]).ends(0).object()["sightings"][at].clone()
}

fn step<'a>(sighting: &'a Value, label: &str) -> &'a Value {
    let steps = sighting["trail"].as_array().unwrap();
    steps
        .iter()
        .find(|step| step["label"] == label)
        .unwrap_or_else(|| panic!("no {label}: {sighting}"))
}

fn sound(office: &Workspace) {
    assert_eq!(office.ada(&["verify"]).ends(0).object()["findings"], json!([]));
}

fn classes(office: &Workspace) -> Vec<u64> {
    let view = office.ada(&["gaps"]).ends(0).object();
    view["classes"].as_array().unwrap().iter().map(|c| c["sightings"].as_u64().unwrap()).collect()
}
