//! A time as the scanner wrote it.
//!
//! It must never round, re-zone or reformat: the text is part of what the ledger commits to.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A time in UTC: the scanner's own text, and the instant it names.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Utc {
    text: String,
    instant: OffsetDateTime,
}

impl Utc {
    /// Reads `2026-01-02T03:04:05Z` with up to nine decimals. `None` for any other form and for
    /// times that do not exist.
    pub fn parse(text: &str) -> Option<Self> {
        let fraction = text.get(19..)?.strip_suffix('Z')?;
        let decimals_fit = match fraction.strip_prefix('.') {
            Some(decimals) => (1..=9).contains(&decimals.len()),
            None => fraction.is_empty(),
        };
        // RFC 3339 lets `T` be written otherwise; the schema does not.
        if !decimals_fit || text.as_bytes().get(10) != Some(&b'T') {
            return None;
        }
        let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        Some(Self { text: text.to_owned(), instant })
    }

    /// The text as the scanner gave it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The instant it names.
    pub fn instant(&self) -> OffsetDateTime {
        self.instant
    }
}

impl fmt::Debug for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Utc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Utc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not a time in UTC"))
    }
}
