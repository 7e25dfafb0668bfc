//! Cut off at every point: the process of a run is killed before, while and after each request is answered, and between
//! each two of its steps. Resumed, it ends filed, or says exactly what is unknown; never is it filed twice.

use std::fmt::Write;
use std::process::{Command, Stdio};

use casement_tests::casectl::{PASSPHRASE, programs};
use casement_tests::hotline::{Trouble, What};
use serde_json::Value;

use crate::lab::{Lab, REPORT};

/// One point, and what came of it.
struct Point {
    name: String,
    /// State of the run that was cut off, after resuming.
    first: String,
    /// State after resuming.
    last: String,
    finished: usize,
    open: usize,
    register: String,
}

/// Resumes as a person would who reads what it says, and holds the result against the promise.
fn resumed(lab: &Lab, name: String) -> Point {
    let before = lab.newest();
    let done = before["state"] != "open";
    let said = lab.send(if done { "run" } else { "resume" });
    let newest = lab.newest();
    let all = lab.office.ada(&["submission", "status", "--report", REPORT]).ends(0).object();
    let first = all["submissions"].as_array().unwrap().last().unwrap()["state"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let last = text(&newest["state"]);
    match last.as_str() {
        "filed" => assert_eq!(
            said.code,
            if done && before["state"] == "filed" { 3 } else { 0 },
            "{name}: {}",
            said.err
        ),
        "receipt-lost" => {
            assert_eq!(said.error(), "SUBMIT-25", "{name}");
            assert_eq!(lab.register(), "approved", "{name}: nobody has recorded it yet");
            let record = ["submission", "record", REPORT, "--reason", "the machine stopped"];
            lab.second(&lab.office.ada(&record).ends(0).object());
        }
        other => panic!("{name}: {other}, {}", said.err),
    }
    // Whatever is tried from here, it is not sent again.
    lab.send("run").fails(3, "SUBMIT-13");
    lab.send("resume").fails(2, "SUBMIT-15");
    let state = lab.hotline.state();
    let (finished, open) = (state.finished(), state.unfinished());
    drop(state);
    let verified = lab.office.ada(&["verify"]).ends(0).object();
    assert_eq!(verified["findings"], serde_json::json!([]), "{name}");
    Point { name, first: text(&first), last, finished, open, register: lab.register() }
}

fn judge(points: &[Point]) {
    let mut table =
        format!("{:<34} {:<14} {:<14} finished open register\n", "killed", "first run", "resumed");
    for point in points {
        let Point { name, first, last, finished, open, register } = point;
        writeln!(table, "{name:<34} {first:<14} {last:<14} {finished:>8} {open:>4} {register}")
            .unwrap();
    }
    println!("{table}");
    for point in points {
        assert_eq!(
            point.finished, 1,
            "{}: filed once, neither lost nor twice\n{table}",
            point.name
        );
        assert_eq!(point.register, "filed", "{}\n{table}", point.name);
        // What stays open is what nobody was told the number of; it cannot be finished.
        let orphans = usize::from(point.first == "orphaned");
        assert!(point.open <= orphans, "{}\n{table}", point.name);
    }
}

#[test]
fn killed_around_every_request() {
    const FILES: u32 = 2;
    let lab = Lab::ready(FILES);
    let kept = lab.keep();
    let file = (1..=FILES).flat_map(|nth| [("upload", nth), ("fileinfo", nth)]);
    let calls: Vec<(&'static str, u32)> =
        [("status", 1), ("submit", 1)].into_iter().chain(file).chain([("finish", 1)]).collect();
    let mut points = Vec::new();
    for (call, nth) in calls {
        for what in [What::KillBefore, What::KillAfter, What::KillHalfway, What::KillDelivered] {
            lab.again(&kept);
            lab.hotline.trouble(Trouble::at(call, nth, what.clone()));
            let mut run = lab.start("run");
            run.wait().unwrap();
            points.push(resumed(&lab, format!("{call} {nth} {what:?}")));
        }
    }
    judge(&points);
}

/// A desk takes the run turn by turn through core's own verbs and leaves after so many: between an intent and its
/// request, between an answer and its commit, between a commit and the next intent.
#[test]
fn cut_off_between_every_two_steps() {
    let lab = Lab::ready(1);
    let kept = lab.keep();
    let mut points = Vec::new();
    for turns in 0.. {
        lab.again(&kept);
        let ended = Command::new(programs().join("desk"))
            .args([lab.office.store.to_str().unwrap(), "ada", "submit", REPORT, &turns.to_string()])
            .env("CASEMENT_PASSPHRASE", PASSPHRASE)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let turn = String::from_utf8(ended.stdout).unwrap().lines().last().unwrap_or("").to_owned();
        match ended.status.code() {
            Some(7) => points.push(resumed(&lab, format!("turn {turns} {turn}"))),
            Some(0) => break,
            _ => panic!("{}", String::from_utf8_lossy(&ended.stderr)),
        }
    }
    // Status, submit, upload, fileinfo: intent, answer, commit of each; finish: all but the last commit, which ends it.
    assert_eq!(points.len(), 15);
    judge(&points);
}

/// The run that takes back what an earlier one left is itself killed, again and again.
#[test]
fn killed_while_taking_back() {
    let lab = Lab::ready(1);
    let kept = lab.keep();
    for (left, finished) in
        [(("upload", What::KillAfter), "retracted"), (("finish", What::KillAfter), "receipt-lost")]
    {
        lab.again(&kept);
        lab.hotline.trouble(Trouble::at(left.0, 1, left.1.clone()));
        lab.start("run").wait().unwrap();
        for (nth, what) in [(1, What::KillBefore), (2, What::KillAfter), (3, What::KillHalfway)] {
            lab.hotline.trouble(Trouble::at("retract", nth, what));
            lab.start("resume").wait().unwrap();
            assert_eq!(lab.newest()["state"], "open");
        }
        let point = resumed(&lab, format!("{} then retract", left.0));
        assert_eq!(point.first, finished);
        judge(&[point]);
    }
}
