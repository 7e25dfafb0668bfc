//! The package's JSON: a record for each case, with its finds as they were reported, and the index.
//!
//! It must never carry what depends on who reads it, nor a time of its own making.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::cybertip::{Schema, date_time};
use crate::intake::find::Find;
use crate::package::again::Again;
use crate::package::build::{PackageError, Shelf};
use crate::package::earlier::Earlier;
use crate::package::input::{FileInput, Head, LedgerPoint, SightingInput, Tool, Viewed};
use crate::package::overview::Overview;
use crate::package::provenance;
use crate::package::reread::Reread;
use crate::package::words;
use crate::wire;

/// `data/provenance/CASE.json`.
pub(super) fn case(head: &Head, file: &FileInput) -> Result<Vec<u8>, PackageError> {
    json(&Record::of(head, file)?)
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, PackageError> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// `data/provenance/CASE.json`: every find as it was reported, and what was done about it.
#[derive(Serialize)]
struct Record<'a> {
    format: &'static str,
    report: &'a str,
    case: u32,
    item: &'a wire::ItemFacts,
    /// What reading the sealed bytes again gave.
    digests_taken_again: Reread,
    sightings: Vec<SightingRecord<'a>>,
    decision: DecisionRecord<'a>,
    looked_at: Vec<SeenRecord<'a>>,
    viewed: ViewedRecord<'a>,
    previously_reported: &'a [Earlier],
    found_in_training_data: bool,
    /// As a reviewer stated it; never by the place a file was found in.
    believed_ai_generated: Option<bool>,
}

#[derive(Serialize)]
struct SightingRecord<'a> {
    imported_at: String,
    completeness: &'a wire::Completeness,
    find: &'a Find,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attached_later: Vec<LaterRecord<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tried: Vec<&'a str>,
}

/// A fact attached to the find after it was reported; `differs` from what is there, which stays.
#[derive(Serialize)]
struct LaterRecord<'a> {
    field: &'a str,
    value: &'a serde_json::Value,
    source: &'a str,
    at: &'a str,
    leaf: i64,
    differs: bool,
}

/// A decision without what depends on who reads it.
#[derive(Serialize)]
struct DecisionRecord<'a> {
    leaf: u64,
    at: &'a str,
    by: &'a str,
    verdict: wire::Verdict,
    classification: Option<wire::Classification>,
    rationale: &'a str,
    policy_version: &'a str,
    level_seen: wire::Level,
    supersedes: Option<u64>,
}

#[derive(Serialize)]
struct SeenRecord<'a> {
    by: &'a str,
    level: wire::Level,
    ms: u64,
    leaf: u64,
}

#[derive(Serialize)]
struct ViewedRecord<'a> {
    entire_file: bool,
    exif: bool,
    attested_by: Option<&'a str>,
    attested_at_leaf: Option<u64>,
}

impl<'a> ViewedRecord<'a> {
    fn of(viewed: &'a Viewed) -> Self {
        let attestation = viewed.attestation();
        Self {
            entire_file: viewed.entire_file(),
            exif: viewed.exif(),
            attested_by: attestation.map(|a| a.by()),
            attested_at_leaf: attestation.map(|a| a.leaf()),
        }
    }
}

impl<'a> Record<'a> {
    fn of(head: &'a Head, file: &'a FileInput) -> Result<Self, PackageError> {
        let decision = &file.decision;
        let sighting = |s: &'a SightingInput| {
            Ok(SightingRecord {
                imported_at: date_time(s.imported_at)?,
                completeness: &s.completeness,
                find: &s.reported,
                attached_later: s
                    .later
                    .iter()
                    .map(|fact| LaterRecord {
                        field: &fact.field,
                        value: &fact.value,
                        source: &fact.source,
                        at: &fact.at,
                        leaf: fact.leaf,
                        differs: fact.conflict,
                    })
                    .collect(),
                tried: s.tried.iter().map(|tried| tried.text.as_str()).collect(),
            })
        };
        Ok(Self {
            format: provenance::FORMAT,
            report: &head.report,
            case: file.case,
            item: &file.item,
            digests_taken_again: file.reread,
            sightings: file.sightings.iter().map(sighting).collect::<Result<_, PackageError>>()?,
            decision: DecisionRecord {
                leaf: decision.leaf,
                at: &decision.at,
                by: &decision.by,
                verdict: decision.verdict,
                classification: decision.classification,
                rationale: &decision.rationale,
                policy_version: &decision.policy_version,
                level_seen: decision.level_seen,
                supersedes: decision.supersedes,
            },
            looked_at: file
                .seen
                .iter()
                .map(|act| SeenRecord { by: &act.by, level: act.level, ms: act.ms, leaf: act.leaf })
                .collect(),
            viewed: ViewedRecord::of(&file.viewed),
            previously_reported: &file.previously_reported,
            found_in_training_data: true,
            believed_ai_generated: file.annotations.as_ref().and_then(|stated| stated.ai_made()),
        })
    }
}

