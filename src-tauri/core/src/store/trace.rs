//! Where each sighting's trail stands: its dataset, its gaps, its class; and the records that this is worked out from.
//!
//! One statement per table takes a whole batch, which is at hand in `incoming`.

use sqlx::{FromRow, SqliteConnection};

use crate::error::Result;

/// A sighting with what its trail is worked out from.
#[derive(FromRow)]
pub(crate) struct RecordRow {
    pub(crate) id: i64,
    pub(crate) case_id: i64,
    /// The import that brought it.
    pub(crate) run: String,
    pub(crate) record: String,
    /// Class as it stands; `None` before it was worked out.
    pub(crate) class: Option<String>,
}

/// Sets dataset, gaps and class of the sightings of the finds at hand.
pub(crate) async fn put(conn: &mut SqliteConnection) -> Result<()> {
    sqlx::query(
        "INSERT OR IGNORE INTO dataset (name, version, version_kind, supplier, contact)
         SELECT DISTINCT dataset, version, version_kind, supplier, contact FROM temp.incoming",
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query("INSERT OR IGNORE INTO gap_set (key) SELECT DISTINCT gaps FROM temp.incoming")
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "INSERT OR IGNORE INTO gap (gap_set_id, field, reason)
         SELECT g.id, p.value ->> 0, p.value ->> 1
         FROM (SELECT DISTINCT gaps AS key FROM temp.incoming) k
         CROSS JOIN gap_set g ON g.key = k.key CROSS JOIN json_each(g.key) p",
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO trace (sighting_id, case_id, dataset_id, gap_set_id, class)
         SELECT s.id, s.case_id, d.id, g.id, j.class FROM temp.incoming j
         CROSS JOIN sighting s ON s.find_id = j.find_id
         CROSS JOIN dataset d ON d.name = j.dataset AND d.version = j.version AND d.version_kind = j.version_kind
           AND d.supplier = j.supplier AND d.contact = j.contact
         CROSS JOIN gap_set g ON g.key = j.gaps
         WHERE true ORDER BY j.pos
         ON CONFLICT (sighting_id) DO UPDATE
         SET dataset_id = excluded.dataset_id, gap_set_id = excluded.gap_set_id, class = excluded.class",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Sightings whose trail was never worked out: those imported before there was a table for it.
pub(crate) async fn without(conn: &mut SqliteConnection, limit: i64) -> Result<Vec<RecordRow>> {
    Ok(sqlx::query_as(
        "SELECT s.id, s.case_id, s.run, s.record, NULL AS class FROM sighting s
         WHERE s.id > (SELECT coalesce(max(sighting_id), 0) FROM trace) ORDER BY s.id LIMIT ?1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// Sightings after one, by id; of datasets of this name alone where one is given.
pub(crate) async fn after(
    conn: &mut SqliteConnection,
    after: i64,
    dataset: Option<&str>,
    limit: i64,
) -> Result<Vec<RecordRow>> {
    Ok(sqlx::query_as(
        "SELECT s.id, s.case_id, s.run, s.record, t.class FROM sighting s CROSS JOIN trace t ON t.sighting_id = s.id
         WHERE s.id > ?1 AND (?2 IS NULL OR t.dataset_id IN (SELECT id FROM dataset WHERE name = ?2))
         ORDER BY s.id LIMIT ?3",
    )
    .bind(after)
    .bind(dataset)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// These sightings, given as a JSON array of ids.
pub(crate) async fn these(conn: &mut SqliteConnection, ids: &str) -> Result<Vec<RecordRow>> {
    Ok(sqlx::query_as(
        "SELECT s.id, s.case_id, s.run, s.record, t.class FROM json_each(?1) j CROSS JOIN sighting s ON s.id = j.value
         LEFT JOIN trace t ON t.sighting_id = s.id ORDER BY s.id",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?)
}

/// The sightings of a case, oldest first.
pub(crate) async fn of_case(conn: &mut SqliteConnection, case: i64) -> Result<Vec<RecordRow>> {
    Ok(sqlx::query_as(
        "SELECT s.id, s.case_id, s.run, s.record, t.class FROM sighting s LEFT JOIN trace t ON t.sighting_id = s.id
         WHERE s.case_id = ?1 ORDER BY s.id",
    )
    .bind(case)
    .fetch_all(conn)
    .await?)
}

/// The most complete sighting of each of these cases, given as a JSON array of ids.
pub(crate) async fn best(conn: &mut SqliteConnection, cases: &str) -> Result<Vec<RecordRow>> {
    Ok(sqlx::query_as(
        "SELECT s.id, s.case_id, s.run, s.record, t.class FROM json_each(?1) j
         CROSS JOIN sighting s ON s.id = (
           SELECT b.id FROM sighting b CROSS JOIN trace c ON c.sighting_id = b.id WHERE b.case_id = j.value
           ORDER BY c.class, b.id LIMIT 1)
         CROSS JOIN trace t ON t.sighting_id = s.id",
    )
    .bind(cases)
    .fetch_all(conn)
    .await?)
}

/// Sets what a case takes from its most complete sighting. A packaged case stays in its source.
pub(crate) async fn set_case(
    conn: &mut SqliteConnection,
    case: i64,
    class: &str,
    dataset: &str,
    source_key: &str,
    source_name: &str,
) -> Result<()> {
    sqlx::query(
        "UPDATE review_case SET class = ?2, dataset = ?3,
                source_key = iif(report_id IS NULL, ?4, source_key),
                source_name = iif(report_id IS NULL, ?5, source_name) WHERE id = ?1",
    )
    .bind(case)
    .bind(class)
    .bind(dataset)
    .bind(source_key)
    .bind(source_name)
    .execute(conn)
    .await?;
    Ok(())
}

/// The datasets of these sightings, given as a JSON array of ids.
pub(crate) async fn datasets_of(conn: &mut SqliteConnection, ids: &str) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT t.dataset_id FROM json_each(?1) j CROSS JOIN trace t ON t.sighting_id = j.value",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?)
}

/// A sighting with how its trail stands, as JSON of dataset, gaps and class.
#[derive(FromRow)]
pub(crate) struct StandRow {
    pub(crate) id: i64,
    case_id: i64,
    run: String,
    record: String,
    class: Option<String>,
    pub(crate) stands: Option<String>,
}

impl From<StandRow> for RecordRow {
    fn from(row: StandRow) -> Self {
        Self {
            id: row.id,
            case_id: row.case_id,
            run: row.run,
            record: row.record,
            class: row.class,
        }
    }
}

/// Sightings after one, with how their trails stand.
pub(crate) async fn stand_after(
    conn: &mut SqliteConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<StandRow>> {
    Ok(sqlx::query_as(
        "SELECT s.id, s.case_id, s.run, s.record, t.class,
                json_array(d.name, d.version, d.version_kind, d.supplier, d.contact, g.key, t.class) AS stands
         FROM sighting s LEFT JOIN trace t ON t.sighting_id = s.id AND t.case_id = s.case_id
         LEFT JOIN dataset d ON d.id = t.dataset_id LEFT JOIN gap_set g ON g.id = t.gap_set_id
         WHERE s.id > ?1 ORDER BY s.id LIMIT ?2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// Whether the counts are those of the sightings, and the gaps those of their sets.
pub(crate) async fn counts_agree(conn: &mut SqliteConnection) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "SELECT NOT EXISTS (
           SELECT dataset_id, gap_set_id, class, count(*) FROM trace GROUP BY 1, 2, 3
           EXCEPT SELECT dataset_id, gap_set_id, class, n FROM trace_count)
         AND (SELECT coalesce(sum(n), 0) FROM trace_count) = (SELECT count(*) FROM trace)
         AND NOT EXISTS (
           SELECT g.id, p.value ->> 0, p.value ->> 1 FROM gap_set g CROSS JOIN json_each(g.key) p
           EXCEPT SELECT gap_set_id, field, reason FROM gap)
         AND (SELECT count(*) FROM gap) = (SELECT coalesce(sum(json_array_length(key)), 0) FROM gap_set)",
    )
    .fetch_one(conn)
    .await?)
}

/// Any sighting of a dataset, where it has one.
pub(crate) async fn one_of(conn: &mut SqliteConnection, dataset: i64) -> Result<Vec<RecordRow>> {
    Ok(sqlx::query_as(
        "SELECT s.id, s.case_id, s.run, s.record, t.class FROM trace t CROSS JOIN sighting s ON s.id = t.sighting_id
         WHERE t.dataset_id = ?1 LIMIT 1",
    )
    .bind(dataset)
    .fetch_all(conn)
    .await?)
}
