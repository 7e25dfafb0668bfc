//! Rules over times: all with a zone by their type, all in the past, in an order that can have happened.

use time::OffsetDateTime;
use time::macros::datetime;

use super::{Rule, name};
use crate::clock;
use crate::package::input::{FileInput, Head, SightingInput};
use crate::package::moment;
use crate::wire::{FindingKind, FindingView, PackageFinding};

/// Before the first page of the web no file was fetched from it.
const FIRST_PAGE: OffsetDateTime = datetime!(1991-08-06 00:00:00 UTC);

const FUTURE: Rule = Rule {
    code: "L-TIME-01",
    kind: FindingKind::Check,
    title: "A time in the future",
    field: "find.acquisition.fetched_at",
    element: "report/incidentSummary/incidentDateTime",
    remedy: "Ask whoever fetched or scanned it; the time is kept in the record and not used.",
    view: FindingView::Review,
};
const CLOCK_BEHIND: Rule = Rule {
    code: "L-TIME-02",
    kind: FindingKind::MustFix,
    title: "This machine's clock is behind",
    field: "sighting.imported_at",
    element: "report/incidentSummary/incidentDateTime",
    remedy: "Set the clock of this machine.",
    view: FindingView::Import,
};
const NOT_FETCHED: Rule = Rule {
    code: "L-TIME-03",
    kind: FindingKind::Check,
    title: "No time of fetching",
    field: "find.acquisition.fetched_at",
    element: "report/incidentSummary/incidentDateTime",
    remedy: "Attach it if the fetcher or a crawl index knows it; else the time of detection is given, and said to be that.",
    view: FindingView::Gaps,
};
const ORDER: Rule = Rule {
    code: "L-TIME-04",
    kind: FindingKind::Check,
    title: "Detected before it was fetched",
    field: "find.scanner.scanned_at",
    element: "fileDetails/additionalInfo",
    remedy: "One of the two clocks was wrong; ask whoever runs the fetcher and the scanner.",
    view: FindingView::Review,
};
const TOO_EARLY: Rule = Rule {
    code: "L-TIME-05",
    kind: FindingKind::Check,
    title: "Fetched before there was a web",
    field: "find.acquisition.fetched_at",
    element: "report/incidentSummary/incidentDateTime",
    remedy: "The fetcher's clock was not set; attach the right time if anyone knows it.",
    view: FindingView::Gaps,
};
const DECIDED_LATER: Rule = Rule {
    code: "L-TIME-06",
    kind: FindingKind::MustFix,
    title: "Decided after the report",
    field: "decision.at",
    element: "fileDetails/additionalInfo",
    remedy: "Set the clock of this machine, then decide the case again.",
    view: FindingView::Review,
};

#[cfg(test)]
pub(super) const RULES: &[&Rule] =
    &[&FUTURE, &CLOCK_BEHIND, &NOT_FETCHED, &ORDER, &TOO_EARLY, &DECIDED_LATER];

pub(super) fn findings(
    head: &Head,
    file: &FileInput,
    now: OffsetDateTime,
    found: &mut Vec<PackageFinding>,
) {
    let any = |what: &dyn Fn(&SightingInput) -> bool| file.sightings.iter().any(what);
    let mut tell =
        |rule: &Rule, text: &str| found.push(rule.case(file.case, format!("{}{text}", name(file))));
    let limit = head.sealed_at;
    if any(&|s| s.imported_at > limit || s.imported_at > now) {
        tell(&CLOCK_BEHIND, " was imported after now.");
    }
    if any(&|s| moment::has_future(s, limit)) {
        tell(&FUTURE, " carries a time in the future.");
    }
    let fetched = moment::of_file(file, limit).is_some_and(|m| m.is_of_fetching());
    if !fetched && !file.sightings.is_empty() {
        tell(&NOT_FETCHED, ": when it was fetched is unknown; the time of detection is given.");
    }
    if any(&|s| detected(s).zip(fetched_at(s)).is_some_and(|(seen, got)| seen < got)) {
        tell(&ORDER, ": its scanner's time lies before the time it was fetched.");
    }
    if any(&|s| fetched_at(s).is_some_and(|at| at < FIRST_PAGE)) {
        tell(&TOO_EARLY, ": the time it was fetched lies before August 1991.");
    }
    let decided = clock::parse(&file.decision.at).map(clock::datetime);
    if decided.is_ok_and(|at| at > limit) {
        tell(&DECIDED_LATER, ": the time of its decision lies after that of the report.");
    }
}

fn detected(sighting: &SightingInput) -> Option<OffsetDateTime> {
    sighting.find.scanner.scanned_at.as_ref().map(|at| at.instant())
}

/// When it was fetched; of an interval the beginning.
fn fetched_at(sighting: &SightingInput) -> Option<OffsetDateTime> {
    let got = &sighting.find.acquisition;
    let within = got.fetched_interval.as_ref().map(|span| span.start.instant());
    got.fetched_at.as_ref().map(|at| at.instant()).or(within)
}
