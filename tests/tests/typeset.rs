//! The typesetter as a process: what it sets, that poppler reads it back, and what it refuses.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use casement_print::{
    Column, FORMAT, Fact, FilePage, Line, MAX_JSON, Pages, Place, Sealed, Section, Step, StepKind,
    Table, exit,
};
use casement_tests::casectl::{CASECTL, programs};
use proptest::prelude::*;

static PRINT: LazyLock<PathBuf> = LazyLock::new(|| match std::env::var_os("CASEMENT_PRINT_BIN") {
    Some(program) => program.into(),
    None => {
        LazyLock::force(&CASECTL);
        programs().join("casement-print")
    }
});

fn fed(program: &mut Command, input: &[u8]) -> Output {
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // It may refuse before it has read everything.
    let feed = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    feed.join().unwrap();
    output
}

fn set(pages: &Pages) -> Vec<u8> {
    let output = fed(&mut Command::new(&*PRINT), &serde_json::to_vec(pages).unwrap());
    assert!(
        output.status.success(),
        "{:?} {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// What poppler reads, without the breaks of lines and pages.
fn read(pdf: &[u8]) -> String {
    let output = fed(Command::new("pdftotext").args(["-", "-"]), pdf);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn run_on(text: &str) -> String {
    text.split_whitespace().collect()
}

/// One page for each text, in every place that takes one.
fn pages(texts: &[String]) -> Pages {
    let lines = |text: &String| {
        vec![Line::plain(text), Line::code(text), Line::note(text), Line::gap(text)]
    };
    let facts = |text: &String| vec![Fact::lines(text, lines(text))];
    let file = |(n, text): (usize, &String)| FilePage {
        case: format!("{n:06}"),
        summary: text.clone(),
        facts: facts(text),
        places: vec![Place {
            title: text.clone(),
            facts: facts(text),
            trail: [StepKind::Known, StepKind::Missing, StepKind::NotApplicable]
                .map(|kind| Step {
                    kind,
                    label: text.clone(),
                    value: Line::code(text),
                    note: Some(text.clone()),
                })
                .to_vec(),
        }],
    };
    let section = |text: &String| Section {
        title: text.clone(),
        text: lines(text),
        facts: facts(text),
        table: Some(Table {
            caption: text.clone(),
            columns: vec![Column::fit("One"), Column::share(text, 2), Column::number("Three")],
            rows: vec![vec![lines(text), lines(text), vec![]]; 2],
        }),
    };
    let first = texts.first().cloned().unwrap_or_default();
    Pages {
        format: FORMAT.to_owned(),
        report: "R-0001".to_owned(),
        title: format!("2 files {first}"),
        by: format!("Example Lab {first}"),
        sealed_at: Sealed {
            text: "2026-02-03 10:20:30 UTC".to_owned(),
            year: 2026,
            month: 2,
            day: 3,
            hour: 10,
            minute: 20,
            second: 30,
        },
        brief: texts.iter().flat_map(facts).collect(),
        sections: texts.iter().map(section).collect(),
        files: texts.iter().enumerate().map(file).collect(),
        beyond: texts.iter().map(section).collect(),
    }
}

#[test]
fn the_same_pages_give_the_same_bytes_tagged_and_archivable() {
    let pages = pages(&["ab".repeat(32)]);
    let pdf = set(&pages);
    assert_eq!(pdf, set(&pages));
    let text = read(&pdf);
    assert!(text.contains("R-0001") && text.contains(&"ab".repeat(32)), "{text}");
    assert!(text.contains("page 2 of"), "{text}");
    let held = String::from_utf8_lossy(&pdf);
    for sign in ["/MarkInfo", "pdfuaid:part", "pdfaid:part"] {
        assert!(held.contains(sign), "{sign}");
    }
    let output = fed(Command::new("pdfinfo").args(["-isodates", "-"]), &pdf);
    let about = String::from_utf8(output.stdout).unwrap();
    let says = |key: &str, value: &str| {
        about.lines().any(|line| {
            line.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches(':').trim() == value)
        })
    };
    assert!(
        says("Tagged", "yes") && says("JavaScript", "no") && says("Encrypted", "no"),
        "{about}"
    );
    assert!(about.contains("2026-02-03T10:20:30"), "{about}");
}

#[test]
fn words_of_others_are_set_to_the_letter_and_never_run() {
    let texts = [
        "#panic() $x^2$ ] *b* _i_ `raw` // no /* no */ @ref <label> = h \\ ~ -- \"q\" 'q'"
            .to_owned(),
        "<script>alert(1)</script> &amp;".to_owned(),
        "file\u{85}\n\u{202e}gpj.exe\u{200b}".to_owned(),
        "שלום 北京 🙂 e\u{301} \u{301} \u{e000}".to_owned(),
        format!("https://h.example/{}", "a-long/path?".repeat(180)),
        "n".repeat(2_000),
    ];
    let pdf = set(&pages(&texts));
    let text = run_on(&read(&pdf));
    assert!(
        text.contains("#panic()$x^2$]*b*_i_`raw`//no/*no*/@ref<label>=h\\~--\"q\"'q'"),
        "{text}"
    );
    assert!(text.contains("<script>alert(1)</script>&amp;"));
    assert!(text.contains(r"file\u{85}\u{a}\u{202e}gpj.exe\u{200b}"));
    assert!(text.contains(r"\u{5e9}\u{5dc}\u{5d5}\u{5dd}\u{5317}\u{4eac}\u{1f642}"));
    assert!(text.contains("hxxps://h.example/a-long/path?a-long/path?"));
    assert!(!text.to_lowercase().contains("http"), "an address is live");
    let held = String::from_utf8_lossy(&pdf);
    for never in ["/URI", "/JavaScript", "/Launch", "/EmbeddedFile", "/Subtype/Image"] {
        assert!(!held.contains(never), "{never}");
    }
}

#[test]
fn a_name_that_is_blank_is_said_to_be_none() {
    let blank = ["", "  ", "\u{a0}"].map(ToOwned::to_owned);
    let text = read(&set(&pages(&blank)));
    assert_eq!(text.matches("(no name)").count(), 3 * 3, "{text}");
}

#[test]
fn what_is_no_report_is_refused_without_a_word() {
    let ends = |input: &[u8], code: u8| {
        let output = fed(&mut Command::new(&*PRINT), input);
        assert_eq!(output.status.code(), Some(i32::from(code)));
        assert!(output.stdout.is_empty() && output.stderr.is_empty());
    };
    ends(b"", exit::BAD_INPUT);
    ends(b"{\"format\":\"secret word\"}", exit::BAD_INPUT);
    ends(&vec![b' '; MAX_JSON + 1], exit::TOO_LARGE);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands on the pages, there is a PDF of them.
    #[test]
    fn any_pages_give_a_pdf(texts in proptest::collection::vec(any::<String>(), 1..5)) {
        let pdf = set(&pages(&texts));
        prop_assert!(pdf.starts_with(b"%PDF-"));
        prop_assert!(!read(&pdf).to_lowercase().contains("http:"));
    }
}
