//! Dice that always fall the same way, so that everyone sees the same demo.
//!
//! SplitMix64 (Steele, Lea and Flood 2014). Never a source of keys or of anything to be kept secret.

/// A seeded stream of numbers.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// Dice of their own for each purpose, so that a change in one place moves nothing elsewhere.
    pub(super) fn new(purpose: &str, number: usize) -> Self {
        let mut state = 0xcbf2_9ce4_8422_2325_u64;
        for byte in purpose.bytes().chain(number.to_le_bytes()) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(state)
    }

    /// The next 64 bits.
    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let span = u64::from(high.abs_diff(low)) + 1;
        low.saturating_add(i32::try_from(self.roll() % span).unwrap_or(0))
    }

    /// True in `percent` of all throws.
    pub(super) fn chance(&mut self, percent: i32) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of the given words; none given is none got.
    pub(super) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.between(0, i32::MAX - 1)).unwrap_or(0);
        from.get(at % from.len().max(1)).copied().unwrap_or_default()
    }

    /// 256 bits, as PDQ and SHA-256 have them.
    pub(super) fn bits256(&mut self) -> [u8; 32] {
        let mut bits = [0; 32];
        for chunk in bits.chunks_mut(8) {
            chunk.copy_from_slice(&self.roll().to_le_bytes());
        }
        bits
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
