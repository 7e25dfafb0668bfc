//! Reading fields of a vendor's JSON by name, each refusal naming its place.
//!
//! `null` and blank text count as absent, numbers and switches may be written as text, since vendors do all of these.
//! It must never guess: a field of another form is refused.

use serde_json::{Map, Value};

use super::refusal;
use crate::intake::check::LineError;

type Read<T> = Result<T, LineError>;

/// An object of a response, with its place.
#[derive(Clone)]
pub(super) struct Part<'a> {
    object: &'a Map<String, Value>,
    path: String,
}

impl<'a> Part<'a> {
    pub(super) fn new(object: &'a Map<String, Value>, path: &str) -> Self {
        Self { object, path: path.to_owned() }
    }

    /// A value that has to be an object.
    pub(super) fn of(value: &'a Value, path: &str) -> Read<Self> {
        match value {
            Value::Object(object) => Ok(Self::new(object, path)),
            _ => Err(refusal::must_be(shown(path), "an object")),
        }
    }

    /// A value that has to be an object or a list of objects.
    pub(super) fn one_or_many(value: &'a Value, path: &str) -> Read<Vec<Self>> {
        match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| Self::of(item, &format!("{path}[{index}]")))
                .collect(),
            _ => Ok(vec![Self::of(value, path)?]),
        }
    }

    /// Where a field stands, for people.
    pub(super) fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn path(&self) -> &str {
        shown(&self.path)
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Every field that is there.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.object.iter().filter(|(_, value)| !value.is_null())
    }

    /// Refuses fields that nobody reads.
    pub(super) fn only(&self, known: &[&str]) -> Read<()> {
        match self.object.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(refusal::unknown(&self.path, name)),
            None => Ok(()),
        }
    }

    /// Text as it is given.
    pub(super) fn text(&self, name: &str) -> Read<Option<&'a str>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|t| !t.trim().is_empty())),
            Some(_) => Err(refusal::must_be(&self.at(name), "text")),
        }
    }

    pub(super) fn need_text(&self, name: &str) -> Read<&'a str> {
        self.text(name)?.ok_or_else(|| refusal::required(&self.at(name)))
    }

    /// Text, or a whole number in its digits: ids and categories come as either.
    pub(super) fn word(&self, name: &str) -> Read<Option<String>> {
        match self.get(name) {
            Some(Value::Number(number)) if number.is_u64() || number.is_i64() => {
                Ok(Some(number.to_string()))
            }
            Some(Value::String(_)) | None => Ok(self.text(name)?.map(str::to_owned)),
            Some(_) => Err(refusal::must_be(&self.at(name), "text or a whole number")),
        }
    }

    /// A whole number from 0, also as text or with a fraction of zero.
    pub(super) fn whole(&self, name: &str) -> Read<Option<u64>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) if text.trim().is_empty() => return Ok(None),
            Value::String(text) => text.trim().to_owned(),
            _ => String::new(),
        };
        let digits = match text.split_once('.') {
            Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
            _ => text.as_str(),
        };
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.parse::<u64>() {
            Ok(number) if plain => Ok(Some(number)),
            _ => Err(refusal::must_be(&self.at(name), "a whole number from 0")),
        }
    }

    /// A switch, also as text.
    pub(super) fn flag(&self, name: &str) -> Read<Option<bool>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
                "true" => Ok(Some(true)),
                "false" => Ok(Some(false)),
                "" => Ok(None),
                _ => Err(refusal::must_be(&self.at(name), "true or false")),
            },
            Some(_) => Err(refusal::must_be(&self.at(name), "true or false")),
        }
    }

    pub(super) fn part(&self, name: &str) -> Read<Option<Part<'a>>> {
        self.get(name).map(|value| Part::of(value, &self.at(name))).transpose()
    }

    /// A list of objects; empty where there is none.
    pub(super) fn parts(&self, name: &str) -> Read<Vec<Part<'a>>> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(value @ Value::Array(_)) => Part::one_or_many(value, &self.at(name)),
            Some(_) => Err(refusal::must_be(&self.at(name), "a list")),
        }
    }

    /// A list of texts; empty where there is none.
    pub(super) fn texts(&self, name: &str) -> Read<Vec<&'a str>> {
        let refused = || refusal::must_be(&self.at(name), "a list of texts");
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                items.iter().map(|item| item.as_str().ok_or_else(refused)).collect()
            }
            Some(_) => Err(refused()),
        }
    }
}

fn shown(path: &str) -> &str {
    if path.is_empty() { "The response" } else { path }
}
