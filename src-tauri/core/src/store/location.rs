//! Rows of the places that keep copies of a dataset, and of what was answered for them.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;
use crate::store::removal::Of;

/// One place.
#[derive(FromRow)]
pub(crate) struct LocationRow {
    pub(crate) id: i64,
    pub(crate) dataset: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) contact: String,
    pub(crate) added_at: Millis,
    pub(crate) retired_at: Option<Millis>,
    pub(crate) retired_why: Option<String>,
}

/// Places of a dataset, or of all, in the order they were added.
pub(crate) async fn all(
    conn: &mut SqliteConnection,
    dataset: Option<&str>,
) -> Result<Vec<LocationRow>> {
    Ok(sqlx::query_as(
        "SELECT id, dataset, name, kind, contact, added_at, retired_at, retired_why FROM location
         WHERE ?1 IS NULL OR dataset = ?1 ORDER BY id",
    )
    .bind(dataset)
    .fetch_all(conn)
    .await?)
}

/// The place of this name that is still asked.
pub(crate) async fn asked(
    conn: &mut SqliteConnection,
    dataset: &str,
    name: &str,
) -> Result<Option<LocationRow>> {
    Ok(sqlx::query_as(
        "SELECT id, dataset, name, kind, contact, added_at, retired_at, retired_why FROM location
         WHERE dataset = ?1 AND name = ?2 AND retired_seq IS NULL",
    )
    .bind(dataset)
    .bind(name)
    .fetch_optional(conn)
    .await?)
}

/// Adds a place. `what` is its dataset, name, kind and contact.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    what: [&str; 4],
    at: Millis,
    seq: i64,
) -> Result<()> {
    let [dataset, name, kind, contact] = what;
    sqlx::query(
        "INSERT INTO location (dataset, name, kind, contact, added_at, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(dataset)
    .bind(name)
    .bind(kind)
    .bind(contact)
    .bind(at)
    .bind(seq)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn retire(
    conn: &mut SqliteConnection,
    id: i64,
    at: Millis,
    seq: i64,
    why: &str,
) -> Result<()> {
    sqlx::query(
        "UPDATE location SET retired_at = ?2, retired_seq = ?3, retired_why = ?4 WHERE id = ?1",
    )
    .bind(id)
    .bind(at)
    .bind(seq)
    .bind(why)
    .execute(conn)
    .await?;
    Ok(())
}

macro_rules! newest_answer {
    () => {
        "(SELECT n.kind FROM answered w JOIN answer n ON n.seq = w.seq WHERE w.location_id = ?1
          AND w.sighting_id = t.sighting_id AND w.since = t.since ORDER BY w.seq DESC LIMIT 1)"
    };
}

/// A listed sighting with the newest answer of one place.
#[derive(FromRow)]
pub(crate) struct ListedRow {
    pub(crate) sighting_id: i64,
    pub(crate) since: i64,
    pub(crate) find_id: String,
    pub(crate) sha256: Vec<u8>,
    pub(crate) record: String,
    pub(crate) said: Option<String>,
}

/// Which lists a sighting must stand in.
#[derive(Clone, Copy)]
pub(crate) struct Standing<'a> {
    pub(crate) of: Of<'a>,
    /// Up to this list.
    pub(crate) through: i64,
    /// Of cases sealed into this report alone.
    pub(crate) report: Option<i64>,
}

/// Sightings that stand in the lists, with what the place said last, in the order of the sighting.
pub(crate) async fn listed(
    conn: &mut SqliteConnection,
    location: i64,
    standing: Standing<'_>,
    after: i64,
    limit: i64,
) -> Result<Vec<ListedRow>> {
    Ok(sqlx::query_as(concat!(
        "SELECT t.sighting_id, t.since, s.find_id, i.sha256, s.record, ",
        newest_answer!(),
        " AS said
         FROM tombstone t INDEXED BY tombstone_by_dataset CROSS JOIN sighting s ON s.id = t.sighting_id
         JOIN review_case c ON c.id = s.case_id JOIN item i ON i.id = c.item_id
         WHERE t.dataset = ?2 AND (?3 IS NULL OR t.version = ?3) AND t.until IS NULL AND t.since <= ?4
           AND t.sighting_id > ?5
           AND (?7 IS NULL OR EXISTS (SELECT 1 FROM report_case m WHERE m.report_id = ?7 AND m.case_id = c.id))
         ORDER BY t.sighting_id LIMIT ?6"
    ))
    .bind(location)
    .bind(standing.of.dataset)
    .bind(standing.of.version)
    .bind(standing.through)
    .bind(after)
    .bind(limit)
    .bind(standing.report)
    .fetch_all(conn)
    .await?)
}

/// What one place said of the confirmed sightings that stand in the lists: the answer, how many, since when confirmed.
pub(crate) async fn said(
    conn: &mut SqliteConnection,
    location: i64,
    dataset: &str,
    now: Millis,
) -> Result<Vec<(Option<String>, i64, Option<Millis>)>> {
    Ok(sqlx::query_as(concat!(
        "SELECT ",
        newest_answer!(),
        " AS said, count(*), min(c.settles_at)
         FROM tombstone t INDEXED BY tombstone_by_dataset CROSS JOIN sighting s ON s.id = t.sighting_id
         JOIN review_case c ON c.id = s.case_id
         WHERE t.dataset = ?2 AND t.until IS NULL AND c.state IN ('confirmed', 'packaged') AND c.settles_at <= ?3
         GROUP BY 1"
    ))
    .bind(location)
    .bind(dataset)
    .bind(now)
    .fetch_all(conn)
    .await?)
}

/// An answer to insert.
pub(crate) struct NewAnswer<'a> {
    pub(crate) seq: i64,
    pub(crate) location: i64,
    pub(crate) kind: &'a str,
    pub(crate) said_by: &'a str,
    pub(crate) said_at: Millis,
    pub(crate) reason: &'a str,
}

pub(crate) async fn insert_answer(conn: &mut SqliteConnection, new: &NewAnswer<'_>) -> Result<()> {
    sqlx::query(
        "INSERT INTO answer (seq, location_id, kind, said_by, said_at, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(new.seq)
    .bind(new.location)
    .bind(new.kind)
    .bind(new.said_by)
    .bind(new.said_at)
    .bind(new.reason)
    .execute(conn)
    .await?;
    Ok(())
}

/// Sightings, a JSON array of `[id, since]`, that an answer covers.
pub(crate) async fn insert_answered(
    conn: &mut SqliteConnection,
    location: i64,
    seq: i64,
    sightings: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO answered (location_id, sighting_id, since, seq)
         SELECT ?1, value ->> 0, value ->> 1, ?2 FROM json_each(?3)",
    )
    .bind(location)
    .bind(seq)
    .bind(sightings)
    .execute(conn)
    .await?;
    Ok(())
}
