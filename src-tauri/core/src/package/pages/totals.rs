//! What is counted of each file as it passes: once, in any order, in bounded memory.
//!
//! It must never hold more than what the pages show.

use std::collections::{BTreeMap, BTreeSet};

use casement_print::FilePage;
use time::OffsetDateTime;

use super::file;
use super::tally::{Firsts, Tally};
use crate::case::{defang, remedy, trail};
use crate::intake::find::{self, BytesAre, Match, MatchKind, MissingReason};
use crate::package::input::{FileInput, Head, SightingInput};
use crate::package::moment::{self, Moment};
use crate::package::provenance::bytes_are;
use crate::package::{earlier, words};
use crate::wire::{Class, Level};

/// Files described one by one.
pub(crate) const DESCRIBED: usize = 200;
/// Files named in a line each, those that are described included.
pub(crate) const LISTED: usize = 2_000;
/// Kinds of a thing counted by name; what goes beyond is counted together.
const KINDS: usize = 200;
/// Things named one by one, such as attestations.
const NAMED: usize = 40;

/// What the pages say of all files together, and of the first of them one by one.
#[derive(Debug, Clone)]
pub(crate) struct Totals {
    pub(super) files: u64,
    pub(super) bytes: u64,
    pub(super) described: BTreeMap<u32, FilePage>,
    pub(super) listed: BTreeMap<u32, file::Row>,
    pub(super) fetched: Span,
    pub(super) detected: Span,
    pub(super) hosts: Tally<String>,
    pub(super) datasets: Tally<Dataset>,
    pub(super) lists: BTreeMap<List, Hits>,
    pub(super) lists_rest: u64,
    pub(super) exact: u64,
    pub(super) near: u64,
    pub(super) deciders: BTreeSet<String>,
    pub(super) looked: Tally<Level>,
    pub(super) attested: Firsts<(u32, String, u64)>,
    pub(super) policies: BTreeSet<String>,
    pub(super) classes: Tally<Class>,
    pub(super) classified: Tally<&'static str>,
    pub(super) gaps: Tally<Gap>,
    pub(super) gaps_in: u64,
    pub(super) tried: Firsts<String>,
    pub(super) untraced: u64,
    pub(super) before: Firsts<(u32, String)>,
    pub(super) re_encoded: u64,
    /// Files that a reviewer stated to be believed AI-made.
    pub(super) ai_made: u64,
}

/// The first and the last of a kind of time, and of how many files.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    pub(super) files: u64,
    /// Of them, known as an interval only.
    pub(super) within: u64,
    pub(super) first: Option<OffsetDateTime>,
    pub(super) last: Option<OffsetDateTime>,
}

impl Span {
    fn met(&mut self, from: OffsetDateTime, to: OffsetDateTime) {
        self.files += 1;
        self.within += u64::from(from != to);
        self.first = Some(self.first.map_or(from, |first| first.min(from)));
        self.last = Some(self.last.map_or(to, |last| last.max(to)));
    }
}

/// A dataset at a version, and who supplied it. All as shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Dataset {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) kind: &'static str,
    pub(super) supplier: Option<String>,
    pub(super) contact: Option<String>,
}

/// A list at a version, by one method. All as shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct List {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) method: String,
    pub(super) threshold: Option<u64>,
}

/// What one list matched.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hits {
    pub(super) exact: u64,
    pub(super) near: u64,
    pub(super) distance: Option<(u64, u64)>,
    pub(super) quality: Option<(u8, u8)>,
}

impl Hits {
    fn met(&mut self, found: &Match) {
        match found.kind {
            MatchKind::Exact => self.exact += 1,
            MatchKind::Near => self.near += 1,
        }
        if found.kind == MatchKind::Near {
            self.distance = widened(self.distance, found.distance);
        }
        self.quality = widened(self.quality, found.query_quality);
    }
}

