//! Statements written past the ledger: by somebody who holds the store's key and takes its triggers away.

use std::path::Path;

use casement_tests::casectl::{PASSPHRASE, at, run};
use casement_tests::keys::store_key;
use casement_tests::workspace::copy;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use super::{SOURCE, attest, confirm, must_fix, office};

async fn open(store: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(store.join("store.db"))
        .pragma("key", store_key(store, "ada", PASSPHRASE))
        .connect()
        .await
        .unwrap()
}

/// Takes every guard away, then does it.
async fn force(store: &Path, acts: &[String]) {
    let mut connection = open(store).await;
    let guards: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    for guard in guards {
        connection.execute(AssertSqlSafe(format!("DROP TRIGGER {guard}"))).await.unwrap();
    }
    for act in acts {
        let done = connection.execute(AssertSqlSafe(act.clone())).await.unwrap();
        assert!(done.rows_affected() > 0, "{act}");
    }
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_statement_never_reaches_a_report() {
    let office = office(3);
    for case in 1..=3 {
        confirm(&office, case);
    }
    attest(&office, 2, &[]);
    attest(&office, 3, &[]);
    office.run("bo", &["attest", "3", "--withdraw"]).ends(0);
    office.run("bo", &["annotate", "1", "--set", "viral"]).ends(0);
    assert!(must_fix(&office.store, SOURCE).is_empty());
    let mut connection = open(&office.store).await;
    let refused =
        connection.execute("UPDATE attestation SET exif = 1").await.unwrap_err().to_string();
    assert!(refused.contains("append-only"), "{refused}");
    let (seq, leaf, salt): (i64, Vec<u8>, Vec<u8>) = sqlx::query_as(
        "SELECT a.seq, l.leaf, a.salt FROM act a JOIN ledger_leaf l ON l.seq = a.seq
         WHERE a.kind = 'view.attested' AND a.case_id = 2",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();

    // A leaf made to fit another body: only the tree knows.
    let body =
        json!({ "entire": true, "exif": true, "statement": super::STATEMENT, "supersedes": null })
            .to_string();
    let mut made: Value = serde_json::from_slice(&leaf).unwrap();
    let commitment = Sha256::new().chain_update(&salt).chain_update(&body).finalize();
    made["body_sha256"] = json!(hex::encode(commitment));
    let made = hex::encode(made.to_string());

    let text = |act: &str| act.to_owned();
    let table: Vec<(&str, u32, Vec<String>)> = vec![
        (
            "a row without a leaf",
            1,
            vec![text(
                "INSERT INTO attestation (seq, case_id, account, exif, statement, at)
                 SELECT max(seq), 1, 'R-01', 0, 'x', 0 FROM act",
            )],
        ),
        (
            "the leaf of another case",
            1,
            vec![text("UPDATE attestation SET case_id = 1 WHERE case_id = 2")],
        ),
        (
            "the leaf of another case, its readable side moved too",
            1,
            vec![
                text("UPDATE attestation SET case_id = 1 WHERE case_id = 2"),
                text("UPDATE act SET case_id = 1 WHERE case_id = 2 AND kind = 'view.attested'"),
            ],
        ),
        (
            "a wrong body",
            2,
            vec![
                format!("UPDATE act SET body = '{}' WHERE seq = {seq}", body.replace('\'', "''")),
                text("UPDATE attestation SET exif = 1 WHERE case_id = 2"),
            ],
        ),
        (
            "a tampered salt",
            2,
            vec![format!("UPDATE act SET salt = randomblob(16) WHERE seq = {seq}")],
        ),
        (
            "a leaf made to fit",
            2,
            vec![
                format!("UPDATE act SET body = '{}' WHERE seq = {seq}", body.replace('\'', "''")),
                text("UPDATE attestation SET exif = 1 WHERE case_id = 2"),
                format!("UPDATE ledger_leaf SET leaf = x'{made}' WHERE seq = {seq}"),
            ],
        ),
        (
            "more than was attested",
            2,
            vec![text("UPDATE attestation SET exif = 1 WHERE case_id = 2")],
        ),
        ("a withdrawal taken away", 3, vec![text("DELETE FROM attestation_withdrawal")]),
        (
            "a withdrawal taken away, its readable side called otherwise",
            3,
            vec![
                text("DELETE FROM attestation_withdrawal"),
                text(
                    "UPDATE act SET kind = 'case.skipped' WHERE kind = 'view.attestation-withdrawn'",
                ),
            ],
        ),
        (
            "an annotation that nobody made",
            1,
            vec![text("UPDATE annotation SET yes = '[\"infant\"]'")],
        ),
    ];
    let out = office.dir.path().join("reports");
    std::fs::create_dir(&out).unwrap();
    for (number, (what, case, acts)) in table.iter().enumerate() {
        let store = office.dir.path().join(format!("forged-{number}"));
        copy(&office.store, &store);
        force(&store, acts).await;
        let found = must_fix(&store, SOURCE);
        assert!(found.contains(&("L-VIEW-02".to_owned(), json!(case))), "{what}: {found:?}");
        let verb = ["package", "--source", SOURCE, "--out", out.to_str().unwrap()];
        run(&at(&store, "ada", &verb)).fails(3, "PKG-01");
        assert_eq!(std::fs::read_dir(&out).unwrap().count(), 0, "{what}: nothing is sealed");
        run(&at(&store, "ada", &["verify"])).ends(1);
    }
}
