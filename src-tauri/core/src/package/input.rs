//! What a package is made from: plain facts the store has read, the head once and then file by file.
//!
//! Nothing here reads a clock, a file or a database. It must never offer a way to say that a file was
//! viewed other than an attestation that stands in the ledger.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::case::enrich::Fact;
use crate::case::gaps::tried::Tried;
use crate::cybertip::{address, is_email};
use crate::decision::attest;
use crate::intake::find::Find;
use crate::package::earlier::Earlier;
use crate::package::reread::Reread;
use crate::package::stated::Annotations;
use crate::wire;

/// A whole report in memory, as tests hold it.
#[cfg(test)]
#[derive(Debug, Clone)]
pub(crate) struct PackageInput {
    pub head: Head,
    /// In any order; the package is ordered by case number.
    pub files: Vec<FileInput>,
}

/// What all files of a report share.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// E.g. `R-0001`.
    pub report: String,
    /// The time of the last leaf the report knows, not that of the clock: the same cases at the same
    /// point of the ledger give the same bytes. Every time in the report lies before it.
    pub sealed_at: OffsetDateTime,
    pub organisation: Organisation,
    pub source: Source,
    /// How cases were grouped into this report, in words.
    pub rule: String,
    /// The policy in force at sealing.
    pub policy_version: String,
    pub ledger: LedgerPoint,
    pub tool: Tool,
}

/// The source all files of a report share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// E.g. `host:images.example`.
    pub key: String,
    /// For people, defanged: `images[.]example`.
    pub name: String,
    /// Hosts of the addresses in this source, as they are.
    pub url_hosts: Vec<String>,
}

/// A state of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct LedgerPoint {
    pub leaves: u64,
    /// Root, lower-case hex.
    pub root: String,
}

/// The program that built the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Tool {
    pub name: String,
    pub version: String,
}

/// One confirmed case.
#[derive(Debug, Clone)]
pub(crate) struct FileInput {
    pub case: u32,
    pub item: wire::ItemFacts,
    /// At least one.
    pub sightings: Vec<SightingInput>,
    /// The decision that stands; its verdict is `confirmed`.
    pub decision: wire::DecisionFacts,
    /// Every exposure of this case, closed, from the ledger.
    pub seen: Vec<SeenInput>,
    /// [`Viewed::derive`] of `seen`; anything else is refused by the builder.
    pub viewed: Viewed,
    /// What a reviewer believes of the file in the report's words; `None`: nothing is stated.
    pub annotations: Option<Annotations>,
    /// Leaves that the store speaks of as statements on this case and that the ledger does not bear out.
    pub unproven: Vec<u64>,
    /// What reading the sealed original again gave.
    pub reread: Reread,
    /// Earlier reports that this content, or a near-duplicate of it, went into.
    pub previously_reported: Vec<Earlier>,
}

impl FileInput {
    /// In the one order documents follow: sightings by import and find, acts by leaf.
    pub(crate) fn in_order(mut self) -> Self {
        self.sightings.sort_by_key(|sighting| (sighting.imported_at, sighting.find.find_id));
        self.seen.sort_by_key(|act| act.leaf);
        self
    }
}

/// One place where the item was found.
#[derive(Debug, Clone)]
pub(crate) struct SightingInput {
    /// With what was attached later.
    pub find: Find,
    /// As the scanner reported it.
    pub reported: Find,
    /// What was attached later, in that order.
    pub later: Vec<Fact>,
    /// What was tried, newest first.
    pub tried: Vec<Tried>,
    pub completeness: wire::Completeness,
    pub imported_at: OffsetDateTime,
}

/// One closed exposure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenInput {
    /// Pseudonym.
    pub by: String,
    pub level: wire::Level,
    /// Milliseconds.
    pub ms: u64,
    /// The leaf that logged it.
    pub leaf: u64,
}

/// What the ledger says about looking at a file.
///
/// Only [`Viewed::Attested`] makes `fileViewedByEsp` true, and an [`Attestation`] can only be read
/// from a leaf: no caller can claim a view that nobody attested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Viewed {
    /// Nobody looked at a picture; the case was decided on hashes.
    No,
    /// Seen veiled only, which is not a view of the entire contents.
    VeiledOnly {
        /// The highest level anyone saw.
        highest: wire::Level,
        /// Time at that level, all reviewers together, milliseconds.
        ms: u64,
    },
    /// A named reviewer attested to having viewed the entire file.
    Attested(Attestation),
}

impl Viewed {
    /// The one way from the ledger to the flag.
    pub(crate) fn derive(seen: &[SeenInput], attestation: Option<Attestation>) -> Self {
        if let Some(attestation) = attestation {
            return Self::Attested(attestation);
        }
        let veiled = seen.iter().filter(|act| act.level != wire::Level::HashOnly);
        match veiled.clone().map(|act| act.level).max() {
            None => Self::No,
            Some(highest) => {
                let at_highest = veiled.filter(|act| act.level == highest);
                let ms = at_highest.fold(0_u64, |sum, act| sum.saturating_add(act.ms));
                Self::VeiledOnly { highest, ms }
            }
        }
    }

