//! Rows of destructions and of the items they took.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// One destruction.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct DestructionRow {
    pub(crate) id: i64,
    pub(crate) report_id: i64,
    pub(crate) ground: String,
    pub(crate) reference: String,
    pub(crate) asked_by: String,
    pub(crate) proposal: i64,
    pub(crate) ordered_at: Millis,
    pub(crate) ordered_seq: i64,
    pub(crate) done_at: Option<Millis>,
    pub(crate) done_seq: Option<i64>,
}

/// One item of a destruction.
#[derive(FromRow)]
pub(crate) struct ItemRow {
    pub(crate) case_id: i64,
    pub(crate) blake3: Vec<u8>,
    pub(crate) sha256: Vec<u8>,
    pub(crate) sha1: Vec<u8>,
    pub(crate) md5: Vec<u8>,
    pub(crate) size_bytes: i64,
    pub(crate) was_sealed: bool,
}

/// The number the next destruction gets.
pub(crate) async fn next_id(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM destruction")
        .fetch_one(conn)
        .await?)
}

/// Orders it, with its items as a JSON array of `[item, case, was_sealed]`.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    row: &DestructionRow,
    items: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO destruction (id, report_id, ground, reference, asked_by, proposal, ordered_at, ordered_seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(row.id)
    .bind(row.report_id)
    .bind(&row.ground)
    .bind(&row.reference)
    .bind(&row.asked_by)
    .bind(row.proposal)
    .bind(row.ordered_at)
    .bind(row.ordered_seq)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO destroyed (item_id, case_id, destruction, was_sealed)
         SELECT value ->> 0, value ->> 1, ?2, value ->> 2 FROM json_each(?1)",
    )
    .bind(items)
    .bind(row.id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Those ordered and not done, in order.
pub(crate) async fn open(conn: &mut SqliteConnection) -> Result<Vec<DestructionRow>> {
    Ok(sqlx::query_as("SELECT * FROM destruction WHERE done_seq IS NULL ORDER BY id")
        .fetch_all(conn)
        .await?)
}

pub(crate) async fn one(conn: &mut SqliteConnection, id: i64) -> Result<Option<DestructionRow>> {
    Ok(sqlx::query_as("SELECT * FROM destruction WHERE id = ?1")
        .bind(id)
        .fetch_optional(conn)
        .await?)
}

pub(crate) async fn of_report(
    conn: &mut SqliteConnection,
    report: i64,
) -> Result<Vec<(DestructionRow, i64)>> {
    let rows: Vec<DestructionRow> =
        sqlx::query_as("SELECT * FROM destruction WHERE report_id = ?1 ORDER BY id")
            .bind(report)
            .fetch_all(&mut *conn)
            .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let n = sqlx::query_scalar("SELECT count(*) FROM destroyed WHERE destruction = ?1")
            .bind(row.id)
            .fetch_one(&mut *conn)
            .await?;
        found.push((row, n));
    }
    Ok(found)
}

/// In the order of their cases.
pub(crate) async fn items(conn: &mut SqliteConnection, id: i64) -> Result<Vec<ItemRow>> {
    Ok(sqlx::query_as(
        "SELECT d.case_id, i.blake3, i.sha256, i.sha1, i.md5, i.size_bytes, d.was_sealed
         FROM destroyed d JOIN item i ON i.id = d.item_id WHERE d.destruction = ?1 ORDER BY d.case_id",
    )
    .bind(id)
    .fetch_all(conn)
    .await?)
}

/// Items of these cases (a JSON array) that were not destroyed: item, case, BLAKE3. Only cases that are in this report.
pub(crate) async fn candidates(
    conn: &mut SqliteConnection,
    report: i64,
    cases: &str,
) -> Result<Vec<(i64, i64, Vec<u8>)>> {
    Ok(sqlx::query_as(
        "SELECT i.id, c.id, i.blake3 FROM json_each(?2) j CROSS JOIN review_case c ON c.id = j.value
         JOIN item i ON i.id = c.item_id
         WHERE c.report_id = ?1 AND NOT EXISTS (SELECT 1 FROM destroyed d WHERE d.item_id = i.id) ORDER BY c.id",
    )
    .bind(report)
    .bind(cases)
    .fetch_all(conn)
    .await?)
}

/// Cases now in this report whose original was not destroyed.
pub(crate) async fn left_in(conn: &mut SqliteConnection, report: i64) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT c.id FROM review_case c INDEXED BY case_reported WHERE c.report_id = ?1
           AND NOT EXISTS (SELECT 1 FROM destroyed d WHERE d.item_id = c.item_id) ORDER BY c.id",
    )
    .bind(report)
    .fetch_all(conn)
    .await?)
}

/// How many originals of each of these reports (a JSON array) were destroyed.
pub(crate) async fn counts(conn: &mut SqliteConnection, reports: &str) -> Result<Vec<(i64, i64)>> {
    Ok(sqlx::query_as(
        "SELECT t.report_id, count(*) FROM json_each(?1) j CROSS JOIN destruction t ON t.report_id = j.value
         JOIN destroyed d ON d.destruction = t.id GROUP BY t.report_id",
    )
    .bind(reports)
    .fetch_all(conn)
    .await?)
}

/// The report a case is in now.
pub(crate) async fn report_of(conn: &mut SqliteConnection, case: i64) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT report_id FROM review_case WHERE id = ?1 AND report_id IS NOT NULL",
    )
    .bind(case)
    .fetch_optional(conn)
    .await?)
}

pub(crate) async fn case_exists(conn: &mut SqliteConnection, case: i64) -> Result<bool> {
    let found: Option<i64> = sqlx::query_scalar("SELECT 1 FROM review_case WHERE id = ?1")
        .bind(case)
        .fetch_optional(conn)
        .await?;
    Ok(found.is_some())
}

/// Marks it as done. Its cases hold no material any more: what was in class A for having it is in class B, and a report
/// of which nothing is kept leaves the board.
pub(crate) async fn done(
    conn: &mut SqliteConnection,
    row: &DestructionRow,
    at: Millis,
    seq: i64,
) -> Result<()> {
    sqlx::query("UPDATE destruction SET done_at = ?2, done_seq = ?3 WHERE id = ?1")
        .bind(row.id)
        .bind(at)
        .bind(seq)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "UPDATE trace SET class = 'B' WHERE class = 'A'
         AND sighting_id IN (SELECT s.id FROM destroyed d JOIN sighting s ON s.case_id = d.case_id WHERE d.destruction = ?1)",
    )
    .bind(row.id)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "UPDATE review_case SET class = 'B' WHERE class = 'A'
         AND id IN (SELECT case_id FROM destroyed WHERE destruction = ?1)",
    )
    .bind(row.id)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "UPDATE register SET ended = 1 WHERE report_id = ?1 AND NOT EXISTS (
           SELECT 1 FROM review_case c INDEXED BY case_reported WHERE c.report_id = ?1
             AND NOT EXISTS (SELECT 1 FROM destroyed d WHERE d.item_id = c.item_id))",
    )
    .bind(row.report_id)
    .execute(conn)
    .await?;
    Ok(())
}
