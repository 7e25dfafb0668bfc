//! `data/summary.txt`: the same pages as plain text, for a terminal and for whoever trusts nothing else.
//!
//! One fact a line. It must never let other people's words begin a line of their own.

use super::sections::TRIED;
use casement_print::{Fact, Line, Pages, Section, StepKind, Style, Table, shown};

/// The pages as plain text.
pub(crate) fn text(pages: &Pages) -> String {
    let mut out = Out(String::new());
    out.line(0, &format!("REPORT {}", pages.report));
    out.line(0, &pages.title);
    out.line(0, &format!("By {}, sealed {}", pages.by, pages.sealed_at.text));
    out.blank();
    facts(&mut out, 0, &pages.brief);
    for section in &pages.sections {
        part(&mut out, section);
    }
    if !pages.files.is_empty() {
        out.title("Files, one by one");
    }
    for file in &pages.files {
        out.line(0, &format!("Case {}", file.case));
        out.line(2, &file.summary);
        facts(&mut out, 2, &file.facts);
        for place in &file.places {
            out.line(2, &place.title);
            facts(&mut out, 4, &place.facts);
            if !place.trail.is_empty() {
                out.line(4, "Trail");
            }
            for step in &place.trail {
                let state = match step.kind {
                    StepKind::Known => String::new(),
                    other => format!("{}: ", other.word().to_uppercase()),
                };
                let note = step.note.as_deref().map_or_else(String::new, |n| format!(" [{n}]"));
                out.line(6, &format!("{}: {state}{}{note}", step.label, step.value.text));
            }
        }
        out.blank();
    }
    for section in &pages.beyond {
        part(&mut out, section);
    }
    out.0
}

/// The first page for `report/additionalInfo`. The writer cuts it at its limit, so what matters most comes first.
pub(crate) fn short(pages: &Pages) -> String {
    let mut out = Out(String::new());
    out.line(0, &format!("{}: {}", pages.report, pages.title));
    facts(&mut out, 0, &pages.brief);
    for section in pages.sections.iter().filter(|section| section.title == TRIED) {
        part(&mut out, section);
    }
    out.line(
        0,
        "Each file's provenance is in its fileDetails, additionalInfo, casement-provenance/1.",
    );
    out.0
}

struct Out(String);

impl Out {
    fn line(&mut self, indent: usize, text: &str) {
        self.0.extend(std::iter::repeat_n(' ', indent));
        self.0.push_str(&shown(text));
        self.0.push('\n');
    }

    fn blank(&mut self) {
        self.0.push('\n');
    }

    fn title(&mut self, title: &str) {
        self.blank();
        self.line(0, &title.to_uppercase());
    }
}

fn facts(out: &mut Out, indent: usize, facts: &[Fact]) {
    for fact in facts {
        match fact.lines.as_slice() {
            [one] => out.line(indent, &format!("{}: {}", fact.label, told(one))),
            lines => {
                out.line(indent, &format!("{}:", fact.label));
                lines.iter().for_each(|line| out.line(indent + 2, &told(line)));
            }
        }
    }
}

fn told(line: &Line) -> String {
    match line.style {
        Style::Gap => format!("! {}", line.text),
        Style::Plain | Style::Code | Style::Note => line.text.clone(),
    }
}

fn part(out: &mut Out, section: &Section) {
    out.title(&section.title);
    section.text.iter().for_each(|line| out.line(2, &told(line)));
    facts(out, 2, &section.facts);
    if let Some(table) = &section.table {
        rows(out, table);
    }
}

/// A row a line, each cell with the name of its column.
fn rows(out: &mut Out, table: &Table) {
    for row in &table.rows {
        let cell = |(at, lines): (usize, &Vec<Line>)| {
            let title = table.columns.get(at).map_or("", |column| column.title.as_str());
            let text: Vec<String> = lines.iter().map(told).collect();
            format!("{title}: {}", text.join(", "))
        };
        let cells: Vec<String> = row.iter().enumerate().map(cell).collect();
        out.line(2, &format!("- {}", cells.join("; ")));
    }
}
