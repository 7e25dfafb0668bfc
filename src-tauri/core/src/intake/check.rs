//! Whether a line may become a find, and if not, in which words that is said.
//!
//! A line is taken whole or left out whole. It must never be corrected, and no text made here
//! may hold a value of the line other than a quarantine id, a date or a schema word.

mod facts;
mod line_error;
mod schema;
mod shape;
mod strict;

use serde::Deserialize;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

pub use self::facts::{AS_FETCHED, FACTS, Fact};
pub use self::line_error::LineError;
use self::shape::Rule;
use self::strict::Fault;
use super::find::{Find, SCHEMA, Utc, VersionKind};

/// Longest line read, in bytes, its line end not counted.
pub const MAX_LINE: usize = 262_144;

/// How far a time may lie ahead of this machine's clock.
pub const CLOCK_TOLERANCE: Duration = Duration::minutes(5);

/// Reads one line of a finds file; a line end may stand at its end.
///
/// # Errors
/// The first reason why the line cannot be imported, with what to do about it.
pub fn read_line(line: &[u8], now: OffsetDateTime) -> Result<Find, LineError> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > MAX_LINE {
        return Err(LineError::too_long());
    }
    let value = read_json(line)?;
    check_schema(&value)?;
    let find = Find::deserialize(&value).map_err(|_| LineError::schema("", "must be find/v1"))?;
    if find.object.size_bytes == 0 {
        return Err(LineError::zero_bytes(find.object.quarantine_ref.as_deref()));
    }
    facts::check(&value)?;
    check_times(&find, now)?;
    Ok(find)
}

/// Reads one JSON value that means the same to every reader, whatever it is about.
pub(super) fn read_json(text: &[u8]) -> Result<Value, LineError> {
    strict::read(text).map_err(|fault| match fault {
        Fault::Ends(column) => LineError::ends(column),
        Fault::Breaks(column) => LineError::breaks(column),
        Fault::Twice(column) => LineError::twice(column),
        Fault::Inexact(column) => LineError::inexact(column),
    })
}

fn check_schema(value: &Value) -> Result<(), LineError> {
    if let Some(other) = value.get("schema").and_then(Value::as_str)
        && other != SCHEMA
    {
        return Err(LineError::other_schema());
    }
    let Err(breach) = schema::FIND.check(value) else { return Ok(()) };
    let path = breach.path();
    if path == "locator.dataset.version_kind"
        && let Some(kind) = value.pointer("/locator/dataset/version_kind").and_then(Value::as_str)
    {
        return Err(LineError::unknown_kind(kind, VersionKind::WORDS.len()));
    }
    Err(match breach.rule {
        Rule::Absent => LineError::schema(&path, "is required"),
        Rule::Unknown => LineError::schema(&path, "is not a field of find/v1"),
        Rule::MustBe(what) => LineError::schema(&path, &format!("must be {what}")),
    })
}

/// No time may lie ahead of the clock, and no interval may run backwards.
fn check_times(find: &Find, now: OffsetDateTime) -> Result<(), LineError> {
    let interval = find.acquisition.fetched_interval.as_ref();
    let times = [
        ("Fetch time", find.acquisition.fetched_at.as_ref()),
        ("Start of the fetch interval", interval.map(|i| &i.start)),
        ("End of the fetch interval", interval.map(|i| &i.end)),
        ("Time of obtaining the dataset", find.locator.dataset.obtained_at.as_ref()),
        ("Scan time", find.scanner.scanned_at.as_ref()),
        ("Time of the report", Some(&find.emitted_at)),
    ];
    for (what, time) in times {
        if let Some(time) = time
            && time.instant() - now > CLOCK_TOLERANCE
        {
            return Err(LineError::future(what, time));
        }
    }
    match interval {
        Some(interval) if interval.end.instant() < interval.start.instant() => {
            Err(LineError::schema("acquisition.fetched_interval", "must not end before it starts"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
pub(crate) mod arbitrary;
#[cfg(test)]
mod tests;
