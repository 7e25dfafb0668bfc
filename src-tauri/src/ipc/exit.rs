//! Commands of a sealed report's other exits.
//!
//! It must never decide anything.

use casement_core::package::exit;
use casement_core::wire::{ExitFacts, ExitRequest, HandOverRequest, ProposalFacts};
use tauri::State;

use super::Answer;
use crate::desk::Desk;

#[tauri::command]
pub(crate) async fn report_exits(
    desk: State<'_, Desk>,
    report: Option<String>,
) -> Answer<Vec<ExitFacts>> {
    Ok(exit::exits(&desk.console().await?, report.as_deref()).await?)
}

#[tauri::command]
pub(crate) async fn report_exit(desk: State<'_, Desk>, request: ExitRequest) -> Answer<ExitFacts> {
    Ok(exit::exit(&desk.console().await?, &request).await?)
}

#[tauri::command]
pub(crate) async fn hand_over_propose(
    desk: State<'_, Desk>,
    request: HandOverRequest,
) -> Answer<ProposalFacts> {
    Ok(exit::hand_over(&desk.console().await?, &request).await?)
}
