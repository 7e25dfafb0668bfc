//! Where finds go: a file with its journal, or a stream.
//!
//! It must never enter a shard whose finds and bytes are not safe on disk.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use casement_core::intake::find::Utc;
use casement_core::{Error, Result};

use super::journal::{Head, Journal, Told};
use super::quarantine::{Folder, Quarantine};
use super::tell::{Teller, unheard};
use super::work::Done;
use super::{Counts, Output, Trouble};
use crate::corpus::Shard;

/// Where finds go.
pub(super) struct Out {
    to: BufWriter<Box<dyn Write + Send>>,
    /// The finds file itself and its journal, where there is one.
    kept: Option<(File, Journal)>,
    end: u64,
}

impl Out {
    pub(super) fn open(output: Output, head: Head) -> Result<(Self, Quarantine, PathBuf)> {
        let folder = |path: &Path| Folder::open(path).map(Quarantine::Folder);
        match output {
            Output::Files { finds, bytes, restart } => {
                let mut name = finds.clone().into_os_string();
                name.push(".scan");
                let journal = PathBuf::from(name);
                if finds.exists() && !journal.exists() && !restart {
                    return Err(Error::usage(
                        "SCAN-08",
                        "A file of finds is there already that this scan did not write. Name another with --out, or \
                         replace it with --restart.",
                    ));
                }
                let journal = Journal::open(&journal, head, restart)?;
                let file = OpenOptions::new()
                    .write(true)
                    .create(true)
                    .truncate(restart)
                    .mode(0o600)
                    .open(&finds)?;
                let to: Box<dyn Write + Send> = Box::new(file.try_clone()?);
                let quarantine = folder(&bytes)?;
                let beside = finds.parent().filter(|path| !path.as_os_str().is_empty());
                let beside = beside.unwrap_or(Path::new(".")).to_owned();
                let kept = Some((file, journal));
                Ok((Self { to: BufWriter::new(to), kept, end: 0 }, quarantine, beside))
            }
            Output::Stream { finds, bytes } => {
                let quarantine = folder(&bytes)?;
                Ok((Self { to: BufWriter::new(finds), kept: None, end: 0 }, quarantine, bytes))
            }
            Output::Store { finds, deposit, folder } => Ok((
                Self { to: BufWriter::new(finds), kept: None, end: 0 },
                Quarantine::Vault(deposit),
                folder,
            )),
        }
    }

    pub(super) fn run_id(&self) -> Option<&str> {
        self.kept.as_ref().map(|(_, journal)| journal.head.run_id.as_str())
    }

    /// Shards that an earlier run told, by number. The finds file ends after the last of them.
    pub(super) fn resume(
        &mut self,
        shards: &[Shard],
        stamps: &[String],
    ) -> Result<BTreeMap<usize, Told>> {
        let Some((file, journal)) = &mut self.kept else { return Ok(BTreeMap::new()) };
        let by_uri: BTreeMap<&str, usize> =
            shards.iter().enumerate().map(|(at, shard)| (shard.uri.as_str(), at)).collect();
        let mut before = BTreeMap::new();
        for told in journal.told.drain(..) {
            self.end = told.end;
            let at = by_uri.get(told.shard.as_str()).copied();
            match at.filter(|at| stamps.get(*at) == Some(&told.stamp)) {
                Some(at) => before.insert(at, told),
                None => {
                    return Err(Error::usage(
                        "SCAN-05",
                        "A shard that was scanned before has changed or is gone, so its finds no longer hold. Begin \
                         again with --restart, or name another file with --out.",
                    ));
                }
            };
        }
        if file.metadata()?.len() < self.end {
            return Err(Error::usage(
                "SCAN-05",
                "The file of finds is shorter than its journal says. Begin again with --restart.",
            ));
        }
        file.set_len(self.end)?;
        file.seek(SeekFrom::Start(self.end))?;
        Ok(before)
    }

    /// Tells a shard whole, and enters it once all of it is safe. One that could not be read is told and not entered, so
    /// that the next run reads it again.
    pub(super) fn tell(
        &mut self,
        teller: &Teller,
        shard: &Shard,
        stamp: &str,
        done: Done,
        scanned_at: &Utc,
        quarantine: &Quarantine,
    ) -> Result<(Counts, Vec<Trouble>)> {
        let unread = done.unread;
        let sha256 = done.walked.as_ref().and_then(|walked| walked.sha256).map(hex::encode);
        let mut counts = done.counts;
        let mut problems = done.troubles.clone();
        if counts.finds > 0 {
            quarantine.settle()?;
        }
        let mut out = Counted { to: &mut self.to, written: 0 };
        let (finds, more) = teller.shard(shard, done, scanned_at, &mut out)?;
        self.end += out.written;
        counts.finds = finds;
        counts.problems += more.len() as u64;
        problems.extend(more);
        self.to.flush().map_err(unheard)?;
        if let Some((file, journal)) = &mut self.kept {
            file.sync_data()?;
            if unread {
                return Ok((counts, problems));
            }
            journal.enter(&Told {
                shard: shard.uri.clone(),
                stamp: stamp.to_owned(),
                sha256,
                size_bytes: shard.size_bytes,
                counts,
                end: self.end,
                problems: problems.clone(),
            })?;
        }
        Ok((counts, problems))
    }

    pub(super) fn finish(mut self) -> Result<()> {
        self.to.flush().map_err(unheard)
    }
}

/// Counts what is written.
struct Counted<'a> {
    to: &'a mut BufWriter<Box<dyn Write + Send>>,
    written: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
