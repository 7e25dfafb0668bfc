//! Comparing pictures, on its own and after an import, with its progress told.
//!
//! It must never make an import fail that has done its work.

use std::io::{Write, stderr};
use std::time::Duration;

use casement_core::cluster::{self as rooms, Watch};
use casement_core::wire::{RefreshProgress, RefreshStep};
use casement_core::{Console, Result};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::args::At;
use crate::desk::sit;
use crate::print::{Out, grouped, span};
use crate::{End, Outcome};

/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How often it is said where nobody watches.
const SAY: Duration = Duration::from_secs(5);

pub(super) async fn refresh(at: &At, out: &Out) -> Outcome {
    let done = Box::pin(sit(at, async |console| Ok(watched(console, out).await?))).await?;
    if out.json {
        out.object(&done)?;
    } else {
        out.text(&summary(&done))?;
    }
    Ok(End::findings(done.stopped))
}

/// Compares pictures after an import. What goes wrong here costs the import nothing. Whether it went to its end.
pub(crate) async fn after_import(console: &Console, out: &Out) -> bool {
    match watched(console, out).await {
        Ok(done) => {
            if !out.json && done.fingerprinted + done.not_comparable + done.compared > 0 {
                out.note(&summary(&done));
            }
            !done.stopped
        }
        Err(error) => {
            out.note(&format!(
                "The finds are in; their pictures were not compared. {}",
                error.message
            ));
            false
        }
    }
}

/// Runs to the end, saying how far it is; Ctrl-C stops after the batch at hand.
async fn watched(console: &Console, out: &Out) -> Result<RefreshProgress> {
    let watch = Watch::default();
    let mut running = Box::pin(rooms::refresh(console, &watch));
    let mut tick = interval(LOOK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut said, mut told, mut stops) = (Instant::now(), false, 0);
    let ended = loop {
        tokio::select! {
            ended = &mut running => break ended,
            _ = tick.tick() => {
                if let Some(progress) = watch.progress().filter(|_| out.watched() || said.elapsed() >= SAY) {
                    (said, told) = (Instant::now(), true);
                    say(&progress, out);
                }
            }
            heard = tokio::signal::ctrl_c(), if stops < 2 => {
                stops += 1;
                if stops == 2 || heard.is_err() {
                    // What is committed is kept, as after any other sudden end.
                    std::process::exit(1);
                }
                watch.stop();
                out.note("Stopping after the batch at hand. Ctrl-C again ends at once.");
            }
        }
    };
    if told && out.watched() {
        let _ = writeln!(stderr());
    }
    let ended = ended?;
    if let Some(skipped) = &ended.skipped {
        out.note(&skipped.message);
    }
    Ok(ended)
}

fn say(progress: &RefreshProgress, out: &Out) {
    if out.json {
        let _ = writeln!(stderr(), "{}", serde_json::to_string(progress).unwrap_or_default());
        return;
    }
    let what = match progress.step {
        RefreshStep::Fingerprint => "fingerprints",
        RefreshStep::Compare | RefreshStep::Done => "compared",
    };
    let left = progress.left_ms.map_or_else(String::new, |ms| format!(" · {} left", span(ms)));
    let line = format!(
        "{} of {} {what} · {}/s{left}",
        grouped(progress.done),
        grouped(progress.total),
        grouped(progress.per_s)
    );
    // Progress that nobody can hear must not end the work.
    let _ = if out.watched() {
        write!(stderr(), "\r\u{1b}[K{line}")
    } else {
        writeln!(stderr(), "{line}")
    };
}

fn summary(done: &RefreshProgress) -> String {
    let stopped = if done.stopped { "Stopped early; run casectl cluster to go on. " } else { "" };
    format!(
        "{stopped}{} fingerprints made, {} items not comparable, {} compared; {} clusters of {} cases.",
        grouped(done.fingerprinted),
        grouped(done.not_comparable),
        grouped(done.compared),
        grouped(done.clusters),
        grouped(done.cases),
    )
}
