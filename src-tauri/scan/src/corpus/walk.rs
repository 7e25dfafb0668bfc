//! The walk through one shard: who is called, what is counted, what ends it.
//!
//! It must never stop at a bad member, nor keep one.

use std::io::{self, Read};

use super::name::{is_archive, leads_outside, shown};
use super::problem::fault_of;
use super::{Fault, Member, Problem, ShardKind, Step};

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

impl Limits {
    /// The most bytes so many packed ones may become.
    pub(super) fn most(&self, packed: u64) -> u64 {
        packed.saturating_mul(self.expansion).max(self.free_bytes).min(self.member_bytes)
    }
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

    /// How many of the shard's [`size_bytes`](super::Shard::size_bytes) the walk is through with, told
    /// after each member and at the end.
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

/// A member as a reader hands it to the walk.
pub(super) struct Found<'a> {
    pub(super) name: &'a [u8],
    /// Where its bytes lie in the container.
    pub(super) offset: u64,
    pub(super) steps: Vec<Step>,
    pub(super) size_hint: Option<u64>,
}

/// The state of a walk.
pub(super) struct Walk<'v> {
    pub(super) uri: &'v str,
    pub(super) limits: Limits,
    from: u64,
    next: u64,
    visitor: &'v mut dyn Visitor,
    ended: bool,
}

impl<'v> Walk<'v> {
    pub(super) fn new(uri: &'v str, from: u64, visitor: &'v mut dyn Visitor) -> Self {
        Self { uri, limits: Limits::default(), from, next: 0, visitor, ended: false }
    }

    /// Members counted so far.
    pub(super) const fn members(&self) -> u64 {
        self.next
    }

    /// Whether the visitor ended the walk.
    pub(super) const fn ended(&self) -> bool {
        self.ended
    }

    /// Whether the next member is to be read; if not, [`Walk::pass`] counts it.
    pub(super) const fn wants(&self) -> bool {
        self.next >= self.from
    }

    /// Counts a member that was handed out before.
    pub(super) const fn pass(&mut self) {
        self.next += 1;
    }

    pub(super) fn progress(&mut self, bytes: u64) {
        self.visitor.progress(bytes);
    }

    /// A problem of this shard.
    pub(super) fn fault(&self, fault: Fault) -> Problem {
        Problem::new(fault, self.uri)
    }

    /// Tells a problem, unless it lies before the place the walk resumes at.
    pub(super) fn tell(&mut self, problem: Problem) {
        if self.wants() {
            self.visitor.problem(problem);
        }
    }

    /// Tells what an error of a reader means for a member.
    pub(super) fn tell_error(&mut self, name: &[u8], offset: u64, error: &io::Error) {
        let (fault, detail) = fault_of(error);
        let mut problem = self.fault(fault).of(shown(name)).at(offset);
        if !detail.is_empty() {
            problem = problem.because(detail);
        }
        self.tell(problem);
    }

    /// Hands a member out in a shard that has members inside it. True when its bytes could not be
    /// read, which is then told.
    ///
    /// # Errors
    /// When the visitor failed.
    pub(super) fn give(&mut self, found: Found<'_>, bytes: &mut dyn Read) -> Result<bool, Problem> {
        let uri = self.uri;
        if self.wants() {
            self.remark(found.name, found.offset);
        }
        self.give_at(uri, found, bytes)
    }

    /// Tells what is odd about a name; the member is handed out all the same.
    fn remark(&mut self, name: &[u8], offset: u64) {
        let odd = [
            (Fault::Outside, leads_outside(name)),
            (Fault::Name, std::str::from_utf8(name).is_err()),
            (Fault::Nested, is_archive(name)),
        ];
        for (fault, _) in odd.into_iter().filter(|(_, is)| *is) {
            self.tell(self.fault(fault).of(shown(name)).at(offset));
        }
    }

    /// Hands a loose file out.
    ///
    /// # Errors
    /// When the visitor failed.
    pub(super) fn give_loose(
        &mut self,
        uri: &str,
        found: Found<'_>,
        bytes: &mut dyn Read,
    ) -> Result<bool, Problem> {
        if self.wants() {
            self.remark(found.name, found.offset);
        }
        self.give_at(uri, found, bytes)
    }

    /// Hands a member out whose outermost layer is `uri`, and whose name is no path.
    ///
    /// # Errors
    /// When the visitor failed.
    pub(super) fn give_at(
        &mut self,
        uri: &str,
        found: Found<'_>,
        bytes: &mut dyn Read,
    ) -> Result<bool, Problem> {
        if !self.wants() {
            self.pass();
            return Ok(false);
        }
        let mut guard = Guard { inner: bytes, error: None };
        let answer = self.visitor.member(Member {
            ordinal: self.next,
            steps: found.steps,
            uri: uri.to_owned(),
            size_hint: found.size_hint,
            bytes: &mut guard,
        });
        let met = guard.error;
        if let Some((fault, detail)) = met {
            let mut problem = self.fault(fault).of(shown(found.name)).at(found.offset);
            if !detail.is_empty() {
                problem = problem.because(detail);
            }
            self.tell(problem);
        }
        self.next += 1;
        match answer {
            Ok(true) => Ok(met.is_some()),
            Ok(false) => {
                self.ended = true;
                Ok(met.is_some())
            }
            Err(_) if met.is_some() => Ok(true),
            Err(error) => Err(self
                .fault(Fault::Receiver)
                .of(shown(found.name))
                .at(found.offset)
                .because(error.kind().to_string())),
        }
    }
}

/// Notes the fault of a member's reader, so that a visitor's own errors can be told from it.
struct Guard<'a> {
    inner: &'a mut dyn Read,
    error: Option<(Fault, &'static str)>,
}

impl Read for Guard<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.inner.read(out).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.error.get_or_insert(fault_of(error));
            }
        })
    }
}

/// Walks a container that is held in memory; for fuzzing and for tests. Loose files have no
/// container and give [`Fault::Foreign`].
///
/// # Errors
/// As [`Shard::walk`](super::Shard::walk).
pub fn walk_bytes(
    kind: ShardKind,
    bytes: &[u8],
    visitor: &mut dyn Visitor,
) -> Result<Walked, Problem> {
    let mut walk = Walk::new("memory", 0, visitor);
    match kind {
        ShardKind::Loose => Err(walk.fault(Fault::Foreign)),
        ShardKind::Tar => super::tar::walk(bytes, &mut walk),
        ShardKind::Zip => super::zip::walk(io::Cursor::new(bytes), &mut walk),
        ShardKind::Warc => super::warc::walk(bytes, &mut walk),
        ShardKind::Parquet => {
            super::parquet::walk(bytes::Bytes::copy_from_slice(bytes), bytes, &mut walk)
        }
    }
}
