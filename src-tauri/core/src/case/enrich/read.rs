//! What the lines of a source say, and of what: crawl indexes, shard statistics, pointer rows, answers.
//!
//! It must never take in the text that stood beside a picture, nor believe that an address alone says when.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use serde_json::{Value, json};

use super::field::{self, FETCHED_AT, PRECISION};
use super::join::{Key, Tie, is_of_a_crawl};
use super::table::{Lines, Row, Rows, problem};
use crate::error::{Error, Result};
use crate::intake::find::{BytesAre, Find, StepKind};
use crate::wire::{EnrichKind, LineProblem};

/// Lines held at once.
const CHUNK: usize = 50_000;
/// Shard statistics are small; anything larger is something else.
const MAX_STATS: u64 = 4 * 1024 * 1024;

/// A fact that is said, by its field.
pub(super) type Said = (&'static str, Value);

/// What one line says of whatever has one of its keys.
pub(super) struct Offer {
    pub(super) line: u64,
    pub(super) keys: BTreeSet<Key>,
    pub(super) facts: Vec<Said>,
}

/// Some lines of a file.
#[derive(Default)]
pub(super) struct Chunk {
    pub(super) offers: Vec<Offer>,
    pub(super) lines: u64,
    pub(super) problems: Vec<LineProblem>,
}

/// A file being read.
pub(super) struct Source {
    from: From,
    name: String,
    sha256: String,
}

enum From {
    Cdx(Lines<BufReader<File>>),
    Pointer(Rows<BufReader<File>>),
    Answer(Rows<BufReader<File>>),
    Stats(Option<File>),
}

impl Source {
    pub(super) fn open(path: &Path, kind: EnrichKind, sha256: String) -> Result<Self> {
        let file = File::open(path)?;
        let buffered = |file| BufReader::with_capacity(256 * 1024, file);
        let from = match kind {
            EnrichKind::Cdx => From::Cdx(Lines::new(buffered(file))),
            EnrichKind::Pointer => From::Pointer(Rows::new(buffered(file))),
            EnrichKind::Answer => From::Answer(Rows::new(buffered(file))),
            EnrichKind::Stats => From::Stats(Some(file)),
            EnrichKind::Form | EnrichKind::Enquiry => {
                return Err(Error::usage(
                    "ENRICH-01",
                    "A file is read as cdx, stats, pointer or answer. Say which.",
                ));
            }
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { from, name, sha256 })
    }

    /// The next lines; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Chunk>> {
        let mut chunk = Chunk::default();
        while chunk.offers.len() + chunk.problems.len() < CHUNK {
            let told = match &mut self.from {
                From::Cdx(lines) => {
                    lines.next()?.map(|(at, line)| line.and_then(|line| cdx(at, &line)))
                }
                From::Pointer(rows) => rows.next()?.map(|(at, row)| {
                    row.and_then(|row| pointer(at, &row, &self.name, &self.sha256))
                }),
                From::Answer(rows) => {
                    rows.next()?.map(|(at, row)| row.and_then(|row| answer(at, &row)))
                }
                From::Stats(file) => file.take().map(|file| stats(file, &self.name)).transpose()?,
            };
            let Some(told) = told else { break };
            chunk.lines += 1;
            match told {
                Ok(offer) => chunk.offers.push(offer),
                Err(problem) => chunk.problems.push(problem),
            }
        }
        Ok((chunk.lines > 0).then_some(chunk))
    }
}

