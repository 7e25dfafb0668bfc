//! What is measured on: synthetic finds with their bytes, and a store that holds them. Kept between runs.
//!
//! The bytes are numbers drawn from a seed; nothing here is a picture.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use casement_core::account::keyring::Passphrase;
use casement_core::hash::{Digests, digests};
use casement_core::intake::{Import, Watch, begin};
use casement_core::wire::{ImportProgress, ImportState, Role};
use casement_core::{Console, Opening, policy};
use serde_json::{Value, json};

const SUPERVISOR: &str = "a supervisor who measures";
const REVIEWER: &str = "a reviewer who measures";

/// Folder and sizes of a run.
pub(crate) struct Stage {
    dir: PathBuf,
    quick: bool,
}

/// Finds on disk.
pub(crate) struct Finds {
    pub(crate) lines: PathBuf,
    pub(crate) bytes: PathBuf,
    pub(crate) count: usize,
}

/// What decides where find number `n` stands in a queue.
pub(crate) struct Place {
    pub(crate) list: usize,
    pub(crate) band: &'static str,
    pub(crate) rank: u64,
    pub(crate) distance: Option<u64>,
    pub(crate) quality: Option<u64>,
    pub(crate) host: usize,
}

/// Lists the finds are spread over.
pub(crate) const LISTS: usize = 3;
/// The largest distance that counts as near.
pub(crate) const THRESHOLD: u64 = 31;

impl Stage {
    /// Takes the folder from `CASEMENT_BENCH_DIR`.
    pub(crate) fn new(quick: bool) -> Result<Self> {
        let dir = std::env::var_os("CASEMENT_BENCH_DIR")
            .map(PathBuf::from)
            .context("CASEMENT_BENCH_DIR names the folder to measure in")?;
        fs::create_dir_all(&dir)?;
        Ok(Self { dir, quick })
    }

    /// Cases in the store.
    pub(crate) fn cases(&self) -> usize {
        if self.quick { 5_000 } else { 100_000 }
    }

    /// One number for a glance, another for a figure.
    pub(crate) fn repeat(&self, quick: usize, full: usize) -> usize {
        if self.quick { quick } else { full }
    }

    /// A place for something of this run; whatever a broken-off run left there is gone.
    pub(crate) fn fresh(&self, name: &str) -> Result<PathBuf> {
        let path = self.dir.join(format!("{name}.unfinished"));
        remove(&path)?;
        Ok(path)
    }

    /// A file of this run by its name.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Where something is kept between runs.
    pub(crate) fn kept(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}-{}", self.cases()))
    }

    /// As many finds as there are cases, one KiB each.
    pub(crate) fn small(&self) -> Result<Finds> {
        self.finds(self.cases(), 1024)
    }

    /// Finds with one MiB each.
    pub(crate) fn large(&self) -> Result<Finds> {
        self.finds(self.repeat(64, 200), 1024 * 1024)
    }

    fn finds(&self, count: usize, size: usize) -> Result<Finds> {
        let name = format!("finds-{count}x{size}");
        let dir = self.dir.join(&name);
        if !dir.is_dir() {
            let half = self.fresh(&name)?;
            fs::create_dir_all(half.join("bytes"))?;
            let mut lines = BufWriter::new(File::create(half.join("finds.jsonl"))?);
            for n in 0..count {
                let content = content(n, size);
                fs::write(half.join("bytes").join(quarantine_ref(n)), &content)?;
                writeln!(lines, "{}", find(n, &digests(content.as_slice())?))?;
            }
            lines.into_inner()?.sync_all()?;
            fs::rename(half, &dir)?;
        }
        Ok(Finds { lines: dir.join("finds.jsonl"), bytes: dir.join("bytes"), count })
    }

    /// The store with every small find imported, as its reviewer; made when it is not there yet.
    pub(crate) async fn store(&self) -> Result<PathBuf> {
        let dir = self.kept("store");
        if !dir.is_dir() {
            let half = self.fresh("store")?;
            let desk = new_store(&half).await?;
            import(&desk, &self.small()?).await?;
            desk.lock().await?;
            fs::rename(half, &dir)?;
        }
        Ok(dir)
    }
}

