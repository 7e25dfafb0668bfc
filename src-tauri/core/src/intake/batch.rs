//! One batch: lines read, checked, their bytes digested and sealed, ready to be written in one transaction.
//!
//! It must never hold the bytes of more files than there are threads, nor a longer line than the limit.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use time::OffsetDateTime;

use super::check::LineError;
use super::entries::{Entries, Raw, Taken};
use super::find::{Algorithm, Find, MatchKind};
use super::known::Known;
use super::{Originals, quarantine, retold};
use crate::case::trace::{self, Trace};
use crate::case::{prov, trail, word_of};
use crate::error::Result;
use crate::hash::pdq::Pdq;
use crate::hash::{Digests, sha256};
use crate::queue::rank;
use crate::vault::Vault;
use crate::wire::Band;
use crate::words;

/// Lines of one batch.
const LINES: usize = 1_000;
/// A batch ends early once it has sealed this many bytes, so that a stop or a kill costs little.
const SEALED: u64 = 64 * 1024 * 1024;

/// What one transaction takes in.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) first_line: u64,
    pub(super) last_line: u64,
    /// Bytes of the finds read so far, from the beginning.
    pub(super) bytes: u64,
    pub(super) finds: Vec<NewFind>,
    pub(super) known: u64,
    /// Responses that named no match.
    pub(super) unmatched: u64,
    pub(super) problems: Vec<Problem>,
    /// What the vendor answered about the finds, each response once.
    pub(super) raws: Vec<Arc<Raw>>,
    pub(super) missing: BTreeMap<(String, String), u64>,
    /// Finds of content that was destroyed here: taken in, its bytes not kept again.
    pub(super) not_kept: u64,
    pub(super) scanner: Option<String>,
    /// What the finds say of their making.
    pub(super) trail: prov::Graph,
}

/// A line left out.
#[derive(Serialize)]
pub(super) struct Problem {
    line: u64,
    code: &'static str,
    wrong: String,
    remedy: String,
}

/// A find on its way into the store: the columns of `store::incoming`.
#[derive(Serialize)]
pub(super) struct NewFind {
    #[serde(skip)]
    pub(super) digest_bytes: [u8; 32],
    digest: String,
    pub(super) find_id: String,
    line: u64,
    pub(super) record: String,
    blake3: String,
    sha256: String,
    sha1: String,
    md5: String,
    size_bytes: u64,
    provider: String,
    list: String,
    band: &'static str,
    rank: i64,
    algorithm: String,
    distance: Option<u64>,
    threshold: Option<u64>,
    quality: Option<u8>,
    entry: Option<String>,
    class: &'static str,
    /// With the dataset's name, which the case takes too.
    #[serde(flatten)]
    trace: Trace,
    source_key: String,
    source_name: String,
    /// The scanner's own fingerprint with its quality, 64 hex digits.
    pdq: Option<String>,
    pdq_quality: Option<u8>,
}

/// A good line whose bytes are still to be read.
struct Candidate {
    line: u64,
    record: String,
    digest: [u8; 32],
    find: Find,
    file: Option<String>,
    raw: Option<Arc<Raw>>,
}

impl Candidate {
    fn new(line: u64, taken: Taken) -> Self {
        let Taken { find, record, file, raw } = taken;
        Self { line, record, digest: digest_of(&find), find, file, raw }
    }
}

/// Over the typed form, so that white space and the order of keys make no difference.
fn digest_of(find: &Find) -> [u8; 32] {
    sha256(&serde_json::to_vec(find).unwrap_or_default())
}

/// Reads finds batch by batch.
pub(super) struct Reader {
    entries: Box<dyn Entries>,
    originals: Originals,
    run: String,
    known: Known,
}

impl Reader {
    pub(super) fn new(
        entries: Box<dyn Entries>,
        originals: Originals,
        run: String,
        known: Known,
    ) -> Self {
        Self { entries, originals, run, known }
    }

    /// BLAKE3 of everything read.
    pub(super) fn digest(&self) -> String {
        self.entries.digest()
    }

