//! The facts that can be attached later: their names, how a person types them, how they go into a find.
//!
//! It must never allow what identifies the bytes, the match or the place: those are the find itself.

use std::net::IpAddr;

use serde_json::{Map, Value, json};
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};
use url::Url;

use crate::clock::rfc3339;
use crate::intake::find::Utc;

/// How a fact is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    /// An absolute address with a host.
    Address,
    /// An IPv4 or IPv6 address.
    Ip,
    /// A type and a subtype.
    MediaType,
    Time,
    /// An HTTP status.
    Status,
    Word,
    Json,
}

const FIELDS: &[(&str, Form)] = &[
    ("acquisition.page_url", Form::Address),
    ("acquisition.origin_url", Form::Address),
    ("acquisition.final_url", Form::Address),
    ("acquisition.redirects", Form::Json),
    ("acquisition.fetched_at", Form::Time),
    ("acquisition.fetched_interval", Form::Json),
    ("acquisition.time_precision", Form::Word),
    ("acquisition.server_ip", Form::Ip),
    ("acquisition.http_status", Form::Status),
    ("acquisition.http_headers", Form::Json),
    ("acquisition.fetcher", Form::Json),
    ("acquisition.uploader_ref", Form::Text),
    ("acquisition.upstream", Form::Json),
    ("object.as_fetched_digests", Form::Json),
    ("object.media_type", Form::MediaType),
    ("locator.dataset.version", Form::Json),
    ("locator.dataset.supplier", Form::Text),
    ("locator.dataset.supplier_contact", Form::Text),
    ("locator.dataset.obtained_at", Form::Time),
];

pub(crate) const VERSION: &str = "locator.dataset.version";
pub(crate) const PRECISION: &str = "acquisition.time_precision";
pub(crate) const FETCHED_AT: &str = "acquisition.fetched_at";

/// The full name of a field given by its path or its last part.
pub(crate) fn named(name: &str) -> Option<&'static str> {
    let name = name.trim();
    let whole = FIELDS.iter().find(|(field, _)| *field == name);
    let last = || FIELDS.iter().find(|(field, _)| field.rsplit('.').next() == Some(name));
    whole.or_else(last).map(|(field, _)| *field)
}

/// Every name, for help.
pub(crate) fn names() -> String {
    FIELDS.iter().map(|(field, _)| *field).collect::<Vec<_>>().join(", ")
}

/// Reads a value as a person or a table writes it. `None`: not in the form of this field. Whether the value itself is
/// allowed is decided by the schema of finds.
pub(crate) fn parse(field: &str, text: &str) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let form = FIELDS.iter().find(|(name, _)| *name == field)?.1;
    match form {
        Form::Text | Form::Word => Some(json!(text)),
        Form::Time => time(text).map(Value::String),
        Form::Address => {
            Url::parse(text).is_ok_and(|address| address.has_host()).then(|| json!(text))
        }
        Form::Ip => text.parse::<IpAddr>().is_ok().then(|| json!(text)),
        Form::MediaType => {
            let part = |text: &str| {
                let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c);
                !text.is_empty() && text.chars().all(allowed)
            };
            let own = text.split(';').next().unwrap_or_default().trim();
            own.split_once('/').is_some_and(|(a, b)| part(a) && part(b)).then(|| json!(text))
        }
        Form::Status => {
            text.parse::<u64>().ok().filter(|status| (100..600).contains(status)).map(Value::from)
        }
        Form::Json => match serde_json::from_str::<Value>(text) {
            Ok(value) if !value.is_string() && !value.is_number() => Some(value),
            _ => short(field, text),
        },
    }
}

/// A value from JSON: as it is where the field holds JSON, else as its text.
pub(crate) fn from_json(field: &str, value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) => parse(field, text),
        Value::Number(number) => parse(field, &number.to_string()),
        other => Some(other.clone()),
    }
}

