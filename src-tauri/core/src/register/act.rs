//! Filing and withdrawing: what a person proposes, what two persons decide, and a filing done by hand.
//!
//! It must never let a filed report be withdrawn, nor one be filed that two persons did not approve.

use std::path::Path;

use serde_json::json;
use sqlx::SqliteConnection;

use super::list::{cannot_propose, cannot_withdraw, row_facts, sent};
use super::{Said, given, known, on_disk, put_filed_bytes, report_number, route_word};
use crate::approval::{self, Subject};
use crate::clock::parse;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged, Unlogged};
use crate::package::{put_in_place, report_name, verify_bag};
use crate::store::approval::ProposalRow;
use crate::store::register::{self as rows, EventRow, StandingRow};
use crate::wire::{FiledRequest, ProposalFacts, ReportRow, Role, Route, Withdrawal};
use crate::words as stored;

/// Proposes to file a report by one route, for another person to approve. The whole package is checked first.
pub async fn propose(
    console: &Console,
    report: &str,
    route: Route,
    reason: &str,
) -> Result<ProposalFacts> {
    console.actor().needs(&[Role::Reviewer, Role::Supervisor])?;
    let id = report_number(report)?;
    let row = known(&mut *console.store().read().await?, id).await?;
    let subject =
        Subject::FileReport { report: stored::case_number(id), package_sha256: row.sha256, route };
    approval::propose(console, subject, reason).await
}

/// Takes a report back that is not filed: a sealed one at once, an approved one by a second person's approval.
pub async fn withdraw(console: &Console, report: &str, reason: &str) -> Result<Withdrawal> {
    console.actor().needs(&[Role::Reviewer, Role::Supervisor])?;
    let reason = given(reason, "a reason")?;
    let id = report_number(report)?;
    let mut write = Unlogged::begin(console.store()).await?;
    let row = known(write.conn(), id).await?;
    if let Some(refused) = cannot_withdraw(&row) {
        return Err(refused);
    }
    let proposal = if row.state == "approved" {
        let approved = rows::approval(write.conn(), id).await?;
        let subject = Subject::WithdrawReport {
            report: stored::case_number(id),
            package_sha256: row.sha256,
            approved_leaf: approved.map_or(0, |approved| approved.seq),
            reason: reason.to_owned(),
        };
        Some(approval::propose_in(console, write, subject, reason).await?)
    } else {
        let (mut write, seq) =
            write.log(console.clock(), console.actor(), withdrawn(&row, reason)).await?;
        take_back(console, &mut write, row, seq, reason, None).await?;
        write.commit().await?;
        None
    };
    Ok(Withdrawal { proposal, report: one(console, id).await? })
}

/// Records a filing that was done by hand, with its receipt.
pub async fn filed(console: &Console, request: &FiledRequest) -> Result<ReportRow> {
    console.actor().needs(&[Role::Reviewer, Role::Supervisor])?;
    let id = report_number(&request.report)?;
    let number = request.number.as_deref().map(plain_number).transpose()?;
    let receipt = read_receipt(Path::new(&request.receipt))?;
    let sha256 = hex::encode(crate::hash::sha256(&receipt));
    let now = console.clock().now();
    let at = request.at.as_deref().map(parse).transpose()?.unwrap_or(now);
    let mut write = Unlogged::begin(console.store()).await?;
    let row = known(write.conn(), id).await?;
    // One person's word never stands in for the hotline's own, nor for the two who record what it finished.
    if row.sent && row.state != "filed" {
        return Err(sent(&row));
    }
    let event = Event::new(
        "receipt.kept",
        json!({ "receipt_bytes": receipt.len(), "receipt_sha256": sha256, "report": report_name(id) }),
    );
    let route = match row.route.as_deref() {
        Some(word) => super::route(word)?,
        None => Route::CybertipForm,
    };
    let (mut write, _) = write.log(console.clock(), console.actor(), event).await?;
    let said = Said { at, route, number, sha256: &sha256 };
    put_filed_bytes(&mut write, console.clock(), console.actor(), id, said, &receipt).await?;
    write.commit().await?;
    one(console, id).await
}

async fn one(console: &Console, id: i64) -> Result<ReportRow> {
    let mut conn = console.store().read().await?;
    let row = known(&mut conn, id).await?;
    let facts = row_facts(console, &mut conn, vec![row]).await?;
    facts.into_iter().next().ok_or_else(|| Error::usage("REPORT-01", "There is no such report."))
}

/// A recipient's number: what goes into tables and calendars without being taken for anything else.
fn plain_number(number: &str) -> Result<&str> {
    let number = number.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if (1..=64).contains(&number.len())
        && number.starts_with(|c: char| c.is_ascii_alphanumeric())
        && number.chars().all(plain)
    {
        return Ok(number);
    }
    Err(Error::usage(
        "REPORT-09",
        "A recipient's number has at most 64 letters, digits, dots, dashes and slashes.",
    ))
}

fn read_receipt(path: &Path) -> Result<Vec<u8>> {
    let length = std::fs::metadata(path)?.len();
    if !(1..=super::MAX_RECEIPT as u64).contains(&length) {
        return Err(Error::usage(
            "REPORT-06",
            "A receipt is between one byte and 4 MiB. Keep what the recipient answered.",
        ));
    }
    Ok(std::fs::read(path)?)
}