/// `com,example)/a.png 20251102030405 {"url":…}`, or the object alone.
fn cdx(at: u64, line: &str) -> Result<Offer, LineProblem> {
    let wrong = |what: &str| problem(at, "ENRICH-24", what, "Give lines of a CDXJ index");
    let (head, json) =
        line.split_at(line.find('{').ok_or_else(|| wrong("The line holds no JSON"))?);
    let row: Value = serde_json::from_str(json).map_err(|_| wrong("The JSON cannot be read"))?;
    let text = |name: &str| row.get(name).and_then(Value::as_str).map(str::trim);
    let number = |name: &str| {
        let value = row.get(name)?;
        value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
    };
    let mut words = head.split_whitespace();
    let surt = words.next();
    let stamp = words.next().or_else(|| text("timestamp"));
    let at_time =
        stamp.and_then(field::time).ok_or_else(|| wrong("The line holds no timestamp"))?;
    let url = text("url").filter(|url| !url.is_empty());
    let (file, offset) = (text("filename"), number("offset"));
    let digest = text("digest").filter(|digest| Key::payload(digest).is_some());

    let mut keys = BTreeSet::new();
    keys.extend(url.and_then(Key::address));
    if url.is_none() {
        keys.extend(surt.map(Key::surt));
    }
    keys.extend(file.zip(offset).map(|(file, offset)| Key::place(file, offset)));
    keys.extend(digest.and_then(Key::payload));
    if keys.is_empty() {
        return Err(wrong("The line names neither address, place nor digest"));
    }
    let status = number("status");
    let mut facts: Vec<Said> = vec![(FETCHED_AT, json!(at_time)), (PRECISION, json!("exact"))];
    facts.extend(status.map(|status| ("acquisition.http_status", json!(status))));
    if let Some(url) = url {
        facts.push(("acquisition.origin_url", json!(url)));
        if status.is_some_and(|status| (200..300).contains(&status)) {
            facts.push(("acquisition.final_url", json!(url)));
        }
    }
    facts.extend(text("mime").filter(|mime| mime.contains('/')).map(|mime| (MEDIA, json!(mime))));
    if let Some(file) = file {
        // A record is named by its place and length; with less, only the file is.
        let whole = offset.is_some() && number("length").is_some();
        let kind = if whole { "warc_record" } else { "http_file" };
        let mut step = json!({ "kind": kind, "uri": file });
        if let Value::Object(fields) = &mut step {
            fields.extend(offset.map(|offset| ("offset".to_owned(), json!(offset))));
            fields.extend(number("length").map(|length| ("length".to_owned(), json!(length))));
            fields.extend(url.map(|url| ("target_uri".to_owned(), json!(url))));
            fields.extend(digest.map(|digest| {
                let bare = digest.strip_prefix("sha1:").unwrap_or(digest);
                ("payload_digest".to_owned(), json!(format!("sha1:{bare}")))
            }));
        }
        facts.push((UPSTREAM, json!([step])));
    }
    Ok(Offer { line: at, keys, facts })
}

const MEDIA: &str = "object.media_type";
const UPSTREAM: &str = "acquisition.upstream";

/// The whole file is one statement about one shard.
fn stats(file: File, name: &str) -> Result<Result<Offer, LineProblem>> {
    let mut text = Vec::new();
    file.take(MAX_STATS + 1).read_to_end(&mut text)?;
    let wrong =
        |what: &str| Ok(Err(problem(1, "ENRICH-25", what, "Give the _stats.json of a shard")));
    if text.len() as u64 > MAX_STATS {
        return wrong("The file is larger than shard statistics are");
    }
    let Ok(read) = serde_json::from_slice::<Value>(&text) else {
        return wrong("The file is not JSON");
    };
    let at = |name: &str| read.get(name).and_then(Value::as_f64).and_then(field::epoch);
    let (Some(start), Some(end)) = (at("start_time"), at("end_time")) else {
        return wrong("start_time or end_time is missing");
    };
    let Some(key) = Key::shard(name) else { return wrong("The file's name names no shard") };
    Ok(Ok(Offer {
        line: 1,
        keys: BTreeSet::from([key]),
        facts: vec![
            ("acquisition.fetched_interval", json!({ "start": start, "end": end })),
            (PRECISION, json!("shard_interval")),
        ],
    }))
}

/// The keys a row gives, under the names they go by.
fn row_keys(row: &Row) -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    for (name, value) in row {
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => continue,
        };
        if text.is_empty() {
            continue;
        }
        match name.as_str() {
            "find_id" | "find" => keys.extend([Key::find(&text)]),
            "case" => keys.extend(text.parse().ok().map(Key::case)),
            "sha256" | "sha1" | "md5" => keys.extend(Key::digest(name, &text)),
            "digest" => keys.extend(Key::payload(&text)),
            "uid" => keys.extend([Key::uid(&text)]),
            "key" => keys.extend([Key::row(&text)]),
            "url" => keys.extend(Key::address(&text)),
            _ => {}
        }
    }
    keys
}

