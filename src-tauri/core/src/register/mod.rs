//! The register: what becomes of a sealed report, until when it is kept, what holds it, and when its originals go.
//!
//! Nothing is filed, lifted or destroyed here without two persons. No time to keep anything is ever shortened, and
//! nothing under a hold is destroyed.

mod act;
mod board;
mod certificate;
mod destroy;
mod export;
mod hold;
mod keep;
mod list;
mod rule;
#[cfg(test)]
mod tests;

use serde_json::json;
use sqlx::SqliteConnection;

use crate::account::Actor;
use crate::approval::Subject;
use crate::clock::{Clock, DAY, Millis, datetime, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged};
use crate::package::report_name;
use crate::store::register::{self as rows, EventRow, NewReceipt, StandingRow};
use crate::wire::Route;
use crate::words;

pub use act::{filed, propose, withdraw};
pub use board::{board, counts};
pub use certificate::certificate;
pub(crate) use destroy::finish;
pub use destroy::propose as propose_destruction;
pub use export::export;
pub use hold::{add as add_hold, list as holds, propose_lift};
pub use keep::extend;
pub use list::{list, receipt, show};

/// Largest receipt that is kept, in bytes.
pub const MAX_RECEIPT: usize = 4 * 1024 * 1024;

/// Longest reason or reference, in bytes.
const MAX_TEXT: usize = 1_000;

/// A report that two persons decided to file, and that was neither filed nor withdrawn since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    pub report: i64,
    /// `R-0001`.
    pub name: String,
    /// Digest of the package's tag manifest: as sealed, as approved, and as it lies on the disk.
    pub package_sha256: String,
    /// Where the package lies.
    pub path: String,
    pub route: Route,
    pub proposal: u32,
    /// The leaf of the approval, and its time.
    pub leaf: u64,
    pub at: Millis,
    /// Pseudonyms, never the same.
    pub proposed_by: String,
    pub approved_by: String,
}

/// A filing that was done.
#[derive(Debug, Clone)]
pub struct Filed {
    /// When the recipient took it; not before its approval, not after now.
    pub at: Millis,
    /// As it was approved.
    pub route: Route,
    /// The number the recipient gave it.
    pub number: Option<String>,
    /// SHA-256 of the receipt, hex.
    pub receipt_sha256: String,
    /// What the recipient answered, word for word.
    pub receipt: String,
}

/// Enters a report into the register in the transaction that seals it; `seq` is the leaf `report.sealed`. Its row and
/// its cases must be written already.
pub(crate) async fn put_sealed(write: &mut Logged, report: i64, seq: i64) -> Result<()> {
    rows::enter(write.conn(), report, seq).await
}

/// What may be filed: approved by two persons, neither filed nor withdrawn since, and still the package it was.
pub async fn approved(conn: &mut SqliteConnection, report: i64) -> Result<Option<Approved>> {
    let row = known(conn, report).await?;
    if row.state != "approved" {
        return Ok(None);
    }
    let Some(found) = rows::approval(conn, report).await? else { return Ok(None) };
    if found.sha256 != row.sha256 || found.proposed_by == found.decided_by {
        return Ok(None);
    }
    if on_disk(&row.path).as_deref() != Some(row.sha256.as_str()) {
        return Ok(None);
    }
    Ok(Some(Approved {
        report,
        name: report_name(report),
        package_sha256: found.sha256,
        path: row.path,
        route: route(&found.route)?,
        proposal: u32::try_from(found.proposal).unwrap_or(u32::MAX),
        leaf: words::count(found.seq),
        at: found.at,
        proposed_by: found.proposed_by,
        approved_by: found.decided_by,
    }))
}

/// Records that an approved report was filed. From here on it is kept for at least a year.
pub(crate) async fn put_filed(
    write: &mut Logged,
    clock: &Clock,
    actor: &Actor,
    report: i64,
    filed: &Filed,
) -> Result<()> {
    let Filed { at, route, number, receipt_sha256, receipt } = filed;
    let said = Said { at: *at, route: *route, number: number.as_deref(), sha256: receipt_sha256 };
    put_filed_bytes(write, clock, actor, report, said, receipt.as_bytes()).await
}

