//! Rows of one case: its item, its sightings, its place in a source.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// The item of a case.
#[derive(FromRow)]
pub(crate) struct ItemRow {
    pub(crate) blake3: Vec<u8>,
    pub(crate) sha256: Vec<u8>,
    pub(crate) sha1: Vec<u8>,
    pub(crate) md5: Vec<u8>,
    pub(crate) size_bytes: i64,
}

/// One sighting: the find's line, verbatim.
#[derive(FromRow)]
pub(crate) struct SightingRow {
    pub(crate) id: i64,
    /// The import that brought it.
    pub(crate) run: String,
    pub(crate) imported_at: Millis,
    pub(crate) record: String,
}

pub(crate) async fn item(conn: &mut SqliteConnection, case: i64) -> Result<Option<ItemRow>> {
    Ok(sqlx::query_as(
        "SELECT i.blake3, i.sha256, i.sha1, i.md5, i.size_bytes
         FROM review_case c JOIN item i ON i.id = c.item_id WHERE c.id = ?1",
    )
    .bind(case)
    .fetch_optional(conn)
    .await?)
}

/// At most `limit` sightings, oldest first.
pub(crate) async fn sightings(
    conn: &mut SqliteConnection,
    case: i64,
    limit: i64,
) -> Result<Vec<SightingRow>> {
    Ok(sqlx::query_as(
        "SELECT id, run, imported_at, record FROM sighting WHERE case_id = ?1 ORDER BY id LIMIT ?2",
    )
    .bind(case)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// The package a case went into.
pub(crate) async fn report_of(conn: &mut SqliteConnection, case: i64) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT report_id FROM review_case WHERE id = ?1 AND report_id IS NOT NULL",
    )
    .bind(case)
    .fetch_optional(conn)
    .await?)
}
