//! Rows of imports, and the one statement per table that takes a whole batch of finds in.
//!
//! A batch is at hand in `incoming`, so that it costs a handful of statements however many finds it has.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// One import.
#[derive(FromRow)]
pub(crate) struct RunRow {
    pub(crate) id: String,
    pub(crate) file: String,
    pub(crate) account: String,
    pub(crate) started_at: Millis,
    pub(crate) ended_at: Option<Millis>,
    pub(crate) state: String,
    pub(crate) lines: i64,
    pub(crate) bytes: i64,
    pub(crate) total_bytes: i64,
    pub(crate) new_finds: i64,
    pub(crate) known: i64,
    pub(crate) left_out: i64,
    pub(crate) new_cases: i64,
    pub(crate) scanner: Option<String>,
    pub(crate) digest: Option<String>,
    pub(crate) problem: Option<String>,
}

/// A line that was left out.
#[derive(FromRow)]
pub(crate) struct ProblemRow {
    pub(crate) line: i64,
    pub(crate) code: String,
    pub(crate) wrong: String,
    pub(crate) remedy: String,
}

pub(crate) async fn insert_run(
    conn: &mut SqliteConnection,
    id: &str,
    file: &str,
    account: &str,
    at: Millis,
    total_bytes: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO import_run (id, file, account, started_at, state, total_bytes) VALUES (?1, ?2, ?3, ?4, 'running', ?5)",
    )
    .bind(id)
    .bind(file)
    .bind(account)
    .bind(at)
    .bind(total_bytes)
    .execute(conn)
    .await?;
    Ok(())
}

/// Digests of those finds that are in the store already, by find id.
pub(crate) async fn known(
    conn: &mut SqliteConnection,
    find_ids: &str,
) -> Result<Vec<(String, Vec<u8>)>> {
    Ok(sqlx::query_as(
        "SELECT s.find_id, s.digest FROM json_each(?1) j CROSS JOIN sighting s ON s.find_id = j.value",
    )
    .bind(find_ids)
    .fetch_all(conn)
    .await?)
}

/// The lines of those finds, as they were taken in, by find id.
pub(crate) async fn lines(
    conn: &mut SqliteConnection,
    find_ids: &str,
) -> Result<Vec<(String, String)>> {
    Ok(sqlx::query_as(
        "SELECT s.find_id, s.record FROM json_each(?1) j CROSS JOIN sighting s ON s.find_id = j.value",
    )
    .bind(find_ids)
    .fetch_all(conn)
    .await?)
}

/// Takes the finds at hand in, all of them new. Answers how many cases are new.
pub(crate) async fn insert_batch(
    conn: &mut SqliteConnection,
    run: &str,
    at: Millis,
) -> Result<i64> {
    sqlx::query(
        "INSERT OR IGNORE INTO list (provider, name)
         SELECT DISTINCT provider, list FROM temp.incoming",
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT OR IGNORE INTO item (blake3, sha256, sha1, md5, size_bytes)
         SELECT blake3, sha256, sha1, md5, size_bytes FROM temp.incoming ORDER BY pos",
    )
    .execute(&mut *conn)
    .await?;
    let last = "SELECT coalesce(max(id), 0) FROM review_case";
    let before: i64 = sqlx::query_scalar(last).fetch_one(&mut *conn).await?;
    // A further sighting may bring a better match or a more complete trail; it never reopens a case, and a packaged
    // case stays in its source.
    sqlx::query(
        "INSERT INTO review_case (item_id, list_id, band, rank, algorithm, distance, threshold, quality, entry, dataset,
                                  class, sightings, source_key, source_name, created_at)
         SELECT i.id, l.id, j.band, j.rank, j.algorithm, j.distance, j.threshold, j.quality, j.entry, j.dataset, j.class, 1,
                j.source_key, j.source_name, ?1
         FROM temp.incoming j CROSS JOIN item i ON i.blake3 = j.blake3
         CROSS JOIN list l ON l.provider = j.provider AND l.name = j.list
         WHERE true ORDER BY j.pos
         ON CONFLICT (item_id) DO UPDATE SET
           sightings = sightings + 1,
           list_id = iif(excluded.rank < rank, excluded.list_id, list_id),
           band = iif(excluded.rank < rank, excluded.band, band),
           algorithm = iif(excluded.rank < rank, excluded.algorithm, algorithm),
           distance = iif(excluded.rank < rank, excluded.distance, distance),
           threshold = iif(excluded.rank < rank, excluded.threshold, threshold),
           quality = iif(excluded.rank < rank, excluded.quality, quality),
           entry = iif(excluded.rank < rank, excluded.entry, entry),
           rank = min(rank, excluded.rank),
           dataset = iif(excluded.class < class, excluded.dataset, dataset),
           source_key = iif(excluded.class < class AND report_id IS NULL, excluded.source_key, source_key),
           source_name = iif(excluded.class < class AND report_id IS NULL, excluded.source_name, source_name),
           class = min(class, excluded.class)",
    )
    .bind(at)
    .execute(&mut *conn)
    .await?;
    let after: i64 = sqlx::query_scalar(last).fetch_one(&mut *conn).await?;
    sqlx::query(
        "INSERT INTO sighting (find_id, case_id, run, line, digest, imported_at, record)
         SELECT j.find_id, c.id, ?1, j.line, j.digest, ?2, j.record
         FROM temp.incoming j CROSS JOIN item i ON i.blake3 = j.blake3 CROSS JOIN review_case c ON c.item_id = i.id
         ORDER BY j.pos",
    )
    .bind(run)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(after - before)
}

