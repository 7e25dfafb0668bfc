//! A large import, killed twice on the way and run again, ends in the same cases as one that nobody disturbed, in memory
//! that does not grow with its length.
//!
//! `cargo xtask test` takes a few thousand finds; `cargo xtask bench --only million` takes a million.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Stdio};
use std::time::{Duration, Instant};

use casement_core::account::keyring::Passphrase;
use casement_core::ledger::verify::verify;
use casement_core::wire::QueueFilter;
use casement_core::{Console, Opening, case, hash, queue};
use casement_tests::casectl::{PASSPHRASE, at, command, run};
use casement_tests::finds;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Every fourth find is a second place of an earlier item.
const ITEMS_OF_FOUR: u32 = 3;
/// What one process may ever hold, in KiB, however long the import.
const MOST_MEMORY: u64 = 300 * 1024;

struct Corpus {
    finds: PathBuf,
    bytes: PathBuf,
    count: u32,
}

/// Content that is no picture and no other number has.
fn content(number: u32) -> Vec<u8> {
    let seed = Sha256::digest(number.to_le_bytes());
    let mut bytes = b"synthetic content of a test\n".to_vec();
    for _ in 0..=(number % 7) {
        bytes.extend_from_slice(&seed);
    }
    bytes
}

fn write_corpus(dir: &Path, count: u32) -> Corpus {
    let corpus = Corpus { finds: dir.join("finds.jsonl"), bytes: dir.join("bytes"), count };
    fs::create_dir_all(&corpus.bytes).unwrap();
    let mut out = BufWriter::new(File::create(&corpus.finds).unwrap());
    let mut items = 0;
    for number in 0..count {
        let again = number % 4 >= ITEMS_OF_FOUR;
        let item = if again { number / 4 } else { items };
        let bytes = content(item);
        if !again {
            fs::write(corpus.bytes.join(finds::reference(item)), &bytes).unwrap();
            items += 1;
        }
        let mut find = finds::find(number, item, &bytes);
        find["object"]["media_type"] = json!("application/octet-stream");
        // Entries that many items share, though never so many that one becomes a flood, but for one that does.
        let entry =
            if item % 50 == 7 { "e-flood".to_owned() } else { format!("e-{}", item % 20_011) };
        find["matches"][0]["list"]["entry_id"] = json!(entry);
        if find["matches"][0]["algorithm"] == "pdq" {
            find["matches"][0]["query_value"] = json!(hex::encode(Sha256::digest(&bytes)));
        }
        writeln!(out, "{find}").unwrap();
    }
    out.flush().unwrap();
    corpus
}

