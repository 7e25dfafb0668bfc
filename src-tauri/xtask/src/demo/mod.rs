//! The demo corpus: harmless drawn pictures, made-up hash lists, and the finds of a scanner that never ran.
//!
//! The same for everyone, to the byte. It must never hold a real picture, host, list or person.

mod dice;
mod evidence;
mod find;
mod item;
mod origin;
mod paint;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use self::evidence::Lists;

/// What was made, and where.
pub(crate) struct Demo {
    /// `find/v1`, one record a line.
    pub(crate) finds: PathBuf,
    /// The quarantined files, each by its `quarantine_ref`.
    pub(crate) bytes: PathBuf,
    /// How many finds.
    pub(crate) count: usize,
}

/// Makes `finds.jsonl`, `bytes/` and `lists/` in a folder, which is created if it is not there.
///
/// # Errors
/// When a file cannot be written or a picture cannot be encoded.
pub(crate) fn make(dir: &Path) -> Result<Demo> {
    let [bytes, hash_lists] = ["bytes", "lists"].map(|name| dir.join(name));
    for folder in [&bytes, &hash_lists] {
        fs::create_dir_all(folder).context("a folder of the corpus cannot be made")?;
    }
    let items = item::all()?;
    for item in &items {
        fs::write(bytes.join(item.quarantine_ref()), &item.bytes)?;
    }
    let lists = Lists::of(&items);
    for list in lists.all() {
        fs::write(hash_lists.join(format!("{}.csv", list.name)), list.csv())?;
    }
    let mut lines = String::new();
    let mut count = 0;
    // Later sightings come later in the file, as a second scan would report them.
    for number in 0..3 {
        for item in items.iter().filter(|item| number < find::sightings(item)) {
            lines.push_str(&find::record(item, number, &lists).to_string());
            lines.push('\n');
            count += 1;
        }
    }
    let finds = dir.join("finds.jsonl");
    fs::write(&finds, lines).context("the finds cannot be written")?;
    Ok(Demo { finds, bytes, count })
}

#[cfg(test)]
mod tests;
