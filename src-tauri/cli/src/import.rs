//! `casectl import`: the finds go in, progress goes to standard error, Ctrl-C stops after the batch at hand.
//!
//! It must never read a line itself.

use std::fs::File;
use std::io::{BufRead, BufReader, Write, stderr};
use std::path::Path;
use std::time::{Duration, SystemTime};

use casement_core::intake::{self, Begun, Import, Watch};
use casement_core::wire::{ImportFormat, ImportProgress, ImportRun, ImportState, ImportTerms};
use casement_core::{Console, Error, Result};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::args::{At, ImportVerb, TermsOfImport};
use crate::desk::sit;
use crate::print::{Out, grouped, plain, span, table};
use crate::{End, Outcome};

/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How often it is said where nobody watches.
const SAY: Duration = Duration::from_secs(5);

pub(crate) async fn import(at: &At, verb: ImportVerb, out: &Out) -> Outcome {
    let (ImportVerb { format, terms, .. }, Some(finds), Some(bytes)) =
        (&verb, &verb.finds, &verb.bytes)
    else {
        return explained(verb.format, out);
    };
    if verb.explain {
        return explained(verb.format, out);
    }
    // Before unlocking: a wrong path should not cost a passphrase.
    if finds.as_os_str() == "-" {
        // Of `scan | import` both begin at once: whoever is first makes the folder.
        std::fs::create_dir_all(bytes).map_err(Error::from)?;
    }
    let Opened { finds, name, total_bytes, written } = open(finds)?;
    let (terms, bytes) = (said(*format, terms), bytes.clone());
    let run = Box::pin(sit(at, async move |console| {
        let import = Import { finds, name, total_bytes, bytes };
        let begun = intake::begin_as(console, import, terms, written).await?;
        let progress = watched(console, begun, out).await?;
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

/// What the operator says of the file, as core reads it.
fn said(format: ImportFormat, terms: &TermsOfImport) -> ImportTerms {
    let terms = terms.clone();
    ImportTerms {
        format,
        dataset: terms.dataset,
        dataset_version: terms.dataset_version,
        version_kind: terms.version_kind,
        supplier: terms.supplier,
        supplier_contact: terms.supplier_contact,
        obtained_at: terms.obtained_at,
        list_provider: terms.list_provider,
        list_name: terms.list_name,
        list_version: terms.list_version,
        threshold: terms.threshold,
        reported_at: terms.reported_at,
    }
}

/// What no vendor's answer tells, and where to say it.
const TERMS: [&str; 4] = [
    "What no answer tells, to be said once for the file or beside each answer:",
    "  the list, where the answer does not name it: --list-provider, --list-name, --list-version; or \"list\": {\"provider\", \"name\", \"version\"}",
    "  the dataset: --dataset and more; or \"origin\": {\"dataset\": {\"id\", \"version\", \"version_kind\", \"supplier\", ...}}",
    "  the place and what is known of it: \"origin\": {\"container\", \"member\", \"offset\", \"length\", \"row\", \"url\", \"page_url\", \"fetched_at\", ...}",
];

fn explained(format: ImportFormat, out: &Out) -> Outcome {
    let about = intake::explain(format);
    if out.json {
        out.object(&about)?;
        return Ok(End::Done);
    }
    out.text(&format!("{} is read from:", about.source))?;
    for shape in about.accepts {
        out.text(&format!("  {shape}"))?;
    }
    if about.format != ImportFormat::Find {
        for line in TERMS {
            out.text(line)?;
        }
    }
    if about.lacks.is_empty() {
        return Ok(End::Done);
    }
    out.text("What it cannot give, declared in each find unless something else gives it:")?;
    let rows = about
        .lacks
        .iter()
        .map(|lack| [lack.field.to_owned(), lack.reason.word().to_owned(), lack.why.to_owned()])
        .collect();
    for line in table(["Field", "Reason", "Why, and who may know"], rows) {
        out.text(&line)?;
    }
    Ok(End::Done)
}

type Finds = Box<dyn BufRead + Send>;

/// A file of finds, and what can be told of it.
struct Opened {
    finds: Finds,
    name: String,
    total_bytes: u64,
    written: Option<SystemTime>,
}

fn open(path: &Path) -> Result<Opened> {
    const BUFFER: usize = 256 * 1024;
    if path.as_os_str() == "-" {
        let finds = Box::new(BufReader::with_capacity(BUFFER, std::io::stdin()));
        return Ok(Opened { finds, name: "-".to_owned(), total_bytes: 0, written: None });
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
    let (total_bytes, written) = match about.is_file() {
        true => (about.len(), about.modified().ok()),
        false => (0, None),
    };
    let finds = Box::new(BufReader::with_capacity(BUFFER, file));
    Ok(Opened { finds, name, total_bytes, written })
}

async fn watched(console: &Console, begun: Begun, out: &Out) -> Result<ImportProgress> {
    let watch = Watch::default();
    let mut teller = Teller { out, said: None, lines: None };
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
    if progress.unmatched > 0 {
        out.text(&format!("{} responses without a match.", grouped(progress.unmatched)))?;
    }
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
