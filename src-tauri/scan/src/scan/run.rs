//! The scan as a whole: who works on which shard, and one writer that tells them in order.
//!
//! It must never tell a shard twice, nor one before those ahead of it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use casement_core::airlock::Airlock;
use casement_core::clock::Clock;
use casement_core::intake::find::Utc;
use casement_core::{Error, Result};
use serde_json::json;

use super::journal::{Head, stamp};
use super::out::Out;
use super::quarantine::Quarantine;
use super::spool::Spool;
use super::tell::Teller;
use super::work::{Bench, Done};
use super::{Counts, NAME, Output, Scan, Summary, Trouble, Watch};
use crate::corpus::{Shard, shards};
use crate::matching::Matcher;

/// Problems of a whole scan that the summary tells one by one.
const TOLD: usize = 1_000;

/// Scans to the end of the corpus, or until it is stopped.
///
/// # Errors
/// What ends the whole scan: nothing to scan, an output that cannot be written, a decoder that cannot be confined. What is
/// told by then stays told.
pub fn run(scan: Scan, output: Output, watch: &Watch) -> Result<Summary> {
    let (shards, problems) = shards(&scan.roots);
    if shards.is_empty() {
        return Err(Error::usage(
            "SCAN-01",
            "There is nothing to scan: no folder, archive, WARC or parquet file was found at the place named.",
        ));
    }
    let config_sha256 = config(&scan);
    let head = Head::new(config_sha256.clone(), uuid::Uuid::now_v7().to_string());
    let (mut out, quarantine, folder) = Out::open(output, head.clone())?;
    let stamps: Vec<String> = shards.iter().map(stamp).collect::<std::io::Result<_>>()?;
    let mut totals = Counts::default();
    let mut troubles: Vec<Trouble> = problems.iter().map(Trouble::from).collect();
    totals.problems = troubles.len() as u64;
    let before = out.resume(&shards, &stamps)?;
    for told in before.values() {
        totals.add(&told.counts);
        troubles.extend(told.problems.iter().cloned());
    }
    watch.begin(&shards, &before, &totals);
    let run_id = out.run_id().unwrap_or(&head.run_id).to_owned();
    let teller = Teller {
        clock: Clock::system(),
        run_id: run_id.clone(),
        config_sha256: config_sha256.clone(),
        build_sha256: scan.build_sha256,
        dataset: scan.dataset,
    };
    let airlock = scan.airlock.map(Airlock::new);
    let todo: Vec<usize> = (0..shards.len()).filter(|at| !before.contains_key(at)).collect();
    let round = Round {
        shards: &shards,
        todo: &todo,
        matcher: &Matcher::new(scan.lists),
        quarantine: &quarantine,
        watch,
        teller: &teller,
        folder: &folder,
        airlock: airlock.as_ref(),
        ahead: scan.threads * 4 + 16,
        state: Mutex::default(),
        turned: Condvar::new(),
    };
    let mut finished = 0;
    round.go(scan.threads.max(1), |at, done, scanned_at| {
        finished += 1;
        let (Some(shard), Some(stamp)) = (shards.get(at), stamps.get(at)) else { return Ok(()) };
        let (counts, told) = out.tell(&teller, shard, stamp, done, &scanned_at, &quarantine)?;
        totals.add(&counts);
        troubles.extend(told);
        troubles.truncate(TOLD);
        Ok(())
    })?;
    out.finish()?;
    troubles.truncate(TOLD);
    Ok(Summary {
        run_id,
        config_sha256,
        stopped: finished < todo.len(),
        shards: shards.len() as u64,
        resumed: before.len() as u64,
        counts: totals,
        troubles,
    })
}

/// Everything that finds depend on beside the corpus.
fn config(scan: &Scan) -> String {
    let lists: Vec<_> = scan
        .lists
        .iter()
        .map(|list| {
            let about = &list.about;
            json!([
                about.provider,
                about.name,
                about.version,
                about.snapshot_sha256,
                about.entry_count,
                list.threshold,
            ])
        })
        .collect();
    let config = json!({ "scanner": NAME, "lists": lists, "dataset": scan.dataset });
    hex::encode(casement_core::hash::sha256(config.to_string().as_bytes()))
}

