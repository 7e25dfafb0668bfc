//! The rules of schema `find/v1`, field by field in the schema's own order.
//!
//! It must never be looser than the schema. It is stricter where the schema's JSON types cannot
//! say what is meant: a time must exist, a whole number is written without a point.

use serde_json::{Map, Value};

use super::shape::{Breach, Field, Record, Rule, Shape, is_hex};
use super::strict::MAX_EXACT;
use crate::intake::find::{
    Algorithm, BytesAre, C2pa, DistanceUnit, MatchKind, MissingReason, Presence, SCHEMA, StepKind,
    TimePrecision, VersionKind,
};

const TEXT: Shape = Shape::Text(0);
const SOME_TEXT: Shape = Shape::Text(1);
const UINT: Shape = Shape::Uint(MAX_EXACT);
const SHA256: Shape = Shape::Hex(64);

const fn must(name: &'static str, shape: Shape) -> Field {
    Field { name, required: true, shape }
}

const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, required: false, shape }
}

const fn closed(fields: &'static [Field]) -> Record {
    Record { fields, open: false, between: |_| Ok(()) }
}

/// A whole line.
pub(super) static FIND: Shape = Shape::Object(&Record {
    fields: &[
        must("schema", Shape::Word(&[SCHEMA])),
        must("find_id", Shape::Uuid),
        must("emitted_at", Shape::Time),
        must("scanner", Shape::Object(&SCANNER)),
        must("object", Shape::Object(&OBJECT)),
        must("matches", Shape::List(1, &Shape::Object(&MATCH))),
        must("locator", Shape::Object(&LOCATOR)),
        must("acquisition", Shape::Object(&ACQUISITION)),
        must("missing", Shape::List(0, &Shape::Object(&MISSING))),
        may("ext", Shape::Open),
    ],
    open: false,
    between: |_| Ok(()),
});

static SCANNER: Record = closed(&[
    must("name", SOME_TEXT),
    must("version", SOME_TEXT),
    must("run_id", SOME_TEXT),
    may("build_sha256", SHA256),
    may("config_sha256", SHA256),
    may("operator_ref", TEXT),
    may("scanned_at", Shape::Time),
]);

static OBJECT: Record = closed(&[
    must("digests", Shape::Object(&DIGESTS)),
    must("size_bytes", UINT),
    may("media_type", TEXT),
    may("width", UINT),
    may("height", UINT),
    must("bytes_are", Shape::Word(BytesAre::WORDS)),
    may("as_fetched_digests", Shape::Object(&DIGESTS)),
    may("quarantine_ref", TEXT),
    may("embedded", Shape::Object(&EMBEDDED)),
]);

static DIGESTS: Record = closed(&[
    must("sha256", SHA256),
    may("sha1", Shape::Hex(40)),
    may("md5", Shape::Hex(32)),
    may("sha512", Shape::Hex(128)),
]);

static EMBEDDED: Record = closed(&[
    may("exif", Shape::Word(Presence::WORDS)),
    may("xmp", Shape::Word(Presence::WORDS)),
    may("c2pa", Shape::Word(C2pa::WORDS)),
]);

static MATCH: Record = Record {
    fields: &[
        must("algorithm", Shape::Word(Algorithm::WORDS)),
        may("algorithm_version", TEXT),
        must("kind", Shape::Word(MatchKind::WORDS)),
        may("query_value", TEXT),
        may("query_quality", Shape::Uint(100)),
        may("matched_value", TEXT),
        may("distance", UINT),
        may("distance_unit", Shape::Word(DistanceUnit::WORDS)),
        may("threshold", UINT),
        must("list", Shape::Object(&LIST)),
        may("raw_sha256", SHA256),
    ],
    open: false,
    between: match_rules,
};

static LIST: Record = closed(&[
    must("provider", TEXT),
    must("name", TEXT),
    must("version", SOME_TEXT),
    may("snapshot_sha256", SHA256),
    may("entry_count", UINT),
    may("entry_id", TEXT),
    may("label", TEXT),
]);

static LOCATOR: Record = closed(&[
    must("dataset", Shape::Object(&DATASET)),
    must("steps", Shape::List(1, &Shape::Object(&STEP))),
]);

