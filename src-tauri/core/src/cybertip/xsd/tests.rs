//! These need `xmllint` on the machine, as the feature does.

use std::path::{Path, PathBuf};

use super::*;
use crate::cybertip::{Schema, xsd_of};

const FILE: &str = "<fileDetails>\n<reportId>7</reportId>\n\
<fileId>0123456789abcdef0123456789abcdef</fileId>\n<fileViewedByEsp>false</fileViewedByEsp>\n\
<exifViewedByEsp>false</exifViewedByEsp>\n</fileDetails>\n";

/// A folder with a schema of our own, where an operator would keep theirs, and one good document.
fn room(schema: &str) -> (tempfile::TempDir, PathBuf) {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("report schema.xsd");
    fs::write(&path, schema).unwrap();
    fs::write(room.path().join("good.xml"), FILE).unwrap();
    (room, path)
}

fn found(folder: &Path, xsd: &Path, changed: &str) -> Vec<XsdFinding> {
    fs::write(folder.join("004110.xml"), changed).unwrap();
    validate(xsd, folder, ["good.xml", "004110.xml", "good.xml"]).unwrap()
}

#[test]
fn a_complaint_names_document_line_and_field_and_quotes_nothing() {
    let (room, xsd) = room(&xsd_of(Schema::Served));
    let here = room.path();
    assert_eq!(validate(&xsd, here, ["good.xml"; 3]).unwrap(), vec![]);
    for (from, to, line, place, text) in [
        ("<exif", "<secret/>\n<exif", 5, "fileDetails/secret", "expects exifViewedByEsp"),
        ("<reportId>7</reportId>", "", 3, "fileDetails/fileId", "expects reportId"),
        (
            "</fileDetails>",
            "<details/></fileDetails>",
            6,
            "fileDetails/details",
            "lacks an element",
        ),
        (">7<", ">secret<", 2, "fileDetails/reportId", "not a value of the type"),
        (">0123", ">secret", 3, "fileDetails/fileId", "does not have the form"),
        (
            "<reportId>",
            "<reportId secret=\"secret\">",
            2,
            "fileDetails/reportId",
            "attribute secret is not allowed",
        ),
        ("<fileDetails>", "<fileDetails", 2, "", "not well-formed"),
    ] {
        let changed = FILE.replacen(from, to, 1);
        let found = found(here, &xsd, &changed);
        let first = &found[0];
        assert_eq!(
            (first.document.as_str(), first.line, first.place.as_str()),
            ("004110.xml", line, place),
            "{found:?}"
        );
        assert!(first.text.contains(text), "{found:?}");
        assert!(!first.text.replace("attribute secret", "").contains("secret"), "{found:?}");
    }
}

#[test]
fn what_is_not_there_is_not_accepted() {
    let (room, xsd) = room(&xsd_of(Schema::Served));
    let found = validate(&xsd, room.path(), ["good.xml", "absent.xml"]).unwrap();
    assert_eq!((found.len(), found[0].document.as_str()), (1, "absent.xml"));
}

#[test]
fn what_cannot_be_applied_is_said() {
    let (room, xsd) = room(&xsd_of(Schema::Served));
    let here = room.path();
    let code = |result: Result<Vec<XsdFinding>, XsdError>| result.unwrap_err().code();
    let nowhere = here.join("no-such-program");
    assert_eq!(code(validate_with(nowhere.as_os_str(), &xsd, here, ["good.xml"])), "XSD-01");
    assert_eq!(code(validate(&here.join("absent.xsd"), here, ["good.xml"])), "XSD-02");
    assert_eq!(code(validate(here, here, ["good.xml"])), "XSD-02");
    for broken in
        ["<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:elem", "not a schema"]
    {
        fs::write(&xsd, broken).unwrap();
        assert_eq!(code(validate(&xsd, here, ["good.xml"])), "XSD-02");
    }
}
