//! What the operator says of a vendor's file as a whole, read once before the import begins.
//!
//! It must never stand in for what a response says of itself.

use std::time::SystemTime;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::error::{Error, Result};
use crate::intake::find::{Utc, VersionKind};
use crate::wire::{ImportFormat, ImportTerms};

/// The operator's word, in the forms that a find needs.
pub(crate) struct Terms {
    pub(super) format: ImportFormat,
    /// Fields of `locator.dataset` as far as they are given.
    pub(super) dataset: Map<String, Value>,
    pub(super) list_provider: Option<String>,
    pub(super) list_name: Option<String>,
    pub(super) list_version: Option<String>,
    pub(super) threshold: Option<u64>,
    pub(super) reported_at: Option<Utc>,
    /// When the file was last written, to the second.
    pub(super) file_time: Option<Utc>,
}

impl Terms {
    /// Reads what the operator gave.
    ///
    /// # Errors
    /// IMPORT-04 where it cannot be meant so.
    pub(crate) fn read(given: ImportTerms, file_time: Option<SystemTime>) -> Result<Self> {
        let format = given.format;
        let bare = ImportTerms { format, ..ImportTerms::default() };
        if format == ImportFormat::Find && given != bare {
            return Err(wrong(
                "A find says for itself where it is from. Choose a vendor's format, or give no such facts.",
            ));
        }
        if given.dataset.is_none()
            && (given.dataset_version.is_some() || given.version_kind.is_some())
        {
            return Err(wrong("A version without a dataset says nothing. Name the dataset too."));
        }
        if given.dataset_version.is_some() != given.version_kind.is_some() {
            return Err(wrong(
                "Give the dataset's version and its kind together, e.g. a commit and git_commit.",
            ));
        }
        if let Some(kind) = &given.version_kind
            && !VersionKind::WORDS.contains(&kind.as_str())
        {
            let words = VersionKind::WORDS.join(", ");
            return Err(wrong(&format!("The kind of version must be one of {words}.")));
        }
        let time = |text: Option<String>| match text {
            None => Ok(None),
            Some(text) => Utc::parse(&text).map(Some).ok_or_else(|| {
                wrong("A time must be in UTC and written so: 2026-01-02T03:04:05Z.")
            }),
        };
        let obtained_at = time(given.obtained_at)?;
        let fields = [
            ("id", given.dataset),
            ("version", given.dataset_version),
            ("version_kind", given.version_kind),
            ("supplier", given.supplier),
            ("supplier_contact", given.supplier_contact),
            ("obtained_at", obtained_at.map(|time| time.text().to_owned())),
        ];
        let dataset = fields
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), Value::String(said(text)?))))
            .collect();
        Ok(Self {
            format,
            dataset,
            list_provider: said(given.list_provider),
            list_name: said(given.list_name),
            list_version: said(given.list_version),
            threshold: given.threshold.map(u64::from),
            reported_at: time(given.reported_at)?,
            file_time: file_time.and_then(written),
        })
    }
}

fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn written(at: SystemTime) -> Option<Utc> {
    let whole = OffsetDateTime::from(at).replace_nanosecond(0).ok()?;
    Utc::parse(&whole.format(&Rfc3339).ok()?)
}

fn wrong(message: &str) -> Error {
    Error::usage("IMPORT-04", message)
}
