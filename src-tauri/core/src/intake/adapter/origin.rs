//! Where a file is from, as far as an envelope or a table says it, in the fields of `find/v1`.
//!
//! It must never name a place that nobody gave: a file whose place is not told has a place without a name.

use serde_json::{Map, Value, json};

use super::part::Part;
use super::refusal;
use crate::intake::check::LineError;

/// Facts of origin.
///
/// - of the fetch, as in `acquisition` of `find/v1`; `url` is its `origin_url`;
/// - of the bytes: `bytes_are`, `as_fetched_digests`, `media_type`, `width`, `height`, `embedded`;
/// - of the dataset: `dataset`, as text its id, or an object as in `find/v1`, and `dataset_version`, `version_kind`,
///   `supplier`, `supplier_contact`, `obtained_at`;
/// - of the place in it: `steps` as in `find/v1`, or `container` (address of the outer file) with `member`, `offset`,
///   `length`, `row`;
/// - `missing` as in `find/v1`, where the reason for a gap is known better than by the adapter.
#[derive(Clone, Default)]
pub(super) struct Origin {
    pub(super) acquisition: Map<String, Value>,
    pub(super) object: Map<String, Value>,
    pub(super) dataset: Map<String, Value>,
    pub(super) steps: Vec<Value>,
    pub(super) missing: Vec<Value>,
}

const ACQUISITION: &[&str] = &[
    "origin_url",
    "final_url",
    "page_url",
    "redirects",
    "fetched_at",
    "fetched_interval",
    "time_precision",
    "server_ip",
    "http_status",
    "http_headers",
    "fetcher",
    "uploader_ref",
    "upstream",
];
const OBJECT: &[&str] =
    &["bytes_are", "as_fetched_digests", "media_type", "width", "height", "embedded"];
const DATASET: &[(&str, &str)] = &[
    ("dataset_version", "version"),
    ("version_kind", "version_kind"),
    ("supplier", "supplier"),
    ("supplier_contact", "supplier_contact"),
    ("obtained_at", "obtained_at"),
];
const PLACE: &[&str] = &["container", "member", "offset", "length", "row"];

impl Origin {
    /// Takes the fields over; that each has its form is checked with the whole find.
    pub(super) fn read(part: &Part<'_>) -> Result<Self, LineError> {
        let mut origin = Self::default();
        for (name, value) in part.fields() {
            let value = value.clone();
            match name.as_str() {
                "url" => {
                    origin.acquisition.insert("origin_url".to_owned(), value);
                }
                "dataset" => match value {
                    Value::Object(dataset) => origin.dataset.extend(dataset),
                    id => {
                        origin.dataset.insert("id".to_owned(), id);
                    }
                },
                "steps" | "missing" => {
                    let Value::Array(list) = value else {
                        return Err(refusal::must_be(&part.at(name), "a list"));
                    };
                    *(if name == "steps" { &mut origin.steps } else { &mut origin.missing }) = list;
                }
                name if ACQUISITION.contains(&name) => {
                    origin.acquisition.insert(name.to_owned(), value);
                }
                name if OBJECT.contains(&name) => {
                    origin.object.insert(name.to_owned(), value);
                }
                name if PLACE.contains(&name) => {}
                name => match DATASET.iter().find(|(given, _)| *given == name) {
                    Some((_, field)) => {
                        origin.dataset.insert((*field).to_owned(), value);
                    }
                    None => return Err(refusal::unknown("origin", name)),
                },
            }
        }
        let place = Place {
            container: part.text("container")?.map(str::to_owned),
            container_digests: Map::new(),
            member: part.text("member")?.map(str::to_owned),
            offset: part.whole("offset")?,
            length: part.whole("length")?,
            row: part.whole("row")?,
        };
        if origin.steps.is_empty() {
            origin.steps = place.steps();
        } else if PLACE.iter().any(|name| part.has(name)) {
            return Err(refusal::contradiction("origin has steps, and a place beside them"));
        }
        Ok(origin)
    }
}

/// A place as most sources tell it: one container, and something in it.
#[derive(Default)]
pub(super) struct Place {
    pub(super) container: Option<String>,
    pub(super) container_digests: Map<String, Value>,
    pub(super) member: Option<String>,
    pub(super) offset: Option<u64>,
    pub(super) length: Option<u64>,
    pub(super) row: Option<u64>,
}

impl Place {
    /// The place as steps, outermost first; none where nothing is told.
    pub(super) fn steps(&self) -> Vec<Value> {
        let inner = self.inner();
        let Some(container) = &self.container else {
            return match (&self.member, inner) {
                // Without a container, the member is the file itself.
                (Some(name), _) => vec![self.ranged(json!({ "kind": "local_file", "uri": name }))],
                (None, Some(step)) => vec![step],
                (None, None) => Vec::new(),
            };
        };
        let kind = match container.split_once("://") {
            Some(("s3", _)) => "s3_object",
            Some(("http" | "https", _)) => "http_file",
            _ => "local_file",
        };
        let mut outer = json!({ "kind": kind, "uri": container });
        if !self.container_digests.is_empty() {
            outer["digests"] = Value::Object(self.container_digests.clone());
        }
        [Some(outer), inner].into_iter().flatten().collect()
    }

    fn inner(&self) -> Option<Value> {
        let name = self.container.as_deref().unwrap_or_default().to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if let Some(row) = self.row {
            return Some(self.ranged(json!({ "kind": "parquet_row", "row": row })));
        }
        let step = match &self.member {
            Some(member) if ends(&[".zip"]) => json!({ "kind": "zip_member", "member": member }),
            Some(member) if ends(&[".tar", ".tar.gz", ".tgz"]) => {
                json!({ "kind": "tar_member", "member": member })
            }
            Some(member) => json!({ "kind": "byte_range", "member": member }),
            None if self.offset.is_none() => return None,
            None if self.length.is_some() && ends(&[".warc", ".warc.gz"]) => {
                json!({ "kind": "warc_record" })
            }
            None => json!({ "kind": "byte_range" }),
        };
        Some(self.ranged(step))
    }

    fn ranged(&self, mut step: Value) -> Value {
        if let Some(offset) = self.offset {
            step["offset"] = offset.into();
        }
        if let Some(length) = self.length {
            step["length"] = length.into();
        }
        step
    }
}
