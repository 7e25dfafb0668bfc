//! The part of NCMEC's `report` and `fileDetails` that this console writes, as types whose writer
//! fixes the order of elements.
//!
//! What has no field here cannot be said: there is no suspect (`personOrUserReported`), because a
//! training-data find names no user, and there are no annotations, so nothing found in training
//! data can be called AI-generated. It must never write a file id of its own making: before upload
//! both ids are the placeholder that [`FileDetails`] always writes.

use std::io;
use std::net::IpAddr;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use time::OffsetDateTime;
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;

use crate::package::address::Address;

/// `reportId` before the server has given one. The submission step replaces it.
pub(crate) const NO_REPORT_ID: &str = "0";
/// `fileId` before upload: the form of a real one (32 hex digits), all zero. The submission step
/// replaces it with the id that `/upload` answered; the two placeholders stand or fall together.
pub(crate) const NO_FILE_ID: &str = "00000000000000000000000000000000";
/// Where the server publishes its schema; stated on the root as its samples do.
pub(crate) const SCHEMA_LOCATION: &str = "https://report.cybertip.org/ispws/xsd";

/// Text of at most `MAX` characters that XML 1.0 can carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text<const MAX: usize>(String);

/// Text the server sets no limit for.
pub(crate) type FreeText = Text<{ usize::MAX }>;

impl<const MAX: usize> Text<MAX> {
    /// Characters XML cannot carry become U+FFFD, line ends become `\n`; longer text ends in `…`.
    /// `None` when nothing is left to read.
    pub(crate) fn new(raw: &str) -> Option<Self> {
        let unified = raw.replace("\r\n", "\n").replace('\r', "\n");
        let clean: String =
            unified.chars().map(|c| if is_xml(c) { c } else { '\u{fffd}' }).collect();
        let clean = clean.trim();
        let text = if clean.chars().count() <= MAX {
            clean.to_owned()
        } else {
            let mut cut: String = clean.chars().take(MAX.saturating_sub(1)).collect();
            cut.push('…');
            cut
        };
        (!text.is_empty()).then_some(Self(text))
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// XML 1.0 `Char`, without the carriage return that a parser would change.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// `incidentType`. The other seven do not apply to material found in training data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IncidentType {
    /// Possession, manufacture and distribution.
    Possession,
}

impl IncidentType {
    /// As the schema spells it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Possession => "Child Pornography (possession, manufacture, and distribution)",
        }
    }
}

/// The root of `POST /submit`.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub incident: IncidentSummary,
    /// One `internetDetails` each.
    pub pages: Vec<WebPage>,
    pub reporter: Reporter,
    /// The server sets no limit; 3,000 is ours, so that the summary stays one.
    pub additional_info: Option<Text<3000>>,
}

/// `incidentSummary`.
#[derive(Debug, Clone)]
pub(crate) struct IncidentSummary {
    pub incident_type: IncidentType,
    pub platform: Option<Text<256>>,
    pub at: OffsetDateTime,
    /// Says what `at` is the time of.
    pub at_description: Option<Text<3000>>,
}

/// `webPageIncident`, always with `thirdPartyHostedContent`: the address is on another company's
/// server and the reporter knows nothing more.
#[derive(Debug, Clone)]
pub(crate) struct WebPage {
    pub url: Address,
    pub additional_info: Option<FreeText>,
}

/// `reporter`.
#[derive(Debug, Clone)]
pub(crate) struct Reporter {
    pub person: Person,
    pub contact: Option<Person>,
    pub company_template: Option<FreeText>,
    pub legal_url: Option<Address>,
}

/// `reportingPerson` or `contactPerson`; telephone stands before email.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    pub first_name: Option<Text<100>>,
    pub last_name: Option<Text<100>>,
    pub phone: Option<Text<50>>,
    pub email: Option<Text<255>>,
}

/// The root of `POST /fileinfo`.
#[derive(Debug, Clone)]
pub(crate) struct FileDetails {
    /// Where the file was originally located.
    pub location: Option<Address>,
    /// Whether the entire contents were viewed; always written, never assumed.
    pub file_viewed: bool,
    /// Always written; true only where `file_viewed` is.
    pub exif_viewed: bool,
    /// Written only where it was recorded.
    pub publicly_available: Option<bool>,
    /// `A1`…`B2`, only for a signatory of the hash-sharing MOU.
    pub classification: Option<&'static str>,
    /// Of the file as obtained, before anyone changed it.
    pub hashes: Vec<FileHash>,
    /// At most one, and after the hashes: the schema refuses it elsewhere.
    pub server: Option<ServerAddress>,
    /// `details type="HASH"`: name and value.
    pub hash_pairs: Vec<(Text<64>, FreeText)>,
    pub additional_info: Vec<FreeText>,
}

/// `originalFileHash`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileHash {
    pub kind: HashKind,
    /// Lower-case hex.
    pub value: String,
}

/// `hashType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum HashKind {
    Md5,
    Sha1,
    Sha256,
}

impl HashKind {
    /// As the report spells it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }
}

/// `ipCaptureEvent` of the server that held the file, never of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ServerAddress {
    pub ip: IpAddr,
    /// When the file was fetched from it.
    pub at: Option<OffsetDateTime>,
}

