//! Everything near a hash among many, for another program to answer too: `bench near` leaves the hashes, the queries and
//! what was found in the folder of the measurements.
//!
//! Half of the hashes lie alone and half in crowds, since real lists have both; queries come from both and from nowhere.

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use anyhow::Result;
use casement_core::hash::near::Near;
use casement_core::hash::pdq::{MATCH, Pdq};
use serde_json::json;

use crate::stage::Stage;

/// Hashes in one crowd, and bits by which they differ from its middle, at most.
const CROWD: usize = 100;
const SPREAD: u64 = 24;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn hash(&mut self) -> Pdq {
        Pdq(std::array::from_fn(|_| self.word()))
    }

    fn beside(&mut self, mut hash: Pdq, flips: u64) -> Pdq {
        for _ in 0..flips {
            let bit = self.word() % 256;
            if let Some(word) = hash.0.get_mut((bit / 64) as usize) {
                *word ^= 1 << (bit % 64);
            }
        }
        hash
    }
}

pub(crate) fn measure(stage: &Stage) -> Result<()> {
    let count = stage.repeat(100_000, 1_000_000);
    let mut dice = Dice(3);
    let mut middle = dice.hash();
    let hashes: Vec<Pdq> = (0..count)
        .map(|number| {
            if number % 2 == 0 {
                return dice.hash();
            }
            if number / 2 % CROWD == 0 {
                middle = dice.hash();
            }
            let flips = dice.word() % SPREAD;
            dice.beside(middle, flips)
        })
        .collect();
    let queries: Vec<Pdq> = hashes
        .iter()
        // An odd step: by turns one that lies alone and one in a crowd.
        .step_by(count / 200 + 1)
        .enumerate()
        .map(|(turn, hash)| {
            let flips = dice.word() % 40;
            if turn % 10 == 9 { dice.hash() } else { dice.beside(*hash, flips) }
        })
        .collect();

    let start = Instant::now();
    let near = Near::build(&hashes);
    let build = start.elapsed();
    let mut hits = Vec::new();
    let mut times = Vec::new();
    // The first round brings the tables into the caches, as it does for the others.
    for round in 0..4 {
        for query in &queries {
            let mut found = Vec::new();
            let start = Instant::now();
            near.within(query, MATCH, &mut |number, distance| found.push((number, distance)));
            let took = start.elapsed();
            black_box(&found);
            if round == 0 {
                found.sort_unstable();
                hits.push(found);
            } else {
                times.push(took.as_secs_f64() * 1000.0);
            }
        }
    }
    let bytes =
        |hashes: &[Pdq]| hashes.iter().flat_map(|hash| hash.to_bytes()).collect::<Vec<u8>>();
    fs::write(stage.file("near-hashes.bin"), bytes(&hashes))?;
    fs::write(stage.file("near-queries.bin"), bytes(&queries))?;
    let ours = json!({
        "build_ms": build.as_secs_f64() * 1000.0, "bytes": near.bytes(), "query_ms": times, "hits": hits,
    });
    Ok(fs::write(stage.file("near-ours.json"), ours.to_string())?)
}