/// Refuses unless what was proposed still holds.
pub(crate) async fn check(
    conn: &mut SqliteConnection,
    clock: &Clock,
    subject: &Subject,
) -> Result<()> {
    match subject {
        Subject::LiftHold { .. } => hold::check(conn, subject).await,
        Subject::Destroy { .. } => destroy::check(conn, clock, subject).await,
        _ => act::check(conn, subject).await,
    }
}

/// Does what two persons decided, inside the transaction that holds the approval's leaf.
pub(crate) async fn apply(console: &Console, write: &mut Logged, subject: &Subject) -> Result<()> {
    let proposal = crate::approval::proposal_of(write.conn(), console.clock(), subject).await?;
    match subject {
        Subject::LiftHold { .. } => hold::apply(console, write, subject, proposal).await,
        Subject::Destroy { .. } => destroy::apply(console, write, subject, proposal).await,
        _ => act::apply(console, write, subject, proposal).await,
    }
}

/// A title of a few words, and what it means in sentences.
pub(crate) fn proposal_words(subject: &Subject) -> (String, Vec<String>) {
    match subject {
        Subject::LiftHold { .. } => hold::words(subject),
        Subject::Destroy { .. } => destroy::words(subject),
        _ => act::words(subject),
    }
}

/// A stored route as people read it.
pub(crate) fn route_words(word: &str) -> Result<&'static str> {
    route(word).map(act::route_text)
}

/// Refuses a report that was withdrawn: nothing of it goes to anyone any more.
pub(crate) async fn not_withdrawn(conn: &mut SqliteConnection, report: i64) -> Result<()> {
    if known(conn, report).await?.state != "withdrawn" {
        return Ok(());
    }
    Err(Error::refused(
        "REPORT-15",
        format!(
            "{} was withdrawn, so nothing of it is handed on. What still stands of it is in the report sealed after it.",
            report_name(report)
        ),
    ))
}

/// Checks the whole package of a report that is to be filed, which takes too long to be done under the write lock.
pub(crate) async fn look_over(console: &Console, subject: &Subject) -> Result<()> {
    act::look_over(console, subject).await
}

/// The number in a name such as `R-0001`.
fn number(name: &str, prefix: &str, code: &'static str) -> Result<i64> {
    let digits = name.trim().strip_prefix(prefix).unwrap_or_default();
    let number = digits.parse().ok().filter(|n: &i64| *n > 0 && digits.len() >= 3);
    number.ok_or_else(|| {
        Error::usage(code, format!("This must be a name such as {prefix}0001. List them first."))
    })
}

/// A report's row number, by its name.
fn report_number(name: &str) -> Result<i64> {
    number(name, "R-", "REPORT-01")
}

/// `H-001`.
fn hold_name(id: i64) -> String {
    format!("H-{id:03}")
}

/// `D-0001`.
pub(crate) fn destruction_name(id: i64) -> String {
    format!("D-{id:04}")
}

/// Text a person gave, trimmed and not empty.
fn given<'a>(text: &'a str, what: &str) -> Result<&'a str> {
    let text = text.trim();
    if (1..=MAX_TEXT).contains(&text.len()) && !text.chars().any(char::is_control) {
        return Ok(text);
    }
    Err(Error::usage("REPORT-08", format!("Give {what} in one line, of at most {MAX_TEXT} bytes.")))
}

struct Said<'a> {
    at: Millis,
    route: Route,
    number: Option<&'a str>,
    sha256: &'a str,
}

