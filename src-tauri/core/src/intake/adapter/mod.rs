//! Adapters: what scanners of other makers answer becomes finds of `find/v1`, one adapter per vendor.
//!
//! An adapter reads what the source says and says what it cannot know: a fact that its source lacks is declared missing
//! with a reason. It must never invent a threshold, a list, a version or a time, never call a near match exact, and
//! never drop a response without a word. The response itself is kept as delivered and not read again.
//!
//! # How responses are delivered
//!
//! JSON Lines (or one JSON list) of *envelopes*, one per quarantined file:
//!
//! ```json
//! {"object": "q-000123.jpg", "response": {…}, "reported_at": "2026-01-02T03:04:05Z", "origin": {"url": "…"}}
//! ```
//!
//! `object` names the file below the folder of bytes, by path or by SHA-256; `response` is what the vendor answered,
//! unchanged. Everything else is optional; see [`envelope`]. Where the vendor's own document names the file, the document
//! may stand as delivered, without an envelope.

mod arachnid;
mod csv;
mod draft;
mod envelope;
mod gaps;
mod hma;
mod identity;
mod object;
mod origin;
mod part;
mod photodna;
mod pieces;
mod refusal;
mod safer;
mod terms;
mod vendor;
mod vics;

use std::io::BufRead;
use std::path::PathBuf;

use serde::Serialize;

use self::draft::Outcome;
use self::envelope::Answer;
use self::pieces::Layout;
pub(super) use self::terms::Terms;
use self::vendor::Vendor;
use super::entries::{Entries, Lines};
use super::find::MissingReason;
use crate::error::Result;
use crate::wire::ImportFormat;

/// A fact that a source cannot give, and why: declared in `missing` of each find where nothing else gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Lack {
    /// Dotted path as `missing[].field` names it.
    pub field: &'static str,
    pub reason: MissingReason,
    /// Why, and who may know.
    pub why: &'static str,
}

const fn lack(field: &'static str, reason: MissingReason, why: &'static str) -> Lack {
    Lack { field, reason, why }
}

/// What no answer of a lookup can know, with the reason in the words of this source, and what this source lacks beside it.
macro_rules! lacks {
    ($fetch:literal, $($field:literal: $reason:ident, $why:literal;)*) => {
        &[
            $crate::intake::adapter::lack("acquisition.origin_url", NeverRecorded, $fetch),
            $crate::intake::adapter::lack("acquisition.page_url", NeverRecorded, $fetch),
            $crate::intake::adapter::lack("acquisition.final_url", NeverRecorded, $fetch),
            $crate::intake::adapter::lack("acquisition.fetched_at", NeverRecorded, $fetch),
            $crate::intake::adapter::lack("acquisition.server_ip", NeverRecorded, $fetch),
            $crate::intake::adapter::lack("acquisition.http_headers", NeverRecorded, $fetch),
            $crate::intake::adapter::lack("object.as_fetched_digests", NeverRecorded, $fetch),
            $crate::intake::adapter::lack(
                "locator.dataset.supplier",
                NeverRecorded,
                "no answer names it; pass --supplier",
            ),
            $crate::intake::adapter::lack(
                "locator.dataset.supplier_contact",
                NeverRecorded,
                "no answer names one; pass --supplier-contact",
            ),
            $($crate::intake::adapter::lack($field, $reason, $why),)*
        ]
    };
}
use lacks;

/// What one format accepts and what its source cannot give.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Explained {
    pub format: ImportFormat,
    /// The product, as its maker calls it.
    pub source: &'static str,
    /// The shapes that are read.
    pub accepts: &'static [&'static str],
    pub lacks: &'static [Lack],
}

/// The reading of one vendor's answers.
struct Adapter {
    about: Explained,
    layout: Layout,
    /// Who provides the list, and which, where neither answer nor operator say: of a service that has one of its own.
    list: (Option<&'static str>, Option<&'static str>),
    /// How a threshold is found out that the answer does not give.
    threshold: &'static str,
    /// Turns one answer into drafts of finds. An error costs the whole answer.
    read: fn(&Answer<'_>) -> Result<Vec<Outcome>, super::check::LineError>,
}

/// What a format accepts and lacks. `find/v1` lacks nothing: its lines say for themselves what is missing.
pub fn explain(format: ImportFormat) -> Explained {
    adapter(format).map_or(
        Explained {
            format: ImportFormat::Find,
            source: "find/v1",
            accepts: &["JSON Lines of find/v1; each line declares what it lacks"],
            lacks: &[],
        },
        |adapter| adapter.about,
    )
}

fn adapter(format: ImportFormat) -> Option<&'static Adapter> {
    match format {
        ImportFormat::Find => None,
        ImportFormat::Hma => Some(&hma::ADAPTER),
        ImportFormat::PhotoDna => Some(&photodna::ADAPTER),
        ImportFormat::Safer => Some(&safer::ADAPTER),
        ImportFormat::Arachnid => Some(&arachnid::ADAPTER),
        ImportFormat::Vics => Some(&vics::ADAPTER),
        ImportFormat::Csv => Some(&csv::ADAPTER),
    }
}

/// The entries of a file, in whatever it is written.
pub(super) fn entries<R: BufRead + Send + 'static>(
    from: R,
    folder: PathBuf,
    terms: Terms,
) -> Box<dyn Entries> {
    match adapter(terms.format) {
        None => Box::new(Lines::new(from)),
        Some(adapter) => Box::new(Vendor::new(from, adapter, folder, terms)),
    }
}

#[cfg(test)]
mod tests;
