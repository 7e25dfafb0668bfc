//! The walk through one shard: who is called, what is counted, what ends it.
//!
//! It must never stop at a bad member, nor keep one.

use super::{Member, Problem, ShardKind, io};

/// Bounds that an honest corpus does not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes one compressed member may expand to.
    pub member_bytes: u64,
    /// Up to so many bytes a member may expand by any ratio.
    pub free_bytes: u64,
    /// Beyond them, the most bytes out for one byte in.
    pub expansion: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { member_bytes: 2 << 30, free_bytes: 32 << 20, expansion: 200 }
    }
}

/// Takes what a walk meets.
pub trait Visitor {
    /// The next member. `false` ends the walk after it.
    ///
    /// # Errors
    /// An error of `member.bytes` becomes a problem of that member, and the walk goes on. Any other
    /// error ends the walk.
    fn member(&mut self, member: Member<'_>) -> io::Result<bool>;

    /// Something that could not be read as it should.
    fn problem(&mut self, problem: Problem);

    /// How many of the shard's [`size_bytes`](super::Shard::size_bytes) the walk is through with,
    /// told after each member and at the end.
    fn progress(&mut self, bytes: u64) {
        let _ = bytes;
    }
}

/// What a walk came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walked {
    /// Digest of the container; `None` for loose files, and when the visitor ended the walk.
    pub sha256: Option<[u8; 32]>,
    /// Size of the container, or of the loose files together.
    pub size_bytes: u64,
    /// Members counted, those before `from` included.
    pub members: u64,
    /// Whether the walk reached the end of the shard.
    pub complete: bool,
}

/// Walks a container that is held in memory; for fuzzing and for tests.
///
/// # Errors
/// As [`Shard::walk`](super::Shard::walk).
pub fn walk_bytes(
    kind: ShardKind,
    bytes: &[u8],
    visitor: &mut dyn Visitor,
) -> Result<Walked, Problem> {
    let _ = (kind, bytes, visitor);
    Err(Problem::new(super::Fault::Foreign, ""))
}
