//! The package in a minute's reading: `data/summary.txt` for people, and the short form that goes
//! into the report's own `additionalInfo`.
//!
//! Addresses are defanged here; the XML and the JSON carry them as they are. Counts stand next to
//! what they are counts of, and nothing is averaged.

use crate::case::defang;
use crate::intake::find::{Match, MatchKind};
use crate::package::again::RULE;
use crate::package::cybertip::date_time;
use crate::package::input::{FileInput, Head};
use crate::package::moment::{self, Moment};
use crate::package::overview::{MAX_ADDRESSES, Matched, MatchedList, Overview};
use crate::package::provenance::{FORMAT, looked_at, one_line};
use crate::package::{earlier, words};

/// Files described one by one; the rest are counted and indexed in `manifest.json`.
pub(super) const MAX_FILES: usize = 50;
/// Gaps named, most frequent first.
const MAX_GAPS: usize = 8;
/// Datasets named, most files first.
const MAX_DATASETS: usize = 20;
/// Files of earlier reports named.
const MAX_AGAIN: usize = 20;
/// Lists named.
const MAX_LISTS: usize = 20;

/// `data/summary.txt`.
pub(super) fn text(head: &Head, overview: &Overview) -> String {
    let mut lines = vec![
        format!("Report {}, {}", head.report, words::count(overview.files, "file")),
        format!("Source: {}", one_line(&head.source.name)),
        format!("As of: {}", date_time(head.sealed_at).unwrap_or_default()),
        format!("By: {}", one_line(&head.organisation.name)),
        String::new(),
        "Found in training data: yes. Believed AI-generated: not stated for any file.".to_owned(),
        "No person is named in this report, because the finds name none.".to_owned(),
        format!("Grouping: {}", one_line(&head.rule)),
    ];
    let mut part = |title: &str, said: Vec<String>| {
        lines.extend([String::new(), title.to_owned()]);
        lines.extend(said.into_iter().map(|line| format!("  {line}")));
    };
    part("WHERE", datasets(overview));
    part("MATCHED", lists(overview));
    let again = again(overview);
    if !again.is_empty() {
        part("REPORTED BEFORE", again);
    }
    part("LOOKING", vec![viewing(overview)]);
    part("COMPLETENESS", vec![classes(overview)]);
    let mut missing = gaps(overview);
    if missing.is_empty() {
        missing.push("Nothing is declared missing.".to_owned());
    }
    missing.extend(tried(overview).into_iter().map(|tried| format!("Tried: {tried}.")));
    part("MISSING, AND WHERE TO ASK", missing);
    let mut files = overview.described.shown.concat();
    if overview.described.more() > 0 {
        files.push(format!("and {} more; see manifest.json", overview.described.more()));
    }
    part("FILES", files);
    lines.extend([
        String::new(),
        format!("Ledger: {} leaves, root {}", head.ledger.leaves, head.ledger.root),
        format!("Built by {} {}.", head.tool.name, head.tool.version),
        String::new(),
    ]);
    lines.join("\n")
}

/// The summary in `report/additionalInfo`; the writer cuts it at its limit, so what matters most
/// comes first.
pub(super) fn for_report(head: &Head, overview: &Overview) -> String {
    let mut lines = vec![
        format!(
            "{}: {} found in training data, from one source: {}.",
            head.report,
            words::count(overview.files, "file"),
            one_line(&head.source.name)
        ),
        "Found in training data: yes. Believed AI-generated: not stated for any file.".to_owned(),
        viewing(overview),
        "No person is named, because the finds name none. An IP address given with a file is that of \
         the server it was fetched from."
            .to_owned(),
        classes(overview),
        format!("Grouping: {}", one_line(&head.rule)),
    ];
    lines.extend(tried(overview).into_iter().map(|tried| format!("Tried: {tried}")));
    lines.extend(again(overview));
    lines.extend(datasets(overview));
    lines.extend(lists(overview));
    if overview.addresses.left_out > 0 {
        lines.push(format!(
            "webPageIncident names the first {MAX_ADDRESSES} addresses by case number; {} further \
             mentions of addresses stand in the fileDetails of their files.",
            overview.addresses.left_out
        ));
    }
    lines.extend(gaps(overview).into_iter().map(|gap| format!("Missing: {gap}")));
    lines.push(format!("Ledger: {} leaves, root {}.", head.ledger.leaves, head.ledger.root));
    lines.push(format!(
        "The provenance of each file is in its fileDetails, additionalInfo, {FORMAT}."
    ));
    lines.join("\n")
}

/// Each dataset at its version, with the number of files and whom to ask.
fn datasets(overview: &Overview) -> Vec<String> {
    let line = |(text, files)| format!("{text}: {}", words::count(files, "file"));
    let mut lines: Vec<String> =
        overview.datasets.ranked().into_iter().take(MAX_DATASETS).map(line).collect();
    let listed: usize = overview.datasets.ranked().iter().take(MAX_DATASETS).map(|(_, n)| n).sum();
    let all: usize = overview.datasets.ranked().iter().map(|(_, n)| n).sum();
    if let Some(more) = Some(all + overview.datasets.others - listed).filter(|more| *more > 0) {
        lines.push(format!("Further datasets: {}", words::count(more, "file")));
    }
    lines
}

