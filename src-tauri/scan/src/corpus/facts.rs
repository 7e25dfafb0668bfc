//! Facts of where bytes came from: taken from rows, and declared where they are absent.
//!
//! It must never leave one of the facts silent, nor give two reasons for one.

use casement_core::intake::find::{Fetcher, Interval, TimePrecision, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::macros::format_description;

use super::origin::Origin;
use super::parquet::rows::Row;
use super::{
    Acquisition, BytesAre, Digests, Embedded, MemberRef, Missing, MissingReason, media_type,
};

/// Names of one fact in the corpora there are, the plainest first.
const ORIGIN: &[&str] = &["url", "image_url", "img_url", "image_link", "source_url"];
const PAGE: &[&str] = &["page_url", "source_page", "webpage_url", "page", "page_link"];
/// Natural keys of a row.
const KEYS: &[&str] = &["key", "uid", "id", "sample_id", "image_id"];

pub(super) const AS_FETCHED: &str = "object.as_fetched_digests";

/// A reason with its note.
pub(super) type Why = (MissingReason, &'static str);

/// Nothing in or beside the corpus tells.
pub(super) const UNTOLD: Why =
    (MissingReason::NeverRecorded, "nothing in or beside the corpus tells");

/// The first of several names a row has.
fn first(row: &Row, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| row.get(*name)).cloned()
}

/// Whether a table has a column of one of these names.
pub(super) fn has(columns: &std::collections::BTreeSet<String>, fact: &str) -> bool {
    let names = match fact {
        "origin_url" => ORIGIN,
        "page_url" => PAGE,
        _ => return columns.contains(fact),
    };
    names.iter().any(|name| columns.contains(*name))
}

/// What a row tells of the acquisition.
pub(super) fn acquisition(row: &Row) -> Acquisition {
    let fetched_at = first(row, &["fetched_at", "fetch_time"]).and_then(|text| Utc::parse(&text));
    Acquisition {
        origin_url: first(row, ORIGIN),
        final_url: first(row, &["final_url"]),
        page_url: first(row, PAGE),
        time_precision: fetched_at.is_some().then_some(TimePrecision::Exact),
        fetched_at,
        ..Acquisition::default()
    }
}

/// The natural keys of a row.
pub(super) fn keys(row: &Row) -> Option<Row> {
    let keys: Row = KEYS
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), row.get(*name)?.clone())))
        .collect();
    (!keys.is_empty()).then_some(keys)
}

/// What the digests a row keeps say of the stored bytes.
pub(super) enum Kept {
    /// They are the fetched ones.
    Same,
    /// They are not; the SHA-256 of the fetched ones, where it was kept.
    Other(Option<Digests>),
    /// No digest was kept that could be compared.
    Untold,
}

/// Compares the digests a row keeps with a member's own.
pub(super) fn kept(row: &Row, own: &Digests) -> Kept {
    let of = |name: &str, digits: usize| {
        let text = row.get(name)?.trim().to_ascii_lowercase();
        // Corpora are known to keep an MD5 under the name of a SHA-256.
        (text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit())).then_some(text)
    };
    let (sha256, md5, sha512) = (of("sha256", 64), of("md5", 32), of("sha512", 128));
    let pairs = [
        (sha256.as_ref(), Some(&own.sha256)),
        (sha512.as_ref(), own.sha512.as_ref()),
        (md5.as_ref(), own.md5.as_ref()),
    ];
    let compared = pairs.iter().find_map(|(kept, own)| Some((*kept)? == (*own)?));
    match compared {
        Some(true) => Kept::Same,
        Some(false) => {
            Kept::Other(sha256.map(|sha256| Digests { sha256, sha1: None, md5, sha512 }))
        }
        None => Kept::Untold,
    }
}

/// An origin of which nothing is known but the bytes.
pub(super) fn unknown(member: &MemberRef) -> Origin {
    Origin {
        steps: Vec::new(),
        acquisition: Acquisition::default(),
        bytes_are: BytesAre::Unknown,
        as_fetched_digests: None,
        media_type: media_type(&member.head).map(str::to_owned),
        width: None,
        height: None,
        embedded: Embedded {
            exif: Some(casement_core::intake::find::Presence::NotChecked),
            xmp: Some(casement_core::intake::find::Presence::NotChecked),
            c2pa: Some(casement_core::intake::find::C2pa::NotChecked),
        },
        missing: Vec::new(),
        notes: Vec::new(),
    }
}

/// Declares every absent fact of the acquisition, each with the reason `why` gives for it.
pub(super) fn declare(origin: &mut Origin, why: impl Fn(&str) -> Why) {
    let got = &origin.acquisition;
    let facts = [
        ("origin_url", got.origin_url.is_some()),
        ("page_url", got.page_url.is_some()),
        ("final_url", got.final_url.is_some()),
        ("fetched_at", got.fetched_at.is_some()),
        ("server_ip", got.server_ip.is_some()),
        ("http_headers", got.http_headers.as_ref().is_some_and(|headers| !headers.is_empty())),
    ];
    for (fact, _) in facts.into_iter().filter(|(_, present)| !present) {
        let field = format!("acquisition.{fact}");
        origin.missing.push(missing(&field, why(fact)));
    }
    let altered = origin.bytes_are == BytesAre::ReEncoded;
    if altered && origin.as_fetched_digests.is_none() {
        origin.missing.push(missing(AS_FETCHED, why(AS_FETCHED)));
    }
}

fn missing(field: &str, (reason, note): Why) -> Missing {
    Missing { field: field.to_owned(), reason, note: Some(note.to_owned()) }
}

/// A downloader by its name.
pub(super) fn fetcher(name: &str) -> Fetcher {
    Fetcher { name: Some(name.to_owned()), version: None, user_agent: None }
}

/// The interval of an img2dataset `_stats.json`.
pub(super) fn interval(stats: &[u8]) -> Option<Interval> {
    let stats: Stats<'_> = serde_json::from_slice(stats).ok()?;
    // Taken as text, since a reader of JSON may be off by the last bit of a number.
    let time = |raw: &RawValue| utc(raw.get().parse().ok()?);
    let (start, end) = (time(stats.start_time)?, time(stats.end_time)?);
    (start.instant() <= end.instant()).then_some(Interval { start, end })
}

#[derive(Deserialize)]
struct Stats<'a> {
    #[serde(borrow)]
    start_time: &'a RawValue,
    #[serde(borrow)]
    end_time: &'a RawValue,
}

/// Seconds since 1970, to the millisecond at hand.
fn utc(seconds: f64) -> Option<Utc> {
    // Within the years 1970 to 9999.
    if !(0.0..253_402_300_800.0).contains(&seconds) {
        return None;
    }
    // Rounded to the microsecond first, which is what a clock that gives seconds as a float means.
    let micros = (seconds.fract() * 1e6).round();
    #[allow(clippy::cast_possible_truncation, reason = "whole numbers within the range above")]
    let (whole, micros) = (seconds.trunc() as i64, micros as i64);
    let moment = OffsetDateTime::from_unix_timestamp(whole).ok()?;
    let moment = moment.checked_add(time::Duration::microseconds(micros))?;
    let form =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    Utc::parse(&moment.format(form).ok()?)
}
