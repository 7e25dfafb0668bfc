//! Rows of queues and leases. Every page is read along an index, whatever the depth.

use std::ops::RangeInclusive;

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// A case as a queue shows it.
#[derive(FromRow)]
pub(crate) struct CaseRow {
    pub(crate) id: i64,
    pub(crate) list: String,
    pub(crate) band: String,
    pub(crate) rank: i64,
    pub(crate) algorithm: String,
    pub(crate) distance: Option<i64>,
    pub(crate) threshold: Option<i64>,
    pub(crate) quality: Option<i64>,
    pub(crate) entry: Option<String>,
    pub(crate) dataset: String,
    pub(crate) class: String,
    pub(crate) sightings: i64,
    pub(crate) created_at: Millis,
    pub(crate) state: String,
    pub(crate) settles_at: Option<Millis>,
    pub(crate) decided_by: Option<String>,
    pub(crate) decision_seq: Option<i64>,
    /// The flood card that keeps it out of the queues.
    pub(crate) held_by: Option<i64>,
    pub(crate) holder: Option<String>,
    pub(crate) lease_ends: Option<Millis>,
    pub(crate) skipped: bool,
}

/// Where a page begins, exclusive: the key of the last row before it.
#[derive(Clone, Copy)]
pub(crate) struct After {
    pub(crate) rank: i64,
    pub(crate) created_at: Millis,
    pub(crate) id: i64,
}

/// What a page is narrowed to.
pub(crate) struct Narrow<'a> {
    pub(crate) list: Option<i64>,
    pub(crate) band: Option<&'a str>,
    /// Ranks outside of which the band has no case: what keeps a band's page on its own stretch of the index.
    pub(crate) ranks: RangeInclusive<i64>,
    pub(crate) class: Option<&'a str>,
}

macro_rules! columns {
    () => {
        "SELECT c.id, l.name AS list, c.band, c.rank, c.algorithm, c.distance, c.threshold, c.quality, c.entry, c.dataset,
                c.class, c.sightings, c.created_at, c.state, c.settles_at, c.decided_by, c.decision_seq, c.held_by,
                e.account AS holder, e.expires_at AS lease_ends,
                EXISTS (SELECT 1 FROM skip s WHERE s.case_id = c.id AND s.account = ?1) AS skipped "
    };
}
macro_rules! joins {
    () => {
        " JOIN list l ON l.id = c.list_id LEFT JOIN lease e ON e.case_id = c.id AND e.expires_at > ?2 "
    };
}
macro_rules! narrowed {
    () => {
        " AND (?3 IS NULL OR c.list_id = ?3) AND (?4 IS NULL OR c.band = ?4) AND (?5 IS NULL OR c.class = ?5) "
    };
}

const URGENT: &str = concat!(
    columns!(),
    "FROM review_case c INDEXED BY case_open_urgent",
    joins!(),
    "WHERE c.state = 'suspected' AND c.held_by IS NULL AND (c.rank, c.created_at, c.id) > (?6, ?7, ?8) AND c.rank <= ?10",
    narrowed!(),
    "ORDER BY c.rank, c.created_at, c.id LIMIT ?9"
);
const OLDEST: &str = concat!(
    columns!(),
    "FROM review_case c INDEXED BY case_open_oldest",
    joins!(),
    "WHERE c.state = 'suspected' AND c.held_by IS NULL AND ?6 IS NOT NULL AND (c.created_at, c.id) > (?7, ?8)",
    narrowed!(),
    "ORDER BY c.created_at, c.id LIMIT ?9"
);
const LIST_URGENT: &str = concat!(
    columns!(),
    "FROM review_case c INDEXED BY case_open_list_urgent",
    joins!(),
    "WHERE c.state = 'suspected' AND c.held_by IS NULL AND c.list_id = ?3 AND (c.rank, c.created_at, c.id) > (?6, ?7, ?8) AND c.rank <= ?10",
    narrowed!(),
    "ORDER BY c.rank, c.created_at, c.id LIMIT ?9"
);
const LIST_OLDEST: &str = concat!(
    columns!(),
    "FROM review_case c INDEXED BY case_open_list_oldest",
    joins!(),
    "WHERE c.state = 'suspected' AND c.held_by IS NULL AND c.list_id = ?3 AND ?6 IS NOT NULL AND (c.created_at, c.id) > (?7, ?8)",
    narrowed!(),
    "ORDER BY c.created_at, c.id LIMIT ?9"
);

