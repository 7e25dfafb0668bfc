//! A second opinion from the schema the operator downloaded: runs `xmllint` on the documents.
//!
//! The schema is given out with credentials, so none is part of this program. It must never reach
//! for the network, and its findings are for the person at the console, never for a log: the
//! validator may quote a value.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

/// The validator's program name (Debian package `libxml2-utils`).
const XMLLINT: &str = "xmllint";

/// One complaint of the validator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct XsdFinding {
    /// Path of the document in the package.
    pub document: String,
    /// From 1; 0 where the validator names none.
    pub line: u32,
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

/// Validates each document (path in the package, bytes) against the schema at `xsd`. Empty: the
/// schema accepts them all.
pub(crate) fn validate<'a>(
    xsd: &Path,
    documents: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<Vec<XsdFinding>, XsdError> {
    validate_with(OsStr::new(XMLLINT), xsd, documents)
}

fn validate_with<'a>(
    program: &OsStr,
    xsd: &Path,
    documents: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<Vec<XsdFinding>, XsdError> {
    // An absolute path also cannot be read as an option.
    let xsd = xsd.canonicalize().map_err(|_| XsdError::Schema)?;
    let readable = File::open(&xsd).and_then(|file| file.metadata());
    if !readable.is_ok_and(|about| about.is_file()) {
        return Err(XsdError::Schema);
    }
    let mut findings = Vec::new();
    for (document, bytes) in documents {
        let output = run(program, &xsd, bytes)?;
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => {}
            // 1: not well-formed; 3 and 4: not valid.
            Some(1 | 3 | 4) => findings.extend(complaints(document, &said)),
            Some(5) => return Err(XsdError::Schema),
            _ => return Err(XsdError::Failed(io::ErrorKind::Other)),
        }
    }
    Ok(findings)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the validator is a program of the operator's machine"
)]
fn run(program: &OsStr, xsd: &Path, bytes: &[u8]) -> Result<Output, XsdError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => XsdError::NoValidator,
        kind => XsdError::Failed(kind),
    };
    let mut child = Command::new(program)
        .args(["--noout", "--nonet", "--schema"])
        .arg(xsd)
        .arg("-")
        .env("LC_ALL", "C")
        .env_remove("CASEMENT_PASSPHRASE")
        .env_remove("CASEMENT_NEW_PASSPHRASE")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let stdin = child.stdin.take();
    thread::scope(|scope| {
        // Written from a thread of its own: the validator may complain before it has read all.
        scope.spawn(move || {
            // A broken pipe means that it stopped reading; its exit code says why.
            stdin.map(|mut stdin| stdin.write_all(bytes)).and_then(Result::ok)
        });
        child.wait_with_output().map_err(failed)
    })
}

/// Lines of the form `-:12: element a: Schemas validity error : text`; others belong to the one
/// before them and are left out, as is the closing verdict.
fn complaints(document: &str, said: &str) -> Vec<XsdFinding> {
    let mut found: Vec<XsdFinding> = said
        .lines()
        .filter_map(|line| {
            let (number, text) = line.strip_prefix("-:")?.split_once(':')?;
            let line = number.parse().ok()?;
            let text = text.split_once("error : ").map_or(text, |(_, text)| text);
            Some(XsdFinding { document: document.to_owned(), line, text: text.trim().to_owned() })
        })
        .collect();
    if found.is_empty() {
        let text = "the schema does not accept this document".to_owned();
        found.push(XsdFinding { document: document.to_owned(), line: 0, text });
    }
    found
}

#[cfg(test)]
mod tests;
