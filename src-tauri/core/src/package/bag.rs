//! BagIt 1.0 (RFC 8493): writes a bag so that it appears whole or not at all, and verifies one.
//!
//! It must never overwrite, follow a symbolic link, or leave the bag's folder.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use sha2::{Digest, Sha256, Sha512};
use time::Date;

/// The declaration every bag begins with.
pub(super) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// What `bag-info.txt` says, besides the size it computes.
#[derive(Debug, Clone)]
pub(crate) struct BagInfo {
    pub bagging_date: Date,
    pub source_organization: String,
    pub contact_email: String,
    pub external_identifier: String,
    pub external_description: String,
    /// Program and version.
    pub agent: String,
}

/// A written bag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BagSummary {
    /// SHA-256 of `tagmanifest-sha256.txt`, which covers every other file of the bag.
    pub tagmanifest_sha256: String,
    pub payload_files: usize,
    pub payload_bytes: u64,
}

/// Why a bag could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BagError {
    #[error("There is already something at the place of the package. Choose another folder.")]
    Exists,
    #[error("A file name of the package cannot stand in a bag.")]
    Name,
    #[error(
        "The package could not be written or read ({0}). Check the disk and the folder's permissions."
    )]
    Io(io::ErrorKind),
    #[error("There is no package here: `bagit.txt` is absent.")]
    NotABag,
}

impl BagError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Exists => "BAG-01",
            Self::Name => "BAG-02",
            Self::Io(_) => "BAG-03",
            Self::NotABag => "BAG-04",
        }
    }
}

impl From<io::Error> for BagError {
    fn from(error: io::Error) -> Self {
        Self::Io(error.kind())
    }
}

/// Writes `files` as a bag at `dir`, which must not exist; its parent must. Keys are paths in the
/// bag with `/`: below `data/` the payload, elsewhere tag files, which are covered by the tag
/// manifests. Written beside the target, synced, then renamed: a killed process leaves a folder
/// `.NAME.partial`, which the next attempt removes, and never half a bag. One writer per target.
pub(crate) fn write_bag(
    dir: &Path,
    files: &BTreeMap<String, Vec<u8>>,
    info: &BagInfo,
) -> Result<BagSummary, BagError> {
    if !files.keys().all(|name| is_safe(name) && !is_reserved(name)) {
        return Err(BagError::Name);
    }
    if fs::symlink_metadata(dir).is_ok() {
        return Err(BagError::Exists);
    }
    let name = dir.file_name().ok_or(BagError::Name)?.to_string_lossy().into_owned();
    let parent = match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let partial = parent.join(format!(".{name}.partial"));
    if fs::symlink_metadata(&partial).is_ok() {
        fs::remove_dir_all(&partial)?;
    }
    let written = fill(&partial, files, info).and_then(|summary| {
        move_into_place(&partial, dir)?;
        sync_dir(&parent)?;
        Ok(summary)
    });
    if written.is_err() {
        // Best effort: the first error is the one to tell, and the next attempt removes the rest.
        let _ = fs::remove_dir_all(&partial);
    }
    written
}

fn fill(
    root: &Path,
    files: &BTreeMap<String, Vec<u8>>,
    info: &BagInfo,
) -> Result<BagSummary, BagError> {
    new_dir(root)?;
    new_dir(&root.join("data"))?;
    let mut tags: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut payload = Manifests::default();
    let (mut payload_files, mut payload_bytes) = (0_usize, 0_u64);
    for (name, bytes) in files {
        if name.starts_with("data/") {
            put(root, name, bytes)?;
            payload.add(name, bytes);
            payload_files += 1;
            payload_bytes += bytes.len() as u64;
        } else {
            tags.insert(name.clone(), bytes.clone());
        }
    }
    tags.insert("bagit.txt".into(), DECLARATION.into());
    tags.insert("bag-info.txt".into(), info.text(payload_files, payload_bytes).into_bytes());
    tags.insert("manifest-sha256.txt".into(), payload.sha256.into_bytes());
    tags.insert("manifest-sha512.txt".into(), payload.sha512.into_bytes());
    let mut cover = Manifests::default();
    for (name, bytes) in &tags {
        put(root, name, bytes)?;
        cover.add(name, bytes);
    }
    put(root, "tagmanifest-sha512.txt", cover.sha512.as_bytes())?;
    put(root, "tagmanifest-sha256.txt", cover.sha256.as_bytes())?;
    sync_tree(root)?;
    let tagmanifest_sha256 = hex::encode(Sha256::digest(cover.sha256.as_bytes()));
    Ok(BagSummary { tagmanifest_sha256, payload_files, payload_bytes })
}