/// Open cases after a key, most urgent or oldest first.
pub(crate) async fn open(
    conn: &mut SqliteConnection,
    account: &str,
    now: Millis,
    narrow: &Narrow<'_>,
    oldest: bool,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<CaseRow>> {
    let start = if oldest { 0 } else { *narrow.ranks.start() };
    let after = after.unwrap_or(After { rank: start, created_at: Millis::MIN, id: 0 });
    let sql = match (narrow.list.is_some(), oldest) {
        (false, false) => URGENT,
        (false, true) => OLDEST,
        (true, false) => LIST_URGENT,
        (true, true) => LIST_OLDEST,
    };
    let page = sqlx::query_as(sql)
        .bind(account)
        .bind(now)
        .bind(narrow.list)
        .bind(narrow.band)
        .bind(narrow.class)
        .bind(after.rank)
        .bind(after.created_at)
        .bind(after.id)
        .bind(limit);
    let page = if oldest { page } else { page.bind(*narrow.ranks.end()) };
    Ok(page.fetch_all(conn).await?)
}

/// The first open case that `account` may claim now: not leased to another, not put aside by this account.
pub(crate) async fn next(
    conn: &mut SqliteConnection,
    account: &str,
    now: Millis,
    narrow: &Narrow<'_>,
    oldest: bool,
) -> Result<Option<i64>> {
    let mut after = None;
    loop {
        let page = open(conn, account, now, narrow, oldest, after, 50).await?;
        let free = page.iter().find(|row| {
            !row.skipped && row.holder.as_deref().is_none_or(|holder| holder == account)
        });
        if let Some(row) = free {
            return Ok(Some(row.id));
        }
        let Some(last) = page.last() else { return Ok(None) };
        after = Some(After { rank: last.rank, created_at: last.created_at, id: last.id });
    }
}

const DECIDED: &str = concat!(
    columns!(),
    "FROM review_case c",
    joins!(),
    "WHERE c.decision_seq IS NOT NULL AND c.state <> 'suspected' AND c.decision_seq < ?6",
    narrowed!(),
    "ORDER BY c.decision_seq DESC LIMIT ?7"
);

/// Decided cases before a decision's leaf, newest first.
pub(crate) async fn decided(
    conn: &mut SqliteConnection,
    account: &str,
    now: Millis,
    narrow: &Narrow<'_>,
    before: i64,
    limit: i64,
) -> Result<Vec<CaseRow>> {
    Ok(sqlx::query_as(DECIDED)
        .bind(account)
        .bind(now)
        .bind(narrow.list)
        .bind(narrow.band)
        .bind(narrow.class)
        .bind(before)
        .bind(limit)
        .fetch_all(conn)
        .await?)
}

const DRAFTS: &str = concat!(
    columns!(),
    "FROM review_case c",
    joins!(),
    "WHERE c.decision_seq IN (SELECT seq FROM decision WHERE account = ?1 AND settles_at > ?2 AND seq > ?6)
     AND c.state <> 'suspected' AND c.settles_at > ?2",
    narrowed!(),
    "ORDER BY c.rank, c.created_at, c.id LIMIT 50"
);

/// This account's decisions that can still be undone. Only the ledger's end can hold such.
pub(crate) async fn drafts(
    conn: &mut SqliteConnection,
    account: &str,
    now: Millis,
    narrow: &Narrow<'_>,
) -> Result<Vec<CaseRow>> {
    let newest: i64 = sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM decision")
        .fetch_one(&mut *conn)
        .await?;
    Ok(sqlx::query_as(DRAFTS)
        .bind(account)
        .bind(now)
        .bind(narrow.list)
        .bind(narrow.band)
        .bind(narrow.class)
        .bind(newest - 5_000)
        .fetch_all(conn)
        .await?)
}

const ONE: &str = concat!(columns!(), "FROM review_case c", joins!(), "WHERE c.id = ?3");

/// One case.
pub(crate) async fn one(
    conn: &mut SqliteConnection,
    account: &str,
    now: Millis,
    case: i64,
) -> Result<Option<CaseRow>> {
    Ok(sqlx::query_as(ONE).bind(account).bind(now).bind(case).fetch_optional(conn).await?)
}

/// Cases whose item's SHA-256 or BLAKE3 lies between two bounds.
pub(crate) async fn by_digest(
    conn: &mut SqliteConnection,
    low: &[u8],
    high: &[u8],
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT c.id FROM review_case c WHERE c.item_id IN
           (SELECT id FROM item WHERE sha256 BETWEEN ?1 AND ?2 UNION SELECT id FROM item WHERE blake3 BETWEEN ?1 AND ?2)
         ORDER BY c.id LIMIT 50",
    )
    .bind(low)
    .bind(high)
    .fetch_all(conn)
    .await?)
}

