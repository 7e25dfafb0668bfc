//! PDQ, the perceptual hash of ThreatExchange (`pdq/cpp/hashing/pdqhashing.cpp`; Zauner 2010 for the transform), from
//! the pixels of one picture as they are stored: no orientation is applied, alpha is dropped, palettes are looked up, of
//! an animation the first frame is taken, and nothing is scaled down before. The same to the bit, quality included, as
//! PyPI `pdqhash` on `Image.open(file).convert("RGB")` for the same pixels; decoders of lossy formats may differ by a
//! grey level, which moves a few bits at most.
//!
//! It must never let anything of a picture out but 256 bits and a number from 0 to 100.

use crate::average::Layout;
use crate::decode::Rows;
use crate::tent::{CELLS, Tent};

/// Shortest side that has a hash; below it, hash and quality are zero.
const SHORTEST: usize = 5;
/// Frequencies along each side that the hash is made of.
const FREQUENCIES: usize = 16;

/// The hash and its quality.
pub(crate) struct Hash {
    /// In the order of the 64 hex digits.
    pub(crate) bits: [u8; 32],
    /// 0 to 100.
    pub(crate) quality: u8,
}

/// Takes a picture row by row from the top, and holds only as many rows as the filter is tall.
pub(crate) struct Hasher {
    /// None where a side is too short for a hash.
    tent: Option<Tent>,
    taken: usize,
}

impl Hasher {
    /// For a picture of this size.
    pub(crate) fn new(width: u32, height: u32, layout: Layout) -> Self {
        let (width, height) = (width as usize, height as usize);
        let long_enough = width.min(height) >= SHORTEST;
        Self { tent: long_enough.then(|| Tent::new(width, height, layout)), taken: 0 }
    }

    /// The hash, once every row has come.
    pub(crate) fn finish(self) -> Hash {
        let Some(tent) = self.tent else {
            return Hash { bits: [0; 32], quality: 0 };
        };
        let cells = tent.finish();
        Hash { bits: bits(&transform(&cells)), quality: quality(&cells) }
    }
}

impl Rows for Hasher {
    fn push(&mut self, row: &[u8]) {
        self.taken += 1;
        if let Some(tent) = &mut self.tent {
            tent.push(row);
        }
    }

    fn rows(&self) -> usize {
        self.taken
    }
}

/// How much the picture has to be told by: the steps between neighbouring cells, each rounded to a hundredth of the
/// range towards zero, added up, a ninetieth of it, at most 100 (`pdqImageDomainQualityMetric`).
fn quality(cells: &[[f32; CELLS]; CELLS]) -> u8 {
    #[expect(clippy::cast_possible_truncation, reason = "between -100 and 100, cut towards zero")]
    let step = |(u, v): (&f32, &f32)| (((u - v) * 100.0 / 255.0) as i32).unsigned_abs();
    let rows = cells.iter().zip(cells.iter().skip(1));
    let down: u32 = rows.map(|(a, b)| a.iter().zip(b).map(step).sum::<u32>()).sum();
    let across: u32 =
        cells.iter().map(|row| row.iter().zip(row.iter().skip(1)).map(step).sum::<u32>()).sum();
    u8::try_from((down + across) / 90).unwrap_or(u8::MAX).min(100)
}

/// Rows 1 to 16 of the 64-point cosine transform, in the precision of the reference.
#[expect(clippy::cast_possible_truncation, reason = "the reference keeps them as 32-bit floats")]
fn cosines() -> [[f32; CELLS]; FREQUENCIES] {
    use std::f64::consts::PI;
    let scale = f64::from((2.0_f64 / 64.0).sqrt() as f32);
    let mut cosines = [[0.0; CELLS]; FREQUENCIES];
    for (row, i) in cosines.iter_mut().zip(1_u8..) {
        for (value, j) in row.iter_mut().zip(0_u8..) {
            let angle = PI / 2.0 / 64.0 * f64::from(i) * f64::from(2 * u16::from(j) + 1);
            *value = (scale * angle.cos()) as f32;
        }
    }
    cosines
}

/// Frequencies 1 to 16 along both sides: `D A Dᵀ`, each sum in the order of its terms (`dct64To16`).
fn transform(cells: &[[f32; CELLS]; CELLS]) -> [[f32; FREQUENCIES]; FREQUENCIES] {
    let cosines = cosines();
    cosines.map(|of_row| {
        let mut half = [0.0_f32; CELLS];
        for (factor, row) in of_row.iter().zip(cells) {
            for (sum, value) in half.iter_mut().zip(row) {
                *sum += factor * value;
            }
        }
        let mut sums = [0.0_f32; FREQUENCIES];
        for (column, value) in half.iter().enumerate() {
            for (sum, of_column) in sums.iter_mut().zip(&cosines) {
                *sum += value * of_column[column];
            }
        }
        sums
    })
}

/// One bit for each frequency above the median, the first in the lowest place (`pdqBuffer16x16ToBits`). Of an even
/// number of values, the median is the lower middle one, as Torben's method gives.
fn bits(frequencies: &[[f32; FREQUENCIES]; FREQUENCIES]) -> [u8; 32] {
    let mut sorted = *frequencies.as_flattened().as_array::<256>().unwrap_or(&[0.0; 256]);
    let (_, median, _) = sorted.select_nth_unstable_by(127, f32::total_cmp);
    let median = *median;
    let mut bits = [0; 32];
    let (eights, _) = frequencies.as_flattened().as_chunks::<8>();
    for (byte, values) in bits.iter_mut().rev().zip(eights) {
        for (bit, _) in values.iter().enumerate().filter(|(_, value)| **value > median) {
            *byte |= 1 << bit;
        }
    }
    bits
}
