//! The graph itself: nodes by id, each once, and the few that every part of it names.
//!
//! No node is blank, so that graphs of several cases can be merged and say the same.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};
use time::OffsetDateTime;
use uuid::Builder;

use crate::clock::{Millis, rfc3339};
use crate::package::build::PackageError;
use crate::package::input::Head;

/// Where our ids live: a name that cannot resolve, because nothing is published there.
const KB: &str = "https://casement.invalid/kb/";
const CASE: &str = "https://ontology.caseontology.org/case/";
const UCO: &str = "https://ontology.unifiedcyberontology.org/uco/";

/// A graph being built.
#[derive(Default)]
pub(super) struct Graph {
    nodes: BTreeMap<String, Value>,
    /// Tells this report's acts from those of another that has the same numbers.
    scope: String,
}

impl Graph {
    pub(super) fn new(head: &Head) -> Self {
        let scope = format!("{} {}", head.ledger.root, head.report);
        Self { nodes: BTreeMap::new(), scope }
    }

    /// Id of something that is the same wherever it is named: content, addresses, programs.
    pub(super) fn common(&self, kind: &str, key: &[&str]) -> String {
        id(kind, "", key)
    }

    /// Id of something of this report.
    pub(super) fn own(&self, kind: &str, key: &[&str]) -> String {
        id(kind, &self.scope, key)
    }

    /// Adds a node. What was said of it first stays.
    pub(super) fn put(&mut self, id: &str, node: Value) {
        if let Value::Object(mut fields) = node {
            fields.retain(|_, value| {
                !value.is_null() && value.as_array().is_none_or(|a| !a.is_empty())
            });
            fields.insert("@id".to_owned(), json!(id));
            self.nodes.entry(id.to_owned()).or_insert(Value::Object(fields));
        }
    }

    /// A facet of `of`; answers the reference to it.
    pub(super) fn facet(&mut self, of: &str, kind: &str, fields: Value) -> Value {
        let facet = id("facet", of, &[kind]);
        let mut node = json!({ "@type": kind });
        if let (Value::Object(node), Value::Object(fields)) = (&mut node, fields) {
            node.extend(fields);
        }
        self.put(&facet, node);
        refer(&facet)
    }

    pub(super) fn organisation(&mut self, name: &str) -> String {
        let id = self.common("organization", &[name]);
        self.put(&id, json!({ "@type": "identity:Organization", "core:name": name }));
        id
    }

    /// A person, by the name the ledger has for them.
    pub(super) fn person(&mut self, pseudonym: &str) -> String {
        let id = self.own("identity", &[pseudonym]);
        let about = "A pseudonym of the reporting organisation's ledger.";
        self.put(
            &id,
            json!({ "@type": "identity:Identity", "core:name": pseudonym, "core:description": about }),
        );
        id
    }

    pub(super) fn tool(&mut self, name: &str, version: &str) -> String {
        let id = self.common("tool", &[name, version]);
        let version = Some(version).filter(|version| !version.is_empty());
        self.put(&id, json!({ "@type": "tool:Tool", "core:name": name, "tool:version": version }));
        id
    }

    /// One node a line, in order of id.
    pub(super) fn document(self) -> Result<Vec<u8>, PackageError> {
        let mut bytes = b"{\"@context\":".to_vec();
        bytes.extend(serde_json::to_vec(&context())?);
        bytes.extend(b",\n\"@graph\":[\n");
        for (at, node) in self.nodes.values().enumerate() {
            if at > 0 {
                bytes.extend(b",\n");
            }
            bytes.extend(serde_json::to_vec(node)?);
        }
        bytes.extend(b"\n]}\n");
        Ok(bytes)
    }
}

fn context() -> Value {
    let mut prefixes = Map::new();
    prefixes.insert("kb".to_owned(), json!(KB));
    prefixes.insert("xsd".to_owned(), json!("http://www.w3.org/2001/XMLSchema#"));
    prefixes.insert("investigation".to_owned(), json!(format!("{CASE}investigation/")));
    for room in ["action", "analysis", "core", "identity", "observable", "tool", "types"] {
        prefixes.insert(room.to_owned(), json!(format!("{UCO}{room}/")));
    }
    Value::Object(prefixes)
}

/// A version 5 UUID (RFC 9562) over what is named, each part with its length, so that no two lists of parts read the same.
fn id(kind: &str, scope: &str, key: &[&str]) -> String {
    let mut digest = Sha1::new();
    for part in [KB, kind, scope].iter().chain(key) {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let mut first = [0; 16];
    for (to, from) in first.iter_mut().zip(digest.finalize()) {
        *to = from;
    }
    format!("kb:{kind}-{}", Builder::from_sha1_bytes(first).into_uuid())
}

pub(super) fn refer(id: &str) -> Value {
    json!({ "@id": id })
}

/// A time to the millisecond; the records of the package have it as it was written.
pub(super) fn time(at: OffsetDateTime) -> Value {
    let millis = Millis::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).ok();
    super::writable(at)
        .and(millis)
        .map_or(Value::Null, |at| json!({ "@type": "xsd:dateTime", "@value": rfc3339(at) }))
}
