//! A table with a header row (RFC 4180, comma, UTF-8), one match per row.
//!
//! Columns, in any order; empty cells count as absent, other columns are refused:
//!
//! - the file: `object` (path below the folder of bytes, or SHA-256), `sha256`, `sha1`, `md5`, `size_bytes`: at least one
//!   of `object`, `sha256`, `sha1`, `md5`;
//! - the match: `algorithm` (a word of `find/v1`; needed unless exactly one of `md5`, `sha1`, `sha256` stands in the row),
//!   `algorithm_version`, `provider`, `list`, `list_version`, `entry`, `label`, `distance`, `threshold`, `quality`,
//!   `query_value`, `matched_value`;
//! - the origin: `url`, `final_url`, `page_url`, `server_ip`, `http_status`, `fetched_at`, `fetched_from` with
//!   `fetched_to`, `time_precision`, `dataset`, `dataset_version`, `version_kind`, `supplier`, `supplier_contact`,
//!   `obtained_at`, `container`, `member`, `offset`, `length`, `row`, `bytes_are`, `media_type`;
//! - the scanner: `scanner`, `scanner_version`, `run_id`, `reported_at`.
//!
//! `md5`, `sha1` and `sha256` as algorithm are exact and take no distance; every other is near. What is kept as response is
//! the header row with the row.

use serde_json::{Map, Value, json};

use super::draft::{Draft, Evidence, Nearness, Outcome};
use super::envelope::{Answer, time};
use super::object::{Kind, Object, Told};
use super::origin::Origin;
use super::part::Part;
use super::pieces::Layout;
use super::vendor::body;
use super::{Adapter, Explained, Lack, lacks, refusal};
use crate::intake::check::LineError;
use crate::intake::find::MissingReason::NeverRecorded;
use crate::intake::find::{Algorithm, DistanceUnit};
use crate::wire::ImportFormat;

const FACTS: &[Lack] = lacks! {
    "the table has no such column, or nothing in it; whoever made the table may know",
    "matches.query_value": NeverRecorded, "the table has no query_value";
    "matches.query_quality": NeverRecorded, "the table has no quality";
    "matches.list.entry_id": NeverRecorded, "the table has no entry";
    "matches.list.label": NeverRecorded, "the table has no label";
    "matches.measured_distance": NeverRecorded, "the row has a threshold and no distance; the threshold is recorded as its bound";
};

pub(super) static ADAPTER: Adapter = Adapter {
    about: Explained {
        format: ImportFormat::Csv,
        source: "CSV",
        accepts: &[
            "a header row, then one match per row (comma, UTF-8, RFC 4180); other columns are refused",
            "file: object, sha256, sha1, md5, size_bytes",
            "match: algorithm, algorithm_version, provider, list, list_version, entry, label, distance, threshold, quality, query_value, matched_value",
            "origin: url, final_url, page_url, server_ip, http_status, fetched_at, fetched_from, fetched_to, time_precision, bytes_are, media_type",
            "dataset: dataset, dataset_version, version_kind, supplier, supplier_contact, obtained_at, container, member, offset, length, row",
            "scanner: scanner, scanner_version, run_id, reported_at",
        ],
        lacks: FACTS,
    },
    layout: Layout::Rows,
    list: (None, None),
    threshold: "the threshold of the lookup, or add the column threshold",
    read,
};

const OWN: &[&str] = &[
    "object",
    "sha256",
    "sha1",
    "md5",
    "size_bytes",
    "algorithm",
    "algorithm_version",
    "provider",
    "list",
    "list_version",
    "entry",
    "label",
    "distance",
    "threshold",
    "quality",
    "query_value",
    "matched_value",
    "fetched_from",
    "fetched_to",
    "scanner",
    "scanner_version",
    "run_id",
    "reported_at",
];
const TEXTS: &[&str] = &[
    "url",
    "final_url",
    "page_url",
    "server_ip",
    "fetched_at",
    "time_precision",
    "bytes_are",
    "media_type",
    "dataset",
    "dataset_version",
    "version_kind",
    "supplier",
    "supplier_contact",
    "obtained_at",
    "container",
    "member",
];
const NUMBERS: &[&str] = &["http_status", "offset", "length", "row"];

/// The columns of a table.
pub(super) struct Columns {
    header: Vec<u8>,
    names: Vec<String>,
}

impl Columns {
    /// Reads the header row. A table whose columns are not known is not read at all.
    pub(super) fn read(mut header: Vec<u8>) -> Result<Self, LineError> {
        let cells = cells(&header)?;
        let names: Vec<String> =
            cells.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
        for (at, name) in names.iter().enumerate() {
            let known = [OWN, TEXTS, NUMBERS].iter().any(|list| list.contains(&name.as_str()));
            if !known {
                return Err(refusal::unknown("", name));
            }
            if names.iter().take(at).any(|earlier| earlier == name) {
                return Err(refusal::must_be(name, "a column once"));
            }
        }
        if !header.ends_with(b"\n") {
            header.push(b'\n');
        }
        Ok(Self { header, names })
    }

