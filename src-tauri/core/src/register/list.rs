//! The register as people read it: reports with their state, one report with everything that happened to it.
//!
//! It must never leave an event out.

use std::collections::HashMap;

use serde_json::json;
use sqlx::SqliteConnection;

use super::rule::Rule;
use super::{hold::facts as hold_facts, hold_name, known, report_number, route, route_word};
use crate::clock::rfc3339;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::package::report_name;
use crate::store::register::{self as rows, EventRow, StandingRow};
use crate::store::{destruction, hold, report};
use crate::wire::{
    Receipt, RegisterFilter, ReportDetail, ReportEvent, ReportRow, ReportState, Role, Route,
    WireError,
};
use crate::words;

const MAX_PAGE: u32 = 500;
const PAGE: u32 = 100;
/// Longest receipt that is shown as text, in bytes.
const SHOWN: usize = 64 * 1024;

/// Reports, newest first.
pub async fn list(console: &Console, filter: &RegisterFilter) -> Result<Vec<ReportRow>> {
    let limit = if filter.limit == 0 { PAGE } else { filter.limit.min(MAX_PAGE) };
    let before = filter.before.map_or(i64::MAX, i64::from);
    let mut conn = console.store().read().await?;
    let found =
        rows::page(&mut conn, filter.state.map(state_word), before, i64::from(limit)).await?;
    row_facts(console, &mut conn, found).await
}

/// One report, by its name.
pub async fn show(console: &Console, report: &str) -> Result<ReportDetail> {
    let id = report_number(report)?;
    let mut conn = console.store().read().await?;
    let row = known(&mut conn, id).await?;
    let cases = report::cases(&mut conn, id).await?;
    let events = rows::events(&mut conn, id).await?;
    let receipt = match rows::receipt(&mut conn, id).await? {
        None => None,
        Some(found) => Some(Receipt {
            filed_at: rfc3339(found.filed_at),
            recorded_at: rfc3339(found.recorded_at),
            number: found.number,
            sha256: found.sha256,
            size: words::count(found.size),
            text: rows::receipt_body(&mut conn, id)
                .await?
                .filter(|body| body.len() <= SHOWN)
                .and_then(|body| String::from_utf8(body).ok()),
        }),
    };
    let holds = hold::of_report(&mut conn, id).await?.into_iter().map(hold_facts).collect();
    let destructions = destruction::of_report(&mut conn, id)
        .await?
        .into_iter()
        .map(|(row, n)| super::destroy::facts(row, n))
        .collect();
    let may = console.actor().needs(&[Role::Reviewer, Role::Supervisor]).err();
    let why =
        |refused: Option<Error>| may.as_ref().map(WireError::from).or(refused.map(Into::into));
    let (cannot_propose, cannot_withdraw) =
        (why(cannot_propose(&row, None)), why(cannot_withdraw(&row)));
    let mut facts = row_facts(console, &mut conn, vec![row]).await?;
    let row = facts.pop().ok_or_else(|| Error::usage("REPORT-01", "There is no such report."))?;
    Ok(ReportDetail {
        row,
        case_numbers: cases.into_iter().map(words::case_number).collect(),
        history: events.into_iter().map(event).collect::<Result<_>>()?,
        receipt,
        holds,
        destructions,
        cannot_propose,
        cannot_withdraw,
    })
}

/// The receipt of a filed report, byte for byte.
pub async fn receipt(console: &Console, report: &str) -> Result<Vec<u8>> {
    let id = report_number(report)?;
    let mut conn = console.store().read().await?;
    known(&mut conn, id).await?;
    rows::receipt_body(&mut conn, id)
        .await?
        .ok_or_else(|| Error::usage("REPORT-12", "This report has no receipt: it was not filed."))
}

