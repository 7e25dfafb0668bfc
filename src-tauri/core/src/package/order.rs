//! The order, cardinality and limits of the two documents, as data.
//!
//! Written from the public documentation, restated in our own words; the operator's schema is the
//! second opinion (`xsd`). It must never allow more than the documentation does: an element that is
//! not named here is refused, also where the server would take it.

/// One element of a sequence. Sequences are strict: elements come in the order of the table.
#[derive(Debug)]
pub(super) struct Rule {
    pub name: &'static str,
    pub at_least: usize,
    pub at_most: usize,
    pub content: Content,
    /// Attributes it may carry.
    pub attributes: &'static [Attribute],
}

/// What an element holds.
#[derive(Debug)]
pub(super) enum Content {
    /// Text of so many characters, not blank.
    Text(usize),
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true`, `false`, `1`, `0`.
    Bool,
    /// ISO 8601 with zone, in the past.
    PastTime,
    /// A valid web address within the limit.
    Address,
    /// An email address.
    Email,
    /// IPv4 or IPv6.
    Ip,
    /// A whole number from zero.
    Number,
    /// 32 hex digits.
    FileId,
    /// Hex of the length its `hashType` asks for.
    Hash,
    /// Elements in this order.
    Sequence(&'static [Rule]),
}

/// An attribute and the words it may hold.
#[derive(Debug)]
pub(super) struct Attribute {
    pub name: &'static str,
    pub required: bool,
    pub words: &'static [&'static str],
}

const MANY: usize = usize::MAX;
const NO_LIMIT: usize = usize::MAX;

const fn one(name: &'static str, content: Content) -> Rule {
    Rule { name, at_least: 1, at_most: 1, content, attributes: &[] }
}

const fn optional(name: &'static str, content: Content) -> Rule {
    Rule { name, at_least: 0, at_most: 1, content, attributes: &[] }
}

const fn many(name: &'static str, content: Content) -> Rule {
    Rule { name, at_least: 0, at_most: MANY, content, attributes: &[] }
}

const INCIDENT_TYPES: &[&str] = &[
    "Child Pornography (possession, manufacture, and distribution)",
    "Child Sex Trafficking",
    "Child Sex Tourism",
    "Child Sexual Molestation",
    "Misleading Domain Name",
    "Misleading Words or Digital Images on the Internet",
    "Online Enticement of Children for Sexual Acts",
    "Unsolicited Obscene Material Sent to a Child",
];

const INCIDENT: &[Rule] = &[
    one("incidentType", Content::Word(INCIDENT_TYPES)),
    optional("platform", Content::Text(256)),
    one("incidentDateTime", Content::PastTime),
    optional("incidentDateTimeDescription", Content::Text(3000)),
];

const WEB_PAGE: &[Rule] =
    &[many("url", Content::Address), optional("additionalInfo", Content::Text(NO_LIMIT))];

/// Exactly one kind of incident; the only kind we write is the web page.
const INTERNET_DETAILS: &[Rule] = &[Rule {
    name: "webPageIncident",
    at_least: 1,
    at_most: 1,
    content: Content::Sequence(WEB_PAGE),
    attributes: &[Attribute {
        name: "thirdPartyHostedContent",
        required: false,
        words: &["true", "false", "1", "0"],
    }],
}];

/// The server refuses a reporting person without an email address; the schema does not.
const REPORTING_PERSON: &[Rule] = &[
    optional("firstName", Content::Text(100)),
    optional("lastName", Content::Text(100)),
    many("phone", Content::Text(50)),
    Rule { name: "email", at_least: 1, at_most: MANY, content: Content::Email, attributes: &[] },
];

const CONTACT_PERSON: &[Rule] = &[
    optional("firstName", Content::Text(100)),
    optional("lastName", Content::Text(100)),
    many("phone", Content::Text(50)),
    many("email", Content::Email),
];

const REPORTER: &[Rule] = &[
    one("reportingPerson", Content::Sequence(REPORTING_PERSON)),
    optional("contactPerson", Content::Sequence(CONTACT_PERSON)),
    optional("companyTemplate", Content::Text(NO_LIMIT)),
    optional("legalURL", Content::Address),
];

const REPORT: &[Rule] = &[
    one("incidentSummary", Content::Sequence(INCIDENT)),
    many("internetDetails", Content::Sequence(INTERNET_DETAILS)),
    one("reporter", Content::Sequence(REPORTER)),
    optional("additionalInfo", Content::Text(3000)),
];

const SERVER: &[Rule] = &[
    one("ipAddress", Content::Ip),
    optional(
        "eventName",
        Content::Word(&["Login", "Registration", "Purchase", "Upload", "Other", "Unknown"]),
    ),
    optional("dateTime", Content::PastTime),
];

const PAIR: &[Rule] = &[one("name", Content::Text(64)), one("value", Content::Text(NO_LIMIT))];

const DETAILS: &[Rule] = &[Rule {
    name: "nameValuePair",
    at_least: 1,
    at_most: MANY,
    content: Content::Sequence(PAIR),
    attributes: &[],
}];

/// The documentation lets both viewing flags be absent; readers take absence as "not viewed", so
/// here silence is an error (design rule 4).
const FILE_DETAILS: &[Rule] = &[
    one("reportId", Content::Number),
    one("fileId", Content::FileId),
    optional("locationOfFile", Content::Address),
    one("fileViewedByEsp", Content::Bool),
    one("exifViewedByEsp", Content::Bool),
    optional("publiclyAvailable", Content::Bool),
    optional("fileRelevance", Content::Word(&["Reported"])),
    optional("industryClassification", Content::Word(&["A1", "A2", "B1", "B2"])),
    Rule {
        name: "originalFileHash",
        at_least: 0,
        at_most: MANY,
        content: Content::Hash,
        attributes: &[Attribute {
            name: "hashType",
            required: true,
            words: &["MD5", "SHA1", "SHA256"],
        }],
    },
    optional("ipCaptureEvent", Content::Sequence(SERVER)),
    Rule {
        name: "details",
        at_least: 0,
        at_most: MANY,
        content: Content::Sequence(DETAILS),
        attributes: &[Attribute { name: "type", required: false, words: &["EXIF", "HASH"] }],
    },
    many("additionalInfo", Content::Text(NO_LIMIT)),
];

/// The sequence below a root element.
pub(super) fn root(name: &str) -> Option<&'static [Rule]> {
    match name {
        "report" => Some(REPORT),
        "fileDetails" => Some(FILE_DETAILS),
        _ => None,
    }
}
