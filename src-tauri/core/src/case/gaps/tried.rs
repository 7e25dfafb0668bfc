//! What was tried, in sentences a report can carry.
//!
//! It must never say more than the attempt itself: asked is not answered, joined is not found.

use serde_json::json;
use sqlx::SqliteConnection;

use crate::clock::Millis;
use crate::error::Result;
use crate::store::enrich::{self as rows, AttemptRow};
use crate::store::{statement, trace as traces};
use crate::words;

/// Attempts told of one dataset.
const MAX: i64 = 200;
/// The kind of a sentence about a case as a whole; about no single fact.
const TOLD: &str = "told";

/// One attempt, and the facts it was about.
#[derive(Debug, Clone)]
pub(crate) struct Tried {
    kind: String,
    field: Option<String>,
    /// `Example Supplier asked 2026-11-19, no answer yet`.
    pub(crate) text: String,
}

impl Tried {
    pub(crate) fn of(row: &AttemptRow) -> Self {
        Self { kind: row.kind.clone(), field: row.field.clone(), text: sentence(row) }
    }

    /// A person's own sentence for the reader of a report, with who said it and when.
    fn told(sentence: &str, by: &str, at: Millis) -> Self {
        let text = format!("{sentence} ({by}, {})", words::day(at));
        Self { kind: TOLD.to_owned(), field: None, text }
    }

    /// Whether it is a sentence about the case as a whole.
    pub(crate) fn is_told(&self) -> bool {
        self.kind == TOLD
    }

    pub(crate) fn is_about(&self, field: &str) -> bool {
        covers(&self.kind, self.field.as_deref(), field)
    }
}

/// What was told of the case of a sighting, then what was tried about its dataset, newest first, each sentence once.
pub(crate) async fn of_sighting(conn: &mut SqliteConnection, sighting: i64) -> Result<Vec<Tried>> {
    let told = statement::told(conn, sighting).await?;
    let mut tried: Vec<Tried> =
        told.iter().map(|(sentence, by, at)| Tried::told(sentence, by, *at)).collect();
    for dataset in traces::datasets_of(conn, &json!([sighting]).to_string()).await? {
        for row in rows::of_dataset(conn, dataset, MAX).await? {
            let new = Tried::of(&row);
            if !tried.iter().any(|old| old.text == new.text && old.field == new.field) {
                tried.push(new);
            }
        }
    }
    Ok(tried)
}

/// Whether an attempt of this kind, for this field or any, could have brought a fact.
pub(crate) fn covers(kind: &str, of: Option<&str>, field: &str) -> bool {
    let part = |of: &str| field == of || field.strip_prefix(of).is_some_and(|r| r.starts_with('.'));
    let within =
        |last: &[&str]| field.strip_prefix("acquisition.").is_some_and(|name| last.contains(&name));
    match kind {
        "cdx" => within(&[
            "fetched_at",
            "fetched_interval",
            "time_precision",
            "http_status",
            "origin_url",
            "final_url",
            "upstream",
        ]),
        "stats" => within(&["fetched_at", "fetched_interval", "time_precision"]),
        "pointer" => within(&["page_url", "origin_url", "upstream"]),
        TOLD => false,
        _ => of.is_none_or(part),
    }
}

fn sentence(row: &AttemptRow) -> String {
    let (source, day) = (row.source.as_str(), words::day(row.at));
    if row.kind == "enquiry" {
        return match row.outcome.as_str() {
            "asked" => format!("{source} asked {day}, no answer yet"),
            "no-answer" => format!("{source} asked {day}, no answer"),
            "refused" => format!("{source} asked {day}, refused"),
            _ => format!("{source} searched {day}, not found"),
        };
    }
    let what = match row.kind.as_str() {
        "cdx" => "crawl index joined",
        "stats" => "shard statistics read",
        "pointer" => "pointer rows joined",
        "answer" => "answer attached",
        _ => "facts attached",
    };
    let came = match row.outcome.as_str() {
        "found" => {
            let (facts, sightings) = (words::count(row.facts), words::count(row.matched));
            format!("{} for {}", words::many(facts, "fact"), words::many(sightings, "sighting"))
        }
        "already-known" => "nothing new".to_owned(),
        _ => "nothing found".to_owned(),
    };
    format!("{what} {day} ({source}): {came}")
}
