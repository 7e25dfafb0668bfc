//! What a person may see of an item: the veil ladder, one deliberate step at a time, each logged before it is shown.
//!
//! It must never answer anything but a [`Veiled`], and never without an exposure in the ledger.

mod ladder;
mod veil;

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::json;
use uuid::Uuid;

use crate::account::keyring::random;
use crate::airlock::samples as bound;
use crate::clock::{DAY, Millis};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged, Unlogged, unsigned};
use crate::policy;
use crate::queue::claim::{mine, no_such_case};
use crate::store::exposure::{self as rows, ExposureRow};
use crate::wire::{Grant, Level, WireError};
use crate::words;

pub use ladder::today_ms;
pub(crate) use ladder::{Can, facts, refusal};
pub use veil::Veiled;

/// Leave to fetch, handed out once each, and what went wrong with those that failed. Gone when the session ends.
#[derive(Default)]
pub(crate) struct Grants {
    open: Mutex<HashMap<String, Granted>>,
    problems: Mutex<HashMap<String, WireError>>,
}

struct Granted {
    exposure: String,
    item: [u8; 32],
    level: Level,
    until: Millis,
}

impl Grants {
    fn put(&self, grant: String, granted: Granted) {
        if let Ok(mut open) = self.open.lock() {
            // One picture at a time: a new step takes back the leave for the last.
            open.clear();
            open.insert(grant, granted);
        }
    }

    fn take(&self, grant: &str) -> Option<Granted> {
        self.open.lock().ok()?.remove(grant)
    }

    fn fail(&self, exposure: &str, error: &Error) {
        if let Ok(mut problems) = self.problems.lock() {
            problems.clear();
            problems.insert(exposure.to_owned(), error.into());
        }
    }

    pub(crate) fn clear(&self) {
        if let Ok(mut open) = self.open.lock() {
            open.clear();
        }
    }
}

/// Steps to a level above hash-only. The exposure is in the ledger before this returns; the picture is fetched with the
/// grant, once.
pub async fn open(console: &Console, case: u32, level: Level) -> Result<Grant> {
    let case = i64::from(case);
    let mut write = Unlogged::begin(console.store()).await?;
    mine(console, write.conn(), case).await?;
    let policy = policy::read(write.conn()).await?;
    let item: [u8; 32] = rows::item_of(write.conn(), case)
        .await?
        .and_then(|digest| digest.try_into().ok())
        .ok_or_else(no_such_case)?;
    let now = console.clock().now();
    let spent = today_ms(write.conn(), console.actor().pseudonym(), now).await?;
    let can = Can {
        open: console.vault().holds(&item),
        destroyed: console.vault().destroyed(&item),
        veil: console.confined().await,
    };
    if let Some(refused) = refusal(console, &policy, level, spent, can) {
        return Err(refused);
    }
    let exposure = Uuid::now_v7().to_string();
    let samples = bound(level);
    let event = Event::on(
        "view.opened",
        case,
        json!({ "exposure": exposure, "level": words::level_word(level), "samples": samples }),
    );
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    close_where(console, &mut write, "another level was opened", |row| {
        row.account == console.actor().pseudonym()
    })
    .await?;
    rows::insert(
        write.conn(),
        &exposure,
        case,
        console.actor().pseudonym(),
        words::level_word(level),
        now,
        seq,
    )
    .await?;
    write.commit().await?;
    let hides_in = Millis::from(policy.view_s) * 1000;
    let grant = hex::encode(random::<16>()?);
    console.grants().put(
        grant.clone(),
        Granted { exposure: exposure.clone(), item, level, until: now + hides_in },
    );
    Ok(Grant {
        grant,
        exposure,
        level,
        samples,
        leaf: unsigned(seq)?,
        hides_in_ms: words::count(hides_in),
    })
}

/// Uses a grant: opens the sealed bytes straight into the airlock and veils the samples that come back.
/// On failure the exposure is closed at once, with nothing shown.
pub async fn fetch(console: &Console, grant: &str) -> Result<Veiled> {
    let granted = console
        .grants()
        .take(grant)
        .filter(|granted| granted.until >= console.clock().now())
        .ok_or_else(|| {
            Error::refused(
                "VIEW-05",
                "This view was used already or has run out. Step up again to see it.",
            )
        })?;
    match veiled(console, &granted).await {
        Ok(veiled) => Ok(veiled),
        Err(error) => {
            console.grants().fail(&granted.exposure, &error);
            end(console, &granted.exposure, "could not be veiled", Some(0)).await?;
            Err(error)
        }
    }
}

