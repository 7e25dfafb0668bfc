//! One file on the page: its digests, what it matched, who decided, what was looked at, where it was found.
//!
//! It must never leave out that something was cut, nor say of a view more than the ledger does.

use casement_print::{Fact, FilePage, Line};

use super::place::{or_gap, place, when};
use super::{grouped, instant, many};
use crate::case::defang;
use crate::intake::find::{BytesAre, Match, MatchKind, Utc, VersionKind};
use crate::package::input::{FileInput, Head, SeenInput, Viewed};
use crate::package::moment;
use crate::package::provenance::{as_fetched, bytes_are};
use crate::package::{earlier, words};
use crate::wire::Level;

/// Places of one file told in full.
const PLACES: usize = 3;
/// Matches and acts of looking of one file told in full.
const EACH: usize = 12;

/// One file in a line.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) case: String,
    pub(super) sha256: String,
    pub(super) matched: String,
    pub(super) class: &'static str,
    pub(super) place: String,
    pub(super) when: String,
}

pub(super) fn row(head: &Head, file: &FileInput) -> Row {
    let (place, when) = file.sightings.first().map_or_else(
        || ("nowhere recorded".to_owned(), when(None)),
        |sighting| {
            let got = &sighting.find.acquisition;
            let url = got.origin_url.as_deref().or(got.final_url.as_deref());
            let dataset = || defang::prose(&sighting.find.locator.dataset.id);
            let when = when(moment::of_sighting(sighting, head.sealed_at));
            (url.map_or_else(dataset, defang::url_short), when)
        },
    );
    Row {
        case: words::case_number(file.case),
        sha256: defang::prose(&file.item.sha256),
        matched: best_match(file).map_or_else(|| "nothing recorded".to_owned(), matched),
        class: words::best(file).map_or("D", |best| words::class(best.class)),
        place,
        when,
    }
}

/// All of one file.
pub(super) fn page(head: &Head, file: &FileInput) -> FilePage {
    let case = words::case_number(file.case);
    let all = file.sightings.len();
    let places = file.sightings.iter().take(PLACES).enumerate();
    let mut facts = identity(file);
    facts.extend(review(file));
    facts.push(Fact::lines(
        "In this package",
        vec![
            Line::code(format!("data/files/{case}.fileDetails.xml")),
            Line::code(format!("data/provenance/{case}.json")),
        ],
    ));
    if all > PLACES {
        let left = u64::try_from(all - PLACES).unwrap_or(u64::MAX);
        let text = format!("{} in the provenance record of this case.", more(left, "place"));
        facts.push(Fact::new("Not shown here", Line::gap(text)));
    }
    FilePage {
        summary: summary(file),
        facts,
        places: places.map(|(at, sighting)| place(head, &case, sighting, at + 1, all)).collect(),
        case,
    }
}

fn more(left: u64, one: &str) -> String {
    if left == 1 {
        format!("1 more {one} is")
    } else {
        format!("{} more {one}s are", grouped(left))
    }
}

fn summary(file: &FileInput) -> String {
    let how = best_match(file).map_or("no match recorded", |found| match found.kind {
        MatchKind::Exact => "exact match",
        MatchKind::Near => "near match",
    });
    let class = words::best(file).map_or_else(
        || "not traceable".to_owned(),
        |best| format!("{} (class {})", words::class_meaning(best.class), words::class(best.class)),
    );
    let kind = file.decision.classification.map_or_else(
        || "not classified".to_owned(),
        |class| format!("classified {}", words::classification(class)),
    );
    format!("Confirmed, {how}, {kind}, {class}")
}

fn identity(file: &FileInput) -> Vec<Fact> {
    let item = &file.item;
    let digest = |text: &str| Line::code(defang::prose(text));
    let mut facts = vec![
        Fact::new("SHA-256", digest(&item.sha256)),
        Fact::new("SHA-1", digest(&item.sha1)),
        Fact::new("MD5", digest(&item.md5)),
    ];
    let kind = item.media_type.as_deref().map_or_else(|| "type not told".to_owned(), defang::prose);
    let size = match (item.width, item.height) {
        (Some(width), Some(height)) => format!(", {width} × {height} pixels"),
        _ => String::new(),
    };
    let bytes = many(item.size_bytes, "byte");
    let (told, fetched) = (Line::plain(format!("{bytes}, {kind}{size}")), as_fetched(file));
    let state = match bytes_are(file) {
        BytesAre::AsFetched => "The stored bytes are those that the origin served.",
        BytesAre::ReEncoded => {
            "Re-encoded after fetching: the stored bytes, whose digests stand above, differ from those \
             that the origin served."
        }
        BytesAre::Unknown => "Not known whether the stored bytes are those that the origin served.",
    };
    facts.push(Fact::lines("Size and type", vec![told, Line::note(state)]));
    if bytes_are(file) != BytesAre::AsFetched {
        let mut lines: Vec<Line> = Vec::new();
        for digests in fetched.iter().take(EACH) {
            let named = [
                ("SHA-256", Some(&digests.sha256)),
                ("SHA-1", digests.sha1.as_ref()),
                ("MD5", digests.md5.as_ref()),
            ];
            lines.extend(named.into_iter().filter_map(|(name, text)| {
                Some(Line::code(format!("{name} {}", defang::prose(text?))))
            }));
        }
        if lines.is_empty() {
            lines.push(Line::gap("Not recorded by any scanner."));
        }
        facts.push(Fact::lines("As the origin served it", lines));
    }
    let found: Vec<&Match> = file.sightings.iter().flat_map(|s| &s.find.matches).collect();
    let mut lines: Vec<Line> = Vec::new();
    for line in found.iter().map(|found| Line::plain(matched(found))) {
        if !lines.contains(&line) && lines.len() < EACH {
            lines.push(line);
        }
    }
    facts.push(Fact::lines("Matched", or_gap(lines, "Nothing is recorded of the match.")));
    facts
}

