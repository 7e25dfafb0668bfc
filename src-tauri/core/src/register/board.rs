//! The board: what is owed, since when, by when and by which rule, a page at a time.
//!
//! It must never read the whole of anything to show a page, and never reckon by any time but the ledger's.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use sqlx::SqliteConnection;

use super::list::{grouped, names};
use super::rule::{KEEP, Rule};
use crate::clock::{DAY, Millis, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::package::report_name;
use crate::store::hold;
use crate::store::obligation::{self as rows, CaseRow};
use crate::store::register::{self as reports, StandingRow};
use crate::wire::{
    ObligationBoard, ObligationCounts, ObligationFilter, ObligationGroup, ObligationKind,
    ObligationRow, ObligationState,
};
use crate::words;

const MAX_PAGE: u32 = 500;
const PAGE: u32 = 100;
const SOON: Millis = 14 * DAY;

/// Where a page begins: what is not filed comes first, the longest known at the top; then what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Open { known_at: Millis, kind: u8, id: i64 },
    Kept { until: Millis, id: i64 },
}

const REPORT: u8 = 0;
const CASE: u8 = 1;
const BEGIN: After = After::Open { known_at: i64::MIN, kind: REPORT, id: 0 };

impl After {
    fn word(self) -> String {
        match self {
            Self::Open { known_at, kind, id } => format!("open.{known_at}.{kind}.{id}"),
            Self::Kept { until, id } => format!("kept.{until}.{id}"),
        }
    }

    fn read(word: &str) -> Option<Self> {
        let parts: Vec<&str> = word.split('.').collect();
        match parts.as_slice() {
            ["open", known_at, kind, id] => Some(Self::Open {
                known_at: known_at.parse().ok()?,
                kind: kind.parse().ok().filter(|kind| *kind <= CASE)?,
                id: id.parse().ok()?,
            }),
            ["kept", until, id] => {
                Some(Self::Kept { until: until.parse().ok()?, id: id.parse().ok()? })
            }
            _ => None,
        }
    }
}

enum Found {
    Report(StandingRow),
    Case(CaseRow),
    Kept(StandingRow),
}

impl Found {
    fn at(&self) -> After {
        match self {
            Self::Report(row) => {
                After::Open { known_at: row.known_at, kind: REPORT, id: row.report_id }
            }
            Self::Case(row) => After::Open { known_at: row.known_at, kind: CASE, id: row.id },
            Self::Kept(row) => {
                After::Kept { until: row.preserve_until.unwrap_or(0), id: row.report_id }
            }
        }
    }

    fn order(&self) -> (Millis, u8, i64) {
        match self.at() {
            After::Open { known_at, kind, id } => (known_at, kind, id),
            After::Kept { until, id } => (until, REPORT, id),
        }
    }
}

/// One page of what is owed.
pub async fn board(console: &Console, filter: &ObligationFilter) -> Result<ObligationBoard> {
    let mut conn = console.store().read().await?;
    let mut snapshot = sqlx::Connection::begin(&mut *conn).await?;
    let now = console.clock().now();
    let rule = Rule::read(&mut snapshot).await?;
    let limit = if filter.limit == 0 { PAGE } else { filter.limit.min(MAX_PAGE) };
    let (rows, next) = page(&mut snapshot, &rule, filter, i64::from(limit), now).await?;
    Ok(ObligationBoard {
        now: rfc3339(now),
        counts: count(&mut snapshot, &rule, now).await?,
        rows,
        next,
        rule: rule.words(),
        law: rule.law().to_owned(),
    })
}

/// How much is owed. Cheap enough to be asked with every paint.
pub async fn counts(console: &Console) -> Result<ObligationCounts> {
    let mut conn = console.store().read().await?;
    let rule = Rule::read(&mut conn).await?;
    count(&mut conn, &rule, console.clock().now()).await
}

