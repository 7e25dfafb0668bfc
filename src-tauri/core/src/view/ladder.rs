//! Which rungs of the ladder a person may take now, and why not the others.
//!
//! It must never know a rung above [`Level::Soft`].

use sqlx::SqliteConnection;

use crate::airlock::samples as bound;
use crate::clock::Millis;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::store::exposure::{self as rows, ExposureRow};
use crate::view::day_start;
use crate::wire::{Level, LevelFacts, Policy, Role, SeenFacts, ViewFacts, WireError};
use crate::words;

/// The whole ladder, lowest first.
pub(crate) const LADDER: [Level; 4] = [Level::HashOnly, Level::Mosaic, Level::Strong, Level::Soft];

/// What a millisecond at a level counts for in the budget, in halves: detail costs more.
fn weight(level: Level) -> i64 {
    match level {
        Level::HashOnly => 0,
        Level::Mosaic => 1,
        Level::Strong => 2,
        Level::Soft => 4,
    }
}

/// Weighted exposure of a person in this UTC day: mosaic counts half, strong once, soft twice.
pub async fn today_ms(conn: &mut SqliteConnection, account: &str, now: Millis) -> Result<i64> {
    let seen = rows::since(conn, account, day_start(now), now).await?;
    Ok(seen.iter().map(|(level, ms)| ms * weight(words::level(level)) / 2).sum())
}

/// What the workspace and the machine can do for an item.
#[derive(Clone, Copy)]
pub(crate) struct Can {
    /// Its original is in the vault.
    pub(crate) open: bool,
    /// It was there, and two persons had it destroyed.
    pub(crate) destroyed: bool,
    /// The decoder is there and can be confined.
    pub(crate) veil: bool,
}

/// Why a level cannot be shown to this person now; `None` when it can. The claim is checked elsewhere.
pub(crate) fn refusal(
    console: &Console,
    policy: &Policy,
    level: Level,
    spent: Millis,
    can: Can,
) -> Option<Error> {
    if level == Level::HashOnly {
        return None;
    }
    if console.actor().role() != Role::Reviewer {
        return Some(Error::refused("VIEW-01", "Only a reviewer steps above hash-only."));
    }
    if level > policy.level_cap {
        return Some(Error::refused(
            "VIEW-02",
            format!(
                "Policy {} caps views at {}.",
                policy.version,
                words::level_word(policy.level_cap)
            ),
        ));
    }
    if spent >= Millis::from(policy.budget_s) * 1000 {
        return Some(Error::refused(
            "VIEW-03",
            "Today's exposure budget is spent. Hash-only remains; the day ends at 00:00 UTC.",
        ));
    }
    if can.destroyed && !can.open {
        return Some(Error::refused(
            "VIEW-09",
            "The original of this item was destroyed on the order of two persons. Its digests and its history remain.",
        ));
    }
    if !can.open {
        return Some(Error::refused(
            "VIEW-04",
            "The original of this item is not in the vault. Judge it by its hashes.",
        ));
    }
    if !can.veil {
        return Some(no_airlock());
    }
    None
}

pub(crate) fn no_airlock() -> Error {
    Error::machine(
        "VEIL-78",
        "This machine has no decoder that can be confined. Only hash-only exists here; see casectl doctor.",
    )
}

/// What this person may see of a case, and what has been seen of it.
pub(crate) fn facts(
    console: &Console,
    policy: &Policy,
    spent: Millis,
    can: Can,
    claimed: bool,
    seen: &[ExposureRow],
    now: Millis,
) -> ViewFacts {
    let me = console.actor().pseudonym();
    let levels = LADDER.map(|level| LevelFacts {
        level,
        samples: bound(level),
        refused: refusal(console, policy, level, spent, can)
            .or_else(|| {
                (level != Level::HashOnly && !claimed)
                    .then(|| Error::refused("CLAIM-01", "Claim the case first (Enter)."))
            })
            .map(WireError::from),
        capped: level > policy.level_cap,
    });
    ViewFacts {
        levels: levels.into(),
        today_ms: words::count(spent),
        budget_ms: u64::from(policy.budget_s) * 1000,
        seen: seen
            .iter()
            .map(|row| SeenFacts {
                mine: row.account == me,
                level: words::level(&row.level),
                ms: words::count(row.ms.unwrap_or(now - row.opened_at)),
                leaf: words::count(row.opened_seq),
                open: row.closed_seq.is_none(),
            })
            .collect(),
    }
}
