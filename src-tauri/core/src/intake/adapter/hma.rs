//! Hasher-Matcher-Actioner: answers of `/m/lookup` and `/m/raw_lookup`.
//!
//! - `/m/lookup` after hashing: `{"pdq": {"BANK": [{"bank_content_id": 1001, "distance": "4"}]}}`;
//! - with `signal_type` in the request, without the outer name: `{"BANK": […]}`; the envelope then says `signal_type`;
//! - `/m/raw_lookup`: `{"matches": [1001, …]}` or `{"matches": [{"bank_content_id": 1001, "distance": "4"}]}`, which
//!   names no bank: the list is the envelope's or the operator's.
//!
//! `distance` is text in the program and a number in its documentation; both are read. A bank that is enabled in part is
//! skipped by chance unless the lookup was made with `bypass_coinflip`, which only the POST form heeds: the envelope's
//! `bypass_coinflip` records it, and its absence is declared. The envelope's `index` takes the answer of
//! `/m/index/status`; its `built_to` is the version of the list.

use serde_json::{Value, json};

use super::draft::{Draft, Evidence, Nearness, Outcome};
use super::envelope::Answer;
use super::object::Object;
use super::part::Part;
use super::pieces::Layout;
use super::vendor::{body, object_of};
use super::{Adapter, Explained, Lack, lacks, refusal};
use crate::intake::check::LineError;
use crate::intake::find::MissingReason::{NeverRecorded, NotApplicable};
use crate::intake::find::{Algorithm, DistanceUnit};
use crate::wire::ImportFormat;

const FACTS: &[Lack] = lacks! {
    "the lookup is given bytes, not their address; the crawler or the dataset's pointers may know",
    "matches.query_value": NeverRecorded, "the answer does not repeat the hash; add query.signal to the envelope";
    "matches.query_quality": NeverRecorded, "the answer has no quality; add query.quality to the envelope";
    "matches.list.label": NotApplicable, "a bank has no categories";
    "matches.measured_distance": NeverRecorded, "raw_lookup gave ids without distances; the threshold is recorded as their bound";
    "ext.adapter.coinflip": NeverRecorded, "not known whether banks that are enabled in part were all looked up; add bypass_coinflip to the envelope";
};

pub(super) static ADAPTER: Adapter = Adapter {
    about: Explained {
        format: ImportFormat::Hma,
        source: "Hasher-Matcher-Actioner",
        accepts: &[
            "JSON Lines or one JSON list of {\"object\": FILE, \"response\": ANSWER}",
            "ANSWER of /m/lookup: {\"pdq\": {\"BANK\": [{\"bank_content_id\": 1, \"distance\": \"4\"}]}}",
            "ANSWER with signal_type: {\"BANK\": [...]}, the envelope says \"signal_type\"",
            "ANSWER of /m/raw_lookup: {\"matches\": [1, {\"bank_content_id\": 1, \"distance\": 4}]}, with \"signal_type\" and --list-name",
            "beside them: \"query\": {\"signal\", \"quality\"}, \"index\": answer of /m/index/status, \"bypass_coinflip\"",
        ],
        lacks: FACTS,
    },
    layout: Layout::Responses,
    list: (None, None),
    threshold: "the distance that the index was set up with, 31 for PDQ unless changed",
    read,
};

fn read(answer: &Answer<'_>) -> Result<Vec<Outcome>, LineError> {
    let object = object_of(answer, None)?;
    let body = body(answer)?;
    let mut evidence = Vec::new();
    let raw_lookup = body.get("matches").is_some_and(Value::is_array);
    if raw_lookup {
        body.only(&["matches"])?;
        let found = body.get("matches").and_then(Value::as_array);
        for (index, value) in found.into_iter().flatten().enumerate() {
            let field = format!("{}[{index}]", body.at("matches"));
            evidence.push(one(answer, signal_type(answer)?, None, value, &field)?);
        }
    } else {
        banks(answer, &body, &mut evidence)?;
    }
    if evidence.is_empty() {
        return Ok(vec![Outcome::NoMatch]);
    }
    let mut draft = Draft::of(answer, Object::named("object", object), evidence);
    let coinflip = match (raw_lookup, answer.around.bypass_coinflip) {
        (true, _) => Some("not used by raw_lookup"),
        (false, Some(true)) => Some("bypassed"),
        (false, Some(false)) => Some("used"),
        (false, None) => None,
    };
    if let Some(coinflip) = coinflip {
        draft.ext.insert("coinflip".to_owned(), json!(coinflip));
    }
    Ok(vec![draft.found()])
}

