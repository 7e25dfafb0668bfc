//! Commands of submission: what is configured, what would be sent, sending it, stopping, how far it is.
//!
//! It must never hold a password longer than the call that brings it, nor decide what may be sent.

use std::sync::Arc;

use casement_core::submission::{self, Mode, Run, Watch};
use casement_core::wire::{
    ProposalFacts, SubmissionConfigure, SubmissionDryRun, SubmissionEndpoint, SubmissionProgress,
    SubmissionStatus,
};
use tauri::State;

use super::Answer;
use crate::desk::{Desk, Submitting};

#[tauri::command]
pub(crate) async fn submission_status(
    desk: State<'_, Desk>,
    report: Option<String>,
) -> Answer<SubmissionStatus> {
    Ok(submission::status(&desk.console().await?, report.as_deref()).await?)
}

#[tauri::command]
pub(crate) async fn submission_configure(
    desk: State<'_, Desk>,
    configure: SubmissionConfigure,
) -> Answer<SubmissionEndpoint> {
    Ok(submission::configure(&desk.console().await?, configure).await?)
}

#[tauri::command]
pub(crate) async fn submission_off(desk: State<'_, Desk>) -> Answer<()> {
    Ok(submission::off(&desk.console().await?).await?)
}

#[tauri::command]
pub(crate) async fn submission_unlock(
    desk: State<'_, Desk>,
    hours: u32,
    reason: String,
) -> Answer<ProposalFacts> {
    Ok(submission::propose_unlock(&desk.console().await?, hours, &reason).await?)
}

#[tauri::command]
pub(crate) async fn submission_dry_run(
    desk: State<'_, Desk>,
    report: String,
) -> Answer<SubmissionDryRun> {
    Ok(submission::dry_run(&desk.console().await?, &report).await?)
}

/// Answers once it has begun; how it goes on is told by its progress. `resume`: an earlier run did not end.
#[tauri::command]
pub(crate) async fn submission_run(
    desk: State<'_, Desk>,
    report: String,
    resume: bool,
) -> Answer<()> {
    let mode = if resume { Mode::Resume } else { Mode::Begin };
    send(&desk, &report, mode).await
}

/// Stops the run at hand, which takes its report back; or, named a report that no run is sending, takes back what an
/// earlier run left of it.
#[tauri::command]
pub(crate) async fn submission_stop(desk: State<'_, Desk>, report: Option<String>) -> Answer<()> {
    let watch = desk.submitting().await;
    let running = watch.filter(|watch| watch.progress().is_some_and(|told| told.ended.is_none()));
    match (running, report) {
        (Some(watch), _) => {
            watch.stop();
            Ok(())
        }
        (None, Some(report)) => send(&desk, &report, Mode::Retract).await,
        (None, None) => Ok(()),
    }
}

async fn send(desk: &State<'_, Desk>, report: &str, mode: Mode) -> Answer<()> {
    let console = desk.console().await?;
    let watch = Arc::new(Watch::default());
    let run = Box::pin(Run::begin(&console, report, mode, watch.clone())).await?;
    let task = tauri::async_runtime::spawn(async move {
        // How it ended stands in the watch and in the store.
        let _ = run.complete().await;
    });
    desk.put_submission(Submitting { watch, task }).await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn submission_progress(
    desk: State<'_, Desk>,
) -> Answer<Option<SubmissionProgress>> {
    Ok(desk.submitting().await.and_then(|watch| watch.progress()))
}

#[tauri::command]
pub(crate) async fn submission_record(
    desk: State<'_, Desk>,
    report: String,
    reason: String,
) -> Answer<ProposalFacts> {
    Ok(submission::propose_record(&desk.console().await?, &report, &reason).await?)
}
