//! `fileDetails`, the document of `/fileinfo`.
//!
//! It must never hold a file id of our own making: before upload both ids are absent, and written as
//! the placeholders.

use time::OffsetDateTime;

use crate::cybertip::address::Address;
use crate::cybertip::agreement::batched_file;
use crate::cybertip::document::{self, Unwritable};
use crate::cybertip::model::capture::{DeviceId, IpCaptureEvent};
use crate::cybertip::model::number::{FileId, ReportId};
use crate::cybertip::model::part::{Part, Slot, element, flags, unreadable};
use crate::cybertip::schema::Schema;
use crate::cybertip::text::{FreeText, Text};
use crate::cybertip::tree::{Element, Flaw};
use crate::cybertip::value::hash_digits;
use crate::cybertip::words::{DetailKind, IndustryClass, Relevance};

/// `reportId` before the server has given one.
pub(crate) const NO_REPORT_ID: &str = "0";
/// `fileId` before upload: the form of a real one, all zero. The two placeholders stand or fall
/// together.
pub(crate) const NO_FILE_ID: &str = "00000000000000000000000000000000";

/// What the server gave: the report and, by `/upload`, the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileIds {
    /// `reportId`.
    pub report: ReportId,
    /// `fileId`.
    pub file: FileId,
}

impl Slot for Option<FileIds> {
    fn put(&self, _: &str, parent: &mut Element, schema: Schema) {
        match self {
            Some(ids) => {
                ids.report.put("reportId", parent, schema);
                ids.file.put("fileId", parent, schema);
            }
            None => {
                NO_REPORT_ID.to_owned().put("reportId", parent, schema);
                NO_FILE_ID.to_owned().put("fileId", parent, schema);
            }
        }
    }

    fn pick(_: &str, parent: &Element, schema: Schema) -> Result<Self, Flaw> {
        if parent.text_of("reportId") == Some(NO_REPORT_ID) {
            return Ok(None);
        }
        let report = ReportId::pick("reportId", parent, schema)?;
        let file = FileId::pick("fileId", parent, schema)?;
        Ok(Some(FileIds { report, file }))
    }
}

/// Whether the company viewed the **entire** contents: always said, never assumed. The EXIF of a file
/// that was not viewed cannot have been viewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Viewing {
    /// Neither.
    #[default]
    NotViewed,
    /// The file.
    File,
    /// The file and its EXIF.
    FileAndExif,
}

impl Viewing {
    /// From the two facts; EXIF counts only where the file does.
    pub const fn of(file: bool, exif: bool) -> Self {
        match (file, exif) {
            (false, _) => Self::NotViewed,
            (true, false) => Self::File,
            (true, true) => Self::FileAndExif,
        }
    }
}

impl Slot for Viewing {
    fn put(&self, _: &str, parent: &mut Element, schema: Schema) {
        (*self != Self::NotViewed).put("fileViewedByEsp", parent, schema);
        (*self == Self::FileAndExif).put("exifViewedByEsp", parent, schema);
    }

    fn pick(_: &str, parent: &Element, schema: Schema) -> Result<Self, Flaw> {
        let file = bool::pick("fileViewedByEsp", parent, schema)?;
        Ok(Self::of(file, bool::pick("exifViewedByEsp", parent, schema)?))
    }
}

flags! {
    /// `fileAnnotations`: what is believed of the picture.
    FileAnnotations {
        /// A drawing, a cartoon, virtual.
        anime_drawing_virtual_hentai = "animeDrawingVirtualHentai",
        /// Shared out of mimicry or otherwise without malice.
        potential_meme = "potentialMeme",
        /// Spreading fast.
        viral = "viral",
        /// Perhaps made by the person shown.
        possible_self_production = "possibleSelfProduction",
        /// Somebody is hurt on purpose.
        physical_harm = "physicalHarm",
        /// Graphic violence.
        violence_gore = "violenceGore",
        /// An animal is involved.
        bestiality = "bestiality",
        /// Streamed live.
        live_streaming = "liveStreaming",
        /// An infant.
        infant = "infant",
        /// The picture itself is believed to be made by AI; where it was found says nothing of that.
        generative_ai = "generativeAi",
    }
}

