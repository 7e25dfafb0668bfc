//! Digests: BLAKE3 for identity, SHA-256, SHA-1 and MD5 for interchange with lists and reports, all in one pass.
//!
//! It must never decode what it reads.

use std::io::Read;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

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
pub struct Hasher {
    blake3: blake3::Hasher,
    sha256: Sha256,
    sha1: Sha1,
    md5: Md5,
    size_bytes: u64,
}

impl Hasher {
    /// Nothing fed yet.
    pub fn new() -> Self {
        Self {
            blake3: blake3::Hasher::new(),
            sha256: Sha256::new(),
            sha1: Sha1::new(),
            md5: Md5::new(),
            size_bytes: 0,
        }
    }

    /// The next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.blake3.update(bytes);
        self.sha256.update(bytes);
        self.sha1.update(bytes);
        self.md5.update(bytes);
        self.size_bytes += bytes.len() as u64;
    }

    /// The digests of everything fed.
    pub fn finish(self) -> Digests {
        Digests {
            blake3: *self.blake3.finalize().as_bytes(),
            sha256: self.sha256.finalize().into(),
            sha1: self.sha1.finalize().into(),
            md5: self.md5.finalize().into(),
            size_bytes: self.size_bytes,
        }
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

/// Reads to the end and answers the digests.
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
