//! Matching: what lists say of one content, as the matches of a find.
//!
//! It must never match by anything but a value of the list, nor leave unsaid which value it was.

use casement_core::airlock::Fingerprint;
use casement_core::hash::pdq::Pdq;
use casement_core::intake::find::{DistanceUnit, ListRef, Match, MatchKind};

use crate::list::{Hit, List, Value};

/// Matches of one find with one list; the nearest are told, the others counted.
const TOLD: usize = 64;

/// The lists of a scan.
pub struct Matcher {
    lists: Vec<List>,
}

/// What a content must be asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    pub md5: bool,
    pub sha1: bool,
    pub sha256: bool,
    pub pdq: bool,
}

/// What the lists say of one content.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    pub matches: Vec<Match>,
    /// Matches that are not among them.
    pub more: u64,
}

impl Found {
    /// Nothing matched.
    pub fn is_empty(&self) -> bool {
        self.matches.is_empty()
    }

    /// Takes in those of another that are not here yet.
    pub fn join(&mut self, other: &Self) {
        self.more += other.more;
        for found in &other.matches {
            if !self.matches.contains(found) {
                self.matches.push(found.clone());
            }
        }
    }
}

impl Matcher {
    /// In this order, which is that of the matches.
    pub fn new(lists: Vec<List>) -> Self {
        Self { lists }
    }

    /// The lists.
    pub fn lists(&self) -> &[List] {
        &self.lists
    }

    /// What a content must be asked for.
    pub fn needs(&self) -> Needs {
        self.lists.iter().fold(Needs::default(), |needs, list| {
            let [md5, sha1, sha256, pdq] = list.table.holds();
            Needs {
                md5: needs.md5 || md5,
                sha1: needs.sha1 || sha1,
                sha256: needs.sha256 || sha256,
                pdq: needs.pdq || pdq,
            }
        })
    }

    /// Matches of exact digests.
    pub fn exact(&self, values: &[Value]) -> Found {
        let mut found = Found::default();
        for list in &self.lists {
            for value in values {
                found.tell(list.table.exact(value), |hit| Match {
                    kind: MatchKind::Exact,
                    query_value: Some(hex::encode(value.bytes())),
                    ..plain(list, hit)
                });
            }
        }
        found
    }

    /// Matches of a PDQ, each within its list's threshold. A low quality is told, never dropped.
    pub fn near(&self, print: &Fingerprint) -> Found {
        let mut found = Found::default();
        for list in self.lists.iter().filter(|list| list.table.holds()[3]) {
            let query: Pdq = print.pdq;
            found.tell(list.table.near(&query, list.threshold), |hit| Match {
                kind: MatchKind::Near,
                query_value: Some(query.to_hex()),
                query_quality: Some(print.quality),
                distance: Some(u64::from(hit.distance)),
                distance_unit: Some(DistanceUnit::HammingBits),
                threshold: Some(u64::from(list.threshold)),
                ..plain(list, hit)
            });
        }
        found
    }
}

impl Found {
    fn tell(&mut self, hits: Vec<Hit>, told: impl Fn(&Hit) -> Match) {
        self.more += hits.len().saturating_sub(TOLD) as u64;
        self.matches.extend(hits.iter().take(TOLD).map(told));
    }
}

/// What every match of a list says.
fn plain(list: &List, hit: &Hit) -> Match {
    let about = &list.about;
    Match {
        algorithm: hit.value.algorithm().into(),
        algorithm_version: None,
        kind: MatchKind::Exact,
        query_value: None,
        query_quality: None,
        matched_value: Some(hex::encode(hit.value.bytes())),
        distance: None,
        distance_unit: None,
        threshold: None,
        list: ListRef {
            provider: about.provider.clone(),
            name: about.name.clone(),
            version: about.version.clone(),
            snapshot_sha256: Some(about.snapshot_sha256.clone()),
            entry_count: Some(about.entry_count),
            entry_id: Some(list.table.id(hit)),
            label: list.table.label(hit).map(str::to_owned),
        },
        raw_sha256: None,
    }
}
