//! What lies beside the bytes: the rows and stats of img2dataset, the texts of WebDataset, the
//! other columns of a parquet row.
//!
//! It must never take a digest of the fetched bytes for one of the stored bytes, nor the shard's
//! interval for a picture's time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use casement_core::intake::find::{Interval, Presence, TimePrecision};
use serde_json::{Map, Value};

use super::facts::{self, AS_FETCHED, Kept, UNTOLD, Why};
use super::parquet::rows::{self, Row, Wanted};
use super::tap::Tap;
use super::walk::{Visitor, Walk};
use super::{
    BytesAre, Fault, Member, MemberRef, MissingReason, Origin, Problem, Shard, ShardKind, Step,
    Walked, sample, step,
};

/// A description longer than this is not read.
const MOST_TEXT: u64 = 1024 * 1024;

/// What describes one member.
struct Described {
    row: Row,
    /// Every column of the table, so that an empty cell can be told from a column nobody kept.
    columns: BTreeSet<String>,
    /// The row itself, when it stands in another file.
    step: Option<Step>,
}

/// Origins of the members of a shard that is no WARC.
pub(super) fn origins(
    shard: &Shard,
    walked: &Walked,
    members: &[MemberRef],
) -> (Vec<Origin>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut found: BTreeMap<usize, Described> = BTreeMap::new();
    let keys: Vec<String> = members.iter().map(|member| key_of(shard, member)).collect();
    if shard.kind == ShardKind::Parquet {
        own_rows(shard, members, &mut found, &mut problems);
    } else if let Some(path) = &shard.sidecars.rows {
        match rows_beside(shard, path, &keys) {
            Ok(rows) => found = rows,
            Err(problem) => problems.push(problem),
        }
    }
    if found.len() < members.len() && matches!(shard.kind, ShardKind::Tar | ShardKind::Loose) {
        texts_beside(shard, members, &keys, &mut found);
    }
    let interval = shard.sidecars.stats.as_deref().and_then(|path| match interval_of(path) {
        Some(interval) => Some(interval),
        None => {
            problems.push(Problem::new(Fault::Sidecar, shard.uri_beside(path)));
            None
        }
    });
    let origins = members
        .iter()
        .enumerate()
        .map(|(index, member)| {
            let mut origin = match found.get(&index) {
                Some(described) => of_row(member, described, interval.as_ref()),
                None => untold(member),
            };
            let row = found.remove(&index).and_then(|described| described.step);
            origin.steps = placed(shard, walked, member, row);
            origin
        })
        .collect();
    (origins, problems)
}

/// The finished steps of a member.
pub(super) fn placed(
    shard: &Shard,
    walked: &Walked,
    member: &MemberRef,
    beside: Option<Step>,
) -> Vec<Step> {
    let digest = member.digests.sha256.as_str();
    if shard.kind == ShardKind::Loose {
        let file = step::file(&member.uri, Some(digest), Some(member.size_bytes));
        return [file].into_iter().chain(beside).collect();
    }
    let container = walked.sha256.map(hex::encode);
    let size = walked.complete.then_some(walked.size_bytes);
    let mut steps = vec![step::file(&shard.uri, container.as_deref(), size)];
    steps.extend(member.steps.iter().cloned());
    if let Some(last) = steps.last_mut().filter(|_| !member.steps.is_empty()) {
        last.digests = Some(step::digests(digest));
        if let (super::StepKind::ParquetRow, Some(beside)) = (last.kind, &beside) {
            last.keys = beside.keys.clone();
            return steps;
        }
    }
    steps.extend(beside);
    steps
}

/// The sample a member belongs to, as sidecars name it.
fn key_of(shard: &Shard, member: &MemberRef) -> String {
    let name = match shard.kind {
        ShardKind::Loose => member.uri.as_str(),
        _ => member.steps.last().and_then(|step| step.member.as_deref()).unwrap_or_default(),
    };
    let file = name.rsplit('/').next().unwrap_or(name);
    file.split('.').next().unwrap_or(file).to_owned()
}

/// Rows of the table beside a shard, by the members' keys.
fn rows_beside(
    shard: &Shard,
    path: &Path,
    keys: &[String],
) -> Result<BTreeMap<usize, Described>, Problem> {
    let uri = shard.uri_beside(path);
    let unread = || Problem::new(Fault::Sidecar, &uri);
    let (sha256, size) =
        File::open(path).and_then(|file| Tap::new(file).finish()).map_err(|_| unread())?;
    let sha256 = sha256.map(hex::encode);
    let file = File::open(path).map_err(|_| unread())?;
    let wanted: BTreeSet<String> = keys.iter().cloned().collect();
    let table = rows::read(file, &Wanted::Keys(&wanted)).map_err(|_| unread())?;
    let by_key: BTreeMap<&str, (u64, &Row)> = table
        .rows
        .iter()
        .filter_map(|(number, (_, row))| Some((row.get("key")?.as_str(), (*number, row))))
        .collect();
    let described = keys.iter().enumerate().filter_map(|(index, key)| {
        let (number, row) = by_key.get(key.as_str())?;
        let mut step = step::blank(super::StepKind::ParquetRow);
        step.uri = Some(uri.clone());
        step.row = Some(*number);
        step.keys = facts::keys(row);
        step.digests = sha256.as_deref().map(step::digests);
        step.size_bytes = Some(size);
        let columns = table.columns.clone();
        Some((index, Described { row: (*row).clone(), columns, step: Some(step) }))
    });
    Ok(described.collect())
}

