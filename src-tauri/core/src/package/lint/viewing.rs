//! Rules over what is said of looking at a file: only what the ledger holds.

use super::{Rule, name};
use crate::package::input::{FileInput, Viewed};
use crate::package::words;
use crate::wire::{FindingKind, FindingView, Level, PackageFinding};

const UNDERIVED: Rule = Rule {
    code: "L-VIEW-01",
    kind: FindingKind::MustFix,
    title: "Viewing does not follow from the ledger",
    field: "viewed",
    element: "fileDetails/fileViewedByEsp",
    remedy: "Run casectl verify; the flag is read from the ledger and cannot be set.",
    view: FindingView::History,
};
const UNPROVEN: Rule = Rule {
    code: "L-VIEW-02",
    kind: FindingKind::MustFix,
    title: "A statement that the ledger does not bear out",
    field: "attestations",
    element: "fileDetails/fileViewedByEsp",
    remedy: "Run casectl verify, and put back a backup of the store: a row was written past the ledger.",
    view: FindingView::History,
};
const UNSEEN: Rule = Rule {
    code: "L-VIEW-03",
    kind: FindingKind::MustFix,
    title: "The decision claims a view that was not logged",
    field: "decision.level_seen",
    element: "fileDetails/additionalInfo",
    remedy: "Decide the case again; what its reviewer saw is then read from the exposures.",
    view: FindingView::Review,
};

#[cfg(test)]
pub(super) const RULES: &[&Rule] = &[&UNDERIVED, &UNPROVEN, &UNSEEN];

pub(super) fn findings(file: &FileInput, found: &mut Vec<PackageFinding>) {
    let attestation = file.viewed.attestation().cloned();
    let foreign = attestation.as_ref().is_some_and(|known| known.case() != file.case);
    if foreign || Viewed::derive(&file.seen, attestation) != file.viewed {
        let text =
            format!("{}: what is said about viewing is not what the ledger holds.", name(file));
        found.push(UNDERIVED.case(file.case, text));
    }
    if let Some(first) = file.unproven.first() {
        let more = match file.unproven.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let text = format!(
            "{}: what stands beside leaf {first}{more} is not what the ledger says there.",
            name(file)
        );
        found.push(UNPROVEN.case(file.case, text));
    }
    let decision = &file.decision;
    let before = file.seen.iter().filter(|act| act.by == decision.by && act.leaf < decision.leaf);
    let seen = before.map(|act| act.level).max().unwrap_or(Level::HashOnly);
    if decision.level_seen > seen {
        let text = format!(
            "{}: decided at {}, but the exposures of {} before leaf {} go to {} only.",
            name(file),
            words::level(decision.level_seen),
            decision.by,
            decision.leaf,
            words::level(seen)
        );
        found.push(UNSEEN.case(file.case, text));
    }
}
