//! Against comparing with every hash, on random and on crowded ones.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn hash(&mut self) -> Pdq {
        Pdq(std::array::from_fn(|_| self.word()))
    }

    /// The same with some bits flipped.
    fn beside(&mut self, hash: Pdq, flips: u64) -> Pdq {
        (0..flips).fold(hash, |mut hash, _| {
            let bit = self.word() % 256;
            hash.0[(bit / 64) as usize] ^= 1 << (bit % 64);
            hash
        })
    }
}

/// Hashes in crowds: few centres, many near them, some repeated, some alike in most pieces.
fn crowd(dice: &mut Dice, count: usize) -> Vec<Pdq> {
    let centres: Vec<Pdq> = (0..8).map(|_| dice.hash()).collect();
    (0..count)
        .map(|_| {
            let centre = centres[(dice.word() % 8) as usize];
            match dice.word() % 8 {
                0 => centre,
                1 => Pdq([dice.word(), centre.0[1], 0, 0]),
                2 => dice.hash(),
                _ => {
                    let flips = dice.word() % 48;
                    dice.beside(centre, flips)
                }
            }
        })
        .collect()
}

/// What is found, each once.
fn found(near: &Near, hash: &Pdq, t: u32) -> BTreeMap<u32, u32> {
    let mut all = BTreeMap::new();
    near.within(hash, t, &mut |number, distance| {
        assert_eq!(all.insert(number, distance), None, "{number} came twice");
    });
    all
}

fn by_hand(hashes: &[Pdq], hash: &Pdq, t: u32) -> BTreeMap<u32, u32> {
    let distances = (0..).zip(hashes).map(|(number, other)| (number, hash.distance(other)));
    distances.filter(|(_, distance)| *distance <= t).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn nothing_is_left_out_and_nothing_comes_twice(
        seed: u64, count in 0..4000usize, pushed in 0..3000usize, t in 0..=40u32, flips in 0..40u64,
    ) {
        let mut dice = Dice(seed);
        let hashes = crowd(&mut dice, count + pushed);
        let (first, rest) = hashes.split_at(count);
        let mut near = Near::build(first);
        for (number, hash) in (count..).zip(rest) {
            prop_assert_eq!(near.push(*hash) as usize, number);
        }
        prop_assert_eq!(near.len(), hashes.len());
        for _ in 0..8 {
            let centre = hashes.get(usize::try_from(dice.word() % hashes.len().max(1) as u64).unwrap()).copied();
            let query = dice.beside(centre.unwrap_or_default(), flips);
            prop_assert_eq!(found(&near, &query, t), by_hand(&hashes, &query, t));
        }
    }
}

/// The bound is sharp: hashes at exactly `t` whose difference is spread as evenly as it can be, which is the hardest
/// to meet, for every `t` and wherever the spread begins.
#[test]
fn a_difference_spread_as_thinly_as_can_be_is_met() {
    let mut dice = Dice(5);
    for t in 0..=LOOKED_UP {
        let query = dice.hash();
        let mut hashes: Vec<Pdq> = (0..2 * TAIL).map(|_| dice.hash()).collect();
        for start in 0..16 {
            let spread = (0..t as usize).fold(query, |mut hash, flip| {
                let (piece, bit) = ((start + flip) % 16, flip / 16 * 7 + start % 7);
                hash.0[piece / 4] ^= 1 << (48 - 16 * (piece % 4) + bit);
                hash
            });
            assert_eq!(query.distance(&spread), t);
            hashes.push(spread);
        }
        let near = Near::build(&hashes);
        assert!(found(&near, &query, t).len() >= 16, "t = {t}");
        assert_eq!(found(&near, &query, t), by_hand(&hashes, &query, t));
    }
}

#[test]
fn it_grows_from_nothing_through_its_own_tables() {
    let mut dice = Dice(9);
    let hashes = crowd(&mut dice, 6 * TAIL);
    let mut near = Near::default();
    assert!(near.is_empty() && found(&near, &hashes[0], 31).is_empty());
    for (number, hash) in (0..).zip(&hashes) {
        assert_eq!(near.push(*hash), number);
        if number % 509 == 0 {
            let so_far = &hashes[..=number as usize];
            assert_eq!(found(&near, hash, 31), by_hand(so_far, hash, 31));
        }
    }
    assert!(near.inside > TAIL && near.hashes.len() - near.inside <= TAIL.max(near.inside / 16));
    assert_eq!((near.get(7), near.get(u32::MAX)), (Some(&hashes[7]), None));
}
