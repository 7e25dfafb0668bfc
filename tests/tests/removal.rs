//! From a confirmed case to nothing left open: lists for the owner of a corpus, the answers of each place, what an
//! earlier list must take back; and rejected cases on their way back to training, by two persons.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;

use casement_tests::casectl::{Said, at, command, lines, run};
use casement_tests::finds::{find, png};
use casement_tests::workspace::{Workspace, copy};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const DATASET: [&str; 2] = ["--dataset", "example/synthetic"];

/// Six suspected cases; `ada` and `kim` keep the workspace, `bo` reviews. Decisions settle at once.
fn office() -> Workspace {
    let office = Workspace::filled(&["bo"], 6, 0);
    office.ada(&["account", "add", "kim", "--role", "custodian"]).ends(0);
    office
}

fn decide(office: &Workspace, case: &str, verdict: &str) {
    let class: &[&str] = if verdict == "confirmed" { &["--class", "B2"] } else { &[] };
    office.run("bo", &[&["decide", case, verdict][..], class].concat()).ends(0);
}

fn removal(office: &Workspace, verb: &[&str], more: &[&str]) -> Said {
    office.ada(&[&["removal"][..], verb, &DATASET, more].concat())
}

fn path(office: &Workspace, name: &str) -> PathBuf {
    office.dir.path().join(name)
}

fn export(office: &Workspace, name: &str) -> Said {
    removal(office, &["export"], &["--out", path(office, name).to_str().unwrap()])
}

fn status(office: &Workspace) -> Value {
    let status = removal(office, &["status"], &[]).ends(0).object();
    assert_eq!(status["datasets"].as_array().unwrap().len(), 1);
    status["datasets"][0].clone()
}

