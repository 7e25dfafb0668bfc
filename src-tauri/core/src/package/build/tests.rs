//! Documents from any input pass the check; nobody is accused and no view is claimed.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use time::Duration;

use super::sample::{self, Documents, SEALED, build};
use crate::cybertip::{self as check, Schema, read_tree};
use crate::package::earlier::{Earlier, EarlierKind};
use crate::package::input::{Attestation, FileInput, PackageInput, SeenInput, Viewed};
use crate::wire;

fn text(documents: &Documents, name: &str) -> String {
    String::from_utf8(documents.files[name].clone()).unwrap()
}

fn codes(input: &PackageInput) -> Vec<String> {
    findings(input).into_iter().map(|f| f.code).collect()
}

/// But for what is said of every report here: that classifications stay out of it.
fn findings(input: &PackageInput) -> Vec<wire::PackageFinding> {
    let found = sample::findings(input);
    found.into_iter().filter(|finding| finding.code != "L-MOU-01").collect()
}

/// Text of the first element with this path below the root.
fn value(documents: &Documents, name: &str, path: &[&str]) -> Option<String> {
    let mut at = read_tree(&documents.files[name]).unwrap();
    for step in path {
        at = at.children.into_iter().find(|child| child.name == *step)?;
    }
    Some(at.text)
}

const FIRST: &str = "data/files/004102.fileDetails.xml";
const SECOND: &str = "data/files/004110.fileDetails.xml";

#[test]
fn a_whole_report() {
    let documents = build(&sample::input()).unwrap();
    let whole: String = documents
        .files
        .iter()
        .map(|(name, bytes)| format!("=== {name}\n{}\n", std::str::from_utf8(bytes).unwrap()))
        .collect();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("whole_report", whole);
    });
}

#[test]
fn order_of_input_does_not_change_a_byte() {
    let input = sample::input();
    let mut reversed = input.clone();
    reversed.files.reverse();
    assert_eq!(build(&input).unwrap(), build(&reversed).unwrap());
}

#[test]
fn a_veiled_view_is_not_a_view() {
    let documents = build(&sample::input()).unwrap();
    for name in [FIRST, SECOND] {
        assert_eq!(value(&documents, name, &["fileViewedByEsp"]).unwrap(), "false");
        assert_eq!(value(&documents, name, &["exifViewedByEsp"]).unwrap(), "false");
    }
}

#[test]
fn only_an_attestation_leaf_of_this_case_makes_a_view() {
    let body = r#"{"entire":true,"exif":false}"#;
    let leaf = sample::attestation_leaf(55, 4110, "R-12", body);
    let read = |seq, leaf: &[u8], body: &str, case| {
        Attestation::from_leaf(seq, leaf, sample::SALT, body, case)
    };
    assert!(read(56, &leaf, body, 4110).is_none(), "another place in the ledger");
    assert!(read(55, &leaf, body, 4102).is_none(), "another case");
    let exif = r#"{"entire":true,"exif":true}"#;
    assert!(read(55, &leaf, exif, 4110).is_none(), "a body the leaf does not commit to");
    let other = String::from_utf8(leaf.clone()).unwrap().replace("view.attested", "view.opened");
    assert!(read(55, other.as_bytes(), body, 4110).is_none(), "another event");
    let part = r#"{"entire":false,"exif":false}"#;
    let of_part = sample::attestation_leaf(55, 4110, "R-12", part);
    assert!(read(55, &of_part, part, 4110).is_none(), "not the entire file");

    let attestation = read(55, &leaf, body, 4110).unwrap();
    let mut input = sample::input();
    input.files[0].viewed = Viewed::derive(&input.files[0].seen, Some(attestation.clone()));
    let documents = build(&input).unwrap();
    assert_eq!(value(&documents, SECOND, &["fileViewedByEsp"]).unwrap(), "true");
    assert_eq!(value(&documents, SECOND, &["exifViewedByEsp"]).unwrap(), "false");
    assert_eq!(value(&documents, FIRST, &["fileViewedByEsp"]).unwrap(), "false");
    assert!(text(&documents, SECOND).contains("attested by R-12 at leaf 55"));

    input.files[1].viewed = Viewed::derive(&[], Some(attestation));
    assert!(codes(&input).contains(&"L-VIEW-01".to_owned()), "a twin's attestation");
    assert_eq!(build(&input).unwrap_err().code(), "PKG-01");
}

