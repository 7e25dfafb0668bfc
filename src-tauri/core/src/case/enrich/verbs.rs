//! The three ways in: a file, a form, an enquiry that brought nothing by itself.
//!
//! It must never hold a whole file, and never answer before what it did is in the ledger.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;
use time::macros::format_description;
use uuid::Uuid;

use super::apply::{About, Done, Hit, part};
use super::join::{Key, Tie, keys};
use super::read::{Chunk, Offer, Said, Source, holds};
use super::{Known, field, known_of};
use crate::case::defang;
use crate::clock::rfc3339;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::store::enrich::{self as rows, AttemptRow};
use crate::store::{gaps, trace as traces};
use crate::wire::{
    Attempt, AttemptInput, AttemptOutcome, EnrichCounts, EnrichFile, EnrichForm, EnrichKind,
    Enriched, LineProblem, Role,
};
use crate::words;

/// Sightings looked through at a time, and written at a time.
const PAGE: i64 = 1_000;
const PART: usize = 1_000;
const MAX_PROBLEMS: usize = 1_000;
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
    if let Some(problem) = done.problems.first().filter(|_| done.counts.facts == 0) {
        tracing::info!(code = problem.code, "a typed fact was refused");
    }
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
    about.field = match input.field.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        // A field that cannot be attached later can still be asked for.
        Some(name) => Some(field::named(name).map_or_else(|| name.to_owned(), str::to_owned)),
        None => None,
    };
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

/// Attaches what a file says of sightings here. Running it again adds only what is not there yet.
pub async fn file(console: &Console, input: &EnrichFile) -> Result<Enriched> {
    let path = Path::new(&input.path);
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let source = match input.source.trim() {
        "" => name,
        source => source.to_owned(),
    };
    let mut about = about(console, kind_word(input.kind), &source, &input.note)?;
    if !path.is_file() {
        return Err(Error::usage("ENRICH-02", "There is no file of that name. Check its path."));
    }
    let dataset = match input.dataset.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(dataset) => Some(scope(console, &mut about, dataset).await?),
        None => None,
    };
    let names: BTreeSet<String> = gaps::datasets(&mut *console.store().read().await?)
        .await?
        .into_iter()
        .map(|row| row.name)
        .collect();
    let within_one = dataset.is_some() || names.len() <= 1;
    let digest = blocking({
        let path = path.to_owned();
        move || digest_of(&path)
    })
    .await?;
    about.raw_sha256 = Some(digest);
    let mut source = Source::open(path, input.kind, hex::encode(digest))?;
    let mut run = Run {
        console,
        about: &about,
        kind: input.kind,
        due: EnrichCounts::default(),
        done: Vec::new(),
        problems: Vec::new(),
    };
    loop {
        let (back, chunk) = blocking(move || {
            let chunk = source.next()?;
            Ok((source, chunk))
        })
        .await?;
        source = back;
        let Some(mut chunk) = chunk else { break };
        if !within_one {
            chunk.offers.iter_mut().for_each(|offer| offer.keys.retain(|key| !key.is_local()));
            if !chunk.offers.is_empty() && chunk.offers.iter().all(|offer| offer.keys.is_empty()) {
                return Err(Error::usage(
                    "ENRICH-05",
                    "These rows are named within one dataset only, and there are several here. Say which dataset.",
                ));
            }
        }
        run.take(chunk, dataset.as_deref()).await?;
    }
    run.flush(&mut Vec::new(), true).await?;
    let (parts, problems) = (run.done, run.problems);
    let mut told = enriched(console, &about, parts).await?;
    told.problems.extend(problems);
    told.problems.sort_by_key(|problem| problem.line);
    told.problems.truncate(MAX_PROBLEMS);
    Ok(told)
}

/// A file on its way in.
struct Run<'a> {
    console: &'a Console,
    about: &'a About,
    kind: EnrichKind,
    /// Counted while reading and in no part yet.
    due: EnrichCounts,
    done: Vec<Done>,
    problems: Vec<LineProblem>,
}

