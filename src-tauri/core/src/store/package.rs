//! What packaging asks beside the rows of reports: which cases wait, and which changed meanwhile.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// Settled confirmed cases after one, by id.
pub(crate) async fn waiting_after(
    conn: &mut SqliteConnection,
    after: i64,
    now: Millis,
    limit: i64,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT id FROM review_case WHERE state = 'confirmed' AND id > ?1 AND settles_at <= ?2
         ORDER BY id LIMIT ?3",
    )
    .bind(after)
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// Confirmed cases after one that can still be undone, by id.
pub(crate) async fn open_after(
    conn: &mut SqliteConnection,
    after: i64,
    now: Millis,
    limit: i64,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT id FROM review_case WHERE state = 'confirmed' AND id > ?1 AND settles_at > ?2
         ORDER BY id LIMIT ?3",
    )
    .bind(after)
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// A sighting that a packaged case got after its report was sealed.
#[derive(FromRow)]
pub(crate) struct AgainRow {
    pub(crate) id: i64,
    pub(crate) case_id: i64,
    pub(crate) run: String,
    pub(crate) record: String,
    pub(crate) report_id: i64,
    pub(crate) sha256: Vec<u8>,
}

/// Such sightings after one, by id.
pub(crate) async fn again_after(
    conn: &mut SqliteConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<AgainRow>> {
    Ok(sqlx::query_as(
        "SELECT s.id, s.case_id, s.run, s.record, c.report_id, i.sha256
         FROM review_case c CROSS JOIN report r ON r.id = c.report_id
         CROSS JOIN sighting s ON s.case_id = c.id AND s.imported_at > r.sealed_at
         CROSS JOIN item i ON i.id = c.item_id
         WHERE c.state = 'packaged' AND c.report_id IS NOT NULL AND s.id > ?1 ORDER BY s.id LIMIT ?2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// The newest sighting.
pub(crate) async fn last_sighting(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM sighting").fetch_one(conn).await?)
}

/// The first of these cases (a JSON array of ids) that is no longer what it was at leaf `leaves`, when `sighting` was
/// the newest: decided again, packaged, found at another place, or spoken of in a leaf that is no claim and no view.
pub(crate) async fn changed_since(
    conn: &mut SqliteConnection,
    cases: &str,
    leaves: i64,
    sighting: i64,
) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT min(id) FROM (
           SELECT j.value AS id FROM json_each(?1) j LEFT JOIN review_case c ON c.id = j.value
           WHERE c.state IS NOT 'confirmed' OR c.decision_seq >= ?2
           UNION ALL
           SELECT s.case_id FROM sighting s
           WHERE s.id > ?3 AND s.case_id IN (SELECT value FROM json_each(?1))
           UNION ALL
           SELECT s.case_id FROM fact f JOIN sighting s ON s.id = f.sighting_id
           WHERE f.attempt_seq >= ?2 AND s.case_id IN (SELECT value FROM json_each(?1))
           UNION ALL
           SELECT a.case_id FROM act a
           WHERE a.seq >= ?2 AND a.case_id IN (SELECT value FROM json_each(?1))
             AND a.kind NOT IN ('claim.taken', 'claim.released', 'view.opened', 'view.closed'))",
    )
    .bind(cases)
    .bind(leaves)
    .bind(sighting)
    .fetch_one(conn)
    .await?)
}
