//! The store key, wrapped once per account under a key made from its passphrase (Argon2id, RFC 9106; XChaCha20-Poly1305).
//!
//! It lies beside the store as `keyring.json` and holds nothing that is secret by itself. It must never hold a role:
//! roles live inside the encrypted store.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::{Error, Result};

const FILE: &str = "keyring.json";
/// RFC 9106 §4, second recommended option: 64 MiB, 3 passes; one lane, since unlocking is rare and machines are small.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// Shortest passphrase, in characters.
pub const MIN_PASSPHRASE: usize = 12;

/// A passphrase on its way to the key derivation; wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Passphrase(String);

impl Passphrase {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Refuses one that is too short for a new account.
    pub fn check_strength(&self) -> Result<()> {
        if self.0.chars().count() >= MIN_PASSPHRASE {
            return Ok(());
        }
        Err(Error::usage(
            "ACCOUNT-02",
            format!("A passphrase has at least {MIN_PASSPHRASE} characters."),
        ))
    }
}

/// The key of the store file; wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct StoreKey([u8; 32]);

impl StoreKey {
    /// A new random key.
    pub fn generate() -> Result<Self> {
        Ok(Self(random()?))
    }

    /// SQLCipher's raw-key form, quotes included: `"x'…64 hex…'"`.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(hex::encode(self.0));
        Zeroizing::new(format!("\"x'{}'\"", *digits))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped {
    name: String,
    memory_kib: u32,
    passes: u32,
    salt: String,
    nonce: String,
    wrapped: String,
}

/// The wrapped keys of all accounts, in the order they were added.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keyring {
    version: u32,
    accounts: Vec<Wrapped>,
}

impl Keyring {
    /// No accounts yet.
    pub fn new() -> Self {
        Self { version: 1, accounts: Vec::new() }
    }

    /// Reads `keyring.json` of a store folder.
    pub fn read(store: &Path) -> Result<Self> {
        let text = fs::read(store.join(FILE)).map_err(|error| {
            Error::store(
                "STORE-01",
                "There is no workspace in this folder. Make one with casectl init.",
            )
            .caused_by(error)
        })?;
        let damaged = || {
            Error::store(
                "KEYS-01",
                "keyring.json is damaged. Put back a copy; without it nobody can unlock.",
            )
        };
        let ring: Self =
            serde_json::from_slice(&text).map_err(|error| damaged().caused_by(error))?;
        if ring.version != 1 {
            return Err(Error::store(
                "STORE-04",
                "This workspace was made by a newer Casement. Update this one.",
            ));
        }
        Ok(ring)
    }

    /// Writes it whole or not at all.
    pub fn write(&self, store: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).map_err(|error| {
            Error::store("KEYS-01", "keyring.json could not be written.").caused_by(error)
        })?;
        let unfinished = store.join(format!(".{FILE}.unfinished"));
        let mut file = File::create(&unfinished)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&unfinished, store.join(FILE))?;
        File::open(store)?.sync_all()?;
        Ok(())
    }

    /// Names that can unlock.
    pub fn names(&self) -> Vec<String> {
        self.accounts.iter().map(|account| account.name.clone()).collect()
    }

    /// Wraps the store key for one more account.
    pub fn add(&mut self, name: &str, passphrase: &Passphrase, key: &StoreKey) -> Result<()> {
        super::check_name(name)?;
        passphrase.check_strength()?;
        if self.accounts.iter().any(|account| account.name == name) {
            return Err(Error::usage("ACCOUNT-03", "There is an account of this name already."));
        }
        let salt: [u8; 16] = random()?;
        let nonce: [u8; 24] = random()?;
        let wrapping = derive(passphrase, &salt, MEMORY_KIB, PASSES)?;
        let wrapped = XChaCha20Poly1305::new(&Key::from(*wrapping))
            .encrypt(&XNonce::from(nonce), Payload { msg: &key.0, aad: name.as_bytes() })
            .map_err(|_| Error::store("KEYS-02", "The store key could not be wrapped."))?;
        self.accounts.push(Wrapped {
            name: name.to_owned(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: STANDARD.encode(salt),
            nonce: STANDARD.encode(nonce),
            wrapped: STANDARD.encode(wrapped),
        });
        Ok(())
    }

    /// Takes an account's wrapped key out, if there is one.
    pub fn forget(&mut self, name: &str) {
        self.accounts.retain(|account| account.name != name);
    }

    /// Unwraps the store key. A wrong name and a wrong passphrase answer the same, after the same work.
    pub fn unlock(&self, name: &str, passphrase: &Passphrase) -> Result<StoreKey> {
        let wrong = || {
            Error::store(
                "UNLOCK-01",
                "This account and passphrase do not open the workspace. Check both; nothing was changed.",
            )
        };
        let account = self.accounts.iter().find(|account| account.name == name);
        let Some(account) = account else {
            derive(passphrase, &[0; 16], MEMORY_KIB, PASSES)?;
            return Err(wrong());
        };
        let bytes = |text: &str| STANDARD.decode(text).map_err(|_| wrong());
        let salt = bytes(&account.salt)?;
        let nonce: [u8; 24] = bytes(&account.nonce)?.try_into().map_err(|_| wrong())?;
        let wrapping = derive(passphrase, &salt, account.memory_kib, account.passes)?;
        let key = XChaCha20Poly1305::new(&Key::from(*wrapping))
            .decrypt(
                &XNonce::from(nonce),
                Payload { msg: &bytes(&account.wrapped)?, aad: name.as_bytes() },
            )
            .map(Zeroizing::new)
            .map_err(|_| wrong())?;
        Ok(StoreKey(key.as_slice().try_into().map_err(|_| wrong())?))
    }
}

impl Default for Keyring {
    fn default() -> Self {
        Self::new()
    }
}

fn derive(
    passphrase: &Passphrase,
    salt: &[u8],
    memory: u32,
    passes: u32,
) -> Result<Zeroizing<[u8; 32]>> {
    // An attacker who can write this file must not be able to make unlocking eat all memory.
    let params = Params::new(memory.min(1024 * 1024), passes.min(16), 1, Some(32))
        .map_err(|_| Error::store("KEYS-01", "keyring.json is damaged. Put back a copy."))?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.0.as_bytes(), salt, key.as_mut_slice())
        .map_err(|_| Error::store("KEYS-01", "keyring.json is damaged. Put back a copy."))?;
    Ok(key)
}

/// Random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|_| Error::machine("RANDOM-01", "The operating system gave no random bytes."))?;
    Ok(bytes)
}
