//! Killed while a destruction is approved: it was ordered or it was not, and what was ordered is done when the workspace
//! is next opened. And rows changed by somebody with the key are noticed.

use casement_core::approval;
use casement_core::clock::Clock;
use casement_core::ledger::verify::verify;
use casement_core::register;
use casement_core::wire::{ProposalFilter, ProposalState};
use casement_tests::casectl::{PASSPHRASE, killed};
use casement_tests::keys::store_key;
use casement_tests::workspace::copy;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};

use super::{approve, desk, file, office, seal, sealed};

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_a_destruction_is_whole_or_was_never_ordered() {
    let office = office(4);
    seal(&office);
    approve(&office, "R-0001");
    file(&office, "R-0001", "<receipt/>");
    let verb = [
        "destroy",
        "propose",
        "--report",
        "R-0001",
        "--ground",
        "law-enforcement",
        "--reference",
        "W-1",
        "--asked-by",
        "police",
        "--reason",
        "asked",
    ];
    let proposal = office.run("kim", &verb).ends(0).object()["proposal"].to_string();
    let files: Vec<_> = (1..=4).map(|case| sealed(&office, case)).collect();
    let (mut done, mut never, mut between) = (0, 0, 0);
    for round in 0..16_u64 {
        let store = office.dir.path().join(format!("killed-{round}"));
        copy(&office.store, &store);
        killed(&store, "ada", &["approve", &proposal], round * 60);

        let here: Vec<_> = files
            .iter()
            .map(|file| store.join(file.strip_prefix(&office.store).unwrap()))
            .collect();
        let left = here.iter().filter(|file| file.is_file()).count();
        let kim = desk(&store, "kim", &Clock::system()).await;
        assert_eq!(verify(&kim).await.unwrap().findings, Vec::<String>::new());
        let filter = ProposalFilter { state: None, kind: None };
        let state = approval::list(&kim, &filter).await.unwrap()[0].state;
        let there = here.iter().filter(|file| file.is_file()).count();
        if state == ProposalState::Approved {
            assert_eq!(there, 0, "what was ordered is done");
            let made = register::certificate(&kim, "D-0001").await.unwrap();
            assert!(made.items.iter().all(|item| item.was_sealed));
            done += 1;
            between += usize::from(left > 0);
        } else {
            assert_eq!((left, there), (4, 4), "what was not ordered is untouched");
            never += 1;
        }
        kim.close().await;
    }
    println!("{done} were ordered ({between} of them not finished when killed), {never} were not");
    assert!(never > 0, "no kill came before the order");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_with_the_key_changes_is_refused_or_noticed() {
    let office = office(1);
    seal(&office);
    approve(&office, "R-0001");
    file(&office, "R-0001", "<receipt/>");
    office
        .run("kim", &["hold", "add", "--case", "1", "--reference", "S-1", "--asked-by", "court"])
        .ends(0);
    let mut connection = SqliteConnectOptions::new()
        .filename(office.store.join("store.db"))
        .pragma("key", store_key(&office.store, "ada", PASSPHRASE))
        .connect()
        .await
        .unwrap();
    for worse in [
        "UPDATE register SET preserve_until = preserve_until - 1",
        "UPDATE register SET state = 'sealed'",
        "UPDATE register SET filed_at = filed_at + 1",
        "UPDATE report_event SET account = 'C-01'",
        "DELETE FROM report_event",
        "UPDATE receipt SET number = '1'",
        "DELETE FROM hold",
        "UPDATE hold SET reference = 'x'",
        "INSERT INTO preservation (seq, report_id, until, account, at) VALUES (0, 1, 5, 'C-01', 0)",
        "INSERT INTO destroyed (item_id, case_id, destruction, was_sealed) VALUES (1, 1, 1, 1)",
        "INSERT OR REPLACE INTO receipt SELECT * FROM receipt",
    ] {
        assert!(connection.execute(worse).await.is_err(), "{worse}");
    }
    connection.execute("DROP TRIGGER hold_delete").await.unwrap();
    connection.execute("DELETE FROM hold").await.unwrap();
    connection.close().await.unwrap();
    let found = office.ada(&["verify"]).ends(1).object();
    assert!(found["findings"].to_string().contains("holds"), "{found}");
}
