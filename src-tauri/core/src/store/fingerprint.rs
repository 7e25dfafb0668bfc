//! Rows of fingerprints: who has one, who waits for one, who cannot have one.

use sqlx::{FromRow, SqliteConnection};

use crate::error::Result;

/// Takes the fingerprints that scanners gave with the finds at hand, and puts the items of cases from `first` on that
/// have none in line for one.
pub(crate) async fn arrive(conn: &mut SqliteConnection, first: i64, seq: i64) -> Result<()> {
    // Of an item that comes twice the better one; an item whose fingerprint could not be made takes the scanner's.
    let taken = sqlx::query(
        "INSERT INTO item_pdq (item_id, pdq, quality, source, seq)
         SELECT i.id, j.pdq, max(j.pdq_quality), 'scanner', ?1
         FROM temp.incoming j CROSS JOIN item i ON i.blake3 = j.blake3 WHERE j.pdq IS NOT NULL GROUP BY i.id
         ON CONFLICT (item_id) DO UPDATE SET pdq = excluded.pdq, quality = excluded.quality, source = excluded.source,
           problem = NULL, seq = excluded.seq WHERE item_pdq.pdq IS NULL",
    )
    .bind(seq)
    .execute(&mut *conn)
    .await?;
    if taken.rows_affected() > 0 {
        sqlx::query(
            "DELETE FROM item_wait WHERE item_id IN
               (SELECT i.id FROM temp.incoming j CROSS JOIN item i ON i.blake3 = j.blake3
                JOIN item_pdq p ON p.item_id = i.id AND p.pdq IS NOT NULL)",
        )
        .execute(&mut *conn)
        .await?;
    }
    sqlx::query(
        "INSERT OR IGNORE INTO item_wait (item_id) SELECT c.item_id FROM review_case c
         WHERE c.id >= ?1 AND NOT EXISTS (SELECT 1 FROM item_pdq p WHERE p.item_id = c.item_id)",
    )
    .bind(first)
    .execute(conn)
    .await?;
    Ok(())
}

/// An item that waits for a fingerprint.
#[derive(FromRow)]
pub(crate) struct WaitingRow {
    pub(crate) id: i64,
    pub(crate) blake3: Vec<u8>,
    /// As the first scanner that found it reported it.
    pub(crate) media_type: Option<String>,
}

/// Those that have waited longest.
pub(crate) async fn waiting(conn: &mut SqliteConnection, limit: i64) -> Result<Vec<WaitingRow>> {
    Ok(sqlx::query_as(
        "SELECT i.id, i.blake3,
                (SELECT json_extract(s.record, '$.object.media_type') FROM review_case c JOIN sighting s ON s.case_id = c.id
                 WHERE c.item_id = i.id ORDER BY s.id LIMIT 1) AS media_type
         FROM item_wait w JOIN item i ON i.id = w.item_id ORDER BY w.item_id LIMIT ?1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// Takes what the airlock answered: a JSON array of objects with `id`, and `pdq` and `quality`, or `problem`.
pub(crate) async fn insert(conn: &mut SqliteConnection, made: &str, seq: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO item_pdq (item_id, pdq, quality, source, problem, seq)
         SELECT value ->> 'id', unhex(value ->> 'pdq'), value ->> 'quality', 'airlock', value ->> 'problem', ?2
         FROM json_each(?1) WHERE true ON CONFLICT (item_id) DO NOTHING",
    )
    .bind(made)
    .bind(seq)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "DELETE FROM item_wait WHERE item_id IN (SELECT value ->> 'id' FROM json_each(?1))",
    )
    .bind(made)
    .execute(conn)
    .await?;
    Ok(())
}

/// The fingerprint of one case's item.
#[derive(FromRow)]
pub(crate) struct PrintRow {
    pub(crate) quality: Option<i64>,
    pub(crate) source: String,
    pub(crate) problem: Option<String>,
    pub(crate) linked: bool,
}

pub(crate) async fn of_case(conn: &mut SqliteConnection, case: i64) -> Result<Option<PrintRow>> {
    Ok(sqlx::query_as(
        "SELECT p.quality, p.source, p.problem, p.linked FROM review_case c JOIN item_pdq p ON p.item_id = c.item_id
         WHERE c.id = ?1",
    )
    .bind(case)
    .fetch_optional(conn)
    .await?)
}

/// How far comparing is.
#[derive(FromRow)]
pub(crate) struct CountRow {
    pub(crate) items: i64,
    pub(crate) without: i64,
    pub(crate) unlinked: i64,
    pub(crate) low: i64,
    pub(crate) none: i64,
}

/// Items are never removed, so the greatest number is their count.
pub(crate) async fn counts(conn: &mut SqliteConnection) -> Result<CountRow> {
    Ok(sqlx::query_as(
        "SELECT (SELECT coalesce(max(id), 0) FROM item) AS items,
                (SELECT count(*) FROM item_wait) AS without,
                (SELECT count(*) FROM item_pdq INDEXED BY item_pdq_unlinked WHERE linked = 0 AND quality >= 50) AS unlinked,
                (SELECT count(*) FROM item_pdq INDEXED BY item_pdq_low WHERE quality < 50) AS low,
                (SELECT count(*) FROM item_pdq INDEXED BY item_pdq_none WHERE pdq IS NULL) AS none",
    )
    .fetch_one(conn)
    .await?)
}
