//! The package in a minute's reading: `data/summary.txt` for people, and the short form that goes
//! into the report's own `additionalInfo`.
//!
//! Addresses are defanged here; the XML and the JSON carry them as they are. Counts stand next to
//! what they are counts of, and nothing is averaged.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::{defang, remedy};
use crate::cybertip::date_time;
use crate::intake::find::{Match, MatchKind, MissingReason};
use crate::package::input::{FileInput, PackageInput};
use crate::package::moment::{self, Moment};
use crate::package::provenance::{looked_at, one_line};
use crate::package::words;
use crate::wire::Class;

/// Files described one by one; the rest are counted and indexed in `manifest.json`.
const MAX_FILES: usize = 50;
/// Gaps named, most frequent first.
const MAX_GAPS: usize = 8;

/// `data/summary.txt`.
pub(super) fn text(input: &PackageInput) -> String {
    let mut lines = vec![
        format!("Report {}, {}", input.head.report, words::count(input.files.len(), "file")),
        format!("Source: {}", one_line(&input.head.source.name)),
        format!("Sealed: {}", date_time(input.head.sealed_at).unwrap_or_default()),
        format!("By: {}", one_line(&input.head.organisation.name)),
        String::new(),
        "Found in training data: yes. Believed AI-generated: not stated for any file.".to_owned(),
        "No person is named in this report, because the finds name none.".to_owned(),
        format!("Grouping: {}", one_line(&input.head.rule)),
        String::new(),
        "WHERE".to_owned(),
    ];
    lines.extend(datasets(input).into_iter().map(|line| format!("  {line}")));
    lines.extend([String::new(), "LOOKING".to_owned(), format!("  {}", viewing(input))]);
    lines.extend([String::new(), "COMPLETENESS".to_owned(), format!("  {}", classes(input))]);
    lines.extend([String::new(), "MISSING, AND WHERE TO ASK".to_owned()]);
    let gaps = gaps(input);
    if gaps.is_empty() {
        lines.push("  Nothing is declared missing.".to_owned());
    }
    lines.extend(gaps.iter().map(|gap| format!("  {gap}")));
    lines.extend(tried(input).into_iter().map(|tried| format!("  Tried: {tried}.")));
    lines.extend([String::new(), "FILES".to_owned()]);
    for file in input.files.iter().take(MAX_FILES) {
        describe(input, file, &mut lines);
    }
    if let Some(more) = input.files.len().checked_sub(MAX_FILES).filter(|more| *more > 0) {
        lines.push(format!("  and {more} more; see manifest.json"));
    }
    lines.extend([
        String::new(),
        format!("Ledger: {} leaves, root {}", input.head.ledger.leaves, input.head.ledger.root),
        format!("Built by {} {}.", input.head.tool.name, input.head.tool.version),
        String::new(),
    ]);
    lines.join("\n")
}

/// The summary in `report/additionalInfo`; the writer cuts it at its limit, so what matters most
/// comes first.
pub(super) fn for_report(input: &PackageInput) -> String {
    let mut lines = vec![
        format!(
            "{}: {} found in training data, from one source: {}.",
            input.head.report,
            words::count(input.files.len(), "file"),
            one_line(&input.head.source.name)
        ),
        "Found in training data: yes. Believed AI-generated: not stated for any file.".to_owned(),
        viewing(input),
        "No person is named, because the finds name none. An IP address given with a file is that of \
         the server it was fetched from."
            .to_owned(),
        classes(input),
        format!("Grouping: {}", one_line(&input.head.rule)),
    ];
    lines.extend(datasets(input));
    lines.extend(tried(input).into_iter().map(|tried| format!("Tried: {tried}")));
    lines.extend(gaps(input).into_iter().map(|gap| format!("Missing: {gap}")));
    lines.push(format!(
        "Ledger: {} leaves, root {}.",
        input.head.ledger.leaves, input.head.ledger.root
    ));
    lines.push(
        "The provenance of each file is in its fileDetails, additionalInfo, casement-provenance/1."
            .to_owned(),
    );
    lines.join("\n")
}

