//! The four digests of one large tar in one pass, and a whole `casectl scan` of it against a list: against the tools
//! that take one digest each, and against MD5 alone, the slowest of them. All read the same file from the same cache,
//! as whole processes.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::folder;
use super::row::{Row, median};
use crate::place::{Place, Profile};
use crate::{setup, shell};

/// Bytes of a member, which is a whole number of tar's blocks.
const MEMBER: usize = 4 << 20;
const BLOCK: usize = 512;

/// What each tool takes, in the order they are printed.
struct Peers {
    b3sum: PathBuf,
}

pub(super) fn measure(place: &Place, quick: bool) -> Result<Vec<Row>> {
    setup::tool(place, &setup::B3SUM)?;
    let peers = Peers { b3sum: place.tool("b3sum") };
    let members = if quick { 32 } else { 256 };
    let tar = folder(place)?.join(format!("digests-{members}.tar"));
    if !tar.is_file() {
        make(&tar, members)?;
    }
    let program = place.program(Profile::Release, "examples").join("bench");
    let ours = |threads: &str| {
        let mut command = Command::new(&program);
        command.arg("digests").arg(&tar).arg(threads);
        timed(&mut command)
    };
    let scan = Scan::of(&tar, place.program(Profile::Release, "casectl"))?;
    let (mut one, mut two, mut each, mut slowest) = (vec![], vec![], vec![], vec![]);
    let mut scanned = vec![];
    for round in 0..if quick { 3 } else { 6 } {
        let (said, our_ms) = ours("2")?;
        let (said_by_one, alone_ms) = ours("1")?;
        let (theirs, times) = peers.digests(&tar)?;
        if said.lines().ne(theirs.iter().map(String::as_str)) || said != said_by_one {
            bail!("the digests are not those of the other tools");
        }
        let scan_ms = scan.run(members)?;
        // The first round brings the file into memory.
        if round > 0 {
            scanned.push(scan_ms);
            two.push(our_ms);
            one.push(alone_ms);
            each.push(times.iter().sum());
            slowest.extend(times.last());
        }
    }
    let middle = |times: Vec<f64>| median(times).context("no sample was taken");
    let (one, two) = (middle(one)?, middle(two)?);
    let bytes = fs::metadata(&tar)?.len();
    println!("  {:.2} GB/s on two threads, {:.2} on one", rate(bytes, two), rate(bytes, one));
    let what = format!("four digests of a {} MiB tar", bytes >> 20);
    let row = |ours_ms, floor_ms, threads, floor_name: &str, goal| Row {
        what: format!("{what}, {threads}"),
        ours_ms,
        floor_ms,
        floor_name: floor_name.to_owned(),
        goal,
    };
    let (each, slowest) = (middle(each)?, middle(slowest)?);
    let scanned = Row {
        what: format!("casectl scan of the same {members} members against 100,001 SHA-256"),
        ours_ms: middle(scanned)?,
        floor_ms: each,
        floor_name: "b3sum, sha256sum, md5sum in turn".to_owned(),
        goal: Some(1.0),
    };
    Ok(vec![
        scanned,
        row(two, each, "2 threads", "b3sum, sha256sum, md5sum in turn", Some(1.0)),
        row(two, slowest, "2 threads", "md5sum alone", None),
        row(one, each, "1 thread", "b3sum, sha256sum, md5sum in turn", None),
    ])
}

/// The scan of a corpus of one tar against a list that names the content of one of its members.
struct Scan {
    program: PathBuf,
    tar: PathBuf,
    list: PathBuf,
}

impl Scan {
    fn of(tar: &Path, program: PathBuf) -> Result<Self> {
        let list = tar.with_extension("list");
        let mut first = vec![0; MEMBER];
        let mut file = File::open(tar)?;
        file.seek(SeekFrom::Start(BLOCK as u64))?;
        file.read_exact(&mut first)?;
        // A list of the length that lists have; all but one entry match nothing here.
        let mut lines: Vec<String> =
            (0_u32..100_000).map(|n| hex::encode(Sha256::digest(n.to_le_bytes()))).collect();
        lines.push(hex::encode(Sha256::digest(&first)));
        fs::write(&list, lines.join("\n"))?;
        Ok(Self { program, tar: tar.to_owned(), list })
    }

