//! One act, and the exact bytes of its leaf.
//!
//! It must never put anything into a leaf that may one day have to be erased.

use serde::Serialize;
use serde_json::{Value, json};

use crate::account::{Actor, role_word};
use crate::clock::{Millis, rfc3339};
use crate::error::{Error, Result};
use crate::hash::sha256;

/// What happened, to which case, and the body that says the rest.
pub(crate) struct Event {
    /// E.g. `decision.recorded`.
    pub(crate) kind: &'static str,
    pub(crate) case: Option<i64>,
    body: Value,
}

impl Event {
    /// An act on no case.
    pub(crate) fn new(kind: &'static str, body: Value) -> Self {
        Self { kind, case: None, body }
    }

    /// An act on a case.
    pub(crate) fn on(kind: &'static str, case: i64, body: Value) -> Self {
        Self { kind, case: Some(case), body }
    }

    pub(super) fn canonical_body(&self) -> Result<String> {
        canonical(&self.body)
    }

    /// The leaf: canonical JSON, committing to the body by `SHA-256(salt || body)`.
    pub(super) fn leaf(
        &self,
        seq: i64,
        at: Millis,
        actor: &Actor,
        salt: &[u8; 16],
        body: &str,
    ) -> Result<Vec<u8>> {
        let mut leaf = json!({
            "app": concat!("casement/", env!("CARGO_PKG_VERSION")),
            "at": rfc3339(at),
            "body_sha256": commitment(salt, body),
            "by": actor.pseudonym(),
            "role": role_word(actor.role()),
            "seq": seq,
            "type": self.kind,
            "v": 1,
        });
        if let (Some(case), Value::Object(fields)) = (self.case, &mut leaf) {
            fields.insert("case".to_owned(), json!(case));
        }
        Ok(canonical(&leaf)?.into_bytes())
    }
}

/// Hex of `SHA-256(salt || body)`: the salt keeps a short body from being guessed once it is erased.
pub(super) fn commitment(salt: &[u8], body: &str) -> String {
    hex::encode(sha256(&[salt, body.as_bytes()].concat()))
}

/// RFC 8785.
pub(super) fn canonical(value: &Value) -> Result<String> {
    serde_json_canonicalizer::to_string(value).map_err(|error| {
        Error::usage("LEDGER-03", "This act cannot be written as canonical JSON.").caused_by(error)
    })
}

/// Any wire value as a body.
pub(crate) fn body(value: impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| {
        Error::usage("LEDGER-03", "This act cannot be written as canonical JSON.").caused_by(error)
    })
}
