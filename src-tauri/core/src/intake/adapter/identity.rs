//! The identity of a find that no scanner minted one for.
//!
//! The same answer about the same bytes at the same place is the same find, whenever it is imported; the same answer about
//! another place is another. It must never depend on the time or the place of the import.

use sha1::{Digest, Sha1};
use uuid::{Builder, Uuid, uuid};

/// Of finds made by adapters.
const NAMESPACE: Uuid = uuid!("b1f3d4a8-6c57-4d0e-9a35-27d8f05e1c94");

/// A UUID of version 5 (RFC 9562 §5.5) over the parts, each with its length before it.
pub(super) fn find_id<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Uuid {
    let mut hasher = Sha1::new();
    hasher.update(NAMESPACE.as_bytes());
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let digest: [u8; 20] = hasher.finalize().into();
    let mut bytes = [0; 16];
    for (byte, of) in bytes.iter_mut().zip(digest) {
        *byte = of;
    }
    Builder::from_sha1_bytes(bytes).into_uuid()
}
