//! A list as a file: which one it is, opened, digested while it is read, and held against what the operator said of it.
//!
//! It must never use a list that has no version: a match nobody can repeat is no evidence.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use casement_core::hash::pdq::MATCH;
use casement_core::{Error, Result};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::table::Builder;
use super::{Algorithm, Format, ListError, Table, Told, format_of, read};

/// Bits of a PDQ.
const BITS: u32 = 256;
/// What the provider is called where nobody said.
const UNSTATED: &str = "unstated";

/// A list to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub file: PathBuf,
    pub name: String,
    /// Needed unless the list names its own.
    pub version: Option<String>,
    pub provider: Option<String>,
    /// Told from the beginning of the file where it is not said.
    pub format: Option<Format>,
    pub algorithm: Option<Algorithm>,
    /// Largest distance of a PDQ that is a match; 31 where it is not said.
    pub threshold: Option<u32>,
}

/// Which list it is, as every match of it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    pub provider: String,
    pub name: String,
    pub version: String,
    /// SHA-256 of the file.
    pub snapshot_sha256: String,
    pub entry_count: u64,
}

/// A list ready to be matched against.
pub struct List {
    pub about: About,
    pub table: Table,
    /// Largest distance of a PDQ that is a match.
    pub threshold: u32,
    pub told: Told,
}

impl List {
    /// A threshold that finds more than the same picture.
    pub fn over_inclusive(&self) -> bool {
        self.threshold > MATCH && self.table.holds()[3]
    }
}

/// Opens a list and reads it to its end.
///
/// # Errors
/// `LIST-…`, naming the list and the place in it, never a value.
pub fn open(request: &Request) -> Result<List> {
    let threshold = request.threshold.unwrap_or(MATCH);
    if threshold > BITS {
        return Err(Error::usage("LIST-11", "A threshold is a number of bits, 0 to 256."));
    }
    if request.name.trim().is_empty() {
        return Err(Error::usage("LIST-10", "Say what the list is called with --list-name."));
    }
    let file = File::open(&request.file)?;
    if file.metadata()?.is_dir() {
        return Err(Error::usage("LIST-01", "The list is a folder. Name a file."));
    }
    let mut digested = Digested { file, sha256: Sha256::new() };
    let (table, told) = {
        let mut from = BufReader::with_capacity(256 * 1024, &mut digested);
        load(request, &mut from).map_err(|error| named(&request.name, &error))?
    };
    std::io::copy(&mut digested, &mut std::io::sink())?;
    let version = request
        .version
        .clone()
        .or_else(|| told.version.clone())
        .filter(|version| !version.trim().is_empty())
        .ok_or_else(|| {
            Error::usage("LIST-10", "Say which version of the list it is with --list-version.")
        })?;
    let about = About {
        provider: request.provider.clone().unwrap_or_else(|| UNSTATED.to_owned()),
        name: request.name.clone(),
        version,
        snapshot_sha256: hex::encode(digested.sha256.finalize()),
        entry_count: table.len(),
    };
    Ok(List { about, table, threshold, told })
}

fn load(request: &Request, from: &mut impl BufRead) -> Result<(Table, Told), ListError> {
    let beginning = from.fill_buf().map_err(|_| ListError::unreadable(super::Place::Whole))?;
    let format = request.format.unwrap_or_else(|| format_of(beginning));
    let mut builder = Builder::default();
    let told = read(format, request.algorithm, from, &mut |entry| builder.take(entry))?;
    let table = builder.finish()?;
    if table.is_empty() { Err(ListError::empty()) } else { Ok((table, told)) }
}

fn named(name: &str, error: &ListError) -> Error {
    Error::usage(error.code, format!("List {name} cannot be used. {error}"))
}

/// Several lists, from a JSON file: an array of objects with the options of the command line as names.
///
/// # Errors
/// `LIST-12` when it cannot be read.
pub fn manifest(path: &Path) -> Result<Vec<Request>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        file: PathBuf,
        name: String,
        version: Option<String>,
        provider: Option<String>,
        format: Option<String>,
        algorithm: Option<String>,
        threshold: Option<u32>,
    }
    let wrong = |what: String| {
        Error::usage(
            "LIST-12",
            format!(
                "The file of lists {what}. It is a JSON array of objects with file and name, and where needed \
                 version, provider, format, algorithm and threshold."
            ),
        )
    };
    let lines: Vec<Line> = serde_json::from_reader(BufReader::new(File::open(path)?))
        .map_err(|error| wrong(format!("cannot be read at line {}", error.line())))?;
    // Beside the manifest, wherever the command is given.
    let folder = path.parent().unwrap_or(Path::new("."));
    lines
        .into_iter()
        .map(|line| {
            let format = line.format.as_deref().map(|word| {
                Format::of(word).ok_or_else(|| wrong("names a format that is not known".into()))
            });
            let algorithm = line.algorithm.as_deref().map(|word| {
                Algorithm::of(word)
                    .ok_or_else(|| wrong("names an algorithm that is not known".into()))
            });
            Ok(Request {
                file: folder.join(line.file),
                name: line.name,
                version: line.version,
                provider: line.provider,
                format: format.transpose()?,
                algorithm: algorithm.transpose()?,
                threshold: line.threshold,
            })
        })
        .collect()
}

/// Digests what passes through.
struct Digested {
    file: File,
    sha256: Sha256,
}

impl Read for Digested {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(into)?;
        self.sha256.update(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}
