//! The shards of a corpus: which files are containers, which describe one, in stable order.
//!
//! It must never follow a symbolic link.

use std::path::PathBuf;

use super::{MemberRef, Origin, Problem, Visitor, Walked};

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
    /// root's own name is its first part.
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

/// Enumerates corpora: files, and folders with all below them, sorted bytewise by path. Symbolic
/// links are told as problems and not followed.
pub fn shards(roots: &[PathBuf]) -> (Vec<Shard>, Vec<Problem>) {
    let _ = roots;
    (Vec::new(), Vec::new())
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
        let _ = (from, visitor);
        Err(Problem::new(super::Fault::Foreign, &self.uri))
    }

    /// What headers and sidecars tell of members of this shard, in their order, and what went
    /// wrong on the way. Call it once per shard when its walk is done, with all that matched.
    pub fn origins(&self, walked: &Walked, members: &[MemberRef]) -> (Vec<Origin>, Vec<Problem>) {
        let _ = (walked, members);
        (Vec::new(), Vec::new())
    }
}
