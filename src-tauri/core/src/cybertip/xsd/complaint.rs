//! What the validator says, restated: where in our words, and why without the value.

use super::XsdFinding;
use crate::cybertip::tree::{self, Element};

/// The complaints about one document out of all the validator said.
pub(super) fn of(document: &str, xml: &[u8], said: &str) -> Vec<XsdFinding> {
    let root = tree::read(xml).ok();
    let start = format!("./{document}:");
    let finding = |line, name: &str, text| {
        let place = root.as_ref().and_then(|root| place(root, line, name)).unwrap_or_default();
        XsdFinding { document: document.to_owned(), line, place, text }
    };
    let mut found: Vec<XsdFinding> = said
        .lines()
        .filter_map(|line| {
            let (number, said) = line.strip_prefix(&start)?.split_once(':')?;
            let line = number.parse().ok()?;
            let name = said.trim_start().strip_prefix("element ");
            let name = name.and_then(|rest| rest.split(':').next()).unwrap_or_default();
            Some(finding(line, name, restated(said)))
        })
        .collect();
    if found.is_empty() {
        found.push(finding(0, "", "the schema does not accept this document".to_owned()));
    }
    found
}

/// The way to the element of this name that begins on this line.
fn place(element: &Element, line: usize, name: &str) -> Option<String> {
    if element.line == line && element.name == name {
        return Some(element.name.clone());
    }
    let below = element.children.iter().find_map(|child| place(child, line, name))?;
    Some(format!("{}/{below}", element.name))
}

/// Names of elements and attributes and bounds are kept, values are not.
fn restated(said: &str) -> String {
    let after = |mark: &str| said.split_once(mark).map(|(_, rest)| rest);
    let names = |rest: &str| {
        let names = rest.split(['(', ')']).nth(1).unwrap_or_default();
        names.split(',').map(str::trim).collect::<Vec<_>>().join(", ")
    };
    if let Some(rest) = after("This element is not expected.") {
        return match rest.split_once("xpected is") {
            Some((_, rest)) => format!("is not expected here; the schema expects {}", names(rest)),
            None => "is not expected here".to_owned(),
        };
    }
    if let Some(rest) = after("Missing child element(s).") {
        return format!("lacks an element; the schema expects {}", names(rest));
    }
    if let Some(rest) = after("The attribute '") {
        let name = rest.split('\'').next().unwrap_or_default();
        let why = if rest.contains("required") { "is required" } else { "is not allowed" };
        return format!("attribute {name} {why}");
    }
    for (facet, text) in [
        ("maxLength", "is longer than the schema allows"),
        ("minLength", "is shorter than the schema allows"),
        ("enumeration", "is not one of the words the schema allows"),
        ("pattern", "does not have the form the schema asks for"),
        ("minInclusive", "is less than the schema allows"),
        ("maxInclusive", "is more than the schema allows"),
    ] {
        if said.contains(&format!("[facet '{facet}']")) {
            return text.to_owned();
        }
    }
    if said.contains("is not a valid value") {
        return "is not a value of the type the schema asks for".to_owned();
    }
    if said.contains("does not match the fixed value") {
        return "is not the one value the schema allows".to_owned();
    }
    if said.contains("parser error") {
        return "is not well-formed".to_owned();
    }
    "is not what the schema asks for".to_owned()
}
