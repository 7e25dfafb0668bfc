//! Rows of legal holds. A hold on a report covers every case that was ever sealed into it.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// One hold.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct HoldRow {
    pub(crate) id: i64,
    pub(crate) report_id: Option<i64>,
    pub(crate) case_id: Option<i64>,
    pub(crate) reference: String,
    pub(crate) asked_by: String,
    pub(crate) added_by: String,
    pub(crate) added_at: Millis,
    pub(crate) seq: i64,
    pub(crate) lifted_at: Option<Millis>,
    pub(crate) lifted_by: Option<String>,
    pub(crate) lifted_seq: Option<i64>,
    pub(crate) proposal: Option<i64>,
}

/// The number the next hold gets.
pub(crate) async fn next_id(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM hold").fetch_one(conn).await?)
}

pub(crate) async fn insert(conn: &mut SqliteConnection, row: &HoldRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO hold (id, report_id, case_id, reference, asked_by, added_by, added_at, seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(row.id)
    .bind(row.report_id)
    .bind(row.case_id)
    .bind(&row.reference)
    .bind(&row.asked_by)
    .bind(&row.added_by)
    .bind(row.added_at)
    .bind(row.seq)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn lift(
    conn: &mut SqliteConnection,
    id: i64,
    (by, at): (&str, Millis),
    seq: i64,
    proposal: i64,
) -> Result<()> {
    sqlx::query(
        "UPDATE hold SET lifted_at = ?2, lifted_by = ?3, lifted_seq = ?4, proposal = ?5 WHERE id = ?1",
    )
    .bind(id)
    .bind(at)
    .bind(by)
    .bind(seq)
    .bind(proposal)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn one(conn: &mut SqliteConnection, id: i64) -> Result<Option<HoldRow>> {
    Ok(sqlx::query_as("SELECT * FROM hold WHERE id = ?1").bind(id).fetch_optional(conn).await?)
}

/// Newest first; with `standing`, only those not lifted.
pub(crate) async fn all(
    conn: &mut SqliteConnection,
    standing: bool,
    limit: i64,
) -> Result<Vec<HoldRow>> {
    Ok(sqlx::query_as(
        "SELECT * FROM hold WHERE ?1 = 0 OR lifted_seq IS NULL ORDER BY id DESC LIMIT ?2",
    )
    .bind(standing)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// Holds on a report or on a case in it, lifted ones too, in the order of their numbers.
pub(crate) async fn of_report(conn: &mut SqliteConnection, report: i64) -> Result<Vec<HoldRow>> {
    Ok(sqlx::query_as(
        "SELECT * FROM hold WHERE report_id = ?1
         UNION SELECT h.* FROM report_case m JOIN hold h ON h.case_id = m.case_id WHERE m.report_id = ?1
         ORDER BY id",
    )
    .bind(report)
    .fetch_all(conn)
    .await?)
}

/// Holds that stand on any of these reports (a JSON array) or on a case in one: report, hold.
pub(crate) async fn standing_on_reports(
    conn: &mut SqliteConnection,
    reports: &str,
) -> Result<Vec<(i64, i64)>> {
    Ok(sqlx::query_as(
        "SELECT h.report_id AS report, h.id FROM json_each(?1) j CROSS JOIN hold h ON h.report_id = j.value
           WHERE h.lifted_seq IS NULL
         UNION SELECT m.report_id, h.id FROM hold h INDEXED BY hold_stands
           CROSS JOIN report_case m ON m.case_id = h.case_id
           WHERE h.lifted_seq IS NULL AND m.report_id IN (SELECT value FROM json_each(?1)) ORDER BY 2",
    )
    .bind(reports)
    .fetch_all(conn)
    .await?)
}

/// Holds that stand over any of these cases (a JSON array), by themselves or by a report they were sealed into.
pub(crate) async fn standing_on_cases(
    conn: &mut SqliteConnection,
    cases: &str,
) -> Result<Vec<(i64, i64)>> {
    Ok(sqlx::query_as(
        "SELECT h.case_id, h.id FROM json_each(?1) j CROSS JOIN hold h ON h.case_id = j.value
           WHERE h.lifted_seq IS NULL
         UNION SELECT m.case_id, h.id FROM json_each(?1) j CROSS JOIN report_case m ON m.case_id = j.value
           CROSS JOIN hold h ON h.report_id = m.report_id WHERE h.lifted_seq IS NULL ORDER BY 2",
    )
    .bind(cases)
    .fetch_all(conn)
    .await?)
}
