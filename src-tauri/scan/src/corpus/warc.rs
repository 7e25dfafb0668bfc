//! WARC files, plain or gzip record by record, front to back in one pass.
//!
//! A record's `offset` and `length` are those of the bytes in the file, so of the gzip member where
//! it is packed, as CDXJ has them. While it walks, a packed record's length is not yet known; the
//! finished locator has it. Response, resource and conversion records are handed out; revisits,
//! requests and metadata hold no content of their own. It must never take a record's word for its
//! length.

pub(super) mod origin;
pub(super) mod payload;
pub(super) mod record;

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;
use serde_json::Value;

use self::payload::{Block, Chunks, Kept, Summing, uncoded};
use self::record::{Fields, Http, begins_record, line, trimmed};
use super::name::shown;
use super::problem::fault_of;
use super::tap::{Expanding, Tap};
use super::walk::{Found, Walk, Walked};
use super::{Fault, Problem, Step, StepKind, step};

/// Where a record begins in the expanded bytes of its gzip member, when it is not the first there.
pub(super) const INNER_OFFSET: &str = "inner_offset";

/// How far a search for the next record looks at a time.
const LINE: usize = 64 * 1024;

/// Walks a WARC file.
pub(super) fn walk(source: impl Read, walk: &mut Walk<'_>) -> Result<Walked, Problem> {
    let unreadable = |uri: &str, e: io::Error| {
        Problem::new(Fault::Unreadable, uri).because(e.kind().to_string())
    };
    let mut tap = Tap::new(source);
    let mut reader = Reader { walk, found: 0, lost: false, told: false, cut: false, broken: false };
    loop {
        let head = tap.fill_buf().map_err(|e| unreadable(reader.walk.uri, e))?.first().copied();
        let Some(head) = head else { break };
        if head == 0x1f {
            reader.packed(&mut tap)?;
        } else {
            reader.records(&mut tap, None)?;
        }
        if reader.walk.ended() {
            break;
        }
    }
    if reader.found == 0 {
        return Err(reader.walk.fault(Fault::Foreign).at(0));
    }
    let complete = !walk.ended();
    let position = tap.position();
    let (sha256, size_bytes) = if complete {
        tap.finish().map_err(|e| unreadable(walk.uri, e))?
    } else {
        (None, position)
    };
    walk.progress(size_bytes);
    Ok(Walked { sha256, size_bytes, members: walk.members(), complete })
}

struct Reader<'a, 'v> {
    walk: &'a mut Walk<'v>,
    /// Records that could be read.
    found: u64,
    /// Between a damaged gzip member and the next good one: that is one problem, not many.
    lost: bool,
    /// Whether a problem of the gzip member at hand was told.
    told: bool,
    /// Whether a record's header broke off in the gzip member at hand.
    cut: bool,
    /// Whether the gzip member at hand could not be expanded; a reader says so only once.
    broken: bool,
}

/// Where a record lies, as far as it is known while it is read.
#[derive(Clone, Copy)]
struct Place {
    offset: u64,
    /// Position in the gzip member, for packed records.
    inner: Option<u64>,
}

impl Reader<'_, '_> {
    fn tell(&mut self, fault: Fault, offset: u64) {
        if !self.lost {
            self.walk.tell(self.walk.fault(fault).at(offset));
        }
        self.told = true;
    }

    /// One gzip member and the records in it.
    fn packed<R: Read>(&mut self, tap: &mut Tap<R>) -> Result<(), Problem> {
        let offset = tap.position();
        let before = self.found;
        (self.told, self.cut, self.broken) = (false, false, false);
        let mut inner = Tap::counting(GzDecoder::new(&mut *tap));
        self.records(&mut inner, Some(offset))?;
        if self.walk.ended() {
            return Ok(());
        }
        // What the records left, so that the next member begins where this one ends.
        let drained = inner.skip(u64::MAX);
        drop(inner);
        let next = tap.fill_buf().unwrap_or_default();
        let (at_end, in_step) =
            (next.is_empty(), next.starts_with(&[0x1f]) || next.starts_with(b"WARC/"));
        let fault = match drained {
            Err(_) if at_end => Some(Fault::Truncated),
            Err(_) => Some(Fault::Damaged),
            Ok(_) if self.broken => Some(Fault::Damaged),
            Ok(_) if self.cut || self.found == before => Some(Fault::Length),
            Ok(_) => None,
        };
        if let Some(fault) = fault.filter(|_| !self.told) {
            self.tell(fault, offset);
        }
        if fault.is_none() {
            self.lost = false;
        }
        if !at_end && !in_step {
            if !self.told {
                self.tell(Fault::Damaged, tap.position());
            }
            self.lost = true;
            next_member(tap);
        } else if tap.position() == offset {
            tap.consume(1);
        }
        Ok(())
    }

