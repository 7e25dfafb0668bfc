//! A draft of a find: what an adapter read, completed by envelope and operator, and made into a line of `find/v1`.
//!
//! The line then passes the same check as any other. Nothing is filled in that nobody said: what is needed and absent
//! costs the line, what is only missing is declared.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::envelope::Answer;
use super::object::{Measured, Object};
use super::origin::Origin;
use super::refusal;
use super::terms::Terms;
use super::{Adapter, gaps, identity};
use crate::intake::check::{self, LineError};
use crate::intake::entries::{Raw, Taken};
use crate::intake::find::{Algorithm, DistanceUnit, Find, Utc};
use crate::intake::quarantine;

/// What one answer came to, for one file.
pub(super) enum Outcome {
    Found(Box<Draft>),
    /// The source looked, and named no match.
    NoMatch,
    /// This file is left out; others of the same answer are not.
    Refused(LineError),
}

/// What is known of one find so far.
pub(super) struct Draft {
    pub(super) object: Object,
    pub(super) evidence: Vec<Evidence>,
    pub(super) origin: Origin,
    /// `name`, `version` and `run_id`, as far as they are told.
    pub(super) scanner: Map<String, Value>,
    pub(super) reported_at: Option<Utc>,
    /// What the source says beside all that, under its own names.
    pub(super) ext: Map<String, Value>,
    /// `provider`, `name`, `version` of the list where the evidence does not say.
    pub(super) list: Map<String, Value>,
    pub(super) threshold: Option<u64>,
}

/// One match of one list.
pub(super) struct Evidence {
    /// Where it stands in the response, for people.
    pub(super) field: String,
    pub(super) algorithm: Algorithm,
    pub(super) algorithm_version: Option<String>,
    pub(super) nearness: Nearness,
    pub(super) query_value: Option<String>,
    pub(super) query_quality: Option<u64>,
    pub(super) matched_value: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) list: Option<String>,
    pub(super) list_version: Option<String>,
    pub(super) entry: Option<String>,
    pub(super) label: Option<String>,
}

/// How near a match is.
pub(super) enum Nearness {
    Exact,
    Near {
        /// `None`: the source says near and no number. What is certain then is that the distance is at most the
        /// threshold: the threshold is recorded as distance, and that it is a bound is declared.
        distance: Option<u64>,
        /// As far as the source itself gives it.
        threshold: Option<u64>,
        unit: DistanceUnit,
    },
}

impl Evidence {
    pub(super) fn new(field: String, algorithm: Algorithm, nearness: Nearness) -> Self {
        Self {
            field,
            algorithm,
            algorithm_version: None,
            nearness,
            query_value: None,
            query_quality: None,
            matched_value: None,
            provider: None,
            list: None,
            list_version: None,
            entry: None,
            label: None,
        }
    }
}

/// What all drafts of one answer share.
pub(super) struct Making<'a> {
    pub(super) adapter: &'static Adapter,
    pub(super) terms: &'a Terms,
    pub(super) folder: &'a Path,
    pub(super) raw: &'a Arc<Raw>,
    pub(super) now: OffsetDateTime,
}

impl Draft {
    /// Begins with what stands around the answer.
    pub(super) fn of(answer: &Answer<'_>, object: Object, evidence: Vec<Evidence>) -> Self {
        let around = &answer.around;
        Self {
            object,
            evidence,
            origin: around.origin.clone(),
            scanner: around.scanner.clone(),
            reported_at: around.reported_at.clone(),
            ext: Map::new(),
            list: around.list.clone(),
            threshold: around.threshold,
        }
    }

    pub(super) fn found(self) -> Outcome {
        Outcome::Found(Box::new(self))
    }

