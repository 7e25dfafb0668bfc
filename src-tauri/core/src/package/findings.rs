//! What a person should see before a report is sealed.
//!
//! `MustFix` is only for what would make the report refused or untrue. A thin trail is never one:
//! completeness does not gate the duty to report. Texts name cases and fields, never evidence.

use std::collections::BTreeSet;

use crate::cybertip::address::{self, Address};
use crate::package::input::{FileInput, PackageInput, Viewed};
use crate::package::{moment, words};
use crate::wire::{self, FindingKind, PackageFinding};

/// Every finding, the ones that must be fixed first, then in order of case and code. Empty: the
/// report can be sealed as it is.
pub(crate) fn findings(input: &PackageInput) -> Vec<PackageFinding> {
    let mut found = organisation(input);
    if input.files.is_empty() {
        let text = "There is no confirmed case in this source. Confirm one first.";
        found.push(must("L-FILES-01", "No file", text, None));
    }
    let mut cases = BTreeSet::new();
    for file in &input.files {
        if !cases.insert(file.case) {
            let text = format!("{} is in this report more than once. Name it once.", name(file));
            found.push(must("L-FILES-02", "The same case twice", &text, Some(file.case)));
        }
        evidence(file, &mut found);
        times(input, file, &mut found);
        addresses(file, &mut found);
        tried(file, &mut found);
        duplicate(file, &mut found);
    }
    no_reasons(input, &mut found);
    found.sort_by(|a, b| {
        let rank = |f: &PackageFinding| f.kind != FindingKind::MustFix;
        (rank(a), a.case, &a.code).cmp(&(rank(b), b.case, &b.code))
    });
    found
}

fn name(file: &FileInput) -> String {
    words::case_number(file.case)
}

fn must(code: &str, title: &str, text: &str, case: Option<u32>) -> PackageFinding {
    finding(FindingKind::MustFix, code, title, text, case)
}

fn check(code: &str, title: &str, text: &str, case: Option<u32>) -> PackageFinding {
    finding(FindingKind::Check, code, title, text, case)
}

fn finding(
    kind: FindingKind,
    code: &str,
    title: &str,
    text: &str,
    case: Option<u32>,
) -> PackageFinding {
    PackageFinding { kind, code: code.into(), title: title.into(), text: text.into(), case }
}

fn organisation(input: &PackageInput) -> Vec<PackageFinding> {
    let missing = input.head.organisation.missing();
    let say = |field: &&str| {
        let (title, text) = match *field {
            "name" => ("No name of the organisation", "Say who reports."),
            "email" => (
                "No email address of the reporter",
                "The server refuses a report without one. Give the address of the reporting person.",
            ),
            "contact" => (
                "No point of contact",
                "Give an email address or a telephone number that law enforcement can reach.",
            ),
            "contact.email" => {
                ("Contact email cannot be sent", "It has not the form of an address.")
            }
            "contact.phone" => ("Contact telephone is too long", "At most 50 characters."),
            "company_template" => (
                "No word on legal process",
                "Say how to serve legal process, how long data is kept and which telephone is answered.",
            ),
            _ => (
                "Legal address cannot be sent",
                "It is not a web address of at most 2,083 characters.",
            ),
        };
        must("L-ORG-01", title, &format!("{text} Field `{field}` of the organisation."), None)
    };
    missing.iter().map(say).collect()
}

/// What would make the report untrue.
fn evidence(file: &FileInput, found: &mut Vec<PackageFinding>) {
    let case = Some(file.case);
    let stands = file.decision.status == wire::DecisionStatus::Stands;
    if file.decision.verdict != wire::Verdict::Confirmed || !stands {
        let text = format!("{} has no standing decision that confirms it.", name(file));
        found.push(must("L-DECISION-01", "Not confirmed", &text, case));
    }
    if file.sightings.is_empty() {
        let text =
            format!("{} has no record of where it was found. Import its finds again.", name(file));
        found.push(must("L-SIGHT-01", "No sighting", &text, case));
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
        found.push(must("L-DIGEST-01", "Digests do not agree", &text, case));
    }
    let attestation = file.viewed.attestation().cloned();
    let foreign = attestation.as_ref().is_some_and(|known| known.case() != file.case);
    if foreign || Viewed::derive(&file.seen, attestation) != file.viewed {
        let text =
            format!("{}: what is said about viewing is not what the ledger holds.", name(file));
        found.push(must("L-VIEW-01", "Viewing does not follow from the ledger", &text, case));
    }
}

