//! Rows of the ledger's public keys, of signed checkpoints, and of handed out originals. Only inserts.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// One checkpoint that was signed.
#[derive(FromRow)]
pub(crate) struct CheckpointRow {
    pub(crate) seq: i64,
    pub(crate) size: i64,
    pub(crate) root: Vec<u8>,
    /// Time of the last leaf it covers.
    pub(crate) at: Millis,
    /// `exported` or `packaged`.
    pub(crate) sink: String,
    pub(crate) note: String,
}

/// Originals of a report that were sealed to named recipients.
pub(crate) struct HandoutRow<'a> {
    pub(crate) seq: i64,
    pub(crate) report_id: i64,
    pub(crate) proposal: i64,
    pub(crate) account: &'a str,
    pub(crate) at: Millis,
    pub(crate) path: &'a str,
    pub(crate) sha256: &'a str,
}

/// The public keys, the present one last.
pub(crate) async fn vkeys(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT vkey FROM ledger_key ORDER BY id").fetch_all(conn).await?)
}

pub(crate) async fn insert_vkey(conn: &mut SqliteConnection, seq: i64, vkey: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO ledger_key (id, seq, vkey) VALUES ((SELECT coalesce(max(id), 0) + 1 FROM ledger_key), ?1, ?2)",
    )
    .bind(seq)
    .bind(vkey)
    .execute(conn)
    .await?;
    Ok(())
}

/// The checkpoint that covers most of the ledger.
pub(crate) async fn newest(conn: &mut SqliteConnection) -> Result<Option<CheckpointRow>> {
    Ok(sqlx::query_as(
        "SELECT seq, size, root, at, sink, note FROM checkpoint ORDER BY size DESC, id DESC LIMIT 1",
    )
    .fetch_optional(conn)
    .await?)
}

/// When a checkpoint was last handed out by itself.
pub(crate) async fn exported_at(conn: &mut SqliteConnection) -> Result<Option<Millis>> {
    Ok(sqlx::query_scalar(
        "SELECT a.at FROM checkpoint c JOIN act a ON a.seq = c.seq WHERE c.sink = 'exported' ORDER BY c.id DESC LIMIT 1",
    )
    .fetch_optional(conn)
    .await?)
}

pub(crate) async fn insert(conn: &mut SqliteConnection, row: &CheckpointRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO checkpoint (id, seq, size, root, at, sink, note)
         VALUES ((SELECT coalesce(max(id), 0) + 1 FROM checkpoint), ?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(row.seq)
    .bind(row.size)
    .bind(&row.root)
    .bind(row.at)
    .bind(&row.sink)
    .bind(&row.note)
    .execute(conn)
    .await?;
    Ok(())
}

/// Every checkpoint, in the order they became known.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<CheckpointRow>> {
    Ok(sqlx::query_as("SELECT seq, size, root, at, sink, note FROM checkpoint ORDER BY id")
        .fetch_all(conn)
        .await?)
}

/// Keys, checkpoints and handouts whose leaf is of another kind or says something else, and such leaves without a row.
pub(crate) async fn unlogged_rows(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM ledger_key k LEFT JOIN act a ON a.seq = k.seq
                 WHERE a.kind IS NOT 'key.made' OR a.body ->> '$.vkey' IS NOT k.vkey)
              + (SELECT count(*) FROM act a WHERE a.kind = 'key.made'
                 AND NOT EXISTS (SELECT 1 FROM ledger_key k WHERE k.seq = a.seq))
              + (SELECT count(*) FROM checkpoint c LEFT JOIN act a ON a.seq = c.seq
                 WHERE CASE c.sink WHEN 'exported' THEN a.kind IS NOT 'checkpoint.exported'
                                                     OR a.body ->> '$.size' IS NOT c.size
                                                     OR a.body ->> '$.root' IS NOT lower(hex(c.root))
                                   ELSE a.kind IS NOT 'report.sealed' OR a.body ->> '$.at_leaf' IS NOT c.size
                                     OR a.body ->> '$.at_root' IS NOT lower(hex(c.root)) END)
              + (SELECT count(*) FROM act a WHERE a.kind = 'checkpoint.exported'
                 AND NOT EXISTS (SELECT 1 FROM checkpoint c WHERE c.seq = a.seq))
              + (SELECT count(*) FROM handout h LEFT JOIN act a ON a.seq = h.seq
                 WHERE a.kind IS NOT 'originals.sealed' OR a.account IS NOT h.account
                    OR a.body ->> '$.sha256' IS NOT h.sha256 OR a.body ->> '$.proposal' IS NOT h.proposal)
              + (SELECT count(*) FROM act a WHERE a.kind = 'originals.sealed'
                 AND NOT EXISTS (SELECT 1 FROM handout h WHERE h.seq = a.seq))",
    )
    .fetch_one(conn)
    .await?)
}

/// Where originals were handed on.
pub(crate) async fn paths(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT path FROM handout ORDER BY id").fetch_all(conn).await?)
}

/// Digests of the tag manifests of what was handed on.
pub(crate) async fn digests(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT sha256 FROM handout ORDER BY id").fetch_all(conn).await?)
}

pub(crate) async fn insert_handout(
    conn: &mut SqliteConnection,
    row: &HandoutRow<'_>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO handout (id, seq, report_id, proposal, account, at, path, sha256)
         VALUES ((SELECT coalesce(max(id), 0) + 1 FROM handout), ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(row.seq)
    .bind(row.report_id)
    .bind(row.proposal)
    .bind(row.account)
    .bind(row.at)
    .bind(row.path)
    .bind(row.sha256)
    .execute(conn)
    .await?;
    Ok(())
}