    /// Records one after another: all of a plain file, or those of one gzip member.
    fn records<R: Read>(&mut self, tap: &mut Tap<R>, member: Option<u64>) -> Result<(), Problem> {
        // A doubt about the record before, told once the next one shows its length to be right.
        let mut doubt: Option<Problem> = None;
        let mut last: Option<u64> = None;
        let mut stray = false;
        while !self.walk.ended() {
            let at = tap.position();
            let first = match line(tap, LINE) {
                Ok(Some(first)) => first,
                Ok(None) => break,
                // A gzip member's error is told where the member is drained.
                Err(_) if member.is_some() => {
                    self.broken = true;
                    break;
                }
                Err(error) => {
                    self.tell(fault_of(&error).0, at);
                    break;
                }
            };
            if !begins_record(&first) {
                let blank = trimmed(&first).is_empty();
                if !blank && !stray && self.found > 0 {
                    stray = true;
                    doubt = None;
                    let fault = if last.is_some() { Fault::Length } else { Fault::Damaged };
                    self.tell(fault, member.or(last).unwrap_or(at));
                }
                continue;
            }
            if let Some(doubt) = doubt.take() {
                self.walk.tell(doubt);
            }
            stray = false;
            last = Some(at);
            self.found += 1;
            let place = Place { offset: member.unwrap_or(at), inner: member.map(|_| at) };
            match self.record(tap, place)? {
                Ended::Well(problem) => doubt = problem,
                Ended::Badly => stray = true,
            }
        }
        if let Some(doubt) = doubt {
            self.walk.tell(doubt);
        }
        Ok(())
    }

    /// One record, its first line read.
    fn record<R: Read>(&mut self, tap: &mut Tap<R>, place: Place) -> Result<Ended, Problem> {
        let packed = place.inner.is_some();
        let head = match Fields::read(tap) {
            Ok(head) => head,
            // Whether the gzip member or the record broke off shows where the member is drained.
            Err(error) if packed => {
                self.cut = true;
                self.broken |= error.kind() != io::ErrorKind::UnexpectedEof;
                return Ok(Ended::Badly);
            }
            Err(error) => return Ok(self.badly(fault_of(&error).0, place)),
        };
        let length = head.get("Content-Length").and_then(|length| length.parse::<u64>().ok());
        let Some(length) = length else { return Ok(self.badly(Fault::Length, place)) };
        let start = tap.position();
        let short = if packed { Fault::Length } else { Fault::Truncated };
        let mut block = Block { inner: tap, left: length, short };
        let kind = head.get("WARC-Type").unwrap_or_default();
        let told = match kind {
            "response" | "resource" | "conversion" => {
                // The two line ends that follow the block are not counted, as in CDXJ.
                let whole = start.saturating_sub(place.offset).saturating_add(length);
                let lies = step_of(&head, place, (!packed).then_some(whole));
                self.content(&mut block, &head, lies)?
            }
            "continuation" => {
                let problem = self.walk.fault(Fault::Compression).at(place.offset);
                self.walk.tell(problem.because("a record in segments"));
                Told::Nothing
            }
            _ => Told::Nothing,
        };
        if self.walk.ended() {
            return Ok(Ended::Well(None));
        }
        let left = start.saturating_add(length).saturating_sub(tap.position());
        let skipped = tap.skip(left);
        if !packed {
            self.walk.progress(tap.position());
        }
        match (skipped, told) {
            (_, Told::Already) => {
                self.told = true;
                Ok(Ended::Badly)
            }
            (Ok(skipped), told) if skipped == left => Ok(Ended::Well(match told {
                Told::Doubt(problem) => Some(problem),
                _ => None,
            })),
            (Ok(_), _) => Ok(self.badly(short, place)),
            // Told where the gzip member is drained.
            (Err(_), _) if packed => {
                self.broken = true;
                Ok(Ended::Badly)
            }
            (Err(error), _) => Ok(self.badly(fault_of(&error).0, place)),
        }
    }

    fn badly(&mut self, fault: Fault, place: Place) -> Ended {
        self.tell(fault, place.offset);
        Ended::Badly
    }

