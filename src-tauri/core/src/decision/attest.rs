//! Attestations: a reviewer's statement that they viewed an entire file outside the veil, e.g. at a custodian's station.
//!
//! It is the only thing that can make `fileViewedByEsp` true. It must never be made for another person, from anything
//! seen here, or without the case number typed by hand; and it is never edited, only superseded or withdrawn.

use serde_json::json;
use sqlx::SqliteConnection;

use super::statement::may_state;
use crate::clock::rfc3339;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Unlogged};
use crate::store::statement::{self as rows, AttestationRow};
use crate::wire::{AttestRequest, AttestationFacts, DecisionStatus};
use crate::words;

/// The event type of an attestation's leaf.
pub(crate) const ATTESTED: &str = "view.attested";
/// The event type that takes one back.
pub(crate) const WITHDRAWN: &str = "view.attestation-withdrawn";
/// Longest statement, in bytes.
const MAX_STATEMENT: usize = 2_000;

/// Attests that I viewed the entire file of a case. One I made earlier about it is superseded.
///
/// # Errors
/// `ATTEST-01` unless the case number was typed; `ATTEST-02` for less than the entire file; `ATTEST-03` for a statement
/// that is empty or too long; `STATE-01` and `STATE-02` where I may not.
pub async fn attest(console: &Console, request: &AttestRequest) -> Result<AttestationFacts> {
    let case = i64::from(request.case);
    let mut write = Unlogged::begin(console.store()).await?;
    may_state(console, write.conn(), case).await?;
    let typed = request.confirm.trim();
    if typed.is_empty() || typed.parse() != Ok(request.case) {
        return Err(Error::usage(
            "ATTEST-01",
            format!("Type the case number, {case:06}, to attest. Nothing was recorded."),
        ));
    }
    if !request.entire {
        return Err(Error::refused(
            "ATTEST-02",
            "Only a view of the entire file can be attested. A veiled view, a part or the EXIF data alone is none.",
        ));
    }
    let statement = request.statement.trim();
    if statement.is_empty() || statement.len() > MAX_STATEMENT {
        return Err(Error::usage(
            "ATTEST-03",
            format!(
                "Say where, when and on whose authority you viewed it, in 1 to {MAX_STATEMENT} bytes."
            ),
        ));
    }
    let me = console.actor().pseudonym();
    let supersedes = standing_of(&rows::attestations(write.conn(), case).await?, me);
    let event = Event::on(
        ATTESTED,
        case,
        json!({
            "entire": true,
            "exif": request.exif,
            "statement": statement,
            "supersedes": supersedes,
        }),
    );
    let now = console.clock().now();
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let row = AttestationRow {
        seq,
        account: me.to_owned(),
        exif: request.exif,
        statement: statement.to_owned(),
        at: now,
        supersedes,
        withdrawn_seq: None,
    };
    rows::attest(write.conn(), case, &row).await?;
    write.commit().await?;
    Ok(told(&row, me, (DecisionStatus::Stands, None)))
}

/// Takes my attestation about a case back. What it superseded does not come back.
///
/// # Errors
/// `ATTEST-04` where none of mine stands; `STATE-01` and `STATE-02` where I may not.
pub async fn withdraw(console: &Console, case: u32) -> Result<()> {
    let case = i64::from(case);
    let mut write = Unlogged::begin(console.store()).await?;
    may_state(console, write.conn(), case).await?;
    let all = rows::attestations(write.conn(), case).await?;
    let Some(standing) = standing_of(&all, console.actor().pseudonym()) else {
        return Err(Error::refused(
            "ATTEST-04",
            format!("No attestation of yours stands for case {case:06}. Nothing to withdraw."),
        ));
    };
    let event = Event::on(WITHDRAWN, case, json!({ "attestation": standing }));
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    rows::withdraw_attestation(write.conn(), standing, seq).await?;
    write.commit().await
}

/// The newest of a person's own, unless it was withdrawn: superseded ones never stand again.
fn standing_of(all: &[AttestationRow], who: &str) -> Option<i64> {
    let newest = all.iter().rev().find(|row| row.account == who)?;
    newest.withdrawn_seq.is_none().then_some(newest.seq)
}

/// Every attestation about a case, oldest first, with what became of it.
pub(crate) async fn facts(
    conn: &mut SqliteConnection,
    me: &str,
    case: i64,
) -> Result<Vec<AttestationFacts>> {
    let all = rows::attestations(conn, case).await?;
    // Unlike a decision or an annotation, one that was superseded is ended for good.
    let became = |row: &AttestationRow| {
        let later = all.iter().find(|other| other.supersedes == Some(row.seq));
        match (later, row.withdrawn_seq) {
            (Some(later), _) => (DecisionStatus::Superseded, Some(words::count(later.seq))),
            (None, Some(leaf)) => (DecisionStatus::Withdrawn, Some(words::count(leaf))),
            (None, None) => (DecisionStatus::Stands, None),
        }
    };
    Ok(all.iter().map(|row| told(row, me, became(row))).collect())
}

fn told(row: &AttestationRow, me: &str, became: (DecisionStatus, Option<u64>)) -> AttestationFacts {
    AttestationFacts {
        leaf: words::count(row.seq),
        at: rfc3339(row.at),
        by: row.account.clone(),
        mine: row.account == me,
        exif: row.exif,
        statement: row.statement.clone(),
        status: became.0,
        ended_by: became.1,
    }
}