/// The nearest of all matches.
fn best_match(file: &FileInput) -> Option<&Match> {
    let all = file.sightings.iter().flat_map(|sighting| &sighting.find.matches);
    all.min_by_key(|found| (found.kind == MatchKind::Near, found.distance))
}

/// `SYNTH-LIST 2026.1, entry E-1, PDQ near, distance 6 of 31, quality 88 of 100`.
fn matched(found: &Match) -> String {
    let list = &found.list;
    let entry = list
        .entry_id
        .as_deref()
        .map_or("entry not told".to_owned(), |entry| format!("entry {}", defang::prose(entry)));
    let method = crate::words::algorithm(found.algorithm.word());
    let how = match (found.kind, found.distance) {
        (MatchKind::Exact, _) => "exact".to_owned(),
        (MatchKind::Near, Some(distance)) => {
            let of = found.threshold.map_or_else(String::new, |most| format!(" of {most}"));
            format!("near, distance {distance}{of}")
        }
        (MatchKind::Near, None) => "near, distance not told".to_owned(),
    };
    let quality = found.query_quality.map_or_else(String::new, |q| format!(", quality {q} of 100"));
    let name = defang::prose(&format!("{} {}", list.name, list.version));
    let label = list
        .label
        .as_deref()
        .map_or_else(String::new, |label| format!(", labelled {}", defang::prose(label)));
    format!("{name}, {entry}{label}, {method} {how}{quality}")
}

fn review(file: &FileInput) -> Vec<Fact> {
    let decision = &file.decision;
    let reason = match decision.rationale.trim() {
        "" => Line::note("No reason was written down."),
        text => Line::note(format!("Reason: {}", defang::prose(text))),
    };
    let at = Utc::parse(&decision.at)
        .map_or_else(|| defang::prose(&decision.at), |at| instant(at.instant()));
    let mut facts = vec![Fact::lines(
        "Decision",
        vec![
            Line::plain(format!(
                "Confirmed by {}, {at}, under policy {}, leaf {}",
                defang::prose(&decision.by),
                defang::prose(&decision.policy_version),
                grouped(decision.leaf)
            )),
            reason,
        ],
    )];
    let told = |act: &SeenInput| {
        let text = format!(
            "{}, {}, {} minutes, leaf {}",
            defang::prose(&act.by),
            words::level(act.level),
            words::duration(act.ms),
            grouped(act.leaf)
        );
        Line::plain(text)
    };
    let mut lines: Vec<Line> = file.seen.iter().take(EACH).map(told).collect();
    if let Some(left) = file.seen.len().checked_sub(EACH).filter(|left| *left > 0) {
        let left = u64::try_from(left).unwrap_or(u64::MAX);
        lines.push(Line::note(format!("{} in the provenance record.", more(left, "act"))));
    }
    lines.push(match &file.viewed {
        Viewed::No => Line::note(
            "Entire file viewed: no. Nobody looked at a picture; the match was confirmed on hashes.",
        ),
        Viewed::VeiledOnly { .. } => Line::note(
            "Entire file viewed: no. A veiled view shows at most so many samples along the long side \
             and is not a view of the whole file.",
        ),
        Viewed::Attested(by) => Line::plain(format!(
            "Entire file viewed: yes, attested by {}, leaf {}. Metadata (EXIF) viewed: {}.",
            defang::prose(by.by()),
            grouped(by.leaf()),
            if file.viewed.exif() { "yes" } else { "no" }
        )),
    });
    facts.push(Fact::lines("Looked at", lines));
    if let Some(stated) = &file.annotations {
        facts.push(Fact::new("Believed", Line::plain(defang::prose(&stated.sentence()))));
    }
    let before = match earlier::sentence(&file.previously_reported) {
        Some(report) => Line::gap(format!("Already reported: {}", defang::prose(&report))),
        None => Line::plain("Not by this organisation, as far as recorded."),
    };
    facts.push(Fact::new("Earlier reports", before));
    facts
}

/// What the version of a dataset is.
pub(super) fn version_kind(kind: VersionKind) -> &'static str {
    match kind {
        VersionKind::GitCommit => "git commit",
        VersionKind::ContentDigest => "digest of its content",
        VersionKind::CrawlId => "crawl",
        VersionKind::ReleaseLabel => "release label",
        VersionKind::SnapshotTime => "time of a snapshot",
        VersionKind::Unversioned => "name only: the supplier keeps no versions",
    }
}

/// The highest level at which anyone looked, in words for a table.
pub(super) fn level(level: Level) -> String {
    match level {
        Level::HashOnly => "hash-only: no picture".to_owned(),
        level => format!("{} samples along the long side", words::level(level)),
    }
}
