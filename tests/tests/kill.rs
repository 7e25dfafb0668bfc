//! `kill -9` fifty times in the middle of an import and fifty times in the middle of decisions: the store opens, nothing
//! that was acknowledged is lost, nothing is half-done, and the work can be ended.
//!
//! Where it strikes is drawn from a fixed seed and reached by watching what the program does, not by waiting.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use casement_core::account::keyring::Passphrase;
use casement_core::ledger::verify::verify;
use casement_core::wire::{DecisionStatus, QueueFilter, QueueRow};
use casement_core::{Console, Opening, case, queue};
use casement_tests::casectl::{PASSPHRASE, at, command};
use casement_tests::workspace::{Workspace, copy};
use serde_json::Value;

const KILLS: usize = 50;

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

/// Lines a process has written so far.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Value>>>);

impl Heard {
    /// Reads to the end in the background, so that what was written before a kill is heard.
    fn listen(from: impl std::io::Read + Send + 'static) -> (Self, thread::JoinHandle<()>) {
        let heard = Self::default();
        let to = heard.clone();
        let listening = thread::spawn(move || {
            for line in BufReader::new(from).lines() {
                // A line that the kill cut short acknowledges nothing.
                if let Ok(value) = serde_json::from_str(&line.unwrap()) {
                    to.0.lock().unwrap().push(value);
                }
            }
        });
        (heard, listening)
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    fn all(&self) -> Vec<Value> {
        self.0.lock().unwrap().clone()
    }
}

/// How often the store's log has been seen to change.
struct Log<'a> {
    store: &'a Path,
    last: Option<(u64, std::time::SystemTime)>,
    changes: u64,
}

impl<'a> Log<'a> {
    fn of(store: &'a Path) -> Self {
        Self { store, last: None, changes: 0 }
    }

    fn look(&mut self) -> u64 {
        let now = fs::metadata(self.store.join("store.db-wal"))
            .ok()
            .map(|log| (log.len(), log.modified().unwrap()));
        self.changes += u64::from(now != self.last);
        self.last = now;
        self.changes
    }
}

/// Waits until `now` holds or the process has ended, then spins a little further and kills it. Whether it struck.
fn strike(child: &mut Child, dice: &mut Dice, mut now: impl FnMut() -> bool) -> bool {
    while !now() {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        thread::yield_now();
    }
    for _ in 0..dice.below(500) {
        thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap().signal() == Some(9)
}

async fn open(store: &Path, name: &str) -> Console {
    Console::unlock(store, name, &Passphrase::new(PASSPHRASE.to_owned()), Opening::default())
        .await
        .unwrap()
}

async fn rows(console: &Console, decided: bool) -> Vec<QueueRow> {
    let filter = QueueFilter { decided, ..QueueFilter::default() };
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = queue::page(console, &filter, after.as_deref(), queue::MAX_PAGE).await.unwrap();
        rows.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return rows;
        }
    }
}

/// The ledger, and the counts beside it, agree with what is there.
async fn sound(console: &Console) {
    let found = verify(console).await.unwrap();
    assert_eq!(found.findings, Vec::<String>::new());
    let open = queue::list(console).await.unwrap()[0].open;
    let there = rows(console, false).await.iter().filter(|row| row.draft.is_none()).count();
    assert_eq!(open, there as u64, "the queue's count and its rows");
}

/// Every item with how often it was seen; independent of the order of import.
async fn contents(console: &Console) -> Vec<(String, u32, String)> {
    let mut found = Vec::new();
    for row in rows(console, false).await {
        let shown = case::show(console, row.case).await.unwrap();
        found.push((
            shown.item.blake3,
            row.sightings,
            format!("{:?} {:?} {}", row.distance, row.class, row.list),
        ));
    }
    found.sort();
    found
}

