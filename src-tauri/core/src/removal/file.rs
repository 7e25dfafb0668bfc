//! A list on its way to disk: written beside its place, and given its name only once the ledger knows it.
//!
//! It must never replace a file, nor leave one under the list's name that the ledger does not know.

use std::fs::{self, File, TryLockError};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::line::{self, Heading, Op};
use crate::error::{Error, Result};
use crate::store::removal::LineRow;
use crate::wire::ListFormat;

/// A list being written.
pub(super) struct Draft {
    place: PathBuf,
    out: BufWriter<File>,
    body: Sha256,
    heading: Heading,
    format: ListFormat,
    count: u64,
    retracted: u64,
    /// One line at a time.
    buffer: Vec<u8>,
}

/// A list that is whole and on disk, under a name that says it is not in the ledger yet.
pub(super) struct Written {
    place: PathBuf,
    /// Keeps the lock until the file has its name.
    _file: File,
    pub(super) sha256: String,
    pub(super) body_sha256: String,
    pub(super) count: u64,
    pub(super) retracted: u64,
}

impl Draft {
    /// Begins a list that will be at `path`, where nothing may be.
    pub(super) fn begin(path: &Path, format: ListFormat, heading: Heading) -> Result<Self> {
        let place = std::path::absolute(path)?;
        let folder = place.parent().filter(|folder| folder.is_dir());
        if folder.is_none() || place.file_name().is_none() {
            return Err(Error::usage(
                "LIST-01",
                "The folder for the list is not there. Make it, or choose another.",
            ));
        }
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(pending(&place))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::store(
                    "LIST-04",
                    "Another program is writing this list. Try again in a moment.",
                ));
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        // After the lock: what held it may have put the list in place.
        if let Err(taken) = free(&place) {
            fs::remove_file(pending(&place))?;
            return Err(taken);
        }
        file.set_len(0)?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        out.write_all(&heading.line(format, 0, 0, &"0".repeat(64))?)?;
        let columns = line::columns(format).as_bytes();
        out.write_all(columns)?;
        let body = Sha256::new_with_prefix(columns);
        Ok(Self { place, out, body, heading, format, count: 0, retracted: 0, buffer: Vec::new() })
    }

    /// One more line.
    pub(super) fn line(&mut self, op: Op, row: &LineRow) -> Result<()> {
        self.buffer.clear();
        line::write(&mut self.buffer, self.format, op, row)?;
        self.body.update(&self.buffer);
        self.out.write_all(&self.buffer)?;
        match op {
            Op::Retract => self.retracted += 1,
            Op::Remove | Op::Release => self.count += 1,
        }
        Ok(())
    }

    /// Writes the heading and waits for the disk.
    pub(super) fn finish(mut self) -> Result<Written> {
        let body_sha256 = hex::encode(self.body.finalize());
        let heading = self.heading.line(self.format, self.count, self.retracted, &body_sha256)?;
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&heading)?;
        let mut file = self.out.into_inner().map_err(|error| Error::from(error.into_error()))?;
        file.sync_all()?;
        file.seek(SeekFrom::Start(0))?;
        let sha256 = hex::encode(crate::hash::digests(&file)?.sha256);
        Ok(Written {
            place: self.place,
            _file: file,
            sha256,
            body_sha256,
            count: self.count,
            retracted: self.retracted,
        })
    }
}

impl Written {
    /// Where it will be.
    pub(super) fn place(&self) -> &Path {
        &self.place
    }

    /// Gives it its name, now that the ledger knows it.
    pub(super) fn put_in_place(&self) -> Result<()> {
        put_in_place(&self.place)
    }

    /// Clears it away: the ledger will not know it.
    pub(super) fn discard(self) -> Result<()> {
        Ok(fs::remove_file(pending(&self.place))?)
    }
}

/// Where a list lies until the ledger knows it.
fn pending(place: &Path) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(".unlogged");
    place.with_file_name(name)
}

fn free(place: &Path) -> Result<()> {
    if place.symlink_metadata().is_err() {
        return Ok(());
    }
    Err(Error::usage("LIST-02", "There is a file of this name already. Choose another."))
}

/// Gives a list that the ledger knows its name. Does nothing where that is done.
pub(super) fn put_in_place(place: &Path) -> Result<()> {
    let pending = pending(place);
    if !pending.is_file() {
        return Ok(());
    }
    free(place)?;
    match fs::hard_link(&pending, place) {
        // A link, unlike a rename, fails where a file appeared in between.
        Ok(()) => fs::remove_file(&pending)?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return free(place),
        // Not every file system has links.
        Err(_) => fs::rename(&pending, place)?,
    }
    if let Some(folder) = place.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Whether a list that the ledger knows still waits for its name, as its digest tells.
pub(super) fn waits(place: &Path, sha256: &str) -> bool {
    File::open(pending(place))
        .and_then(crate::hash::digests)
        .is_ok_and(|found| hex::encode(found.sha256) == sha256)
}
