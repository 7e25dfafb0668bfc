//! The checker refuses any change of order or number.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::package::build::sample::{self, build};

/// Writes a tree as it stands, without any rule.
fn write(element: &Element, out: &mut String) {
    let escape = |text: &str| quick_xml::escape::escape(text.to_owned()).into_owned();
    out.push_str(&format!("<{}", element.name));
    for (name, value) in &element.attributes {
        out.push_str(&format!(" {name}=\"{}\"", escape(value)));
    }
    out.push('>');
    out.push_str(&escape(&element.text));
    element.children.iter().for_each(|child| write(child, out));
    out.push_str(&format!("</{}>", element.name));
}

fn judge(root: &Element) -> Vec<Flaw> {
    let mut xml = String::new();
    write(root, &mut xml);
    check(xml.as_bytes(), sample::SEALED)
}

/// Every element, as the way to it by child numbers.
fn ways(element: &Element, here: &[usize], found: &mut Vec<Vec<usize>>) {
    for (at, child) in element.children.iter().enumerate() {
        let way = [here, &[at]].concat();
        found.push(way.clone());
        ways(child, &way, found);
    }
}

fn parent<'a>(root: &'a mut Element, way: &[usize]) -> &'a mut Element {
    way[..way.len() - 1].iter().fold(root, |at, next| &mut at.children[*next])
}

const REPEATABLE: &[&str] =
    &["internetDetails", "url", "phone", "email", "originalFileHash", "details", "nameValuePair"];

const REQUIRED: &[&str] = &[
    "incidentSummary",
    "incidentType",
    "incidentDateTime",
    "webPageIncident",
    "reporter",
    "reportingPerson",
    "reportId",
    "fileId",
    "fileViewedByEsp",
    "exifViewedByEsp",
    "ipAddress",
    "name",
    "value",
];

fn documents(input: &crate::package::input::PackageInput) -> Vec<Element> {
    build(input).unwrap().xml().map(|(_, xml)| read(xml).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_change_of_order_or_number_is_refused(
        input in sample::hostile(),
        which in any::<Index>(),
        pick in any::<Index>(),
    ) {
        let all = documents(&input);
        let whole = which.get(&all);
        prop_assert_eq!(judge(whole), vec![]);
        let mut found = Vec::new();
        ways(whole, &[], &mut found);
        let way = pick.get(&found);
        let at = *way.last().unwrap();

        let mut swapped = whole.clone();
        let siblings = &mut parent(&mut swapped, way).children;
        if at + 1 < siblings.len() && siblings[at].name != siblings[at + 1].name {
            siblings.swap(at, at + 1);
            prop_assert!(!judge(&swapped).is_empty(), "swapped {:?}", way);
        }

        let mut twice = whole.clone();
        let holder = parent(&mut twice, way);
        let copy = holder.children[at].clone();
        let many = REPEATABLE.contains(&copy.name.as_str())
            || (copy.name == "additionalInfo" && holder.name == "fileDetails");
        holder.children.insert(at, copy);
        prop_assert_eq!(judge(&twice).is_empty(), many, "doubled {:?}", way);

        let mut less = whole.clone();
        let gone = parent(&mut less, way).children.remove(at);
        if REQUIRED.contains(&gone.name.as_str()) {
            prop_assert!(!judge(&less).is_empty(), "without {}", gone.name);
        }

        let mut blank = whole.clone();
        let emptied = &mut parent(&mut blank, way).children[at];
        emptied.text = " ".into();
        if emptied.children.is_empty() {
            prop_assert!(!judge(&blank).is_empty(), "blank {:?}", way);
        }

        let mut strange = whole.clone();
        parent(&mut strange, way).children[at].attributes.push(("kind".into(), "x".into()));
        prop_assert!(!judge(&strange).is_empty(), "attribute at {:?}", way);
    }

    #[test]
    fn any_bytes_are_judged_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&bytes, sample::SEALED);
    }

    #[test]
    fn a_damaged_document_is_judged_without_panic(at in any::<Index>(), byte in any::<u8>()) {
        let mut xml = build(&sample::input()).unwrap().files["data/report.xml"].clone();
        let at = at.index(xml.len());
        xml[at] = byte;
        check(&xml, sample::SEALED);
    }
}

fn changed(document: &str, from: &str, to: &str) -> Vec<Flaw> {
    let xml = build(&sample::input()).unwrap().files[document].clone();
    let xml = String::from_utf8(xml).unwrap();
    assert!(xml.contains(from), "{from}");
    check(xml.replacen(from, to, 1).as_bytes(), sample::SEALED)
}

#[test]
fn each_limit_is_kept() {
    let report = "data/report.xml";
    let details = "data/files/004110.fileDetails.xml";
    let long_name = format!("<platform>{}", "x".repeat(300));
    let long_url = format!("<url>https://a.example/{}", "x".repeat(2083));
    for (document, from, to) in [
        (
            report,
            "2025-11-02T03:00:00Z</incidentDateTime>",
            "2025-11-02T03:00:00</incidentDateTime>",
        ),
        (
            report,
            "2025-11-02T03:00:00Z</incidentDateTime>",
            "2026-02-03T10:20:31Z</incidentDateTime>",
        ),
        (
            report,
            "2025-11-02T03:00:00Z</incidentDateTime>",
            "2025-11-02 03:00:00Z</incidentDateTime>",
        ),
        (report, "<platform>", long_name.as_str()),
        (report, "<url>", long_url.as_str()),
        (report, "<url>https", "<url>ht tps"),
        (report, "Child Pornography", "Something else"),
        (report, "<email>reports@data.example", "<email>reports"),
        (report, "thirdPartyHostedContent=\"true\"", "thirdPartyHostedContent=\"yes\""),
        (report, "<reporter>", "<personOrUserReported/><reporter>"),
        (report, "<reporter>", "text<reporter>"),
        (report, "<reporter>", "<!-- remark --><reporter>"),
        (report, "<incidentType>", "<incidentType><![CDATA[x]]>"),
        (report, "?>", "?><!DOCTYPE report>"),
        (details, "hashType=\"MD5\"", "hashType=\"SHA256\""),
        (details, " hashType=\"MD5\"", ""),
        (details, "192.0.2.7</ipAddress>", "192.0.2.700</ipAddress>"),
        (details, "<fileId>0", "<fileId>1"),
        (details, "<reportId>0", "<reportId>-1"),
        (details, "<exifViewedByEsp>false", "<exifViewedByEsp>true"),
        (
            details,
            "<fileRelevance>",
            "<fileAnnotations><generativeAi/></fileAnnotations><fileRelevance>",
        ),
        (details, "<details type=\"HASH\">", "<details type=\"PDQ\">"),
    ] {
        assert_ne!(changed(document, from, to), vec![], "{from} -> {to}");
    }
    let submitted = changed(
        details,
        "<reportId>0</reportId>\n  <fileId>00000000",
        "<reportId>7</reportId>\n  <fileId>0000000a",
    );
    assert_eq!(submitted, vec![], "real ids are accepted together");
}

#[test]
fn a_flaw_says_where() {
    let flaws = changed("data/report.xml", "<platform>", "<platform> </platform><platform>");
    assert_eq!(flaws[0].place, "report/incidentSummary/platform");
    assert_eq!((flaws[0].line, flaws[0].text.as_str()), (5, "is blank"));
}