/// One scan's threads and what they share.
struct Round<'a> {
    shards: &'a [Shard],
    /// Numbers of the shards to be walked, in order.
    todo: &'a [usize],
    matcher: &'a Matcher,
    quarantine: &'a Quarantine,
    watch: &'a Watch,
    teller: &'a Teller,
    folder: &'a Path,
    airlock: Option<&'a Airlock>,
    /// How many shards may be done before the first that is not.
    ahead: usize,
    state: Mutex<State>,
    turned: Condvar,
}

#[derive(Default)]
struct State {
    /// How many of `todo` are taken, and how many told.
    taken: usize,
    told: usize,
    done: BTreeMap<usize, (Done, Utc)>,
    working: usize,
    failed: Option<Error>,
}

impl Round<'_> {
    /// Walks every shard and hands them to `tell` in their order.
    fn go(
        &self,
        threads: usize,
        mut tell: impl FnMut(usize, Done, Utc) -> Result<()>,
    ) -> Result<()> {
        let threads = threads.min(self.todo.len());
        self.lock().working = threads;
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let ended = catch_unwind(AssertUnwindSafe(|| self.work()));
                    let ended = ended.unwrap_or_else(|_| Err(broke_off()));
                    let mut state = self.lock();
                    state.working -= 1;
                    if let Err(error) = ended {
                        state.failed.get_or_insert(error);
                        self.watch.stop();
                    }
                    self.turned.notify_all();
                });
            }
            let told = self.tell_all(&mut tell);
            if told.is_err() {
                self.watch.stop();
                // Those that wait for their turn must hear of it.
                self.turned.notify_all();
            }
            told
        })?;
        self.lock().failed.take().map_or(Ok(()), Err)
    }

    fn tell_all(&self, tell: &mut impl FnMut(usize, Done, Utc) -> Result<()>) -> Result<()> {
        for (turn, at) in self.todo.iter().enumerate() {
            let mut state = self.lock();
            let (done, scanned_at) = loop {
                if let Some(done) = state.done.remove(&turn) {
                    break done;
                }
                if state.working == 0 {
                    return Ok(());
                }
                state = self.turned.wait(state).unwrap_or_else(PoisonError::into_inner);
            };
            drop(state);
            tell(*at, done, scanned_at)?;
            self.watch.shards.fetch_add(1, Ordering::Relaxed);
            self.lock().told = turn + 1;
            self.turned.notify_all();
        }
        Ok(())
    }

    /// One thread: shard after shard until there is none left.
    fn work(&self) -> Result<()> {
        let mut bench = Bench::new(self.matcher, self.quarantine, self.watch, self.airlock)?;
        while let Some(turn) = self.next() {
            let Some(shard) = self.todo.get(turn).and_then(|at| self.shards.get(*at)) else {
                break;
            };
            let scanned_at = self.teller.now()?;
            let spool = || Spool::new(self.folder.to_owned());
            // A reader of a hostile file may break off; that costs its shard and no other.
            let done = catch_unwind(AssertUnwindSafe(|| bench.shard(shard, spool())));
            let done = match done {
                Ok(done) => done?,
                Err(_) => {
                    self.watch.problems.fetch_add(1, Ordering::Relaxed);
                    Some(Done {
                        walked: None,
                        unread: true,
                        drafts: spool(),
                        counts: Counts { problems: 1, ..Counts::default() },
                        troubles: vec![Trouble {
                            code: "SCAN-09".to_owned(),
                            place: shard.uri.clone(),
                            message: "The reader broke off on this shard; nothing of it was told. Check where the \
                                      file came from."
                                .to_owned(),
                        }],
                    })
                }
            };
            let Some(done) = done else { break };
            self.lock().done.insert(turn, (done, scanned_at));
            self.turned.notify_all();
        }
        Ok(())
    }

    /// The next shard's turn, once it is not too far ahead of the writer.
    fn next(&self) -> Option<usize> {
        let mut state = self.lock();
        loop {
            if self.watch.stopped() || state.taken >= self.todo.len() {
                return None;
            }
            if state.taken < state.told + self.ahead {
                state.taken += 1;
                return Some(state.taken - 1);
            }
            state = self.turned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn broke_off() -> Error {
    Error::machine(
        "SCAN-09",
        "The scan broke off. Run it again; it goes on at the shard it had begun.",
    )
}
