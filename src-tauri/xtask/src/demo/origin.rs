//! Where the demo's files were found: five datasets that lose different things on the way.
//!
//! Every host is reserved (RFC 2606) and every address one for documents (RFC 5737, RFC 3849).

mod datasets;
mod names;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use self::datasets::Dataset;
use super::dice::{Dice, hex};
use super::item::{Item, NO_PICTURE, TRUNCATED};

/// What the stored bytes are, as against those the origin served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Held {
    AsFetched,
    ReEncoded {
        /// SHA-256 of the fetched bytes, where someone kept it.
        as_fetched: Option<String>,
    },
    Unknown,
}

impl Held {
    /// The schema's word for it.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::AsFetched => "as_fetched",
            Self::ReEncoded { .. } => "re_encoded",
            Self::Unknown => "unknown",
        }
    }
}

/// What is held of a file; the same wherever it was found.
pub(super) fn held(item: &Item) -> Held {
    if item.number == NO_PICTURE || item.number == TRUNCATED {
        return Held::AsFetched;
    }
    let mut dice = Dice::new("held", item.number);
    match dice.between(1, 100) {
        ..=34 => Held::ReEncoded { as_fetched: Some(hex(&dice.bits256())) },
        35..=44 => Held::ReEncoded { as_fetched: None },
        45..=78 => Held::AsFetched,
        _ => Held::Unknown,
    }
}

/// Where a file was found, and how it had come there.
pub(super) struct Sighting {
    /// Which scan of which dataset.
    pub(super) run: String,
    pub(super) dataset: Value,
    pub(super) steps: Vec<Value>,
    pub(super) acquisition: Map<String, Value>,
    pub(super) missing: Vec<Value>,
}

/// The sighting of a file with this number, counted from 0.
pub(super) fn sighting(item: &Item, number: usize) -> Sighting {
    let held = held(item);
    let mut dice = Dice::new("sighting", item.number * 10 + number);
    let dataset = Dataset::of(&held, &mut dice);
    let mut seen = dataset.sighting(item, &mut dice);
    seen.declare_missing(dataset, &held);
    seen
}

impl Sighting {
    /// Declares each absent fact that may not be passed over.
    fn declare_missing(&mut self, dataset: Dataset, held: &Held) {
        const ACQUIRED: [&str; 6] =
            ["origin_url", "page_url", "final_url", "fetched_at", "server_ip", "http_headers"];
        let acquired = ACQUIRED
            .into_iter()
            .filter(|fact| !self.acquisition.contains_key(*fact))
            .map(|fact| format!("acquisition.{fact}"));
        let supplied = ["supplier", "supplier_contact"]
            .into_iter()
            .filter(|fact| self.dataset.get(*fact).is_none())
            .map(|fact| format!("locator.dataset.{fact}"));
        let mut fields: Vec<String> = acquired.chain(supplied).collect();
        if *held == (Held::ReEncoded { as_fetched: None }) {
            fields.push("object.as_fetched_digests".to_owned());
        }
        for field in fields {
            let fact = field.rsplit('.').next().unwrap_or_default();
            let (reason, note) = dataset.why_missing(fact);
            let mut entry = json!({ "field": field, "reason": reason });
            if !note.is_empty() {
                entry["note"] = json!(note);
            }
            self.missing.push(entry);
        }
    }
}

/// Seconds since 1970 as the schema writes a time.
pub(super) fn utc(seconds: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    time.format(&Rfc3339).unwrap_or_default()
}
