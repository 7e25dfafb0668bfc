//! A sealed report's ways out: the pages in the package, a list for a hotline, the UK's agency, an officer by two
//! persons, the owner of a corpus who learns nothing of the report.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use casement_tests::casectl::Said;
use casement_tests::finds::png;
use casement_tests::workspace::Workspace;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const ADDRESS: &str = "https://images.example/";

/// Three confirmed cases, sealed as R-0001; `ada` and `kim` keep the workspace.
fn office() -> Workspace {
    let office = Workspace::filled(&["bo"], 3, 0);
    office.ada(&["account", "add", "kim", "--role", "custodian"]).ends(0);
    let file = office.file(
        "organisation.json",
        &json!({
            "name": "Example Lab", "email": "reports@lab.example", "contact": { "email": "desk@lab.example" },
            "company_template": "Legal process: legal@lab.example. Data is kept for one year.",
        }),
    );
    office.ada(&["organisation", "set", file.to_str().unwrap()]).ends(0);
    for case in ["1", "2", "3"] {
        office.run("bo", &["decide", case, "confirmed", "--class", "B2"]).ends(0);
    }
    let out = path(&office, "reports");
    fs::create_dir(&out).unwrap();
    office
        .run("bo", &["package", "--source", "host:images.example", "--out", out.to_str().unwrap()])
        .ends(0);
    office
}

fn path(office: &Workspace, name: &str) -> PathBuf {
    office.dir.path().join(name)
}

fn exit(office: &Workspace, name: &str, to: &str, out: &str, more: &[&str]) -> Said {
    let out = path(office, out);
    let verb = ["report", "exit", "R-0001", "--to", to, "--out", out.to_str().unwrap()];
    office.run(name, &[&verb[..], more].concat())
}

fn digests(office: &Workspace) -> Vec<String> {
    let show = |case: &str| {
        let shown = office.run("bo", &["show", case]).ends(0).object();
        shown["item"]["sha256"].as_str().unwrap().to_owned()
    };
    ["1", "2", "3"].map(show).to_vec()
}

