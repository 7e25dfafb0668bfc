//! What a WARC record tells of its content: address, time, server, headers, crawler.
//!
//! It must never report a header the archive does not hold, nor the index's word against the
//! record's.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use casement_core::intake::find::{Fetcher, TimePrecision, Utc};
use flate2::bufread::GzDecoder;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::super::facts::{self, AS_FETCHED, UNTOLD, Why};
use super::super::sidecar::placed;
use super::super::tap::Tap;
use super::super::{
    BytesAre, Digests, Fault, MemberRef, MissingReason, Origin, Problem, Shard, Walked,
};
use super::payload::{Block, Chunks, uncoded};
use super::record::{Fields, Http, begins_record, line};
use super::{INNER_OFFSET, bare, opened};

/// Origins of members of a WARC file.
pub(in crate::corpus) fn origins(
    shard: &Shard,
    walked: &Walked,
    members: &[MemberRef],
) -> (Vec<Origin>, Vec<Problem>) {
    let mut problems = Vec::new();
    let fetcher = fetcher_of(shard);
    let mut lengths = BTreeMap::new();
    let origins = members
        .iter()
        .map(|member| {
            let last = member.steps.last();
            let offset = last.and_then(|step| step.offset).unwrap_or_default();
            let inner = last.and_then(|step| step.extra.get(INNER_OFFSET)).and_then(Value::as_u64);
            let mut origin = match read(&shard.path, offset, inner.unwrap_or_default()) {
                Ok(record) => {
                    lengths.insert(offset, (record.length, record.target.clone()));
                    let mut origin = of_record(member, &record);
                    origin.acquisition.fetcher = fetcher.clone();
                    origin.steps = placed(shard, walked, member, None);
                    if let Some(step) = origin.steps.last_mut() {
                        step.length = Some(record.length);
                    }
                    origin
                }
                Err(error) => {
                    let problem = Problem::new(Fault::Unreadable, &shard.uri).at(offset);
                    problems.push(problem.because(error.kind().to_string()));
                    let mut origin = facts::unknown(member);
                    facts::declare(&mut origin, |_| {
                        (MissingReason::LookupFailed, "the record could not be read again")
                    });
                    origin.steps = placed(shard, walked, member, None);
                    origin
                }
            };
            origin.notes.sort();
            origin
        })
        .collect();
    for index in &shard.sidecars.indexes {
        check_index(shard, index, &lengths, &mut problems);
    }
    (origins, problems)
}

/// What was read of a record.
struct Record {
    head: Fields,
    http: Option<Http>,
    target: String,
    /// Bytes of the record in the file.
    length: u64,
    /// Digest of the body as the origin sent it, when a content coding lay over it.
    coded: Option<String>,
}

/// Reads the record at a place again.
fn read(path: &Path, offset: u64, inner: u64) -> io::Result<Record> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut tap = Tap::counting(file);
    if tap.fill_buf()?.first() == Some(&0x1f) {
        let mut unpacked = Tap::counting(GzDecoder::new(&mut tap));
        unpacked.skip(inner)?;
        let mut record = record(&mut unpacked)?;
        // A damaged end of the member takes nothing from what the record said before it.
        let _ = unpacked.skip(u64::MAX);
        drop(unpacked);
        record.length = tap.position();
        return Ok(record);
    }
    let mut record = record(&mut tap)?;
    record.length = tap.position();
    Ok(record)
}

fn record<R: Read>(tap: &mut Tap<R>) -> io::Result<Record> {
    let first = line(tap, 4096)?.unwrap_or_default();
    if !begins_record(&first) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let head = Fields::read(tap)?;
    let length = head.get("Content-Length").and_then(|length| length.parse().ok());
    let left = length.ok_or(io::ErrorKind::InvalidData)?;
    let mut block = Block { inner: tap, left, short: Fault::Length };
    let opened = opened(&mut block, &head)?;
    let mut coded = None;
    if let Some(http) = &opened.http
        && let [coding] = http.codings().as_slice()
    {
        coded = coded_digest(&mut block, http, coding)?;
    }
    let target = head.get("WARC-Target-URI").map(bare).unwrap_or_default().to_owned();
    let rest = block.left;
    tap.skip(rest)?;
    Ok(Record { head, http: opened.http, target, length: 0, coded })
}

/// SHA-256 of a body whose content coding the walk took off, as it was before.
fn coded_digest(block: &mut impl BufRead, http: &Http, coding: &str) -> io::Result<Option<String>> {
    let body: Box<dyn BufRead + '_> =
        if http.is_chunked() { Box::new(Chunks::new(block)) } else { Box::new(block) };
    let mut summing = Sum { inner: body, sum: Sha256::new() };
    let was_coded = match uncoded(BufReader::new(&mut summing), Some(coding))? {
        Some((mut content, was_coded)) => {
            io::copy(&mut content, &mut io::sink())?;
            was_coded
        }
        None => false,
    };
    io::copy(&mut summing, &mut io::sink())?;
    Ok(was_coded.then(|| hex::encode(summing.sum.finalize())))
}

struct Sum<R> {
    inner: R,
    sum: Sha256,
}

impl<R: Read> Read for Sum<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.sum.update(out.get(..count).unwrap_or_default());
        Ok(count)
    }
}