/// Each dataset at its version, with the number of files and whom to ask.
fn datasets(input: &PackageInput) -> Vec<String> {
    let mut found: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for file in &input.files {
        for sighting in &file.sightings {
            let dataset = &sighting.find.locator.dataset;
            let ask = match (&dataset.supplier, &dataset.supplier_contact) {
                (Some(name), Some(contact)) => format!("supplied by {name}, {contact}"),
                (Some(name), None) => format!("supplied by {name}, no contact recorded"),
                (None, Some(contact)) => format!("supplier's contact {contact}"),
                (None, None) => "supplier not recorded".to_owned(),
            };
            let kind = dataset.version_kind.word();
            let line = format!("Dataset {}@{} ({kind}), {ask}", dataset.id, dataset.version);
            found.entry(line).or_default().insert(file.case);
        }
    }
    let line = |(text, cases): (String, BTreeSet<u32>)| {
        format!("{}: {}", one_line(&text), words::count(cases.len(), "file"))
    };
    found.into_iter().map(line).collect()
}

/// The sentence about viewing, with the numbers it rests on.
pub(crate) fn viewing(input: &PackageInput) -> String {
    let all = input.files.len();
    let attested = input.files.iter().filter(|file| file.viewed.entire_file()).count();
    let not = all - attested;
    let mut sentence = format!("{not} of {}: fileViewedByEsp false", words::count(all, "file"));
    if not > 0 {
        sentence.push_str(". A veiled view is not a view of the whole file");
    }
    for file in input.files.iter() {
        if let Some(by) = file.viewed.attestation() {
            let case = words::case_number(file.case);
            let text =
                format!(". {case}: true, by the attestation of {} at leaf {}", by.by(), by.leaf());
            sentence.push_str(&text);
        }
    }
    sentence.push('.');
    sentence
}

fn classes(input: &PackageInput) -> String {
    let mut counts: BTreeMap<Class, usize> = BTreeMap::new();
    for best in input.files.iter().filter_map(words::best) {
        *counts.entry(best.class).or_default() += 1;
    }
    let parts: Vec<String> = counts
        .into_iter()
        .map(|(class, count)| {
            let files = words::count(count, "file");
            format!("{} {files}, {}", words::class(class), words::class_meaning(class))
        })
        .collect();
    format!("Traceability by our own rubric, not a priority: {}.", parts.join("; "))
}

/// Facts that are missing, most frequent first, with the reason and where to ask.
fn gaps(input: &PackageInput) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for sighting in input.files.iter().flat_map(|file| &file.sightings) {
        for missing in &sighting.find.missing {
            if missing.reason == MissingReason::NotApplicable {
                continue;
            }
            let next = remedy::sentence(&sighting.find, &missing.field, missing.reason)
                .unwrap_or_default();
            let line = format!("{}, {}: {next}", missing.field, words::reason(missing.reason));
            *counts.entry(one_line(&line)).or_default() += 1;
        }
    }
    let mut ranked: Vec<(String, usize)> = counts.into_iter().collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let left = ranked.len().saturating_sub(MAX_GAPS);
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

/// What was tried for files that cannot be traced to their origin: class C and D.
fn tried(input: &PackageInput) -> Vec<String> {
    let untraced = input
        .files
        .iter()
        .filter(|file| words::best(file).is_some_and(|best| best.class >= Class::C));
    let mut told: Vec<String> = Vec::new();
    for tried in untraced.flat_map(|file| &file.sightings).flat_map(|sighting| &sighting.tried) {
        let line = one_line(&defang::prose(&tried.text));
        if told.len() < MAX_GAPS && !told.contains(&line) {
            told.push(line);
        }
    }
    told
}

fn describe(input: &PackageInput, file: &FileInput, lines: &mut Vec<String>) {
    let class = words::best(file).map_or_else(|| "no class".to_owned(), words::vector);
    lines.push(format!("  {}  SHA-256 {}", words::case_number(file.case), file.item.sha256));
    let decision = &file.decision;
    let kind = decision.classification.map_or("not classified", words::classification);
    let by = format!("confirmed by {} at {}", decision.by, decision.at);
    lines.push(format!("    {kind}, {by}; looked at: {}", looked_at(file)));
    lines.push(format!("    trail {class}, {}", words::count(file.sightings.len(), "sighting")));
    if let Some(sighting) = file.sightings.first() {
        let got = &sighting.find.acquisition;
        let url = got.origin_url.as_deref().or(got.final_url.as_deref());
        let place = url.map_or_else(|| "web address not recorded".to_owned(), defang::url);
        let when = moment::of_file(file, input.head.sealed_at).map_or_else(
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
        lines.push(format!("    {}; {when}", one_line(&place)));
        lines.extend(sighting.find.matches.iter().map(|m| format!("    {}", evidence(m))));
    }
    if let Some(before) = &file.previously_reported {
        lines.push(format!("    already in report {}", one_line(before)));
    }
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
