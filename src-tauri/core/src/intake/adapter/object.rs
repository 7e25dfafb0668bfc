//! The quarantined bytes that an answer is about: found by the names it gives, and measured here.
//!
//! It must never take a digest from the answer for one of the bytes.

use std::path::Path;

use super::refusal;
use crate::hash::{self, Digests};
use crate::intake::check::LineError;
use crate::intake::quarantine;

/// Where the bytes may lie, and what the source says of them.
#[derive(Default)]
pub(super) struct Object {
    /// Paths below the folder of bytes, the likeliest first.
    pub(super) names: Vec<String>,
    /// Digests and length the source names, each with the field it stands in.
    pub(super) told: Vec<(String, Told)>,
}

/// One thing the source says of the bytes.
pub(super) enum Told {
    Sha256([u8; 32]),
    Sha1([u8; 20]),
    Md5([u8; 16]),
    Size(u64),
}

/// The bytes as they are.
pub(super) struct Measured {
    /// The name they were found by.
    pub(super) name: String,
    pub(super) digests: Digests,
}

impl Object {
    /// By the name that an envelope or a table gives. A name that is a SHA-256 is also what the bytes must have.
    pub(super) fn named(field: &str, name: &str) -> Self {
        let mut object = Self { names: vec![name.to_owned()], told: Vec::new() };
        if let Some(sha256) = bytes(name) {
            object.names.push(hex::encode(sha256));
            object.told.push((field.to_owned(), Told::Sha256(sha256)));
        }
        object
    }

    /// Adds a digest that the source names, in whatever way it writes one.
    pub(super) fn tell(&mut self, field: &str, kind: Kind, text: &str) -> Result<(), LineError> {
        let refused = || refusal::must_be(field, kind.words());
        let told = match kind {
            Kind::Sha256 => Told::Sha256(bytes(text).ok_or_else(refused)?),
            Kind::Sha1 => Told::Sha1(bytes(text).or_else(|| base32(text)).ok_or_else(refused)?),
            Kind::Md5 => Told::Md5(bytes(text).ok_or_else(refused)?),
        };
        self.told.push((field.to_owned(), told));
        Ok(())
    }

    /// Finds the bytes and compares them with all that is said of them.
    pub(super) fn measure(&self, folder: &Path) -> Result<Measured, LineError> {
        let shown = self.names.first().map(String::as_str);
        let found =
            self.names.iter().find_map(|name| Some((name, quarantine::open_below(folder, name)?)));
        let Some((name, file)) = found else { return Err(LineError::not_there(shown)) };
        let Ok(digests) = hash::digests(file) else { return Err(LineError::not_there(shown)) };
        if digests.size_bytes == 0 {
            return Err(LineError::zero_bytes(shown));
        }
        for (field, told) in &self.told {
            let same = match told {
                Told::Sha256(sha256) => *sha256 == digests.sha256,
                Told::Sha1(sha1) => *sha1 == digests.sha1,
                Told::Md5(md5) => *md5 == digests.md5,
                Told::Size(size) => *size == digests.size_bytes,
            };
            if !same {
                return Err(refusal::differs(field));
            }
        }
        Ok(Measured { name: name.clone(), digests })
    }
}

/// A digest as sources write one.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Sha256,
    Sha1,
    Md5,
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::Sha256 => "64 hexadecimal digits",
            Self::Sha1 => "40 hexadecimal digits, or 32 characters of base32",
            Self::Md5 => "32 hexadecimal digits",
        }
    }
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text.trim(), &mut bytes).ok()?;
    Some(bytes)
}

/// RFC 4648 base32 without padding, as Shield writes a SHA-1.
pub(super) fn base32<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.trim();
    if text.len() * 5 != N * 8 {
        return None;
    }
    let (mut held, mut bits) = (0_u32, 0_u32);
    let mut bytes = Vec::with_capacity(N);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        held = (held << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    bytes.try_into().ok()
}