fn sealed(store: &Path) -> (usize, usize) {
    let (mut whole, mut unfinished) = (0, 0);
    for entry in fs::read_dir(store.join("vault")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            whole += fs::read_dir(path).unwrap().count();
        } else {
            unfinished += 1;
        }
    }
    (whole, unfinished)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_survives_being_killed_fifty_times() {
    const FINDS: u32 = 240;
    const ITEMS: u32 = 80;
    let office = Workspace::new(&[]);
    office.quarantine.scatter(FINDS, ITEMS, 0);
    let untouched = office.dir.path().join("untouched");
    copy(&office.store, &untouched);
    office.import().ends(1);
    let console = open(&office.store, "ada").await;
    let expected = contents(&console).await;
    console.close().await;
    assert_eq!(expected.len(), ITEMS as usize);

    let mut dice = Dice(1);
    let (mut kills, mut wholes, mut round) = (0, 0, 0);
    let mut kept = 0;
    let store = office.dir.path().join("killed");
    copy(&untouched, &store);
    let (finds, bytes) =
        (office.quarantine.finds.to_str().unwrap(), office.quarantine.bytes.to_str().unwrap());
    while kills < KILLS {
        round += 1;
        assert!(round < 4 * KILLS, "{kills} kills in {round} rounds");
        let mut child = command(&at(&store, "ada", &["import", finds, "--bytes", bytes]))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (heard, listening) = Heard::listen(child.stderr.take().unwrap());
        let mut log = Log::of(&store);
        let struck = match dice.below(3) {
            // While the store is opened, the run is recorded, or the first batch is sealed.
            0 => {
                let changes = 1 + dice.below(3);
                strike(&mut child, &mut dice, || log.look() >= changes)
            }
            // While a batch is written.
            1 => {
                let changes = 3 + dice.below(30);
                strike(&mut child, &mut dice, || log.look() >= changes)
            }
            // After a batch was acknowledged.
            _ => {
                let batches = 1 + usize::try_from(dice.below(3)).unwrap();
                strike(&mut child, &mut dice, || heard.count() >= batches)
            }
        };
        listening.join().unwrap();
        kills += usize::from(struck);
        let acknowledged = heard
            .all()
            .iter()
            .filter_map(|line| line["newFinds"].as_u64())
            .max()
            .unwrap_or_default();

        let console = open(&store, "ada").await;
        sound(&console).await;
        let there: u64 =
            rows(&console, false).await.iter().map(|row| u64::from(row.sightings)).sum();
        assert!(
            there >= kept + acknowledged,
            "{there} finds are there, {kept} + {acknowledged} were acknowledged"
        );
        kept = there;
        if kept == u64::from(FINDS) {
            assert_eq!(contents(&console).await, expected);
            assert_eq!(sealed(&store).0, ITEMS as usize);
            wholes += 1;
        }
        console.close().await;
        if kept == u64::from(FINDS) {
            fs::remove_dir_all(&store).unwrap();
            copy(&untouched, &store);
            kept = 0;
        }
    }
    // The last one is left to end.
    let ended =
        casement_tests::casectl::run(&at(&store, "ada", &["import", finds, "--bytes", bytes]))
            .ends(1);
    assert_eq!(ended.object()["progress"]["state"], "done");
    let console = open(&store, "ada").await;
    sound(&console).await;
    assert_eq!(contents(&console).await, expected);
    console.close().await;
    assert_eq!(sealed(&store), (ITEMS as usize, 0), "what a kill left unfinished is gone");
    println!("{kills} kills in {round} rounds; {wholes} imports came to their end between them");
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_survive_being_killed_fifty_times() {
    const CASES: u32 = 300;
    let office = Workspace::filled(&["bo"], CASES, 3_600);
    let store = office.dir.path().join("killed");
    copy(&office.store, &store);
    let mut dice = Dice(2);
    let mut acknowledged: Vec<Value> = Vec::new();
    let (mut kills, mut rounds, mut acts, mut undone) = (0, 0, 0, 0);
    while kills < KILLS {
        rounds += 1;
        assert!(rounds < 2 * KILLS, "{kills} kills in {rounds} rounds");
        let mut child = Command::new(env!("CARGO_BIN_EXE_desk"))
            .args([store.to_str().unwrap(), "bo", "decide"])
            .env("CASEMENT_PASSPHRASE", PASSPHRASE)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (heard, listening) = Heard::listen(child.stdout.take().unwrap());
        let mut log = Log::of(&store);
        let (changes, told) = (dice.below(20), usize::try_from(dice.below(9)).unwrap());
        let struck =
            strike(&mut child, &mut dice, || heard.count() >= told && log.look() >= changes);
        listening.join().unwrap();
        kills += usize::from(struck);
        acts += heard.count();
        acknowledged.extend(heard.all());
        let console = open(&store, "ada").await;
        sound(&console).await;
        console.close().await;
        if !struck {
            // Nothing was left to decide.
            undone += agrees(&store, &acknowledged).await;
            acknowledged.clear();
            fs::remove_dir_all(&store).unwrap();
            copy(&office.store, &store);
        }
    }
    undone += agrees(&store, &acknowledged).await;
    assert!(acts > KILLS && undone > 0, "only {acts} acts, {undone} undone");
    println!("{kills} kills in {rounds} rounds, {acts} acts acknowledged, {undone} undone");
}

/// Every act that was acknowledged is there, and no case is half-decided. How many were undone.
async fn agrees(store: &Path, acknowledged: &[Value]) -> usize {
    let console = open(store, "bo").await;
    let mut undone = 0;
    for row in rows(&console, false).await {
        let shown = case::show(&console, row.case).await.unwrap();
        let of_case: Vec<&Value> =
            acknowledged.iter().filter(|act| act["case"] == row.case).collect();
        // In this order the ledger must hold what was acknowledged; more may have been done that
        // nobody heard of.
        let mut there =
            shown.decisions.iter().map(|decision| serde_json::to_value(decision.verdict).unwrap());
        for act in of_case.iter().filter(|act| act["decided"].is_string()) {
            assert!(there.any(|verdict| verdict == act["decided"]), "case {}: {act}", row.case);
        }
        let told = of_case.iter().filter(|act| act["undone"] == true).count();
        let withdrawn =
            shown.decisions.iter().filter(|d| d.status == DecisionStatus::Withdrawn).count();
        assert!(withdrawn >= told, "case {}", row.case);
        undone += told;
        // Never two that stand, and a draft exactly where one does.
        let standing = shown.decisions.len() - withdrawn;
        assert!(standing <= 1, "case {}", row.case);
        assert_eq!(standing == 1, shown.draft.is_some(), "case {}", row.case);
    }
    console.close().await;
    undone
}
