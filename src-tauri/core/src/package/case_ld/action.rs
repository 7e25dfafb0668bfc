//! What was done, step after step: taken from the web, put into a dataset, scanned, quarantined.
//!
//! Every step names the one before it. A step nobody recorded stands in the chain and says that it is unknown.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::content::{self, relation};
use super::graph::{Graph, refer, time};
use crate::intake::find::{BytesAre, Find, Match};
use crate::package::input::{FileInput, Head, SightingInput};
use crate::package::words;

/// One step before it is written.
#[derive(Default)]
pub(super) struct Act {
    pub(super) name: &'static str,
    pub(super) about: String,
    pub(super) start: Option<OffsetDateTime>,
    pub(super) end: Option<OffsetDateTime>,
    pub(super) performer: Option<String>,
    pub(super) instrument: Option<String>,
    pub(super) objects: Vec<String>,
    pub(super) results: Vec<String>,
    pub(super) participants: Vec<String>,
}

/// The steps of one case.
pub(super) struct Chain<'a> {
    pub(super) graph: &'a mut Graph,
    head: &'a Head,
    pub(super) file: &'a FileInput,
    pub(super) content: &'a str,
    origin: Option<&'a str>,
    /// The last step of each sighting.
    pub(super) quarantined: Vec<String>,
    pub(super) concluded: Vec<String>,
}

impl<'a> Chain<'a> {
    pub(super) fn new(
        graph: &'a mut Graph,
        head: &'a Head,
        file: &'a FileInput,
        content: &'a str,
        origin: Option<&'a str>,
    ) -> Self {
        Self { graph, head, file, content, origin, quarantined: vec![], concluded: vec![] }
    }

    /// Results and statements the chain came to.
    pub(super) fn concluded(self) -> Vec<String> {
        self.concluded
    }

    pub(super) fn act(&mut self, scope: &str, act: Act, after: &[String]) -> String {
        let case = words::case_number(self.file.case);
        let id = self.graph.own("action", &[&case, scope, act.name]);
        let all = |ids: &[String]| ids.iter().map(|id| refer(id)).collect::<Vec<Value>>();
        let node = json!({
            "@type": "investigation:InvestigativeAction",
            "core:name": act.name,
            "core:description": act.about,
            "action:startTime": act.start.map(time),
            "action:endTime": act.end.map(time),
            "action:performer": act.performer.as_deref().map(refer),
            "action:instrument": act.instrument.as_deref().map(refer),
            "action:object": all(&act.objects),
            "action:result": all(&act.results),
            "action:participant": all(&act.participants),
            "investigation:wasInformedBy": all(after),
        });
        self.graph.put(&id, node);
        id
    }

    /// From the web to quarantine, as one sighting tells it.
    pub(super) fn sighting(&mut self, sighting: &SightingInput) {
        let find = &sighting.find;
        let scope = find.find_id.to_string();
        let dataset = self.dataset(&scope, find);
        let outermost =
            content::layers(self.graph, &scope, &find.locator.steps, Some(self.content));
        let mut before = self.pointer(&scope, find);
        before = vec![self.fetch(&scope, find, &before)];
        if find.object.bytes_are != BytesAre::AsFetched {
            before = vec![self.encode(&scope, find, &before)];
        }
        before = vec![self.obtain(&scope, find, &dataset, outermost, &before)];
        before = vec![self.scan(&scope, find, &before)];
        let organisation = self.graph.organisation(&self.head.organisation.name);
        let tool = self.graph.tool(&self.head.tool.name, &self.head.tool.version);
        let act = Act {
            name: "quarantine",
            about: "Taken in, digested again and sealed.".to_owned(),
            end: Some(sighting.imported_at),
            performer: Some(organisation),
            instrument: Some(tool),
            objects: vec![self.content.to_owned()],
            ..Act::default()
        };
        let last = self.act(&scope, act, &before);
        self.quarantined.push(last);
        self.gaps(&scope, sighting);
    }

