//! One gap: how far it reaches, what recovering it would change, whom to ask in which words, what was tried.
//!
//! A request must never hold an address: keys and digests are enough for those who hold the rows.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::tried::{Tried, covers};
use super::{defang, enrich, name, no_such_gap, reason_of, remedy, row};
use crate::case::completeness::{Held, completeness};
use crate::case::enrich::Known;
use crate::console::Console;
use crate::error::Result;
use crate::intake::find::Find;
use crate::store::gaps::{self as rows, DatasetRow};
use crate::store::{enrich as attempts, trace as traces};
use crate::wire::{
    Attempt, CaseState, Class, Completeness, GapCase, GapCases, GapDetail, GapEffect, GapRow,
    Vector,
};
use crate::words;

/// Cases of a page, sightings named in a request, attempts told.
const PAGE: i64 = 50;
const NAMED: i64 = 500;
const TOLD: i64 = 100;
/// Sightings of which the one is told that would gain most.
const WEIGHED: usize = 50;

/// All that is known of one gap. `after`: the case before the page of cases.
pub async fn show(
    console: &Console,
    dataset: u32,
    field: &str,
    reason: &str,
    after: Option<u32>,
) -> Result<GapDetail> {
    let id = i64::from(dataset);
    let mut conn = console.store().read().await?;
    let all = rows::datasets(&mut conn).await?;
    let of = all.into_iter().find(|row| row.id == id).ok_or_else(no_such_gap)?;
    let known_reason = reason_of(reason).ok_or_else(no_such_gap)?;
    let (sightings, cases) = rows::extent(&mut conn, id, field, reason).await?;
    let ids = rows::sightings(&mut conn, id, field, reason, NAMED).await?;
    let found = traces::these(&mut conn, &json!(ids).to_string()).await?;
    let concerned = enrich::known_of(&mut conn, found).await?;
    let first = concerned.first().ok_or_else(no_such_gap)?;
    let mut tried: Vec<Attempt> = Vec::new();
    let mut last = None;
    let mut newest: Option<Tried> = None;
    for attempt in attempts::of_dataset(&mut conn, id, TOLD).await? {
        if !covers(&attempt.kind, attempt.field.as_deref(), field) {
            continue;
        }
        let brought = attempts::brought(&mut conn, &attempt.run, field).await?;
        last = last.max(Some(attempt.at));
        newest.get_or_insert_with(|| Tried::of(&attempt));
        tried.push(enrich::attempt_wire(&attempt, Some(brought)));
    }
    let page = page(&mut conn, console.clock().now(), id, field, reason, after).await?;
    let reports = rows::reports(&mut conn, id, field, reason, PAGE).await?;
    let waiting = rows::waiting(&mut conn, id, field, reason, PAGE).await?;
    drop(conn);

    let row = row(&of, field, reason, sightings, Some(&first.find), last);
    let named = words::count(sightings).saturating_sub(concerned.len() as u64);
    Ok(GapDetail {
        supplier: (!of.supplier.is_empty()).then(|| defang::prose(&of.supplier)),
        contact: (!of.contact.is_empty()).then(|| defang::contact(&of.contact)),
        cases: words::count(cases),
        declared_by: declared_by(&concerned),
        effect: effect(field, &concerned),
        next_step_text: remedy::advice(&first.find, field, known_reason),
        request: row.ask.is_some().then(|| request(&of, &row, &concerned)),
        request_leaves_out: named,
        attempts: tried,
        report_sentence: match newest {
            Some(tried) => format!("{} unknown: {}.", row.label, defang::prose(&tried.text)),
            None => format!(
                "{} unknown: {}. Nobody asked so far.",
                row.label,
                row.reason_words.to_lowercase()
            ),
        },
        reports: reports.into_iter().map(crate::package::report_name).collect(),
        waiting,
        page,
        row,
    })
}

async fn page(
    conn: &mut sqlx::SqliteConnection,
    now: i64,
    dataset: i64,
    field: &str,
    reason: &str,
    after: Option<u32>,
) -> Result<GapCases> {
    let after = after.map_or(0, i64::from);
    let mut found = rows::cases(conn, dataset, field, reason, after, PAGE + 1).await?;
    let more = i64::try_from(found.len()).unwrap_or(i64::MAX) > PAGE;
    if more {
        found.pop();
    }
    let next = found.last().filter(|_| more).map(|row| words::case_number(row.id));
    let case = |row: rows::CaseRow| GapCase {
        case: words::case_number(row.id),
        // Within its undo window a decision is a draft.
        state: match row.settles_at {
            Some(at) if at > now => CaseState::Suspected,
            _ => words::state(&row.state),
        },
        class: words::class(&row.class),
        sightings: words::small(Some(row.sightings)).unwrap_or(0),
        report: row.report_id.map(crate::package::report_name),
    };
    Ok(GapCases { cases: found.into_iter().map(case).collect(), next })
}

/// Of the first sightings concerned.
fn declared_by(concerned: &[Known]) -> String {
    let scanners: BTreeSet<&str> =
        concerned.iter().map(|known| known.find.scanner.name.as_str()).collect();
    match scanners.len() {
        1 => {
            let name = scanners.first().copied().unwrap_or_default();
            format!("the scanner {}, in each find", defang::prose(name))
        }
        n => format!("{n} scanners, in each find"),
    }
}

