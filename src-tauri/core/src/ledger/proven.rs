//! A leaf taken from the tree rather than from a table: its bytes, proven to lie under the root.
//!
//! It must never answer a leaf that the root does not commit to.

use sqlx::SqliteConnection;
use tlog_tiles::{Hash, record_hash};

use super::{broken, load, unsigned};
use crate::error::Result;
use crate::store::ledger as rows;

/// The root of the tree as it stands, to prove leaves against.
pub(crate) struct Root {
    size: u64,
    hash: Hash,
}

impl Root {
    /// The root as it is now; leaves appended later are not under it.
    pub(crate) async fn now(conn: &mut SqliteConnection) -> Result<Self> {
        let (size, hash) = super::root(conn).await?;
        Ok(Self { size: unsigned(size)?, hash: Hash(hash) })
    }

    /// Whether the bytes of a leaf lie at its place in the tree: an inclusion proof (RFC 6962), checked.
    pub(crate) async fn holds(
        &self,
        conn: &mut SqliteConnection,
        row: &rows::LeafRow,
    ) -> Result<bool> {
        let (size, seq) = (self.size, unsigned(row.seq)?);
        if seq >= size {
            return Ok(false);
        }
        let known =
            load(conn, |reader| tlog_tiles::prove_record(size, seq, reader).map(drop)).await?;
        let proof = tlog_tiles::prove_record(size, seq, &known).map_err(broken)?;
        Ok(tlog_tiles::check_record(&proof, size, self.hash, seq, record_hash(&row.leaf)).is_ok())
    }
}
