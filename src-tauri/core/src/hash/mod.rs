//! Digests: BLAKE3 for identity, SHA-256, SHA-1 and MD5 for interchange with lists and reports, all in one pass.
//! PDQ as a value in [`pdq`], and the search for what is near in [`near`].
//!
//! It must never decode what it reads.

pub mod near;
mod parallel;
pub mod pdq;

use std::io::Read;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

pub use parallel::digests_parallel;

/// The four digests of one content, with its length in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digests {
    pub blake3: [u8; 32],
    pub sha256: [u8; 32],
    pub sha1: [u8; 20],
    pub md5: [u8; 16],
    pub size_bytes: u64,
}

/// Feeds all four digests chunk by chunk.
#[derive(Default)]
pub struct Hasher {
    quick: Quick,
    md5: Md5,
}

impl Hasher {
    /// Nothing fed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.quick.update(bytes);
        self.md5.update(bytes);
    }

    /// The digests of everything fed.
    pub fn finish(self) -> Digests {
        self.quick.finish(self.md5)
    }
}

/// All digests but MD5, which alone takes about as long as these three together.
#[derive(Default)]
struct Quick {
    blake3: blake3::Hasher,
    sha256: Sha256,
    sha1: Sha1,
    size_bytes: u64,
}

impl Quick {
    fn update(&mut self, bytes: &[u8]) {
        self.blake3.update(bytes);
        self.sha256.update(bytes);
        self.sha1.update(bytes);
        self.size_bytes += bytes.len() as u64;
    }

    /// With MD5 of the same bytes.
    fn finish(self, md5: Md5) -> Digests {
        Digests {
            blake3: *self.blake3.finalize().as_bytes(),
            sha256: self.sha256.finalize().into(),
            sha1: self.sha1.finalize().into(),
            md5: md5.finalize().into(),
            size_bytes: self.size_bytes,
        }
    }
}

/// One of the four, for a caller that needs no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    Blake3,
    Sha256,
    Sha1,
    Md5,
}

/// A single digest of bytes in memory, in the length its algorithm has.
pub fn digest(algorithm: Algorithm, bytes: &[u8]) -> Vec<u8> {
    match algorithm {
        Algorithm::Blake3 => blake3::hash(bytes).as_bytes().to_vec(),
        Algorithm::Sha256 => Sha256::digest(bytes).to_vec(),
        Algorithm::Sha1 => Sha1::digest(bytes).to_vec(),
        Algorithm::Md5 => Md5::digest(bytes).to_vec(),
    }
}

/// Reads to the end and answers the digests, on this thread alone.
///
/// # Errors
/// Those of the reader.
pub fn digests(mut from: impl Read) -> std::io::Result<Digests> {
    let mut hasher = Hasher::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        match from.read(&mut chunk)? {
            0 => return Ok(hasher.finish()),
            n => hasher.update(chunk.get(..n).unwrap_or_default()),
        }
    }
}

/// SHA-256 of bytes in memory.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests;
