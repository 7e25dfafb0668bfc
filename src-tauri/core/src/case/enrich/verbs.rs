//! By hand: facts a person typed, and an enquiry that brought none by itself.
//!
//! It must never answer before what it did is in the ledger.

use sqlx::SqliteConnection;
use time::macros::format_description;
use uuid::Uuid;

use super::apply::{About, Done, Hit, part};
use super::read::Said;
use super::told::attempt_wire;
use super::{Known, field, known_of};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::store::enrich as rows;
use crate::store::{gaps, trace as traces};
use crate::wire::{AttemptInput, AttemptOutcome, EnrichCounts, EnrichForm, Enriched, Role};

/// Longest source, note and typed value, in bytes.
const MAX_TEXT: usize = 2_000;
const MAX_VALUE: usize = 16_384;
const MAX_FACTS: usize = 64;

/// Attaches what a person typed to the sightings of a case.
pub async fn form(console: &Console, form: &EnrichForm) -> Result<Enriched> {
    let mut about = about(console, "form", &form.source, &form.note)?;
    let case = i64::from(form.case);
    about.case = Some(case);
    let mut said: Vec<Said> = Vec::new();
    if form.facts.is_empty() || form.facts.len() > MAX_FACTS {
        return Err(Error::usage("ENRICH-06", "Give at least one fact, and at most 64."));
    }
    for input in &form.facts {
        let name = named(&input.field)?;
        let value = Some(&input.value)
            .filter(|text| text.len() <= MAX_VALUE)
            .and_then(|text| field::parse(name, text))
            .ok_or_else(|| {
                Error::usage("ENRICH-07", format!("{name} is not written as this fact is."))
            })?;
        said.push((name, value));
    }
    said.sort_by_key(|(name, _)| (*name != field::FETCHED_AT, *name));
    about.field = match said.as_slice() {
        [(only, _)] => Some((*only).to_owned()),
        _ => None,
    };
    let mut conn = console.store().read().await?;
    let found = traces::of_case(&mut conn, case).await?;
    let known = known_of(&mut conn, found).await?;
    drop(conn);
    if known.is_empty() {
        return Err(crate::queue::claim::no_such_case());
    }
    let hits: Vec<Hit> = match &form.find_id {
        Some(id) => {
            let named = known.iter().filter(|known| known.find.find_id.to_string() == *id);
            named.map(|known| hit(known, &said)).collect()
        }
        None => lacking(&known, &said),
    };
    if hits.is_empty() {
        return Err(Error::usage("ENRICH-08", "This case has no sighting with that find id."));
    }
    let done =
        part(console, &about, &hits, EnrichCounts { lines: 1, ..EnrichCounts::default() }).await?;
    enriched(console, &about, vec![done]).await
}

/// For each sighting the facts it lacks; where none lacks any, all are weighed against all, so that a difference shows.
fn lacking(known: &[Known], said: &[Said]) -> Vec<Hit> {
    let hits: Vec<Hit> = known
        .iter()
        .filter_map(|known| {
            let find = serde_json::to_value(&known.find).ok()?;
            let lacks = said.iter().any(|(name, _)| field::held(&find, name).is_none());
            lacks.then(|| hit(known, said))
        })
        .collect();
    if hits.is_empty() { known.iter().map(|known| hit(known, said)).collect() } else { hits }
}

fn hit(known: &Known, said: &[Said]) -> Hit {
    Hit { sighting: known.row.id, said: vec![(1, said.to_vec())] }
}

