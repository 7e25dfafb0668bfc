//! A vendor's file taken apart into single responses: JSON Lines, elements of a JSON document, rows of a table.
//!
//! It must never hold more than one response, whatever the length of the document, and never change a byte of one.

use std::io::BufRead;

use super::refusal;
use crate::error::Result;
use crate::intake::check::{LineError, MAX_LINE};
use crate::intake::source::Source;

/// One response as delivered, or why there is none at this place.
pub(super) struct Piece {
    /// The number of its line, or of its element in a document, from 1.
    pub(super) ordinal: u64,
    pub(super) text: Result<Vec<u8>, LineError>,
}

/// A file of responses.
pub(super) struct Pieces<R> {
    pub(super) source: Source<R>,
    ordinal: u64,
    at: At,
    layout: Layout,
    /// The context of a document, where it has one.
    context: Option<String>,
}

/// How responses may stand in a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One JSON object per line, or one JSON list of objects.
    Responses,
    /// One OData document with its `value` list, or one JSON list of objects.
    Document,
    /// Rows, of which the first names the columns. A quoted field may span lines.
    Rows,
}

/// Where in the file the reader stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Lines,
    /// Among the fields of the document.
    Fields,
    /// In a list of responses, with what it stands in.
    Items(Within),
    /// In the list of cases.
    Cases,
    /// Among the fields of one case.
    CaseFields,
    End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    File,
    Document,
    Case,
}

/// The document is not what it has to be from here on.
struct Broken;

/// Longest name or single value that is read outside a response.
const MAX_FIELD: usize = 4_096;

impl<R: BufRead> Pieces<R> {
    pub(super) fn new(from: R, layout: Layout) -> Self {
        Self { source: Source::new(from), ordinal: 0, at: At::Start, layout, context: None }
    }

    pub(super) fn ordinal(&self) -> u64 {
        self.ordinal
    }

    /// Ends here: what follows cannot be read.
    pub(super) fn give_up(&mut self) {
        self.at = At::End;
    }