impl Run<'_> {
    /// Looks through the sightings for those that these lines speak of.
    async fn take(&mut self, chunk: Chunk, dataset: Option<&str>) -> Result<()> {
        self.due.lines += chunk.lines;
        self.due.left_out += chunk.problems.len() as u64;
        let room = MAX_PROBLEMS.saturating_sub(self.problems.len());
        self.problems.extend(chunk.problems.into_iter().take(room));
        let mut by_key: HashMap<&Key, Vec<&Offer>> = HashMap::new();
        for offer in &chunk.offers {
            for key in &offer.keys {
                by_key.entry(key).or_default().push(offer);
            }
        }
        let mut hits = Vec::new();
        let mut after = 0;
        loop {
            let mut conn = self.console.store().read().await?;
            let found = traces::after(&mut conn, after, dataset, PAGE).await?;
            let Some(last) = found.last() else { break };
            after = last.id;
            let known = known_of(&mut conn, found).await?;
            drop(conn);
            for sighting in &known {
                match self.said(sighting, &by_key) {
                    Some(said) if said.is_empty() => self.due.ambiguous += 1,
                    Some(said) => hits.push(Hit { sighting: sighting.row.id, said }),
                    None => {}
                }
            }
            if hits.len() >= PART {
                self.flush(&mut hits, false).await?;
            }
        }
        if hits.is_empty() { Ok(()) } else { self.flush(&mut hits, false).await }
    }

    /// What the lines say of a sighting; `None`: nothing, an empty list: several things.
    fn said(
        &self,
        sighting: &Known,
        by_key: &HashMap<&Key, Vec<&Offer>>,
    ) -> Option<Vec<(u64, Vec<Said>)>> {
        let keys = keys(&sighting.find, sighting.row.case_id);
        let mut tied: Vec<(Tie, &Offer)> = keys
            .iter()
            .filter_map(|key| by_key.get(key).map(|offers| (key.0, offers)))
            .flat_map(|(tie, offers)| offers.iter().map(move |offer| (tie, *offer)))
            .collect();
        let firmest = tied.iter().map(|(tie, _)| *tie).min()?;
        tied.retain(|(tie, _)| *tie == firmest);
        tied.dedup_by_key(|(_, offer)| offer.line);
        let say = |offer: &Offer| (offer.line, holds(offer, firmest, self.kind, &sighting.find));
        if firmest == Tie::Named {
            return Some(tied.into_iter().map(|(_, offer)| say(offer)).collect());
        }
        // The same bytes may have been captured often: the line that agrees in more than one way is meant.
        let agrees = |offer: &Offer| offer.keys.iter().filter(|key| keys.contains(*key)).count();
        let most = tied.iter().map(|(_, offer)| agrees(offer)).max()?;
        let mut meant: Vec<(u64, Vec<Said>)> = tied
            .into_iter()
            .filter(|(_, offer)| agrees(offer) == most)
            .map(|(_, offer)| say(offer))
            .collect();
        meant.dedup_by(|a, b| a.1 == b.1);
        if meant.len() > 1 {
            meant.clear();
        } else if meant.iter().all(|(_, said)| said.is_empty()) {
            return None;
        }
        Some(meant)
    }

    /// Writes one part. The last one is written even where nothing was found: an attempt is an attempt.
    async fn flush(&mut self, hits: &mut Vec<Hit>, last: bool) -> Result<()> {
        let nothing = hits.is_empty() && self.due == EnrichCounts::default();
        if nothing && !(last && self.done.is_empty()) {
            return Ok(());
        }
        let counts = std::mem::take(&mut self.due);
        for some in hits.chunks(PART.max(1)) {
            let first = std::ptr::eq(some.as_ptr(), hits.as_ptr());
            let counts = if first { counts } else { EnrichCounts::default() };
            self.done.push(part(self.console, self.about, some, counts).await?);
        }
        if hits.is_empty() {
            self.done.push(part(self.console, self.about, &[], counts).await?);
        }
        hits.clear();
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        let broke =
            "The file could not be read to its end. Run it again; nothing is attached twice.";
        Error::store("ENRICH-11", broke).caused_by(error)
    })?
}

