//! Commands of the register, of what is owed, of holds and of destruction.
//!
//! It must never decide anything.

use std::path::Path;

use casement_core::register;
use casement_core::wire::{
    Certificate, DestroyRequest, FiledRequest, HoldFacts, HoldRequest, ObligationBoard,
    ObligationExport, ObligationFilter, ObligationFormat, ProposalFacts, RegisterFilter,
    ReportDetail, ReportRow, Route, Withdrawal,
};
use tauri::State;

use super::Answer;
use crate::desk::Desk;

#[tauri::command]
pub(crate) async fn report_register(
    desk: State<'_, Desk>,
    filter: RegisterFilter,
) -> Answer<Vec<ReportRow>> {
    Ok(register::list(&desk.console().await?, &filter).await?)
}

#[tauri::command]
pub(crate) async fn report_show(desk: State<'_, Desk>, report: String) -> Answer<ReportDetail> {
    Ok(register::show(&desk.console().await?, &report).await?)
}

#[tauri::command]
pub(crate) async fn report_propose(
    desk: State<'_, Desk>,
    report: String,
    route: Route,
    reason: String,
) -> Answer<ProposalFacts> {
    Ok(register::propose(&desk.console().await?, &report, route, &reason).await?)
}

#[tauri::command]
pub(crate) async fn report_withdraw(
    desk: State<'_, Desk>,
    report: String,
    reason: String,
) -> Answer<Withdrawal> {
    Ok(register::withdraw(&desk.console().await?, &report, &reason).await?)
}

#[tauri::command]
pub(crate) async fn report_filed(
    desk: State<'_, Desk>,
    request: FiledRequest,
) -> Answer<ReportRow> {
    Ok(register::filed(&desk.console().await?, &request).await?)
}

#[tauri::command]
pub(crate) async fn obligation_list(
    desk: State<'_, Desk>,
    filter: ObligationFilter,
) -> Answer<ObligationBoard> {
    Ok(register::board(&desk.console().await?, &filter).await?)
}

#[tauri::command]
pub(crate) async fn obligation_export(
    desk: State<'_, Desk>,
    path: String,
    format: ObligationFormat,
) -> Answer<ObligationExport> {
    Ok(register::export(&desk.console().await?, Path::new(&path), format).await?)
}

#[tauri::command]
pub(crate) async fn hold_list(desk: State<'_, Desk>, standing: bool) -> Answer<Vec<HoldFacts>> {
    Ok(register::holds(&desk.console().await?, standing).await?)
}

#[tauri::command]
pub(crate) async fn hold_add(desk: State<'_, Desk>, request: HoldRequest) -> Answer<HoldFacts> {
    Ok(register::add_hold(&desk.console().await?, &request).await?)
}

#[tauri::command]
pub(crate) async fn hold_lift_propose(
    desk: State<'_, Desk>,
    hold: String,
    reason: String,
) -> Answer<ProposalFacts> {
    Ok(register::propose_lift(&desk.console().await?, &hold, &reason).await?)
}

#[tauri::command]
pub(crate) async fn preserve_extend(
    desk: State<'_, Desk>,
    report: String,
    until: String,
    reason: String,
) -> Answer<ReportRow> {
    Ok(register::extend(&desk.console().await?, &report, &until, &reason).await?)
}

#[tauri::command]
pub(crate) async fn destroy_propose(
    desk: State<'_, Desk>,
    request: DestroyRequest,
) -> Answer<ProposalFacts> {
    Ok(register::propose_destruction(&desk.console().await?, &request).await?)
}

#[tauri::command]
pub(crate) async fn destroy_certificate(
    desk: State<'_, Desk>,
    destruction: String,
) -> Answer<Certificate> {
    Ok(register::certificate(&desk.console().await?, &destruction).await?)
}
