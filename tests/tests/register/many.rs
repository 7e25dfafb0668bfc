//! A hundred thousand confirmed cases in no report: a page and the counts read no more than they show.

use std::time::{Duration, Instant};

use casement_core::clock::Clock;
use casement_core::wire::{ObligationFilter, ObligationGroup};
use casement_core::{Console, register};
use casement_tests::casectl::PASSPHRASE;
use casement_tests::keys::store_key;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};

use super::{desk, office};

const CASES: u64 = 100_000;
const HOUR: i64 = 3_600_000;

/// The middle of eleven.
async fn middle(desk: &Console, filter: &ObligationFilter) -> Duration {
    let mut took = Vec::new();
    for _ in 0..11 {
        let began = Instant::now();
        register::board(desk, filter).await.unwrap();
        took.push(began.elapsed());
    }
    took.sort();
    took[5]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_hundred_thousand_costs_what_a_page_of_a_few_does() {
    let office = office(1);
    let now = Clock::system().now();
    let clock = Clock::standing(now);
    let small = desk(&office.store, "ada", &clock).await;
    let few = middle(&small, &ObligationFilter::default()).await;
    small.close().await;

    // The rows of as many cases, each known a second after the one before, the last of them now.
    let mut connection = SqliteConnectOptions::new()
        .filename(office.store.join("store.db"))
        .pragma("key", store_key(&office.store, "ada", PASSPHRASE))
        .foreign_keys(false)
        .connect()
        .await
        .unwrap();
    let fill = format!(
        "BEGIN;
         WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {CASES})
         INSERT INTO item (id, blake3, sha256, sha1, md5, size_bytes)
           SELECT i, randomblob(32), randomblob(32), randomblob(20), randomblob(16), 1 FROM n;
         INSERT INTO review_case (id, item_id, list_id, band, rank, algorithm, dataset, class, source_key, source_name, created_at)
           SELECT id, id, 1, 'exact', 0, 'sha256', 'd', 'B', 's', 's', 0 FROM item WHERE id > 1;
         UPDATE review_case SET state = 'confirmed', settles_at = 0, decided_by = 'R-01' WHERE id > 1;
         UPDATE review_case SET known_at = {now} - ({CASES} - id) * 1000 WHERE id > 1;
         COMMIT;"
    );
    connection.execute(sqlx::AssertSqlSafe(fill)).await.unwrap();
    connection.close().await.unwrap();

    let desk = desk(&office.store, "ada", &clock).await;
    let board = register::board(&desk, &ObligationFilter::default()).await.unwrap();
    // Due within 24 hours: known more than 86,400 seconds ago is past due.
    let past = CASES - 86_400;
    assert!(board.counts.past_due.abs_diff(past) <= 2, "{:?}", board.counts);
    let counts = &board.counts;
    assert_eq!(counts.past_due + counts.today + counts.within_14_days + counts.later, CASES);
    assert_eq!(board.rows.len(), 100);
    assert!(board.rows.iter().all(|row| row.group == ObligationGroup::PastDue));
    let deep = format!("open.{}.1.0", now - 10 * HOUR);
    let deep = ObligationFilter { after: Some(deep), ..ObligationFilter::default() };
    let page = register::board(&desk, &deep).await.unwrap();
    assert!(page.rows.iter().all(|row| row.group != ObligationGroup::PastDue));
    let (first, deep) =
        (middle(&desk, &ObligationFilter::default()).await, middle(&desk, &deep).await);
    println!("one case {few:?}; of {CASES}: first page {first:?}, deep page {deep:?}");
    // A scan of all would take hundreds of times as long; pages of a hundred rows and one of one differ by a few.
    let most = few * 25 + Duration::from_millis(40);
    assert!(first < most && deep < most, "{few:?} {first:?} {deep:?}");
    desk.close().await;
}
