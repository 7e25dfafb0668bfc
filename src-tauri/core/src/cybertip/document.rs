//! From a typed document to bytes and back, by way of the tree and the table.
//!
//! It must never hand out a document that the checker refuses.

use time::OffsetDateTime;

use super::check::judge;
use super::grammar::{arrange, root};
use super::model::part::Part;
use super::schema::Schema;
use super::tree::{self, Element, Flaw};

/// Where the server publishes its schema; stated on the root as its samples do.
const SCHEMA_LOCATION: &str = "https://report.cybertip.org/ispws/xsd";

/// Why a document cannot be written in an edition.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
#[error("The report cannot be written by the schema of {schema}: at {place} {text}.")]
pub struct Unwritable {
    /// Date of the edition.
    pub schema: &'static str,
    /// Elements from the root.
    pub place: String,
    /// What is wrong, never the value.
    pub text: String,
}

/// Arranges, checks and writes. Times are not held against any clock.
pub(super) fn write(name: &str, part: &impl Part, schema: Schema) -> Result<Vec<u8>, Unwritable> {
    let mut element = Element::new(name);
    if matches!(name, "report" | "fileDetails") {
        let xsi = "http://www.w3.org/2001/XMLSchema-instance";
        element.attributes.push(("xmlns:xsi".to_owned(), xsi.to_owned()));
        let location = ("xsi:noNamespaceSchemaLocation".to_owned(), SCHEMA_LOCATION.to_owned());
        element.attributes.push(location);
    }
    part.fill(&mut element, schema);
    if let Some(rule) = root(name) {
        arrange(&mut element, rule, schema);
    }
    let refuse = |place: String, text: String| Unwritable { schema: schema.date(), place, text };
    if let Some(Flaw { place, text, .. }) = judge(&element, schema, None).into_iter().next() {
        return Err(refuse(place, text));
    }
    tree::write(&element).map_err(|_| refuse(name.to_owned(), "cannot be written".to_owned()))
}

/// Reads and checks a document of this root.
pub(super) fn read<T: Part>(
    name: &str,
    xml: &[u8],
    schema: Schema,
    now: Option<OffsetDateTime>,
) -> Result<T, Vec<Flaw>> {
    let element = tree::read(xml).map_err(|flaw| vec![flaw])?;
    if element.name != name {
        return Err(vec![Flaw::new("", element.line, format!("the root is not `{name}`"))]);
    }
    of_tree(&element, schema, now)
}

/// Checks a tree and reads it.
pub(super) fn of_tree<T: Part>(
    element: &Element,
    schema: Schema,
    now: Option<OffsetDateTime>,
) -> Result<T, Vec<Flaw>> {
    let flaws = judge(element, schema, now);
    if flaws.is_empty() { T::of(element, schema).map_err(|flaw| vec![flaw]) } else { Err(flaws) }
}