/// Of a pointer row, the addresses and where it stands. Its text is not kept.
fn pointer(at: u64, row: &Row, file: &str, sha256: &str) -> Result<Offer, LineProblem> {
    let text = |name: &str| {
        row.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    };
    let keys = row_keys(row);
    if keys.is_empty() {
        let wrong = "The row has none of uid, key, url, sha256, md5";
        return Err(problem(at, "ENRICH-26", wrong, "Name one of them in the header"));
    }
    let mut facts: Vec<Said> = Vec::new();
    facts.extend(text("page_url").map(|url| ("acquisition.page_url", json!(url))));
    let url = text("original_url").or_else(|| text("origin_url")).or_else(|| text("url"));
    facts.extend(url.map(|url| ("acquisition.origin_url", json!(url))));
    let mut step =
        json!({ "kind": "local_file", "uri": file, "digests": { "sha256": sha256 }, "row": at });
    let named: serde_json::Map<String, Value> = ["uid", "key"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), json!(text(name)?))))
        .collect();
    if let (Value::Object(fields), false) = (&mut step, named.is_empty()) {
        fields.insert("keys".to_owned(), Value::Object(named));
    }
    let archive = text("cc_filename").map(|file| json!({ "kind": "http_file", "uri": file }));
    let steps: Vec<Value> = [Some(step), archive].into_iter().flatten().collect();
    facts.push((UPSTREAM, json!(steps)));
    Ok(Offer { line: at, keys, facts })
}

/// Every column that is a fact, for whatever the other columns name.
fn answer(at: u64, row: &Row) -> Result<Offer, LineProblem> {
    let keys = row_keys(row);
    let (code, remedy) = ("ENRICH-27", "Name find_id, case, sha256, md5, uid, key or url");
    if keys.is_empty() {
        return Err(problem(at, code, "The row does not say of what it speaks", remedy));
    }
    let mut facts: Vec<Said> = Vec::new();
    for (name, value) in row {
        let Some(field) = field::named(name) else { continue };
        if value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()) {
            continue;
        }
        match field::from_json(field, value) {
            Some(value) => facts.push((field, value)),
            None => {
                let wrong = format!("{field} is not written as this fact is");
                return Err(problem(at, "ENRICH-28", &wrong, "See casectl enrich --help"));
            }
        }
    }
    // The time first, so that the precision beside it is taken as its own.
    facts.sort_by_key(|(field, _)| (*field != FETCHED_AT, *field));
    if facts.is_empty() {
        let wrong = "The row holds no fact";
        return Err(problem(
            at,
            "ENRICH-29",
            wrong,
            "Leave it out, or record the answer as an enquiry",
        ));
    }
    Ok(Offer { line: at, keys, facts })
}

/// What of an offer holds for one sighting, tied to it this firmly.
pub(super) fn holds(offer: &Offer, tie: Tie, kind: EnrichKind, find: &Find) -> Vec<Said> {
    let from = &find.acquisition;
    let in_archive = find.locator.steps.iter().any(|step| step.kind == StepKind::WarcRecord);
    // A crawl's capture of an address says nothing of when another program fetched it.
    let pointer_only = kind == EnrichKind::Cdx && tie == Tie::Address && !is_of_a_crawl(find);
    let applies = |(field, value): &&Said| match *field {
        UPSTREAM if kind == EnrichKind::Cdx => !in_archive,
        _ if pointer_only => false,
        // What a server called the bytes is true of the bytes it served.
        MEDIA => find.object.bytes_are == BytesAre::AsFetched && find.object.media_type.is_none(),
        // Beside an instant, the precision of an interval would be a statement about the instant.
        PRECISION => value != "shard_interval" || from.fetched_at.is_none(),
        _ => true,
    };
    offer.facts.iter().filter(applies).cloned().collect()
}
