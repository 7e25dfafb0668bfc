//! The journal of a scan beside its finds: which shards are told, so that a scan that was cut off goes on at the next.
//!
//! A shard is entered only when its finds and their bytes are safe on disk. It must never hold a find.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use casement_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::{Counts, Trouble};
use crate::corpus::Shard;

/// Of this form.
const FORM: u32 = 1;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    casement_scan: u32,
    /// Of the lists, thresholds and dataset facts: everything that finds depend on beside the corpus.
    pub(super) config_sha256: String,
    pub(super) run_id: String,
}

impl Head {
    pub(super) fn new(config_sha256: String, run_id: String) -> Self {
        Self { casement_scan: FORM, config_sha256, run_id }
    }
}

/// A shard that is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) shard: String,
    /// Names, sizes and times of its files.
    pub(super) stamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<String>,
    pub(super) size_bytes: u64,
    pub(super) counts: Counts,
    /// Length of the finds file with this shard's finds.
    pub(super) end: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) problems: Vec<Trouble>,
}

/// An open journal, locked against a second scan.
pub(super) struct Journal {
    file: File,
    pub(super) head: Head,
    /// Shards that an earlier run told.
    pub(super) told: Vec<Told>,
}

impl Journal {
    /// Opens the journal at `path`, or begins it with `head`.
    ///
    /// # Errors
    /// `SCAN-03` when another scan holds it, `SCAN-04` when it belongs to other lists or is none.
    pub(super) fn open(path: &Path, head: Head, restart: bool) -> Result<Self> {
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        if file.try_lock().is_err() {
            return Err(Error::refused(
                "SCAN-03",
                "Another scan is writing these finds. Wait for it, or name another file with --out.",
            ));
        }
        if restart {
            file.set_len(0)?;
        }
        let (kept, lines) = whole_lines(&mut file)?;
        let Some((first, rest)) = lines.split_first() else {
            file.set_len(0)?;
            file.rewind()?;
            write_line(&mut file, &head)?;
            return Ok(Self { file, head, told: Vec::new() });
        };
        let none = || {
            Error::usage(
                "SCAN-04",
                "The journal beside the finds is damaged. Begin again with --restart.",
            )
        };
        let before: Head = serde_json::from_slice(first).map_err(|_| none())?;
        if before.casement_scan != FORM || before.config_sha256 != head.config_sha256 {
            return Err(Error::usage(
                "SCAN-04",
                "These finds were begun with other lists, thresholds or facts of the dataset. Use the same ones to go \
                 on, begin again with --restart, or name another file with --out.",
            ));
        }
        let told = rest.iter().map(|line| serde_json::from_slice(line)).collect::<Result<_, _>>();
        let told = told.map_err(|_: serde_json::Error| none())?;
        // What a kill cut off in the middle was not told.
        file.set_len(kept)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, head: before, told })
    }

    /// Enters a shard; it is there for good when this returns.
    pub(super) fn enter(&mut self, told: &Told) -> Result<()> {
        write_line(&mut self.file, told)
    }
}

fn write_line(file: &mut File, value: &impl Serialize) -> Result<()> {
    let mut line = serde_json::to_vec(value).map_err(std::io::Error::from)?;
    line.push(b'\n');
    file.write_all(&line)?;
    Ok(file.sync_data()?)
}

/// Every line that has its end, and how long they are together.
fn whole_lines(file: &mut File) -> Result<(u64, Vec<Vec<u8>>)> {
    let (mut kept, mut lines) = (0, Vec::new());
    let mut reader = BufReader::new(file);
    loop {
        let mut line = Vec::new();
        let read = reader.read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            return Ok((kept, lines));
        }
        kept += read as u64;
        lines.push(line);
    }
}

/// Names, sizes and times of a shard's files: what says that it is the one an earlier run told.
pub(super) fn stamp(shard: &Shard) -> io::Result<String> {
    let mut files = vec![shard.path.clone()];
    files.extend(shard.sidecars.rows.clone());
    files.extend(shard.sidecars.stats.clone());
    files.extend(shard.sidecars.indexes.iter().cloned());
    if shard.path.is_dir() {
        for entry in fs::read_dir(&shard.path)? {
            files.push(entry?.path());
        }
    }
    files.sort();
    let mut text = Vec::new();
    for file in files {
        let about = fs::symlink_metadata(&file)?;
        let folder = about.is_dir();
        let at = about.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        text.extend(file.file_name().unwrap_or_default().as_encoded_bytes());
        // A folder's own size and time say nothing that its files do not.
        let (len, at) = if folder { (0, 0) } else { (about.len(), at.as_nanos()) };
        text.extend(format!("\0{len}\0{at}\0").as_bytes());
    }
    Ok(hex::encode(casement_core::hash::sha256(&text)))
}
