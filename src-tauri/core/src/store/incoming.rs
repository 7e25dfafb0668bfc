//! The finds at hand, as rows of a temporary table: their JSON is read once, however many statements take from it.
//!
//! The table belongs to the writer's connection and lives in memory (`temp_store`). It must never outlast the transaction
//! that takes its finds in with anything in it.

use sqlx::SqliteConnection;

use crate::error::Result;

/// Puts finds in the place of whatever was at hand: a JSON array of objects with the columns named below. Those that are
/// not given are `NULL`; digests and fingerprints are hex.
pub(crate) async fn fill(conn: &mut SqliteConnection, finds: &str) -> Result<()> {
    sqlx::query(
        "CREATE TEMP TABLE IF NOT EXISTS incoming (
           pos INTEGER PRIMARY KEY, find_id, line, record, digest, blake3, sha256, sha1, md5, size_bytes, provider, list,
           band, rank, algorithm, distance, threshold, quality, entry, class, dataset, version, version_kind, supplier,
           contact, gaps, source_key, source_name, pdq, pdq_quality)",
    )
    .execute(&mut *conn)
    .await?;
    clear(conn).await?;
    sqlx::query(
        "INSERT INTO temp.incoming
         SELECT key, value ->> 'find_id', value ->> 'line', value ->> 'record', unhex(value ->> 'digest'),
                unhex(value ->> 'blake3'), unhex(value ->> 'sha256'), unhex(value ->> 'sha1'), unhex(value ->> 'md5'),
                value ->> 'size_bytes', value ->> 'provider', value ->> 'list', value ->> 'band', value ->> 'rank',
                value ->> 'algorithm', value ->> 'distance', value ->> 'threshold', value ->> 'quality',
                value ->> 'entry', value ->> 'class', value ->> 'dataset', value ->> 'version',
                value ->> 'version_kind', value ->> 'supplier', value ->> 'contact', value ->> 'gaps',
                value ->> 'source_key', value ->> 'source_name', unhex(value ->> 'pdq'), value ->> 'pdq_quality'
         FROM json_each(?1)",
    )
    .bind(finds)
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets go of the finds that were at hand.
pub(crate) async fn clear(conn: &mut SqliteConnection) -> Result<()> {
    sqlx::query("DELETE FROM temp.incoming").execute(conn).await?;
    Ok(())
}
