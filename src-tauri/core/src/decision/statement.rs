//! What a reviewer states of a file beside the verdict: who may, and what becomes of a statement.
//!
//! It must never let one person speak for another, nor about a case that is sealed.

use sqlx::SqliteConnection;

use crate::console::Console;
use crate::error::{Error, Result};
use crate::queue::claim::{mine, no_such_case};
use crate::store::decision as rows;
use crate::store::queue;
use crate::wire::Role;

/// Refuses unless the person at the console holds the case or has decided it, and it is in no package.
pub(crate) async fn may_state(
    console: &Console,
    conn: &mut SqliteConnection,
    case: i64,
) -> Result<()> {
    console.actor().needs(&[Role::Reviewer])?;
    let (me, now) = (console.actor().pseudonym(), console.clock().now());
    let row = queue::one(conn, me, now, case).await?.ok_or_else(no_such_case)?;
    if row.state == "packaged" {
        return Err(Error::refused(
            "STATE-02",
            format!("Case {case:06} is in a sealed package. What was stated of it stays as it is."),
        ));
    }
    let decided = rows::of_case(conn, case)
        .await?
        .iter()
        .any(|decision| decision.account == me && decision.withdrawn_seq.is_none());
    if decided || mine(console, conn, case).await.is_ok() {
        return Ok(());
    }
    Err(Error::refused(
        "STATE-01",
        format!(
            "You neither hold case {case:06} nor decided it. Claim it first (Enter); nobody can state for another."
        ),
    ))
}
