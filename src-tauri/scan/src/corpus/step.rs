//! The steps of a locator, built one field at a time.
//!
//! It must never guess a field: what the container does not say stays absent.

use serde_json::{Map, Value};

use super::name::lossless;
use super::{Step, StepKind};

/// Says that a step's `member` is written with escapes.
pub(super) const ESCAPED: &str = "member_escaped";
/// Says how the layer's bytes are packed where `offset` and `length` point.
pub(super) const COMPRESSION: &str = "compression";
/// The column of a row that holds the bytes.
pub(super) const COLUMN: &str = "column";
/// Which of several values in the row's column, from 0.
pub(super) const ELEMENT: &str = "element";

/// A step of which nothing is known but its kind.
pub(super) fn blank(kind: StepKind) -> Step {
    Step {
        kind,
        uri: None,
        version_id: None,
        etag: None,
        revision: None,
        digests: None,
        size_bytes: None,
        member: None,
        offset: None,
        length: None,
        record_id: None,
        target_uri: None,
        payload_digest: None,
        row: None,
        row_group: None,
        keys: None,
        extra: Map::new(),
    }
}

/// The outermost layer, a file of the corpus.
pub(super) fn file(uri: &str, sha256: Option<&str>, size_bytes: Option<u64>) -> Step {
    let mut step = blank(StepKind::LocalFile);
    step.uri = Some(uri.to_owned());
    step.digests = sha256.map(digests);
    step.size_bytes = size_bytes;
    step
}

/// A member of an archive: where its bytes lie and how many.
pub(super) fn member(kind: StepKind, name: &[u8], offset: u64, length: u64) -> Step {
    let mut step = blank(kind);
    let (name, escaped) = lossless(name);
    step.member = Some(name);
    if escaped {
        step.extra.insert(ESCAPED.to_owned(), Value::Bool(true));
    }
    step.offset = Some(offset);
    step.length = Some(length);
    step
}

/// A layer's own digests.
pub(super) fn digests(sha256: &str) -> Map<String, Value> {
    Map::from_iter([("sha256".to_owned(), Value::String(sha256.to_owned()))])
}

/// The SHA-256 a step names for its layer.
pub(super) fn sha256_of(step: &Step) -> Option<&str> {
    step.digests.as_ref()?.get("sha256")?.as_str()
}
