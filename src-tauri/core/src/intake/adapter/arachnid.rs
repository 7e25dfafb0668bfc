//! Project Arachnid's Shield: answers about media, and about PDQ hashes.
//!
//! - media: `{"sha1_base32", "sha256_hex", "size_bytes", "classification", "match_type": "exact"|"near"|null,
//!   "near_match_details": [{"timestamp", "sha1_base32", "sha256_hex", "classification"}]}`, which names its file by
//!   digest and may stand without an envelope;
//! - PDQ: `{"scanned_hashes": {"HASH": {"classification", "match_type", "near_match_details"}}}` with one hash, in an
//!   envelope.
//!
//! SHA-1 comes in base32, SHA-256 in either case.
//!
//! # How near is "near"
//!
//! `exact` about media is a match of the bytes and recorded so. `near` comes without a number, and `find/v1` rightly asks
//! a near match for its distance and threshold. A near match is never turned into an exact one, and no number is made up.
//! What is certain is that the distance lies within what Shield calls near: where the operator passes that bound
//! (`--threshold`), it is recorded as threshold and as distance, `ext.adapter.distance_is_bound` says so, and the measured
//! distance is declared withheld. Without it the line is left out with that remedy. A bound that is only certain, such as
//! 256 for PDQ, is enough. About a PDQ hash, `exact` says that the hashes are equal, not the files: near, at distance 0 of 0.

use serde_json::{Value, json};

use super::draft::{Draft, Evidence, Nearness, Outcome};
use super::envelope::Answer;
use super::object::{Kind, Object, Told};
use super::part::Part;
use super::pieces::Layout;
use super::vendor::{body, object_of};
use super::{Adapter, Explained, Lack, lacks, refusal};
use crate::intake::check::LineError;
use crate::intake::find::MissingReason::{NeverRecorded, Withheld};
use crate::intake::find::{Algorithm, DistanceUnit};
use crate::wire::ImportFormat;

const FACTS: &[Lack] = lacks! {
    "the service is given bytes or a hash, not their address; the crawler or the dataset's pointers may know",
    "matches.query_value": Withheld, "the service does not say which hash it compared";
    "matches.query_quality": NeverRecorded, "the service gives no measure of quality";
    "matches.algorithm_version": Withheld, "the service does not name the method of its near matches";
    "matches.list.entry_id": Withheld, "the answer does not name the entry; the service may be asked by the file's SHA-256";
    "matches.measured_distance": Withheld, "the service says near and gives no number; the threshold is recorded as its bound";
};

pub(super) static ADAPTER: Adapter = Adapter {
    about: Explained {
        format: ImportFormat::Arachnid,
        source: "Project Arachnid Shield",
        accepts: &[
            "JSON Lines or one JSON list of answers about media as delivered; --bytes holds files named by SHA-256 or SHA-1",
            "or of {\"object\": FILE, \"response\": ANSWER}",
            "ANSWER about a PDQ hash: {\"scanned_hashes\": {\"HASH\": {...}}} with one hash, in an envelope",
        ],
        lacks: FACTS,
    },
    layout: Layout::Responses,
    list: (Some("Canadian Centre for Child Protection"), Some("Project Arachnid Shield")),
    threshold: "a distance that no match called near can exceed (for PDQ, 256 is certain). It is recorded as a bound",
    read,
};

fn read(answer: &Answer<'_>) -> Result<Vec<Outcome>, LineError> {
    let body = body(answer)?;
    if let Some(hashes) = body.part("scanned_hashes")? {
        return about_hash(answer, &hashes).map(|outcome| vec![outcome]);
    }
    let Some(kind) = match_type(&body)? else { return Ok(vec![Outcome::NoMatch]) };
    let (sha256, sha1) = (body.text("sha256_hex")?, body.text("sha1_base32")?);
    let own = sha256.map(str::to_ascii_lowercase);
    let mut object = Object::named("sha256_hex", object_of(answer, own.as_deref())?);
    if let Some(text) = sha256 {
        object.tell(&body.at("sha256_hex"), Kind::Sha256, text)?;
    }
    if let Some(text) = sha1 {
        object.tell(&body.at("sha1_base32"), Kind::Sha1, text)?;
        object.names.extend(super::object::base32::<20>(text).map(hex::encode));
    }
    if let Some(size) = body.whole("size_bytes")? {
        object.told.push((body.at("size_bytes"), Told::Size(size)));
    }
    let evidence = match kind {
        Match::Exact => {
            let mut exact =
                Evidence::new(body.at("match_type"), Algorithm::Sha256, Nearness::Exact);
            exact.matched_value = own;
            exact.entry = body.word("match_id")?;
            exact.label = body.text("classification")?.map(str::to_owned);
            vec![exact]
        }
        Match::Near => nears(&body, Algorithm::Other, DistanceUnit::Vendor)?,
    };
    Ok(vec![draft(answer, &body, object, evidence)?])
}

