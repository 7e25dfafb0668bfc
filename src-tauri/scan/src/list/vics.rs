//! VICS JSON, 2.0 and 1.x, whose media entries are written alike: one object with the array `value`, of media or of
//! cases with their media.
//!
//! `MediaID` is the entry, `Category` its label, to the letter: what a category means differs from country to country.
//! It must never hold more than one entry.

use std::fmt;
use std::io::BufRead;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Algorithm, Entry, ListError, MAX_ENTRY, Place, Standing, Told, Value};

pub(super) fn read(from: impl BufRead, take: &mut dyn FnMut(Entry<'_>)) -> Result<Told, ListError> {
    let mut reading = Reading { take, told: Told::default(), number: 0, wrong: None };
    let mut json = serde_json::Deserializer::from_reader(from);
    let read = Root(&mut reading).deserialize(&mut json).and_then(|root| json.end().map(|()| root));
    match (read, reading.wrong) {
        (_, Some(wrong)) => Err(wrong),
        (Ok(true), None) => Ok(reading.told),
        (Ok(false), None) => Err(ListError::other("VICS JSON: it has no entries under `value`")),
        (Err(error), None) => Err(match error.classify() {
            serde_json::error::Category::Io => ListError::unreadable(Place::Whole),
            serde_json::error::Category::Data => ListError::other("VICS JSON"),
            _ => ListError::broken(Place::Line(error.line() as u64), "JSON"),
        }),
    }
}

struct Reading<'a> {
    take: &'a mut dyn FnMut(Entry<'_>),
    told: Told,
    number: u64,
    wrong: Option<ListError>,
}

impl Reading<'_> {
    /// Keeps what is wrong; what serde is told is thrown away.
    fn refuse<E: serde::de::Error>(&mut self, wrong: ListError) -> E {
        self.wrong = Some(wrong);
        E::custom("refused")
    }

    fn take<E: serde::de::Error>(&mut self, media: &Media) -> Result<(), E> {
        self.number += 1;
        let place = Place::Entry(self.number);
        let mut values = Vec::with_capacity(2);
        for (algorithm, text) in [(Algorithm::Md5, &media.md5), (Algorithm::Sha1, &media.sha1)] {
            let Some(text) = text.as_deref().filter(|text| !text.is_empty()) else { continue };
            match Value::parse(algorithm, text) {
                Some(value) => values.push(value),
                None => return Err(self.refuse(ListError::wrong_field(place, algorithm))),
            }
        }
        for text in [&media.id, &media.category].into_iter().flatten() {
            if text.len() > MAX_ENTRY {
                return Err(self.refuse(ListError::too_long(place)));
            }
        }
        self.told.not_comparable += u64::from(values.is_empty());
        (self.take)(Entry {
            id: media.id.as_deref(),
            label: media.category.as_deref(),
            values: &values,
            standing: Standing::Beside,
        });
        Ok(())
    }
}

/// The whole document; answers whether it has entries.
struct Root<'a, 'b>(&'a mut Reading<'b>);

impl<'de> DeserializeSeed<'de> for Root<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Root<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut entries = false;
        while let Some(name) = map.next_key::<String>()? {
            if name == "value" {
                entries = true;
                map.next_value_seed(Entries { reading: &mut *self.0, inside_a_case: false })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(entries)
    }
}

/// An array of media or of cases.
struct Entries<'a, 'b> {
    reading: &'a mut Reading<'b>,
    inside_a_case: bool,
}

impl<'de> DeserializeSeed<'de> for Entries<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        loop {
            let one = One { reading: &mut *self.reading, inside_a_case: self.inside_a_case };
            if seq.next_element_seed(one)?.is_none() {
                return Ok(());
            }
        }
    }
}

/// One media or one case.
struct One<'a, 'b> {
    reading: &'a mut Reading<'b>,
    inside_a_case: bool,
}

#[derive(Default)]
struct Media {
    id: Option<String>,
    category: Option<String>,
    md5: Option<String>,
    sha1: Option<String>,
}

impl<'de> DeserializeSeed<'de> for One<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for One<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut media = Media::default();
        let mut case = false;
        while let Some(name) = map.next_key::<String>()? {
            let slot = match name.as_str() {
                "Media" if !self.inside_a_case => {
                    case = true;
                    map.next_value_seed(Entries {
                        reading: &mut *self.reading,
                        inside_a_case: true,
                    })?;
                    continue;
                }
                "MediaID" => &mut media.id,
                "Category" => &mut media.category,
                "MD5" => &mut media.md5,
                "SHA1" => &mut media.sha1,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *slot = map.next_value_seed(Scalar)?;
        }
        if case { Ok(()) } else { self.reading.take(&media) }
    }
}

/// Text or a number, as text; other programs write either.
struct Scalar;

impl<'de> DeserializeSeed<'de> for Scalar {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scalar {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text or a number")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.trim().to_owned()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Self::Value, E> {
        Err(E::custom("not a whole number"))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}
