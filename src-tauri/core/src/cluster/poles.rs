//! The two members that say most about a set of fingerprints: the medoid, and the one farthest from it.
//!
//! It must never estimate: both are exact, whatever the order of the set.

use crate::hash::pdq::Pdq;

/// Medoid and farthest of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Poles {
    /// The case with the least sum of distances to all; of equals the smallest number.
    pub(crate) medoid: u32,
    pub(crate) centre: Pdq,
    /// The case with the greatest distance from the medoid; of equals the smallest number, and never the medoid itself
    /// where there is another.
    pub(crate) farthest: u32,
    pub(crate) widest: u32,
}

/// Poles of a set of cases; `None` for the empty one. Takes 256 steps a member: the sum of a member's distances to all
/// is, bit by bit, the number of members that differ from it there.
pub(crate) fn poles(set: &[(u32, Pdq)]) -> Option<Poles> {
    let mut ones = [0_u64; Pdq::BITS as usize];
    for (_, pdq) in set {
        for (count, bit) in ones.iter_mut().zip(bits(*pdq)) {
            *count += bit;
        }
    }
    let all = set.len() as u64;
    let (_, medoid, centre) = set
        .iter()
        .map(|&(case, pdq)| {
            let sum: u64 = ones
                .iter()
                .zip(bits(pdq))
                .map(|(count, bit)| if bit == 1 { all - count } else { *count })
                .sum();
            (sum, case, pdq)
        })
        .min_by_key(|&(sum, case, _)| (sum, case))?;
    let (farthest, widest) = set
        .iter()
        .filter(|(case, _)| *case != medoid)
        .map(|(case, pdq)| (*case, pdq.distance(&centre)))
        .max_by_key(|&(case, distance)| (distance, std::cmp::Reverse(case)))
        .unwrap_or((medoid, 0));
    Some(Poles { medoid, centre, farthest, widest })
}

fn bits(pdq: Pdq) -> impl Iterator<Item = u64> {
    pdq.0.into_iter().flat_map(|word| (0..64).map(move |bit| word >> bit & 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Pdq, poles};

    proptest! {
        #[test]
        fn they_are_what_comparing_each_with_each_says(
            flips in prop::collection::vec(prop::collection::vec(0..256_usize, 0..6), 1..24),
            shift in 0..24_usize,
        ) {
            let set: Vec<(u32, Pdq)> = (1..).zip(&flips).map(|(case, flips)| (case, flipped(flips))).collect();
            let sum = |pdq: &Pdq| set.iter().map(|(_, other)| u64::from(other.distance(pdq))).sum::<u64>();
            let &(medoid, centre) = set.iter().min_by_key(|(case, pdq)| (sum(pdq), *case)).unwrap();
            let farthest = set
                .iter()
                .filter(|(case, _)| *case != medoid)
                .map(|(case, pdq)| (u64::from(pdq.distance(&centre)), *case))
                .fold(None, |best: Option<(u64, u32)>, new| match best {
                    Some(best) if best.0 >= new.0 => Some(best),
                    _ => Some(new),
                });
            let mut turned = set.clone();
            turned.rotate_left(shift % set.len());
            let found = poles(&turned).unwrap();
            prop_assert_eq!((found.medoid, found.centre), (medoid, centre));
            let (widest, farthest) = farthest.unwrap_or((0, medoid));
            prop_assert_eq!((found.farthest, u64::from(found.widest)), (farthest, widest));
        }
    }

    #[test]
    fn of_equal_pictures_two_are_named_all_the_same() {
        let found =
            poles(&[(9, Pdq::default()), (4, Pdq::default()), (7, Pdq::default())]).unwrap();
        assert_eq!((found.medoid, found.farthest, found.widest), (4, 7, 0));
        let alone = poles(&[(9, Pdq::default())]).unwrap();
        assert_eq!((alone.medoid, alone.farthest), (9, 9));
        assert_eq!(poles(&[]), None);
    }

    fn flipped(flips: &[usize]) -> Pdq {
        let mut pdq = Pdq::default();
        for bit in flips {
            pdq.0[bit / 64] ^= 1 << (bit % 64);
        }
        pdq
    }
}
