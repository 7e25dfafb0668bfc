//! `casectl scan`: lists are read, the corpus is walked, progress goes to standard error, Ctrl-C stops at the next member.
//!
//! It must never look into a corpus or a list itself.

use std::fs::File;
use std::io::{BufReader, Write, stderr, stdout};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use casement_core::airlock::Airlock;
use casement_core::clock::{Clock, datetime};
use casement_core::intake::find::Utc;
use casement_core::intake::{self, Deposit, Import, check};
use casement_core::wire::ImportProgress;
use casement_core::{Console, Error, Result};
use casement_scan::list::{self, Algorithm, Format, List, Request};
use casement_scan::scan::{self, Dataset, Output, Progress, Scan, Summary, Watch};
use serde::Serialize;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::args::{At, ScanVerb};
use crate::desk::sit;
use crate::print::{Out, grouped, plain, span, table};
use crate::{End, Outcome};

/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How often it is said where nobody watches.
const SAY: Duration = Duration::from_secs(5);

pub(crate) async fn scan(at: &At, verb: ScanVerb, out: &Out) -> Outcome {
    let what = prepare(&verb, out)?;
    let ended = match (verb.into, verb.out, verb.bytes) {
        (Some(store), _, _) => {
            let at = At { store: Some(store), name: at.name.clone() };
            Box::pin(sit(&at, async move |console| Ok(into(console, what, out).await?))).await?
        }
        (None, Some(finds), Some(bytes)) => {
            let streams = finds.as_os_str() == "-";
            let output = match streams {
                true => Output::Stream { finds: Box::new(stdout()), bytes },
                false => Output::Files { finds, bytes, restart: verb.restart },
            };
            let watch = Arc::new(Watch::default());
            let summary = watched(begin(what, output, &watch), &watch, out).await?;
            Ended { streams, ..Ended::of(summary) }
        }
        _ => {
            return Err(Error::usage(
                "ARGS-01",
                "Say where finds go: --out and --bytes, or --into.",
            )
            .into());
        }
    };
    tell(&ended, out)?;
    Ok(End::findings(ended.findings()))
}

/// Everything that can be wrong before the corpus is touched.
fn prepare(verb: &ScanVerb, out: &Out) -> Result<Scan> {
    let mut requests = Vec::new();
    if let (Some(file), Some(name)) = (&verb.list, &verb.list_name) {
        requests.push(Request {
            file: file.clone(),
            name: name.clone(),
            version: verb.list_version.clone(),
            provider: verb.provider.clone(),
            format: verb.list_format.as_deref().and_then(Format::of),
            algorithm: verb.algorithm.as_deref().and_then(Algorithm::of),
            threshold: verb.threshold,
        });
    }
    if let Some(manifest) = &verb.lists {
        requests.extend(list::manifest(manifest)?);
    }
    let obtained_at = verb.obtained_at.as_deref().map(|text| {
        Utc::parse(text)
            .ok_or_else(|| Error::usage("TIME-01", "A time must look like 2026-01-02T03:04:05Z."))
    });
    let obtained_at = obtained_at.transpose()?;
    let now = datetime(Clock::system().now());
    if obtained_at.as_ref().is_some_and(|at| at.instant() - now > check::CLOCK_TOLERANCE) {
        return Err(Error::usage(
            "TIME-01",
            "The dataset cannot have been obtained at a time to come. Correct --obtained-at, or this machine's clock.",
        ));
    }
    let (mut lists, mut unusable) = (Vec::new(), Vec::new());
    for request in &requests {
        match list::open(request) {
            Ok(list) => {
                introduce(&list, out);
                lists.push(list);
            }
            Err(error) => unusable.push(error),
        }
    }
    // A scan against fewer lists than were asked for would look like a whole one.
    if let Some(first) = unusable.first() {
        let why: Vec<&str> = unusable.iter().map(|error| error.message.as_str()).collect();
        let message = format!("{} Nothing was scanned.", why.join(" "));
        return Err(Error::usage(first.code, message));
    }
    let pdq = lists.iter().any(|list| list.table.holds()[3]);
    let airlock = if pdq { Some(Airlock::locate()?) } else { None };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Scan {
        roots: verb.corpora.clone(),
        lists,
        dataset: Dataset {
            id: verb.dataset.clone(),
            version: verb.dataset_version.clone().map(|version| (version, verb.version_kind)),
            supplier: verb.supplier.clone(),
            supplier_contact: verb.supplier_contact.clone(),
            obtained_at,
        },
        threads: verb.threads.map_or(cores, usize::from),
        airlock,
        build_sha256: build(),
    })
}

