//! Completeness of a sighting's trail: six dimensions at levels 0 to 3, and a class by gates.
//!
//! It says how far a find can be traced, nothing else. It must never be summed or averaged, used
//! as a priority, or stand between a find and the duty to report.

use time::Duration;

use super::defang;
use crate::intake::find::{
    Algorithm, BytesAre, Find, Match, MatchKind, Step, StepKind, TimePrecision, VersionKind,
};
use crate::wire::{Class, Completeness, Vector};

/// What the console itself holds or did, which no scanner can say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// The bytes are in the vault.
    pub bytes_sealed: bool,
    /// Their SHA-256 was computed here and is the one the scanner gave.
    pub sha256_rechecked: bool,
    /// A person has decided the case, by the ledger.
    pub human_decision: bool,
    /// It is set until when the bytes are kept.
    pub retention_until: bool,
    /// It is set whom to ask for them.
    pub custodian_contact: bool,
}

/// Grades one sighting.
pub fn completeness(find: &Find, held: Held) -> Completeness {
    let vector = Vector {
        m: material(find, held),
        o: origin(find),
        t: time_of_fetch(find),
        c: chain(find),
        d: find.matches.iter().map(|found| detection(found, held)).max().unwrap_or(0),
        p: preservation(find, held),
    };
    let class = class_of(vector);
    let holds_back = holds_back(vector).into_iter().map(str::to_owned).collect();
    Completeness { class, vector, holds_back }
}

/// The class of a vector.
///
/// - **A** traceable to its origin: M, O, T, C and D at 2 or more.
/// - **B** partly traceable: O, T and C at 1 or more.
/// - **C** traceable to a supplier only: C at 2 or more, so that someone can be asked.
/// - **D** not traceable: the rest.
///
/// Gates, since a rich dimension must not buy back an empty one. P opens no gate: how long bytes
/// are kept does not say where they came from.
pub fn class_of(v: Vector) -> Class {
    if [v.m, v.o, v.t, v.c, v.d].iter().all(|level| *level >= 2) {
        Class::A
    } else if [v.o, v.t, v.c].iter().all(|level| *level >= 1) {
        Class::B
    } else if v.c >= 2 {
        Class::C
    } else {
        Class::D
    }
}

/// The dimensions below the gate of the next better class, in the order M O T C D P.
pub fn holds_back(v: Vector) -> Vec<&'static str> {
    let gates: &[(&'static str, u8, u8)] = match class_of(v) {
        Class::A => &[],
        Class::B => &[("M", v.m, 2), ("O", v.o, 2), ("T", v.t, 2), ("C", v.c, 2), ("D", v.d, 2)],
        Class::C => &[("O", v.o, 1), ("T", v.t, 1), ("C", v.c, 1)],
        Class::D => &[("C", v.c, 2)],
    };
    gates.iter().filter(|(_, level, gate)| level < gate).map(|(name, ..)| *name).collect()
}

/// **M**, the material: 0 no bytes held · 1 bytes held that were altered, or may have been ·
/// 2 with the digest of what was fetched · 3 the fetched bytes themselves, their SHA-256 computed
/// again here.
fn material(find: &Find, held: Held) -> u8 {
    if !held.bytes_sealed {
        return 0;
    }
    match find.object.bytes_are {
        BytesAre::AsFetched if held.sha256_rechecked => 3,
        // Not computed again, the scanner's digest of fetched bytes is still one.
        BytesAre::AsFetched => 2,
        BytesAre::ReEncoded | BytesAre::Unknown => {
            if find.object.as_fetched_digests.is_some() {
                2
            } else {
                1
            }
        }
    }
}

/// **O**, the place of origin: 0 none · 1 a host, a page, an account or a server, but no address
/// of the file · 2 the address of the file · 3 with its page or account, and with the address it
/// was finally served from or the server.
fn origin(find: &Find) -> u8 {
    let from = &find.acquisition;
    let file = [&from.origin_url, &from.final_url].into_iter().flatten();
    let has_file = file.clone().any(|url| defang::names_a_file(url));
    let context = said(&from.page_url) || said(&from.uploader_ref);
    let served = said(&from.final_url) || said(&from.server_ip);
    if has_file && context && served {
        3
    } else if has_file {
        2
    } else if context || served || said(&from.origin_url) {
        1
    } else {
        0
    }
}

/// **T**, the time of fetching, always in UTC: 0 none · 1 a longer period: that of a crawl, a
/// snapshot, or the time the dataset was obtained as its end · 2 within 24 hours · 3 an instant,
/// with the program whose clock it is.
fn time_of_fetch(find: &Find) -> u8 {
    let from = &find.acquisition;
    let clock = from.fetcher.as_ref().is_some_and(|fetcher| said(&fetcher.name));
    let instant = from.fetched_at.as_ref().map(|_| match from.time_precision {
        Some(TimePrecision::Exact) if clock => 3,
        Some(TimePrecision::Exact | TimePrecision::ShardInterval) | None => 2,
        Some(TimePrecision::CrawlInterval | TimePrecision::Unknown) => 1,
    });
    let interval = from.fetched_interval.as_ref().map(|interval| {
        let length = interval.end.instant() - interval.start.instant();
        if (Duration::ZERO..=Duration::DAY).contains(&length) { 2 } else { 1 }
    });
    let dataset = &find.locator.dataset;
    let period = dataset.obtained_at.is_some()
        || matches!(dataset.version_kind, VersionKind::CrawlId | VersionKind::SnapshotTime);
    instant.max(interval).unwrap_or(0).max(u8::from(period))
}

