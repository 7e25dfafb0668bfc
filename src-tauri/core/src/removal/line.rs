//! What a list says: its heading, and for each sighting the place it was found at, its digests and its case.
//!
//! It must never carry content, a classification, a person, or an address that nobody needs to find the place.

use std::io::{self, Write};

use serde::Serialize;

use crate::clock::rfc3339;
use crate::error::{Error, Result};
use crate::intake::find::{Find, Locator, Step};
use crate::store::removal::LineRow;
use crate::wire::{ListFormat, ListKind};
use crate::words;

const TOMBSTONES: &str = "casement-tombstones/v1";
const RELEASE: &str = "casement-release/v1";
const TOMBSTONES_MEAN: &str =
    "Remove what a `remove` line names. Only a `retract` line takes an earlier one back.";
const A_PART_MEANS: &str = "Remove what a `remove` line names. This is a part of what is to be removed from the dataset; lists of the \
                            whole of it take back what no longer stands.";
const RELEASE_MEANS: &str =
    "What a `release` line names was found not to match and may be used again.";
const DIGESTS: &str = "sha256, sha1 and md5 are of the bytes as stored in the dataset; as_fetched_sha256 of the bytes as \
                       the origin served them; digests within steps are of that layer.";
const URLS: &str = "Addresses are live, so that they can be compared: do not open them. They are given only as the address \
                    of a container, as the key of a row, or where nothing else names the place.";
/// Widest number, so that a heading can be written last into the place kept for it.
const WIDEST: u64 = u64::MAX;

/// What a line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Op {
    Remove,
    Retract,
    Release,
}

impl Op {
    fn word(self) -> &'static str {
        match self {
            Self::Remove => "remove",
            Self::Retract => "retract",
            Self::Release => "release",
        }
    }

    /// The code of why.
    fn reason(self) -> &'static str {
        match self {
            Self::Remove => "confirmed",
            Self::Retract => "superseded",
            Self::Release => "not-a-match",
        }
    }
}

/// The first line of a list.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Heading {
    schema: &'static str,
    dataset: String,
    version: Option<String>,
    /// Lines that name a sighting to remove, or to release.
    count: u64,
    retracted: u64,
    /// Leaves of the ledger when it was made, and their root.
    at_leaf: u64,
    at_root: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<u32>,
    /// SHA-256 of everything after this line.
    body_sha256: String,
    means: &'static str,
    digests: &'static str,
    urls: &'static str,
}

impl Heading {
    /// Before anything is counted.
    pub(super) fn new(kind: ListKind, dataset: &str, version: Option<&str>) -> Self {
        let (schema, means) = match kind {
            ListKind::Tombstones => (TOMBSTONES, TOMBSTONES_MEAN),
            ListKind::Release => (RELEASE, RELEASE_MEANS),
        };
        Self {
            schema,
            dataset: dataset.to_owned(),
            version: version.map(str::to_owned),
            count: 0,
            retracted: 0,
            at_leaf: 0,
            at_root: "0".repeat(64),
            proposal: None,
            body_sha256: "0".repeat(64),
            means,
            digests: DIGESTS,
            urls: URLS,
        }
    }

    /// The leaf that the list is true of.
    pub(super) fn at(mut self, leaf: u64, root: &[u8; 32]) -> Self {
        self.at_leaf = leaf;
        self.at_root = hex::encode(root);
        self
    }

    /// It does not stand by itself.
    pub(super) fn of_a_part(mut self) -> Self {
        self.means = A_PART_MEANS;
        self
    }

    /// The proposal that allowed it.
    pub(super) fn allowed_by(mut self, proposal: u32) -> Self {
        self.proposal = Some(proposal);
        self
    }

    /// The line, as long as it is with the widest numbers.
    pub(super) fn line(
        &self,
        format: ListFormat,
        count: u64,
        retracted: u64,
        body_sha256: &str,
    ) -> Result<Vec<u8>> {
        let written = |count, retracted, body_sha256: &str| {
            let mut heading = self.clone();
            (heading.count, heading.retracted) = (count, retracted);
            heading.body_sha256 = body_sha256.to_owned();
            serde_json::to_vec(&heading).map_err(unwritten)
        };
        let width = written(WIDEST, WIDEST, body_sha256)?.len();
        let mut json = written(count, retracted, body_sha256)?;
        json.resize(width, b' ');
        let mark: &[u8] = if format == ListFormat::Csv { b"# " } else { b"" };
        Ok([mark, &json, b"\n"].concat())
    }
}

