//! A second opinion from the schema the operator downloaded: runs `xmllint` on written documents.
//!
//! The schema is given out with credentials, so none is part of this program. It must never reach
//! for the network, and never repeat what the validator says word for word: that may quote a value.

mod complaint;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The validator's program name (Debian package `libxml2-utils`).
const XMLLINT: &str = "xmllint";
/// Documents given to one run: reading the schema costs more than a document does.
const BATCH: usize = 500;

/// One complaint of the validator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct XsdFinding {
    /// Path of the document in its folder.
    pub document: String,
    /// From 1; 0 where the validator names none.
    pub line: usize,
    /// Elements from the root, as far as they could be told.
    pub place: String,
    /// What is wrong, never the value.
    pub text: String,
}

/// Why no opinion could be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum XsdError {
    #[error("`xmllint` is not installed, so the schema was not applied. Install libxml2-utils.")]
    NoValidator,
    #[error(
        "The schema cannot be read or is not an XML Schema. Download it again from the reporting service."
    )]
    Schema,
    #[error("`xmllint` did not finish ({0}). Nothing was checked.")]
    Failed(io::ErrorKind),
}

impl XsdError {
    /// Stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NoValidator => "XSD-01",
            Self::Schema => "XSD-02",
            Self::Failed(_) => "XSD-03",
        }
    }
}

/// Validates these documents of a folder, by their paths in it, against the schema at `xsd`, many in
/// one run. Empty: the schema accepts them all.
pub(crate) fn validate<'a>(
    xsd: &Path,
    folder: &Path,
    documents: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<XsdFinding>, XsdError> {
    validate_with(OsStr::new(XMLLINT), xsd, folder, documents)
}

fn validate_with<'a>(
    program: &OsStr,
    xsd: &Path,
    folder: &Path,
    documents: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<XsdFinding>, XsdError> {
    // An absolute path also cannot be read as an option.
    let xsd = xsd.canonicalize().map_err(|_| XsdError::Schema)?;
    let readable = File::open(&xsd).and_then(|file| file.metadata());
    if !readable.is_ok_and(|about| about.is_file()) {
        return Err(XsdError::Schema);
    }
    let documents: Vec<&str> = documents.into_iter().collect();
    let mut findings = Vec::new();
    for batch in documents.chunks(BATCH) {
        let output = run(program, &xsd, folder, batch)?;
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            // 1: not well-formed; 3 and 4: not valid.
            Some(0 | 1 | 3 | 4) => {}
            Some(5) => return Err(XsdError::Schema),
            _ => return Err(XsdError::Failed(io::ErrorKind::Other)),
        }
        let accepted: BTreeSet<&str> = said
            .lines()
            .filter_map(|line| line.strip_suffix(" validates")?.strip_prefix("./"))
            .collect();
        for document in batch.iter().filter(|document| !accepted.contains(*document)) {
            let xml = fs::read(folder.join(document)).unwrap_or_default();
            findings.extend(complaint::of(document, &xml, &said));
        }
    }
    Ok(findings)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the validator is a program of the operator's machine"
)]
fn run(program: &OsStr, xsd: &Path, folder: &Path, documents: &[&str]) -> Result<Output, XsdError> {
    Command::new(program)
        .args(["--noout", "--nonet", "--schema"])
        .arg(xsd)
        .args(documents.iter().map(|document| format!("./{document}")))
        .current_dir(folder)
        .env("LC_ALL", "C")
        .env_remove("CASEMENT_PASSPHRASE")
        .env_remove("CASEMENT_NEW_PASSPHRASE")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => XsdError::NoValidator,
            kind => XsdError::Failed(kind),
        })
}

#[cfg(test)]
mod tests;