/// Makes a workspace without an undo window, and answers its reviewer's console.
pub(crate) async fn new_store(dir: &Path) -> Result<Console> {
    let own = Passphrase::new(SUPERVISOR.to_owned());
    let supervisor =
        Console::init(dir, "supervisor", &own, Role::Supervisor, Opening::default()).await?;
    let mut new = policy::first();
    "2.0".clone_into(&mut new.version);
    new.undo_s = 0;
    policy::set(&supervisor, &new).await?;
    supervisor
        .add_account("reviewer", &Passphrase::new(REVIEWER.to_owned()), Role::Reviewer, &own)
        .await?;
    supervisor.lock().await?;
    reviewer(dir).await
}

/// The reviewer's console on a store made here.
pub(crate) async fn reviewer(dir: &Path) -> Result<Console> {
    let own = Passphrase::new(REVIEWER.to_owned());
    Ok(Console::unlock(dir, "reviewer", &own, Opening::default()).await?)
}

/// Imports finds, and makes sure that every one was taken in or was known.
pub(crate) async fn import(desk: &Console, finds: &Finds) -> Result<ImportProgress> {
    let import = Import {
        finds: BufReader::new(File::open(&finds.lines)?),
        name: "finds.jsonl".to_owned(),
        total_bytes: fs::metadata(&finds.lines)?.len(),
        bytes: finds.bytes.clone(),
    };
    let done = Box::pin(begin(desk, import).await?.run(desk, &Watch::default())).await?;
    ensure!(
        done.state == ImportState::Done
            && done.left_out == 0
            && usize::try_from(done.new_finds + done.known)? == finds.count,
        "the import did not take in every find: {} new, {} known, {} left out",
        done.new_finds,
        done.known,
        done.left_out
    );
    Ok(done)
}

