//! What `report/additionalInfo` says beyond the first page: the rule and the files of earlier reports, lists at their
//! versions, what was tried, and what was too much to list.

use crate::package::again::RULE;
use crate::package::overview::{MAX_ADDRESSES, Matched, MatchedList, Overview};
use crate::package::provenance::one_line;
use crate::package::words;

/// Files of earlier reports named.
const MAX_AGAIN: usize = 20;
/// Lists named.
const MAX_LISTS: usize = 20;

/// In order of weight: the writer cuts at its limit.
pub(super) fn further(overview: &Overview) -> String {
    let mut lines = again(overview);
    if overview.untried > 0 {
        let files = words::count(overview.untried, "file");
        lines.push(format!(
            "Tried: nothing yet for {files} that cannot be traced to an origin (class C or D)."
        ));
    }
    lines.extend(lists(overview));
    if overview.addresses.left_out > 0 {
        lines.push(format!(
            "webPageIncident names the first {MAX_ADDRESSES} addresses by case number; {} further \
             mentions of addresses stand in the fileDetails of their files.",
            overview.addresses.left_out
        ));
    }
    lines.join("\n")
}

/// What of this source stands in earlier reports, with the rule.
fn again(overview: &Overview) -> Vec<String> {
    let found = &overview.again;
    if found.files == 0 {
        return Vec::new();
    }
    let files = words::count(found.files, "file");
    let mut lines = vec![format!("Reported before and found again here: {files}. {RULE}")];
    lines.extend(found.named.iter().take(MAX_AGAIN).map(|again| {
        format!(
            "{} in {}, SHA-256 {}: {}",
            words::case_number(again.case),
            again.report,
            again.sha256,
            words::count(again.places, "further place")
        )
    }));
    if let Some(more) = found.files.checked_sub(MAX_AGAIN).filter(|more| *more > 0) {
        lines.push(format!("and {more} more, in manifest.json of the package"));
    }
    lines
}

/// The list and version of every match, with how many.
fn lists(overview: &Overview) -> Vec<String> {
    let line = |(list, matched): (&MatchedList, &Matched)| {
        one_line(&format!(
            "Matched {} / {}, version {}: {}",
            list.provider,
            list.name,
            list.version,
            words::count(matched.files, "file")
        ))
    };
    overview.lists.iter().take(MAX_LISTS).map(line).collect()
}
