//! A running scan as seen from outside: how far it is, and how it is asked to stop.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use serde::Serialize;

use super::journal::Told;
use crate::corpus::Shard;

/// A running scan, watched and stopped from elsewhere.
pub struct Watch {
    stop: AtomicBool,
    began: Instant,
    pub(super) shards: AtomicU64,
    pub(super) shards_total: AtomicU64,
    pub(super) bytes: AtomicU64,
    /// Of them, those an earlier run read.
    pub(super) bytes_before: AtomicU64,
    pub(super) bytes_total: AtomicU64,
    pub(super) members: AtomicU64,
    pub(super) finds: AtomicU64,
    pub(super) problems: AtomicU64,
}

/// How far a scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    pub shards: u64,
    pub shards_total: u64,
    /// Bytes of the containers.
    pub bytes: u64,
    pub bytes_total: u64,
    pub bytes_per_s: u64,
    pub left_ms: Option<u64>,
    pub members: u64,
    pub finds: u64,
    pub problems: u64,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            stop: AtomicBool::new(false),
            began: Instant::now(),
            shards: AtomicU64::default(),
            shards_total: AtomicU64::default(),
            bytes: AtomicU64::default(),
            bytes_before: AtomicU64::default(),
            bytes_total: AtomicU64::default(),
            members: AtomicU64::default(),
            finds: AtomicU64::default(),
            problems: AtomicU64::default(),
        }
    }
}

impl Watch {
    /// Asks the scan to end; shards that are not done are read again by the next one.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// The whole of what is to be read, and what an earlier run read of it.
    pub(super) fn begin(
        &self,
        shards: &[Shard],
        before: &BTreeMap<usize, Told>,
        totals: &super::Counts,
    ) {
        let set = |count: &AtomicU64, value: u64| count.store(value, Ordering::Relaxed);
        let read =
            before.keys().filter_map(|at| shards.get(*at)).map(|shard| shard.size_bytes).sum();
        set(&self.shards_total, shards.len() as u64);
        set(&self.shards, before.len() as u64);
        set(&self.bytes_total, shards.iter().map(|shard| shard.size_bytes).sum());
        set(&self.bytes, read);
        set(&self.bytes_before, read);
        set(&self.members, totals.members);
        set(&self.finds, totals.finds);
        set(&self.problems, totals.problems);
    }

    pub(super) fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let (bytes, total) = (of(&self.bytes), of(&self.bytes_total));
        let per_s = scaled(bytes.saturating_sub(of(&self.bytes_before)), 1000, ms);
        let left = total.saturating_sub(bytes);
        Progress {
            shards: of(&self.shards),
            shards_total: of(&self.shards_total),
            bytes,
            bytes_total: total,
            bytes_per_s: per_s,
            left_ms: (per_s > 0).then(|| scaled(left, 1000, per_s)),
            members: of(&self.members),
            finds: of(&self.finds),
            problems: of(&self.problems),
        }
    }
}

/// `value * by / of`, without running over.
fn scaled(value: u64, by: u64, of: u64) -> u64 {
    let scaled = u128::from(value) * u128::from(by) / u128::from(of.max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}
