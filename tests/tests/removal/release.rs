//! Rejected cases on their way back to training.

use std::path::Path;

use casement_tests::finds::{find, png};
use serde_json::{Value, json};

use crate::{decide, office, path, read, removal};

#[test]
fn rejected_cases_go_back_by_two_persons_unless_decided_again() {
    let office = office();
    removal(&office, &["release", "propose"], &["--reason", "nothing yet"]).fails(2, "RELEASE-01");
    decide(&office, "1", "not-a-match");
    decide(&office, "2", "not-a-match");
    let propose =
        || removal(&office, &["release", "propose"], &["--reason", "asked for"]).ends(0).object();
    assert_eq!(propose()["kind"], "release-list");
    let list = path(&office, "release.jsonl");
    let release = |proposal: &str, file: &Path| {
        office.ada(&[
            "removal",
            "release",
            "export",
            "--proposal",
            proposal,
            "--out",
            file.to_str().unwrap(),
        ])
    };
    release("1", &list).fails(3, "APPROVE-10");
    // What comes later is not in it and does not disturb it.
    decide(&office, "3", "not-a-match");
    office.quarantine.write(&[find(72, 0, &png(0, 12, 9))]);
    office.import().ends(0);
    office.ada(&["approve", "1"]).fails(3, "APPROVE-02");
    office.run("kim", &["approve", "1"]).ends(0);
    let told = release("1", &list).ends(0).object();
    let (heading, listed) = read(&list, &told);
    assert_eq!(
        (&heading["schema"], &heading["proposal"]),
        (&json!("casement-release/v1"), &json!(1))
    );
    let cases: Vec<&Value> = listed.iter().map(|line| &line["case"]).collect();
    assert_eq!(cases, [1, 2]);

    // Decided again before it is approved, and after.
    assert_eq!(propose()["proposal"], 2);
    decide(&office, "2", "confirmed");
    let before = office.ada(&["verify"]).ends(0).object();
    office.run("kim", &["approve", "2"]).fails(3, "APPROVE-04");
    assert_eq!(office.ada(&["verify"]).ends(0).object(), before);
    let late = path(&office, "late.jsonl");
    release("1", &late).fails(3, "RELEASE-02");
    assert!(!late.exists() && !path(&office, "late.jsonl.unlogged").exists());
}