async fn count(conn: &mut SqliteConnection, rule: &Rule, now: Millis) -> Result<ObligationCounts> {
    let (preservation, ended, holds) = rows::kept(conn, now).await?;
    let mut counts = ObligationCounts {
        preservation: words::count(preservation),
        ended: words::count(ended),
        holds: words::count(holds),
        ..ObligationCounts::default()
    };
    let all = rows::unreported_all(conn).await? + reports::open_before(conn, None).await?;
    let Some(within) = rule.within() else {
        counts.no_fixed_limit = words::count(all);
        return Ok(counts);
    };
    let (day_ends, soon) = (now - now.rem_euclid(DAY) + DAY, now + SOON);
    let mut below = [0; 3];
    for (below, bound) in below.iter_mut().zip([now + 1, day_ends, soon.max(day_ends)]) {
        // Due before `bound` is known before `bound` less the time that is given.
        let known = bound - within;
        *below = rows::unreported_before(conn, known).await?
            + reports::open_before(conn, Some(known)).await?;
    }
    let [past, today, fortnight] = below;
    counts.past_due = words::count(past);
    counts.today = words::count(today - past);
    counts.within_14_days = words::count(fortnight - today);
    counts.later = words::count(all - fortnight);
    Ok(counts)
}

pub(super) async fn page(
    conn: &mut SqliteConnection,
    rule: &Rule,
    filter: &ObligationFilter,
    limit: i64,
    now: Millis,
) -> Result<(Vec<ObligationRow>, Option<String>)> {
    let after = match filter.after.as_deref() {
        None => BEGIN,
        Some(word) => After::read(word).ok_or_else(|| {
            Error::usage("DUE-01", "There is no page of this name. Begin with the first.")
        })?,
    };
    let owner = filter.owner.as_deref();
    let wants = |kind| filter.kind.is_none_or(|only| only == kind);
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut found: Vec<Found> = Vec::new();
    if let After::Open { known_at, kind, id } = after {
        if wants(ObligationKind::Report) {
            let from = if kind == REPORT { (known_at, id) } else { (known_at, i64::MAX) };
            let rows = reports::open(conn, from, owner, limit + 1).await?;
            found.extend(rows.into_iter().map(Found::Report));
        }
        if wants(ObligationKind::Case) {
            let from = if kind == CASE { (known_at, id) } else { (known_at, 0) };
            let rows = rows::unreported(conn, from, owner, limit + 1).await?;
            found.extend(rows.into_iter().map(Found::Case));
        }
        found.sort_by_key(Found::order);
    }
    if found.len() <= size && wants(ObligationKind::Preserve) {
        let from = match after {
            After::Kept { until, id } => (until, id),
            After::Open { .. } => (i64::MIN, 0),
        };
        let rows = reports::kept(conn, from, owner, limit + 1).await?;
        found.extend(rows.into_iter().map(Found::Kept));
    }
    let more = found.len() > size;
    found.truncate(size);
    let next = match found.last() {
        Some(last) if more => Some(last.at().word()),
        _ => None,
    };
    Ok((told(conn, rule, found, now).await?, next))
}

async fn told(
    conn: &mut SqliteConnection,
    rule: &Rule,
    found: Vec<Found>,
    now: Millis,
) -> Result<Vec<ObligationRow>> {
    let (mut of_reports, mut of_cases) = (Vec::new(), Vec::new());
    for found in &found {
        match found {
            Found::Report(row) | Found::Kept(row) => of_reports.push(row.report_id),
            Found::Case(row) => of_cases.push(row.id),
        }
    }
    let held = Held {
        reports: grouped(hold::standing_on_reports(conn, &json!(of_reports).to_string()).await?),
        cases: grouped(hold::standing_on_cases(conn, &json!(of_cases).to_string()).await?),
    };
    let waiting = reports::waiting(conn, "file-report", now).await?;
    let waiting: HashSet<i64> = waiting.into_iter().map(|(report, _)| report).collect();
    Ok(found
        .into_iter()
        .map(|found| match found {
            Found::Report(row) => open_report(rule, &row, &held, &waiting, now),
            Found::Case(row) => open_case(rule, &row, &held, now),
            Found::Kept(row) => kept(&row, &held, now),
        })
        .collect())
}

