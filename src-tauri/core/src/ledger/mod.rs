//! The append-only log of everything anyone did: an RFC 6962 tree over canonical JSON (RFC 8785) leaves.
//!
//! Every write of the console goes through here. A transaction can be committed only after it has logged, because only
//! `Logged` can commit. A leaf must never hold free text, an address or a digest of evidence: it commits to a body
//! that lies beside it.

pub mod checkpoint;
mod event;
pub mod history;
pub mod key;
pub(crate) mod proof;
pub(crate) mod proven;
pub mod verify;

pub(crate) use event::{Event, body};

use std::collections::HashMap;

use sqlx::{Sqlite, SqliteConnection, Transaction};
use tlog_tiles::{Hash, HashReader};

use crate::account::{Actor, keyring::random, role_word};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::store::{Store, ledger as rows};

/// Longest leaf of a C2SP tile entry.
pub const MAX_LEAF: usize = 65_535;

/// A write transaction that has not logged anything yet and therefore cannot be committed.
pub(crate) struct Unlogged {
    transaction: Transaction<'static, Sqlite>,
}

/// A write transaction with at least one leaf in it.
pub(crate) struct Logged {
    transaction: Transaction<'static, Sqlite>,
}

impl Unlogged {
    /// Takes the write lock.
    pub(crate) async fn begin(store: &Store) -> Result<Self> {
        Ok(Self { transaction: store.begin().await? })
    }

    /// To read under the write lock.
    pub(crate) fn conn(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }

    /// Appends the leaf. Answers the transaction, which may now be committed, and the leaf's number.
    pub(crate) async fn log(
        mut self,
        clock: &Clock,
        actor: &Actor,
        event: Event,
    ) -> Result<(Logged, i64)> {
        let seq = append(&mut self.transaction, clock, actor, event).await?;
        Ok((Logged { transaction: self.transaction }, seq))
    }

    /// Commits a lease's new end. A heartbeat says nothing that the claim's leaf did not say.
    pub(crate) async fn commit_heartbeat(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }
}

impl Logged {
    /// To write the state the leaf speaks of.
    pub(crate) fn conn(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }

    /// One more leaf in the same transaction.
    pub(crate) async fn log(&mut self, clock: &Clock, actor: &Actor, event: Event) -> Result<i64> {
        append(&mut self.transaction, clock, actor, event).await
    }

    /// Makes leaf and state durable together.
    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }
}

async fn append(
    conn: &mut SqliteConnection,
    clock: &Clock,
    actor: &Actor,
    event: Event,
) -> Result<i64> {
    let (seq, last) = rows::end(conn).await?;
    // Another program may have written the newest leaf, by a clock that was ahead of this one.
    if let Some(last) = last {
        clock.seen(last);
    }
    let at = clock.now();
    let salt: [u8; 16] = random()?;
    let body = event.canonical_body()?;
    let leaf = event.leaf(seq, at, actor, &salt, &body)?;
    if leaf.len() > MAX_LEAF {
        return Err(Error::usage(
            "LEDGER-01",
            "This act is too long for one leaf of the ledger. Nothing was changed.",
        ));
    }
    let number = unsigned(seq)?;
    let known =
        load(conn, |reader| tlog_tiles::stored_hashes(number, &leaf, reader).map(drop)).await?;
    let hashes = tlog_tiles::stored_hashes(number, &leaf, &known).map_err(broken)?;
    let hashes: Vec<[u8; 32]> = hashes.into_iter().map(|hash| hash.0).collect();
    rows::append(
        conn,
        seq,
        &leaf,
        signed(tlog_tiles::stored_hash_index(0, number))?,
        &hashes,
        rows::ActRow {
            at,
            account: actor.pseudonym(),
            role: role_word(actor.role()),
            kind: event.kind,
            case_id: event.case,
            salt: &salt,
            body: &body,
        },
    )
    .await?;
    Ok(seq)
}

/// The root of the whole tree as it stands, and its size.
pub(crate) async fn root(conn: &mut SqliteConnection) -> Result<(i64, [u8; 32])> {
    let size = rows::size(conn).await?;
    let number = unsigned(size)?;
    let known = load(conn, |reader| tlog_tiles::tree_hash(number, reader).map(drop)).await?;
    Ok((size, tlog_tiles::tree_hash(number, &known).map_err(broken)?.0))
}

/// Root of an RFC 6962 tree over records that are not in the ledger, e.g. the finds of one batch.
pub(crate) fn root_of(records: &[[u8; 32]]) -> Result<[u8; 32]> {
    let mut known = Known::default();
    let mut next = 0;
    for (n, record) in (0_u64..).zip(records) {
        for hash in tlog_tiles::stored_hashes(n, record, &known).map_err(broken)? {
            known.hashes.insert(next, hash);
            next += 1;
        }
    }
    Ok(tlog_tiles::tree_hash(records.len() as u64, &known).map_err(broken)?.0)
}

/// Stored hashes at hand, in the form the tree functions read. Those it is asked for and does not have, it notes.
#[derive(Default)]
struct Known {
    hashes: HashMap<u64, Hash>,
    wanted: std::cell::RefCell<Vec<u64>>,
}

impl HashReader for Known {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::tlog::Error> {
        let found: Option<Vec<Hash>> =
            indexes.iter().map(|idx| self.hashes.get(idx).copied()).collect();
        found.ok_or_else(|| {
            self.wanted.borrow_mut().extend_from_slice(indexes);
            tlog_tiles::tlog::Error::IndexesNotInTree
        })
    }
}

/// Asks `compute` once which hashes it needs, and fetches just those.
async fn load(
    conn: &mut SqliteConnection,
    compute: impl Fn(&Known) -> Result<(), tlog_tiles::tlog::Error>,
) -> Result<Known> {
    let wanted = {
        let probe = Known::default();
        match compute(&probe) {
            Ok(()) => return Ok(probe),
            Err(_) => probe.wanted.take(),
        }
    };
    let mut known = Known::default();
    for idx in wanted {
        let hash = rows::hash(conn, signed(idx)?).await?.ok_or_else(|| broken("missing hash"))?;
        let hash = hash.try_into().map_err(|_| broken("short hash"))?;
        known.hashes.insert(idx, Hash(hash));
    }
    Ok(known)
}

fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::store(
        "LEDGER-02",
        "The ledger's tree is damaged. Nothing was changed. Run casectl verify and put back a backup.",
    )
    .caused_by(error)
}

pub(crate) fn unsigned(n: i64) -> Result<u64> {
    u64::try_from(n).map_err(broken)
}

pub(crate) fn signed(n: u64) -> Result<i64> {
    i64::try_from(n).map_err(broken)
}
