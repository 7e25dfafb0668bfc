//! Submissions as they are told to people: from the rows alone.
//!
//! A hotline's own words are other people's words: they are made plain and cut before anyone is shown them.

use casement_courier::Failure;
use sqlx::SqliteConnection;

use crate::case::defang;
use crate::clock::rfc3339;
use crate::console::Console;
use crate::cybertip::Code;
use crate::error::Result;
use crate::hash::sha256;
use crate::package::report_name;
use crate::store::submission::{self as rows, EventRow, SubmissionRow};
use crate::wire::{SubmissionCall, SubmissionEvent, SubmissionFacts, SubmissionState};
use crate::words;

use super::answer::{may_be_done, read};
use super::{config, run};

/// Lines of the record that are told with a submission.
const LATEST: i64 = 40;

pub(super) const fn call_word(call: SubmissionCall) -> &'static str {
    match call {
        SubmissionCall::Status => "status",
        SubmissionCall::Submit => "submit",
        SubmissionCall::Upload => "upload",
        SubmissionCall::Fileinfo => "fileinfo",
        SubmissionCall::Finish => "finish",
        SubmissionCall::Retract => "retract",
    }
}

fn call_named(word: &str) -> SubmissionCall {
    match word {
        "status" => SubmissionCall::Status,
        "submit" => SubmissionCall::Submit,
        "upload" => SubmissionCall::Upload,
        "fileinfo" => SubmissionCall::Fileinfo,
        "finish" => SubmissionCall::Finish,
        _ => SubmissionCall::Retract,
    }
}

pub(super) const fn state_word(state: SubmissionState) -> &'static str {
    match state {
        SubmissionState::Open => "open",
        SubmissionState::Filed => "filed",
        SubmissionState::Rehearsed => "rehearsed",
        SubmissionState::Retracted => "retracted",
        SubmissionState::Failed => "failed",
        SubmissionState::Orphaned => "orphaned",
        SubmissionState::ReceiptLost => "receipt-lost",
    }
}

fn state_named(word: Option<&str>) -> SubmissionState {
    match word {
        None => SubmissionState::Open,
        Some("filed") => SubmissionState::Filed,
        Some("rehearsed") => SubmissionState::Rehearsed,
        Some("retracted") => SubmissionState::Retracted,
        Some("failed") => SubmissionState::Failed,
        Some("orphaned") => SubmissionState::Orphaned,
        Some(_) => SubmissionState::ReceiptLost,
    }
}

/// One submission as it stands.
pub(super) async fn one(console: &Console, id: i64) -> Result<SubmissionFacts> {
    let mut conn = console.store().read().await?;
    let row = rows::one(&mut conn, id).await?.ok_or_else(super::damaged)?;
    facts(&mut conn, row).await
}

/// A row with the end of its record.
pub(super) async fn facts(
    conn: &mut SqliteConnection,
    row: SubmissionRow,
) -> Result<SubmissionFacts> {
    let latest = rows::last(conn, row.id, LATEST).await?;
    let state = state_named(row.outcome.as_deref());
    let receipt = latest.iter().rev().find(|line| line.call == "finish" && line.answer.is_some());
    let receipt =
        receipt.filter(|_| matches!(state, SubmissionState::Filed | SubmissionState::Rehearsed));
    Ok(SubmissionFacts {
        submission: u32::try_from(row.id).unwrap_or(u32::MAX),
        report: report_name(row.report_id),
        environment: config::named(&row.environment),
        state,
        files: u32::try_from(row.files).unwrap_or(u32::MAX),
        files_done: u32::try_from(row.files_done).unwrap_or(0),
        begun_at: rfc3339(row.begun_at),
        begun_by: row.account.clone(),
        leaf: words::count(row.seq),
        ended_at: row.ended_at.map(rfc3339),
        expires_at: run::expiry(&row).map(rfc3339),
        what: what(state, &row) + &named_less(receipt, row.files),
        receipt_sha256: receipt
            .and_then(|line| line.answer.as_deref())
            .map(|answer| hex::encode(sha256(answer))),
        number: row.number,
        latest: latest.into_iter().map(event).collect(),
    })
}