async fn veiled(console: &Console, granted: &Granted) -> Result<Veiled> {
    let airlock = console.airlock().ok_or_else(ladder::no_airlock)?;
    let (vault, item) = (console.vault().clone(), granted.item);
    let bytes =
        tokio::task::spawn_blocking(move || vault.open(&item)).await.map_err(|error| {
            Error::machine("VIEW-06", "The view was interrupted. Step up again.").caused_by(error)
        })??;
    let samples = airlock.samples(bytes, granted.level).await?;
    Ok(veil::veil(&samples)?)
}

/// Why the picture of an exposure could not be shown.
pub fn problem(console: &Console, exposure: &str) -> Option<WireError> {
    console.grants().problems.lock().ok()?.get(exposure).cloned()
}

/// Hides: closes my exposure and logs how long it was open. A second time does nothing.
pub async fn close(console: &Console, exposure: &str) -> Result<()> {
    end(console, exposure, "hidden", None).await
}

async fn end(console: &Console, exposure: &str, because: &str, ms: Option<i64>) -> Result<()> {
    let mut write = Unlogged::begin(console.store()).await?;
    let Some(row) = rows::one(write.conn(), exposure).await? else {
        return Err(Error::usage("VIEW-07", "There is no such exposure."));
    };
    if row.closed_seq.is_some() {
        return Ok(());
    }
    if row.account != console.actor().pseudonym() {
        return Err(Error::refused("VIEW-08", "This exposure is another person's."));
    }
    let ms = ms.unwrap_or(console.clock().now() - row.opened_at);
    let (mut write, seq) =
        write.log(console.clock(), console.actor(), closed(&row, ms, because)).await?;
    rows::close(write.conn(), &row.id, seq, ms).await?;
    write.commit().await
}

fn closed(row: &ExposureRow, ms: i64, because: &str) -> Event {
    Event::on(
        "view.closed",
        row.case_id,
        json!({ "because": because, "exposure": row.id, "level": row.level, "ms": ms, "opened": row.opened_seq }),
    )
}

/// Closes my exposures of one case inside another act.
pub(crate) async fn close_in(
    console: &Console,
    write: &mut Logged,
    case: i64,
    because: &str,
) -> Result<()> {
    close_where(console, write, because, |row| {
        row.case_id == case && row.account == console.actor().pseudonym()
    })
    .await
}

async fn close_where(
    console: &Console,
    write: &mut Logged,
    because: &str,
    which: impl Fn(&ExposureRow) -> bool,
) -> Result<()> {
    for row in rows::open(write.conn()).await?.into_iter().filter(which) {
        let ms = console.clock().now() - row.opened_at;
        let seq = write.log(console.clock(), console.actor(), closed(&row, ms, because)).await?;
        rows::close(write.conn(), &row.id, seq, ms).await?;
    }
    Ok(())
}

/// Closes all my exposures, when the session ends.
pub(crate) async fn close_mine(console: &Console, because: &str) -> Result<()> {
    let mut conn = console.store().read().await?;
    let open = rows::open(&mut conn).await?;
    drop(conn);
    for row in open.iter().filter(|row| row.account == console.actor().pseudonym()) {
        end(console, &row.id, because, None).await?;
    }
    Ok(())
}

/// Closes exposures that a program left open when it ended: any that ran longer than a view can.
pub(crate) async fn close_dangling(console: &Console) -> Result<()> {
    let policy = policy::current(console).await?;
    let limit = Millis::from(policy.view_s) * 1000;
    let before = console.clock().now() - limit - GRACE;
    let mut conn = console.store().read().await?;
    let left = rows::open(&mut conn).await?.into_iter().any(|row| row.opened_at < before);
    drop(conn);
    if !left {
        return Ok(());
    }
    let mut write = Unlogged::begin(console.store()).await?;
    let rows_left: Vec<_> =
        rows::open(write.conn()).await?.into_iter().filter(|row| row.opened_at < before).collect();
    let Some((first, rest)) = rows_left.split_first() else { return Ok(()) };
    let because = "the program had ended";
    let (mut write, seq) =
        write.log(console.clock(), console.actor(), closed(first, limit, because)).await?;
    rows::close(write.conn(), &first.id, seq, limit).await?;
    for row in rest {
        let seq = write.log(console.clock(), console.actor(), closed(row, limit, because)).await?;
        rows::close(write.conn(), &row.id, seq, limit).await?;
    }
    write.commit().await
}

/// A view that is hiding itself right now is not yet left behind.
const GRACE: Millis = 5_000;

/// Start of the UTC day.
pub(crate) fn day_start(now: Millis) -> Millis {
    now - now.rem_euclid(DAY)
}
