//! Rows of packages and of the cases that wait for one.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// One sealed package.
#[derive(FromRow)]
pub(crate) struct ReportRow {
    pub(crate) id: i64,
    pub(crate) source_key: String,
    pub(crate) source_name: String,
    pub(crate) account: String,
    pub(crate) sealed_at: Millis,
    pub(crate) seq: i64,
    pub(crate) path: String,
    pub(crate) sha256: String,
}

/// Settled confirmed cases by source: key, name, one dataset, how many.
pub(crate) async fn sources(
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<(String, String, String, i64)>> {
    Ok(sqlx::query_as(
        "SELECT source_key, min(source_name), min(dataset), count(*) FROM review_case INDEXED BY case_confirmed
         WHERE state = 'confirmed' AND settles_at <= ?1 GROUP BY source_key ORDER BY source_key",
    )
    .bind(now)
    .fetch_all(conn)
    .await?)
}

/// Settled confirmed cases of one source.
pub(crate) async fn confirmed(
    conn: &mut SqliteConnection,
    source: &str,
    now: Millis,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT id FROM review_case WHERE state = 'confirmed' AND source_key = ?1 AND settles_at <= ?2 ORDER BY id",
    )
    .bind(source)
    .bind(now)
    .fetch_all(conn)
    .await?)
}

/// Confirmed cases of one source that can still be undone.
pub(crate) async fn waiting(conn: &mut SqliteConnection, source: &str, now: Millis) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM review_case WHERE state = 'confirmed' AND source_key = ?1 AND settles_at > ?2",
    )
    .bind(source)
    .bind(now)
    .fetch_one(conn)
    .await?)
}

/// The number the next package gets.
pub(crate) async fn next_id(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM report").fetch_one(conn).await?)
}

/// Records a package and moves its cases (a JSON array of ids) into it.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    row: &ReportRow,
    cases: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO report (id, source_key, source_name, account, sealed_at, seq, path, sha256)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(row.id)
    .bind(&row.source_key)
    .bind(&row.source_name)
    .bind(&row.account)
    .bind(row.sealed_at)
    .bind(row.seq)
    .bind(&row.path)
    .bind(&row.sha256)
    .execute(&mut *conn)
    .await?;
    sqlx::query("INSERT INTO report_case (report_id, case_id) SELECT ?1, value FROM json_each(?2)")
        .bind(row.id)
        .bind(cases)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "UPDATE review_case SET state = 'packaged', report_id = ?1 WHERE id IN (SELECT value FROM json_each(?2))",
    )
    .bind(row.id)
    .bind(cases)
    .execute(conn)
    .await?;
    Ok(())
}

/// Newest first.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<ReportRow>> {
    Ok(sqlx::query_as("SELECT * FROM report ORDER BY id DESC").fetch_all(conn).await?)
}

pub(crate) async fn cases(conn: &mut SqliteConnection, report: i64) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar("SELECT case_id FROM report_case WHERE report_id = ?1 ORDER BY case_id")
        .bind(report)
        .fetch_all(conn)
        .await?)
}
