//! Intake: a scanner's finds and the quarantined bytes they name become sealed items, sightings and cases.
//!
//! It reads in one direction, batch by batch; each batch is one transaction and one leaf that commits to all its finds.
//! While one is written, the next is read and sealed.
//! It must never decode a file, write plaintext, or let one bad line cost another.

mod adapter;
mod batch;
pub mod check;
mod deposit;
mod entries;
pub mod find;
mod known;
mod quarantine;
mod retold;
mod runs;
mod source;

use std::fs::File;
use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};

use serde_json::json;
use tokio::task::JoinHandle;
use uuid::Uuid;

use self::known::Known;
use crate::case::prov;
use crate::case::word_of;
use crate::clock::datetime;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged, Unlogged, root_of, signed};
use crate::store::import::{self as rows, Counters};
use crate::store::{adapted, incoming, trace};
use crate::wire::{ImportFormat, ImportProgress, ImportState, ImportTerms, Role, WireError};
use crate::words;

pub use adapter::{Explained, Lack, explain};
pub use deposit::Deposit;
pub use runs::list as runs;

/// What to import.
pub struct Import<R> {
    /// JSON Lines of `find/v1`, or what a vendor answered.
    pub finds: R,
    /// How the file is called in the list of imports; its last part only.
    pub name: String,
    /// Size of the finds in bytes, 0 when it is a stream.
    pub total_bytes: u64,
    /// Folder of quarantined bytes, each named by `quarantine_ref` or by SHA-256, or as a vendor's format says.
    pub bytes: PathBuf,
}

/// A running import, watched and stopped from elsewhere.
#[derive(Default)]
pub struct Watch {
    stop: AtomicBool,
    progress: Mutex<Option<ImportProgress>>,
}

impl Watch {
    /// Asks the import to end after the batch at hand.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// How far it is.
    pub fn progress(&self) -> Option<ImportProgress> {
        self.progress.lock().ok()?.clone()
    }

    fn set(&self, progress: &ImportProgress) {
        if let Ok(mut slot) = self.progress.lock() {
            *slot = Some(progress.clone());
        }
    }
}

/// Where the bytes of finds are.
enum Originals {
    /// In this folder.
    Folder(PathBuf),
    /// In the vault already.
    Sealed(Deposit),
}

/// An import that has its place in the store and is ready to run. While it lives, no other can begin.
pub struct Begun {
    run: Run,
    reader: batch::Reader,
    _alone: File,
}

/// Checks that an import of `find/v1` can run, and records that it begins.
pub async fn begin<R: BufRead + Send + 'static>(
    console: &Console,
    import: Import<R>,
) -> Result<Begun> {
    begin_as(console, import, ImportTerms::default(), None).await
}

/// The same of any format. `file_time` is when the file was last written; it stands for the time of the answers where
/// neither they nor the terms tell it.
pub async fn begin_as<R: BufRead + Send + 'static>(
    console: &Console,
    import: Import<R>,
    terms: ImportTerms,
    file_time: Option<SystemTime>,
) -> Result<Begun> {
    let originals = Originals::Folder(import.bytes.clone());
    begin_with(console, import, terms, file_time, originals).await
}

/// The same of `find/v1` whose bytes a scan seals while it tells them; a folder of bytes is not looked at. Begin before the
/// scan does.
pub async fn begin_sealed<R: BufRead + Send + 'static>(
    console: &Console,
    import: Import<R>,
    deposit: Deposit,
) -> Result<Begun> {
    let originals = Originals::Sealed(deposit);
    begin_with(console, import, ImportTerms::default(), None, originals).await
}

async fn begin_with<R: BufRead + Send + 'static>(
    console: &Console,
    import: Import<R>,
    terms: ImportTerms,
    file_time: Option<SystemTime>,
    originals: Originals,
) -> Result<Begun> {
    let format = terms.format;
    let terms = adapter::Terms::read(terms, file_time)?;
    console.actor().needs(&[Role::Reviewer, Role::Supervisor])?;
    let alone = console.exclusive(
        "import.lock",
        "IMPORT-01",
        "Another import is running on this workspace. Wait for it, or stop it.",
    )?;
    if let Originals::Folder(folder) = &originals
        && !folder.is_dir()
    {
        return Err(Error::usage(
            "IMPORT-02",
            "The folder of quarantined bytes is not there. Check its path.",
        ));
    }
    runs::close_interrupted(console).await?;
    console.vault().sweep()?;
    let run = Run::start(console, &import, format).await?;
    let entries = adapter::entries(import.finds, import.bytes, terms);
    let known = Known::new(console.clone());
    let reader = batch::Reader::new(entries, originals, run.progress.run.clone(), known);
    Ok(Begun { run, reader, _alone: alone })
}

