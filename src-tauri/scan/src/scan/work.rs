//! One shard: every member digested, compared, and put into quarantine when it matched.
//!
//! It must never hold more than one member, nor look at one that has no bytes: the digest of nothing names nothing.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::atomic::Ordering;

use casement_core::airlock::{Airlock, PdqWorker, Refusal};
use casement_core::hash::{self, Algorithm, Hasher};
use casement_core::intake::find;
use casement_core::{Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use super::fetched::Fetched;
use super::quarantine::Quarantine;
use super::spool::Spool;
use super::{Counts, HELD, Trouble, Watch};
use crate::corpus::{Fault, Member, Problem, Shard, Visitor, Walked, media_type};
use crate::list::Value;
use crate::matching::{Found, Matcher, Needs};

/// Problems of one shard that are told one by one; the rest is counted.
const TOLD: usize = 100;
/// First bytes of a member that tell what it is.
const HEAD: usize = 32;

/// A member that matched, until its shard is done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Draft {
    pub(super) uri: String,
    pub(super) steps: Vec<find::Step>,
    pub(super) digests: find::Digests,
    pub(super) size_bytes: u64,
    pub(super) head: Vec<u8>,
    pub(super) matches: Vec<find::Match>,
    pub(super) more: u64,
    /// Width and height as the decoder saw them.
    pub(super) picture: Option<(u32, u32)>,
}

/// A shard that was walked to its end.
pub(super) struct Done {
    pub(super) walked: Option<Walked>,
    /// It could not be read for a reason that may lie outside it: the next run reads it again.
    pub(super) unread: bool,
    pub(super) drafts: Spool,
    pub(super) counts: Counts,
    pub(super) troubles: Vec<Trouble>,
}

/// What one thread keeps from shard to shard.
pub(super) struct Bench<'a> {
    pub(super) matcher: &'a Matcher,
    pub(super) quarantine: &'a Quarantine,
    pub(super) watch: &'a Watch,
    needs: Needs,
    worker: Option<PdqWorker>,
    buffer: Zeroizing<Vec<u8>>,
}

impl<'a> Bench<'a> {
    /// With a decoder of its own where one is needed.
    pub(super) fn new(
        matcher: &'a Matcher,
        quarantine: &'a Quarantine,
        watch: &'a Watch,
        airlock: Option<&Airlock>,
    ) -> Result<Self> {
        let needs = matcher.needs();
        let worker = match airlock.filter(|_| needs.pdq) {
            Some(airlock) => Some(PdqWorker::start(airlock)?),
            None => None,
        };
        Ok(Self { matcher, quarantine, watch, needs, worker, buffer: Zeroizing::new(Vec::new()) })
    }

    /// Walks a shard. `None` when the scan was stopped in the middle.
    pub(super) fn shard(&mut self, shard: &Shard, spool: Spool) -> Result<Option<Done>> {
        let mut walk = Walk {
            fetched: Fetched::default(),
            drafts: spool,
            counts: Counts::default(),
            troubles: Vec::new(),
            through: 0,
            again: BTreeMap::new(),
            failed: None,
            stopped: false,
            bench: self,
            shard,
        };
        match Fetched::of(shard, walk.bench.matcher) {
            Ok(fetched) => walk.fetched = fetched,
            Err(_) => walk.trouble(
                "SCAN-12",
                shard.uri.clone(),
                "The digests of fetched bytes kept beside this shard cannot be read, or name no member, so no list was held against them.",
            ),
        }
        let walked = shard.walk(0, &mut walk);
        if let Some(error) = walk.failed.take() {
            return Err(error);
        }
        if walk.stopped {
            return Ok(None);
        }
        let unread = matches!(&walked, Err(problem) if problem.fault == Fault::Unreadable);
        let walked = match walked {
            Ok(walked) => Some(walked),
            Err(problem) => {
                walk.problem(problem);
                None
            }
        };
        if let Some(first) = walk.again.keys().next().copied() {
            let mut again = Again { of: std::mem::take(&mut walk.again), walk: &mut walk };
            let ended = shard.walk(first, &mut again);
            let left = again.of.len();
            if let Some(error) = walk.failed.take() {
                return Err(error);
            }
            if ended.is_err() || left > 0 {
                walk.trouble("SCAN-10", shard.uri.clone(), CHANGED);
            }
        }
        // The rest of the shard, where its end was cut off.
        walk.progress(shard.size_bytes);
        let (drafts, counts, troubles) = (walk.drafts, walk.counts, walk.troubles);
        Ok(Some(Done { walked, unread, drafts, counts, troubles }))
    }
}

