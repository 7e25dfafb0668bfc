//! `casectl import`: the finds go in, progress goes to standard error, Ctrl-C stops after the batch at hand.
//!
//! It must never read a line itself.

use std::fs::File;
use std::io::{BufRead, BufReader, Write, stderr};
use std::path::Path;
use std::time::Duration;

use casement_core::intake::{self, Import, Watch};
use casement_core::wire::{ImportProgress, ImportRun, ImportState};
use casement_core::{Console, Error, Result};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::args::{At, ImportVerb};
use crate::desk::sit;
use crate::print::{Out, grouped, plain, span, table};
use crate::{End, Outcome};

/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How often it is said where nobody watches.
const SAY: Duration = Duration::from_secs(5);

pub(crate) async fn import(at: &At, verb: ImportVerb, out: &Out) -> Outcome {
    // Before unlocking: a wrong path should not cost a passphrase.
    let (finds, name, total_bytes) = open(&verb.finds)?;
    let run = Box::pin(sit(at, async move |console| {
        let import = Import { finds, name, total_bytes, bytes: verb.bytes };
        let progress = watched(console, import, out).await?;
        let compared = verb.compare_later
            || progress.state != ImportState::Done
            || crate::cluster::after_import(console, out).await;
        let runs = intake::runs(console).await?;
        Ok(runs.into_iter().find(|run| run.progress.run == progress.run).zip(Some(compared)))
    }))
    .await?;
    let Some((run, compared)) = run else { return Ok(End::Done) };
    if out.json {
        out.object(&run)?;
    } else {
        summary(&run, out)?;
    }
    let whole = run.progress.state == ImportState::Done && compared;
    Ok(End::findings(run.progress.left_out > 0 || !whole))
}

type Finds = Box<dyn BufRead + Send>;

fn open(path: &Path) -> Result<(Finds, String, u64)> {
    const BUFFER: usize = 256 * 1024;
    if path.as_os_str() == "-" {
        return Ok((
            Box::new(BufReader::with_capacity(BUFFER, std::io::stdin())),
            "-".to_owned(),
            0,
        ));
    }
    let file = File::open(path)?;
    let about = file.metadata()?;
    if about.is_dir() {
        return Err(Error::usage(
            "FILE-03",
            "The finds are a folder. Name a file of JSON Lines, or - for standard input.",
        ));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let size = if about.is_file() { about.len() } else { 0 };
    Ok((Box::new(BufReader::with_capacity(BUFFER, file)), name, size))
}

async fn watched(console: &Console, import: Import<Finds>, out: &Out) -> Result<ImportProgress> {
    let watch = Watch::default();
    let mut teller = Teller { out, said: None, lines: None };
    let begun = intake::begin(console, import).await?;
    let mut running = Box::pin(begun.run(console, &watch));
    let mut tick = interval(LOOK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stops = 0;
    let ended = loop {
        tokio::select! {
            ended = &mut running => break ended,
            _ = tick.tick() => teller.look(watch.progress()),
            heard = tokio::signal::ctrl_c(), if stops < 2 => {
                stops += 1;
                if stops == 2 || heard.is_err() {
                    // What was acknowledged is kept, as after any other sudden end.
                    std::process::exit(1);
                }
                watch.stop();
                teller.note("Stopping after the batch at hand. Ctrl-C again ends at once.");
            }
        }
    };
    teller.finish(watch.progress());
    if ended.is_err() {
        let kept = watch.progress().map_or(0, |progress| progress.new_finds);
        out.note(&format!("{} finds were kept. Run it again to take in the rest.", grouped(kept)));
    }
    ended
}

/// Says how far the import is: JSON Lines, a line that rewrites itself, or a line now and then.
struct Teller<'a> {
    out: &'a Out,
    said: Option<Instant>,
    /// Lines read when it last spoke.
    lines: Option<u64>,
}

impl Teller<'_> {
    fn look(&mut self, progress: Option<ImportProgress>) {
        let Some(progress) = progress else { return };
        let news = self.lines != Some(progress.lines);
        if !news {
            return;
        }
        let due =
            self.out.json || self.out.watched() || self.said.is_some_and(|at| at.elapsed() >= SAY);
        if self.said.is_none() {
            self.said = Some(Instant::now());
        }
        if due {
            self.say(&progress);
        }
    }

    fn finish(&mut self, progress: Option<ImportProgress>) {
        if let Some(progress) = progress.filter(|_| self.out.json || self.lines.is_some()) {
            self.say(&progress);
            if self.out.watched() {
                let _ = writeln!(stderr());
            }
        }
    }

    fn say(&mut self, progress: &ImportProgress) {
        self.lines = Some(progress.lines);
        self.said = Some(Instant::now());
        let line = if self.out.json {
            serde_json::to_string(progress).unwrap_or_default()
        } else {
            words(progress)
        };
        // Progress that nobody can hear must not end the work.
        let _ = if self.out.watched() {
            write!(stderr(), "\r\u{1b}[K{line}")
        } else {
            writeln!(stderr(), "{line}")
        };
    }

    fn note(&self, text: &str) {
        if self.out.watched() {
            let _ = writeln!(stderr());
        }
        self.out.note(text);
    }
}

fn words(progress: &ImportProgress) -> String {
    let share = match progress.total_bytes {
        0 => String::new(),
        total => format!(" · {} %", (progress.bytes.saturating_mul(100) / total).min(100)),
    };
    let left = progress.left_ms.map_or_else(String::new, |ms| format!(" · {} left", span(ms)));
    plain(&format!(
        "{} lines{share} · {}/s{left} · {} new, {} known, {} left out",
        grouped(progress.lines),
        grouped(progress.lines_per_s),
        grouped(progress.new_finds),
        grouped(progress.known),
        grouped(progress.left_out),
    ))
}

fn summary(run: &ImportRun, out: &Out) -> Outcome<()> {
    let progress = &run.progress;
    let stopped = match progress.state {
        ImportState::Done => "",
        _ => "Stopped early; run it again to take in the rest. ",
    };
    out.text(&format!(
        "{stopped}{} new finds, {} known already, {} lines left out; {} new cases.",
        grouped(progress.new_finds),
        grouped(progress.known),
        grouped(progress.left_out),
        grouped(progress.new_cases),
    ))?;
    if run.problems.is_empty() {
        return Ok(());
    }
    let rows = run
        .problems
        .iter()
        .map(|problem| {
            [
                grouped(problem.line),
                problem.code.clone(),
                problem.wrong.clone(),
                problem.remedy.clone(),
            ]
        })
        .collect();
    for line in table(["Line", "Code", "What is wrong", "What to do"], rows) {
        out.text(&line)?;
    }
    let more = progress.left_out.saturating_sub(run.problems.len() as u64);
    if more > 0 {
        out.text(&format!("… and {} more.", grouped(more)))?;
    }
    Ok(())
}
