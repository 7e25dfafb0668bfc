//! What is stated beside the verdict, through `casectl` and the sealed report: who viewed a file, how it is annotated, what
//! was tried, what was reported before; and that none of it can be forged into a report.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod forged;
mod told;

use std::fs;
use std::path::{Path, PathBuf};

use casement_tests::casectl::{at, run};
use casement_tests::workspace::Workspace;
use serde_json::{Value, json};

const SOURCE: &str = "host:images.example";
const STATEMENT: &str = "At the custodian's station on 19 November, by order of the court.";

/// An office that may report, with finds imported and decisions that settle at once.
fn office(cases: u32) -> Workspace {
    let office = Workspace::filled(&["bo", "cy"], cases, 0);
    organisation(&office);
    office
}

fn organisation(office: &Workspace) {
    let file = office.file(
        "organisation.json",
        &json!({
            "name": "Example Lab", "email": "reports@lab.example", "contact": { "email": "desk@lab.example" },
            "company_template": "Legal process: legal@lab.example. Data is kept for one year.",
        }),
    );
    office.ada(&["organisation", "set", file.to_str().unwrap()]).ends(0);
}

fn confirm(office: &Workspace, case: u32) {
    let case = case.to_string();
    office.run("bo", &["decide", &case, "confirmed", "--class", "B2"]).ends(0);
}

fn attest(office: &Workspace, case: u32, more: &[&str]) -> Value {
    let case = case.to_string();
    let verb = [&["attest", &case, "--entire", "--statement", STATEMENT][..], more].concat();
    office.run("bo", &verb).ends(0).object()
}

/// The findings of a check at a store that must be fixed: codes with their cases.
fn must_fix(store: &Path, source: &str) -> Vec<(String, Value)> {
    let said = run(&at(store, "ada", &["package", "--source", source, "--lint"]));
    let found = said.lines();
    let must: Vec<(String, Value)> = found
        .iter()
        .filter(|finding| finding["kind"] == "must-fix")
        .map(|finding| (finding["code"].as_str().unwrap().to_owned(), finding["case"].clone()))
        .collect();
    assert_eq!(said.code, i32::from(!must.is_empty()), "{}", said.err);
    must
}