fn times(input: &PackageInput, file: &FileInput, found: &mut Vec<PackageFinding>) {
    let case = Some(file.case);
    if file.sightings.iter().any(|s| s.imported_at > input.head.sealed_at) {
        let text = format!("{} was imported after now. Set the clock of this machine.", name(file));
        found.push(must("L-TIME-02", "This machine's clock is behind", &text, case));
    }
    if file.sightings.iter().any(|s| moment::has_future(s, input.head.sealed_at)) {
        let text = format!(
            "{} carries a time in the future. It is kept in the record, not used.",
            name(file)
        );
        found.push(check("L-TIME-01", "A time in the future", &text, case));
    }
    let fetched = moment::of_file(file, input.head.sealed_at).is_some_and(|m| m.is_of_fetching());
    if !fetched && !file.sightings.is_empty() {
        let text = format!(
            "{}: when it was fetched is unknown; the time of detection is given.",
            name(file)
        );
        found.push(check("L-TIME-03", "No time of fetching", &text, case));
    }
}

fn addresses(file: &FileInput, found: &mut Vec<PackageFinding>) {
    let mut long: BTreeSet<&str> = BTreeSet::new();
    for sighting in &file.sightings {
        let got = &sighting.find.acquisition;
        let named = [
            ("Page address", &got.page_url),
            ("File address", &got.origin_url),
            ("Final address", &got.final_url),
        ];
        for (what, url) in named {
            if let Some(url) = url
                && (url.len() > address::MAX
                    || Address::read(url).is_some_and(|a| a.is_shortened()))
            {
                long.insert(what);
            }
        }
    }
    for what in long {
        let text = format!(
            "{}. The report carries a shortened form and the digest of the whole.",
            name(file)
        );
        found.push(check("L-URL-03", &format!("{what} longer than 2,083"), &text, Some(file.case)));
    }
}

fn tried(file: &FileInput, found: &mut Vec<PackageFinding>) {
    let Some(best) = words::best(file) else { return };
    let tried = file.sightings.iter().any(|sighting| !sighting.tried.is_empty());
    if best.class >= wire::Class::C && !tried && file.decision.rationale.trim().is_empty() {
        let text = format!(
            "{} is class {}. Say who was asked and when; the reader sees it.",
            name(file),
            words::class(best.class)
        );
        found.push(check("L-TRIED-01", "No word on what was tried", &text, Some(file.case)));
    }
}

fn duplicate(file: &FileInput, found: &mut Vec<PackageFinding>) {
    if let Some(report) = &file.previously_reported {
        let text = format!("{} is already in {report}. Name it, do not re-file.", name(file));
        found.push(check("L-DUP-02", "Already filed", &text, Some(file.case)));
    }
}

/// One finding for all of them: a confirmation on an exact hash often needs no reason.
fn no_reasons(input: &PackageInput, found: &mut Vec<PackageFinding>) {
    let silent: Vec<&FileInput> =
        input.files.iter().filter(|file| file.decision.rationale.trim().is_empty()).collect();
    if silent.is_empty() {
        return;
    }
    let mut named: Vec<String> = silent.iter().take(5).map(|file| name(file)).collect();
    named.sort();
    let more = silent.len().saturating_sub(5);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let of = words::count(input.files.len(), "file");
    let text = format!("{} of {of}: {}{more}.", silent.len(), named.join(", "));
    found.push(check("L-NOREASON-01", "Decided without a reason", &text, None));
}
