//! A visitor that keeps what it is given, and the fixtures.

use std::io;
use std::path::PathBuf;

use casement_core::intake::find::Digests;
use casement_scan::corpus::{
    Member, MemberRef, Origin, Problem, Shard, ShardKind, Visitor, Walked, shards,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Keeps members and problems in the order they are told.
#[derive(Default)]
pub(crate) struct Collect {
    pub(crate) members: Vec<MemberRef>,
    pub(crate) ordinals: Vec<u64>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) progress: Vec<u64>,
    /// Whether each size said beforehand was right.
    pub(crate) hints_hold: bool,
    /// Ends the walk after so many members.
    pub(crate) most: Option<usize>,
}

impl Visitor for Collect {
    fn member(&mut self, member: Member<'_>) -> io::Result<bool> {
        let mut bytes = Vec::new();
        member.bytes.read_to_end(&mut bytes)?;
        self.hints_hold &= member.size_hint.is_none_or(|size| size == bytes.len() as u64);
        self.ordinals.push(member.ordinal);
        self.members.push(MemberRef {
            uri: member.uri,
            steps: member.steps,
            digests: Digests {
                sha256: hex::encode(Sha256::digest(&bytes)),
                sha1: None,
                md5: None,
                sha512: None,
            },
            size_bytes: bytes.len() as u64,
            head: bytes.into_iter().take(32).collect(),
        });
        Ok(self.most.is_none_or(|most| self.members.len() < most))
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn progress(&mut self, bytes: u64) {
        self.progress.push(bytes);
    }
}

/// A folder of fixtures.
pub(crate) fn fixtures(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/corpora").join(name)
}

/// What the tools say, by file name.
pub(crate) fn expected() -> Value {
    serde_json::from_slice(&std::fs::read(fixtures("expected.json")).unwrap()).unwrap()
}

/// The one shard at a path.
pub(crate) fn shard(path: PathBuf) -> Shard {
    let (mut found, problems) = shards(std::slice::from_ref(&path));
    assert_eq!(problems, []);
    assert_eq!(found.len(), 1, "{}", path.display());
    found.remove(0)
}

/// Walks a shard to its end.
pub(crate) fn walked(shard: &Shard) -> (Walked, Collect) {
    let mut seen = Collect { hints_hold: true, ..Collect::default() };
    let walked = shard.walk(0, &mut seen).unwrap();
    assert!(seen.progress.is_sorted(), "{:?}", seen.progress);
    // A member that could not be read to its end has a number all the same.
    assert!(seen.ordinals.is_sorted_by(|a, b| a < b), "{:?}", seen.ordinals);
    assert!(seen.ordinals.len() as u64 == walked.members || !seen.problems.is_empty());
    assert!(walked.complete);
    assert!(seen.hints_hold || !seen.problems.is_empty());
    if shard.kind != ShardKind::Loose {
        let bytes = std::fs::read(&shard.path).unwrap();
        assert_eq!(walked.sha256, Some(Sha256::digest(&bytes).into()));
        assert_eq!(walked.size_bytes, bytes.len() as u64);
        assert_eq!(seen.progress.last(), Some(&walked.size_bytes));
    }
    (walked, seen)
}

/// Origins of all that was met.
pub(crate) fn origins(shard: &Shard, walked: &Walked, seen: &Collect) -> Vec<Origin> {
    let (origins, problems) = shard.origins(walked, &seen.members);
    assert_eq!(problems, []);
    assert_eq!(origins.len(), seen.members.len());
    origins
}
