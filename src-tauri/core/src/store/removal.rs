//! Rows of the lists for corpus owners. Every list is read in pages along an index, in the order of case and sighting.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// What a line of a list is made from.
#[derive(FromRow)]
pub(crate) struct LineRow {
    pub(crate) case_id: i64,
    pub(crate) sighting_id: i64,
    pub(crate) find_id: String,
    pub(crate) record: String,
    pub(crate) decided_at: Option<Millis>,
    pub(crate) decision_seq: Option<i64>,
    pub(crate) sha256: Vec<u8>,
    pub(crate) sha1: Vec<u8>,
    pub(crate) md5: Vec<u8>,
    pub(crate) size_bytes: i64,
    /// It stands in an earlier list and was not taken back since.
    pub(crate) listed: bool,
}

/// A dataset, at one version or at all.
#[derive(Clone, Copy)]
pub(crate) struct Of<'a> {
    pub(crate) dataset: &'a str,
    pub(crate) version: Option<&'a str>,
}

/// Where a page begins, exclusive.
#[derive(Clone, Copy, Default)]
pub(crate) struct After {
    pub(crate) case: i64,
    pub(crate) sighting: i64,
}

/// Bounds of a frozen set.
#[derive(Clone, Copy)]
pub(crate) struct Through {
    pub(crate) sighting: i64,
    pub(crate) leaf: i64,
    pub(crate) settled_by: Millis,
}

macro_rules! columns {
    () => {
        "SELECT c.id AS case_id, s.id AS sighting_id, s.find_id, s.record, d.at AS decided_at, c.decision_seq,
                i.sha256, i.sha1, i.md5, i.size_bytes, t.sighting_id IS NOT NULL AS listed "
    };
}
macro_rules! joins {
    () => {
        " JOIN item i ON i.id = c.item_id LEFT JOIN decision d ON d.seq = c.decision_seq
          LEFT JOIN tombstone t ON t.sighting_id = s.id AND t.until IS NULL "
    };
}
// Reading on within a case costs no more than reading on to the next.
macro_rules! walked {
    () => {
        " s.record ->> '$.locator.dataset.id' = ?1 AND (?2 IS NULL OR s.record ->> '$.locator.dataset.version' = ?2)
          AND c.id >= ?3 AND s.id > iif(c.id = ?3, ?4, -1) ORDER BY c.id, s.id LIMIT ?5"
    };
}

const CONFIRMED: &str = concat!(
    columns!(),
    "FROM review_case c INDEXED BY case_standing CROSS JOIN sighting s ON s.case_id = c.id",
    joins!(),
    "WHERE c.state IN ('confirmed', 'packaged') AND c.settles_at <= ?6 AND",
    walked!()
);

/// Sightings of settled confirmed cases.
pub(crate) async fn confirmed(
    conn: &mut SqliteConnection,
    of: Of<'_>,
    now: Millis,
    after: After,
    limit: i64,
) -> Result<Vec<LineRow>> {
    Ok(sqlx::query_as(CONFIRMED)
        .bind(of.dataset)
        .bind(of.version)
        .bind(after.case)
        .bind(after.sighting)
        .bind(limit)
        .bind(now)
        .fetch_all(conn)
        .await?)
}

const OF_REPORT: &str = concat!(
    columns!(),
    "FROM review_case c CROSS JOIN sighting s ON s.case_id = c.id",
    joins!(),
    "WHERE c.report_id = ?6 AND c.state = 'packaged' AND",
    walked!()
);

/// Sightings of the cases of a sealed report.
pub(crate) async fn of_report(
    conn: &mut SqliteConnection,
    of: Of<'_>,
    report: i64,
    after: After,
    limit: i64,
) -> Result<Vec<LineRow>> {
    Ok(sqlx::query_as(OF_REPORT)
        .bind(of.dataset)
        .bind(of.version)
        .bind(after.case)
        .bind(after.sighting)
        .bind(limit)
        .bind(report)
        .fetch_all(conn)
        .await?)
}

/// Datasets in which the cases of a sealed report were found, in order.
pub(crate) async fn datasets_of_report(
    conn: &mut SqliteConnection,
    report: i64,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT s.record ->> '$.locator.dataset.id' FROM review_case c
         CROSS JOIN sighting s ON s.case_id = c.id
         WHERE c.report_id = ?1 AND c.state = 'packaged' ORDER BY 1",
    )
    .bind(report)
    .fetch_all(conn)
    .await?)
}

/// Cases that are in a sealed report and stand.
pub(crate) async fn cases_of_report(conn: &mut SqliteConnection, report: i64) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM review_case WHERE report_id = ?1 AND state = 'packaged'",
    )
    .bind(report)
    .fetch_one(conn)
    .await?)
}

