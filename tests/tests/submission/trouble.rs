//! A hotline that misbehaves, one way at a time: how the run ends, and what the hotline then holds.

use std::fs;

use casement_tests::hotline::{Trouble, What};
use serde_json::json;

use crate::lab::Lab;

/// What must come of one misbehaviour of a hotline at a report of two files, with one retry.
struct Row {
    at: (&'static str, u32),
    what: What,
    /// Exit code and error code; `None`: filed all the same.
    ends: Option<(i32, &'static str)>,
    state: &'static str,
    finished: usize,
}

fn row(
    call: &'static str,
    what: What,
    ends: Option<(i32, &'static str)>,
    state: &'static str,
    finished: usize,
) -> Row {
    Row { at: (call, 1), what, ends, state, finished }
}

fn table() -> Vec<Row> {
    use What::{
        Bare, Code, FewerFiles, HalfAnswer, Huge, LostAnswer, Unheard, WrongMd5, WrongReport,
    };
    let refused = Some((3, "SUBMIT-20"));
    let lost = Some((3, "SUBMIT-25"));
    let mut rows = Vec::new();
    for call in ["status", "submit", "upload", "fileinfo", "finish"] {
        // In passing: asked again, and filed.
        for code in [1000, 1100, 1110, 1111, 1300] {
            rows.push(row(call, Code(code, 500), None, "filed", 1));
        }
        rows.push(row(call, Bare(503), None, "filed", 1));
        rows.push(row(call, Unheard, None, "filed", 1));
    }
    for call in ["status", "submit"] {
        rows.push(row(call, Bare(401), refused, "failed", 0));
        rows.push(row(call, Code(3100, 403), refused, "failed", 0));
        rows.push(row(call, Code(4100, 400), refused, "failed", 0));
    }
    for call in ["upload", "fileinfo", "finish"] {
        for code in [3300, 4100, 4200, 5002] {
            rows.push(row(call, Code(code, 400), refused, "retracted", 0));
        }
    }
    rows.push(row("upload", Code(5001, 400), Some((3, "SUBMIT-23")), "retracted", 0));
    rows.push(row("upload", WrongMd5, Some((3, "SUBMIT-22")), "retracted", 0));
    rows.push(row("upload", WrongReport, refused, "retracted", 0));
    rows.push(row("submit", Huge, None, "filed", 1));
    for what in [LostAnswer, HalfAnswer] {
        // Done, and the answer lost: a second report, a second upload; only the one is finished.
        rows.push(row("submit", what.clone(), None, "filed", 1));
        rows.push(row("upload", what.clone(), None, "filed", 1));
        // A file is described once; what the second attempt is told ends it.
        rows.push(row("fileinfo", what.clone(), refused, "retracted", 0));
        rows.push(row("finish", what, lost, "receipt-lost", 1));
    }
    rows.push(row("finish", WrongReport, lost, "receipt-lost", 1));
    rows.push(row("finish", Huge, lost, "receipt-lost", 1));
    rows.push(row("finish", FewerFiles, None, "filed", 1));
    rows
}

#[test]
fn every_misbehaviour_ends_where_it_should() {
    let lab = Lab::ready(2);
    let kept = lab.keep();
    for row in table() {
        lab.again(&kept);
        let name = format!("{:?} at {}", row.what, row.at.0);
        let fewer = matches!(row.what, What::FewerFiles);
        lab.hotline.trouble(Trouble::at(row.at.0, row.at.1, row.what));
        let said = lab.send("run");
        match row.ends {
            None => assert_eq!(said.code, 0, "{name}: {}", said.err),
            Some((exit, code)) => {
                assert_eq!(said.code, exit, "{name}: {}", said.err);
                assert_eq!(said.error(), code, "{name}");
            }
        }
        let newest = lab.newest();
        assert_eq!(newest["state"], row.state, "{name}");
        let what = newest["what"].as_str().unwrap();
        assert_eq!(what.contains("Its receipt names 0 of 2 files"), fewer, "{name}: {what}");
        let state = lab.hotline.state();
        assert_eq!(state.finished(), row.finished, "{name}");
        drop(state);
        let register = if row.state == "filed" { "filed" } else { "approved" };
        assert_eq!(lab.register(), register, "{name}");
    }
}

#[test]
fn a_hotline_that_keeps_one_waiting_is_left() {
    let lab = Lab::ready(1);
    lab.configure("production", &["--timeout", "1", "--retries", "0"]).ends(0);
    let kept = lab.keep();
    for (call, what, code, state, finished) in [
        ("submit", What::Silence, "SUBMIT-21", "orphaned", 0),
        ("upload", What::SilenceAfter, "SUBMIT-21", "retracted", 0),
        ("upload", What::Drip, "SUBMIT-21", "retracted", 0),
        ("finish", What::SilenceAfter, "SUBMIT-21", "open", 1),
    ] {
        lab.again(&kept);
        lab.hotline.trouble(Trouble::at(call, 1, what.clone()));
        lab.send("run").fails(5, code);
        let newest = lab.newest();
        assert_eq!(newest["state"], state, "{what:?}");
        let failures: Vec<_> =
            newest["latest"].as_array().unwrap().iter().map(|e| &e["failure"]).collect();
        assert!(failures.contains(&&json!("timeout")), "{failures:?}");
        assert_eq!(lab.hotline.state().finished(), finished, "{what:?}");
    }
    // Of the last, nobody knew whether it was finished: resuming asks, and does not send it again.
    lab.send("run").fails(3, "SUBMIT-14");
    lab.send("resume").fails(3, "SUBMIT-25");
    let withdraw = ["report", "withdraw", crate::lab::REPORT, "--reason", "sent by mistake"];
    lab.office.ada(&withdraw).fails(3, "REPORT-14");
    // Nor is it filed a second time another way, nor is one person's word taken for the lost receipt.
    let form = [
        "report",
        "propose",
        crate::lab::REPORT,
        "--route",
        "cybertip-form",
        "--reason",
        "by form",
    ];
    lab.office.ada(&form).fails(3, "REPORT-14");
    let receipt = lab.office.dir.path().join("by-hand.txt");
    fs::write(&receipt, "by hand").unwrap();
    let filed = ["report", "filed", crate::lab::REPORT, "--receipt", receipt.to_str().unwrap()];
    lab.office.ada(&filed).fails(3, "REPORT-14");
    assert_eq!(lab.hotline.state().finished(), 1);
    assert_eq!(lab.hotline.state().count("submit"), 1);
    lab.send("run").fails(3, "SUBMIT-13");

    // Two persons record what is known, and the register has it as filed.
    assert_eq!(lab.register(), "approved");
    let record = ["submission", "record", crate::lab::REPORT, "--reason", "the line broke"];
    let proposed = lab.office.ada(&record).ends(0).object();
    lab.second(&proposed);
    assert_eq!(lab.register(), "filed");
    lab.office.ada(&record).ends(3);
}

#[test]
fn an_unfinished_report_of_an_earlier_run_that_expired_is_begun_anew() {
    let lab = Lab::ready(1);
    lab.hotline.trouble(Trouble::at("upload", 1, What::KillAfter));
    assert!(!lab.start("run").wait().unwrap().success());
    assert_eq!(lab.hotline.state().unfinished(), 1);
    // A day later by the hotline's clock: it drops what was not finished.
    lab.hotline.state().now += 25 * 3_600_000;
    assert_eq!(lab.send("resume").ends(0).object()["state"], "filed");
    let state = lab.hotline.state();
    assert_eq!((state.finished(), state.unfinished(), state.count("retract")), (1, 0, 1));
}

#[test]
fn what_an_earlier_run_left_can_be_taken_back_and_no_more() {
    let lab = Lab::ready(1);
    lab.hotline.trouble(Trouble::at("fileinfo", 1, What::KillBefore));
    assert!(!lab.start("run").wait().unwrap().success());
    lab.send("run").fails(3, "SUBMIT-14");
    assert_eq!(lab.send("retract").ends(0).object()["state"], "retracted");
    let state = lab.hotline.state();
    assert_eq!((state.finished(), state.unfinished(), state.count("submit")), (0, 0, 1));
}
