//! Types that stand in several places: persons, addresses, captures, accounts.

use crate::cybertip::grammar::{
    Attribute, Content, MANY, Rule, Value, many, one_value, optional, value, values,
};
use crate::cybertip::schema::Schema;
use crate::cybertip::words::{
    AccountKind, AddressKind, Country, EmailKind, EventName, PhoneKind, UsState,
};

/// Text without a stated limit.
pub(super) const FREE: Value = Value::Text(MANY);
/// A report id of the past.
pub(super) const LONG: Value = Value::Whole(1, i64::MAX);
const YEARS: Value = Value::Whole(0, 150);

pub(super) const IP_EVENT: &[Rule] = &[
    one_value("ipAddress", Value::Ip),
    value("eventName", Value::Word(EventName::WORDS)),
    value("dateTime", Value::PastTime),
    value("possibleProxy", Value::Bool),
    value("port", Value::Whole(1, 65_535)),
];

pub(super) const DEVICE: &[Rule] = &[
    one_value("idType", Value::Text(255)),
    one_value("idValue", Value::Text(2083)),
    value("eventName", Value::Word(EventName::WORDS)),
    value("dateTime", Value::PastTime),
];

const VERIFIED: Attribute = Attribute::new("verified", Value::Bool);
const VERIFICATION_DATE: Attribute = Attribute::new("verificationDate", Value::PastTime);

pub(super) const PHONE: Value = Value::Text(50);
pub(super) const PHONE_ATTRIBUTES: &[Attribute] = &[
    Attribute::new("type", Value::Word(PhoneKind::WORDS)),
    VERIFIED,
    VERIFICATION_DATE,
    Attribute::new("countryCallingCode", Value::CallingCode),
    Attribute::new("extension", Value::Digits(10)),
];
pub(super) const EMAIL_ATTRIBUTES: &[Attribute] =
    &[Attribute::new("type", Value::Word(EmailKind::WORDS)), VERIFIED, VERIFICATION_DATE];
pub(super) const ADDRESS_ATTRIBUTES: &[Attribute] =
    &[Attribute::new("type", Value::Word(AddressKind::WORDS))];

pub(super) const ADDRESS: &[Rule] = &[
    value("address", Value::Text(255)),
    value("city", Value::Text(100)),
    value("zipCode", Value::Text(20)),
    value("state", Value::Word(UsState::WORDS)),
    value("nonUsaState", Value::Text(100)),
    value("country", Value::Word(Country::WORDS)),
];

const FIRST_NAME: Rule = value("firstName", Value::Text(100));
const LAST_NAME: Rule = value("lastName", Value::Text(100));
const PHONES: Rule = values("phone", PHONE).with(PHONE_ATTRIBUTES);
pub(super) const EMAILS: Rule = values("email", Value::Email).with(EMAIL_ATTRIBUTES);
const ADDRESSES: Rule = many("address", Content::Ordered(ADDRESS)).with(ADDRESS_ATTRIBUTES);
const DISCREPANCY: Rule = value("ageAssertionDiscrepancy", Value::Bool).since(Schema::Drifted);

pub(super) const CONTACT: &[Rule] = &[FIRST_NAME, LAST_NAME, PHONES, EMAILS, ADDRESSES];

pub(super) const PERSON: &[Rule] = &[
    FIRST_NAME,
    LAST_NAME,
    PHONES,
    EMAILS,
    ADDRESSES,
    value("age", YEARS),
    DISCREPANCY,
    value("dateOfBirth", Value::PastDay),
];

/// As [`PERSON`]. The schema lets the email address be absent; the server does not.
pub(super) const REPORTING_PERSON: &[Rule] = &[
    FIRST_NAME,
    LAST_NAME,
    PHONES,
    Rule { at_least: 1, ..EMAILS },
    ADDRESSES,
    value("age", YEARS),
    DISCREPANCY,
    value("dateOfBirth", Value::PastDay),
];