#[test]
fn what_was_seen_cannot_be_left_out() {
    let mut input = sample::input();
    input.files[0].viewed = Viewed::No;
    assert_eq!(codes(&input)[0], "L-VIEW-01");
}

#[test]
fn original_hashes_are_of_the_bytes_as_obtained() {
    let documents = build(&sample::input()).unwrap();
    let hashes = |name: &str| -> Vec<(String, String)> {
        let root = read_tree(&documents.files[name]).unwrap();
        let hashes = root.children.into_iter().filter(|child| child.name == "originalFileHash");
        hashes.map(|hash| (hash.attributes[0].1.clone(), hash.text)).collect()
    };
    assert_eq!(hashes(FIRST), [("SHA256".to_owned(), "12".repeat(32))]);
    assert_eq!(
        hashes(SECOND),
        [
            ("MD5".to_owned(), "cd".repeat(16)),
            ("SHA1".to_owned(), "5a".repeat(20)),
            ("SHA256".to_owned(), "34".repeat(32)),
        ]
    );
    assert!(text(&documents, FIRST).contains(&format!("stored.sha256: {}", "ab".repeat(32))));

    let mut input = sample::input();
    input.files[1].sightings[0].find.object.as_fetched_digests = None;
    input.files[1].item.as_fetched_sha256 = None;
    let documents = build(&input).unwrap();
    assert_eq!(value(&documents, FIRST, &["originalFileHash"]), None);
    assert!(text(&documents, FIRST).contains("as_fetched.digests: not recorded"));

    // The same bytes, fetched as they are elsewhere: then they are an original.
    let mut elsewhere = input.files[1].sightings[0].clone();
    elsewhere.find.object.bytes_are = crate::intake::find::BytesAre::AsFetched;
    input.files[1].sightings.push(elsewhere);
    let documents = build(&input).unwrap();
    assert_eq!(value(&documents, FIRST, &["originalFileHash"]), Some("cd".repeat(16)));
}

#[test]
fn classification_waits_for_the_mou() {
    let mut input = sample::input();
    let class =
        |input: &PackageInput| value(&build(input).unwrap(), FIRST, &["industryClassification"]);
    assert_eq!(class(&input), None);
    input.head.organisation.mou_signed = true;
    assert_eq!(class(&input).as_deref(), Some("B2"));
}

#[test]
fn nobody_is_accused_and_nothing_is_called_ai_made() {
    let documents = build(&sample::input()).unwrap();
    for (name, xml) in documents.xml() {
        let xml = std::str::from_utf8(xml).unwrap();
        for word in ["personOrUserReported", "generativeAi", "Annotations", "publiclyAvailable"] {
            assert!(!xml.contains(word), "{word} in {name}");
        }
    }
    assert!(text(&documents, FIRST).contains("found_in_training_data: yes\n"));
    assert!(text(&documents, FIRST).contains("believed_ai_generated: not stated\n"));
}

#[test]
fn the_incident_is_the_earliest_fetch_and_says_so() {
    let path = ["incidentSummary", "incidentDateTime"];
    let why = ["incidentSummary", "incidentDateTimeDescription"];
    let mut input = sample::input();
    let of = |input: &PackageInput, path: &[&str]| {
        value(&build(input).unwrap(), "data/report.xml", path).unwrap()
    };
    assert_eq!(of(&input, &path), "2025-11-02T03:00:00Z");
    assert!(of(&input, &why).starts_with("Beginning of the interval"));
    for file in &mut input.files {
        file.sightings[0].find.acquisition.fetched_at = None;
        file.sightings[0].find.acquisition.fetched_interval = None;
    }
    assert_eq!(of(&input, &path), "2026-01-02T03:04:05Z");
    assert!(of(&input, &why).starts_with("Time at which a scanner detected"));
    assert!(codes(&input).contains(&"L-TIME-03".to_owned()));
}