struct Held {
    reports: HashMap<i64, Vec<i64>>,
    cases: HashMap<i64, Vec<i64>>,
}

fn open_report(
    rule: &Rule,
    row: &StandingRow,
    held: &Held,
    waiting: &HashSet<i64>,
    now: Millis,
) -> ObligationRow {
    let due = rule.due(row.known_at);
    ObligationRow {
        id: format!("report-{}", report_name(row.report_id)),
        kind: ObligationKind::Report,
        group: group(due, now),
        state: match row.state.as_str() {
            "approved" => ObligationState::Approved,
            _ if waiting.contains(&row.report_id) => ObligationState::WaitsForSecond,
            _ => ObligationState::Sealed,
        },
        case: None,
        report: Some(report_name(row.report_id)),
        cases: words::case_number(row.cases),
        since: rfc3339(row.known_at),
        due_at: due.map(rfc3339),
        rule: rule.words(),
        law: rule.beside(),
        used: due.map(|due| share(row.known_at, due, now)),
        left_ms: due.map(|due| due - now),
        filed_at: None,
        number: None,
        holds: names(&held.reports, row.report_id),
        owner: row.owner.clone(),
    }
}

fn open_case(rule: &Rule, row: &CaseRow, held: &Held, now: Millis) -> ObligationRow {
    let due = rule.due(row.known_at);
    ObligationRow {
        id: format!("case-{}", row.id),
        kind: ObligationKind::Case,
        group: group(due, now),
        state: match row.settles_at {
            Some(settles_at) if settles_at > now => ObligationState::CanBeUndone,
            _ => ObligationState::Unreported,
        },
        case: Some(words::case_number(row.id)),
        report: None,
        cases: 1,
        since: rfc3339(row.known_at),
        due_at: due.map(rfc3339),
        rule: rule.words(),
        law: rule.beside(),
        used: due.map(|due| share(row.known_at, due, now)),
        left_ms: due.map(|due| due - now),
        filed_at: None,
        number: None,
        holds: names(&held.cases, row.id),
        owner: row.decided_by.clone().unwrap_or_default(),
    }
}

fn kept(row: &StandingRow, held: &Held, now: Millis) -> ObligationRow {
    let holds = names(&held.reports, row.report_id);
    let filed_at = row.filed_at.unwrap_or(row.sealed_at);
    let until = row.preserve_until.filter(|_| holds.is_empty());
    ObligationRow {
        id: format!("preserve-{}", report_name(row.report_id)),
        kind: ObligationKind::Preserve,
        group: ObligationGroup::Preservation,
        state: match until {
            None => ObligationState::Held,
            Some(until) if until > now => ObligationState::Kept,
            Some(_) => ObligationState::Ended,
        },
        case: None,
        report: Some(report_name(row.report_id)),
        cases: words::case_number(row.cases),
        since: rfc3339(filed_at),
        due_at: until.map(rfc3339),
        rule: KEEP.to_owned(),
        law: None,
        used: until.map(|until| share(filed_at, until, now)),
        left_ms: until.map(|until| until - now),
        filed_at: row.filed_at.map(rfc3339),
        number: row.number.clone(),
        holds,
        owner: row.owner.clone(),
    }
}

/// The heading a due time stands under.
fn group(due: Option<Millis>, now: Millis) -> ObligationGroup {
    let day_ends = now - now.rem_euclid(DAY) + DAY;
    match due {
        None => ObligationGroup::NoFixedLimit,
        Some(due) if due <= now => ObligationGroup::PastDue,
        Some(due) if due < day_ends => ObligationGroup::Today,
        Some(due) if due < now + SOON => ObligationGroup::Within14Days,
        Some(_) => ObligationGroup::Later,
    }
}

/// Thousandths of the time that are used.
fn share(from: Millis, to: Millis, now: Millis) -> u32 {
    let whole = to - from;
    if whole <= 0 {
        return 1_000;
    }
    let used = i128::from((now - from).clamp(0, whole)) * 1_000 / i128::from(whole);
    u32::try_from(used).unwrap_or(1_000)
}
