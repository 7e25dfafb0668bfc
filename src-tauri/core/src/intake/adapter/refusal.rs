//! Every sentence about a response that could not become a find, with its code and what to do.
//!
//! Codes are stable. A text must never hold a value of the response: fields are named, never quoted.

use crate::intake::check::{LineError, MAX_LINE};

fn refusal(code: &'static str, wrong: impl Into<String>, remedy: impl Into<String>) -> LineError {
    LineError { code, wrong: wrong.into(), remedy: remedy.into() }
}

const SHAPES: &str = "Give it in a shape that `casectl import --format … --explain` names";

/// RESP-01: a field has another form.
pub(super) fn must_be(field: &str, what: &str) -> LineError {
    refusal("RESP-01", format!("{field} must be {what}"), SHAPES)
}

/// RESP-01: a field is not there.
pub(super) fn required(field: &str) -> LineError {
    refusal("RESP-01", format!("{field} is required"), SHAPES)
}

/// RESP-01: a field that nobody reads, which could be one that was meant otherwise.
pub(super) fn unknown(path: &str, field: &str) -> LineError {
    let plain = field.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let field = if plain && (1..=32).contains(&field.len()) { field } else { "(a name not shown)" };
    let field = if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
    refusal("RESP-01", format!("{field} is not a known field"), SHAPES)
}

/// RESP-02: nothing says which quarantined file the response is about.
pub(super) fn no_object(field: &str) -> LineError {
    refusal(
        "RESP-02",
        format!("{field} is required: which quarantined file the response is about"),
        "Add the file's name below the folder of bytes, or its SHA-256",
    )
}

/// RESP-03: the quarantined bytes have another digest or length than the source names.
pub(super) fn differs(field: &str) -> LineError {
    refusal(
        "RESP-03",
        format!("{field} differs from the quarantined bytes"),
        "Check that file and response belong together. The file stays in quarantine",
    )
}

/// RESP-04: a near match of which nobody says how near is near.
pub(super) fn no_threshold(field: &str, how: &str) -> LineError {
    refusal(
        "RESP-04",
        format!("{field} is near, and its threshold is not known"),
        format!("Pass --threshold: {how}"),
    )
}

/// RESP-05: the distance lies beyond the threshold, so one of them is not true.
pub(super) fn beyond(field: &str) -> LineError {
    refusal(
        "RESP-05",
        format!("{field} is greater than the threshold"),
        "Pass the threshold that the lookup used",
    )
}

/// RESP-06: the list, or its version, is not told.
pub(super) fn no_list(what: &str, how: &str) -> LineError {
    refusal("RESP-06", format!("The {what} is not known"), how)
}

/// RESP-07: nobody says which dataset was scanned.
pub(super) fn no_dataset() -> LineError {
    refusal(
        "RESP-07",
        "The dataset is not named",
        "Pass --dataset, or add origin.dataset to the line",
    )
}

/// RESP-08: nobody says when the source answered.
pub(super) fn no_time() -> LineError {
    refusal(
        "RESP-08",
        "It is not known when the source answered",
        "Pass --reported-at, or add reported_at to the line",
    )
}

/// RESP-09: the source says that it could not look.
pub(super) fn failed(field: &str) -> LineError {
    refusal("RESP-09", format!("{field} says that the lookup failed"), "Look the file up again")
}

/// RESP-10: two parts of the response do not go together.
pub(super) fn contradiction(wrong: &str) -> LineError {
    refusal("RESP-10", wrong, "Ask the source for this response again")
}

/// RESP-11: the document breaks, and where it goes on cannot be told.
pub(super) fn document_breaks(byte: u64) -> LineError {
    refusal(
        "RESP-11",
        format!("The document breaks at byte {byte}; the rest was not read"),
        "Ask the source for the document again",
    )
}

/// RESP-12: the response is longer than anything that is kept.
pub(super) fn too_long() -> LineError {
    refusal(
        "RESP-12",
        format!("The response is longer than {MAX_LINE} bytes"),
        "Ask the source about fewer files at once",
    )
}
