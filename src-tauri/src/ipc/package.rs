//! Commands of packaging: sources by a rule, what one would hold, sealing it, how far that is.
//!
//! It must never seal what core has not checked.

use std::path::PathBuf;

use casement_core::package::{self, Order};
use casement_core::wire::{
    GroupingFacts, PackageGrouping, PackagePreview, PackageProgress, ReportFacts, SourceFacts,
};
use tauri::State;

use super::Answer;
use crate::desk::Desk;

#[tauri::command]
pub(crate) async fn package_sources(
    desk: State<'_, Desk>,
    grouping: Option<PackageGrouping>,
) -> Answer<Vec<SourceFacts>> {
    Ok(package::sources_by(&desk.console().await?, grouping.unwrap_or_default()).await?)
}

#[tauri::command]
pub(crate) async fn package_groupings(desk: State<'_, Desk>) -> Answer<Vec<GroupingFacts>> {
    Ok(package::groupings(&desk.console().await?).await?)
}

#[tauri::command]
pub(crate) async fn package_preview(
    desk: State<'_, Desk>,
    source: String,
    grouping: Option<PackageGrouping>,
) -> Answer<PackagePreview> {
    let order = Order { source, grouping: grouping.unwrap_or_default() };
    Ok(package::preview_by(&desk.console().await?, &order).await?)
}

#[tauri::command]
pub(crate) async fn package_seal(
    desk: State<'_, Desk>,
    source: String,
    out: PathBuf,
    xsd: Option<PathBuf>,
    grouping: Option<PackageGrouping>,
) -> Answer<ReportFacts> {
    let order = Order { source, grouping: grouping.unwrap_or_default() };
    let (console, packaging) = (desk.console().await?, desk.packaging());
    Ok(packaging.run(&console, &order, &out, xsd.as_deref()).await?)
}

#[tauri::command]
pub(crate) async fn package_progress(desk: State<'_, Desk>) -> Answer<Option<PackageProgress>> {
    Ok(desk.packaging().progress().await)
}

#[tauri::command]
pub(crate) async fn package_stop(desk: State<'_, Desk>) -> Answer<()> {
    desk.packaging().stop().await;
    Ok(())
}
