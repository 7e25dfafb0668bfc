//! Hash lists: plain lines, CSV, VICS 1.x and 2.0 JSON, NCMEC hash-sharing v2 XML, read as streams into sorted tables.
//!
//! A list is taken whole or refused with the place that is wrong. It must never guess what a value is, nor let a value of
//! a list into an error.

mod csv;
mod error;
mod lines;
mod ncmec;
mod source;
mod table;
mod value;
mod vics;

use std::io::BufRead;

use casement_core::intake::find;

pub use error::{ListError, Place};
pub use source::{About, List, Request, manifest, open};
pub use table::{Hit, Table};
pub use value::{Algorithm, Value};

/// Longest line, record or text of one entry, in bytes.
const MAX_ENTRY: usize = 256 * 1024;
/// What some programs begin UTF-8 with.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// What a list is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One digest per line.
    Lines,
    /// A head line names the columns.
    Csv,
    /// VICS JSON.
    Vics,
    /// NCMEC hash sharing, version 2.
    Ncmec,
}

impl Format {
    /// Every word, as it is said on the command line.
    pub const WORDS: [&str; 4] = ["lines", "csv", "vics", "ncmec"];

    /// By its word.
    pub fn of(word: &str) -> Option<Self> {
        Some(match word {
            "lines" => Self::Lines,
            "csv" => Self::Csv,
            "vics" => Self::Vics,
            "ncmec" => Self::Ncmec,
            _ => return None,
        })
    }
}

/// One entry as a reader hands it over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Names the entry across versions of the list; where a list gives none, its value does.
    pub id: Option<&'a str>,
    /// Category exactly as the list gives it.
    pub label: Option<&'a str>,
    /// Everything the entry can be found by; empty when this console computes none of it.
    pub values: &'a [Value],
    pub standing: Standing,
}

/// What an entry is to one of the same id that came before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Ids need not differ; nothing becomes of the earlier one.
    Beside,
    /// It takes the earlier one's place.
    Instead,
    /// The list takes the earlier one back.
    Withdrawn,
}

/// What a reader learned besides the entries.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Told {
    /// The version that the list names itself by.
    pub version: Option<String>,
    /// Entries that the list itself withdrew.
    pub withdrawn: u64,
    /// Entries that hold nothing this console computes.
    pub not_comparable: u64,
    /// What an operator should know of, in words.
    pub notes: Vec<&'static str>,
}

/// Reads a list to its end, entry by entry, and checks every value.
///
/// `algorithm` settles what digests of one length are where only that is open; a list whose own fields say otherwise is
/// refused.
///
/// # Errors
/// The first thing that is wrong. Entries handed over before it must be thrown away.
pub fn read(
    format: Format,
    algorithm: Option<Algorithm>,
    mut from: impl BufRead,
    take: &mut dyn FnMut(Entry<'_>),
) -> Result<Told, ListError> {
    let beginning = from.fill_buf().map_err(|_| ListError::unreadable(Place::Whole))?;
    if beginning.starts_with(MARK) {
        from.consume(MARK.len());
    }
    match format {
        Format::Lines => lines::read(algorithm, from, take),
        Format::Csv => csv::read(algorithm, from, take),
        Format::Vics => vics::read(from, take),
        Format::Ncmec => ncmec::read(from, take),
    }
}

/// What the beginning of a list says about its format.
pub fn format_of(beginning: &[u8]) -> Format {
    let text = beginning.strip_prefix(MARK).unwrap_or(beginning);
    match text.trim_ascii_start().first() {
        Some(b'{') => return Format::Vics,
        Some(b'<') => return Format::Ncmec,
        _ => {}
    }
    let first = text
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .find(|line| !line.is_empty() && !line.starts_with(b"#"));
    match first {
        Some(line) if csv::is_head(line) => Format::Csv,
        _ => Format::Lines,
    }
}

impl From<Algorithm> for find::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Md5 => Self::Md5,
            Algorithm::Sha1 => Self::Sha1,
            Algorithm::Sha256 => Self::Sha256,
            Algorithm::Pdq => Self::Pdq,
        }
    }
}

#[cfg(test)]
mod tests;
