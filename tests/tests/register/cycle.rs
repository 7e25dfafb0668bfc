//! The whole life of a report through `casectl`.

use std::fs;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{approve, office, out, seal, show, sound};

const RECEIPT: &str = "<reportDoneResponse><responseCode>0</responseCode><reportId>4711</reportId></reportDoneResponse>\n";

#[test]
fn from_sealed_to_filed_and_kept() {
    let office = office(3);
    let sealed = seal(&office);
    let row = &show(&office, "R-0001")["row"];
    assert_eq!((&row["state"], &row["packageSha256"]), (&json!("sealed"), &sealed["sha256"]));
    assert_eq!(row["cases"], 3);
    let known = office.ada(&["show", "1"]).ends(0).object()["decisions"][0]["at"].clone();
    assert_eq!(row["knownAt"], known, "the first confirmed decision is knowledge");

    let receipt = office.dir.path().join("receipt.xml");
    fs::write(&receipt, RECEIPT).unwrap();
    let receipt = receipt.to_str().unwrap();
    let filed = ["report", "filed", "R-0001", "--number", "4711", "--receipt", receipt];
    office.ada(&filed).fails(3, "REPORT-03");
    let propose =
        ["report", "propose", "R-0001", "--route", "cybertip-form", "--reason", "checked"];
    office.run("kim", &propose).fails(3, "ROLE-01");
    office.ada(&propose).ends(0);
    office.ada(&["approve", "1"]).fails(3, "APPROVE-02");
    office.run("bo", &["approve", "1"]).fails(3, "ROLE-01");
    office.ada(&filed).fails(3, "REPORT-03");
    assert_eq!(show(&office, "R-0001")["row"]["waitsFor"], 1);
    office.run("kim", &["approve", "1"]).ends(0);
    office.ada(&propose).fails(3, "REPORT-13");

    let early = [&filed[..], &["--at", "2020-01-01T00:00:00Z"]].concat();
    office.ada(&early).fails(2, "REPORT-05");
    let late = [&filed[..], &["--at", "2999-01-01T00:00:00Z"]].concat();
    office.ada(&late).fails(2, "REPORT-05");
    let done = office.ada(&filed).ends(0).object();
    assert_eq!((&done["state"], &done["number"]), (&json!("filed"), &json!("4711")));
    let year = |at: &Value| at.as_str().unwrap()[..4].parse::<i32>().unwrap();
    assert_eq!(year(&done["preserveUntil"]), year(&done["filedAt"]) + 1);
    assert_eq!(
        done["preserveUntil"].as_str().unwrap()[10..],
        done["filedAt"].as_str().unwrap()[10..]
    );
    office.ada(&filed).fails(3, "REPORT-03");
    office.ada(&["report", "withdraw", "R-0001", "--reason", "too late"]).fails(3, "REPORT-14");

    let detail = show(&office, "R-0001");
    assert_eq!(detail["receipt"]["text"], RECEIPT);
    assert_eq!(detail["receipt"]["sha256"], hex::encode(Sha256::digest(RECEIPT)));
    let states: Vec<&Value> =
        detail["history"].as_array().unwrap().iter().map(|event| &event["state"]).collect();
    assert_eq!(states, ["sealed", "approved", "filed"]);
    let copy = office.dir.path().join("copy.xml");
    let verb = ["report", "show", "R-0001", "--receipt", copy.to_str().unwrap()];
    office.ada(&verb).ends(0);
    assert_eq!(fs::read(&copy).unwrap(), RECEIPT.as_bytes());

    office
        .ada(&["preserve", "extend", "R-0001", "--until", "2020-01-01", "--reason", "x"])
        .fails(3, "PRESERVE-02");
    office
        .run("bo", &["preserve", "extend", "R-0001", "--until", "2099-01-01", "--reason", "x"])
        .fails(3, "ROLE-01");
    let kept = office
        .run("kim", &["preserve", "extend", "R-0001", "--until", "2099-01-01", "--reason", "trial"])
        .ends(0)
        .object();
    assert_eq!(kept["preserveUntil"], "2099-01-02T00:00:00Z", "a date means its end");
    sound(&office);
}

