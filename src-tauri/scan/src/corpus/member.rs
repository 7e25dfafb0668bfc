//! One file content met on a walk, and what is kept of it when it matched.
//!
//! It must never hold the bytes.

use std::io::Read;

use super::{Digests, Step};

/// One file content, streamed: nobody holds it whole unless the visitor chooses to.
pub struct Member<'a> {
    /// Its number in the shard, from 0, counting the members that are handed out. The same file
    /// always gives the same numbers.
    pub ordinal: u64,
    /// Its place inside the container, without digests. Empty when the shard is a folder of loose
    /// files: then the file named by `uri` is the outermost layer itself.
    pub steps: Vec<Step>,
    /// Where the outermost layer lies: the shard's uri, or the loose file's own.
    pub uri: String,
    /// Size in bytes when the container says it beforehand.
    pub size_hint: Option<u64>,
    /// The bytes. An error met here is to be passed on with `?`; the walk tells it as a problem of
    /// this member and goes on. What is not read is passed over.
    pub bytes: &'a mut dyn Read,
}

/// A member that matched, as the scan remembers it until its shard is done.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberRef {
    /// [`Member::uri`].
    pub uri: String,
    /// [`Member::steps`].
    pub steps: Vec<Step>,
    /// Digests of the member's bytes. MD5 and SHA-512 are compared with what sidecars kept of the
    /// fetched bytes, so give those that are at hand.
    pub digests: Digests,
    pub size_bytes: u64,
    /// The first bytes, 32 are enough: they tell the media type.
    pub head: Vec<u8>,
}
