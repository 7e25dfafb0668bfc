//! Rows of attempts and of the facts they brought. Both are append-only.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// A fact attached to a sighting, with the attempt that brought it.
#[derive(FromRow, Clone)]
pub(crate) struct FactRow {
    pub(crate) sighting_id: i64,
    pub(crate) field: String,
    /// JSON.
    pub(crate) value: String,
    pub(crate) attempt_seq: i64,
    pub(crate) standing: String,
    pub(crate) source: String,
    pub(crate) at: Millis,
}

/// One part of an attempt, or all parts of one together.
#[derive(FromRow, Clone)]
pub(crate) struct AttemptRow {
    pub(crate) seq: i64,
    pub(crate) run: String,
    pub(crate) at: Millis,
    pub(crate) account: String,
    pub(crate) kind: String,
    pub(crate) outcome: String,
    pub(crate) dataset_id: Option<i64>,
    pub(crate) case_id: Option<i64>,
    pub(crate) field: Option<String>,
    pub(crate) source: String,
    pub(crate) note: String,
    pub(crate) due: Option<String>,
    pub(crate) raw_sha256: Option<Vec<u8>>,
    pub(crate) lines: i64,
    pub(crate) matched: i64,
    pub(crate) facts: i64,
    pub(crate) known: i64,
    pub(crate) conflicts: i64,
    pub(crate) ambiguous: i64,
    pub(crate) left_out: i64,
}

/// Facts of these sightings, given as a JSON array of ids, in the order they were attached.
pub(crate) async fn facts(conn: &mut SqliteConnection, sightings: &str) -> Result<Vec<FactRow>> {
    Ok(sqlx::query_as(
        "SELECT f.sighting_id, f.field, f.value, f.attempt_seq, f.standing, a.source, a.at
         FROM json_each(?1) j CROSS JOIN fact f ON f.sighting_id = j.value
         CROSS JOIN attempt a ON a.seq = f.attempt_seq ORDER BY f.attempt_seq, f.sighting_id, f.field, f.value",
    )
    .bind(sightings)
    .fetch_all(conn)
    .await?)
}

/// Adds one part of an attempt. `reach` is a JSON array of dataset ids.
pub(crate) async fn insert_attempt(
    conn: &mut SqliteConnection,
    row: &AttemptRow,
    reach: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO attempt (seq, run, at, account, kind, outcome, dataset_id, case_id, field, source, note, due,
                              raw_sha256, lines, matched, facts, known, conflicts, ambiguous, left_out)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
    )
    .bind(row.seq)
    .bind(&row.run)
    .bind(row.at)
    .bind(&row.account)
    .bind(&row.kind)
    .bind(&row.outcome)
    .bind(row.dataset_id)
    .bind(row.case_id)
    .bind(&row.field)
    .bind(&row.source)
    .bind(&row.note)
    .bind(&row.due)
    .bind(&row.raw_sha256)
    .bind(row.lines)
    .bind(row.matched)
    .bind(row.facts)
    .bind(row.known)
    .bind(row.conflicts)
    .bind(row.ambiguous)
    .bind(row.left_out)
    .execute(&mut *conn)
    .await?;
    sqlx::query("INSERT OR IGNORE INTO attempt_reach (attempt_seq, dataset_id) SELECT ?1, value FROM json_each(?2)")
        .bind(row.seq)
        .bind(reach)
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds facts, given as a JSON array of `[sighting, field, value, standing]`, value being JSON as text.
pub(crate) async fn insert_facts(
    conn: &mut SqliteConnection,
    attempt: i64,
    facts: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO fact (sighting_id, field, value, attempt_seq, standing)
         SELECT value ->> 0, value ->> 1, value ->> 2, ?1, value ->> 3 FROM json_each(?2)",
    )
    .bind(attempt)
    .bind(facts)
    .execute(conn)
    .await?;
    Ok(())
}

