//! Rules over where a file came from and where it was before: what was tried, and what was reported already.

use super::{Rule, name};
use crate::package::earlier::{Earlier, EarlierKind};
use crate::package::input::FileInput;
use crate::package::words;
use crate::wire::{Class, FindingKind, FindingView, PackageFinding};

const TRIED: Rule = Rule {
    code: "L-TRIED-01",
    kind: FindingKind::Check,
    title: "No word on what was tried",
    field: "tried",
    element: "report/additionalInfo",
    remedy: "Say who was asked or what was searched, and when; the reader sees it. The report can go without.",
    view: FindingView::Packages,
};
const FILED: Rule = Rule {
    code: "L-DUP-01",
    kind: FindingKind::MustFix,
    title: "Filed already",
    field: "previously_reported",
    element: "fileDetails/additionalInfo",
    remedy: "Do not file it again: it is named in the report it went into.",
    view: FindingView::Packages,
};
const NEAR: Rule = Rule {
    code: "L-DUP-02",
    kind: FindingKind::Check,
    title: "Near-duplicate already reported",
    field: "previously_reported",
    element: "fileDetails/additionalInfo",
    remedy: "Nothing is to be done: the report names the earlier one.",
    view: FindingView::Clusters,
};
const SEALED: Rule = Rule {
    code: "L-DUP-03",
    kind: FindingKind::Check,
    title: "In an earlier report that was not filed",
    field: "previously_reported",
    element: "fileDetails/additionalInfo",
    remedy: "File one of the two only.",
    view: FindingView::Packages,
};

#[cfg(test)]
pub(super) const RULES: &[&Rule] = &[&TRIED, &FILED, &NEAR, &SEALED];

pub(super) fn findings(file: &FileInput, found: &mut Vec<PackageFinding>) {
    let tried = file.sightings.iter().any(|sighting| !sighting.tried.is_empty());
    if let Some(best) = words::best(file).filter(|best| best.class >= Class::C && !tried) {
        let text = format!("{} is class {}.", name(file), words::class(best.class));
        found.push(TRIED.case(file.case, text));
    }
    let first = |of: fn(&&Earlier) -> bool| file.previously_reported.iter().find(of);
    let same = |earlier: &&Earlier| earlier.kind == EarlierKind::Exact;
    let filed = file.previously_reported.iter().filter(same).find(|e| e.filed_number.is_some());
    if let Some(earlier) = filed {
        found.push(FILED.case(file.case, format!("{}: {}.", name(file), earlier.sentence())));
    } else if let Some(earlier) = first(|earlier| earlier.kind == EarlierKind::Exact) {
        found.push(SEALED.case(file.case, format!("{}: {}.", name(file), earlier.sentence())));
    }
    if let Some(earlier) = first(|earlier| matches!(earlier.kind, EarlierKind::Near { .. })) {
        found.push(NEAR.case(file.case, format!("{}: {}.", name(file), earlier.sentence())));
    }
}
