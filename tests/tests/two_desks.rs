//! Two reviewers at one workspace never hold the same case, whether by `casectl`, from two programs that hammer it, or
//! when a lease runs out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::path::Path;
use std::process::{Command, Stdio};

use casement_core::account::keyring::Passphrase;
use casement_core::clock::{Clock, parse};
use casement_core::queue::claim;
use casement_core::wire::QueueFilter;
use casement_core::{Console, Opening};
use casement_tests::casectl::{PASSPHRASE, lines};
use casement_tests::workspace::Workspace;
use serde_json::json;

const TURNS: usize = 60;

#[test]
fn two_programs_that_hammer_one_store_never_hold_the_same_case() {
    let office = Workspace::filled(&["bo", "cy"], 3, 0);
    let marks = office.dir.path().join("marks");
    std::fs::create_dir(&marks).unwrap();
    let desk = |name, other| {
        Command::new(env!("CARGO_BIN_EXE_desk"))
            .args([
                office.store.to_str().unwrap(),
                name,
                "hold",
                &TURNS.to_string(),
                marks.to_str().unwrap(),
                other,
            ])
            .env("CASEMENT_PASSPHRASE", PASSPHRASE)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    // Each desk marks what it holds with a file that may not be there already, and fails if it is.
    let mut told = 0;
    // Both are at work before either is waited for.
    let desks = [desk("bo", "cy"), desk("cy", "bo")];
    let ended = desks.map(|desk| desk.wait_with_output().unwrap());
    for ended in ended {
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        let took = lines(&String::from_utf8(ended.stdout).unwrap()).len();
        assert!(took >= TURNS, "{took} turns");
        told += took;
    }
    // The ledger tells the same story: no case is taken while it is taken.
    let mut acts = office.ada(&["history", "--kind", "claim", "--limit", "0"]).ends(0).lines();
    acts.reverse();
    let mut holder = std::collections::HashMap::new();
    let (mut taken, mut turns_of_the_other) = (0, 0);
    let mut last = String::new();
    for act in acts {
        let (case, by) = (act["case"].as_u64().unwrap(), act["by"].as_str().unwrap().to_owned());
        if act["kind"] == "claim.taken" {
            assert_eq!(
                holder.insert(case, by.clone()),
                None,
                "case {case} at leaf {}",
                act["leaf"]
            );
            taken += 1;
            turns_of_the_other += usize::from(by != last);
            last = by;
        } else {
            assert_eq!(holder.remove(&case), Some(by), "case {case} at leaf {}", act["leaf"]);
        }
    }
    assert_eq!(taken, told);
    assert!(turns_of_the_other > 2, "the desks did not work at the same time");
    assert_eq!(office.ada(&["verify"]).ends(0).object()["findings"], json!([]));
}

#[test]
fn a_claim_outlives_the_command_that_made_it() {
    let office = Workspace::filled(&["bo", "cy"], 2, 0);
    let first = office.run("bo", &["next"]).ends(0).object()["case"].clone();
    let second = office.run("cy", &["next"]).ends(0).object()["case"].clone();
    assert_ne!(first, second);
    let first = first.to_string();
    for verb in
        [&["claim", &first][..], &["view", &first, "--level", "mosaic", "--out", "never.png"]]
    {
        office.run("cy", verb).fails(3, "CLAIM-03");
    }
    office.run("cy", &["decide", &first, "not-a-match"]).fails(3, "CLAIM-03");
    let row = &office.run("cy", &["queue", "--search", &first]).ends(0).lines()[0];
    assert_eq!((&row["claim"]["by"], &row["claim"]["mine"]), (&json!("R-01"), &json!(false)));
    office.run("bo", &["release", &first]).ends(0);
    assert_eq!(office.run("cy", &["claim", &first]).ends(0).object()["claim"]["mine"], true);
    // Taking another gave the first back.
    assert_eq!(office.run("bo", &["next"]).ends(0).object()["case"], second);
}

async fn sit(store: &Path, name: &str, clock: &Clock) -> Console {
    let opening = Opening { clock: clock.clone(), ..Opening::default() };
    Console::unlock(store, name, &Passphrase::new(PASSPHRASE.to_owned()), opening).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_ran_out_can_be_taken_and_its_old_holder_is_refused() {
    let office = Workspace::filled(&["bo", "cy"], 1, 0);
    let clock = Clock::standing(parse("2126-01-01T00:00:00Z").unwrap());
    let (bo, cy) = (sit(&office.store, "bo", &clock).await, sit(&office.store, "cy", &clock).await);
    let all = QueueFilter::default();
    let case = claim::next(&bo, &all).await.unwrap().unwrap();
    let lease = i64::from(bo.session().await.unwrap().policy.lease_s) * 1000;

    clock.advance(lease - 1);
    assert_eq!(claim::next(&cy, &all).await.unwrap(), None, "the lease still runs");
    assert_eq!(claim::claim(&cy, case).await.unwrap_err().code, "CLAIM-03");
    claim::heartbeat(&bo, case).await.unwrap();
    clock.advance(lease - 1);
    assert_eq!(
        claim::claim(&cy, case).await.unwrap_err().code,
        "CLAIM-03",
        "the heartbeat prolonged it"
    );

    clock.advance(2);
    assert_eq!(claim::next(&cy, &all).await.unwrap(), Some(case));
    for refused in [
        claim::heartbeat(&bo, case).await.map(drop),
        claim::release(&bo, case).await,
        claim::skip(&bo, case, "late").await,
    ] {
        assert_eq!(refused.unwrap_err().code, "CLAIM-03");
    }
    bo.close().await;
    cy.close().await;
}
