//! The document of `/fileinfo`.
//!
//! The documentation lets both viewing flags be absent; readers take absence as "not viewed", so
//! here silence is an error (design rule 4).

use super::common::{DEVICES, FREE, IP_EVENT};
use crate::cybertip::grammar::{
    Attribute, Content, Rule, Value, many, one, one_value, optional, some, value, values,
};
use crate::cybertip::schema::Schema;
use crate::cybertip::words::{DetailKind, IndustryClass, Relevance};

const FILE_ANNOTATIONS: &[Rule] = &[
    value("animeDrawingVirtualHentai", Value::Flag),
    value("potentialMeme", Value::Flag),
    value("viral", Value::Flag),
    value("possibleSelfProduction", Value::Flag),
    value("physicalHarm", Value::Flag),
    value("violenceGore", Value::Flag),
    value("bestiality", Value::Flag),
    value("liveStreaming", Value::Flag),
    value("infant", Value::Flag),
    value("generativeAi", Value::Flag),
];

const PAIR: &[Rule] = &[one_value("name", Value::Text(64)), one_value("value", FREE)];

const KIND: Attribute = Attribute::new("type", Value::Word(DetailKind::WORDS));

const DETAILS: &[Rule] =
    &[some("nameValuePair", Content::Ordered(PAIR)).with(&[KIND.until(Schema::Served)])];

const CHILDREN: &[Rule] = &[
    one_value("reportId", Value::Whole(0, i64::MAX)),
    one_value("fileId", Value::Hex(32)),
    value("fileName", FREE).since(Schema::Served),
    value("originalFileName", Value::Text(2056)),
    value("uploadedToEspTimestamp", Value::PastTime),
    value("locationOfFile", Value::Url),
    one_value("fileViewedByEsp", Value::Bool),
    one_value("exifViewedByEsp", Value::Bool),
    value("publiclyAvailable", Value::Bool),
    value("fileRelevance", Value::Word(Relevance::WORDS)),
    value("potentialMeme", Value::Bool).either(1),
    optional("fileAnnotations", Content::AnyOrder(FILE_ANNOTATIONS)).either(1),
    value("industryClassification", Value::Word(IndustryClass::WORDS)),
    values("originalFileHash", Value::Hash)
        .with(&[Attribute::new("hashType", Value::Text(64)).required()]),
    optional("ipCaptureEvent", Content::Ordered(IP_EVENT)),
    DEVICES,
    many("details", Content::Ordered(DETAILS)).with(&[KIND.since(Schema::Served)]),
    values("additionalInfo", FREE),
];

/// The root.
pub(super) const FILE_DETAILS: Rule = one("fileDetails", Content::Ordered(CHILDREN));
