//! Every sentence about a line that was left out, with its code and what to do.
//!
//! Codes are stable. A text must never hold content of the line beyond a quarantine id, a date or
//! a word that looks like one of the schema's.

use crate::intake::find::Utc;
use crate::wire;

use super::MAX_LINE;

/// Why a line was left out. It costs nothing else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {wrong}")]
pub struct LineError {
    /// `FIND-03` to `FIND-15`.
    pub code: &'static str,
    /// What is wrong.
    pub wrong: String,
    /// What to do.
    pub remedy: String,
}

impl LineError {
    fn new(code: &'static str, wrong: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code, wrong: wrong.into(), remedy: remedy.into() }
    }

    /// As it goes to the window; `line` counts from 1.
    pub fn at(self, line: u64) -> wire::LineProblem {
        wire::LineProblem {
            line,
            code: self.code.to_owned(),
            wrong: self.wrong,
            remedy: self.remedy,
        }
    }

    pub(super) fn ends(column: usize) -> Self {
        Self::new("FIND-03", format!("JSON ends at column {}", grouped(column)), AGAIN)
    }

    pub(super) fn breaks(column: usize) -> Self {
        Self::new("FIND-03", format!("JSON breaks at column {}", grouped(column)), AGAIN)
    }

    /// FIND-04: the line is longer than [`MAX_LINE`]. The importer need not hold such a line.
    pub fn too_long() -> Self {
        Self::new(
            "FIND-04",
            format!("Line longer than {} bytes", grouped(MAX_LINE)),
            "Split the raw response into its own file",
        )
    }

    /// FIND-05: there are no bytes, by the line or in the folder.
    pub fn zero_bytes(quarantine_ref: Option<&str>) -> Self {
        Self::new(
            "FIND-05",
            format!("Zero-byte file{}", named(quarantine_ref)),
            "Quarantine it again, or drop the line",
        )
    }

    /// FIND-06: the quarantined file is not in the folder.
    pub fn not_there(quarantine_ref: Option<&str>) -> Self {
        Self::new(
            "FIND-06",
            format!("Quarantined file is not there{}", named(quarantine_ref)),
            "Copy it to the folder and run again",
        )
    }

    /// FIND-07: the quarantined bytes are not the bytes the line is about.
    pub fn digest_differs(quarantine_ref: Option<&str>) -> Self {
        Self::new(
            "FIND-07",
            "SHA-256 differs from the quarantined bytes",
            match shown_id(quarantine_ref) {
                Some(id) => format!("Check {id}. It stays in quarantine"),
                None => "Check the file. It stays in quarantine".to_owned(),
            },
        )
    }

    /// FIND-09: a find of this id was imported before, and says something else.
    pub fn other_content() -> Self {
        Self::new("FIND-09", "Same find_id, other content", "Keep one. The earlier one stands")
    }

    pub(super) fn schema(path: &str, rule: &str) -> Self {
        let path = if path.is_empty() { "The line" } else { path };
        Self::new("FIND-10", format!("{path} {rule}"), "Correct it by schema find/v1")
    }

    pub(super) fn twice(column: usize) -> Self {
        Self::new(
            "FIND-10",
            format!("A name stands twice in one object, at column {}", grouped(column)),
            "Keep one of the two",
        )
    }

    pub(super) fn inexact(column: usize) -> Self {
        Self::new(
            "FIND-10",
            format!("A number at column {} cannot be kept exactly", grouped(column)),
            "Write it as text",
        )
    }

    pub(super) fn silent(field: &str) -> Self {
        Self::new(
            "FIND-11",
            format!("{field} is absent and not declared in missing"),
            "Add it, or declare a reason",
        )
    }

    pub(super) fn applies(field: &str) -> Self {
        Self::new(
            "FIND-11",
            format!("{field} is absent and always applies"),
            "Add it, or declare why it is not known",
        )
    }

    pub(super) fn unknown_kind(kind: &str, known: usize) -> Self {
        let plain = kind.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-'));
        let wrong = if plain && (1..=24).contains(&kind.len()) {
            format!("Dataset kind “{kind}” is not known")
        } else {
            "Dataset kind is not known".to_owned()
        };
        let known = if known == 6 { "six".to_owned() } else { known.to_string() };
        Self::new("FIND-12", wrong, format!("Use one of {known}, see schema find/v1"))
    }

    pub(super) fn future(what: &str, time: &Utc) -> Self {
        let date = time.text().get(..10).unwrap_or_default();
        Self::new(
            "FIND-13",
            format!("{what} lies in the future, {date}"),
            "Check the scanner clock",
        )
    }

    pub(super) fn contradiction(field: &str) -> Self {
        Self::new(
            "FIND-14",
            format!("{field} is declared missing, yet it is there"),
            "Drop the declaration, or the value",
        )
    }

    pub(super) fn two_reasons(field: &str) -> Self {
        Self::new(
            "FIND-14",
            format!("{field} is declared missing for two different reasons"),
            "Keep the one that is true",
        )
    }

    pub(super) fn other_schema() -> Self {
        Self::new(
            "FIND-15",
            "The line is not find/v1",
            "Let the scanner write find/v1, or convert the file",
        )
    }
}

const AGAIN: &str = "Ask the scanner for this line again";

/// `, q-000123`, or nothing.
fn named(quarantine_ref: Option<&str>) -> String {
    shown_id(quarantine_ref).map(|id| format!(", {id}")).unwrap_or_default()
}

/// A quarantine id, unless it looks like a path, an address or prose.
fn shown_id(quarantine_ref: Option<&str>) -> Option<&str> {
    quarantine_ref.filter(|id| {
        (1..=48).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    })
}

/// `262,144`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