/// The most memory the process ever held, in KiB.
fn peak(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// An import that is watched from outside.
struct Running {
    child: Child,
    said: BufReader<ChildStderr>,
    peak: u64,
}

impl Running {
    fn start(store: &Path, corpus: &Corpus) -> Self {
        let (finds, bytes) = (corpus.finds.to_str().unwrap(), corpus.bytes.to_str().unwrap());
        let mut child = command(&at(store, "ada", &["import", finds, "--bytes", bytes]))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        Self { child, said, peak: 0 }
    }

    /// Listens until that many finds of this run are acknowledged, or to the end. Whether it got there.
    fn until(&mut self, acknowledged: u64) -> bool {
        let mut line = String::new();
        loop {
            line.clear();
            if self.said.read_line(&mut line).unwrap() == 0 {
                return false;
            }
            self.peak = self.peak.max(peak(self.child.id()).unwrap_or_default());
            let told: Value = serde_json::from_str(&line).unwrap_or_default();
            if told["newFinds"].as_u64().is_some_and(|finds| finds >= acknowledged) {
                return true;
            }
        }
    }

    fn kill(mut self) -> u64 {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.peak
    }

    fn end(mut self) -> u64 {
        assert!(!self.until(u64::MAX));
        assert!(self.child.wait().unwrap().success());
        self.peak
    }
}

async fn open(store: &Path) -> Console {
    let own = Passphrase::new(PASSPHRASE.to_owned());
    Console::unlock(store, "ada", &own, Opening::default()).await.unwrap()
}

/// What the store says of its cases, times apart: a digest of every row of the queue, and some cases whole.
async fn told(store: &Path) -> (u64, String, Vec<Value>) {
    let console = open(store).await;
    let (mut rows, mut after): (Vec<(u32, [u8; 32])>, _) = (Vec::new(), None);
    loop {
        let page =
            queue::page(&console, &QueueFilter::default(), after.as_deref(), queue::MAX_PAGE)
                .await
                .unwrap();
        for row in page.rows {
            let mut value = serde_json::to_value(&row).unwrap();
            value["created"] = Value::Null;
            value["why"] = Value::Null;
            rows.push((row.case, Sha256::digest(value.to_string()).into()));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    rows.sort_unstable();
    let digest = rows.iter().fold(Sha256::new(), |all, (case, row)| {
        all.chain_update(case.to_le_bytes()).chain_update(row)
    });
    let mut whole = Vec::new();
    for (case, _) in rows.iter().step_by((rows.len() / 200).max(1)) {
        let mut shown = serde_json::to_value(case::show(&console, *case).await.unwrap()).unwrap();
        without_times(&mut shown);
        whole.push(shown);
    }
    assert_eq!(verify(&console).await.unwrap().findings, Vec::<String>::new());
    let count = rows.len() as u64;
    console.close().await;
    (count, hex::encode(digest.finalize()), whole)
}

/// Takes out what says when this store did something.
fn without_times(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for name in ["imported", "why", "created"] {
                fields.remove(name);
            }
            fields.values_mut().for_each(without_times);
        }
        Value::Array(values) => values.iter_mut().for_each(without_times),
        Value::String(text) if text.contains("imported") || text.contains("sealed") => {
            *text = String::new();
        }
        _ => {}
    }
}

async fn same_cases(count: u32) -> (Duration, Duration) {
    let dir = tempfile::tempdir().unwrap();
    let corpus = write_corpus(dir.path(), count);
    let fresh = |name: &str| {
        let store = dir.path().join(name);
        run(&["init", store.to_str().unwrap(), "--as", "ada", "--json"]).ends(0);
        store
    };

    let calm = fresh("calm");
    let began = Instant::now();
    let mut most = Running::start(&calm, &corpus).end();
    let took = began.elapsed();
    let expected = told(&calm).await;
    assert!(expected.0 > 0);
    fs::remove_dir_all(&calm).unwrap();

    let killed = fresh("killed");
    for _ in 0..2 {
        let mut import = Running::start(&killed, &corpus);
        assert!(import.until(u64::from(corpus.count) / 3), "it ended before it could be killed");
        most = most.max(import.kill());
    }
    most = most.max(Running::start(&killed, &corpus).end());
    let found = told(&killed).await;
    assert_eq!((found.0, &found.1), (expected.0, &expected.1), "the same rows of the queue");
    assert_eq!(found.2, expected.2, "the same cases, looked at whole");
    assert!(most > 0 && most < MOST_MEMORY, "{most} KiB at most");

    let began = Instant::now();
    for number in 0..count {
        let file = corpus.bytes.join(finds::reference(number));
        if let Ok(file) = File::open(file) {
            std::hint::black_box(hash::digests(file).unwrap());
        }
    }
    eprintln!(
        "{count} finds, {} cases in the queue, {} MiB at most, {:.0} finds/s",
        expected.0,
        most / 1024,
        f64::from(count) / took.as_secs_f64()
    );
    (took, began.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_killed_twice_ends_like_one_that_nobody_disturbed() {
    same_cases(4_000).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "taken by cargo xtask bench"]
async fn million() {
    let (ours, floor) = same_cases(1_000_000).await;
    println!(
        "{}",
        json!({
            "what": "import of 1,000,000 finds", "ours_ms": ours.as_secs_f64() * 1000.0,
            "floor_ms": floor.as_secs_f64() * 1000.0, "floor_name": "four digests of the same files, 1 thread", "goal": null,
        })
    );
}
