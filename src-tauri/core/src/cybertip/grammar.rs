//! What a row of the table can say: order, number, content, attributes, and in which edition.
//!
//! Writer, reader, checker and the schema made for tests all read the one table. It must never allow
//! more than the documentation does: an element that is not named is refused, also where the server
//! would take it.

use super::schema::{Life, Schema};
use super::table;
use super::tree::Element;

/// One element below another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub name: &'static str,
    pub at_least: usize,
    pub at_most: usize,
    pub content: Content,
    /// Attributes it may carry.
    pub attributes: &'static [Attribute],
    pub life: Life,
    /// Neighbours in one group exclude each other; 0 is none.
    pub group: u8,
}

/// What an element holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Content {
    /// Text only.
    Value(Value),
    /// Elements in this order.
    Ordered(&'static [Rule]),
    /// Elements in any order, each at most once.
    AnyOrder(&'static [Rule]),
    /// Exactly one of these.
    OneOf(&'static [Rule]),
}

/// What a text means.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    /// Text of so many characters, not blank.
    Text(usize),
    /// Text that may be empty: only the server writes it.
    Remark,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Empty, or `true`. Absence is the only no.
    Flag,
    /// `true`, `false`, `1`, `0`.
    Bool,
    /// ISO 8601 with zone, in the past.
    PastTime,
    /// ISO 8601 with zone.
    Time,
    /// A day, not in the future.
    PastDay,
    /// A web address of at most [`super::address::MAX`] characters.
    Url,
    Email,
    /// IPv4 or IPv6.
    Ip,
    /// A whole number from, to.
    Whole(i64, i64),
    /// Degrees from minus this to this.
    Degrees(i32),
    /// So many hex digits.
    Hex(usize),
    /// Hex of the length that the attribute `hashType` asks for, where it is one we know.
    Hash,
    /// So many digits at most.
    Digits(usize),
    /// `+` and one to three digits.
    CallingCode,
}

/// An attribute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attribute {
    pub name: &'static str,
    pub required: bool,
    pub value: Value,
    pub life: Life,
}

/// No upper bound on how often, or on how long.
pub(super) const MANY: usize = usize::MAX;

impl Rule {
    const fn new(name: &'static str, at_least: usize, at_most: usize, content: Content) -> Self {
        Self { name, at_least, at_most, content, attributes: &[], life: Life::ALWAYS, group: 0 }
    }

    pub(super) const fn with(mut self, attributes: &'static [Attribute]) -> Self {
        self.attributes = attributes;
        self
    }

    pub(super) const fn since(mut self, since: Schema) -> Self {
        self.life.since = since;
        self
    }

    pub(super) const fn until(mut self, until: Schema) -> Self {
        self.life.until = Some(until);
        self
    }

    pub(super) const fn either(mut self, group: u8) -> Self {
        self.group = group;
        self
    }
}

impl Attribute {
    pub(super) const fn new(name: &'static str, value: Value) -> Self {
        Self { name, required: false, value, life: Life::ALWAYS }
    }

    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) const fn since(mut self, since: Schema) -> Self {
        self.life.since = since;
        self
    }

    pub(super) const fn until(mut self, until: Schema) -> Self {
        self.life.until = Some(until);
        self
    }
}

/// Exactly one.
pub(super) const fn one(name: &'static str, content: Content) -> Rule {
    Rule::new(name, 1, 1, content)
}

/// None or one.
pub(super) const fn optional(name: &'static str, content: Content) -> Rule {
    Rule::new(name, 0, 1, content)
}

/// Any number.
pub(super) const fn many(name: &'static str, content: Content) -> Rule {
    Rule::new(name, 0, MANY, content)
}

/// At least one.
pub(super) const fn some(name: &'static str, content: Content) -> Rule {
    Rule::new(name, 1, MANY, content)
}

/// Exactly one text.
pub(super) const fn one_value(name: &'static str, value: Value) -> Rule {
    one(name, Content::Value(value))
}

/// None or one text.
pub(super) const fn value(name: &'static str, value: Value) -> Rule {
    optional(name, Content::Value(value))
}

/// Any number of texts.
pub(super) const fn values(name: &'static str, value: Value) -> Rule {
    many(name, Content::Value(value))
}

/// The rows that hold in an edition.
pub(super) fn live(
    rules: &'static [Rule],
    schema: Schema,
) -> impl Iterator<Item = &'static Rule> + Clone {
    rules.iter().filter(move |rule| rule.life.holds(schema))
}

/// The document with this root element.
pub(super) fn root(name: &str) -> Option<&'static Rule> {
    table::ROOTS.into_iter().find(|rule| rule.name == name)
}

/// Brings what stands in an element into the order of the table. What the table does not know comes
/// last, where the checker refuses it.
pub(super) fn arrange(element: &mut Element, rule: &Rule, schema: Schema) {
    let (Content::Ordered(rules) | Content::AnyOrder(rules) | Content::OneOf(rules)) = rule.content
    else {
        return;
    };
    let row = |name: &str| live(rules, schema).position(|rule| rule.name == name);
    element.children.sort_by_key(|child| row(&child.name).unwrap_or(usize::MAX));
    for child in &mut element.children {
        if let Some(rule) = live(rules, schema).find(|rule| rule.name == child.name) {
            arrange(child, rule, schema);
        }
    }
}
