//! The bar at the foot of the window, and what this machine can enforce.
//!
//! It must never answer from memory what the store can tell.

use crate::clock::Millis;
use crate::console::Console;
use crate::error::Result;
use crate::ledger::{self, unsigned};
use crate::policy;
use crate::store::{checkpoint, queue};
use crate::view::today_ms;
use crate::wire::{Check, ImportProgress, Status};
use crate::words;

/// Everything the bar shows.
pub async fn status(console: &Console, import: Option<ImportProgress>) -> Result<Status> {
    let mut conn = console.store().read().await?;
    let (leaves, root) = ledger::root(&mut conn).await?;
    let open = queue::counts(&mut conn).await?.iter().map(|(_, _, n)| n).sum();
    let spent = today_ms(&mut conn, console.actor().pseudonym(), console.clock().now()).await?;
    let policy = policy::read(&mut conn).await?;
    let held = crate::queue::flood::held(&mut conn).await?;
    let exported = checkpoint::exported_at(&mut conn).await?;
    Ok(Status {
        leaves: unsigned(leaves)?,
        root: hex::encode(root),
        verified_at_start: console.at_start().is_some_and(|found| found.findings.is_empty()),
        obligations: crate::register::counts(console).await?,
        open_cases: words::count(open),
        held_cases: held,
        checkpoint_age_ms: exported.map(|at| words::count(console.clock().now() - at)),
        exposure_today_ms: words::count(spent),
        exposure_budget_ms: words::count(Millis::from(policy.budget_s) * 1000),
        import,
        airlock: console.confined().await,
    })
}

/// Tries what this machine must be able to do. Needs no workspace.
pub async fn doctor() -> Vec<Check> {
    match crate::airlock::Airlock::locate() {
        Ok(path) => crate::airlock::Airlock::new(path).probe().await,
        Err(error) => {
            vec![Check { name: "airlock".to_owned(), ok: false, detail: error.to_string() }]
        }
    }
}
