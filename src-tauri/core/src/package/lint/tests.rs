//! Every rule, by its code; what is collapsed; and that no finding names evidence.

mod any;

use time::Duration;

use super::{Findings, rules};
use crate::intake::find::Utc;
use crate::package::build::sample::{self, SEALED};
use crate::package::earlier::{Earlier, EarlierKind};
use crate::package::input::{FileInput, Head, Viewed};
use crate::package::reread::Reread;
use crate::package::stated::Annotations;
use crate::wire::{Annotation, Class, Classification, DecisionStatus, FindingKind, Level};
use crate::wire::{PackageFinding, Verdict};

fn collect<'a>(head: &Head, files: impl IntoIterator<Item = &'a FileInput>) -> Vec<PackageFinding> {
    let mut found = Findings::new(head, SEALED);
    files.into_iter().for_each(|file| {
        found.add(file);
    });
    found.end()
}

/// Findings after a change to one of two files that have none, but for what is said of every report here.
fn after(change: impl FnOnce(&mut FileInput)) -> Vec<PackageFinding> {
    let mut input = sample::input();
    change(&mut input.files[0]);
    let found = collect(&input.head, &input.files);
    found.into_iter().filter(|finding| finding.code != "L-MOU-01").collect()
}

#[track_caller]
fn one(found: Vec<PackageFinding>, kind: FindingKind, code: &str) -> PackageFinding {
    let codes: Vec<&str> = found.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, [code]);
    assert_eq!(found[0].kind, kind);
    found[0].clone()
}

#[track_caller]
fn must(code: &str, change: impl FnOnce(&mut FileInput)) {
    let found = one(after(change), FindingKind::MustFix, code);
    assert_eq!((found.case, found.goto.case), (Some(4110), Some(4110)));
    assert!(found.text.starts_with("004110"), "{}", found.text);
}

#[track_caller]
fn check(code: &str, change: impl FnOnce(&mut FileInput)) {
    let found = one(after(change), FindingKind::Check, code);
    assert_eq!((found.case, found.goto.case), (Some(4110), Some(4110)));
}

fn utc(text: &str) -> Option<Utc> {
    Utc::parse(text)
}

fn annotated(file: &mut FileInput, yes: &[Annotation]) {
    file.annotations = Some(Annotations {
        yes: yes.iter().copied().collect(),
        no: [].into(),
        by: "R-07".into(),
        leaf: 201,
    });
}

fn earlier(kind: EarlierKind, number: Option<&str>) -> Vec<Earlier> {
    let filed_number = number.map(str::to_owned);
    vec![Earlier { report: "R-0024".into(), kind, case: 3977, filed_number }]
}

#[test]
fn what_makes_a_file_one_of_the_report() {
    must("L-DECISION-01", |file| file.decision.verdict = Verdict::CannotTell);
    must("L-DECISION-01", |file| file.decision.status = DecisionStatus::Withdrawn);
    must("L-DIGEST-01", |file| file.item.md5 = "cd".into());
    must("L-DIGEST-01", |file| file.item.sha256 = "00".repeat(32));
    must("L-DIGEST-02", |file| file.reread = Reread::Differs);
    check("L-BYTES-01", |file| file.reread = Reread::NotHeld);
    check("L-BYTES-02", |file| file.reread = Reread::Unreadable);
    assert!(after(|file| file.reread = Reread::NotYet).is_empty(), "a preview opens no original");
    let alone = after(|file| file.sightings.clear());
    assert_eq!((alone[0].code.as_str(), alone[0].kind), ("L-SIGHT-01", FindingKind::MustFix));
}

#[test]
fn nothing_is_said_of_viewing_but_what_the_ledger_holds() {
    must("L-VIEW-01", |file| file.viewed = Viewed::No);
    must("L-VIEW-02", |file| file.unproven = vec![55, 56]);
    must("L-VIEW-03", |file| file.decision.level_seen = Level::Soft);
    // An exposure after the decision, or another's, is not what its author had seen.
    must("L-VIEW-03", |file| {
        file.seen[0].leaf = file.decision.leaf + 1;
    });
    must("L-VIEW-03", |file| file.seen[0].by = "R-12".into());
}

#[test]
fn times_lie_in_the_past_and_in_an_order_that_can_be() {
    check("L-TIME-01", |file| {
        file.sightings[0].find.emitted_at = utc("2027-01-01T00:00:00Z").unwrap();
    });
    must("L-TIME-02", |file| file.sightings[0].imported_at = SEALED + Duration::SECOND);
    let of = |file: &mut FileInput, fetched: Option<Utc>| {
        file.sightings[0].find.acquisition.fetched_at = fetched;
        file.sightings[0].find.acquisition.server_ip = None;
    };
    check("L-TIME-03", |file| of(file, None));
    check("L-TIME-04", |file| of(file, utc("2026-01-20T00:00:00Z")));
    check("L-TIME-05", |file| of(file, utc("1970-01-01T00:00:00Z")));
    must("L-TIME-06", |file| file.decision.at = "2026-03-01T00:00:00Z".into());

    // Of all files none has a time: the report says that of import.
    let mut input = sample::input();
    input.files.truncate(1);
    let find = &mut input.files[0].sightings[0].find;
    find.acquisition.fetched_at = None;
    find.acquisition.server_ip = None;
    find.scanner.scanned_at = utc("2027-01-01T00:00:00Z");
    find.emitted_at = utc("2027-01-01T00:00:00Z").unwrap();
    let found = collect(&input.head, &input.files);
    assert!(found.iter().any(|f| f.code == "L-TIME-07" && f.kind == FindingKind::Check));
}

