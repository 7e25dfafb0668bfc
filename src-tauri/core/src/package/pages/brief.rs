//! The first page: what was found, where, when, how it was matched, who looked, what is missing, whom to ask.
//!
//! An officer reads it within a minute, so each answer is a few lines; it must never answer more than is known.

use casement_print::{Fact, Line};

use super::totals::{Hits, List, Span};
use super::{Totals, grouped, instant, many, organisation};
use crate::case::defang;
use crate::package::input::Head;
use crate::package::words;
use crate::wire::{Class, Level};

/// Things of a kind named on the first page; the sections name them all.
const FEW: usize = 3;

pub(super) fn brief(head: &Head, totals: &Totals) -> Vec<Fact> {
    vec![
        Fact::lines("What", what(totals)),
        Fact::lines("Where", place(head, totals)),
        Fact::lines("When", when(totals)),
        Fact::lines("How matched", matched(totals)),
        Fact::lines("Who looked", looked(totals)),
        Fact::lines("How traceable", classes(totals)),
        Fact::lines("What is missing", missing(totals)),
        Fact::lines("Whom to ask", ask(head, totals)),
        Fact::lines("Earlier reports", before(totals)),
        Fact::lines("How to check", check(head)),
    ]
}

fn what(totals: &Totals) -> Vec<Line> {
    let first = format!(
        "{}, {} in all, whose content matched a list of known material: {} exactly, {} nearly. A person \
         confirmed each.",
        many(totals.files, "file"),
        many(totals.bytes, "byte"),
        grouped(totals.exact),
        grouped(totals.near)
    );
    vec![
        Line::plain(first),
        Line::plain(format!(
            "Found in training data, which is not the same as AI-generated: {} here is stated to be.",
            match totals.ai_made {
                0 => "no file".to_owned(),
                files => many(files, "file"),
            }
        )),
        Line::plain("No person is named, because the records of the finds name none."),
    ]
}

fn place(head: &Head, totals: &Totals) -> Vec<Line> {
    let mut lines = vec![Line::plain(format!("Source: {}", defang::prose(&head.source.name)))];
    for (dataset, files) in totals.datasets.ranked().into_iter().take(FEW) {
        lines.push(Line::plain(format!(
            "In dataset {}, version {}, {}: {}",
            dataset.name,
            dataset.version,
            dataset.supplied(),
            many(files, "file")
        )));
    }
    rest(&mut lines, totals.datasets.ranked().len(), "dataset");
    let hosts = totals.hosts.ranked();
    let named: Vec<String> =
        hosts.iter().take(FEW).map(|(host, n)| format!("{host} ({})", many(*n, "file"))).collect();
    if named.is_empty() {
        lines.push(Line::gap("No web address of any file is recorded."));
    } else {
        let left = hosts.len().saturating_sub(FEW);
        let left = if left == 0 { String::new() } else { format!(" and {left} more") };
        lines.push(Line::plain(format!("Fetched from {}{left}", named.join(", "))));
    }
    lines.push(Line::note(defang::prose(&head.rule)));
    lines
}

fn rest(lines: &mut Vec<Line>, all: usize, one: &str) {
    if let Some(left) = all.checked_sub(FEW).filter(|left| *left > 0) {
        let left = u64::try_from(left).unwrap_or(u64::MAX);
        lines.push(Line::note(format!("and {}", many(left, &format!("more {one}")))));
    }
}

/// The times, each with what it is the time of.
pub(super) fn when(totals: &Totals) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(between) = between(&totals.fetched) {
        let within = match totals.fetched.within {
            0 => String::new(),
            n => format!(", of which {} by an interval only", grouped(n)),
        };
        let files = many(totals.fetched.files, "file");
        lines.push(Line::plain(format!(
            "Fetched from the web {between}: known for {files}{within}."
        )));
    }
    if let Some(between) = between(&totals.detected) {
        let files = many(totals.detected.files, "file");
        lines.push(Line::gap(format!(
            "For {files} it is not known when they were fetched; a scanner detected them {between}."
        )));
    }
    let timed = totals.fetched.files + totals.detected.files;
    if let Some(untimed) = totals.files.checked_sub(timed).filter(|untimed| *untimed > 0) {
        lines.push(Line::gap(format!("No usable time is known for {}.", many(untimed, "file"))));
    }
    lines
}

fn between(span: &Span) -> Option<String> {
    let (first, last) = (span.first?, span.last?);
    if first == last {
        return Some(format!("at {}", instant(first)));
    }
    Some(format!("between {} and {}", instant(first), instant(last)))
}

fn matched(totals: &Totals) -> Vec<Line> {
    let mut ranked: Vec<(&List, &Hits)> = totals.lists.iter().collect();
    ranked.sort_by_key(|(_, hits)| std::cmp::Reverse(hits.exact + hits.near));
    let line = |(list, hits): &(&List, &Hits)| {
        let mut text = format!("{}, version {}, by {}: ", list.name, list.version, list.method);
        let mut parts = Vec::new();
        if hits.exact > 0 {
            parts.push(format!("{} exact", grouped(hits.exact)));
        }
        if hits.near > 0 {
            parts.push(format!("{} near, distance {}", grouped(hits.near), distance(list, hits)));
        }
        text.push_str(&parts.join("; "));
        if let Some((low, high)) = hits.quality {
            text.push_str(&format!("; quality {} of 100", range(low.into(), high.into())));
        }
        Line::plain(text)
    };
    let mut lines: Vec<Line> = ranked.iter().take(FEW).map(line).collect();
    rest(&mut lines, ranked.len(), "list");
    if lines.is_empty() {
        lines.push(Line::gap("No match is recorded."));
    }
    lines
}