/// Rows for people, in the same order.
pub(super) async fn row_facts(
    console: &Console,
    conn: &mut SqliteConnection,
    found: Vec<StandingRow>,
) -> Result<Vec<ReportRow>> {
    let rule = Rule::read(conn).await?;
    let ids = json!(found.iter().map(|row| row.report_id).collect::<Vec<_>>()).to_string();
    let holds = grouped(hold::standing_on_reports(conn, &ids).await?);
    let destroyed: HashMap<i64, i64> = destruction::counts(conn, &ids).await?.into_iter().collect();
    let now = console.clock().now();
    let waits: HashMap<i64, i64> = rows::waiting(conn, "file-report", now)
        .await?
        .into_iter()
        .chain(rows::waiting(conn, "withdraw-report", now).await?)
        .collect();
    found
        .into_iter()
        .map(|row| {
            let id = row.report_id;
            let open = matches!(row.state.as_str(), "sealed" | "approved");
            Ok(ReportRow {
                report: report_name(id),
                state: state(&row.state),
                source: row.source_name,
                cases: words::case_number(row.cases),
                known_at: rfc3339(row.known_at),
                due_at: rule.due(row.known_at).filter(|_| open).map(rfc3339),
                sealed_at: rfc3339(row.sealed_at),
                sealed_by: row.account,
                package_sha256: row.sha256,
                path: row.path,
                route: row.route.as_deref().map(route).transpose()?,
                filed_at: row.filed_at.map(rfc3339),
                number: row.number,
                preserve_until: row.preserve_until.map(rfc3339),
                holds: names(&holds, id),
                destroyed: destroyed.get(&id).map_or(0, |n| words::case_number(*n)),
                waits_for: waits.get(&id).map(|n| words::case_number(*n)),
            })
        })
        .collect()
}

/// Holds by what they stand on.
pub(super) fn grouped(pairs: Vec<(i64, i64)>) -> HashMap<i64, Vec<i64>> {
    let mut by: HashMap<i64, Vec<i64>> = HashMap::new();
    for (on, hold) in pairs {
        by.entry(on).or_default().push(hold);
    }
    by
}

pub(super) fn names(holds: &HashMap<i64, Vec<i64>>, on: i64) -> Vec<String> {
    holds.get(&on).into_iter().flatten().map(|id| hold_name(*id)).collect()
}

fn event(row: EventRow) -> Result<ReportEvent> {
    Ok(ReportEvent {
        at: rfc3339(row.at),
        by: row.account,
        state: state(&row.state),
        leaf: words::count(row.seq),
        proposal: words::small(row.proposal),
        route: row.route.as_deref().map(route).transpose()?,
        reason: row.reason,
    })
}

fn state(word: &str) -> ReportState {
    match word {
        "approved" => ReportState::Approved,
        "filed" => ReportState::Filed,
        "withdrawn" => ReportState::Withdrawn,
        _ => ReportState::Sealed,
    }
}

fn state_word(state: ReportState) -> &'static str {
    match state {
        ReportState::Sealed => "sealed",
        ReportState::Approved => "approved",
        ReportState::Filed => "filed",
        ReportState::Withdrawn => "withdrawn",
    }
}

/// Why a report cannot be proposed for filing, by this route where one is named.
pub(super) fn cannot_propose(row: &StandingRow, route: Option<Route>) -> Option<Error> {
    let name = report_name(row.report_id);
    let refuse = |message: String| Some(Error::refused("REPORT-13", message));
    match row.state.as_str() {
        "sealed" | "approved" if row.sent => Some(sent(row)),
        "sealed" => None,
        "approved" if row.route.as_deref() == route.map(route_word) => {
            refuse(format!("{name} is approved for this route. Nothing is left to propose."))
        }
        "approved" => None,
        "filed" => refuse(format!("{name} is filed. A report is filed once.")),
        _ => refuse(format!("{name} was withdrawn. Package its cases anew.")),
    }
}

/// It lies at its hotline, or was finished there: no other way may be gone before that is settled.
pub(super) fn sent(row: &StandingRow) -> Error {
    let name = report_name(row.report_id);
    Error::refused(
        "REPORT-14",
        format!(
            "{name} was sent to the hotline. Resume or retract the sending; if the hotline finished it and its receipt \
             was lost, two persons record that. casectl submission status says which."
        ),
    )
}

/// Why a report cannot be withdrawn.
pub(super) fn cannot_withdraw(row: &StandingRow) -> Option<Error> {
    let name = report_name(row.report_id);
    let refuse = |message: String| Some(Error::refused("REPORT-14", message));
    match row.state.as_str() {
        "sealed" | "approved" if row.sent => Some(sent(row)),
        "sealed" | "approved" => None,
        "filed" => refuse(format!("{name} is filed. What was filed cannot be taken back.")),
        _ => refuse(format!("{name} is withdrawn already.")),
    }
}
