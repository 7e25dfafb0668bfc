//! The pages of a report as people read them: one model, from which the HTML, the plain text and the PDF are all made.
//!
//! Plain data. It must never carry a picture or a live address: whoever makes it has defanged every text in it.

mod shown;

use serde::{Deserialize, Serialize};

pub use shown::{hides, shown, shown_by};

/// What [`Pages::format`] says; the number changes when a field changes its meaning.
pub const FORMAT: &str = "casement-pages/1";

/// Largest JSON the typesetter reads, in bytes. The pages of a report stay far below it, however many files it has.
pub const MAX_JSON: usize = 24 * 1024 * 1024;

/// Exit codes of the typesetter besides 0.
pub mod exit {
    /// Its input is not the JSON of [`Pages`](crate::Pages).
    pub const BAD_INPUT: u8 = 65;
    /// Its input is longer than [`MAX_JSON`](crate::MAX_JSON).
    pub const TOO_LARGE: u8 = 66;
    /// The pages could not be set, or not as an archivable and accessible PDF.
    pub const NOT_SET: u8 = 70;
    /// The PDF could not be handed over.
    pub const NOT_WRITTEN: u8 = 74;
    /// It could not limit its own time and memory.
    pub const NOT_LIMITED: u8 = 78;
}

/// A whole report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// Always [`FORMAT`].
    pub format: String,
    /// E.g. `R-0001`.
    pub report: String,
    /// What it is, in a few words.
    pub title: String,
    /// Who reports.
    pub by: String,
    pub sealed_at: Sealed,
    /// What an officer must know within a minute, in the order of the questions.
    pub brief: Vec<Fact>,
    /// The rest of what concerns all files.
    pub sections: Vec<Section>,
    /// One for each file that is described, in order of case.
    pub files: Vec<FilePage>,
    /// What is not described file by file, and where it lies.
    pub beyond: Vec<Section>,
}

impl Pages {
    /// Every text and how it is set, to change or to read.
    pub fn texts(&mut self) -> Vec<(&mut String, Style)> {
        let mut found = vec![
            (&mut self.report, Style::Plain),
            (&mut self.title, Style::Plain),
            (&mut self.by, Style::Plain),
            (&mut self.sealed_at.text, Style::Plain),
        ];
        facts(&mut self.brief, &mut found);
        for section in self.sections.iter_mut().chain(&mut self.beyond) {
            found.push((&mut section.title, Style::Plain));
            lines(&mut section.text, &mut found);
            facts(&mut section.facts, &mut found);
            if let Some(table) = &mut section.table {
                found.push((&mut table.caption, Style::Plain));
                found.extend(table.columns.iter_mut().map(|c| (&mut c.title, Style::Plain)));
                table.rows.iter_mut().flatten().for_each(|cell| lines(cell, &mut found));
            }
        }
        for file in &mut self.files {
            found.extend([(&mut file.case, Style::Plain), (&mut file.summary, Style::Plain)]);
            facts(&mut file.facts, &mut found);
            for place in &mut file.places {
                found.push((&mut place.title, Style::Plain));
                facts(&mut place.facts, &mut found);
                for step in &mut place.trail {
                    let style = step.value.style;
                    found.push((&mut step.label, Style::Plain));
                    found.push((&mut step.value.text, style));
                    found.extend(step.note.as_mut().map(|note| (note, Style::Plain)));
                }
            }
        }
        found
    }
}

fn facts<'a>(facts: &'a mut [Fact], found: &mut Vec<(&'a mut String, Style)>) {
    for fact in facts {
        found.push((&mut fact.label, Style::Plain));
        lines(&mut fact.lines, found);
    }
}

fn lines<'a>(lines: &'a mut [Line], found: &mut Vec<(&'a mut String, Style)>) {
    for line in lines {
        let style = line.style;
        found.push((&mut line.text, style));
    }
}

/// The time of sealing, in UTC: the date of every document made from these pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// `2026-02-03 10:20:30 UTC`.
    pub text: String,
    pub year: i32,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
}

/// How a text is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    #[default]
    Plain,
    /// Evidence to the letter: digests, addresses, paths.
    Code,
    /// A remark on what stands before it.
    Note,
    /// What is missing, or must not be overlooked.
    Gap,
}

/// One line of text. Other people's words are never read as markup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub text: String,
    pub style: Style,
}

impl Line {
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Plain }
    }

    pub fn code(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Code }
    }

    pub fn note(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Note }
    }

    pub fn gap(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Gap }
    }
}

/// A question and its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    pub label: String,
    /// At least one; what is unknown says so.
    pub lines: Vec<Line>,
}

impl Fact {
    /// With one line.
    pub fn new(label: impl Into<String>, line: Line) -> Self {
        Self { label: label.into(), lines: vec![line] }
    }

    pub fn lines(label: impl Into<String>, lines: Vec<Line>) -> Self {
        Self { label: label.into(), lines }
    }
}

/// Part of what concerns all files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub title: String,
    /// Sentences before the facts and the table.
    pub text: Vec<Line>,
    pub facts: Vec<Fact>,
    pub table: Option<Table>,
}

/// A table: rows of cells, each of lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Names it for a screen reader.
    pub caption: String,
    pub columns: Vec<Column>,
    /// As many cells in each row as there are columns.
    pub rows: Vec<Vec<Vec<Line>>>,
}

/// A column of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub title: String,
    /// Share of the width; 0: as wide as its widest cell.
    pub share: u8,
    /// Numbers stand at the right.
    pub right: bool,
}

impl Column {
    /// As wide as its widest cell.
    pub fn fit(title: impl Into<String>) -> Self {
        Self { title: title.into(), share: 0, right: false }
    }

    /// Of numbers, as wide as its widest cell.
    pub fn number(title: impl Into<String>) -> Self {
        Self { title: title.into(), share: 0, right: true }
    }

    /// With a share of what the others leave.
    pub fn share(title: impl Into<String>, share: u8) -> Self {
        Self { title: title.into(), share, right: false }
    }
}

/// One file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilePage {
    /// E.g. `004102`.
    pub case: String,
    /// What it is in a line: class, kind of match, classification.
    pub summary: String,
    pub facts: Vec<Fact>,
    /// The places it was found at.
    pub places: Vec<Place>,
}

/// One sighting of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub title: String,
    pub facts: Vec<Fact>,
    /// From its source to the quarantine, gaps included.
    pub trail: Vec<Step>,
}

/// One step of a trail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub kind: StepKind,
    pub label: String,
    /// The fact, or why it is missing.
    pub value: Line,
    /// Where the fact comes from, or what to do next.
    pub note: Option<String>,
}

/// Whether a step of a trail is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    #[default]
    Known,
    Missing,
    NotApplicable,
}

impl StepKind {
    /// The word before a step, so that nothing is told by a mark or a colour alone.
    pub fn word(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Missing => "missing",
            Self::NotApplicable => "not applicable",
        }
    }
}