/// **C**, the chain: 0 no dataset named · 1 a dataset without a version or without the object in
/// it · 2 dataset at a version, and the object · 3 with the place inside the object, a digest of
/// every layer that has bytes of its own, the supplier and whom to ask there, and a pointer
/// further up: a record the dataset was made from, or the address it fetched.
fn chain(find: &Find) -> u8 {
    let dataset = &find.locator.dataset;
    let steps = &find.locator.steps;
    if dataset.id.trim().is_empty() {
        return 0;
    }
    let versioned =
        dataset.version_kind != VersionKind::Unversioned && !dataset.version.trim().is_empty();
    let object = steps.iter().any(|step| said(&step.uri) || is_object(step) && has_digest(step));
    if !versioned || !object {
        return 1;
    }
    let inside = steps.iter().any(|step| {
        said(&step.member) || step.row.is_some() || step.offset.is_some() && step.length.is_some()
    });
    let last = steps.len().saturating_sub(1);
    // The last layer is the matched bytes: the find's own digest is theirs.
    let digests = steps.iter().enumerate().all(|(index, step)| {
        !has_bytes(step.kind) || has_digest(step) || index == last && !is_object(step)
    });
    let supplier = said(&dataset.supplier) && said(&dataset.supplier_contact);
    let upstream = find.acquisition.upstream.as_ref().is_some_and(|steps| !steps.is_empty())
        || said(&find.acquisition.origin_url);
    if inside && digests && supplier && upstream { 3 } else { 2 }
}

/// **D**, the detection: 0 "matched", by no algorithm that has a name · 1 the algorithm · 2 with
/// the list and its version, and for a near match distance and threshold · 3 with the entry, the
/// quality where PDQ gives one, the raw response kept, and a person's decision in the ledger.
///
/// Of several matches the best counts.
fn detection(found: &Match, held: Held) -> u8 {
    if found.algorithm == Algorithm::Other && !said(&found.algorithm_version) {
        return 0;
    }
    let list = &found.list;
    let listed = ![&list.provider, &list.name, &list.version].iter().any(|t| t.trim().is_empty());
    let near = found.kind == MatchKind::Near;
    if !listed || near && (found.distance.is_none() || found.threshold.is_none()) {
        return 1;
    }
    let graded = matches!(found.algorithm, Algorithm::Pdq | Algorithm::Vpdq);
    let quality = !(near && graded) || found.query_quality.is_some();
    let entry = said(&list.entry_id);
    if entry && quality && found.raw_sha256.is_some() && held.human_decision { 3 } else { 2 }
}

/// **P**, preservation and status: 0 unknown · 1 bytes preserved · 2 with the date until when and
/// whom to ask · 3 with the status the fetcher was served, and when. The console fetches nothing,
/// so a status without a time is none.
fn preservation(find: &Find, held: Held) -> u8 {
    let from = &find.acquisition;
    let dated = from.fetched_at.is_some() || from.fetched_interval.is_some();
    match held {
        Held { bytes_sealed: false, .. } => 0,
        Held { retention_until: true, custodian_contact: true, .. } => {
            if from.http_status.is_some() && dated { 3 } else { 2 }
        }
        _ => 1,
    }
}

fn said(text: &Option<String>) -> bool {
    text.as_ref().is_some_and(|text| !text.trim().is_empty())
}

/// Files that stand by themselves, as against places inside one.
fn is_object(step: &Step) -> bool {
    matches!(
        step.kind,
        StepKind::S3Object | StepKind::HfFile | StepKind::HttpFile | StepKind::LocalFile
    )
}

/// Rows and ranges are places, not layers: their bytes are those of the layer around them.
fn has_bytes(kind: StepKind) -> bool {
    !matches!(kind, StepKind::ParquetRow | StepKind::TfRecord | StepKind::ByteRange)
}

/// A digest of the layer, or a git commit, which is one of all it holds.
fn has_digest(step: &Step) -> bool {
    let named = ["sha256", "sha512", "sha1", "md5"];
    let given = step.digests.as_ref().is_some_and(|digests| {
        named.iter().any(|name| digests.get(*name).and_then(|v| v.as_str()).is_some_and(not_blank))
    });
    given || said(&step.payload_digest) || step.kind == StepKind::HfFile && said(&step.revision)
}

fn not_blank(text: &str) -> bool {
    !text.trim().is_empty()
}

#[cfg(test)]
mod tests;
