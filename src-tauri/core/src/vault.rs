//! Sealed originals: one age file per item, named by BLAKE3, under `vault/`.
//!
//! Sealing needs only the public recipient; opening needs the identity, and the opened bytes exist only as
//! [`UntrustedBytes`]. It must never write plaintext to disk, nor log, nor name a file by anything but a digest.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};
use zeroize::Zeroizing;

use crate::account::keyring::random;
use crate::airlock::UntrustedBytes;
use crate::error::{Error, Result};
use crate::hash::{Digests, Hasher};

/// Largest original the vault opens, in bytes. Larger ones stay sealed and are judged by their hashes.
pub const MAX_OPEN: u64 = 256 * 1024 * 1024;
/// Bytes of an original that the courier is handed at a time.
const CHUNK: usize = 256 * 1024;

/// At least the header of a sealed file, in bytes: one recipient's line, a few of padding at most, and the check over them.
const HEADER: usize = 4_096;

/// The folder of sealed originals, with the keys to seal and to open.
pub struct Vault {
    dir: PathBuf,
    recipient: Recipient,
    identity: Identity,
}

/// An item that was sealed but not yet kept. Dropped, it leaves nothing behind.
pub(crate) struct Sealing<'a> {
    vault: &'a Vault,
    unfinished: Unfinished,
    digests: Digests,
}

impl Sealing<'_> {
    /// Digests of the plain bytes.
    pub(crate) fn digests(&self) -> &Digests {
        &self.digests
    }

    /// Puts the item into the vault under its name. One that is there already is replaced by the same content: it may
    /// stem from a run that a power cut ended before it was settled.
    ///
    /// One that was destroyed is not kept again; its digests are answered all the same.
    pub(crate) fn keep(self) -> Result<Digests> {
        if self.vault.destroyed(&self.digests.blake3) {
            return Ok(self.digests);
        }
        let path = self.vault.path(&self.digests.blake3);
        fs::create_dir_all(path.parent().unwrap_or(&self.vault.dir))?;
        fs::rename(&self.unfinished.0, &path)?;
        Ok(self.digests)
    }
}

struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Gone already when it was kept.
        let _ = fs::remove_file(&self.0);
    }
}

/// A new pair of keys as the stock `age` tool writes them: identity (secret), recipient (public).
pub fn generate_keys() -> (String, String) {
    let identity = Identity::generate();
    (identity.to_string().expose_secret().to_owned(), identity.to_public().to_string())
}

impl Vault {
    /// The vault in `dir` with its identity, as `AGE-SECRET-KEY-1…`.
    pub fn new(dir: &Path, identity: &str) -> Result<Self> {
        let identity = Identity::from_str(identity).map_err(|_| {
            Error::store("VAULT-01", "The vault's key in this store is not an age key.")
        })?;
        Ok(Self { dir: dir.to_owned(), recipient: identity.to_public(), identity })
    }

    fn path(&self, blake3: &[u8; 32]) -> PathBuf {
        let name = hex::encode(blake3);
        let (first, rest) = name.split_at(2);
        self.dir.join(first).join(format!("{rest}.age"))
    }

    /// Whether the item is sealed here.
    pub fn holds(&self, blake3: &[u8; 32]) -> bool {
        self.path(blake3).is_file()
    }

    /// Whether the item was destroyed here: its bytes are not kept again.
    pub fn destroyed(&self, blake3: &[u8; 32]) -> bool {
        self.path(blake3).with_extension("destroyed").is_file()
    }

