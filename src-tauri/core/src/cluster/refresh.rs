//! Comparing pictures: items without a fingerprint get one in the airlock, then each new fingerprint is held against all
//! others, and clusters grow.
//!
//! Both steps go batch by batch, each batch one transaction and one leaf, so that a stop or a kill costs one batch and a
//! second run goes on where the first ended. It must never let an item without a fingerprint pass for one that resembles
//! nothing: why there is none is kept.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Instant;

use serde::Serialize;
use serde_json::json;

use super::partition::{Known, Partition};
use super::{poles, read_pdq};
use crate::airlock::{AirlockError, PdqWorker};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::hash::sha256;
use crate::ledger::{Event, Unlogged, root_of};
use crate::store::cluster::{self as rows, PrintedRow, Shape};
use crate::store::fingerprint::{self, WaitingRow};
use crate::wire::{RefreshProgress, RefreshStep, Role, WireError};
use crate::words;

/// Items of one transaction.
const ITEMS: i64 = 500;
/// Fingerprints of one transaction: what one batch finds among itself must fit into memory, and grows with its square.
const PRINTS: i64 = 1_000;
/// Fingerprints read at a time when all are read.
const PAGE: i64 = 20_000;

/// A running comparison, watched and stopped from elsewhere.
#[derive(Default)]
pub struct Watch {
    stop: AtomicBool,
    progress: Mutex<Option<RefreshProgress>>,
}

impl Watch {
    /// Asks it to end after the batch at hand.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// How far it is.
    pub fn progress(&self) -> Option<RefreshProgress> {
        self.progress.lock().ok()?.clone()
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    fn set(&self, progress: &RefreshProgress) {
        if let Ok(mut slot) = self.progress.lock() {
            *slot = Some(progress.clone());
        }
    }
}

/// Makes missing fingerprints and compares new ones. Where this machine cannot confine the decoder it makes none, says
/// so in `skipped`, and compares those that scanners gave.
pub async fn refresh(console: &Console, watch: &Watch) -> Result<RefreshProgress> {
    console.actor().needs(&[Role::Reviewer, Role::Supervisor])?;
    let _alone = console.exclusive(
        "cluster.lock",
        "CLUSTER-01",
        "Pictures of this workspace are being compared already. Wait for that to end, or stop it.",
    )?;
    let mut run = Run { watch, progress: RefreshProgress::default(), began: Instant::now() };
    run.fingerprint(console).await?;
    run.compare(console).await?;
    let (clusters, cases) = rows::totals(&mut *console.store().read().await?).await?;
    (run.progress.clusters, run.progress.cases) = (words::count(clusters), words::count(cases));
    run.progress.stopped = watch.stopped();
    run.progress.step = RefreshStep::Done;
    run.progress.left_ms = None;
    watch.set(&run.progress);
    Ok(run.progress)
}

struct Run<'a> {
    watch: &'a Watch,
    progress: RefreshProgress,
    began: Instant,
}

