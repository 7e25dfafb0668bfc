//! Any document is accepted by our checker and by another program, and comes back as it went.

use proptest::prelude::*;

use super::any::{self, Any, Dice};
use super::*;

/// Documents made for the other program.
const DOCUMENTS: u64 = 2_400;

/// Writes and reads back what a seed gives; the document, and its kind.
fn one(seed: u64, fullness: usize, schema: Schema) -> (&'static str, Vec<u8>) {
    let mut dice = Dice::new(seed, fullness);
    if seed.is_multiple_of(2) {
        let report = any::report(&mut dice, schema);
        let xml = report.to_xml(schema).unwrap();
        assert_eq!(check(&xml, schema, NOW), vec![], "seed {seed}");
        assert_eq!(Report::read(&xml, schema, NOW).unwrap(), report, "seed {seed}");
        assert_eq!(Report::read(&xml, schema, NOW).unwrap().to_xml(schema).unwrap(), xml);
        ("report", xml)
    } else {
        let file = any::file(&mut dice, schema);
        let xml = file.to_xml(schema).unwrap();
        assert_eq!(check(&xml, schema, NOW), vec![], "seed {seed}");
        assert_eq!(FileDetails::read(&xml, schema, NOW).unwrap(), file, "seed {seed}");
        ("fileDetails", xml)
    }
}

/// The documents in a folder, as an operator's validator would find them.
fn folder(schema: Schema) -> (tempfile::TempDir, Vec<String>) {
    let room = tempfile::tempdir().unwrap();
    let per_schema = DOCUMENTS / 3;
    let names = (0..per_schema)
        .map(|seed| {
            let fullness = usize::try_from(seed % 9).unwrap();
            let (kind, xml) = one(seed, fullness, schema);
            let name = format!("{seed:04}.{kind}.xml");
            std::fs::write(room.path().join(&name), xml).unwrap();
            name
        })
        .collect();
    (room, names)
}

fn accepted(xsd: &std::path::Path, schema: Schema) {
    let (room, names) = folder(schema);
    let found = xsd::validate(xsd, room.path(), names.iter().map(String::as_str)).unwrap();
    assert_eq!(found, vec![], "{}", schema.date());
}

/// Our table as a schema, judged by `xmllint`: a second reader of order, number, words and limits.
#[test]
fn every_random_document_is_accepted_by_another_program() {
    for schema in Schema::ALL {
        let room = tempfile::tempdir().unwrap();
        let xsd = room.path().join("made for the test.xsd");
        std::fs::write(&xsd, xsd_of(schema)).unwrap();
        accepted(&xsd, schema);
    }
}

/// The service's own schema is given out with credentials only: `CASEMENT_XSD` names a copy.
#[test]
fn every_random_document_is_accepted_by_the_schema_of_the_service_where_it_is_supplied() {
    if let Some(xsd) = std::env::var_os("CASEMENT_XSD") {
        accepted(std::path::Path::new(&xsd), Schema::Served);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_written_comes_back(seed in any::<u64>(), fullness in 0_usize..=8, edition in 0_usize..3) {
        one(seed, fullness, Schema::ALL[edition]);
    }

    #[test]
    fn answers_come_back(seed in any::<u64>()) {
        let dice = &mut Dice::new(seed, 5);
        let mut response = ReportResponse::any(dice);
        response.md5 = response.md5.map(|_| "0aB9".repeat(8));
        for answer in [Answer::Response(response), Answer::Done(ReportDoneResponse::any(dice))] {
            let xml = answer.to_xml().unwrap();
            prop_assert_eq!(Answer::read(&xml).unwrap(), answer);
        }
    }
}

/// Every flag, every word and every optional element was drawn at least once.
#[test]
fn the_random_documents_hold_everything_there_is() {
    let mut all = String::new();
    for seed in 0..400 {
        let (_, xml) = one(seed, 8, Schema::Drifted);
        all.push_str(std::str::from_utf8(&xml).unwrap());
    }
    for name in super::rules::every_name(Schema::Drifted) {
        let opened = all.contains(&format!("<{name}>"))
            || all.contains(&format!("<{name} "))
            || all.contains(&format!("<{name}/>"));
        assert!(opened || name == "batchedReport", "{name} was never drawn");
    }
}