/// Columns of the CSV form. `place` is JSON, so that no name out of a corpus begins a cell.
const COLUMNS: &str =
    "op,find_id,case,decided_at,reason,sha256,sha1,md5,as_fetched_sha256,size_bytes,place\n";

/// What stands above the lines, below the heading.
pub(super) fn columns(format: ListFormat) -> &'static str {
    if format == ListFormat::Csv { COLUMNS } else { "" }
}

/// One sighting.
#[derive(Serialize)]
struct Line<'a> {
    op: Op,
    find_id: &'a str,
    case: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<String>,
    reason: &'static str,
    sha256: String,
    sha1: String,
    md5: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_fetched_sha256: Option<&'a str>,
    size_bytes: u64,
    place: Place<'a>,
}

/// Where it was found, from the outermost container inwards.
#[derive(Serialize)]
struct Place<'a> {
    version: &'a str,
    steps: Vec<Step>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin_url: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of(find: &'a Find) -> Self {
        let named = find.locator.steps.iter().any(names_a_place);
        Self {
            version: &find.locator.dataset.version,
            steps: find.locator.steps.iter().map(bare).collect(),
            origin_url: find.acquisition.origin_url.as_deref().filter(|_| !named),
        }
    }
}

fn names_a_place(step: &Step) -> bool {
    step.uri.is_some()
        || step.member.is_some()
        || step.offset.is_some()
        || step.record_id.is_some()
        || step.row.is_some()
        || step.keys.as_ref().is_some_and(|keys| !keys.is_empty())
        || step.target_uri.is_some()
}

/// The step without what the schema does not name, and without an address that its record can be found without.
fn bare(step: &Step) -> Step {
    let found_without = step.record_id.is_some() || step.offset.is_some();
    Step {
        extra: serde_json::Map::new(),
        target_uri: step.target_uri.clone().filter(|_| !found_without),
        ..step.clone()
    }
}

/// Writes one line.
pub(super) fn write(
    into: &mut impl Write,
    format: ListFormat,
    op: Op,
    row: &LineRow,
) -> Result<()> {
    let find = find(&row.record)?;
    let fetched = find.object.as_fetched_digests.as_ref();
    let line = Line {
        op,
        find_id: &row.find_id,
        case: row.case_id,
        decided_at: row.decided_at.map(rfc3339),
        reason: op.reason(),
        sha256: hex::encode(&row.sha256),
        sha1: hex::encode(&row.sha1),
        md5: hex::encode(&row.md5),
        as_fetched_sha256: fetched.map(|digests| digests.sha256.as_str()),
        size_bytes: words::count(row.size_bytes),
        place: Place::of(&find),
    };
    match format {
        ListFormat::Jsonl => {
            let mut text = serde_json::to_vec(&line).map_err(unwritten)?;
            text.push(b'\n');
            Ok(into.write_all(&text)?)
        }
        ListFormat::Csv => Ok(write_csv(into, &line)?),
    }
}

fn write_csv(into: &mut impl Write, line: &Line<'_>) -> io::Result<()> {
    let place = serde_json::to_string(&line.place)?.replace('"', "\"\"");
    writeln!(
        into,
        "{},{},{},{},{},{},{},{},{},{},\"{place}\"",
        line.op.word(),
        line.find_id,
        line.case,
        line.decided_at.as_deref().unwrap_or_default(),
        line.reason,
        line.sha256,
        line.sha1,
        line.md5,
        line.as_fetched_sha256.unwrap_or_default(),
        line.size_bytes,
    )
}

/// Reads back a record that intake accepted.
pub(super) fn find(record: &str) -> Result<Find> {
    serde_json::from_str(record).map_err(|error| {
        Error::store("CASE-02", "A sighting in the store cannot be read. Run casectl verify.")
            .caused_by(error)
    })
}

/// The member that the innermost container is asked for, with that container's address.
pub(super) fn member(locator: &Locator) -> Option<(&str, Option<&str>)> {
    let member = locator.steps.iter().rev().find_map(|step| step.member.as_deref())?;
    let container = locator.steps.iter().rev().find_map(|step| step.uri.as_deref());
    Some((member, container))
}

fn unwritten(error: serde_json::Error) -> Error {
    Error::store("LIST-03", "A line of the list could not be written. Nothing was exported.")
        .caused_by(error)
}