/// Where the index stands.
const INDEX: &str = "data/manifest.json";

/// `data/manifest.json`, the index a program reads first: written as the package grows, one line a case.
pub(super) struct Index {
    /// Documents of the case at hand, or of none: path and SHA-256.
    documents: BTreeMap<String, String>,
    case: Option<CaseRecord>,
    cases: usize,
}

/// What stands before the cases.
#[derive(Serialize)]
struct Opening<'a> {
    format: &'static str,
    report: &'a str,
    /// Time of the last leaf of the ledger that the package knows.
    as_of: String,
    tool: &'a Tool,
    organisation: &'a str,
    source: &'a str,
    /// As they are, not defanged.
    source_hosts: &'a [String],
    grouping_rule: &'a str,
    policy_version: &'a str,
    ledger: &'a LedgerPoint,
    /// The formats of what is inside.
    formats: [&'static str; 2],
    /// The edition of the reporting schema that the XML is written for, by its date.
    cybertipline_schema: &'static str,
    /// Every list that matched, at its version.
    lists: Vec<ListRecord<'a>>,
    /// Found in this source, filed in an earlier report, and therefore not here.
    already_reported: &'a [Again],
    files: usize,
    sightings: usize,
}

#[derive(Serialize)]
struct ListRecord<'a> {
    provider: &'a str,
    name: &'a str,
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_sha256: Option<&'a str>,
    matches: usize,
    files: usize,
}

#[derive(Serialize)]
struct CaseRecord {
    case: u32,
    sha256: String,
    blake3: String,
    decision_leaf: u64,
    file_viewed: bool,
    completeness: Option<wire::Class>,
    finds: Vec<String>,
    /// SHA-256 of the documents of this case, by path in the bag.
    documents: BTreeMap<String, String>,
}

impl Index {
    /// Begins the index with what is known of the whole.
    pub(super) fn begin(
        head: &Head,
        overview: &Overview,
        shelf: &mut impl Shelf,
    ) -> Result<Self, PackageError> {
        let lists = overview.lists.iter().map(|(list, matched)| ListRecord {
            provider: &list.provider,
            name: &list.name,
            version: &list.version,
            snapshot_sha256: list.snapshot_sha256.as_deref(),
            matches: matched.matches,
            files: matched.files,
        });
        let opening = Opening {
            format: "casement-package/2",
            report: &head.report,
            as_of: date_time(head.sealed_at)?,
            tool: &head.tool,
            organisation: &head.organisation.name,
            source: &head.source.key,
            source_hosts: &head.source.url_hosts,
            grouping_rule: &head.rule,
            policy_version: &head.policy_version,
            ledger: &head.ledger,
            formats: [provenance::FORMAT, "find/v1"],
            cybertipline_schema: Schema::default().date(),
            lists: lists.collect(),
            already_reported: &overview.again.named,
            files: overview.files,
            sightings: overview.sightings,
        };
        let mut text = serde_json::to_string_pretty(&opening)?;
        text.truncate(text.trim_end_matches(['}', '\n']).len());
        text.push_str(",\n  \"cases\": [");
        shelf.append(INDEX, text.as_bytes())?;
        Ok(Self { documents: BTreeMap::new(), case: None, cases: 0 })
    }

    /// Begins a case; the documents that follow are its own.
    pub(super) fn file(&mut self, file: &FileInput) {
        self.case = Some(CaseRecord {
            case: file.case,
            sha256: file.item.sha256.clone(),
            blake3: file.item.blake3.clone(),
            decision_leaf: file.decision.leaf,
            file_viewed: file.viewed.entire_file(),
            completeness: words::best(file).map(|best| best.class),
            finds: file.sightings.iter().map(|s| s.find.find_id.to_string()).collect(),
            documents: BTreeMap::new(),
        });
    }

    /// Notes a document.
    pub(super) fn document(&mut self, name: &str, bytes: &[u8]) {
        self.documents.insert(name.to_owned(), hex::encode(Sha256::digest(bytes)));
    }

    /// Ends a case: its line is written.
    pub(super) fn end_file(&mut self, shelf: &mut impl Shelf) -> Result<(), PackageError> {
        let Some(mut case) = self.case.take() else { return Ok(()) };
        case.documents = std::mem::take(&mut self.documents);
        let before = if self.cases == 0 { "\n    " } else { ",\n    " };
        self.cases += 1;
        let line = format!("{before}{}", serde_json::to_string(&case)?);
        shelf.append(INDEX, line.as_bytes())
    }

    /// Ends the index with the documents about all cases.
    pub(super) fn end(self, shelf: &mut impl Shelf) -> Result<(), PackageError> {
        let documents = serde_json::to_string_pretty(&self.documents)?.replace('\n', "\n  ");
        let end = format!("\n  ],\n  \"documents\": {documents}\n}}\n");
        shelf.append(INDEX, end.as_bytes())
    }
}
