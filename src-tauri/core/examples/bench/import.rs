//! Intake: with bytes against the digests alone, and a file that is known already against its parsing.
//!
//! Small items show what each one costs beyond its bytes (a key exchange, a file, a row); large ones what each byte costs.

use std::fs::{self, File};
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, anyhow};
use casement_core::hash;

use crate::row::{Pairs, timed};
use crate::stage::{self, Finds, Stage};

/// At least 0.8 of the digests' rate.
const GOAL: f64 = 1.25;

pub(crate) async fn measure(stage: &Stage) -> Result<()> {
    small(stage).await?;
    large(stage).await
}

async fn small(stage: &Stage) -> Result<()> {
    let finds = stage.small()?;
    let threads = threads();
    // Brings the files into memory for both sides.
    digest_all(&finds, threads)?;
    let dir = stage.fresh("store")?;
    let desk = stage::new_store(&dir).await?;
    let mut pairs = Pairs::default();
    let (done, took) = timed(stage::import(&desk, &finds)).await;
    done?;
    pairs.ours(took);
    let start = Instant::now();
    digest_all(&finds, threads)?;
    pairs.floor(start.elapsed());
    eprintln!("{:.0} finds/s with 1 KiB each", per_second(finds.count, took));
    pairs.print_middle(
        &format!("import of {} finds of 1 KiB", finds.count),
        &format!("four digests of the same files, {threads} threads"),
        None,
    )?;

    let mut pairs = Pairs::default();
    for _ in 0..3 {
        let (done, took) = timed(stage::import(&desk, &finds)).await;
        done?;
        pairs.ours(took);
        let start = Instant::now();
        for line in stage::lines(&finds)? {
            line?;
        }
        pairs.floor(start.elapsed());
        eprintln!("{:.0} known finds/s", per_second(finds.count, took));
    }
    pairs.print_middle(
        &format!("import of {} finds, all known", finds.count),
        "serde_json over the lines, 1 thread",
        None,
    )?;
    desk.lock().await?;
    let kept = stage.kept("store");
    stage::remove(&kept)?;
    Ok(fs::rename(dir, kept)?)
}

async fn large(stage: &Stage) -> Result<()> {
    let finds = stage.large()?;
    let threads = threads();
    digest_all(&finds, threads)?;
    let mut pairs = Pairs::default();
    for _ in 0..3 {
        let dir = stage.fresh("large")?;
        let desk = stage::new_store(&dir).await?;
        let (done, took) = timed(stage::import(&desk, &finds)).await;
        done?;
        pairs.ours(took);
        let start = Instant::now();
        digest_all(&finds, threads)?;
        pairs.floor(start.elapsed());
        desk.lock().await?;
        stage::remove(&dir)?;
    }
    pairs.print_middle(
        &format!("import of {} finds of 1 MiB", finds.count),
        &format!("four digests of the same files, {threads} threads"),
        Some(GOAL),
    )
}

/// Intake seals on this many.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(8)
}

/// Reads and digests every file once, each thread its own share.
fn digest_all(finds: &Finds, threads: usize) -> Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(&finds.bytes)? {
        files.push(entry?.path());
    }
    files.sort_unstable();
    let one = |path: &Path| -> Result<()> {
        std::hint::black_box(hash::digests(File::open(path)?)?);
        Ok(())
    };
    std::thread::scope(|scope| {
        let shares: Vec<_> = files
            .chunks(files.len().div_ceil(threads).max(1))
            .map(|share| scope.spawn(move || share.iter().try_for_each(|path| one(path))))
            .collect();
        shares
            .into_iter()
            .try_for_each(|share| share.join().map_err(|_| anyhow!("a thread broke off"))?)
    })
}

fn per_second(count: usize, took: std::time::Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64()
}
