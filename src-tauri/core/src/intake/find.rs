//! A find: one line a scanner reported, as typed data in the shape of schema `find/v1`.
//!
//! This module names the fields and nothing else; whether a line may be imported is decided in
//! `check`. It must never change what a scanner said: a find written out again is equivalent to
//! the line it was read from, times to the letter.

mod utc;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

pub use self::utc::Utc;
pub use self::words::{
    Algorithm, BytesAre, C2pa, DistanceUnit, MatchKind, MissingReason, Presence, StepKind,
    TimePrecision, VersionKind,
};

/// The only schema this console reads.
pub const SCHEMA: &str = "find/v1";

/// One quarantined item reported by a scanner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Minted once by the scanner; the same find reported again keeps it.
    pub find_id: Uuid,
    pub emitted_at: Utc,
    pub scanner: Scanner,
    pub object: Object,
    /// At least one.
    pub matches: Vec<Match>,
    pub locator: Locator,
    pub acquisition: Acquisition,
    /// Absent facts, each with its reason.
    pub missing: Vec<Missing>,
    /// Whatever the scanner wants kept; the console never reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ext: Option<Map<String, Value>>,
}

/// Which program, in which run, reported the find.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scanner {
    pub name: String,
    pub version: String,
    pub run_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_ref: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scanned_at: Option<Utc>,
}

/// The quarantined bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    pub digests: Digests,
    pub size_bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u64>,
    pub bytes_are: BytesAre,
    /// Digests of the bytes the origin served, when the stored ones differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_fetched_digests: Option<Digests>,
    /// Opaque id inside the quarantine store; never a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantine_ref: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedded: Option<Embedded>,
}

/// Digests of one piece of content, lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    pub sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha1: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha512: Option<String>,
}

/// Metadata inside the file, as far as the scanner looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Embedded {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exif: Option<Presence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xmp: Option<Presence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub c2pa: Option<C2pa>,
}

/// The evidence of one list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    pub algorithm: Algorithm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm_version: Option<String>,
    pub kind: MatchKind,
    /// Hash of our object; absent where the licence forbids keeping it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_value: Option<String>,
    /// 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_quality: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched_value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_unit: Option<DistanceUnit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u64>,
    pub list: ListRef,
    /// Digest of the vendor's raw response, kept beside the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_sha256: Option<String>,
}

/// The list that was matched, at the version that was matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListRef {
    pub provider: String,
    pub name: String,
    pub version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_count: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<String>,
    /// Category exactly as the list gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// Where the bytes were found: a dataset, then its containers from the outermost inwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locator {
    pub dataset: Dataset,
    /// At least one; the last is the matched bytes or the row that holds them.
    pub steps: Vec<Step>,
}

/// A dataset at a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub version: String,
    pub version_kind: VersionKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest_sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_contact: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obtained_at: Option<Utc>,
}

/// One layer of storage, with its own digest and range where they are known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub kind: StepKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// Opaque; not a digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Digests of this layer by algorithm; the schema leaves names and values open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digests: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload_digest: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_group: Option<u64>,
    /// Natural keys of the row, e.g. `uid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<BTreeMap<String, String>>,
    /// Fields the schema does not name, kept as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// How the bytes came from the web into the dataset, as far as anyone kept it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acquisition {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirects: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched_interval: Option<Interval>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_precision: Option<TimePrecision>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_ip: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u64>,
    /// Name and value, in the order received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_headers: Option<Vec<(String, String)>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetcher: Option<Fetcher>,
    /// Only when the item came from an account-bearing source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uploader_ref: Option<String>,
    /// Where the dataset itself took the pointer from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Vec<Step>>,
}

/// A span of time, ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    pub start: Utc,
    pub end: Utc,
}

/// The program that fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetcher {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

/// A fact that is absent, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// Dotted path, e.g. `acquisition.page_url`.
    pub field: String,
    pub reason: MissingReason,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
