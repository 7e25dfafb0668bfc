//! NCMEC hash sharing, version 2: `queryResult` with images and videos, their fingerprints, and tombstones.
//!
//! A later element takes the place of an earlier one of the same member and id; a tombstone takes it out. It must never
//! count a feed as whole that says it goes on.

use std::io::BufRead;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::{Algorithm, Entry, ListError, MAX_ENTRY, Place, Standing, Told, Value};

/// Elements inside each other; the schema has seven.
const DEPTH: usize = 16;

const GOES_ON: &str =
    "The list is one page of a longer feed: what stands on its other pages is not matched.";
const DISPUTED: &str = "The list holds entries that members gave negative feedback on; they are matched like any other.";

pub(super) fn read(from: impl BufRead, take: &mut dyn FnMut(Entry<'_>)) -> Result<Told, ListError> {
    let mut reader = Reader::from_reader(from);
    let mut reading = Reading {
        take,
        told: Told::default(),
        open: Vec::new(),
        text: String::new(),
        number: 0,
        entry: None,
        begun: false,
    };
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let place = Place::Byte(reader.buffer_position());
        let broken = || ListError::broken(place, "XML");
        let event = reader.read_event_into(&mut buffer).map_err(|error| match error {
            quick_xml::Error::Io(_) => ListError::unreadable(place),
            _ => broken(),
        })?;
        match event {
            Event::Start(start) => reading.start(&start, place)?,
            Event::Empty(start) => {
                reading.start(&start, place)?;
                reading.end()?;
            }
            Event::End(_) => reading.end()?,
            Event::Text(text) => reading.text(&text.xml10_content(), place)?,
            Event::CData(text) => reading.text(&text.xml10_content(), place)?,
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                let letter = match reference.resolve_char_ref() {
                    Ok(Some(letter)) => letter.to_string(),
                    Ok(None) => quick_xml::escape::resolve_predefined_entity(&name)
                        .ok_or_else(broken)?
                        .to_owned(),
                    Err(_) => return Err(broken()),
                };
                reading.text(&letter, place)?;
            }
            // Entities of its own could make a small file unfold without end.
            Event::DocType(_) => return Err(ListError::other("NCMEC hash sharing XML")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof if reading.open.is_empty() && reading.begun => return Ok(reading.told),
            Event::Eof if reading.begun => return Err(broken()),
            Event::Eof => return Err(ListError::other("NCMEC hash sharing XML")),
        }
    }
}

struct Reading<'a> {
    take: &'a mut dyn FnMut(Entry<'_>),
    told: Told,
    /// Names of the elements that are open, from the root.
    open: Vec<String>,
    /// Text of the innermost one so far.
    text: String,
    number: u64,
    entry: Option<Element>,
    begun: bool,
}

/// An entry while it is read.
#[derive(Default)]
struct Element {
    withdrawn: bool,
    member: String,
    id: String,
    classification: String,
    values: Vec<Value>,
}

impl Reading<'_> {
    fn start(&mut self, start: &BytesStart<'_>, place: Place) -> Result<(), ListError> {
        let name = start.local_name().into_inner();
        let attribute = |wanted: &str| -> Result<Option<String>, ListError> {
            let found =
                start.try_get_attribute(wanted).map_err(|_| ListError::broken(place, "XML"))?;
            found
                .map(|value| value.normalized_value(XmlVersion::Implicit1_0).map(Into::into))
                .transpose()
                .map_err(|_| ListError::broken(place, "XML"))
        };
        self.text.clear();
        if self.open.is_empty() {
            if self.begun || name != "queryResult" {
                return Err(ListError::other(
                    "NCMEC hash sharing XML: its root is not queryResult",
                ));
            }
            self.begun = true;
        }
        if self.open.len() >= DEPTH {
            return Err(ListError::broken(place, "XML of this kind"));
        }
        self.open.push(name.to_owned());
        let path: Vec<&str> = self.open.iter().skip(1).map(String::as_str).collect();
        match path.as_slice() {
            ["images" | "videos"] => {
                let newest = attribute("maxTimestamp")?.filter(|text| !text.is_empty());
                self.told.version = self.told.version.take().max(newest);
            }
            ["images" | "videos", kind @ ("image" | "video" | "deletedImage" | "deletedVideo")] => {
                self.number += 1;
                self.entry = Some(Element {
                    withdrawn: kind.starts_with("deleted"),
                    id: attribute("id")?.unwrap_or_default(),
                    ..Element::default()
                });
            }
            [_, _, "member"] => {
                if let Some(entry) = &mut self.entry {
                    entry.member = attribute("id")?.unwrap_or_default();
                }
            }
            [_, _, "feedback", "negativeFeedback"] => note(&mut self.told, DISPUTED),
            ["paging", "next"] => note(&mut self.told, GOES_ON),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str, place: Place) -> Result<(), ListError> {
        self.text.push_str(text);
        if self.text.len() > MAX_ENTRY { Err(ListError::too_long(place)) } else { Ok(()) }
    }

    fn end(&mut self) -> Result<(), ListError> {
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        let path: Vec<&str> = self.open.iter().skip(1).map(String::as_str).collect();
        if let (Some(entry), [_, _, rest @ ..]) = (&mut self.entry, path.as_slice()) {
            match rest {
                [] => self.hand_over()?,
                ["id"] => text.clone_into(&mut entry.id),
                ["classification"] => text.clone_into(&mut entry.classification),
                ["fingerprints", kind] if !text.is_empty() => {
                    if let Some(algorithm) = Algorithm::of(kind) {
                        let value = Value::parse(algorithm, text).ok_or_else(|| {
                            ListError::wrong_field(Place::Entry(self.number), algorithm)
                        })?;
                        entry.values.push(value);
                    }
                }
                _ => {}
            }
        }
        self.open.pop();
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), ListError> {
        let Some(entry) = self.entry.take() else { return Ok(()) };
        if entry.id.is_empty() {
            return Err(ListError::no_id(Place::Entry(self.number)));
        }
        // An id is the member's own; two members may use the same.
        let id = match entry.member.as_str() {
            "" => entry.id,
            member => format!("{member}-{}", entry.id),
        };
        if entry.withdrawn {
            self.told.withdrawn += 1;
        } else {
            self.told.not_comparable += u64::from(entry.values.is_empty());
        }
        let standing = if entry.withdrawn { Standing::Withdrawn } else { Standing::Instead };
        (self.take)(Entry {
            id: Some(&id),
            label: Some(entry.classification.as_str()).filter(|text| !text.is_empty()),
            values: if entry.withdrawn { &[] } else { &entry.values },
            standing,
        });
        Ok(())
    }
}

fn note(told: &mut Told, text: &'static str) {
    if !told.notes.contains(&text) {
        told.notes.push(text);
    }
}
