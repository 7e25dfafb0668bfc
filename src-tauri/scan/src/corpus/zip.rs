//! Zip archives by their central directory, entry by entry, each read where it lies.
//!
//! The directory is streamed, not held, and two entries of one name are two members. What only
//! stands between the entries is not looked at. It must never trust a size it has not counted.

pub(super) mod entry;

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use serde_json::Value;

use self::entry::{Directory, End, Entry};
use super::name::shown;
use super::sample::{Part, Samples, Text};
use super::tap::{Exactly, Expanding, Tap};
use super::walk::{Found, Walk, Walked};
use super::{Fault, Limits, Problem, StepKind, step};

/// Walks a zip archive: one pass to digest it, then its members.
pub(super) fn walk<R: Read + Seek>(mut source: R, walk: &mut Walk<'_>) -> Result<Walked, Problem> {
    let unreadable = |error: io::Error| {
        Problem::new(Fault::Unreadable, walk.uri).because(error.kind().to_string())
    };
    source.rewind().map_err(unreadable)?;
    let (sha256, size_bytes) = Tap::new(&mut source).finish().map_err(unreadable)?;
    let end = match End::find(&mut source, size_bytes).map_err(unreadable)? {
        Some(end) => end,
        None if entry::begins_like_zip(&mut source) => {
            walk.tell(walk.fault(Fault::Truncated).at(size_bytes));
            walk.progress(size_bytes);
            return Ok(Walked { sha256, size_bytes, members: 0, complete: true });
        }
        None => return Err(walk.fault(Fault::Foreign)),
    };
    let mut reader = Reader { source, walk, samples: Samples::default(), size_bytes, packed: 0 };
    reader.entries(&end)?;
    let rest = reader.samples.rest();
    reader.texts(rest)?;
    let complete = !walk.ended();
    walk.progress(size_bytes);
    Ok(Walked {
        sha256: sha256.filter(|_| complete),
        size_bytes,
        members: walk.members(),
        complete,
    })
}

struct Reader<'a, 'v, R> {
    source: R,
    walk: &'a mut Walk<'v>,
    samples: Samples,
    size_bytes: u64,
    /// Packed bytes of the entries so far.
    packed: u64,
}

