//! One place where stored words become types and numbers become wire numbers.
//!
//! It must never fail: what the tables' CHECKs exclude maps to the most cautious value.

use crate::clock::{Millis, datetime};
use crate::wire::{Band, CaseState, Class, Classification, Level, Verdict};

pub(crate) fn band(word: &str) -> Band {
    match word {
        "exact" => Band::Exact,
        "near" => Band::Near,
        _ => Band::LowQuality,
    }
}

pub(crate) fn band_word(band: Band) -> &'static str {
    match band {
        Band::Exact => "exact",
        Band::Near => "near",
        Band::LowQuality => "low-quality",
    }
}

pub(crate) fn class(word: &str) -> Class {
    match word {
        "A" => Class::A,
        "B" => Class::B,
        "C" => Class::C,
        _ => Class::D,
    }
}

pub(crate) fn class_word(class: Class) -> &'static str {
    match class {
        Class::A => "A",
        Class::B => "B",
        Class::C => "C",
        Class::D => "D",
    }
}

pub(crate) fn state(word: &str) -> CaseState {
    match word {
        "confirmed" => CaseState::Confirmed,
        "not-a-match" => CaseState::NotAMatch,
        "cannot-tell" => CaseState::CannotTell,
        "escalated" => CaseState::Escalated,
        "packaged" => CaseState::Packaged,
        _ => CaseState::Suspected,
    }
}

pub(crate) fn verdict(word: &str) -> Option<Verdict> {
    match word {
        "confirmed" | "packaged" => Some(Verdict::Confirmed),
        "not-a-match" => Some(Verdict::NotAMatch),
        "cannot-tell" => Some(Verdict::CannotTell),
        "escalated" => Some(Verdict::Escalated),
        _ => None,
    }
}

pub(crate) fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "confirmed",
        Verdict::NotAMatch => "not-a-match",
        Verdict::CannotTell => "cannot-tell",
        Verdict::Escalated => "escalated",
    }
}

/// The verdict as people read it.
pub(crate) fn verdict_text(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "Confirmed",
        Verdict::NotAMatch => "Not a match",
        Verdict::CannotTell => "Cannot tell",
        Verdict::Escalated => "Escalated",
    }
}

pub(crate) fn classification(word: &str) -> Option<Classification> {
    match word {
        "A1" => Some(Classification::A1),
        "A2" => Some(Classification::A2),
        "B1" => Some(Classification::B1),
        "B2" => Some(Classification::B2),
        _ => None,
    }
}

pub(crate) fn classification_word(classification: Classification) -> &'static str {
    match classification {
        Classification::A1 => "A1",
        Classification::A2 => "A2",
        Classification::B1 => "B1",
        Classification::B2 => "B2",
    }
}

pub(crate) fn level(word: &str) -> Level {
    match word {
        "mosaic" => Level::Mosaic,
        "strong" => Level::Strong,
        "soft" => Level::Soft,
        _ => Level::HashOnly,
    }
}

pub(crate) fn level_word(level: Level) -> &'static str {
    match level {
        Level::HashOnly => "hash-only",
        Level::Mosaic => "mosaic",
        Level::Strong => "strong",
        Level::Soft => "soft",
    }
}

/// The algorithm as people write it.
pub(crate) fn algorithm(word: &str) -> &str {
    match word {
        "md5" => "MD5",
        "sha1" => "SHA-1",
        "sha256" => "SHA-256",
        "pdq" => "PDQ",
        "photodna" => "PhotoDNA",
        "vpdq" => "vPDQ",
        "tmk_pdqf" => "TMK+PDQF",
        "saferhash" => "SaferHash",
        other => other,
    }
}

/// A count or a duration that is never negative.
pub(crate) fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

/// A small number of evidence.
pub(crate) fn small(n: Option<i64>) -> Option<u32> {
    n.map(|n| u32::try_from(n).unwrap_or(u32::MAX))
}

pub(crate) fn case_number(id: i64) -> u32 {
    u32::try_from(id).unwrap_or(u32::MAX)
}

/// `2026-11-18`.
pub(crate) fn day(at: Millis) -> String {
    datetime(at).date().to_string()
}

/// `0:07` from milliseconds, whole seconds.
pub(crate) fn minutes(ms: u64) -> String {
    let seconds = ms / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// `1,048,576`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 file`, `3,000 files`.
pub(crate) fn many(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {one}s", grouped(number)) }
}

/// The report's name: `R-0001`.
pub(crate) fn report_name(id: i64) -> String {
    format!("R-{id:04}")
}
