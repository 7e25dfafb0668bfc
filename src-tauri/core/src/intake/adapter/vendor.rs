//! A vendor's file as entries: each response is read by its adapter, made into finds, and kept as delivered.
//!
//! It must never let one response cost another.

use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::Adapter;
use super::csv::Columns;
use super::draft::{Making, Outcome};
use super::envelope::{Answer, Around};
use super::part::Part;
use super::pieces::{Layout, Pieces, member};
use super::refusal;
use super::terms::Terms;
use crate::error::Result;
use crate::hash::sha256;
use crate::intake::check::{self, LineError};
use crate::intake::entries::{Entries, Entry, Raw, Taken};

/// Reads one vendor's file.
pub(super) struct Vendor<R> {
    pieces: Pieces<R>,
    adapter: &'static Adapter,
    folder: PathBuf,
    terms: Terms,
    /// Of a table, once its first row is read.
    columns: Option<Columns>,
}

impl<R: BufRead> Vendor<R> {
    pub(super) fn new(from: R, adapter: &'static Adapter, folder: PathBuf, terms: Terms) -> Self {
        let pieces = Pieces::new(from, adapter.layout);
        Self { pieces, adapter, folder, terms, columns: None }
    }

    fn response(
        &mut self,
        text: Vec<u8>,
        now: OffsetDateTime,
    ) -> Result<Vec<Result<Option<Taken>, LineError>>, LineError> {
        let (value, raw) = match (self.adapter.layout, &self.columns) {
            (Layout::Rows, Some(columns)) => columns.row(&text)?,
            (Layout::Rows, None) => {
                self.columns = Some(Columns::read(text)?);
                return Ok(Vec::new());
            }
            _ => {
                let value = check::read_json(&text)?;
                let wrapped = self.adapter.layout == Layout::Responses;
                let inside = member(&text, "response").filter(|_| wrapped).map(<[u8]>::to_vec);
                (value, inside.unwrap_or(text))
            }
        };
        let raw = Arc::new(Raw { sha256: sha256(&raw), body: raw });
        let nothing = Map::new();
        let outer = value.as_object().unwrap_or(&nothing);
        let answer = match outer.get("response") {
            Some(body) if self.adapter.layout == Layout::Responses => {
                Answer { body, path: "response", around: Around::read(&Part::new(outer, ""))? }
            }
            _ => Answer { body: &value, path: "", around: Around::nothing() },
        };
        let making = Making {
            adapter: self.adapter,
            terms: &self.terms,
            folder: &self.folder,
            raw: &raw,
            now,
        };
        let outcomes = (self.adapter.read)(&answer)?;
        Ok(outcomes
            .into_iter()
            .map(|outcome| match outcome {
                Outcome::Found(draft) => draft.finish(&making).map(Some),
                Outcome::NoMatch => Ok(None),
                Outcome::Refused(error) => Err(error),
            })
            .collect())
    }
}

impl<R: BufRead + Send> Entries for Vendor<R> {
    fn next(&mut self, now: OffsetDateTime) -> Result<Option<Entry>> {
        let Some(piece) = self.pieces.next()? else { return Ok(None) };
        let mut entry = Entry { ordinal: piece.ordinal, finds: Vec::new(), unmatched: 0 };
        // Without its first row, nothing of a table can be read.
        let headless = self.adapter.layout == Layout::Rows && self.columns.is_none();
        match piece.text.and_then(|text| self.response(text, now)) {
            Ok(outcomes) => {
                for outcome in outcomes {
                    match outcome {
                        Ok(Some(taken)) => entry.finds.push(Ok(taken)),
                        Ok(None) => entry.unmatched += 1,
                        Err(error) => entry.finds.push(Err(error)),
                    }
                }
            }
            Err(error) => {
                entry.finds.push(Err(error));
                if headless {
                    self.pieces.give_up();
                }
            }
        }
        Ok(Some(entry))
    }

    fn ordinal(&self) -> u64 {
        self.pieces.ordinal()
    }

    fn bytes(&self) -> u64 {
        self.pieces.source.bytes()
    }

    fn digest(&self) -> String {
        self.pieces.source.digest()
    }
}

/// What one answer names as its file: the envelope's word, else the document's own.
pub(super) fn object_of<'a>(
    answer: &'a Answer<'_>,
    own: Option<&'a str>,
) -> Result<&'a str, LineError> {
    answer.around.object()?.or(own).ok_or_else(|| refusal::no_object("object"))
}

/// The body as an object.
pub(super) fn body<'a>(answer: &Answer<'a>) -> Result<Part<'a>, LineError> {
    match answer.body {
        Value::Object(object) => Ok(Part::new(object, answer.path)),
        body => Part::of(body, answer.path),
    }
}