#[derive(Default)]
struct Manifests {
    sha256: String,
    sha512: String,
}

impl Manifests {
    fn add(&mut self, name: &str, bytes: &[u8]) {
        let name = encode_name(name);
        self.sha256.push_str(&format!("{}  {name}\n", hex::encode(Sha256::digest(bytes))));
        self.sha512.push_str(&format!("{}  {name}\n", hex::encode(Sha512::digest(bytes))));
    }
}

impl BagInfo {
    fn text(&self, files: usize, bytes: u64) -> String {
        let date = self.bagging_date;
        let date = format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day());
        let size = format!("{bytes}.{files}");
        let lines = [
            ("Bag-Software-Agent", &self.agent),
            ("Bagging-Date", &date),
            ("Contact-Email", &self.contact_email),
            ("External-Description", &self.external_description),
            ("External-Identifier", &self.external_identifier),
            ("Payload-Oxum", &size),
            ("Source-Organization", &self.source_organization),
        ];
        let mut text = String::new();
        for (label, value) in lines {
            // One line each: a line end inside a value would begin another label.
            let words: Vec<&str> = value
                .split(|c: char| c.is_whitespace() || c.is_control())
                .filter(|w| !w.is_empty())
                .collect();
            if !words.is_empty() {
                text.push_str(&format!("{label}: {}\n", words.join(" ")));
            }
        }
        text
    }
}

/// Whether a path stays below the bag's folder whatever reads it.
pub(super) fn is_safe(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(['\\', '\0'])
        && !name.starts_with('~')
        && name.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

fn is_reserved(name: &str) -> bool {
    let top = name.split('/').next().unwrap_or_default();
    (top == "data" && top == name)
        || ["bagit.txt", "bag-info.txt", "fetch.txt"].contains(&top)
        || top.starts_with("manifest-")
        || top.starts_with("tagmanifest-")
}

/// RFC 8493 2.1.3: line ends and the percent sign, and only those, are encoded.
fn encode_name(name: &str) -> String {
    name.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The reverse of [`encode_name`]; other escapes stay as they are.
pub(super) fn decode_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('%') {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        let plain = match tail.get(..3).map(str::to_ascii_uppercase).as_deref() {
            Some("%25") => Some('%'),
            Some("%0D") => Some('\r'),
            Some("%0A") => Some('\n'),
            _ => None,
        };
        out.push(plain.unwrap_or('%'));
        rest = tail.get(if plain.is_some() { 3 } else { 1 }..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn new_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

fn put(root: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let path = root.join(name);
    if let Some(parent) = path.parent() {
        DirBuilder::new().mode(0o700).recursive(true).create(parent)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Syncs every folder below and including `root`, so that the names are on disk too.
fn sync_tree(root: &Path) -> io::Result<()> {
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_tree(&entry.path())?;
        }
    }
    sync_dir(root)
}

/// Renames without replacing. Where the file system cannot promise that, the target is looked for
/// once more first; a plain rename never replaces a folder that holds anything.
fn move_into_place(from: &Path, to: &Path) -> Result<(), BagError> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        Err(Errno::EXIST | Errno::NOTEMPTY) => Err(BagError::Exists),
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            if fs::symlink_metadata(to).is_ok() {
                return Err(BagError::Exists);
            }
            Ok(fs::rename(from, to)?)
        }
        Err(errno) => Err(io::Error::from(errno).into()),
    }
}

#[cfg(test)]
mod tests;
