//! The package's JSON: a record for each case, with its finds as they were reported, and the index.
//!
//! It must never carry what depends on who reads it, nor a time of its own making.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::cybertip::date_time;
use crate::intake::find::Find;
use crate::package::build::PackageError;
use crate::package::input::{FileInput, LedgerPoint, PackageInput, SightingInput, Tool, Viewed};
use crate::package::provenance;
use crate::package::words;
use crate::wire;

/// `data/provenance/CASE.json`.
pub(super) fn case(input: &PackageInput, file: &FileInput) -> Result<Vec<u8>, PackageError> {
    json(&Record::of(input, file)?)
}

/// `data/manifest.json`, an index of `files`.
pub(super) fn manifest(
    input: &PackageInput,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<Vec<u8>, PackageError> {
    json(&Manifest::of(input, files)?)
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
    sightings: Vec<SightingRecord<'a>>,
    decision: DecisionRecord<'a>,
    looked_at: Vec<SeenRecord<'a>>,
    viewed: ViewedRecord<'a>,
    previously_reported: Option<&'a str>,
    found_in_training_data: bool,
    /// Never stated by the place a file was found in.
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
    fn of(input: &'a PackageInput, file: &'a FileInput) -> Result<Self, PackageError> {
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
            report: &input.head.report,
            case: file.case,
            item: &file.item,
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
            previously_reported: file.previously_reported.as_deref(),
            found_in_training_data: true,
            believed_ai_generated: None,
        })
    }
}

/// `data/manifest.json`: the index a program reads first.
#[derive(Serialize)]
struct Manifest<'a> {
    format: &'static str,
    report: &'a str,
    sealed_at: String,
    tool: &'a Tool,
    organisation: &'a str,
    source: &'a str,
    /// As they are, not defanged.
    source_hosts: &'a [String],
    grouping_rule: &'a str,
    policy_version: &'a str,
    ledger: &'a LedgerPoint,
    cases: Vec<CaseRecord<'a>>,
    /// SHA-256 of every other document, by its path in the bag.
    documents: BTreeMap<&'a str, String>,
}

#[derive(Serialize)]
struct CaseRecord<'a> {
    case: u32,
    sha256: &'a str,
    blake3: &'a str,
    decision_leaf: u64,
    file_viewed: bool,
    completeness: Option<wire::Class>,
    finds: Vec<String>,
}

impl<'a> Manifest<'a> {
    fn of(
        input: &'a PackageInput,
        files: &'a BTreeMap<String, Vec<u8>>,
    ) -> Result<Self, PackageError> {
        let case = |file: &'a FileInput| CaseRecord {
            case: file.case,
            sha256: &file.item.sha256,
            blake3: &file.item.blake3,
            decision_leaf: file.decision.leaf,
            file_viewed: file.viewed.entire_file(),
            completeness: words::best(file).map(|best| best.class),
            finds: file.sightings.iter().map(|s| s.find.find_id.to_string()).collect(),
        };
        let digest = |(name, bytes): (&'a String, &'a Vec<u8>)| {
            (name.as_str(), hex::encode(Sha256::digest(bytes)))
        };
        Ok(Self {
            format: "casement-package/1",
            report: &input.head.report,
            sealed_at: date_time(input.head.sealed_at)?,
            tool: &input.head.tool,
            organisation: &input.head.organisation.name,
            source: &input.head.source.key,
            source_hosts: &input.head.source.url_hosts,
            grouping_rule: &input.head.rule,
            policy_version: &input.head.policy_version,
            ledger: &input.head.ledger,
            cases: input.files.iter().map(case).collect(),
            documents: files.iter().map(digest).collect(),
        })
    }
}
