//! The record of a submission: what is about to be asked is committed before it leaves, what was told before anything
//! follows from it.
//!
//! It must never commit that a report is filed without its receipt in the same transaction.

use serde_json::json;

use crate::clock::Millis;
use crate::console::Console;
use crate::error::Result;
use crate::hash::sha256;
use crate::ledger::{Event, Logged, Unlogged};
use crate::register::{self, Filed};
use crate::store::submission::{self as rows, NewEvent, SubmissionRow};
use crate::wire::{Route, SubmissionCall, SubmissionState};

use super::answer::{Said, Told, read};
use super::config::{Endpoint, word};
use super::facts::{call_word, state_word};
use super::plan::Plan;

/// The route of reports that this client sends: no other may take it.
pub(super) const ROUTE: Route = Route::Cybertip;

/// Begins a submission; its number.
pub(super) async fn begin(console: &Console, endpoint: &Endpoint, plan: &Plan) -> Result<i64> {
    let mut write = Unlogged::begin(console.store()).await?;
    let id = rows::next_id(write.conn()).await?;
    let config_sha256 = endpoint.sha256()?;
    let event = Event::new(
        "submission.begun",
        json!({
            "config_sha256": config_sha256,
            "environment": endpoint.environment,
            "files": plan.files.len(),
            "package_sha256": plan.sha256,
            "report": plan.name,
            "submission": id,
        }),
    );
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let row = SubmissionRow {
        id,
        report_id: plan.report,
        environment: word(endpoint.environment).to_owned(),
        config_sha256,
        package_sha256: plan.sha256.clone(),
        files: i64::try_from(plan.files.len()).unwrap_or(i64::MAX),
        account: console.actor().pseudonym().to_owned(),
        begun_at: console.clock().now(),
        seq,
        number: None,
        opened_at: None,
        touched_at: None,
        files_done: 0,
        outcome: None,
        ended_at: None,
    };
    rows::insert(write.conn(), &row).await?;
    write.commit().await?;
    Ok(id)
}

/// What a record is about.
pub(super) struct About<'a> {
    pub(super) submission: i64,
    pub(super) report: i64,
    pub(super) call: SubmissionCall,
    pub(super) case: Option<i64>,
    pub(super) request_sha256: Option<&'a str>,
}

/// Commits that something is about to be asked. `write` holds whatever had to be checked under the same lock.
pub(super) async fn asked(console: &Console, write: Unlogged, about: &About<'_>) -> Result<()> {
    let body = json!({
        "call": about.call,
        "case": about.case,
        "request_sha256": about.request_sha256,
        "submission": about.submission,
    });
    let event = Event::new("submission.asked", body);
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let new = NewEvent {
        submission: about.submission,
        kind: "asked",
        call: call_word(about.call),
        case: about.case,
        request_sha256: about.request_sha256,
        at: console.clock().now(),
        seq,
        ..NewEvent::default()
    };
    rows::add(write.conn(), &new).await?;
    write.commit().await
}

/// What follows from an answer, to be committed with it.
#[derive(Default)]
pub(super) struct Follows {
    /// The report was opened under this number.
    pub(super) opened: Option<String>,
    /// The report was added to; so many files are uploaded and described.
    pub(super) touched: Option<usize>,
    pub(super) ended: Option<SubmissionState>,
}

/// Begins to commit what was told; answers the transaction and the time in it.
async fn tell(console: &Console, about: &About<'_>, told: &Told) -> Result<(Logged, Millis)> {
    let write = Unlogged::begin(console.store()).await?;
    let at = console.clock().now();
    let (failure, status, request_id, answer) = match told {
        Told::Failed(failure) => (Some(failure.word()), None, None, None),
        Told::Answered { status, request_id, body } => {
            (None, Some(i64::from(*status)), request_id.as_deref(), Some(body.as_slice()))
        }
    };
    let code = answer.and_then(read).and_then(|said| said.code).map(|code| i64::from(code.get()));
    let body = json!({
        "answer_sha256": answer.map(|answer| hex::encode(sha256(answer))),
        "call": about.call,
        "case": about.case,
        "code": code,
        "failure": failure,
        "http_status": status,
        "request_id": request_id,
        "submission": about.submission,
    });
    let event = Event::new("submission.told", body);
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let new = NewEvent {
        submission: about.submission,
        kind: "told",
        call: call_word(about.call),
        case: about.case,
        failure,
        http_status: status,
        code,
        request_id,
        answer,
        at,
        seq,
        ..NewEvent::default()
    };
    rows::add(write.conn(), &new).await?;
    Ok((write, at))
}

/// Commits what was told with everything that follows from it, or, where the register refuses, what was told alone: a
/// receipt is kept whatever happens.
pub(super) async fn told(
    console: &Console,
    about: &About<'_>,
    told: &Told,
    follows: &Follows,
) -> Result<()> {
    let (mut write, at) = tell(console, about, told).await?;
    if let Some(number) = &follows.opened {
        rows::opened(write.conn(), about.submission, number, at).await?;
    }
    if let Some(done) = follows.touched {
        let done = i64::try_from(done).unwrap_or(i64::MAX);
        rows::touched(write.conn(), about.submission, done, at).await?;
    }
    if let Some(state) = follows.ended {
        if state == SubmissionState::Filed
            && let Told::Answered { body, .. } = told
            && let Err(refused) = file(console, &mut write, about, body, at).await
        {
            drop(write);
            let (write, _) = tell(console, about, told).await?;
            write.commit().await?;
            return Err(refused);
        }
        end_in(console, &mut write, about.submission, state).await?;
    }
    write.commit().await
}

async fn file(
    console: &Console,
    write: &mut Logged,
    about: &About<'_>,
    receipt: &[u8],
    at: Millis,
) -> Result<()> {
    let number = read(receipt).and_then(|said: Said| said.number);
    let filed = Filed {
        at,
        route: ROUTE,
        number,
        receipt_sha256: hex::encode(sha256(receipt)),
        receipt: String::from_utf8_lossy(receipt).into_owned(),
    };
    register::put_filed(write, console.clock(), console.actor(), about.report, &filed).await
}

async fn end_in(
    console: &Console,
    write: &mut Logged,
    submission: i64,
    state: SubmissionState,
) -> Result<()> {
    let body = json!({ "outcome": state, "submission": submission });
    let event = Event::new("submission.ended", body);
    let seq = write.log(console.clock(), console.actor(), event).await?;
    rows::end(write.conn(), submission, state_word(state), console.clock().now(), seq).await
}

/// Ends a submission without anything having been asked.
pub(super) async fn end(console: &Console, submission: i64, state: SubmissionState) -> Result<()> {
    let write = Unlogged::begin(console.store()).await?;
    let body = json!({ "outcome": state, "submission": submission });
    let event = Event::new("submission.ended", body);
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    rows::end(write.conn(), submission, state_word(state), console.clock().now(), seq).await?;
    write.commit().await
}
