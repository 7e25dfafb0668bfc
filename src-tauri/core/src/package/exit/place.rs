//! An exit on its way to disk: written beside its place, and given its name only once the ledger knows it.
//!
//! It must never replace anything, nor leave an exit under its name that the ledger does not know.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::error::{Error, Result};
use crate::hash;
use crate::wire::ExitFile;

/// An exit being written: one file, or a folder of files.
pub(super) struct Draft {
    place: PathBuf,
    folder: bool,
    files: Vec<ExitFile>,
}

impl Draft {
    /// Begins what will be at `path`, where nothing may be.
    pub(super) fn begin(path: &Path, folder: bool) -> Result<Self> {
        let place = free(path)?;
        let pending = pending(&place);
        if pending.symlink_metadata().is_ok() {
            clear(&pending)?;
        }
        if folder {
            fs::create_dir(&pending)?;
        }
        Ok(Self { place, folder, files: Vec::new() })
    }

    /// Opens the file of this name; of a draft that is one file, whatever the name, that file.
    pub(super) fn open(&self, name: &str) -> Result<BufWriter<File>> {
        let path = self.path(name);
        let file = File::options().write(true).create_new(true).open(path)?;
        Ok(BufWriter::with_capacity(1 << 16, file))
    }

    /// Ends a file that was opened.
    pub(super) fn close(&mut self, name: &str, out: BufWriter<File>) -> Result<()> {
        let file = out.into_inner().map_err(|error| Error::from(error.into_error()))?;
        file.sync_all()?;
        drop(file);
        let sha256 = digest(&self.path(name))?;
        let name = match self.folder {
            true => name.to_owned(),
            false => self.place.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        };
        self.files.push(ExitFile { name, sha256 });
        Ok(())
    }

    /// A whole file.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut out = self.open(name)?;
        out.write_all(bytes)?;
        self.close(name, out)
    }

    fn path(&self, name: &str) -> PathBuf {
        let pending = pending(&self.place);
        if self.folder { pending.join(name) } else { pending }
    }

    /// Where it will be.
    pub(super) fn place(&self) -> &Path {
        &self.place
    }

    pub(super) fn files(&self) -> Vec<ExitFile> {
        self.files.clone()
    }

    /// Gives it its name, now that the ledger knows it.
    pub(super) fn put_in_place(&self) -> Result<()> {
        put_in_place(&self.place)
    }

    /// Clears it away: the ledger will not know it.
    pub(super) fn discard(self) -> Result<()> {
        clear(&pending(&self.place))
    }
}

/// Where something new may be written, as an absolute path.
pub(super) fn free(path: &Path) -> Result<PathBuf> {
    let place = std::path::absolute(path)?;
    let folder = place.parent().filter(|folder| folder.is_dir());
    if folder.is_none() || place.file_name().is_none() {
        return Err(Error::usage(
            "EXIT-02",
            "The folder to write into is not there. Make it, or choose another.",
        ));
    }
    if place.symlink_metadata().is_ok() {
        return Err(Error::usage(
            "EXIT-03",
            "There is something of this name already. Choose another.",
        ));
    }
    Ok(place)
}

/// Where an exit lies until the ledger knows it.
fn pending(place: &Path) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(".unlogged");
    place.with_file_name(name)
}

fn clear(path: &Path) -> Result<()> {
    if path.symlink_metadata()?.is_dir() {
        Ok(fs::remove_dir_all(path)?)
    } else {
        Ok(fs::remove_file(path)?)
    }
}

fn put_in_place(place: &Path) -> Result<()> {
    renameat_with(CWD, pending(place), CWD, place, RenameFlags::NOREPLACE)
        .map_err(std::io::Error::from)?;
    if let Some(folder) = place.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Gives an exit that the ledger knows its name, where a program ended before it could: only if it is what the ledger
/// says it is.
pub(super) fn finish(place: &Path, files: &[ExitFile]) -> Result<()> {
    let pending = pending(place);
    if place.symlink_metadata().is_ok() || pending.symlink_metadata().is_err() {
        return Ok(());
    }
    let folder = pending.is_dir();
    let same = files.iter().all(|file| {
        let path = if folder { pending.join(&file.name) } else { pending.clone() };
        digest(&path).is_ok_and(|found| found == file.sha256)
    });
    if same { put_in_place(place) } else { Ok(()) }
}

/// SHA-256 of a file, lower-case hex.
pub(super) fn digest(path: &Path) -> Result<String> {
    Ok(hex::encode(hash::digests(File::open(path)?)?.sha256))
}
