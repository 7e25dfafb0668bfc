//! Originals that a scan seals straight into the vault, for the import that takes in its finds.
//!
//! It must never hold or write plain bytes.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::find::Object;
use crate::console::Console;
use crate::error::Result;
use crate::hash::Digests;
use crate::vault::Vault;

/// What was sealed, by SHA-256. Clones are handles on the same deposit. About 200 bytes for each distinct content.
#[derive(Clone)]
pub struct Deposit {
    vault: Arc<Vault>,
    sealed: Arc<Mutex<HashMap<[u8; 32], Digests>>>,
}

impl Deposit {
    /// Into the vault of this workspace. Begin the import first: it removes what an earlier one left unfinished.
    pub fn new(console: &Console) -> Self {
        Self { vault: console.vault().clone(), sealed: Arc::default() }
    }

    /// Seals one content, read to its end, and remembers its digests. The inner error is the reader's.
    ///
    /// # Errors
    /// When the vault cannot be written.
    pub fn keep(&self, bytes: impl Read) -> Result<io::Result<Digests>> {
        let sealing = match self.vault.seal(bytes)? {
            Ok(sealing) => sealing,
            Err(error) => return Ok(Err(error)),
        };
        let digests = sealing.keep()?;
        let mut sealed = self.sealed.lock().unwrap_or_else(PoisonError::into_inner);
        sealed.insert(digests.sha256, digests.clone());
        Ok(Ok(digests))
    }

    /// Digests of the content a find is about, if it was sealed here.
    pub(super) fn digests(&self, object: &Object) -> Option<Digests> {
        let mut sha256 = [0; 32];
        hex::decode_to_slice(&object.digests.sha256, &mut sha256).ok()?;
        self.sealed.lock().unwrap_or_else(PoisonError::into_inner).get(&sha256).cloned()
    }
}