/// `potentialMeme` of old, or `fileAnnotations`, never both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// The old element.
    PotentialMeme(bool),
    /// What to use.
    Annotations(FileAnnotations),
}

impl Slot for Option<Marks> {
    fn put(&self, _: &str, parent: &mut Element, schema: Schema) {
        match self {
            None => {}
            Some(Marks::PotentialMeme(meme)) => meme.put("potentialMeme", parent, schema),
            Some(Marks::Annotations(marks)) => marks.put("fileAnnotations", parent, schema),
        }
    }

    fn pick(_: &str, parent: &Element, schema: Schema) -> Result<Self, Flaw> {
        let meme: Option<bool> = Option::pick("potentialMeme", parent, schema)?;
        let marks: Option<FileAnnotations> = Option::pick("fileAnnotations", parent, schema)?;
        Ok(meme.map(Marks::PotentialMeme).or(marks.map(Marks::Annotations)))
    }
}

/// `hashType`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HashKind {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// Any other, by its name; none of those above.
    Other(Text<64>),
}

impl HashKind {
    /// By its name. Line ends and tabs become blanks, as XML reads them in an attribute.
    pub fn named(name: Text<64>) -> Self {
        let flat = name.as_str().replace(['\n', '\t'], " ");
        match flat.as_str() {
            "MD5" => Self::Md5,
            "SHA1" => Self::Sha1,
            "SHA256" => Self::Sha256,
            _ => Self::Other(Text::new(&flat).unwrap_or(name)),
        }
    }

    /// As the report spells it.
    pub fn word(&self) -> &str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Other(name) => name.as_str(),
        }
    }
}

impl Part for HashKind {
    fn fill(&self, into: &mut Element, _: Schema) {
        into.text.push_str(self.word());
    }

    fn of(element: &Element, schema: Schema) -> Result<Self, Flaw> {
        Text::of(element, schema).map(Self::named)
    }
}

/// `originalFileHash`: of the file as obtained, before any change by the reporter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash {
    kind: HashKind,
    value: FreeText,
}

impl FileHash {
    /// `None` where a digest of a kind we know is not hex of its length. Hex is written small.
    pub fn new(kind: HashKind, value: &str) -> Option<Self> {
        let value = match hash_digits(kind.word()) {
            None => FreeText::new(value)?,
            Some(digits) => FreeText::new(&value.to_ascii_lowercase()).filter(|text| {
                text.as_str().len() == digits
                    && text.as_str().bytes().all(|b| b.is_ascii_hexdigit())
            })?,
        };
        Some(Self { kind, value })
    }

    /// `hashType`.
    pub fn kind(&self) -> &HashKind {
        &self.kind
    }

    /// The hash.
    pub fn value(&self) -> &str {
        self.value.as_str()
    }
}

impl Part for FileHash {
    fn fill(&self, into: &mut Element, schema: Schema) {
        self.kind.put("@hashType", into, schema);
        self.value.put("", into, schema);
    }

    fn of(element: &Element, schema: Schema) -> Result<Self, Flaw> {
        let kind = HashKind::pick("@hashType", element, schema)?;
        Self::new(kind, &element.text).ok_or_else(|| unreadable(element))
    }
}

element! {
    /// `nameValuePair`.
    NameValue {
        /// The name.
        name: Text<64> = "name",
        /// The value.
        value: FreeText = "value",
    }
}

element! {
    /// `details`. The documentation puts its kind on every pair, the schema on the whole.
    Details {
        /// At least one.
        pairs: Vec<NameValue> = "nameValuePair",
        /// What the pairs are of.
        kind: Option<DetailKind> = "nameValuePair@type" | "@type",
    }
}

