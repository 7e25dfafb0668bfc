//! A 12 MP JPEG down to samples: the airlock's process against Pillow.
//! Ours counts everything an opened case pays: starting the process, confining it, handing the
//! bytes over, decoding, averaging. The peer counts its decoding and averaging in a warm interpreter.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::python;
use super::row::{Row, median};
use crate::place::{Place, Profile};
use crate::shell;

/// Samples along the long side at each level above hash-only.
const LEVELS: [(&str, u8); 3] = [("mosaic", 16), ("strong", 32), ("soft", 96)];

/// One row a level: medians of pairs taken one after the other.
pub(super) fn measure(place: &Place, quick: bool) -> Result<Vec<Row>> {
    let dir = super::folder(place)?;
    let python = python::with(place, &[python::PILLOW])?;
    let script = place.top.join("src-tauri/xtask/src/bench/pillow.py");
    let jpeg = dir.join("12mp.jpg");
    if !jpeg.is_file() {
        let half = dir.join("12mp.half.jpg");
        shell::read(Command::new(&python).arg(&script).arg("make").arg(&half))?;
        fs::rename(half, &jpeg)?;
    }
    let bytes = fs::read(&jpeg)?;
    let airlock = place.program(Profile::Release, "casement-airlock");
    let pairs = if quick { 5 } else { 31 };
    LEVELS
        .into_iter()
        .map(|(level, k)| {
            let mut peer = Peer::start(&python, &script, &jpeg, k)?;
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            // The first pair warms caches on both sides and is not counted.
            for pair in 0..=pairs {
                let (our_ms, their_ms) = (veil(&airlock, &bytes, k)?, peer.veil()?);
                if pair > 0 {
                    ours.push(our_ms);
                    theirs.push(their_ms);
                }
            }
            Ok(Row {
                what: format!("veil of a 12 MP JPEG, {level}"),
                ours_ms: median(ours).context("no pair was taken")?,
                floor_ms: median(theirs).context("no pair was taken")?,
                floor_name: "Pillow 13, draft".to_owned(),
                goal: Some(0.40),
            })
        })
        .collect()
}

/// One picture through a fresh airlock process, in milliseconds.
fn veil(airlock: &Path, bytes: &[u8], k: u8) -> Result<f64> {
    // The request header of casement-airlock's protocol: magic, version, k, grey, 0, length.
    let mut request = Vec::with_capacity(16 + bytes.len());
    request.extend(*b"CSAL");
    request.extend([1, k, 0, 0]);
    request.extend(u64::try_from(bytes.len())?.to_le_bytes());
    request.extend(bytes);
    let start = Instant::now();
    let mut child = Command::new(airlock)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("the airlock cannot be started")?;
    let mut stdin = child.stdin.take().context("no standard input")?;
    let mut stdout = child.stdout.take().context("no standard output")?;
    let mut answer = Vec::new();
    thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(&request));
        stdout.read_to_end(&mut answer)
    })?;
    let status = child.wait()?;
    let took = start.elapsed().as_secs_f64() * 1000.0;
    if !status.success() {
        bail!("the airlock refused the picture ({status})");
    }
    let samples = answer.len().saturating_sub(14);
    let long = usize::from(k);
    if samples != long * (long * 3 / 4) {
        bail!("the airlock answered {samples} samples for level {k}");
    }
    Ok(took)
}

/// Pillow in a warm interpreter.
struct Peer {
    process: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    fn start(python: &Path, script: &Path, jpeg: &Path, k: u8) -> Result<Self> {
        let mut process = Command::new(python)
            .arg(script)
            .arg("veil")
            .arg(jpeg)
            .arg(k.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let ask = process.stdin.take().context("no standard input")?;
        let mut answers = BufReader::new(process.stdout.take().context("no standard output")?);
        let mut ready = String::new();
        answers.read_line(&mut ready)?;
        Ok(Self { process, ask, answers })
    }

    fn veil(&mut self) -> Result<f64> {
        self.ask.write_all(b"\n")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        line.trim().parse().context("Pillow did not answer with a time")
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
