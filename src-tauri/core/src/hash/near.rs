//! Every hash within a distance of another, exactly, without looking at all of them.
//!
//! A hash is cut into sixteen pieces of sixteen bits. If two hashes differ in at most `t = 16 q + r` bits, the bits
//! cannot all be spread thinly: one of the first `r + 1` pieces differs in at most `q` bits, or one of the others in at
//! most `q - 1` (Norouzi, Punjani and Fleet, "Fast Exact Search in Hamming Space with Multi-Index Hashing", 2012, §3).
//! So looking up, piece by piece, whatever is that close meets every hash within `t`. Up to `t` = 31, `q` is at most 1
//! and a piece has at most 17 values to look up; beyond it every hash is compared.
//!
//! It must never leave a hash out: what it answers is what comparing with each would.

use super::pdq::Pdq;

/// Pieces of a hash, and bits of a piece.
const PIECES: usize = 16;
/// Values of a piece.
const VALUES: usize = 1 << 16;
/// The largest distance that is looked up; beyond it every hash is compared.
pub const LOOKED_UP: u32 = 31;
/// Hashes that may wait outside the tables, at least, and as a share of those inside.
const TAIL: usize = 1024;
const TAIL_SHARE: usize = 16;
/// Looking one up costs as much as comparing this many in a row; where a crowd makes so many come up that it does not
/// pay, all are compared.
const CROWDED: usize = 32;

/// Hashes to search in, numbered from 0 in the order they came.
///
/// Takes 96 bytes a hash (32 for itself, 4 in each of sixteen tables) and 4 MiB for the tables' heads; what grows by
/// [`Near::push`] keeps room for up to as many hashes again. At most 2³² - 1 hashes.
#[derive(Debug, Clone, Default)]
pub struct Near {
    hashes: Vec<Pdq>,
    /// How many of them are in the tables; the rest is compared one by one.
    inside: usize,
    tables: Vec<Table>,
}

/// For one piece, the numbers of all hashes ordered by its value. Those with value `v` stand between `heads[v]` and
/// `heads[v + 1]`.
#[derive(Debug, Clone)]
struct Table {
    heads: Vec<u32>,
    numbers: Vec<u32>,
}

impl Near {
    /// With these hashes, numbered as they stand.
    pub fn build(hashes: &[Pdq]) -> Self {
        let mut near = Self { hashes: hashes.to_vec(), inside: 0, tables: Vec::new() };
        near.rebuild();
        near
    }

    /// Adds a hash; its number. Now and then (after a sixteenth more) the tables are made anew, which costs under a
    /// microsecond a hash when shared out over all of them.
    pub fn push(&mut self, hash: Pdq) -> u32 {
        let number = u32::try_from(self.hashes.len()).unwrap_or(u32::MAX);
        self.hashes.push(hash);
        if self.hashes.len() - self.inside > TAIL.max(self.inside / TAIL_SHARE) {
            self.rebuild();
        }
        number
    }

    /// How many hashes there are.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// The hash of that number.
    pub fn get(&self, number: u32) -> Option<&Pdq> {
        self.hashes.get(number as usize)
    }

    /// Bytes of memory it holds.
    pub fn bytes(&self) -> usize {
        let tables = self.tables.iter().map(|t| (t.heads.capacity() + t.numbers.capacity()) * 4);
        self.hashes.capacity() * size_of::<Pdq>() + tables.sum::<usize>()
    }

