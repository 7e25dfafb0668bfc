//! Recomputes the ledger from its leaves and compares it with everything that claims to follow from it.
//!
//! It must never repair anything.

use serde_json::Value;
use sqlx::SqliteConnection;
use tlog_tiles::{Hash, HashReader};

use super::{checkpoint, event, signed};
use crate::clock::rfc3339;
use crate::console::Console;
use crate::error::Result;
use crate::store::{
    approval, checkpoint as signed_rows, ledger as rows, register, removal, statement,
};
use crate::wire::Verification;

const PAGE: i64 = 2_000;

/// Recomputes every hash and the root, checks each leaf against its body, and each decision and exposure against its leaf.
pub async fn verify(console: &Console) -> Result<Verification> {
    let mut conn = console.store().read().await?;
    verify_with(&mut conn).await
}

pub(crate) async fn verify_with(conn: &mut SqliteConnection) -> Result<Verification> {
    // One snapshot: acts of a colleague at the next desk must not look like damage.
    let mut snapshot = sqlx::Connection::begin(conn).await?;
    let mut findings = Vec::new();
    let mut tree = Tree::default();
    let mut stored: i64 = 0;
    loop {
        let page = rows::leaves(&mut snapshot, signed(tree.leaves)?, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let expected = signed(tree.leaves)?;
            if row.seq != expected {
                findings.push(format!(
                    "Leaf {expected} is missing; the next one there is {}.",
                    row.seq
                ));
            }
            check_leaf(&row, &mut findings);
            tree.push(&row.leaf)?;
        }
        let due = signed(tree.hashes.len() as u64)? - stored;
        for hash in rows::hashes(&mut snapshot, stored, due).await? {
            let index = usize::try_from(stored).unwrap_or(usize::MAX);
            if tree.hashes.get(index).map(|known| known.0.as_slice()) != Some(hash.as_slice()) {
                findings.push(format!("Stored hash {stored} does not follow from the leaves."));
            }
            stored += 1;
        }
    }
    if stored != signed(tree.hashes.len() as u64)? {
        findings.push("Stored hashes of the ledger are missing.".to_owned());
    }
    let unlogged = rows::unlogged_rows(&mut snapshot).await?;
    if unlogged > 0 {
        findings.push(format!(
            "{unlogged} decisions or exposures differ from what the ledger says of them."
        ));
    }
    let unlogged = approval::unlogged_rows(&mut snapshot).await?;
    if unlogged > 0 {
        findings.push(format!("{unlogged} proposals differ from what the ledger says of them."));
    }
    let unlogged = removal::unlogged_rows(&mut snapshot).await?;
    if unlogged > 0 {
        findings.push(format!(
            "{unlogged} removal lists or acknowledgements differ from what the ledger says of them."
        ));
    }
    let unlogged = signed_rows::unlogged_rows(&mut snapshot).await?;
    if unlogged > 0 {
        findings.push(format!(
            "{unlogged} keys, checkpoints or handouts differ from what the ledger says of them."
        ));
    }
    findings.extend(checkpoint::verify(&mut snapshot, tree.leaves).await?);
    let unlogged = statement::unlogged_rows(&mut snapshot).await?;
    if unlogged > 0 {
        findings.push(format!(
            "{unlogged} attestations, annotations or sentences on what was tried differ from what the ledger says of them."
        ));
    }
    let unlogged = register::unlogged_rows(&mut snapshot).await?;
    if unlogged > 0 {
        findings.push(format!(
            "{unlogged} reports, holds or destructions differ from what the ledger says of them."
        ));
    }
    snapshot.rollback().await?;
    Ok(Verification { leaves: tree.leaves, root: hex::encode(tree.root()?), findings })
}

fn check_leaf(row: &rows::LeafRow, findings: &mut Vec<String>) {
    let Ok(leaf) = serde_json::from_slice::<Value>(&row.leaf) else {
        findings.push(format!("Leaf {} is not JSON.", row.seq));
        return;
    };
    let canonical = event::canonical(&leaf).is_ok_and(|text| text.as_bytes() == row.leaf);
    let agrees = leaf.get("seq").and_then(Value::as_i64) == Some(row.seq)
        && leaf.get("type").and_then(Value::as_str) == Some(row.kind.as_str())
        && leaf.get("by").and_then(Value::as_str) == Some(row.account.as_str())
        && leaf.get("at").and_then(Value::as_str) == Some(rfc3339(row.at).as_str())
        && leaf.get("case").and_then(Value::as_i64) == row.case_id;
    let committed = leaf.get("body_sha256").and_then(Value::as_str)
        == Some(event::commitment(&row.salt, &row.body).as_str());
    if !canonical {
        findings.push(format!("Leaf {} is not canonical JSON.", row.seq));
    }
    if !agrees {
        findings.push(format!("Leaf {} and its row in the history differ.", row.seq));
    }
    if !committed {
        findings.push(format!("The body of leaf {} is not the one it commits to.", row.seq));
    }
}

/// The whole tree in memory: 64 bytes a leaf.
#[derive(Default)]
struct Tree {
    leaves: u64,
    hashes: Vec<Hash>,
}

impl Tree {
    fn push(&mut self, leaf: &[u8]) -> Result<()> {
        let new = tlog_tiles::stored_hashes(self.leaves, leaf, self).map_err(super::broken)?;
        self.hashes.extend(new);
        self.leaves += 1;
        Ok(())
    }

    fn root(&self) -> Result<[u8; 32]> {
        Ok(tlog_tiles::tree_hash(self.leaves, self).map_err(super::broken)?.0)
    }
}

impl HashReader for Tree {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::tlog::Error> {
        indexes
            .iter()
            .map(|idx| {
                usize::try_from(*idx)
                    .ok()
                    .and_then(|idx| self.hashes.get(idx).copied())
                    .ok_or(tlog_tiles::tlog::Error::IndexesNotInTree)
            })
            .collect()
    }
}
