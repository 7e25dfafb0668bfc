//! Feedback to the keepers of lists: entries that were put aside, and exact matches that people judged not to be any.
//!
//! It must never hold content, a digest or an address of evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;

use serde_json::json;
use sqlx::SqliteConnection;

use super::{card, rows, state};
use crate::clock::{Millis, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::hash::sha256;
use crate::ledger::{Event, Unlogged};
use crate::wire::{FeedbackFile, FloodState, ListFeedback, Role};
use crate::words;

/// Writes one file of JSON Lines for each list into `out`, which must be a folder. Files of the same name are an error:
/// what was sent stays as it was.
pub async fn feedback(console: &Console, out: &Path) -> Result<Vec<FeedbackFile>> {
    console.actor().needs(&[Role::Supervisor])?;
    if !out.is_dir() {
        return Err(Error::usage(
            "FLOOD-07",
            "The folder for feedback is not there. Check its path.",
        ));
    }
    let mut write = Unlogged::begin(console.store()).await?;
    let now = console.clock().now();
    let mut by_list: BTreeMap<(String, String), Vec<ListFeedback>> = BTreeMap::new();
    for line in lines(write.conn(), now).await? {
        by_list.entry((line.provider.clone(), line.list.clone())).or_default().push(line);
    }
    if by_list.is_empty() {
        return Ok(Vec::new());
    }
    let day = words::day(now);
    let mut files = Vec::new();
    let mut named = BTreeSet::new();
    for ((provider, list), lines) in by_list {
        let stem = format!("{}-{}", plain(&provider), plain(&list));
        let mut file_name = format!("{stem}-{day}.jsonl");
        for n in 2.. {
            if named.insert(file_name.clone()) {
                break;
            }
            file_name = format!("{stem}-{n}-{day}.jsonl");
        }
        let mut text = Vec::new();
        for line in &lines {
            serde_json::to_writer(&mut text, line).map_err(std::io::Error::from)?;
            text.push(b'\n');
        }
        let path = out.join(&file_name);
        let mut file = File::create_new(&path).map_err(|error| {
            Error::usage(
                "FLOOD-08",
                "Feedback of this day is in this folder already. Nothing was replaced; choose another folder.",
            )
            .caused_by(error)
        })?;
        file.write_all(&text)?;
        file.sync_all()?;
        files.push(FeedbackFile {
            provider,
            list,
            path: path.display().to_string(),
            entries: u32::try_from(lines.len()).unwrap_or(u32::MAX),
            sha256: hex::encode(sha256(&text)),
        });
    }
    let told: Vec<_> = files
        .iter()
        .map(|file| {
            json!({
                "entries": file.entries,
                "list": file.list,
                "provider": file.provider,
                "sha256": file.sha256,
            })
        })
        .collect();
    let event = Event::new("feedback.written", json!({ "files": told }));
    let (write, _) = write.log(console.clock(), console.actor(), event).await?;
    write.commit().await?;
    Ok(files)
}

async fn lines(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<ListFeedback>> {
    let mut lines = Vec::new();
    for row in rows::all(conn).await? {
        if state(&row, now) != FloodState::Suppressed {
            continue;
        }
        let until = row.until.map(rfc3339);
        let about = (row.list_id, row.provider, row.list, row.entry);
        lines.push(line(conn, about, "suppressed", row.reason, until, now).await?);
    }
    for about in rows::rejected_exact(conn, now).await? {
        let reason = "An exact match was judged not to be one.".to_owned();
        lines.push(line(conn, about, "rejected-exact", reason, None, now).await?);
    }
    Ok(lines)
}

async fn line(
    conn: &mut SqliteConnection,
    (list_id, provider, list, entry): (i64, String, String, String),
    kind: &str,
    reason: String,
    until: Option<String>,
    now: Millis,
) -> Result<ListFeedback> {
    let sum = rows::sum(conn, list_id, &entry, now).await?;
    let listed = card::listed(conn, list_id, &provider, &list, &entry).await?;
    Ok(ListFeedback {
        version: listed.map(|listed| listed.version),
        provider,
        list,
        entry,
        kind: kind.to_owned(),
        reason,
        items: words::count(sum.items),
        decided: card::verdicts(&sum),
        until,
    })
}

/// A name that can be part of a file's.
fn plain(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '_' })
        .take(60)
        .collect();
    if kept.is_empty() { "_".to_owned() } else { kept }
}