/// Open cases by list and band.
pub(crate) async fn counts(conn: &mut SqliteConnection) -> Result<Vec<(String, String, i64)>> {
    Ok(sqlx::query_as(
        "SELECT l.name, o.band, o.n FROM open_count o JOIN list l ON l.id = o.list_id
         ORDER BY l.name, CASE o.band WHEN 'exact' THEN 0 WHEN 'near' THEN 1 ELSE 2 END",
    )
    .fetch_all(conn)
    .await?)
}

pub(crate) async fn list_id(conn: &mut SqliteConnection, name: &str) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar("SELECT id FROM list WHERE name = ?1 ORDER BY id LIMIT 1")
        .bind(name)
        .fetch_optional(conn)
        .await?)
}

/// A lease as it stands.
#[derive(FromRow)]
pub(crate) struct LeaseRow {
    pub(crate) case_id: i64,
    pub(crate) account: String,
    pub(crate) expires_at: Millis,
}

pub(crate) async fn lease(
    conn: &mut SqliteConnection,
    case: i64,
    now: Millis,
) -> Result<Option<LeaseRow>> {
    Ok(sqlx::query_as(
        "SELECT case_id, account, expires_at FROM lease WHERE case_id = ?1 AND expires_at > ?2",
    )
    .bind(case)
    .bind(now)
    .fetch_optional(conn)
    .await?)
}

/// The case an account holds, if its lease still runs.
pub(crate) async fn held_by(
    conn: &mut SqliteConnection,
    account: &str,
    now: Millis,
) -> Result<Option<LeaseRow>> {
    Ok(sqlx::query_as(
        "SELECT case_id, account, expires_at FROM lease WHERE account = ?1 AND expires_at > ?2",
    )
    .bind(account)
    .bind(now)
    .fetch_optional(conn)
    .await?)
}

/// Gives the case to `account`. Any lease that has run out on it, and any other case of this account, is dropped.
pub(crate) async fn put_lease(
    conn: &mut SqliteConnection,
    case: i64,
    account: &str,
    now: Millis,
    expires_at: Millis,
) -> Result<()> {
    sqlx::query("DELETE FROM lease WHERE account = ?1 OR (case_id = ?2 AND expires_at <= ?3)")
        .bind(account)
        .bind(case)
        .bind(now)
        .execute(&mut *conn)
        .await?;
    sqlx::query("INSERT INTO lease (case_id, account, since, expires_at) VALUES (?1, ?2, ?3, ?4)")
        .bind(case)
        .bind(account)
        .bind(now)
        .bind(expires_at)
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn extend_lease(
    conn: &mut SqliteConnection,
    case: i64,
    expires_at: Millis,
) -> Result<()> {
    sqlx::query("UPDATE lease SET expires_at = ?2 WHERE case_id = ?1")
        .bind(case)
        .bind(expires_at)
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn drop_lease(conn: &mut SqliteConnection, case: i64) -> Result<()> {
    sqlx::query("DELETE FROM lease WHERE case_id = ?1").bind(case).execute(conn).await?;
    Ok(())
}

pub(crate) async fn put_skip(
    conn: &mut SqliteConnection,
    case: i64,
    account: &str,
    seq: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO skip (case_id, account, seq) VALUES (?1, ?2, ?3)
         ON CONFLICT (case_id, account) DO UPDATE SET seq = excluded.seq",
    )
    .bind(case)
    .bind(account)
    .bind(seq)
    .execute(conn)
    .await?;
    Ok(())
}