    /// The next response, or `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Piece>> {
        if self.at == At::Start {
            self.at = self.begin()?;
        }
        match self.at {
            At::End => {
                self.source.drain()?;
                Ok(None)
            }
            At::Lines if self.layout == Layout::Rows => self.row(),
            At::Lines => self.line(),
            _ => match self.element()? {
                Ok(piece) => Ok(piece),
                Err(Broken) => {
                    self.at = At::End;
                    self.ordinal += 1;
                    let error = refusal::document_breaks(self.source.bytes() + 1);
                    Ok(Some(Piece { ordinal: self.ordinal, text: Err(error) }))
                }
            },
        }
    }

    fn begin(&mut self) -> Result<At> {
        // A byte order mark says nothing about UTF-8, and some exports begin with one.
        if self.source.chunk()?.starts_with(b"\xef\xbb\xbf") {
            self.source.consume(3)?;
        }
        if self.layout == Layout::Rows {
            return Ok(At::Lines);
        }
        if self.layout == Layout::Responses {
            // Blank lines keep their numbers, so they are not skipped before a list is seen.
            return match self.source.peek()? {
                Some(b'[') => self.enter(At::Items(Within::File)),
                _ => Ok(At::Lines),
            };
        }
        match self.source.peek_solid()? {
            Some(b'[') => self.enter(At::Items(Within::File)),
            Some(b'{') => self.enter(At::Fields),
            None => Ok(At::End),
            // Said as broken at its first byte.
            Some(_) => Ok(At::Fields),
        }
    }

    fn enter(&mut self, at: At) -> Result<At> {
        self.source.consume(1)?;
        Ok(at)
    }

    fn line(&mut self) -> Result<Option<Piece>> {
        let mut line = Vec::new();
        while self.source.line(&mut line)? {
            self.ordinal += 1;
            let text = line.trim_ascii();
            if text.len() > MAX_LINE {
                return Ok(Some(self.piece(Err(refusal::too_long()))));
            }
            if !text.is_empty() {
                return Ok(Some(self.piece(Ok(text.to_vec()))));
            }
        }
        Ok(None)
    }

    /// Lines are joined while a quote is open. What grows too long is given up at the end of its line.
    fn row(&mut self) -> Result<Option<Piece>> {
        let (mut row, mut line) = (Vec::new(), Vec::new());
        while self.source.line(&mut line)? {
            if row.is_empty() {
                self.ordinal += 1;
                if line.trim_ascii().is_empty() {
                    continue;
                }
            }
            row.append(&mut line);
            if row.len() > MAX_LINE {
                return Ok(Some(self.piece(Err(refusal::too_long()))));
            }
            if row.iter().filter(|byte| **byte == b'"').count().is_multiple_of(2) {
                return Ok(Some(self.piece(Ok(row))));
            }
        }
        match row.is_empty() {
            true => Ok(None),
            false => {
                let open = refusal::must_be("A quoted field", "closed before the file ends");
                Ok(Some(self.piece(Err(open))))
            }
        }
    }

    fn piece(&self, text: Result<Vec<u8>, LineError>) -> Piece {
        Piece { ordinal: self.ordinal, text }
    }

    fn element(&mut self) -> Result<Result<Option<Piece>, Broken>> {
        loop {
            let Some(byte) = self.source.peek_solid()? else { return Ok(Err(Broken)) };
            let next = match (self.at, byte) {
                (At::End, _) => return Ok(Ok(None)),
                (At::Items(within), b']') => {
                    self.source.consume(1)?;
                    match within {
                        Within::File => At::End,
                        Within::Document => At::Fields,
                        Within::Case => At::CaseFields,
                    }
                }
                (At::Cases, b']') => self.enter(At::Fields)?,
                (At::Cases, b'{') => self.enter(At::CaseFields)?,
                (At::CaseFields, b'}') => self.enter(At::Cases)?,
                (At::Fields, b'}') => self.enter(At::End)?,
                (at, b',') => self.enter(at)?,
                (At::Items(_), _) => return self.item(),
                (at @ (At::Fields | At::CaseFields), b'"') => match self.field(at)? {
                    Ok(at) => at,
                    Err(Broken) => return Ok(Err(Broken)),
                },
                _ => return Ok(Err(Broken)),
            };
            self.at = next;
            if next == At::End {
                let more = self.source.peek_solid()?.is_some();
                return Ok(if more { Err(Broken) } else { Ok(None) });
            }
        }
    }

    /// One field of a document or a case: the list of responses is entered, anything else is read past.
    fn field(&mut self, at: At) -> Result<Result<At, Broken>> {
        let Some(name) = self.value(MAX_FIELD)? else { return Ok(Err(Broken)) };
        let name = serde_json::from_slice::<String>(&name.unwrap_or_default()).unwrap_or_default();
        if self.source.peek_solid()? != Some(b':') {
            return Ok(Err(Broken));
        }
        self.source.consume(1)?;
        let list = self.source.peek_solid()? == Some(b'[');
        let cases = self.context.as_deref().is_some_and(|context| context.ends_with("#Cases"));
        Ok(match (at, name.as_str(), list) {
            (At::Fields, "value", true) if cases => Ok(self.enter(At::Cases)?),
            (At::Fields, "value", true) => Ok(self.enter(At::Items(Within::Document))?),
            (At::CaseFields, "Media", true) => Ok(self.enter(At::Items(Within::Case))?),
            _ => match self.value(MAX_FIELD)? {
                None => Err(Broken),
                Some(value) => {
                    if matches!(name.as_str(), "@odata.context" | "odata.metadata") {
                        self.context = value.and_then(|text| serde_json::from_slice(&text).ok());
                    }
                    Ok(at)
                }
            },
        })
    }

    fn item(&mut self) -> Result<Result<Option<Piece>, Broken>> {
        self.ordinal += 1;
        Ok(match self.value(MAX_LINE)? {
            None => {
                self.ordinal -= 1;
                Err(Broken)
            }
            Some(None) => Ok(Some(self.piece(Err(refusal::too_long())))),
            Some(Some(text)) => Ok(Some(self.piece(Ok(text)))),
        })
    }

    /// One whole JSON value as its bytes. Inner `None`: it is longer than the limit, and was read past. Outer `None`: no
    /// value begins here, or the file ends inside it.
    fn value(&mut self, limit: usize) -> Result<Option<Option<Vec<u8>>>> {
        let mut bounds = Bounds::default();
        let mut text = Vec::new();
        loop {
            let chunk = self.source.chunk()?;
            if chunk.is_empty() {
                return Ok(None);
            }
            let (used, ended) = bounds.scan(chunk);
            if text.len() <= limit {
                let room = (limit + 1 - text.len()).min(used);
                text.extend_from_slice(chunk.get(..room).unwrap_or_default());
            }
            self.source.consume(used)?;
            if ended {
                return Ok(match text.len() {
                    0 => None,
                    length if length > limit => Some(None),
                    _ => Some(Some(text)),
                });
            }
        }
    }
}

/// Finds where a JSON value ends, without reading what it says.
#[derive(Default)]
struct Bounds {
    depth: u64,
    quoted: bool,
    escaped: bool,
}

impl Bounds {
    /// How many bytes of the chunk belong to the value, and whether it ends there.
    fn scan(&mut self, chunk: &[u8]) -> (usize, bool) {
        for (at, byte) in chunk.iter().enumerate() {
            if self.quoted {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.quoted = false;
                        if self.depth == 0 {
                            return (at + 1, true);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.quoted = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    if self.depth == 0 {
                        return (at, true);
                    }
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                b',' | b':' if self.depth == 0 => return (at, true),
                byte if self.depth == 0 && byte.is_ascii_whitespace() => return (at, true),
                _ => {}
            }
        }
        (chunk.len(), false)
    }
}

/// The bytes of one field of a JSON object that was found to be sound.
pub(super) fn member<'a>(object: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut rest = object.trim_ascii_start().strip_prefix(b"{")?;
    loop {
        let (key, after) = split(rest)?;
        let (value, after) = split(after.trim_ascii_start().strip_prefix(b":")?)?;
        if serde_json::from_slice::<String>(key).is_ok_and(|key| key == name) {
            return Some(value);
        }
        rest = after.trim_ascii_start().strip_prefix(b",")?;
    }
}

fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_start();
    let (used, _) = Bounds::default().scan(text);
    (used > 0).then(|| text.split_at(used))
}

#[cfg(test)]
mod tests;
