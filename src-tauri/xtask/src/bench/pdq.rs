//! PDQ by the airlock's hashing process against PyPI `pdqhash`: first whether it says the same of more than a thousand
//! varied pictures, then how long it takes. Counts no time unless the hashes agree as far as they must.
//!
//! Ours counts everything a scan pays: handing the bytes over, decoding in the confined process, hashing, the answer.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use super::row::{Row, median};
use super::{folder, python};
use crate::place::{Place, Profile};
use crate::shell;

/// Two implementations may differ by this much where the quality is at least that (`pdq/README.md`).
const APART: u32 = 10;
const QUALITY: u8 = 80;
/// Files one process takes (`MAX_FILES` of the protocol).
const FILES: u32 = 256;
/// At least one and a half times the speed.
const GOAL: f64 = 0.67;

pub(super) fn measure(place: &Place, quick: bool) -> Result<Vec<Row>> {
    let python = python::with(place, &[python::NUMPY, python::PILLOW, python::PDQHASH])?;
    let dir = folder(place)?;
    let mut ours = Worker::start(&place.program(Profile::Release, "casement-airlock"))?;
    let corpus = corpus(place, &python, if quick { 150 } else { 1200 })?;
    // The reference is judged on the pixels it was given; what two decoders make of one file is told beside it.
    let hashing = agree(&mut ours, &corpus, "the same pixels", |name| {
        corpus.join("decoded").join(format!("{name}.png"))
    })?;
    agree(&mut ours, &corpus, "files, each decoded by its own side", |name| corpus.join(name))?;
    ensure!(hashing.near >= 99.9 && hashing.median <= 2, "the hashes are not the reference's");

    let script = place.top.join("src-tauri/xtask/src/bench/reference.py");
    if !dir.join("pdq-12mp.png").is_file() {
        shell::read(Command::new(&python).arg(&script).arg("make").arg(&dir))?;
    }
    let mut peer = Peer::start(&python, &script)?;
    let mut rows = Vec::new();
    for (size, rounds) in [("0.3mp", 41), ("12mp", 11)] {
        let rounds = if quick { 5 } else { rounds };
        let words = size.replace("mp", " MP");
        // A PNG without compression costs next to nothing to decode, and holds the pixels the peer was given.
        let pixels = pairs(&mut ours, &mut peer, &dir.join(format!("pdq-{size}.png")), rounds)?;
        rows.push(Row {
            what: format!("PDQ of {words}, decoded before"),
            ours_ms: pixels.ours,
            floor_ms: pixels.hashed,
            floor_name: "pdqhash 0.2.8 on its array".to_owned(),
            goal: Some(GOAL),
        });
        let jpeg = pairs(&mut ours, &mut peer, &dir.join(format!("pdq-{size}.jpg")), rounds)?;
        rows.push(Row {
            what: format!("PDQ of a {words} JPEG"),
            ours_ms: jpeg.ours,
            floor_ms: jpeg.whole,
            floor_name: "Pillow 13 and pdqhash".to_owned(),
            goal: None,
        });
    }
    Ok(rows)
}

/// Varied pictures with what the reference says of each, made once.
fn corpus(place: &Place, python: &Path, count: u32) -> Result<PathBuf> {
    let dir = folder(place)?.join(format!("pdq-pixels-{count}"));
    if !dir.is_dir() {
        let half = dir.with_extension("half");
        let script = place.top.join("tests/fixtures/pdq/make.py");
        shell::read(
            Command::new(python).arg(script).arg("corpus").arg(&half).arg(count.to_string()),
        )?;
        fs::rename(half, &dir)?;
    }
    Ok(dir)
}

/// How far two implementations agree.
struct Agreement {
    /// Percent within [`APART`] bits, of those with [`QUALITY`] or more.
    near: f64,
    /// Bits.
    median: u32,
}

/// Hashes the file that `which` gives for each picture, and says how far that is from what the reference said of it.
fn agree(
    ours: &mut Worker,
    corpus: &Path,
    what: &str,
    which: impl Fn(&str) -> PathBuf,
) -> Result<Agreement> {
    let expected = fs::read_to_string(corpus.join("expected.csv"))?;
    let mut apart: Vec<u32> = Vec::new();
    let (mut told, mut near, mut same_quality) = (0, 0, 0);
    for line in expected.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [name, text, quality] = *fields.as_slice() else { bail!("not a row: {line}") };
        let (hash, our_quality) = ours.hash(&fs::read(which(name))?)?;
        let distance = distance(&hash, text)?;
        let quality: u8 = quality.parse()?;
        apart.push(distance);
        same_quality += u32::from(quality == our_quality);
        if quality >= QUALITY {
            told += 1;
            near += u32::from(distance <= APART);
        }
    }
    apart.sort_unstable();
    let count = u32::try_from(apart.len())?;
    let (middle, most) = (apart.get(apart.len() / 2), apart.last());
    let (Some(&median), Some(&most)) = (middle, most) else { bail!("there is nothing to compare") };
    let exact = u32::try_from(apart.iter().filter(|distance| **distance == 0).count())?;
    let share = |part: u32, of: u32| 100.0 * f64::from(part) / f64::from(of.max(1));
    let near = share(near, told);
    println!(
        "  {what}: {count} pictures, {:.2} % the same to the bit, median {median}, largest {most} bits apart; quality the same in {:.2} %;",
        share(exact, count),
        share(same_quality, count),
    );
    println!("  of {told} with quality {QUALITY} or more, {near:.2} % within {APART} bits");
    Ok(Agreement { near, median })
}