/// The rows that hold the bytes themselves.
fn own_rows(
    shard: &Shard,
    members: &[MemberRef],
    found: &mut BTreeMap<usize, Described>,
    problems: &mut Vec<Problem>,
) {
    let number = |member: &MemberRef| member.steps.last().and_then(|step| step.row);
    let wanted: BTreeSet<u64> = members.iter().filter_map(number).collect();
    let table = File::open(&shard.path)
        .ok()
        .and_then(|file| rows::read(file, &Wanted::Numbers(&wanted)).ok());
    let Some(table) = table else {
        problems.push(Problem::new(Fault::Sidecar, &shard.uri));
        return;
    };
    for (index, member) in members.iter().enumerate() {
        if let Some((_, row)) = number(member).and_then(|number| table.rows.get(&number)) {
            let mut step = step::blank(super::StepKind::ParquetRow);
            step.keys = facts::keys(row);
            let columns = table.columns.clone();
            found.insert(index, Described { row: row.clone(), columns, step: Some(step) });
        }
    }
}

/// The JSON texts of WebDataset samples, for members no table describes.
fn texts_beside(
    shard: &Shard,
    members: &[MemberRef],
    keys: &[String],
    found: &mut BTreeMap<usize, Described>,
) {
    let open: Vec<usize> = (0..members.len()).filter(|index| !found.contains_key(index)).collect();
    let mut texts: BTreeMap<Vec<u8>, Row> = BTreeMap::new();
    let name_of = |index: usize| -> Vec<u8> {
        let name = match (shard.kind, members.get(index)) {
            (ShardKind::Loose, _) => keys.get(index).map(String::as_str),
            (_, Some(member)) => member.steps.last().and_then(|step| step.member.as_deref()),
            _ => None,
        };
        sample::key(name.unwrap_or_default().as_bytes()).to_vec()
    };
    if shard.kind == ShardKind::Loose {
        let folder =
            if shard.path.is_dir() { Some(shard.path.as_path()) } else { shard.path.parent() };
        for &index in &open {
            let name = name_of(index);
            let text = std::str::from_utf8(&name).ok().zip(folder);
            let path = text.map(|(name, folder)| folder.join(format!("{name}.json")));
            // A link is not followed here either.
            let path = path.filter(|p| p.symlink_metadata().is_ok_and(|about| about.is_file()));
            if let Some(row) = path.and_then(|path| File::open(path).ok()).and_then(flat) {
                texts.insert(name, row);
            }
        }
    } else if let Ok(file) = File::open(&shard.path) {
        let wanted: BTreeSet<Vec<u8>> = open.iter().map(|&index| name_of(index)).collect();
        let mut reader = Texts { wanted: &wanted, texts: &mut texts };
        // What is wrong with the archive was told when it was walked.
        let _ = super::tar::walk_all(file, &mut Walk::new(&shard.uri, 0, &mut reader), true);
    }
    for index in open {
        if let Some(row) = texts.get(&name_of(index)) {
            let columns = row.keys().cloned().collect();
            found.insert(index, Described { row: row.clone(), columns, step: None });
        }
    }
}

/// The JSON texts of a tar, each with the file name that its sample shares up to the first dot. Ends early where the first
/// members show that there is none.
pub(crate) fn each_text(shard: &Shard, take: &mut dyn FnMut(&str, &Row)) {
    let Ok(file) = File::open(&shard.path) else { return };
    let mut reader = EachText { take, members: 0, texts: 0 };
    // What is wrong with the archive is told when it is walked.
    let _ = super::tar::walk_all(file, &mut Walk::new(&shard.uri, 0, &mut reader), true);
}

struct EachText<'a> {
    take: &'a mut dyn FnMut(&str, &Row),
    members: u64,
    texts: u64,
}

/// An archive without a text among so many members has none.
const MEMBERS_WITHOUT: u64 = 1_000;

impl Visitor for EachText<'_> {
    fn member(&mut self, member: Member<'_>) -> io::Result<bool> {
        self.members += 1;
        let name = member.steps.last().and_then(|step| step.member.as_deref()).unwrap_or_default();
        if name.ends_with(".json")
            && let Some(row) = flat(member.bytes)
        {
            self.texts += 1;
            let file = name.rsplit('/').next().unwrap_or(name);
            (self.take)(file.split('.').next().unwrap_or(file), &row);
        }
        Ok(self.texts > 0 || self.members < MEMBERS_WITHOUT)
    }

    fn problem(&mut self, _: Problem) {}
}