macro_rules! runs {
    ($rest:literal) => {
        concat!(
            "SELECT min(a.seq) AS seq, a.run, max(a.at) AS at, a.account, a.kind,
                    CASE WHEN a.kind = 'enquiry' THEN min(a.outcome) WHEN sum(a.facts) + sum(a.conflicts) > 0 THEN 'found'
                         WHEN sum(a.known) > 0 THEN 'already-known' ELSE min(a.outcome) END AS outcome,
                    a.dataset_id, a.case_id, a.field, a.source, a.note, a.due, a.raw_sha256, sum(a.lines) AS lines,
                    sum(a.matched) AS matched, sum(a.facts) AS facts, sum(a.known) AS known,
                    sum(a.conflicts) AS conflicts, sum(a.ambiguous) AS ambiguous, sum(a.left_out) AS left_out
             FROM attempt a ",
            $rest
        )
    };
}

/// All parts of one run as one.
pub(crate) async fn run(conn: &mut SqliteConnection, run: &str) -> Result<Option<AttemptRow>> {
    Ok(sqlx::query_as(runs!("WHERE a.run = ?1 GROUP BY a.run"))
        .bind(run)
        .fetch_optional(conn)
        .await?)
}

/// Attempts that reached a dataset, under whatever supplier it is known, newest first.
pub(crate) async fn of_dataset(
    conn: &mut SqliteConnection,
    dataset: i64,
    limit: i64,
) -> Result<Vec<AttemptRow>> {
    Ok(sqlx::query_as(runs!(
        "WHERE a.run IN (
           SELECT p.run FROM dataset d JOIN dataset s ON s.name = d.name AND s.version = d.version
           JOIN attempt_reach r ON r.dataset_id = s.id JOIN attempt p ON p.seq = r.attempt_seq WHERE d.id = ?1)
         GROUP BY a.run ORDER BY 1 DESC LIMIT ?2"
    ))
    .bind(dataset)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// By dataset, kind and field: when it was last tried.
pub(crate) async fn last_tried(
    conn: &mut SqliteConnection,
) -> Result<Vec<(i64, String, Option<String>, Millis)>> {
    Ok(sqlx::query_as(
        "SELECT d.id, a.kind, a.field, max(a.at) FROM attempt a JOIN attempt_reach r ON r.attempt_seq = a.seq
         JOIN dataset s ON s.id = r.dataset_id JOIN dataset d ON d.name = s.name AND d.version = s.version
         GROUP BY d.id, a.kind, a.field",
    )
    .fetch_all(conn)
    .await?)
}

/// How many facts of a field a run brought.
pub(crate) async fn brought(conn: &mut SqliteConnection, run: &str, field: &str) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM attempt a CROSS JOIN fact f ON f.attempt_seq = a.seq
         WHERE a.run = ?1 AND f.field = ?2 AND f.standing = 'accepted'",
    )
    .bind(run)
    .bind(field)
    .fetch_one(conn)
    .await?)
}

/// A part of an attempt after another, with the body its leaf commits to.
pub(crate) async fn part_after(
    conn: &mut SqliteConnection,
    seq: i64,
) -> Result<Option<(i64, Option<String>)>> {
    Ok(sqlx::query_as(
        "SELECT a.seq, c.body FROM attempt a LEFT JOIN act c ON c.seq = a.seq AND c.kind = 'enrichment.recorded'
         WHERE a.seq > ?1 ORDER BY a.seq LIMIT 1",
    )
    .bind(seq)
    .fetch_optional(conn)
    .await?)
}

/// Facts of one part as `find id, field, value, standing`, in the order their root is taken.
pub(crate) async fn facts_of_part(
    conn: &mut SqliteConnection,
    seq: i64,
) -> Result<Vec<(String, String, String, String)>> {
    Ok(sqlx::query_as(
        "SELECT s.find_id, f.field, f.value, f.standing FROM fact f JOIN sighting s ON s.id = f.sighting_id
         WHERE f.attempt_seq = ?1 ORDER BY s.find_id, f.field, f.value",
    )
    .bind(seq)
    .fetch_all(conn)
    .await?)
}

/// Acts of enrichment that have no row of their own.
pub(crate) async fn acts_without_attempt(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM act a WHERE a.kind = 'enrichment.recorded'
         AND NOT EXISTS (SELECT 1 FROM attempt t WHERE t.seq = a.seq)",
    )
    .fetch_one(conn)
    .await?)
}
