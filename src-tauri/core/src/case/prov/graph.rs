//! What one find says of its making, as a graph.
//!
//! It is a pure function: the same find gives the same graph, and two finds of one shard share its nodes. It must never
//! add a time, a place or a name that the find does not hold.

use serde_json::{Value, json};

use super::Kind::{Activity, Agent, Entity};
use super::Relation::{
    ActedOnBehalfOf, HadMember, SpecializationOf, Used, WasAssociatedWith, WasAttributedTo,
    WasDerivedFrom, WasGeneratedBy, WasInformedBy,
};
use super::{Graph, Key};
use crate::intake::find::{BytesAre, Find, MissingReason, Step};

const ENRICHMENT: &str = "enrichment";

/// The graph of one find that was taken in by an import.
pub(crate) fn graph(find: &Find, import: &str) -> Graph {
    let mut making = Making { find, id: find.find_id.to_string(), graph: Graph::default() };
    let bytes = making.bytes();
    let (dataset, container, occurrence) = making.place();
    making.graph.edge(occurrence, SpecializationOf, bytes);
    let fetched = making.fetched(bytes, container.unwrap_or(dataset));
    let fetch = making.fetch(container.unwrap_or(dataset));
    making.graph.edge(fetched, WasGeneratedBy, fetch);
    making.origin(fetch, dataset);
    let scan = making.scan(occurrence, bytes);
    let import = making.graph.node(Activity, "import", &[import], json!({ "run": import }));
    making.graph.edge(import, Used, occurrence);
    making.graph.edge(import, WasInformedBy, scan);
    making.graph
}

/// An attempt that brought facts.
pub(crate) struct Enrichment<'a> {
    /// The leaf that logged it.
    pub(crate) leaf: i64,
    pub(crate) kind: &'a str,
    /// Who or what said so.
    pub(crate) source: &'a str,
    /// Pseudonym of who attached them.
    pub(crate) account: &'a str,
    /// Of the file they came in.
    pub(crate) raw_sha256: Option<[u8; 32]>,
}

/// The graph of attaching facts to these sightings.
pub(crate) fn enrichment<'a>(by: &Enrichment<'_>, finds: impl Iterator<Item = &'a Find>) -> Graph {
    let mut graph = Graph::default();
    let leaf = by.leaf.to_string();
    let attrs = json!({ "leaf": by.leaf, "kind": by.kind, "source": by.source });
    let attaching = graph.node(Activity, ENRICHMENT, &[&leaf], attrs);
    let person = graph.node(Agent, "account", &[by.account], json!({ "name": by.account }));
    graph.edge(attaching, WasAssociatedWith, person);
    if let Some(sha256) = by.raw_sha256.map(hex::encode) {
        let file = graph.node(Entity, "source", &[&sha256], json!({ "sha256": sha256 }));
        graph.edge(attaching, Used, file);
    }
    for find in finds {
        let id = find.find_id.to_string();
        let occurrence = graph.node(Entity, "occurrence", &[&id], json!({ "find_id": id }));
        graph.edge(attaching, Used, occurrence);
    }
    graph
}

/// The node of one enrichment, to be looked for.
pub(super) fn attached(leaf: i64) -> Graph {
    let mut graph = Graph::default();
    graph.node(Activity, ENRICHMENT, &[&leaf.to_string()], Value::Null);
    graph
}

struct Making<'a> {
    find: &'a Find,
    id: String,
    graph: Graph,
}

