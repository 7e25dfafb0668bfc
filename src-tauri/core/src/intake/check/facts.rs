//! The facts about which silence is not allowed.
//!
//! The schema can only ask that `missing` is there; which facts must be present or declared is
//! the console's rule. It must never demand a fact: a declared reason is always enough.

use std::collections::BTreeMap;

use serde_json::Value;

use super::LineError;
use crate::intake::find::{BytesAre, MissingReason, VersionKind};

/// One fact that must be present or declared missing.
pub struct Fact {
    /// Dotted path in the line, as `missing[].field` names it.
    pub field: &'static str,
    /// Whether `not_applicable` can be true of it. Bytes always come from somewhere at some
    /// time, so of those facts it cannot be.
    pub may_not_apply: bool,
}

const fn fact(field: &'static str, may_not_apply: bool) -> Fact {
    Fact { field, may_not_apply }
}

/// Facts the rubric's levels O, T and C stand on. An interval does not stand for the instant and
/// an image URL not for the page: each absent one is declared by itself.
pub const FACTS: &[Fact] = &[
    fact("acquisition.origin_url", true),
    fact("acquisition.page_url", true),
    fact("acquisition.final_url", true),
    fact("acquisition.fetched_at", false),
    fact("acquisition.server_ip", true),
    fact("acquisition.http_headers", true),
    fact("locator.dataset.supplier", true),
    fact("locator.dataset.supplier_contact", true),
];

/// Asked for only when the stored bytes are not the fetched ones; then it always applies.
pub const AS_FETCHED: Fact = fact("object.as_fetched_digests", false);

/// Checks that each fact is present or declared, and not both.
///
/// # Errors
/// FIND-11 for silence, FIND-14 for a contradiction.
pub(super) fn check(line: &Value) -> Result<(), LineError> {
    let declared = declared(line)?;
    for field in declared.keys() {
        if present(line, field) && !version_of_nothing(line, field) {
            return Err(LineError::contradiction(shown(field)));
        }
    }
    let re_encoded = line.pointer("/object/bytes_are").and_then(Value::as_str)
        == Some(BytesAre::ReEncoded.word());
    for fact in FACTS.iter().chain(re_encoded.then_some(&AS_FETCHED)) {
        if present(line, fact.field) {
            continue;
        }
        match reason_for(&declared, fact.field) {
            None => return Err(LineError::silent(fact.field)),
            Some(reason) if reason == NOT_APPLICABLE && !fact.may_not_apply => {
                return Err(LineError::applies(fact.field));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

const NOT_APPLICABLE: &str = MissingReason::NotApplicable.word();

/// Fields declared missing, with their reasons.
fn declared(line: &Value) -> Result<BTreeMap<&str, &str>, LineError> {
    let mut declared = BTreeMap::new();
    for entry in line.get("missing").and_then(Value::as_array).into_iter().flatten() {
        let of = |name| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let (field, reason) = (of("field"), of("reason"));
        if declared.insert(field, reason).is_some_and(|earlier| earlier != reason) {
            return Err(LineError::two_reasons(shown(field)));
        }
    }
    Ok(declared)
}

/// The reason declared for a field, or for a part of it when the whole is absent.
fn reason_for<'a>(declared: &BTreeMap<&'a str, &'a str>, field: &str) -> Option<&'a str> {
    let part = |name: &str| name.strip_prefix(field).is_some_and(|rest| rest.starts_with('.'));
    declared
        .get(field)
        .or_else(|| declared.iter().find(|(name, _)| part(name)).map(|(_, reason)| reason))
        .copied()
}

/// Whether the field holds something. Blank text and empty lists say nothing.
fn present(line: &Value, field: &str) -> bool {
    let found = field.split('.').try_fold(line, |value, name| match value {
        Value::Object(object) => object.get(name),
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => None,
    });
    match found {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(object)) => !object.is_empty(),
        Some(_) => true,
    }
}

/// The schema wants a version text even of a dataset without versions; declaring it missing is
/// then the truth.
fn version_of_nothing(line: &Value, field: &str) -> bool {
    field == "locator.dataset.version"
        && line.pointer("/locator/dataset/version_kind").and_then(Value::as_str)
            == Some(VersionKind::Unversioned.word())
}

/// A declared path as it may be shown.
fn shown(field: &str) -> &str {
    let plain = field.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'));
    if plain && field.len() <= 64 { field } else { "A field" }
}
