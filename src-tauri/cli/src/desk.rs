//! Sits down at a workspace for one verb and leaves it in order.
//!
//! It must never end a claim: the person comes back with the next command.

use std::path::Path;

use casement_core::{Console, Error, Opening, Result};

use crate::args::At;
use crate::{Outcome, passphrase};

/// The folder that was named.
pub(crate) fn store(at: &At) -> Result<&Path> {
    at.store.as_deref().ok_or_else(|| {
        Error::usage("ARGS-02", "Say which workspace with --store DIR, or set CASEMENT_STORE.")
    })
}

/// The account that was named.
pub(crate) fn name(at: &At) -> Result<&str> {
    at.name.as_deref().ok_or_else(|| Error::usage("ARGS-03", "Say who you are with --as NAME."))
}

/// Unlocks, does the work, and folds the store whatever came of it.
pub(crate) async fn sit<T>(at: &At, work: impl AsyncFnOnce(&Console) -> Outcome<T>) -> Outcome<T> {
    let (dir, name) = (store(at)?, name(at)?);
    // A folder without a workspace needs no passphrase to say so.
    casement_core::account::keyring::Keyring::read(dir)?;
    let console = Console::unlock(dir, name, &passphrase::own(name)?, Opening::default()).await?;
    let outcome = work(&console).await;
    console.close().await;
    outcome
}