impl Begun {
    /// The run's id.
    pub fn id(&self) -> &str {
        &self.run.progress.run
    }

    /// Imports to the end of the finds, or until it is stopped. Running it again takes in only what is not there yet.
    pub async fn run(self, console: &Console, watch: &Watch) -> Result<ImportProgress> {
        let Self { mut run, reader, _alone } = self;
        watch.set(&run.progress);
        if watch.stop.load(Ordering::SeqCst) {
            return run.end(console, Ok((ImportState::Stopped, None)), watch).await;
        }
        console.store().fold_seldom().await?;
        let mut ahead = read(reader, console);
        let ended = loop {
            let (reader, batch) = match (&mut ahead).await {
                Ok(read) => read,
                Err(error) => break Err(broke_off().caused_by(error)),
            };
            let batch = match batch {
                Ok(Some(batch)) => batch,
                Ok(None) => break Ok((ImportState::Done, Some(reader.digest()))),
                Err(error) => break Err(error),
            };
            if watch.stop.load(Ordering::SeqCst) {
                break run.take(console, batch, watch).await.map(|()| (ImportState::Stopped, None));
            }
            // The next batch is read, digested and sealed while this one is written.
            ahead = read(reader, console);
            if let Err(error) = run.take(console, batch, watch).await {
                // Nothing may still be sealed once another import can begin.
                let _ = ahead.await;
                break Err(error);
            }
        };
        let folded = console.store().fold_often().await;
        run.end(console, ended.and_then(|end| folded.map(|()| end)), watch).await
    }
}

/// Reads the next batch on a thread that may block, and gives the reader back with it.
fn read(
    mut reader: batch::Reader,
    console: &Console,
) -> JoinHandle<(batch::Reader, Result<Option<batch::Batch>>)> {
    let (vault, now) = (console.vault().clone(), datetime(console.clock().now()));
    tokio::task::spawn_blocking(move || {
        let batch = reader.next(&vault, now);
        (reader, batch)
    })
}

/// The import ended in the middle for a reason of the program's own.
fn broke_off() -> Error {
    Error::store("IMPORT-03", "The import broke off. Run it again; nothing is counted twice.")
}

struct Run {
    progress: ImportProgress,
    format: ImportFormat,
    began: Instant,
}

impl Run {
    async fn start<R>(console: &Console, import: &Import<R>, format: ImportFormat) -> Result<Self> {
        let id = Uuid::now_v7().to_string();
        let write = Unlogged::begin(console.store()).await?;
        let mut body = json!({ "file": import.name, "run": id });
        if format != ImportFormat::Find {
            body["format"] = json!(format);
        }
        let event = Event::new("import.started", body);
        let (mut write, _) = write.log(console.clock(), console.actor(), event).await?;
        rows::insert_run(
            write.conn(),
            &id,
            &import.name,
            console.actor().pseudonym(),
            console.clock().now(),
            signed(import.total_bytes)?,
        )
        .await?;
        if format != ImportFormat::Find {
            adapted::insert_run(write.conn(), &id, &word_of(&format)).await?;
        }
        write.commit().await?;
        let progress = ImportProgress {
            run: id,
            file: import.name.clone(),
            state: ImportState::Running,
            lines: 0,
            bytes: 0,
            total_bytes: import.total_bytes,
            lines_per_s: 0,
            left_ms: None,
            new_finds: 0,
            known: 0,
            left_out: 0,
            unmatched: 0,
            new_cases: 0,
            problem: None,
        };
        Ok(Self { progress, format, began: Instant::now() })
    }

