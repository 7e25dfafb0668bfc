//! The store's key, unwrapped here a second time from what is written about `keyring.json`, to look into a store file
//! without the console: Argon2id over the passphrase, then XChaCha20-Poly1305 with the account's name as context.

use std::fs;
use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde_json::Value;

/// SQLCipher's raw-key form of the key, as one account holds it.
pub fn store_key(store: &Path, name: &str, passphrase: &str) -> String {
    let ring: Value =
        serde_json::from_slice(&fs::read(store.join("keyring.json")).unwrap()).unwrap();
    let account = ring["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|account| account["name"] == name)
        .unwrap();
    let bytes = |field: &str| STANDARD.decode(account[field].as_str().unwrap()).unwrap();
    let number = |field: &str| u32::try_from(account[field].as_u64().unwrap()).unwrap();
    let mut wrapping = [0; 32];
    let params = Params::new(number("memory_kib"), number("passes"), 1, Some(32)).unwrap();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), &bytes("salt"), &mut wrapping)
        .unwrap();
    let nonce: [u8; 24] = bytes("nonce").try_into().unwrap();
    let key = XChaCha20Poly1305::new(&Key::from(wrapping))
        .decrypt(&XNonce::from(nonce), Payload { msg: &bytes("wrapped"), aad: name.as_bytes() })
        .unwrap();
    format!("\"x'{}'\"", hex::encode(key))
}
