//! Tar archives, plain or as one gzip stream, front to back in one pass.
//!
//! A member's `offset` and `length` are those of its data. In a gzip stream they count in what it
//! expands to, and the step says so. What stands behind the mark of the end is read as well, so
//! that nothing hides there. It must never trust a length for an allocation.

pub(super) mod header;

use std::io::{self, BufRead, Read};

use flate2::bufread::MultiGzDecoder;
use serde_json::Value;

use self::header::{BLOCK, Header, NoHeader, Pax, text};
use super::name::shown;
use super::problem::fault_of;
use super::sample::{Part, Samples, Text};
use super::tap::{Exactly, Tap};
use super::walk::{Found, Walk, Walked};
use super::{Fault, Problem, StepKind, step};

/// The longest name or pax header that is read.
const MOST_HEADER: u64 = 1024 * 1024;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Walks a tar archive.
pub(super) fn walk(source: impl Read, walk: &mut Walk<'_>) -> Result<Walked, Problem> {
    walk_all(source, walk, false)
}

/// Walks a tar archive; `every` hands out the texts that describe pictures too.
pub(super) fn walk_all(
    source: impl Read,
    walk: &mut Walk<'_>,
    every: bool,
) -> Result<Walked, Problem> {
    let mut tap = Tap::new(source);
    let packed = tap
        .fill_buf()
        .map_err(|error| walk.fault(Fault::Unreadable).because(error.kind().to_string()))?
        .starts_with(&GZIP);
    if packed {
        let mut inner = Tap::counting(MultiGzDecoder::new(&mut tap));
        Reader { walk, tap: &mut inner, packed, every, samples: Samples::default() }.run()?;
    } else {
        Reader { walk, tap: &mut tap, packed, every, samples: Samples::default() }.run()?;
    }
    let complete = !walk.ended();
    if !complete {
        let size_bytes = tap.position();
        return Ok(Walked { sha256: None, size_bytes, members: walk.members(), complete });
    }
    let (sha256, size_bytes) = tap
        .finish()
        .map_err(|error| walk.fault(Fault::Unreadable).because(error.kind().to_string()))?;
    walk.progress(size_bytes);
    Ok(Walked { sha256, size_bytes, members: walk.members(), complete })
}

/// How the reading of a member or of the archive goes on.
enum On {
    Next,
    End,
}

struct Reader<'a, 'v, R> {
    walk: &'a mut Walk<'v>,
    tap: &'a mut Tap<R>,
    packed: bool,
    /// Hands out every file, the texts that describe pictures too.
    every: bool,
    samples: Samples,
}

impl<R: Read> Reader<'_, '_, R> {
    fn run(mut self) -> Result<(), Problem> {
        let result = self.members();
        let rest = self.samples.rest();
        result?;
        self.texts(rest)
    }

    fn members(&mut self) -> Result<(), Problem> {
        let mut pax = Pax::default();
        let mut long_name: Option<Vec<u8>> = None;
        let mut state = State::default();
        while !self.walk.ended() {
            let at = self.tap.position();
            let mut block = [0; BLOCK];
            match self.tap.fill(&mut block) {
                Ok(BLOCK) => {}
                Ok(part) => return self.end(at, part, &state),
                Err(error) => {
                    self.cut(at, &error);
                    return Ok(());
                }
            }
            let header = match Header::parse(&block) {
                Ok(header) if state.lost.is_none() || header.has_magic => header,
                Err(NoHeader::Zero) => {
                    state.marked_end |= state.lost.is_none();
                    continue;
                }
                _ => {
                    state.lost.get_or_insert(at);
                    continue;
                }
            };
            if let Some(lost) = state.lost.take() {
                self.walk.tell(self.walk.fault(Fault::Damaged).at(lost));
                (pax, long_name) = (Pax::default(), None);
            }
            state.headers += 1;
            state.marked_end = false;
            let on = match header.kind {
                b'L' => self.keep(header.size, at, |body| {
                    long_name = Some(text(body).to_vec());
                    true
                }),
                b'x' | b'X' => self.keep(header.size, at, |body| {
                    let records = Pax::parse(body);
                    let read = records.is_some();
                    pax = records.unwrap_or_default();
                    read
                }),
                b'K' | b'g' => self.pass(header.size, &header.name, at),
                kind => {
                    let records = std::mem::take(&mut pax);
                    let name = records.path.or(long_name.take()).unwrap_or(header.name);
                    let entry = Entry { name, size: records.size.unwrap_or(header.size), kind, at };
                    if header.map_goes_on {
                        self.pass_map();
                    }
                    self.entry(&entry, records.sparse || kind == b'S')?
                }
            };
            if matches!(on, On::End) {
                return Ok(());
            }
            if !self.packed {
                self.walk.progress(self.tap.position());
            }
        }
        Ok(())
    }

