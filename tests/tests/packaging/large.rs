//! Many cases: memory that does not grow with their number, told while it goes on.
//!
//! `cargo xtask test` takes a few hundred; `cargo xtask bench --only package` takes ten thousand.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use casement_tests::casectl::{at, command};
use casement_tests::workspace::Workspace;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use crate::office::{SOURCE, confirm, confirmed, folder, organisation, tree};

/// What a tenfold number of cases may cost more, in KiB: caches that fill, not cases that are kept.
const GROWTH: u64 = 24 * 1024;

/// A package made and watched from outside.
struct Made {
    took: Duration,
    /// The most memory the process ever held, in KiB.
    peak: u64,
    /// What it said on the way.
    told: Vec<Value>,
    bag: PathBuf,
}

fn make(store: &Path, out: &Path) -> Made {
    let verb = ["package", "--source", SOURCE, "--out", out.to_str().unwrap()];
    let began = Instant::now();
    let mut child = command(&at(store, "bo", &verb))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut peak, mut told) = (0, Vec::new());
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        peak = peak.max(high_water(child.id()).unwrap_or_default());
        told.push(serde_json::from_str(&line.unwrap()).unwrap());
    }
    assert!(child.wait().unwrap().success(), "{:?}", told.last());
    Made { took: began.elapsed(), peak, told, bag: out.join("R-0001") }
}

fn high_water(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_does_not_grow_with_the_number_of_cases() {
    let mut peaks = Vec::new();
    for cases in [30_u32, 300] {
        let office = confirmed(cases).await;
        let made = make(&office.store, &folder(&office, "out"));
        let last = made.told.last().unwrap();
        assert_eq!((&last["step"], &last["total"]), (&json!("done"), &json!(cases)));
        let steps: Vec<&str> =
            made.told.iter().map(|told| told["step"].as_str().unwrap()).collect();
        assert!(steps.contains(&"writing") || cases < 100, "{steps:?}");
        peaks.push(made.peak);
    }
    println!("{peaks:?} KiB at most");
    assert!(peaks[0] > 0 && peaks[1] < peaks[0] + GROWTH, "{peaks:?} KiB");
}

/// Writes the same bytes as files, with both digests of each, and syncs them.
fn floor(bag: &Path, to: &Path) -> Duration {
    let files = tree(bag);
    fs::create_dir(to).unwrap();
    for folder in files.keys().filter_map(|name| Path::new(name).parent()) {
        fs::create_dir_all(to.join(folder)).unwrap();
    }
    let began = Instant::now();
    for (name, bytes) in &files {
        fs::File::create_new(to.join(name)).unwrap().write_all(bytes).unwrap();
        std::hint::black_box((Sha256::digest(bytes), Sha512::digest(bytes)));
    }
    rustix::fs::syncfs(fs::File::open(to).unwrap()).unwrap();
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "taken by cargo xtask bench"]
async fn package() {
    const CASES: u32 = 10_000;
    let office = Workspace::new(&["bo"]);
    office.policy(&json!({ "undo_s": 0 }));
    organisation(&office, None);
    office.quarantine.fill(CASES, CASES);
    let began = Instant::now();
    let (finds, bytes) = (&office.quarantine.finds, &office.quarantine.bytes);
    let (finds, bytes) = (finds.to_str().unwrap(), bytes.to_str().unwrap());
    office.ada(&["import", finds, "--bytes", bytes, "--compare-later"]).ends(0);
    confirm(&office.store).await;
    eprintln!("{CASES} cases imported and confirmed in {:.1?}", began.elapsed());
    let made = make(&office.store, &folder(&office, "out"));
    let bag = made.bag.to_str().unwrap();
    let began = Instant::now();
    casement_tests::casectl::run(&["verify", "--package", bag]).ends(0);
    let verified = began.elapsed();
    let floor = floor(&made.bag, &office.dir.path().join("floor"));
    let bytes: usize = tree(&made.bag).values().map(Vec::len).sum();
    eprintln!(
        "{} MiB in {:.1?}, {} MiB of memory at most, verified in {verified:.1?}",
        bytes >> 20,
        made.took,
        made.peak >> 10,
    );
    println!(
        "{}",
        json!({
            "what": format!("packaging of {CASES} cases, {} MiB of memory at most", made.peak >> 10),
            "ours_ms": made.took.as_secs_f64() * 1000.0, "floor_ms": floor.as_secs_f64() * 1000.0,
            "floor_name": "the same bytes as files with two digests, 1 thread", "goal": null,
        })
    );
}