    /// Destroys a sealed item: notes that it is not to be kept again, overwrites the header that holds its file key,
    /// unlinks it, and returns once that would survive a power cut. May be repeated after a crash at any point.
    pub(crate) fn destroy(&self, blake3: &[u8; 32]) -> Result<()> {
        let path = self.path(blake3);
        let folder = path.parent().unwrap_or(&self.dir);
        fs::create_dir_all(folder)?;
        File::create(path.with_extension("destroyed"))?.sync_all()?;
        File::open(folder)?.sync_all()?;
        match File::options().write(true).open(&path) {
            Ok(mut file) => {
                let length = usize::try_from(file.metadata()?.len()).unwrap_or(HEADER).min(HEADER);
                let noise: [u8; HEADER] = random()?;
                file.write_all(noise.get(..length).unwrap_or(&noise))?;
                file.sync_all()?;
                fs::remove_file(&path)?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        File::open(folder)?.sync_all()?;
        Ok(())
    }

    /// Reads `from` to its end once, digesting and sealing it on the way. Nothing is kept until [`Sealing::keep`].
    /// The outer error is the vault's, the inner one the reader's.
    pub(crate) fn seal(&self, mut from: impl Read) -> Result<std::io::Result<Sealing<'_>>> {
        fs::create_dir_all(&self.dir)?;
        // Only ciphertext ever reaches this file; the name without a digest says that it is unfinished.
        let unfinished = Unfinished(self.dir.join(format!(".{}.unfinished", uuid::Uuid::now_v7())));
        let recipient = std::iter::once(&self.recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipient).map_err(|error| {
            Error::store("VAULT-02", "The item could not be sealed.").caused_by(error)
        })?;
        let mut writer = encryptor.wrap_output(BufWriter::new(File::create(&unfinished.0)?))?;
        let mut hasher = Hasher::new();
        let mut chunk = Zeroizing::new(vec![0; 64 * 1024]);
        loop {
            let read = match from.read(&mut chunk) {
                Ok(read) => read,
                Err(error) => return Ok(Err(error)),
            };
            let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            hasher.update(bytes);
            writer.write_all(bytes)?;
        }
        writer.finish()?.flush()?;
        Ok(Ok(Sealing { vault: self, unfinished, digests: hasher.finish() }))
    }

    /// Removes what a killed import left unfinished. Called only while no import can be running.
    pub(crate) fn sweep(&self) -> Result<()> {
        let Ok(entries) = fs::read_dir(&self.dir) else { return Ok(()) };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().ends_with(".unfinished") {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Returns once everything kept so far would survive a power cut.
    pub(crate) fn settle(&self) -> Result<()> {
        if self.dir.is_dir() {
            rustix::fs::syncfs(File::open(&self.dir)?).map_err(std::io::Error::from)?;
        }
        Ok(())
    }

    /// Seals an item anew, to others: from ciphertext to ciphertext, in chunks that are wiped. The plain bytes never leave
    /// this function, and what came out is worth nothing unless it ends well: only then was the whole item the right one.
    /// Answers the size of the plain bytes.
    pub(crate) fn reseal(
        &self,
        blake3: &[u8; 32],
        to: &[Recipient],
        out: impl Write,
    ) -> Result<u64> {
        let file = File::open(self.path(blake3)).map_err(|error| gone().caused_by(error))?;
        let mut reader = self.decrypted(file)?;
        let recipients = to.iter().map(|recipient| recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).map_err(|error| {
            Error::store("VAULT-02", "The item could not be sealed.").caused_by(error)
        })?;
        let mut writer = encryptor.wrap_output(out)?;
        let mut hasher = blake3::Hasher::new();
        let mut length = 0;
        let mut chunk = Zeroizing::new(vec![0; 64 * 1024]);
        loop {
            let read = reader.read(&mut chunk).map_err(|error| damaged().caused_by(error))?;
            let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            hasher.update(bytes);
            length += bytes.len() as u64;
            writer.write_all(bytes)?;
        }
        writer.finish()?.flush()?;
        if hasher.finalize() != *blake3 {
            return Err(damaged());
        }
        Ok(length)
    }

    /// Reads a sealed item to its end and digests it, a piece at a time, however large it is. `None`: it is not here.
    pub(crate) fn digest_again(&self, blake3: &[u8; 32]) -> Result<Option<Digests>> {
        let file = match File::open(self.path(blake3)) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut reader = self.decrypted(file)?;
        let mut hasher = Hasher::new();
        let mut chunk = Zeroizing::new(vec![0; 64 * 1024]);
        loop {
            let read = reader.read(&mut chunk).map_err(|error| damaged().caused_by(error))?;
            let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            hasher.update(bytes);
        }
        Ok(Some(hasher.finish()))
    }

    /// Opens a sealed item for the airlock.
    pub(crate) fn open(&self, blake3: &[u8; 32]) -> Result<UntrustedBytes> {
        let file = File::open(self.path(blake3)).map_err(|error| gone().caused_by(error))?;
        // The sealed file is a little longer than its content, so the buffer never moves and leaves no copy behind.
        let length =
            file.metadata().map_err(|error| gone().caused_by(error))?.len().min(MAX_OPEN + 1);
        let reader = self.decrypted(file)?;
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        reader
            .take(MAX_OPEN + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| damaged().caused_by(error))?;
        // Taken into the type that wipes itself before anything can fail.
        let bytes = UntrustedBytes::new(bytes);
        if bytes.len() > MAX_OPEN {
            return Err(Error::refused(
                "VAULT-05",
                "The original is too large to be veiled. Judge it by its hashes.",
            ));
        }
        if &bytes.blake3() != blake3 {
            return Err(damaged());
        }
        Ok(bytes)
    }

    /// Opens a sealed item of any size for the courier, chunk by chunk, until `give` wants no more. Answers how many bytes
    /// it was, having held them against their name.
    pub(crate) fn pour(
        &self,
        blake3: &[u8; 32],
        mut give: impl FnMut(UntrustedBytes) -> bool,
    ) -> Result<u64> {
        let file = File::open(self.path(blake3)).map_err(|error| gone().caused_by(error))?;
        let mut reader = self.decrypted(file)?;
        let mut hasher = blake3::Hasher::new();
        let mut poured = 0;
        loop {
            let mut bytes = Vec::with_capacity(CHUNK);
            let read = reader.by_ref().take(CHUNK as u64).read_to_end(&mut bytes);
            hasher.update(&bytes);
            // Taken into the type that wipes itself before anything can fail.
            let chunk = UntrustedBytes::new(bytes);
            let read = read.map_err(|error| damaged().caused_by(error))?;
            if read == 0 {
                break;
            }
            poured += read as u64;
            if !give(chunk) {
                return Ok(poured);
            }
        }
        if hasher.finalize().as_bytes() == blake3 { Ok(poured) } else { Err(damaged()) }
    }

    fn decrypted(&self, file: File) -> Result<impl Read> {
        let decryptor = age::Decryptor::new_buffered(std::io::BufReader::new(file))
            .map_err(|error| damaged().caused_by(error))?;
        decryptor
            .decrypt(std::iter::once(&self.identity as &dyn age::Identity))
            .map_err(|error| damaged().caused_by(error))
    }
}

/// Public age keys (`age1…`) of those an item is to be sealed to: at least one, each once.
pub(crate) fn recipients(keys: &[String]) -> Result<Vec<Recipient>> {
    let mut seen = std::collections::BTreeSet::new();
    let known: Option<Vec<Recipient>> =
        keys.iter().map(|key| Recipient::from_str(key).ok().filter(|_| seen.insert(key))).collect();
    known.filter(|known| !known.is_empty()).ok_or_else(|| {
        Error::usage(
            "VAULT-06",
            "Recipients are public age keys, age1 and 58 more characters, each named once. Ask those who are to read them for theirs.",
        )
    })
}

fn gone() -> Error {
    Error::store(
        "VAULT-03",
        "The sealed original of this item is not in the vault. Judge it by its hashes, and tell the custodian.",
    )
}

fn damaged() -> Error {
    Error::store(
        "VAULT-04",
        "The sealed original of this item cannot be opened: it is damaged or sealed to another key.",
    )
}
