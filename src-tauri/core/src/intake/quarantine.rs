//! Finds the quarantined file a find names, inside the one folder the operator gave.
//!
//! It must never follow a link or leave that folder.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::intake::find::Object;

/// Opens the file named by `quarantine_ref`, else by SHA-256. `None`: there is no such regular file.
pub(super) fn open(folder: &Path, object: &Object) -> Option<File> {
    let named = object.quarantine_ref.as_deref().filter(|name| plain(name));
    [named, Some(object.digests.sha256.as_str())]
        .into_iter()
        .flatten()
        .find_map(|name| regular(folder, name))
}

/// One plain file name: no separator, no dot at the start.
fn plain(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=128).contains(&name.len()) && !name.starts_with('.') && name.chars().all(allowed)
}

fn regular(folder: &Path, name: &str) -> Option<File> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).ok()?;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(folder.join(name)).ok()?;
    file.metadata().ok()?.is_file().then_some(file)
}
