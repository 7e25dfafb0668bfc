//! Connected components of near-duplicates, grown fingerprint by fingerprint.
//!
//! The components do not depend on the order in which fingerprints come, nor on how they are cut into batches: they
//! are those of the graph that joins any two at distance 31 or less. It must never part what was joined.
//!
//! Memory: about 104 bytes a fingerprint that no other equals (96 in [`Near`]), and 8 a case that is in a cluster.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::error::{Error, Result};
use crate::hash::near::Near;
use crate::hash::pdq::{MATCH, Pdq};

/// No group: a fingerprint that resembles no other.
const ALONE: u32 = 0;

/// All compared fingerprints, and the groups they make.
pub(crate) struct Partition {
    near: Near,
    /// By the number of a fingerprint in `near`: the first case that has it, and its group.
    cases: Vec<u32>,
    groups_of: Vec<u32>,
    groups: HashMap<u32, Group>,
    next: u32,
    changes: Changes,
}

/// Who is in a group.
#[derive(Default)]
struct Group {
    cases: Vec<u32>,
    /// Numbers of its fingerprints.
    numbers: Vec<u32>,
}

/// What has become different since it was last asked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// The group of every case that got one or changed it.
    pub(crate) moved: BTreeMap<u32, u32>,
    /// Groups that were taken up by others.
    pub(crate) gone: BTreeSet<u32>,
    /// Groups with a new member.
    pub(crate) touched: BTreeSet<u32>,
}

/// A case whose fingerprint was compared before, and the group it is in.
pub(crate) struct Known {
    pub(crate) case: u32,
    pub(crate) pdq: Pdq,
    pub(crate) group: Option<u32>,
}

impl Partition {
    /// Goes on from what is known. `next` is greater than every group there is.
    pub(crate) fn new(mut known: Vec<Known>, next: u32) -> Self {
        known.sort_unstable_by_key(|known| (known.pdq, known.case));
        let mut hashes = Vec::with_capacity(known.len());
        let mut cases = Vec::with_capacity(known.len());
        let mut groups_of = Vec::with_capacity(known.len());
        let mut groups: HashMap<u32, Group> = HashMap::new();
        for known in known {
            let first = hashes.last() != Some(&known.pdq);
            if let Some(group) = known.group {
                let group = groups.entry(group).or_default();
                group.cases.push(known.case);
                if first {
                    group.numbers.push(number(hashes.len()));
                }
            }
            if first {
                hashes.push(known.pdq);
                cases.push(known.case);
                groups_of.push(known.group.unwrap_or(ALONE));
            }
        }
        let near = Near::build(&hashes);
        let next = next.max(ALONE + 1);
        Self { near, cases, groups_of, groups, next, changes: Changes::default() }
    }

    /// Takes fingerprints in, searching on all cores. After an error it is of no further use.
    pub(crate) fn add(&mut self, new: &[(u32, Pdq)]) -> Result<()> {
        let first = self.near.len();
        for &(case, pdq) in new {
            // Of equal fingerprints one is searched with: a thousand copies would else find each other a million times.
            let mut equal = None;
            self.near.within(&pdq, 0, &mut |number, _| equal = Some(number));
            match equal {
                Some(number) => self.join_case(number, case),
                None => {
                    self.near.push(pdq);
                    self.cases.push(case);
                    self.groups_of.push(ALONE);
                }
            }
        }
        for (one, other) in self.edges(first)? {
            self.join(one, other);
        }
        Ok(())
    }

    /// Pairs of near-duplicates, one of them numbered `first` or later; of each group that one meets, one pair.
    fn edges(&self, first: usize) -> Result<Vec<(u32, u32)>> {
        let new: Vec<u32> = (number(first)..number(self.near.len())).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        let share = new.len().div_ceil(threads).max(64);
        std::thread::scope(|scope| {
            let workers: Vec<_> = new
                .chunks(share)
                .map(|share| {
                    scope.spawn(move || {
                        share.iter().flat_map(|&one| self.edges_of(one)).collect::<Vec<_>>()
                    })
                })
                .collect();
            let mut edges = Vec::new();
            for worker in workers {
                // Half a search must not pass for a whole one.
                edges.extend(worker.join().map_err(|_| broke_off())?);
            }
            Ok(edges)
        })
    }

    fn edges_of(&self, one: u32) -> Vec<(u32, u32)> {
        let mut edges = Vec::new();
        let mut met = BTreeSet::new();
        let Some(pdq) = self.near.get(one) else { return edges };
        self.near.within(pdq, MATCH, &mut |other, _| {
            let group = self.group(other);
            if other != one && (group == ALONE || met.insert(group)) {
                edges.push((one, other));
            }
        });
        edges
    }

    fn group(&self, number: u32) -> u32 {
        self.groups_of.get(number as usize).copied().unwrap_or(ALONE)
    }

    fn set_group(&mut self, number: u32, group: u32) {
        if let Some(slot) = self.groups_of.get_mut(number as usize) {
            *slot = group;
        }
    }

    /// A case whose fingerprint equals the one numbered `number`.
    fn join_case(&mut self, number: u32, case: u32) {
        let mut group = self.group(number);
        if group == ALONE {
            group = self.found(number);
        }
        self.enter(group, case);
    }

    /// A group of its own for the fingerprint's first case.
    fn found(&mut self, number: u32) -> u32 {
        let group = self.next;
        self.next += 1;
        self.follow(number, group);
        group
    }

    fn enter(&mut self, group: u32, case: u32) {
        self.groups.entry(group).or_default().cases.push(case);
        self.changes.moved.insert(case, group);
        self.changes.touched.insert(group);
    }

    fn join(&mut self, one: u32, other: u32) {
        let (mine, theirs) = (self.group(one), self.group(other));
        match (mine, theirs) {
            (ALONE, ALONE) => {
                let group = self.found(one);
                self.follow(other, group);
            }
            (ALONE, group) => self.follow(one, group),
            (group, ALONE) => self.follow(other, group),
            (mine, theirs) if mine != theirs => self.merge(mine, theirs),
            _ => {}
        }
    }

    fn follow(&mut self, number: u32, group: u32) {
        self.set_group(number, group);
        self.groups.entry(group).or_default().numbers.push(number);
        if let Some(&case) = self.cases.get(number as usize) {
            self.enter(group, case);
        }
    }

    /// The smaller group moves into the larger.
    fn merge(&mut self, one: u32, other: u32) {
        let size = |group: &u32| self.groups.get(group).map_or(0, |group| group.cases.len());
        let (from, into) = if size(&one) <= size(&other) { (one, other) } else { (other, one) };
        let moved = self.groups.remove(&from).unwrap_or_default();
        for &number in &moved.numbers {
            self.set_group(number, into);
        }
        for case in moved.cases {
            self.enter(into, case);
        }
        self.groups.entry(into).or_default().numbers.extend(moved.numbers);
        self.changes.gone.insert(from);
        self.changes.touched.remove(&from);
    }

    /// Groups, and cases in them.
    #[cfg(test)]
    fn size(&self) -> (usize, usize) {
        (self.groups.len(), self.groups.values().map(|group| group.cases.len()).sum())
    }

    /// What changed since this was last asked.
    pub(crate) fn take_changes(&mut self) -> Changes {
        std::mem::take(&mut self.changes)
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn broke_off() -> Error {
    Error::machine(
        "CLUSTER-09",
        "Comparing pictures broke off. Run casectl cluster again; it goes on where it was.",
    )
}

#[cfg(test)]
mod tests;
