//! Every rule of the documents that is documented (`d_`), stands in the service's schema (`x_`), or
//! was tried against it (`t_`): one test each, which bears its name and says it.
//!
//! The mark says how the rule is known; where several hold, the strongest is the prefix: tried before
//! schema before documentation.

mod answers_and_format;
mod file;
mod incident;
mod parties;

use std::collections::BTreeSet;

use super::*;
use crate::cybertip::grammar::{Content, Rule, live};
use crate::cybertip::table;

/// Tests with the section of the fact sheet they come from and the rule in words.
macro_rules! rules {
    ($($section:literal $rule:literal $name:ident $body:block)+) => {
        /// Section, name, rule.
        pub(super) const RULES: &[(&str, &str, &str)] =
            &[$(($section, stringify!($name), $rule),)+];

        $(#[doc = $rule] #[test] fn $name() $body)+
    };
}
pub(super) use rules;

/// Whether the edition that is written accepts each of these, and refuses each of those.
pub(super) fn tell<T: AsRef<str>>(accepted: &[T], refused: &[T]) {
    for xml in accepted {
        assert_eq!(flaws(xml.as_ref(), Schema::Served), vec![], "{}", xml.as_ref());
    }
    for xml in refused {
        assert!(!good(xml.as_ref()), "accepted: {}", xml.as_ref());
    }
}

/// The least report with this between `incidentType` and `incidentDateTime`.
pub(super) fn summary(inside: &str) -> String {
    LEAST.replace("<incidentDateTime>", &format!("{inside}<incidentDateTime>"))
}

/// The least report with this between `incidentSummary` and `reporter`.
pub(super) fn details(inside: &str) -> String {
    LEAST.replace("<reporter>", &format!("{inside}<reporter>"))
}

/// The least report with this behind `reportingPerson`.
pub(super) fn reporter(inside: &str) -> String {
    LEAST.replace("</reporter>", &format!("{inside}</reporter>"))
}

/// The least report with this behind `reporter`.
pub(super) fn tail(inside: &str) -> String {
    LEAST.replace("</report>", &format!("{inside}</report>"))
}

/// The least report with one person reported, of whom this is said.
pub(super) fn reported(inside: &str) -> String {
    tail(&format!("<personOrUserReported>{inside}</personOrUserReported>"))
}

/// The least report with one victim, of whose person this is said.
pub(super) fn person(inside: &str) -> String {
    tail(&format!("<victim><victimPerson>{inside}</victimPerson></victim>"))
}

/// The least file with this between the ids and the viewing flags.
pub(super) fn early(inside: &str) -> String {
    LEAST_FILE.replace("<fileViewedByEsp>", &format!("{inside}<fileViewedByEsp>"))
}

/// The least file with this behind the viewing flags.
pub(super) fn file(inside: &str) -> String {
    LEAST_FILE.replace("</exifViewedByEsp>", &format!("</exifViewedByEsp>{inside}"))
}

/// An element with so many characters in it.
pub(super) fn long(name: &str, length: usize) -> String {
    format!("<{name}>{}</{name}>", "x".repeat(length))
}

/// Each of these elements takes so many characters within `put`, and no more.
pub(super) fn limits(put: fn(&str) -> String, of: &[(&str, usize)]) {
    for (name, most) in of {
        tell(&[put(&long(name, *most))], &[put(&long(name, most + 1))]);
    }
}

/// Each element is accepted in this order, and no two neighbours the other way round.
pub(super) fn ordered(put: fn(&str) -> String, elements: &[&str]) {
    tell(&[put(&elements.concat())], &[]);
    for at in 1..elements.len() {
        let mut swapped = elements.to_vec();
        swapped.swap(at - 1, at);
        assert!(!good(&put(&swapped.concat())), "swapped {} {}", elements[at - 1], elements[at]);
    }
}

/// Names of every element in this edition.
pub(in crate::cybertip::tests) fn every_name(schema: Schema) -> BTreeSet<&'static str> {
    fn below(rule: &Rule, schema: Schema, found: &mut BTreeSet<&'static str>) {
        let (Content::Ordered(rules) | Content::AnyOrder(rules) | Content::OneOf(rules)) =
            rule.content
        else {
            return;
        };
        for rule in live(rules, schema) {
            found.insert(rule.name);
            below(rule, schema, found);
        }
    }
    let mut found = BTreeSet::new();
    for root in table::ROOTS.into_iter().filter(|rule| !rule.name.ends_with("Response")) {
        below(root, schema, &mut found);
    }
    found
}

#[test]
fn every_rule_says_how_it_is_known_and_where_it_stands() {
    let all = [answers_and_format::RULES, incident::RULES, parties::RULES, file::RULES].concat();
    assert!(all.len() > 70, "{}", all.len());
    let sections: BTreeSet<&str> = all.iter().map(|(section, _, _)| *section).collect();
    let wanted = [
        "1.4", "1.5", "2.1", "2.10", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "3",
        "3.1",
    ];
    assert_eq!(sections, BTreeSet::from(wanted));
    for (_, name, rule) in all {
        assert!(["d_", "x_", "t_"].iter().any(|mark| name.starts_with(mark)), "{name}");
        assert!(rule.len() > 10, "{name}");
    }
}