const CHANGED: &str = "A large member that matched could not be read a second time, so its bytes are not in quarantine. \
                       Scan the shard again while nothing writes to it.";

struct Walk<'a, 'b> {
    bench: &'a mut Bench<'b>,
    shard: &'a Shard,
    fetched: Fetched,
    drafts: Spool,
    counts: Counts,
    troubles: Vec<Trouble>,
    /// Bytes of the shard that progress knows of.
    through: u64,
    /// Members to be read again, with their SHA-256.
    again: BTreeMap<u64, String>,
    /// Why the whole scan must end.
    failed: Option<Error>,
    stopped: bool,
}

impl Walk<'_, '_> {
    fn trouble(&mut self, code: &str, place: String, message: &str) {
        let trouble = Trouble { code: code.to_owned(), place, message: message.to_owned() };
        self.note(trouble);
    }

    fn note(&mut self, trouble: Trouble) {
        self.counts.problems += 1;
        self.bench.watch.problems.fetch_add(1, Ordering::Relaxed);
        if self.troubles.len() < TOLD {
            self.troubles.push(trouble);
        }
    }

    /// Ends the whole scan.
    fn fail(&mut self, error: Error) -> io::Error {
        self.failed = Some(error);
        io::Error::other("the scan ends")
    }

    /// By PDQ, where it is a picture and a list holds PDQ.
    fn near(&mut self, member: &Member<'_>, found: &mut Found) -> io::Result<Option<(u32, u32)>> {
        if !self.bench.needs.pdq {
            return Ok(None);
        }
        let kind = media_type(&self.bench.buffer).unwrap_or_default();
        let Some(worker) = self.bench.worker.as_mut().filter(|_| kind.starts_with("image/")) else {
            return Ok(None);
        };
        match worker.pdq(&self.bench.buffer) {
            Ok(print) => {
                self.counts.compared += 1;
                found.join(&self.bench.matcher.near(&print));
                Ok(Some((print.width, print.height)))
            }
            Err(Refusal::Unavailable) => Err(self.fail(Error::machine(
                "SCAN-06",
                "The decoder could not be started, or could not confine itself, so nothing can be compared by PDQ. \
                 casectl doctor says why.",
            ))),
            Err(refusal) => {
                self.counts.not_comparable += 1;
                let place = place(member);
                self.trouble("SCAN-11", place, &format!("Not compared by PDQ: {refusal}."));
                Ok(None)
            }
        }
    }

    fn keep(&mut self, sha256: &str) -> io::Result<()> {
        let mut bytes = self.bench.buffer.as_slice();
        match self.bench.quarantine.keep(sha256, &mut bytes) {
            Ok(kept) => kept,
            Err(error) => Err(self.fail(error)),
        }
    }
}

fn place(member: &Member<'_>) -> String {
    format!("{}, member {}", member.uri, member.ordinal)
}