fn about_hash(answer: &Answer<'_>, hashes: &Part<'_>) -> Result<Outcome, LineError> {
    let mut found = hashes.fields();
    let (Some((hash, value)), None) = (found.next(), found.next()) else {
        return Err(refusal::must_be("response.scanned_hashes", "one hash, about one file"));
    };
    let result = Part::of(value, "response.scanned_hashes.(hash)")?;
    let Some(kind) = match_type(&result)? else { return Ok(Outcome::NoMatch) };
    let object = Object::named("object", object_of(answer, None)?);
    let mut evidence = match kind {
        Match::Exact => {
            let nearness = Nearness::Near {
                distance: Some(0),
                threshold: Some(0),
                unit: DistanceUnit::HammingBits,
            };
            let mut equal = Evidence::new(result.at("match_type"), Algorithm::Pdq, nearness);
            equal.label = result.text("classification")?.map(str::to_owned);
            vec![equal]
        }
        Match::Near => nears(&result, Algorithm::Pdq, DistanceUnit::HammingBits)?,
    };
    let hash = pdq(hash).ok_or_else(|| {
        refusal::must_be("A name in response.scanned_hashes", "a PDQ hash in base64 or hexadecimal")
    })?;
    for found in &mut evidence {
        found.query_value = Some(hash.clone());
        found.query_quality = answer.around.query.quality;
    }
    draft(answer, &result, object, evidence)
}

fn draft(
    answer: &Answer<'_>,
    body: &Part<'_>,
    object: Object,
    evidence: Vec<Evidence>,
) -> Result<Outcome, LineError> {
    let mut draft = Draft::of(answer, object, evidence);
    if let Some(details) = body.get("near_match_details").and_then(Value::as_array)
        && !details.is_empty()
    {
        draft.ext.insert("near_match_details".to_owned(), json!(details));
    }
    Ok(draft.found())
}

enum Match {
    Exact,
    Near,
}

/// `None`: the service knows of no match.
fn match_type(body: &Part<'_>) -> Result<Option<Match>, LineError> {
    let classification = body.text("classification")?;
    let none = classification.is_none_or(|word| word == "no-known-match");
    let kind = match body.text("match_type")? {
        None => None,
        Some("exact") => Some(Match::Exact),
        Some("near") => Some(Match::Near),
        Some(_) => return Err(refusal::must_be(&body.at("match_type"), "exact or near")),
    };
    match (kind, none, body.flag("is_match")?) {
        (None, true, _) if classification.is_none() => {
            Err(refusal::required(&body.at("classification")))
        }
        (None, true, Some(true)) | (Some(_), true, _) | (Some(_), _, Some(false)) => {
            let fields = format!("{} and match_type", body.at("classification"));
            Err(refusal::contradiction(&format!("{fields} do not go together")))
        }
        (None, true, _) => Ok(None),
        (None, false, _) => Err(refusal::required(&body.at("match_type"))),
        (Some(kind), false, _) => Ok(Some(kind)),
    }
}

/// One match per entry the file is near to; one without an entry where none is named.
fn nears(
    body: &Part<'_>,
    algorithm: Algorithm,
    unit: DistanceUnit,
) -> Result<Vec<Evidence>, LineError> {
    let near = |field: String| {
        let nearness = Nearness::Near { distance: None, threshold: None, unit };
        Evidence::new(field, algorithm, nearness)
    };
    let outer = body.text("classification")?.map(str::to_owned);
    let mut evidence = Vec::new();
    for detail in body.parts("near_match_details")? {
        let mut found = near(detail.path().to_owned());
        let sha1 = detail.text("sha1_base32")?;
        let sha1 = sha1.and_then(super::object::base32::<20>).map(hex::encode);
        found.entry = detail.text("sha256_hex")?.map(str::to_ascii_lowercase).or(sha1);
        found.label = detail.text("classification")?.map(str::to_owned).or(outer.clone());
        evidence.push(found);
    }
    if evidence.is_empty() {
        let mut found = near(body.at("match_type"));
        found.label = outer;
        evidence.push(found);
    }
    Ok(evidence)
}

/// 256 bits as hexadecimal, from base64 or hexadecimal.
fn pdq(text: &str) -> Option<String> {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let bytes =
        if text.len() == 64 { hex::decode(text).ok()? } else { STANDARD.decode(text).ok()? };
    (bytes.len() == 32).then(|| hex::encode(bytes))
}
