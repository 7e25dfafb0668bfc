//! What a package is built from, read from the store at one point of the ledger.
//!
//! It must never take in a case that is not settled, nor a statement that no leaf bears out.

use crate::case::completeness::completeness;
use crate::case::gaps::tried;
use crate::case::{held, item_facts, known};
use crate::clock::datetime;
use crate::console::Console;
use crate::decision;
use crate::error::{Error, Result};
use crate::intake::find::Find;
use crate::ledger::{self, unsigned};
use crate::package::earlier::Lookup;
use crate::package::input::{
    FileInput, Head, LedgerPoint, PackageInput, SeenInput, SightingInput, Source, Tool, Viewed,
};
use crate::package::reread::Reread;
use crate::package::{RULE, organisation, report_name, stated};
use crate::policy;
use crate::store::report as rows;
use crate::store::{case as case_rows, decision as decisions, exposure};
use crate::words as stored;

/// Everything the package is built from, read at one point of the ledger.
pub(super) async fn gather(
    console: &Console,
    conn: &mut sqlx::SqliteConnection,
    source: &str,
) -> Result<PackageInput> {
    let now = console.clock().now();
    let cases = rows::confirmed(conn, source, now).await?;
    if cases.is_empty() {
        return Err(Error::usage(
            "PKG-05",
            "This source has no confirmed case that is settled and in no package yet.",
        ));
    }
    let (leaves, root) = ledger::root(conn).await?;
    let mut files = Vec::with_capacity(cases.len());
    let mut earlier = Lookup::default();
    for case in cases {
        files.push(file(console, conn, case, now, &mut earlier).await?);
    }
    let name = rows::source_name(conn, source).await?.unwrap_or_else(|| source.to_owned());
    let head = Head {
        report: report_name(rows::next_id(conn).await?),
        sealed_at: datetime(now),
        organisation: organisation::read(conn).await?,
        source: Source {
            key: source.to_owned(),
            name,
            url_hosts: source.strip_prefix("host:").map(str::to_owned).into_iter().collect(),
        },
        rule: RULE.to_owned(),
        policy_version: policy::read(conn).await?.version,
        ledger: LedgerPoint { leaves: unsigned(leaves)?, root: hex::encode(root) },
        tool: Tool { name: "Casement".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
    };
    Ok(PackageInput { head, files })
}

async fn file(
    console: &Console,
    conn: &mut sqlx::SqliteConnection,
    case: i64,
    now: i64,
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
            ms: stored::count(row.ms.unwrap_or(now - row.opened_at)),
            leaf: stored::count(row.opened_seq),
        })
        .collect();
    let blake3: [u8; 32] = item.blake3.as_slice().try_into().map_err(|_| damaged())?;
    let sealed = console.vault().holds(&blake3);
    let known = known(conn, case, &sightings).await?;
    let finds: Vec<Find> = known.iter().map(|known| known.find.clone()).collect();
    let stands = decision::standing(&made).map(|decision| stored::count(decision.seq));
    let decision = decision::facts(&made, console.actor().pseudonym(), None, now)
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
