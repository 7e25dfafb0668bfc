//! Rules over what makes a file one of this report: a decision, a place, and digests that are those of its bytes.

use super::{Rule, name};
use crate::package::input::FileInput;
use crate::package::reread::Reread;
use crate::wire::{self, FindingKind, FindingView, PackageFinding};

const NOT_CONFIRMED: Rule = Rule {
    code: "L-DECISION-01",
    kind: FindingKind::MustFix,
    title: "Not confirmed",
    field: "decision.verdict",
    element: "fileDetails",
    remedy: "Decide the case, and let its undo window end.",
    view: FindingView::Review,
};
const NO_SIGHTING: Rule = Rule {
    code: "L-SIGHT-01",
    kind: FindingKind::MustFix,
    title: "No sighting",
    field: "sightings",
    element: "fileDetails/additionalInfo",
    remedy: "Import its finds again.",
    view: FindingView::Import,
};
const DISAGREE: Rule = Rule {
    code: "L-DIGEST-01",
    kind: FindingKind::MustFix,
    title: "Digests do not agree",
    field: "item.sha256",
    element: "fileDetails/originalFileHash",
    remedy: "Run casectl verify, and import the find again from the quarantine it came from.",
    view: FindingView::Review,
};
const DIFFERS: Rule = Rule {
    code: "L-DIGEST-02",
    kind: FindingKind::MustFix,
    title: "The sealed bytes have other digests",
    field: "item.sha256",
    element: "fileDetails/originalFileHash",
    remedy: "Tell the custodian: what is in the vault is not what was quarantined. Import it again.",
    view: FindingView::Review,
};
const NOT_HELD: Rule = Rule {
    code: "L-BYTES-01",
    kind: FindingKind::Check,
    title: "No bytes held",
    field: "item",
    element: "fileDetails",
    remedy: "Nothing can be uploaded for this file; say in what was tried where its bytes may still be had.",
    view: FindingView::Review,
};
const UNREADABLE: Rule = Rule {
    code: "L-BYTES-02",
    kind: FindingKind::Check,
    title: "The sealed original cannot be opened",
    field: "item",
    element: "fileDetails",
    remedy: "Put back a backup of the vault, or import the find again; its digests are those taken at import.",
    view: FindingView::Review,
};

#[cfg(test)]
pub(super) const RULES: &[&Rule] =
    &[&NOT_CONFIRMED, &NO_SIGHTING, &DISAGREE, &DIFFERS, &NOT_HELD, &UNREADABLE];

pub(super) fn findings(file: &FileInput, found: &mut Vec<PackageFinding>) {
    let stands = file.decision.status == wire::DecisionStatus::Stands;
    if file.decision.verdict != wire::Verdict::Confirmed || !stands {
        let text = format!("{} has no standing decision that confirms it.", name(file));
        found.push(NOT_CONFIRMED.case(file.case, text));
    }
    if file.sightings.is_empty() {
        let text = format!("{} has no record of where it was found.", name(file));
        found.push(NO_SIGHTING.case(file.case, text));
    }
    let item = &file.item;
    let hex = |text: &str, digits: usize| {
        text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let whole = hex(&item.sha256, 64) && hex(&item.sha1, 40) && hex(&item.md5, 32);
    let agree = file.sightings.iter().all(|s| s.find.object.digests.sha256 == item.sha256);
    if !whole || !agree {
        let text = format!(
            "{}: the digests of the stored bytes are incomplete or differ from what the scanner reported.",
            name(file)
        );
        found.push(DISAGREE.case(file.case, text));
    }
    match file.reread {
        Reread::NotYet | Reread::Same => {}
        Reread::Differs => {
            let text = format!(
                "{}: SHA-256, SHA-1 or MD5 taken again are not those of the quarantine record.",
                name(file)
            );
            found.push(DIFFERS.case(file.case, text));
        }
        Reread::NotHeld => {
            let text = format!(
                "{}: the vault has no original of this item, so its digests could not be taken again.",
                name(file)
            );
            found.push(NOT_HELD.case(file.case, text));
        }
        Reread::Unreadable => {
            let text = format!(
                "{}: damaged, or sealed to another key, so its digests could not be taken again.",
                name(file)
            );
            found.push(UNREADABLE.case(file.case, text));
        }
    }
}
