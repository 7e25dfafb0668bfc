//! What all files of a report come to: taken one file at a time, and bounded however many there are.
//!
//! Counts stand for what is too long to list. It must never hold a file, and never drop what it
//! cannot list without counting it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

use crate::cybertip::Address;
use crate::package::again::FoundAgain;
use crate::package::input::{FileInput, Head};
use crate::package::moment::{self, Moment};
use crate::package::words;
use crate::wire::Class;

/// Web addresses listed in the report itself; every file carries its own besides.
pub(super) const MAX_ADDRESSES: usize = 1_000;
/// Cases named beside one address.
const MAX_CASES: usize = 20;
/// Lists told apart.
const MAX_LISTS: usize = 1_000;

/// The report as a whole, as far as it has been read.
#[derive(Debug, Default)]
pub(super) struct Overview {
    pub(super) files: usize,
    pub(super) sightings: usize,
    /// Files with a time of fetching.
    pub(super) fetched: usize,
    pub(super) earliest: Option<Moment>,
    pub(super) earliest_import: Option<OffsetDateTime>,
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
        let untraced = words::best(file).is_some_and(|best| best.class >= Class::C);
        let tried = file.sightings.iter().any(|sighting| !sighting.tried.is_empty());
        self.untried += usize::from(untraced && !tried);
        self.matched(file);
        self.addresses.add(file);
    }

    fn times(&mut self, head: &Head, file: &FileInput) {
        if let Some(moment) = moment::of_file(file, head.sealed_at) {
            self.fetched += usize::from(moment.is_of_fetching());
            self.earliest = moment::earliest(self.earliest.into_iter().chain([moment]));
        }
        let imported = file.sightings.iter().map(|sighting| sighting.imported_at);
        self.earliest_import = self.earliest_import.into_iter().chain(imported).min();
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
            if self.lists.len() < MAX_LISTS || self.lists.contains_key(&list) {
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
