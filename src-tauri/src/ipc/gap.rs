//! Commands of gaps: what is missing from trails, and what is attached or tried later.
//!
//! It must never decide anything.

use casement_core::case::{enrich, gaps};
use casement_core::wire::{
    AttemptInput, EnrichFile, EnrichForm, Enriched, GapDetail, GapFilter, GapsView,
};
use tauri::State;

use super::Answer;
use crate::desk::Desk;

#[tauri::command]
pub(crate) async fn gap_list(desk: State<'_, Desk>, filter: GapFilter) -> Answer<GapsView> {
    Ok(gaps::list(&desk.console().await?, &filter).await?)
}

#[tauri::command]
pub(crate) async fn gap_show(
    desk: State<'_, Desk>,
    dataset: u32,
    field: String,
    reason: String,
    after: Option<u32>,
) -> Answer<GapDetail> {
    Ok(gaps::show(&desk.console().await?, dataset, &field, &reason, after).await?)
}

#[tauri::command]
pub(crate) async fn enrich_form(desk: State<'_, Desk>, form: EnrichForm) -> Answer<Enriched> {
    Ok(enrich::form(&desk.console().await?, &form).await?)
}

#[tauri::command]
pub(crate) async fn enrich_file(desk: State<'_, Desk>, file: EnrichFile) -> Answer<Enriched> {
    Ok(enrich::file(&desk.console().await?, &file).await?)
}

#[tauri::command]
pub(crate) async fn attempt_record(
    desk: State<'_, Desk>,
    attempt: AttemptInput,
) -> Answer<Enriched> {
    Ok(enrich::attempt(&desk.console().await?, &attempt).await?)
}