fn pdf_text(path: &std::path::Path) -> String {
    let output = Command::new("pdftotext").arg(path).arg("-").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Every file told of is there, to the digest.
fn whole(told: &Value) {
    let place = PathBuf::from(told["path"].as_str().unwrap());
    for file in told["files"].as_array().unwrap() {
        let path =
            if place.is_dir() { place.join(file["name"].as_str().unwrap()) } else { place.clone() };
        assert_eq!(file["sha256"], hex::encode(Sha256::digest(fs::read(path).unwrap())));
    }
}

#[test]
fn a_package_holds_its_pages_in_three_forms() {
    let office = office();
    let data = path(&office, "reports/R-0001/data");
    let html = fs::read_to_string(data.join("summary.html")).unwrap();
    let text = fs::read_to_string(data.join("summary.txt")).unwrap();
    let pdf = pdf_text(&data.join("summary.pdf"));
    for page in [&html, &text, &pdf] {
        assert!(page.contains("R-0001") && page.contains("Example Lab"));
        assert!(!page.to_lowercase().contains("http:") && !page.to_lowercase().contains("https:"));
        assert!(page.contains("fileViewedByEsp is false for 3 of 3 files"));
        for digest in digests(&office) {
            assert!(page.contains(&digest), "{digest}");
        }
    }
    let bag = path(&office, "reports/R-0001");
    office.ada(&["verify", "--package", bag.to_str().unwrap()]).ends(0);
}

#[test]
fn a_hotline_gets_live_addresses_with_their_times() {
    let office = office();
    exit(&office, "bo", "inhope", "list.csv", &[]).fails(3, "ROLE-01");
    let told = exit(&office, "ada", "inhope", "list.csv", &[]).ends(0).object();
    assert_eq!((&told["told"], &told["leftOut"]), (&json!(3), &json!(0)));
    whole(&told);
    let text = fs::read_to_string(path(&office, "list.csv")).unwrap();
    let (heading, table) = text.split_once('\n').unwrap();
    let heading: Value = serde_json::from_str(heading.strip_prefix("# ").unwrap()).unwrap();
    assert_eq!(
        (&heading["report"], &heading["organisation"]),
        (&json!("R-0001"), &json!("Example Lab"))
    );
    let mut csv = csv::Reader::from_reader(table.as_bytes());
    let columns: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<Value> = csv
        .records()
        .map(|row| {
            let row = row.unwrap();
            columns.iter().zip(row.iter()).map(|(name, cell)| (name.clone(), json!(cell))).collect()
        })
        .map(Value::Object)
        .collect();
    assert_eq!(rows.len(), 3);
    let first = &rows[0];
    assert_eq!(first["url"], format!("{ADDRESS}0.png"));
    assert_eq!(first["first_seen"], "2025-11-02T03:00:00Z");
    assert_eq!(first["first_seen_until"], "2025-11-02T03:12:00Z");
    assert_eq!(
        (&first["first_seen_zone"], &first["hosting_country"]),
        (&json!("UTC"), &json!("unknown"))
    );
    assert_eq!(first["hosting_country_why"], "never recorded; look the server up");
    assert_eq!(first["sha256"], digests(&office)[0].as_str());
    assert_eq!(first["our_reference"], "R-0001/000001");
    assert_eq!(first["matched"], "synthetic / SYNTH-LIST 1, entry e-0, sha256 exact");
    // Nothing is replaced, and the ledger knows of each.
    exit(&office, "ada", "inhope", "list.csv", &[]).fails(2, "EXIT-03");
    let listed = office.ada(&["report", "exits", "R-0001"]).ends(0).lines();
    assert_eq!(listed, std::slice::from_ref(&told));
    let acts = office.ada(&["history", "--kind", "report"]).ends(0).lines();
    assert_eq!((&acts[0]["kind"], &acts[0]["leaf"]), (&json!("report.exit"), &told["leaf"]));
    office.ada(&["verify"]).ends(0);
}

#[test]
fn the_agency_gets_what_its_law_asks_for() {
    let office = office();
    exit(&office, "ada", "nca", "nca", &[]).fails(2, "EXIT-08");
    let told = exit(&office, "ada", "nca", "nca", &["--priority", "1"]).ends(0).object();
    whole(&told);
    let json: Value =
        serde_json::from_slice(&fs::read(path(&office, "nca/report.json")).unwrap()).unwrap();
    assert_eq!(json["priority"]["level"], 1);
    assert!(json["priority"]["words"].as_str().unwrap().contains("immediate"));
    assert_eq!(json["reporter"]["organisation"], "Example Lab");
    let files = json["files"].as_array().unwrap();
    assert_eq!(files.len(), 3);
    let named: Vec<&str> = files.iter().map(|file| file["sha256"].as_str().unwrap()).collect();
    assert_eq!(named, digests(&office));
    assert_eq!(files[0]["when"]["what"], "fetched within");
    assert_eq!(files[0]["entire_file_viewed"], false);
    assert_eq!(files[0]["believed_ai_generated"], Value::Null);
    assert_eq!(files[0]["previously_reported"], json!([]), "a report is not earlier than itself");
    let until = json["retained_until"].as_str().unwrap();
    let made = json["made_at"].as_str().unwrap();
    let year = |text: &str| text[..4].parse::<u32>().unwrap();
    assert_eq!(year(until), year(made) + 1);
    for name in ["report.html", "report.txt"] {
        let text = fs::read_to_string(path(&office, "nca").join(name)).unwrap();
        assert!(
            text.contains("National Crime Agency")
                && text.contains(until)
                && !text.contains("https://")
        );
    }
    assert!(pdf_text(&path(&office, "nca/report.pdf")).contains("National Crime Agency"));
}

#[test]
fn an_officer_gets_a_letter_only_by_two_persons() {
    let office = office();
    exit(&office, "ada", "law-enforcement", "letter", &[]).fails(3, "EXIT-10");
    let ask = |reference: &str| {
        let verb = ["report", "hand-over", "R-0001", "--authority", "Example Police, DC Sample"];
        let more = ["--reference", reference, "--reason", "court order seen"];
        office.ada(&[&verb[..], &more].concat())
    };
    ask(" ").fails(2, "EXIT-09");
    let proposal = ask("EP-2026-17").ends(0).object()["proposal"].to_string();
    let letter =
        |name: &str| exit(&office, name, "law-enforcement", "letter", &["--proposal", &proposal]);
    letter("ada").fails(3, "APPROVE-10");
    office.ada(&["approve", &proposal]).fails(3, "APPROVE-02");
    office.run("kim", &["approve", &proposal]).ends(0);
    letter("bo").fails(3, "ROLE-01");
    let told = letter("ada").ends(0).object();
    assert_eq!(told["proposal"].to_string(), proposal);
    whole(&told);
    let text = fs::read_to_string(path(&office, "letter/report.txt")).unwrap();
    let sealed = office.ada(&["reports"]).ends(0).lines();
    let digest = sealed[0]["sha256"].as_str().unwrap();
    let kept = "The original files are kept sealed. Ask the contact";
    let filed = "Not filed when this was written.";
    for said in ["Example Police, DC Sample", "EP-2026-17", digest, kept, filed] {
        assert!(text.contains(said), "{said}");
    }
    assert!(text.contains("No picture is in the package"));

    // Approved was this package, to the byte.
    let info = path(&office, "reports/R-0001/bag-info.txt");
    let was = fs::read_to_string(&info).unwrap();
    fs::write(&info, was.replace("Example", "Exemple")).unwrap();
    exit(&office, "ada", "law-enforcement", "again", &["--proposal", &proposal])
        .fails(3, "EXIT-11");
    assert!(!path(&office, "again").exists() && !path(&office, "again.unlogged").exists());
}

#[test]
fn the_owner_of_a_corpus_learns_where_and_nothing_else() {
    let office = office();
    let told = exit(&office, "ada", "corpus-owner", "owner", &[]).ends(0).object();
    whole(&told);
    assert_eq!((&told["told"], told["files"].as_array().unwrap().len()), (&json!(3), 1));
    let text = fs::read_to_string(path(&office, "owner/tombstones-001.jsonl")).unwrap();
    for digest in digests(&office) {
        assert!(text.contains(&digest));
    }
    for never in
        ["R-0001", "NCMEC", "CyberTip", "Example Lab", "SYNTH-LIST", "B2", "images.example", "R-0"]
    {
        assert!(!text.contains(never), "{never}");
    }
    // It is a list like any other: what was told stands as told.
    let status =
        office.ada(&["removal", "status", "--dataset", "example/synthetic"]).ends(0).object();
    assert_eq!(status["datasets"][0]["exported"], 3);
    office.ada(&["verify"]).ends(0);
}

#[test]
fn an_answer_to_the_list_of_a_report_speaks_of_its_cases_alone() {
    let office = office();
    let dataset = ["--dataset", "example/synthetic"];
    let removal =
        |verb: &[&str], more: &[&str]| office.ada(&[&["removal"], verb, &dataset, more].concat());
    let place = ["--name", "bucket", "--kind", "bucket", "--contact", "data@owner.example"];
    removal(&["location", "add"], &place).ends(0);
    // A fourth case, in a list of the whole dataset and in no report.
    office.quarantine.write(&[office.quarantine.find(9, &png(9, 12, 9))]);
    office.import().ends(0);
    office.run("bo", &["decide", "4", "confirmed", "--class", "B2"]).ends(0);
    let list = path(&office, "all.jsonl");
    let all = removal(&["export"], &["--out", list.to_str().unwrap()]).ends(0).object();
    assert_eq!((&all["sightings"], &all["report"]), (&json!(4), &Value::Null));

    exit(&office, "ada", "corpus-owner", "owner", &[]).ends(0);
    let part = removal(&["status"], &[]).ends(0).object()["datasets"][0]["exports"][0].clone();
    assert_eq!((&part["sightings"], &part["report"]), (&json!(3), &json!("R-0001")));
    let by = ["--location", "bucket", "--by", "data team", "--at", "2026-01-02"];
    let number = part["export"].to_string();
    let acked = removal(&["ack"], &[&by[..], &["--export", &number]].concat()).ends(0).object();
    assert_eq!((&acked["sightings"], &acked["open"]), (&json!(3), &json!(1)));
    office.ada(&["verify"]).ends(0);
}

#[test]
fn nothing_of_a_withdrawn_report_goes_to_anyone() {
    let office = office();
    let ask =
        ["report", "hand-over", "R-0001", "--authority", "Example Police", "--reference", "7"];
    let ask = [&ask[..], &["--reason", "court order seen"]].concat();
    let proposal = office.ada(&ask).ends(0).object()["proposal"].to_string();
    office.run("kim", &["approve", &proposal]).ends(0);
    let withdraw = ["report", "withdraw", "R-0001", "--reason", "a case was wrong"];
    office.run("bo", &withdraw).ends(0);
    for (to, more) in [
        ("inhope", &[][..]),
        ("nca", &[]),
        ("corpus-owner", &[]),
        ("law-enforcement", &["--proposal", &proposal]),
    ] {
        exit(&office, "ada", to, "out", more).fails(3, "REPORT-15");
        assert!(!path(&office, "out").exists() && !path(&office, "out.unlogged").exists(), "{to}");
    }
    office.ada(&ask).fails(3, "REPORT-15");
}
