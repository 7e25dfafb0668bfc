//! Acts that cannot be taken back need two persons: one proposes with a reason, another approves, and the effect
//! happens in the approving transaction.
//!
//! It must never let one person do both, nor approve anything but the very thing that was proposed.

mod effect;
mod subject;

use serde_json::json;
use sqlx::SqliteConnection;

pub(crate) use effect::stale;
pub use subject::Subject;
pub(crate) use subject::{canonical, digest};

use crate::clock::{Clock, DAY, Millis, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Unlogged};
use crate::store::approval::{self as rows, Ending, NewProposal, ProposalRow};
use crate::wire::{ProposalFacts, ProposalFilter, ProposalKind, ProposalState, Role, WireError};
use crate::words;

/// Who approves and refuses: those who keep the workspace.
pub const KEEPERS: &[Role] = &[Role::Supervisor, Role::Custodian];
/// How long a proposal stays open.
pub const OPEN_FOR: Millis = 7 * DAY;
/// Longest reason, in bytes.
pub const MAX_REASON: usize = 1_000;
/// Most proposals of one list.
const MAX_LIST: i64 = 500;

/// Proposes an act, for another person to approve.
pub async fn propose(console: &Console, subject: Subject, reason: &str) -> Result<ProposalFacts> {
    effect::ahead(console, &subject).await?;
    let write = Unlogged::begin(console.store()).await?;
    propose_in(console, write, subject, reason).await
}

/// The same, for a room that found out what to propose under the write lock.
pub(crate) async fn propose_in(
    console: &Console,
    mut write: Unlogged,
    subject: Subject,
    reason: &str,
) -> Result<ProposalFacts> {
    console.actor().needs(effect::proposers(subject.kind()))?;
    let reason = checked(reason)?;
    effect::check(write.conn(), console.clock(), &subject).await?;
    let now = console.clock().now();
    let text = subject.canonical()?;
    let sha256 = digest(&text);
    if let Some(id) = rows::open_of(write.conn(), &sha256, now).await? {
        return Err(Error::refused(
            "APPROVE-06",
            format!("Proposal {id} says the same and is open. It waits for a second person."),
        ));
    }
    let id = rows::next_id(write.conn()).await?;
    let event = Event::new(
        "proposal.made",
        json!({
            "expires_at": rfc3339(now + OPEN_FOR),
            "kind": kind_word(subject.kind()),
            "proposal": id,
            "reason": reason,
            "subject": &subject,
            "subject_sha256": sha256,
        }),
    );
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let new = NewProposal {
        id,
        kind: kind_word(subject.kind()),
        subject: &text,
        subject_sha256: &sha256,
        reason,
        proposed_by: console.actor().pseudonym(),
        proposed_at: now,
        proposed_seq: seq,
        expires_at: now + OPEN_FOR,
    };
    rows::insert(write.conn(), &new).await?;
    let row = one(write.conn(), id).await?;
    let facts = facts(console, row, now)?;
    write.commit().await?;
    Ok(facts)
}

/// Approves a proposal of another person, and does what it says in the same transaction.
pub async fn approve(console: &Console, proposal: u32) -> Result<ProposalFacts> {
    ahead(console, proposal).await?;
    let mut write = Unlogged::begin(console.store()).await?;
    let row = one(write.conn(), i64::from(proposal)).await?;
    may_decide(console, write.conn(), &row).await?;
    let subject = Subject::read(&row.subject)?;
    let logged = rows::logged_subject(write.conn(), row.id, row.proposed_seq).await?;
    if digest(&row.subject) != row.subject_sha256 || logged.as_deref() != Some(&row.subject_sha256)
    {
        return Err(Error::store(
            "APPROVE-07",
            "This proposal is not the one that its leaf holds. Nothing was changed. Run casectl verify.",
        ));
    }
    effect::check(write.conn(), console.clock(), &subject).await?;
    let event = Event::new(
        "proposal.approved",
        json!({
            "kind": row.kind,
            "proposal": row.id,
            "proposed_by": row.proposed_by,
            "proposed_leaf": row.proposed_seq,
            "subject_sha256": row.subject_sha256,
        }),
    );
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    effect::apply(console, &mut write, &subject).await?;
    let facts = end(console, write, &row, "approved", seq, None).await?;
    effect::after(console, &subject).await;
    Ok(facts)
}