fn widened<T: Ord + Copy>(span: Option<(T, T)>, with: Option<T>) -> Option<(T, T)> {
    match (span, with) {
        (Some((low, high)), Some(new)) => Some((low.min(new), high.max(new))),
        (None, Some(new)) => Some((new, new)),
        (span, None) => span,
    }
}

/// A fact that is missing, why, what to do, and whom to ask. All as shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gap {
    pub(super) what: String,
    pub(super) why: &'static str,
    pub(super) next: String,
    pub(super) whom: String,
}

impl Default for Totals {
    fn default() -> Self {
        Self {
            files: 0,
            bytes: 0,
            described: BTreeMap::new(),
            listed: BTreeMap::new(),
            fetched: Span::default(),
            detected: Span::default(),
            hosts: Tally::new(KINDS),
            datasets: Tally::new(KINDS),
            lists: BTreeMap::new(),
            lists_rest: 0,
            exact: 0,
            near: 0,
            deciders: BTreeSet::new(),
            looked: Tally::new(KINDS),
            attested: Firsts::new(NAMED),
            policies: BTreeSet::new(),
            classes: Tally::new(KINDS),
            classified: Tally::new(KINDS),
            gaps: Tally::new(KINDS),
            gaps_in: 0,
            tried: Firsts::new(NAMED),
            untraced: 0,
            before: Firsts::new(NAMED),
            re_encoded: 0,
            ai_made: 0,
        }
    }
}

impl Totals {
    /// Counts one file, in any order; called once for each.
    pub(crate) fn add(&mut self, head: &Head, file: &FileInput) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(file.item.size_bytes);
        self.times(head, file);
        self.places(file);
        self.matches(file);
        self.review(file);
        self.missing(file);
        if let Some(report) = earlier::sentence(&file.previously_reported) {
            self.before.met((file.case, defang::prose(&report)));
        }
        let made = file.annotations.as_ref().and_then(|stated| stated.ai_made());
        self.ai_made += u64::from(made == Some(true));
        self.listed.insert(file.case, file::row(head, file));
        if self.listed.len() > LISTED {
            self.listed.pop_last();
        }
        if self.described.len() < DESCRIBED || self.described.range(file.case..).next().is_some() {
            self.described.insert(file.case, file::page(head, file));
        }
        if self.described.len() > DESCRIBED {
            self.described.pop_last();
        }
    }

    fn times(&mut self, head: &Head, file: &FileInput) {
        match moment::of_file(file, head.sealed_at) {
            Some(Moment::Fetched(at)) => self.fetched.met(at, at),
            Some(Moment::FetchedWithin(start, end)) => self.fetched.met(start, end),
            Some(Moment::Detected(at)) => self.detected.met(at, at),
            None => {}
        }
    }

    fn places(&mut self, file: &FileInput) {
        let host = |sighting: &SightingInput| {
            let got = &sighting.find.acquisition;
            let url = got.origin_url.as_deref().or(got.final_url.as_deref())?;
            defang::host_of(url).map(|host| defang::host(&host))
        };
        self.hosts.met_once(file.sightings.iter().filter_map(host));
        self.datasets.met_once(file.sightings.iter().map(|s| dataset(&s.find.locator.dataset)));
        self.re_encoded += u64::from(bytes_are(file) != BytesAre::AsFetched);
    }

    fn matches(&mut self, file: &FileInput) {
        let all = || file.sightings.iter().flat_map(|sighting| &sighting.find.matches);
        if all().any(|found| found.kind == MatchKind::Exact) {
            self.exact += 1;
        } else {
            self.near += 1;
        }
        // The best match of each list speaks for the file.
        let mut best: BTreeMap<List, &Match> = BTreeMap::new();
        for found in all() {
            let rank = |m: &Match| (m.kind == MatchKind::Near, m.distance);
            let held = best.entry(list(found)).or_insert(found);
            if rank(found) < rank(held) {
                *held = found;
            }
        }
        for (list, found) in best {
            if self.lists.len() < KINDS || self.lists.contains_key(&list) {
                self.lists.entry(list).or_default().met(found);
            } else {
                self.lists_rest += 1;
            }
        }
    }

    fn review(&mut self, file: &FileInput) {
        let decision = &file.decision;
        if self.deciders.len() < KINDS {
            self.deciders.insert(defang::prose(&decision.by));
            self.policies.insert(defang::prose(&decision.policy_version));
        }
        let highest = file.seen.iter().map(|act| act.level).max().unwrap_or(Level::HashOnly);
        self.looked.met(highest);
        if let Some(by) = file.viewed.attestation() {
            self.attested.met((file.case, by.by().to_owned(), by.leaf()));
        }
        self.classified
            .met(decision.classification.map_or("not classified", words::classification));
    }

    fn missing(&mut self, file: &FileInput) {
        let class = words::best(file).map_or(Class::D, |best| best.class);
        self.classes.met(class);
        let gaps: BTreeSet<Gap> = file.sightings.iter().flat_map(gaps).collect();
        self.gaps_in += u64::from(!gaps.is_empty());
        self.gaps.met_once(gaps);
        if class >= Class::C {
            self.untraced += 1;
            for tried in file.sightings.iter().flat_map(|sighting| &sighting.tried) {
                self.tried.met(defang::prose(&tried.text));
            }
        }
    }

    pub(super) fn attested(&self) -> u64 {
        u64::try_from(self.attested.kept.len())
            .unwrap_or(u64::MAX)
            .saturating_add(self.attested.rest)
    }
}

