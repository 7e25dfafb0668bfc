//! Finds the quarantined file a find names, inside the one folder the operator gave.
//!
//! It must never follow a link or leave that folder.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use crate::intake::find::Object;

/// Folders below the one given that a path may pass through, and the file.
const MAX_PARTS: usize = 16;

/// Opens the file named by `quarantine_ref`, else by SHA-256. `None`: there is no such regular file.
pub(super) fn open(folder: &Path, object: &Object) -> Option<File> {
    let named = object.quarantine_ref.as_deref().filter(|name| plain(name));
    [named, Some(object.digests.sha256.as_str())]
        .into_iter()
        .flatten()
        .find_map(|name| regular(folder, name))
}

/// One plain file name: no separator, no dot at the start.
pub(super) fn plain(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=128).contains(&name.len()) && !name.starts_with('.') && name.chars().all(allowed)
}

/// Opens a file by its path below the folder, in either way of writing paths. Each part is opened from the one before
/// it without following links, so no path leads out. `None`: there is no such regular file.
pub(super) fn open_below(folder: &Path, path: &str) -> Option<File> {
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    let (name, folders) = parts.split_last()?;
    if parts.len() > MAX_PARTS || parts.iter().any(|part| matches!(*part, "." | "..")) {
        return None;
    }
    let hold = OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut at =
        rustix::fs::open(folder, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    for part in folders {
        at = rustix::fs::openat(&at, *part, hold | OFlags::DIRECTORY, Mode::empty()).ok()?;
    }
    let file = rustix::fs::openat(&at, *name, hold | OFlags::NONBLOCK, Mode::empty()).ok()?;
    let file = File::from(file);
    file.metadata().ok()?.is_file().then_some(file)
}

fn regular(folder: &Path, name: &str) -> Option<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).ok()?;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(folder.join(name)).ok()?;
    file.metadata().ok()?.is_file().then_some(file)
}
