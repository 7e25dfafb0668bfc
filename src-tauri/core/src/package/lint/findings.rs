//! Findings of a whole report, collected file by file.
//!
//! A rule that fires often is told once, with a count. It must never let a finding that must be fixed fall out of that
//! count, whatever is collapsed.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use time::OffsetDateTime;

use super::{Rule, file, head, name};
use crate::package::input::{FileInput, Head};
use crate::package::{moment, words};
use crate::wire::{FindingKind, FindingView, PackageFinding};

/// Cases that one rule is told of one by one; with more, it is told once.
const SHOWN: usize = 12;
/// Cases named in a finding that stands for several.
const NAMED: usize = 5;

const NO_FILE: Rule = Rule {
    code: "L-FILES-01",
    kind: FindingKind::MustFix,
    title: "No file",
    field: "files",
    element: "fileDetails",
    remedy: "Confirm a case of this source first.",
    view: FindingView::Review,
};
const SAME_CASE: Rule = Rule {
    code: "L-FILES-02",
    kind: FindingKind::MustFix,
    title: "The same case twice",
    field: "case",
    element: "fileDetails",
    remedy: "Name it once.",
    view: FindingView::Packages,
};
const SAME_CONTENT: Rule = Rule {
    code: "L-FILES-03",
    kind: FindingKind::Check,
    title: "The same content twice",
    field: "item.sha256",
    element: "fileDetails/originalFileHash",
    remedy: "Run casectl verify; one content is one case.",
    view: FindingView::History,
};
const NO_MOMENT: Rule = Rule {
    code: "L-TIME-07",
    kind: FindingKind::Check,
    title: "No time of the incident",
    field: "incident.at",
    element: "report/incidentSummary/incidentDateTime",
    remedy: "Attach when the files were fetched, if anyone knows; else the time of import is given and said to be that.",
    view: FindingView::Gaps,
};
const NO_REASON: Rule = Rule {
    code: "L-NOREASON-01",
    kind: FindingKind::Check,
    title: "Decided without a reason",
    field: "decision.rationale",
    element: "fileDetails/additionalInfo",
    remedy: "Decide again with a rationale where the match alone does not say why.",
    view: FindingView::Review,
};
const NO_MOU: Rule = Rule {
    code: "L-MOU-01",
    kind: FindingKind::Check,
    title: "Classification stays out of the report",
    field: "organisation.mou_signed",
    element: "fileDetails/industryClassification",
    remedy: "If your organisation signed the Industry Hash Sharing Platform MOU, say so under Who reports; else nothing is to be done.",
    view: FindingView::Organisation,
};

#[cfg(test)]
pub(super) const RULES: &[&Rule] =
    &[&NO_FILE, &SAME_CASE, &SAME_CONTENT, &NO_MOMENT, &NO_REASON, &NO_MOU];

/// A number of cases, and the first of them.
#[derive(Default)]
struct Few {
    count: usize,
    first: Vec<u32>,
}

impl Few {
    fn add(&mut self, case: u32) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(case);
        }
    }

    /// `412 of 500 files: 004102, 004110 and 410 more.`
    fn text(&self, of: usize) -> String {
        let named: Vec<String> = self.first.iter().map(|case| words::case_number(*case)).collect();
        let more = match self.count.saturating_sub(self.first.len()) {
            0 => String::new(),
            more => format!(" and {} more", words::number(more)),
        };
        let of = words::count(of, "file");
        format!("{} of {of}: {}{more}.", words::number(self.count), named.join(", "))
    }

    fn told(&self, rule: &Rule, of: usize) -> PackageFinding {
        let mut found = rule.report(self.text(of));
        found.count = u32::try_from(self.count).ok();
        found.goto.case = self.first.first().copied();
        found
    }
}

/// Findings of one rule.
struct Group {
    shown: Vec<PackageFinding>,
    few: Few,
}

/// Findings as they are collected: bounded, however many files there are.
pub(crate) struct Findings {
    of: Head,
    now: OffsetDateTime,
    /// By kind, code and title.
    groups: BTreeMap<(FindingKind, String, String), Group>,
    files: usize,
    cases: BTreeSet<u32>,
    contents: HashSet<String>,
    silent: Few,
    classified: Few,
    dated: bool,
}

impl Findings {
    /// Begins with what the head of the report gives. `now`: what this machine's clock says.
    pub(crate) fn new(of: &Head, now: OffsetDateTime) -> Self {
        let mut findings = Self {
            of: of.clone(),
            now,
            groups: BTreeMap::new(),
            files: 0,
            cases: BTreeSet::new(),
            contents: HashSet::new(),
            silent: Few::default(),
            classified: Few::default(),
            dated: false,
        };
        for finding in head(of, now) {
            findings.put(finding);
        }
        findings
    }

    /// Takes the findings of one file. Answers the worst of them.
    pub(crate) fn add(&mut self, one: &FileInput) -> Option<FindingKind> {
        self.files += 1;
        let mut found = file(&self.of, one, self.now);
        if !self.cases.insert(one.case) {
            let text = format!("{} is in this report more than once.", name(one));
            found.push(SAME_CASE.case(one.case, text));
        } else if !self.contents.insert(one.item.sha256.clone()) {
            let text = format!("{} has the content of another case of this report.", name(one));
            found.push(SAME_CONTENT.case(one.case, text));
        }
        if one.decision.rationale.trim().is_empty() {
            self.silent.add(one.case);
        }
        if one.decision.classification.is_some() {
            self.classified.add(one.case);
        }
        self.dated |= moment::of_file(one, self.of.sealed_at).is_some();
        let worst = found.iter().map(|finding| finding.kind).min();
        for finding in found {
            self.put(finding);
        }
        worst
    }

    fn put(&mut self, finding: PackageFinding) {
        let key = (finding.kind, finding.code.clone(), finding.title.clone());
        let group = self
            .groups
            .entry(key)
            .or_insert_with(|| Group { shown: Vec::new(), few: Few::default() });
        if let Some(case) = finding.case {
            group.few.add(case);
        }
        if group.shown.len() <= SHOWN {
            group.shown.push(finding);
        }
    }

    /// All of them, the ones that must be fixed first, then in order of case and code.
    pub(crate) fn end(mut self) -> Vec<PackageFinding> {
        let files = self.files;
        if files == 0 {
            let text = "There is no confirmed case in this source.".to_owned();
            self.put(NO_FILE.report(text));
        } else if !self.dated {
            let text = "No file carries a time that lies in the past.".to_owned();
            self.put(NO_MOMENT.report(text));
        }
        if self.silent.count > 0 {
            let finding = self.silent.told(&NO_REASON, files);
            self.put(finding);
        }
        if self.classified.count > 0 && !self.of.organisation.mou_signed {
            let finding = self.classified.told(&NO_MOU, files);
            self.put(finding);
        }
        let mut found: Vec<PackageFinding> = Vec::new();
        for group in self.groups.into_values() {
            let collapsed = group.shown.len() > SHOWN;
            let shown = group.shown.into_iter();
            found.extend(shown.take(if collapsed { 1 } else { usize::MAX }).map(|mut finding| {
                if collapsed {
                    finding.text = group.few.text(files);
                    finding.count = u32::try_from(group.few.count).ok();
                }
                finding
            }));
        }
        found.sort_by(|a, b| (a.kind, a.case, &a.code).cmp(&(b.kind, b.case, &b.code)));
        found
    }
}
