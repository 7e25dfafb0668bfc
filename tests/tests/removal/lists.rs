//! Lists as files: the same set gives the same bytes, and a name stands for what the ledger knows.

use std::fs;
use std::process::Stdio;
use std::thread;

use casement_tests::casectl::{at, command, lines, run};
use casement_tests::workspace::copy;
use serde_json::{Value, json};

use crate::{DATASET, decide, export, office, path, read, removal, status};

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
                told == cell
                    || told.as_u64().is_some_and(|n| n.to_string() == *cell)
                    || (cell.is_empty() && told.is_null()),
                "{column}"
            );
        }
    }
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
