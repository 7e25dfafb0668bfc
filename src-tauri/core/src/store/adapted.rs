//! Rows of imports that are not of `find/v1`: what vendors answered, to the byte.
//!
//! A response is written once and read by its digest; nothing here may look inside.

use sqlx::SqliteConnection;

use crate::error::Result;

pub(crate) async fn insert_run(conn: &mut SqliteConnection, run: &str, format: &str) -> Result<()> {
    sqlx::query("INSERT INTO import_adapted (run, format) VALUES (?1, ?2)")
        .bind(run)
        .bind(format)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many responses named no match, as it stands after a batch.
pub(crate) async fn set_unmatched(
    conn: &mut SqliteConnection,
    run: &str,
    unmatched: i64,
) -> Result<()> {
    sqlx::query("UPDATE import_adapted SET unmatched = ?2 WHERE run = ?1")
        .bind(run)
        .bind(unmatched)
        .execute(conn)
        .await?;
    Ok(())
}

/// Format of a run, and how many responses named no match. `None`: it is of `find/v1`.
pub(crate) async fn run(conn: &mut SqliteConnection, run: &str) -> Result<Option<(String, i64)>> {
    Ok(sqlx::query_as("SELECT format, unmatched FROM import_adapted WHERE run = ?1")
        .bind(run)
        .fetch_optional(conn)
        .await?)
}

/// Keeps a response. One that is kept already stays as it is.
pub(crate) async fn insert_raw(
    conn: &mut SqliteConnection,
    run: &str,
    format: &str,
    sha256: &[u8; 32],
    body: &[u8],
) -> Result<()> {
    sqlx::query(
        "INSERT OR IGNORE INTO raw_response (sha256, format, run, body) VALUES (?1, ?2, ?3, ?4)",
    )
    .bind(sha256.as_slice())
    .bind(format)
    .bind(run)
    .bind(body)
    .execute(conn)
    .await?;
    Ok(())
}
