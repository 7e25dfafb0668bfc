//! What lets an outsider check a package against the ledger: the signed checkpoint, the public key, and for each case the
//! leaf of its decision with its body and its inclusion proof.
//!
//! It must never disclose a leaf or a body other than those of the decisions in the report.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use super::input::PackageInput;
use super::words;
use crate::error::Result;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::key;
use crate::ledger::proof::Prover;

/// The signed note.
pub(super) const CHECKPOINT: &str = "data/checkpoint";
/// The public key that signed it; worth something only when compared with one that came another way.
pub(super) const VKEY: &str = "data/vkey";

/// The signed checkpoint, its public key, and a proof of each decision.
pub(super) async fn documents(
    conn: &mut SqliteConnection,
    signed: &Checkpoint,
    input: &PackageInput,
) -> Result<BTreeMap<String, Vec<u8>>> {
    let vkey = format!("{}\n", key::present(conn).await?);
    let mut documents = BTreeMap::from([
        (CHECKPOINT.to_owned(), signed.note.clone().into_bytes()),
        (VKEY.to_owned(), vkey.into_bytes()),
    ]);
    let mut prover = Prover::new(signed);
    for file in &input.files {
        documents.extend(of_case(&mut prover, conn, file.case, file.decision.leaf).await?);
    }
    Ok(documents)
}

/// `data/proofs/NNNNNN.leaf.json`, `.body.json` and `.tlog-proof` of one case, exact bytes: the leaf's hash is of the first,
/// and `SHA-256(salt || body)` in it of the second, with the salt on the proof's `extra` line. The body holds the verdict,
/// its rationale and level, which the record of the case tells too; decided by one act over a cluster, also the numbers of
/// the two cases that were looked at.
pub(super) async fn of_case(
    prover: &mut Prover<'_>,
    conn: &mut SqliteConnection,
    case: u32,
    leaf: u64,
) -> Result<[(String, Vec<u8>); 3]> {
    let proven = prover.prove(conn, leaf).await?;
    Ok([
        (name(case, "body.json"), proven.body.into_bytes()),
        (name(case, "leaf.json"), proven.leaf),
        (name(case, "tlog-proof"), proven.proof.into_bytes()),
    ])
}

/// The path of one of a case's three files.
pub(super) fn name(case: u32, what: &str) -> String {
    format!("data/proofs/{}.{what}", words::case_number(case))
}
