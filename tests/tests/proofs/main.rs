//! What leaves the house can be checked by somebody who trusts nobody in it: packages, checkpoints, proofs, sealed
//! originals, and each against a verifier that nobody here wrote.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod checkpoints;
mod originals;
mod packages;
mod tamper;

use std::path::{Path, PathBuf};

use casement_tests::oracles::{ask, said};
use casement_tests::workspace::Workspace;
use serde_json::{Value, json};

/// A workspace with an organisation, a reviewer `bo`, a custodian `kim`, and a sealed package.
pub(crate) struct Office {
    pub(crate) space: Workspace,
    pub(crate) package: PathBuf,
}

/// With this many cases confirmed and sealed.
pub(crate) fn sealed(cases: u32) -> Office {
    let space = confirmed(cases);
    Office { package: seal(&space), space }
}

/// With this many cases confirmed.
pub(crate) fn confirmed(cases: u32) -> Workspace {
    let space = Workspace::filled(&["bo"], cases, 0);
    let file = space.file(
        "organisation.json",
        &json!({
            "name": "Example Lab", "email": "reports@lab.example", "contact": { "email": "desk@lab.example" },
            "company_template": "Legal process: legal@lab.example. Data is kept for one year.",
        }),
    );
    space.ada(&["organisation", "set", file.to_str().unwrap()]).ends(0);
    space.ada(&["account", "add", "kim", "--role", "custodian"]).ends(0);
    for case in space.cases() {
        let number = case["case"].to_string();
        space
            .run("bo", &["decide", &number, "confirmed", "--class", "B2", "--rationale", "layout"])
            .ends(0);
    }
    space
}

/// Seals them, and answers where.
pub(crate) fn seal(space: &Workspace) -> PathBuf {
    let out = space.dir.path().join("reports");
    std::fs::create_dir(&out).unwrap();
    let source = ["package", "--source", "host:images.example", "--out", out.to_str().unwrap()];
    space.run("bo", &source).ends(0);
    out.join("R-0001")
}

/// Our own check of a package, as an officer runs it: without a workspace.
pub(crate) fn verified(package: &Path) -> Value {
    let args = ["verify", "--package", package.to_str().unwrap(), "--json"];
    let said = casement_tests::casectl::run(&args);
    let found = said.object();
    assert_eq!(said.code, i32::from(found["findings"] != json!([])));
    found
}

/// The checks of ours that failed, by name.
pub(crate) fn failed(package: &Path) -> Vec<String> {
    let found = verified(package);
    let checks = found["checks"].as_array().unwrap();
    checks
        .iter()
        .filter(|check| check["ok"] == false)
        .map(|check| check["check"].as_str().unwrap().to_owned())
        .collect()
}

/// The verifier beside this file.
pub(crate) fn tlog(args: &[&str], path: &Path) -> Result<Value, String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/proofs/tlog.py");
    let output = ask(&[&[script], args].concat(), &[path]);
    match output.status.success() {
        true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
        false => Err(said(&output)),
    }
}