#[test]
fn a_withdrawn_report_gives_its_cases_back() {
    let office = office(2);
    let first = seal(&office);
    let withdraw = ["report", "withdraw", "R-0001", "--reason", "a fact was found later"];
    let done = office.run("bo", &withdraw).ends(0).object();
    assert_eq!(done["state"], "withdrawn", "one person takes back what nobody approved");
    office.run("bo", &withdraw).fails(3, "REPORT-14");
    let propose = ["report", "propose", "R-0001", "--reason", "checked"];
    office.run("bo", &propose).fails(3, "REPORT-13");
    let states: Vec<Value> = office.cases().iter().map(|row| row["state"].clone()).collect();
    assert_eq!(states, [json!("confirmed"), json!("confirmed")]);

    let second = seal(&office);
    assert_eq!((&second["report"], &second["cases"]), (&json!("R-0002"), &first["cases"]));
    assert_eq!(
        show(&office, "R-0002")["row"]["knownAt"],
        show(&office, "R-0001")["row"]["knownAt"],
        "knowledge does not begin anew"
    );
    let told = fs::read_to_string(out(&office).join("R-0002/data/summary.txt")).unwrap();
    assert!(
        told.contains("Earlier reports: No file"),
        "what was taken back reported nothing: {told}"
    );
    // Once two persons approved it, two must take it back.
    approve(&office, "R-0002");
    let verb = ["report", "withdraw", "R-0002", "--reason", "wrong contact"];
    let proposed = office.run("bo", &verb).ends(0).object()["proposal"].to_string();
    assert_eq!(show(&office, "R-0002")["row"]["state"], "approved");
    office.run("eve", &["approve", &proposed]).ends(0);
    assert_eq!(show(&office, "R-0002")["row"]["state"], "withdrawn");
    assert_eq!(seal(&office)["report"], "R-0003");
    sound(&office);
}

#[test]
fn only_the_package_that_was_sealed_is_approved() {
    let office = office(1);
    seal(&office);
    let verb = ["report", "propose", "R-0001", "--reason", "checked"];
    office.run("bo", &verb).ends(0);
    let bag = out(&office).join("R-0001");
    let changed = bag.join("data/report.xml");
    let whole = fs::read(&changed).unwrap();
    fs::write(&changed, [&whole[..], b" "].concat()).unwrap();
    office.run("kim", &["approve", "1"]).fails(3, "REPORT-11");
    fs::write(&changed, whole).unwrap();
    let tags = bag.join("tagmanifest-sha256.txt");
    let moved = office.dir.path().join("elsewhere.txt");
    fs::rename(&tags, &moved).unwrap();
    let said = office.run("kim", &["approve", "1"]).ends(3);
    assert!(["REPORT-10", "REPORT-11"].contains(&said.error().as_str()));
    fs::rename(&moved, &tags).unwrap();
    // Withdrawn in between, the proposal is stale.
    office.run("bo", &["report", "withdraw", "R-0001", "--reason", "again"]).ends(0);
    office.run("kim", &["approve", "1"]).fails(3, "REPORT-13");
    sound(&office);
}

#[test]
fn a_receipt_of_any_kind_is_kept_byte_for_byte() {
    let office = office(1);
    seal(&office);
    approve(&office, "R-0001");
    let bytes: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    let path = office.dir.path().join("receipt.pdf");
    fs::write(&path, &bytes).unwrap();
    let verb = ["report", "filed", "R-0001", "--receipt", path.to_str().unwrap()];
    office.ada(&[&verb[..], &["--number", "=1+1"]].concat()).fails(2, "REPORT-09");
    office.ada(&verb).ends(0);
    let copy = office.dir.path().join("copy.pdf");
    office.ada(&["report", "show", "R-0001", "--receipt", copy.to_str().unwrap()]).ends(0);
    assert_eq!(fs::read(copy).unwrap(), bytes);
    assert_eq!(show(&office, "R-0001")["receipt"]["text"], Value::Null);
}
