//! Queues: named, ordered selections of cases, and the next one to take.
//!
//! It must never order by completeness, and never decide anything.

pub mod claim;
pub mod flood;

use std::ops::RangeInclusive;

use crate::clock::rfc3339;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::store::queue::{self as rows, After, CaseRow, Narrow};
use crate::wire::{
    Band, CaseState, Claim, Draft, MatchKind, Order, QueueFacts, QueueFilter, QueuePage, QueueRow,
};
use crate::words;

/// Most rows of one page.
pub const MAX_PAGE: u32 = 200;

/// Every queue with its number of open cases: all lists first, then each list whole and by band.
pub async fn list(console: &Console) -> Result<Vec<QueueFacts>> {
    let counts = rows::counts(&mut *console.store().read().await?).await?;
    let mut queues = vec![facts(None, None, counts.iter().map(|(_, _, n)| n).sum())];
    let mut names: Vec<&String> = counts.iter().map(|(name, _, _)| name).collect();
    names.dedup();
    for name in names {
        let of_list = || counts.iter().filter(|(list, _, _)| list == name);
        queues.push(facts(Some(name), None, of_list().map(|(_, _, n)| n).sum()));
        if of_list().count() > 1 {
            for (_, band, n) in of_list() {
                queues.push(facts(Some(name), Some(words::band(band)), *n));
            }
        }
    }
    Ok(queues)
}

fn facts(list: Option<&String>, band: Option<Band>, open: i64) -> QueueFacts {
    let mut name = list.map_or_else(|| "All lists".to_owned(), Clone::clone);
    match band {
        Some(Band::Exact) => name.push_str(", exact"),
        Some(Band::Near) => name.push_str(", near"),
        Some(Band::LowQuality) => name.push_str(", low quality"),
        None => {}
    }
    QueueFacts { list: list.cloned(), band, name, open: words::count(open) }
}

/// One page of a queue. Its first page also holds this person's drafts, each at its own place in the order.
pub async fn page(
    console: &Console,
    filter: &QueueFilter,
    after: Option<&str>,
    limit: u32,
) -> Result<QueuePage> {
    let limit = i64::from(limit.clamp(1, MAX_PAGE));
    let mut conn = console.store().read().await?;
    let (me, now) = (console.actor().pseudonym(), console.clock().now());
    if let Some(text) = filter.search.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let rows = search(&mut conn, me, now, text).await?;
        return Ok(QueuePage {
            rows: rows.iter().map(|row| queue_row(row, me, now)).collect(),
            next: None,
        });
    }
    let Some(list) = list_of(&mut conn, filter).await? else {
        return Ok(QueuePage { rows: Vec::new(), next: None });
    };
    let narrow = narrow(list, filter);
    let (found, next) = if filter.decided {
        let before = after.map_or(Ok(i64::MAX), |key| key.parse().map_err(|_| bad_key()))?;
        let found = rows::decided(&mut conn, me, now, &narrow, before, limit).await?;
        let next = found.last().and_then(|row| row.decision_seq).map(|seq| seq.to_string());
        (found, next)
    } else {
        let oldest = filter.order == Order::Oldest;
        let from = after.map(parse_key).transpose()?;
        let mut found = rows::open(&mut conn, me, now, &narrow, oldest, from, limit).await?;
        let next = found.last().map(|row| format!("{}.{}.{}", row.rank, row.created_at, row.id));
        if after.is_none() {
            found.extend(rows::drafts(&mut conn, me, now, &narrow).await?);
            found.sort_by_key(|row| (if oldest { 0 } else { row.rank }, row.created_at, row.id));
        }
        (found, next)
    };
    let full = i64::try_from(found.len()).unwrap_or(i64::MAX) >= limit;
    Ok(QueuePage {
        rows: found.iter().map(|row| queue_row(row, me, now)).collect(),
        next: next.filter(|_| full),
    })
}

pub(crate) fn narrow(list: Option<i64>, filter: &QueueFilter) -> Narrow<'static> {
    Narrow {
        list,
        band: filter.band.map(words::band_word),
        ranks: filter.band.map_or(0..=i64::MAX, ranks),
        class: filter.class.map(words::class_word),
    }
}

/// The list's id; `Some(None)` for every list, `None` for a list that is not there.
pub(crate) async fn list_of(
    conn: &mut sqlx::SqliteConnection,
    filter: &QueueFilter,
) -> Result<Option<Option<i64>>> {
    match &filter.list {
        None => Ok(Some(None)),
        Some(name) => Ok(rows::list_id(conn, name).await?.map(Some)),
    }
}

async fn search(
    conn: &mut sqlx::SqliteConnection,
    me: &str,
    now: i64,
    text: &str,
) -> Result<Vec<CaseRow>> {
    let mut cases: Vec<i64> = Vec::new();
    if let Ok(case) = text.parse() {
        cases.push(case);
    }
    let digits = text.strip_prefix("b3:").unwrap_or(text).to_ascii_lowercase();
    if (4..=64).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_hexdigit()) {
        let bound = |fill: &str| hex::decode(format!("{digits}{}", fill.repeat(64 - digits.len())));
        if let (Ok(low), Ok(high)) = (bound("0"), bound("f")) {
            cases.extend(rows::by_digest(conn, &low, &high).await?);
        }
    }
    cases.dedup();
    let mut found = Vec::new();
    for case in cases {
        found.extend(rows::one(conn, me, now, case).await?);
    }
    Ok(found)
}