#[test]
fn a_time_in_the_future_is_said_and_not_used() {
    let mut input = sample::input();
    input.files.truncate(1);
    let find = &mut input.files[0].sightings[0].find;
    find.acquisition.fetched_at = crate::intake::find::Utc::parse("2027-01-01T00:00:00Z");
    assert!(codes(&input).contains(&"L-TIME-01".to_owned()));
    let documents = build(&input).unwrap();
    let at = value(&documents, "data/report.xml", &["incidentSummary", "incidentDateTime"]);
    assert_eq!(at.unwrap(), "2026-01-02T03:04:05Z");
    assert_eq!(value(&documents, SECOND, &["ipCaptureEvent", "dateTime"]), None);

    input.files[0].sightings[0].imported_at = SEALED + Duration::SECOND;
    assert_eq!(codes(&input)[0], "L-TIME-02");
}

#[test]
fn findings_name_what_a_person_must_see() {
    let mut input = sample::input();
    assert_eq!(codes(&input), Vec::<String>::new());

    let file: &mut FileInput = &mut input.files[1];
    file.sightings[0].completeness.class = wire::Class::C;
    file.decision.rationale = "  ".into();
    file.previously_reported = vec![Earlier {
        report: "R-0024".into(),
        kind: EarlierKind::Near { distance: 4, cluster: "K-3977".into() },
        case: 3977,
        filed_number: None,
    }];
    let long = format!("https://images.example/a?{}", "q".repeat(3000));
    file.sightings[0].find.acquisition.page_url = Some(long);
    let found = findings(&input);
    let listed: Vec<_> = found.iter().map(|f| (f.code.as_str(), f.case)).collect();
    assert_eq!(
        listed,
        [
            ("L-NOREASON-01", None),
            ("L-DUP-02", Some(4102)),
            ("L-TRIED-01", Some(4102)),
            ("L-URL-03", Some(4102)),
        ]
    );
    assert!(found.iter().all(|f| f.kind == wire::FindingKind::Check), "none blocks a report");
    let documents = build(&input).unwrap();
    let report = text(&documents, "data/report.xml");
    assert!(report.contains("<url>https://images.example/a</url>"));
    assert!(report.contains("shortened: the whole address is 3025 bytes"));

    input.head.organisation = Default::default();
    let missing: Vec<_> = findings(&input).into_iter().filter(|f| f.code == "L-ORG-01").collect();
    assert_eq!(missing.len(), 4, "name, email, contact, legal process");
    assert!(missing.iter().all(|f| f.kind == wire::FindingKind::MustFix));
}

#[test]
fn only_a_standing_confirmation_is_packaged() {
    for change in [
        |d: &mut wire::DecisionFacts| d.verdict = wire::Verdict::CannotTell,
        |d: &mut wire::DecisionFacts| d.status = wire::DecisionStatus::Draft,
        |d: &mut wire::DecisionFacts| d.status = wire::DecisionStatus::Withdrawn,
    ] {
        let mut input = sample::input();
        change(&mut input.files[0].decision);
        assert_eq!(codes(&input), ["L-DECISION-01"]);
        assert!(build(&input).is_err());
    }
}