/// The greatest case number.
pub(crate) async fn last_case(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM review_case").fetch_one(conn).await?)
}

/// Adds left-out lines, given as a JSON array.
pub(crate) async fn insert_problems(
    conn: &mut SqliteConnection,
    run: &str,
    problems: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT OR IGNORE INTO import_problem (run, line, code, wrong, remedy)
         SELECT ?1, value ->> 'line', value ->> 'code', value ->> 'wrong', value ->> 'remedy' FROM json_each(?2)",
    )
    .bind(run)
    .bind(problems)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds declared gaps, given as a JSON array of `[field, reason, n]`.
pub(crate) async fn add_missing(
    conn: &mut SqliteConnection,
    run: &str,
    missing: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO import_missing (run, field, reason, n)
         SELECT ?1, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?2) WHERE true
         ON CONFLICT (run, field, reason) DO UPDATE SET n = n + excluded.n",
    )
    .bind(run)
    .bind(missing)
    .execute(conn)
    .await?;
    Ok(())
}

/// Counters of a run, as they stand after a batch.
pub(crate) struct Counters<'a> {
    pub(crate) lines: i64,
    pub(crate) bytes: i64,
    pub(crate) new_finds: i64,
    pub(crate) known: i64,
    pub(crate) left_out: i64,
    pub(crate) new_cases: i64,
    pub(crate) scanner: Option<&'a str>,
}

pub(crate) async fn set_counters(
    conn: &mut SqliteConnection,
    run: &str,
    counters: &Counters<'_>,
) -> Result<()> {
    sqlx::query(
        "UPDATE import_run SET lines = ?2, bytes = ?3, new_finds = ?4, known = ?5, left_out = ?6, new_cases = ?7,
                scanner = coalesce(scanner, ?8) WHERE id = ?1",
    )
    .bind(run)
    .bind(counters.lines)
    .bind(counters.bytes)
    .bind(counters.new_finds)
    .bind(counters.known)
    .bind(counters.left_out)
    .bind(counters.new_cases)
    .bind(counters.scanner)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn end_run(
    conn: &mut SqliteConnection,
    run: &str,
    state: &str,
    at: Millis,
    digest: Option<&str>,
    problem: Option<&str>,
) -> Result<()> {
    sqlx::query(
        "UPDATE import_run SET state = ?2, ended_at = ?3, digest = ?4, problem = ?5 WHERE id = ?1",
    )
    .bind(run)
    .bind(state)
    .bind(at)
    .bind(digest)
    .bind(problem)
    .execute(conn)
    .await?;
    Ok(())
}

/// Runs that say they are running.
pub(crate) async fn running(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT id FROM import_run WHERE state = 'running'")
        .fetch_all(conn)
        .await?)
}

/// Newest first.
pub(crate) async fn runs(conn: &mut SqliteConnection, limit: i64) -> Result<Vec<RunRow>> {
    Ok(sqlx::query_as("SELECT * FROM import_run ORDER BY started_at DESC, id DESC LIMIT ?1")
        .bind(limit)
        .fetch_all(conn)
        .await?)
}

pub(crate) async fn problems(
    conn: &mut SqliteConnection,
    run: &str,
    limit: i64,
) -> Result<Vec<ProblemRow>> {
    Ok(sqlx::query_as("SELECT line, code, wrong, remedy FROM import_problem WHERE run = ?1 ORDER BY line LIMIT ?2")
        .bind(run)
        .bind(limit)
        .fetch_all(conn)
        .await?)
}

/// Declared gaps of a run, most frequent first.
pub(crate) async fn missing(
    conn: &mut SqliteConnection,
    run: &str,
) -> Result<Vec<(String, String, i64)>> {
    Ok(sqlx::query_as("SELECT field, reason, n FROM import_missing WHERE run = ?1 ORDER BY n DESC, field LIMIT 20")
        .bind(run)
        .fetch_all(conn)
        .await?)
}
