//! Values of a list and the ways they are written: hex, base32, base64, told apart by length and alphabet.
//!
//! It must never take a value that is not written to the letter: a bit more or less names another file.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// What a value was computed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    Pdq,
}

impl Algorithm {
    /// Every word, as it is said on the command line and in a column's head.
    pub const WORDS: [&str; 4] = ["md5", "sha1", "sha256", "pdq"];
    const ALL: [Self; 4] = [Self::Md5, Self::Sha1, Self::Sha256, Self::Pdq];

    /// By its word, in any case, with or without a hyphen.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| {
            let plain = word.bytes().filter(|byte| !matches!(byte, b'-' | b'_'));
            plain.map(|byte| byte.to_ascii_lowercase()).eq(algorithm.word().bytes())
        })
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Pdq => "pdq",
        }
    }

    /// Bytes of one value.
    fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 | Self::Pdq => 32,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Pdq => "PDQ",
        })
    }
}

/// One value of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    Md5([u8; 16]),
    Sha1([u8; 20]),
    Sha256([u8; 32]),
    Pdq([u8; 32]),
}

/// Says what it is, not which.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.algorithm())
    }
}

impl Value {
    /// What it was computed with.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Md5(_) => Algorithm::Md5,
            Self::Sha1(_) => Algorithm::Sha1,
            Self::Sha256(_) => Algorithm::Sha256,
            Self::Pdq(_) => Algorithm::Pdq,
        }
    }

    /// The value itself.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Md5(bytes) => bytes,
            Self::Sha1(bytes) => bytes,
            Self::Sha256(bytes) | Self::Pdq(bytes) => bytes,
        }
    }

    fn new(algorithm: Algorithm, bytes: &[u8]) -> Option<Self> {
        Some(match algorithm {
            Algorithm::Md5 => Self::Md5(bytes.try_into().ok()?),
            Algorithm::Sha1 => Self::Sha1(bytes.try_into().ok()?),
            Algorithm::Sha256 => Self::Sha256(bytes.try_into().ok()?),
            Algorithm::Pdq => Self::Pdq(bytes.try_into().ok()?),
        })
    }

    /// Reads a value of a known algorithm, however it is written.
    pub fn parse(algorithm: Algorithm, text: &str) -> Option<Self> {
        let mut writings = Writing::ALL.into_iter();
        writings.find_map(|writing| writing.read(algorithm, text.as_bytes()))
    }
}

/// How the bytes of a value are written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    Hex,
    Base32,
    Base64,
}

impl Writing {
    pub(super) const ALL: [Self; 3] = [Self::Hex, Self::Base32, Self::Base64];

    /// The value, if the text is one of this algorithm in this writing.
    pub(super) fn read(self, algorithm: Algorithm, text: &[u8]) -> Option<Value> {
        let length = algorithm.length();
        let mut bytes = [0; 32];
        let bytes = bytes.get_mut(..length)?;
        match self {
            Self::Hex => hex::decode_to_slice(text, bytes).ok()?,
            Self::Base32 => base32(text, bytes)?,
            Self::Base64 => {
                // Told apart by length before anything is decoded.
                let full = length.div_ceil(3) * 4;
                let bare = (length * 4).div_ceil(3);
                let engines = match text.len() {
                    n if n == full => [STANDARD, URL_SAFE],
                    n if n == bare => [STANDARD_NO_PAD, URL_SAFE_NO_PAD],
                    _ => return None,
                };
                let decoded = engines.iter().find_map(|engine| engine.decode(text).ok())?;
                bytes.copy_from_slice(decoded.get(..length).filter(|_| decoded.len() == length)?);
            }
        }
        Value::new(algorithm, bytes)
    }
}

/// RFC 4648 base32 in either case, with or without padding; spare bits must be zero.
fn base32(text: &[u8], into: &mut [u8]) -> Option<()> {
    let bare = (into.len() * 8).div_ceil(5);
    let padded = into.len().div_ceil(5) * 8;
    let (digits, padding) = text.split_at_checked(bare)?;
    let whole = text.len() == bare || text.len() == padded;
    if !whole || padding.iter().any(|byte| *byte != b'=') {
        return None;
    }
    let mut places = into.iter_mut();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for digit in digits {
        let five = match digit.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            number @ b'2'..=b'7' => number - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5) | u32::from(five);
        held += 5;
        if held >= 8 {
            held -= 8;
            *places.next()? = u8::try_from(bits >> held).ok()?;
            bits &= (1 << held) - 1;
        }
    }
    (bits == 0).then_some(())
}