#[test]
fn addresses_the_report_cannot_carry_as_they_are() {
    check("L-URL-01", |file| {
        file.sightings[0].find.acquisition.final_url = Some("s3://bucket/key".into());
    });
    let long = format!("https://images.example/a?{}", "q".repeat(3000));
    let found = after(|file| file.sightings[0].find.acquisition.page_url = Some(long));
    let found = one(found, FindingKind::Check, "L-URL-03");
    assert_eq!(found.title, "Page address longer than 2,083");
    assert_eq!(found.field, "find.acquisition.page_url");
    assert_eq!(found.element.as_deref(), Some("report/internetDetails/webPageIncident/url"));
    let undated = after(|file| {
        file.sightings[0].find.acquisition.fetched_at = None;
    });
    assert!(undated.iter().any(|f| f.code == "L-IP-01" && f.kind == FindingKind::Check));
    check("L-IP-02", |file| {
        file.sightings[0].find.acquisition.server_ip = Some("images.example".into());
    });
}

#[test]
fn classification_and_annotations_must_go_together() {
    for unreal in [Annotation::AnimeDrawingVirtualHentai, Annotation::PotentialMeme] {
        check("L-CLASS-01", |file| annotated(file, &[unreal]));
    }
    check("L-CLASS-02", |file| annotated(file, &[Annotation::Infant]));
    check("L-CLASS-03", |file| annotated(file, &[Annotation::Bestiality]));
    let together = after(|file| {
        file.decision.classification = Some(Classification::A1);
        annotated(file, &[Annotation::Infant, Annotation::Bestiality, Annotation::Viral]);
    });
    assert!(together.is_empty(), "{together:?}");

    let ai = [Annotation::GenerativeAi];
    for reason in
        ["Found in the training data of a model.", "The dataset says so.", "From a corpus."]
    {
        check("L-AI-01", |file| {
            annotated(file, &ai);
            file.decision.rationale = reason.into();
        });
    }
    assert!(
        after(|file| {
            annotated(file, &ai);
            file.decision.rationale = "The entry's keeper lists it as made by a generator.".into();
        })
        .is_empty()
    );
    // Nobody looked: the second file was decided on its hashes.
    let mut input = sample::input();
    annotated(&mut input.files[1], &[Annotation::PossibleSelfProduction]);
    let found = collect(&input.head, &input.files);
    assert!(found.iter().any(|f| f.code == "L-ANNOT-01" && f.case == Some(4102)));
    annotated(&mut input.files[1], &[Annotation::Viral]);
    assert!(!collect(&input.head, &input.files).iter().any(|f| f.code == "L-ANNOT-01"));
}

#[test]
fn where_it_came_from_and_where_it_was_before() {
    check("L-TRIED-01", |file| file.sightings[0].completeness.class = Class::C);
    check("L-TRIED-01", |file| file.sightings[0].completeness.class = Class::D);
    let same = EarlierKind::Exact;
    must("L-DUP-01", |file| file.previously_reported = earlier(same.clone(), Some("1234567")));
    check("L-DUP-03", |file| file.previously_reported = earlier(same, None));
    let near = EarlierKind::Near { distance: 4, cluster: "K-3977".into() };
    check("L-DUP-02", |file| file.previously_reported = earlier(near.clone(), Some("1234567")));
    let found = after(|file| file.previously_reported = earlier(near, None));
    assert_eq!(
        found[0].text,
        "004110: R-0024: case 003977, 4 of 256 bits differ (PDQ), cluster K-3977."
    );
}

#[test]
fn who_reports_and_this_machines_clock() {
    let mut input = sample::input();
    let of = |head: &Head| -> Vec<(String, String, FindingKind)> {
        super::head(head, SEALED).into_iter().map(|f| (f.code, f.field, f.kind)).collect()
    };
    assert!(of(&input.head).is_empty());
    let long = "n".repeat(300);
    input.head.organisation.name = long.clone();
    input.head.organisation.contact.last_name = long;
    let limit = |field: &str| ("L-LIMIT-01".to_owned(), field.to_owned(), FindingKind::Check);
    let fields = ["organisation.name", "organisation.contact.last_name"];
    assert_eq!(of(&input.head), fields.map(limit));

    input.head.organisation = Default::default();
    let missing = of(&input.head);
    assert!(
        missing.iter().all(|(code, _, kind)| code == "L-ORG-01" && *kind == FindingKind::MustFix)
    );
    let fields: Vec<&str> = missing.iter().map(|(_, field, _)| field.as_str()).collect();
    let expected = ["name", "email", "contact", "company_template"];
    assert_eq!(fields, expected.map(|field| format!("organisation.{field}")));

    let input = sample::input();
    let found = super::head(&input.head, SEALED - Duration::minutes(3));
    let found = one(found, FindingKind::MustFix, "L-CLOCK-01");
    assert!(found.text.contains("3:00 min:s"), "{}", found.text);
}

