//! Signed checkpoints (C2SP `tlog-checkpoint` in a `signed-note`): what an outsider keeps so that history cannot be
//! rewritten behind their back.
//!
//! It must never sign a ledger that contradicts a checkpoint known here, be it from the store or from the file beside it:
//! that is what a restored backup looks like.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use serde_json::json;
use signed_note::{Note, NoteError, Signer, StandardVerifier, VerifierList};
use sqlx::SqliteConnection;
use tlog_tiles::{Checkpoint as Text, Hash};

use super::{Event, Logged, Unlogged, broken, key, load, signed, unsigned};
use crate::clock::{Millis, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::store::checkpoint::{self as rows, CheckpointRow};
use crate::store::ledger as leaves;
use crate::wire::{CheckpointCheck, CheckpointFacts, Role};

/// Holds the newest signed checkpoint, in the workspace's folder. Not secret; a store put back without it is noticed.
const FILE: &str = "checkpoint";
/// Longest note that is read.
const MAX_NOTE: u64 = 64 * 1024;

/// The ledger at one size, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// Leaves it covers; never 0.
    pub(crate) size: u64,
    pub(crate) root: [u8; 32],
    /// The signed note, whole.
    pub(crate) note: String,
    /// Time of the last leaf it covers.
    pub(crate) at: Millis,
}

/// What an opened note says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) origin: String,
    pub(crate) size: u64,
    pub(crate) root: [u8; 32],
}

/// Where a checkpoint went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sink {
    Exported,
    Packaged,
}

/// Why a note is no checkpoint of this key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoteFlaw {
    #[error("is not a signed checkpoint of three lines")]
    Form,
    #[error("is not signed by this key")]
    Unsigned,
    #[error("is not what was signed")]
    Signature,
    #[error("names another ledger than its key")]
    Origin,
}

/// Signs the ledger as it stands on `conn`; `dir` is the workspace's folder. The same state gives the same bytes.
/// Call it before anything is logged in a transaction: what is not committed yet must not be signed.
pub(crate) async fn make(conn: &mut SqliteConnection, dir: &Path) -> Result<Checkpoint> {
    let (size, root) = super::root(conn).await?;
    let size = unsigned(size)?;
    let at = leaves::last_at(conn).await?.ok_or_else(|| broken("no leaf"))?;
    if let Some(known) = rows::newest(conn).await? {
        let known_root = known.root.try_into().map_err(|_| broken("short root"))?;
        follows(conn, size, unsigned(known.size)?, known_root).await?;
    }
    let vkeys = rows::vkeys(conn).await?;
    if let Some(beside) = beside(dir, &vkeys)? {
        follows(conn, size, beside.size, beside.root).await?;
    }
    let (signer, origin) = key::signer(conn).await?;
    Ok(Checkpoint { size, root, note: sign(&signer, &origin, size, root)?, at })
}

/// The note of one state of a ledger.
pub(super) fn sign(
    signer: &impl Signer,
    origin: &str,
    size: u64,
    root: [u8; 32],
) -> Result<String> {
    let unsigned = |_| broken("checkpoint cannot be signed");
    let text = Text::new(origin, size, Hash(root), "").map_err(|_| broken("origin"))?.to_bytes();
    let sig = signer.sign(&text).map_err(|error| broken(error.to_string()))?;
    let line = signed_note::Signature::new(signer.name().to_owned(), signer.key_id(), sig)
        .map_err(unsigned)?;
    let note = Note::new(&text, &[line]).map_err(unsigned)?;
    String::from_utf8(note.to_bytes()).map_err(broken)
}

/// Refuses unless the present ledger of `size` leaves continues one of `known` leaves with that root.
async fn follows(
    conn: &mut SqliteConnection,
    size: u64,
    known: u64,
    known_root: [u8; 32],
) -> Result<()> {
    if known > size {
        return Err(Error::store(
            "CHECKPOINT-01",
            format!(
                "A checkpoint over {known} leaves was signed here, and this ledger has {size}: the store was put back from an \
                 older copy. Nothing was signed. Put back the newest copy; acts since then are not in this one."
            ),
        ));
    }
    if root_at(conn, known).await? != known_root {
        return Err(Error::store(
            "CHECKPOINT-02",
            format!(
                "This ledger does not continue the one whose first {known} leaves were signed here. Nothing was signed. \
                 Keep both copies, put back the right one, and tell whoever holds a checkpoint."
            ),
        ));
    }
    Ok(())
}

