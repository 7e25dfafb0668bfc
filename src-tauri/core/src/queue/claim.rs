//! Claims: a reviewer's lease on a case. Two people never hold the same one, also from two programs.
//!
//! It must never hand out a case whose lease still runs.

use serde_json::json;

use crate::clock::Millis;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged, Unlogged};
use crate::policy;
use crate::queue::{list_of, narrow};
use crate::store::queue as rows;
use crate::wire::{Claim, Order, QueueFilter, Role};
use crate::words;

/// Claims the next case of a queue, giving back the one held before. Whoever holds the first of the queue already keeps
/// it. `None`: nothing left to take.
pub async fn next(console: &Console, filter: &QueueFilter) -> Result<Option<u32>> {
    console.actor().needs(&[Role::Reviewer])?;
    let mut write = Unlogged::begin(console.store()).await?;
    let Some(list) = list_of(write.conn(), filter).await? else { return Ok(None) };
    let (me, now) = (console.actor().pseudonym(), console.clock().now());
    let found =
        rows::next(write.conn(), me, now, &narrow(list, filter), filter.order == Order::Oldest)
            .await?;
    let Some(case) = found else { return Ok(None) };
    let number = words::case_number(case);
    if rows::held_by(write.conn(), me, now).await?.is_some_and(|lease| lease.case_id == case) {
        drop(write);
        heartbeat(console, number).await?;
    } else {
        take(console, write, case).await?;
    }
    Ok(Some(number))
}

/// Claims one case. A claim that is already mine is prolonged.
pub async fn claim(console: &Console, case: u32) -> Result<Claim> {
    console.actor().needs(&[Role::Reviewer])?;
    let case = i64::from(case);
    let mut write = Unlogged::begin(console.store()).await?;
    let now = console.clock().now();
    let row = rows::one(write.conn(), console.actor().pseudonym(), now, case)
        .await?
        .ok_or_else(no_such_case)?;
    if let Some(lease) = rows::lease(write.conn(), case, now).await? {
        if lease.account != console.actor().pseudonym() {
            return Err(held(&lease.account, lease.expires_at - now));
        }
        drop(write);
        return heartbeat(console, words::case_number(case)).await;
    }
    if row.state != "suspected" && !may_reopen(&row.state) {
        return Err(Error::refused(
            "CLAIM-02",
            format!("Case {case:06} is in a sealed package. It cannot be claimed again."),
        ));
    }
    take(console, write, case).await
}

/// A decided case can be claimed again, to be decided again; a packaged one cannot.
fn may_reopen(state: &str) -> bool {
    state != "packaged"
}

async fn take(console: &Console, mut write: Unlogged, case: i64) -> Result<Claim> {
    let lease_ms = Millis::from(policy::read(write.conn()).await?.lease_s) * 1000;
    let (me, now) = (console.actor().pseudonym().to_owned(), console.clock().now());
    let before = rows::held_by(write.conn(), &me, now).await?.map(|lease| lease.case_id);
    let event = Event::on("claim.taken", case, json!({ "lease_s": lease_ms / 1000 }));
    let (mut write, _) = write.log(console.clock(), console.actor(), event).await?;
    if let Some(before) = before.filter(|before| *before != case) {
        let event =
            Event::on("claim.released", before, json!({ "because": "another case was claimed" }));
        write.log(console.clock(), console.actor(), event).await?;
        crate::view::close_in(console, &mut write, before, "another case was claimed").await?;
    }
    rows::put_lease(write.conn(), case, &me, now, now + lease_ms).await?;
    write.commit().await?;
    Ok(Claim {
        by: me,
        mine: true,
        left_ms: words::count(lease_ms),
        lease_ms: words::count(lease_ms),
    })
}

/// Prolongs my claim.
pub async fn heartbeat(console: &Console, case: u32) -> Result<Claim> {
    let case = i64::from(case);
    let mut write = Unlogged::begin(console.store()).await?;
    mine(console, write.conn(), case).await?;
    let lease_ms = Millis::from(policy::read(write.conn()).await?.lease_s) * 1000;
    rows::extend_lease(write.conn(), case, console.clock().now() + lease_ms).await?;
    write.commit_heartbeat().await?;
    Ok(Claim {
        by: console.actor().pseudonym().to_owned(),
        mine: true,
        left_ms: words::count(lease_ms),
        lease_ms: words::count(lease_ms),
    })
}

/// Gives my claim back.
pub async fn release(console: &Console, case: u32) -> Result<()> {
    let case = i64::from(case);
    let mut write = Unlogged::begin(console.store()).await?;
    mine(console, write.conn(), case).await?;
    let event = Event::on("claim.released", case, json!({ "because": "given back" }));
    let (mut write, _) = write.log(console.clock(), console.actor(), event).await?;
    crate::view::close_in(console, &mut write, case, "given back").await?;
    rows::drop_lease(write.conn(), case).await?;
    write.commit().await
}

/// Gives back whatever I hold, when the session ends.
pub(crate) async fn release_mine(console: &Console) -> Result<()> {
    let mut conn = console.store().read().await?;
    let held = rows::held_by(&mut conn, console.actor().pseudonym(), console.clock().now()).await?;
    drop(conn);
    match held {
        Some(lease) => release(console, words::case_number(lease.case_id)).await,
        None => Ok(()),
    }
}

/// Puts my case aside with a reason; `next` does not offer it to me again.
pub async fn skip(console: &Console, case: u32, reason: &str) -> Result<()> {
    let reason = reason.trim();
    if reason.is_empty() || reason.len() > MAX_REASON {
        return Err(Error::usage(
            "SKIP-01",
            format!("A skip needs a reason of 1 to {MAX_REASON} characters."),
        ));
    }
    let case = i64::from(case);
    let mut write = Unlogged::begin(console.store()).await?;
    mine(console, write.conn(), case).await?;
    let event = Event::on("case.skipped", case, json!({ "reason": reason }));
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    crate::view::close_in(console, &mut write, case, "skipped").await?;
    rows::put_skip(write.conn(), case, console.actor().pseudonym(), seq).await?;
    rows::drop_lease(write.conn(), case).await?;
    write.commit().await
}

/// Longest reason, in bytes.
const MAX_REASON: usize = 1_000;

/// Refuses unless I hold the case now.
pub(crate) async fn mine(
    console: &Console,
    conn: &mut sqlx::SqliteConnection,
    case: i64,
) -> Result<()> {
    console.actor().needs(&[Role::Reviewer])?;
    let now = console.clock().now();
    match rows::lease(conn, case, now).await? {
        Some(lease) if lease.account == console.actor().pseudonym() => Ok(()),
        Some(lease) => Err(held(&lease.account, lease.expires_at - now)),
        None => Err(Error::refused(
            "CLAIM-01",
            format!(
                "You do not hold case {case:06}. Claim it first (Enter); a lease that ran out can be taken again."
            ),
        )),
    }
}

/// Ends a claim inside another act, which logs it.
pub(crate) async fn end(write: &mut Logged, case: i64) -> Result<()> {
    rows::drop_lease(write.conn(), case).await
}

fn held(by: &str, left: Millis) -> Error {
    Error::refused(
        "CLAIM-03",
        format!(
            "{by} holds this case for another {}. Take the next case, or wait.",
            words::minutes(words::count(left))
        ),
    )
}

pub(crate) fn no_such_case() -> Error {
    Error::usage("CASE-01", "There is no case of this number.")
}
