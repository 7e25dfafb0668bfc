//! Digests of a bag's documents as they are written, and the manifests made of them.
//!
//! It must never hold a document, nor a line for each of the payload.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use sha2::{Digest, Sha256, Sha512};

use super::{create, encode_name};

/// The two digests of a document and its length.
pub(super) struct Sums {
    sha256: String,
    sha512: String,
    pub(super) bytes: u64,
}

impl Sums {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self {
            sha256: hex::encode(Sha256::digest(bytes)),
            sha512: hex::encode(Sha512::digest(bytes)),
            bytes: bytes.len() as u64,
        }
    }
}

/// A file that is appended to and digested on the way.
#[derive(Debug)]
pub(super) struct Growing {
    file: BufWriter<File>,
    sha256: Sha256,
    sha512: Sha512,
    bytes: u64,
}

impl Growing {
    pub(super) fn new(file: File) -> Self {
        let file = BufWriter::with_capacity(64 << 10, file);
        Self { file, sha256: Sha256::new(), sha512: Sha512::new(), bytes: 0 }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sha256.update(bytes);
        self.sha512.update(bytes);
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    pub(super) fn end(mut self) -> io::Result<Sums> {
        self.file.flush()?;
        Ok(Sums {
            sha256: hex::encode(self.sha256.finalize()),
            sha512: hex::encode(self.sha512.finalize()),
            bytes: self.bytes,
        })
    }
}

/// The payload's two manifests, written as they grow.
#[derive(Debug, Default)]
pub(super) struct Listing {
    manifests: Option<[Growing; 2]>,
}

const PAYLOAD: [&str; 2] = ["manifest-sha256.txt", "manifest-sha512.txt"];

impl Listing {
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        let [first, second] = PAYLOAD.map(|name| create(root, name));
        Ok(Self { manifests: Some([Growing::new(first?), Growing::new(second?)]) })
    }

    pub(super) fn add(&mut self, name: &str, sums: &Sums) -> io::Result<()> {
        let name = encode_name(name);
        if let Some([sha256, sha512]) = &mut self.manifests {
            sha256.write(format!("{}  {name}\n", sums.sha256).as_bytes())?;
            sha512.write(format!("{}  {name}\n", sums.sha512).as_bytes())?;
        }
        Ok(())
    }

    pub(super) fn end(self) -> io::Result<Vec<(&'static str, Sums)>> {
        let ended = self.manifests.into_iter().flatten().zip(PAYLOAD);
        ended.map(|(file, name)| Ok((name, file.end()?))).collect()
    }
}

/// The tag manifests' lines by name: a handful, whatever the payload.
#[derive(Debug, Default)]
pub(super) struct Cover(BTreeMap<String, [String; 2]>);

impl Cover {
    pub(super) fn add(&mut self, name: &str, sums: &Sums) {
        self.0.insert(encode_name(name), [sums.sha256.clone(), sums.sha512.clone()]);
    }

    pub(super) fn sha256(&self) -> String {
        self.0.iter().map(|(name, [digest, _])| format!("{digest}  {name}\n")).collect()
    }

    pub(super) fn sha512(&self) -> String {
        self.0.iter().map(|(name, [_, digest])| format!("{digest}  {name}\n")).collect()
    }
}
