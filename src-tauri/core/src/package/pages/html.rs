//! `data/summary.html`: the pages for a browser and a printer, in one file that needs no other.
//!
//! It must never hold a script, a picture, a link, or anything a browser would fetch.

use casement_print::{
    Fact, FilePage, Line, Pages, Place, Section, Step, StepKind, Style, Table, shown,
};
use maud::{DOCTYPE, Markup, PreEscaped, html as page};

const STYLE: &str = include_str!("pages.css");
/// Even a browser that ignores the rest of this page's promises may fetch nothing.
const POLICY: &str = r#"<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>"#;
const HEAD: &str = r#"<meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="referrer" content="no-referrer"/><meta name="color-scheme" content="light dark"/>"#;

/// The pages as well-formed HTML.
pub(crate) fn html(pages: &Pages) -> String {
    let title = format!("{}, {}", pages.report, pages.title);
    let whole = page! {
        (DOCTYPE)
        html lang="en" {
            head {
                (PreEscaped(HEAD))
                (PreEscaped(POLICY))
                title { (shown(&title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.about {
                        "Report " b { (shown(&pages.report)) } ", by " (words(&pages.by)) ", sealed "
                        (shown(&pages.sealed_at.text))
                    }
                    h1 { (words(&pages.title)) }
                }
                main {
                    section aria-label="In a minute" { (facts(&pages.brief, "brief")) }
                    @for section in &pages.sections { (part(section)) }
                    @if !pages.files.is_empty() {
                        section.files {
                            h2 { "Files, one by one" }
                            @for file in &pages.files { (of_file(file)) }
                        }
                    }
                    @for section in &pages.beyond { (part(section)) }
                }
                footer {
                    p { "No pictures. Addresses are written so that they cannot be followed. Report " (shown(&pages.report)) "." }
                }
            }
        }
    };
    whole.into_string()
}

/// Other people's words: kept from reordering what stands beside them.
fn words(text: &str) -> Markup {
    page! { bdi { (shown(text)) } }
}

fn line(line: &Line) -> Markup {
    match line.style {
        Style::Plain => page! { p { (words(&line.text)) } },
        Style::Code => page! { p.code { code dir="ltr" { (shown(&line.text)) } } },
        Style::Note => page! { p.note { (words(&line.text)) } },
        Style::Gap => page! { p.gap { (words(&line.text)) } },
    }
}

fn facts(facts: &[Fact], class: &str) -> Markup {
    page! {
        @if !facts.is_empty() {
            dl class=(class) {
                @for fact in facts {
                    div {
                        dt { (words(&fact.label)) }
                        dd { @for told in &fact.lines { (line(told)) } }
                    }
                }
            }
        }
    }
}

fn part(section: &Section) -> Markup {
    page! {
        section {
            h2 { (words(&section.title)) }
            @for told in &section.text { (line(told)) }
            (facts(&section.facts, "facts"))
            @if let Some(table) = &section.table { (rows(table)) }
        }
    }
}

fn rows(table: &Table) -> Markup {
    let right = |at: usize| table.columns.get(at).is_some_and(|column| column.right);
    page! {
        @if !table.columns.is_empty() && !table.rows.is_empty() {
            div.wide tabindex="0" role="region" aria-label=(shown(&table.caption)) {
                table {
                    caption { (words(&table.caption)) }
                    thead {
                        tr {
                            @for (at, column) in table.columns.iter().enumerate() {
                                th.right[right(at)] scope="col" { (words(&column.title)) }
                            }
                        }
                    }
                    tbody {
                        @for row in &table.rows {
                            tr {
                                @for (at, cell) in row.iter().enumerate() {
                                    td.right[right(at)] { @for told in cell { (line(told)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn of_file(file: &FilePage) -> Markup {
    page! {
        article {
            h3 { "Case " (words(&file.case)) }
            p.note { (words(&file.summary)) }
            (facts(&file.facts, "facts"))
            @for place in &file.places { (of_place(place)) }
        }
    }
}

fn of_place(place: &Place) -> Markup {
    page! {
        section.place {
            h4 { (words(&place.title)) }
            (facts(&place.facts, "facts"))
            @if !place.trail.is_empty() {
                div.wide tabindex="0" role="region" aria-label="Trail" {
                    table.trail {
                        caption { "Trail, from the source to the quarantine" }
                        thead {
                            tr {
                                th scope="col" { "Step" }
                                th scope="col" { "Fact, or why it is missing" }
                                th scope="col" { "From, or what to do next" }
                            }
                        }
                        tbody { @for step in &place.trail { (of_step(step)) } }
                    }
                }
            }
        }
    }
}

fn of_step(step: &Step) -> Markup {
    page! {
        tr {
            th scope="row" { (words(&step.label)) }
            td {
                @match step.kind {
                    StepKind::Known => (line(&step.value)),
                    StepKind::Missing => p { b.gap { "Missing." } " " (words(&step.value.text)) },
                    StepKind::NotApplicable => p { span.note { "Not applicable." } " " (words(&step.value.text)) },
                }
            }
            td { @if let Some(note) = &step.note { p.note { (words(note)) } } }
        }
    }
}
