//! Commands of clusters and floods: near-duplicates decided together, and list entries that would flood the queues.
//!
//! It must never decide anything.

use std::path::PathBuf;

use casement_core::queue::flood;
use casement_core::wire::{
    ClusterDecide, ClusterDecided, ClusterFilter, ClusterPage, ClusterUndone, ClusterView,
    FeedbackFile, FloodCard, ProposalFacts, RefreshProgress, SuppressRequest,
};
use casement_core::{cluster, decision};
use tauri::State;

use super::Answer;
use crate::desk::Desk;

#[tauri::command]
pub(crate) async fn cluster_list(
    desk: State<'_, Desk>,
    filter: ClusterFilter,
    after: Option<String>,
    limit: u32,
) -> Answer<ClusterPage> {
    Ok(cluster::list(&desk.console().await?, &filter, after.as_deref(), limit).await?)
}

#[tauri::command]
pub(crate) async fn cluster_show(
    desk: State<'_, Desk>,
    cluster: u32,
    included: Option<Vec<u32>>,
) -> Answer<ClusterView> {
    Ok(cluster::show(&desk.console().await?, cluster, included.as_deref()).await?)
}

#[tauri::command]
pub(crate) async fn cluster_apply(
    desk: State<'_, Desk>,
    request: ClusterDecide,
) -> Answer<ClusterDecided> {
    Ok(decision::apply_to_cluster(&desk.console().await?, &request).await?)
}

#[tauri::command]
pub(crate) async fn cluster_undo(desk: State<'_, Desk>, act: u64) -> Answer<ClusterUndone> {
    Ok(decision::undo_cluster(&desk.console().await?, act).await?)
}

/// Compares pictures that came since; an import does it at its end by itself.
#[tauri::command]
pub(crate) async fn compare_start(desk: State<'_, Desk>) -> Answer<()> {
    let console = desk.console().await?;
    desk.compare(console).await;
    Ok(())
}

/// How far comparing is; `None` when nothing is being compared.
#[tauri::command]
pub(crate) async fn compare_progress(desk: State<'_, Desk>) -> Answer<Option<RefreshProgress>> {
    Ok(desk.comparing().await)
}

#[tauri::command]
pub(crate) async fn flood_list(desk: State<'_, Desk>) -> Answer<Vec<FloodCard>> {
    Ok(flood::list(&desk.console().await?).await?)
}

#[tauri::command]
pub(crate) async fn flood_release(
    desk: State<'_, Desk>,
    flood: u32,
    reason: String,
) -> Answer<FloodCard> {
    Ok(flood::release(&desk.console().await?, flood, &reason).await?)
}

#[tauri::command]
pub(crate) async fn flood_suppress(
    desk: State<'_, Desk>,
    request: SuppressRequest,
) -> Answer<ProposalFacts> {
    Ok(flood::suppress(&desk.console().await?, &request).await?)
}

#[tauri::command]
pub(crate) async fn flood_feedback(
    desk: State<'_, Desk>,
    out: PathBuf,
) -> Answer<Vec<FeedbackFile>> {
    Ok(flood::feedback(&desk.console().await?, &out).await?)
}