    /// The next batch, or `None` at the end.
    pub(super) fn next(&mut self, vault: &Vault, now: OffsetDateTime) -> Result<Option<Batch>> {
        let mut batch = Batch { first_line: self.entries.ordinal() + 1, ..Batch::default() };
        let mut candidates = Vec::new();
        let (mut entries, mut announced) = (0, 0);
        let mut ended = true;
        while let Some(entry) = self.entries.next(now)? {
            entries += 1;
            batch.unmatched += entry.unmatched;
            for find in entry.finds {
                match find {
                    Ok(taken) => {
                        announced += taken.find.object.size_bytes;
                        announced += taken.raw.as_ref().map_or(0, |raw| raw.body.len() as u64);
                        candidates.push(Candidate::new(entry.ordinal, taken));
                    }
                    Err(error) => batch.problems.push(problem(entry.ordinal, error)),
                }
            }
            if entries.max(candidates.len()) >= LINES || announced >= SEALED {
                ended = false;
                break;
            }
        }
        batch.last_line = self.entries.ordinal();
        batch.bytes = self.entries.bytes();
        if ended && entries == 0 {
            return Ok(None);
        }
        self.resolve(candidates, vault, &mut batch)?;
        self.known.accepted(&batch.finds);
        Ok(Some(batch))
    }

    fn resolve(&self, candidates: Vec<Candidate>, vault: &Vault, batch: &mut Batch) -> Result<()> {
        let ids: Vec<String> =
            candidates.iter().map(|candidate| candidate.find.find_id.to_string()).collect();
        let mut seen = self.known.of(&ids)?;
        let mut fresh: Vec<Candidate> = Vec::new();
        let mut again: Vec<Candidate> = Vec::new();
        for (candidate, id) in candidates.into_iter().zip(ids) {
            match seen.get(&id) {
                Some(digest) if *digest == candidate.digest => batch.known += 1,
                Some(_) => again.push(candidate),
                None => {
                    seen.insert(id, candidate.digest.to_vec());
                    fresh.push(candidate);
                }
            }
        }
        let same = retold::same(
            &again.iter().map(|one| &one.find).collect::<Vec<_>>(),
            &fresh.iter().map(|one| &one.find).collect::<Vec<_>>(),
            &self.known,
        )?;
        for (candidate, same) in again.into_iter().zip(same) {
            if same {
                batch.known += 1;
            } else {
                batch.problems.push(problem(candidate.line, LineError::other_content()));
            }
        }
        for (candidate, sealed) in seal_all(&self.originals, fresh, vault)? {
            match sealed {
                Ok(digests) => {
                    if vault.destroyed(&digests.blake3) {
                        batch.not_kept += 1;
                    }
                    batch.accept(candidate, &digests, &self.run);
                }
                Err(error) => batch.problems.push(problem(candidate.line, error)),
            }
        }
        batch.problems.sort_by_key(|problem| problem.line);
        one_problem_per_line(&mut batch.problems);
        // Waits for the whole disk; a batch that sealed nothing has nothing to wait for.
        if batch.finds.is_empty() { Ok(()) } else { vault.settle() }
    }
}

