//! Production stays locked until two persons unlock it, for one configuration and until a time.
//!
//! It must never outlive a change of host, user or environment.

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::approval::{self, KEEPERS, Subject};
use crate::clock::{DAY, Millis, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::Logged;
use crate::store::account as rows;
use crate::wire::{ProposalFacts, SubmissionEnvironment};

use super::config::{Endpoint, endpoint};

const UNLOCKED: &str = "submission-unlocked";
/// Longest time that production is unlocked for.
pub const MAX_UNLOCK: Millis = 7 * DAY;

#[derive(Serialize, Deserialize)]
struct Unlocked {
    config_sha256: String,
    until: Millis,
}

/// Until when this configuration may be used; `None` for a test system, and where production is locked.
pub(super) async fn until(
    conn: &mut SqliteConnection,
    endpoint: &Endpoint,
    now: Millis,
) -> Result<Option<String>> {
    if endpoint.environment == SubmissionEnvironment::Test {
        return Ok(None);
    }
    let Some(text) = rows::setting(conn, UNLOCKED).await? else { return Ok(None) };
    let Ok(unlocked) = serde_json::from_str::<Unlocked>(&text) else { return Ok(None) };
    let holds = unlocked.config_sha256 == endpoint.sha256()? && unlocked.until > now;
    Ok(holds.then(|| rfc3339(unlocked.until)))
}

/// Refuses production unless two persons unlocked this very configuration, and not too long ago.
pub(super) async fn check(
    conn: &mut SqliteConnection,
    endpoint: &Endpoint,
    now: Millis,
) -> Result<()> {
    if endpoint.environment == SubmissionEnvironment::Test
        || until(conn, endpoint, now).await?.is_some()
    {
        return Ok(());
    }
    Err(Error::refused(
        "SUBMIT-06",
        "Production is locked: nothing is sent there until two persons unlock it. Propose it: casectl submission unlock.",
    ))
}

/// Locks production again if it was unlocked for another configuration of it than this, and for good: coming back to the
/// former one does not unlock it.
pub(super) async fn keep_only(conn: &mut SqliteConnection, new: &Endpoint) -> Result<()> {
    if new.environment == SubmissionEnvironment::Test {
        return Ok(());
    }
    let unlocked = rows::setting(conn, UNLOCKED).await?;
    let unlocked = unlocked.and_then(|text| serde_json::from_str::<Unlocked>(&text).ok());
    let sha256 = new.sha256()?;
    match unlocked {
        Some(unlocked) if unlocked.config_sha256 != sha256 => forget(conn).await,
        _ => Ok(()),
    }
}

/// Locks production again.
pub(super) async fn forget(conn: &mut SqliteConnection) -> Result<()> {
    rows::forget(conn, UNLOCKED).await
}

/// Proposes to unlock production for some hours, for another person to approve.
pub async fn propose_unlock(console: &Console, hours: u32, reason: &str) -> Result<ProposalFacts> {
    console.actor().needs(KEEPERS)?;
    let endpoint = production(&mut *console.store().read().await?).await?;
    let subject = Subject::UnlockProduction {
        host: endpoint.host.clone(),
        config_sha256: endpoint.sha256()?,
        until: console.clock().now() + Millis::from(hours) * (DAY / 24),
    };
    approval::propose(console, subject, reason).await
}

async fn production(conn: &mut SqliteConnection) -> Result<Endpoint> {
    endpoint(conn, SubmissionEnvironment::Production).await?.ok_or_else(|| {
        Error::refused("SUBMIT-01", "Production is not configured. Configure it first.")
    })
}

/// Refuses an unlock of another configuration than the one that is there, or for too long.
pub(crate) async fn check_unlock(
    conn: &mut SqliteConnection,
    config_sha256: &str,
    until: Millis,
    now: Millis,
) -> Result<()> {
    if production(conn).await?.sha256()? != config_sha256 {
        return Err(approval::stale("The configuration of production was changed"));
    }
    if until <= now {
        return Err(approval::stale("The time it was to be unlocked for has passed"));
    }
    if until > now + MAX_UNLOCK {
        return Err(Error::usage(
            "SUBMIT-07",
            "Production is unlocked for at most seven days at a time. Propose a shorter time.",
        ));
    }
    Ok(())
}

/// Unlocks, in the transaction of the approval, whose leaf says so.
pub(crate) async fn apply_unlock(
    write: &mut Logged,
    config_sha256: &str,
    until: Millis,
) -> Result<()> {
    let unlocked = Unlocked { config_sha256: config_sha256.to_owned(), until };
    let text = crate::approval::canonical(&unlocked)?;
    rows::set(write.conn(), UNLOCKED, &text).await
}

/// An unlock in words.
pub(crate) fn unlock_words(host: &str, until: Millis) -> (String, Vec<String>) {
    let what = vec![
        format!("Approved reports can be sent to {host} until {}.", rfc3339(until)),
        "What is finished there is filed: it cannot be changed or taken back.".to_owned(),
        "A change of address or user locks it again.".to_owned(),
    ];
    ("Unlock production".to_owned(), what)
}