/// The sentence about viewing, with the numbers it rests on.
pub(crate) fn viewing(overview: &Overview) -> String {
    let not = overview.files - overview.attested.all;
    let mut sentence =
        format!("{not} of {}: fileViewedByEsp false", words::count(overview.files, "file"));
    if not > 0 {
        sentence.push_str(". A veiled view is not a view of the whole file");
    }
    for (case, by, leaf) in &overview.attested.shown {
        let case = words::case_number(*case);
        sentence.push_str(&format!(". {case}: true, by the attestation of {by} at leaf {leaf}"));
    }
    if overview.attested.more() > 0 {
        sentence.push_str(&format!(". {} more: true, by attestation", overview.attested.more()));
    }
    sentence.push('.');
    sentence
}

fn classes(overview: &Overview) -> String {
    let parts: Vec<String> = overview
        .classes
        .iter()
        .map(|(class, count)| {
            let files = words::count(*count, "file");
            format!("{} {files}, {}", words::class(*class), words::class_meaning(*class))
        })
        .collect();
    format!("Traceability by our own rubric, not a priority: {}.", parts.join("; "))
}

/// Facts that are missing, most frequent first, with the reason and where to ask.
fn gaps(overview: &Overview) -> Vec<String> {
    let ranked = overview.gaps.ranked();
    let left = ranked.len().saturating_sub(MAX_GAPS) + usize::from(overview.gaps.others > 0);
    let mut lines: Vec<String> = ranked
        .into_iter()
        .take(MAX_GAPS)
        .map(|(line, count)| format!("{line} ({})", words::count(count, "sighting")))
        .collect();
    if left > 0 {
        lines.push(format!("and {left} more kinds, in the provenance of each file"));
    }
    lines
}

/// What was tried for files that cannot be traced to their origin, class C and D; also that nothing
/// was.
fn tried(overview: &Overview) -> Vec<String> {
    let mut lines = overview.tried.shown.clone();
    if overview.tried.more() > 0 {
        lines.push("and more, in the provenance of each file".to_owned());
    }
    if overview.untried > 0 {
        let files = words::count(overview.untried, "file");
        lines.push(format!("nothing yet for {files} that cannot be traced to an origin"));
    }
    lines
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

/// A file in a few lines.
pub(super) fn describe(head: &Head, file: &FileInput) -> Vec<String> {
    let mut lines = Vec::new();
    let class = words::best(file).map_or_else(|| "no class".to_owned(), words::vector);
    lines.push(format!("{}  SHA-256 {}", words::case_number(file.case), file.item.sha256));
    let decision = &file.decision;
    let kind = decision.classification.map_or("not classified", words::classification);
    let by = format!("confirmed by {} at {}", decision.by, decision.at);
    lines.push(format!("  {kind}, {by}; looked at: {}", looked_at(file)));
    lines.push(format!("  trail {class}, {}", words::count(file.sightings.len(), "sighting")));
    if let Some(sighting) = file.sightings.first() {
        let got = &sighting.find.acquisition;
        let url = got.origin_url.as_deref().or(got.final_url.as_deref());
        let place = url.map_or_else(|| "web address not recorded".to_owned(), defang::url);
        let when = moment::of_file(file, head.sealed_at).map_or_else(
            || "time not known".to_owned(),
            |moment| {
                let at = date_time(moment.instant()).unwrap_or_default();
                match moment {
                    Moment::Fetched(_) => format!("fetched {at}"),
                    Moment::FetchedWithin(_, end) => {
                        format!("fetched between {at} and {}", date_time(end).unwrap_or_default())
                    }
                    Moment::Detected(_) => format!("detected {at}, time of fetching not known"),
                }
            },
        );
        lines.push(format!("  {}; {when}", one_line(&place)));
        let matches = sighting.find.matches.iter().take(MAX_LISTS);
        lines.extend(matches.map(|found| format!("  {}", evidence(found))));
    }
    if let Some(before) = earlier::sentence(&file.previously_reported) {
        lines.push(format!("  already reported: {}", one_line(&before)));
    }
    lines
}

fn evidence(evidence: &Match) -> String {
    let list = &evidence.list;
    let entry = list.entry_id.as_deref().unwrap_or("not given");
    let mut text = format!(
        "matched {} version {}, entry {entry}, {} {}",
        list.name,
        list.version,
        evidence.algorithm.word(),
        evidence.kind.word()
    );
    if let (MatchKind::Near, Some(distance)) = (evidence.kind, evidence.distance) {
        let of = evidence.threshold.map_or_else(String::new, |t| format!(" of {t}"));
        text.push_str(&format!(", distance {distance}{of}"));
    }
    if let Some(quality) = evidence.query_quality {
        text.push_str(&format!(", quality {quality}"));
    }
    one_line(&text)
}
