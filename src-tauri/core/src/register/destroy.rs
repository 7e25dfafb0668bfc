//! Destruction of originals: two persons order it, the sealed files go, and only then is it called done.
//!
//! It must never take anything under a hold, nor anything that is not filed, nor call gone what still lies in the vault.

use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;

use super::{destruction_name, given, hold_name, known, report_number};
use crate::approval::{self, KEEPERS, Subject};
use crate::clock::{Clock, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged, Unlogged};
use crate::package::report_name;
use crate::store::approval::ProposalRow;
use crate::store::destruction::{self as rows, DestructionRow, ItemRow};
use crate::store::hold;
use crate::wire::{
    DestroyRequest, DestructionFacts, DestructionGround, DestructionState, ProposalFacts,
};
use crate::words as stored;

/// Most originals of one destruction: the subject names each case.
const MAX_CASES: usize = 10_000;

/// Proposes to destroy the originals of a filed report, or of one case in it, for another person to approve.
pub async fn propose(console: &Console, request: &DestroyRequest) -> Result<ProposalFacts> {
    console.actor().needs(KEEPERS)?;
    let reason = given(&request.reason, "a reason")?;
    let (reference, asked_by) = match request.ground {
        DestructionGround::LawEnforcement => (
            given(&request.reference, "the agency's reference")?,
            given(&request.asked_by, "who asked for it")?,
        ),
        DestructionGround::PreservationEnded => (request.reference.trim(), request.asked_by.trim()),
    };
    let mut write = Unlogged::begin(console.store()).await?;
    let (report, cases) = match (&request.report, request.case) {
        (Some(report), None) => {
            let id = report_number(report)?;
            (id, rows::left_in(write.conn(), id).await?)
        }
        (None, Some(case)) => {
            let case = i64::from(case);
            let report = rows::report_of(write.conn(), case).await?.ok_or_else(not_filed)?;
            let left = rows::left_in(write.conn(), report).await?;
            (report, left.into_iter().filter(|left| *left == case).collect())
        }
        _ => return Err(Error::usage("DESTROY-01", "Name one report or one case.")),
    };
    let row = known(write.conn(), report).await?;
    let preserve_until = row.preserve_until.ok_or_else(not_filed)?;
    if cases.is_empty() {
        return Err(Error::refused(
            "DESTROY-06",
            "Its originals were destroyed already, or wait to be. Read the certificate.",
        ));
    }
    if cases.len() > MAX_CASES {
        return Err(Error::usage(
            "DESTROY-07",
            "This report has too many cases for one destruction. Destroy them case by case.",
        ));
    }
    let subject = Subject::Destroy {
        report: stored::case_number(report),
        cases: cases.into_iter().map(stored::case_number).collect(),
        ground: request.ground,
        reference: reference.to_owned(),
        asked_by: asked_by.to_owned(),
        preserve_until,
    };
    approval::propose_in(console, write, subject, reason).await
}

fn not_filed() -> Error {
    Error::refused(
        "DESTROY-02",
        "Only what was filed can be destroyed. Until then it is kept without limit.",
    )
}

pub(super) async fn check(
    conn: &mut SqliteConnection,
    clock: &Clock,
    subject: &Subject,
) -> Result<()> {
    let Subject::Destroy { report, cases, ground, preserve_until, .. } = subject else {
        return Ok(());
    };
    let id = i64::from(*report);
    let row = known(conn, id).await?;
    let until = row.preserve_until.filter(|_| row.state == "filed").ok_or_else(not_filed)?;
    let list = json!(cases).to_string();
    let held = hold::standing_on_cases(conn, &list).await?;
    if let Some((case, hold)) = held.first() {
        return Err(Error::refused(
            "DESTROY-03",
            format!(
                "Case {case} is held by {}. Nothing under a hold is destroyed; two persons can lift it.",
                hold_name(*hold)
            ),
        ));
    }
    if *ground == DestructionGround::PreservationEnded && until > clock.now() {
        return Err(Error::refused(
            "DESTROY-04",
            format!("{} is kept until {}. Wait until then.", report_name(id), rfc3339(until)),
        ));
    }
    if *ground == DestructionGround::PreservationEnded && until != *preserve_until {
        return Err(approval::stale("The report is to be kept for longer"));
    }
    if rows::candidates(conn, id, &list).await?.len() != cases.len() || cases.is_empty() {
        return Err(approval::stale("A case of this list left the report or was destroyed"));
    }
    Ok(())
}

pub(super) async fn apply(
    console: &Console,
    write: &mut Logged,
    subject: &Subject,
    proposal: ProposalRow,
) -> Result<()> {
    let Subject::Destroy { report, cases, ground, reference, asked_by, .. } = subject else {
        return Ok(());
    };
    let report = i64::from(*report);
    let found = rows::candidates(write.conn(), report, &json!(cases).to_string()).await?;
    let mut items = Vec::with_capacity(found.len());
    let mut digest = Sha256::new();
    for (item, case, blake3) in found {
        let sealed = console.vault().holds(&blake3_of(&blake3)?);
        digest.update(format!("{case} {}\n", hex::encode(&blake3)));
        items.push(json!([item, case, i64::from(sealed)]));
    }
    let id = rows::next_id(write.conn()).await?;
    let event = Event::new(
        "destruction.ordered",
        json!({
            "asked_by": asked_by,
            "cases": cases,
            "destruction": destruction_name(id),
            "ground": ground,
            "items_sha256": hex::encode(digest.finalize()),
            "proposal": proposal.id,
            "reference": reference,
            "report": report_name(report),
        }),
    );
    let seq = write.log(console.clock(), console.actor(), event).await?;
    let row = DestructionRow {
        id,
        report_id: report,
        ground: ground_word(*ground).to_owned(),
        reference: reference.clone(),
        asked_by: asked_by.clone(),
        proposal: proposal.id,
        ordered_at: console.clock().now(),
        ordered_seq: seq,
        done_at: None,
        done_seq: None,
    };
    rows::insert(write.conn(), &row, &json!(items).to_string()).await
}

