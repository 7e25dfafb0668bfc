//! Why a list is refused: the place, what is wrong there, what to do.
//!
//! It must never hold a value of the list: that a digest is on a list is itself confidential.

use std::fmt;

/// Where in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The list as a whole.
    Whole,
    /// A line, from 1.
    Line(u64),
    /// An entry, from 1.
    Entry(u64),
    /// A byte, from 0.
    Byte(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("The list"),
            Self::Line(line) => write!(f, "Line {line}"),
            Self::Entry(entry) => write!(f, "Entry {entry}"),
            Self::Byte(byte) => write!(f, "The list, at byte {byte},"),
        }
    }
}

/// Why a list is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place} {wrong}. {remedy}")]
pub struct ListError {
    /// `LIST-01` to `LIST-09`.
    pub code: &'static str,
    pub place: Place,
    /// What is wrong, as the rest of a sentence that begins with the place.
    pub wrong: String,
    pub remedy: &'static str,
}

impl ListError {
    fn new(
        code: &'static str,
        place: Place,
        wrong: impl Into<String>,
        remedy: &'static str,
    ) -> Self {
        Self { code, place, wrong: wrong.into(), remedy }
    }

    pub(super) fn unreadable(place: Place) -> Self {
        Self::new("LIST-01", place, "could not be read", "Check the disk, or copy the list again.")
    }

    pub(super) fn no_digest(place: Place) -> Self {
        Self::new(
            "LIST-02",
            place,
            "holds no digest that is known here",
            "A digest is an MD5, SHA-1, SHA-256 or PDQ in hex, base32 or base64. Correct the line, or take it out.",
        )
    }

    pub(super) fn wrong_field(place: Place, algorithm: super::Algorithm) -> Self {
        Self::new(
            "LIST-02",
            place,
            format!("holds something that is no {algorithm} where one should stand"),
            "Ask the provider for the list again, or correct the entry.",
        )
    }

    pub(super) fn no_id(place: Place) -> Self {
        Self::new(
            "LIST-02",
            place,
            "has no id",
            "Ask the provider for the list again: without ids nothing can be withdrawn.",
        )
    }

    pub(super) fn mixed(place: Place) -> Self {
        Self::new(
            "LIST-03",
            place,
            "is a digest of another kind than those before it",
            "Split the list: one algorithm and one way of writing per list.",
        )
    }

    pub(super) fn ambiguous() -> Self {
        Self::new(
            "LIST-04",
            Place::Whole,
            "can be read as MD5 in hex and as SHA-1 in base32",
            "Say which with --algorithm.",
        )
    }

    pub(super) fn looks_like_pdq() -> Self {
        Self::new(
            "LIST-04",
            Place::Whole,
            "holds 64 hex digits a line that are built like PDQ, not like SHA-256",
            "Say which with --algorithm pdq or --algorithm sha256.",
        )
    }

    pub(super) fn no_column() -> Self {
        Self::new(
            "LIST-05",
            Place::Line(1),
            "names no column md5, sha1, sha256 or pdq",
            "Name the columns in the first line. The columns id, label and quality are read as well.",
        )
    }

    pub(super) fn column_twice() -> Self {
        Self::new(
            "LIST-05",
            Place::Line(1),
            "names one column twice",
            "Rename one of the two, or take it out.",
        )
    }

    pub(super) fn other_algorithm() -> Self {
        Self::new(
            "LIST-05",
            Place::Whole,
            "names its algorithms itself, and not the one that was asked for",
            "Leave out --algorithm.",
        )
    }

    pub(super) fn broken(place: Place, what: &str) -> Self {
        Self::new(
            "LIST-06",
            place,
            format!("is not well-formed {what}"),
            "Ask the provider for the list again; it may have been cut off.",
        )
    }

    pub(super) fn too_long(place: Place) -> Self {
        Self::new(
            "LIST-06",
            place,
            "is longer than an entry may be",
            "Check that the file is a list, and that every quotation mark has its partner.",
        )
    }

    pub(super) fn other(what: &str) -> Self {
        Self::new(
            "LIST-07",
            Place::Whole,
            format!("is not {what}"),
            "Say what it is with --list-format, or convert it.",
        )
    }

    pub(super) fn empty() -> Self {
        Self::new(
            "LIST-08",
            Place::Whole,
            "holds no entry that this console can compare",
            "Nothing would ever match. Check that it is the right file.",
        )
    }

    pub(super) fn too_many() -> Self {
        Self::new(
            "LIST-09",
            Place::Whole,
            "holds more entries than one list may (4,294,967,295)",
            "Split the list.",
        )
    }
}
