//! Reads a written document back and checks order, cardinality, lengths, times and addresses.
//!
//! Runs on every package before it is sealed. A document is judged from its bytes alone, by the
//! tables in `order`, which the writer does not use. It must never repair anything, and its findings
//! never quote a value.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::package::address;
use crate::package::cybertip::{NO_FILE_ID, NO_REPORT_ID};
use crate::package::input::is_email;
use crate::package::order::{self, Content, Rule};

/// Documents are a few levels deep; anything deeper is not ours.
const MAX_DEPTH: usize = 12;

/// One thing wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// Elements from the root, e.g. `report/reporter/reportingPerson`.
    pub place: String,
    /// Line in the document, from 1.
    pub line: usize,
    /// What is wrong, never the value.
    pub text: String,
}

/// An element with everything inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    pub text: String,
    pub line: usize,
}

/// Checks one document. Times must not lie after `now`. Empty means nothing is wrong.
pub(crate) fn check(xml: &[u8], now: OffsetDateTime) -> Vec<Flaw> {
    let root = match read(xml) {
        Ok(root) => root,
        Err(flaw) => return vec![flaw],
    };
    let Some(rules) = order::root(&root.name) else {
        return vec![flaw("", root.line, "the root is neither `report` nor `fileDetails`")];
    };
    let mut judge = Judge { now, flaws: Vec::new() };
    judge.root_attributes(&root);
    let place = root.name.clone();
    judge.sequence(&root, rules, &place);
    judge.agreement(&root);
    judge.flaws
}

struct Judge {
    now: OffsetDateTime,
    flaws: Vec<Flaw>,
}

impl Judge {
    fn say(&mut self, place: &str, element: &Element, text: impl Into<String>) {
        self.flaws.push(flaw(place, element.line, text));
    }

    fn root_attributes(&mut self, root: &Element) {
        for (name, _) in &root.attributes {
            if name != "xmlns:xsi" && name != "xsi:noNamespaceSchemaLocation" {
                self.say(&root.name, root, format!("attribute `{name}` is not allowed here"));
            }
        }
    }

    fn sequence(&mut self, parent: &Element, rules: &[Rule], place: &str) {
        if !parent.text.trim().is_empty() {
            self.say(place, parent, "text stands between the elements");
        }
        let mut children = parent.children.iter().peekable();
        for rule in rules {
            let mut count = 0_usize;
            while let Some(child) = children.next_if(|child| child.name == rule.name) {
                count += 1;
                let inner = format!("{place}/{}", rule.name);
                if count == rule.at_most.saturating_add(1) {
                    self.say(&inner, child, "stands here more often than it may");
                }
                self.attributes(child, rule, &inner);
                self.content(child, &rule.content, &inner);
            }
            if count < rule.at_least {
                self.say(place, parent, format!("`{}` is required here and absent", rule.name));
            }
        }
        if let Some(child) = children.next() {
            let known = rules.iter().any(|rule| rule.name == child.name);
            let why = if known { "is out of order" } else { "is not allowed here" };
            self.say(place, child, format!("`{}` {why}", child.name));
        }
    }

    fn attributes(&mut self, element: &Element, rule: &Rule, place: &str) {
        for (name, value) in &element.attributes {
            match rule.attributes.iter().find(|allowed| allowed.name == name) {
                None => self.say(place, element, format!("attribute `{name}` is not allowed here")),
                Some(allowed) if !allowed.words.contains(&value.as_str()) => {
                    self.say(
                        place,
                        element,
                        format!("attribute `{name}` has a value it cannot have"),
                    );
                }
                Some(_) => {}
            }
        }
        for wanted in rule.attributes.iter().filter(|attribute| attribute.required) {
            if !element.attributes.iter().any(|(name, _)| name == wanted.name) {
                self.say(place, element, format!("attribute `{}` is required", wanted.name));
            }
        }
    }

