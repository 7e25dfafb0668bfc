//! Counting without growing: how often each of a bounded number of things was met, and how much did not fit.
//!
//! It must never forget that something did not fit.

use std::collections::{BTreeMap, BTreeSet};

/// Counts by key, at most `most` keys.
#[derive(Debug, Clone)]
pub(super) struct Tally<K> {
    most: usize,
    counts: BTreeMap<K, u64>,
    /// Met beyond the keys that are kept.
    pub(super) rest: u64,
}

impl<K: Ord + Clone> Tally<K> {
    pub(super) fn new(most: usize) -> Self {
        Self { most, counts: BTreeMap::new(), rest: 0 }
    }

    /// One more.
    pub(super) fn met(&mut self, key: K) {
        if let Some(count) = self.counts.get_mut(&key) {
            *count += 1;
        } else if self.counts.len() < self.most {
            self.counts.insert(key, 1);
        } else {
            self.rest += 1;
        }
    }

    /// Each key of one file once.
    pub(super) fn met_once(&mut self, keys: impl IntoIterator<Item = K>) {
        keys.into_iter().collect::<BTreeSet<K>>().into_iter().for_each(|key| self.met(key));
    }

    /// Most frequent first, then by key.
    pub(super) fn ranked(&self) -> Vec<(&K, u64)> {
        let mut ranked: Vec<(&K, u64)> = self.counts.iter().map(|(key, n)| (key, *n)).collect();
        ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        ranked
    }

    pub(super) fn of(&self, key: &K) -> u64 {
        self.counts.get(key).copied().unwrap_or(0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

/// The first things met, at most `most` of them, each once.
#[derive(Debug, Clone)]
pub(super) struct Firsts<T> {
    most: usize,
    pub(super) kept: Vec<T>,
    /// Met beyond those that are kept.
    pub(super) rest: u64,
}

impl<T: PartialEq> Firsts<T> {
    pub(super) fn new(most: usize) -> Self {
        Self { most, kept: Vec::new(), rest: 0 }
    }

    pub(super) fn met(&mut self, thing: T) {
        if self.kept.contains(&thing) {
            return;
        }
        if self.kept.len() < self.most {
            self.kept.push(thing);
        } else {
            self.rest += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Firsts, Tally};

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut tally = Tally::new(2);
        for key in ["b", "a", "b", "c", "c", "a", "b"] {
            tally.met(key);
        }
        assert_eq!(tally.ranked(), [(&"b", 3), (&"a", 2)]);
        assert_eq!(tally.rest, 2);
        let mut firsts = Firsts::new(1);
        ["x", "x", "y"].into_iter().for_each(|thing| firsts.met(thing));
        assert_eq!((firsts.kept, firsts.rest), (vec!["x"], 1));
    }
}
