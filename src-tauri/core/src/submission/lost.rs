//! A report that its hotline finished and whose receipt never arrived: two persons record what is known of it.
//!
//! It must never record one that was not finished, nor make up a receipt: what is kept is the hotline's own answer.

use sqlx::SqliteConnection;

use crate::approval::{self, KEEPERS, Subject};
use crate::console::Console;
use crate::cybertip::Code;
use crate::error::{Error, Result};
use crate::hash::sha256;
use crate::ledger::Logged;
use crate::package::report_name;
use crate::register::{self, Filed};
use crate::store::submission::{self as rows, EventRow, SubmissionRow};
use crate::wire::ProposalFacts;

use super::answer::read;
use super::plan::number_of;
use super::record::ROUTE;

/// Proposes to record a report as filed though its receipt was lost.
pub async fn propose_record(
    console: &Console,
    report: &str,
    reason: &str,
) -> Result<ProposalFacts> {
    console.actor().needs(KEEPERS)?;
    let id = number_of(report)?;
    let subject = {
        let mut conn = console.store().read().await?;
        let (row, evidence) = lost(&mut conn, id).await?;
        Subject::RecordReceiptLost {
            report: report_name(id),
            submission: row.id,
            number: row.number.unwrap_or_default(),
            answer_sha256: hex::encode(sha256(evidence.answer.as_deref().unwrap_or_default())),
        }
    };
    approval::propose(console, subject, reason).await
}

/// The submission, and the best word of its hotline: the receipt where it came after all, else that it was finished.
async fn lost(conn: &mut SqliteConnection, report: i64) -> Result<(SubmissionRow, EventRow)> {
    let none = || {
        Error::refused(
            "SUBMIT-27",
            "No submission of this report ended with its receipt lost, or it is recorded. There is nothing to record.",
        )
    };
    // Approved and not filed: neither recorded before nor withdrawn.
    if register::approved(conn, report).await?.is_none() {
        return Err(none());
    }
    let row = rows::finished_of(conn, report).await?;
    let row = row.filter(|row| row.outcome.as_deref() == Some("receipt-lost")).ok_or_else(none)?;
    let mut lines = rows::of_call(conn, row.id, "finish").await?;
    lines.extend(rows::of_call(conn, row.id, "retract").await?);
    let is_receipt = |line: &EventRow| {
        line.answer
            .as_deref()
            .and_then(read)
            .is_some_and(|said| said.receipt && said.code == Some(Code::new(0)))
    };
    let evidence = match lines.iter().position(is_receipt) {
        Some(at) => Some(lines.swap_remove(at)),
        None => lines.into_iter().rev().find(|line| line.code == Some(5102)),
    };
    Ok((row, evidence.ok_or_else(none)?))
}

/// Refuses unless it still is as the proposal says.
pub(crate) async fn check_record(
    conn: &mut SqliteConnection,
    report: &str,
    submission: i64,
    answer_sha256: &str,
) -> Result<()> {
    let (row, evidence) = lost(conn, number_of(report)?).await?;
    let found = hex::encode(sha256(evidence.answer.as_deref().unwrap_or_default()));
    if row.id != submission || found != answer_sha256 {
        return Err(approval::stale("The record of this submission changed"));
    }
    Ok(())
}

/// Records it, in the transaction of the approval.
pub(crate) async fn apply_record(
    console: &Console,
    write: &mut Logged,
    report: &str,
    number: &str,
) -> Result<()> {
    let id = number_of(report)?;
    let (row, evidence) = lost(write.conn(), id).await?;
    let asked = rows::of_call(write.conn(), row.id, "finish").await?;
    let answer = evidence.answer.unwrap_or_default();
    let filed = Filed {
        // When it was last asked to be finished: not before that can it have been.
        at: asked
            .iter()
            .filter(|line| line.kind == "asked")
            .map(|line| line.at)
            .max()
            .unwrap_or(evidence.at),
        route: ROUTE,
        number: Some(number.to_owned()),
        receipt_sha256: hex::encode(sha256(&answer)),
        receipt: String::from_utf8_lossy(&answer).into_owned(),
    };
    register::put_filed(write, console.clock(), console.actor(), id, &filed).await
}

/// It in words.
pub(crate) fn record_words(report: &str, number: &str) -> (String, Vec<String>) {
    let what = vec![
        format!("The hotline answered that {number} was finished; the receipt itself never arrived."),
        "That answer is kept in its place. The report counts as filed, and its preservation begins.".to_owned(),
    ];
    (format!("Record {report} as filed"), what)
}
