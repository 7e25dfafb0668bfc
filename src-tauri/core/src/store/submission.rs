//! Rows of submissions, and of everything asked and told in each.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// One try at filing one report.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct SubmissionRow {
    pub(crate) id: i64,
    pub(crate) report_id: i64,
    pub(crate) environment: String,
    pub(crate) config_sha256: String,
    pub(crate) package_sha256: String,
    pub(crate) files: i64,
    pub(crate) account: String,
    pub(crate) begun_at: Millis,
    pub(crate) seq: i64,
    pub(crate) number: Option<String>,
    pub(crate) opened_at: Option<Millis>,
    pub(crate) touched_at: Option<Millis>,
    pub(crate) files_done: i64,
    pub(crate) outcome: Option<String>,
    pub(crate) ended_at: Option<Millis>,
}

/// One line of its record.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct EventRow {
    pub(crate) kind: String,
    pub(crate) call: String,
    pub(crate) case_id: Option<i64>,
    pub(crate) failure: Option<String>,
    pub(crate) http_status: Option<i64>,
    pub(crate) code: Option<i64>,
    pub(crate) request_id: Option<String>,
    pub(crate) answer: Option<Vec<u8>>,
    pub(crate) at: Millis,
    pub(crate) seq: i64,
}

/// A line to add.
#[derive(Default)]
pub(crate) struct NewEvent<'a> {
    pub(crate) submission: i64,
    pub(crate) kind: &'a str,
    pub(crate) call: &'a str,
    pub(crate) case: Option<i64>,
    pub(crate) request_sha256: Option<&'a str>,
    pub(crate) failure: Option<&'a str>,
    pub(crate) http_status: Option<i64>,
    pub(crate) code: Option<i64>,
    pub(crate) request_id: Option<&'a str>,
    pub(crate) answer: Option<&'a [u8]>,
    pub(crate) at: Millis,
    pub(crate) seq: i64,
}

/// The number the next submission gets.
pub(crate) async fn next_id(conn: &mut SqliteConnection) -> Result<i64> {
    let next = "SELECT coalesce(max(id), 0) + 1 FROM submission";
    Ok(sqlx::query_scalar(next).fetch_one(conn).await?)
}

pub(crate) async fn insert(conn: &mut SqliteConnection, row: &SubmissionRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO submission (id, report_id, environment, config_sha256, package_sha256, files, account, begun_at, seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )
    .bind(row.id)
    .bind(row.report_id)
    .bind(&row.environment)
    .bind(&row.config_sha256)
    .bind(&row.package_sha256)
    .bind(row.files)
    .bind(&row.account)
    .bind(row.begun_at)
    .bind(row.seq)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn one(conn: &mut SqliteConnection, id: i64) -> Result<Option<SubmissionRow>> {
    Ok(sqlx::query_as("SELECT * FROM submission WHERE id = ?1")
        .bind(id)
        .fetch_optional(conn)
        .await?)
}

/// Newest first; of one report, or of all.
pub(crate) async fn all(
    conn: &mut SqliteConnection,
    report: Option<i64>,
    limit: i64,
) -> Result<Vec<SubmissionRow>> {
    Ok(sqlx::query_as(
        "SELECT * FROM submission WHERE ?1 IS NULL OR report_id = ?1 ORDER BY id DESC LIMIT ?2",
    )
    .bind(report)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// The one that did not end.
pub(crate) async fn open_of(
    conn: &mut SqliteConnection,
    report: i64,
) -> Result<Option<SubmissionRow>> {
    Ok(sqlx::query_as("SELECT * FROM submission WHERE report_id = ?1 AND outcome IS NULL")
        .bind(report)
        .fetch_optional(conn)
        .await?)
}

/// The one that was finished in production.
pub(crate) async fn finished_of(
    conn: &mut SqliteConnection,
    report: i64,
) -> Result<Option<SubmissionRow>> {
    Ok(sqlx::query_as(
        "SELECT * FROM submission
         WHERE report_id = ?1 AND environment = 'production' AND outcome IN ('filed', 'receipt-lost')",
    )
    .bind(report)
    .fetch_optional(conn)
    .await?)
}

/// Adds the next line of a submission's record.
pub(crate) async fn add(conn: &mut SqliteConnection, new: &NewEvent<'_>) -> Result<()> {
    sqlx::query(
        "INSERT INTO submission_event (submission_id, n, kind, call, case_id, request_sha256, failure, http_status, code,
           request_id, answer, at, seq)
         SELECT ?1, coalesce(max(n), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12
         FROM submission_event WHERE submission_id = ?1",
    )
    .bind(new.submission)
    .bind(new.kind)
    .bind(new.call)
    .bind(new.case)
    .bind(new.request_sha256)
    .bind(new.failure)
    .bind(new.http_status)
    .bind(new.code)
    .bind(new.request_id)
    .bind(new.answer)
    .bind(new.at)
    .bind(new.seq)
    .execute(conn)
    .await?;
    Ok(())
}

/// The last lines of a record, oldest of them first.
pub(crate) async fn last(
    conn: &mut SqliteConnection,
    submission: i64,
    limit: i64,
) -> Result<Vec<EventRow>> {
    let mut rows: Vec<EventRow> = sqlx::query_as(
        "SELECT * FROM submission_event WHERE submission_id = ?1 ORDER BY n DESC LIMIT ?2",
    )
    .bind(submission)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.reverse();
    Ok(rows)
}

/// The lines of one call, oldest first.
pub(crate) async fn of_call(
    conn: &mut SqliteConnection,
    submission: i64,
    call: &str,
) -> Result<Vec<EventRow>> {
    Ok(sqlx::query_as(
        "SELECT * FROM submission_event WHERE submission_id = ?1 AND call = ?2 ORDER BY n",
    )
    .bind(submission)
    .bind(call)
    .fetch_all(conn)
    .await?)
}

/// The hotline opened a report of this number.
pub(crate) async fn opened(
    conn: &mut SqliteConnection,
    id: i64,
    number: &str,
    at: Millis,
) -> Result<()> {
    sqlx::query("UPDATE submission SET number = ?2, opened_at = ?3, touched_at = ?3 WHERE id = ?1")
        .bind(id)
        .bind(number)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// The hotline took an upload or a description; `done` files are uploaded and described.
pub(crate) async fn touched(
    conn: &mut SqliteConnection,
    id: i64,
    done: i64,
    at: Millis,
) -> Result<()> {
    sqlx::query("UPDATE submission SET touched_at = ?3, files_done = ?2 WHERE id = ?1")
        .bind(id)
        .bind(done)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn end(
    conn: &mut SqliteConnection,
    id: i64,
    outcome: &str,
    at: Millis,
    seq: i64,
) -> Result<()> {
    sqlx::query("UPDATE submission SET outcome = ?2, ended_at = ?3, ended_seq = ?4 WHERE id = ?1")
        .bind(id)
        .bind(outcome)
        .bind(at)
        .bind(seq)
        .execute(conn)
        .await?;
    Ok(())
}
