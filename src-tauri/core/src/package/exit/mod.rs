//! The other exits of a sealed report: a hotline that takes addresses, the UK's agency, an officer who asked, the owner
//! of a corpus.
//!
//! Each says only what its reader may know. It must never hand over a picture, tell an owner of a corpus anything of a
//! report, or write what the ledger does not know.

mod desk;
mod hand_over;
mod list;
mod nca;
mod owner;
mod place;
mod stands;

use std::path::Path;

use serde_json::{Value, json};

pub use hand_over::propose as hand_over;
pub(crate) use hand_over::{check as check_hand_over, words as hand_over_words};

use crate::approval::{KEEPERS, Subject};
use crate::clock::rfc3339;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Unlogged};
use crate::store::history::{self, Which};
use crate::store::ledger as leaves;
use crate::wire::{ExitFacts, ExitFile, ExitKind, ExitRequest};
use crate::words;
use desk::Desk;

const KIND: &str = "report.exit";
/// Exits of one list.
const MAX_LIST: i64 = 500;

/// What an exit wrote: its files by name and digest, and of how many confirmed files it tells.
struct Written {
    files: Vec<ExitFile>,
    told: u64,
    left_out: u64,
}

/// Writes a sealed report for somebody else than the CyberTipline. Supervisors and custodians may.
pub async fn exit(console: &Console, request: &ExitRequest) -> Result<ExitFacts> {
    console.actor().needs(KEEPERS)?;
    // A program that ended right after the ledger knew of an exit left this to do.
    exits(console, None).await?;
    let out = Path::new(&request.out);
    let mut conn = console.store().read().await?;
    let mut snapshot = sqlx::Connection::begin(&mut *conn).await?;
    let mut desk = Desk::of(console, &mut snapshot, &request.report).await?;
    let (draft, written) = match request.to {
        ExitKind::Inhope => list::write(&mut desk, out).await?,
        ExitKind::Nca => nca::write(&mut desk, out, request.priority).await?,
        ExitKind::LawEnforcement => hand_over::write(&mut desk, out, request.proposal).await?,
        ExitKind::CorpusOwner => {
            let report = desk.row.id;
            let name = desk.head.report.clone();
            drop(desk);
            snapshot.rollback().await?;
            drop(conn);
            let (place, written) = owner::write(console, report, out).await?;
            return record(console, &name, request, &place, written).await;
        }
    };
    let name = desk.head.report.clone();
    drop(desk);
    snapshot.rollback().await?;
    drop(conn);
    let facts = record(console, &name, request, draft.place(), written).await;
    match facts {
        Ok(facts) => draft.put_in_place().map(|()| facts),
        Err(error) => {
            draft.discard()?;
            Err(error)
        }
    }
}

/// The leaf that says to whom what went.
async fn record(
    console: &Console,
    report: &str,
    request: &ExitRequest,
    place: &Path,
    written: Written,
) -> Result<ExitFacts> {
    let mut write = Unlogged::begin(console.store()).await?;
    // It may have been withdrawn since it was read.
    desk::named(write.conn(), report).await?;
    if let Some(proposal) = request.proposal {
        let (subject, _) = crate::approval::approved(write.conn(), proposal).await?;
        check_hand_over(write.conn(), &subject).await?;
    }
    let path = place.display().to_string();
    let event = Event::new(
        KIND,
        json!({
            "files": written.files,
            "left_out": written.left_out,
            "path": path,
            "proposal": request.proposal,
            "report": report,
            "to": request.to,
            "told": written.told,
        }),
    );
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    // The time that the leaf has, so that what is told now and what is listed later agree.
    let at = leaves::last_at(write.conn()).await?.unwrap_or_default();
    write.commit().await?;
    Ok(ExitFacts {
        report: report.to_owned(),
        to: request.to,
        at: rfc3339(at),
        by: console.actor().pseudonym().to_owned(),
        leaf: words::count(seq),
        path,
        files: written.files,
        told: written.told,
        left_out: written.left_out,
        proposal: request.proposal,
    })
}

/// What was written for whom, newest first; of one report or of all. Supervisors and custodians may.
pub async fn exits(console: &Console, report: Option<&str>) -> Result<Vec<ExitFacts>> {
    console.actor().needs(KEEPERS)?;
    let mut conn = console.store().read().await?;
    let which = Which { since: None, until: None, by: None, kind: Some(KIND), case: None };
    let mut found = Vec::new();
    for act in history::page(&mut conn, &which, i64::MAX, MAX_LIST).await? {
        let body: Value = serde_json::from_str(&act.body).map_err(unread)?;
        let part = |name: &str| body.get(name).cloned().unwrap_or_default();
        let facts = ExitFacts {
            report: serde_json::from_value(part("report")).map_err(unread)?,
            to: serde_json::from_value(part("to")).map_err(unread)?,
            at: rfc3339(act.at),
            by: act.account,
            leaf: words::count(act.seq),
            path: serde_json::from_value(part("path")).map_err(unread)?,
            files: serde_json::from_value(part("files")).map_err(unread)?,
            told: part("told").as_u64().unwrap_or_default(),
            left_out: part("left_out").as_u64().unwrap_or_default(),
            proposal: serde_json::from_value(part("proposal")).map_err(unread)?,
        };
        place::finish(Path::new(&facts.path), &facts.files)?;
        if report.is_none_or(|wanted| wanted == facts.report) {
            found.push(facts);
        }
    }
    Ok(found)
}

fn unread(error: serde_json::Error) -> Error {
    Error::store("EXIT-01", "An exit in this store cannot be read. Run casectl verify.")
        .caused_by(error)
}

/// The subject of a hand-over, or the refusal of any other.
fn of_hand_over(subject: &Subject) -> Result<hand_over::Terms<'_>> {
    match subject {
        Subject::HandOver { report, package_sha256, authority, reference } => {
            Ok(hand_over::Terms { report, package_sha256, authority, reference })
        }
        _ => Err(Error::usage(
            "EXIT-07",
            "That proposal is not about handing a report over. Name the one that is.",
        )),
    }
}
