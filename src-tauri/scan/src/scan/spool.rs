//! Records that wait for their turn: in memory while they are few, else in an unnamed file, sealed with a key that only
//! this process has.
//!
//! It must never leave anything that can be read after the process has gone.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::PathBuf;

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is held in memory before it goes to the file.
const HELD: usize = 1 << 20;

/// Records in the order they came.
pub(super) struct Spool {
    folder: PathBuf,
    held: Vec<u8>,
    file: Option<Sealed>,
}

struct Sealed {
    file: File,
    cipher: XChaCha20Poly1305,
    pieces: u64,
}

impl Spool {
    /// Empty; its file, if it needs one, in this folder.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, held: Vec::new(), file: None }
    }

    pub(super) fn push(&mut self, record: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.held, record)?;
        self.held.push(b'\n');
        if self.held.len() >= HELD {
            if self.file.is_none() {
                self.file = Some(Sealed::new(&self.folder)?);
            }
            if let Some(file) = &mut self.file {
                file.write(&self.held)?;
            }
            self.held.clear();
        }
        Ok(())
    }

    /// Hands the records over in their order, so many at a time.
    pub(super) fn drain<T: DeserializeOwned, E: From<io::Error>>(
        self,
        at_a_time: usize,
        mut take: impl FnMut(Vec<T>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut waiting = Vec::new();
        let mut piece = |bytes: &[u8]| -> Result<(), E> {
            for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                waiting.push(serde_json::from_slice(line).map_err(io::Error::from)?);
                if waiting.len() >= at_a_time {
                    take(std::mem::take(&mut waiting))?;
                }
            }
            Ok(())
        };
        if let Some(mut file) = self.file {
            file.file.rewind()?;
            for number in 0..file.pieces {
                piece(&file.read(number)?)?;
            }
        }
        piece(&self.held)?;
        if waiting.is_empty() { Ok(()) } else { take(waiting) }
    }
}

impl Sealed {
    fn new(folder: &std::path::Path) -> io::Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_| io::Error::other("no randomness"))?;
        let cipher = XChaCha20Poly1305::new(&Key::from(key));
        Ok(Self { file: tempfile::tempfile_in(folder)?, cipher, pieces: 0 })
    }

    /// Each key seals one file, so a piece's number is nonce enough.
    fn nonce(number: u64) -> XNonce {
        let mut nonce = [0; 24];
        if let Some(head) = nonce.first_chunk_mut() {
            *head = number.to_le_bytes();
        }
        XNonce::from(nonce)
    }

    fn write(&mut self, plain: &[u8]) -> io::Result<()> {
        let sealed = self.cipher.encrypt(&Self::nonce(self.pieces), plain).map_err(broken)?;
        self.pieces += 1;
        self.file.write_all(&(sealed.len() as u64).to_le_bytes())?;
        self.file.write_all(&sealed)
    }

    fn read(&mut self, number: u64) -> io::Result<Vec<u8>> {
        let mut length = [0; 8];
        self.file.read_exact(&mut length)?;
        let mut sealed = Vec::new();
        Read::by_ref(&mut self.file).take(u64::from_le_bytes(length)).read_to_end(&mut sealed)?;
        self.cipher.decrypt(&Self::nonce(number), sealed.as_slice()).map_err(broken)
    }
}

fn broken(_: chacha20poly1305::aead::Error) -> io::Error {
    io::Error::other("records that waited cannot be read back")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_in_order_and_the_file_does_not_show_them() {
        let dir = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(dir.path().to_owned());
        let records: Vec<String> = (0..5_000).map(|n| format!("{n:0>700}")).collect();
        for record in &records {
            spool.push(record).unwrap();
        }
        let mut file = spool.file.as_ref().unwrap().file.try_clone().unwrap();
        file.rewind().unwrap();
        let mut sealed = Vec::new();
        file.read_to_end(&mut sealed).unwrap();
        assert!(sealed.len() > HELD);
        assert!(!sealed.windows(24).any(|window| window == [b'0'; 24]));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "it has no name");
        let mut back: Vec<String> = Vec::new();
        let mut shares = Vec::new();
        spool
            .drain::<String, io::Error>(999, |share| {
                shares.push(share.len());
                back.extend(share);
                Ok(())
            })
            .unwrap();
        assert_eq!(back, records);
        assert_eq!(shares, [999, 999, 999, 999, 999, 5]);
    }
}
