//! A PDQ hash as a value: 256 bits, written as 64 hex digits, compared by the number of bits that differ.
//!
//! It must never be computed here: that takes pixels, and pixels stay in the airlock (`crate::airlock::PdqWorker`).

use std::fmt;

/// Distance up to which two hashes are commonly held to be the same picture (`pdq/README.md` of ThreatExchange).
pub const MATCH: u32 = 31;
/// Quality below which a hash is commonly dropped, since it says little about the picture.
pub const QUALITY: u8 = 50;

/// A PDQ hash. The first word holds the first sixteen hex digits, so order is that of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pdq(pub [u64; 4]);

/// Not 64 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A PDQ hash is 64 hex digits.")]
pub struct NotPdq;

impl Pdq {
    /// Bits of a hash.
    pub const BITS: u32 = 256;

    /// Reads 64 hex digits of either case, with nothing around them.
    ///
    /// # Errors
    /// [`NotPdq`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NotPdq> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotPdq)?;
        Ok(Self::from_bytes(&bytes))
    }

    /// From the bytes that the 64 hex digits stand for.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_be_bytes(*bytes);
        }
        Self(words)
    }

    /// The bytes that the 64 hex digits stand for.
    pub fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (out, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.0) {
            *out = word.to_be_bytes();
        }
        bytes
    }

    /// 64 lower-case hex digits.
    pub fn to_hex(self) -> String {
        hex::encode(self.to_bytes())
    }

    /// How many of the 256 bits differ.
    pub fn distance(&self, other: &Self) -> u32 {
        let [a, b, c, d] = self.0;
        let [e, f, g, h] = other.0;
        (a ^ e).count_ones() + (b ^ f).count_ones() + (c ^ g).count_ones() + (d ^ h).count_ones()
    }
}

impl fmt::Display for Pdq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0;
        write!(f, "{a:016x}{b:016x}{c:016x}{d:016x}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_read_and_written_back() {
        let text = "017fac1c3361e6b94c827f6357ff791a56d95bda678a223b38dc380154a1aa0d";
        let pdq = Pdq::parse(text).unwrap();
        assert_eq!(pdq.0[0], 0x017f_ac1c_3361_e6b9);
        assert_eq!(pdq.to_hex(), text);
        assert_eq!(Pdq::parse(&text.to_uppercase()), Ok(pdq));
        for bad in
            ["", &text[1..], &format!("{text}0"), &format!(" {}", &text[1..]), &"g".repeat(64)]
        {
            assert_eq!(Pdq::parse(bad), Err(NotPdq), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_form_is_the_same_hash(words: [u64; 4]) {
            let pdq = Pdq(words);
            prop_assert_eq!(Pdq::parse(&pdq.to_hex()), Ok(pdq));
            prop_assert_eq!(Pdq::from_bytes(&pdq.to_bytes()), pdq);
            prop_assert_eq!(pdq.to_string(), pdq.to_hex());
        }

        #[test]
        fn distance_counts_flipped_bits(words: [u64; 4], flips in prop::collection::btree_set(0..256usize, 0..256)) {
            let pdq = Pdq(words);
            let mut other = pdq;
            for bit in &flips {
                other.0[bit / 64] ^= 1 << (bit % 64);
            }
            prop_assert_eq!(pdq.distance(&other) as usize, flips.len());
            prop_assert_eq!(other.distance(&pdq) as usize, flips.len());
        }

        #[test]
        fn order_is_that_of_the_text(a: [u64; 4], b: [u64; 4]) {
            prop_assert_eq!(Pdq(a).cmp(&Pdq(b)), Pdq(a).to_hex().cmp(&Pdq(b).to_hex()));
        }
    }
}
