//! The block `casement-provenance/1`: all that is known of where a file came from, as `key: value`
//! lines for a person to read, one fact a line.
//!
//! The report has no element for dataset, shard, list or distance, so this block carries them in
//! `fileDetails/additionalInfo`. Values come from outside: it must never let one begin a line of its
//! own, and never leave a gap unsaid.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::case::remedy;
use crate::intake::find::{BytesAre, Digests, Find, Match, Step, Utc};
use crate::package::input::{FileInput, PackageInput, SightingInput, Viewed};
use crate::package::words;

/// First line of every block; the number changes when a key changes its meaning.
pub(crate) const FORMAT: &str = "casement-provenance/1";
/// Sightings written out in full; the package's JSON has all of them.
pub(crate) const MAX_SIGHTINGS: usize = 25;
/// Longest value, in characters; a longer one is cut and its digest stated.
const MAX_VALUE: usize = 2083;

/// The block of one file. Same input, same text.
pub(crate) fn block(input: &PackageInput, file: &FileInput) -> String {
    let mut lines = Lines(format!("{FORMAT}\n"));
    lines.put("report", &input.head.report);
    lines.put("case", &words::case_number(file.case));
    lines.put("tool", &format!("{} {}", input.head.tool.name, input.head.tool.version));
    lines.put(
        "ledger",
        &format!("{} leaves, root {}", input.head.ledger.leaves, input.head.ledger.root),
    );
    lines.put("policy_version", &input.head.policy_version);
    lines.put("grouping_rule", &input.head.rule);
    lines.put("found_in_training_data", "yes");
    lines.put("believed_ai_generated", "not stated");
    stored(&mut lines, file);
    review(&mut lines, file);
    lines.put("sightings", &file.sightings.len().to_string());
    for (at, sighting) in file.sightings.iter().enumerate().take(MAX_SIGHTINGS) {
        let scope = format!("sighting.{}", at + 1);
        let completeness = words::vector(&sighting.completeness);
        let held = sighting.completeness.holds_back.join(" ");
        let held = if held.is_empty() { held } else { format!("; held back by {held}") };
        lines.put(&format!("{scope}.completeness"), &format!("{completeness}{held}"));
        origin(&mut lines, &scope, &sighting.find);
        for (at, evidence) in sighting.find.matches.iter().enumerate() {
            matched(&mut lines, &format!("{scope}.match.{}", at + 1), evidence);
        }
        later(&mut lines, &scope, sighting);
        gaps(&mut lines, &scope, sighting);
    }
    if file.sightings.len() > MAX_SIGHTINGS {
        let left = file.sightings.len() - MAX_SIGHTINGS;
        let name = words::case_number(file.case);
        let text = format!("{left}; all are in data/provenance/{name}.json of the package");
        lines.put("sightings_not_listed", &text);
    }
    lines.put("completeness_note", "the reporting organisation's own rubric; not a priority");
    lines.0
}

/// Lines being written.
struct Lines(String);

impl Lines {
    fn put(&mut self, key: &str, value: &str) {
        self.0.push_str(key);
        self.0.push_str(": ");
        self.0.push_str(&one_line(value));
        self.0.push('\n');
    }

    fn maybe(&mut self, scope: &str, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.put(&format!("{scope}.{key}"), value);
        }
    }
}

/// A value that cannot end its line, hide or reorder text: such characters are written `\u{…}`, a
/// backslash is doubled, and an empty value says so.
pub(crate) fn one_line(value: &str) -> String {
    if value.is_empty() {
        return "(empty)".to_owned();
    }
    let mut out = String::with_capacity(value.len());
    for c in value.chars().take(MAX_VALUE) {
        match c {
            '\\' => out.push_str("\\\\"),
            c if c.is_control() || is_invisible(c) => {
                out.extend(c.escape_unicode());
            }
            c => out.push(c),
        }
    }
    if value.chars().nth(MAX_VALUE).is_some() {
        let digest = hex::encode(Sha256::digest(value.as_bytes()));
        out.push_str(&format!("… (cut; the whole is {} bytes, SHA-256 {digest})", value.len()));
    }
    out
}

/// Line separators, direction marks and other characters that change how a line is read.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

