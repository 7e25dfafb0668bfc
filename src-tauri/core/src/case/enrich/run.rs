//! A file on its way in: chunk by chunk, each joined to the sightings here, each part durable by itself.
//!
//! It must never hold a whole file. A run that broke off is run again: what is there already is known, not doubled.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::apply::{About, Done, Hit, part};
use super::join::{Key, Tie, keys};
use super::read::{Chunk, Offer, Said, Source, holds};
use super::verbs::{about, enriched, scope};
use super::{Known, known_of};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::store::{gaps, trace as traces};
use crate::wire::{EnrichCounts, EnrichFile, EnrichKind, Enriched, LineProblem};

/// Sightings looked through at a time, and written at a time.
const PAGE: i64 = 1_000;
const PART: usize = 1_000;
const MAX_PROBLEMS: usize = 1_000;

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
    if run.unread() {
        let first = run.problems.first().map(|one| format!("Line {}: {}. ", one.line, one.wrong));
        return Err(Error::usage(
            "ENRICH-14",
            format!(
                "No line of this file could be read, so nothing was looked for and nothing is on record. {}Unpack it if it \
                 is packed, and say what it is written in.",
                first.unwrap_or_default()
            ),
        ));
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
    /// Not a single line was what the file was said to be: that is no search.
    fn unread(&self) -> bool {
        self.done.is_empty() && self.due.lines > 0 && self.due.left_out == self.due.lines
    }

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
