//! What all files of a report come to: taken one file at a time, and bounded however many there are.
//!
//! Counts stand for what is too long to list. It must never hold a file, and never drop what it
//! cannot list without counting it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

use crate::case::{defang, remedy};
use crate::cybertip::Address;
use crate::intake::find::MissingReason;
use crate::package::again::FoundAgain;
use crate::package::input::{FileInput, Head};
use crate::package::moment::{self, Moment};
use crate::package::provenance::one_line;
use crate::package::words;
use crate::wire::Class;

/// Web addresses listed in the report itself; every file carries its own besides.
pub(super) const MAX_ADDRESSES: usize = 1_000;
/// Cases named beside one address.
const MAX_CASES: usize = 20;
/// Sentences about what was tried.
const MAX_TRIED: usize = 8;
/// Attestations named one by one.
const MAX_ATTESTED: usize = 50;
/// Different texts counted apart.
const MAX_TEXTS: usize = 1_000;

/// The report as a whole, as far as it has been read.
#[derive(Debug, Default)]
pub(super) struct Overview {
    pub(super) files: usize,
    pub(super) sightings: usize,
    /// Files with a time of any kind; of those, files with a time of fetching.
    pub(super) dated: usize,
    pub(super) fetched: usize,
    pub(super) earliest: Option<Moment>,
    pub(super) earliest_import: Option<OffsetDateTime>,
    /// Files whose view was attested: case, by whom, at which leaf.
    pub(super) attested: Listed<(u32, String, u64)>,
    pub(super) classes: BTreeMap<Class, usize>,
    /// Dataset at its version with whom to ask, by files.
    pub(super) datasets: Counts,
    /// Missing facts with reason and next step, by sightings.
    pub(super) gaps: Counts,
    /// What was tried for files of class C and D.
    pub(super) tried: Listed<String>,
    /// Files of class C and D about which nothing was tried.
    pub(super) untried: usize,
    pub(super) lists: BTreeMap<MatchedList, Matched>,
    pub(super) addresses: Addresses,
    /// Found in this source and reported before.
    pub(super) again: FoundAgain,
}

/// A list at its version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MatchedList {
    pub(super) provider: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) snapshot_sha256: Option<String>,
}

/// How much of a report matched a list.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Matched {
    pub(super) matches: usize,
    pub(super) files: usize,
}

impl Overview {
    /// Takes one file in. Files come in order of their cases, sightings in order.
    pub(super) fn add(&mut self, head: &Head, file: &FileInput) {
        self.files += 1;
        self.sightings += file.sightings.len();
        self.times(head, file);
        if let Some(by) = file.viewed.attestation() {
            self.attested.push((file.case, by.by().to_owned(), by.leaf()), MAX_ATTESTED);
        }
        self.class(file);
        self.places(file);
        self.matched(file);
        self.addresses.add(file);
    }

    fn times(&mut self, head: &Head, file: &FileInput) {
        if let Some(moment) = moment::of_file(file, head.sealed_at) {
            self.dated += 1;
            self.fetched += usize::from(moment.is_of_fetching());
            self.earliest = moment::earliest(self.earliest.into_iter().chain([moment]));
        }
        let imported = file.sightings.iter().map(|sighting| sighting.imported_at);
        self.earliest_import = self.earliest_import.into_iter().chain(imported).min();
    }

    fn class(&mut self, file: &FileInput) {
        let Some(best) = words::best(file) else { return };
        *self.classes.entry(best.class).or_default() += 1;
        if best.class < Class::C {
            return;
        }
        let tried = || file.sightings.iter().flat_map(|sighting| &sighting.tried);
        self.untried += usize::from(tried().next().is_none());
        for tried in tried() {
            let line = one_line(&defang::prose(&tried.text));
            if !self.tried.shown.contains(&line) {
                self.tried.push(line, MAX_TRIED);
            }
        }
    }

