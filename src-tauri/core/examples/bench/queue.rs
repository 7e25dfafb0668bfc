//! The queue: pages, the next case, a case whole, each beside the same statements on plain SQLite.
//!
//! The floor has no encryption, no roles, no ledger and one connection instead of a pool: the ratio counts all four.

use anyhow::{Context, Result, ensure};
use casement_core::queue::{self, claim};
use casement_core::wire::{Band, Order, QueueFilter};
use casement_core::{Console, case};

use crate::bare::{Bare, Key, TOP};
use crate::row::{Pairs, timed};
use crate::stage::{self, Stage, below, draw};

const PLAIN: &str = "the same SELECT, plain SQLite";

pub(crate) async fn measure(stage: &Stage) -> Result<()> {
    let desk = stage::reviewer(&stage.store().await?).await?;
    let mut bare = Bare::open(&stage.kept("plain"), false, &stage.small()?).await?;
    let (keys, floor_keys) = (keys(&desk, stage.cases()).await?, floor_keys(&mut bare).await?);
    let times = stage.repeat(200, 2_000);

    pages(stage, &desk, &mut bare, &keys, &floor_keys, times).await?;
    narrowed(stage, &desk, times).await?;
    next(stage, &desk, &mut bare, times).await?;
    show(stage, &desk, &mut bare, times).await?;
    bare.close().await?;
    Ok(desk.lock().await?)
}

/// The key after every 200 rows, as the queue gives them out.
async fn keys(desk: &Console, cases: usize) -> Result<Vec<String>> {
    let filter = QueueFilter::default();
    let mut keys: Vec<String> = Vec::new();
    let mut rows = 0;
    loop {
        let page =
            queue::page(desk, &filter, keys.last().map(String::as_str), queue::MAX_PAGE).await?;
        rows += page.rows.len();
        match page.next {
            Some(key) => keys.push(key),
            None => break,
        }
    }
    ensure!(rows == cases, "the queue holds {rows} of {cases} cases");
    // After the last of them there may be nothing left to read.
    keys.pop();
    Ok(keys)
}

async fn floor_keys(bare: &mut Bare) -> Result<Vec<Key>> {
    let mut keys = Vec::new();
    let mut after = TOP;
    while let (200, Some(last)) = bare.page(after, 200).await? {
        keys.push(last);
        after = last;
    }
    keys.pop();
    Ok(keys)
}

async fn pages(
    stage: &Stage,
    desk: &Console,
    bare: &mut Bare,
    keys: &[String],
    floor_keys: &[Key],
    times: usize,
) -> Result<()> {
    let filter = QueueFilter::default();
    let (mut first, mut deep) = (Pairs::default(), Pairs::default());
    for n in 0..times {
        let (page, took) = timed(queue::page(desk, &filter, None, 50)).await;
        ensure!(page?.rows.len() == 50, "a page is short");
        first.ours(took);
        let (page, took) = timed(bare.page(TOP, 50)).await;
        ensure!(page?.0 == 50, "a page of the floor is short");
        first.floor(took);

        let depth = below(keys.len().min(floor_keys.len()), draw(1, n));
        let key = keys.get(depth).context("the queue has too few pages")?;
        let floor_key = *floor_keys.get(depth).context("the floor has too few pages")?;
        let (page, took) = timed(queue::page(desk, &filter, Some(key), 50)).await;
        ensure!(page?.rows.len() == 50, "a page is short");
        deep.ours(took);
        let (page, took) = timed(bare.page(floor_key, 50)).await;
        ensure!(page?.0 == 50, "a page of the floor is short");
        deep.floor(took);
    }
    let cases = stage.cases();
    first.print(&format!("first page of 50, {cases} cases"), PLAIN, None)?;
    deep.print(&format!("page of 50 at random depth, {cases} cases"), PLAIN, None)
}

/// A narrowed queue must cost no more than a whole one, wherever its cases lie. Its floor is our own whole queue.
async fn narrowed(stage: &Stage, desk: &Console, times: usize) -> Result<()> {
    let whole = QueueFilter::default();
    for (name, filter) in [
        ("last band", QueueFilter { band: Some(Band::LowQuality), ..QueueFilter::default() }),
        (
            "one list, oldest",
            QueueFilter {
                list: Some("SYNTH-1".to_owned()),
                order: Order::Oldest,
                ..QueueFilter::default()
            },
        ),
    ] {
        let mut pairs = Pairs::default();
        for _ in 0..times {
            let (page, took) = timed(queue::page(desk, &filter, None, 50)).await;
            ensure!(page?.rows.len() == 50, "a page is short");
            pairs.ours(took);
            let (page, took) = timed(queue::page(desk, &whole, None, 50)).await;
            page?;
            pairs.floor(took);
        }
        pairs.print(
            &format!("first page of 50 of the {name}, {} cases", stage.cases()),
            "first page of all",
            None,
        )?;
    }
    Ok(())
}

async fn next(stage: &Stage, desk: &Console, bare: &mut Bare, times: usize) -> Result<()> {
    let filter = QueueFilter::default();
    let mut pairs = Pairs::default();
    for _ in 0..times {
        let (taken, took) = timed(claim::next(desk, &filter)).await;
        pairs.ours(took);
        claim::release(desk, taken?.context("no case is left")?).await?;
        let (done, took) = timed(bare.claim_next()).await;
        done?;
        pairs.floor(took);
        bare.release().await?;
    }
    pairs.print(
        &format!("next case claimed, {} cases", stage.cases()),
        "the same transaction, plain SQLite, no leaf",
        None,
    )
}

async fn show(stage: &Stage, desk: &Console, bare: &mut Bare, times: usize) -> Result<()> {
    let mut pairs = Pairs::default();
    for n in 0..times {
        let number = below(stage.cases(), draw(2, n)) + 1;
        let (shown, took) = timed(case::show(desk, u32::try_from(number)?)).await;
        ensure!(shown?.sightings.len() == 1, "a case has no sighting");
        pairs.ours(took);
        let (shown, took) = timed(bare.show(i64::try_from(number)?)).await;
        shown?;
        pairs.floor(took);
    }
    pairs.print(
        &format!("case shown, {} cases", stage.cases()),
        "the same SELECTs, plain SQLite",
        None,
    )
}
