//! From the facts of a report to the pages people read: counted file by file in bounded memory, then told once.
//!
//! Whatever the number of files, it must never hold more than what the pages show. Every text of others passes
//! `defang`; nothing is averaged, ranked as a priority, or called AI-made.

mod brief;
mod file;
mod html;
mod place;
mod sections;
mod standing;
mod tally;
mod text;
mod totals;

use std::collections::BTreeSet;

use casement_print::{FORMAT, FilePage, Pages, Sealed, Section};
use time::{OffsetDateTime, UtcOffset};

use crate::case::defang;
use crate::package::input::Head;
use crate::words::{grouped, many};

pub(crate) use html::html;
pub(crate) use text::{short, text};
pub(crate) use totals::Totals;

/// The pages of a report whose files were counted.
pub(crate) fn pages(head: &Head, totals: &Totals) -> Pages {
    let (files, beyond) = described(totals);
    Pages {
        format: FORMAT.to_owned(),
        report: head.report.clone(),
        title: format!(
            "{} confirmed in training data from {}",
            many(totals.files, "file"),
            defang::prose(&head.source.name)
        ),
        by: organisation(head),
        sealed_at: sealed(head.sealed_at),
        brief: brief::brief(head, totals),
        sections: sections::sections(head, totals),
        files,
        beyond,
    }
}

/// The files told one by one, and how the rest is told.
fn described(totals: &Totals) -> (Vec<FilePage>, Vec<Section>) {
    let files: Vec<FilePage> = totals.described.values().cloned().collect();
    let whole = u64::try_from(files.len()).unwrap_or(u64::MAX) == totals.files;
    if whole {
        return (files, Vec::new());
    }
    let shown: BTreeSet<u32> = totals.described.keys().copied().collect();
    let rows: Vec<&file::Row> = totals
        .listed
        .iter()
        .filter(|(case, _)| !shown.contains(case))
        .map(|(_, row)| row)
        .collect();
    (files, vec![sections::listed(totals, &rows)])
}

fn organisation(head: &Head) -> String {
    match head.organisation.name.trim() {
        "" => "an organisation that gave no name".to_owned(),
        name => defang::prose(name),
    }
}

fn sealed(at: OffsetDateTime) -> Sealed {
    let at = at.to_offset(UtcOffset::UTC);
    Sealed {
        text: instant(at),
        year: at.year(),
        month: u8::from(at.month()),
        day: at.day(),
        hour: at.hour(),
        minute: at.minute(),
        second: at.second(),
    }
}

/// `2026-02-03 10:20:30 UTC`.
pub(super) fn instant(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (h, m, s) = (at.hour(), at.minute(), at.second());
    format!("{} {h:02}:{m:02}:{s:02} UTC", at.date())
}

#[cfg(test)]
mod tests;