/// Banks by signal type, or banks alone. Bank names are not shown: they are not ours to repeat.
fn banks(
    answer: &Answer<'_>,
    body: &Part<'_>,
    evidence: &mut Vec<Evidence>,
) -> Result<(), LineError> {
    for (name, value) in body.fields() {
        match value {
            Value::Object(banks) => {
                for (bank, found) in banks {
                    bank_of(answer, name, bank, found, evidence)?;
                }
            }
            found => bank_of(answer, signal_type(answer)?, name, found, evidence)?,
        }
    }
    Ok(())
}

fn bank_of(
    answer: &Answer<'_>,
    signal: &str,
    bank: &str,
    found: &Value,
    evidence: &mut Vec<Evidence>,
) -> Result<(), LineError> {
    let Value::Array(found) = found else {
        return Err(refusal::must_be("A bank in the response", "a list of matches"));
    };
    for (index, value) in found.iter().enumerate() {
        let field = format!("response.(bank)[{index}]");
        evidence.push(one(answer, signal, Some(bank), value, &field)?);
    }
    Ok(())
}

fn signal_type<'a>(answer: &'a Answer<'_>) -> Result<&'a str, LineError> {
    answer.around.signal_type.as_deref().ok_or_else(|| refusal::required("signal_type"))
}

fn one(
    answer: &Answer<'_>,
    signal: &str,
    bank: Option<&str>,
    value: &Value,
    field: &str,
) -> Result<Evidence, LineError> {
    let (entry, distance) = match value {
        Value::Number(id) => (id.to_string(), None),
        value => {
            let found = Part::of(value, field)?;
            let id = found.word("bank_content_id")?;
            let id = id.ok_or_else(|| refusal::required(&found.at("bank_content_id")))?;
            (id, found.whole("distance")?)
        }
    };
    let near = |unit| Nearness::Near { distance, threshold: None, unit };
    let (algorithm, nearness) = match signal {
        "pdq" => (Algorithm::Pdq, near(DistanceUnit::HammingBits)),
        "vpdq" => (Algorithm::Vpdq, near(DistanceUnit::Vendor)),
        "tmk" | "tmk_pdqf" => (Algorithm::TmkPdqf, near(DistanceUnit::Vendor)),
        "photodna" => (Algorithm::PhotoDna, near(DistanceUnit::Vendor)),
        "md5" | "photo_md5" | "video_md5" => (Algorithm::Md5, Nearness::Exact),
        "sha1" => (Algorithm::Sha1, Nearness::Exact),
        "sha256" => (Algorithm::Sha256, Nearness::Exact),
        _ => (Algorithm::Other, near(DistanceUnit::Vendor)),
    };
    if matches!(nearness, Nearness::Exact) && distance.is_some_and(|distance| distance > 0) {
        return Err(refusal::contradiction("An exact match has a distance other than 0"));
    }
    let mut evidence = Evidence::new(field.to_owned(), algorithm, nearness);
    if algorithm == Algorithm::Other {
        evidence.algorithm_version = Some(signal.to_owned());
    }
    evidence.query_value = answer.around.query.signal.clone();
    evidence.query_quality = answer.around.query.quality;
    evidence.list = bank.map(str::to_owned);
    evidence.list_version = built_to(answer, signal)?;
    evidence.entry = Some(entry);
    Ok(evidence)
}

/// `/m/index/status` answers by signal type; of one type it answers without the outer name.
fn built_to(answer: &Answer<'_>, signal: &str) -> Result<Option<String>, LineError> {
    let Some(index) = answer.around.index else { return Ok(None) };
    let index = Part::of(index, "index")?;
    let index = index.part(signal)?.unwrap_or(index);
    if index.flag("present")? == Some(false) {
        return Err(refusal::contradiction("index says that there was none, yet it matched"));
    }
    Ok(index.word("built_to")?.map(|time| format!("built_to={time}")))
}
