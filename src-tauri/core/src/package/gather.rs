//! One confirmed case as the store has it.
//!
//! It must never take in a statement that no leaf bears out.

use crate::case::completeness::completeness;
use crate::case::gaps::tried;
use crate::case::{held, item_facts, known};
use crate::clock::datetime;
use crate::console::Console;
use crate::decision;
use crate::error::{Error, Result};
use crate::intake::find::Find;
use crate::package::earlier::Lookup;
use crate::package::input::{FileInput, SeenInput, SightingInput, Viewed};
use crate::package::reread::Reread;
use crate::package::stated;
use crate::store::{case as case_rows, decision as decisions, exposure};
use crate::words as stored;

/// One confirmed case; `at` is the time of the last leaf.
pub(super) async fn file(
    console: &Console,
    conn: &mut sqlx::SqliteConnection,
    case: i64,
    at: i64,
    earlier: &mut Lookup,
) -> Result<FileInput> {
    let damaged = || {
        Error::store(
            "CASE-02",
            "A confirmed case in the store cannot be read whole. Run casectl verify.",
        )
    };
    let item = case_rows::item(conn, case).await?.ok_or_else(damaged)?;
    let sightings = case_rows::sightings(conn, case, i64::MAX).await?;
    let made = decisions::of_case(conn, case).await?;
    let seen: Vec<SeenInput> = exposure::of_case(conn, case)
        .await?
        .into_iter()
        .map(|row| SeenInput {
            by: row.account,
            level: stored::level(&row.level),
            ms: stored::count(row.ms.unwrap_or(at - row.opened_at)),
            leaf: stored::count(row.opened_seq),
        })
        .collect();
    let blake3: [u8; 32] = item.blake3.as_slice().try_into().map_err(|_| damaged())?;
    let sealed = console.vault().holds(&blake3);
    let known = known(conn, case, &sightings).await?;
    let finds: Vec<Find> = known.iter().map(|known| known.find.clone()).collect();
    let stands = decision::standing(&made).map(|decision| stored::count(decision.seq));
    let decision = decision::facts(&made, console.actor().pseudonym(), None, at)
        .into_iter()
        .find(|facts| Some(facts.leaf) == stands)
        .ok_or_else(damaged)?;
    let mut places = Vec::with_capacity(known.len());
    for (known, row) in known.into_iter().zip(&sightings) {
        places.push(SightingInput {
            completeness: completeness(&known.find, held(sealed, true)),
            imported_at: datetime(row.imported_at),
            tried: tried::of_sighting(conn, row.id).await?,
            find: known.find,
            reported: known.reported,
            later: known.facts,
        });
    }
    let stated = stated::of_case(conn, case).await?;
    Ok(FileInput {
        case: stored::case_number(case),
        item: item_facts(&item, &finds),
        sightings: places,
        decision,
        viewed: Viewed::derive(&seen, stated.attestation),
        seen,
        annotations: stated.annotations,
        unproven: stated.unproven,
        reread: if sealed { Reread::NotYet } else { Reread::NotHeld },
        previously_reported: earlier.of_case(conn, case).await?,
    })
}