fn of_record(member: &MemberRef, record: &Record) -> Origin {
    let mut origin = facts::unknown(member);
    let got = &mut origin.acquisition;
    let target = (!record.target.is_empty()).then(|| record.target.clone());
    got.origin_url.clone_from(&target);
    got.fetched_at = record.head.get("WARC-Date").and_then(Utc::parse);
    got.time_precision = got.fetched_at.is_some().then_some(TimePrecision::Exact);
    got.server_ip = record.head.get("WARC-IP-Address").map(str::to_owned);
    if let Some(http) = &record.http {
        got.http_status = http.status;
        got.http_headers = Some(http.fields.0.clone()).filter(|headers| !headers.is_empty());
        // A crawler writes each hop of a redirect as a record of its own, so an answer with content
        // is the last hop.
        got.final_url = target.filter(|_| http.status.is_some_and(|s| !(300..400).contains(&s)));
    }
    let kind = record.head.get("WARC-Type").unwrap_or_default();
    match &record.coded {
        _ if kind == "conversion" => origin.bytes_are = BytesAre::Unknown,
        _ if record.head.get("WARC-Truncated").is_some() => {
            origin.bytes_are = BytesAre::Unknown;
            origin.notes.push("The crawler says that it cut the content short.".to_owned());
        }
        None => origin.bytes_are = BytesAre::AsFetched,
        Some(sha256) => {
            origin.bytes_are = BytesAre::ReEncoded;
            origin.as_fetched_digests =
                Some(Digests { sha256: sha256.clone(), sha1: None, md5: None, sha512: None });
            origin.notes.push(
                "The origin sent the content compressed; the bytes are the same content without that."
                    .to_owned(),
            );
        }
    }
    let is_http = record.http.is_some();
    facts::declare(&mut origin, |fact| why(fact, is_http));
    origin
}

fn why(fact: &str, is_http: bool) -> Why {
    use MissingReason::{NeverRecorded, NotApplicable};
    match fact {
        "page_url" => {
            (NeverRecorded, "a record names the picture's own address, not the page that showed it")
        }
        "final_url" | "http_headers" if !is_http => {
            (NotApplicable, "the record holds no HTTP exchange")
        }
        "final_url" => (NeverRecorded, "the record is itself a redirect"),
        "server_ip" => (NeverRecorded, "the crawler kept no address of the server"),
        "fetched_at" => (NeverRecorded, "the record has no full date"),
        AS_FETCHED => (NeverRecorded, "no digest of the bytes as sent"),
        _ => UNTOLD,
    }
}

/// The crawler, from the `warcinfo` record that begins the file.
fn fetcher_of(shard: &Shard) -> Option<Fetcher> {
    const MOST: u64 = 1024 * 1024;
    let mut tap = Tap::counting(File::open(&shard.path).ok()?);
    let packed = tap.fill_buf().ok()?.first() == Some(&0x1f);
    let source: Box<dyn BufRead> =
        if packed { Box::new(BufReader::new(GzDecoder::new(tap))) } else { Box::new(tap) };
    let mut source = source.take(MOST);
    if !begins_record(&line(&mut source, 4096).ok()??) {
        return None;
    }
    let head = Fields::read(&mut source).ok()?;
    if head.get("WARC-Type") != Some("warcinfo") {
        return None;
    }
    let left = head.get("Content-Length")?.parse().ok()?;
    let mut block = source.take(left);
    let mut text = String::new();
    block.read_to_string(&mut text).ok()?;
    // The last field need not be followed by a blank line here.
    let info = Fields::read(&mut format!("{}\r\n\r\n", text.trim_end()).as_bytes()).ok()?;
    let software = info.get("software")?;
    let (name, version) = match software.split_once('/') {
        Some((name, rest)) => (name, rest.split_whitespace().next()),
        None => (software, None),
    };
    let user_agent = info.get("http-header-user-agent").map(str::to_owned);
    Some(Fetcher { name: Some(name.to_owned()), version: version.map(str::to_owned), user_agent })
}

/// Compares what a CDXJ index says of the records with the records. It adds no facts, but an index
/// that does not fit its file is worth knowing of.
fn check_index(
    shard: &Shard,
    path: &Path,
    records: &BTreeMap<u64, (u64, String)>,
    problems: &mut Vec<Problem>,
) {
    const LINE: usize = 256 * 1024;
    let uri = shard.uri_beside(path);
    let own_name = shard.path.file_name().map(|name| name.to_string_lossy().into_owned());
    let Ok(file) = File::open(path) else {
        problems.push(Problem::new(Fault::Sidecar, &uri));
        return;
    };
    let mut source = BufReader::new(file);
    let mut at = 0_u64;
    while let Ok(Some(text)) = line(&mut source, LINE) {
        let here = at;
        at += text.len() as u64;
        let Some(json) = text.iter().position(|&b| b == b'{').and_then(|b| text.get(b..)) else {
            continue;
        };
        let Ok(entry) = serde_json::from_slice::<Value>(json) else {
            problems.push(Problem::new(Fault::Sidecar, &uri).at(here));
            continue;
        };
        let file = entry.get("filename").and_then(Value::as_str).unwrap_or_default();
        if file.rsplit('/').next() != own_name.as_deref() {
            continue;
        }
        // Indexers write numbers as texts.
        let number = |name: &str| {
            let value = entry.get(name)?;
            value.as_u64().or_else(|| value.as_str()?.parse().ok())
        };
        let Some((length, target)) = number("offset").and_then(|offset| records.get(&offset))
        else {
            continue;
        };
        let url = entry.get("url").and_then(Value::as_str);
        if number("length").is_some_and(|l| l != *length) || url.is_some_and(|url| url != target) {
            let problem = Problem::new(Fault::Sidecar, &uri).at(here);
            problems.push(problem.because("the index says otherwise than the record"));
        }
    }
}