/// Digests and seals on all cores; each thread holds one chunk of one file at a time.
fn seal_all(
    originals: &Originals,
    candidates: Vec<Candidate>,
    vault: &Vault,
) -> Result<Vec<(Candidate, Result<Digests, LineError>)>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let share = candidates.len().div_ceil(threads).max(1);
    let mut rest = candidates;
    let mut shares = Vec::new();
    while !rest.is_empty() {
        let tail = rest.split_off(share.min(rest.len()));
        shares.push(std::mem::replace(&mut rest, tail));
    }
    let sealed: Vec<Result<Vec<_>>> = std::thread::scope(|scope| {
        let workers: Vec<_> = shares
            .into_iter()
            .map(|share| {
                scope.spawn(move || {
                    share
                        .into_iter()
                        .map(|candidate| {
                            let file = candidate.file.as_deref();
                            let sealed = seal(originals, &candidate.find, file, vault)?;
                            Ok((candidate, sealed))
                        })
                        .collect::<Result<Vec<_>>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| Err(super::broke_off())))
            .collect()
    });
    let mut all = Vec::new();
    for share in sealed {
        all.extend(share?);
    }
    Ok(all)
}

/// Outer error: the vault cannot be written, the import ends. Inner: this line is left out.
fn seal(
    originals: &Originals,
    find: &Find,
    file: Option<&str>,
    vault: &Vault,
) -> Result<Result<Digests, LineError>> {
    let named = find.object.quarantine_ref.as_deref();
    let folder = match originals {
        Originals::Folder(folder) => folder,
        // Digested when it was sealed, by the program that wrote the line.
        Originals::Sealed(deposit) => {
            let sealed = deposit.digests(&find.object);
            return Ok(sealed.ok_or_else(|| LineError::not_there(named)));
        }
    };
    let file = match file {
        Some(path) => quarantine::open_below(folder, path),
        None => quarantine::open(folder, &find.object),
    };
    let Some(file) = file else {
        return Ok(Err(LineError::not_there(named)));
    };
    let Ok(sealing) = vault.seal(file)? else {
        return Ok(Err(LineError::not_there(named)));
    };
    let (told, ours) = (&find.object.digests, sealing.digests());
    if ours.size_bytes == 0 {
        return Ok(Err(LineError::zero_bytes(named)));
    }
    let same = told.sha256 == hex::encode(ours.sha256)
        && told.sha1.as_ref().is_none_or(|sha1| *sha1 == hex::encode(ours.sha1))
        && told.md5.as_ref().is_none_or(|md5| *md5 == hex::encode(ours.md5))
        && find.object.size_bytes == ours.size_bytes;
    if !same {
        return Ok(Err(LineError::digest_differs(named)));
    }
    Ok(Ok(sealing.keep()?))
}

fn problem(line: u64, error: LineError) -> Problem {
    Problem { line, code: error.code, wrong: error.wrong, remedy: error.remedy }
}

/// One entry may hold several finds: of those left out, the first is told, the others are counted.
fn one_problem_per_line(problems: &mut Vec<Problem>) {
    let mut told: Vec<(Problem, u64)> = Vec::with_capacity(problems.len());
    for problem in problems.drain(..) {
        match told.last_mut() {
            Some((first, more)) if first.line == problem.line => *more += 1,
            _ => told.push((problem, 0)),
        }
    }
    problems.extend(told.into_iter().map(|(mut problem, more)| {
        if more > 0 {
            problem.wrong = format!("{}, and {more} more of this entry", problem.wrong);
        }
        problem
    }));
}

impl Batch {
    fn accept(&mut self, candidate: Candidate, digests: &Digests, run: &str) {
        let find = candidate.find;
        let best = find.matches.iter().min_by_key(|found| {
            (
                rank(band(found.kind, found.query_quality), found.distance, found.threshold),
                found.distance,
            )
        });
        let Some(best) = best else { return };
        let band = band(best.kind, best.query_quality);
        let source = trail::source_key(&find);
        let print = fingerprint(&find);
        for missing in &find.missing {
            let key = (missing.field.clone(), word_of(&missing.reason));
            *self.missing.entry(key).or_default() += 1;
        }
        self.trail.join(prov::graph(&find, run));
        if let Some(raw) = candidate.raw
            && self.raws.iter().all(|kept| kept.sha256 != raw.sha256)
        {
            self.raws.push(raw);
        }
        if self.scanner.is_none() {
            self.scanner = Some(format!("{} {}", find.scanner.name, find.scanner.version));
        }
        self.finds.push(NewFind {
            digest_bytes: candidate.digest,
            digest: hex::encode(candidate.digest),
            find_id: find.find_id.to_string(),
            line: candidate.line,
            record: candidate.record,
            blake3: hex::encode(digests.blake3),
            sha256: hex::encode(digests.sha256),
            sha1: hex::encode(digests.sha1),
            md5: hex::encode(digests.md5),
            size_bytes: digests.size_bytes,
            provider: best.list.provider.clone(),
            list: best.list.name.clone(),
            band: words::band_word(band),
            rank: rank(band, best.distance, best.threshold),
            algorithm: word_of(&best.algorithm),
            distance: best.distance.filter(|_| best.kind == MatchKind::Near),
            threshold: best.threshold.filter(|_| best.kind == MatchKind::Near),
            quality: best.query_quality,
            entry: best.list.entry_id.clone(),
            class: trace::class_word(&find),
            trace: Trace::of(&find),
            source_key: source.key,
            source_name: source.name,
            pdq: print.map(|(pdq, _)| pdq.to_hex()),
            pdq_quality: print.map(|(_, quality)| quality),
        });
    }
}

/// The best PDQ hash among the matches. Without its quality it says too little, and the airlock makes another.
fn fingerprint(find: &Find) -> Option<(Pdq, u8)> {
    find.matches
        .iter()
        .filter(|found| found.algorithm == Algorithm::Pdq)
        .filter_map(|found| Some((Pdq::parse(found.query_value.as_deref()?).ok()?, found)))
        .filter_map(|(pdq, found)| Some((pdq, found.query_quality.filter(|q| *q <= 100)?)))
        .max_by_key(|(_, quality)| *quality)
}

/// Quality below 50 is what the PDQ reference discards; here it is kept, and comes last.
fn band(kind: MatchKind, quality: Option<u8>) -> Band {
    match (kind, quality) {
        (MatchKind::Exact, _) => Band::Exact,
        (MatchKind::Near, Some(quality)) if quality < 50 => Band::LowQuality,
        (MatchKind::Near, _) => Band::Near,
    }
}
