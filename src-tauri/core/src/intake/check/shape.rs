//! Schema `find/v1` as rules, applied to one parsed line.
//!
//! It says where a line breaks a rule and which; it must never repeat a value of the line, since
//! values are addresses and digests of suspected material.

use serde_json::{Map, Value};

/// A place in a line and the rule it breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Breach {
    /// Names from the innermost outwards, as they are collected on the way back up.
    path: Vec<String>,
    pub(super) rule: Rule,
}

/// A rule of the schema, in the words shown to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rule {
    /// Required, and not there.
    Absent,
    /// There, and not in the schema.
    Unknown,
    /// Has to be so, e.g. `text`.
    MustBe(String),
}

impl Breach {
    pub(super) fn must_be(what: impl Into<String>) -> Self {
        Self { path: Vec::new(), rule: Rule::MustBe(what.into()) }
    }

    pub(super) fn at(rule: Rule, field: &str) -> Self {
        Self { path: vec![field.to_owned()], rule }
    }

    fn inside(mut self, name: impl Into<String>) -> Self {
        self.path.push(name.into());
        self
    }

    /// Dotted path from the top, e.g. `locator.steps[0].member`; empty for the line itself.
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        for name in self.path.iter().rev() {
            if !path.is_empty() && !name.starts_with('[') {
                path.push('.');
            }
            path.push_str(name);
        }
        path
    }
}

/// The form of one value.
pub(super) enum Shape {
    /// Text of at least so many characters.
    Text(usize),
    /// Lower-case hexadecimal of exactly so many digits.
    Hex(usize),
    /// UUID with hyphens.
    Uuid,
    /// A time in UTC.
    Time,
    /// A whole number from 0 to this.
    Uint(u64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of at least so many.
    List(usize, &'static Shape),
    /// Name and value of a header.
    Pair,
    /// An object with these fields.
    Object(&'static Record),
    /// An object of texts.
    Texts,
    /// An object of anything.
    Open,
}

/// The fields of an object.
pub(super) struct Record {
    pub(super) fields: &'static [Field],
    /// Whether other fields may stand beside these.
    pub(super) open: bool,
    /// Rules between fields, applied once each field has its form.
    pub(super) between: fn(&Map<String, Value>) -> Result<(), Breach>,
}

/// One field of an object.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) shape: Shape,
}

impl Shape {
    /// Applies the rule to a value and all it holds; the first breach ends it.
    pub(super) fn check(&self, value: &Value) -> Result<(), Breach> {
        match self {
            Self::Text(least) => match value.as_str() {
                Some(text) if text.chars().take(*least).count() == *least => Ok(()),
                Some(_) => Err(Breach::must_be("text that is not empty")),
                None => Err(Breach::must_be("text")),
            },
            Self::Hex(digits) => match value.as_str() {
                Some(text) if is_hex(text, *digits) => Ok(()),
                _ => Err(Breach::must_be(format!("{digits} lower-case hexadecimal digits"))),
            },
            Self::Uuid => match value.as_str() {
                Some(text) if text.len() == 36 && uuid::Uuid::try_parse(text).is_ok() => Ok(()),
                _ => Err(Breach::must_be("a UUID with hyphens")),
            },
            Self::Time => match value.as_str().and_then(super::Utc::parse) {
                Some(_) => Ok(()),
                None => Err(Breach::must_be("a UTC time such as 2026-01-02T03:04:05Z")),
            },
            Self::Uint(most) => match value.as_u64() {
                Some(number) if number <= *most => Ok(()),
                _ => Err(Breach::must_be(format!("a whole number from 0 to {most}"))),
            },
            Self::Word(words) => match value.as_str() {
                Some(text) if words.contains(&text) => Ok(()),
                _ => Err(Breach::must_be(format!("one of {}", words.join(", ")))),
            },
            Self::List(least, shape) => {
                let Some(items) = value.as_array() else {
                    return Err(Breach::must_be("a list"));
                };
                if items.len() < *least {
                    return Err(Breach::must_be("a list that is not empty"));
                }
                for (index, item) in items.iter().enumerate() {
                    shape.check(item).map_err(|breach| breach.inside(format!("[{index}]")))?;
                }
                Ok(())
            }
            Self::Pair => match value.as_array().map(Vec::as_slice) {
                Some([Value::String(_), Value::String(_)]) => Ok(()),
                _ => Err(Breach::must_be("a name and a value, both text")),
            },
            Self::Object(record) => match value.as_object() {
                Some(object) => record.check(object),
                None => Err(Breach::must_be("an object")),
            },
            Self::Texts => match value.as_object() {
                Some(object) if object.values().all(Value::is_string) => Ok(()),
                Some(_) => Err(Breach::must_be("an object of texts")),
                None => Err(Breach::must_be("an object")),
            },
            Self::Open => match value {
                Value::Object(_) => Ok(()),
                _ => Err(Breach::must_be("an object")),
            },
        }
    }
}

impl Record {
    fn check(&self, object: &Map<String, Value>) -> Result<(), Breach> {
        for field in self.fields {
            match object.get(field.name) {
                Some(value) => field.shape.check(value).map_err(|b| b.inside(field.name))?,
                None if field.required => return Err(Breach::at(Rule::Absent, field.name)),
                None => {}
            }
        }
        if !self.open
            && let Some(name) =
                object.keys().find(|name| self.fields.iter().all(|f| f.name != **name))
        {
            return Err(Breach::at(Rule::Unknown, shown_name(name)));
        }
        (self.between)(object)
    }
}

/// Exactly so many lower-case hexadecimal digits.
pub(super) fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// A field name as it may be shown: a name that does not look like one may itself be content.
fn shown_name(name: &str) -> &str {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain && (1..=32).contains(&name.len()) { name } else { "(a name not shown)" }
}
