//! What lets an outsider check a package against the ledger: the signed checkpoint, the public key, and for each case the
//! leaf of its decision with its body and its inclusion proof; where it says that a file was viewed, also of the
//! attestation that says so.
//!
//! It must never disclose a leaf or a body other than those of the decisions and attestations in the report.

use sqlx::SqliteConnection;

use super::build::Document;
use super::words;
use crate::console::Console;
use crate::error::Result;
use crate::ledger::checkpoint::{self, Checkpoint};
use crate::ledger::key;
use crate::ledger::proof::Prover;

/// The signed note.
pub(super) const CHECKPOINT: &str = "data/checkpoint";
/// The public key that signed it; worth something only when compared with one that came another way.
pub(super) const VKEY: &str = "data/vkey";

/// A signed point of the ledger, and proofs of leaves below it.
pub(super) struct Evidence {
    pub(super) checkpoint: Checkpoint,
    vkey: String,
    prover: Prover,
}

impl Evidence {
    /// Signs the ledger as `conn` sees it. Refuses where it contradicts what was signed before.
    pub(super) async fn of(console: &Console, conn: &mut SqliteConnection) -> Result<Self> {
        let checkpoint = checkpoint::make(conn, console.dir()).await?;
        let vkey = key::present(conn).await?;
        Ok(Self { prover: Prover::new(&checkpoint), checkpoint, vkey })
    }

    /// The signed checkpoint and its public key.
    pub(super) fn documents(&self) -> Vec<Document> {
        let note = self.checkpoint.note.clone().into_bytes();
        let vkey = format!("{}\n", self.vkey).into_bytes();
        vec![(CHECKPOINT.to_owned(), note), (VKEY.to_owned(), vkey)]
    }

    /// The proof of one case's decision, which stands in leaf `leaf`, and of what was attested about it in another.
    pub(super) async fn of_case(
        &mut self,
        conn: &mut SqliteConnection,
        case: u32,
        leaf: u64,
        attested: Option<u64>,
    ) -> Result<Vec<Document>> {
        let mut documents = Vec::new();
        let leaves = [(Of::Decision, Some(leaf)), (Of::Attestation, attested)];
        for (of, leaf) in leaves.into_iter().filter_map(|(of, leaf)| Some((of, leaf?))) {
            let proven = self.prover.prove(conn, leaf).await?;
            let [leaf, body, proof] = names(case, of);
            documents.push((body, proven.body.into_bytes()));
            documents.push((leaf, proven.leaf));
            documents.push((proof, proven.proof.into_bytes()));
        }
        Ok(documents)
    }
}

/// What a proof is of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Decision,
    Attestation,
}

/// `data/proofs/NNNNNN.leaf.json`, `.body.json` and `.tlog-proof` of one case's decision, and of an attestation
/// `NNNNNN.attested.leaf.json` and so on; exact bytes: the leaf's hash is of the first, and `SHA-256(salt || body)` in it of
/// the second, with the salt on the proof's `extra` line. The body of a decision holds the verdict, its rationale and level,
/// which the record of the case tells too; decided by one act over a cluster, also the numbers of the two cases that were
/// looked at. That of an attestation holds its statement, which the record tells too.
pub(super) fn names(case: u32, of: Of) -> [String; 3] {
    let of = match of {
        Of::Decision => "",
        Of::Attestation => ".attested",
    };
    let case = words::case_number(case);
    ["leaf.json", "body.json", "tlog-proof"].map(|what| format!("data/proofs/{case}{of}.{what}"))
}
