//! A bag that the ledger does not know yet: it lies beside its place under a name that says so.
//!
//! It must never get its own name before its leaf is durable.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::error::Result;

/// Where a bag lies until the ledger knows it.
pub(super) fn pending(dir: &Path) -> PathBuf {
    dir.with_added_extension("unsealed")
}

/// Gives a bag that the ledger knows its name. Does nothing where that is done.
pub(crate) fn put_in_place(dir: &Path) -> Result<()> {
    let pending = pending(dir);
    if pending.is_dir() && dir.symlink_metadata().is_err() {
        fs::rename(&pending, dir)?;
        if let Some(folder) = dir.parent() {
            File::open(folder)?.sync_all()?;
        }
    }
    Ok(())
}

/// What lies there goes again, unless it is kept.
pub(super) struct Pending(pub(super) PathBuf);

impl Pending {
    /// Of the bag that will be at `dir`.
    pub(super) fn of(dir: &Path) -> Self {
        Self(pending(dir))
    }

    /// Once the ledger knows it.
    pub(super) fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        // Best effort: by its name it was never sealed, and the next one removes it.
        let _ = fs::remove_dir_all(&self.0);
    }
}
