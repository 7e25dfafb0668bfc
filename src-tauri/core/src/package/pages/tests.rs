//! The pages say what the facts say, in bounded space, and nothing on them is live.

use proptest::prelude::*;
use quick_xml::events::Event;

use super::totals::{DESCRIBED, LISTED};
use super::*;
use crate::package::build::sample;
use crate::package::earlier::{Earlier, EarlierKind};
use crate::package::input::{Attestation, PackageInput, SeenInput, Viewed};
use crate::wire::{Class, Level};

fn told(input: &PackageInput) -> Pages {
    let mut totals = Totals::default();
    input.files.iter().for_each(|file| totals.add(&input.head, file));
    pages(&input.head, &totals)
}

/// Whatever stands in it, it is one tree and fetches nothing.
fn is_sound(html: &str) {
    let lower = html.to_lowercase();
    for never in [
        "http://", "https://", "<script", "<img", "<a ", "href", "src=", "url(", "@import",
        "mailto:",
    ] {
        assert!(!lower.contains(never), "{never}");
    }
    assert!(html.starts_with("<!DOCTYPE html>"));
    let mut reader = quick_xml::Reader::from_str(html);
    let mut open = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => open.push(tag.name().0.to_owned()),
            Event::End(tag) => assert_eq!(open.pop().unwrap(), tag.name().0),
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
}

fn line<'a>(pages: &'a Pages, label: &str) -> Vec<&'a str> {
    let fact = pages.brief.iter().find(|fact| fact.label == label).unwrap();
    fact.lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn the_first_page_answers_the_questions_in_order() {
    let pages = told(&sample::input());
    let asked: Vec<&str> = pages.brief.iter().map(|fact| fact.label.as_str()).collect();
    assert_eq!(
        asked,
        [
            "What",
            "Where",
            "When",
            "How matched",
            "Who looked",
            "How traceable",
            "What is missing",
            "Whom to ask",
            "Earlier reports",
            "How to check",
        ]
    );
    assert_eq!(pages.title, "2 files confirmed in training data from images[.]example");
    assert!(line(&pages, "What")[1].contains("not the same as AI-generated"));
    assert!(line(&pages, "When")[0].contains("known for 2 files, of which 1 by an interval only"));
    assert!(
        line(&pages, "Who looked").join(" ").contains("fileViewedByEsp is false for 2 of 2 files")
    );
    assert!(line(&pages, "How traceable")[0].contains("A: 1 file traceable to origin"));
    assert!(line(&pages, "Whom to ask")[0].contains("+1 555 0100, legal@data.example"));
}

#[test]
fn a_view_is_told_only_where_it_was_attested() {
    let body = r#"{"entire":true,"exif":false}"#;
    let leaf = sample::attestation_leaf(55, 4110, "R-12", body);
    let mut input = sample::input();
    let attested = Attestation::from_leaf(55, &leaf, sample::SALT, body, 4110);
    input.files[0].viewed = Viewed::derive(&input.files[0].seen, attested);
    let pages = told(&input);
    let text = text::text(&pages);
    assert!(text.contains("fileViewedByEsp is false for 1 of 2 files"));
    assert!(text.contains("fileViewedByEsp is true for 1 of 2 files"));
    assert!(text.contains("Case 004110, by R-12, leaf 55"));
    assert!(text.contains(
        "Entire file viewed: yes, attested by R-12, leaf 55. Metadata (EXIF) viewed: no."
    ));
    assert_eq!(text.matches("Entire file viewed: yes").count(), 1);
}

#[test]
fn each_file_shows_its_digests_its_place_and_its_gaps() {
    let pages = told(&sample::input());
    let html = html::html(&pages);
    is_sound(&html);
    let text = text::text(&pages);
    let first = sample::find();
    for page in [&html, &text] {
        for digest in ["ab".repeat(32), "34".repeat(32), "5a".repeat(20), "cd".repeat(16)] {
            assert!(page.contains(&digest), "{digest}");
        }
        assert!(page.contains("hxxps://images[.]example/"));
        assert!(page.contains("data/provenance/004102.json"));
        assert!(page.contains(&first.matches[0].list.name));
    }
    assert!(first.missing.is_empty() || text.contains("MISSING: "));
}