/// Open sightings by place.
fn open(office: &Workspace) -> Vec<(String, u64)> {
    status(office)["locations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| (place["name"].as_str().unwrap().to_owned(), place["open"].as_u64().unwrap()))
        .collect()
}

fn place(office: &Workspace, name: &str, kind: &str) {
    let more = ["--name", name, "--kind", kind, "--contact", "data@owner.example"];
    removal(office, &["location", "add"], &more).ends(0);
}

fn ack(office: &Workspace, place: &str, more: &[&str]) -> Said {
    let by = ["--location", place, "--by", "data team", "--at", "2026-01-02"];
    removal(office, &["ack"], &[&by[..], more].concat())
}

/// A list's heading and lines, its digests checked by hand.
fn read(list: &Path, told: &Value) -> (Value, Vec<Value>) {
    let text = fs::read_to_string(list).unwrap();
    assert_eq!(told["sha256"], hex::encode(Sha256::digest(&text)));
    let (heading, body) = text.split_once('\n').unwrap();
    let heading: Value = serde_json::from_str(heading).unwrap();
    assert_eq!(heading["body_sha256"], hex::encode(Sha256::digest(body)));
    let lines = lines(body);
    let count = |op: &str| json!(lines.iter().filter(|line| line["op"] == op).count());
    assert_eq!(heading["retracted"], count("retract"));
    let forward = if told["kind"] == "release" { "release" } else { "remove" };
    assert_eq!(heading["count"], count(forward));
    assert_eq!(
        (&told["sightings"], &told["retracted"]),
        (&heading["count"], &heading["retracted"])
    );
    (heading, lines)
}

#[test]
fn from_confirmed_to_none_open_and_open_again() {
    let office = office();
    export(&office, "none.jsonl").fails(2, "REMOVAL-01");
    for case in ["1", "2", "3"] {
        decide(&office, case, "confirmed");
    }
    decide(&office, "4", "not-a-match");
    let before = status(&office);
    assert_eq!((&before["tombstoned"], &before["exported"]), (&json!(3), &json!(0)));
    assert_eq!((&before["rejected"], &before["noneOpen"]), (&json!(1), &json!(false)));

    let told = export(&office, "first.jsonl").ends(0).object();
    let (heading, listed) = read(&path(&office, "first.jsonl"), &told);
    assert_eq!(heading["schema"], "casement-tombstones/v1");
    assert_eq!(listed.len(), 3);
    let shown = office.run("bo", &["show", "1"]).ends(0).object();
    let first = listed.iter().find(|line| line["case"] == 1).unwrap();
    for digest in ["sha256", "sha1", "md5"] {
        assert_eq!(first[digest], shown["item"][digest]);
    }
    let steps = &first["place"]["steps"];
    assert_eq!((&steps[0]["uri"], &steps[1]["kind"]), (&json!("00001.tar"), &json!("tar_member")));
    assert_eq!(first["decided_at"], shown["decisions"][0]["at"]);
    let text = fs::read_to_string(path(&office, "first.jsonl")).unwrap();
    for never in ["B2", "images.example", "SYNTH-LIST", "R-01", "quarantine", "abuse@"] {
        assert!(!text.contains(never), "{never}");
    }
    export(&office, "first.jsonl").fails(2, "LIST-02");
    assert_eq!(fs::read_to_string(path(&office, "first.jsonl")).unwrap(), text);

    // Nobody was asked yet, so nobody has answered.
    assert_eq!(status(&office)["noneOpen"], false);
    place(&office, "main", "bucket");
    place(&office, "tapes", "backup");
    removal(
        &office,
        &["location", "add"],
        &["--name", "main", "--kind", "cache", "--contact", "x"],
    )
    .fails(2, "LOCATION-02");
    assert_eq!(open(&office), [("main".to_owned(), 3), ("tapes".to_owned(), 3)]);

    // A part: one by find id, one by digest; a line that names nothing costs only itself.
    let acks = path(&office, "acks.txt");
    let (one, two) =
        (listed[0]["find_id"].as_str().unwrap(), listed[1]["sha256"].as_str().unwrap());
    fs::write(&acks, format!("# done\n{one}\n{}\nnothing.png\n", two.to_uppercase())).unwrap();
    let heard = ack(&office, "main", &["--file", acks.to_str().unwrap()]).ends(1).object();
    assert_eq!((&heard["sightings"], &heard["open"]), (&json!(2), &json!(1)));
    assert_eq!(
        (&heard["problems"][0]["line"], &heard["problems"][0]["code"]),
        (&json!(4), &json!("ACK-03"))
    );
    let again = ack(&office, "main", &["--file", acks.to_str().unwrap()]).ends(1).object();
    assert_eq!((&again["known"], &again["leaf"]), (&json!(2), &Value::Null));
    let left = status(&office);
    assert!(left["locations"][0]["oldestOpen"].is_string());

    ack(&office, "main", &["--export", "1"]).ends(0);
    ack(&office, "tapes", &["--export", "1", "--kind", "refused"]).fails(2, "ACK-02");
    ack(&office, "tapes", &["--export", "1", "--kind", "refused", "--reason", "write once"])
        .ends(0);
    let refused = status(&office);
    assert_eq!(
        (&refused["locations"][1]["refused"], &refused["locations"][1]["open"]),
        (&json!(3), &json!(0))
    );
    assert_eq!(refused["noneOpen"], false, "a refusal is an answer, not an end");
    ack(&office, "tapes", &["--export", "1", "--kind", "not-present"]).ends(0);
    assert_eq!(status(&office)["noneOpen"], true);

    // Another copy of a confirmed item turns up in the same dataset.
    office.quarantine.write(&[find(70, 1, &png(1, 12, 9))]);
    office.import().ends(0);
    let back = status(&office);
    assert_eq!(
        (&back["tombstoned"], &back["exported"], &back["noneOpen"]),
        (&json!(4), &json!(3), &json!(false))
    );
    assert_eq!(open(&office), [("main".to_owned(), 1), ("tapes".to_owned(), 1)]);
    export(&office, "second.jsonl").ends(0);
    ack(&office, "main", &["--export", "1"]).ends(0);
    assert_eq!(open(&office)[0].1, 1, "the first list did not name it");
    ack(&office, "main", &["--export", "2"]).ends(0);
    // A place that is gone is no longer asked.
    removal(&office, &["location", "retire"], &["--name", "tapes", "--reason", "shredded"]).ends(0);
    assert_eq!(status(&office)["noneOpen"], true);
    ack(&office, "tapes", &["--export", "2"]).fails(2, "LOCATION-01");
    assert_eq!(office.ada(&["verify"]).ends(0).object()["findings"], json!([]));
    let acts = office.ada(&["history", "--kind", "removal"]).ends(0).lines();
    assert!(acts.iter().all(|act| act["words"] != act["kind"] && act["what"] != ""));
}

#[test]
fn a_decision_taken_back_is_retracted_and_given_again_is_open_again() {
    let office = office();
    decide(&office, "1", "confirmed");
    decide(&office, "2", "confirmed");
    place(&office, "main", "bucket");
    export(&office, "a.jsonl").ends(0);
    ack(&office, "main", &["--export", "1"]).ends(0);
    assert_eq!(status(&office)["noneOpen"], true);

    decide(&office, "1", "not-a-match");
    let due = status(&office);
    assert_eq!(
        (&due["tombstoned"], &due["retractionsDue"], &due["noneOpen"]),
        (&json!(1), &json!(1), &json!(false))
    );
    let told = export(&office, "b.jsonl").ends(0).object();
    let (_, listed) = read(&path(&office, "b.jsonl"), &told);
    let back: Vec<&Value> = listed.iter().filter(|line| line["op"] == "retract").collect();
    assert_eq!(
        (back.len(), &back[0]["case"], &back[0]["reason"]),
        (1, &json!(1), &json!("superseded"))
    );
    assert_eq!(
        (status(&office)["retractionsDue"].clone(), status(&office)["noneOpen"].clone()),
        (json!(0), json!(true))
    );
    // Whoever reads only the newest list must learn it too.
    let told = export(&office, "c.jsonl").ends(0).object();
    let (_, same) = read(&path(&office, "c.jsonl"), &told);
    assert_eq!(same, listed);

    decide(&office, "1", "confirmed");
    export(&office, "d.jsonl").ends(0);
    assert_eq!(
        open(&office),
        [("main".to_owned(), 1)],
        "it was put back, and must be removed again"
    );
    ack(&office, "main", &["--export", "1"]).ends(0);
    assert_eq!(open(&office)[0].1, 1, "the old answer is to the old list");
    ack(&office, "main", &["--export", "4"]).ends(0);
    assert_eq!(status(&office)["noneOpen"], true);
}

#[test]
fn the_same_set_gives_the_same_bytes_and_both_forms_say_the_same() {
    let office = office();
    for case in ["3", "1", "5"] {
        decide(&office, case, "confirmed");
    }
    let twin = office.dir.path().join("twin");
    copy(&office.store, &twin);
    export(&office, "a.jsonl").ends(0);
    let b = path(&office, "b.jsonl");
    let verb = [&["removal", "export", "--out", b.to_str().unwrap()][..], &DATASET].concat();
    run(&at(&twin, "ada", &verb)).ends(0);
    assert_eq!(fs::read(path(&office, "a.jsonl")).unwrap(), fs::read(&b).unwrap());

    let c = path(&office, "c.csv");
    let told = removal(&office, &["export"], &["--format", "csv", "--out", c.to_str().unwrap()]);
    assert_eq!(told.ends(0).object()["sightings"], 3);
    let csv = fs::read_to_string(&c).unwrap();
    let jsonl = fs::read_to_string(&b).unwrap();
    let mut rows = csv.lines();
    let heading: Value =
        serde_json::from_str(rows.next().unwrap().strip_prefix("# ").unwrap()).unwrap();
    assert_eq!(heading["count"], 3);
    let columns: Vec<&str> = rows.next().unwrap().split(',').collect();
    for (row, line) in rows.zip(lines(&jsonl).into_iter().skip(1)) {
        let (plain, place) = row.split_once(",\"").unwrap();
        let place = place.strip_suffix('"').unwrap().replace("\"\"", "\"");
        assert_eq!(serde_json::from_str::<Value>(&place).unwrap(), line["place"]);
        for (column, cell) in columns.iter().zip(plain.split(',')) {
            let told = &line[column];
            assert!(
                told == cell || told.to_string() == cell || (cell.is_empty() && told.is_null()),
                "{column}"
            );
        }
    }
}

#[test]
fn a_member_that_is_there_twice_must_be_named_with_its_container() {
    let office = office();
    let (bytes, mut copy) = (png(1, 12, 9), find(71, 1, &png(1, 12, 9)));
    copy["locator"]["steps"][0]["uri"] = json!("00002.tar");
    copy["locator"]["steps"][1]["member"] =
        find(1, 1, &bytes)["locator"]["steps"][1]["member"].clone();
    office.quarantine.write(&[copy]);
    office.import().ends(0);
    decide(&office, "2", "confirmed");
    decide(&office, "3", "confirmed");
    place(&office, "main", "mirror");
    let cases: Vec<Value> = {
        let told = export(&office, "a.jsonl").ends(0).object();
        read(&path(&office, "a.jsonl"), &told).1
    };
    let twice = cases.iter().find(|line| line["place"]["steps"][0]["uri"] == "00002.tar").unwrap();
    let member = twice["place"]["steps"][1]["member"].as_str().unwrap();
    let acks = path(&office, "acks.txt");
    let say = |text: String, code: i32| {
        fs::write(&acks, text).unwrap();
        ack(&office, "main", &["--file", acks.to_str().unwrap()]).ends(code).object()
    };
    let unclear = say(format!("{member}\n"), 1);
    assert_eq!(
        (&unclear["sightings"], &unclear["problems"][0]["code"]),
        (&json!(0), &json!("ACK-04"))
    );
    let clear = say(format!("00002.tar\t{member}\n"), 0);
    assert_eq!((&clear["sightings"], &clear["open"]), (&json!(1), &json!(2)));
    // A digest names every copy; a line of the list itself names its own.
    let digest = say(format!("{}\n", twice["sha256"].as_str().unwrap()), 0);
    assert_eq!(
        (&digest["sightings"], &digest["known"], &digest["open"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let own = say(fs::read_to_string(path(&office, "a.jsonl")).unwrap(), 0);
    assert_eq!((&own["sightings"], &own["open"]), (&json!(1), &json!(0)));
}

#[test]
fn only_what_is_settled_is_listed_and_packaged_cases_stay() {
    let office = Workspace::filled(&["bo"], 2, 3_600);
    let organisation = office.file(
        "organisation.json",
        &json!({
            "name": "Example Lab", "email": "reports@lab.example", "contact": { "email": "desk@lab.example" },
            "company_template": "Legal process: legal@lab.example.",
        }),
    );
    office.ada(&["organisation", "set", organisation.to_str().unwrap()]).ends(0);
    decide(&office, "1", "confirmed");
    export(&office, "a.jsonl").fails(2, "REMOVAL-01");
    assert!(!path(&office, "a.jsonl").exists() && !path(&office, "a.jsonl.unlogged").exists());
    assert_eq!(
        (status(&office)["waiting"].clone(), status(&office)["tombstoned"].clone()),
        (json!(1), json!(0))
    );
    office.run("bo", &["commit", "1"]).ends(0);
    assert_eq!(export(&office, "a.jsonl").ends(0).object()["sightings"], 1);
    let out = office.dir.path().to_str().unwrap();
    office.run("bo", &["package", "--source", "host:images.example", "--out", out]).ends(0);
    assert_eq!(export(&office, "b.jsonl").ends(0).object()["sightings"], 1);
    for verb in [&["export", "--out", "x.jsonl"][..], &["release", "propose", "--reason", "r"]] {
        office.run("bo", &[&["removal"][..], verb, &DATASET].concat()).fails(3, "ROLE-01");
    }
}

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

#[test]
fn a_list_has_its_name_only_when_the_ledger_knows_it() {
    let office = office();
    decide(&office, "1", "confirmed");
    // What a program left that ended between the two.
    let told = export(&office, "a.jsonl").ends(0).object();
    let (list, pending) = (path(&office, "a.jsonl"), path(&office, "a.jsonl.unlogged"));
    fs::rename(&list, &pending).unwrap();
    status(&office);
    assert!(!pending.exists());
    read(&list, &told);
    fs::rename(&list, path(&office, "kept.jsonl")).unwrap();
    fs::write(&pending, "half").unwrap();
    status(&office);
    assert!(!list.exists(), "what the ledger does not know gets no name");

    let mut kept = 0;
    for round in 0..12_u64 {
        let store = office.dir.path().join(format!("killed-{round}"));
        copy(&office.store, &store);
        let list = path(&office, &format!("list-{round}.jsonl"));
        let verb = [&["removal", "export", "--out", list.to_str().unwrap()][..], &DATASET].concat();
        let mut child = command(&at(&store, "ada", &verb))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let pending = path(&office, &format!("list-{round}.jsonl.unlogged"));
        while !pending.exists() && !list.exists() && child.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        for _ in 0..round * 30 {
            thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
        let named = list.exists();
        let verb = [&["removal", "status"][..], &DATASET].concat();
        let after = run(&at(&store, "ada", &verb)).ends(0).object();
        let exports = after["datasets"][0]["exports"].as_array().unwrap();
        assert!(!named || exports.len() == 2, "a named list is in the ledger");
        if exports.len() == 2 {
            read(&list, &exports[0]);
            kept += 1;
        } else {
            assert_eq!(after["datasets"][0]["exported"], 1);
        }
        let again = run(&at(&store, "ada", &["verify"])).ends(0).object();
        assert_eq!(again["findings"], json!([]));
    }
    println!("{kept} of 12 lists were in the ledger when their program was killed");
}