impl<R: Read + Seek> Reader<'_, '_, R> {
    fn entries(&mut self, end: &End) -> Result<(), Problem> {
        let mut directory = Directory::new(end);
        while !self.walk.ended() {
            let at = directory.position();
            let entry = match directory.next(&mut self.source) {
                Ok(Some(entry)) => entry,
                Ok(None) => break,
                Err(error) => {
                    let (fault, _) = super::problem::fault_of(&error);
                    self.walk.tell(self.walk.fault(fault).at(at));
                    break;
                }
            };
            if entry.is_folder() {
                continue;
            }
            self.packed = self.packed.saturating_add(entry.packed);
            if self.packed > self.size_bytes {
                self.walk.tell(self.walk.fault(Fault::Overlap).of(shown(&entry.name)).at(at));
                break;
            }
            self.entry(&entry)?;
            self.walk.progress(self.packed);
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), Problem> {
        if let Some((fault, detail)) = refused(entry, &self.walk.limits) {
            let mut problem = self.walk.fault(fault).of(shown(&entry.name)).at(entry.header);
            problem.detail = detail;
            self.walk.tell(problem);
            return Ok(());
        }
        let offset = match entry.data(&mut self.source) {
            Ok(offset) => offset,
            Err(error) => {
                self.walk.tell_error(&entry.name, entry.header, &error);
                return Ok(());
            }
        };
        let mut place = step::member(StepKind::ZipMember, &entry.name, offset, entry.packed);
        place.size_bytes = Some(entry.size);
        if entry.method == entry::DEFLATED {
            place.extra.insert(step::COMPRESSION.to_owned(), Value::from("deflate"));
        }
        let (part, freed) = self.samples.next(&entry.name, entry.size);
        self.texts(freed)?;
        if self.walk.ended() {
            return Ok(());
        }
        if part == Part::Give && !self.walk.wants() {
            self.walk.pass();
            return Ok(());
        }
        if let Err(error) = self.source.seek(SeekFrom::Start(offset)) {
            self.walk.tell_error(&entry.name, offset, &error);
            return Ok(());
        }
        let limits = self.walk.limits;
        let mut checked = Checked::new(unpacked(&mut self.source, entry, limits), entry);
        if part == Part::Wait {
            let kept = self.samples.keep(&entry.name, place, &mut checked);
            drop(checked);
            return match kept {
                Ok(text) => self.texts(text.into_iter().collect()),
                Err(error) => {
                    self.walk.tell_error(&entry.name, offset, &error);
                    Ok(())
                }
            };
        }
        let size_hint = Some(entry.size);
        let found = Found { name: &entry.name, offset, steps: vec![place], size_hint };
        let told = self.walk.give(found, &mut checked)?;
        if !told && checked.differs() {
            let problem = self.walk.fault(Fault::Checksum).of(shown(&entry.name)).at(offset);
            // The member was counted just now, so it is told even at the place of resuming.
            self.walk.tell(problem);
        }
        Ok(())
    }

    fn texts(&mut self, texts: Vec<Text>) -> Result<(), Problem> {
        for text in texts {
            if self.walk.ended() {
                break;
            }
            let offset = text.step.offset.unwrap_or_default();
            let size_hint = Some(text.bytes.len() as u64);
            let found = Found { name: &text.name, offset, steps: vec![text.step], size_hint };
            self.walk.give(found, &mut text.bytes.as_slice())?;
        }
        Ok(())
    }
}

/// Why an entry is not handed out.
fn refused(entry: &Entry, limits: &Limits) -> Option<(Fault, Option<String>)> {
    if entry.is_link() {
        Some((Fault::NotAFile, None))
    } else if entry.is_encrypted() {
        Some((Fault::Encrypted, None))
    } else if entry.method != entry::STORED && entry.method != entry::DEFLATED {
        Some((Fault::Compression, Some(format!("method {}", entry.method))))
    } else if entry.method == entry::DEFLATED && entry.size > limits.most(entry.packed) {
        let sizes = format!("{} bytes from {}", entry.size, entry.packed);
        Some((Fault::Bomb, Some(sizes)))
    } else {
        None
    }
}

/// The bytes of an entry whose data begins where the source stands.
pub(super) fn unpacked<'a, R: Read>(
    source: &'a mut R,
    entry: &Entry,
    limits: Limits,
) -> Box<dyn Read + 'a> {
    let packed = Exactly { inner: source, left: entry.packed };
    if entry.method == entry::DEFLATED {
        let inner = DeflateDecoder::new(BufReader::with_capacity(64 * 1024, packed));
        Box::new(Expanding { inner, packed: entry.packed, limits, given: 0 })
    } else {
        Box::new(packed)
    }
}

/// Counts and sums what an entry gives.
struct Checked<'a> {
    inner: Box<dyn Read + 'a>,
    crc: Crc,
    given: u64,
    at_end: bool,
    size: u64,
    sum: u32,
}

impl<'a> Checked<'a> {
    fn new(inner: Box<dyn Read + 'a>, entry: &Entry) -> Self {
        let (size, sum) = (entry.size, entry.crc);
        Self { inner, crc: Crc::new(), given: 0, at_end: false, size, sum }
    }

    /// Whether it was read to its end and was not what the directory says.
    fn differs(&self) -> bool {
        self.at_end && (self.given != self.size || self.crc.sum() != self.sum)
    }
}

impl Read for Checked<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.crc.update(out.get(..count).unwrap_or_default());
        self.given += count as u64;
        self.at_end |= count == 0 && !out.is_empty();
        Ok(count)
    }
}