static DATASET: Record = closed(&[
    must("id", SOME_TEXT),
    may("name", TEXT),
    must("version", SOME_TEXT),
    must("version_kind", Shape::Word(VersionKind::WORDS)),
    may("manifest_sha256", SHA256),
    may("supplier", TEXT),
    may("supplier_contact", TEXT),
    may("obtained_at", Shape::Time),
]);

static STEP: Record = Record {
    fields: &[
        must("kind", Shape::Word(StepKind::WORDS)),
        may("uri", TEXT),
        may("version_id", TEXT),
        may("etag", TEXT),
        may("revision", TEXT),
        may("digests", Shape::Open),
        may("size_bytes", UINT),
        may("member", TEXT),
        may("offset", UINT),
        may("length", UINT),
        may("record_id", TEXT),
        may("target_uri", TEXT),
        may("payload_digest", TEXT),
        may("row", UINT),
        may("row_group", UINT),
        may("keys", Shape::Texts),
    ],
    open: true,
    between: step_rules,
};

static ACQUISITION: Record = closed(&[
    may("origin_url", TEXT),
    may("final_url", TEXT),
    may("page_url", TEXT),
    may("redirects", Shape::List(0, &TEXT)),
    may("fetched_at", Shape::Time),
    may("fetched_interval", Shape::Object(&INTERVAL)),
    may("time_precision", Shape::Word(TimePrecision::WORDS)),
    may("server_ip", TEXT),
    may("http_status", UINT),
    may("http_headers", Shape::List(0, &Shape::Pair)),
    may("fetcher", Shape::Object(&FETCHER)),
    may("uploader_ref", TEXT),
    may("upstream", Shape::List(0, &Shape::Object(&STEP))),
]);

static INTERVAL: Record = closed(&[must("start", Shape::Time), must("end", Shape::Time)]);

static FETCHER: Record =
    closed(&[may("name", TEXT), may("version", TEXT), may("user_agent", TEXT)]);

static MISSING: Record = closed(&[
    must("field", TEXT),
    must("reason", Shape::Word(MissingReason::WORDS)),
    may("note", TEXT),
]);

/// A near match says how near; a PDQ hash has 256 bits.
fn match_rules(found: &Map<String, Value>) -> Result<(), Breach> {
    if text(found, "kind") == MatchKind::Near.word() {
        require(found, &["distance", "threshold", "distance_unit"])?;
    }
    if text(found, "algorithm") == Algorithm::Pdq.word()
        && let Some(hash) = found.get("query_value").and_then(Value::as_str)
    {
        if !is_hex(hash, 64) {
            return Err(must_be("query_value", "64 lower-case hexadecimal digits for pdq"));
        }
        if found.get("distance").and_then(Value::as_u64).is_some_and(|bits| bits > 256) {
            return Err(must_be("distance", "at most 256 for pdq"));
        }
    }
    Ok(())
}

/// A layer names what is needed to open it again.
fn step_rules(step: &Map<String, Value>) -> Result<(), Breach> {
    let kind = text(step, "kind");
    let kind = StepKind::ALL.iter().find(|known| known.word() == kind);
    match kind {
        Some(StepKind::TarMember | StepKind::ZipMember) => require(step, &["member"]),
        Some(StepKind::WarcRecord) => require(step, &["offset", "length"]),
        Some(StepKind::ParquetRow) => require(step, &["row"]),
        Some(StepKind::HfFile) => {
            require(step, &["uri", "revision"])?;
            if is_hex(text(step, "revision"), 40) {
                Ok(())
            } else {
                Err(must_be("revision", "a commit of 40 lower-case hexadecimal digits"))
            }
        }
        _ => Ok(()),
    }
}

fn text<'a>(object: &'a Map<String, Value>, field: &str) -> &'a str {
    object.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn require(object: &Map<String, Value>, fields: &[&str]) -> Result<(), Breach> {
    match fields.iter().find(|field| !object.contains_key(**field)) {
        Some(field) => Err(Breach::at(Rule::Absent, field)),
        None => Ok(()),
    }
}

fn must_be(field: &str, what: &str) -> Breach {
    Breach::at(Rule::MustBe(what.to_owned()), field)
}