fn digest_of(path: &Path) -> Result<[u8; 32]> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hasher.finalize().into());
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
}

fn about(console: &Console, kind: &'static str, source: &str, note: &str) -> Result<About> {
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
    })
}

/// Finds the dataset by id or name. Answers its name.
async fn scope(console: &Console, about: &mut About, dataset: &str) -> Result<String> {
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

async fn enriched(console: &Console, about: &About, parts: Vec<Done>) -> Result<Enriched> {
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

fn kind_word(kind: EnrichKind) -> &'static str {
    match kind {
        EnrichKind::Cdx => "cdx",
        EnrichKind::Stats => "stats",
        EnrichKind::Pointer => "pointer",
        EnrichKind::Answer => "answer",
        EnrichKind::Form => "form",
        EnrichKind::Enquiry => "enquiry",
    }
}

/// As people see it. `brought`: facts of the field at hand, where there is one.
pub(crate) fn attempt_wire(row: &AttemptRow, brought: Option<i64>) -> Attempt {
    let counts = EnrichCounts {
        lines: words::count(row.lines),
        matched: words::count(row.matched),
        facts: words::count(row.facts),
        known: words::count(row.known),
        conflicts: words::count(row.conflicts),
        ambiguous: words::count(row.ambiguous),
        left_out: words::count(row.left_out),
    };
    let (kind, title) = match row.kind.as_str() {
        "cdx" => (EnrichKind::Cdx, "Joined a crawl index"),
        "stats" => (EnrichKind::Stats, "Read shard statistics"),
        "pointer" => (EnrichKind::Pointer, "Joined pointer rows"),
        "answer" => (EnrichKind::Answer, "Answer attached"),
        "form" => (EnrichKind::Form, "Facts typed"),
        _ => (EnrichKind::Enquiry, "Asked"),
    };
    let (outcome, told) = match row.outcome.as_str() {
        "found" => (AttemptOutcome::Found, ""),
        "already-known" => (AttemptOutcome::AlreadyKnown, "All of it was known."),
        "asked" => (AttemptOutcome::Asked, "No answer yet"),
        "no-answer" => (AttemptOutcome::NoAnswer, "No answer."),
        "refused" => (AttemptOutcome::Refused, "Refused."),
        _ => (AttemptOutcome::NotFound, "Nothing found."),
    };
    let mut said: Vec<String> = Vec::new();
    match (kind, outcome, &row.due) {
        (EnrichKind::Enquiry, AttemptOutcome::Asked, Some(due)) => {
            said.push(format!("{told}, due {due}."))
        }
        (EnrichKind::Enquiry, AttemptOutcome::Asked, None) => said.push(format!("{told}.")),
        _ if !told.is_empty() => said.push(told.to_owned()),
        _ => {}
    }
    if kind != EnrichKind::Enquiry {
        match brought {
            Some(n) => said.push(format!("{n} of {} sightings given this fact.", counts.matched)),
            None => said.push(format!("{} facts for {} sightings.", counts.facts, counts.matched)),
        }
        if counts.conflicts > 0 {
            said.push(format!("{} differ from what is there.", counts.conflicts));
        }
        if counts.ambiguous > 0 {
            said.push(format!("{} sightings fit several lines.", counts.ambiguous));
        }
    }
    if !row.note.is_empty() {
        said.push(defang::prose(&row.note));
    }
    Attempt {
        leaf: words::count(row.seq),
        at: rfc3339(row.at),
        by: row.account.clone(),
        kind,
        outcome,
        title: title.to_owned(),
        words: said.join(" "),
        dataset: words::small(row.dataset_id),
        case: row.case_id.map(words::case_number),
        field: row.field.clone(),
        source: defang::prose(&row.source),
        note: defang::prose(&row.note),
        due: row.due.clone(),
        raw_sha256: row.raw_sha256.as_ref().map(hex::encode),
        counts,
    }
}
