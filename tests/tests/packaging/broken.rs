//! A package that is broken off: by `kill -9`, by a full disk, by a case that changes, by the person who asked for it.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

use casement_core::package::{self, Order, Watch};
use casement_core::queue::claim;
use casement_core::wire::PackageStep;
use casement_core::{decision, policy};
use casement_tests::casectl::{CASECTL, PASSPHRASE, Said, at, command, run};
use casement_tests::workspace::copy;

use crate::office::{SOURCE, confirmed, folder, names, open, package, state, verdict};

const KILLS: u64 = 18;

/// SplitMix64: the same strikes in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// Kills once `now` holds, a little later; `false` where it ended by itself before.
fn strike(child: &mut Child, dice: &mut Dice, mut now: impl FnMut() -> bool) -> bool {
    while !now() {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        thread::yield_now();
    }
    for _ in 0..dice.below(400) {
        thread::yield_now();
    }
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

fn entries(dir: &Path) -> u64 {
    fs::read_dir(dir).map_or(0, |found| found.count() as u64)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_typesetter_nothing_is_begun() {
    let office = confirmed(2).await;
    let out = folder(&office, "out");
    let verb = ["package", "--source", SOURCE, "--out", out.to_str().unwrap()];
    let mut package = command(&at(&office.store, "bo", &verb));
    let said = Said::of(package.env("CASEMENT_PRINT", out.join("nowhere")).output().unwrap());
    assert_eq!(said.error(), "PDF-01");
    assert_eq!(said.err.lines().count(), 1, "it is told before any case is read: {}", said.err);
    assert_eq!(entries(&out), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn packaging_survives_being_killed() {
    const CASES: u32 = 40;
    let office = confirmed(CASES).await;
    let untouched = office.dir.path().join("untouched");
    copy(&office.store, &untouched);
    let mut dice = Dice(4);
    let (mut kills, mut known, mut rounds) = (0, 0, 0);
    let mut out = folder(&office, "out-0");
    while kills < KILLS {
        rounds += 1;
        assert!(rounds < 4 * KILLS, "{kills} kills in {rounds} rounds");
        let verb = ["package", "--source", SOURCE, "--out", out.to_str().unwrap()];
        let mut child = command(&at(&office.store, "bo", &verb))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let partial = out.join(".R-0001.unsealed.partial/data/files");
        let struck = match dice.below(3) {
            // While documents are written.
            0 => {
                let documents = dice.below(u64::from(CASES));
                strike(&mut child, &mut dice, || entries(&partial) > documents)
            }
            // After the bag is whole, before or while the ledger is told.
            1 => strike(&mut child, &mut dice, || out.join("R-0001.unsealed").exists()),
            // Once it has its name.
            _ => strike(&mut child, &mut dice, || out.join("R-0001").exists()),
        };
        kills += u64::from(struck);
        let named = out.join("R-0001").exists();
        let (ledger, reports) = state(&office);
        assert_eq!(ledger["findings"].as_array().unwrap().len(), 0);
        match reports.as_slice() {
            [] => assert!(!named, "a package of this name is in the ledger or not there"),
            [report] => {
                known += 1;
                // Listing puts in place what the kill left undone.
                assert_eq!(names(&out), ["R-0001"]);
                assert_eq!(report["files"], CASES);
                let bag = out.join("R-0001");
                let verified = office.ada(&["verify", "--package", bag.to_str().unwrap()]);
                assert_eq!(verified.ends(0).object()["findings"].as_array().unwrap().len(), 0);
                fs::remove_dir_all(&office.store).unwrap();
                copy(&untouched, &office.store);
                out = folder(&office, &format!("out-{rounds}"));
            }
            _ => panic!("one seal made several reports"),
        }
    }
    // What kills left does not stand in the way of the one that is let be.
    package(&office, &[], &out).ends(0);
    assert_eq!(names(&out), ["R-0001"], "nothing unfinished is left");
    assert!(known > 0, "no kill came after the ledger knew");
    println!("{kills} kills in {rounds} rounds, {known} of them after the ledger knew");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_nothing_is_lost() {
    let office = confirmed(200).await;
    let out = folder(&office, "out");
    let before = state(&office);
    // The largest file of the bag, its index, does not fit: every other write does.
    let verb = ["package", "--source", SOURCE, "--out", out.to_str().unwrap()];
    let full = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 100; exec \"$@\"", "sh", CASECTL.to_str().unwrap()])
        .args(at(&office.store, "bo", &verb))
        .env("CASEMENT_PASSPHRASE", PASSPHRASE)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Said::of(full).fails(4, "BAG-05");
    assert_eq!(names(&out), Vec::<String>::new());
    assert_eq!(state(&office), before);
    package(&office, &[], &out).ends(0);
    run(&["verify", "--package", out.join("R-0001").to_str().unwrap()]).ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_is_decided_again_meanwhile_is_not_sealed() {
    let office = confirmed(120).await;
    let out = folder(&office, "out");
    let watch = Arc::new(Watch::default());
    let desk = open(&office.store, "bo").await;
    let policy = policy::current(&desk).await.unwrap().version;
    let sealing = {
        let (watch, out) = (watch.clone(), out.clone());
        let ada = open(&office.store, "ada").await;
        tokio::spawn(async move {
            let sealed = package::seal_watched(&ada, &Order::of(SOURCE), &out, None, &watch).await;
            ada.close().await;
            sealed
        })
    };
    while watch.progress().is_none() {
        tokio::task::yield_now().await;
    }
    let case = 3;
    claim::claim(&desk, case).await.unwrap();
    decision::decide(&desk, &verdict(case, &policy)).await.unwrap();
    let refused = sealing.await.unwrap().err().unwrap();
    assert_eq!(refused.code, "PKG-07");
    assert!(refused.message.contains("000003"), "{}", refused.message);
    assert_eq!(names(&out), Vec::<String>::new());
    desk.close().await;
    package(&office, &[], &out).ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_package_is_made_at_a_time_and_can_be_stopped() {
    let office = confirmed(120).await;
    let out = folder(&office, "out");
    let desk = open(&office.store, "bo").await;
    let watch = Arc::new(Watch::default());
    let sealing = {
        let (watch, out) = (watch.clone(), out.clone());
        let ada = open(&office.store, "ada").await;
        tokio::spawn(async move {
            let sealed = package::seal_watched(&ada, &Order::of(SOURCE), &out, None, &watch).await;
            ada.close().await;
            sealed
        })
    };
    while watch.progress().is_none_or(|progress| progress.step == PackageStep::Reading) {
        assert!(!sealing.is_finished());
        tokio::task::yield_now().await;
    }
    let second = package::seal(&desk, SOURCE, &out, None).await;
    assert_eq!(second.err().unwrap().code, "PKG-09");
    watch.stop();
    assert_eq!(sealing.await.unwrap().err().unwrap().code, "PKG-08");
    assert_eq!(names(&out), Vec::<String>::new());
    package::seal(&desk, SOURCE, &out, None).await.unwrap();
    desk.close().await;
    assert_eq!(names(&out), ["R-0001"]);
    assert_eq!(state(&office).1.len(), 1);
}
