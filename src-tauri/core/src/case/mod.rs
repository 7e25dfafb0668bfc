//! A case: one item with its sightings, matches, exposures and decisions, as the person at the console may see it.
//!
//! It must never see pixels.

pub mod completeness;
pub mod defang;
pub mod enrich;
pub mod gaps;
pub mod prov;
pub(crate) mod remedy;
pub(crate) mod trace;
pub mod trail;

use crate::clock::rfc3339;
use crate::cluster;
use crate::console::Console;
use crate::decision;
use crate::error::{Error, Result};
use crate::intake::find::{Find, Match, MatchKind as FoundKind};
use crate::policy;
use crate::queue::claim::no_such_case;
use crate::queue::{state, why};
use crate::store::case::{self as rows, ItemRow, SightingRow};
use crate::store::trace::RecordRow;
use crate::store::{decision as decisions, exposure, queue};
use crate::view;
use crate::wire::{
    CaseView, Claim, ItemFacts, MatchFacts, MatchKind, Role, SightingFacts, WireError,
};
use crate::words;
use completeness::Held;

/// Sightings shown of one case; the rest are counted.
const MAX_SIGHTINGS: i64 = 200;

/// The whole case.
pub async fn show(console: &Console, case: u32) -> Result<CaseView> {
    let id = i64::from(case);
    let mut conn = console.store().read().await?;
    let (me, now) = (console.actor().pseudonym(), console.clock().now());
    let row = queue::one(&mut conn, me, now, id).await?.ok_or_else(no_such_case)?;
    let item = rows::item(&mut conn, id).await?.ok_or_else(no_such_case)?;
    let sightings = rows::sightings(&mut conn, id, MAX_SIGHTINGS).await?;
    let known = known(&mut conn, id, &sightings).await?;
    let made = decisions::of_case(&mut conn, id).await?;
    let seen = exposure::of_case(&mut conn, id).await?;
    let policy = policy::read(&mut conn).await?;
    let spent = view::today_ms(&mut conn, me, now).await?;
    let report = rows::report_of(&mut conn, id).await?;
    let (fingerprint, cluster) = cluster::of_case(&mut conn, console, id).await?;
    let attestations = decision::attest::facts(&mut conn, me, id).await?;
    let annotations = decision::annotate::facts(&mut conn, me, id).await?;
    let cannot_state = decision::statement::may_state(console, &mut conn, id).await.err();
    drop(conn);

    let blake3: [u8; 32] = item.blake3.as_slice().try_into().unwrap_or_default();
    let sealed = console.vault().holds(&blake3);
    let can = view::Can {
        open: sealed,
        destroyed: console.vault().destroyed(&blake3),
        veil: console.confined().await,
    };
    let decided = decision::standing(&made).is_some();
    let (finds, facts): (Vec<Find>, Vec<_>) =
        known.into_iter().map(|known| (known.find, known.facts)).unzip();
    let claimed_by_me = row.holder.as_deref() == Some(me);
    Ok(CaseView {
        case,
        state: state(&row, now),
        draft: decision::draft(&made, me, row.settles_at, now),
        claim: row.holder.as_ref().zip(row.lease_ends).map(|(by, ends)| Claim {
            by: by.clone(),
            mine: by == me,
            left_ms: words::count(ends - now),
            lease_ms: u64::from(policy.lease_s) * 1000,
        }),
        item: item_facts(&item, &finds),
        matches: match_facts(&finds),
        sightings: finds
            .iter()
            .zip(&sightings)
            .zip(&facts)
            .map(|((find, row), facts)| sighting_facts(find, row, facts, held(sealed, decided)))
            .collect(),
        view: view::facts(console, &policy, spent, can, claimed_by_me, &seen, now),
        decisions: decision::facts(&made, me, row.settles_at, now),
        attestations,
        annotations,
        cannot_state: cannot_state.map(WireError::from),
        report: report.map(crate::package::report_name),
        why: why(&row),
        fingerprint,
        cluster,
        held_by: row.held_by.map(words::case_number),
        cannot_decide: cannot_decide(console, &row, now).map(WireError::from),
    })
}

/// What is known of the item's keeping, beyond what the scanner said.
pub(crate) fn held(sealed: bool, decided: bool) -> Held {
    Held {
        bytes_sealed: sealed,
        // An item exists only because its bytes were read and their SHA-256 compared at import.
        sha256_rechecked: true,
        human_decision: decided,
        retention_until: false,
        custodian_contact: false,
    }
}

/// The sightings of a case with what was attached to them, in the order of their rows.
pub(crate) async fn known(
    conn: &mut sqlx::SqliteConnection,
    case: i64,
    sightings: &[SightingRow],
) -> Result<Vec<enrich::Known>> {
    let found = sightings.iter().map(|row| RecordRow {
        id: row.id,
        case_id: case,
        run: row.run.clone(),
        record: row.record.clone(),
        class: None,
    });
    enrich::known_of(conn, found.collect()).await
}