impl Visitor for Walk<'_, '_> {
    fn member(&mut self, member: Member<'_>) -> io::Result<bool> {
        if self.bench.watch.stopped() {
            self.stopped = true;
            return Ok(false);
        }
        let buffer = &mut self.bench.buffer;
        buffer.clear();
        (&mut *member.bytes).take(HELD).read_to_end(buffer)?;
        let large = if buffer.len() as u64 == HELD { rest(buffer, member.bytes)? } else { None };
        let size_bytes = large.as_ref().map_or(buffer.len() as u64, |digests| digests.size_bytes);
        self.counts.members += 1;
        self.counts.bytes += size_bytes;
        self.bench.watch.members.fetch_add(1, Ordering::Relaxed);
        if size_bytes == 0 {
            return Ok(true);
        }
        let values = match &large {
            Some(digests) => vec![
                Value::Md5(digests.md5),
                Value::Sha1(digests.sha1),
                Value::Sha256(digests.sha256),
            ],
            None => values(self.bench.needs, &self.bench.buffer),
        };
        let mut found = self.bench.matcher.exact(&values);
        if let Some(fetched) = self.fetched.of_member(&member, self.shard.kind) {
            found.join(fetched);
        }
        let picture = if large.is_none() {
            self.near(&member, &mut found)?
        } else {
            if self.bench.needs.pdq {
                self.counts.not_comparable += 1;
                let message = "Not compared by PDQ: larger than 64 MiB.";
                self.trouble("SCAN-11", place(&member), message);
            }
            None
        };
        if found.is_empty() {
            return Ok(true);
        }
        let streamed = large.is_some();
        let digests = large.unwrap_or_else(|| {
            let mut hasher = Hasher::new();
            hasher.update(&self.bench.buffer);
            hasher.finish()
        });
        let sha256 = hex::encode(digests.sha256);
        // What crawlers may have kept instead of SHA-256.
        let sha512 = (!streamed).then(|| hex::encode(Sha512::digest(&*self.bench.buffer)));
        if streamed {
            self.again.insert(member.ordinal, sha256.clone());
        } else {
            self.keep(&sha256)?;
        }
        self.counts.finds += 1;
        self.bench.watch.finds.fetch_add(1, Ordering::Relaxed);
        let draft = Draft {
            uri: member.uri,
            steps: member.steps,
            digests: find::Digests {
                sha256,
                sha1: Some(hex::encode(digests.sha1)),
                md5: Some(hex::encode(digests.md5)),
                sha512,
            },
            size_bytes,
            head: self.bench.buffer.get(..HEAD).unwrap_or(&self.bench.buffer).to_vec(),
            matches: found.matches,
            more: found.more,
            picture,
        };
        self.drafts.push(&draft).map_err(|error| self.fail(error.into()))?;
        Ok(true)
    }

    fn problem(&mut self, problem: Problem) {
        self.note(Trouble::from(&problem));
    }

    fn progress(&mut self, bytes: u64) {
        let bytes = bytes.min(self.shard.size_bytes);
        self.bench.watch.bytes.fetch_add(bytes.saturating_sub(self.through), Ordering::Relaxed);
        self.through = self.through.max(bytes);
    }
}

/// Only what a list can be asked: MD5 alone takes as long as the others together.
fn values(needs: Needs, bytes: &[u8]) -> Vec<Value> {
    let digest = |algorithm| hash::digest(algorithm, bytes);
    let mut values = Vec::with_capacity(3);
    if needs.md5 {
        values.extend(digest(Algorithm::Md5).try_into().map(Value::Md5));
    }
    if needs.sha1 {
        values.extend(digest(Algorithm::Sha1).try_into().map(Value::Sha1));
    }
    if needs.sha256 {
        values.extend(digest(Algorithm::Sha256).try_into().map(Value::Sha256));
    }
    values
}

/// Digests of a member that is longer than what is held; `None` when it is not.
fn rest(held: &[u8], bytes: &mut dyn Read) -> io::Result<Option<hash::Digests>> {
    let mut chunk = Zeroizing::new(vec![0; 256 * 1024]);
    let mut hasher: Option<Hasher> = None;
    loop {
        let read = bytes.read(&mut chunk)?;
        if read == 0 {
            return Ok(hasher.map(Hasher::finish));
        }
        let hasher = hasher.get_or_insert_with(|| {
            let mut hasher = Hasher::new();
            hasher.update(held);
            hasher
        });
        hasher.update(chunk.get(..read).unwrap_or_default());
    }
}

/// A second walk, for the bytes of large members that matched.
struct Again<'a, 'b, 'c> {
    of: BTreeMap<u64, String>,
    walk: &'a mut Walk<'b, 'c>,
}

impl Visitor for Again<'_, '_, '_> {
    fn member(&mut self, member: Member<'_>) -> io::Result<bool> {
        let Some(sha256) = self.of.get(&member.ordinal) else { return Ok(!self.of.is_empty()) };
        match self.walk.bench.quarantine.keep(sha256, member.bytes) {
            Ok(kept) => kept?,
            Err(error) => return Err(self.walk.fail(error)),
        }
        self.of.remove(&member.ordinal);
        Ok(!self.of.is_empty())
    }

    /// Told by the first walk.
    fn problem(&mut self, _: Problem) {}
}
