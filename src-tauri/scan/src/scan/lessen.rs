//! A find that cannot be told as it is: what keeps it from being told is left away, and declared missing.
//!
//! A match must never be lost for what a server sent or a crawler wrote, nor may anything be left away in silence.

use casement_core::intake::check::FACTS;
use casement_core::intake::find::{Acquisition, Find, Missing, MissingReason};

/// What is left away for a refusal of this code, a little at first.
pub(super) fn ways(code: &str) -> [fn(&mut Find); 2] {
    match code {
        // A time to come.
        "FIND-13" => [without_times, without_acquisition],
        _ => [without_headers, without_acquisition],
    }
}

fn without_times(find: &mut Find) {
    let got = &mut find.acquisition;
    got.time_precision = None;
    if got.fetched_at.take().is_some() {
        declare(find, "acquisition.fetched_at", "what was recorded lies in the future");
    }
    if find.acquisition.fetched_interval.take().is_some() {
        declare(find, "acquisition.fetched_interval", "what was recorded lies in the future");
    }
}

fn without_headers(find: &mut Find) {
    find.acquisition.redirects = None;
    if find.acquisition.http_headers.take().is_some() {
        declare(find, "acquisition.http_headers", "too much for one find");
    }
}

fn without_acquisition(find: &mut Find) {
    find.acquisition = Acquisition::default();
    find.ext = None;
    for fact in FACTS.iter().filter(|fact| fact.field.starts_with("acquisition.")) {
        declare(find, fact.field, "left away with what no find can hold");
    }
}

/// Unless it is declared already: one field has one reason.
fn declare(find: &mut Find, field: &str, note: &str) {
    if find.missing.iter().all(|missing| missing.field != field) {
        find.missing.push(Missing {
            field: field.to_owned(),
            reason: MissingReason::DiscardedByUs,
            note: Some(note.to_owned()),
        });
    }
}
