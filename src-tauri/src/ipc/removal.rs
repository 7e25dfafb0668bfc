//! Commands of removal, of release, and of what needs a second person.
//!
//! It must never decide anything.

use std::path::Path;

use casement_core::wire::{
    AckReceipt, AckRequest, ExportRequest, LocationRequest, ProposalFacts, ProposalFilter,
    RemovalExport, RemovalStatus,
};
use casement_core::{approval, removal};
use tauri::State;

use super::Answer;
use crate::desk::Desk;

#[tauri::command]
pub(crate) async fn removal_status(desk: State<'_, Desk>) -> Answer<RemovalStatus> {
    Ok(removal::status(&desk.console().await?, None).await?)
}

#[tauri::command]
pub(crate) async fn removal_export(
    desk: State<'_, Desk>,
    request: ExportRequest,
) -> Answer<RemovalExport> {
    Ok(removal::export(&desk.console().await?, &request).await?)
}

#[tauri::command]
pub(crate) async fn removal_locate(desk: State<'_, Desk>, request: LocationRequest) -> Answer<()> {
    Ok(removal::location::add(&desk.console().await?, &request).await?)
}

#[tauri::command]
pub(crate) async fn removal_retire(
    desk: State<'_, Desk>,
    dataset: String,
    name: String,
    reason: String,
) -> Answer<()> {
    Ok(removal::location::retire(&desk.console().await?, &dataset, &name, &reason).await?)
}

#[tauri::command]
pub(crate) async fn removal_ack(desk: State<'_, Desk>, request: AckRequest) -> Answer<AckReceipt> {
    Ok(removal::acknowledge(&desk.console().await?, &request).await?)
}

#[tauri::command]
pub(crate) async fn release_propose(
    desk: State<'_, Desk>,
    dataset: String,
    version: Option<String>,
    reason: String,
) -> Answer<ProposalFacts> {
    let console = desk.console().await?;
    Ok(removal::release::propose(&console, &dataset, version.as_deref(), &reason).await?)
}

#[tauri::command]
pub(crate) async fn release_export(
    desk: State<'_, Desk>,
    proposal: u32,
    request: ExportRequest,
) -> Answer<RemovalExport> {
    let (console, path) = (desk.console().await?, Path::new(&request.path));
    Ok(removal::release::export(&console, proposal, path, request.format).await?)
}

#[tauri::command]
pub(crate) async fn proposals(
    desk: State<'_, Desk>,
    filter: ProposalFilter,
) -> Answer<Vec<ProposalFacts>> {
    Ok(approval::list(&desk.console().await?, &filter).await?)
}

#[tauri::command]
pub(crate) async fn proposal_approve(
    desk: State<'_, Desk>,
    proposal: u32,
) -> Answer<ProposalFacts> {
    Ok(approval::approve(&desk.console().await?, proposal).await?)
}

#[tauri::command]
pub(crate) async fn proposal_refuse(
    desk: State<'_, Desk>,
    proposal: u32,
    reason: String,
) -> Answer<ProposalFacts> {
    Ok(approval::refuse(&desk.console().await?, proposal, &reason).await?)
}

#[tauri::command]
pub(crate) async fn proposal_withdraw(
    desk: State<'_, Desk>,
    proposal: u32,
) -> Answer<ProposalFacts> {
    Ok(approval::withdraw(&desk.console().await?, proposal).await?)
}