/// Picks the JSON texts of some samples out of an archive.
struct Texts<'a> {
    wanted: &'a BTreeSet<Vec<u8>>,
    texts: &'a mut BTreeMap<Vec<u8>, Row>,
}

impl Visitor for Texts<'_> {
    fn member(&mut self, member: Member<'_>) -> io::Result<bool> {
        let name = member.steps.last().and_then(|step| step.member.as_deref()).unwrap_or_default();
        let key = sample::key(name.as_bytes());
        if name.ends_with(".json")
            && self.wanted.contains(key)
            && let Some(row) = flat(member.bytes)
        {
            self.texts.insert(key.to_vec(), row);
        }
        Ok(true)
    }

    fn problem(&mut self, _: Problem) {}
}

/// A JSON object's plain values as a row.
fn flat(source: impl Read) -> Option<Row> {
    let mut text = Vec::new();
    source.take(MOST_TEXT).read_to_end(&mut text).ok()?;
    let object: Map<String, Value> = serde_json::from_slice(&text).ok()?;
    let plain = |value: Value| match value {
        Value::String(text) => (!text.trim().is_empty()).then_some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    Some(
        object
            .into_iter()
            .filter(|(name, _)| rows::is_fact(name))
            .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), plain(value)?)))
            .collect(),
    )
}

fn interval_of(path: &Path) -> Option<Interval> {
    let mut text = Vec::new();
    File::open(path).ok()?.take(MOST_TEXT).read_to_end(&mut text).ok()?;
    facts::interval(&text)
}

fn untold(member: &MemberRef) -> Origin {
    let mut origin = facts::unknown(member);
    facts::declare(&mut origin, |_| UNTOLD);
    origin
}

/// The origin a row tells.
fn of_row(member: &MemberRef, described: &Described, interval: Option<&Interval>) -> Origin {
    let (row, columns) = (&described.row, &described.columns);
    let mut origin = facts::unknown(member);
    origin.acquisition = facts::acquisition(row);
    // The columns img2dataset adds to every table it writes.
    let by_img2dataset = ["key", "status", "error_message"]
        .iter()
        .all(|name| columns.contains(*name))
        || columns.contains("key") && row.get("status").is_some_and(|status| status == "success");
    match facts::kept(row, &member.digests) {
        Kept::Same => origin.bytes_are = BytesAre::AsFetched,
        Kept::Other(digests) if by_img2dataset => {
            origin.bytes_are = BytesAre::ReEncoded;
            origin.as_fetched_digests = digests;
            origin.embedded.exif = Some(Presence::StrippedUpstream);
            origin.embedded.xmp = Some(Presence::StrippedUpstream);
        }
        Kept::Other(_) => origin.notes.push(
            "The row keeps a digest that is not of these bytes; which bytes it is of is not said."
                .to_owned(),
        ),
        Kept::Untold => {}
    }
    if by_img2dataset {
        let number = |name: &str| row.get(name).and_then(|text| text.parse().ok());
        (origin.width, origin.height) = (number("width"), number("height"));
        origin.acquisition.fetcher = Some(facts::fetcher("img2dataset"));
    }
    if origin.acquisition.fetched_at.is_none()
        && let Some(interval) = interval
    {
        origin.acquisition.fetched_interval = Some(interval.clone());
        origin.acquisition.time_precision = Some(TimePrecision::ShardInterval);
    }
    let has_interval = interval.is_some();
    facts::declare(&mut origin, |fact| why(fact, columns, by_img2dataset, has_interval));
    origin
}

/// Why a fact is absent from a row.
fn why(fact: &str, columns: &BTreeSet<String>, by_img2dataset: bool, has_interval: bool) -> Why {
    use MissingReason::{DiscardedUpstream, NeverRecorded};
    match fact {
        AS_FETCHED => {
            (DiscardedUpstream, "only a shorter or longer digest of the fetched bytes was kept")
        }
        "origin_url" | "page_url" if facts::has(columns, fact) => {
            (NeverRecorded, "empty in the URL list for this row")
        }
        "page_url" => (DiscardedUpstream, "the URL list carried no page column"),
        "origin_url" => (DiscardedUpstream, "the rows carry no address"),
        _ if !by_img2dataset => UNTOLD,
        "final_url" => {
            (NeverRecorded, "the downloader follows redirects and keeps only the first address")
        }
        "fetched_at" if has_interval => {
            (NeverRecorded, "the downloader keeps one interval per shard")
        }
        "fetched_at" => (
            DiscardedUpstream,
            "the downloader keeps one interval per shard, and its stats file is not beside the shard",
        ),
        _ => (NeverRecorded, "not kept by the downloader"),
    }
}