    async fn take(&mut self, console: &Console, batch: batch::Batch, watch: &Watch) -> Result<()> {
        let mut next = self.progress.clone();
        next.lines = batch.last_line;
        next.bytes = batch.bytes;
        next.known += batch.known;
        next.left_out += batch.problems.len() as u64;
        next.new_finds += batch.finds.len() as u64;
        next.unmatched += batch.unmatched;
        let digests: Vec<[u8; 32]> = batch.finds.iter().map(|find| find.digest_bytes).collect();
        let write = Unlogged::begin(console.store()).await?;
        let mut body = json!({
            "finds": batch.finds.len(),
            "finds_root": hex::encode(root_of(&digests)?),
            "known": batch.known,
            "left_out": batch.problems.len(),
            "lines": [batch.first_line, batch.last_line],
            "run": next.run,
        });
        if batch.not_kept > 0 {
            body["not_kept"] = json!(batch.not_kept);
        }
        if batch.unmatched > 0 {
            body["unmatched"] = json!(batch.unmatched);
        }
        let event = Event::new("find.imported", body);
        let (mut write, _) = write.log(console.clock(), console.actor(), event).await?;
        next.new_cases += self.insert(console, &mut write, &batch).await?;
        let counters = Counters {
            lines: signed(next.lines)?,
            bytes: signed(next.bytes)?,
            new_finds: signed(next.new_finds)?,
            known: signed(next.known)?,
            left_out: signed(next.left_out)?,
            new_cases: signed(next.new_cases)?,
            scanner: batch.scanner.as_deref(),
        };
        rows::set_counters(write.conn(), &next.run, &counters).await?;
        if self.format != ImportFormat::Find {
            let format = word_of(&self.format);
            for raw in &batch.raws {
                adapted::insert_raw(write.conn(), &next.run, &format, &raw.sha256, &raw.body)
                    .await?;
            }
            adapted::set_unmatched(write.conn(), &next.run, signed(next.unmatched)?).await?;
        }
        write.commit().await?;
        self.progress = next;
        self.pace();
        watch.set(&self.progress);
        Ok(())
    }

    async fn insert(
        &self,
        console: &Console,
        write: &mut Logged,
        batch: &batch::Batch,
    ) -> Result<u64> {
        let run = &self.progress.run;
        let text =
            |value: serde_json::Result<String>| value.map_err(|error| broke_off().caused_by(error));
        let finds = text(serde_json::to_string(&batch.finds))?;
        incoming::fill(write.conn(), &finds).await?;
        let new = rows::insert_batch(write.conn(), run, console.clock().now()).await?;
        trace::put(write.conn()).await?;
        prov::put(write, &batch.trail).await?;
        crate::cluster::arrived(console, write, new).await?;
        incoming::clear(write.conn()).await?;
        rows::insert_problems(write.conn(), run, &text(serde_json::to_string(&batch.problems))?)
            .await?;
        let mut missing: Vec<_> =
            batch.missing.iter().map(|((field, reason), n)| json!([field, reason, n])).collect();
        if batch.not_kept > 0 {
            missing.push(json!(["bytes", "destroyed_here", batch.not_kept]));
        }
        rows::add_missing(write.conn(), run, &text(serde_json::to_string(&missing))?).await?;
        Ok(words::count(new))
    }

    fn pace(&mut self) {
        let ms = self.began.elapsed().as_millis().max(1);
        let progress = &mut self.progress;
        let per_s = u128::from(progress.lines) * 1000 / ms;
        progress.lines_per_s = u64::try_from(per_s).unwrap_or(u64::MAX);
        let left = progress.total_bytes.saturating_sub(progress.bytes);
        progress.left_ms = (progress.total_bytes > 0 && progress.bytes > 0).then(|| {
            u64::try_from(u128::from(left) * ms / u128::from(progress.bytes)).unwrap_or(u64::MAX)
        });
    }

    async fn end(
        mut self,
        console: &Console,
        ended: Result<(ImportState, Option<String>)>,
        watch: &Watch,
    ) -> Result<ImportProgress> {
        let (state, digest, failed) = match ended {
            Ok((state, digest)) => (state, digest, None),
            Err(error) => (ImportState::Failed, None, Some(error)),
        };
        self.progress.state = state;
        self.progress.left_ms = None;
        self.progress.problem = failed.as_ref().map(WireError::from);
        let recorded = runs::end(console, &self.progress, digest.as_deref()).await;
        watch.set(&self.progress);
        match failed {
            Some(error) => Err(error),
            None => recorded.map(|()| self.progress),
        }
    }
}