    fn places(&mut self, file: &FileInput) {
        let mut datasets = BTreeSet::new();
        for sighting in &file.sightings {
            let find = &sighting.find;
            let dataset = &find.locator.dataset;
            let ask = match (&dataset.supplier, &dataset.supplier_contact) {
                (Some(name), Some(contact)) => format!("supplied by {name}, {contact}"),
                (Some(name), None) => format!("supplied by {name}, no contact recorded"),
                (None, Some(contact)) => format!("supplier's contact {contact}"),
                (None, None) => "supplier not recorded".to_owned(),
            };
            let kind = dataset.version_kind.word();
            let line = format!("Dataset {}@{} ({kind}), {ask}", dataset.id, dataset.version);
            datasets.insert(one_line(&line));
            for missing in &find.missing {
                if missing.reason != MissingReason::NotApplicable {
                    let next =
                        remedy::sentence(find, &missing.field, missing.reason).unwrap_or_default();
                    let reason = words::reason(missing.reason);
                    self.gaps.add(one_line(&format!("{}, {reason}: {next}", missing.field)));
                }
            }
        }
        datasets.into_iter().for_each(|dataset| self.datasets.add(dataset));
    }

    fn matched(&mut self, file: &FileInput) {
        let mut lists = BTreeSet::new();
        for evidence in file.sightings.iter().flat_map(|sighting| &sighting.find.matches) {
            let list = MatchedList {
                provider: evidence.list.provider.clone(),
                name: evidence.list.name.clone(),
                version: evidence.list.version.clone(),
                snapshot_sha256: evidence.list.snapshot_sha256.clone(),
            };
            if self.lists.len() < MAX_TEXTS || self.lists.contains_key(&list) {
                self.lists.entry(list.clone()).or_default().matches += 1;
                lists.insert(list);
            }
        }
        for list in lists {
            self.lists.entry(list).or_default().files += 1;
        }
    }
}

/// The first of many, and how many there are.
#[derive(Debug, Clone)]
pub(super) struct Listed<T> {
    pub(super) shown: Vec<T>,
    pub(super) all: usize,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { shown: Vec::new(), all: 0 }
    }
}

impl<T> Listed<T> {
    pub(super) fn push(&mut self, one: T, most: usize) {
        self.all += 1;
        if self.shown.len() < most {
            self.shown.push(one);
        }
    }

    /// How many are not shown.
    pub(super) fn more(&self) -> usize {
        self.all - self.shown.len()
    }
}

/// How often each text occurred; texts beyond the most that are told apart count as others.
#[derive(Debug, Default)]
pub(super) struct Counts {
    counts: BTreeMap<String, usize>,
    pub(super) others: usize,
}

impl Counts {
    fn add(&mut self, text: String) {
        let room = self.counts.len() < MAX_TEXTS;
        match self.counts.entry(text) {
            Entry::Occupied(mut found) => *found.get_mut() += 1,
            Entry::Vacant(free) if room => drop(free.insert(1)),
            Entry::Vacant(_) => self.others += 1,
        }
    }

    /// Most frequent first.
    pub(super) fn ranked(&self) -> Vec<(&str, usize)> {
        let mut ranked: Vec<(&str, usize)> =
            self.counts.iter().map(|(text, count)| (text.as_str(), *count)).collect();
        ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        ranked
    }
}

/// What an address is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AddressOf {
    File,
    FileAfterRedirects,
    Page,
}

impl AddressOf {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::File => "address of the file",
            Self::FileAfterRedirects => "address of the file after redirects",
            Self::Page => "page that linked or showed the file",
        }
    }
}

/// The cases of one address, by what it is of.
pub(super) type Roles = BTreeMap<AddressOf, Listed<u32>>;

/// Distinct web addresses of a report, the first by case number where there are too many.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    pub(super) listed: BTreeMap<Address, Roles>,
    /// How often an address was named that is not listed.
    pub(super) left_out: usize,
}

impl Addresses {
    fn add(&mut self, file: &FileInput) {
        let mut named = BTreeSet::new();
        for sighting in &file.sightings {
            let got = &sighting.find.acquisition;
            let addresses = [
                (AddressOf::File, &got.origin_url),
                (AddressOf::FileAfterRedirects, &got.final_url),
                (AddressOf::Page, &got.page_url),
            ];
            for (role, url) in addresses {
                named.extend(url.as_deref().and_then(Address::read).map(|url| (url, role)));
            }
        }
        for (address, role) in named {
            let room = self.listed.len() < MAX_ADDRESSES;
            match self.listed.entry(address) {
                Entry::Occupied(mut found) => {
                    found.get_mut().entry(role).or_default().push(file.case, MAX_CASES);
                }
                Entry::Vacant(free) if room => {
                    free.insert(Roles::new()).entry(role).or_default().push(file.case, MAX_CASES);
                }
                Entry::Vacant(_) => self.left_out += 1,
            }
        }
    }
}
