//! Inclusion proofs for outsiders: C2SP `tlog-proof`, one text per leaf, checkable without any other leaf.
//!
//! The `extra` line carries the salt of the leaf's body, so that a reader can recompute what the leaf commits to. It must
//! never disclose another leaf: hashes of neighbours say nothing about them.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sqlx::SqliteConnection;
use tlog_tiles::Hash;

use super::checkpoint::{self, Checkpoint, NoteFlaw, Opened};
use super::{Known, broken, event, signed};
use crate::error::Result;
use crate::store::ledger as rows;

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Hashes at and above this level are kept from one proof to the next: they are shared by 64 leaves or more.
const SHARED: u8 = 6;

/// One leaf with all that an outsider needs to check it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proven {
    /// The leaf, exact bytes.
    pub(crate) leaf: Vec<u8>,
    /// The body it commits to, exact bytes.
    pub(crate) body: String,
    /// The `tlog-proof`.
    pub(crate) proof: String,
}

/// Makes proofs of many leaves at one checkpoint.
pub(crate) struct Prover {
    size: u64,
    note: String,
    shared: HashMap<u64, Hash>,
}

impl Prover {
    pub(crate) fn new(checkpoint: &Checkpoint) -> Self {
        let note = checkpoint.note.clone();
        Self { size: checkpoint.size, note, shared: HashMap::new() }
    }

    /// The leaf `seq` with its proof. It must lie below the checkpoint.
    pub(crate) async fn prove(&mut self, conn: &mut SqliteConnection, seq: u64) -> Result<Proven> {
        let row = rows::leaf(conn, signed(seq)?).await?.ok_or_else(|| broken("missing leaf"))?;
        let path = self.path(conn, seq).await?;
        let proof = text(&row.salt, seq, &path, &self.note);
        Ok(Proven { leaf: row.leaf, body: row.body, proof })
    }

    async fn path(&mut self, conn: &mut SqliteConnection, seq: u64) -> Result<Vec<Hash>> {
        let size = self.size;
        let probe = Known { hashes: std::mem::take(&mut self.shared), ..Known::default() };
        let wanted = match tlog_tiles::prove_record(size, seq, &probe) {
            Ok(path) => {
                self.shared = probe.hashes;
                return Ok(path);
            }
            Err(_) => probe.wanted.take(),
        };
        let mut known = Known { hashes: probe.hashes, ..Known::default() };
        let absent: Vec<u64> =
            wanted.into_iter().filter(|idx| !known.hashes.contains_key(idx)).collect();
        let found = rows::hashes_at(conn, &serde_json::json!(absent).to_string()).await?;
        for (idx, hash) in found {
            let hash = hash.try_into().map_err(|_| broken("short hash"))?;
            known.hashes.insert(super::unsigned(idx)?, Hash(hash));
        }
        let path = tlog_tiles::prove_record(size, seq, &known).map_err(broken)?;
        known.hashes.retain(|idx, _| tlog_tiles::tlog::split_stored_hash_index(*idx).0 >= SHARED);
        self.shared = known.hashes;
        Ok(path)
    }
}

fn text(salt: &[u8], seq: u64, path: &[Hash], note: &str) -> String {
    let mut proof = format!("{HEADER}\nextra {}\nindex {seq}\n", STANDARD.encode(salt));
    for hash in path {
        proof.push_str(&STANDARD.encode(hash.0));
        proof.push('\n');
    }
    proof.push('\n');
    proof.push_str(note);
    proof
}

/// Why a proof proves nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProofFlaw {
    #[error("is not a C2SP tlog-proof with the salt of its leaf")]
    Form,
    #[error("holds a checkpoint that {0}")]
    Note(#[from] NoteFlaw),
    #[error("does not lead from its leaf to the signed root")]
    Path,
    #[error("is about a leaf that does not commit to this body")]
    Body,
}

/// What a proof that holds says.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) index: u64,
    pub(crate) checkpoint: Opened,
    /// Of the commitment to the body.
    pub(crate) salt: Vec<u8>,
}

/// Recomputes the leaf's hash, the way to the root, the signature, and the leaf's commitment to its body.
pub(crate) fn check(
    proof: &[u8],
    leaf: &[u8],
    body: &[u8],
    vkey: &str,
) -> Result<Checked, ProofFlaw> {
    let text = std::str::from_utf8(proof).map_err(|_| ProofFlaw::Form)?;
    let (head, note) = text.split_once("\n\n").ok_or(ProofFlaw::Form)?;
    let mut lines = head.split('\n');
    let header = lines.next() == Some(HEADER);
    let salt = lines.next().and_then(|line| line.strip_prefix("extra "));
    let index = lines.next().and_then(|line| line.strip_prefix("index "));
    let (true, Some(salt), Some(index)) = (header, salt, index) else {
        return Err(ProofFlaw::Form);
    };
    let salt = STANDARD.decode(salt).map_err(|_| ProofFlaw::Form)?;
    let number: u64 = index.parse().map_err(|_| ProofFlaw::Form)?;
    let path: Vec<Hash> = lines
        .map(|line| Hash::parse_hash(line).map_err(|_| ProofFlaw::Form))
        .collect::<Result<_, _>>()?;
    // 63 hashes lead to the root of the largest ledger there can be.
    if number.to_string() != index || salt.len() != 16 || path.len() > 63 {
        return Err(ProofFlaw::Form);
    }
    let checkpoint = checkpoint::open(note.as_bytes(), vkey)?;
    let hash = tlog_tiles::record_hash(leaf);
    let root = Hash(checkpoint.root);
    tlog_tiles::check_record(&path, checkpoint.size, root, number, hash)
        .map_err(|_| ProofFlaw::Path)?;
    let said: serde_json::Value = serde_json::from_slice(leaf).map_err(|_| ProofFlaw::Body)?;
    let body = std::str::from_utf8(body).map_err(|_| ProofFlaw::Body)?;
    let committed = said.get("body_sha256").and_then(serde_json::Value::as_str);
    let same_place = said.get("seq").and_then(serde_json::Value::as_u64) == Some(number);
    if committed != Some(event::commitment(&salt, body).as_str()) || !same_place {
        return Err(ProofFlaw::Body);
    }
    Ok(Checked { index: number, checkpoint, salt })
}

#[cfg(test)]
mod tests;
