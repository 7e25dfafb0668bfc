//! Who reports: what an operator sets up once, kept in the store.
//!
//! It must never be changed without a leaf.

use crate::account::Actor;
use crate::approval::{self, Subject, canonical, digest};
use crate::clock::Clock;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged, Unlogged, body};
use crate::package::input::Organisation;
use crate::store::account;
use crate::wire::{ProposalFacts, Role};

const ORGANISATION: &str = "organisation";

/// Who reports, as set up.
pub async fn organisation(console: &Console) -> Result<Organisation> {
    read(&mut *console.store().read().await?).await
}

pub(crate) async fn read(conn: &mut sqlx::SqliteConnection) -> Result<Organisation> {
    match account::setting(conn, ORGANISATION).await? {
        None => Ok(Organisation::default()),
        Some(text) => serde_json::from_str(&text).map_err(|error| {
            Error::store("ORG-01", "The organisation in this store cannot be read.")
                .caused_by(error)
        }),
    }
}

/// Sets who reports by oneself: a supervisor may the first time, and while there is nobody who could approve it.
pub async fn set_organisation(console: &Console, organisation: &Organisation) -> Result<()> {
    console.actor().needs(&[Role::Supervisor])?;
    let mut write = Unlogged::begin(console.store()).await?;
    if !one_suffices(write.conn()).await? {
        return Err(Error::refused(
            "ORG-02",
            "A change of who reports needs two persons here. Propose it, and have it approved.",
        ));
    }
    let value = body(organisation)?;
    let text = value.to_string();
    let (mut write, _) =
        write.log(console.clock(), console.actor(), Event::new("organisation.set", value)).await?;
    account::set(write.conn(), ORGANISATION, &text).await?;
    write.commit().await
}

/// Sets who reports, or, where it is set and there is a second person to approve a change, proposes it: then the proposal.
pub async fn change_organisation(
    console: &Console,
    organisation: &Organisation,
    reason: &str,
) -> Result<Option<ProposalFacts>> {
    let (one, from) = {
        let mut conn = console.store().read().await?;
        (one_suffices(&mut conn).await?, read(&mut conn).await?)
    };
    if one {
        return set_organisation(console, organisation).await.map(|()| None);
    }
    let subject = Subject::OrganisationChange {
        from_sha256: digest(&canonical(&from)?),
        organisation: organisation.clone(),
    };
    approval::propose(console, subject, reason).await.map(Some)
}

async fn one_suffices(conn: &mut sqlx::SqliteConnection) -> Result<bool> {
    Ok(account::setting(conn, ORGANISATION).await?.is_none() || approval::alone(conn).await?)
}

/// Refuses a change of another organisation than the one that is set.
pub(crate) async fn check_change(
    conn: &mut sqlx::SqliteConnection,
    from_sha256: &str,
    organisation: &Organisation,
) -> Result<()> {
    let set = read(conn).await?;
    if digest(&canonical(&set)?) != from_sha256 {
        return Err(approval::stale("Who reports was changed"));
    }
    if set == *organisation {
        return Err(Error::usage("ORG-03", "This organisation is set already. Nothing to change."));
    }
    Ok(())
}

/// Sets who reports inside a transaction in which two persons decided it.
pub(crate) async fn put_organisation(
    write: &mut Logged,
    clock: &Clock,
    actor: &Actor,
    organisation: &Organisation,
) -> Result<()> {
    let value = body(organisation)?;
    let text = value.to_string();
    write.log(clock, actor, Event::new("organisation.set", value)).await?;
    account::set(write.conn(), ORGANISATION, &text).await
}
