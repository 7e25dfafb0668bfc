//! The list of imports, with what each left out and why.
//!
//! It must never drop a run that failed.

use serde_json::json;

use crate::clock::rfc3339;
use crate::console::Console;
use crate::error::Result;
use crate::ledger::{Event, Unlogged};
use crate::store::adapted;
use crate::store::import::{self as rows, RunRow};
use crate::wire::{ImportProgress, ImportRun, ImportState, LineProblem, MissingCount, WireError};
use crate::words;

const MAX_RUNS: i64 = 50;
const MAX_PROBLEMS: i64 = 1_000;

/// Imports, newest first.
pub async fn list(console: &Console) -> Result<Vec<ImportRun>> {
    let mut conn = console.store().read().await?;
    let mut runs = Vec::new();
    for row in rows::runs(&mut conn, MAX_RUNS).await? {
        let problems = rows::problems(&mut conn, &row.id, MAX_PROBLEMS).await?;
        let missing = rows::missing(&mut conn, &row.id).await?;
        let (format, unmatched) = adapted::run(&mut conn, &row.id).await?.unwrap_or_default();
        runs.push(ImportRun {
            format: serde_json::from_value(json!(format)).unwrap_or_default(),
            started: rfc3339(row.started_at),
            by: row.account.clone(),
            scanner: row.scanner.clone(),
            digest: row.digest.clone(),
            problems: problems
                .into_iter()
                .map(|row| LineProblem {
                    line: words::count(row.line),
                    code: row.code,
                    wrong: row.wrong,
                    remedy: row.remedy,
                })
                .collect(),
            missing: missing
                .into_iter()
                .map(|(field, reason, n)| MissingCount {
                    field,
                    reason,
                    count: words::small(Some(n)).unwrap_or(0),
                })
                .collect(),
            progress: ImportProgress { unmatched: words::count(unmatched), ..progress(row) },
        });
    }
    Ok(runs)
}

fn progress(row: RunRow) -> ImportProgress {
    let ms = row.ended_at.map_or(0, |end| end - row.started_at).max(1);
    ImportProgress {
        run: row.id,
        file: row.file,
        state: match row.state.as_str() {
            "running" => ImportState::Running,
            "done" => ImportState::Done,
            "stopped" => ImportState::Stopped,
            "failed" => ImportState::Failed,
            _ => ImportState::Interrupted,
        },
        lines: words::count(row.lines),
        bytes: words::count(row.bytes),
        total_bytes: words::count(row.total_bytes),
        lines_per_s: words::count(row.lines.saturating_mul(1000) / ms),
        left_ms: None,
        new_finds: words::count(row.new_finds),
        known: words::count(row.known),
        left_out: words::count(row.left_out),
        unmatched: 0,
        new_cases: words::count(row.new_cases),
        problem: row.problem.and_then(|text| serde_json::from_str::<WireError>(&text).ok()),
    }
}

fn word(state: ImportState) -> &'static str {
    match state {
        ImportState::Running => "running",
        ImportState::Done => "done",
        ImportState::Stopped => "stopped",
        ImportState::Failed => "failed",
        ImportState::Interrupted => "interrupted",
    }
}

/// Logs and records how a run ended.
pub(super) async fn end(
    console: &Console,
    progress: &ImportProgress,
    digest: Option<&str>,
) -> Result<()> {
    let write = Unlogged::begin(console.store()).await?;
    let event = Event::new(
        "import.ended",
        json!({
            "digest": digest,
            "finds": progress.new_finds,
            "known": progress.known,
            "left_out": progress.left_out,
            "lines": progress.lines,
            "new_cases": progress.new_cases,
            "run": progress.run,
            "state": word(progress.state),
        }),
    );
    let (mut write, _) = write.log(console.clock(), console.actor(), event).await?;
    let problem = progress.problem.as_ref().and_then(|error| serde_json::to_string(error).ok());
    rows::end_run(
        write.conn(),
        &progress.run,
        word(progress.state),
        console.clock().now(),
        digest,
        problem.as_deref(),
    )
    .await?;
    write.commit().await
}

/// Marks runs whose program ended before they did. Called only while no import can be running.
pub(super) async fn close_interrupted(console: &Console) -> Result<()> {
    let left = rows::running(&mut *console.store().read().await?).await?;
    for run in left {
        let write = Unlogged::begin(console.store()).await?;
        let event = Event::new("import.ended", json!({ "run": run, "state": "interrupted" }));
        let (mut write, _) = write.log(console.clock(), console.actor(), event).await?;
        rows::end_run(write.conn(), &run, "interrupted", console.clock().now(), None, None).await?;
        write.commit().await?;
    }
    Ok(())
}
