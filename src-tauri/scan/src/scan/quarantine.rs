//! Where matched bytes go: a folder of the operator's, or the vault.
//!
//! In the folder a file is named by its SHA-256, readable by its owner alone, and there whole or not at all. It must never
//! put bytes anywhere else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use casement_core::intake::Deposit;
use casement_core::{Error, Result};
use sha2::{Digest, Sha256};

const UNFINISHED: &str = ".unfinished";

/// Takes in the bytes of what matched.
pub(super) enum Quarantine {
    Folder(Folder),
    Vault(Deposit),
}

impl Quarantine {
    /// Keeps the content of this SHA-256, read to its end. The inner error is the reader's, or says that the bytes are
    /// others.
    pub(super) fn keep(&self, sha256: &str, bytes: &mut dyn Read) -> Result<io::Result<()>> {
        match self {
            Self::Folder(folder) => folder.keep(sha256, bytes),
            Self::Vault(deposit) => Ok(match deposit.keep(bytes)? {
                Ok(kept) if hex::encode(kept.sha256) == sha256 => Ok(()),
                Ok(_) => Err(other_bytes()),
                Err(error) => Err(error),
            }),
        }
    }

    /// Returns once everything kept so far would survive a power cut.
    pub(super) fn settle(&self) -> Result<()> {
        match self {
            Self::Folder(folder) => Ok(folder.lock.sync_all()?),
            // The import settles what it takes in.
            Self::Vault(_) => Ok(()),
        }
    }
}

/// A folder of matched bytes.
pub(super) struct Folder {
    path: PathBuf,
    /// Open as long as the scan runs, and locked, so that no other takes its unfinished files for left ones.
    lock: File,
}

impl Folder {
    /// Makes the folder where it is not there, for its owner alone, and removes what a killed scan left unfinished.
    pub(super) fn open(path: &Path) -> Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        let lock = File::open(path)?;
        if lock.try_lock().is_ok() {
            sweep(path)?;
            lock.unlock()?;
        }
        lock.lock_shared()?;
        Ok(Self { path: path.to_owned(), lock })
    }

    fn keep(&self, sha256: &str, bytes: &mut dyn Read) -> Result<io::Result<()>> {
        let path = self.path.join(sha256);
        if path.is_file() {
            return Ok(Ok(()));
        }
        let name = format!(".{sha256}.{}{UNFINISHED}", uuid::Uuid::now_v7());
        let unfinished = Unfinished(self.path.join(name));
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished.0)?;
        let mut hasher = Sha256::new();
        let mut chunk = zeroize::Zeroizing::new(vec![0; 64 * 1024]);
        loop {
            let read = match bytes.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) => return Ok(Err(error)),
            };
            let bytes = chunk.get(..read).unwrap_or_default();
            hasher.update(bytes);
            file.write_all(bytes)?;
        }
        if hex::encode(hasher.finalize()) != sha256 {
            return Ok(Err(other_bytes()));
        }
        file.sync_all()?;
        fs::rename(&unfinished.0, path)?;
        Ok(Ok(()))
    }
}

fn other_bytes() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the corpus changed while it was scanned")
}

fn sweep(path: &Path) -> Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(UNFINISHED) {
            fs::remove_file(entry.path()).map_err(|error| {
                Error::store(
                    "SCAN-02",
                    "What an earlier scan left unfinished in the folder of bytes cannot be removed. Check who owns it.",
                )
                .caused_by(error)
            })?;
        }
    }
    Ok(())
}

struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Gone already when it was finished.
        let _ = fs::remove_file(&self.0);
    }
}