impl Run<'_> {
    fn step(&mut self, step: RefreshStep, total: i64) {
        self.began = Instant::now();
        self.progress.step = step;
        (self.progress.done, self.progress.total) = (0, words::count(total));
        (self.progress.per_s, self.progress.left_ms) = (0, None);
        self.watch.set(&self.progress);
    }

    fn advance(&mut self, by: usize) {
        let progress = &mut self.progress;
        progress.done += by as u64;
        // An import may add to the work while it is done.
        progress.total = progress.total.max(progress.done);
        let ms = self.began.elapsed().as_millis().max(1);
        let narrow = |n: u128| u64::try_from(n).unwrap_or(u64::MAX);
        progress.per_s = narrow(u128::from(progress.done) * 1000 / ms);
        let left = u128::from(progress.total - progress.done);
        progress.left_ms =
            (progress.done > 0).then(|| narrow(left * ms / u128::from(progress.done)));
        self.watch.set(progress);
    }

    async fn fingerprint(&mut self, console: &Console) -> Result<()> {
        let waiting = fingerprint::counts(&mut *console.store().read().await?).await?.without;
        self.step(RefreshStep::Fingerprint, waiting);
        if waiting == 0 {
            return Ok(());
        }
        if !console.confined().await {
            self.skip();
            return Ok(());
        }
        while !self.watch.stopped() {
            let items = fingerprint::waiting(&mut *console.store().read().await?, ITEMS).await?;
            if items.is_empty() {
                break;
            }
            let (desk, count) = (console.clone(), items.len());
            let made = tokio::task::spawn_blocking(move || make_all(&desk, items))
                .await
                .map_err(|error| broke_off().caused_by(error))?;
            let Some(made) = made else {
                self.skip();
                break;
            };
            keep(console, &made).await?;
            let none = made.iter().filter(|made| made.problem.is_some()).count();
            self.progress.not_comparable += none as u64;
            self.progress.fingerprinted += (count - none) as u64;
            self.advance(count);
        }
        Ok(())
    }

    fn skip(&mut self) {
        self.progress.skipped = Some(WireError {
            code: "CLUSTER-11".to_owned(),
            message: "This machine cannot confine the decoder, so no fingerprints were made. Clusters rest on those that \
                      scanners gave. casectl doctor says what is missing."
                .to_owned(),
        });
    }

    async fn compare(&mut self, console: &Console) -> Result<()> {
        let waiting = fingerprint::counts(&mut *console.store().read().await?).await?.unlinked;
        self.step(RefreshStep::Compare, waiting);
        if waiting == 0 || self.watch.stopped() {
            return Ok(());
        }
        let mut partition = load(console).await?;
        while !self.watch.stopped() {
            let new = rows::unlinked(&mut *console.store().read().await?, PRINTS).await?;
            if new.is_empty() {
                break;
            }
            let prints: Vec<_> = new
                .iter()
                .map(|row| (words::case_number(row.case_id), read_pdq(&row.pdq)))
                .collect();
            let (back, added) = tokio::task::spawn_blocking(move || {
                let added = partition.add(&prints);
                (partition, added)
            })
            .await
            .map_err(|error| broke_off().caused_by(error))?;
            added?;
            partition = back;
            link(console, &mut partition, &new).await?;
            self.progress.compared += new.len() as u64;
            self.advance(new.len());
        }
        Ok(())
    }
}

fn broke_off() -> Error {
    Error::store(
        "CLUSTER-09",
        "Comparing pictures broke off. Run casectl cluster again; it goes on where it was.",
    )
}

/// What the airlock answered about one item.
#[derive(Serialize)]
struct Made {
    id: i64,
    pdq: Option<String>,
    quality: Option<u8>,
    problem: Option<&'static str>,
    #[serde(skip)]
    record: [u8; 32],
}

/// On all cores, each with a confined process of its own and one item at a time. `None`: this machine cannot.
fn make_all(console: &Console, items: Vec<WaitingRow>) -> Option<Vec<Made>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let (give, take) = mpsc::channel();
    for item in items {
        // The receiver stands below; nothing can be lost.
        let _ = give.send(item);
    }
    drop(give);
    let queue = Arc::new(Mutex::new(take));
    let mut made: Vec<Made> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let queue = Arc::clone(&queue);
                scope.spawn(move || make_some(console, &queue))
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().ok()?)
            .collect::<Option<Vec<_>>>()
            .map(|shares| shares.into_iter().flatten().collect())
    })?;
    made.sort_unstable_by_key(|made| made.id);
    Some(made)
}

fn make_some(console: &Console, queue: &Mutex<mpsc::Receiver<WaitingRow>>) -> Option<Vec<Made>> {
    let mut worker: Option<PdqWorker> = None;
    let mut made = Vec::new();
    loop {
        let Ok(item) = queue.lock().ok()?.recv() else { return Some(made) };
        made.push(make(console, &mut worker, &item).ok()?);
    }
}

/// Outer error: the machine's doing, so nothing is said of the item.
fn make(
    console: &Console,
    worker: &mut Option<PdqWorker>,
    item: &WaitingRow,
) -> Result<Made, AirlockError> {
    let answer = print(console, worker, item)?;
    let mut made = Made { id: item.id, pdq: None, quality: None, problem: None, record: [0; 32] };
    let mut record = item.blake3.clone();
    match answer {
        Ok((pdq, quality)) => {
            record.extend(pdq);
            record.push(quality);
            (made.pdq, made.quality) = (Some(hex::encode(pdq)), Some(quality));
        }
        Err(code) => {
            record.extend(code.as_bytes());
            made.problem = Some(code);
        }
    }
    made.record = sha256(&record);
    Ok(made)
}

