//! Floods: a list entry that opens more cases than the policy sends to people one by one becomes one card for a
//! supervisor, and its open cases stand in no queue until the card is released.
//!
//! A held or suppressed case stays suspected: it must never be decided by what happens to its card.

mod card;
mod feedback;

use serde_json::json;
use sqlx::SqliteConnection;

use crate::approval::{self, Subject, stale};
use crate::clock::{DAY, Millis, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged, Unlogged};
use crate::policy;
use crate::store::flood::{self as rows, Act, FloodRow, RisingRow};
use crate::wire::{FloodCard, FloodState, ProposalFacts, Role, SuppressRequest};
use crate::words;

pub use feedback::feedback;

/// Longest suppression, in days.
pub const MAX_DAYS: u32 = 90;
/// Longest reason, in bytes.
const MAX_REASON: usize = 1_000;

/// `F-0003`.
pub fn name(flood: i64) -> String {
    format!("F-{flood:04}")
}

/// Reads `F-0003`, `f-3` or `3`.
///
/// # Errors
/// `FLOOD-01` for anything else.
pub fn parse_name(text: &str) -> Result<u32> {
    let digits = text.strip_prefix("F-").or_else(|| text.strip_prefix("f-")).unwrap_or(text);
    digits.parse().map_err(|_| no_such_flood())
}

/// Raises cards for entries that the finds at hand brought too many cases, and sends cases to the cards that hold their
/// entry; in the transaction that takes them in.
pub(crate) async fn arrived(console: &Console, write: &mut Logged) -> Result<()> {
    let k = i64::from(policy::read(write.conn()).await?.flood_k);
    let now = console.clock().now();
    for rising in rows::rising(write.conn(), k).await? {
        raise(console, write, &rising, k, now).await?;
    }
    if rows::any(write.conn()).await? {
        rows::follow(write.conn(), now).await?;
    }
    Ok(())
}

async fn raise(
    console: &Console,
    write: &mut Logged,
    rising: &RisingRow,
    k: i64,
    now: Millis,
) -> Result<()> {
    let flood = match rising.flood {
        Some(flood) => flood,
        None => rows::next_id(write.conn()).await?,
    };
    let event = Event::new(
        "flood.raised",
        json!({
            "again": rising.flood.is_some(),
            "cases": rising.cases,
            "entry": rising.entry,
            "flood": flood,
            "flood_k": k,
            "list": rising.list,
            "provider": rising.provider,
        }),
    );
    let seq = write.log(console.clock(), console.actor(), event).await?;
    let reason = format!("{} cases of one entry; the policy sends {k} to people.", rising.cases);
    let act = Act { seq, account: console.actor().pseudonym(), at: now, reason: &reason };
    rows::raise(write.conn(), flood, rising.list_id, &rising.entry, &act).await?;
    rows::hold(write.conn(), flood, now).await?;
    Ok(())
}

/// Every card, newest first. Supervisors may read them.
pub async fn list(console: &Console) -> Result<Vec<FloodCard>> {
    console.actor().needs(&[Role::Supervisor])?;
    let mut conn = console.store().read().await?;
    let now = console.clock().now();
    let mut cards = Vec::new();
    for row in rows::all(&mut conn).await? {
        cards.push(card::read(&mut conn, row, now).await?);
    }
    Ok(cards)
}

/// One card. Supervisors may read it.
pub async fn show(console: &Console, flood: u32) -> Result<FloodCard> {
    console.actor().needs(&[Role::Supervisor])?;
    let mut conn = console.store().read().await?;
    let row = one(&mut conn, i64::from(flood)).await?;
    card::read(&mut conn, row, console.clock().now()).await
}

/// Sends a card's cases back to the queues. The entry is held again once it has twice as many cases.
pub async fn release(console: &Console, flood: u32, reason: &str) -> Result<FloodCard> {
    console.actor().needs(&[Role::Supervisor])?;
    let reason = checked(reason)?;
    let mut write = Unlogged::begin(console.store()).await?;
    let row = one(write.conn(), i64::from(flood)).await?;
    if row.state == "released" {
        return Err(Error::refused(
            "FLOOD-02",
            format!("Card {} is released already.", name(row.id)),
        ));
    }
    let event = Event::new(
        "flood.released",
        json!({
            "cases": row.held,
            "entry": row.entry,
            "flood": row.id,
            "list": row.list,
            "provider": row.provider,
            "reason": reason,
        }),
    );
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let now = console.clock().now();
    let act = Act { seq, account: console.actor().pseudonym(), at: now, reason };
    rows::let_go(write.conn(), row.id).await?;
    rows::release(write.conn(), row.id, row.cases, &act).await?;
    write.commit().await?;
    show(console, flood).await
}

