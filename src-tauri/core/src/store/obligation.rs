//! What is owed for confirmed cases that are in no report, and how much is owed in all. Nothing here reads more of an
//! index than one page, one hour, or the reports at hand.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// A confirmed case in no report.
#[derive(FromRow)]
pub(crate) struct CaseRow {
    pub(crate) id: i64,
    pub(crate) known_at: Millis,
    pub(crate) decided_by: Option<String>,
    pub(crate) settles_at: Option<Millis>,
}

/// The longest known first, after this one.
pub(crate) async fn unreported(
    conn: &mut SqliteConnection,
    after: (Millis, i64),
    owner: Option<&str>,
    limit: i64,
) -> Result<Vec<CaseRow>> {
    let query = match owner {
        None => sqlx::query_as(
            "SELECT id, known_at, decided_by, settles_at FROM review_case INDEXED BY case_unreported
             WHERE state = 'confirmed' AND (known_at, id) > (?1, ?2) ORDER BY known_at, id LIMIT ?3",
        ),
        Some(_) => sqlx::query_as(
            "SELECT id, known_at, decided_by, settles_at FROM review_case INDEXED BY case_unreported_of
             WHERE state = 'confirmed' AND decided_by = ?4 AND (known_at, id) > (?1, ?2)
             ORDER BY known_at, id LIMIT ?3",
        ),
    };
    let query = query.bind(after.0).bind(after.1).bind(limit);
    let query = match owner {
        None => query,
        Some(owner) => query.bind(owner),
    };
    Ok(query.fetch_all(conn).await?)
}

/// Unreported cases known before `at`: whole hours by their counts, the last one by the index.
pub(crate) async fn unreported_before(conn: &mut SqliteConnection, at: Millis) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT coalesce((SELECT sum(n) FROM unreported_hour WHERE hour < ?1 / 3600000), 0)
              + (SELECT count(*) FROM review_case INDEXED BY case_unreported
                 WHERE state = 'confirmed' AND known_at >= ?1 / 3600000 * 3600000 AND known_at < ?1)",
    )
    .bind(at)
    .fetch_one(conn)
    .await?)
}

/// Every unreported case.
pub(crate) async fn unreported_all(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT coalesce(sum(n), 0) FROM unreported_hour")
        .fetch_one(conn)
        .await?)
}

/// Filed reports of which anything is kept: all, and those whose time is over and on which no hold stands; holds that stand.
pub(crate) async fn kept(conn: &mut SqliteConnection, now: Millis) -> Result<(i64, i64, i64)> {
    Ok(sqlx::query_as(
        "SELECT (SELECT count(*) FROM register INDEXED BY register_kept WHERE state = 'filed' AND ended = 0),
                (SELECT count(*) FROM register g INDEXED BY register_kept
                 WHERE g.state = 'filed' AND g.ended = 0 AND g.preserve_until <= ?1
                   AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.report_id = g.report_id AND h.lifted_seq IS NULL)
                   AND NOT EXISTS (SELECT 1 FROM hold h INDEXED BY hold_stands
                     JOIN report_case m ON m.case_id = h.case_id AND m.report_id = g.report_id WHERE h.lifted_seq IS NULL)),
                (SELECT count(*) FROM hold INDEXED BY hold_stands WHERE lifted_seq IS NULL)",
    )
    .bind(now)
    .fetch_one(conn)
    .await?)
}
