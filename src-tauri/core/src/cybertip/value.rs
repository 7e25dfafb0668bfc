//! Whether a text is what the table says it means.
//!
//! What it says of a wrong one never quotes it.

use std::net::IpAddr;

use time::format_description::well_known::{Iso8601, Rfc3339};
use time::{Date, OffsetDateTime};

use super::address;
use super::grammar::Value;
use super::model::number::{is_calling_code, is_digits, parts};
use super::model::part::date_time;
use super::text::is_email;
use super::tree::Element;

/// What is wrong with the text of this element, or of an attribute of it.
pub(super) fn wrong(
    text: &str,
    value: Value,
    element: &Element,
    now: Option<OffsetDateTime>,
) -> Option<String> {
    let not = |good: bool, what: &str| (!good).then(|| format!("is not {what}"));
    match value {
        Value::Text(_) if text.trim().is_empty() => Some("is blank".to_owned()),
        Value::Text(limit) => {
            let length = text.chars().count();
            (length > limit).then(|| format!("has {length} characters, {limit} are allowed"))
        }
        Value::Remark => None,
        Value::Word(words) => not(words.contains(&text), "one of the words allowed"),
        Value::Flag => {
            not(matches!(text, "" | "true"), "a flag, which is empty or `true`, and absent for no")
        }
        Value::Bool => not(matches!(text, "true" | "false" | "1" | "0"), "a boolean"),
        Value::PastTime => time(text, now).err().map(str::to_owned),
        Value::Time => time(text, None).err().map(str::to_owned),
        Value::PastDay => day(text, now).err().map(str::to_owned),
        Value::Url => not(
            address::is_valid(text),
            &format!("a web address of at most {} characters", address::MAX),
        ),
        Value::Email => not(is_email(text) && text.trim() == text, "an email address"),
        Value::Ip => not(text.parse::<IpAddr>().is_ok(), "an IP address"),
        Value::Whole(from, to) => {
            let number = text.parse::<i64>().ok().filter(|number| (from..=to).contains(number));
            let plain = text.bytes().all(|b| b.is_ascii_digit());
            not(plain && number.is_some(), &format!("a whole number from {from} to {to}"))
        }
        Value::Degrees(most) => {
            let most = i64::from(most) * 10_000_000;
            let good = parts(text).is_some_and(|parts| (-most..=most).contains(&parts));
            not(good, "degrees with at most seven places within their range")
        }
        Value::Hex(digits) => not(is_hex(text, digits), &format!("{digits} hex digits")),
        Value::Hash => {
            let kind = element.attribute("hashType").unwrap_or_default();
            match hash_digits(kind) {
                Some(digits) => not(is_hex(text, digits), "hex of the length of its hashType"),
                None => text.trim().is_empty().then(|| "is blank".to_owned()),
            }
        }
        Value::Digits(most) => not(is_digits(text, most), &format!("at most {most} digits")),
        Value::CallingCode => not(is_calling_code(text), "a plus sign and up to three digits"),
    }
}

/// The length of a hash whose kind we know.
pub(super) fn hash_digits(kind: &str) -> Option<usize> {
    match kind {
        "MD5" => Some(32),
        "SHA1" => Some(40),
        "SHA256" => Some(64),
        _ => None,
    }
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn time(text: &str, now: Option<OffsetDateTime>) -> Result<(), &'static str> {
    let shape = "is not a time with date, seconds and zone";
    // RFC 3339 also reads a lower-case `t` and `z`, or a space; XML Schema does not.
    if text.as_bytes().get(10) != Some(&b'T') || text.contains('z') {
        return Err(shape);
    }
    let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| shape)?;
    // In another zone it may lie outside the years that can be written.
    date_time(at).map_err(|_| shape)?;
    if now.is_some_and(|now| at > now) { Err("lies in the future") } else { Ok(()) }
}

fn day(text: &str, now: Option<OffsetDateTime>) -> Result<(), &'static str> {
    let shape = "is not a day as year, month and day";
    let dashes = [4, 7].iter().all(|at| text.as_bytes().get(*at) == Some(&b'-'));
    if text.len() != 10 || !dashes {
        return Err(shape);
    }
    let day = Date::parse(text, &Iso8601::DATE).map_err(|_| shape)?;
    if now.is_some_and(|now| day > now.date()) { Err("lies in the future") } else { Ok(()) }
}
