//! These need `xmllint` on the machine, as the feature does.

use proptest::prelude::*;

use super::*;
use crate::package::build::sample::{self, build};

/// A schema of our own, laid down where an operator would keep theirs.
fn schema(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("report schema.xsd");
    std::fs::write(&path, text).unwrap();
    (room, path)
}

const SAMPLE: &str = include_str!("sample.xsd");

#[test]
fn a_built_report_is_accepted_and_a_disordered_one_refused() {
    let (_room, xsd) = schema(SAMPLE);
    let documents = build(&sample::input()).unwrap();
    assert_eq!(validate(&xsd, documents.xml()).unwrap(), vec![]);

    let report = String::from_utf8(documents.files["data/report.xml"].clone()).unwrap();
    let start = report.find("  <reporter>").unwrap();
    let end = report.find("</reporter>").unwrap() + "</reporter>\n".len();
    let (head, reporter, tail) = (&report[..start], &report[start..end], &report[end..]);
    let first = head.find("  <internetDetails>").unwrap();
    let moved = format!("{}{reporter}{}{tail}", &head[..first], &head[first..]);
    let found = validate(&xsd, [("data/report.xml", moved.as_bytes())]).unwrap();
    assert_eq!(found[0].document, "data/report.xml");
    let line = moved[..moved.rfind("<internetDetails>").unwrap()].lines().count();
    assert!(found[0].line > 1 && found[0].line as usize <= line, "{found:?}");
    assert!(found[0].text.contains("internetDetails"), "{found:?}");

    let found = validate(&xsd, [("x", &b"<report><a></report>"[..])]).unwrap();
    assert_eq!(found[0].document, "x");
}

#[test]
fn what_cannot_be_applied_is_said() {
    let (room, xsd) = schema(SAMPLE);
    let documents = [("x", &b"<report/>"[..])];
    let code = |result: Result<Vec<XsdFinding>, XsdError>| result.unwrap_err().code();
    let nowhere = room.path().join("no-such-program");
    assert_eq!(code(validate_with(nowhere.as_os_str(), &xsd, documents)), "XSD-01");
    assert_eq!(code(validate(&room.path().join("absent.xsd"), documents)), "XSD-02");
    assert_eq!(code(validate(room.path(), documents)), "XSD-02");
    let (_other, broken) =
        schema("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:elem");
    assert_eq!(code(validate(&broken, documents)), "XSD-02");
    let (_other, empty) = schema("not a schema");
    assert_eq!(code(validate(&empty, documents)), "XSD-02");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A second parser, written by others, reads whatever is written.
    #[test]
    fn hostile_records_still_give_valid_documents(input in sample::hostile()) {
        let (_room, xsd) = schema(SAMPLE);
        let documents = build(&input).unwrap();
        prop_assert_eq!(validate(&xsd, documents.xml()).unwrap(), vec![]);
    }
}
