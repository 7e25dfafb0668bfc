//! BagIt 1.0 (RFC 8493): writes a bag document by document, so that it appears whole or not at all.
//!
//! It must never overwrite, follow a symbolic link, or leave the bag's folder.

mod listing;

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use sha2::{Digest, Sha256};
use time::Date;

use listing::{Cover, Growing, Listing, Sums};

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
    #[error(
        "The disk or quota that the package was written to is full. Nothing is left of it. Free some space, then seal again."
    )]
    Full,
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
            Self::Full => "BAG-05",
        }
    }
}

impl From<io::Error> for BagError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::Full,
            kind => Self::Io(kind),
        }
    }
}

/// A bag being written, one document at a time. It lies beside its place as `.NAME.partial` until
/// [`BagWriter::finish`] has synced it and renamed it: a killed process leaves that folder, which the
/// next attempt removes, and never half a bag. One writer per target. Dropped unfinished, it leaves
/// nothing. The documents are never held: each is written, digested and forgotten.
#[derive(Debug)]
pub(crate) struct BagWriter {
    dir: PathBuf,
    parent: PathBuf,
    partial: PathBuf,
    /// Digests of the payload, in the order it was added.
    payload: Listing,
    /// Digests of the tag files.
    cover: Cover,
    /// Documents that are appended to.
    growing: BTreeMap<String, Growing>,
    payload_files: usize,
    payload_bytes: u64,
    finished: bool,
}

impl BagWriter {
    /// Begins a bag at `dir`, which must not exist; its parent must.
    pub(crate) fn begin(dir: &Path) -> Result<Self, BagError> {
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
        new_dir(&partial)?;
        let payload = Listing::open(&partial);
        let begun = Self {
            dir: dir.to_owned(),
            parent,
            payload: payload.inspect_err(|_| remove(&partial))?,
            partial,
            cover: Cover::default(),
            growing: BTreeMap::new(),
            payload_files: 0,
            payload_bytes: 0,
            finished: false,
        };
        new_dir(&begun.partial.join("data"))?;
        Ok(begun)
    }

    /// Adds a document. The name is a path in the bag with `/`: below `data/` the payload, elsewhere a
    /// tag file, which the tag manifests cover. A name can be added once.
    pub(crate) fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), BagError> {
        if !is_safe(name) || is_reserved(name) {
            return Err(BagError::Name);
        }
        create(&self.partial, name)?.write_all(bytes)?;
        self.list(name, &Sums::of(bytes))
    }

    /// Adds to the end of a document, which begins with the first call and ends when the bag does.
    pub(crate) fn append(&mut self, name: &str, bytes: &[u8]) -> Result<(), BagError> {
        if !is_safe(name) || is_reserved(name) {
            return Err(BagError::Name);
        }
        if !self.growing.contains_key(name) {
            self.growing.insert(name.to_owned(), Growing::new(create(&self.partial, name)?));
        }
        let grown = self.growing.get_mut(name).map(|file| file.write(bytes));
        Ok(grown.transpose().map(drop)?)
    }

    /// Ends a document that was appended to before the bag ends, and with it an open file.
    pub(crate) fn end(&mut self, name: &str) -> Result<(), BagError> {
        match self.growing.remove(name) {
            Some(file) => self.list(name, &file.end()?),
            None => Ok(()),
        }
    }

    fn list(&mut self, name: &str, sums: &Sums) -> Result<(), BagError> {
        if name.starts_with("data/") {
            self.payload_files += 1;
            self.payload_bytes += sums.bytes;
            self.payload.add(name, sums)?;
        } else {
            self.cover.add(name, sums);
        }
        Ok(())
    }

    fn tag(&mut self, name: &str, text: &str) -> Result<(), BagError> {
        create(&self.partial, name)?.write_all(text.as_bytes())?;
        self.cover.add(name, &Sums::of(text.as_bytes()));
        Ok(())
    }

    /// Ends the bag: manifests, everything on disk, and only then its name.
    pub(crate) fn finish(mut self, info: &BagInfo) -> Result<BagSummary, BagError> {
        for (name, file) in std::mem::take(&mut self.growing) {
            self.list(&name, &file.end()?)?;
        }
        self.tag("bagit.txt", DECLARATION)?;
        let about = info.text(self.payload_files, self.payload_bytes);
        self.tag("bag-info.txt", &about)?;
        for (name, sums) in std::mem::take(&mut self.payload).end()? {
            self.cover.add(name, &sums);
        }
        let cover = std::mem::take(&mut self.cover);
        create(&self.partial, "tagmanifest-sha512.txt")?.write_all(cover.sha512().as_bytes())?;
        let seal = cover.sha256();
        create(&self.partial, "tagmanifest-sha256.txt")?.write_all(seal.as_bytes())?;
        sync(&self.partial, self.payload_files)?;
        move_into_place(&self.partial, &self.dir)?;
        self.finished = true;
        sync_dir(&self.parent)?;
        Ok(BagSummary {
            tagmanifest_sha256: hex::encode(Sha256::digest(seal.as_bytes())),
            payload_files: self.payload_files,
            payload_bytes: self.payload_bytes,
        })
    }
}

impl Drop for BagWriter {
    fn drop(&mut self) {
        if !self.finished {
            remove(&self.partial);
        }
    }
}

/// Best effort: the first error is the one to tell, and the next attempt removes the rest.
fn remove(partial: &Path) {
    let _ = fs::remove_dir_all(partial);
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

fn create(root: &Path, name: &str) -> io::Result<File> {
    let path = root.join(name);
    if let Some(parent) = path.parent().filter(|parent| !parent.is_dir()) {
        DirBuilder::new().mode(0o700).recursive(true).create(parent)?;
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Everything in `root` on disk: few files one by one, many with all else that its file system holds,
/// because a call for each of tens of thousands would take minutes.
fn sync(root: &Path, files: usize) -> io::Result<()> {
    const ONE_BY_ONE: usize = 256;
    if files <= ONE_BY_ONE {
        return sync_tree(root);
    }
    Ok(rustix::fs::syncfs(File::open(root)?)?)
}

fn sync_tree(root: &Path) -> io::Result<()> {
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_tree(&entry.path())?;
        } else {
            File::open(entry.path())?.sync_all()?;
        }
    }
    sync_dir(root)
}

fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
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
