//! The shards of a corpus: which files are containers, which describe one, in stable order.
//!
//! It must never follow a symbolic link it finds.

pub(super) mod listing;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use self::listing::{Listing, Roots};
use super::walk::Walk;
use super::{Fault, MemberRef, Origin, Problem, Visitor, Walked, loose, sidecar, warc};

/// How a shard is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShardKind {
    /// The loose files of one folder.
    Loose,
    /// Plain, or as one gzip stream.
    Tar,
    Zip,
    /// Plain, or gzip record by record.
    Warc,
    Parquet,
}

/// A unit of work: one container file, or the loose files of one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// The file, or the folder.
    pub path: PathBuf,
    pub kind: ShardKind,
    /// How locators name it: the path from the folder that holds the corpus root, with `/`. So the
    /// root's own name is its first part. A name that is not UTF-8 has escapes.
    pub uri: String,
    /// The folder `uri` starts from.
    pub base: PathBuf,
    pub size_bytes: u64,
    pub sidecars: Sidecars,
}

/// Files beside a shard that describe it. They are not scanned as corpora.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sidecars {
    /// `00001.parquet` beside `00001.tar`.
    pub rows: Option<PathBuf>,
    /// `00001_stats.json`.
    pub stats: Option<PathBuf>,
    /// CDXJ indexes beside a WARC.
    pub indexes: Vec<PathBuf>,
}

/// Enumerates corpora: files, and folders with all below them, sorted bytewise by path. A root may
/// itself be a symbolic link, since somebody named it; links found below are told and not followed.
pub fn shards(roots: &[PathBuf]) -> (Vec<Shard>, Vec<Problem>) {
    let mut found = Roots::default();
    for root in roots {
        found.add(root);
    }
    found.finish()
}

impl Shard {
    /// Walks the shard. `from` is the ordinal to resume at: earlier members are passed over
    /// cheaply, though a container's bytes are still digested. Problems just before `from` may be
    /// told again.
    ///
    /// Tar and WARC are read exactly once, front to back. Zip and parquet keep their directory at
    /// the end: they are digested in one pass and their members then read where they lie.
    ///
    /// # Errors
    /// When the shard cannot be opened, is not what its kind says from the first byte on, or the
    /// visitor failed. Everything else goes to [`Visitor::problem`].
    pub fn walk(&self, from: u64, visitor: &mut dyn Visitor) -> Result<Walked, Problem> {
        let mut walk = Walk::new(&self.uri, from, visitor);
        if self.kind == ShardKind::Loose {
            return loose::walk(self, &mut walk);
        }
        let file = self.open(&self.path)?;
        match self.kind {
            ShardKind::Loose | ShardKind::Tar => super::tar::walk(file, &mut walk),
            ShardKind::Zip => super::zip::walk(file, &mut walk),
            ShardKind::Warc => warc::walk(file, &mut walk),
            ShardKind::Parquet => super::parquet::walk(file, self.open(&self.path)?, &mut walk),
        }
    }

    /// What headers and sidecars tell of members of this shard, in their order, and what went
    /// wrong on the way. Call it when the shard's walk is done, with many members at a time: each call reads the sidecars anew.
    /// After a walk that the visitor ended, the container's own digest is not in the steps.
    pub fn origins(&self, walked: &Walked, members: &[MemberRef]) -> (Vec<Origin>, Vec<Problem>) {
        if members.is_empty() {
            return (Vec::new(), Vec::new());
        }
        match self.kind {
            ShardKind::Warc => warc::origin::origins(self, walked, members),
            _ => sidecar::origins(self, walked, members),
        }
    }

    pub(super) fn open(&self, path: &Path) -> Result<File, Problem> {
        File::open(path).map_err(|error| self.unreadable(&error))
    }

    pub(super) fn unreadable(&self, error: &io::Error) -> Problem {
        Problem::new(Fault::Unreadable, &self.uri).because(error.kind().to_string())
    }

    /// How locators name a file beside the shard.
    pub(super) fn uri_beside(&self, path: &Path) -> String {
        listing::uri_of(&self.base, path)
    }

    /// The loose files of the shard's folder.
    pub(super) fn listing(&self) -> io::Result<Listing> {
        Listing::of(&self.path)
    }
}
