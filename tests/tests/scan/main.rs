//! `casectl scan` as a process: corpora of every kind against lists, into files, a pipe or a workspace; killed and resumed;
//! refused where a list cannot be trusted.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod bench;
mod hard;
mod near;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use casement_core::clock::{Clock, datetime};
use casement_core::intake::check::read_line;
use casement_tests::casectl::{Said, at, command, run};
use casement_tests::corpora::{sha256, tar, zip};
use casement_tests::finds::png;
use casement_tests::originals::assert_none_in;
use casement_tests::workspace::Workspace;
use serde_json::{Value, json};

use crate::bench::{Bench, finds, holds, kinds, said};

#[test]
fn every_corpus_is_told_and_taken_in() {
    let bench = Bench::new();
    let (scanned, out) = bench.to("finds", &[]);
    let summary = scanned.ends(0).object();
    assert_eq!((&summary["finds"], &summary["problems"]), (&json!(5), &json!(0)));
    let finds = finds(&out);
    assert_eq!(finds.len(), 5);
    let now = datetime(Clock::system().now());
    for line in fs::read_to_string(&out).unwrap().lines() {
        read_line(line.as_bytes(), now).unwrap();
    }
    let by_entry: BTreeMap<&str, &Value> = finds
        .iter()
        .map(|find| (find["matches"][0]["list"]["entry_id"].as_str().unwrap(), find))
        .collect();
    let list = &by_entry["e-0"]["matches"][0]["list"];
    assert_eq!(
        (&list["label"], &list["entry_count"], &list["version"]),
        (&json!("synthetic, A"), &json!(5), &json!("2026-01"))
    );
    assert_eq!(list["snapshot_sha256"], sha256(&fs::read(bench.path("list.csv")).unwrap()));
    // Stored bytes are on the list; for the other, only what was fetched is.
    assert_eq!(kinds(by_entry["e-0"])[..2], ["local_file", "tar_member"]);
    assert_eq!(kinds(by_entry["e-1"])[..2], ["local_file", "tar_member"]);
    let fetched = by_entry["e-1"];
    let asked = &fetched["matches"][0]["query_value"];
    assert_eq!(
        (asked, &fetched["object"]["bytes_are"]),
        (&json!(sha256(&bench.known[1])), &json!("re_encoded"))
    );
    assert_eq!(&fetched["object"]["as_fetched_digests"]["sha256"], asked);
    assert_ne!(&fetched["object"]["digests"]["sha256"], asked);
    assert_eq!(fetched["acquisition"]["time_precision"], "shard_interval");
    assert_eq!(kinds(by_entry["e-2"]), ["local_file", "zip_member"]);
    assert_eq!(kinds(by_entry["e-3"]), ["local_file", "warc_record"]);
    assert_eq!(by_entry["e-3"]["acquisition"]["origin_url"], "https://images.example/3.png");
    assert_eq!(kinds(by_entry["e-4"]), ["local_file"]);
    for find in &finds {
        assert_eq!(find["locator"]["dataset"]["id"], "corpus");
        let name = find["object"]["digests"]["sha256"].as_str().unwrap();
        assert_eq!(sha256(&fs::read(Path::new(&bench.path("bytes")).join(name)).unwrap()), name);
    }

    let office = Workspace::new(&["bo"]);
    let import = ["import", out.to_str().unwrap(), "--bytes", &bench.path("bytes")];
    assert_eq!(office.ada(&import).ends(0).object()["progress"]["newFinds"], 5);
    let queue = office.run("bo", &["queue"]).ends(0).lines();
    assert!(queue.len() == 5 && queue.iter().all(|row| row["kind"] == "exact"));

    // Told again, at another time: the same finds, and the import knows them.
    let (again, second) = bench.to("again", &["--threads", "1"]);
    again.ends(0);
    let second_finds = self::finds(&second);
    assert_eq!(said(&second_finds), said(&finds));
    assert_ne!(second_finds[0]["scanner"]["run_id"], finds[0]["scanner"]["run_id"]);
    let import = ["import", second.to_str().unwrap(), "--bytes", &bench.path("bytes")];
    let known = office.ada(&import).ends(0).object();
    assert_eq!(
        (&known["progress"]["known"], &known["progress"]["newFinds"]),
        (&json!(5), &json!(0))
    );
}

#[test]
fn a_pipe_and_a_workspace_take_the_same() {
    let bench = Bench::new();
    let (_, out) = bench.to("finds", &[]);
    let ids =
        |finds: &[Value]| finds.iter().map(|find| find["find_id"].clone()).collect::<Vec<_>>();
    let streamed = bench.scan(&["--out", "-", "--bytes", &bench.path("bytes")]).ends(0);
    assert_eq!(ids(&streamed.lines()), ids(&finds(&out)));
    // Both begin at once: a folder that the scan has not made yet is no reason to refuse.
    let office = Workspace::new(&["bo"]);
    let not_yet = bench.path("not-yet");
    let early = at(&office.store, "ada", &["import", "-", "--bytes", &not_yet]);
    let mut early = command(&early).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    assert!(early.wait().unwrap().success());
    let mut import =
        command(&at(&office.store, "ada", &["import", "-", "--bytes", &bench.path("bytes")]));
    import.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut import = import.spawn().unwrap();
    std::io::Write::write_all(&mut import.stdin.take().unwrap(), streamed.out.as_bytes()).unwrap();
    let taken = Said::of(import.wait_with_output().unwrap()).ends(0).object();
    assert_eq!(taken["progress"]["newFinds"], 5);

    // Straight into a workspace: no file holds the bytes or the addresses but the corpus.
    let other = Workspace::new(&["bo"]);
    let into = ["--into", other.store.to_str().unwrap(), "--as", "ada"];
    let summary = bench.scan(&into).ends(0).object();
    assert_eq!((&summary["finds"], &summary["imported"]["newFinds"]), (&json!(5), &json!(5)));
    assert_none_in(other.dir.path(), Path::new(&bench.path("bytes")));
    assert!(!holds(other.dir.path(), b"images.example"), "an address lies in the clear");
    let numbers = |office: &Workspace| office.cases().len();
    assert_eq!((numbers(&office), numbers(&other)), (5, 5));
    let again = bench.scan(&into).ends(0).object();
    assert_eq!(
        (&again["imported"]["known"], &again["imported"]["newFinds"]),
        (&json!(5), &json!(0))
    );
    other.ada(&["verify"]).ends(0);
}

