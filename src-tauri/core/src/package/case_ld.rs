//! CASE 1.5 (on UCO) as JSON-LD: where a file came from, who did what to it and what was concluded, in the form other
//! forensic tools read. One graph a case, one for the whole report that ties them together.
//!
//! The same input gives the same bytes: every id is a UUID made from what it names. It must never state what the records
//! do not: a step nobody recorded is a step that says so, and a distance is not turned into a confidence.

mod action;
mod content;
mod graph;
mod review;

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::intake::find::BytesAre;
use crate::package::build::PackageError;
use crate::package::input::{FileInput, Head};
use crate::package::{provenance, words};
use action::Chain;
use graph::{Graph, refer, time};

/// `data/case/NNNNNN.jsonld`: the graph of one case.
pub(crate) fn case(head: &Head, file: &FileInput) -> Result<Vec<u8>, PackageError> {
    let mut graph = Graph::new(head);
    let content = content::stored(&mut graph, file);
    let origin = content::as_fetched(&mut graph, file, &content);
    let mut known = vec![content.clone()];
    let mut chain = Chain::new(&mut graph, head, file, &content, origin.as_deref());
    for sighting in &file.sightings {
        chain.sighting(sighting);
    }
    chain.review();
    known.extend(chain.concluded());
    if provenance::bytes_are(file) == BytesAre::ReEncoded {
        known.extend(origin);
    }
    let record = exhibit(&graph, file.case);
    graph.put(
        &record,
        json!({
            "@type": "investigation:ProvenanceRecord",
            "core:name": format!("Case {}", words::case_number(file.case)),
            "investigation:exhibitNumber": words::case_number(file.case),
            "investigation:rootExhibitNumber": head.report,
            "core:object": known.iter().map(|id| refer(id)).collect::<Vec<_>>(),
        }),
    );
    graph.document()
}

fn exhibit(graph: &Graph, case: u32) -> String {
    graph.own("provenance-record", &[&words::case_number(case)])
}

/// `data/case/report.jsonld`, gathered a case at a time: two short texts are kept of each.
#[derive(Default)]
pub(crate) struct Investigation {
    graph: Graph,
    exhibits: Vec<(u32, String)>,
}

impl Investigation {
    pub(crate) fn new(head: &Head) -> Self {
        Self { graph: Graph::new(head), exhibits: Vec::new() }
    }

    /// Takes a case in, in any order.
    pub(crate) fn add(&mut self, file: &FileInput) {
        self.exhibits.push((file.case, exhibit(&self.graph, file.case)));
    }

    /// The whole document.
    pub(crate) fn document(mut self, head: &Head) -> Result<Vec<u8>, PackageError> {
        self.exhibits.sort();
        let organisation = self.graph.organisation(&head.organisation.name);
        let tool = self.graph.tool(&head.tool.name, &head.tool.version);
        for (case, record) in &self.exhibits {
            let number = words::case_number(*case);
            let document = self.graph.own("external-reference", &[&number]);
            self.graph.put(
                &document,
                json!({
                    "@type": "core:ExternalReference",
                    "core:definingContext": "Path of the case's own graph in this package",
                    "core:externalIdentifier": format!("data/case/{number}.jsonld"),
                }),
            );
            self.graph.put(
                record,
                json!({
                    "@type": "investigation:ProvenanceRecord",
                    "investigation:exhibitNumber": number,
                    "investigation:rootExhibitNumber": head.report,
                    "core:externalReference": refer(&document),
                }),
            );
        }
        let records: Vec<Value> = self.exhibits.iter().map(|(_, id)| refer(id)).collect();
        let sealing = self.graph.own("action", &["seal"]);
        let ledger = &head.ledger;
        self.graph.put(
            &sealing,
            json!({
                "@type": "investigation:InvestigativeAction",
                "core:name": "seal",
                "core:description": format!(
                    "The cases were sealed into one package, from a ledger of {} leaves with root {}.",
                    ledger.leaves, ledger.root
                ),
                "action:endTime": time(head.sealed_at),
                "action:performer": refer(&organisation),
                "action:instrument": refer(&tool),
                "action:object": records,
            }),
        );
        let whole = self.graph.own("investigation", &[]);
        let mut objects = records;
        objects.push(refer(&sealing));
        self.graph.put(
            &whole,
            json!({
                "@type": "investigation:Investigation",
                "core:name": head.report,
                "core:description": head.rule,
                "core:createdBy": refer(&organisation),
                "investigation:investigationForm": "case",
                "investigation:focus": head.source.key,
                "core:object": objects,
            }),
        );
        self.graph.document()
    }
}

/// The graph of a whole report in one go.
#[cfg(test)]
pub(crate) fn investigation<'a>(
    head: &Head,
    files: impl Iterator<Item = &'a FileInput>,
) -> Result<Vec<u8>, PackageError> {
    let mut all = Investigation::new(head);
    files.for_each(|file| all.add(file));
    all.document(head)
}

/// Whether a time can be written in the graph: XML Schema has no year 0.
fn writable(at: OffsetDateTime) -> Option<OffsetDateTime> {
    Some(at).filter(|at| (1..=9999).contains(&at.year()))
}

#[cfg(test)]
mod tests;