fn print(
    console: &Console,
    worker: &mut Option<PdqWorker>,
    item: &WaitingRow,
) -> Result<Result<([u8; 32], u8), &'static str>, AirlockError> {
    if item.media_type.as_deref().is_some_and(|kind| !may_be_a_picture(kind)) {
        return Ok(Err("other_media"));
    }
    let identity: [u8; 32] = item.blake3.as_slice().try_into().unwrap_or_default();
    let bytes = match console.vault().open(&identity) {
        Ok(bytes) => bytes,
        Err(error) if error.code == "VAULT-05" => return Ok(Err("too_large")),
        Err(_) => return Ok(Err("not_in_vault")),
    };
    let airlock = console.airlock().ok_or(AirlockError::NotStarted)?;
    let worker = match worker {
        Some(worker) => worker,
        None => worker.insert(PdqWorker::start(airlock)?),
    };
    match worker.pdq_of(bytes) {
        Ok(print) => Ok(Ok((print.pdq.to_bytes(), print.quality))),
        Err(refusal) if refusal.is_machines() => Err(AirlockError::NotStarted),
        Err(refusal) => Ok(Err(refusal.code())),
    }
}

/// A type that says nothing is no reason not to look.
fn may_be_a_picture(media_type: &str) -> bool {
    let kind = media_type.trim().to_ascii_lowercase();
    kind.is_empty() || kind.starts_with("image/") || kind == "application/octet-stream"
}

async fn keep(console: &Console, made: &[Made]) -> Result<()> {
    let mut problems: BTreeMap<&str, u64> = BTreeMap::new();
    for problem in made.iter().filter_map(|made| made.problem) {
        *problems.entry(problem).or_default() += 1;
    }
    let records: Vec<[u8; 32]> = made.iter().map(|made| made.record).collect();
    let write = Unlogged::begin(console.store()).await?;
    let event = Event::new(
        "items.fingerprinted",
        json!({
            "algorithm": "pdq",
            "fingerprints": made.iter().filter(|made| made.pdq.is_some()).count(),
            "items_root": hex::encode(root_of(&records)?),
            "not_comparable": problems,
        }),
    );
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let text = serde_json::to_string(made).map_err(|error| broke_off().caused_by(error))?;
    fingerprint::insert(write.conn(), &text, seq).await?;
    write.commit().await
}

/// Everything that was compared before.
async fn load(console: &Console) -> Result<Partition> {
    let mut conn = console.store().read().await?;
    let mut known = Vec::new();
    let mut after = 0;
    loop {
        let page = rows::linked(&mut conn, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.item_id;
        known.extend(page.iter().map(|row| Known {
            case: words::case_number(row.case_id),
            pdq: read_pdq(&row.pdq),
            group: row.cluster_id.map(words::case_number),
        }));
    }
    let next = words::case_number(rows::last_id(&mut conn).await?).saturating_add(1);
    drop(conn);
    tokio::task::spawn_blocking(move || Partition::new(known, next))
        .await
        .map_err(|error| broke_off().caused_by(error))
}

/// Writes down what a batch of fingerprints changed.
async fn link(console: &Console, partition: &mut Partition, new: &[PrintedRow]) -> Result<()> {
    let changes = partition.take_changes();
    let write = Unlogged::begin(console.store()).await?;
    let event = Event::new(
        "clusters.grown",
        json!({
            "cases_moved": changes.moved.len(),
            "clusters_changed": changes.touched.len(),
            "fingerprints": new.len(),
            "threshold": crate::hash::pdq::MATCH,
        }),
    );
    let (mut write, _) = write.log(console.clock(), console.actor(), event).await?;
    let items: Vec<i64> = new.iter().map(|row| row.item_id).collect();
    rows::mark_linked(write.conn(), &text(&items)?).await?;
    let moved: Vec<(u32, u32)> = changes.moved.into_iter().collect();
    if !moved.is_empty() {
        rows::move_members(write.conn(), &text(&moved)?, &text(&changes.gone)?).await?;
    }
    for group in changes.touched {
        let id = i64::from(group);
        let members: Vec<_> = rows::prints(write.conn(), id)
            .await?
            .into_iter()
            .map(|(case, pdq)| (words::case_number(case), read_pdq(&pdq)))
            .collect();
        let (Some((first, _)), Some(poles)) = (members.first(), poles(&members)) else { continue };
        let shape = Shape {
            id,
            first_case: i64::from(*first),
            cases: i64::try_from(members.len()).unwrap_or(i64::MAX),
            medoid: i64::from(poles.medoid),
            farthest: i64::from(poles.farthest),
            widest: i64::from(poles.widest),
        };
        rows::put(write.conn(), &shape).await?;
    }
    write.commit().await
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| broke_off().caused_by(error))
}
