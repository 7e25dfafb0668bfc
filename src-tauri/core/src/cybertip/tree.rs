//! A document as a tree: read from bytes, written to bytes.
//!
//! The reader is bounded in size, depth and number, and refuses what the documents never hold:
//! document types, processing instructions, comments, CDATA, named entities beyond the five. It must
//! never repair anything, and what it says never quotes a value.

use std::io;

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::reader::Reader;
use quick_xml::{Writer, XmlVersion};

/// Documents are a few levels deep; anything deeper is not one.
const MAX_DEPTH: usize = 12;
/// Largest document read, in bytes: a report of more than ten thousand cases.
pub const MAX_BYTES: usize = 64 << 20;
/// Most elements of a document.
const MAX_ELEMENTS: usize = 1_000_000;

/// One thing wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Elements from the root, e.g. `report/reporter/reportingPerson`.
    pub place: String,
    /// Line in the document, from 1; 0 in one that is not written yet.
    pub line: usize,
    /// What is wrong, never the value.
    pub text: String,
}

impl Flaw {
    pub(super) fn new(place: &str, line: usize, text: impl Into<String>) -> Self {
        Self { place: place.to_owned(), line, text: text.into() }
    }
}

/// An element with everything inside it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    pub text: String,
    pub line: usize,
}

impl Element {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Text of the first child of this name.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }
}

/// The document, UTF-8.
pub(super) fn write(root: &Element) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    put_element(&mut writer, root)?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn put_element(writer: &mut Writer<Vec<u8>>, element: &Element) -> io::Result<()> {
    let mut start = BytesStart::new(element.name.as_str());
    for (name, value) in &element.attributes {
        start.push_attribute((name.as_str(), value.as_str()));
    }
    if element.children.is_empty() && element.text.is_empty() {
        return writer.write_event(Event::Empty(start));
    }
    writer.write_event(Event::Start(start))?;
    if !element.text.is_empty() {
        writer.write_event(Event::Text(BytesText::new(&element.text)))?;
    }
    for child in &element.children {
        put_element(writer, child)?;
    }
    writer.write_event(Event::End(BytesEnd::new(element.name.as_str())))
}

/// Reads a document.
pub(crate) fn read(xml: &[u8]) -> Result<Element, Flaw> {
    if xml.len() > MAX_BYTES {
        return Err(Flaw::new("", 1, "the document is larger than any of its kind"));
    }
    let Ok(source) = std::str::from_utf8(xml) else {
        return Err(Flaw::new("", 1, "the document is not UTF-8"));
    };
    let mut reader = Reader::from_str(source);
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut line = 1;
    let mut counted = 0_usize;
    let mut elements = 0_usize;
    loop {
        let event = reader.read_event();
        let here = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let passed = xml.get(counted..here).unwrap_or_default();
        let event_line = line;
        line += passed.iter().filter(|byte| **byte == b'\n').count();
        counted = here;
        let bad = |text: &str| Flaw::new("", event_line, text);
        match event.map_err(|_| bad("the document is not well-formed"))? {
            Event::Start(start) => {
                elements += 1;
                if root.is_some() || open.len() >= MAX_DEPTH || elements > MAX_ELEMENTS {
                    return Err(bad(
                        "there is a second root, or elements are nested too deep or too many",
                    ));
                }
                open.push(element(&start, event_line)?);
            }
            Event::Empty(start) => {
                elements += 1;
                if elements > MAX_ELEMENTS {
                    return Err(bad("there are too many elements"));
                }
                let element = element(&start, event_line)?;
                put(element, &mut open, &mut root).map_err(bad)?;
            }
            Event::End(_) => {
                let element = open.pop().ok_or_else(|| bad("an element ends that never began"))?;
                put(element, &mut open, &mut root).map_err(bad)?;
            }
            Event::Text(text) => match open.last_mut() {
                Some(element) => element.text.push_str(&text.xml10_content()),
                None if text.xml10_content().trim().is_empty() => {}
                None => return Err(bad("text stands outside the root")),
            },
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    Ok(None) => named(&reference.xml10_content()),
                    Err(_) => None,
                };
                match (resolved, open.last_mut()) {
                    (Some(character), Some(element)) => element.text.push(character),
                    _ => return Err(bad("there is an entity that cannot be resolved")),
                }
            }
            Event::Decl(_) if root.is_none() && open.is_empty() => {}
            Event::Eof => {
                return match (root, open.is_empty()) {
                    (Some(root), true) => Ok(root),
                    _ => Err(Flaw::new("", line, "the document ends before its root does")),
                };
            }
            Event::Decl(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::PI(_)
            | Event::DocType(_) => {
                return Err(bad("there is markup other than elements and text"));
            }
        }
    }
}

fn put(
    mut element: Element,
    open: &mut [Element],
    root: &mut Option<Element>,
) -> Result<(), &'static str> {
    // What separates elements is not content.
    if !element.children.is_empty() && element.text.trim().is_empty() {
        element.text.clear();
    }
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_none() => *root = Some(element),
        None => return Err("there is a second root"),
    }
    Ok(())
}

fn element(start: &BytesStart<'_>, line: usize) -> Result<Element, Flaw> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let broken = || Flaw::new("", line, "an attribute is not well-formed");
        let attribute = attribute.map_err(|_| broken())?;
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| broken())?;
        let name = attribute.key.0;
        if !is_name(name) {
            return Err(broken());
        }
        attributes.push((name.to_owned(), value.into_owned()));
    }
    let name = start.name().0.to_owned();
    if !is_name(&name) {
        return Err(Flaw::new("", line, "an element has no name of these documents' kind"));
    }
    Ok(Element { name, attributes, children: Vec::new(), text: String::new(), line })
}

/// Names are repeated in what is said, so that they must be short and plain.
fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_:.-".contains(&b))
}

fn named(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}
