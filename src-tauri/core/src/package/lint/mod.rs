//! What a person should see before a report is sealed: rules over the head of a report, over one file, over all of them.
//!
//! Each rule reads one [`FileInput`] at a time, so that ten thousand need no more room than one. `MustFix` is only for
//! what would make the report refused or untrue; a thin trail never is: completeness does not gate the duty to report.
//! Texts name cases and fields, and must never hold evidence.

mod addresses;
mod evidence;
mod findings;
mod head;
mod statements;
mod times;
mod trail;
mod viewing;

use time::OffsetDateTime;

#[cfg(test)]
use crate::package::input::PackageInput;
use crate::package::input::{FileInput, Head};
use crate::package::words;
use crate::wire::{FindingKind, FindingPlace, FindingView, PackageFinding};

pub(crate) use findings::Findings;

/// What is the same of every finding of a rule.
#[derive(Debug)]
struct Rule {
    code: &'static str,
    kind: FindingKind,
    title: &'static str,
    /// Our name of the field.
    field: &'static str,
    /// The element it becomes, as a path; empty where it becomes none.
    element: &'static str,
    /// What to do, in one sentence.
    remedy: &'static str,
    /// Where that is done.
    view: FindingView,
}

impl Rule {
    /// A finding about a case.
    fn case(&self, case: u32, text: String) -> PackageFinding {
        PackageFinding { case: Some(case), goto: self.place(Some(case)), ..self.report(text) }
    }

    /// A finding about the report as a whole.
    fn report(&self, text: String) -> PackageFinding {
        PackageFinding {
            kind: self.kind,
            code: self.code.to_owned(),
            title: self.title.to_owned(),
            text,
            case: None,
            field: self.field.to_owned(),
            element: (!self.element.is_empty()).then(|| self.element.to_owned()),
            remedy: self.remedy.to_owned(),
            goto: self.place(None),
            count: None,
        }
    }

    fn place(&self, case: Option<u32>) -> FindingPlace {
        FindingPlace { view: self.view, case, field: self.field.to_owned() }
    }
}

/// What must be fixed or checked of what all files share. `now`: what this machine's clock says.
pub(crate) fn head(head: &Head, now: OffsetDateTime) -> Vec<PackageFinding> {
    head::findings(head, now)
}

/// What must be fixed or checked of one file, by itself.
pub(crate) fn file(head: &Head, file: &FileInput, now: OffsetDateTime) -> Vec<PackageFinding> {
    let mut found = Vec::new();
    evidence::findings(file, &mut found);
    viewing::findings(file, &mut found);
    times::findings(head, file, now, &mut found);
    addresses::findings(head, file, &mut found);
    statements::findings(file, &mut found);
    trail::findings(file, &mut found);
    found
}

/// Every finding of a whole input, as [`Findings`] collects them. Empty: the report can be sealed as it is.
#[cfg(test)]
pub(crate) fn findings(input: &PackageInput, now: OffsetDateTime) -> Vec<PackageFinding> {
    let mut found = Findings::new(&input.head, now);
    let mut files: Vec<&FileInput> = input.files.iter().collect();
    files.sort_by_key(|file| file.case);
    for file in files {
        found.add(file);
    }
    found.end()
}

fn name(file: &FileInput) -> String {
    words::case_number(file.case)
}

/// Every rule, for what is true of all of them.
#[cfg(test)]
fn rules() -> Vec<&'static Rule> {
    [
        head::RULES,
        evidence::RULES,
        viewing::RULES,
        times::RULES,
        addresses::RULES,
        statements::RULES,
        trail::RULES,
        findings::RULES,
    ]
    .concat()
}

#[cfg(test)]
mod tests;
