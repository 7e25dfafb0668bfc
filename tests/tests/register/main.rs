//! What becomes of a sealed report: nothing is filed, lifted or destroyed by one person, no time to keep anything is
//! ever shortened, nothing under a hold is destroyed, and what was destroyed is never called so too early.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod board;
mod calendar;
mod cycle;
mod gone;
mod killed;
mod many;
mod walk;

use std::path::{Path, PathBuf};

use casement_core::account::keyring::Passphrase;
use casement_core::clock::Clock;
use casement_core::{Console, Opening};
use casement_tests::casectl::PASSPHRASE;
use casement_tests::workspace::Workspace;
use serde_json::{Value, json};

/// `ada` and `eve` supervise, `kim` keeps keys, `bo` reviews; this many cases confirmed and settled.
fn office(cases: u32) -> Workspace {
    let office = Workspace::filled(&["bo"], cases, 0);
    office.ada(&["account", "add", "kim", "--role", "custodian"]).ends(0);
    office.ada(&["account", "add", "eve", "--role", "supervisor"]).ends(0);
    let organisation = json!({
        "name": "Example Lab",
        "email": "reports@lab.example",
        "contact": { "email": "desk@lab.example" },
        "company_template": "Legal process: legal@lab.example.",
        "report_due_h": 24,
    });
    let file = office.file("organisation.json", &organisation);
    office.ada(&["organisation", "set", file.to_str().unwrap()]).ends(0);
    for case in 1..=cases {
        let case = case.to_string();
        office.run("bo", &["decide", &case, "confirmed", "--class", "B2"]).ends(0);
    }
    office
}

/// Seals everything confirmed into the next report.
fn seal(office: &Workspace) -> Value {
    let source = office.ada(&["package"]).ends(0).lines()[0]["source"].clone();
    let out = out(office);
    let verb = ["package", "--source", source.as_str().unwrap(), "--out", out.to_str().unwrap()];
    office.run("bo", &verb).ends(0).object()
}

fn out(office: &Workspace) -> PathBuf {
    let out = office.dir.path().join("reports");
    std::fs::create_dir_all(&out).unwrap();
    out
}

/// Proposed by `bo`, approved by `kim`.
fn approve(office: &Workspace, report: &str) {
    let verb = ["report", "propose", report, "--route", "cybertip-form", "--reason", "checked"];
    let proposed = office.run("bo", &verb).ends(0).object();
    office.run("kim", &["approve", &proposed["proposal"].to_string()]).ends(0);
}

/// Filed by hand, with this text as its receipt.
fn file(office: &Workspace, report: &str, receipt: &str) -> Value {
    let path = office.dir.path().join(format!("receipt-{report}.xml"));
    std::fs::write(&path, receipt).unwrap();
    let verb = ["report", "filed", report, "--number", "4711", "--receipt", path.to_str().unwrap()];
    office.ada(&verb).ends(0).object()
}

fn show(office: &Workspace, report: &str) -> Value {
    office.ada(&["report", "show", report]).ends(0).object()
}

fn phrase() -> Passphrase {
    Passphrase::new(PASSPHRASE.to_owned())
}

/// A console of somebody at this clock.
async fn desk(store: &Path, name: &str, clock: &Clock) -> Console {
    let opening = Opening { clock: clock.clone(), ..Opening::default() };
    Console::unlock(store, name, &phrase(), opening).await.unwrap()
}

/// Where the sealed original of a case lies.
fn sealed(office: &Workspace, case: u32) -> PathBuf {
    let shown = office.ada(&["show", &case.to_string()]).ends(0).object();
    let (first, rest) = shown["item"]["blake3"].as_str().unwrap().split_at(2);
    office.store.join("vault").join(first).join(format!("{rest}.age"))
}

fn sound(office: &Workspace) {
    let verified = office.ada(&["verify"]).ends(0).object();
    assert_eq!(verified["findings"], json!([]));
}
