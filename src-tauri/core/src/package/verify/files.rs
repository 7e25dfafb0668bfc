//! The regular files of a package, found without following anything.
//!
//! It must never open what a link, or a name from inside the package, points to.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::Result;

/// Longest document that is read into memory.
const MAX: u64 = 64 << 20;
/// As deep as the bag's own check goes.
const DEPTH: usize = 16;

/// The files of one package by their names in the bag.
pub(super) struct Files {
    dir: PathBuf,
    names: BTreeSet<String>,
}

impl Files {
    pub(super) fn walk(dir: &Path) -> Result<Self> {
        let mut names = BTreeSet::new();
        walk(dir, "", 0, &mut names)?;
        Ok(Self { dir: dir.to_owned(), names })
    }

    pub(super) fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// `None` where there is no such regular file, or it cannot be read, or is too long to be a document.
    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open(name)?.take(MAX + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= MAX).then_some(bytes)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        String::from_utf8(self.read(name)?).ok()
    }

    /// The first bytes of a file.
    pub(super) fn head(&self, name: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open(name)?.take(32).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    pub(super) fn sha256(&self, name: &str) -> Option<String> {
        Some(hex::encode(crate::hash::digests(self.open(name)?).ok()?.sha256))
    }

    fn open(&self, name: &str) -> Option<File> {
        self.names.contains(name).then(|| File::open(self.dir.join(name)).ok())?
    }
}

fn walk(dir: &Path, below: &str, depth: usize, names: &mut BTreeSet<String>) -> Result<()> {
    if depth > DEPTH {
        return Ok(());
    }
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        // What is neither a file nor a folder, or not UTF-8, the bag's check has named.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let name = if below.is_empty() { name } else { format!("{below}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &name, depth + 1, names)?;
        } else if kind.is_file() {
            names.insert(name);
        }
    }
    Ok(())
}
