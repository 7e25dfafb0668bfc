//! The digests of a sealed original taken again, from its bytes, before a report says them.
//!
//! The bytes pass through a hasher a piece at a time. It must never keep, show or write one of them.

use serde::Serialize;

use crate::vault::Vault;
use crate::wire::ItemFacts;

/// What reading a sealed original again gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reread {
    /// Nobody has read it yet: a preview opens no original.
    #[default]
    NotYet,
    /// SHA-256, SHA-1, MD5, BLAKE3 and size are those recorded.
    Same,
    /// They are not.
    Differs,
    /// The vault has no original of this item.
    NotHeld,
    /// The vault has one that cannot be opened: damaged, or sealed to another key.
    Unreadable,
}

impl Reread {
    /// For the reader of a report.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::NotYet => "not taken again since import",
            Self::Same => "taken again from the sealed bytes at sealing, and the same",
            Self::Differs => "taken again from the sealed bytes at sealing, and not the same",
            Self::NotHeld => "not taken again: the bytes are no longer held",
            Self::Unreadable => "not taken again: the sealed bytes cannot be opened",
        }
    }
}

/// Reads the original of an item to its end and compares. Takes as long as the file is large: not for an async thread.
pub(crate) fn reread(vault: &Vault, item: &ItemFacts) -> Reread {
    let mut blake3 = [0; 32];
    if hex::decode_to_slice(&item.blake3, &mut blake3).is_err() {
        return Reread::NotHeld;
    }
    match vault.digest_again(&blake3) {
        Ok(None) => Reread::NotHeld,
        Err(_) => Reread::Unreadable,
        Ok(Some(read)) => {
            let same = hex::encode(read.sha256) == item.sha256
                && hex::encode(read.sha1) == item.sha1
                && hex::encode(read.md5) == item.md5
                && read.blake3 == blake3
                && read.size_bytes == item.size_bytes;
            if same { Reread::Same } else { Reread::Differs }
        }
    }
}