#[test]
fn space_is_bounded_and_what_is_left_out_is_said() {
    let mut totals = Totals::default();
    let sample = sample::input();
    let n = u32::try_from(LISTED).unwrap() + 50;
    // Backwards, so that what is kept cannot be what came first.
    for case in (1..=n).rev() {
        let mut find = sample::traced();
        find.locator.dataset.id = format!("example/set-{case}");
        totals.add(&sample.head, &sample::file(case, find, Class::A));
    }
    assert_eq!((totals.described.len(), totals.listed.len()), (DESCRIBED, LISTED));
    let pages = pages(&sample.head, &totals);
    assert_eq!(pages.files.first().unwrap().case, "000001");
    assert_eq!(pages.files.last().unwrap().case, "000200");
    let table = pages.beyond[0].table.as_ref().unwrap();
    assert_eq!(table.rows.len(), LISTED - DESCRIBED);
    assert_eq!(table.rows[0][0][0].text, "000201");
    let text = text::text(&pages);
    assert!(text.contains(
        "50 more files are not named on these pages. data/manifest.json names them all."
    ));
    assert!(text.contains("Not every dataset is named here"));
    assert!(text.contains("In dataset example/set-"));
    assert!(serde_json::to_vec(&pages).unwrap().len() < casement_print::MAX_JSON / 4);
}

#[test]
fn what_others_wrote_stays_text() {
    let mut input = sample::input();
    let find = &mut input.files[0].sightings[0].find;
    let forged =
        "x</code><script>alert(1)</script>#panic()$ $]\u{85}\nCase 999999\u{202e}gpj.א🙂e\u{301}";
    find.locator.steps[1].member = Some(forged.to_owned());
    find.locator.dataset.supplier = Some(forged.to_owned());
    find.acquisition.page_url = Some(format!("https://h.example/{}", "p/".repeat(1000)));
    input.files[0].decision.rationale = "see http://h.example/x and HTTPS://h.example".into();
    let pages = told(&input);
    let html = html::html(&pages);
    is_sound(&html);
    assert!(html.contains("&lt;script&gt;"));
    let text = text::text(&pages);
    assert!(!text.lines().any(|line| line.trim_start() == "Case 999999"));
    assert!(!text.contains('\u{202e}') && !text.contains('\u{85}'));
    assert!(text.contains("the middle is left out here and stands in data/provenance/004110.json"));
}

#[test]
fn a_retold_duplicate_and_an_attempt_are_named() {
    let mut input = sample::input();
    input.files[0].previously_reported = vec![Earlier {
        report: "R-0009".into(),
        kind: EarlierKind::Exact,
        case: 4110,
        filed_number: None,
    }];
    let act = SeenInput { by: "R-31".into(), level: Level::Soft, ms: 61_000, leaf: 9 };
    input.files[0].seen.push(act);
    input.files[0].viewed = Viewed::derive(&input.files[0].seen, None);
    let text = text::text(&told(&input));
    assert!(text.contains("1 file in an earlier report or near one; named below."));
    assert!(text.contains("Case 004110: R-0009: case 004110, the same bytes"));
    assert!(text.contains("R-31, soft 96, 1:01 minutes, leaf 9"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever stands in the records, the pages are sound, say the same in each form, and are the same again.
    #[test]
    fn any_input_gives_sound_pages(input in sample::hostile()) {
        let pages = told(&input);
        let html = html::html(&pages);
        is_sound(&html);
        let text = text::text(&pages);
        prop_assert!(!text.to_lowercase().contains("http:") && !text.to_lowercase().contains("https:"));
        for file in &input.files {
            let case = format!("Case {:06}", file.case);
            prop_assert!(text.lines().any(|line| line == case), "{}", case);
            prop_assert!(html.contains(&file.item.sha256) && text.contains(&file.item.sha256));
        }
        let mut reversed = input;
        reversed.files.reverse();
        prop_assert_eq!(&pages.files, &told(&reversed).files);
    }
}