/// The short ways to write what is JSON in a find.
fn short(field: &str, text: &str) -> Option<Value> {
    match field {
        "acquisition.fetched_interval" => {
            let (start, end) = text.split_once('/').or_else(|| text.split_once(" to "))?;
            Some(json!({ "start": time(start.trim())?, "end": time(end.trim())? }))
        }
        "acquisition.fetcher" => Some(match text.rsplit_once(' ') {
            Some((name, version)) => json!({ "name": name, "version": version }),
            None => json!({ "name": text }),
        }),
        "acquisition.redirects" => Some(json!(text.split_whitespace().collect::<Vec<_>>())),
        "object.as_fetched_digests" => Some(json!({ "sha256": text.to_ascii_lowercase() })),
        VERSION => {
            let commit = text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit());
            let kind = if commit { "git_commit" } else { "release_label" };
            Some(json!({ "version": text, "version_kind": kind }))
        }
        _ => None,
    }
}

/// A time in UTC as a find writes it, from RFC 3339, from the 14 digits of a crawl's index, or from a date and time with a
/// space between.
pub(crate) fn time(text: &str) -> Option<String> {
    if Utc::parse(text).is_some() {
        return Some(text.to_owned());
    }
    let digits = format_description!("[year][month][day][hour][minute][second]");
    if text.len() == 14
        && let Ok(at) = PrimitiveDateTime::parse(text, digits)
    {
        return Some(second(at.assume_utc()));
    }
    let at = OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
    Some(second(at.to_offset(time::UtcOffset::UTC)))
}

/// A time given in seconds since 1970, kept to the millisecond.
pub(crate) fn epoch(seconds: f64) -> Option<String> {
    // Year 9999; beyond it there is no time to speak of.
    if !(0.0..253_402_300_800.0).contains(&seconds) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "within the bounds above")]
    let ms = (seconds * 1000.0).round() as i64;
    Some(rfc3339(ms))
}

fn second(at: OffsetDateTime) -> String {
    rfc3339(at.unix_timestamp() * 1000 + i64::from(at.millisecond()))
}

fn pointer(field: &str) -> String {
    format!("/{}", field.replace('.', "/"))
}

/// What a find holds in a field; blank text, empty lists and the word for "not known" are nothing.
pub(crate) fn held<'a>(find: &'a Value, field: &str) -> Option<&'a Value> {
    let value = find.pointer(&pointer(field))?;
    let nothing = match value {
        Value::Null => true,
        Value::String(text) => {
            text.trim().is_empty() || field == PRECISION && text.as_str() == "unknown"
        }
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    let unversioned = field == VERSION
        && find.pointer("/locator/dataset/version_kind").and_then(Value::as_str)
            == Some("unversioned");
    (!nothing && !unversioned).then_some(value)
}

/// Puts a fact into a find and takes the field out of what is missing.
pub(crate) fn set(find: &mut Value, field: &str, value: &Value) {
    if field == VERSION {
        for part in ["version", "version_kind"] {
            if let Some(text) = value.get(part) {
                put(find, &format!("locator.dataset.{part}"), text.clone());
            }
        }
    } else {
        put(find, field, value.clone());
    }
    let now_there: Vec<bool> = declared(find)
        .map(|name| {
            let part = name.strip_prefix(field).is_some_and(|rest| rest.starts_with('.'));
            name == field || part && held(find, name).is_some()
        })
        .collect();
    if let Some(Value::Array(missing)) = find.get_mut("missing") {
        let mut there = now_there.into_iter();
        missing.retain(|_| !there.next().unwrap_or(false));
    }
}

fn declared(find: &Value) -> impl Iterator<Item = &str> {
    find.get("missing")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|missing| missing.get("field").and_then(Value::as_str).unwrap_or_default())
}

fn put(find: &mut Value, field: &str, value: Value) {
    let mut at = find;
    let mut parts = field.split('.').peekable();
    while let Some(part) = parts.next() {
        let Value::Object(fields) = at else { return };
        if parts.peek().is_none() {
            fields.insert(part.to_owned(), value);
            return;
        }
        at = fields.entry(part).or_insert_with(|| Value::Object(Map::new()));
    }
}
