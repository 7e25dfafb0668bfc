//! What is missing, counted by dataset, field, reason and class; and the cases concerned.

use sqlx::{FromRow, SqliteConnection};

use crate::error::Result;

/// A dataset as it was supplied.
#[derive(FromRow, Clone)]
pub(crate) struct DatasetRow {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) version_kind: String,
    pub(crate) supplier: String,
    pub(crate) contact: String,
}

/// A fact missing from sightings of one dataset and class.
#[derive(FromRow)]
pub(crate) struct GapRow {
    pub(crate) dataset_id: i64,
    pub(crate) field: String,
    pub(crate) reason: String,
    pub(crate) n: i64,
}

/// A case with a gap.
#[derive(FromRow)]
pub(crate) struct CaseRow {
    pub(crate) id: i64,
    pub(crate) state: String,
    pub(crate) settles_at: Option<i64>,
    pub(crate) class: String,
    pub(crate) sightings: i64,
    pub(crate) report_id: Option<i64>,
}

pub(crate) async fn datasets(conn: &mut SqliteConnection) -> Result<Vec<DatasetRow>> {
    Ok(sqlx::query_as("SELECT * FROM dataset ORDER BY name, version, id").fetch_all(conn).await?)
}

/// Sightings by dataset and class.
pub(crate) async fn classes(conn: &mut SqliteConnection) -> Result<Vec<(i64, String, i64)>> {
    Ok(sqlx::query_as(
        "SELECT dataset_id, class, sum(n) FROM trace_count GROUP BY dataset_id, class HAVING sum(n) > 0",
    )
    .fetch_all(conn)
    .await?)
}

/// Gaps of sightings of these classes, given as a JSON array, most frequent first.
pub(crate) async fn gaps(conn: &mut SqliteConnection, classes: &str) -> Result<Vec<GapRow>> {
    Ok(sqlx::query_as(
        "SELECT c.dataset_id, g.field, g.reason, sum(c.n) AS n FROM trace_count c JOIN gap g ON g.gap_set_id = c.gap_set_id
         WHERE c.class IN (SELECT value FROM json_each(?1)) GROUP BY 1, 2, 3 HAVING sum(c.n) > 0 ORDER BY 4 DESC, 1, 2, 3",
    )
    .bind(classes)
    .fetch_all(conn)
    .await?)
}

macro_rules! concerned {
    ($what:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM gap g CROSS JOIN trace t ON t.dataset_id = ?1 AND t.gap_set_id = g.gap_set_id
             WHERE g.field = ?2 AND g.reason = ?3 ",
            $rest
        )
    };
}

/// How many sightings and cases a gap concerns.
pub(crate) async fn extent(
    conn: &mut SqliteConnection,
    dataset: i64,
    field: &str,
    reason: &str,
) -> Result<(i64, i64)> {
    Ok(sqlx::query_as(concerned!("count(*), count(DISTINCT t.case_id)", ""))
        .bind(dataset)
        .bind(field)
        .bind(reason)
        .fetch_one(conn)
        .await?)
}

/// Cases concerned after one, by number.
pub(crate) async fn cases(
    conn: &mut SqliteConnection,
    dataset: i64,
    field: &str,
    reason: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<CaseRow>> {
    Ok(sqlx::query_as(concat!(
        "SELECT c.id, c.state, c.settles_at, c.class, c.sightings, c.report_id FROM (",
        concerned!("DISTINCT t.case_id AS id", "AND t.case_id > ?4 ORDER BY 1 LIMIT ?5"),
        ") f JOIN review_case c ON c.id = f.id ORDER BY c.id"
    ))
    .bind(dataset)
    .bind(field)
    .bind(reason)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// The first sightings concerned, the least complete class first.
pub(crate) async fn sightings(
    conn: &mut SqliteConnection,
    dataset: i64,
    field: &str,
    reason: &str,
    limit: i64,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(concerned!("t.sighting_id", "LIMIT ?4"))
        .bind(dataset)
        .bind(field)
        .bind(reason)
        .bind(limit)
        .fetch_all(conn)
        .await?)
}

/// Packages that went out with a gap, oldest first.
pub(crate) async fn reports(
    conn: &mut SqliteConnection,
    dataset: i64,
    field: &str,
    reason: &str,
    limit: i64,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT r.report_id FROM report_case r JOIN trace t ON t.case_id = r.case_id
         JOIN gap g ON g.gap_set_id = t.gap_set_id
         WHERE t.dataset_id = ?1 AND g.field = ?2 AND g.reason = ?3 ORDER BY 1 LIMIT ?4",
    )
    .bind(dataset)
    .bind(field)
    .bind(reason)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// Sources of confirmed cases with a gap that are in no package.
pub(crate) async fn waiting(
    conn: &mut SqliteConnection,
    dataset: i64,
    field: &str,
    reason: &str,
    limit: i64,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT c.source_name FROM review_case c JOIN sighting s ON s.case_id = c.id
         JOIN trace t ON t.sighting_id = s.id JOIN gap g ON g.gap_set_id = t.gap_set_id
         WHERE c.state = 'confirmed' AND t.dataset_id = ?1 AND g.field = ?2 AND g.reason = ?3 ORDER BY 1 LIMIT ?4",
    )
    .bind(dataset)
    .bind(field)
    .bind(reason)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}
