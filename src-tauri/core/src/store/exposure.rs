//! Rows of exposures.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// One exposure.
#[derive(FromRow)]
pub(crate) struct ExposureRow {
    pub(crate) id: String,
    pub(crate) case_id: i64,
    pub(crate) account: String,
    pub(crate) level: String,
    pub(crate) opened_at: Millis,
    pub(crate) opened_seq: i64,
    pub(crate) closed_seq: Option<i64>,
    pub(crate) ms: Option<i64>,
}

macro_rules! columns {
    () => {
        "SELECT id, case_id, account, level, opened_at, opened_seq, closed_seq, ms FROM exposure "
    };
}

pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    id: &str,
    case: i64,
    account: &str,
    level: &str,
    at: Millis,
    seq: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO exposure (id, case_id, account, level, opened_at, opened_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(id)
    .bind(case)
    .bind(account)
    .bind(level)
    .bind(at)
    .bind(seq)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn close(conn: &mut SqliteConnection, id: &str, seq: i64, ms: i64) -> Result<()> {
    sqlx::query(
        "UPDATE exposure SET closed_seq = ?2, ms = ?3 WHERE id = ?1 AND closed_seq IS NULL",
    )
    .bind(id)
    .bind(seq)
    .bind(ms)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn one(conn: &mut SqliteConnection, id: &str) -> Result<Option<ExposureRow>> {
    Ok(sqlx::query_as(concat!(columns!(), "WHERE id = ?1")).bind(id).fetch_optional(conn).await?)
}

/// Everything ever seen of a case, oldest first.
pub(crate) async fn of_case(conn: &mut SqliteConnection, case: i64) -> Result<Vec<ExposureRow>> {
    Ok(sqlx::query_as(concat!(columns!(), "WHERE case_id = ?1 ORDER BY opened_seq"))
        .bind(case)
        .fetch_all(conn)
        .await?)
}

/// Exposures nobody has closed.
pub(crate) async fn open(conn: &mut SqliteConnection) -> Result<Vec<ExposureRow>> {
    Ok(sqlx::query_as(concat!(columns!(), "WHERE closed_seq IS NULL ORDER BY opened_seq"))
        .fetch_all(conn)
        .await?)
}

/// Level and duration of an account's exposures since a time; open ones run until now.
pub(crate) async fn since(
    conn: &mut SqliteConnection,
    account: &str,
    since: Millis,
    now: Millis,
) -> Result<Vec<(String, i64)>> {
    Ok(sqlx::query_as(
        "SELECT level, coalesce(ms, ?3 - opened_at) FROM exposure WHERE account = ?1 AND opened_at >= ?2",
    )
    .bind(account)
    .bind(since)
    .bind(now)
    .fetch_all(conn)
    .await?)
}

/// BLAKE3 of the item a case is about.
pub(crate) async fn item_of(conn: &mut SqliteConnection, case: i64) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar(
        "SELECT i.blake3 FROM review_case c JOIN item i ON i.id = c.item_id WHERE c.id = ?1",
    )
    .bind(case)
    .fetch_optional(conn)
    .await?)
}
