//! Words and numbers as a package prints them, in one place so that every document says the same.

use crate::intake::find::MissingReason;
use crate::wire;
use crate::words::{grouped, many};

/// `004102`.
pub(super) fn case_number(case: u32) -> String {
    format!("{case:06}")
}

/// `M2 O2 T2 C3 D3 P2 -> B`.
pub(super) fn vector(completeness: &wire::Completeness) -> String {
    let v = completeness.vector;
    format!(
        "M{} O{} T{} C{} D{} P{} -> {}",
        v.m,
        v.o,
        v.t,
        v.c,
        v.d,
        v.p,
        class(completeness.class)
    )
}

pub(super) fn class(class: wire::Class) -> &'static str {
    match class {
        wire::Class::A => "A",
        wire::Class::B => "B",
        wire::Class::C => "C",
        wire::Class::D => "D",
    }
}

/// What a class means, in a reader's words.
pub(super) fn class_meaning(class: wire::Class) -> &'static str {
    match class {
        wire::Class::A => "traceable to origin",
        wire::Class::B => "partly traceable",
        wire::Class::C => "traceable to a supplier only",
        wire::Class::D => "not traceable",
    }
}

pub(super) fn classification(class: wire::Classification) -> &'static str {
    match class {
        wire::Classification::A1 => "A1",
        wire::Classification::A2 => "A2",
        wire::Classification::B1 => "B1",
        wire::Classification::B2 => "B2",
    }
}

/// A level with the number of samples along the long side.
pub(super) fn level(level: wire::Level) -> &'static str {
    match level {
        wire::Level::HashOnly => "hash-only",
        wire::Level::Mosaic => "mosaic 16",
        wire::Level::Strong => "strong 32",
        wire::Level::Soft => "soft 96",
    }
}

/// `0:11`, seconds rounded up: a glance is never nothing.
pub(super) fn duration(ms: u64) -> String {
    let seconds = ms.div_ceil(1000);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Why a fact is missing, in words.
pub(super) fn reason(reason: MissingReason) -> &'static str {
    match reason {
        MissingReason::NeverRecorded => "never recorded",
        MissingReason::DiscardedUpstream => "discarded upstream",
        MissingReason::DiscardedByUs => "discarded by the reporting organisation",
        MissingReason::NotApplicable => "not applicable",
        MissingReason::LookupFailed => "looked up without success",
        MissingReason::Withheld => "withheld",
    }
}

/// The class of a file: the best of its sightings, since one traceable place is enough to begin at.
pub(super) fn best(file: &crate::package::input::FileInput) -> Option<&wire::Completeness> {
    file.sightings.iter().map(|sighting| &sighting.completeness).min_by_key(|c| c.class)
}

/// `1 file`, `3,000 files`.
pub(super) fn count(number: usize, one: &str) -> String {
    many(u64::try_from(number).unwrap_or(u64::MAX), one)
}

/// `3,000`.
pub(super) fn number(number: usize) -> String {
    grouped(u64::try_from(number).unwrap_or(u64::MAX))
}