/// Removes a file with its write-ahead log, or a folder, if it is there.
pub(crate) fn remove(path: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let path = PathBuf::from(name);
        if path.is_dir() {
            fs::remove_dir_all(&path)?;
        } else if path.exists() {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// SplitMix64: the `n`th number of the stream that belongs to `seed`.
pub(crate) fn draw(seed: usize, n: usize) -> u64 {
    let mut z = (seed as u64 ^ 0x2545_f491_4f6c_dd1d)
        .wrapping_mul(0xd134_2543_de82_ef95)
        .wrapping_add((n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number below `bound`, which is small.
pub(crate) fn below(bound: usize, drawn: u64) -> usize {
    usize::try_from(drawn % bound.max(1) as u64).unwrap_or(0)
}

fn content(n: usize, size: usize) -> Vec<u8> {
    (0..size / 8).flat_map(|at| draw(n, at).to_le_bytes()).collect()
}

fn quarantine_ref(n: usize) -> String {
    format!("q-{n:06}")
}

/// One in ten is exact, one in ten near at low quality, the rest near.
pub(crate) fn place(n: usize) -> Place {
    let distance = draw(n, 1 << 40) % (THRESHOLD + 1);
    let share = distance * 100 / THRESHOLD;
    let (band, rank, distance, quality) = match n % 10 {
        0 => ("exact", 0, None, None),
        1 => ("low-quality", 300 + share, Some(distance), Some(10 + distance)),
        _ => ("near", 100 + share, Some(distance), Some(100 - distance)),
    };
    Place { list: n % LISTS, band, rank, distance, quality, host: below(50, draw(n, 1 << 41)) }
}

/// Hex of as many drawn bytes as a digest of this kind has.
fn hex(seed: usize, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes * 2);
    for at in 0..bytes.div_ceil(8) {
        let _ = write!(text, "{:016x}", draw(seed, (1 << 42) + at));
    }
    text.truncate(bytes * 2);
    text
}

/// The line of find number `n`: as long as that of a shard made by a common downloader, with its gaps declared.
fn find(n: usize, digests: &Digests) -> Value {
    let place = place(n);
    let id = uuid::Builder::from_random_bytes(
        (u128::from(draw(n, 1 << 43)) << 64 | n as u128).to_be_bytes(),
    );
    let sha256 = ::hex::encode(digests.sha256);
    let list = json!({
        "provider": "synthetic", "name": format!("SYNTH-{}", place.list), "version": "2026-01-01",
        "snapshot_sha256": hex(place.list, 32), "entry_count": 4096, "entry_id": format!("E-{:04}", n % 4096),
        "label": "synthetic-A"
    });
    let matched = match place.distance {
        None => json!({
            "algorithm": "sha256", "kind": "exact", "query_value": sha256, "matched_value": sha256, "list": list
        }),
        Some(distance) => json!({
            "algorithm": "pdq", "algorithm_version": "1", "kind": "near", "query_value": hex(n, 32),
            "query_quality": place.quality, "matched_value": hex(n ^ 1, 32), "distance": distance,
            "distance_unit": "hamming_bits", "threshold": THRESHOLD, "list": list
        }),
    };
    let shard = format!("{:05}", n / 10_000);
    let never = |field: &str| json!({ "field": field, "reason": "never_recorded" });
    json!({
        "schema": "find/v1",
        "find_id": id.into_uuid(),
        "emitted_at": "2026-01-02T03:04:05.678Z",
        "scanner": {
            "name": "bench", "version": "1.0.0", "run_id": "bench-1", "config_sha256": hex(7, 32),
            "scanned_at": "2026-01-02T03:04:05.678Z"
        },
        "object": {
            "digests": {
                "sha256": sha256, "sha1": ::hex::encode(digests.sha1), "md5": ::hex::encode(digests.md5)
            },
            "size_bytes": digests.size_bytes, "media_type": "image/jpeg", "width": 224, "height": 149,
            "bytes_are": "as_fetched", "quarantine_ref": quarantine_ref(n),
            "embedded": { "exif": "stripped_upstream", "xmp": "stripped_upstream", "c2pa": "not_checked" }
        },
        "matches": [matched],
        "locator": {
            "dataset": {
                "id": format!("example/pairs-{}", n % 7), "version": "2026-01", "version_kind": "release_label",
                "manifest_sha256": hex(n % 7, 32), "supplier": "Example Supplier",
                "supplier_contact": "abuse@supplier.example", "obtained_at": "2026-01-01T00:00:00Z"
            },
            "steps": [
                { "kind": "local_file", "uri": format!("pairs/{shard}.tar"), "size_bytes": 225_280,
                  "digests": { "sha256": hex(n / 10_000, 32) } },
                { "kind": "tar_member", "member": format!("{n:07}.jpg"), "offset": 19_456,
                  "length": digests.size_bytes, "digests": { "sha256": sha256 } },
                { "kind": "parquet_row", "uri": format!("pairs/{shard}.parquet"), "row": n % 10_000,
                  "keys": { "key": format!("{n:07}"), "uid": hex(n, 16) } }
            ]
        },
        "acquisition": {
            "origin_url": format!("http://images-{}.example/{n}.jpg", place.host),
            "page_url": format!("http://gallery-{}.example/p/{n}", place.host),
            "fetched_interval": { "start": "2026-01-01T00:00:00Z", "end": "2026-01-01T00:10:00Z" },
            "time_precision": "shard_interval",
            "fetcher": { "name": "img2dataset", "version": "1.47.0", "user_agent": "Mozilla/5.0 (X11; Linux x86_64)" }
        },
        "missing": [
            never("acquisition.final_url"), never("acquisition.fetched_at"), never("acquisition.server_ip"),
            never("acquisition.http_headers")
        ]
    })
}

/// The finds' lines, parsed; for floors that are filled from them.
pub(crate) fn lines(finds: &Finds) -> Result<impl Iterator<Item = Result<(String, Value)>>> {
    use std::io::BufRead as _;
    Ok(BufReader::new(File::open(&finds.lines)?).lines().map(|line| {
        let line = line?;
        let value = serde_json::from_str(&line).context("a line of finds is not JSON")?;
        Ok((line, value))
    }))
}