impl Making<'_> {
    /// The quarantined bytes, the same node wherever they were seen.
    fn bytes(&mut self) -> Key {
        let object = &self.find.object;
        let sha256 = &object.digests.sha256;
        let attrs = json!({ "sha256": sha256, "size_bytes": object.size_bytes });
        self.graph.node(Entity, "bytes", &[sha256], attrs)
    }

    /// The dataset, the containers from the outermost inwards, and the place of the bytes in them.
    fn place(&mut self) -> (Key, Option<Key>, Key) {
        let about = &self.find.locator.dataset;
        let (id, version) = (about.id.as_str(), about.version.as_str());
        let dataset = self.graph.node(
            Entity,
            "dataset",
            &[id, version],
            json!({ "id": id, "version": version, "version_kind": about.version_kind, "manifest_sha256": about.manifest_sha256 }),
        );
        match &about.supplier {
            Some(name) => {
                let attrs = json!({ "name": name, "contact": about.supplier_contact });
                let supplier = self.graph.node(Agent, "supplier", &[name], attrs);
                self.graph.edge(dataset, WasAttributedTo, supplier);
            }
            None => {
                let reason = self.reason("locator.dataset.supplier");
                let supply = self.unknown("unknown_supply", &[id, version, &reason], &reason);
                self.graph.edge(dataset, WasGeneratedBy, supply);
            }
        }
        let (mut outer, mut container) = (dataset, None);
        let mut path = format!("{id}\0{version}");
        let steps = &self.find.locator.steps;
        for step in steps.iter().take(steps.len().saturating_sub(1)) {
            path.push('\0');
            path.push_str(&identity(step));
            let inner = self.graph.node(Entity, "container", &[&path], told(step));
            self.graph.edge(outer, HadMember, inner);
            (outer, container) = (inner, Some(inner));
        }
        let last = steps.last().map_or(Value::Null, told);
        let attrs = json!({ "find_id": self.id, "place": last });
        let occurrence = self.graph.node(Entity, "occurrence", &[&self.id], attrs);
        self.graph.edge(outer, HadMember, occurrence);
        (dataset, container, occurrence)
    }

    /// What the origin served: the bytes themselves, or what they were made from.
    fn fetched(&mut self, bytes: Key, container: Key) -> Key {
        let object = &self.find.object;
        let name = match object.bytes_are {
            BytesAre::AsFetched => return bytes,
            BytesAre::ReEncoded => "re_encoding",
            BytesAre::Unknown => "unknown_processing",
        };
        let fetched = match &object.as_fetched_digests {
            Some(digests) if digests.sha256 == object.digests.sha256 => return bytes,
            Some(digests) => {
                let attrs = json!({ "sha256": digests.sha256, "md5": digests.md5 });
                self.graph.node(Entity, "bytes", &[&digests.sha256], attrs)
            }
            None => {
                let reason = self.reason("object.as_fetched_digests");
                let attrs = json!({ "find_id": self.id, "digest_missing": reason });
                self.graph.node(Entity, "unknown_bytes", &[&self.id], attrs)
            }
        };
        let tool = self.fetcher();
        let made = self.graph.node(
            Activity,
            name,
            &[&container.hex(), tool.as_deref().unwrap_or_default()],
            json!({ "tool": tool, "missing": tool.is_none().then_some("never_recorded") }),
        );
        self.graph.edge(bytes, WasGeneratedBy, made);
        self.graph.edge(made, Used, fetched);
        self.graph.edge(bytes, WasDerivedFrom, fetched);
        fetched
    }

    /// The fetch, or that nobody knows of it. Fetches that differ in nothing that was kept are one activity: of
    /// img2dataset's output no more is known than the interval of the shard.
    fn fetch(&mut self, container: Key) -> Key {
        let from = &self.find.acquisition;
        let known = from.fetched_at.is_some()
            || from.fetched_interval.is_some()
            || from.server_ip.is_some()
            || from.http_status.is_some()
            || from.http_headers.is_some()
            || from.fetcher.is_some();
        if !known {
            let reason = self.reason("acquisition.fetched_at");
            return self.unknown("unknown_acquisition", &[&container.hex(), &reason], &reason);
        }
        // One fetch has one answer, so headers tell one from another.
        let headers = from.http_headers.as_ref().map(|headers| json!(headers).to_string());
        let attrs = json!({
            "at": from.fetched_at, "interval": from.fetched_interval, "precision": from.time_precision,
            "clock": "fetcher", "server": from.server_ip, "status": from.http_status,
            "headers_sha256": headers.map(|text| hex::encode(crate::hash::sha256(text.as_bytes()))),
        });
        let identity = [container.hex(), attrs.to_string(), self.fetcher().unwrap_or_default()];
        let identity: Vec<&str> = identity.iter().map(String::as_str).collect();
        let fetch = self.graph.node(Activity, "fetch", &identity, attrs);
        if let Some(tool) = self.fetcher() {
            let agent = from.fetcher.as_ref().and_then(|fetcher| fetcher.user_agent.as_ref());
            let attrs = json!({ "name": tool, "user_agent": agent });
            let fetcher = self.graph.node(Agent, "fetcher", &[&tool], attrs);
            self.graph.edge(fetch, WasAssociatedWith, fetcher);
        }
        fetch
    }

    /// Where it was fetched from, and how that address came to be known.
    fn origin(&mut self, fetch: Key, dataset: Key) {
        let from = &self.find.acquisition;
        let pointer = from.upstream.as_ref().and_then(|steps| {
            let path: Vec<String> = steps.iter().map(identity).collect();
            let attrs = json!({ "place": steps.last().map(told) });
            (!steps.is_empty())
                .then(|| self.graph.node(Entity, "pointer", &[&path.join("\0")], attrs))
        });
        let last = from.redirects.iter().flatten().chain(&from.final_url);
        let mut address = from.origin_url.as_ref().map(|url| self.address(url));
        if let Some(url) = address {
            self.graph.edge(fetch, Used, url);
        }
        for url in last {
            let next = self.address(url);
            self.graph.edge(fetch, Used, next);
            if let Some(earlier) = address.filter(|earlier| *earlier != next) {
                self.graph.edge(next, WasDerivedFrom, earlier);
            }
            address = Some(next);
        }
        let origin = from.origin_url.as_ref().or(from.final_url.as_ref());
        let Some(origin) = origin.map(|url| self.address(url)) else {
            let reason = self.reason("acquisition.origin_url");
            let unknown = self.unknown("unknown_origin", &[&dataset.hex(), &reason], &reason);
            self.graph.edge(fetch, WasInformedBy, unknown);
            if let Some(pointer) = pointer {
                self.graph.edge(unknown, Used, pointer);
            }
            return;
        };
        if let Some(pointer) = pointer {
            self.graph.edge(origin, WasDerivedFrom, pointer);
        }
        match &from.page_url {
            Some(url) => {
                let page = self.graph.node(Entity, "page", &[url], json!({ "url": url }));
                self.graph.edge(origin, WasDerivedFrom, page);
            }
            None => {
                let reason = self.reason("acquisition.page_url");
                let found = self.unknown("unknown_discovery", &[&dataset.hex(), &reason], &reason);
                self.graph.edge(origin, WasGeneratedBy, found);
            }
        }
        if let Some(account) = &from.uploader_ref {
            let uploader =
                self.graph.node(Agent, "uploader", &[account], json!({ "ref": account }));
            self.graph.edge(origin, WasAttributedTo, uploader);
        }
    }

    fn address(&mut self, url: &str) -> Key {
        self.graph.node(Entity, "address", &[url], json!({ "url": url }))
    }

    /// The scan that found it there, and the evidence of each list.
    fn scan(&mut self, occurrence: Key, bytes: Key) -> Key {
        let by = &self.find.scanner;
        let (name, version, run) = (by.name.as_str(), by.version.as_str(), by.run_id.as_str());
        let scan = self.graph.node(
            Activity,
            "scan",
            &[name, version, run],
            json!({ "run": run, "config_sha256": by.config_sha256 }),
        );
        let scanner = self.graph.node(
            Agent,
            "scanner",
            &[name, version],
            json!({ "name": name, "version": version, "build_sha256": by.build_sha256 }),
        );
        self.graph.edge(scan, WasAssociatedWith, scanner);
        if let Some(operator) = &by.operator_ref {
            let operator =
                self.graph.node(Agent, "operator", &[operator], json!({ "ref": operator }));
            self.graph.edge(scanner, ActedOnBehalfOf, operator);
        }
        self.graph.edge(scan, Used, occurrence);
        for (number, found) in self.find.matches.iter().enumerate() {
            let list = &found.list;
            let attrs = json!({
                "provider": list.provider, "name": list.name, "version": list.version,
                "snapshot_sha256": list.snapshot_sha256, "entry_count": list.entry_count,
            });
            let identity = [list.provider.as_str(), &list.name, &list.version];
            let list_key = self.graph.node(Entity, "list", &identity, attrs);
            let attrs = json!({
                "find_id": self.id, "algorithm": found.algorithm, "kind": found.kind, "entry": list.entry_id,
                "distance": found.distance, "unit": found.distance_unit, "threshold": found.threshold,
                "quality": found.query_quality, "raw_sha256": found.raw_sha256,
            });
            let number = number.to_string();
            let evidence = self.graph.node(Entity, "match", &[&self.id, &number], attrs);
            self.graph.edge(scan, Used, list_key);
            self.graph.edge(evidence, WasGeneratedBy, scan);
            self.graph.edge(evidence, WasDerivedFrom, list_key);
            self.graph.edge(evidence, WasDerivedFrom, bytes);
        }
        scan
    }

    /// A step of which nothing is known but why.
    fn unknown(&mut self, name: &'static str, identity: &[&str], reason: &str) -> Key {
        self.graph.node(Activity, name, identity, json!({ "missing": reason }))
    }

    /// The declared reason, for a field that is absent.
    fn reason(&self, field: &str) -> String {
        let declared = self.find.missing.iter().find(|missing| missing.field.starts_with(field));
        declared.map_or(MissingReason::NeverRecorded, |missing| missing.reason).word().to_owned()
    }

    /// `img2dataset 1.47.0`.
    fn fetcher(&self) -> Option<String> {
        let fetcher = self.find.acquisition.fetcher.as_ref()?;
        let parts = [fetcher.name.as_deref(), fetcher.version.as_deref()];
        let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        (!name.is_empty()).then_some(name)
    }
}

/// What tells a layer from its neighbours, without digests: a scanner may give them one time and not the next.
fn identity(step: &Step) -> String {
    json!([
        step.kind,
        step.uri,
        step.version_id,
        step.revision,
        step.member,
        step.offset,
        step.length,
        step.record_id,
        step.row
    ])
    .to_string()
}

fn told(step: &Step) -> Value {
    json!(step)
}
