//! Safer by Thorn, as Hive delivers it.
//!
//! The answer is Hive's whole document (`{"status": [{"response": {"output": …}}]}`), its `{"output": …}`, or the output
//! itself; and the output is one object or a list, since the documentation shows both. Each output has `file` and
//! `hashes[]{hashType, hashString, matchTypes, sources[]{hashSet, matches[]{sourceId, matchDistance}}}`.
//!
//! An `md5` is exact and must be that of the bytes; a `saferhash…` is near, in the vendor's unit, and no answer holds the
//! threshold. What a classifier predicts is no match: an output without matched hashes is counted as one that named none.
//! Without an envelope, `file` names the file.

use serde_json::{Value, json};

use super::draft::{Draft, Evidence, Nearness, Outcome};
use super::envelope::Answer;
use super::object::{Kind, Object};
use super::part::Part;
use super::pieces::Layout;
use super::vendor::object_of;
use super::{Adapter, Explained, Lack, lacks, refusal};
use crate::intake::check::LineError;
use crate::intake::find::MissingReason::{NeverRecorded, Withheld};
use crate::intake::find::{Algorithm, DistanceUnit};
use crate::wire::ImportFormat;

const FACTS: &[Lack] = lacks! {
    "the service is given bytes, not their address; the crawler or the dataset's pointers may know",
    "matches.query_value": Withheld, "hashString is empty in answers of this hash";
    "matches.query_quality": NeverRecorded, "the service gives no measure of quality";
    "matches.list.entry_id": NeverRecorded, "the hash names no source; the entry may be asked for by the file's MD5";
    "matches.measured_distance": NeverRecorded, "the match has no matchDistance; the threshold is recorded as its bound";
};

pub(super) static ADAPTER: Adapter = Adapter {
    about: Explained {
        format: ImportFormat::Safer,
        source: "Safer by Thorn",
        accepts: &[
            "JSON Lines or one JSON list of {\"object\": FILE, \"response\": ANSWER}",
            "ANSWER: Hive's {\"status\": [{\"response\": {\"output\": OUTPUT}}]}, {\"output\": OUTPUT} or OUTPUT",
            "OUTPUT: {\"file\": ..., \"hashes\": [{\"hashType\", \"matchTypes\", \"sources\": [...]}]}, or a list of these about one file",
            "an ANSWER without envelope whose file (or file.name, file.fileName) names the file below --bytes",
        ],
        lacks: FACTS,
    },
    layout: Layout::Responses,
    list: (Some("Safer by Thorn"), None),
    threshold: "the greatest matchDistance that your terms with the service call a match",
    read,
};

fn read(answer: &Answer<'_>) -> Result<Vec<Outcome>, LineError> {
    let outputs = outputs(answer.body, answer.path)?;
    let mut told = Vec::new();
    let mut evidence = Vec::new();
    let mut name = None;
    for output in &outputs {
        let own = file(output)?;
        if name.is_some() && own.is_some() && name != own {
            return Err(refusal::must_be(&output.at("file"), "the same file in every output"));
        }
        name = name.or(own);
        if !output.has("hashes") {
            return Err(refusal::required(&output.at("hashes")));
        }
        for hash in output.parts("hashes")? {
            hash_of(&hash, &mut evidence, &mut told)?;
        }
    }
    if evidence.is_empty() {
        return Ok(vec![Outcome::NoMatch]);
    }
    let mut object = Object::named("object", object_of(answer, name)?);
    for (field, md5) in told {
        object.tell(&field, Kind::Md5, &md5)?;
    }
    let mut draft = Draft::of(answer, object, evidence);
    if let Some(kind) = outputs.iter().find_map(|output| file_type(output).transpose()) {
        draft.ext.insert("file_type".to_owned(), json!(kind?));
    }
    Ok(vec![draft.found()])
}

/// Unwraps what Hive puts around an output.
fn outputs<'a>(body: &'a Value, path: &str) -> Result<Vec<Part<'a>>, LineError> {
    let mut outputs = Vec::new();
    for part in Part::one_or_many(body, path)? {
        if let Some(output) = part.get("output") {
            outputs.extend(Part::one_or_many(output, &part.at("output"))?);
        } else if part.has("status") {
            for status in part.parts("status")? {
                let response = status.part("response")?;
                let response = response.ok_or_else(|| refusal::failed(&status.at("response")))?;
                let output = response.get("output");
                let output = output.ok_or_else(|| refusal::required(&response.at("output")))?;
                outputs.extend(Part::one_or_many(output, &response.at("output"))?);
            }
        } else {
            outputs.push(part);
        }
    }
    if outputs.is_empty() {
        return Err(refusal::required("output"));
    }
    Ok(outputs)
}

fn file<'a>(output: &Part<'a>) -> Result<Option<&'a str>, LineError> {
    match output.get("file") {
        Some(Value::String(_)) => output.text("file"),
        Some(_) => match output.part("file")? {
            Some(file) => Ok(file.text("name")?.or(file.text("fileName")?)),
            None => Ok(None),
        },
        None => Ok(None),
    }
}

fn file_type<'a>(output: &Part<'a>) -> Result<Option<&'a str>, LineError> {
    match output.get("file") {
        Some(Value::Object(_)) => match output.part("file")? {
            Some(file) => file.text("fileType"),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

/// One hash of the file: each match of each source, or the hash itself where it has match types and no sources.
fn hash_of(
    hash: &Part<'_>,
    evidence: &mut Vec<Evidence>,
    told: &mut Vec<(String, String)>,
) -> Result<(), LineError> {
    let kind = hash.need_text("hashType")?;
    let value = hash.text("hashString")?;
    let types = hash.texts("matchTypes")?;
    let label = (!types.is_empty()).then(|| types.join(", "));
    let found = |field: String, distance: Option<u64>| -> Result<Evidence, LineError> {
        let near = |distance| {
            let unit = DistanceUnit::Vendor;
            Nearness::Near { distance, threshold: None, unit }
        };
        let (algorithm, nearness) = match kind {
            "md5" if distance.is_some_and(|distance| distance > 0) => {
                return Err(refusal::contradiction("An exact match has a distance other than 0"));
            }
            "md5" => (Algorithm::Md5, Nearness::Exact),
            kind if kind.starts_with("saferhash") => (Algorithm::SaferHash, near(distance)),
            _ => (Algorithm::Other, near(distance)),
        };
        let mut evidence = Evidence::new(field, algorithm, nearness);
        if algorithm != Algorithm::Md5 {
            evidence.algorithm_version = Some(kind.to_owned());
        }
        evidence.query_value = value.map(str::to_owned);
        evidence.label = label.clone();
        Ok(evidence)
    };
    let before = evidence.len();
    for source in hash.parts("sources")? {
        for one in source.parts("matches")? {
            let mut evidence_of = found(one.at("matchDistance"), one.whole("matchDistance")?)?;
            evidence_of.list = source.text("hashSet")?.map(str::to_owned);
            evidence_of.entry = one.word("sourceId")?;
            evidence.push(evidence_of);
        }
    }
    if evidence.len() == before && !types.is_empty() {
        evidence.push(found(hash.at("matchTypes"), None)?);
    }
    if kind == "md5"
        && evidence.len() > before
        && let Some(md5) = value
    {
        told.push((hash.at("hashString"), md5.to_owned()));
    }
    Ok(())
}