impl Report {
    /// The document, UTF-8. Fails only if a time lies outside the years 0 to 9999.
    pub(crate) fn to_xml(&self) -> io::Result<Vec<u8>> {
        let mut sheet = Sheet::open("report")?;
        let incident = &self.incident;
        sheet.group("incidentSummary", |s| {
            s.text("incidentType", incident.incident_type.word())?;
            s.maybe("platform", incident.platform.as_ref())?;
            s.text("incidentDateTime", &date_time(incident.at)?)?;
            s.maybe("incidentDateTimeDescription", incident.at_description.as_ref())
        })?;
        for page in &self.pages {
            sheet.group("internetDetails", |s| {
                s.group_with("webPageIncident", Some(("thirdPartyHostedContent", "true")), |s| {
                    s.text("url", page.url.text())?;
                    s.maybe("additionalInfo", page.additional_info.as_ref())
                })
            })?;
        }
        let reporter = &self.reporter;
        sheet.group("reporter", |s| {
            s.person("reportingPerson", &reporter.person)?;
            if let Some(contact) = &reporter.contact {
                s.person("contactPerson", contact)?;
            }
            s.maybe("companyTemplate", reporter.company_template.as_ref())?;
            match &reporter.legal_url {
                Some(url) => s.text("legalURL", url.text()),
                None => Ok(()),
            }
        })?;
        sheet.maybe("additionalInfo", self.additional_info.as_ref())?;
        sheet.close("report")
    }
}

impl FileDetails {
    /// The document, UTF-8, with placeholder ids. Fails as [`Report::to_xml`] does.
    pub(crate) fn to_xml(&self) -> io::Result<Vec<u8>> {
        let mut s = Sheet::open("fileDetails")?;
        s.text("reportId", NO_REPORT_ID)?;
        s.text("fileId", NO_FILE_ID)?;
        if let Some(url) = &self.location {
            s.text("locationOfFile", url.text())?;
        }
        s.text("fileViewedByEsp", bool_word(self.file_viewed))?;
        s.text("exifViewedByEsp", bool_word(self.exif_viewed && self.file_viewed))?;
        if let Some(public) = self.publicly_available {
            s.text("publiclyAvailable", bool_word(public))?;
        }
        s.text("fileRelevance", "Reported")?;
        if let Some(class) = self.classification {
            s.text("industryClassification", class)?;
        }
        for hash in &self.hashes {
            s.text_with("originalFileHash", Some(("hashType", hash.kind.word())), &hash.value)?;
        }
        if let Some(server) = self.server {
            s.group("ipCaptureEvent", |s| {
                s.text("ipAddress", &server.ip.to_string())?;
                s.text("eventName", "Other")?;
                match server.at {
                    Some(at) => s.text("dateTime", &date_time(at)?),
                    None => Ok(()),
                }
            })?;
        }
        if !self.hash_pairs.is_empty() {
            s.group_with("details", Some(("type", "HASH")), |s| {
                self.hash_pairs.iter().try_for_each(|(name, value)| {
                    s.group("nameValuePair", |s| {
                        s.text("name", name.as_str())?;
                        s.text("value", value.as_str())
                    })
                })
            })?;
        }
        for info in &self.additional_info {
            s.text("additionalInfo", info.as_str())?;
        }
        s.close("fileDetails")
    }
}

/// ISO 8601 in UTC with `Z`.
pub(crate) fn date_time(at: OffsetDateTime) -> io::Result<String> {
    at.to_offset(UtcOffset::UTC).format(&Rfc3339).map_err(io::Error::other)
}

fn bool_word(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// A document being written.
struct Sheet(Writer<Vec<u8>>);

impl Sheet {
    fn open(root: &str) -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let mut start = BytesStart::new(root);
        start.push_attribute(("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"));
        start.push_attribute(("xsi:noNamespaceSchemaLocation", SCHEMA_LOCATION));
        writer.write_event(Event::Start(start))?;
        Ok(Self(writer))
    }

    fn close(mut self, root: &str) -> io::Result<Vec<u8>> {
        self.0.write_event(Event::End(BytesEnd::new(root)))?;
        let mut bytes = self.0.into_inner();
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn group(
        &mut self,
        name: &str,
        inside: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.group_with(name, None, inside)
    }

    fn group_with(
        &mut self,
        name: &str,
        attribute: Option<(&str, &str)>,
        inside: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut start = BytesStart::new(name);
        start.extend_attributes(attribute);
        self.0.write_event(Event::Start(start))?;
        inside(self)?;
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.text_with(name, None, text)
    }

    fn text_with(
        &mut self,
        name: &str,
        attribute: Option<(&str, &str)>,
        text: &str,
    ) -> io::Result<()> {
        self.group_with(name, attribute, |s| s.0.write_event(Event::Text(BytesText::new(text))))
    }

    fn maybe<const MAX: usize>(&mut self, name: &str, text: Option<&Text<MAX>>) -> io::Result<()> {
        text.map_or(Ok(()), |text| self.text(name, text.as_str()))
    }

    fn person(&mut self, name: &str, person: &Person) -> io::Result<()> {
        self.group(name, |s| {
            s.maybe("firstName", person.first_name.as_ref())?;
            s.maybe("lastName", person.last_name.as_ref())?;
            s.maybe("phone", person.phone.as_ref())?;
            s.maybe("email", person.email.as_ref())
        })
    }
}
