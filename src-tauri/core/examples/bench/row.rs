//! One measurement as a line of JSON, and the order statistics behind it.
//!
//! It must never drop a slow sample: what is an outlier to a mean is the answer to a 99th percentile.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

/// Our times beside the floor's, sample by sample in turn.
#[derive(Default)]
pub(crate) struct Pairs {
    ours: Vec<Duration>,
    floor: Vec<Duration>,
}

impl Pairs {
    pub(crate) fn ours(&mut self, took: Duration) {
        self.ours.push(took);
    }

    pub(crate) fn floor(&mut self, took: Duration) {
        self.floor.push(took);
    }

    /// Two rows: the middle of the samples, and what 99 in 100 stay below. The goal is that of the middle.
    pub(crate) fn print(&self, what: &str, floor_name: &str, goal: Option<f64>) -> Result<()> {
        for (name, share, goal) in [("p50", 50, goal), ("p99", 99, None)] {
            print(
                &format!("{what}, {name}"),
                at(&self.ours, share)?,
                at(&self.floor, share)?,
                floor_name,
                goal,
            );
        }
        Ok(())
    }

    /// One row: the middle of the samples.
    pub(crate) fn print_middle(
        &self,
        what: &str,
        floor_name: &str,
        goal: Option<f64>,
    ) -> Result<()> {
        print(what, at(&self.ours, 50)?, at(&self.floor, 50)?, floor_name, goal);
        Ok(())
    }
}

/// The smallest sample that `share` in 100 do not exceed.
fn at(samples: &[Duration], share: usize) -> Result<Duration> {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let index = (sorted.len() * share).div_ceil(100).saturating_sub(1);
    sorted.get(index).copied().context("no sample was taken")
}

fn print(what: &str, ours: Duration, floor: Duration, floor_name: &str, goal: Option<f64>) {
    let ms = |took: Duration| took.as_secs_f64() * 1000.0;
    println!(
        "{}",
        json!({ "what": what, "ours_ms": ms(ours), "floor_ms": ms(floor), "floor_name": floor_name, "goal": goal })
    );
}

/// What a future answers, and how long it took.
pub(crate) async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let start = Instant::now();
    let answer = work.await;
    (answer, start.elapsed())
}