    fn dataset(&mut self, scope: &str, find: &Find) -> String {
        let dataset = &find.locator.dataset;
        let kind = dataset.version_kind.word();
        let key = [dataset.id.as_str(), dataset.version.as_str(), kind];
        let id = self.graph.common("dataset", &key);
        let name = dataset.name.as_deref().unwrap_or(&dataset.id);
        self.graph.put(
            &id,
            json!({
                "@type": "observable:ObservableObject",
                "core:name": format!("{name} {}@{} ({kind})", dataset.id, dataset.version),
                "core:description": "A training dataset at a version.",
            }),
        );
        let link = self.graph.own("relationship", &[scope, "dataset"]);
        let about = "The file was found in this dataset.".to_owned();
        relation(self.graph, &link, (self.content, "Contained_Within", &id), about, None);
        id
    }

    /// Where the dataset itself took the pointer from.
    fn pointer(&mut self, scope: &str, find: &Find) -> Vec<String> {
        let Some(steps) = find.acquisition.upstream.as_deref().filter(|steps| !steps.is_empty())
        else {
            return Vec::new();
        };
        let scope = format!("{scope} upstream");
        let outermost = content::layers(self.graph, &scope, steps, None);
        let act = Act {
            name: "take_pointer",
            about: "The dataset took the address from here; when and by whom is not recorded."
                .to_owned(),
            objects: outermost.into_iter().collect(),
            ..Act::default()
        };
        vec![self.act(&scope, act, &[])]
    }

    fn fetch(&mut self, scope: &str, find: &Find, before: &[String]) -> String {
        let got = &find.acquisition;
        let mut objects = Vec::new();
        let named = [
            ("origin_url", got.origin_url.as_deref(), "Address of the file."),
            ("final_url", got.final_url.as_deref(), "Address of the file after redirects."),
            ("page_url", got.page_url.as_deref(), "Page that linked or showed the file."),
        ];
        for (field, address, about) in named {
            let Some(address) = address else { continue };
            let url = content::url(self.graph, address);
            let link = self.graph.own("relationship", &[scope, field]);
            let kind = if field == "page_url" { "Referenced_By" } else { "Downloaded_From" };
            let target = self.origin.unwrap_or(self.content);
            relation(self.graph, &link, (target, kind, &url), about.to_owned(), None);
            if !objects.contains(&url) {
                objects.push(url);
            }
        }
        for address in got.redirects.iter().flatten() {
            let url = content::url(self.graph, address);
            if !objects.contains(&url) {
                objects.push(url);
            }
        }
        let span = got.fetched_interval.as_ref();
        let start = got.fetched_at.as_ref().or(span.map(|span| &span.start)).map(|at| at.instant());
        let end = got.fetched_at.as_ref().or(span.map(|span| &span.end)).map(|at| at.instant());
        let fetcher = got.fetcher.as_ref().map(|fetcher| {
            let name = fetcher.name.as_deref().or(fetcher.user_agent.as_deref());
            let version = fetcher.version.as_deref().unwrap_or_default();
            self.graph.tool(name.unwrap_or("unnamed fetcher"), version)
        });
        let unknown = objects.is_empty() && start.is_none();
        let mut about = match (unknown, start.is_some()) {
            (true, _) => "How the file came from its origin is unknown.".to_owned(),
            (false, true) => "Fetched from the web.".to_owned(),
            (false, false) => "Fetched from the web; when is not known.".to_owned(),
        };
        if got.fetched_at.is_none() && span.is_some() {
            about.push_str(" Sometime within this interval.");
        }
        if let Some(status) = got.http_status {
            about.push_str(&format!(" HTTP status {status}."));
        }
        for missing in find.missing.iter().filter(|m| m.field.starts_with("acquisition.")) {
            about.push_str(&format!(" {}: {}.", missing.field, words::reason(missing.reason)));
        }
        let server = got.server_ip.as_deref().and_then(|ip| content::server(self.graph, ip));
        let act = Act {
            name: if unknown { "unknown_acquisition" } else { "fetch" },
            about,
            start,
            end,
            instrument: fetcher,
            objects,
            results: self.origin.map(str::to_owned).into_iter().collect(),
            participants: server.into_iter().collect(),
            ..Act::default()
        };
        self.act(scope, act, before)
    }

    fn encode(&mut self, scope: &str, find: &Find, before: &[String]) -> String {
        let known = find.object.bytes_are == BytesAre::ReEncoded;
        let about = if known {
            "Re-encoded after fetching; with what and when is not recorded."
        } else {
            "Whether the bytes were changed after fetching is unknown."
        };
        let act = Act {
            name: if known { "re_encode" } else { "unknown_encoding" },
            about: about.to_owned(),
            objects: self.origin.map(str::to_owned).into_iter().collect(),
            results: vec![self.content.to_owned()],
            ..Act::default()
        };
        self.act(scope, act, before)
    }

