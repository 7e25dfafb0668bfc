//! The document of `/submit`.

use super::common::{
    ADDRESS, ADDRESS_ATTRIBUTES, ALL_EMAILS, ASSOCIATED_ACCOUNTS, COMPROMISED, CONTACT, DEVICES,
    DISPLAY_NAMES, EMAIL_ATTRIBUTES, ESP_IDENTIFIER, ESP_SERVICE, ESTIMATED_LOCATION, FREE,
    GROUP_IDENTIFIER, IP_EVENTS, MORE, PERMANENTLY, PERSON, PHONE, PHONE_ATTRIBUTES, PRIOR_REPORTS,
    PROFILE_BIO, PROFILE_URLS, REPORTING_PERSON, SCREEN_NAME, TEMPORARILY,
};
use crate::cybertip::grammar::{
    Attribute, Content, Rule, Value, many, one, one_value, optional, value, values,
};
use crate::cybertip::schema::Schema;
use crate::cybertip::words::{BatchReason, Country, IncidentType};

const REPORT_ANNOTATIONS: &[Rule] = &[
    value("sextortion", Value::Flag),
    value("csamSolicitation", Value::Flag),
    value("minorToMinorInteraction", Value::Flag),
    value("spam", Value::Flag),
    value("sadisticOnlineExploitation", Value::Flag),
    value("informational", Value::Flag).since(Schema::Drifted),
    value("potentialAggravatingFactors", Value::Flag).since(Schema::Drifted),
    value("instrumentalUse", Value::Flag).since(Schema::Drifted),
];

const INCIDENT: &[Rule] = &[
    one_value("incidentType", Value::Word(IncidentType::WORDS)),
    value("platform", Value::Text(256)),
    value("escalateToHighPriority", Value::Text(3000)),
    optional("reportAnnotations", Content::AnyOrder(REPORT_ANNOTATIONS)),
    one_value("incidentDateTime", Value::PastTime),
    value("incidentDateTimeDescription", Value::Text(3000)),
];

const CONTENT: Rule = value("content", FREE);
const EMAIL_ADDRESSES: Rule = values("emailAddress", Value::Email).with(EMAIL_ATTRIBUTES);

const WEB_PAGE: &[Rule] = &[values("url", Value::Url), MORE];
const EMAIL: &[Rule] = &[EMAIL_ADDRESSES, CONTENT, MORE];
const NEWSGROUP: &[Rule] = &[value("name", Value::Text(255)), EMAIL_ADDRESSES, CONTENT, MORE];
const CHAT: &[Rule] = &[
    value("chatClient", Value::Text(255)),
    value("chatRoomName", Value::Text(255)),
    CONTENT,
    MORE,
];
const GAMING: &[Rule] =
    &[value("gameName", Value::Text(255)), value("console", Value::Text(255)), CONTENT, MORE];
const CELL_PHONE: &[Rule] = &[
    value("phoneNumber", PHONE).with(PHONE_ATTRIBUTES),
    value("latitude", Value::Degrees(90)),
    value("longitude", Value::Degrees(180)),
    MORE,
];
const NON_INTERNET: &[Rule] = &[
    value("locationName", Value::Text(255)),
    many("incidentAddress", Content::Ordered(ADDRESS)).with(ADDRESS_ATTRIBUTES),
    MORE,
];
const PEER: &[Rule] =
    &[value("client", Value::Text(255)), IP_EVENTS, value("fileNames", FREE), MORE];

const INTERNET_DETAILS: &[Rule] = &[
    one("webPageIncident", Content::Ordered(WEB_PAGE))
        .with(&[Attribute::new("thirdPartyHostedContent", Value::Bool)]),
    one("emailIncident", Content::Ordered(EMAIL)),
    one("newsgroupIncident", Content::Ordered(NEWSGROUP)),
    one("chatImIncident", Content::Ordered(CHAT)),
    one("onlineGamingIncident", Content::Ordered(GAMING)),
    one("cellPhoneIncident", Content::Ordered(CELL_PHONE)),
    one("nonInternetIncident", Content::Ordered(NON_INTERNET)),
    one("peer2peerIncident", Content::Ordered(PEER)),
];