fn parse_key(key: &str) -> Result<After> {
    let mut parts = key.splitn(3, '.').map(|part| part.parse::<i64>().map_err(|_| bad_key()));
    let mut part = || parts.next().unwrap_or_else(|| Err(bad_key()));
    Ok(After { rank: part()?, created_at: part()?, id: part()? })
}

fn bad_key() -> Error {
    Error::usage("QUEUE-01", "This page key was not given out by a queue.")
}

/// A row as its reader may see it.
pub(crate) fn queue_row(row: &CaseRow, me: &str, now: i64) -> QueueRow {
    QueueRow {
        case: words::case_number(row.id),
        state: state(row, now),
        draft: draft(row, me, now),
        claim: claim_of(row, me, now),
        skipped_by_me: row.skipped,
        kind: if row.distance.is_some() { MatchKind::Near } else { MatchKind::Exact },
        algorithm: words::algorithm(&row.algorithm).to_owned(),
        distance: words::small(row.distance),
        threshold: words::small(row.threshold),
        quality: words::small(row.quality),
        list: row.list.clone(),
        entry: row.entry.clone(),
        dataset: row.dataset.clone(),
        class: words::class(&row.class),
        sightings: words::small(Some(row.sightings)).unwrap_or(0),
        why: why(row),
        created: rfc3339(row.created_at),
    }
}

/// Within its undo window a decision is a draft, and the case still suspected.
pub(crate) fn state(row: &CaseRow, now: i64) -> CaseState {
    if row.settles_at.is_some_and(|at| at > now) {
        CaseState::Suspected
    } else {
        words::state(&row.state)
    }
}

pub(crate) fn draft(row: &CaseRow, me: &str, now: i64) -> Option<Draft> {
    let (by, ends) = (row.decided_by.as_ref()?, row.settles_at?);
    if ends <= now {
        return None;
    }
    Some(Draft {
        by: by.clone(),
        mine: by == me,
        verdict: words::verdict(&row.state)?,
        classification: None,
        left_ms: words::count(ends - now),
        window_ms: 0,
    })
}

fn claim_of(row: &CaseRow, me: &str, now: i64) -> Option<Claim> {
    let (by, ends) = (row.holder.as_ref()?, row.lease_ends?);
    (ends > now).then(|| Claim {
        by: by.clone(),
        mine: by == me,
        left_ms: words::count(ends - now),
        lease_ms: 0,
    })
}

/// Why it stands where it stands, most important first. Completeness is never among the reasons.
pub(crate) fn why(row: &CaseRow) -> Vec<String> {
    let mut why = Vec::new();
    match (row.band.as_str(), row.distance, row.threshold) {
        ("exact", _, _) => why.push(format!(
            "Exact match by {}: exact comes first.",
            words::algorithm(&row.algorithm)
        )),
        (band, Some(distance), Some(threshold)) => {
            why.push(format!("Distance {distance} of {threshold}: nearer comes earlier."));
            if band == "low-quality" {
                why.push(format!(
                    "Quality {} of 100: below 50 comes last.",
                    row.quality.unwrap_or(0)
                ));
            }
        }
        _ => {}
    }
    why.push(format!(
        "Waiting since {}: older comes earlier among equals.",
        words::day(row.created_at)
    ));
    why
}

/// Ascending urgency: exact 0, near 100 to 200 by distance, near at low quality 300 to 400.
pub(crate) fn rank(band: Band, distance: Option<u64>, threshold: Option<u64>) -> i64 {
    let share = match (distance, threshold) {
        (Some(distance), Some(threshold)) if threshold > 0 => {
            i64::try_from((distance.saturating_mul(100) / threshold).min(100)).unwrap_or(100)
        }
        _ => 0,
    };
    match band {
        Band::Exact => 0,
        Band::Near => 100 + share,
        Band::LowQuality => 300 + share,
    }
}

/// The ranks that cases of a band can have.
fn ranks(band: Band) -> RangeInclusive<i64> {
    match band {
        Band::Exact => 0..=0,
        Band::Near => 100..=200,
        Band::LowQuality => 300..=400,
    }
}

#[cfg(test)]
mod tests {
    use super::{Band, rank, ranks};

    /// A band's page is read between these ranks only, so a case outside of them would be in no page.
    #[test]
    fn a_rank_never_leaves_the_ranks_of_its_band() {
        for band in [Band::Exact, Band::Near, Band::LowQuality] {
            for distance in [None, Some(0), Some(17), Some(31), Some(32), Some(u64::MAX)] {
                for threshold in [None, Some(0), Some(31), Some(u64::MAX)] {
                    let rank = rank(band, distance, threshold);
                    assert!(
                        ranks(band).contains(&rank),
                        "{band:?} {distance:?} of {threshold:?}: {rank}"
                    );
                }
            }
        }
    }
}
