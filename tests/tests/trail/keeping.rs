//! What was attached stays as it was attached, through a kill and against a hand in the store.

use std::path::Path;

use casement_tests::casectl::{PASSPHRASE, at, command, run};
use casement_tests::keys::store_key;
use casement_tests::workspace::{Workspace, copy};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use crate::{file, office};

async fn raw(store: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(store.join("store.db"))
        .pragma("key", store_key(store, "ada", PASSPHRASE))
        .connect()
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_are_append_only_and_a_change_behind_the_ledger_is_found() {
    let office = office(&[1], |_, find| find);
    office
        .ada(&["enrich", "--case", "1", "--source", "x", "--fact", "server_ip=192.0.2.7"])
        .ends(0);
    let mut connection = raw(&office.store).await;
    for sql in [
        "UPDATE fact SET value = '\"192.0.2.8\"'",
        "DELETE FROM fact",
        "REPLACE INTO fact SELECT * FROM fact",
        "UPDATE attempt SET outcome = 'refused'",
        "DELETE FROM attempt",
    ] {
        let refused = connection.execute(sql).await.unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
    for (spoil, said) in [
        (
            "DROP TRIGGER fact_update; UPDATE fact SET value = '\"192.0.2.8\"'",
            "not those it commits to",
        ),
        ("UPDATE trace SET class = 'A'", "does not follow"),
        ("UPDATE trace_count SET n = n + 1", "counts of gaps"),
    ] {
        let store = office.dir.path().join(said.replace(' ', "-"));
        connection.close().await.unwrap();
        copy(&office.store, &store);
        let mut spoilt = raw(&store).await;
        spoilt.execute(AssertSqlSafe(spoil)).await.unwrap();
        spoilt.close().await.unwrap();
        let found = run(&at(&store, "ada", &["verify"])).ends(1).object()["findings"].to_string();
        assert!(found.contains(said), "{found}");
        connection = raw(&office.store).await;
    }
    connection.close().await.unwrap();
}

/// Enough for three parts.
const MANY: u32 = 2_500;

#[test]
fn an_enrichment_that_is_killed_is_run_again_and_ends_the_same() {
    let office = Workspace::new(&[]);
    office.quarantine.fill(MANY, 10);
    office.import().ends(0);
    let rows: String = (0..MANY)
        .map(|n| format!("00000000-0000-4000-8000-{n:012x},https://gallery.example/p/{n}\n"))
        .collect();
    let answer = file(&office, "answer.csv", &format!("find_id,page_url\n{rows}"));
    let killed = office.dir.path().join("killed");
    copy(&office.store, &killed);
    let verb = ["enrich", answer.to_str().unwrap(), "--kind", "answer"];

    let mut child =
        command(&at(&killed, "ada", &verb)).stdout(std::process::Stdio::null()).spawn().unwrap();
    let parts =
        || run(&at(&killed, "ada", &["history", "--kind", "enrichment"])).ends(0).lines().len();
    while parts() == 0 && child.try_wait().unwrap().is_none() {}
    child.kill().unwrap();
    let ended = child.wait().unwrap();
    assert!(!ended.success(), "it was killed before its end");
    let kept = parts();
    assert!((1..3).contains(&kept), "{kept} parts were durable");
    assert_eq!(run(&at(&killed, "ada", &["verify"])).ends(0).object()["findings"], json!([]));

    let again = run(&at(&killed, "ada", &verb)).ends(0).object();
    let whole = office.ada(&verb).ends(0).object();
    let count = |told: &Value, what: &str| told["attempt"]["counts"][what].as_u64().unwrap();
    assert_eq!(count(&whole, "facts"), u64::from(MANY));
    assert_eq!(count(&again, "known"), kept as u64 * 1_000);
    assert_eq!(count(&again, "facts") + count(&again, "known"), u64::from(MANY));
    let view = |store: &Path| {
        let mut gaps = run(&at(store, "ada", &["gaps"])).ends(0).object();
        for group in gaps["groups"].as_array_mut().unwrap() {
            for row in group["rows"].as_array_mut().unwrap() {
                row["lastTried"] = Value::Null;
            }
        }
        gaps
    };
    assert_eq!(view(&killed), view(&office.store));
    assert!(!view(&killed).to_string().contains("page_url"));
    assert_eq!(run(&at(&killed, "ada", &["verify"])).ends(0).object()["findings"], json!([]));
}