async fn put_filed_bytes(
    write: &mut Logged,
    clock: &Clock,
    actor: &Actor,
    report: i64,
    said: Said<'_>,
    receipt: &[u8],
) -> Result<()> {
    let name = report_name(report);
    let row = known(write.conn(), report).await?;
    let found = rows::approval(write.conn(), report).await?;
    let Some(found) = found.filter(|found| row.state == "approved" && found.sha256 == row.sha256)
    else {
        return Err(Error::refused(
            "REPORT-03",
            format!(
                "{name} is {}. Only a report that two persons approved can be filed.",
                row.state
            ),
        ));
    };
    let word = route_word(said.route);
    if found.route != word {
        return Err(Error::refused(
            "REPORT-04",
            format!(
                "{name} was approved for the route {}. Propose the other route, and have it approved.",
                found.route
            ),
        ));
    }
    let now = clock.now();
    if said.at < found.at || said.at > now {
        return Err(Error::usage(
            "REPORT-05",
            "A report is filed after its approval and not in the future. Check the time and its zone.",
        ));
    }
    if receipt.is_empty() || receipt.len() > MAX_RECEIPT {
        return Err(Error::usage(
            "REPORT-06",
            "A receipt is between one byte and 4 MiB. Keep what the recipient answered.",
        ));
    }
    if hex::encode(crate::hash::sha256(receipt)) != said.sha256 {
        return Err(Error::usage("REPORT-07", "The receipt and its digest differ."));
    }
    let until = year_after(said.at);
    let event = Event::new(
        "report.filed",
        json!({
            "approved_leaf": found.seq,
            "filed_at": rfc3339(said.at),
            "number": said.number,
            "package_sha256": row.sha256,
            "preserve_until": rfc3339(until),
            "receipt_bytes": receipt.len(),
            "receipt_sha256": said.sha256,
            "report": name,
            "route": word,
        }),
    );
    let seq = write.log(clock, actor, event).await?;
    let entry = EventRow {
        seq,
        report_id: report,
        state: "filed".to_owned(),
        at: now,
        account: actor.pseudonym().to_owned(),
        sha256: row.sha256,
        proposal: Some(found.proposal),
        route: Some(word.to_owned()),
        reason: None,
    };
    rows::insert_event(write.conn(), &entry).await?;
    let new = NewReceipt {
        report,
        seq,
        filed_at: said.at,
        recorded_at: now,
        number: said.number,
        sha256: said.sha256,
        body: receipt,
    };
    rows::insert_receipt(write.conn(), &new).await?;
    rows::set_filed(write.conn(), report, actor.pseudonym(), said.at, until).await?;
    let by = (actor.pseudonym(), now);
    rows::insert_preservation(write.conn(), report, seq, until, None, by).await
}

/// The report with this row number, or a refusal.
pub(crate) async fn known(conn: &mut SqliteConnection, report: i64) -> Result<StandingRow> {
    rows::one(conn, report).await?.ok_or_else(|| {
        Error::usage("REPORT-01", "There is no report of this number. List them first.")
    })
}

/// Digest of the tag manifest of the package that lies there.
fn on_disk(path: &str) -> Option<String> {
    let manifest = std::fs::File::open(std::path::Path::new(path).join("tagmanifest-sha256.txt"));
    Some(hex::encode(crate::hash::digests(manifest.ok()?).ok()?.sha256))
}

/// The same day and time a year later: 18 U.S.C. 2258A(h). The day after where a year has no 29 February.
fn year_after(at: Millis) -> Millis {
    let from = datetime(at);
    let later = from.replace_year(from.year() + 1);
    let later = later.or_else(|_| (from + time::Duration::DAY).replace_year(from.year() + 1));
    later.map_or(at + 366 * DAY, |later| at + (later - from).whole_days() * DAY)
}

/// The stored word of a route.
fn route_word(route: Route) -> &'static str {
    match route {
        Route::Cybertip => "cybertip",
        Route::CybertipForm => "cybertip-form",
        Route::Nca => "nca",
        Route::Hotline => "hotline",
        Route::LawEnforcement => "law-enforcement",
    }
}

fn route(word: &str) -> Result<Route> {
    match word {
        "cybertip" => Ok(Route::Cybertip),
        "cybertip-form" => Ok(Route::CybertipForm),
        "nca" => Ok(Route::Nca),
        "hotline" => Ok(Route::Hotline),
        "law-enforcement" => Ok(Route::LawEnforcement),
        _ => Err(Error::store(
            "REPORT-02",
            "The register holds a route that this Casement does not know. Run casectl verify.",
        )),
    }
}