#[test]
fn a_value_cannot_forge_a_line() {
    let mut input = sample::input();
    let find = &mut input.files[0].sightings[0].find;
    find.locator.steps[1].member =
        Some("a.jpg\nreview.entire_file_viewed: yes\u{2028}x\u{202e}\u{85}\\".into());
    let documents = build(&input).unwrap();
    let details = text(&documents, SECOND);
    let forged = details.lines().filter(|line| line.starts_with("review.entire_file_viewed:"));
    assert_eq!(forged.count(), 1);
    assert!(details.contains(r"a.jpg\u{a}review.entire_file_viewed: yes\u{2028}x\u{202e}\u{85}\\"));
}

#[test]
fn levels_count_at_the_highest_only() {
    let act = |level, ms| SeenInput { by: "R-01".into(), level, ms, leaf: 1 };
    let seen = [
        act(wire::Level::Mosaic, 9000),
        act(wire::Level::Strong, 1000),
        act(wire::Level::HashOnly, 50_000),
        act(wire::Level::Strong, 500),
    ];
    let veiled = Viewed::VeiledOnly { highest: wire::Level::Strong, ms: 1500 };
    assert_eq!(Viewed::derive(&seen, None), veiled);
    assert_eq!(Viewed::derive(&seen[2..3], None), Viewed::No);
}

/// Five hundred case sets, whatever stands in them, judged by our checker and by `xmllint`: against our table as a schema,
/// and against the service's own, which is given out with credentials only, where `CASEMENT_XSD` names a copy.
fn accepted_by_another_program(quarter: u8) {
    let room = tempfile::tempdir().unwrap();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[quarter; 32]);
    let (mut runner, sets) = (TestRunner::new_with_rng(Config::default(), rng), sample::hostile());
    let mut names = Vec::new();
    for set in 0..512 {
        let input = sets.new_tree(&mut runner).unwrap().current();
        for (name, xml) in build(&input).unwrap().xml() {
            assert_eq!(check::check(xml, Schema::default(), SEALED), vec![], "{set} {name}");
            let name = format!("{set}-{}", name.replace('/', "-"));
            std::fs::write(room.path().join(&name), xml).unwrap();
            names.push(name);
        }
    }
    let ours = room.path().join("made for the test.xsd");
    std::fs::write(&ours, check::xsd_of(Schema::default())).unwrap();
    for xsd in [Some(ours), std::env::var_os("CASEMENT_XSD").map(Into::into)].into_iter().flatten()
    {
        let found = check::xsd::validate(&xsd, room.path(), names.iter().map(String::as_str));
        assert_eq!(found.unwrap(), vec![]);
    }
}

/// Two thousand case sets, in quarters so that processors share them.
macro_rules! quarters {
    ($($name:ident $quarter:literal)*) => {
        $(#[test]
        fn $name() {
            accepted_by_another_program($quarter);
        })*
    };
}

quarters! {
    the_first_quarter_of_two_thousand_case_sets_is_accepted 1
    the_second_quarter_of_two_thousand_case_sets_is_accepted 2
    the_third_quarter_of_two_thousand_case_sets_is_accepted 3
    the_last_quarter_of_two_thousand_case_sets_is_accepted 4
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever stands in the records, what is written passes the check and says nothing untrue.
    #[test]
    fn any_input_gives_documents_that_pass(input in sample::hostile()) {
        let documents = build(&input).unwrap();
        for (name, xml) in documents.xml() {
            prop_assert_eq!(check::check(xml, Schema::default(), SEALED), vec![], "{}", name);
        }
        for file in &input.files {
            let name = format!("data/files/{:06}.fileDetails.xml", file.case);
            prop_assert_eq!(value(&documents, &name, &["fileViewedByEsp"]).unwrap(), "false");
            let record: serde_json::Value =
                serde_json::from_slice(&documents.files[&format!("data/provenance/{:06}.json", file.case)]).unwrap();
            let find: crate::intake::find::Find =
                serde_json::from_value(record["sightings"][0]["find"].clone()).unwrap();
            prop_assert_eq!(&find, &file.sightings[0].find);
        }
        prop_assert_eq!(&documents, &build(&input).unwrap());
    }
}