fn stored(lines: &mut Lines, file: &FileInput) {
    let item = &file.item;
    lines.put("stored.size_bytes", &item.size_bytes.to_string());
    lines.put("stored.md5", &item.md5);
    lines.put("stored.sha1", &item.sha1);
    lines.put("stored.sha256", &item.sha256);
    lines.put("stored.blake3", &item.blake3);
    lines.maybe("stored", "media_type", item.media_type.as_deref());
    if let (Some(width), Some(height)) = (item.width, item.height) {
        lines.put("stored.pixels", &format!("{width} x {height}"));
    }
    let bytes = match bytes_are(file) {
        BytesAre::AsFetched => "as fetched from the origin",
        BytesAre::ReEncoded => {
            "re-encoded after fetching; their digests differ from those of the origin's file"
        }
        BytesAre::Unknown => "unknown whether as fetched or re-encoded",
    };
    lines.put("stored.bytes_are", bytes);
    let fetched = as_fetched(file);
    for (at, digests) in fetched.iter().enumerate() {
        let scope = format!("as_fetched.{}", at + 1);
        put_digests(lines, &scope, digests);
    }
    if fetched.is_empty() && bytes_are(file) == BytesAre::ReEncoded {
        lines.put("as_fetched.digests", "not recorded by any scanner");
    }
}

/// What the stored bytes are: as fetched where one sighting says so, re-encoded where all do. The same
/// bytes may have been made by one fetcher and then served as they are to another.
pub(crate) fn bytes_are(file: &FileInput) -> BytesAre {
    let says = |what| move |s: &SightingInput| s.find.object.bytes_are == what;
    if file.sightings.iter().any(says(BytesAre::AsFetched)) {
        BytesAre::AsFetched
    } else if file.sightings.iter().all(says(BytesAre::ReEncoded)) {
        BytesAre::ReEncoded
    } else {
        BytesAre::Unknown
    }
}

/// The digests of the origin's file, over all sightings, each once, in order.
pub(crate) fn as_fetched(file: &FileInput) -> Vec<Digests> {
    let mut found: Vec<Digests> = Vec::new();
    for sighting in &file.sightings {
        if let Some(digests) = &sighting.find.object.as_fetched_digests
            && !found.contains(digests)
        {
            found.push(digests.clone());
        }
    }
    if let Some(sha256) = &file.item.as_fetched_sha256
        && !found.iter().any(|digests| digests.sha256 == *sha256)
    {
        found.push(Digests { sha256: sha256.clone(), sha1: None, md5: None, sha512: None });
    }
    found
}

fn put_digests(lines: &mut Lines, scope: &str, digests: &Digests) {
    lines.maybe(scope, "md5", digests.md5.as_deref());
    lines.maybe(scope, "sha1", digests.sha1.as_deref());
    lines.maybe(scope, "sha256", Some(&digests.sha256));
    lines.maybe(scope, "sha512", digests.sha512.as_deref());
}

fn review(lines: &mut Lines, file: &FileInput) {
    let decision = &file.decision;
    let mut verdict = format!("confirmed by {} at {}", decision.by, decision.at);
    verdict.push_str(&format!(", policy {}, leaf {}", decision.policy_version, decision.leaf));
    lines.put("review.decision", &verdict);
    if let Some(class) = decision.classification {
        lines.put("review.classification", words::classification(class));
    }
    let rationale = decision.rationale.trim();
    lines.put("review.rationale", if rationale.is_empty() { "none given" } else { rationale });
    lines.put("review.level_seen_by_decider", words::level(decision.level_seen));
    for (at, act) in file.seen.iter().enumerate() {
        let text = format!(
            "{}, {}, {} min:s, leaf {}",
            act.by,
            words::level(act.level),
            words::duration(act.ms),
            act.leaf
        );
        lines.put(&format!("review.looked_at.{}", at + 1), &text);
    }
    let viewed = match &file.viewed {
        Viewed::No => {
            "no; nobody looked at a picture, the match was confirmed on hashes".to_owned()
        }
        Viewed::VeiledOnly { highest, .. } => format!(
            "no; seen veiled only, at most {} samples along the long side",
            words::level(*highest)
        ),
        Viewed::Attested(by) => {
            format!("yes; entire file, attested by {} at leaf {}", by.by(), by.leaf())
        }
    };
    lines.put("review.entire_file_viewed", &viewed);
    let exif = if file.viewed.exif() { "yes, attested" } else { "no" };
    lines.put("review.exif_viewed", exif);
    let before = file
        .previously_reported
        .as_deref()
        .unwrap_or("not by this organisation, as far as recorded");
    lines.put("previously_reported", before);
}