const LOCATION: &[Rule] = &[
    value("city", FREE),
    value("region", FREE),
    one_value("countryCode", Value::Word(Country::WORDS)),
];

pub(super) const ESTIMATED_LOCATION: Rule =
    optional("estimatedLocation", Content::Ordered(LOCATION)).with(&[
        Attribute::new("verified", Value::Bool),
        Attribute::new("timestamp", Value::PastTime),
    ]);

const DISABLED_DATE: Attribute = Attribute::new("disabledDate", Value::PastTime);
const USER_NOTIFIED: Attribute = Attribute::new("userNotified", Value::Bool);
const USER_NOTIFIED_DATE: Attribute = Attribute::new("userNotifiedDate", Value::PastTime);

pub(super) const TEMPORARILY: Rule = value("accountTemporarilyDisabled", Value::Bool).with(&[
    DISABLED_DATE,
    USER_NOTIFIED,
    USER_NOTIFIED_DATE,
    Attribute::new("reenabledDate", Value::Time),
]);
pub(super) const PERMANENTLY: Rule = value("accountPermanentlyDisabled", Value::Bool).with(&[
    DISABLED_DATE,
    USER_NOTIFIED,
    USER_NOTIFIED_DATE,
]);

pub(super) const ESP_IDENTIFIER: Rule = value("espIdentifier", Value::Text(255));
pub(super) const ESP_SERVICE: Rule = value("espService", Value::Text(100));
pub(super) const COMPROMISED: Rule = value("compromisedAccount", Value::Bool);
pub(super) const SCREEN_NAME: Rule = value("screenName", Value::Text(256));
pub(super) const DISPLAY_NAMES: Rule = values("displayName", Value::Text(255));
pub(super) const PROFILE_URLS: Rule = values("profileUrl", Value::Url);
pub(super) const PROFILE_BIO: Rule = value("profileBio", FREE);
pub(super) const IP_EVENTS: Rule = many("ipCaptureEvent", Content::Ordered(IP_EVENT));
pub(super) const DEVICES: Rule = many("deviceId", Content::Ordered(DEVICE));
pub(super) const PRIOR_REPORTS: Rule = values("priorCTReports", LONG);
pub(super) const GROUP_IDENTIFIER: Rule = value("groupIdentifier", Value::Text(255));
pub(super) const ALL_EMAILS: Rule = value("allEmailsReported", Value::Bool);
pub(super) const MORE: Rule = value("additionalInfo", FREE);

const ASSOCIATED: &[Rule] = &[
    value("platform", Value::Text(256))
        .with(&[Attribute::new("thirdPartyUser", Value::Bool).since(Schema::Served)]),
    FIRST_NAME,
    value("middleName", Value::Text(100)),
    LAST_NAME,
    value("approximateAge", YEARS).either(1),
    value("dateOfBirth", Value::PastDay).either(1),
    DISCREPANCY,
    PHONES,
    EMAILS,
    ALL_EMAILS,
    ADDRESSES,
    ESP_SERVICE,
    ESP_IDENTIFIER,
    PROFILE_URLS,
    SCREEN_NAME,
    DISPLAY_NAMES,
    PROFILE_BIO,
    GROUP_IDENTIFIER,
    COMPROMISED,
    TEMPORARILY,
    PERMANENTLY,
    IP_EVENTS,
    DEVICES,
    values("priorCTReport", LONG),
    MORE,
];

/// The documentation and the schema name its attributes differently.
pub(super) const ASSOCIATED_ACCOUNTS: Rule =
    many("associatedAccount", Content::Ordered(ASSOCIATED)).with(&[
        Attribute::new("accountType", Value::Word(AccountKind::WORDS)).until(Schema::Served),
        Attribute::new("thirdPartyUser", Value::Bool).until(Schema::Served),
        Attribute::new("type", Value::Word(AccountKind::WORDS)).since(Schema::Served).required(),
    ]);