pub(super) async fn check(conn: &mut SqliteConnection, subject: &Subject) -> Result<()> {
    match subject {
        Subject::FileReport { report, package_sha256, route } => {
            let row = known(conn, i64::from(*report)).await?;
            if let Some(refused) = cannot_propose(&row, Some(*route)) {
                return Err(refused);
            }
            if row.sha256 != *package_sha256 || on_disk(&row.path).as_ref() != Some(package_sha256)
            {
                return Err(approval::stale("The package changed, or is not where it was sealed,"));
            }
            Ok(())
        }
        Subject::WithdrawReport { report, package_sha256, approved_leaf, .. } => {
            let row = known(conn, i64::from(*report)).await?;
            if let Some(refused) = cannot_withdraw(&row) {
                return Err(refused);
            }
            let approved = rows::approval(conn, i64::from(*report)).await?;
            let stands = approved.is_some_and(|approved| approved.seq == *approved_leaf);
            if row.state != "approved" || row.sha256 != *package_sha256 || !stands {
                return Err(approval::stale("The report was approved anew, or is not approved,"));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

pub(super) async fn apply(
    console: &Console,
    write: &mut Logged,
    subject: &Subject,
    proposal: ProposalRow,
) -> Result<()> {
    let (clock, actor) = (console.clock(), console.actor());
    match subject {
        Subject::FileReport { report, package_sha256, route } => {
            let (id, word) = (i64::from(*report), route_word(*route));
            let event = Event::new(
                "report.approved",
                json!({
                    "package_sha256": package_sha256,
                    "proposal": proposal.id,
                    "report": report_name(id),
                    "route": word,
                }),
            );
            let seq = write.log(clock, actor, event).await?;
            let entry = EventRow {
                seq,
                report_id: id,
                state: "approved".to_owned(),
                at: clock.now(),
                account: actor.pseudonym().to_owned(),
                sha256: package_sha256.clone(),
                proposal: Some(proposal.id),
                route: Some(word.to_owned()),
                reason: None,
            };
            rows::insert_event(write.conn(), &entry).await?;
            rows::set_approved(write.conn(), id, word).await
        }
        Subject::WithdrawReport { report, reason, .. } => {
            let row = known(write.conn(), i64::from(*report)).await?;
            let seq = write.log(clock, actor, withdrawn(&row, reason)).await?;
            take_back(console, write, row, seq, reason, Some(proposal.id)).await
        }
        _ => Ok(()),
    }
}

fn withdrawn(row: &StandingRow, reason: &str) -> Event {
    Event::new(
        "report.withdrawn",
        json!({
            "package_sha256": row.sha256,
            "reason": reason,
            "report": report_name(row.report_id),
            "was": row.state,
        }),
    )
}

async fn take_back(
    console: &Console,
    write: &mut Logged,
    row: StandingRow,
    seq: i64,
    reason: &str,
    proposal: Option<i64>,
) -> Result<()> {
    let entry = EventRow {
        seq,
        report_id: row.report_id,
        state: "withdrawn".to_owned(),
        at: console.clock().now(),
        account: console.actor().pseudonym().to_owned(),
        sha256: row.sha256,
        proposal,
        route: None,
        reason: Some(reason.to_owned()),
    };
    rows::insert_event(write.conn(), &entry).await?;
    rows::set_withdrawn(write.conn(), row.report_id).await
}

pub(super) fn words(subject: &Subject) -> (String, Vec<String>) {
    match subject {
        Subject::FileReport { report, package_sha256, route } => (
            format!("File {}", report_name(i64::from(*report))),
            vec![
                format!("The package with tag manifest {package_sha256} may be filed."),
                format!("Route: {}.", route_text(*route)),
                "Once filed it cannot be taken back, and everything in it is kept for at least one year."
                    .to_owned(),
            ],
        ),
        Subject::WithdrawReport { report, reason, .. } => (
            format!("Withdraw {}", report_name(i64::from(*report))),
            vec![
                "Its approval falls. Its cases are confirmed again, and still to be reported."
                    .to_owned(),
                format!("Reason: {reason}."),
            ],
        ),
        _ => (String::new(), Vec::new()),
    }
}

/// A route as people read it.
pub(super) fn route_text(route: Route) -> &'static str {
    match route {
        Route::Cybertip => "CyberTipline API",
        Route::CybertipForm => "CyberTipline web form, by hand",
        Route::Nca => "National Crime Agency (UK)",
        Route::Hotline => "national hotline",
        Route::LawEnforcement => "law enforcement, on request",
    }
}

pub(super) async fn look_over(console: &Console, subject: &Subject) -> Result<()> {
    let Subject::FileReport { report, .. } = subject else { return Ok(()) };
    let row = known(&mut *console.store().read().await?, i64::from(*report)).await?;
    let dir = std::path::PathBuf::from(row.path);
    let gone = || {
        Error::refused(
            "REPORT-10",
            "The package is not where it was sealed, or cannot be read. Put it back there, or withdraw the report and seal it anew.",
        )
    };
    // As after a kill between the leaf and the name.
    put_in_place(&dir)?;
    let checked = tokio::task::spawn_blocking(move || verify_bag(&dir))
        .await
        .map_err(|error| gone().caused_by(error))?;
    match checked {
        Ok(findings) if findings.is_empty() => Ok(()),
        Ok(findings) => Err(Error::refused(
            "REPORT-11",
            format!(
                "The package is not as it was sealed: {} findings. Withdraw the report and seal it anew.",
                findings.len()
            ),
        )),
        Err(error) => Err(gone().caused_by(error)),
    }
}
