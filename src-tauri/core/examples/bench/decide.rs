//! A decision with its leaf beside the same transaction without one, and a ledger verified beside its bare reading.
//!
//! Both sides are encrypted, durable and commit once, so the ratio is the price of the ledger.

use std::fs;

use anyhow::{Context, Result, ensure};
use casement_core::queue::claim;
use casement_core::wire::{DecideRequest, QueueFilter, Verdict};
use casement_core::{decision, ledger};

use crate::bare::Bare;
use crate::row::{Pairs, timed};
use crate::stage::{self, Stage};

/// A decision may cost a quarter more for having a leaf.
const GOAL: f64 = 1.25;
/// A verification may cost three times the reading.
const VERIFY_GOAL: f64 = 3.0;
const RATIONALE: &str = "Distance and layout settle it.";

pub(crate) async fn measure(stage: &Stage) -> Result<()> {
    // On copies, so that the next run finds every case open again.
    let dir = stage.fresh("decide")?;
    fs::create_dir_all(&dir)?;
    let store = stage.store().await?;
    for file in ["keyring.json", "store.db"] {
        fs::copy(store.join(file), dir.join(file))?;
    }
    let sealed = stage.kept("sealed");
    let small = stage.small()?;
    Bare::open(&sealed, true, &small).await?.close().await?;
    let copy = stage.fresh("sealed-copy")?;
    fs::copy(&sealed, &copy)?;
    let mut bare = Bare::open(&copy, true, &small).await?;
    let desk = stage::reviewer(&dir).await?;
    let policy_version = desk.session().await?.policy.version;

    let filter = QueueFilter::default();
    let mut pairs = Pairs::default();
    for n in 0..stage.repeat(300, 2_000) {
        let case = claim::next(&desk, &filter).await?.context("no case is left")?;
        let request = DecideRequest {
            case,
            verdict: Verdict::NotAMatch,
            classification: None,
            rationale: RATIONALE.to_owned(),
            policy_version: policy_version.clone(),
        };
        let (done, took) = timed(decision::decide(&desk, &request)).await;
        done?;
        pairs.ours(took);
        let number = i64::from(case);
        bare.claim(number).await?;
        let (done, took) = timed(bare.decide(number, i64::try_from(n + 1)?, RATIONALE)).await;
        done?;
        pairs.floor(took);
    }
    pairs.print("decision with its leaf", "the same transaction, no leaf", Some(GOAL))?;

    let mut pairs = Pairs::default();
    let leaves = ledger::verify::verify(&desk).await?.leaves;
    bare.put_leaves(leaves).await?;
    for _ in 0..stage.repeat(5, 15) {
        let (verified, took) = timed(ledger::verify::verify(&desk)).await;
        ensure!(verified?.findings.is_empty(), "the ledger does not verify");
        pairs.ours(took);
        let (seen, took) = timed(bare.scan_leaves()).await;
        ensure!(seen? == leaves, "the floor read another number of leaves");
        pairs.floor(took);
    }
    pairs.print_middle(
        &format!("ledger of {leaves} leaves verified"),
        "as many rows of that shape, read only",
        Some(VERIFY_GOAL),
    )?;
    desk.lock().await?;
    bare.close().await?;
    stage::remove(&dir)?;
    stage::remove(&copy)
}