/// A record that intake accepted cannot be read back.
pub(crate) fn unreadable_sighting(error: serde_json::Error) -> Error {
    Error::store("CASE-02", "A sighting in the store cannot be read. Run casectl verify.")
        .caused_by(error)
}

/// Whether facts, gaps and trails agree with the ledger and with each other; one sentence for each that does not.
pub async fn verify(console: &Console) -> Result<Vec<String>> {
    enrich::check::check(console).await
}

pub(crate) fn item_facts(item: &ItemRow, finds: &[Find]) -> ItemFacts {
    let object = finds.first().map(|find| &find.object);
    let fetched = finds.iter().find_map(|find| find.object.as_fetched_digests.as_ref());
    ItemFacts {
        blake3: hex::encode(&item.blake3),
        sha256: hex::encode(&item.sha256),
        sha1: hex::encode(&item.sha1),
        md5: hex::encode(&item.md5),
        size_bytes: words::count(item.size_bytes),
        media_type: object.and_then(|object| object.media_type.clone()),
        width: object.and_then(|object| object.width).and_then(|n| u32::try_from(n).ok()),
        height: object.and_then(|object| object.height).and_then(|n| u32::try_from(n).ok()),
        bytes_are: object.map_or_else(|| "unknown".to_owned(), |object| word_of(&object.bytes_are)),
        as_fetched_sha256: fetched.map(|digests| digests.sha256.clone()),
    }
}

/// Matches of all sightings, each list entry once, exact first, then nearest.
pub(crate) fn match_facts(finds: &[Find]) -> Vec<MatchFacts> {
    let mut facts: Vec<MatchFacts> = Vec::new();
    for found in finds.iter().flat_map(|find| &find.matches) {
        let new = match_fact(found);
        let known = facts.iter().any(|old| {
            (&old.provider, &old.list, &old.list_version, &old.entry, &old.algorithm, old.distance)
                == (
                    &new.provider,
                    &new.list,
                    &new.list_version,
                    &new.entry,
                    &new.algorithm,
                    new.distance,
                )
        });
        if !known {
            facts.push(new);
        }
    }
    facts.sort_by_key(|fact| (fact.kind == MatchKind::Near, fact.distance));
    facts
}

fn match_fact(found: &Match) -> MatchFacts {
    let small = |n: Option<u64>| n.and_then(|n| u32::try_from(n).ok());
    MatchFacts {
        provider: found.list.provider.clone(),
        list: found.list.name.clone(),
        list_version: found.list.version.clone(),
        entry: found.list.entry_id.clone(),
        label: found.list.label.clone(),
        algorithm: words::algorithm(&word_of(&found.algorithm)).to_owned(),
        kind: if found.kind == FoundKind::Near { MatchKind::Near } else { MatchKind::Exact },
        distance: small(found.distance),
        threshold: small(found.threshold),
        distance_unit: found.distance_unit.as_ref().map(|unit| match word_of(unit).as_str() {
            "hamming_bits" => "bits".to_owned(),
            _ => "vendor units".to_owned(),
        }),
        quality: found.query_quality.map(u32::from),
        entry_count: small(found.list.entry_count),
        raw_sha256: found.raw_sha256.clone(),
    }
}

fn sighting_facts(
    find: &Find,
    row: &SightingRow,
    facts: &[enrich::Fact],
    held: Held,
) -> SightingFacts {
    let dataset = &find.locator.dataset;
    SightingFacts {
        find_id: find.find_id.to_string(),
        dataset: dataset.id.clone(),
        dataset_version: dataset.version.clone(),
        version_kind: word_of(&dataset.version_kind),
        supplier: dataset.supplier.clone(),
        supplier_contact: dataset.supplier_contact.clone(),
        place: trail::place(find),
        when: trail::when(find),
        time_precision: find.acquisition.time_precision.as_ref().map(word_of),
        scanner: format!("{} {}", find.scanner.name, find.scanner.version),
        imported: rfc3339(row.imported_at),
        completeness: completeness::completeness(find, held),
        trail: trail::with_later(find, facts),
    }
}

/// The schema's own word for an enumeration's value.
pub(crate) fn word_of(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn cannot_decide(console: &Console, row: &queue::CaseRow, now: i64) -> Option<Error> {
    if let Err(refused) = console.actor().needs(&[Role::Reviewer]) {
        return Some(refused);
    }
    if row.state == "packaged" {
        return Some(decision::packaged(row.id));
    }
    match (&row.holder, row.lease_ends) {
        (Some(holder), Some(ends)) if holder != console.actor().pseudonym() => {
            Some(Error::refused(
                "CLAIM-03",
                format!(
                    "{holder} holds this case for another {}.",
                    words::minutes(words::count(ends - now))
                ),
            ))
        }
        (Some(_), _) => None,
        (None, _) if row.settles_at.is_some_and(|ends| ends > now) => Some(Error::refused(
            "DECIDE-07",
            "This case has a draft decision. Undo it first (U), or let it settle.",
        )),
        (None, _) => Some(Error::refused("CLAIM-01", "Claim the case first (Enter).")),
    }
}