#[test]
fn a_killed_scan_goes_on_where_it_was() {
    let bench = Bench::new();
    let mut listed = "sha256\n".to_owned();
    for shard in 0..60 {
        let members: Vec<_> =
            (0..40).map(|n| (format!("{n:04}.png"), png(1_000 + shard * 40 + n, 64, 64))).collect();
        fs::write(bench.corpus.join(format!("s-{shard:03}.tar")), tar(&members)).unwrap();
        listed.extend(members.iter().step_by(3).map(|(_, bytes)| sha256(bytes) + "\n"));
    }
    let list = bench.path("long.csv");
    fs::write(&list, listed).unwrap();
    let verb = |out: &str, bytes: &str| {
        let (out, bytes) = (bench.path(out), bench.path(bytes));
        [
            "scan",
            bench.corpus.to_str().unwrap(),
            "--list",
            &list,
            "--list-name",
            "L",
            "--list-version",
            "1",
            "--threads",
            "2",
        ]
        .into_iter()
        .chain(["--json", "--out", &out, "--bytes", &bytes])
        .map(str::to_owned)
        .collect::<Vec<String>>()
    };
    let words = |verb: &[String]| run(&verb.iter().map(String::as_str).collect::<Vec<_>>());
    words(&verb("whole.jsonl", "whole")).ends(0);
    let verb = verb("cut.jsonl", "cut");
    // Killed twice, each time once something more was told.
    for _ in 0..2 {
        let args: Vec<&str> = verb.iter().map(String::as_str).collect();
        let mut child =
            command(&args).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let heard = BufReader::new(child.stderr.take().unwrap());
        let mut first = None;
        for line in heard.lines() {
            let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
            let Some(shards) = line["shards"].as_u64() else { continue };
            if shards > *first.get_or_insert(shards) + 3 {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let resumed = words(&verb).ends(0).object();
    assert_eq!(resumed["shards"], 64);
    let (cut, whole) =
        (finds(Path::new(&bench.path("cut.jsonl"))), finds(Path::new(&bench.path("whole.jsonl"))));
    assert_eq!(whole.len(), 60 * 14);
    assert_eq!(said(&cut), said(&whole));
    let names = |folder: &str| {
        let mut names: Vec<_> = fs::read_dir(bench.path(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("cut"), names("whole"), "nothing unfinished is left");
    // Once more: nothing is left to do.
    let idle = words(&verb).ends(0).object();
    assert_eq!((&idle["resumed"], &idle["finds"]), (&json!(64), &json!(60 * 14)));
}

#[test]
fn what_changed_is_not_carried_on() {
    let bench = Bench::new();
    let (first, out) = bench.to("finds", &[]);
    first.ends(0);
    let before = fs::read(&out).unwrap();
    bench.to("finds", &["--dataset", "other"]).0.fails(2, "SCAN-04");
    fs::write(bench.corpus.join("more.zip"), zip(&[("a.png".into(), png(1, 9, 9))])).unwrap();
    bench.to("finds", &[]).0.fails(2, "SCAN-05");
    assert_eq!(fs::read(&out).unwrap(), before, "a refusal changes nothing");
    let summary = bench.to("finds", &["--restart"]).0.ends(0).object();
    assert_eq!((&summary["finds"], &summary["resumed"]), (&json!(4), &json!(0)));
    fs::remove_file(format!("{}.scan", out.display())).unwrap();
    bench.to("finds", &[]).0.fails(2, "SCAN-08");
}

#[test]
fn a_list_that_cannot_be_trusted_is_refused_before_anything_is_read() {
    let bench = Bench::new();
    let hash = sha256(b"a");
    let corpus = bench.corpus.to_str().unwrap();
    let file = bench.path("list.txt");
    let out = bench.path("finds.jsonl");
    let bytes = bench.path("bytes");
    let about = ["--list-name", "L", "--list-version", "1"];
    let scan = |text: &str, more: &[&str]| {
        fs::write(&file, text).unwrap();
        let verb = ["scan", corpus, "--list", &file, "--out", &out, "--bytes", &bytes, "--json"];
        run(&[&verb[..], more].concat())
    };
    let mixed = scan(&format!("{hash}\n{}\n", &hash[..40]), &about).ends(2);
    assert_eq!(mixed.error(), "LIST-03");
    assert!(mixed.err.contains("Line 2") && !mixed.err.contains(&hash[..20]), "{}", mixed.err);
    scan("# nothing\n", &about).fails(2, "LIST-08");
    scan(&hash, &["--list-name", "L"]).fails(2, "LIST-10");
    scan(&hash, &[&about[..], &["--threshold", "257"]].concat()).fails(2, "LIST-11");
    assert!(!Path::new(&out).exists() && !Path::new(&bytes).exists());
    fs::create_dir(bench.path("empty")).unwrap();
    let verb =
        ["scan", &bench.path("empty"), "--list", &file, "--out", &out, "--bytes", &bytes, "--json"];
    run(&[&verb[..], &about].concat()).fails(2, "SCAN-01");
}