fn codes(office: &Workspace, source: &str) -> Vec<String> {
    let found = office.ada(&["package", "--source", source, "--lint"]).lines();
    found.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

fn seal(office: &Workspace, source: &str) -> PathBuf {
    let out = office.dir.path().join("reports");
    fs::create_dir_all(&out).unwrap();
    let sealed = office
        .ada(&["package", "--source", source, "--out", out.to_str().unwrap()])
        .ends(0)
        .object();
    PathBuf::from(sealed["path"].as_str().unwrap())
}

/// The text of an element of a case's `fileDetails`.
fn element(bag: &Path, case: u32, name: &str) -> String {
    let xml =
        fs::read_to_string(bag.join(format!("data/files/{case:06}.fileDetails.xml"))).unwrap();
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap();
    rest.split_once("</").unwrap().0.to_owned()
}

#[test]
fn only_an_attestation_makes_a_file_viewed() {
    let office = office(6);
    for (case, level) in [(2, "mosaic"), (3, "strong"), (4, "soft")] {
        let name = case.to_string();
        office.run("bo", &["claim", &name]).ends(0);
        let png = office.dir.path().join(format!("{level}.png"));
        let png = png.to_str().unwrap();
        office.run("bo", &["view", &name, "--level", level, "--out", png]).ends(0);
    }
    for case in 1..=6 {
        confirm(&office, case);
    }
    let told = attest(&office, 5, &[]);
    assert_eq!(
        (&told["by"], &told["exif"], &told["status"]),
        (&json!("R-01"), &json!(false), &json!("stands"))
    );
    attest(&office, 6, &["--exif"]);
    assert!(must_fix(&office.store, SOURCE).is_empty());
    let bag = seal(&office, SOURCE);
    let table: Vec<(String, String)> = (1..=6)
        .map(|case| {
            (element(&bag, case, "fileViewedByEsp"), element(&bag, case, "exifViewedByEsp"))
        })
        .collect();
    let row = |viewed: &str, exif: &str| (viewed.to_owned(), exif.to_owned());
    assert_eq!(
        table,
        [
            row("false", "false"), // hash-only
            row("false", "false"), // mosaic
            row("false", "false"), // strong
            row("false", "false"), // soft
            row("true", "false"),  // attested
            row("true", "true"),   // attested, with EXIF data
        ]
    );
    // Whoever was given the package alone can check what it says of viewing.
    let check = ["verify", "--package", bag.to_str().unwrap(), "--json"];
    let checks = run(&check).ends(0).object()["checks"].clone();
    let viewing = checks.as_array().unwrap().iter().find(|check| check["check"] == "viewing");
    let detail = viewing.unwrap()["detail"].as_str().unwrap();
    assert!(detail.starts_with("2 files said to have been viewed"), "{detail}");
    assert_eq!(office.ada(&["verify"]).ends(0).object()["findings"], json!([]));
    // Sealed, it stays as it is.
    office.run("bo", &["attest", "5", "--withdraw"]).fails(3, "STATE-02");
    office.run("bo", &["attest", "1", "--entire", "--statement", "late"]).fails(3, "STATE-02");
    office.run("bo", &["annotate", "1", "--set", "viral"]).fails(3, "STATE-02");
    office.ada(&["tried", "--case", "1", "--sentence", "Nobody."]).fails(3, "TRIED-04");
}

#[test]
fn one_attests_for_oneself_and_can_take_it_back_until_it_is_sealed() {
    let office = office(3);
    confirm(&office, 1);
    let entire = ["attest", "1", "--entire", "--statement", STATEMENT];
    office.ada(&entire).fails(3, "ROLE-01");
    office.run("cy", &entire).fails(3, "STATE-01");
    office.run("bo", &["attest", "2", "--entire", "--statement", "x"]).fails(3, "STATE-01");
    office.run("bo", &["attest", "1", "--entire", "--statement", " "]).fails(2, "ATTEST-03");
    office.run("bo", &["attest", "1", "--entire"]).ends(2);
    office.run("bo", &["attest", "1", "--exif", "--statement", "x"]).ends(2);
    office.run("bo", &["attest", "1", "--withdraw"]).fails(3, "ATTEST-04");

    // Whoever may decide may state before deciding.
    office.run("cy", &["claim", "2"]).ends(0);
    office.run("cy", &["attest", "2", "--entire", "--statement", STATEMENT]).ends(0);

    let first = attest(&office, 1, &[])["leaf"].clone();
    let second = attest(&office, 1, &["--exif"])["leaf"].clone();
    let shown = office.run("bo", &["show", "1"]).ends(0).object();
    let told: Vec<Value> = shown["attestations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["leaf"], one["status"], one["endedBy"], one["mine"], one["exif"]]))
        .collect();
    let expected = [
        json!([first, "superseded", second, true, false]),
        json!([second, "stands", null, true, true]),
    ];
    assert_eq!(told, expected);
    assert_eq!(shown["cannotState"], Value::Null);
    assert_eq!(
        office.run("cy", &["show", "1"]).ends(0).object()["cannotState"]["code"],
        "STATE-01"
    );
    office.run("cy", &["attest", "1", "--withdraw"]).fails(3, "STATE-01");
    office.run("bo", &["attest", "1", "--withdraw"]).ends(0);
    office.run("bo", &["attest", "1", "--withdraw"]).fails(3, "ATTEST-04");
    let shown = office.run("bo", &["show", "1"]).ends(0).object();
    let statuses: Vec<&Value> =
        shown["attestations"].as_array().unwrap().iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, ["superseded", "withdrawn"], "what was superseded does not come back");
    let viewed =
        &office.ada(&["package", "--source", SOURCE]).ends(0).object()["files"][0]["viewed"];
    assert_eq!(viewed, &json!(false));
    let acts = office.ada(&["history", "--case", "1", "--kind", "view"]).ends(0).lines();
    let words: Vec<&Value> = acts.iter().map(|act| &act["words"]).collect();
    assert_eq!(words, ["Attestation withdrawn", "Entire file attested", "Entire file attested"]);
    assert_eq!(office.ada(&["verify"]).ends(0).object()["findings"], json!([]));
}

#[test]
fn annotations_supersede_each_other_and_can_be_undone() {
    let office = office(2);
    confirm(&office, 1);
    let stands = || {
        let shown = office.run("bo", &["show", "1"]).ends(0).object();
        let all = shown["annotations"].as_array().unwrap().clone();
        let stands = all.into_iter().rfind(|one| one["status"] == "stands");
        stands.map_or(Value::Null, |one| json!([one["yes"], one["no"]]))
    };
    let bo = |more: &[&str]| office.run("bo", &[&["annotate", "1"][..], more].concat());
    bo(&["--clear"]).fails(2, "ANNOT-03");
    bo(&["--set", "viral", "--set", "infant", "--deny", "generativeAi"]).ends(0);
    assert_eq!(stands(), json!([["viral", "infant"], ["generativeAi"]]));
    bo(&["--set", "infant", "--set", "viral", "--deny", "generativeAi"]).fails(2, "ANNOT-03");
    bo(&["--set", "viral", "--deny", "viral"]).fails(2, "ANNOT-01");
    bo(&["--deny", "physicalHarm"]).fails(3, "ANNOT-02");
    bo(&["--set", "beautiful"]).ends(2);
    office.run("cy", &["annotate", "1", "--set", "viral"]).fails(3, "STATE-01");
    bo(&["--set", "generativeAi"]).ends(0);
    assert_eq!(stands(), json!([["generativeAi"], []]));
    // What goes against the class, and a belief that rests on nothing, is told.
    let found = codes(&office, SOURCE);
    assert!(
        found.contains(&"L-AI-01".to_owned()) || found.contains(&"L-ANNOT-01".to_owned()),
        "{found:?}"
    );
    bo(&["--clear"]).ends(0);
    assert_eq!(stands(), json!([[], []]));
    // Undo goes back act by act.
    assert_eq!(bo(&["--undo"]).ends(0).object()["stands"]["yes"], json!(["generativeAi"]));
    bo(&["--undo"]).ends(0);
    assert_eq!(stands(), json!([["viral", "infant"], ["generativeAi"]]));
    assert!(codes(&office, SOURCE).contains(&"L-CLASS-02".to_owned()), "B2, and infant");
    // Another who may decide now takes over; the first cannot undo what is not theirs.
    office.run("cy", &["claim", "1"]).ends(0);
    office.run("cy", &["annotate", "1", "--set", "viral"]).ends(0);
    bo(&["--undo"]).fails(3, "ANNOT-04");
    assert_eq!(stands(), json!([["viral"], []]));
    assert_eq!(office.ada(&["verify"]).ends(0).object()["findings"], json!([]));
}
