//! Legal holds: added by one person, lifted by two.
//!
//! It must never let anything under a hold be destroyed.

use serde_json::json;
use sqlx::SqliteConnection;

use super::{given, hold_name, known, number, report_number};
use crate::approval::{self, KEEPERS, Subject};
use crate::clock::rfc3339;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged, Unlogged};
use crate::package::report_name;
use crate::store::approval::ProposalRow;
use crate::store::destruction::case_exists;
use crate::store::hold::{self as rows, HoldRow};
use crate::wire::{HoldFacts, HoldRequest, ProposalFacts};
use crate::words as stored;

/// Most holds of one list.
const MAX_LIST: i64 = 1_000;

/// Puts a hold on a report, with every case that was ever sealed into it, or on one case.
pub async fn add(console: &Console, request: &HoldRequest) -> Result<HoldFacts> {
    console.actor().needs(KEEPERS)?;
    let reference = given(&request.reference, "the asker's reference")?;
    let asked_by = given(&request.asked_by, "who asked for it")?;
    let mut write = Unlogged::begin(console.store()).await?;
    let (report, case) = match (&request.report, request.case) {
        (Some(report), None) => {
            let id = report_number(report)?;
            known(write.conn(), id).await?;
            (Some(id), None)
        }
        (None, Some(case)) if case_exists(write.conn(), i64::from(case)).await? => {
            (None, Some(i64::from(case)))
        }
        _ => {
            return Err(Error::usage("HOLD-01", "Name one report or one case that is there."));
        }
    };
    let id = rows::next_id(write.conn()).await?;
    let body = json!({
        "asked_by": asked_by,
        "hold": hold_name(id),
        "reference": reference,
        "report": report.map(report_name),
    });
    let event = match case {
        Some(case) => Event::on("hold.added", case, body),
        None => Event::new("hold.added", body),
    };
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let row = HoldRow {
        id,
        report_id: report,
        case_id: case,
        reference: reference.to_owned(),
        asked_by: asked_by.to_owned(),
        added_by: console.actor().pseudonym().to_owned(),
        added_at: console.clock().now(),
        seq,
        lifted_at: None,
        lifted_by: None,
        lifted_seq: None,
        proposal: None,
    };
    rows::insert(write.conn(), &row).await?;
    write.commit().await?;
    Ok(facts(row))
}

/// Holds, newest first; with `standing`, only those not lifted.
pub async fn list(console: &Console, standing: bool) -> Result<Vec<HoldFacts>> {
    let mut conn = console.store().read().await?;
    Ok(rows::all(&mut conn, standing, MAX_LIST).await?.into_iter().map(facts).collect())
}

/// Proposes to lift a hold, for another person to approve.
pub async fn propose_lift(console: &Console, hold: &str, reason: &str) -> Result<ProposalFacts> {
    let id = number(hold, "H-", "HOLD-02")?;
    let mut write = Unlogged::begin(console.store()).await?;
    let row = standing(write.conn(), id).await?;
    let subject = Subject::LiftHold { hold: stored::case_number(id), added_leaf: row.seq };
    approval::propose_in(console, write, subject, reason).await
}

async fn standing(conn: &mut SqliteConnection, id: i64) -> Result<HoldRow> {
    match rows::one(conn, id).await? {
        None => Err(Error::usage("HOLD-02", "There is no hold of this number. List them first.")),
        Some(row) if row.lifted_seq.is_some() => {
            Err(Error::refused("HOLD-03", format!("{} is lifted already.", hold_name(id))))
        }
        Some(row) => Ok(row),
    }
}

pub(super) async fn check(conn: &mut SqliteConnection, subject: &Subject) -> Result<()> {
    let Subject::LiftHold { hold, added_leaf } = subject else { return Ok(()) };
    if standing(conn, i64::from(*hold)).await?.seq == *added_leaf {
        return Ok(());
    }
    Err(approval::stale("The hold was changed"))
}

pub(super) async fn apply(
    console: &Console,
    write: &mut Logged,
    subject: &Subject,
    proposal: ProposalRow,
) -> Result<()> {
    let Subject::LiftHold { hold, .. } = subject else { return Ok(()) };
    let id = i64::from(*hold);
    let row = standing(write.conn(), id).await?;
    let body = json!({ "hold": hold_name(id), "proposal": proposal.id });
    let event = match row.case_id {
        Some(case) => Event::on("hold.lifted", case, body),
        None => Event::new("hold.lifted", body),
    };
    let seq = write.log(console.clock(), console.actor(), event).await?;
    let by = (console.actor().pseudonym(), console.clock().now());
    rows::lift(write.conn(), id, by, seq, proposal.id).await
}

pub(super) fn words(subject: &Subject) -> (String, Vec<String>) {
    let Subject::LiftHold { hold, .. } = subject else { return Default::default() };
    let what =
        "What it held may be destroyed once its preservation has ended and no other hold stands.";
    (format!("Lift {}", hold_name(i64::from(*hold))), vec![what.to_owned()])
}

pub(super) fn facts(row: HoldRow) -> HoldFacts {
    HoldFacts {
        hold: hold_name(row.id),
        report: row.report_id.map(report_name),
        case: row.case_id.map(stored::case_number),
        reference: row.reference,
        asked_by: row.asked_by,
        added_by: row.added_by,
        added_at: rfc3339(row.added_at),
        leaf: stored::count(row.seq),
        lifted_at: row.lifted_at.map(rfc3339),
        lifted_by: row.lifted_by,
        lifted_leaf: row.lifted_seq.map(stored::count),
        proposal: stored::small(row.proposal),
    }
}