fn origin(lines: &mut Lines, scope: &str, find: &Find) {
    let dataset = &find.locator.dataset;
    let scanner = &find.scanner;
    lines.maybe(scope, "find", Some(&find.find_id.to_string()));
    let seen = scanner.scanned_at.as_ref().unwrap_or(&find.emitted_at);
    let run =
        format!("{} {}, run {}, {}", scanner.name, scanner.version, scanner.run_id, seen.text());
    lines.maybe(scope, "detected_by", Some(&run));
    lines.maybe(scope, "detected_by.config_sha256", scanner.config_sha256.as_deref());
    lines.maybe(scope, "detected_by.build_sha256", scanner.build_sha256.as_deref());
    if let Some(inside) = &find.object.embedded {
        lines.maybe(scope, "embedded.exif", inside.exif.map(|state| state.word()));
        lines.maybe(scope, "embedded.xmp", inside.xmp.map(|state| state.word()));
        lines.maybe(scope, "embedded.c2pa", inside.c2pa.map(|state| state.word()));
    }
    let version = format!("{}@{} ({})", dataset.id, dataset.version, dataset.version_kind.word());
    lines.maybe(scope, "dataset", Some(&version));
    lines.maybe(scope, "dataset.name", dataset.name.as_deref());
    lines.maybe(scope, "dataset.manifest_sha256", dataset.manifest_sha256.as_deref());
    lines.maybe(scope, "dataset.supplier", dataset.supplier.as_deref());
    lines.maybe(scope, "dataset.supplier_contact", dataset.supplier_contact.as_deref());
    lines.maybe(scope, "dataset.obtained_at", dataset.obtained_at.as_ref().map(Utc::text));
    steps(lines, &format!("{scope}.step"), &find.locator.steps);

    let got = &find.acquisition;
    lines.maybe(scope, "origin_url", got.origin_url.as_deref());
    for (at, url) in got.redirects.iter().flatten().enumerate() {
        lines.maybe(scope, &format!("redirect.{}", at + 1), Some(url));
    }
    lines.maybe(scope, "final_url", got.final_url.as_deref());
    lines.maybe(scope, "page_url", got.page_url.as_deref());
    lines.maybe(scope, "fetched_at", got.fetched_at.as_ref().map(Utc::text));
    if let Some(span) = &got.fetched_interval {
        let text = format!("{} to {}", span.start.text(), span.end.text());
        lines.maybe(scope, "fetched_interval", Some(&text));
    }
    lines.maybe(scope, "time_precision", got.time_precision.map(|p| p.word()));
    let ip = got.server_ip.as_ref().map(|ip| format!("{ip} (of the server, not of a person)"));
    lines.maybe(scope, "server_ip", ip.as_deref());
    lines.maybe(scope, "http_status", got.http_status.map(|s| s.to_string()).as_deref());
    for (at, (name, value)) in got.http_headers.iter().flatten().enumerate() {
        lines.maybe(scope, &format!("http_header.{}", at + 1), Some(&format!("{name}: {value}")));
    }
    if let Some(fetcher) = &got.fetcher {
        lines.maybe(scope, "fetcher.name", fetcher.name.as_deref());
        lines.maybe(scope, "fetcher.version", fetcher.version.as_deref());
        lines.maybe(scope, "fetcher.user_agent", fetcher.user_agent.as_deref());
    }
    lines.maybe(scope, "uploader_ref", got.uploader_ref.as_deref());
    steps(lines, &format!("{scope}.upstream"), got.upstream.as_deref().unwrap_or_default());
}