impl Details {
    /// Hashes, as name and value; `None` where there is none.
    pub fn hashes(pairs: Vec<(Text<64>, FreeText)>) -> Option<Self> {
        let pairs: Vec<_> =
            pairs.into_iter().map(|(name, value)| NameValue { name, value }).collect();
        (!pairs.is_empty()).then_some(Self { kind: Some(DetailKind::Hash), pairs })
    }
}

element! {
    /// The root of `POST /fileinfo`.
    #[derive(Default)]
    FileDetails {
        /// Absent until the server has given them.
        ids: Option<FileIds> = "",
        /// Not documented; since [`Schema::Served`].
        file_name: Option<FreeText> = "fileName",
        /// The name when the *reported user* uploaded it.
        original_file_name: Option<Text<2056>> = "originalFileName",
        /// When the reported user uploaded it.
        uploaded_at: Option<OffsetDateTime> = "uploadedToEspTimestamp",
        /// Where the file was originally located.
        location: Option<Address> = "locationOfFile",
        /// Whether the entire contents were viewed.
        viewing: Viewing = "",
        /// Whether anybody could have it without a login; only where that was recorded.
        publicly_available: Option<bool> = "publiclyAvailable",
        /// What it is to the report.
        relevance: Option<Relevance> = "fileRelevance",
        /// What is believed of it.
        marks: Option<Marks> = "",
        /// Only for a signatory of the hash-sharing agreement.
        classification: Option<IndustryClass> = "industryClassification",
        /// Of the file as obtained.
        hashes: Vec<FileHash> = "originalFileHash",
        /// At most one; of the server only, where no user is known.
        ip_event: Option<IpCaptureEvent> = "ipCaptureEvent",
        /// Devices.
        devices: Vec<DeviceId> = "deviceId",
        /// Names and values of EXIF or hashes.
        details: Vec<Details> = "details",
        /// Anything else.
        additional_info: Vec<FreeText> = "additionalInfo",
    }
}

impl FileDetails {
    /// The document, UTF-8; with placeholders where the ids are absent.
    pub fn to_xml(&self, schema: Schema) -> Result<Vec<u8>, Unwritable> {
        document::write("fileDetails", self, schema)
    }

    /// Reads a document, whose times must not lie after `now`.
    pub fn read(xml: &[u8], schema: Schema, now: OffsetDateTime) -> Result<Self, Vec<Flaw>> {
        document::read("fileDetails", xml, schema, Some(now))
    }

    /// What keeps this file from being sent with a batched report, which takes one file at most.
    pub fn unfit_for_batch(&self, schema: Schema) -> Vec<Flaw> {
        let mut element = Element::new("fileDetails");
        self.fill(&mut element, schema);
        batched_file(&element)
    }

    /// The same document with the server's ids in the place of the placeholders; every other byte is
    /// as it was. Fails where the document is not one, or holds ids already.
    pub fn with_ids(
        xml: &[u8],
        ids: &FileIds,
        schema: Schema,
        now: OffsetDateTime,
    ) -> Result<Vec<u8>, Vec<Flaw>> {
        let mut wanted = Self::read(xml, schema, now)?;
        let refuse = |text| vec![Flaw::new("fileDetails", 1, text)];
        if wanted.ids.is_some() {
            return Err(refuse("has ids of the server already"));
        }
        wanted.ids = Some(ids.clone());
        // Text cannot hold a tag, so that the first such tags are the elements.
        let text = std::str::from_utf8(xml).map_err(|_| refuse("the document is not UTF-8"))?;
        let tag = |name: &str, id: &str| format!("<{name}>{id}</{name}>");
        let filled = text
            .replacen(
                &tag("reportId", NO_REPORT_ID),
                &tag("reportId", &ids.report.get().to_string()),
                1,
            )
            .replacen(&tag("fileId", NO_FILE_ID), &tag("fileId", ids.file.as_str()), 1)
            .into_bytes();
        if Self::read(&filled, schema, now)? != wanted {
            return Err(refuse("its ids cannot be filled in"));
        }
        Ok(filled)
    }
}