    /// Makes the find. The same draft gives the same find, whenever and wherever it is made.
    pub(super) fn finish(self, making: &Making<'_>) -> Result<Taken, LineError> {
        let measured = self.object.measure(making.folder)?;
        let (reported_at, by) = self.time(making.terms)?;
        let mut bounded = false;
        let matches = self
            .evidence
            .iter()
            .map(|evidence| self.one_match(evidence, making, &mut bounded))
            .collect::<Result<Vec<_>, _>>()?;
        let dataset = self.dataset(making.terms)?;
        let mut steps = self.origin.steps.clone();
        if steps.is_empty() {
            steps.push(json!({ "kind": "local_file" }));
        }
        let mut ext = Map::from_iter([
            ("format".to_owned(), json!(making.terms.format)),
            ("reported_at_by".to_owned(), json!(by)),
        ]);
        if bounded {
            ext.insert(gaps::BOUND.to_owned(), json!(true));
        }
        ext.extend(self.ext.clone());
        let mut line = json!({
            "schema": "find/v1",
            "find_id": "",
            "emitted_at": reported_at.text(),
            "scanner": self.scanner(making.adapter),
            "object": self.object_of(&measured),
            "matches": matches,
            "locator": { "dataset": dataset, "steps": steps },
            "acquisition": self.origin.acquisition,
            "missing": [],
            "ext": { "adapter": ext },
        });
        let given = self.origin.missing.clone();
        line["missing"] = Value::Array(gaps::declare(&line, making.adapter.about.lacks, given));
        line["find_id"] = json!(identify(making, &measured, &line).to_string());
        let text = serde_json::to_vec(&line).unwrap_or_default();
        let find: Find = check::read_line(&text, making.now)?;
        let record = String::from_utf8(text).unwrap_or_default();
        Ok(Taken { find, record, file: Some(measured.name), raw: Some(making.raw.clone()) })
    }

    /// When the source answered: by its own word, by the operator's, by the time of the file. Never the time of import,
    /// which would make every import another find.
    fn time(&self, terms: &Terms) -> Result<(Utc, &'static str), LineError> {
        let told = [
            (&self.reported_at, "response"),
            (&terms.reported_at, "operator"),
            (&terms.file_time, "file time"),
        ];
        told.into_iter()
            .find_map(|(time, by)| Some((time.clone()?, by)))
            .ok_or_else(refusal::no_time)
    }

    fn one_match(
        &self,
        evidence: &Evidence,
        making: &Making<'_>,
        bounded: &mut bool,
    ) -> Result<Value, LineError> {
        let mut found = json!({
            "algorithm": evidence.algorithm,
            "kind": "exact",
            "list": self.list(evidence, making)?,
            "raw_sha256": hex::encode(making.raw.sha256),
        });
        for (name, text) in [
            ("algorithm_version", &evidence.algorithm_version),
            ("query_value", &evidence.query_value),
            ("matched_value", &evidence.matched_value),
        ] {
            if let Some(text) = text {
                found[name] = json!(text);
            }
        }
        if let Some(quality) = evidence.query_quality {
            found["query_quality"] = json!(quality);
        }
        if let Nearness::Near { distance, threshold, unit } = evidence.nearness {
            let threshold = threshold
                .or(self.threshold)
                .or(making.terms.threshold)
                .ok_or_else(|| refusal::no_threshold(&evidence.field, making.adapter.threshold))?;
            if distance.is_some_and(|distance| distance > threshold) {
                return Err(refusal::beyond(&evidence.field));
            }
            *bounded |= distance.is_none();
            found["kind"] = json!("near");
            found["distance"] = json!(distance.unwrap_or(threshold));
            found["distance_unit"] = json!(unit);
            found["threshold"] = json!(threshold);
        }
        Ok(found)
    }