fn distance(hash: &[u8], text: &str) -> Result<u32> {
    ensure!(text.len() == 2 * hash.len() && text.is_ascii(), "not a hash: {text}");
    let mut apart = 0;
    for (at, byte) in hash.iter().enumerate() {
        let digits = text.get(2 * at..2 * at + 2).context("not a hash")?;
        apart += (byte ^ u8::from_str_radix(digits, 16)?).count_ones();
    }
    Ok(apart)
}

/// Medians in milliseconds: ours, the peer's from file to hash, and its hash alone.
struct Medians {
    ours: f64,
    whole: f64,
    hashed: f64,
}

/// Takes turns on one file; the first turn warms caches on both sides and is not counted.
fn pairs(ours: &mut Worker, peer: &mut Peer, file: &Path, rounds: u32) -> Result<Medians> {
    let bytes = fs::read(file)?;
    let (mut our_ms, mut whole, mut hashed) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=rounds {
        let start = Instant::now();
        let (hash, _) = ours.hash(&bytes)?;
        let took = start.elapsed().as_secs_f64() * 1000.0;
        let (text, whole_ms, hashed_ms) = peer.hash(file)?;
        ensure!(distance(&hash, &text)? <= APART, "the hashes are not the same");
        if round > 0 {
            our_ms.push(took);
            whole.push(whole_ms);
            hashed.push(hashed_ms);
        }
    }
    let middle = |times| median(times).context("no pair was taken");
    Ok(Medians { ours: middle(our_ms)?, whole: middle(whole)?, hashed: middle(hashed)? })
}

/// The airlock's hashing process, kept warm.
struct Worker {
    program: PathBuf,
    process: Process,
    taken: u32,
}

impl Worker {
    fn start(program: &Path) -> Result<Self> {
        let process = Process::start(Command::new(program).arg("--pdq").env_clear())?;
        Ok(Self { program: program.to_path_buf(), process, taken: 0 })
    }

    /// Hash and quality of a file.
    fn hash(&mut self, file: &[u8]) -> Result<([u8; 32], u8)> {
        if self.taken == FILES {
            *self = Self::start(&self.program)?;
        }
        self.taken += 1;
        // The head of casement-airlock's protocol: magic, version, three zeros, length.
        let mut head = [0; 16];
        head[..4].copy_from_slice(b"CSAH");
        head[4] = 1;
        head[8..].copy_from_slice(&u64::try_from(file.len())?.to_le_bytes());
        self.process.ask.write_all(&head)?;
        self.process.ask.write_all(file)?;
        let mut answer = [0; 44];
        self.process.answers.read_exact(&mut answer)?;
        let [status, _, quality, _, _, _, _, _, _, _, _, _, hash @ ..] = answer;
        ensure!(status == 0, "the airlock refused a picture ({status})");
        Ok((hash, quality))
    }
}

/// Pillow and pdqhash in a warm interpreter.
struct Peer(Process);

impl Peer {
    fn start(python: &Path, script: &Path) -> Result<Self> {
        let mut process = Process::start(Command::new(python).arg(script).arg("hash"))?;
        process.answers.read_line(&mut String::new())?;
        Ok(Self(process))
    }

    /// Hash, milliseconds from file to hash, and for the hash alone.
    fn hash(&mut self, file: &Path) -> Result<(String, f64, f64)> {
        writeln!(self.0.ask, "{}", file.display())?;
        let mut line = String::new();
        self.0.answers.read_line(&mut line)?;
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [text, _, whole, hashed] = *fields.as_slice() else { bail!("pdqhash did not answer") };
        Ok((text.to_owned(), whole.parse()?, hashed.parse()?))
    }
}

struct Process {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Process {
    fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let ask = child.stdin.take().context("no standard input")?;
        let answers = BufReader::new(child.stdout.take().context("no standard output")?);
        Ok(Self { child, ask, answers })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