/// Proposes to put a card aside for some days. It takes effect when a second person approves.
pub async fn suppress(console: &Console, request: &SuppressRequest) -> Result<ProposalFacts> {
    console.actor().needs(&[Role::Supervisor])?;
    let reason = checked(&request.reason)?;
    let mut write = Unlogged::begin(console.store()).await?;
    let row = one(write.conn(), i64::from(request.flood)).await?;
    let subject = Subject::SuppressEntry {
        flood: request.flood,
        provider: row.provider,
        list: row.list,
        entry: row.entry,
        days: request.days,
        reason: reason.to_owned(),
        at_leaf: row.seq,
    };
    approval::propose_in(console, write, subject, reason).await
}

/// Refuses unless the card still is as it was proposed, and people have judged cases of it not to be matches.
pub(crate) async fn check_suppress(conn: &mut SqliteConnection, subject: &Subject) -> Result<()> {
    let Subject::SuppressEntry { flood, provider, list, entry, days, at_leaf, .. } = subject else {
        return Ok(());
    };
    if !(1..=MAX_DAYS).contains(days) {
        return Err(Error::usage(
            "FLOOD-03",
            format!("A card is put aside for 1 to {MAX_DAYS} days."),
        ));
    }
    let row = one(conn, i64::from(*flood)).await?;
    let same = (&row.provider, &row.list, &row.entry) == (provider, list, entry);
    if !same || row.seq != *at_leaf {
        return Err(stale("The card was released, raised again or put aside"));
    }
    if row.state == "released" {
        return Err(Error::refused(
            "FLOOD-02",
            format!("Card {} is released: its cases are in the queues.", name(row.id)),
        ));
    }
    // Drafts count as well: what a reviewer has just confirmed is no rejected entry.
    let sum = rows::sum(conn, row.list_id, &row.entry, Millis::MAX).await?;
    if sum.confirmed + sum.escalated > 0 {
        return Err(Error::refused(
            "FLOOD-04",
            "A case of this entry is confirmed or escalated, so the entry is not put aside. Release the card.",
        ));
    }
    if sum.not_a_match == 0 {
        return Err(Error::refused(
            "FLOOD-05",
            "Nobody has judged a case of this entry not to be a match. Have the card's samples decided first.",
        ));
    }
    Ok(())
}

/// Puts a card aside, inside the transaction that holds the approval.
pub(crate) async fn apply_suppress(
    console: &Console,
    write: &mut Logged,
    subject: &Subject,
) -> Result<()> {
    let Subject::SuppressEntry { flood, provider, list, entry, days, reason, .. } = subject else {
        return Ok(());
    };
    let now = console.clock().now();
    let until = now + Millis::from(*days) * DAY;
    let event = Event::new(
        "flood.suppressed",
        json!({
            "entry": entry,
            "flood": flood,
            "list": list,
            "provider": provider,
            "reason": reason,
            "until": rfc3339(until),
        }),
    );
    let seq = write.log(console.clock(), console.actor(), event).await?;
    let act = Act { seq, account: console.actor().pseudonym(), at: now, reason };
    rows::suppress(write.conn(), i64::from(*flood), until, &act).await
}

/// A suppression in words.
pub(crate) fn suppress_words(subject: &Subject) -> (String, Vec<String>) {
    let Subject::SuppressEntry { flood, provider, list, entry, days, reason, .. } = subject else {
        return (String::new(), Vec::new());
    };
    let facts = vec![
        format!("Entry {entry} of {list} ({provider})."),
        format!("For {days} days from the approval; then the card is held again."),
        "Its cases stay suspected and out of the queues. Nothing is decided.".to_owned(),
        reason.clone(),
    ];
    (format!("Put card {} aside", name(i64::from(*flood))), facts)
}

/// A suppression that is over is a held card again; nothing needs to happen for that.
fn state(row: &FloodRow, now: Millis) -> FloodState {
    match row.state.as_str() {
        "released" => FloodState::Released,
        "suppressed" if row.until.is_some_and(|until| until > now) => FloodState::Suppressed,
        _ => FloodState::Held,
    }
}

async fn one(conn: &mut SqliteConnection, flood: i64) -> Result<FloodRow> {
    rows::one(conn, flood).await?.ok_or_else(no_such_flood)
}

fn checked(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if (1..=MAX_REASON).contains(&reason.len()) {
        return Ok(reason);
    }
    Err(Error::usage("FLOOD-06", format!("Give a reason, of at most {MAX_REASON} bytes.")))
}

fn no_such_flood() -> Error {
    Error::usage(
        "FLOOD-01",
        "There is no flood card of this number. List them with casectl floods.",
    )
}

/// Cases that cards keep out of the queues.
pub(crate) async fn held(conn: &mut SqliteConnection) -> Result<u64> {
    Ok(words::count(rows::held(conn).await?))
}
