//! The trail as W3C PROV (PROV-DM, 2013): entities, activities and agents, and what stands between them.
//!
//! The store keeps one graph for all sightings, in which shared things (a dataset, a shard, a scanner's run) are one
//! node. It must never leave a step out because nothing is known of it: an unknown step is an activity with its reason.

mod check;
mod export;
mod graph;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::ledger::Logged;
use crate::store::prov as rows;

pub use self::check::check;
pub use self::export::export;
pub(crate) use self::graph::{Enrichment, enrichment, graph};

/// Identifies a node: the first half of the SHA-256 of its type and of what makes it what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key([u8; 16]);

impl Key {
    fn of(name: &str, identity: &[&str]) -> Self {
        let mut hasher = Sha256::new();
        for part in std::iter::once(&name).chain(identity) {
            hasher.update(part.len().to_le_bytes());
            hasher.update(part);
        }
        let digest: [u8; 32] = hasher.finalize().into();
        let mut key = [0; 16];
        key.copy_from_slice(digest.split_at(16).0);
        Self(key)
    }

    pub(crate) fn hex(self) -> String {
        hex::encode(self.0)
    }
}

/// What a node is in PROV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Entity,
    Activity,
    Agent,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Entity => "entity",
            Self::Activity => "activity",
            Self::Agent => "agent",
        }
    }
}

/// The relations of PROV-DM that a trail needs. The number is that of `prov_relation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relation {
    Used = 1,
    WasGeneratedBy = 2,
    WasDerivedFrom = 3,
    WasInformedBy = 4,
    WasAssociatedWith = 5,
    WasAttributedTo = 6,
    ActedOnBehalfOf = 7,
    SpecializationOf = 8,
    HadMember = 9,
}

/// One entity, activity or agent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    kind: Kind,
    /// E.g. `bytes`, `occurrence`, `unknown_acquisition`.
    name: &'static str,
    attrs: Map<String, Value>,
}

/// Nodes by key, and edges between keys. Putting the same thing in twice changes nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Graph {
    nodes: BTreeMap<Key, Node>,
    edges: BTreeSet<(Key, Relation, Key)>,
}

impl Graph {
    /// Puts a node in and answers its key. `attrs` must be an object; absent values are left out.
    fn node(&mut self, kind: Kind, name: &'static str, identity: &[&str], attrs: Value) -> Key {
        let key = Key::of(name, identity);
        self.nodes.entry(key).or_insert_with(|| {
            let mut attrs = match attrs {
                Value::Object(attrs) => attrs,
                _ => Map::new(),
            };
            attrs.retain(|_, value| !value.is_null());
            Node { kind, name, attrs }
        });
        key
    }

    fn edge(&mut self, from: Key, relation: Relation, to: Key) {
        self.edges.insert((from, relation, to));
    }

    /// Takes another graph's nodes and edges in.
    pub(crate) fn join(&mut self, other: Self) {
        for (key, node) in other.nodes {
            self.nodes.entry(key).or_insert(node);
        }
        self.edges.extend(other.edges);
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        self.nodes.keys().copied()
    }

    /// As the store takes it: `[[key, kind, type, attrs], …]` and `[[src, relation, dst], …]`.
    pub(crate) fn rows(&self) -> Result<(String, String)> {
        let text = |rows: Vec<Value>| {
            serde_json::to_string(&rows).map_err(|error| {
                Error::store("TRAIL-01", "The trail cannot be written.").caused_by(error)
            })
        };
        let nodes = self
            .nodes
            .iter()
            .map(|(key, node)| {
                let attrs = Value::Object(node.attrs.clone()).to_string();
                json!([key.hex(), node.kind.word(), node.name, attrs])
            })
            .collect();
        let edges = self
            .edges
            .iter()
            .map(|(from, relation, to)| json!([from.hex(), *relation as i64, to.hex()]))
            .collect();
        Ok((text(nodes)?, text(edges)?))
    }
}

/// Puts a graph into the store, beside what is there.
pub(crate) async fn put(write: &mut Logged, graph: &Graph) -> Result<()> {
    let (nodes, edges) = graph.rows()?;
    rows::insert(write.conn(), &nodes, &edges).await
}

#[cfg(test)]
mod tests;