/// The root that the tree had at an earlier size, from its stored hashes.
pub(crate) async fn root_at(conn: &mut SqliteConnection, size: u64) -> Result<[u8; 32]> {
    let known = load(conn, |reader| tlog_tiles::tree_hash(size, reader).map(drop)).await?;
    Ok(tlog_tiles::tree_hash(size, &known).map_err(broken)?.0)
}

/// Keeps a checkpoint that is on its way out, with the leaf that says so: in the store, and beside it.
pub(crate) async fn record(
    console: &Console,
    write: &mut Logged,
    checkpoint: &Checkpoint,
    seq: i64,
    sink: Sink,
) -> Result<()> {
    let row = CheckpointRow {
        seq,
        size: signed(checkpoint.size)?,
        root: checkpoint.root.to_vec(),
        at: checkpoint.at,
        sink: match sink {
            Sink::Exported => "exported",
            Sink::Packaged => "packaged",
        }
        .to_owned(),
        note: checkpoint.note.clone(),
    };
    rows::insert(write.conn(), &row).await?;
    // Under the write lock, so two desks cannot cross. It speaks of committed leaves only, so it is true whatever
    // becomes of this transaction.
    let vkeys = rows::vkeys(write.conn()).await?;
    if beside(console.dir(), &vkeys)?.is_none_or(|known| known.size <= checkpoint.size) {
        keep(console.dir(), &checkpoint.note)?;
    }
    Ok(())
}

fn keep(dir: &Path, note: &str) -> Result<()> {
    let unfinished = dir.join(format!(".{FILE}.unfinished"));
    let mut file = File::create(&unfinished)?;
    file.write_all(note.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, dir.join(FILE))?;
    File::open(dir)?.sync_all()?;
    Ok(())
}

/// The checkpoint in the file beside the store. One that none of the store's keys signed means that the store is not the
/// one that was here.
fn beside(dir: &Path, vkeys: &[String]) -> Result<Option<Opened>> {
    let note = match read(&dir.join(FILE)) {
        Ok(note) => note,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    open_any(&note, vkeys).map(Some).map_err(|_| {
        Error::store(
            "CHECKPOINT-03",
            "The file `checkpoint` in the workspace was not signed by this store's key, or was changed. Nothing was signed. \
             If the store was replaced on purpose, move that file away and keep it.",
        )
    })
}

/// Reads a note from a file that may come from anywhere.
pub(crate) fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut note = Vec::new();
    File::open(path)?.take(MAX_NOTE).read_to_end(&mut note)?;
    Ok(note)
}

/// Checks form, signature and origin of a note against one public key.
pub(crate) fn open(note: &[u8], vkey: &str) -> Result<Opened, NoteFlaw> {
    let verifier = StandardVerifier::new(vkey).map_err(|_| NoteFlaw::Unsigned)?;
    let name = signed_note::Verifier::name(&verifier).to_owned();
    let parsed = Note::from_bytes(note).map_err(|_| NoteFlaw::Form)?;
    parsed.verify(&VerifierList::new(vec![Box::new(verifier)])).map_err(|error| match error {
        NoteError::InvalidSignature { .. } => NoteFlaw::Signature,
        _ => NoteFlaw::Unsigned,
    })?;
    let text = Text::from_bytes(parsed.text()).map_err(|_| NoteFlaw::Form)?;
    // Extension lines are not recommended by the format, and no checkpoint of ours has one.
    if !text.extension().is_empty() || i64::try_from(text.size()).is_err() {
        return Err(NoteFlaw::Form);
    }
    if text.origin() != name {
        return Err(NoteFlaw::Origin);
    }
    Ok(Opened { origin: name, size: text.size(), root: text.hash().0 })
}

fn open_any(note: &[u8], vkeys: &[String]) -> Result<Opened, NoteFlaw> {
    let mut flaw = NoteFlaw::Unsigned;
    for vkey in vkeys.iter().rev() {
        match open(note, vkey) {
            Ok(opened) => return Ok(opened),
            Err(NoteFlaw::Unsigned) => {}
            Err(other) => flaw = other,
        }
    }
    Err(flaw)
}