/// The open proposal of this very subject, for the effect of its approval.
pub(crate) async fn proposal_of(
    conn: &mut SqliteConnection,
    clock: &Clock,
    subject: &Subject,
) -> Result<ProposalRow> {
    let found = rows::open_of(conn, &digest(&subject.canonical()?), clock.now()).await?;
    one(conn, found.unwrap_or(0)).await
}

/// Whatever an approval needs that takes long. Whether it may be approved is asked under the write lock.
async fn ahead(console: &Console, proposal: u32) -> Result<()> {
    let found = rows::one(&mut *console.store().read().await?, i64::from(proposal)).await?;
    match found {
        Some(row) if may(console, &row, console.clock().now()).is_ok() => {
            effect::ahead(console, &Subject::read(&row.subject)?).await
        }
        _ => Ok(()),
    }
}

/// Turns a proposal of another person down, with a reason.
pub async fn refuse(console: &Console, proposal: u32, reason: &str) -> Result<ProposalFacts> {
    let mut write = Unlogged::begin(console.store()).await?;
    let row = one(write.conn(), i64::from(proposal)).await?;
    may_decide(console, write.conn(), &row).await?;
    let reason = checked(reason)?;
    let event = ending("proposal.refused", &row, Some(reason));
    let (write, seq) = write.log(console.clock(), console.actor(), event).await?;
    end(console, write, &row, "refused", seq, Some(reason)).await
}

/// Takes back one's own proposal.
pub async fn withdraw(console: &Console, proposal: u32) -> Result<ProposalFacts> {
    let mut write = Unlogged::begin(console.store()).await?;
    let row = one(write.conn(), i64::from(proposal)).await?;
    if row.proposed_by != console.actor().pseudonym() {
        return Err(Error::refused(
            "APPROVE-09",
            "Only the person who proposed this can withdraw it. Refuse it instead.",
        ));
    }
    still_open(&row, console.clock().now())?;
    let event = ending("proposal.withdrawn", &row, None);
    let (write, seq) = write.log(console.clock(), console.actor(), event).await?;
    end(console, write, &row, "withdrawn", seq, None).await
}

/// Proposals, newest first. Supervisors and custodians may read them.
pub async fn list(console: &Console, filter: &ProposalFilter) -> Result<Vec<ProposalFacts>> {
    console.actor().needs(KEEPERS)?;
    let now = console.clock().now();
    let state = filter.state.map(state_word);
    let kind = filter.kind.map(kind_word);
    let mut conn = console.store().read().await?;
    let rows = rows::page(&mut conn, state.as_deref(), kind.as_deref(), now, MAX_LIST).await?;
    rows.into_iter().map(|row| facts(console, row, now)).collect()
}

/// Whether one person suffices because there is no second who could approve.
pub(crate) async fn alone(conn: &mut SqliteConnection) -> Result<bool> {
    Ok(rows::keepers(conn).await? < 2)
}

/// The subject of a proposal that was approved, and the leaf that says so.
pub(crate) async fn approved(conn: &mut SqliteConnection, proposal: u32) -> Result<(Subject, i64)> {
    let row = one(conn, i64::from(proposal)).await?;
    match row.decided_seq {
        Some(seq) if row.state == "approved" => Ok((Subject::read(&row.subject)?, seq)),
        _ => Err(Error::refused(
            "APPROVE-10",
            format!("Proposal {proposal} is not approved. A second person must approve it first."),
        )),
    }
}

fn checked(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if (1..=MAX_REASON).contains(&reason.len()) {
        return Ok(reason);
    }
    Err(Error::usage("APPROVE-05", format!("Give a reason, of at most {MAX_REASON} bytes.")))
}