    /// The content of a record, handed out.
    fn content<R: BufRead>(
        &mut self,
        block: &mut Block<'_, R>,
        head: &Fields,
        lies: Step,
    ) -> Result<Told, Problem> {
        let (length, at) = (block.left, lies.offset.unwrap_or_default());
        let target = head.get("WARC-Target-URI").unwrap_or_default().to_owned();
        let name = target.as_bytes();
        let opened = match opened(block, head) {
            Ok(opened) => opened,
            Err(error) => {
                self.walk.tell_error(name, at, &error);
                return Ok(Told::Already);
            }
        };
        let Opened { http, prefix } = opened;
        let kept = head.get("WARC-Payload-Digest").filter(|_| self.walk.wants());
        let kept = kept.and_then(Kept::parse);
        let coding = http.as_ref().map(Http::codings).unwrap_or_default();
        if coding.len() > 1 {
            let problem = self.walk.fault(Fault::Compression).of(shown(name)).at(at);
            self.walk.tell(problem);
            return Ok(Told::Nothing);
        }
        let mut raw = Summing::new(io::Cursor::new(prefix).chain(block), kept.as_ref());
        let chunked = http.as_ref().is_some_and(Http::is_chunked);
        let body: Box<dyn BufRead + '_> =
            if chunked { Box::new(Chunks::new(&mut raw)) } else { Box::new(&mut raw) };
        let mut body = Summing::new(body, kept.as_ref().filter(|_| chunked));
        let told = match uncoded(&mut body, coding.first().map(String::as_str)) {
            Ok(Some((content, was_coded))) => {
                let limits = self.walk.limits;
                let mut content: Box<dyn Read + '_> = if was_coded {
                    Box::new(Expanding { inner: content, packed: length, limits, given: 0 })
                } else {
                    content
                };
                let found = Found { name, offset: at, steps: vec![lies], size_hint: None };
                let uri = self.walk.uri;
                self.walk.give_at(uri, found, &mut content)?
            }
            Ok(None) => {
                let problem = self.walk.fault(Fault::Compression).of(shown(name)).at(at);
                self.walk.tell(problem);
                false
            }
            Err(error) => {
                self.walk.tell_error(name, at, &error);
                true
            }
        };
        if told || self.walk.ended() {
            return Ok(if told { Told::Already } else { Told::Nothing });
        }
        let joined = body.finish();
        let whole = raw.finish();
        Ok(match (joined, whole, kept) {
            (Ok(joined), Ok(whole), Some(kept))
                if joined.as_ref() != Some(&kept) && whole.as_ref() != Some(&kept) =>
            {
                Told::Doubt(self.walk.fault(Fault::Checksum).of(shown(name)).at(at))
            }
            _ => Told::Nothing,
        })
    }
}

/// How a record ended.
enum Ended {
    /// As it said it would; perhaps with a problem to tell if that proves true.
    Well(Option<Problem>),
    /// Not so, which is told.
    Badly,
}

/// What was told of a record's content.
enum Told {
    Nothing,
    Already,
    Doubt(Problem),
}

/// A block with its HTTP head taken off.
pub(super) struct Opened {
    pub(super) http: Option<Http>,
    /// Bytes of the payload that were read in looking for the head.
    pub(super) prefix: Vec<u8>,
}

/// Takes the HTTP head off a block, where there is one.
pub(super) fn opened(block: &mut impl BufRead, head: &Fields) -> io::Result<Opened> {
    if head.get("WARC-Type") != Some("response") {
        return Ok(Opened { http: None, prefix: Vec::new() });
    }
    Ok(match Http::read(block)? {
        Ok(http) => Opened { http: Some(http), prefix: Vec::new() },
        Err(prefix) => Opened { http: None, prefix },
    })
}

/// The place of a record.
fn step_of(head: &Fields, place: Place, length: Option<u64>) -> Step {
    let mut step = step::blank(StepKind::WarcRecord);
    step.offset = Some(place.offset);
    step.length = length;
    let text = |name| head.get(name).map(str::to_owned);
    step.record_id = text("WARC-Record-ID").map(|id| bare(&id).to_owned());
    step.target_uri = text("WARC-Target-URI").map(|uri| bare(&uri).to_owned());
    step.payload_digest = text("WARC-Payload-Digest");
    if let Some(inner) = place.inner {
        step.extra.insert(step::COMPRESSION.to_owned(), Value::from("gzip"));
        if inner > 0 {
            step.extra.insert(INNER_OFFSET.to_owned(), Value::from(inner));
        }
    }
    step
}

/// A value without the angle brackets that some fields have.
pub(super) fn bare(value: &str) -> &str {
    value.strip_prefix('<').and_then(|value| value.strip_suffix('>')).unwrap_or(value)
}

/// Moves to the next bytes that could begin a gzip member.
fn next_member<R: Read>(tap: &mut Tap<R>) {
    const MAGIC: &[u8] = &[0x1f, 0x8b, 0x08];
    while let Ok(bytes) = tap.fill_buf() {
        if bytes.is_empty() {
            return;
        }
        // At the end of the buffer a part of it is enough: a false start costs nothing.
        let starts = |at: &usize| {
            let rest = bytes.get(*at..).unwrap_or_default();
            MAGIC.starts_with(rest.get(..MAGIC.len()).unwrap_or(rest))
        };
        let found = (0..bytes.len()).find(starts);
        let used = found.unwrap_or(bytes.len());
        tap.consume(used);
        if found.is_some() {
            return;
        }
    }
}