const LAW_ENFORCEMENT: &[Rule] = &[
    one_value("agencyName", Value::Text(255)),
    value("caseNumber", Value::Text(100)),
    optional("officerContact", Content::Ordered(CONTACT)),
    value("reportedToLe", Value::Bool),
    value("servedLegalProcessDomestic", Value::Bool),
    value("servedLegalProcessInternational", Value::Bool).with(&[Attribute::new(
        "fleaCountry",
        Value::Word(Country::WORDS),
    )
    .since(Schema::Served)]),
];

const REPORTER: &[Rule] = &[
    one("reportingPerson", Content::Ordered(REPORTING_PERSON)),
    optional("contactPerson", Content::Ordered(CONTACT)),
    value("companyTemplate", FREE),
    value("termsOfService", FREE),
    value("legalURL", Value::Url),
];

const REPORTED: &[Rule] = &[
    optional("personOrUserReportedPerson", Content::Ordered(PERSON)),
    value("vehicleDescription", Value::Text(300)),
    ESP_IDENTIFIER,
    ESP_SERVICE,
    COMPROMISED,
    SCREEN_NAME,
    DISPLAY_NAMES,
    PROFILE_URLS,
    PROFILE_BIO,
    IP_EVENTS,
    DEVICES,
    value("thirdPartyUserReported", Value::Bool),
    PRIOR_REPORTS,
    GROUP_IDENTIFIER,
    TEMPORARILY,
    PERMANENTLY,
    ESTIMATED_LOCATION,
    ALL_EMAILS,
    ASSOCIATED_ACCOUNTS,
    MORE,
];

const RECIPIENT: &[Rule] = &[
    optional("intendedRecipientPerson", Content::Ordered(PERSON)),
    ESP_IDENTIFIER,
    ESP_SERVICE,
    COMPROMISED,
    SCREEN_NAME,
    DISPLAY_NAMES,
    PROFILE_URLS,
    PROFILE_BIO,
    IP_EVENTS,
    DEVICES,
    PRIOR_REPORTS,
    GROUP_IDENTIFIER,
    TEMPORARILY,
    PERMANENTLY,
    ESTIMATED_LOCATION,
    ALL_EMAILS,
    MORE.until(Schema::Served),
    values("additionalInfo", FREE).since(Schema::Served),
];

const VICTIM: &[Rule] = &[
    one("victimPerson", Content::Ordered(PERSON)),
    ESP_IDENTIFIER,
    ESP_SERVICE,
    COMPROMISED,
    SCREEN_NAME,
    DISPLAY_NAMES,
    PROFILE_URLS,
    PROFILE_BIO,
    IP_EVENTS,
    DEVICES,
    value("schoolName", Value::Text(255)),
    PRIOR_REPORTS,
    TEMPORARILY,
    PERMANENTLY,
    ESTIMATED_LOCATION,
    ALL_EMAILS,
    ASSOCIATED_ACCOUNTS,
    MORE,
];

const CHILDREN: &[Rule] = &[
    optional("batchedReport", Content::Ordered(&[])).with(&[Attribute::new(
        "reason",
        Value::Word(BatchReason::WORDS),
    )
    .required()]),
    one("incidentSummary", Content::Ordered(INCIDENT)),
    many("internetDetails", Content::OneOf(INTERNET_DETAILS)),
    optional("lawEnforcement", Content::Ordered(LAW_ENFORCEMENT)).with(&[Attribute::new(
        "fleaCountry",
        Value::Word(Country::WORDS),
    )
    .until(Schema::Served)]),
    one("reporter", Content::Ordered(REPORTER)),
    // More than one only in a batched report: the checker's agreement rules.
    many("personOrUserReported", Content::Ordered(REPORTED)),
    many("intendedRecipient", Content::Ordered(RECIPIENT)),
    many("victim", Content::Ordered(VICTIM)),
    MORE,
];

/// The root.
pub(super) const REPORT: Rule = one("report", Content::Ordered(CHILDREN));