    /// A row as an object of its cells that are not empty, and what is kept of it.
    pub(super) fn row(&self, row: &[u8]) -> Result<(Value, Vec<u8>), LineError> {
        let cells = cells(row)?;
        if cells.len() != self.names.len() {
            return Err(refusal::must_be("The row", "as long as the header row"));
        }
        let object: Map<String, Value> = self
            .names
            .iter()
            .zip(cells)
            .filter(|(_, cell)| !cell.trim().is_empty())
            .map(|(name, cell)| (name.clone(), Value::String(cell)))
            .collect();
        Ok((Value::Object(object), [self.header.as_slice(), row].concat()))
    }
}

fn cells(row: &[u8]) -> Result<Vec<String>, LineError> {
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(row);
    let mut record = ::csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => Ok(record.iter().map(str::to_owned).collect()),
        _ => Err(refusal::must_be("The row", "comma-separated UTF-8")),
    }
}

fn read(answer: &Answer<'_>) -> Result<Vec<Outcome>, LineError> {
    let row = body(answer)?;
    let object = object(&row)?;
    let mut draft = Draft::of(answer, object, vec![evidence(&row)?]);
    draft.origin = origin(&row)?;
    for (column, field) in
        [("scanner", "name"), ("scanner_version", "version"), ("run_id", "run_id")]
    {
        if let Some(text) = row.text(column)? {
            draft.scanner.insert(field.to_owned(), json!(text));
        }
    }
    draft.reported_at = time(&row, "reported_at")?;
    Ok(vec![draft.found()])
}

fn object(row: &Part<'_>) -> Result<Object, LineError> {
    let mut object = match row.text("object")? {
        Some(name) => Object::named("object", name),
        None => Object::default(),
    };
    for (column, kind) in [("sha256", Kind::Sha256), ("sha1", Kind::Sha1), ("md5", Kind::Md5)] {
        if let Some(text) = row.text(column)? {
            object.tell(column, kind, text)?;
            object.names.push(text.trim().to_ascii_lowercase());
            object.names.push(text.trim().to_owned());
        }
    }
    if object.names.is_empty() {
        return Err(refusal::no_object("object"));
    }
    if let Some(size) = row.whole("size_bytes")? {
        object.told.push(("size_bytes".to_owned(), Told::Size(size)));
    }
    Ok(object)
}

fn evidence(row: &Part<'_>) -> Result<Evidence, LineError> {
    let algorithm = match row.text("algorithm")? {
        Some(text) => {
            let word = text.trim().to_ascii_lowercase();
            let known = Algorithm::ALL.iter().find(|known| known.word() == word);
            let words = || format!("one of {}", Algorithm::WORDS.join(", "));
            *known.ok_or_else(|| refusal::must_be("algorithm", &words()))?
        }
        None => {
            let exact = [Algorithm::Md5, Algorithm::Sha1, Algorithm::Sha256];
            let mut told = exact.into_iter().filter(|algorithm| row.has(algorithm.word()));
            match (told.next(), told.next()) {
                (Some(only), None) => only,
                _ => return Err(refusal::required("algorithm")),
            }
        }
    };
    let distance = row.whole("distance")?;
    let threshold = row.whole("threshold")?;
    let nearness = match algorithm {
        Algorithm::Md5 | Algorithm::Sha1 | Algorithm::Sha256 => {
            if distance.is_some_and(|distance| distance > 0) {
                let wrong = "An exact match has a distance other than 0";
                return Err(refusal::contradiction(wrong));
            }
            Nearness::Exact
        }
        Algorithm::Pdq => Nearness::Near { distance, threshold, unit: DistanceUnit::HammingBits },
        _ => Nearness::Near { distance, threshold, unit: DistanceUnit::Vendor },
    };
    let text = |column: &str| Ok(row.text(column)?.map(str::to_owned));
    let mut evidence = Evidence::new("The row".to_owned(), algorithm, nearness);
    evidence.algorithm_version = text("algorithm_version")?;
    evidence.query_value = text("query_value")?;
    evidence.query_quality = row.whole("quality")?;
    evidence.matched_value = text("matched_value")?;
    evidence.provider = text("provider")?;
    evidence.list = text("list")?;
    evidence.list_version = text("list_version")?;
    evidence.entry = text("entry")?;
    evidence.label = text("label")?;
    Ok(evidence)
}

/// The columns of origin, read as an envelope's.
fn origin(row: &Part<'_>) -> Result<Origin, LineError> {
    let mut fields = Map::new();
    for name in TEXTS {
        if let Some(text) = row.text(name)? {
            fields.insert((*name).to_owned(), json!(text));
        }
    }
    for name in NUMBERS {
        if let Some(number) = row.whole(name)? {
            fields.insert((*name).to_owned(), json!(number));
        }
    }
    match (row.text("fetched_from")?, row.text("fetched_to")?) {
        (None, None) => {}
        (Some(start), Some(end)) => {
            fields.insert("fetched_interval".to_owned(), json!({ "start": start, "end": end }));
        }
        _ => return Err(refusal::must_be("fetched_from", "with fetched_to, or neither")),
    }
    Origin::read(&Part::new(&fields, ""))
}
