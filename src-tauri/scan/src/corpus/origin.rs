//! What a shard's headers and sidecars tell of a member, in the words of `find/v1`.
//!
//! It must never leave a fact silently absent, nor state one nobody recorded.

use super::{Acquisition, BytesAre, Digests, Embedded, Missing, Step};

/// All a find needs of where its bytes come from, save the dataset's own facts (id, version,
/// supplier), which only the person who runs the scan knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// The finished locator steps, outermost first, each with its own digest; last, where there is
    /// one, the row of a sidecar that describes the bytes.
    pub steps: Vec<Step>,
    pub acquisition: Acquisition,
    pub bytes_are: BytesAre,
    pub as_fetched_digests: Option<Digests>,
    /// By the first bytes, never by the name.
    pub media_type: Option<String>,
    /// Width and height of the stored picture as the sidecar has them.
    pub width: Option<u64>,
    pub height: Option<u64>,
    pub embedded: Embedded,
    /// Every fact of the acquisition that is absent, and `object.as_fetched_digests` where
    /// `find/v1` asks for it.
    pub missing: Vec<Missing>,
    /// Remarks on how the facts were come by, without content.
    pub notes: Vec<String>,
}