async fn one(conn: &mut SqliteConnection, id: i64) -> Result<ProposalRow> {
    rows::one(conn, id).await?.ok_or_else(|| {
        Error::usage("APPROVE-01", "There is no proposal of this number. List them first.")
    })
}

fn still_open(row: &ProposalRow, now: Millis) -> Result<()> {
    let state = state(row, now);
    if state == ProposalState::Open {
        return Ok(());
    }
    let word = state_word(state);
    Err(Error::refused(
        "APPROVE-03",
        format!("Proposal {} is {word}. Propose anew if it is still wanted.", row.id),
    ))
}

/// Refuses whoever proposed it, by pseudonym and by account, and whoever keeps nothing.
async fn may_decide(
    console: &Console,
    conn: &mut SqliteConnection,
    row: &ProposalRow,
) -> Result<()> {
    may(console, row, console.clock().now())?;
    let proposer = rows::account_name(conn, &row.proposed_by).await?;
    match proposer {
        Some(name) if name != console.actor().name() => Ok(()),
        _ => Err(same_person()),
    }
}

fn may(console: &Console, row: &ProposalRow, now: Millis) -> Result<()> {
    console.actor().needs(KEEPERS)?;
    still_open(row, now)?;
    if row.proposed_by == console.actor().pseudonym() {
        return Err(same_person());
    }
    Ok(())
}

fn same_person() -> Error {
    Error::refused(
        "APPROVE-02",
        "You proposed this, so another supervisor or custodian must decide it. You can withdraw it.",
    )
}

fn ending(kind: &'static str, row: &ProposalRow, reason: Option<&str>) -> Event {
    let (id, leaf) = (row.id, row.proposed_seq);
    let body = json!({ "kind": row.kind, "proposal": id, "proposed_leaf": leaf, "reason": reason });
    Event::new(kind, body)
}

async fn end(
    console: &Console,
    mut write: crate::ledger::Logged,
    row: &ProposalRow,
    state: &str,
    seq: i64,
    why: Option<&str>,
) -> Result<ProposalFacts> {
    let now = console.clock().now();
    let by = console.actor().pseudonym();
    rows::end(write.conn(), row.id, &Ending { state, by, at: now, seq, why }).await?;
    let ended = one(write.conn(), row.id).await?;
    let facts = facts(console, ended, now)?;
    write.commit().await?;
    Ok(facts)
}

fn state(row: &ProposalRow, now: Millis) -> ProposalState {
    match row.state.as_str() {
        "open" if row.expires_at > now => ProposalState::Open,
        "approved" => ProposalState::Approved,
        "refused" => ProposalState::Refused,
        "withdrawn" => ProposalState::Withdrawn,
        _ => ProposalState::Expired,
    }
}

fn state_word(state: ProposalState) -> String {
    word_of(&state)
}

fn kind_word(kind: ProposalKind) -> String {
    word_of(&kind)
}

/// The wire's own word for an enumeration's value.
fn word_of(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn facts(console: &Console, row: ProposalRow, now: Millis) -> Result<ProposalFacts> {
    let subject = Subject::read(&row.subject)?;
    let (title, what) = effect::words(&subject);
    let state = state(&row, now);
    let left = if state == ProposalState::Open { row.expires_at - now } else { 0 };
    Ok(ProposalFacts {
        proposal: u32::try_from(row.id).unwrap_or(u32::MAX),
        kind: subject.kind(),
        state,
        title,
        what,
        subject: serde_json::to_string_pretty(&subject).unwrap_or_default(),
        mine: row.proposed_by == console.actor().pseudonym(),
        cannot_decide: may(console, &row, now).err().map(WireError::from),
        subject_sha256: row.subject_sha256,
        reason: row.reason,
        proposed_by: row.proposed_by,
        proposed_at: rfc3339(row.proposed_at),
        leaf: words::count(row.proposed_seq),
        expires_at: rfc3339(row.expires_at),
        left_ms: words::count(left),
        decided_by: row.decided_by,
        decided_at: row.decided_at.map(rfc3339),
        decided_leaf: row.decided_seq.map(words::count),
        decided_why: row.decided_why,
    })
}
