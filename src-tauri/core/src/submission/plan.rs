//! What a submission sends: exactly the documents of the sealed package, with the ids its hotline gave, and the
//! originals of its cases.
//!
//! Every document is read against the digest that the ledger holds of the package. It must never change one but for the
//! two ids, and never write an original anywhere.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use sqlx::SqliteConnection;
use time::OffsetDateTime;

use crate::clock::datetime;
use crate::console::Console;
use crate::cybertip::{FileDetails, FileId, FileIds, ReportId, Schema};
use crate::error::{Error, Result};
use crate::hash::sha256;
use crate::package::{report_name, verify_bag};
use crate::store::{case, report};

const REPORT: &str = "data/report.xml";
/// Longest document that is read.
const MAX_DOCUMENT: u64 = 64 << 20;

/// One file of the report.
pub(super) struct PlanFile {
    pub(super) case: i64,
    pub(super) blake3: [u8; 32],
    pub(super) sha256: String,
    pub(super) md5: String,
    pub(super) bytes: u64,
    /// Path of its `fileDetails` in the bag.
    pub(super) document: String,
}

/// One sealed package, and what is sent of it.
pub(super) struct Plan {
    pub(super) report: i64,
    pub(super) name: String,
    pub(super) sha256: String,
    pub(super) files: Vec<PlanFile>,
    sealed_at: OffsetDateTime,
    dir: PathBuf,
    /// SHA-256 of every file of the payload, by its path in the bag.
    listed: HashMap<String, String>,
}

/// The report of a name such as `R-0001`.
pub(super) fn number_of(name: &str) -> Result<i64> {
    let digits = name.strip_prefix("R-").filter(|digits| digits.len() >= 4);
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| {
        Error::usage("SUBMIT-08", "A report is named like R-0001. List them: casectl reports.")
    })
}

fn changed(what: &str) -> Error {
    Error::refused(
        "SUBMIT-09",
        format!(
            "{what} in the package's folder is absent or not what was sealed. Nothing more is sent. Put the package back \
             from a copy; casectl verify --package says what differs."
        ),
    )
}

impl Plan {
    /// Reads the package of a report. Nothing is trusted but the digest in the store.
    pub(super) async fn read(console: &Console, report_id: i64) -> Result<Self> {
        let mut conn = console.store().read().await?;
        Self::read_in(&mut conn, report_id).await
    }

    async fn read_in(conn: &mut SqliteConnection, id: i64) -> Result<Self> {
        let row = report::all(conn).await?.into_iter().find(|row| row.id == id);
        let row = row.ok_or_else(|| {
            Error::usage(
                "SUBMIT-08",
                "There is no report of this name. List them: casectl reports.",
            )
        })?;
        let dir = PathBuf::from(&row.path);
        let listed = listed(&dir, &row.sha256)?;
        let mut files = Vec::new();
        for number in report::cases(conn, id).await? {
            let item = case::item(conn, number).await?;
            let item = item.ok_or_else(|| changed("A case"))?;
            files.push(PlanFile {
                case: number,
                blake3: item.blake3.as_slice().try_into().map_err(|_| changed("A case"))?,
                sha256: hex::encode(&item.sha256),
                md5: hex::encode(&item.md5),
                bytes: u64::try_from(item.size_bytes).unwrap_or(0),
                document: format!("data/files/{number:06}.fileDetails.xml"),
            });
        }
        let (name, sealed_at) = (report_name(id), datetime(row.sealed_at));
        Ok(Self { report: id, name, sha256: row.sha256, files, sealed_at, dir, listed })
    }

    /// Everything that is wrong with the folder, for a dry run and before the first request.
    pub(super) fn check_bag(&self) -> Result<()> {
        let findings = verify_bag(&self.dir).map_err(|_| changed("Something"))?;
        if findings.is_empty() { Ok(()) } else { Err(changed("Something")) }
    }

    /// Cases whose originals are not in the vault.
    pub(super) fn without_bytes(&self, console: &Console) -> usize {
        self.files.iter().filter(|file| !console.vault().holds(&file.blake3)).count()
    }

    /// Documents by their path, as sealed: the report, then one for each file.
    pub(super) fn documents(&self) -> impl Iterator<Item = (&str, Option<i64>)> {
        let details = self.files.iter().map(|file| (file.document.as_str(), Some(file.case)));
        std::iter::once((REPORT, None)).chain(details)
    }

    /// One document, exactly as sealed.
    pub(super) fn document(&self, name: &str) -> Result<Vec<u8>> {
        let bytes = bounded(&self.dir.join(name)).ok_or_else(|| changed("A document"))?;
        match self.listed.get(name) {
            Some(sealed) if *sealed == hex::encode(sha256(&bytes)) => Ok(bytes),
            _ => Err(changed("A document")),
        }
    }

    /// The document that opens the report.
    pub(super) fn report_xml(&self) -> Result<Vec<u8>> {
        self.document(REPORT)
    }

    /// The document that describes a file, with both ids in place of their placeholders.
    pub(super) fn details_xml(&self, at: usize, report_id: &str, file_id: &str) -> Result<Vec<u8>> {
        let file = self.files.get(at).ok_or_else(|| changed("A case"))?;
        let ids = ReportId::read(report_id).zip(FileId::read(file_id));
        let (report, file_id) = ids.ok_or_else(|| changed("An id"))?;
        let sealed = self.document(&file.document)?;
        let ids = FileIds { report, file: file_id };
        FileDetails::with_ids(&sealed, &ids, Schema::default(), self.sealed_at)
            .map_err(|_| changed("A document"))
    }

    /// Bytes of every original.
    pub(super) fn file_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

fn bounded(path: &Path) -> Option<Vec<u8>> {
    let about = fs::symlink_metadata(path).ok()?;
    if !about.is_file() || about.len() > MAX_DOCUMENT {
        return None;
    }
    fs::read(path).ok()
}

/// The payload's digests: the tag manifest by the store's digest of it, the manifest by the tag manifest's.
fn listed(dir: &Path, tagmanifest_sha256: &str) -> Result<HashMap<String, String>> {
    let read = |name: &str, sealed: &str| {
        let bytes = bounded(&dir.join(name)).filter(|bytes| hex::encode(sha256(bytes)) == sealed);
        bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| changed("A manifest"))
    };
    let tags = lines(&read("tagmanifest-sha256.txt", tagmanifest_sha256)?);
    let manifest = tags.get("manifest-sha256.txt").ok_or_else(|| changed("A manifest"))?;
    Ok(lines(&read("manifest-sha256.txt", manifest)?))
}

fn lines(text: &str) -> HashMap<String, String> {
    let entry = |line: &str| {
        let (digest, name) = line.split_once(' ')?;
        Some((name.trim_start().to_owned(), digest.to_owned()))
    };
    text.lines().filter_map(entry).collect()
}