/// Records an enquiry and what became of it.
pub async fn attempt(console: &Console, input: &AttemptInput) -> Result<Enriched> {
    let mut about = about(console, "enquiry", &input.source, &input.note)?;
    about.outcome = Some(match input.outcome {
        AttemptOutcome::Asked => "asked",
        AttemptOutcome::NoAnswer => "no-answer",
        AttemptOutcome::NotFound => "not-found",
        AttemptOutcome::Refused => "refused",
        AttemptOutcome::Found | AttemptOutcome::AlreadyKnown => {
            return Err(Error::usage(
                "ENRICH-09",
                "An answer that brought facts is attached as a file or a form, not recorded as an enquiry.",
            ));
        }
    });
    // A field that cannot be attached later can still be asked for.
    let asked = input.field.as_deref().map(str::trim).filter(|name| !name.is_empty());
    about.field = asked.map(|name| field::named(name).unwrap_or(name).to_owned());
    if about.field.as_ref().is_some_and(|name| name.len() > 128) {
        return Err(unknown_field());
    }
    about.due = match input.due.as_deref().map(str::trim).filter(|due| !due.is_empty()) {
        Some(due) => {
            time::Date::parse(due, format_description!("[year]-[month]-[day]"))
                .map_err(|_| Error::usage("ENRICH-10", "A date must look like 2026-12-03."))?;
            Some(due.to_owned())
        }
        None => None,
    };
    scope(console, &mut about, &input.dataset).await?;
    let done = part(console, &about, &[], EnrichCounts::default()).await?;
    enriched(console, &about, vec![done]).await
}

pub(super) fn about(
    console: &Console,
    kind: &'static str,
    source: &str,
    note: &str,
) -> Result<About> {
    console.actor().needs(&[Role::Reviewer, Role::Supervisor])?;
    let (source, note) = (source.trim(), note.trim());
    if source.is_empty() {
        return Err(Error::usage("ENRICH-03", "Say who or what says so: give a source."));
    }
    if source.len() > MAX_TEXT || note.len() > MAX_TEXT {
        return Err(Error::usage("ENRICH-03", "Source and note hold at most 2,000 bytes each."));
    }
    Ok(About {
        run: Uuid::now_v7().to_string(),
        kind,
        dataset: None,
        reach: Vec::new(),
        case: None,
        field: None,
        source: source.to_owned(),
        note: note.to_owned(),
        due: None,
        raw_sha256: None,
        outcome: None,
        told: Vec::new(),
    })
}

/// Finds the dataset by id or name. Answers its name.
pub(super) async fn scope(console: &Console, about: &mut About, dataset: &str) -> Result<String> {
    let mut conn = console.store().read().await?;
    let rows = dataset_rows(&mut conn, dataset).await?;
    let Some(first) = rows.first() else {
        return Err(Error::usage("ENRICH-04", "There is no sighting of a dataset of that name."));
    };
    about.dataset = Some(first.0);
    about.reach = rows.iter().map(|(id, _)| *id).collect();
    Ok(first.1.clone())
}

/// By id exactly one, by name all of it.
async fn dataset_rows(conn: &mut SqliteConnection, dataset: &str) -> Result<Vec<(i64, String)>> {
    let all = gaps::datasets(conn).await?;
    let by_name = all.iter().filter(|row| row.name == dataset);
    let found: Vec<(i64, String)> = by_name.map(|row| (row.id, row.name.clone())).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let id = dataset.parse::<i64>().ok();
    Ok(all.into_iter().filter(|row| Some(row.id) == id).map(|row| (row.id, row.name)).collect())
}

fn named(name: &str) -> Result<&'static str> {
    field::named(name).ok_or_else(unknown_field)
}

fn unknown_field() -> Error {
    Error::usage(
        "ENRICH-12",
        format!("No fact of that name can be attached. These can: {}.", field::names()),
    )
}

pub(super) async fn enriched(
    console: &Console,
    about: &About,
    parts: Vec<Done>,
) -> Result<Enriched> {
    let mut conn = console.store().read().await?;
    let row = rows::run(&mut conn, &about.run).await?.ok_or_else(|| {
        Error::store("ENRICH-13", "What was recorded cannot be read back. Run casectl verify.")
    })?;
    drop(conn);
    let mut all = Done::default();
    for part in parts {
        for (step, n) in part.moves {
            *all.moves.entry(step).or_default() += n;
        }
        all.problems.extend(part.problems);
    }
    let problems = std::mem::take(&mut all.problems);
    Ok(Enriched { attempt: attempt_wire(&row, None), moves: all.moves(), problems })
}