impl Dataset {
    /// Who supplied it, within a sentence.
    pub(super) fn supplied(&self) -> String {
        match &self.supplier {
            Some(supplier) => format!("supplied by {supplier}"),
            None => "supplier not recorded".to_owned(),
        }
    }
}

pub(super) fn dataset(from: &find::Dataset) -> Dataset {
    let said = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    Dataset {
        name: defang::prose(&from.id),
        version: defang::prose(&from.version),
        kind: file::version_kind(from.version_kind),
        supplier: said(&from.supplier).map(|name| defang::prose(&name)),
        contact: said(&from.supplier_contact).map(|contact| defang::contact(&contact)),
    }
}

fn list(found: &Match) -> List {
    List {
        name: defang::prose(&format!("{}, {}", found.list.name, found.list.provider)),
        version: defang::prose(&found.list.version),
        method: crate::words::algorithm(found.algorithm.word()).to_owned(),
        threshold: found.threshold.filter(|_| found.kind == MatchKind::Near),
    }
}

/// The gaps of one sighting, as a reader outside can close them.
fn gaps(sighting: &SightingInput) -> impl Iterator<Item = Gap> {
    let find = &sighting.find;
    let declared = find.missing.iter().filter(|gap| gap.reason != MissingReason::NotApplicable);
    declared.map(|gap| {
        let (next, whom) = remedy::columns(find, &gap.field, gap.reason);
        let ours = matches!(whom.as_deref(), Some("ourselves" | "custodian"));
        let whom = match whom {
            _ if gap.reason == MissingReason::DiscardedByUs => OURS.to_owned(),
            Some(_) if ours => OURS.to_owned(),
            Some(whom) => match whom.as_str() {
                "archive keeper" => "the keeper of the crawl archive".to_owned(),
                "data owner" => "the owner of the data".to_owned(),
                _ => whom,
            },
            None => "nobody".to_owned(),
        };
        Gap { what: what(&gap.field), why: words::reason(gap.reason), next, whom }
    })
}

/// What is missing, for a reader who knows no field by name.
fn what(field: &str) -> String {
    match field {
        "acquisition.fetched_at" => "Exact time of fetching".to_owned(),
        "acquisition.fetched_interval" => "Time of fetching".to_owned(),
        "object.as_fetched_digests" => "Digests of the fetched bytes".to_owned(),
        _ => defang::prose(&trail::label(field)),
    }
}

/// Who a reader outside would ask for what the console calls its own.
const OURS: &str = "the reporting organisation";