    /// The list by the evidence, else by the envelope, the operator, the service whose list it is. Of a service that names no version, its
    /// state at the time it answered, where that time is told.
    fn list(&self, evidence: &Evidence, making: &Making<'_>) -> Result<Value, LineError> {
        let (terms, own) = (making.terms, making.adapter.list);
        let around = |name: &str| self.list.get(name).and_then(Value::as_str).map(str::to_owned);
        let provider = evidence
            .provider
            .clone()
            .or_else(|| around("provider"))
            .or_else(|| terms.list_provider.clone())
            .or_else(|| own.0.map(str::to_owned))
            .ok_or_else(|| {
                refusal::no_list("list's provider", "Pass --list-provider, or add list.provider")
            })?;
        let name = evidence
            .list
            .clone()
            .or_else(|| around("name"))
            .or_else(|| terms.list_name.clone())
            .or_else(|| own.1.map(str::to_owned))
            .ok_or_else(|| refusal::no_list("list", "Pass --list-name, or add list.name"))?;
        let answered = self.reported_at.as_ref().or(terms.reported_at.as_ref());
        let version = evidence
            .list_version
            .clone()
            .or_else(|| around("version"))
            .or_else(|| terms.list_version.clone())
            .or_else(|| answered.map(|time| format!("as-of={}", time.text())))
            .ok_or_else(|| {
                refusal::no_list(
                    "version of the list",
                    "Pass --list-version, or the time of the lookup as --reported-at",
                )
            })?;
        let mut list = json!({ "provider": provider, "name": name, "version": version });
        if let Some(entry) = &evidence.entry {
            list["entry_id"] = json!(entry);
        }
        if let Some(label) = &evidence.label {
            list["label"] = json!(label);
        }
        Ok(list)
    }

    fn dataset(&self, terms: &Terms) -> Result<Value, LineError> {
        let mut dataset = terms.dataset.clone();
        let own = &self.origin.dataset;
        if own.get("id").is_some_and(|id| dataset.get("id") != Some(id)) {
            // Another dataset than the operator's: nothing said of that one holds for it.
            dataset.clear();
        }
        dataset.extend(own.clone());
        if !dataset.contains_key("id") {
            return Err(refusal::no_dataset());
        }
        match (dataset.contains_key("version"), dataset.contains_key("version_kind")) {
            (true, false) => return Err(refusal::required("origin.dataset.version_kind")),
            (false, true) if dataset["version_kind"] != "unversioned" => {
                return Err(refusal::required("origin.dataset.version"));
            }
            (true, true) => {}
            (false, _) => {
                dataset.insert("version".to_owned(), json!("unversioned"));
                dataset.insert("version_kind".to_owned(), json!("unversioned"));
            }
        }
        Ok(Value::Object(dataset))
    }

    fn scanner(&self, adapter: &Adapter) -> Value {
        let told = |name: &str, otherwise: &str| {
            self.scanner.get(name).cloned().unwrap_or_else(|| json!(otherwise))
        };
        json!({
            "name": told("name", adapter.about.source),
            "version": told("version", NOT_STATED),
            "run_id": told("run_id", NOT_STATED),
        })
    }

    fn object_of(&self, measured: &Measured) -> Value {
        let digests = &measured.digests;
        let mut object = json!({
            "digests": {
                "sha256": hex::encode(digests.sha256),
                "sha1": hex::encode(digests.sha1),
                "md5": hex::encode(digests.md5),
            },
            "size_bytes": digests.size_bytes,
            "bytes_are": "unknown",
        });
        for (name, value) in &self.origin.object {
            object[name.as_str()] = value.clone();
        }
        // An id, not a path: what lies deeper is known by its digest.
        if quarantine::plain(&measured.name) {
            object["quarantine_ref"] = json!(measured.name);
        }
        object
    }
}

/// What `find/v1` wants said of the scanner, and the source does not say.
const NOT_STATED: &str = "not stated";

/// Over the response, the bytes, the lists and the place: what makes it this find and no other.
fn identify(making: &Making<'_>, measured: &Measured, line: &Value) -> uuid::Uuid {
    let lists: Vec<[&Value; 2]> = line["matches"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|found| [&found["list"]["provider"], &found["list"]["name"]])
        .collect();
    let place = json!([
        lists,
        line["locator"]["dataset"]["id"],
        line["locator"]["dataset"]["version"],
        line["locator"]["steps"],
        line["acquisition"]["origin_url"],
    ])
    .to_string();
    let format = json!(making.terms.format).to_string();
    identity::find_id([
        format.as_bytes(),
        &making.raw.sha256,
        &measured.digests.sha256,
        place.as_bytes(),
    ])
}
