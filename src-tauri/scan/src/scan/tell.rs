//! Finds of a shard, written out: drafts joined with what headers and sidecars tell of where they come from.
//!
//! It must never write a line that an import would leave out, nor leave a fact of the dataset silently absent.

use std::io::Write;
use std::path::Path;

use casement_core::clock::{Clock, datetime, rfc3339};
use casement_core::intake::check::{self, LineError};
use casement_core::intake::find::{
    self, Find, Locator, Missing, MissingReason, Object, SCHEMA, Scanner, Utc, VersionKind,
};
use casement_core::{Error, Result};
use serde_json::{Map, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::work::{Done, Draft};
use super::{Dataset, NAME, Trouble, lessen};
use crate::corpus::{MemberRef, Origin, Problem, Shard, ShardKind, Walked};

/// Drafts joined at a time: each time the sidecars are read again, and this many origins are held.
const AT_A_TIME: usize = 8_192;
/// The version that a dataset without versions is said to have.
const UNVERSIONED: &str = "unversioned";

/// What every find of a scan says.
pub(super) struct Teller {
    pub(super) clock: Clock,
    pub(super) run_id: String,
    pub(super) config_sha256: String,
    pub(super) build_sha256: Option<String>,
    pub(super) dataset: Dataset,
}

impl Teller {
    /// The present time as finds write it.
    pub(super) fn now(&self) -> Result<Utc> {
        Utc::parse(&rfc3339(self.clock.now())).ok_or_else(|| {
            Error::machine("SCAN-07", "This machine's clock shows no year of our time. Set it.")
        })
    }

    /// Writes the finds of a shard in the order of its members. Answers how many, and what went wrong on the way.
    pub(super) fn shard(
        &self,
        shard: &Shard,
        done: Done,
        scanned_at: &Utc,
        out: &mut dyn Write,
    ) -> Result<(u64, Vec<Trouble>)> {
        let (mut told, mut troubles) = (0, Vec::new());
        let walked = done.walked.unwrap_or(Walked {
            sha256: None,
            size_bytes: shard.size_bytes,
            members: done.counts.members,
            complete: false,
        });
        let dataset = self.dataset_of(shard);
        done.drafts.drain(AT_A_TIME, |drafts: Vec<Draft>| -> Result<()> {
            let members: Vec<MemberRef> = drafts.iter().map(member).collect();
            let (origins, problems) = shard.origins(&walked, &members);
            troubles.extend(problems.iter().map(Trouble::from));
            for (draft, origin) in drafts.into_iter().zip(origins) {
                let find = self.find(draft, origin, &dataset, scanned_at)?;
                let place = Problem::place_of(&shard.uri, &find.locator.steps);
                let (line, refused) = self.line(find)?;
                let trouble =
                    |code: &str, message: String| Trouble { code: code.to_owned(), place, message };
                match (line, refused) {
                    (Some(line), None) => told += written(out, line)?,
                    (Some(line), Some(error)) => {
                        told += written(out, line)?;
                        let message = format!(
                            "The find was told without facts that no find can hold ({error})."
                        );
                        troubles.push(trouble("SCAN-15", message));
                    }
                    (None, error) => {
                        let why = error.map(|error| format!(" ({error})")).unwrap_or_default();
                        let message = format!("A match could not be told as a find{why}.");
                        troubles.push(trouble("SCAN-13", message));
                    }
                }
            }
            Ok(())
        })?;
        Ok((told, troubles))
    }

    /// The find as a line, and why it could not be told whole. No line: it cannot be told at all.
    fn line(&self, mut find: Find) -> Result<(Option<Vec<u8>>, Option<LineError>)> {
        let now = datetime(self.clock.now());
        let read = |find: &Find| -> Result<(Vec<u8>, Option<LineError>)> {
            let line = serde_json::to_vec(find).map_err(std::io::Error::from)?;
            let refused = check::read_line(&line, now).err();
            Ok((line, refused))
        };
        let (line, first) = read(&find)?;
        let Some(first) = first else { return Ok((Some(line), None)) };
        for less in lessen::ways(first.code) {
            less(&mut find);
            if let (line, None) = read(&find)? {
                return Ok((Some(line), Some(first)));
            }
        }
        Ok((None, Some(first)))
    }

    fn find(
        &self,
        draft: Draft,
        origin: Origin,
        dataset: &(find::Dataset, Vec<Missing>),
        scanned_at: &Utc,
    ) -> Result<Find> {
        let (dataset, absent) = dataset;
        let locator = Locator { dataset: dataset.clone(), steps: origin.steps };
        let mut missing = origin.missing;
        for entry in absent {
            if !missing.iter().any(|known| known.field == entry.field) {
                missing.push(entry.clone());
            }
        }
        let (width, height) = draft.picture.unzip();
        let mut ext = Map::new();
        if !origin.notes.is_empty() {
            ext.insert("notes".to_owned(), json!(origin.notes));
        }
        if draft.more > 0 {
            ext.insert("matches_not_told".to_owned(), json!(draft.more));
        }
        Ok(Find {
            schema: SCHEMA.to_owned(),
            find_id: find_id(&locator, &draft)?,
            emitted_at: self.now()?,
            scanner: Scanner {
                name: NAME.to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                run_id: self.run_id.clone(),
                build_sha256: self.build_sha256.clone(),
                config_sha256: Some(self.config_sha256.clone()),
                operator_ref: None,
                scanned_at: Some(scanned_at.clone()),
            },
            object: Object {
                quarantine_ref: Some(draft.digests.sha256.clone()),
                digests: draft.digests,
                size_bytes: draft.size_bytes,
                media_type: origin.media_type,
                width: width.map(u64::from).or(origin.width),
                height: height.map(u64::from).or(origin.height),
                bytes_are: origin.bytes_are,
                as_fetched_digests: origin.as_fetched_digests,
                embedded: Some(origin.embedded),
            },
            matches: draft.matches,
            locator,
            acquisition: origin.acquisition,
            missing,
            ext: (!ext.is_empty()).then_some(ext),
        })
    }

    /// The dataset of a shard, and which of its facts nobody gave.
    fn dataset_of(&self, shard: &Shard) -> (find::Dataset, Vec<Missing>) {
        let said = &self.dataset;
        let mut missing = Vec::new();
        let mut absent = |field: &str, is: bool| {
            if is {
                missing.push(Missing {
                    field: format!("locator.dataset.{field}"),
                    reason: MissingReason::NeverRecorded,
                    note: Some("not given to the scan".to_owned()),
                });
            }
        };
        absent("version", said.version.is_none());
        absent("supplier", said.supplier.is_none());
        absent("supplier_contact", said.supplier_contact.is_none());
        absent("obtained_at", said.obtained_at.is_none());
        let (version, version_kind) = said
            .version
            .clone()
            .unwrap_or_else(|| (UNVERSIONED.to_owned(), VersionKind::Unversioned));
        let dataset = find::Dataset {
            id: said.id.clone().unwrap_or_else(|| folder_name(shard)),
            name: None,
            version,
            version_kind,
            manifest_sha256: None,
            supplier: said.supplier.clone(),
            supplier_contact: said.supplier_contact.clone(),
            obtained_at: said.obtained_at.clone(),
        };
        (dataset, missing)
    }
}

/// The name of the folder that was scanned, or that holds the file that was.
fn folder_name(shard: &Shard) -> String {
    let own = match shard.uri.split_once('/') {
        Some((first, _)) => Some(first),
        None if shard.kind == ShardKind::Loose => Some(shard.uri.as_str()),
        None => None,
    };
    let holding = || {
        let base = shard.base.canonicalize().ok();
        let base = base.as_deref().unwrap_or(Path::new(""));
        base.file_name().map(|name| name.to_string_lossy().into_owned())
    };
    own.map(str::to_owned)
        .filter(|name| !name.trim().is_empty())
        .or_else(holding)
        .unwrap_or_else(|| shard.uri.clone())
}

fn written(out: &mut dyn Write, mut line: Vec<u8>) -> Result<u64> {
    line.push(b'\n');
    out.write_all(&line).map_err(unheard)?;
    Ok(1)
}

fn member(draft: &Draft) -> MemberRef {
    MemberRef {
        uri: draft.uri.clone(),
        steps: draft.steps.clone(),
        digests: draft.digests.clone(),
        size_bytes: draft.size_bytes,
        head: draft.head.clone(),
    }
}

/// An output that takes no more.
pub(super) fn unheard(error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::BrokenPipe => Error::machine(
            "SCAN-14",
            "Whoever read the finds has stopped reading. Start both again; nothing is counted twice.",
        )
        .caused_by(error),
        _ => error.into(),
    }
}

/// The same for the same bytes at the same place with the same matches, whenever and by whichever version they are
/// scanned: a version 8 UUID over all of these.
fn find_id(locator: &Locator, draft: &Draft) -> Result<Uuid> {
    let dataset = &locator.dataset;
    let names = json!([
        NAME,
        [dataset.id, dataset.version, dataset.version_kind],
        locator.steps,
        draft.digests.sha256,
        draft.matches,
    ]);
    let digest = Sha256::digest(serde_json::to_vec(&names).map_err(std::io::Error::from)?);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(digest.get(..16).unwrap_or_default());
    Ok(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}