/// What was read of a list, and what is worth knowing of it.
fn introduce(list: &List, out: &Out) {
    let (about, told) = (&list.about, &list.told);
    let entries = grouped(about.entry_count);
    out.note(&format!("List {}, version {}: {entries} entries.", about.name, about.version));
    if told.withdrawn > 0 {
        out.note(&format!("{} entries are withdrawn and not matched.", grouped(told.withdrawn)));
    }
    if told.not_comparable > 0 {
        let entries = grouped(told.not_comparable);
        out.note(&format!(
            "{entries} entries hold no MD5, SHA-1, SHA-256 or PDQ and cannot match."
        ));
    }
    for note in &told.notes {
        out.note(note);
    }
    if list.over_inclusive() {
        out.note(&format!(
            "Threshold {} is over-inclusive: above 31, different pictures match as well. Every match records it.",
            list.threshold
        ));
    }
}

/// SHA-256 of this program.
fn build() -> Option<String> {
    let program = File::open(std::env::current_exe().ok()?).ok()?;
    casement_core::hash::digests(program).ok().map(|digests| hex(&digests.sha256))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

type Running = JoinHandle<Result<Summary>>;

fn begin(what: Scan, output: Output, watch: &Arc<Watch>) -> Running {
    let watch = Arc::clone(watch);
    tokio::task::spawn_blocking(move || scan::run(what, output, &watch))
}

/// Finds and bytes straight into a workspace: the import reads what the scan tells, over a pipe.
async fn into(console: &Console, what: Scan, out: &Out) -> Result<Ended> {
    let (reader, writer) = std::io::pipe()?;
    let import = Import {
        finds: BufReader::with_capacity(64 * 1024, reader),
        name: scan::NAME.to_owned(),
        total_bytes: 0,
        bytes: PathBuf::new(),
    };
    let deposit = Deposit::new(console);
    let begun = intake::begin_sealed(console, import, deposit.clone()).await?;
    let folder = console.dir().to_owned();
    let output = Output::Store { finds: Box::new(writer), deposit, folder };
    let (watch, imports) = (Arc::new(Watch::default()), intake::Watch::default());
    let scanned = watched(begin(what, output, &watch), &watch, out);
    let (imported, scanned) = tokio::join!(begun.run(console, &imports), scanned);
    // When the import fails the scan has nobody to tell; the reason is the import's.
    let imported = imported?;
    Ok(Ended { imported: Some(imported), ..Ended::of(scanned?) })
}

async fn watched(mut running: Running, watch: &Watch, out: &Out) -> Result<Summary> {
    let mut teller = Teller { out, said: Instant::now(), told: None };
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
                    // What is in the journal is kept, as after any other sudden end.
                    std::process::exit(1);
                }
                watch.stop();
                teller.note("Stopping at the next member. Ctrl-C again ends at once.");
            }
        }
    };
    teller.finish(watch.progress());
    ended.unwrap_or_else(|error| {
        Err(Error::machine("SCAN-09", "The scan broke off. Run it again.").caused_by(error))
    })
}

/// How it all ended.
#[derive(Serialize)]
struct Ended {
    #[serde(flatten)]
    scan: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    imported: Option<ImportProgress>,
    /// Standard output is taken by the finds.
    #[serde(skip)]
    streams: bool,
}

impl Ended {
    fn of(scan: Summary) -> Self {
        Self { scan, imported: None, streams: false }
    }