    /// Calls `found` with number and distance of every hash within `t` of this one, each once, in no order to rely on.
    pub fn within(&self, hash: &Pdq, t: u32, found: &mut impl FnMut(u32, u32)) {
        if t > LOOKED_UP || self.tables.is_empty() {
            compare(hash, t, 0, &self.hashes, found);
            return;
        }
        let query = pieces(hash);
        let reach = Reach::of(t);
        // Where to look is settled first, so that what it costs is known.
        let mut places: [&[u32]; PIECES * (1 + 16)] = [&[]; PIECES * (1 + 16)];
        let slots = places.as_chunks_mut::<{ 1 + 16 }>().0.iter_mut();
        for (piece, ((table, value), slots)) in self.tables.iter().zip(query).zip(slots).enumerate()
        {
            let radius = reach.at(piece);
            let flips = std::iter::once(0).chain((0..16).map(|bit| 1 << bit));
            let values = flips.take(radius.map_or(0, |radius| if radius == 0 { 1 } else { 17 }));
            for (slot, flip) in slots.iter_mut().zip(values) {
                *slot = table.at(value ^ flip);
            }
        }
        let met: usize = places.iter().map(|numbers| numbers.len()).sum();
        if met > self.inside / CROWDED {
            compare(hash, t, 0, &self.hashes, found);
            return;
        }
        for (piece, places) in places.as_chunks::<{ 1 + 16 }>().0.iter().enumerate() {
            for &number in places.iter().copied().flatten() {
                let Some(other) = self.hashes.get(number as usize) else { continue };
                let distance = hash.distance(other);
                if distance <= t && !reach.met_before(piece, &query, other) {
                    found(number, distance);
                }
            }
        }
        compare(hash, t, self.inside, self.hashes.get(self.inside..).unwrap_or_default(), found);
    }

    fn rebuild(&mut self) {
        // Freed first: old and new tables never stand side by side.
        self.tables.clear();
        let few = self.hashes.len() <= TAIL;
        self.inside = if few { 0 } else { self.hashes.len() };
        if !few {
            self.tables = (0..PIECES).map(|piece| Table::build(&self.hashes, piece)).collect();
        }
    }
}

/// Compares with each; `first` is the number of the first.
fn compare(hash: &Pdq, t: u32, first: usize, hashes: &[Pdq], found: &mut impl FnMut(u32, u32)) {
    let first = u32::try_from(first).unwrap_or(u32::MAX);
    for (number, other) in (first..).zip(hashes) {
        let distance = hash.distance(other);
        if distance <= t {
            found(number, distance);
        }
    }
}

/// The sixteen pieces, from the front of the text.
fn pieces(hash: &Pdq) -> [u16; PIECES] {
    std::array::from_fn(|piece| value(hash, piece))
}

#[expect(clippy::cast_possible_truncation, reason = "the low sixteen bits are meant")]
fn value(hash: &Pdq, piece: usize) -> u16 {
    let word = hash.0.get(piece / 4).copied().unwrap_or_default();
    (word >> (48 - 16 * (piece % 4))) as u16
}

/// How far each piece has to be looked up for a distance.
#[derive(Debug, Clone, Copy)]
struct Reach {
    /// Radius in the first pieces.
    radius: u32,
    /// How many those are; the others have one less, or need no look at all.
    first: usize,
}

impl Reach {
    fn of(t: u32) -> Self {
        Self { radius: t / 16, first: (t % 16) as usize + 1 }
    }

    fn at(self, piece: usize) -> Option<u32> {
        if piece < self.first { Some(self.radius) } else { self.radius.checked_sub(1) }
    }

    /// Whether an earlier piece has led to this hash already.
    fn met_before(self, piece: usize, query: &[u16; PIECES], other: &Pdq) -> bool {
        query.iter().enumerate().take(piece).any(|(at, mine)| {
            let differ = (mine ^ value(other, at)).count_ones();
            self.at(at).is_some_and(|radius| differ <= radius)
        })
    }
}

impl Table {
    /// Counts, then places: two passes over the hashes.
    fn build(hashes: &[Pdq], piece: usize) -> Self {
        let mut heads = vec![0_u32; VALUES + 1];
        for hash in hashes {
            if let Some(count) = heads.get_mut(usize::from(value(hash, piece)) + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for head in &mut heads {
            sum += *head;
            *head = sum;
        }
        // Each head moves up to where the next one began, and is moved back below.
        let mut numbers = vec![0_u32; hashes.len()];
        for (number, hash) in (0_u32..).zip(hashes) {
            if let Some(head) = heads.get_mut(usize::from(value(hash, piece))) {
                if let Some(place) = numbers.get_mut(*head as usize) {
                    *place = number;
                }
                *head += 1;
            }
        }
        heads.rotate_right(1);
        if let Some(first) = heads.first_mut() {
            *first = 0;
        }
        Self { heads, numbers }
    }

    fn at(&self, value: u16) -> &[u32] {
        let value = usize::from(value);
        let (Some(&from), Some(&to)) = (self.heads.get(value), self.heads.get(value + 1)) else {
            return &[];
        };
        self.numbers.get(from as usize..to as usize).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
