//! The commands of the window: each takes owned arguments, calls one verb of core, and answers plain data or an error.
//!
//! It must never decide anything, and never answer bytes of media.

mod cluster;
mod exit;
mod gap;
mod import;
mod office;
mod package;
mod register;
mod removal;
mod statement;
mod submission;

use casement_core::account::keyring::Passphrase;
use casement_core::wire::{
    CaseView, Check, Claim, DecideRequest, Gate, GateState, Grant, HistoryFilter, HistoryPage,
    Level, QueueFacts, QueueFilter, QueuePage, ReportFacts, Session, Status, Verification,
    WireError,
};
use casement_core::{Console, Opening, case, decision, ledger, queue, status as bar, view};
use tauri::State;
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use crate::desk::Desk;

type Answer<T> = Result<T, WireError>;

#[tauri::command]
pub(crate) async fn gate(desk: State<'_, Desk>) -> Answer<Gate> {
    let mut gate = casement_core::gate(&desk.store);
    if desk.try_console().await.is_some() {
        gate.state = GateState::Unlocked;
    }
    Ok(gate)
}

#[tauri::command]
pub(crate) async fn unlock(
    desk: State<'_, Desk>,
    name: String,
    passphrase: String,
) -> Answer<Session> {
    let passphrase = Passphrase::new(passphrase);
    desk.lock().await?;
    let opening = Opening { verify: true, ..Opening::default() };
    let console = Console::unlock(&desk.store, &name, &passphrase, opening).await?;
    let session = console.session().await?;
    desk.put(console).await;
    Ok(session)
}

#[tauri::command]
pub(crate) async fn lock(desk: State<'_, Desk>) -> Answer<()> {
    desk.lock().await
}

#[tauri::command]
pub(crate) async fn session(desk: State<'_, Desk>) -> Answer<Option<Session>> {
    match desk.try_console().await {
        Some(console) => Ok(Some(console.session().await?)),
        None => Ok(None),
    }
}

#[tauri::command]
pub(crate) async fn status(desk: State<'_, Desk>) -> Answer<Status> {
    let import = desk.watch().await.and_then(|watch| watch.progress());
    Ok(bar::status(&desk.console().await?, import).await?)
}

#[tauri::command]
pub(crate) async fn doctor() -> Answer<Vec<Check>> {
    Ok(bar::doctor().await)
}

#[tauri::command]
pub(crate) async fn queues(desk: State<'_, Desk>) -> Answer<Vec<QueueFacts>> {
    Ok(queue::list(&desk.console().await?).await?)
}

#[tauri::command]
pub(crate) async fn queue_page(
    desk: State<'_, Desk>,
    filter: QueueFilter,
    after: Option<String>,
    limit: u32,
) -> Answer<QueuePage> {
    Ok(queue::page(&desk.console().await?, &filter, after.as_deref(), limit).await?)
}

#[tauri::command]
pub(crate) async fn queue_next(desk: State<'_, Desk>, filter: QueueFilter) -> Answer<Option<u32>> {
    Ok(queue::claim::next(&desk.console().await?, &filter).await?)
}

#[tauri::command]
pub(crate) async fn case_show(desk: State<'_, Desk>, case: u32) -> Answer<CaseView> {
    Ok(case::show(&desk.console().await?, case).await?)
}

#[tauri::command]
pub(crate) async fn case_claim(desk: State<'_, Desk>, case: u32) -> Answer<Claim> {
    Ok(queue::claim::claim(&desk.console().await?, case).await?)
}

#[tauri::command]
pub(crate) async fn case_heartbeat(desk: State<'_, Desk>, case: u32) -> Answer<Claim> {
    Ok(queue::claim::heartbeat(&desk.console().await?, case).await?)
}

#[tauri::command]
pub(crate) async fn case_release(desk: State<'_, Desk>, case: u32) -> Answer<()> {
    Ok(queue::claim::release(&desk.console().await?, case).await?)
}

#[tauri::command]
pub(crate) async fn case_skip(desk: State<'_, Desk>, case: u32, reason: String) -> Answer<()> {
    Ok(queue::claim::skip(&desk.console().await?, case, &reason).await?)
}

#[tauri::command]
pub(crate) async fn view_open(desk: State<'_, Desk>, case: u32, level: Level) -> Answer<Grant> {
    Ok(view::open(&desk.console().await?, case, level).await?)
}

#[tauri::command]
pub(crate) async fn view_close(desk: State<'_, Desk>, exposure: String) -> Answer<()> {
    Ok(view::close(&desk.console().await?, &exposure).await?)
}

#[tauri::command]
pub(crate) async fn view_problem(
    desk: State<'_, Desk>,
    exposure: String,
) -> Answer<Option<WireError>> {
    Ok(view::problem(&desk.console().await?, &exposure))
}

