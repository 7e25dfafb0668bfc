//! What packaging asks beside the rows of reports: which cases wait, and which changed meanwhile.

use sqlx::SqliteConnection;

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