/// Signs the ledger as it stands and hands the checkpoint out, into a new file where one is named.
pub async fn export(console: &Console, out: Option<&Path>) -> Result<CheckpointFacts> {
    console.actor().needs(&[Role::Supervisor, Role::Custodian])?;
    let mut write = Unlogged::begin(console.store()).await?;
    let checkpoint = make(write.conn(), console.dir()).await?;
    let body = json!({ "root": hex::encode(checkpoint.root), "size": checkpoint.size });
    let event = Event::new("checkpoint.exported", body);
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    record(console, &mut write, &checkpoint, seq, Sink::Exported).await?;
    if let Some(out) = out {
        hand_out(out, &checkpoint.note)?;
    }
    if let Err(error) = write.commit().await {
        // What the ledger does not know was not handed out.
        if let Some(out) = out {
            let _ = fs::remove_file(out);
        }
        return Err(error);
    }
    Ok(CheckpointFacts {
        origin: checkpoint.note.lines().next().unwrap_or_default().to_owned(),
        size: checkpoint.size,
        root: hex::encode(checkpoint.root),
        at: rfc3339(checkpoint.at),
        leaf: unsigned(seq)?,
        note: checkpoint.note,
        path: out.map(|path| path.display().to_string()),
    })
}

fn hand_out(path: &Path, note: &str) -> Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(|error| {
        Error::usage(
            "CHECKPOINT-04",
            "The checkpoint cannot be written there: the folder is absent, or there is a file of this name already.",
        )
        .caused_by(error)
    })?;
    file.write_all(note.as_bytes())?;
    Ok(file.sync_all()?)
}

/// Proves that the present ledger continues the one somebody kept a checkpoint of.
pub async fn check(console: &Console, note: &[u8]) -> Result<CheckpointCheck> {
    let mut conn = console.store().read().await?;
    let mut snapshot = sqlx::Connection::begin(&mut *conn).await?;
    let (leaves, root) = super::root(&mut snapshot).await?;
    let leaves = unsigned(leaves)?;
    let root = Hash(root);
    let vkeys = rows::vkeys(&mut snapshot).await?;
    let mut found = CheckpointCheck {
        size: 0,
        root: String::new(),
        leaves,
        ledger_root: hex::encode(root.0),
        proof: Vec::new(),
        findings: Vec::new(),
    };
    match open_any(note, &vkeys) {
        Err(flaw) => found.findings.push(format!("The checkpoint {flaw}.")),
        Ok(kept) => {
            found.size = kept.size;
            found.root = hex::encode(kept.root);
            consistent(&mut snapshot, &kept, root, &mut found).await?;
        }
    }
    snapshot.rollback().await?;
    Ok(found)
}

async fn consistent(
    conn: &mut SqliteConnection,
    kept: &Opened,
    root: Hash,
    found: &mut CheckpointCheck,
) -> Result<()> {
    if kept.size > found.leaves {
        found.findings.push(format!(
            "The checkpoint covers {} leaves, and this ledger has {}: acts were taken out, or an older copy was put back.",
            kept.size, found.leaves
        ));
        return Ok(());
    }
    if kept.size == 0 {
        return Ok(());
    }
    let (size, leaves) = (kept.size, found.leaves);
    let known = load(conn, |reader| tlog_tiles::prove_tree(leaves, size, reader).map(drop)).await?;
    let proof = tlog_tiles::prove_tree(leaves, size, &known).map_err(broken)?;
    if tlog_tiles::check_tree(&proof, leaves, root, size, Hash(kept.root)).is_err() {
        found.findings.push(format!(
            "No proof exists that this ledger continues the one of the checkpoint: its first {size} leaves are not those that were signed."
        ));
        return Ok(());
    }
    found.proof = proof.iter().map(|hash| hex::encode(hash.0)).collect();
    Ok(())
}

/// Compares every checkpoint that was signed here with the tree as it is now.
pub(crate) async fn verify(conn: &mut SqliteConnection, leaves: u64) -> Result<Vec<String>> {
    let vkeys = rows::vkeys(conn).await?;
    let mut findings = Vec::new();
    for row in rows::all(conn).await? {
        let size = unsigned(row.size)?;
        let opened = open_any(row.note.as_bytes(), &vkeys);
        let says = opened.is_ok_and(|note| note.size == size && note.root.as_slice() == row.root);
        if !says {
            findings.push(format!(
                "The checkpoint of leaf {} is not the one that was signed.",
                row.seq
            ));
        } else if size > leaves || root_at(conn, size).await?.as_slice() != row.root {
            findings
                .push(format!("The ledger does not continue the checkpoint of leaf {}.", row.seq));
        }
    }
    Ok(findings)
}
