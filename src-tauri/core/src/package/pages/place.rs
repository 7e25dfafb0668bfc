//! One place a file was found at: the way into the dataset, the addresses, the time, the trail with its gaps.
//!
//! It must never show a live address, nor cut one without saying where the whole stands.

use casement_print::{Fact, Line, Place, Step, StepKind, shown};
use time::OffsetDateTime;

use super::totals::dataset;
use super::{grouped, instant, many};
use crate::case::{defang, trail};
use crate::intake::find::{self, TimePrecision};
use crate::package::input::{Head, SightingInput};
use crate::package::moment::{self, Moment};
use crate::package::words;
use crate::wire::TrailKind;

/// Keys and attempts told in full.
const EACH: usize = 12;
/// Layers of one locator.
const LAYERS: usize = 16;
/// Steps of one trail.
const STEPS: usize = 60;
/// Longest address or path told whole, in characters.
const LONG: usize = 600;

/// The place, which is number `at` of `all`.
pub(super) fn place(
    head: &Head,
    case: &str,
    sighting: &SightingInput,
    at: usize,
    all: usize,
) -> Place {
    let find = &sighting.find;
    let kept = format!("data/provenance/{case}.json");
    let from = dataset(&find.locator.dataset);
    let contact = from.contact.as_ref().map_or_else(
        || Line::gap("No contact of the supplier is recorded."),
        |contact| Line::plain(format!("Contact of the supplier: {contact}")),
    );
    let mut facts = vec![Fact::lines(
        "Dataset",
        vec![
            evidence(&format!("{}@{}", find.locator.dataset.id, find.locator.dataset.version)),
            Line::note(format!("Version is a {}; {}", from.kind, from.supplied())),
            contact,
        ],
    )];
    let mut lines: Vec<Line> =
        find.locator.steps.iter().take(LAYERS).flat_map(|layer| within(layer, &kept)).collect();
    if find.locator.steps.len() > LAYERS {
        lines.push(Line::gap(format!("Further layers stand in {kept}.")));
    }
    facts.push(Fact::lines("Within it", or_gap(lines, "Nothing is recorded.")));
    let got = &find.acquisition;
    let urls = [("Page", &got.page_url), ("File", &got.origin_url), ("Final", &got.final_url)];
    let mut lines: Vec<Line> = Vec::new();
    for (name, url) in urls {
        if let Some(url) = url.as_deref().map(str::trim).filter(|url| !url.is_empty()) {
            lines.push(Line::note(format!("{name}:")));
            lines.extend(address(url, &kept));
        }
    }
    if let Some(ip) = got.server_ip.as_deref().map(str::trim).filter(|ip| !ip.is_empty()) {
        lines.push(Line::note("Address of the server, not of a person:"));
        lines.push(Line::code(defang::host(ip)));
    }
    facts.push(Fact::lines("Web addresses", or_gap(lines, "None is recorded.")));
    facts.push(Fact::lines("When", times(head, sighting)));
    let held = sighting.completeness.holds_back.join(", ");
    let held = if held.is_empty() { String::new() } else { format!("; held back by {held}") };
    let vector = words::vector(&sighting.completeness);
    facts.push(Fact::new("Traceability", Line::plain(format!("{vector}{held}"))));
    let mut tried: Vec<Line> = Vec::new();
    for text in sighting.tried.iter().take(EACH) {
        tried.push(Line::plain(format!("{}.", defang::prose(&text.text))));
    }
    if !tried.is_empty() {
        facts.push(Fact::lines("Tried", tried));
    }
    let title = if all == 1 {
        "Where it was found".to_owned()
    } else {
        format!("Place {at} of {}", grouped(u64::try_from(all).unwrap_or(u64::MAX)))
    };
    Place { title, facts, trail: steps(sighting) }
}

