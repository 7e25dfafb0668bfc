//! Who reports: what an operator sets up once, kept in the store.
//!
//! It must never be changed without a leaf.

use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Unlogged, body};
use crate::package::input::Organisation;
use crate::store::account;
use crate::wire::Role;

const ORGANISATION: &str = "organisation";

/// Who reports, as set up.
pub async fn organisation(console: &Console) -> Result<Organisation> {
    read(&mut *console.store().read().await?).await
}

pub(super) async fn read(conn: &mut sqlx::SqliteConnection) -> Result<Organisation> {
    match account::setting(conn, ORGANISATION).await? {
        None => Ok(Organisation::default()),
        Some(text) => serde_json::from_str(&text).map_err(|error| {
            Error::store("ORG-01", "The organisation in this store cannot be read.")
                .caused_by(error)
        }),
    }
}

/// Sets who reports. Supervisors may.
pub async fn set_organisation(console: &Console, organisation: &Organisation) -> Result<()> {
    console.actor().needs(&[Role::Supervisor])?;
    let value = body(organisation)?;
    let text = value.to_string();
    let write = Unlogged::begin(console.store()).await?;
    let (mut write, _) =
        write.log(console.clock(), console.actor(), Event::new("organisation.set", value)).await?;
    account::set(write.conn(), ORGANISATION, &text).await?;
    write.commit().await
}
