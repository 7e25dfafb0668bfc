//! A workspace with confirmed cases of one source, ready to be packaged.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use casement_core::account::keyring::Passphrase;
use casement_core::queue::claim;
use casement_core::wire::{Classification, DecideRequest, QueueFilter, Verdict};
use casement_core::{Console, Opening, decision, policy};
use casement_tests::casectl::{PASSPHRASE, Said};
use casement_tests::workspace::Workspace;
use serde_json::{Value, json};

/// Where every find of these tests was fetched.
pub(crate) const SOURCE: &str = "host:images.example";

/// With this many confirmed cases, all of one host.
pub(crate) async fn confirmed(cases: u32) -> Workspace {
    let office = Workspace::filled(&["bo"], cases, 0);
    organisation(&office, None);
    confirm(&office.store).await;
    office
}

/// Says who reports, and at most how many files go into one report.
pub(crate) fn organisation(office: &Workspace, max_files: Option<u32>) {
    let mut said = json!({
        "name": "Example Lab", "email": "reports@lab.example",
        "contact": { "email": "desk@lab.example" },
        "company_template": "Legal process: legal@lab.example. Data is kept for one year.",
    });
    if let Some(most) = max_files {
        said["max_files"] = json!(most);
    }
    let file = office.file("organisation.json", &said);
    office.ada(&["organisation", "set", file.to_str().unwrap()]).ends(0);
}

pub(crate) async fn open(store: &Path, name: &str) -> Console {
    let own = Passphrase::new(PASSPHRASE.to_owned());
    Console::unlock(store, name, &own, Opening::default()).await.unwrap()
}

/// Confirms every case that is open, one after the other.
pub(crate) async fn confirm(store: &Path) {
    let console = open(store, "bo").await;
    let policy = policy::current(&console).await.unwrap().version;
    while let Some(case) = claim::next(&console, &QueueFilter::default()).await.unwrap() {
        decision::decide(&console, &verdict(case, &policy)).await.unwrap();
    }
    console.close().await;
}

pub(crate) fn verdict(case: u32, policy: &str) -> DecideRequest {
    DecideRequest {
        case,
        verdict: Verdict::Confirmed,
        classification: Some(Classification::B2),
        rationale: "Distance and layout settle it.".to_owned(),
        policy_version: policy.to_owned(),
    }
}

/// A folder beside the workspace.
pub(crate) fn folder(office: &Workspace, name: &str) -> PathBuf {
    let dir = office.dir.path().join(name);
    fs::create_dir(&dir).unwrap();
    dir
}

/// Runs `casectl package` of the source as the reviewer.
pub(crate) fn package(office: &Workspace, more: &[&str], out: &Path) -> Said {
    let verb = ["package", "--source", SOURCE, "--out", out.to_str().unwrap()];
    office.run("bo", &[&verb[..], more].concat())
}

/// Every file below a folder, by its path.
pub(crate) fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The names in a folder.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The ledger and the sealed packages as the supervisor sees them.
pub(crate) fn state(office: &Workspace) -> (Value, Vec<Value>) {
    (office.ada(&["verify"]).ends(0).object(), office.ada(&["reports"]).ends(0).lines())
}
