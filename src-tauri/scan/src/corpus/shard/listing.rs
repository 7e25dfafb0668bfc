//! One folder of a corpus, sorted into containers, what describes them, and loose files; and the
//! roots put together.
//!
//! It must never go by what a file holds: a name says what it is to be read as.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::super::name::lossless;
use super::{Fault, Problem, Shard, ShardKind, Sidecars};

/// How a locator names a path below `base`.
pub(in crate::corpus) fn uri_of(base: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(base).unwrap_or(path);
    lossless(relative.as_os_str().as_bytes()).0
}

/// What a name says a file is to be read as, and the name without that ending.
fn kind_of(name: &[u8]) -> (ShardKind, &[u8]) {
    const ENDINGS: [(&str, ShardKind); 7] = [
        (".tar.gz", ShardKind::Tar),
        (".tar", ShardKind::Tar),
        (".tgz", ShardKind::Tar),
        (".zip", ShardKind::Zip),
        (".warc.gz", ShardKind::Warc),
        (".warc", ShardKind::Warc),
        (".parquet", ShardKind::Parquet),
    ];
    for (ending, kind) in ENDINGS {
        if let Some(stem) = without(name, ending) {
            return (kind, stem);
        }
    }
    (ShardKind::Loose, name)
}

/// A name without an ending, in either case.
fn without<'a>(name: &'a [u8], ending: &str) -> Option<&'a [u8]> {
    let at = name.len().checked_sub(ending.len())?;
    let (stem, last) = name.split_at_checked(at)?;
    last.eq_ignore_ascii_case(ending.as_bytes()).then_some(stem)
}

/// A folder, sorted by name.
#[derive(Debug, Default)]
pub(in crate::corpus) struct Listing {
    /// Loose files with their sizes.
    pub(in crate::corpus) loose: Vec<(PathBuf, u64)>,
    containers: Vec<(PathBuf, ShardKind, u64, Sidecars)>,
    folders: Vec<PathBuf>,
    /// Links, devices, pipes.
    odd: Vec<PathBuf>,
}

impl Listing {
    /// Reads a folder.
    pub(in crate::corpus) fn of(folder: &Path) -> io::Result<Self> {
        let mut all: BTreeMap<Vec<u8>, (PathBuf, Metadata)> = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let about = entry.metadata()?;
            all.insert(entry.file_name().as_bytes().to_vec(), (entry.path(), about));
        }
        let mut out = Self::default();
        let is_file = |name: &[u8]| all.get(name).is_some_and(|(_, about)| about.is_file());
        let beside = |name: &[u8]| is_file(name).then(|| folder.join(path_of(name)));
        // Names without ending of what can have a sidecar.
        let described: BTreeSet<&[u8]> = all
            .iter()
            .filter(|(name, (_, about))| about.is_dir() || kind_of(name).0 != ShardKind::Loose)
            .map(|(name, _)| kind_of(name).1)
            .collect();
        let has_tar = |stem: &[u8]| {
            let tars = [".tar", ".tar.gz", ".tgz"].map(|ending| [stem, ending.as_bytes()].concat());
            let folder = all.get(stem).is_some_and(|(_, about)| about.is_dir());
            folder || tars.iter().any(|tar| is_file(tar))
        };
        let warcs: BTreeSet<&[u8]> =
            all.keys().filter(|n| kind_of(n).0 == ShardKind::Warc).map(|n| kind_of(n).1).collect();
        let indexes: Vec<(&[u8], &PathBuf)> = all
            .iter()
            .filter_map(|(name, (path, _))| Some((without(name, ".cdxj")?, path)))
            .collect();
        for (name, (path, about)) in &all {
            if about.is_dir() {
                out.folders.push(path.clone());
                continue;
            }
            if !about.is_file() {
                out.odd.push(path.clone());
                continue;
            }
            let (kind, stem) = kind_of(name);
            let describes = match kind {
                ShardKind::Parquet => has_tar(stem),
                ShardKind::Loose => {
                    without(name, "_stats.json").is_some_and(|stem| described.contains(stem))
                        || without(name, ".cdxj").is_some() && !warcs.is_empty()
                }
                _ => false,
            };
            if describes {
                continue;
            }
            if kind == ShardKind::Loose {
                out.loose.push((path.clone(), about.len()));
                continue;
            }
            let rows =
                if kind == ShardKind::Tar { beside(&joined(stem, ".parquet")) } else { None };
            let stats = beside(&joined(stem, "_stats.json"));
            // An index of its own name is this file's; any other may be of all of them.
            let own = |index: &[u8]| kind_of(index).1 == stem;
            let of_other = |index: &[u8]| warcs.contains(kind_of(index).1);
            let indexes = indexes
                .iter()
                .filter(|(index, _)| kind == ShardKind::Warc && (own(index) || !of_other(index)))
                .map(|(_, path)| (*path).clone())
                .collect();
            out.containers.push((
                path.clone(),
                kind,
                about.len(),
                Sidecars { rows, stats, indexes },
            ));
        }
        Ok(out)
    }
}

