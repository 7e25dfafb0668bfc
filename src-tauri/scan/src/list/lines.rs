//! Lists of one digest per line. What the digests are is settled by the first line that leaves no choice, and holds for
//! all: a line of another kind refuses the list.
//!
//! `#` begins a comment line. A PDQ may be followed by its quality. It must never hold more of the list than the lines
//! that are still open.

use std::io::{BufRead, Read};

use super::value::Writing;
use super::{Algorithm, Entry, ListError, MAX_ENTRY, Place, Standing, Told, Value};

/// Lines kept back while they can be read in two ways. A random MD5 can be with a chance of 1 in 10,000.
const OPEN: usize = 1_000;
/// Values looked at before 64 hex digits are said to be built like PDQ.
const SEEN: u64 = 24;

/// One way to read every line of a list.
type Way = (Algorithm, Writing);

pub(super) fn read(
    algorithm: Option<Algorithm>,
    mut from: impl BufRead,
    take: &mut dyn FnMut(Entry<'_>),
) -> Result<Told, ListError> {
    let mut reading = Reading {
        ways: ways(algorithm),
        asked: algorithm.is_some(),
        begun: false,
        open: Vec::new(),
        balanced: algorithm.is_none().then_some(0),
        number: 0,
    };
    let mut line = Vec::new();
    while next(&mut from, &mut line, reading.number + 1)? {
        reading.number += 1;
        let text = line.trim_ascii();
        if !text.is_empty() && !text.starts_with(b"#") {
            reading.line(text, take)?;
        }
    }
    reading.end(take)
}

/// Every way that the algorithm asked for leaves. 64 hex digits are SHA-256 unless PDQ is asked for or a quality follows.
fn ways(algorithm: Option<Algorithm>) -> Vec<Way> {
    let named = algorithm.map_or_else(
        || vec![Algorithm::Md5, Algorithm::Sha1, Algorithm::Sha256],
        |algorithm| vec![algorithm],
    );
    named.into_iter().flat_map(|a| Writing::ALL.map(|writing| (a, writing))).collect()
}

struct Reading {
    ways: Vec<Way>,
    /// The algorithm was asked for.
    asked: bool,
    /// There was a value before.
    begun: bool,
    /// Lines that more than one way can read.
    open: Vec<Vec<u8>>,
    /// How many values had as many ones as zeros, give or take four: all of PDQ, two in five of a digest. `None` once
    /// nothing is left to find out.
    balanced: Option<u64>,
    number: u64,
}

impl Reading {
    fn line(&mut self, text: &[u8], take: &mut dyn FnMut(Entry<'_>)) -> Result<(), ListError> {
        let at = text.iter().position(|byte| matches!(byte, b' ' | b'\t' | b',' | b';'));
        let (value, rest) = at.and_then(|at| text.split_at_checked(at)).unwrap_or((text, b""));
        let place = Place::Line(self.number);
        if !rest.is_empty() {
            self.quality(rest, place)?;
        }
        self.begun = true;
        let left: Vec<Way> = self
            .ways
            .iter()
            .copied()
            .filter(|(algorithm, writing)| writing.read(*algorithm, value).is_some())
            .collect();
        match left.as_slice() {
            [] => Err(self.misread(value, place)),
            [way] => {
                let way = *way;
                self.ways = left;
                for earlier in std::mem::take(&mut self.open) {
                    hand_over(way, &earlier, take);
                }
                hand_over(way, value, take);
                self.weigh(way, value)
            }
            _ => {
                self.ways = left;
                self.open.push(value.to_vec());
                if self.open.len() > OPEN { Err(ListError::ambiguous()) } else { Ok(()) }
            }
        }
    }

    /// Only a PDQ has a quality: 0 to 100.
    fn quality(&mut self, rest: &[u8], place: Place) -> Result<(), ListError> {
        let number = rest.get(1..).unwrap_or_default().trim_ascii();
        let quality = std::str::from_utf8(number).ok().and_then(|text| text.parse::<u8>().ok());
        if quality.is_none_or(|quality| quality > 100) {
            return Err(ListError::no_digest(place));
        }
        if self.ways.iter().all(|(algorithm, _)| *algorithm == Algorithm::Pdq) {
            return Ok(());
        }
        if self.asked || self.begun {
            let other = if self.begun { ListError::mixed } else { ListError::no_digest };
            return Err(other(place));
        }
        self.balanced = None;
        self.ways = ways(Some(Algorithm::Pdq));
        Ok(())
    }

    /// A line that no way is left for: of another kind, or no digest at all.
    fn misread(&self, value: &[u8], place: Place) -> ListError {
        let all = [None, Some(Algorithm::Pdq)].into_iter().flat_map(ways);
        let other =
            all.into_iter().any(|(algorithm, writing)| writing.read(algorithm, value).is_some());
        if other { ListError::mixed(place) } else { ListError::no_digest(place) }
    }

    /// The 64 digits of a PDQ read as SHA-256 would match nothing, and nobody would know.
    fn weigh(&mut self, way: Way, value: &[u8]) -> Result<(), ListError> {
        let Some(balanced) = self.balanced else { return Ok(()) };
        let Some(Value::Sha256(bytes)) = way.1.read(way.0, value) else {
            self.balanced = None;
            return Ok(());
        };
        let ones: u32 = bytes.iter().map(|byte| byte.count_ones()).sum();
        self.balanced = (124..=132).contains(&ones).then_some(balanced + 1);
        if balanced + 1 >= SEEN && self.balanced.is_some() {
            return Err(ListError::looks_like_pdq());
        }
        Ok(())
    }

    fn end(self, take: &mut dyn FnMut(Entry<'_>)) -> Result<Told, ListError> {
        if let [first, ..] = self.ways.as_slice()
            && !self.open.is_empty()
        {
            // Two ways of one algorithm would read the same length twice, which no line can satisfy.
            if self.ways.iter().any(|way| way.0 != first.0) {
                return Err(ListError::ambiguous());
            }
            for value in &self.open {
                hand_over(*first, value, take);
            }
        }
        Ok(Told::default())
    }
}

fn hand_over((algorithm, writing): Way, text: &[u8], take: &mut dyn FnMut(Entry<'_>)) {
    if let Some(value) = writing.read(algorithm, text) {
        take(Entry { id: None, label: None, values: &[value], standing: Standing::Beside });
    }
}

/// The next line without its end; `false` after the last.
fn next(from: &mut impl BufRead, line: &mut Vec<u8>, number: u64) -> Result<bool, ListError> {
    line.clear();
    let limit = MAX_ENTRY as u64 + 1;
    let read = from
        .by_ref()
        .take(limit)
        .read_until(b'\n', line)
        .map_err(|_| ListError::unreadable(Place::Line(number)))? as u64;
    if read == limit && line.last() != Some(&b'\n') {
        return Err(ListError::too_long(Place::Line(number)));
    }
    Ok(read > 0)
}
