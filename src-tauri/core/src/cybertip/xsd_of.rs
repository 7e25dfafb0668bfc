//! The table as an XML Schema, so that another program can judge what our checker accepts.
//!
//! For tests only: it says what we believe, and must never be given to anybody as the service's.

use std::collections::BTreeMap;

use super::grammar::{Attribute, Content, MANY, Rule, Value, live};
use super::schema::Schema;
use super::table;

/// The schema of every document in this edition.
pub(crate) fn xsd_of(schema: Schema) -> String {
    let mut sheet = Sheet { schema, types: BTreeMap::new(), out: String::new() };
    for rule in table::ROOTS {
        sheet.element(rule, "");
    }
    let types: String = sheet.types.values().map(String::as_str).collect();
    format!(
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">\n{types}{}</xs:schema>\n",
        sheet.out
    )
}

struct Sheet {
    schema: Schema,
    /// Definition by name.
    types: BTreeMap<String, String>,
    out: String,
}

impl Sheet {
    fn element(&mut self, rule: &Rule, occurs: &str) {
        self.out.push_str(&format!("<xs:element name=\"{}\"{occurs}>\n", rule.name));
        self.out.push_str("<xs:complexType>\n");
        match rule.content {
            Content::Value(value) => {
                let base = self.named(value);
                self.out.push_str(&format!("<xs:simpleContent><xs:extension base=\"{base}\">\n"));
                self.attributes(rule.attributes);
                self.out.push_str("</xs:extension></xs:simpleContent>\n");
            }
            Content::Ordered(rules) => {
                self.group("sequence", rules);
                self.attributes(rule.attributes);
            }
            Content::AnyOrder(rules) => {
                self.group("all", rules);
                self.attributes(rule.attributes);
            }
            Content::OneOf(rules) => {
                self.group("choice", rules);
                self.attributes(rule.attributes);
            }
        }
        self.out.push_str("</xs:complexType>\n</xs:element>\n");
    }

    fn group(&mut self, kind: &str, rules: &'static [Rule]) {
        self.out.push_str(&format!("<xs:{kind}>\n"));
        let rules: Vec<&Rule> = live(rules, self.schema).collect();
        for row in rules.chunk_by(|a, b| a.group != 0 && a.group == b.group) {
            if row.len() > 1 {
                self.out.push_str("<xs:choice minOccurs=\"0\">\n");
                row.iter().for_each(|rule| self.element(rule, ""));
                self.out.push_str("</xs:choice>\n");
                continue;
            }
            for rule in row {
                let most = match rule.at_most {
                    MANY => "unbounded".to_owned(),
                    most => most.to_string(),
                };
                let least = rule.at_least;
                self.element(rule, &format!(" minOccurs=\"{least}\" maxOccurs=\"{most}\""));
            }
        }
        self.out.push_str(&format!("</xs:{kind}>\n"));
    }

    fn attributes(&mut self, attributes: &[Attribute]) {
        let schema = self.schema;
        for attribute in attributes.iter().filter(|a| a.life.holds(schema)) {
            let kind = self.named(attribute.value);
            let needed = if attribute.required { "required" } else { "optional" };
            self.out.push_str(&format!(
                "<xs:attribute name=\"{}\" type=\"{kind}\" use=\"{needed}\"/>\n",
                attribute.name
            ));
        }
    }

    /// The name of the simple type of a value.
    fn named(&mut self, value: Value) -> String {
        let facet = |name: &str, value: &str| format!("<xs:{name} value=\"{value}\"/>");
        let pattern = |text: &str| facet("pattern", text);
        let zone = pattern(".*(Z|[+\\-][0-9]{2}:[0-9]{2})");
        let (base, facets) = match value {
            Value::Text(MANY) | Value::Hash => ("string", facet("minLength", "1")),
            Value::Text(most) => {
                let bounds = facet("minLength", "1") + &facet("maxLength", &most.to_string());
                ("string", bounds)
            }
            Value::Remark => ("string", String::new()),
            Value::Word(words) => {
                let escape = |word: &&str| quick_xml::escape::escape(*word).into_owned();
                let all = words.iter().map(|word| facet("enumeration", &escape(word)));
                ("string", all.collect())
            }
            Value::Flag => ("string", facet("enumeration", "") + &facet("enumeration", "true")),
            Value::Bool => ("boolean", String::new()),
            Value::PastTime | Value::Time => ("dateTime", zone),
            Value::PastDay => ("date", pattern("[0-9]{4}-[0-9]{2}-[0-9]{2}")),
            Value::Url => ("anyURI", facet("maxLength", "2083")),
            Value::Email => {
                ("string", facet("maxLength", "255") + &pattern("[^@\\s]{1,64}@[^@\\s]+"))
            }
            Value::Ip => ("string", pattern("[0-9a-fA-F:.]{2,45}")),
            Value::Whole(from, to) => {
                let bounds = facet("minInclusive", &from.to_string())
                    + &facet("maxInclusive", &to.to_string());
                ("long", bounds)
            }
            Value::Degrees(most) => {
                let bounds = facet("minInclusive", &format!("-{most}"))
                    + &facet("maxInclusive", &most.to_string());
                ("double", bounds)
            }
            Value::Hex(digits) => ("string", pattern(&format!("[0-9a-fA-F]{{{digits}}}"))),
            Value::Digits(most) => ("string", pattern(&format!("[0-9]{{1,{most}}}"))),
            Value::CallingCode => ("string", pattern("\\+[0-9]{1,3}")),
        };
        let body = format!("<xs:restriction base=\"xs:{base}\">{facets}</xs:restriction>");
        let name = format!("t{}", &blake3::hash(body.as_bytes()).to_hex()[..12]);
        let definition = format!("<xs:simpleType name=\"{name}\">{body}</xs:simpleType>\n");
        self.types.insert(name.clone(), definition);
        name
    }
}
