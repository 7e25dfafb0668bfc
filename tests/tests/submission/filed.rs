//! A report that goes its way undisturbed: what arrives is what was sealed and held, and what comes back is kept.

use std::fs;

use casement_tests::hotline::PASSWORD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::lab::{Lab, REPORT};

#[test]
fn what_arrives_is_what_was_sealed_and_what_comes_back_is_kept() {
    let lab = Lab::ready(3);
    let rehearsed = lab.office.ada(&["submission", "dry-run", REPORT]).ends(0).object();
    assert_eq!((&rehearsed["problems"], &rehearsed["requests"]), (&json!([]), &json!(9)));
    assert!(lab.hotline.state().seen.is_empty(), "a dry run sends nothing");

    let filed = lab.send("run").ends(0).object();
    assert_eq!((&filed["state"], &filed["filesDone"]), (&json!("filed"), &json!(3)));
    assert_eq!(lab.register(), "filed");
    let state = lab.hotline.state();
    let calls: Vec<&str> = state.seen.iter().map(|seen| seen.call.as_str()).collect();
    let file = ["upload", "fileinfo"];
    assert_eq!(calls, [&["status", "submit"][..], &file, &file, &file, &["finish"]].concat());
    assert!(state.seen.iter().all(|seen| seen.authorized && seen.code == Some(0)));
    assert_eq!((state.finished(), state.unfinished()), (1, 0));

    let (number, report) = state.reports.iter().next().unwrap();
    assert_eq!(filed["number"], number.to_string());
    assert_eq!(report.xml, fs::read(lab.bag.join("data/report.xml")).unwrap());
    for (case, (file_id, bytes, details)) in (1..).zip(&report.files) {
        let sealed = format!("data/files/{case:06}.fileDetails.xml");
        let sealed = fs::read_to_string(lab.bag.join(sealed)).unwrap();
        let filled = sealed
            .replace("<reportId>0<", &format!("<reportId>{number}<"))
            .replace(&format!("<fileId>{}<", "0".repeat(32)), &format!("<fileId>{file_id}<"));
        assert_eq!(details.as_deref(), Some(filled.as_bytes()), "case {case}");
        let original = hex::encode(Sha256::digest(bytes));
        assert!(filled.contains(&original), "the bytes of case {case} are those it is about");
    }
    let listed: Vec<&Value> =
        rehearsed["documents"].as_array().unwrap().iter().map(|d| &d["sha256"]).collect();
    assert_eq!(listed[0], &json!(hex::encode(Sha256::digest(&report.xml))));
    drop(state);

    // Every Request-ID is kept, and the receipt is the answer byte for byte.
    let newest = lab.newest();
    let told: Vec<&Value> =
        newest["latest"].as_array().unwrap().iter().filter(|e| e["told"] == true).collect();
    let ids: Vec<String> = (1..=9).map(|n| format!("req-{n:04}")).collect();
    let kept: Vec<&str> = told.iter().map(|e| e["requestId"].as_str().unwrap()).collect();
    assert_eq!(kept, ids);
    assert_eq!(newest["receiptSha256"].as_str().unwrap().len(), 64);

    lab.send("run").fails(3, "SUBMIT-13");
    lab.send("resume").fails(2, "SUBMIT-15");
    assert_eq!(lab.hotline.state().finished(), 1);
    assert_eq!(lab.office.ada(&["verify"]).ends(0).object()["findings"], json!([]));
    nothing_says_the_password(&lab);
}

/// Not in an answer, not in the history, not in a file.
fn nothing_says_the_password(lab: &Lab) {
    for verb in [&["submission", "status"][..], &["history", "--limit", "0"]] {
        assert!(!lab.office.ada(verb).ends(0).out.contains(PASSWORD));
    }
    let mut open = vec![lab.office.dir.path().to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let found = bytes.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
}

#[test]
fn a_test_system_files_nothing_and_may_be_asked_again() {
    let lab = Lab::sealed(1);
    lab.approve();
    lab.configure("test", &[]).ends(0);
    for _ in 0..2 {
        assert_eq!(lab.send("run").ends(0).object()["state"], "rehearsed");
        assert_eq!(lab.register(), "approved");
    }
    assert_eq!(lab.hotline.state().finished(), 2);
}
