//! The documents against themselves, against another program, and against every rule we know of.

pub(super) mod any;

mod answers;
mod changes;
mod random;
mod rules;

use time::OffsetDateTime;
use time::macros::datetime;

use super::*;

/// The time at which the tests stand.
pub(super) const NOW: OffsetDateTime = datetime!(2026-11-21 12:00:00 UTC);

/// A flawless report as text, the smallest that is accepted.
pub(super) const LEAST: &str = "<report><incidentSummary><incidentType>Child Sex Tourism</incidentType>\
<incidentDateTime>2025-01-02T03:04:05+01:00</incidentDateTime></incidentSummary>\
<reporter><reportingPerson><email>desk@data.example</email></reportingPerson></reporter></report>";

/// A flawless file as text.
pub(super) const LEAST_FILE: &str = "<fileDetails><reportId>7</reportId>\
<fileId>0123456789abcdef0123456789abcdef</fileId><fileViewedByEsp>false</fileViewedByEsp>\
<exifViewedByEsp>false</exifViewedByEsp></fileDetails>";

/// What is wrong with this text in this edition.
pub(super) fn flaws(xml: &str, schema: Schema) -> Vec<Flaw> {
    check(xml.as_bytes(), schema, NOW)
}

/// Whether this text is accepted in the edition that is written.
pub(super) fn good(xml: &str) -> bool {
    flaws(xml, Schema::Served).is_empty()
}