    /// One member that is not about another one.
    fn entry(&mut self, entry: &Entry, sparse: bool) -> Result<On, Problem> {
        match entry.kind {
            b'5' | b'V' => Ok(On::Next),
            b'1'..=b'4' | b'6' => {
                let problem = self.walk.fault(Fault::NotAFile).of(shown(&entry.name)).at(entry.at);
                self.walk.tell(problem);
                Ok(On::Next)
            }
            _ if sparse => {
                let problem = self.walk.fault(Fault::Sparse).of(shown(&entry.name)).at(entry.at);
                self.walk.tell(problem);
                Ok(self.pass(entry.size, &entry.name, entry.at))
            }
            _ => self.file(entry),
        }
    }

    fn file(&mut self, entry: &Entry) -> Result<On, Problem> {
        let offset = self.tap.position();
        let mut place = step::member(StepKind::TarMember, &entry.name, offset, entry.size);
        if self.packed {
            place.extra.insert(step::COMPRESSION.to_owned(), Value::from("gzip"));
        }
        let (part, freed) = match self.every {
            true => (Part::Give, Vec::new()),
            false => self.samples.next(&entry.name, entry.size),
        };
        self.texts(freed)?;
        if self.walk.ended() {
            return Ok(On::End);
        }
        let end = offset.saturating_add(entry.size);
        let mut bytes = Exactly { inner: self.tap, left: entry.size };
        let mut no_text = None;
        let told = match part {
            Part::Wait => match self.samples.keep(&entry.name, place, &mut bytes) {
                Ok(text) => {
                    no_text = text;
                    false
                }
                Err(error) => {
                    self.walk.tell_error(&entry.name, offset, &error);
                    true
                }
            },
            Part::Give => {
                let size_hint = Some(entry.size);
                let found = Found { name: &entry.name, offset, steps: vec![place], size_hint };
                self.walk.give(found, &mut bytes)?
            }
        };
        self.texts(no_text.into_iter().collect())?;
        let left = end.saturating_sub(self.tap.position());
        if !self.skip(left, &entry.name, offset, told) {
            return Ok(On::End);
        }
        // A cut in the padding is met again, and told, where the next header should be.
        let _ = self.tap.skip(padding(entry.size));
        Ok(On::Next)
    }

    /// Passes over bytes of a member, telling once if they are not there.
    fn skip(&mut self, bytes: u64, name: &[u8], offset: u64, told: bool) -> bool {
        let error = match self.tap.skip(bytes) {
            Ok(passed) if passed == bytes => return true,
            Ok(_) => io::ErrorKind::UnexpectedEof.into(),
            Err(error) => error,
        };
        if !told {
            self.walk.tell_error(name, offset, &error);
        }
        false
    }

    /// Reads a header that tells of the next one, and uses it.
    fn keep(&mut self, size: u64, at: u64, mut use_it: impl FnMut(&[u8]) -> bool) -> On {
        if size > MOST_HEADER {
            self.walk.tell(self.walk.fault(Fault::Damaged).at(at));
            return self.pass(size, b"", at);
        }
        let mut body = Vec::new();
        match (Exactly { inner: self.tap, left: size }).read_to_end(&mut body) {
            Ok(_) => {}
            Err(error) => {
                self.cut(at, &error);
                return On::End;
            }
        }
        if !use_it(&body) {
            self.walk.tell(self.walk.fault(Fault::Damaged).at(at));
        }
        let _ = self.tap.skip(padding(size));
        On::Next
    }

    fn pass(&mut self, size: u64, name: &[u8], at: u64) -> On {
        if self.skip(size.saturating_add(padding(size)), name, at, false) {
            On::Next
        } else {
            On::End
        }
    }

    /// The rest of a GNU map of holes.
    fn pass_map(&mut self) {
        let mut block = [0; BLOCK];
        while matches!(self.tap.fill(&mut block), Ok(BLOCK)) {
            // The map's blocks end with the flag that another follows.
            if block.get(504) == Some(&0) {
                break;
            }
        }
    }

    /// The texts that turned out to be members of their own.
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

    /// The source failed between members.
    fn cut(&mut self, at: u64, error: &io::Error) {
        self.walk.tell(self.walk.fault(fault_of(error).0).at(at));
    }

    /// The source is at its end, after a part of a header.
    fn end(&mut self, at: u64, part: usize, state: &State) -> Result<(), Problem> {
        let fault = match state.lost {
            // Nothing in it was ever a header.
            Some(lost) if state.headers == 0 => {
                return Err(self.walk.fault(Fault::Foreign).at(lost));
            }
            None if state.headers == 0 && !state.marked_end => {
                return Err(self.walk.fault(Fault::Foreign).at(at));
            }
            Some(lost) => self.walk.fault(Fault::Damaged).at(lost),
            None if part > 0 || !state.marked_end => self.walk.fault(Fault::Truncated).at(at),
            None => return Ok(()),
        };
        self.walk.tell(fault);
        Ok(())
    }
}

/// How far the archive made sense.
#[derive(Default)]
struct State {
    headers: u64,
    /// Where it stopped making sense.
    lost: Option<u64>,
    marked_end: bool,
}

struct Entry {
    name: Vec<u8>,
    size: u64,
    kind: u8,
    /// Of its header.
    at: u64,
}

/// Bytes that fill the last block.
const fn padding(size: u64) -> u64 {
    (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64
}