#[test]
fn rules_over_all_files() {
    let mut input = sample::input();
    let none = collect(&input.head, &[]);
    one(none, FindingKind::MustFix, "L-FILES-01");
    let twice = [input.files[1].clone(), input.files[1].clone()];
    assert_eq!(collect(&input.head, &twice)[0].code, "L-FILES-02");
    let mut other = input.files[1].clone();
    other.case = 1;
    let found = collect(&input.head, &[input.files[1].clone(), other]);
    assert!(found.iter().any(|f| f.code == "L-FILES-03" && f.kind == FindingKind::Check));

    let found = one(collect(&input.head, &input.files), FindingKind::Check, "L-MOU-01");
    assert_eq!((found.count, found.text.as_str()), (Some(2), "2 of 2 files: 004110, 004102."));
    input.head.organisation.mou_signed = true;
    assert!(collect(&input.head, &input.files).is_empty());
    input.files[1].decision.rationale = " ".into();
    let found = one(collect(&input.head, &input.files), FindingKind::Check, "L-NOREASON-01");
    assert_eq!((found.count, found.text.as_str()), (Some(1), "1 of 2 files: 004102."));
}

#[test]
fn ten_thousand_files_are_told_in_few_lines_and_none_that_must_be_fixed_is_lost() {
    let input = sample::input();
    let mut found = Findings::new(&input.head, SEALED);
    for case in 1..=10_000_u32 {
        let mut file = input.files[1].clone();
        file.case = case;
        file.item.sha256 = format!("{case:064x}");
        file.sightings[0].find.object.digests.sha256 = file.item.sha256.clone();
        file.sightings[0].completeness.class = Class::D;
        file.decision.rationale.clear();
        if case == 7_777 {
            file.decision.status = DecisionStatus::Draft;
        }
        let worst = found.add(&file);
        let expected = if case == 7_777 { FindingKind::MustFix } else { FindingKind::Check };
        assert_eq!(worst, Some(expected));
    }
    let found = found.end();
    let told: Vec<_> = found.iter().map(|f| (f.code.as_str(), f.case, f.count)).collect();
    assert_eq!(
        told,
        [
            ("L-DECISION-01", Some(7_777), None),
            ("L-MOU-01", None, Some(10_000)),
            ("L-NOREASON-01", None, Some(10_000)),
            ("L-TRIED-01", Some(1), Some(10_000)),
        ]
    );
    assert_eq!(
        found[3].text,
        "10,000 of 10,000 files: 000001, 000002, 000003, 000004, 000005 and 9,995 more."
    );
}

#[test]
fn every_rule_has_a_test_that_names_it_a_field_and_a_remedy() {
    let tests = include_str!("tests.rs");
    for rule in rules() {
        assert!(tests.contains(&format!("\"{}\"", rule.code)), "{} has no test", rule.code);
        assert!(!rule.field.is_empty() && rule.remedy.ends_with('.'), "{}", rule.code);
        assert!(!rule.title.ends_with('.'), "{}", rule.code);
    }
}

#[test]
fn no_finding_names_evidence() {
    const SECRET: &str = "zebra-crossing";
    let found = after(|file| {
        let find = &mut file.sightings[0].find;
        let got = &mut find.acquisition;
        got.origin_url = Some(format!("s3://{SECRET}/x"));
        got.page_url = Some(format!("https://{SECRET}.example/{}", "x/".repeat(2000)));
        got.server_ip = Some(SECRET.into());
        got.fetched_at = utc("2027-01-01T00:00:00Z");
        find.locator.dataset.id = SECRET.into();
        find.locator.dataset.supplier = Some(SECRET.into());
        find.object.digests.sha256 = SECRET.into();
        find.matches[0].list.entry_id = Some(SECRET.into());
        file.item.sha1 = SECRET.into();
        file.decision.rationale = format!("training {SECRET}");
        file.decision.level_seen = Level::Soft;
        file.unproven = vec![1];
        file.reread = Reread::Differs;
        annotated(file, &[Annotation::GenerativeAi, Annotation::Infant]);
    });
    assert!(found.len() >= 9, "{found:?}");
    let text = serde_json::to_string(&found).unwrap();
    assert!(!text.contains(SECRET), "{text}");
}
