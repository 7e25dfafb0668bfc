//! Holds and destruction: the file, the ledger, the certificate, and what a crash in between leaves.

use std::fs::{self, File};

use casement_core::clock::{Clock, DAY};
use casement_core::wire::{DestroyRequest, DestructionGround, DestructionState, HoldRequest};
use casement_core::{approval, register};
use serde_json::{Value, json};

use super::{approve, desk, file, office, seal, sealed, show, sound};

const YEAR: i64 = 367 * DAY;

fn request(report: &str) -> DestroyRequest {
    DestroyRequest {
        report: Some(report.to_owned()),
        case: None,
        ground: DestructionGround::PreservationEnded,
        reference: String::new(),
        asked_by: String::new(),
        reason: "the year is over".to_owned(),
    }
}

#[test]
fn law_enforcement_may_ask_and_holds_come_first() {
    let office = office(2);
    seal(&office);
    let asked =
        ["--ground", "law-enforcement", "--reference", "W-12", "--asked-by", "County police"];
    let verb = [&["destroy", "propose", "--case", "1", "--reason", "asked"][..], &asked].concat();
    office.run("kim", &verb).fails(3, "DESTROY-02");
    approve(&office, "R-0001");
    file(&office, "R-0001", "<receipt/>");
    let ended = ["destroy", "propose", "--report", "R-0001", "--reason", "early"];
    office.run("kim", &ended).fails(3, "DESTROY-04");
    office.run("bo", &verb).fails(3, "ROLE-01");

    let hold = ["hold", "add", "--report", "R-0001", "--reference", "S-9", "--asked-by", "court"];
    assert_eq!(office.run("kim", &hold).ends(0).object()["hold"], "H-001");
    office.run("kim", &verb).fails(3, "DESTROY-03");
    let lift = office.run("kim", &["hold", "lift", "H-001", "--reason", "over"]).ends(0).object();
    let lift = lift["proposal"].to_string();
    office.run("kim", &["approve", &lift]).fails(3, "APPROVE-02");
    office.run("kim", &verb).fails(3, "DESTROY-03");
    office.ada(&["approve", &lift]).ends(0);
    office.run("kim", &["hold", "lift", "H-001", "--reason", "over"]).fails(3, "HOLD-03");

    // A hold that comes between proposal and approval stands.
    let proposed = office.run("kim", &verb).ends(0).object()["proposal"].to_string();
    let hold = ["hold", "add", "--case", "1", "--reference", "S-10", "--asked-by", "court"];
    office.ada(&hold).ends(0);
    office.ada(&["approve", &proposed]).fails(3, "DESTROY-03");
    let lift = office.ada(&["hold", "lift", "H-002", "--reason", "over"]).ends(0).object();
    office.run("kim", &["approve", &lift["proposal"].to_string()]).ends(0);
    let (first, second) = (sealed(&office, 1), sealed(&office, 2));
    assert!(first.is_file());
    let before = office.ada(&["show", "1"]).ends(0).object();
    office.ada(&["approve", &proposed]).ends(0);
    assert!(!first.exists() && second.is_file(), "the one named is gone, and no other");

    let made = office.run("kim", &["destroy", "certificate", "D-0001"]).ends(0).object();
    assert_eq!((&made["proposedBy"], &made["approvedBy"]), (&json!("C-01"), &json!("S-01")));
    assert_eq!((&made["reference"], &made["number"]), (&json!("W-12"), &json!("4711")));
    assert_eq!(made["items"][0]["sha256"], before["item"]["sha256"]);
    let text = made["text"].as_str().unwrap();
    for said in ["W-12", "County police", "Solid-state", "Backups", "leaf", "C-01", "S-01"] {
        assert!(text.contains(said), "{said}");
    }
    office.run("bo", &["destroy", "certificate", "D-0001"]).fails(3, "ROLE-01");
    office.run("kim", &verb).fails(3, "DESTROY-06");

    // Who is told of the report later is told that too, and that it was filed; nothing is promised.
    let nca = office.dir.path().join("nca");
    let exit = ["report", "exit", "R-0001", "--to", "nca", "--priority", "1", "--out"];
    office.run("kim", &[&exit[..], &[nca.to_str().unwrap()]].concat()).ends(0);
    let told = fs::read_to_string(nca.join("report.txt")).unwrap().replace("\n ", "");
    let told: String = told.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "1 of 2 original files were destroyed here (D-0001). The others are kept sealed until",
        "CyberTipline. Filed as 4711 on",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    let to = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    let originals = ["originals", "R-0001", "--to", to, "--reason", "asked"];
    office.run("kim", &originals).fails(3, "ORIGINALS-03");

    // Digests and history stay; a view says why there is none; completeness says that no material is held.
    let after = office.ada(&["show", "1"]).ends(0).object();
    assert_eq!((&after["item"], &after["decisions"]), (&before["item"], &before["decisions"]));
    let vector = &after["sightings"][0]["completeness"]["vector"];
    assert_eq!((&vector["m"], &vector["p"]), (&json!(0), &json!(0)));
    let shown = office.run("bo", &["show", "1"]).ends(0).object();
    let mosaic = &shown["view"]["levels"][1]["refused"]["code"];
    assert_eq!(mosaic, "VIEW-09");

    // The same bytes, found again: the sighting is taken in, the bytes are not, and it is said.
    let bytes = fs::read(office.quarantine.bytes.join("q-000000")).unwrap();
    let again = casement_tests::finds::find(77, 0, &bytes);
    office.quarantine.write(&[again]);
    office.import().ends(0);
    assert!(!first.exists());
    let acts = office.ada(&["history", "--kind", "find.imported", "--limit", "1"]).ends(0).lines();
    let body: Value = serde_json::from_str(acts[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!((&body["finds"], &body["not_kept"]), (&json!(1), &json!(1)));
    sound(&office);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_ordered_is_finished_later_and_certified_only_then() {
    let office = office(2);
    seal(&office);
    approve(&office, "R-0001");
    file(&office, "R-0001", "<receipt/>");
    let files = [sealed(&office, 1), sealed(&office, 2)];
    let clock = Clock::standing(Clock::system().now() + YEAR);
    let kim = desk(&office.store, "kim", &clock).await;
    let ada = desk(&office.store, "ada", &clock).await;
    let proposed = register::propose_destruction(&kim, &request("R-0001")).await.unwrap();

    // An import holds the vault: the order stands in the ledger, and no file is touched.
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(office.store.join("import.lock"))
        .unwrap();
    lock.try_lock().unwrap();
    approval::approve(&ada, proposed.proposal).await.unwrap();
    let found = register::show(&ada, "R-0001").await.unwrap();
    assert_eq!(found.destructions[0].state, DestructionState::Ordered);
    assert!(files.iter().all(|file| file.is_file()));
    let refused = register::certificate(&kim, "D-0001").await.unwrap_err();
    assert_eq!(refused.code, "DESTROY-09");
    kim.close().await;
    ada.close().await;
    // As after a kill: one file is gone already, the ledger does not know.
    fs::remove_file(&files[0]).unwrap();
    drop(lock);

    let again = desk(&office.store, "kim", &clock).await;
    assert!(files.iter().all(|file| !file.exists()), "finished when it was opened");
    let made = register::certificate(&again, "D-0001").await.unwrap();
    assert_eq!(made.items.len(), 2);
    assert!(made.items.iter().all(|item| item.was_sealed));
    assert!(made.done_leaf > made.ordered_leaf && made.ordered_leaf > made.approved_leaf);
    // A backup that was put back takes the certificate's ground away.
    fs::write(&files[1], b"put back").unwrap();
    let refused = register::certificate(&again, "D-0001").await.unwrap_err();
    assert_eq!(refused.code, "DESTROY-10");
    fs::remove_file(&files[1]).unwrap();
    let board = register::counts(&again).await.unwrap();
    assert_eq!(board.preservation, 0, "nothing is left to keep");
    again.close().await;
    sound(&office);
    assert_eq!(show(&office, "R-0001")["row"]["destroyed"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_comes_before_the_files_are_gone_keeps_them() {
    let office = office(2);
    seal(&office);
    approve(&office, "R-0001");
    file(&office, "R-0001", "<receipt/>");
    let files = [sealed(&office, 1), sealed(&office, 2)];
    let clock = Clock::standing(Clock::system().now() + YEAR);
    let kim = desk(&office.store, "kim", &clock).await;
    let ada = desk(&office.store, "ada", &clock).await;
    let proposed = register::propose_destruction(&kim, &request("R-0001")).await.unwrap();
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(office.store.join("import.lock"))
        .unwrap();
    lock.try_lock().unwrap();
    approval::approve(&ada, proposed.proposal).await.unwrap();
    let hold = HoldRequest {
        report: None,
        case: Some(2),
        reference: "S-11".to_owned(),
        asked_by: "court".to_owned(),
    };
    let hold = register::add_hold(&kim, &hold).await.unwrap().hold;
    drop(lock);
    ada.close().await;

    let ada = desk(&office.store, "ada", &clock).await;
    assert!(files.iter().all(|file| file.is_file()), "held, though it was ordered before");
    let refused = register::certificate(&kim, "D-0001").await.unwrap_err();
    assert_eq!(refused.code, "DESTROY-09");
    assert!(refused.to_string().contains(&hold), "{refused}");
    let lift = register::propose_lift(&kim, &hold, "over").await.unwrap();
    approval::approve(&ada, lift.proposal).await.unwrap();
    assert!(files.iter().all(|file| !file.exists()), "done once nothing holds it");
    assert_eq!(register::certificate(&kim, "D-0001").await.unwrap().items.len(), 2);
    kim.close().await;
    ada.close().await;
    sound(&office);
}
