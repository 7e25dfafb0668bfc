//! PhotoDNA Cloud Service: answers of `Match`, `MatchHash` and `MatchEdgeHash`, single and in batches.
//!
//! - `{"Status": {"Code": 3000}, "TrackingId": …, "IsMatch": true, "MatchDetails": {"MatchFlags": [{"Source": …,
//!   "Violations": […], "MatchDistance": 41}]}}`;
//! - a batch: `{"MatchResults": [{"Status": …, "ContentId": …, …}]}`, where the envelope's `object` is a list in the same
//!   order, or else each `ContentId` names its file.
//!
//! Only status 3000 is an answer: any other says that the lookup failed, which is not "no match". Every match is near, in
//! a unit of the vendor's own. No answer holds the threshold, and the meaning of the number is not public.

use serde_json::json;

use super::draft::{Draft, Evidence, Nearness, Outcome};
use super::envelope::Answer;
use super::object::Object;
use super::part::Part;
use super::pieces::Layout;
use super::vendor::body;
use super::{Adapter, Explained, Lack, lacks, refusal};
use crate::intake::check::LineError;
use crate::intake::find::MissingReason::{NeverRecorded, Withheld};
use crate::intake::find::{Algorithm, DistanceUnit};
use crate::wire::ImportFormat;

const FACTS: &[Lack] = lacks! {
    "the service is given bytes or a hash, not their address; the crawler or the dataset's pointers may know",
    "matches.query_value": Withheld, "the licence does not let the hash be kept or passed on";
    "matches.query_quality": NeverRecorded, "the service gives no measure of quality";
    "matches.list.entry_id": Withheld, "a flag names the source of the entry, not the entry; the tracking id may be asked about";
    "matches.measured_distance": NeverRecorded, "the flag has no MatchDistance; the threshold is recorded as its bound";
};

pub(super) static ADAPTER: Adapter = Adapter {
    about: Explained {
        format: ImportFormat::PhotoDna,
        source: "PhotoDNA Cloud Service",
        accepts: &[
            "JSON Lines or one JSON list of {\"object\": FILE, \"response\": ANSWER}",
            "ANSWER of Match, MatchHash, MatchEdgeHash: {\"Status\": {\"Code\": 3000}, \"IsMatch\": ..., \"MatchDetails\": {\"MatchFlags\": [...]}}",
            "ANSWER of a batch: {\"MatchResults\": [...]}, \"object\" is a list in the same order, or each ContentId names its file",
        ],
        lacks: FACTS,
    },
    layout: Layout::Responses,
    list: (Some("PhotoDNA Cloud Service"), None),
    threshold: "the greatest MatchDistance that your terms with the service call a match",
    read,
};

/// The only status that is an answer.
const LOOKED_UP: u64 = 3_000;

fn read(answer: &Answer<'_>) -> Result<Vec<Outcome>, LineError> {
    let body = body(answer)?;
    if !body.has("MatchResults") {
        let object = match answer.around.object()? {
            Some(name) => Some(name),
            None => body.text("ContentId")?,
        };
        return Ok(vec![one(answer, &body, object)?]);
    }
    let results = body.parts("MatchResults")?;
    if let Some(status) = body.part("Status")? {
        looked_up(&status)?;
    }
    if let Some(objects) = &answer.around.objects
        && objects.len() != results.len()
    {
        return Err(refusal::must_be("object", "a list as long as response.MatchResults"));
    }
    Ok(results
        .iter()
        .enumerate()
        .map(|(index, result)| {
            let object = match &answer.around.objects {
                Some(objects) => objects.get(index).map(String::as_str),
                None => result.text("ContentId")?,
            };
            one(answer, result, object)
        })
        .map(|outcome| outcome.unwrap_or_else(Outcome::Refused))
        .collect())
}

fn looked_up(status: &Part<'_>) -> Result<(), LineError> {
    match status.whole("Code")? {
        Some(LOOKED_UP) => Ok(()),
        Some(_) => Err(refusal::failed(&status.at("Code"))),
        None => Err(refusal::required(&status.at("Code"))),
    }
}

fn one(answer: &Answer<'_>, result: &Part<'_>, object: Option<&str>) -> Result<Outcome, LineError> {
    match result.part("Status")? {
        Some(status) => looked_up(&status)?,
        None => return Err(refusal::required(&result.at("Status"))),
    }
    let details = result.part("MatchDetails")?;
    let flags = details.map(|details| details.parts("MatchFlags")).transpose()?.unwrap_or_default();
    match result.flag("IsMatch")? {
        None => return Err(refusal::required(&result.at("IsMatch"))),
        Some(false) if flags.is_empty() => return Ok(Outcome::NoMatch),
        Some(false) => {
            let wrong = format!("{} is false, yet there are flags", result.at("IsMatch"));
            return Err(refusal::contradiction(&wrong));
        }
        Some(true) => {}
    }
    let object = object.ok_or_else(|| refusal::no_object("object"))?;
    let mut evidence = Vec::new();
    for flag in &flags {
        let mut found = near(flag.at("MatchDistance"), flag.whole("MatchDistance")?);
        found.list = flag.text("Source")?.map(str::to_owned);
        let violations = flag.texts("Violations")?;
        found.label = (!violations.is_empty()).then(|| violations.join(", "));
        evidence.push(found);
    }
    if evidence.is_empty() {
        evidence.push(near(result.at("MatchDetails"), None));
    }
    let mut draft = Draft::of(answer, Object::named("object", object), evidence);
    if let Some(id) = result.text("TrackingId")? {
        draft.ext.insert("tracking_id".to_owned(), json!(id));
    }
    Ok(draft.found())
}

fn near(field: String, distance: Option<u64>) -> Evidence {
    let unit = DistanceUnit::Vendor;
    let nearness = Nearness::Near { distance, threshold: None, unit };
    Evidence::new(field, Algorithm::PhotoDna, nearness)
}