/// Removes the sealed files of every destruction that was ordered, and then says that it is done. Called after the
/// order is durable, and again whenever a workspace is opened, so that a crash in between loses nothing. While an import
/// runs it does nothing: a file could be put back under its hands. A destruction over which a hold came to stand waits
/// until the hold is lifted.
pub(crate) async fn finish(console: &Console) -> Result<()> {
    if rows::open(&mut *console.store().read().await?).await?.is_empty() {
        return Ok(());
    }
    let Ok(_alone) = console.exclusive("import.lock", "IMPORT-01", "An import is running.") else {
        return Ok(());
    };
    let waiting = rows::open(&mut *console.store().read().await?).await?;
    for row in waiting {
        // The write lock is held from the look at the holds until the files are gone: no hold comes in between.
        let mut write = Unlogged::begin(console.store()).await?;
        // Another program may have finished it meanwhile.
        if rows::one(write.conn(), row.id).await?.is_none_or(|row| row.done_seq.is_some()) {
            continue;
        }
        let items = rows::items(write.conn(), row.id).await?;
        if held(write.conn(), &items).await?.is_some() {
            continue;
        }
        let digests =
            items.iter().map(|item| blake3_of(&item.blake3)).collect::<Result<Vec<_>>>()?;
        let vault = console.vault().clone();
        let gone = tokio::task::spawn_blocking(move || {
            digests.iter().try_for_each(|blake3| vault.destroy(blake3))?;
            Ok::<bool, Error>(digests.iter().all(|blake3| !vault.holds(blake3)))
        })
        .await
        .map_err(|error| still_there().caused_by(error))??;
        if !gone {
            return Err(still_there());
        }
        let event = Event::new(
            "destruction.done",
            json!({
                "destruction": destruction_name(row.id),
                "files": items.iter().filter(|item| item.was_sealed).count(),
                "ordered_leaf": row.ordered_seq,
            }),
        );
        let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
        rows::done(write.conn(), &row, console.clock().now(), seq).await?;
        write.commit().await?;
    }
    Ok(())
}

/// A hold that stands over any of these, by its number.
pub(super) async fn held(conn: &mut SqliteConnection, items: &[ItemRow]) -> Result<Option<i64>> {
    let cases: Vec<i64> = items.iter().map(|item| item.case_id).collect();
    let holds = hold::standing_on_cases(conn, &json!(cases).to_string()).await?;
    Ok(holds.first().map(|(_, hold)| *hold))
}

fn still_there() -> Error {
    Error::store(
        "DESTROY-05",
        "A sealed original could not be removed from the vault. It is tried again when the workspace is next opened. Check the disk.",
    )
}

fn blake3_of(digest: &[u8]) -> Result<[u8; 32]> {
    digest.try_into().map_err(|_| {
        Error::store("CASE-02", "An item in the store cannot be read. Run casectl verify.")
    })
}

pub(super) fn words(subject: &Subject) -> (String, Vec<String>) {
    let Subject::Destroy { report, cases, ground, reference, asked_by, .. } = subject else {
        return Default::default();
    };
    let why = match ground {
        DestructionGround::PreservationEnded => "The time to keep them is over.".to_owned(),
        DestructionGround::LawEnforcement => {
            format!("Law enforcement asked for it: {asked_by}, {reference}.")
        }
    };
    let facts = vec![
        format!(
            "{} sealed originals are removed from the vault. It cannot be undone.",
            cases.len()
        ),
        why,
        "Digests, decisions and history stay. The bytes are not taken in again.".to_owned(),
    ];
    (format!("Destroy originals of {}", report_name(i64::from(*report))), facts)
}

fn ground_word(ground: DestructionGround) -> &'static str {
    match ground {
        DestructionGround::PreservationEnded => "preservation-ended",
        DestructionGround::LawEnforcement => "law-enforcement",
    }
}

pub(super) fn ground(word: &str) -> DestructionGround {
    match word {
        "law-enforcement" => DestructionGround::LawEnforcement,
        _ => DestructionGround::PreservationEnded,
    }
}

pub(super) fn facts(row: DestructionRow, cases: i64) -> DestructionFacts {
    DestructionFacts {
        destruction: destruction_name(row.id),
        state: match row.done_seq {
            None => DestructionState::Ordered,
            Some(_) => DestructionState::Done,
        },
        report: report_name(row.report_id),
        cases: stored::case_number(cases),
        ground: ground(&row.ground),
        proposal: stored::case_number(row.proposal),
        ordered_at: rfc3339(row.ordered_at),
        ordered_leaf: stored::count(row.ordered_seq),
        done_at: row.done_at.map(rfc3339),
        done_leaf: row.done_seq.map(stored::count),
    }
}