    fn obtain(
        &mut self,
        scope: &str,
        find: &Find,
        dataset: &str,
        outermost: Option<String>,
        before: &[String],
    ) -> String {
        let from = &find.locator.dataset;
        let organisation = self.graph.organisation(&self.head.organisation.name);
        let supplier = from.supplier.as_deref().map(|name| self.graph.organisation(name));
        let mut about = "The dataset was obtained".to_owned();
        match (&from.supplier, &from.obtained_at) {
            (None, None) => about.push_str("; when and from whom is not recorded."),
            (None, Some(_)) => about.push_str("; from whom is not recorded."),
            (Some(_), None) => about.push_str(" from its supplier; when is not recorded."),
            (Some(_), Some(_)) => about.push_str(" from its supplier."),
        }
        if let Some(contact) = &from.supplier_contact {
            about.push_str(&format!(" Supplier's contact: {contact}."));
        }
        let mut objects = vec![dataset.to_owned()];
        objects.extend(outermost.filter(|layer| layer != self.content));
        let act = Act {
            name: "obtain_dataset",
            about,
            end: from.obtained_at.as_ref().map(|at| at.instant()),
            performer: Some(organisation),
            objects,
            participants: supplier.into_iter().collect(),
            ..Act::default()
        };
        self.act(scope, act, before)
    }

    fn scan(&mut self, scope: &str, find: &Find, before: &[String]) -> String {
        let scanner = &find.scanner;
        let tool = self.graph.tool(&scanner.name, &scanner.version);
        let mut results = Vec::new();
        for (at, evidence) in find.matches.iter().enumerate() {
            let id = self.graph.own("analytic-result", &[scope, &at.to_string()]);
            self.graph.put(
                &id,
                json!({
                    "@type": "analysis:AnalyticResult",
                    "core:name": "hash list match",
                    "core:statement": matched(evidence),
                    "analysis:resultContent": refer(self.content),
                }),
            );
            results.push(id);
        }
        self.concluded.extend(results.iter().cloned());
        let config = scanner.config_sha256.as_deref();
        let config = config.map_or_else(String::new, |d| format!(" Configuration SHA-256 {d}."));
        let at = scanner.scanned_at.as_ref().unwrap_or(&find.emitted_at);
        let act = Act {
            name: "scan",
            about: format!("Matched against hash lists in run {}.{config}", scanner.run_id),
            end: Some(at.instant()),
            instrument: Some(tool),
            objects: vec![self.content.to_owned()],
            results,
            ..Act::default()
        };
        self.act(scope, act, before)
    }

    /// What is not known of a sighting, and how complete that leaves it.
    fn gaps(&mut self, scope: &str, sighting: &SightingInput) {
        let id = self.graph.own("assertion", &[scope]);
        let completeness = words::vector(&sighting.completeness);
        let mut said = vec![format!(
            "Completeness {completeness}, by the reporting organisation's own rubric; not a priority."
        )];
        for missing in &sighting.find.missing {
            said.push(format!("{}: {}", missing.field, words::reason(missing.reason)));
        }
        said.extend(sighting.tried.iter().map(|tried| format!("tried: {}", tried.text)));
        self.graph.put(
            &id,
            json!({
                "@type": "core:Assertion",
                "core:name": "what is known and what is missing",
                "core:statement": said,
            }),
        );
        self.concluded.push(id);
    }
}

/// The match in one sentence, with its distance as it is.
fn matched(evidence: &Match) -> String {
    let list = &evidence.list;
    let mut text = format!(
        "{} {} match with {} / {}, version {}, entry {}",
        evidence.algorithm.word(),
        evidence.kind.word(),
        list.provider,
        list.name,
        list.version,
        list.entry_id.as_deref().unwrap_or("not given")
    );
    if let Some(distance) = evidence.distance {
        let unit = evidence.distance_unit.map_or("unit not given", |unit| unit.word());
        let of = evidence.threshold.map_or_else(String::new, |t| format!(" of threshold {t}"));
        text.push_str(&format!(", distance {distance}{of} ({unit})"));
    }
    if let Some(quality) = evidence.query_quality {
        text.push_str(&format!(", quality {quality} of 100"));
    }
    text
}