#[tauri::command]
pub(crate) async fn decide(desk: State<'_, Desk>, request: DecideRequest) -> Answer<CaseView> {
    let console = desk.console().await?;
    decision::decide(&console, &request).await?;
    Ok(case::show(&console, request.case).await?)
}

#[tauri::command]
pub(crate) async fn decision_undo(desk: State<'_, Desk>, case: u32) -> Answer<CaseView> {
    let console = desk.console().await?;
    decision::undo(&console, case).await?;
    Ok(case::show(&console, case).await?)
}

#[tauri::command]
pub(crate) async fn decision_commit(desk: State<'_, Desk>, case: u32) -> Answer<CaseView> {
    let console = desk.console().await?;
    decision::commit(&console, case).await?;
    Ok(case::show(&console, case).await?)
}

#[tauri::command]
pub(crate) async fn history(
    desk: State<'_, Desk>,
    filter: HistoryFilter,
    limit: u32,
) -> Answer<HistoryPage> {
    Ok(ledger::history::page(&desk.console().await?, &filter, limit).await?)
}

#[tauri::command]
pub(crate) async fn ledger_verify(desk: State<'_, Desk>) -> Answer<Verification> {
    Ok(ledger::verify::verify(&desk.console().await?).await?)
}

#[tauri::command]
pub(crate) async fn reports(desk: State<'_, Desk>) -> Answer<Vec<ReportFacts>> {
    Ok(casement_core::package::reports(&desk.console().await?).await?)
}

#[tauri::command]
pub(crate) async fn pick_file(app: tauri::AppHandle, title: String) -> Answer<Option<String>> {
    let (answer, picked) = oneshot::channel();
    app.dialog().file().set_title(title).pick_file(move |path| {
        let _ = answer.send(path);
    });
    Ok(picked.await.ok().flatten().map(|path| path.to_string()))
}

#[tauri::command]
pub(crate) async fn pick_folder(app: tauri::AppHandle, title: String) -> Answer<Option<String>> {
    let (answer, picked) = oneshot::channel();
    app.dialog().file().set_title(title).pick_folder(move |path| {
        let _ = answer.send(path);
    });
    Ok(picked.await.ok().flatten().map(|path| path.to_string()))
}

#[tauri::command]
pub(crate) async fn pick_save(
    app: tauri::AppHandle,
    title: String,
    name: String,
) -> Answer<Option<String>> {
    let (answer, picked) = oneshot::channel();
    app.dialog().file().set_title(title).set_file_name(name).save_file(move |path| {
        let _ = answer.send(path);
    });
    Ok(picked.await.ok().flatten().map(|path| path.to_string()))
}

/// Every command of the window.
pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke) -> bool {
    tauri::generate_handler![
        gate,
        unlock,
        lock,
        session,
        status,
        doctor,
        queues,
        queue_page,
        queue_next,
        case_show,
        case_claim,
        case_heartbeat,
        case_release,
        case_skip,
        view_open,
        view_close,
        view_problem,
        decide,
        decision_undo,
        decision_commit,
        history,
        ledger_verify,
        package::package_sources,
        package::package_preview,
        package::package_seal,
        reports,
        import::import_formats,
        import::import_start,
        import::import_stop,
        import::import_runs,
        cluster::cluster_list,
        cluster::cluster_show,
        cluster::cluster_apply,
        cluster::cluster_undo,
        cluster::compare_start,
        cluster::compare_progress,
        cluster::flood_list,
        cluster::flood_release,
        cluster::flood_suppress,
        cluster::flood_feedback,
        gap::gap_list,
        gap::gap_show,
        gap::enrich_form,
        gap::enrich_file,
        gap::attempt_record,
        removal::removal_status,
        removal::removal_export,
        office::organisation_show,
        office::organisation_change,
        office::package_verify,
        removal::removal_locate,
        removal::removal_retire,
        removal::removal_ack,
        removal::release_propose,
        removal::release_export,
        removal::proposals,
        removal::proposal_approve,
        removal::proposal_refuse,
        removal::proposal_withdraw,
        pick_file,
        pick_folder,
        pick_save,
        submission::submission_status,
        submission::submission_configure,
        submission::submission_off,
        submission::submission_unlock,
        submission::submission_dry_run,
        submission::submission_run,
        submission::submission_stop,
        submission::submission_progress,
        submission::submission_record,
        package::package_groupings,
        package::package_progress,
        package::package_stop,
        statement::attest_view,
        statement::attest_withdraw,
        statement::annotate,
        statement::annotate_undo,
        statement::tried_record,
        exit::report_exits,
        exit::report_exit,
        exit::hand_over_propose,
        register::report_register,
        register::report_show,
        register::report_propose,
        register::report_withdraw,
        register::report_filed,
        register::obligation_list,
        register::obligation_export,
        register::hold_list,
        register::hold_add,
        register::hold_lift_propose,
        register::preserve_extend,
        register::destroy_propose,
        register::destroy_certificate,
    ]
}
