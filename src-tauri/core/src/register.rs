//! What the register answers about a report until it is built: nothing is approved, so nothing may be sent.

use sqlx::SqliteConnection;

use crate::account::Actor;
use crate::clock::{Clock, Millis};
use crate::error::{Error, Result};
use crate::ledger::Logged;

/// The approval of a report as it is sealed.
pub struct Approved;

/// How a report was filed.
pub struct Filed {
    pub at: Millis,
    pub route: String,
    pub number: Option<String>,
    pub receipt_sha256: String,
    pub receipt: String,
}

pub(crate) async fn approved(
    _conn: &mut SqliteConnection,
    _report: i64,
) -> Result<Option<Approved>> {
    Ok(None)
}

pub(crate) async fn put_filed(
    _write: &mut Logged,
    _clock: &Clock,
    _actor: &Actor,
    _report: i64,
    _filed: &Filed,
) -> Result<()> {
    Err(Error::refused("REGISTER-00", "There is no register yet."))
}
