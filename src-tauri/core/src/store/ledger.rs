//! Rows of the ledger: leaves, stored hashes, and the bodies leaves commit to.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// One leaf with its readable side.
#[derive(FromRow)]
pub(crate) struct LeafRow {
    pub(crate) seq: i64,
    pub(crate) leaf: Vec<u8>,
    pub(crate) at: i64,
    pub(crate) account: String,
    pub(crate) kind: String,
    pub(crate) case_id: Option<i64>,
    pub(crate) salt: Vec<u8>,
    pub(crate) body: String,
}

/// What is inserted beside a leaf.
pub(crate) struct ActRow<'a> {
    pub(crate) at: Millis,
    pub(crate) account: &'a str,
    pub(crate) role: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) case_id: Option<i64>,
    pub(crate) salt: &'a [u8],
    pub(crate) body: &'a str,
}

/// Number of leaves.
pub(crate) async fn size(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(seq), -1) + 1 FROM ledger_leaf")
        .fetch_one(conn)
        .await?)
}

/// Number of leaves, and the time of the newest act.
pub(crate) async fn end(conn: &mut SqliteConnection) -> Result<(i64, Option<Millis>)> {
    Ok(sqlx::query_as(
        "SELECT coalesce(max(seq), -1) + 1, (SELECT at FROM act ORDER BY seq DESC LIMIT 1) FROM ledger_leaf",
    )
    .fetch_one(conn)
    .await?)
}

/// Time of the newest act.
pub(crate) async fn last_at(conn: &mut SqliteConnection) -> Result<Option<Millis>> {
    Ok(sqlx::query_scalar("SELECT at FROM act ORDER BY seq DESC LIMIT 1")
        .fetch_optional(conn)
        .await?)
}

/// One stored hash by its index.
pub(crate) async fn hash(conn: &mut SqliteConnection, idx: i64) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar("SELECT hash FROM ledger_hash WHERE idx = ?1")
        .bind(idx)
        .fetch_optional(conn)
        .await?)
}

/// Stored hashes by their indexes, a JSON array of them, in any order.
pub(crate) async fn hashes_at(
    conn: &mut SqliteConnection,
    indexes: &str,
) -> Result<Vec<(i64, Vec<u8>)>> {
    Ok(sqlx::query_as(
        "SELECT h.idx, h.hash FROM json_each(?1) w JOIN ledger_hash h ON h.idx = w.value",
    )
    .bind(indexes)
    .fetch_all(conn)
    .await?)
}

/// One leaf with its readable side.
pub(crate) async fn leaf(conn: &mut SqliteConnection, seq: i64) -> Result<Option<LeafRow>> {
    Ok(sqlx::query_as(
        "SELECT l.seq, l.leaf, a.at, a.account, a.kind, a.case_id, a.salt, a.body
         FROM ledger_leaf l JOIN act a ON a.seq = l.seq WHERE l.seq = ?1",
    )
    .bind(seq)
    .fetch_optional(conn)
    .await?)
}

/// Appends a leaf, its new hashes (from index `first`) and its body.
pub(crate) async fn append(
    conn: &mut SqliteConnection,
    seq: i64,
    leaf: &[u8],
    first: i64,
    hashes: &[[u8; 32]],
    act: ActRow<'_>,
) -> Result<()> {
    sqlx::query("INSERT INTO ledger_leaf (seq, leaf) VALUES (?1, ?2)")
        .bind(seq)
        .bind(leaf)
        .execute(&mut *conn)
        .await?;
    for (idx, hash) in (first..).zip(hashes) {
        sqlx::query("INSERT INTO ledger_hash (idx, hash) VALUES (?1, ?2)")
            .bind(idx)
            .bind(hash.as_slice())
            .execute(&mut *conn)
            .await?;
    }
    sqlx::query(
        "INSERT INTO act (seq, at, account, role, kind, case_id, salt, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(seq)
    .bind(act.at)
    .bind(act.account)
    .bind(act.role)
    .bind(act.kind)
    .bind(act.case_id)
    .bind(act.salt)
    .bind(act.body)
    .execute(conn)
    .await?;
    Ok(())
}

/// Leaves `from..from + limit`, with their bodies, in order.
pub(crate) async fn leaves(
    conn: &mut SqliteConnection,
    from: i64,
    limit: i64,
) -> Result<Vec<LeafRow>> {
    Ok(sqlx::query_as(
        "SELECT l.seq, l.leaf, a.at, a.account, a.kind, a.case_id, a.salt, a.body
         FROM ledger_leaf l JOIN act a ON a.seq = l.seq
         WHERE l.seq >= ?1 ORDER BY l.seq LIMIT ?2",
    )
    .bind(from)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// Stored hashes `from..from + limit`, in order.
pub(crate) async fn hashes(
    conn: &mut SqliteConnection,
    from: i64,
    limit: i64,
) -> Result<Vec<Vec<u8>>> {
    Ok(sqlx::query_scalar("SELECT hash FROM ledger_hash WHERE idx >= ?1 ORDER BY idx LIMIT ?2")
        .bind(from)
        .bind(limit)
        .fetch_all(conn)
        .await?)
}

/// Decisions and exposures whose leaf is absent or is of another kind: rows that the ledger does not know.
pub(crate) async fn unlogged_rows(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM decision d LEFT JOIN act a ON a.seq = d.seq
                 WHERE a.kind IS NOT 'decision.recorded' OR a.case_id IS NOT d.case_id OR a.account IS NOT d.account
                    OR json_extract(a.body, '$.verdict') IS NOT d.verdict
                    OR json_extract(a.body, '$.classification') IS NOT d.classification
                    OR json_extract(a.body, '$.rationale') IS NOT d.rationale)
              + (SELECT count(*) FROM exposure e LEFT JOIN act a ON a.seq = e.opened_seq
                 WHERE a.kind IS NOT 'view.opened' OR a.case_id IS NOT e.case_id
                    OR json_extract(a.body, '$.level') IS NOT e.level)
              + (SELECT count(*) FROM act a WHERE a.kind = 'decision.recorded'
                 AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.seq = a.seq))
              + (SELECT count(*) FROM act a WHERE a.kind = 'view.opened'
                 AND NOT EXISTS (SELECT 1 FROM exposure e WHERE e.opened_seq = a.seq))",
    )
    .fetch_one(conn)
    .await?)
}
