//! The machine's clock may jump back; time in the ledger does not, and says that it noticed.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use casement_core::account::keyring::Passphrase;
use casement_core::clock::{Clock, DAY, parse};
use casement_core::wire::{HistoryFilter, Role};
use casement_core::{Console, Opening, ledger};

#[tokio::test]
async fn a_clock_that_jumped_back_cannot_make_history_run_backwards() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let phrase = || Passphrase::new("a passphrase of some length".to_owned());
    // A workspace last used when the machine's clock stood a day ahead of where it stands now.
    let tomorrow = Clock::standing(Clock::system().now() + DAY);
    let opening = Opening { clock: tomorrow.clone(), ..Opening::default() };
    let before = Console::init(&store, "ada", &phrase(), Role::Supervisor, opening).await.unwrap();
    before.lock().await.unwrap();

    let after = Console::unlock(&store, "ada", &phrase(), Opening::default()).await.unwrap();
    assert_eq!(after.clock().now(), tomorrow.now(), "the last time seen stands");
    let acts = ledger::history::page(&after, &HistoryFilter::default(), 50).await.unwrap().acts;
    assert_eq!(acts[0].kind, "clock.behind");
    let times: Vec<_> = acts.iter().map(|act| parse(&act.at).unwrap()).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older));
    assert_eq!(ledger::verify::verify(&after).await.unwrap().findings, Vec::<String>::new());
    after.lock().await.unwrap();
}

#[tokio::test]
async fn two_programs_with_different_clocks_write_one_history() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let own = || Passphrase::new("a passphrase of some length".to_owned());
    let (early, late) = (Clock::standing(1_800_000_000_000), Clock::standing(1_800_000_060_000));
    let with = |clock: &Clock| Opening { clock: clock.clone(), ..Opening::default() };
    Console::init(&store, "ada", &own(), Role::Supervisor, with(&early))
        .await
        .unwrap()
        .lock()
        .await
        .unwrap();
    let slow = Console::unlock(&store, "ada", &own(), with(&early)).await.unwrap();
    let fast = Console::unlock(&store, "ada", &own(), with(&late)).await.unwrap();
    let add = |name: &'static str| (name, Passphrase::new(format!("a passphrase of {name}")));
    for (desk, (name, phrase)) in [(&fast, add("bo")), (&slow, add("eve")), (&fast, add("kim"))] {
        desk.add_account(name, &phrase, Role::Reviewer, &own()).await.unwrap();
    }
    let acts = ledger::history::page(&fast, &HistoryFilter::default(), 50).await.unwrap().acts;
    let times: Vec<_> = acts.iter().map(|act| parse(&act.at).unwrap()).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older), "{times:?}");
    assert_eq!(times[0], late.now());
    slow.close().await;
    fast.close().await;
}
