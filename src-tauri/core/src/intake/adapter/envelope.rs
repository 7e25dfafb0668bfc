//! The envelope around a vendor's answer: which file it is about, and what is known beside it.
//!
//! It must never take a fact from the answer that the vendor's adapter reads, nor keep anything but the answer as raw.

use serde_json::{Map, Value};

use super::origin::Origin;
use super::part::Part;
use super::refusal;
use crate::intake::check::LineError;
use crate::intake::find::Utc;

/// Fields of an envelope.
///
/// - `object`: path of the file below the folder of bytes, or its SHA-256; a list of these where `response` answers
///   about several files in order.
/// - `response`: the vendor's answer, unchanged.
/// - `reported_at`: when it answered, UTC.
/// - `origin`: where the file is from, see [`Origin`].
/// - `scanner`: `name`, `version`, `run_id` of the program that asked.
/// - `list`: `provider`, `name`, `version` of the list that was matched, where the answer does not say.
/// - `threshold`: the greatest distance called near in this lookup.
/// - `query`: `signal` (the hash that was looked up) and `quality` (0 to 100).
/// - `signal_type`, `index`, `bypass_coinflip`: of HMA, see its adapter.
pub(super) const FIELDS: &[&str] = &[
    "object",
    "response",
    "reported_at",
    "origin",
    "scanner",
    "list",
    "threshold",
    "query",
    "signal_type",
    "index",
    "bypass_coinflip",
];

/// One answer of a vendor, with what stands around it.
pub(super) struct Answer<'a> {
    /// The vendor's own JSON; of a table, its row as an object of texts.
    pub(super) body: &'a Value,
    /// Where the body stands, for people: `response`, or nothing for a document as delivered.
    pub(super) path: &'static str,
    pub(super) around: Around<'a>,
}

/// What the envelope says; of a document as delivered, nothing.
pub(super) struct Around<'a> {
    pub(super) objects: Option<Vec<String>>,
    pub(super) reported_at: Option<Utc>,
    pub(super) origin: Origin,
    pub(super) scanner: Map<String, Value>,
    pub(super) list: Map<String, Value>,
    pub(super) threshold: Option<u64>,
    pub(super) query: Query,
    pub(super) signal_type: Option<String>,
    pub(super) index: Option<&'a Value>,
    pub(super) bypass_coinflip: Option<bool>,
}

/// What was looked up.
#[derive(Clone, Default)]
pub(super) struct Query {
    pub(super) signal: Option<String>,
    pub(super) quality: Option<u64>,
}

impl<'a> Around<'a> {
    /// Of a document without an envelope.
    pub(super) fn nothing() -> Self {
        Self {
            objects: None,
            reported_at: None,
            origin: Origin::default(),
            scanner: Map::new(),
            list: Map::new(),
            threshold: None,
            query: Query::default(),
            signal_type: None,
            index: None,
            bypass_coinflip: None,
        }
    }

    pub(super) fn read(envelope: &Part<'a>) -> Result<Self, LineError> {
        envelope.only(FIELDS)?;
        let texts = |name: &str, known: &[&str]| -> Result<Map<String, Value>, LineError> {
            let Some(part) = envelope.part(name)? else { return Ok(Map::new()) };
            part.only(known)?;
            let mut texts = Map::new();
            for field in known {
                if let Some(text) = part.word(field)? {
                    texts.insert((*field).to_owned(), Value::String(text));
                }
            }
            Ok(texts)
        };
        let query = match envelope.part("query")? {
            None => Query::default(),
            Some(query) => {
                query.only(&["signal", "quality"])?;
                Query {
                    signal: query.text("signal")?.map(str::to_owned),
                    quality: query.whole("quality")?,
                }
            }
        };
        let objects = match envelope.get("object") {
            None => None,
            Some(Value::Array(_)) => {
                Some(envelope.texts("object")?.into_iter().map(str::to_owned).collect())
            }
            Some(_) => envelope.text("object")?.map(|name| vec![name.to_owned()]),
        };
        Ok(Self {
            objects,
            reported_at: time(envelope, "reported_at")?,
            origin: match envelope.part("origin")? {
                Some(origin) => Origin::read(&origin)?,
                None => Origin::default(),
            },
            scanner: texts("scanner", &["name", "version", "run_id"])?,
            list: texts("list", &["provider", "name", "version"])?,
            threshold: envelope.whole("threshold")?,
            query,
            signal_type: envelope.text("signal_type")?.map(str::to_owned),
            index: envelope.get("index"),
            bypass_coinflip: envelope.flag("bypass_coinflip")?,
        })
    }

    /// The one file that is named, where one is.
    pub(super) fn object(&self) -> Result<Option<&str>, LineError> {
        match self.objects.as_deref() {
            None => Ok(None),
            Some([one]) => Ok(Some(one)),
            Some(_) => Err(refusal::must_be("object", "one name for one answer")),
        }
    }
}

/// A time in UTC.
pub(super) fn time(part: &Part<'_>, name: &str) -> Result<Option<Utc>, LineError> {
    let Some(text) = part.text(name)? else { return Ok(None) };
    let refused = || refusal::must_be(&part.at(name), "a UTC time such as 2026-01-02T03:04:05Z");
    Utc::parse(text).map(Some).ok_or_else(refused)
}
