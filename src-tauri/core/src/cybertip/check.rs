//! Checks a document against the table: order, number, attributes, words, limits, times.
//!
//! A document is judged from its bytes alone. The checker must never repair anything, and its
//! findings never quote a value.

use time::OffsetDateTime;

use super::agreement;
use super::grammar::{Attribute, Content, Rule, live, root};
use super::schema::Schema;
use super::tree::{self, Element, Flaw};
use super::value;

/// Most findings of one document; who has more must write it anew.
const MOST: usize = 200;

/// Checks one document of any root. Times must not lie after `now`. Empty means nothing is wrong.
pub fn check(xml: &[u8], schema: Schema, now: OffsetDateTime) -> Vec<Flaw> {
    match tree::read(xml) {
        Ok(root) => judge(&root, schema, Some(now)),
        Err(flaw) => vec![flaw],
    }
}

/// Checks a tree; without `now`, times are held against no clock.
pub(super) fn judge(element: &Element, schema: Schema, now: Option<OffsetDateTime>) -> Vec<Flaw> {
    let Some(rule) = root(&element.name) else {
        return vec![Flaw::new("", element.line, "the root is none of this service's documents")];
    };
    let mut judge = Judge { schema, now, flaws: Vec::new() };
    let place = element.name.clone();
    for (name, _) in &element.attributes {
        if name != "xmlns:xsi" && name != "xsi:noNamespaceSchemaLocation" {
            judge.say(&place, element, format!("attribute `{name}` is not allowed here"));
        }
    }
    judge.content(element, rule.content, &place);
    if judge.flaws.is_empty() {
        judge.flaws = agreement::of(element);
    }
    judge.flaws.truncate(MOST);
    judge.flaws
}

struct Judge {
    schema: Schema,
    now: Option<OffsetDateTime>,
    flaws: Vec<Flaw>,
}

impl Judge {
    fn say(&mut self, place: &str, element: &Element, text: impl Into<String>) {
        if self.flaws.len() < MOST {
            self.flaws.push(Flaw::new(place, element.line, text));
        }
    }

    fn content(&mut self, element: &Element, content: Content, place: &str) {
        let rules = match content {
            Content::Value(value) => {
                if let Some(child) = element.children.first() {
                    self.say(place, child, "holds an element where only text may stand");
                }
                if let Some(wrong) = value::wrong(&element.text, value, element, self.now) {
                    self.say(place, element, wrong);
                }
                return;
            }
            Content::Ordered(rules) | Content::AnyOrder(rules) | Content::OneOf(rules) => rules,
        };
        if !element.text.trim().is_empty() {
            self.say(place, element, "text stands between the elements");
        }
        match content {
            Content::Ordered(_) => self.ordered(element, rules, place),
            Content::AnyOrder(_) => self.any_order(element, rules, place),
            _ => self.one_of(element, rules, place),
        }
    }

    fn ordered(&mut self, parent: &Element, rules: &'static [Rule], place: &str) {
        let mut children = parent.children.iter().peekable();
        let mut taken: Option<&Rule> = None;
        for rule in live(rules, self.schema) {
            let mut count = 0_usize;
            while let Some(child) = children.next_if(|child| child.name == rule.name) {
                count += 1;
                if count == rule.at_most.saturating_add(1) {
                    let inner = format!("{place}/{}", rule.name);
                    self.say(&inner, child, "stands here more often than it may");
                }
                self.element(child, rule, place);
            }
            if count < rule.at_least {
                self.say(place, parent, format!("`{}` is required here and absent", rule.name));
            }
            if count > 0 && rule.group != 0 {
                if let Some(other) = taken.filter(|other| other.group == rule.group) {
                    let both = format!("`{}` and `{}` exclude each other", other.name, rule.name);
                    self.say(place, parent, both);
                }
                taken = Some(rule);
            }
        }
        if let Some(child) = children.next() {
            let known = live(rules, self.schema).any(|rule| rule.name == child.name);
            let why = if known { "is out of order" } else { "is not allowed here" };
            self.say(place, child, format!("`{}` {why}", child.name));
        }
    }

    fn any_order(&mut self, parent: &Element, rules: &'static [Rule], place: &str) {
        for child in &parent.children {
            match live(rules, self.schema).find(|rule| rule.name == child.name) {
                Some(rule) => self.element(child, rule, place),
                None => self.say(place, child, format!("`{}` is not allowed here", child.name)),
            }
        }
        for rule in live(rules, self.schema) {
            let mut same = parent.children.iter().filter(|child| child.name == rule.name);
            if let Some(second) = same.nth(1) {
                let inner = format!("{place}/{}", rule.name);
                self.say(&inner, second, "stands here more often than it may");
            }
        }
    }

    fn one_of(&mut self, parent: &Element, rules: &'static [Rule], place: &str) {
        match parent.children.as_slice() {
            [child] => match live(rules, self.schema).find(|rule| rule.name == child.name) {
                Some(rule) => self.element(child, rule, place),
                None => self.say(place, child, format!("`{}` is not allowed here", child.name)),
            },
            _ => self.say(place, parent, "must hold exactly one element"),
        }
    }

    fn element(&mut self, child: &Element, rule: &Rule, place: &str) {
        let inner = format!("{place}/{}", rule.name);
        self.attributes(child, rule.attributes, &inner);
        self.content(child, rule.content, &inner);
    }

    fn attributes(&mut self, element: &Element, allowed: &[Attribute], place: &str) {
        let schema = self.schema;
        let live = || allowed.iter().filter(move |attribute| attribute.life.holds(schema));
        for (name, text) in &element.attributes {
            match live().find(|attribute| attribute.name == name) {
                None => self.say(place, element, format!("attribute `{name}` is not allowed here")),
                Some(attribute) => {
                    if let Some(wrong) = value::wrong(text, attribute.value, element, self.now) {
                        self.say(place, element, format!("attribute `{name}` {wrong}"));
                    }
                }
            }
        }
        for wanted in live().filter(|attribute| attribute.required) {
            if element.attribute(wanted.name).is_none() {
                self.say(place, element, format!("attribute `{}` is required", wanted.name));
            }
        }
    }
}
