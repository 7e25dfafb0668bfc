//! Commands of statements: attestations, annotations, and what was tried.
//!
//! It must never decide anything.

use casement_core::case::enrich;
use casement_core::wire::{AnnotateRequest, AttestRequest, CaseView, ToldFacts, TriedInput};
use casement_core::{case, decision};
use tauri::State;

use super::Answer;
use crate::desk::Desk;

#[tauri::command]
pub(crate) async fn attest_view(desk: State<'_, Desk>, request: AttestRequest) -> Answer<CaseView> {
    let console = desk.console().await?;
    decision::attest(&console, &request).await?;
    Ok(case::show(&console, request.case).await?)
}

#[tauri::command]
pub(crate) async fn attest_withdraw(desk: State<'_, Desk>, case: u32) -> Answer<CaseView> {
    let console = desk.console().await?;
    decision::withdraw_attestation(&console, case).await?;
    Ok(case::show(&console, case).await?)
}

#[tauri::command]
pub(crate) async fn annotate(desk: State<'_, Desk>, request: AnnotateRequest) -> Answer<CaseView> {
    let console = desk.console().await?;
    decision::annotate(&console, &request).await?;
    Ok(case::show(&console, request.case).await?)
}

#[tauri::command]
pub(crate) async fn annotate_undo(desk: State<'_, Desk>, case: u32) -> Answer<CaseView> {
    let console = desk.console().await?;
    decision::undo_annotation(&console, case).await?;
    Ok(case::show(&console, case).await?)
}

#[tauri::command]
pub(crate) async fn tried_record(desk: State<'_, Desk>, tried: TriedInput) -> Answer<ToldFacts> {
    Ok(enrich::tell(&desk.console().await?, &tried).await?)
}
