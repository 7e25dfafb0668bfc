//! An attempt as people see it.
//!
//! It must never show an address that could be followed, nor call a question an answer.

use crate::case::defang;
use crate::clock::rfc3339;
use crate::store::enrich::AttemptRow;
use crate::wire::{Attempt, AttemptOutcome, EnrichCounts, EnrichKind};
use crate::words;

/// As people see it. `brought`: facts of the field at hand, where there is one.
pub(crate) fn attempt_wire(row: &AttemptRow, brought: Option<i64>) -> Attempt {
    let counts = EnrichCounts {
        lines: words::count(row.lines),
        matched: words::count(row.matched),
        facts: words::count(row.facts),
        known: words::count(row.known),
        conflicts: words::count(row.conflicts),
        ambiguous: words::count(row.ambiguous),
        left_out: words::count(row.left_out),
    };
    let (kind, title) = match row.kind.as_str() {
        "cdx" => (EnrichKind::Cdx, "Joined a crawl index"),
        "stats" => (EnrichKind::Stats, "Read shard statistics"),
        "pointer" => (EnrichKind::Pointer, "Joined pointer rows"),
        "answer" => (EnrichKind::Answer, "Answer attached"),
        "form" => (EnrichKind::Form, "Facts typed"),
        _ => (EnrichKind::Enquiry, "Asked"),
    };
    let (outcome, told) = match row.outcome.as_str() {
        "found" => (AttemptOutcome::Found, ""),
        "already-known" => (AttemptOutcome::AlreadyKnown, "All of it was known."),
        "asked" => (AttemptOutcome::Asked, "No answer yet"),
        "no-answer" => (AttemptOutcome::NoAnswer, "No answer."),
        "refused" => (AttemptOutcome::Refused, "Refused."),
        _ => (AttemptOutcome::NotFound, "Nothing found."),
    };
    let mut said: Vec<String> = Vec::new();
    match (kind, outcome, &row.due) {
        (EnrichKind::Enquiry, AttemptOutcome::Asked, Some(due)) => {
            said.push(format!("{told}, due {due}."))
        }
        (EnrichKind::Enquiry, AttemptOutcome::Asked, None) => said.push(format!("{told}.")),
        _ if !told.is_empty() => said.push(told.to_owned()),
        _ => {}
    }
    if kind != EnrichKind::Enquiry {
        match brought {
            Some(n) => said.push(format!(
                "{n} of {} given this fact.",
                words::many(counts.matched, "sighting")
            )),
            None => said.push(format!(
                "{} for {}.",
                words::many(counts.facts, "fact"),
                words::many(counts.matched, "sighting")
            )),
        }
        if counts.conflicts > 0 {
            said.push(format!("{} differ from what is there.", counts.conflicts));
        }
        if counts.ambiguous > 0 {
            said.push(format!("{} sightings fit several lines.", counts.ambiguous));
        }
    }
    if !row.note.is_empty() {
        said.push(defang::prose(&row.note));
    }
    Attempt {
        leaf: words::count(row.seq),
        at: rfc3339(row.at),
        by: row.account.clone(),
        kind,
        outcome,
        title: title.to_owned(),
        words: said.join(" "),
        dataset: words::small(row.dataset_id),
        case: row.case_id.map(words::case_number),
        field: row.field.clone(),
        source: defang::prose(&row.source),
        note: defang::prose(&row.note),
        due: row.due.clone(),
        raw_sha256: row.raw_sha256.as_ref().map(hex::encode),
        counts,
    }
}
