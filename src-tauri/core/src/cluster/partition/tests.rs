//! Components against a brute-force union-find, over orders, cuts and restarts.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Changes, Known, MATCH, Partition, Pdq};

/// A store as `link` keeps one: the group of each case, by what the partition said has changed.
#[derive(Default)]
struct Kept {
    groups: BTreeMap<u32, u32>,
    compared: Vec<(u32, Pdq)>,
}

impl Kept {
    fn apply(&mut self, changes: &Changes, new: &[(u32, Pdq)]) {
        self.groups.extend(&changes.moved);
        self.compared.extend_from_slice(new);
        for group in &changes.gone {
            assert!(
                !self.groups.values().any(|of| of == group),
                "a group that is gone has a member"
            );
        }
        let touched: BTreeSet<u32> = changes.moved.values().copied().collect();
        assert_eq!(touched, changes.touched);
    }

    fn partition(&self) -> Partition {
        let known = self.compared.iter().map(|&(case, pdq)| Known {
            case,
            pdq,
            group: self.groups.get(&case).copied(),
        });
        Partition::new(known.collect(), self.groups.values().max().map_or(1, |last| last + 1))
    }

    /// The cases of each group, without the groups' names.
    fn sets(&self) -> BTreeSet<BTreeSet<u32>> {
        let mut sets: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for (case, group) in &self.groups {
            sets.entry(*group).or_default().insert(*case);
        }
        sets.into_values().collect()
    }
}

fn brute_force(all: &[(u32, Pdq)]) -> BTreeSet<BTreeSet<u32>> {
    let mut parent: Vec<usize> = (0..all.len()).collect();
    fn root(parent: &[usize], mut at: usize) -> usize {
        while parent[at] != at {
            at = parent[at];
        }
        at
    }
    for a in 0..all.len() {
        for b in 0..a {
            if all[a].1.distance(&all[b].1) <= MATCH {
                let (a, b) = (root(&parent, a), root(&parent, b));
                parent[a] = b;
            }
        }
    }
    let mut sets: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
    for (at, (case, _)) in all.iter().enumerate() {
        sets.entry(root(&parent, at)).or_default().insert(*case);
    }
    sets.into_values().filter(|set| set.len() > 1).collect()
}

/// Fingerprints that make chains: each a few dozen bits from one of a few centres, some equal to each other.
fn fingerprints() -> impl Strategy<Value = Vec<(u32, Pdq)>> {
    let centre = prop::array::uniform4(any::<u64>());
    let flips = prop::collection::vec(0..256_usize, 0..40);
    prop::collection::vec(centre, 1..5).prop_flat_map(move |centres| {
        let one = (0..centres.len(), flips.clone());
        prop::collection::vec(one, 0..60).prop_map(move |picked| {
            (1..)
                .zip(picked)
                .map(|(case, (centre, flips))| {
                    let mut pdq = Pdq(centres[centre]);
                    for bit in flips {
                        pdq.0[bit / 64] ^= 1 << (bit % 64);
                    }
                    (case, pdq)
                })
                .collect()
        })
    })
}

proptest! {
    #[test]
    fn components_do_not_depend_on_order_cuts_or_restarts(
        (all, order) in fingerprints().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        cuts in prop::collection::vec((1..20_usize, any::<bool>()), 1..20),
    ) {
        let mut kept = Kept::default();
        let mut partition = kept.partition();
        let mut rest = order.as_slice();
        for (length, restart) in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (batch, later) = rest.split_at((*length).min(rest.len()));
            partition.add(batch).unwrap();
            kept.apply(&partition.take_changes(), batch);
            if *restart {
                partition = kept.partition();
            }
            rest = later;
        }
        prop_assert_eq!(kept.sets(), brute_force(&all));
        let (groups, cases) = partition.size();
        prop_assert_eq!(groups, kept.sets().len());
        prop_assert_eq!(cases, kept.groups.len());
    }
}

#[test]
fn a_thousand_copies_and_a_chain_through_them_are_one_group() {
    let at = |ones: usize| {
        let mut pdq = Pdq::default();
        for bit in 0..ones {
            pdq.0[bit / 64] |= 1 << (bit % 64);
        }
        pdq
    };
    let mut kept = Kept::default();
    let mut partition = kept.partition();
    let copies: Vec<(u32, Pdq)> = (1..=1_000).map(|case| (case, at(31))).collect();
    for batch in
        [copies, vec![(1_001, at(93)), (1_002, at(0))], vec![(1_003, at(62)), (1_004, at(31 + 94))]]
    {
        partition.add(&batch).unwrap();
        kept.apply(&partition.take_changes(), &batch);
    }
    let sets = kept.sets();
    assert_eq!(sets.len(), 1, "62 joins what lies at 31 and at 93");
    assert_eq!(sets.first().unwrap().len(), 1_003, "32 bits away is no duplicate");
    assert!(!kept.groups.contains_key(&1_004));
}