fn steps(sighting: &SightingInput) -> Vec<Step> {
    let steps = trail::with_later(&sighting.find, &sighting.later);
    let step = |step: crate::wire::TrailStep| {
        let (kind, value) = match step.kind {
            TrailKind::Present if step.mono => (StepKind::Known, Line::code(step.value)),
            TrailKind::Present => (StepKind::Known, Line::plain(step.value)),
            TrailKind::Gap => (StepKind::Missing, Line::gap(step.value)),
            TrailKind::NotApplicable => (StepKind::NotApplicable, Line::note(step.value)),
        };
        let notes: Vec<String> = step.note.into_iter().chain(step.remark).collect();
        let note = (!notes.is_empty()).then(|| notes.join("; "));
        Step { kind, label: step.label, value, note }
    };
    let mut told: Vec<Step> = steps.into_iter().take(STEPS + 1).map(step).collect();
    if told.len() > STEPS {
        told.truncate(STEPS);
        let value = Line::gap("Further steps stand in the provenance record.");
        told.push(Step { label: "More".to_owned(), value, ..Step::default() });
    }
    told
}

/// One layer: what kind it is, then where in it.
fn within(layer: &find::Step, kept: &str) -> Vec<Line> {
    let mut lines = vec![Line::note(format!("{}:", layer.kind.word().replace('_', " ")))];
    for text in [&layer.uri, &layer.member, &layer.record_id, &layer.target_uri] {
        if let Some(text) = text.as_deref().filter(|text| !text.is_empty()) {
            lines.extend(address(text, kept));
        }
    }
    let mut numbers: Vec<String> = Vec::new();
    match (layer.offset, layer.length) {
        (Some(offset), Some(length)) => {
            numbers.push(format!("{} from byte {}", many(length, "byte"), grouped(offset)));
        }
        (Some(offset), None) => numbers.push(format!("from byte {}", grouped(offset))),
        (None, _) => {}
    }
    numbers.extend(layer.row.map(|row| format!("row {}", grouped(row))));
    numbers.extend(layer.row_group.map(|group| format!("row group {}", grouped(group))));
    for (name, key) in layer.keys.iter().flatten().take(EACH) {
        numbers.push(defang::prose(&format!("{name} = {key}")));
    }
    if !numbers.is_empty() {
        lines.push(Line::plain(numbers.join(", ")));
    }
    lines
}

/// An address, dead, or a path, to the letter; whole where that can be read.
fn address(text: &str, kept: &str) -> Vec<Line> {
    // An address that holds its content may stand anywhere in a text; `defang` finds it.
    let is_path = !text.contains("://") && !text.to_ascii_lowercase().contains("data:");
    let whole = if is_path { shown(text) } else { defang::url(text) };
    if whole.chars().count() <= LONG {
        return vec![Line::code(whole)];
    }
    let length = many(u64::try_from(text.chars().count()).unwrap_or(u64::MAX), "character");
    let cut = format!("Of {length}; the middle is left out here and stands in {kept}.");
    let part = if is_path { defang::prose(text) } else { defang::url_short(text) };
    vec![Line::code(part), Line::gap(cut)]
}

fn evidence(text: &str) -> Line {
    Line::code(defang::prose(text))
}

pub(super) fn or_gap(lines: Vec<Line>, otherwise: &str) -> Vec<Line> {
    if lines.is_empty() { vec![Line::gap(otherwise)] } else { lines }
}

fn times(head: &Head, sighting: &SightingInput) -> Vec<Line> {
    let precision = match sighting.find.acquisition.time_precision {
        Some(TimePrecision::Exact) => Some("Precise to the fetch."),
        Some(TimePrecision::ShardInterval) => Some("Precise to the shard."),
        Some(TimePrecision::CrawlInterval) => Some("Precise to the crawl."),
        Some(TimePrecision::Unknown) => Some("How precise this is is not known."),
        None => None,
    };
    let told = moment::of_sighting(sighting, head.sealed_at);
    let mut lines = vec![Line::plain(capital(&when(told)))];
    if told.is_some_and(Moment::is_of_fetching) {
        lines.extend(precision.map(Line::note));
    }
    lines.push(Line::note(format!("Taken into quarantine {}", instant(sighting.imported_at))));
    lines
}

/// What the time of a place is, in words.
pub(super) fn when(moment: Option<Moment>) -> String {
    let span = |start: OffsetDateTime, end: OffsetDateTime| {
        format!("fetched between {} and {}", instant(start), instant(end))
    };
    match moment {
        Some(Moment::Fetched(at)) => format!("fetched {}", instant(at)),
        Some(Moment::FetchedWithin(start, end)) => span(start, end),
        Some(Moment::Detected(at)) => {
            format!("detected {}, time of fetching not known", instant(at))
        }
        None => "time not known".to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