    /// `fileViewedByEsp`.
    pub(crate) fn entire_file(&self) -> bool {
        matches!(self, Self::Attested(_))
    }

    /// `exifViewedByEsp`.
    pub(crate) fn exif(&self) -> bool {
        matches!(self, Self::Attested(attestation) if attestation.exif)
    }

    pub(crate) fn attestation(&self) -> Option<&Attestation> {
        match self {
            Self::Attested(attestation) => Some(attestation),
            Self::No | Self::VeiledOnly { .. } => None,
        }
    }
}

/// A reviewer's statement, in the ledger, that they viewed an entire file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attestation {
    case: u32,
    leaf: u64,
    by: String,
    exif: bool,
    statement: String,
}

impl Attestation {
    /// The event type of the leaf.
    pub(crate) const EVENT: &str = attest::ATTESTED;

    /// Reads the leaf with index `seq` and the body it commits to by `SHA-256(salt || body)`:
    /// `{"type":"view.attested","seq":…,"case":…,"by":…,"body_sha256":…}` and
    /// `{"entire":true,"exif":…}`. `None` unless it is that event, at that place in the ledger, about
    /// that case, with that body, and says *entire*. The caller took `leaf` from a verified ledger.
    pub(crate) fn from_leaf(
        seq: u64,
        leaf: &[u8],
        salt: &[u8],
        body: &str,
        case: u32,
    ) -> Option<Self> {
        let leaf: Value = serde_json::from_slice(leaf).ok()?;
        let said: Value = serde_json::from_str(body).ok()?;
        let commitment = Sha256::new().chain_update(salt).chain_update(body).finalize();
        let holds = leaf.get("type")?.as_str()? == Self::EVENT
            && leaf.get("seq")?.as_u64()? == seq
            && leaf.get("case")?.as_u64()? == u64::from(case)
            && leaf.get("body_sha256")?.as_str()? == hex::encode(commitment)
            && said.get("entire")?.as_bool()?;
        let by = leaf.get("by")?.as_str().filter(|by| !by.trim().is_empty())?.to_owned();
        let exif = said.get("exif").and_then(Value::as_bool).unwrap_or(false);
        let statement =
            said.get("statement").and_then(Value::as_str).unwrap_or_default().to_owned();
        holds.then_some(Self { case, leaf: seq, by, exif, statement })
    }

    /// The case it is about.
    pub(crate) fn case(&self) -> u32 {
        self.case
    }

    /// The leaf that holds it.
    pub(crate) fn leaf(&self) -> u64 {
        self.leaf
    }

    /// Pseudonym of the reviewer.
    pub(crate) fn by(&self) -> &str {
        &self.by
    }

    /// Whether it covers the EXIF data.
    pub(crate) fn has_exif(&self) -> bool {
        self.exif
    }

    /// Where, when and on whose authority, in the reviewer's words.
    pub(crate) fn statement(&self) -> &str {
        &self.statement
    }
}

/// Who reports: what an operator sets up once. Blank means not given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Organisation {
    pub name: String,
    /// Of the person who reports; the server refuses a report without it.
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// Whom law enforcement should call.
    pub contact: Contact,
    /// Standing text: how to serve legal process, how long data is kept, a telephone answered at
    /// all hours.
    pub company_template: String,
    /// Web page about legal process; optional.
    pub legal_url: String,
    /// Whether the Industry Hash Sharing Platform MOU is signed: only then may a report carry
    /// `industryClassification`.
    pub mou_signed: bool,
    /// Most files in one report; a source with more makes several. No limit where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_files: Option<u32>,
    /// Hours from knowledge within which this organisation files; none: as the law says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_due_h: Option<u32>,
    /// Under which law it reports.
    #[serde(skip_serializing_if = "ReportLaw::is_first")]
    pub report_law: ReportLaw,
}

/// The law that says by when a report is due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportLaw {
    /// 18 U.S.C. 2258A: as soon as reasonably possible.
    #[default]
    Us,
    /// Online Safety Act 2023, S.I. 2026/268: priority level 1 at once.
    Uk,
}

impl ReportLaw {
    fn is_first(&self) -> bool {
        *self == Self::Us
    }
}

/// A point of contact: an email address or a telephone number, better both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub phone: String,
}

impl Organisation {
    /// The fields that are missing or cannot be sent as they are, by their names here.
    pub fn missing(&self) -> Vec<&'static str> {
        let blank = |text: &str| text.trim().is_empty();
        let contact = &self.contact;
        let unusable = [
            ("name", blank(&self.name)),
            ("email", !is_email(&self.email)),
            ("contact", blank(&contact.email) && blank(&contact.phone)),
            ("contact.email", !blank(&contact.email) && !is_email(&contact.email)),
            ("contact.phone", contact.phone.trim().chars().count() > 50),
            ("company_template", blank(&self.company_template)),
            ("max_files", self.max_files == Some(0)),
            (
                "legal_url",
                !blank(&self.legal_url)
                    && address::Address::read(&self.legal_url).is_none_or(|url| url.is_shortened()),
            ),
        ];
        unusable.into_iter().filter(|(_, bad)| *bad).map(|(field, _)| field).collect()
    }
}