fn joined(stem: &[u8], ending: &str) -> Vec<u8> {
    [stem, ending.as_bytes()].concat()
}

fn path_of(name: &[u8]) -> &Path {
    Path::new(std::ffi::OsStr::from_bytes(name))
}

/// Sidecars of a single file or of a folder, found beside it.
fn sidecars_of(path: &Path, kind: ShardKind) -> Sidecars {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Sidecars::default();
    };
    let stem = kind_of(name.as_bytes()).1;
    let beside = |ending: &str| {
        let path = folder.join(path_of(&joined(stem, ending)));
        fs::symlink_metadata(&path).is_ok_and(|about| about.is_file()).then_some(path)
    };
    let rows = matches!(kind, ShardKind::Tar | ShardKind::Loose).then(|| beside(".parquet"));
    let indexes = if kind == ShardKind::Warc { beside(".cdxj") } else { None };
    Sidecars {
        rows: rows.flatten(),
        stats: beside("_stats.json"),
        indexes: indexes.into_iter().collect(),
    }
}

/// The roots of a scan, put together.
#[derive(Default)]
pub(super) struct Roots {
    shards: Vec<Shard>,
    problems: Vec<Problem>,
    /// Path by the name locators begin with.
    names: BTreeMap<Vec<u8>, PathBuf>,
}

impl Roots {
    /// Adds a root and all below it.
    pub(super) fn add(&mut self, given: &Path) {
        // `.` and `..` have no name of their own.
        let root = match given.file_name() {
            Some(_) => given.to_path_buf(),
            None => match fs::canonicalize(given) {
                Ok(root) => root,
                Err(error) => return self.unreadable(Path::new(""), given, &error),
            },
        };
        let name = root.file_name().map(|name| name.as_bytes().to_vec()).unwrap_or_default();
        let base = root.parent().map(Path::to_path_buf).unwrap_or_default();
        match self.names.get(&name) {
            Some(earlier) if *earlier == root => return,
            Some(_) => {
                self.problems.push(Problem::new(Fault::Ambiguous, uri_of(&base, &root)));
                return;
            }
            None => drop(self.names.insert(name, root.clone())),
        }
        let first = self.shards.len();
        match fs::metadata(&root) {
            Ok(about) if about.is_dir() => self.folders(&base, root),
            Ok(about) if about.is_file() => {
                let kind = kind_of(root.as_os_str().as_bytes()).0;
                let sidecars = if kind == ShardKind::Loose {
                    Sidecars::default()
                } else {
                    sidecars_of(&root, kind)
                };
                self.push(&base, root, kind, about.len(), sidecars);
            }
            Ok(_) => self.problems.push(Problem::new(Fault::NotAFile, uri_of(&base, &root))),
            Err(error) => self.unreadable(&base, &root, &error),
        }
        let bytes = |shard: &Shard| shard.path.as_os_str().as_bytes().to_vec();
        if let Some(new) = self.shards.get_mut(first..) {
            new.sort_by_key(bytes);
        }
    }

    fn folders(&mut self, base: &Path, root: PathBuf) {
        let mut open = vec![root];
        while let Some(folder) = open.pop() {
            let listing = match Listing::of(&folder) {
                Ok(listing) => listing,
                Err(error) => {
                    self.unreadable(base, &folder, &error);
                    continue;
                }
            };
            for path in listing.odd {
                self.problems.push(Problem::new(Fault::NotAFile, uri_of(base, &path)));
            }
            if !listing.loose.is_empty() {
                let size = listing.loose.iter().map(|(_, size)| size).sum();
                let sidecars = sidecars_of(&folder, ShardKind::Loose);
                self.push(base, folder, ShardKind::Loose, size, sidecars);
            }
            for (path, kind, size, sidecars) in listing.containers {
                self.push(base, path, kind, size, sidecars);
            }
            open.extend(listing.folders);
        }
    }

    fn push(
        &mut self,
        base: &Path,
        path: PathBuf,
        kind: ShardKind,
        size_bytes: u64,
        sidecars: Sidecars,
    ) {
        let uri = uri_of(base, &path);
        self.shards.push(Shard { path, kind, uri, base: base.to_path_buf(), size_bytes, sidecars });
    }

    fn unreadable(&mut self, base: &Path, path: &Path, error: &io::Error) {
        let problem = Problem::new(Fault::Unreadable, uri_of(base, path));
        self.problems.push(problem.because(error.kind().to_string()));
    }

    pub(super) fn finish(mut self) -> (Vec<Shard>, Vec<Problem>) {
        self.problems.sort_by(|a, b| a.shard.cmp(&b.shard));
        (self.shards, self.problems)
    }
}