const REJECTED: &str = concat!(
    columns!(),
    "FROM review_case c INDEXED BY case_rejected CROSS JOIN sighting s ON s.case_id = c.id",
    joins!(),
    "WHERE c.state = 'not-a-match' AND c.settles_at <= ?6 AND c.decision_seq <= ?7 AND s.id <= ?8 AND",
    walked!()
);

/// Sightings of settled rejected cases, within the bounds.
pub(crate) async fn rejected(
    conn: &mut SqliteConnection,
    of: Of<'_>,
    through: Through,
    after: After,
    limit: i64,
) -> Result<Vec<LineRow>> {
    Ok(sqlx::query_as(REJECTED)
        .bind(of.dataset)
        .bind(of.version)
        .bind(after.case)
        .bind(after.sighting)
        .bind(limit)
        .bind(through.settled_by)
        .bind(through.leaf)
        .bind(through.sighting)
        .fetch_all(conn)
        .await?)
}

/// Sightings that stood in a list and whose case is settled as something else. In the order of the sighting alone.
pub(crate) async fn retracted(
    conn: &mut SqliteConnection,
    of: Of<'_>,
    now: Millis,
    after: i64,
    limit: i64,
) -> Result<Vec<LineRow>> {
    Ok(sqlx::query_as(
        "SELECT c.id AS case_id, s.id AS sighting_id, s.find_id, s.record, d.at AS decided_at, c.decision_seq,
                i.sha256, i.sha1, i.md5, i.size_bytes, count(*) > count(t.until) AS listed
         FROM tombstone t INDEXED BY tombstone_by_dataset CROSS JOIN sighting s ON s.id = t.sighting_id
         JOIN review_case c ON c.id = s.case_id JOIN item i ON i.id = c.item_id
         LEFT JOIN decision d ON d.seq = c.decision_seq
         WHERE t.dataset = ?1 AND (?2 IS NULL OR t.version = ?2) AND t.sighting_id > ?3
           AND c.state NOT IN ('confirmed', 'packaged') AND coalesce(c.settles_at, 0) <= ?4
         GROUP BY t.sighting_id ORDER BY t.sighting_id LIMIT ?5",
    )
    .bind(of.dataset)
    .bind(of.version)
    .bind(after)
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// The newest sighting.
pub(crate) async fn last_sighting(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM sighting").fetch_one(conn).await?)
}

/// One list that was written.
#[derive(FromRow)]
pub(crate) struct ExportRow {
    pub(crate) id: i64,
    pub(crate) kind: String,
    pub(crate) dataset: String,
    pub(crate) version: Option<String>,
    pub(crate) format: String,
    pub(crate) sightings: i64,
    pub(crate) retracted: i64,
    pub(crate) sha256: String,
    pub(crate) path: String,
    pub(crate) account: String,
    pub(crate) made_at: Millis,
    pub(crate) seq: i64,
    pub(crate) proposal: Option<i64>,
    /// The report that it holds the cases of; none: it is of the whole dataset.
    pub(crate) report_id: Option<i64>,
}

/// The newest list; 0 when there is none.
pub(crate) async fn last_export(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM list_export").fetch_one(conn).await?)
}

pub(crate) async fn insert_export(conn: &mut SqliteConnection, row: &ExportRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO list_export (id, kind, dataset, version, format, sightings, retracted, sha256, path, account,
                                  made_at, seq, proposal, report_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )
    .bind(row.id)
    .bind(&row.kind)
    .bind(&row.dataset)
    .bind(&row.version)
    .bind(&row.format)
    .bind(row.sightings)
    .bind(row.retracted)
    .bind(&row.sha256)
    .bind(&row.path)
    .bind(&row.account)
    .bind(row.made_at)
    .bind(row.seq)
    .bind(row.proposal)
    .bind(row.report_id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Lists of a dataset, or of all, newest first.
pub(crate) async fn exports(
    conn: &mut SqliteConnection,
    dataset: Option<&str>,
) -> Result<Vec<ExportRow>> {
    Ok(sqlx::query_as(
        "SELECT * FROM list_export WHERE ?1 IS NULL OR dataset = ?1 ORDER BY id DESC LIMIT 1000",
    )
    .bind(dataset)
    .fetch_all(conn)
    .await?)
}

pub(crate) async fn export(conn: &mut SqliteConnection, id: i64) -> Result<Option<ExportRow>> {
    Ok(sqlx::query_as("SELECT * FROM list_export WHERE id = ?1")
        .bind(id)
        .fetch_optional(conn)
        .await?)
}

/// Lets sightings (a JSON array of ids) stand in the lists since this one.
pub(crate) async fn list(conn: &mut SqliteConnection, export: i64, ids: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO tombstone (sighting_id, since, dataset, version)
         SELECT s.id, ?1, s.record ->> '$.locator.dataset.id', s.record ->> '$.locator.dataset.version'
         FROM json_each(?2) j CROSS JOIN sighting s ON s.id = j.value",
    )
    .bind(export)
    .bind(ids)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes sightings (a JSON array of ids) back with this list.
pub(crate) async fn take_back(conn: &mut SqliteConnection, export: i64, ids: &str) -> Result<()> {
    sqlx::query(
        "UPDATE tombstone SET until = ?1 WHERE until IS NULL AND sighting_id IN (SELECT value FROM json_each(?2))",
    )
    .bind(export)
    .bind(ids)
    .execute(conn)
    .await?;
    Ok(())
}

/// What is confirmed in one version of a dataset.
#[derive(FromRow)]
pub(crate) struct TallyRow {
    pub(crate) dataset: String,
    pub(crate) version: String,
    pub(crate) confirmed: i64,
    pub(crate) listed: i64,
    pub(crate) waiting: i64,
    pub(crate) oldest_unlisted: Option<Millis>,
}

/// Confirmed sightings by dataset and version. A list that holds one knows its dataset; only others are parsed.
pub(crate) async fn tally(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<TallyRow>> {
    Ok(sqlx::query_as(
        "SELECT coalesce(t.dataset, s.record ->> '$.locator.dataset.id') AS dataset,
                coalesce(t.version, s.record ->> '$.locator.dataset.version') AS version,
                sum(c.settles_at <= ?1) AS confirmed,
                sum(c.settles_at <= ?1 AND t.sighting_id IS NOT NULL) AS listed,
                sum(c.settles_at > ?1) AS waiting,
                min(iif(c.settles_at <= ?1 AND t.sighting_id IS NULL, c.settles_at, NULL)) AS oldest_unlisted
         FROM review_case c INDEXED BY case_standing CROSS JOIN sighting s ON s.case_id = c.id
         LEFT JOIN tombstone t ON t.sighting_id = s.id AND t.until IS NULL
         WHERE c.state IN ('confirmed', 'packaged') GROUP BY 1, 2 ORDER BY 1, 2",
    )
    .bind(now)
    .fetch_all(conn)
    .await?)
}

/// By dataset: sightings that stand in a list though their case is settled as something else, and those whose case is
/// being decided again.
pub(crate) async fn fallen(
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<(String, i64, i64)>> {
    Ok(sqlx::query_as(
        "SELECT t.dataset, sum(coalesce(c.settles_at, 0) <= ?1), sum(coalesce(c.settles_at, 0) > ?1)
         FROM tombstone t JOIN sighting s ON s.id = t.sighting_id JOIN review_case c ON c.id = s.case_id
         WHERE t.until IS NULL AND c.state NOT IN ('confirmed', 'packaged') GROUP BY t.dataset",
    )
    .bind(now)
    .fetch_all(conn)
    .await?)
}

/// Settled rejected cases by the dataset they are filed under.
pub(crate) async fn rejected_cases(
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<(String, i64)>> {
    Ok(sqlx::query_as(
        "SELECT dataset, count(*) FROM review_case INDEXED BY case_rejected
         WHERE state = 'not-a-match' AND settles_at <= ?1 GROUP BY dataset",
    )
    .bind(now)
    .fetch_all(conn)
    .await?)
}

/// Lists that differ from what the ledger says of them, and lists and answers that only one of the two knows.
pub(crate) async fn unlogged_rows(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM list_export e LEFT JOIN act a ON a.seq = e.seq
                 WHERE a.kind IS NOT iif(e.kind = 'release', 'release.exported', 'removal.exported')
                    OR a.body ->> '$.sha256' IS NOT e.sha256 OR a.body ->> '$.export' IS NOT e.id
                    OR a.body ->> '$.sightings' IS NOT e.sightings
                    OR a.body ->> '$.report' IS NOT CASE WHEN e.report_id IS NOT NULL THEN printf('R-%04d', e.report_id) END)
              + (SELECT count(*) FROM act a WHERE a.kind IN ('removal.exported', 'release.exported')
                 AND NOT EXISTS (SELECT 1 FROM list_export e WHERE e.seq = a.seq))
              + (SELECT count(*) FROM answer n LEFT JOIN act a ON a.seq = n.seq
                 LEFT JOIN (SELECT seq, count(*) AS sightings FROM answered GROUP BY seq) w ON w.seq = n.seq
                 WHERE a.kind IS NOT 'removal.acknowledged' OR a.body ->> '$.kind' IS NOT n.kind
                    OR a.body ->> '$.sightings' IS NOT w.sightings)
              + (SELECT count(*) FROM act a WHERE a.kind = 'removal.acknowledged'
                 AND NOT EXISTS (SELECT 1 FROM answer n WHERE n.seq = a.seq))",
    )
    .fetch_one(conn)
    .await?)
}