/// Where a receipt does not name as many files as were sent (fact sheet §1.4): whoever filed must ask about the others.
fn named_less(receipt: Option<&EventRow>, files: i64) -> String {
    let said = receipt.and_then(|line| line.answer.as_deref()).and_then(read);
    let named = said.map(|said| said.files.len());
    match named {
        Some(named) if i64::try_from(named) != Ok(files) => format!(
            " Its receipt names {named} of {files} files: ask the hotline about the others, and keep both answers."
        ),
        _ => String::new(),
    }
}

fn event(row: EventRow) -> SubmissionEvent {
    let said = row.answer.as_deref().and_then(read).and_then(|said| said.description);
    let (code, http_status) = (code_of(&row), status_of(&row));
    SubmissionEvent {
        at: rfc3339(row.at),
        leaf: words::count(row.seq),
        call: call_named(&row.call),
        case: row.case_id.map(words::case_number),
        told: row.kind == "told",
        failure: row.failure,
        http_status,
        code: code.map(Code::get),
        meaning: code.map(|code| code.meaning().to_owned()),
        said: said.map(|text| defang::prose(&text)),
        request_id: row.request_id.map(|text| defang::prose(&text)),
    }
}

fn what(state: SubmissionState, row: &SubmissionRow) -> String {
    let number = row.number.as_deref().unwrap_or("unknown");
    match state {
        SubmissionState::Open if row.number.is_some() => format!(
            "Open at the hotline as {number}, {} of {} files. If no run is going on, resume or retract it.",
            row.files_done, row.files
        ),
        SubmissionState::Open => {
            "Begun; no number of a report arrived. If no run is going on, resume it.".to_owned()
        }
        SubmissionState::Filed => format!("Filed as {number}; the receipt is kept verbatim."),
        SubmissionState::Rehearsed => {
            format!("Finished as {number} at a test system, which files nothing.")
        }
        SubmissionState::Retracted => "Taken back or gone before it was finished. Nothing is filed.".to_owned(),
        SubmissionState::Failed => "Ended before a report was opened. Nothing is filed.".to_owned(),
        SubmissionState::Orphaned => {
            "A report may have been opened whose number never arrived. It cannot be finished, and expires at the hotline by \
             itself within a day. Nothing is filed."
                .to_owned()
        }
        SubmissionState::ReceiptLost => format!(
            "The hotline says that {number} was finished; its receipt never arrived. Never sent again: ask the hotline for it, \
             and let two persons record it."
        ),
    }
}

/// What a run says of the earlier one it settled.
pub(super) fn left_behind(state: SubmissionState, number: Option<&str>) -> String {
    let number = number.unwrap_or("unknown");
    match state {
        SubmissionState::Retracted => {
            format!("An earlier run left report {number} unfinished at the hotline; it is taken back or gone.")
        }
        SubmissionState::Orphaned => {
            "An earlier run ended between asking for a report and learning its number. If the hotline opened one, it stays \
             unfinished and expires by itself within a day."
                .to_owned()
        }
        SubmissionState::ReceiptLost => {
            format!("An earlier run finished report {number}, whose receipt never arrived. It is not sent again.")
        }
        _ => "An earlier run ended before a report was opened.".to_owned(),
    }
}

fn code_of(row: &EventRow) -> Option<Code> {
    row.code.and_then(|code| u32::try_from(code).ok()).map(Code::new)
}

fn status_of(row: &EventRow) -> Option<u16> {
    row.http_status.and_then(|status| u16::try_from(status).ok())
}

/// Whether the hotline may have opened a report of which no number arrived, by the lines of `submit`.
pub(super) fn is_orphan(lines: &[EventRow]) -> bool {
    let mut asked = false;
    let mut maybe = false;
    for line in lines {
        if line.kind == "asked" {
            maybe |= asked;
            asked = true;
            continue;
        }
        asked = false;
        maybe |= match line.failure.as_deref() {
            Some(word) => Failure::named(word).is_none_or(Failure::may_have_arrived),
            None => may_be_done(status_of(line), code_of(line)),
        };
    }
    maybe || asked
}