    fn content(&mut self, element: &Element, content: &Content, place: &str) {
        if let Content::Sequence(rules) = content {
            self.sequence(element, rules, place);
            return;
        }
        if let Some(child) = element.children.first() {
            self.say(place, child, "holds an element where only text may stand");
        }
        let text = element.text.as_str();
        let wrong: Option<String> = match content {
            Content::Text(_) if text.trim().is_empty() => Some("is blank".into()),
            Content::Text(limit) => {
                let length = text.chars().count();
                (length > *limit).then(|| format!("has {length} characters, {limit} are allowed"))
            }
            Content::Word(words) => {
                (!words.contains(&text)).then(|| "is not one of the words allowed".into())
            }
            Content::Bool => {
                (!["true", "false", "1", "0"].contains(&text)).then(|| "is not a boolean".into())
            }
            Content::PastTime => past_time(text, self.now).err().map(Into::into),
            Content::Address => (!address::is_valid(text))
                .then(|| format!("is not a web address of at most {} characters", address::MAX)),
            Content::Email => (!is_email(text)).then(|| "is not an email address".into()),
            Content::Ip => {
                text.parse::<std::net::IpAddr>().is_err().then(|| "is not an IP address".into())
            }
            Content::Number => (text.is_empty()
                || !text.bytes().all(|b| b.is_ascii_digit())
                || text.parse::<i64>().is_err())
            .then(|| "is not a whole number from zero".into()),
            Content::FileId => (!is_hex(text, 32)).then(|| "is not 32 hex digits".into()),
            Content::Hash => {
                let kind = attribute(element, "hashType").unwrap_or_default();
                let digits = match kind {
                    "MD5" => 32,
                    "SHA1" => 40,
                    _ => 64,
                };
                (!is_hex(text, digits)).then(|| "is not hex of the length of its hashType".into())
            }
            Content::Sequence(_) => None,
        };
        if let Some(wrong) = wrong {
            self.say(place, element, wrong);
        }
    }

    /// What no order of elements can say: fields that must agree with each other.
    fn agreement(&mut self, root: &Element) {
        let text = |name: &str| root.children.iter().find(|c| c.name == name).map(|c| &c.text);
        let yes = |name: &str| text(name).is_some_and(|t| t == "true" || t == "1");
        if yes("exifViewedByEsp") && !yes("fileViewedByEsp") {
            self.say(&root.name, root, "EXIF is said to be viewed, the file is not");
        }
        if let (Some(report), Some(file)) = (text("reportId"), text("fileId"))
            && (report == NO_REPORT_ID) != (file == NO_FILE_ID)
        {
            self.say(&root.name, root, "one id is a placeholder, the other is not");
        }
    }
}

fn flaw(place: &str, line: usize, text: impl Into<String>) -> Flaw {
    Flaw { place: place.to_owned(), line, text: text.into() }
}

fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn past_time(text: &str, now: OffsetDateTime) -> Result<(), &'static str> {
    let shape = "is not a time with date, seconds and zone";
    // RFC 3339 also reads a lower-case `t` and `z`, or a space; XML Schema does not.
    if text.as_bytes().get(10) != Some(&b'T') || text.contains('z') {
        return Err(shape);
    }
    let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| shape)?;
    if at > now { Err("lies in the future") } else { Ok(()) }
}

/// Reads a document into a tree. Refuses what we never write: document types, processing
/// instructions, comments, CDATA, named entities beyond the five.
pub(crate) fn read(xml: &[u8]) -> Result<Element, Flaw> {
    let Ok(source) = std::str::from_utf8(xml) else {
        return Err(flaw("", 1, "the document is not UTF-8"));
    };
    let mut reader = Reader::from_str(source);
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut line = 1;
    let mut counted = 0_usize;
    loop {
        let event = reader.read_event();
        let here = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let passed = xml.get(counted..here).unwrap_or_default();
        let event_line = line;
        line += passed.iter().filter(|byte| **byte == b'\n').count();
        counted = here;
        let bad = |text: &str| flaw("", event_line, text);
        match event.map_err(|_| bad("the document is not well-formed"))? {
            Event::Start(start) => {
                if root.is_some() || open.len() >= MAX_DEPTH {
                    return Err(bad("there is a second root, or elements are nested too deep"));
                }
                open.push(element(&start, event_line)?);
            }
            Event::Empty(start) => {
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
                    _ => Err(flaw("", line, "the document ends before its root does")),
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
    element: Element,
    open: &mut [Element],
    root: &mut Option<Element>,
) -> Result<(), &'static str> {
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
        let broken = || flaw("", line, "an attribute is not well-formed");
        let attribute = attribute.map_err(|_| broken())?;
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| broken())?;
        attributes.push((attribute.key.0.to_owned(), value.into_owned()));
    }
    let name = start.name().0.to_owned();
    Ok(Element { name, attributes, children: Vec::new(), text: String::new(), line })
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

#[cfg(test)]
mod tests;
