//! Reading one line as JSON that means the same to every reader.
//!
//! A usual parser lets a repeated name silently replace the first and rounds large numbers. Both
//! would let two programs take different facts out of one line, so here both are refused
//! (RFC 7493 §2.2, §2.3). It must never repair what it reads.

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

/// Largest whole number every JSON reader keeps exactly: 2^53 - 1.
pub(super) const MAX_EXACT: u64 = 9_007_199_254_740_991;

/// Why a line is not strict JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The text stops before the value is whole; bytes read.
    Ends(usize),
    /// Not JSON from this column on, counted in bytes from 1.
    Breaks(usize),
    /// A name stands twice in one object.
    Twice(usize),
    /// A number that some readers would round.
    Inexact(usize),
}

/// Reads exactly one JSON value.
pub(super) fn read(line: &[u8]) -> Result<Value, Fault> {
    let refused = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(line);
    let value = Strict { refused: &refused }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| match (error.classify(), refused.get()) {
        (Category::Data, Some(Refused::Twice)) => Fault::Twice(error.column()),
        (Category::Data, _) => Fault::Inexact(error.column()),
        (Category::Eof, _) => Fault::Ends(line.len()),
        (Category::Syntax | Category::Io, _) => Fault::Breaks(error.column()),
    })
}

#[derive(Clone, Copy)]
enum Refused {
    Twice,
    Inexact,
}

/// Builds a value and notes in `refused` what it would not build.
#[derive(Clone, Copy)]
struct Strict<'a> {
    refused: &'a Cell<Option<Refused>>,
}

impl Strict<'_> {
    fn refuse<E: de::Error>(self, what: Refused) -> E {
        self.refused.set(Some(what));
        E::custom("refused")
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        if value > MAX_EXACT {
            return Err(self.refuse(Refused::Inexact));
        }
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > MAX_EXACT {
            return Err(self.refuse(Refused::Inexact));
        }
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        // A fraction is kept only if writing and reading it again gives the same number.
        let again = serde_json::to_string(&value)
            .ok()
            .and_then(|text| serde_json::from_str::<f64>(&text).ok());
        #[allow(clippy::cast_precision_loss, reason = "2^53 - 1 is exact in a double")]
        let within = value.abs() <= MAX_EXACT as f64;
        match Number::from_f64(value) {
            Some(number) if within && again == Some(value) => Ok(Value::Number(number)),
            _ => Err(self.refuse(Refused::Inexact)),
        }
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(self.refuse(Refused::Twice));
            }
            let value = entries.next_value_seed(self)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_where_a_line_breaks() {
        assert_eq!(read(br#"{"a": [1, 2"#), Err(Fault::Ends(11)));
        assert_eq!(read(br#"{"a": 1,}"#), Err(Fault::Breaks(9)));
        assert_eq!(read(br#"{"a": 1} {"b": 2}"#), Err(Fault::Breaks(10)));
        assert_eq!(read(b"{\"a\": \"\xff\"}"), Err(Fault::Breaks(8)));
        assert_eq!(read(b""), Err(Fault::Ends(0)));
        assert_eq!(read("\u{feff}{}".as_bytes()), Err(Fault::Breaks(1)));
        let deep = "[".repeat(4000);
        assert!(matches!(read(deep.as_bytes()), Err(Fault::Breaks(_))));
    }

    #[test]
    fn a_name_stands_once_at_any_depth() {
        for line in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":{"b":[{"c":1,"d":2,"c":3}]}}"#,
            // The same name, once escaped.
            r#"{"key":1,"\u006bey":2}"#,
        ] {
            assert!(matches!(read(line.as_bytes()), Err(Fault::Twice(_))), "{line}");
        }
        assert!(read(br#"{"a":{"b":1},"c":{"b":1}}"#).is_ok());
    }

    #[test]
    fn numbers_stay_what_they_are() {
        for text in ["9007199254740991", "-9007199254740991", "0", "0.5", "1.25e-3", "-12.75"] {
            assert!(read(text.as_bytes()).is_ok(), "{text}");
        }
        for text in ["9007199254740992", "-9007199254740992", "18446744073709551616", "1e300"] {
            assert!(matches!(read(text.as_bytes()), Err(Fault::Inexact(_))), "{text}");
        }
        assert!(matches!(read(b"1e999"), Err(Fault::Breaks(_))));
    }
}
