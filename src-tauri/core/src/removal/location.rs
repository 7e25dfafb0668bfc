//! The places that keep a copy of a dataset, and whom to ask there.
//!
//! It must never forget a place: one that is no longer asked is retired, with a reason.

use serde_json::json;

use super::{keeper, text, word_of};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Unlogged};
use crate::store::location as rows;
use crate::wire::LocationRequest;

/// Longest name, in bytes.
const MAX_NAME: usize = 64;
/// Longest contact, in bytes.
const MAX_CONTACT: usize = 500;

/// Adds a place that keeps a copy of a dataset; whatever is confirmed there is open until it answers.
pub async fn add(console: &Console, request: &LocationRequest) -> Result<()> {
    keeper(console)?;
    let dataset = text("a dataset", &request.dataset, 500)?;
    let name = text("a name", &request.name, MAX_NAME)?;
    let contact = text("a contact", &request.contact, MAX_CONTACT)?;
    let kind = word_of(&request.kind);
    let mut write = Unlogged::begin(console.store()).await?;
    if rows::asked(write.conn(), dataset, name).await?.is_some() {
        return Err(Error::usage(
            "LOCATION-02",
            "This dataset has a location of this name. Choose another, or retire that one.",
        ));
    }
    let event = Event::new(
        "location.added",
        json!({ "contact": contact, "dataset": dataset, "kind": kind, "name": name }),
    );
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let now = console.clock().now();
    rows::insert(write.conn(), [dataset, name, &kind, contact], now, seq).await?;
    write.commit().await
}

/// No longer asks a place. What it answered stays on record.
pub async fn retire(console: &Console, dataset: &str, name: &str, reason: &str) -> Result<()> {
    keeper(console)?;
    let reason = text("a reason", reason, 1_000)?;
    let mut write = Unlogged::begin(console.store()).await?;
    let place = rows::asked(write.conn(), dataset, name).await?.ok_or_else(no_such_place)?;
    let body = json!({ "dataset": dataset, "name": name, "reason": reason });
    let event = Event::new("location.retired", body);
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    rows::retire(write.conn(), place.id, console.clock().now(), seq, reason).await?;
    write.commit().await
}

pub(super) fn no_such_place() -> Error {
    Error::usage(
        "LOCATION-01",
        "This dataset has no location of this name that is still asked. See the status for those it has.",
    )
}