/// What the sighting that would gain most would gain.
fn effect(field: &str, concerned: &[Known]) -> GapEffect {
    let held = Held { bytes_sealed: true, sha256_rechecked: true, ..Held::default() };
    let gains = concerned.iter().take(WEIGHED).map(|known| {
        let before = completeness(&known.find, held);
        let after = recovered(&known.find, field).map(|find| completeness(&find, held));
        (before.clone(), after.unwrap_or(before))
    });
    let gain = |(before, after): &(Completeness, Completeness)| {
        (before.class != after.class, sum(after.vector) - sum(before.vector))
    };
    let best = gains.max_by_key(gain);
    let Some((before, after)) = best else {
        return GapEffect {
            dimension: None,
            from: 0,
            to: 0,
            class_from: Class::D,
            class_to: Class::D,
            words: String::new(),
        };
    };
    let (a, b) = (before.vector, after.vector);
    let dimensions = [
        ("M", a.m, b.m),
        ("O", a.o, b.o),
        ("T", a.t, b.t),
        ("C", a.c, b.c),
        ("D", a.d, b.d),
        ("P", a.p, b.p),
    ];
    let risen = dimensions.into_iter().find(|(_, from, to)| from < to);
    let class = if before.class == after.class {
        "class unchanged".to_owned()
    } else {
        format!("class {} → {}", words::class_word(before.class), words::class_word(after.class))
    };
    GapEffect {
        dimension: risen.map(|(name, ..)| name.to_owned()),
        from: risen.map_or(0, |(_, from, _)| from),
        to: risen.map_or(0, |(.., to)| to),
        class_from: before.class,
        class_to: after.class,
        words: match risen {
            Some((name, from, to)) => format!("{name}{from} → {name}{to}, {class}"),
            None => format!("no level changes, {class}"),
        },
    }
}

fn sum(v: Vector) -> i32 {
    [v.m, v.o, v.t, v.c, v.d, v.p].into_iter().map(i32::from).sum()
}

/// The find as it would be with the fact, whatever its value.
fn recovered(find: &Find, field: &str) -> Option<Find> {
    let name = enrich::field::named(field)?;
    let value: Value = match name {
        "acquisition.fetched_at" | "locator.dataset.obtained_at" => json!("2000-01-01T00:00:00Z"),
        "acquisition.fetched_interval" => {
            json!({ "start": "2000-01-01T00:00:00Z", "end": "2000-01-01T01:00:00Z" })
        }
        "acquisition.time_precision" => json!("exact"),
        "acquisition.http_status" => json!(200),
        "acquisition.http_headers" => json!([["Date", "x"]]),
        "acquisition.fetcher" => json!({ "name": "x" }),
        "acquisition.redirects" => json!(["https://host.invalid/x"]),
        "acquisition.upstream" => json!([{ "kind": "parquet_row", "row": 0 }]),
        "object.as_fetched_digests" => json!({ "sha256": "0".repeat(64) }),
        "locator.dataset.version" => json!({ "version": "x", "version_kind": "release_label" }),
        _ => json!("https://host.invalid/x"),
    };
    let mut changed = serde_json::to_value(find).ok()?;
    enrich::field::set(&mut changed, name, &value);
    if name == "acquisition.fetched_at" {
        // An instant comes with its own precision.
        enrich::field::set(&mut changed, "acquisition.time_precision", &json!("exact"));
    }
    serde_json::from_value(changed).ok()
}

/// A letter to copy, with a table that can be sent back filled in.
fn request(dataset: &DatasetRow, row: &GapRow, concerned: &[Known]) -> String {
    let column = row.field.rsplit('.').next().unwrap_or(&row.field);
    let mut lines = vec![
        format!(
            "Request about dataset {}, version {}",
            name(dataset),
            defang::prose(&dataset.version)
        ),
        String::new(),
        format!(
            "For the items below we lack one fact: {} ({}). Reason recorded: {}.",
            row.label.to_lowercase(),
            row.field,
            row.reason_words.to_lowercase()
        ),
        format!(
            "Please send the table back as CSV with the column {column} filled in, or say that it is not known."
        ),
        "Items are named by keys and digests only; please do not send content.".to_owned(),
        String::new(),
        format!("find_id,uid,key,sha256,{column}"),
    ];
    lines.extend(concerned.iter().map(|known| {
        let find = &known.find;
        let key = |name: &str| {
            let keys = find.locator.steps.iter().filter_map(|step| step.keys.as_ref());
            let found = keys.filter_map(|keys| keys.get(name)).next();
            found.filter(|key| is_plain(key)).cloned().unwrap_or_default()
        };
        format!("{},{},{},{},", find.find_id, key("uid"), key("key"), find.object.digests.sha256)
    }));
    lines.push(String::new());
    lines.join("\n")
}

/// A key, as against an address or a piece of text in its place.
fn is_plain(key: &str) -> bool {
    key.len() <= 128 && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}