    /// Milliseconds. Fails unless the scan read every member and found the one that is on the list.
    fn run(&self, members: usize) -> Result<f64> {
        let out = tempfile::tempdir()?;
        let mut command = Command::new(&self.program);
        command.arg("scan").arg(&self.tar).arg("--list").arg(&self.list);
        command.args(["--list-name", "SYNTH-LIST", "--list-version", "1", "--json", "--out"]);
        command.arg(out.path().join("finds.jsonl")).arg("--bytes").arg(out.path().join("bytes"));
        let (said, took) = timed(&mut command)?;
        let told: serde_json::Value = serde_json::from_str(said.trim())?;
        let (read, finds) = (&told["members"], &told["finds"]);
        if read.as_u64() != Some(members as u64) || finds.as_u64() != Some(1) {
            bail!("the scan read {read} members and made {finds} finds of it");
        }
        Ok(took)
    }
}

impl Peers {
    /// The digest each prints, and how long each took, MD5 last.
    fn digests(&self, tar: &Path) -> Result<([String; 3], [f64; 3])> {
        let tools = [self.b3sum.as_path(), Path::new("sha256sum"), Path::new("md5sum")];
        let (mut digests, mut times) = ([const { String::new() }; 3], [0.0; 3]);
        for ((tool, digest), time) in tools.iter().zip(&mut digests).zip(&mut times) {
            let (said, took) = timed(Command::new(tool).arg(tar))?;
            *digest = said.split_whitespace().next().unwrap_or_default().to_owned();
            *time = took;
        }
        Ok((digests, times))
    }
}

fn timed(command: &mut Command) -> Result<(String, f64)> {
    let start = Instant::now();
    let said = shell::read(command)?;
    Ok((said, start.elapsed().as_secs_f64() * 1000.0))
}

#[expect(clippy::cast_precision_loss, reason = "a rate with two decimals")]
fn rate(bytes: u64, ms: f64) -> f64 {
    bytes as f64 / ms / 1e6
}

/// A tar of members with numbers in them that do not repeat.
fn make(path: &Path, members: usize) -> Result<()> {
    let half = path.with_extension("half");
    let mut out = BufWriter::new(File::create(&half)?);
    let mut state = 7_u64;
    let mut content = Vec::with_capacity(MEMBER);
    for member in 0..members {
        out.write_all(&header(member)?)?;
        content.clear();
        while content.len() < MEMBER {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            content.extend(state.to_le_bytes());
        }
        out.write_all(&content)?;
    }
    out.write_all(&[0; 2 * BLOCK])?;
    out.flush()?;
    Ok(fs::rename(half, path)?)
}

/// The ustar header of a member.
fn header(member: usize) -> Result<[u8; BLOCK]> {
    let fields = [
        (0, format!("{member:09}.bin")),
        (100, "0000644\0".to_owned()),
        (108, "0000000\0".to_owned()),
        (116, "0000000\0".to_owned()),
        (124, format!("{MEMBER:011o}\0")),
        (136, "00000000000\0".to_owned()),
        (148, "        ".to_owned()),
        (156, "0".to_owned()),
        (257, "ustar\x0000".to_owned()),
    ];
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &str| -> Result<()> {
        let room = header.get_mut(at..at + text.len()).context("a field does not fit")?;
        room.copy_from_slice(text.as_bytes());
        Ok(())
    };
    for (at, text) in &fields {
        put(*at, text)?;
    }
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    let text = format!("{sum:06o}\0 ");
    let room = header.get_mut(148..156).context("a field does not fit")?;
    room.copy_from_slice(text.as_bytes());
    Ok(header)
}