/// `6 to 14 of at most 31`.
pub(super) fn distance(list: &List, hits: &Hits) -> String {
    let most = list
        .threshold
        .map_or_else(|| ", threshold not told".to_owned(), |most| format!(" of at most {most}"));
    match hits.distance {
        Some((low, high)) => format!("{}{most}", range(low, high)),
        None => format!("not told{most}"),
    }
}

/// `6 to 14`, or `6`.
pub(super) fn range(low: u64, high: u64) -> String {
    if low == high { grouped(low) } else { format!("{} to {}", grouped(low), grouped(high)) }
}

fn looked(totals: &Totals) -> Vec<Line> {
    let people = u64::try_from(totals.deciders.len()).unwrap_or(u64::MAX);
    let people = if people == 1 { "1 person".to_owned() } else { format!("{people} people") };
    let highest = [Level::Soft, Level::Strong, Level::Mosaic]
        .into_iter()
        .find(|level| totals.looked.of(level) > 0);
    let seen = match highest {
        None => "Nobody looked at a picture: every match was confirmed on hashes.".to_owned(),
        Some(level) => {
            let hashes = totals.looked.of(&Level::HashOnly);
            let seen = many(totals.files.saturating_sub(hashes), "file");
            format!(
                "{seen} looked at, at most at level {} (samples along the long side); the others confirmed \
                 on hashes.",
                words::level(level)
            )
        }
    };
    let mut lines = vec![Line::plain(format!("{people} decided. {seen}"))];
    lines.extend(viewing(totals));
    lines
}

/// The sentence on `fileViewedByEsp`, with the numbers it rests on.
pub(super) fn viewing(totals: &Totals) -> Vec<Line> {
    let attested = totals.attested();
    let not = totals.files.saturating_sub(attested);
    let all = many(totals.files, "file");
    let mut lines = Vec::new();
    if not > 0 {
        lines.push(Line::plain(format!(
            "fileViewedByEsp is false for {} of {all}: nobody attested to having viewed the entire file. A \
             veiled view reduces detail and is not a view of the whole file.",
            grouped(not)
        )));
    }
    if attested > 0 {
        lines.push(Line::plain(format!(
            "fileViewedByEsp is true for {} of {all}, each by the attestation of a named reviewer in the \
             ledger.",
            grouped(attested)
        )));
    }
    lines
}

fn classes(totals: &Totals) -> Vec<Line> {
    let parts: Vec<String> = [Class::A, Class::B, Class::C, Class::D]
        .into_iter()
        .filter(|class| totals.classes.of(class) > 0)
        .map(|class| {
            let files = many(totals.classes.of(&class), "file");
            format!("{}: {files} {}", words::class(class), words::class_meaning(class))
        })
        .collect();
    vec![
        Line::plain(format!("{}.", parts.join("; "))),
        Line::note("By the reporting organisation's own rubric; not a priority."),
    ]
}

fn missing(totals: &Totals) -> Vec<Line> {
    let ranked = totals.gaps.ranked();
    let mut lines: Vec<Line> = ranked
        .iter()
        .take(FEW)
        .map(|(gap, files)| {
            let of = format!("{} of {}", grouped(*files), many(totals.files, "file"));
            Line::plain(format!("{}, {} ({of}). {}: {}.", gap.what, gap.why, gap.next, gap.whom))
        })
        .collect();
    rest(&mut lines, ranked.len(), "gap");
    if lines.is_empty() {
        lines.push(Line::plain("Nothing is declared missing by the scanners."));
    }
    lines
}

fn ask(head: &Head, totals: &Totals) -> Vec<Line> {
    let reporter = &head.organisation.contact;
    let reach: Vec<String> = [reporter.phone.trim(), reporter.email.trim()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(defang::prose)
        .collect();
    let mut lines = vec![Line::plain(format!("{}: {}", organisation(head), reach.join(", ")))];
    for (dataset, _) in totals.datasets.ranked().into_iter().take(FEW) {
        lines.push(match &dataset.contact {
            Some(contact) => {
                let supplier = dataset.supplier.as_deref().unwrap_or("without a name");
                Line::plain(format!("Supplier {supplier}: {contact}"))
            }
            None => Line::gap(format!("Supplier of {}: no contact recorded", dataset.name)),
        });
    }
    lines.dedup();
    lines
}

fn before(totals: &Totals) -> Vec<Line> {
    let known = u64::try_from(totals.before.kept.len()).unwrap_or(u64::MAX) + totals.before.rest;
    if known == 0 {
        return vec![Line::plain("No file, by this organisation, as far as recorded.")];
    }
    let text = format!("{} in an earlier report or near one; named below.", many(known, "file"));
    vec![Line::gap(text)]
}

fn check(head: &Head) -> Vec<Line> {
    vec![Line::plain(format!(
        "casectl verify --package {}, or any BagIt tool. The ledger stood at {} when this was sealed.",
        head.report,
        if head.ledger.leaves == 1 {
            "1 leaf".to_owned()
        } else {
            format!("{} leaves", grouped(head.ledger.leaves))
        }
    ))]
}