/// The layers, outermost first: the kind of each, then every fact it has, one a line.
fn steps(lines: &mut Lines, scope: &str, steps: &[Step]) {
    for (at, step) in steps.iter().enumerate() {
        let scope = format!("{scope}.{}", at + 1);
        lines.put(&scope, step.kind.word());
        let number = |value: Option<u64>| value.map(|n| n.to_string());
        lines.maybe(&scope, "uri", step.uri.as_deref());
        lines.maybe(&scope, "revision", step.revision.as_deref());
        lines.maybe(&scope, "version_id", step.version_id.as_deref());
        lines.maybe(&scope, "etag", step.etag.as_deref());
        lines.maybe(&scope, "member", step.member.as_deref());
        lines.maybe(&scope, "offset", number(step.offset).as_deref());
        lines.maybe(&scope, "length", number(step.length).as_deref());
        lines.maybe(&scope, "row", number(step.row).as_deref());
        lines.maybe(&scope, "row_group", number(step.row_group).as_deref());
        lines.maybe(&scope, "record_id", step.record_id.as_deref());
        lines.maybe(&scope, "target_uri", step.target_uri.as_deref());
        lines.maybe(&scope, "payload_digest", step.payload_digest.as_deref());
        lines.maybe(&scope, "size_bytes", number(step.size_bytes).as_deref());
        // Names below come from outside, so they stand in the value, where they are escaped.
        for (name, value) in step.keys.iter().flatten() {
            lines.maybe(&scope, "key", Some(&format!("{name} = {value}")));
        }
        for (name, value) in step.digests.iter().flatten() {
            lines.maybe(&scope, "digest", Some(&format!("{name} = {}", plain(value))));
        }
        for (name, value) in &step.extra {
            lines.maybe(&scope, "other", Some(&format!("{name} = {}", plain(value))));
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn matched(lines: &mut Lines, scope: &str, evidence: &Match) {
    let list = &evidence.list;
    let name = format!("{} / {}, version {}", list.provider, list.name, list.version);
    lines.maybe(scope, "list", Some(&name));
    lines.maybe(scope, "list.snapshot_sha256", list.snapshot_sha256.as_deref());
    lines.maybe(scope, "list.entries", list.entry_count.map(|n| n.to_string()).as_deref());
    lines.maybe(scope, "entry", Some(list.entry_id.as_deref().unwrap_or("not given by the list")));
    lines.maybe(scope, "label", list.label.as_deref());
    lines.maybe(scope, "algorithm", Some(evidence.algorithm.word()));
    lines.maybe(scope, "algorithm_version", evidence.algorithm_version.as_deref());
    lines.maybe(scope, "kind", Some(evidence.kind.word()));
    if let Some(distance) = evidence.distance {
        let of = evidence.threshold.map_or_else(String::new, |t| format!(" of threshold {t}"));
        let unit = evidence.distance_unit.map_or("unit not given", |unit| unit.word());
        lines.maybe(scope, "distance", Some(&format!("{distance}{of} ({unit})")));
    }
    let quality = evidence.query_quality.map(|q| format!("{q} of 100"));
    lines.maybe(scope, "quality", quality.as_deref());
    lines.maybe(scope, "query_value", evidence.query_value.as_deref());
    lines.maybe(scope, "matched_value", evidence.matched_value.as_deref());
    lines.maybe(scope, "raw_sha256", evidence.raw_sha256.as_deref());
}

/// What was attached after the scanner's report, with who said so; facts that differ stand beside those above.
fn later(lines: &mut Lines, scope: &str, sighting: &SightingInput) {
    for (at, fact) in sighting.later.iter().enumerate() {
        let from = format!("{}, {}, leaf {}", fact.source, fact.at, fact.leaf);
        let text = if fact.conflict {
            format!("{} also given as {}; from {from}", fact.field, plain(&fact.value))
        } else {
            format!("{}; from {from}", fact.field)
        };
        let key = if fact.conflict { "differing" } else { "attached_later" };
        lines.put(&format!("{scope}.{key}.{}", at + 1), &text);
    }
}

fn gaps(lines: &mut Lines, scope: &str, sighting: &SightingInput) {
    let find = &sighting.find;
    for (at, missing) in find.missing.iter().enumerate() {
        let mut text = format!("{}: {}", missing.field, words::reason(missing.reason));
        if let Some(note) = &missing.note {
            text.push_str(&format!(" ({note})"));
        }
        for tried in sighting.tried.iter().filter(|tried| tried.is_about(&missing.field)) {
            text.push_str(&format!("; tried: {}", tried.text));
        }
        if let Some(step) = remedy::sentence(find, &missing.field, missing.reason) {
            text.push_str(&format!("; next: {step}"));
        }
        lines.put(&format!("{scope}.missing.{}", at + 1), &text);
    }
    if find.missing.is_empty() {
        lines.put(&format!("{scope}.missing"), "nothing declared missing by the scanner");
    }
}