    fn findings(&self) -> bool {
        self.scan.stopped
            || self.scan.counts.problems > 0
            || self.imported.as_ref().is_some_and(|import| import.left_out > 0)
    }
}

fn tell(ended: &Ended, out: &Out) -> Outcome<()> {
    let scan = &ended.scan;
    if ended.streams {
        // The finds are on standard output, where nothing else may stand.
        if out.json {
            let _ = writeln!(stderr(), "{}", serde_json::to_string(ended).unwrap_or_default());
        } else {
            out.note(&words(ended));
            troubles(scan).iter().for_each(|line| out.note(line));
        }
        return Ok(());
    }
    if out.json {
        return out.object(ended);
    }
    out.text(&words(ended))?;
    troubles(scan).iter().try_for_each(|line| out.text(line))
}

fn words(ended: &Ended) -> String {
    let (scan, counts) = (&ended.scan, &ended.scan.counts);
    let mut text = String::new();
    if scan.stopped {
        text.push_str("Stopped early; run it again for the rest. ");
    }
    text.push_str(&format!(
        "{} finds in {} members of {} shards; {} problems.",
        grouped(counts.finds),
        grouped(counts.members),
        grouped(scan.shards),
        grouped(counts.problems),
    ));
    if scan.resumed > 0 {
        text.push_str(&format!(" {} shards were told before.", grouped(scan.resumed)));
    }
    if counts.not_comparable > 0 {
        let pictures = grouped(counts.not_comparable);
        text.push_str(&format!(" {pictures} pictures could not be compared by PDQ."));
    }
    if let Some(import) = &ended.imported {
        text.push_str(&format!(
            " {} new finds and {} new cases in the workspace, {} known already.",
            grouped(import.new_finds),
            grouped(import.new_cases),
            grouped(import.known),
        ));
    }
    text
}

/// What went wrong where, as a table.
fn troubles(scan: &Summary) -> Vec<String> {
    if scan.troubles.is_empty() {
        return Vec::new();
    }
    let rows = scan
        .troubles
        .iter()
        .map(|trouble| [trouble.code.clone(), trouble.place.clone(), trouble.message.clone()])
        .collect();
    let mut lines = table(["Code", "Place", "What is wrong, and what to do"], rows);
    let more = scan.counts.problems.saturating_sub(scan.troubles.len() as u64);
    if more > 0 {
        lines.push(format!("… and {} more.", grouped(more)));
    }
    lines
}

/// Says how far the scan is: JSON Lines, a line that rewrites itself, or a line now and then.
struct Teller<'a> {
    out: &'a Out,
    said: Instant,
    told: Option<Progress>,
}

impl Teller<'_> {
    fn look(&mut self, progress: Progress) {
        let due = self.out.json || self.out.watched() || self.said.elapsed() >= SAY;
        if due && self.told.is_none_or(|told| told.bytes != progress.bytes) {
            self.say(progress);
        }
    }

    fn finish(&mut self, progress: Progress) {
        if self.out.json || self.told.is_some() {
            self.say(progress);
            if self.out.watched() {
                let _ = writeln!(stderr());
            }
        }
    }

    fn say(&mut self, progress: Progress) {
        (self.told, self.said) = (Some(progress), Instant::now());
        let line = if self.out.json {
            serde_json::to_string(&progress).unwrap_or_default()
        } else {
            sentence(&progress)
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

fn sentence(progress: &Progress) -> String {
    const MEGA: u64 = 1_000_000;
    let share = (progress.bytes.saturating_mul(100) / progress.bytes_total.max(1)).min(100);
    let left = progress.left_ms.map_or_else(String::new, |ms| format!(" · {} left", span(ms)));
    plain(&format!(
        "{} of {} shards · {} of {} MB · {share} % · {} MB/s{left} · {} finds, {} problems",
        grouped(progress.shards),
        grouped(progress.shards_total),
        grouped(progress.bytes / MEGA),
        grouped(progress.bytes_total / MEGA),
        grouped(progress.bytes_per_s / MEGA),
        grouped(progress.finds),
        grouped(progress.problems),
    ))
}
