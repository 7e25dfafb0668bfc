//! What holds for every report alike: who reports and how to reach them, the ledger, how to check the package.
//!
//! It must never soften what is not given.

use casement_print::{Fact, Line, Section};

use super::sections::section;
use super::{grouped, organisation};
use crate::case::defang;
use crate::package::input::Head;

fn said(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(defang::prose)
}

pub(super) fn who(head: &Head) -> Section {
    let who = &head.organisation;
    let contact = &who.contact;
    let person = |first: &str, last: &str| {
        let name = [first.trim(), last.trim()].join(" ");
        said(&name)
    };
    let all = |parts: Vec<Option<String>>| {
        let told: Vec<String> = parts.into_iter().flatten().collect();
        if told.is_empty() { Line::gap("Not given.") } else { Line::plain(told.join(", ")) }
    };
    let reporter = vec![person(&who.first_name, &who.last_name), said(&who.email)];
    let reached = vec![
        person(&contact.first_name, &contact.last_name),
        said(&contact.email),
        said(&contact.phone),
    ];
    // Standing text of the organisation, each line of it a line here.
    let mut process: Vec<Line> = who
        .company_template
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(40)
        .map(|line| {
            Line::plain(casement_print::shown(line).chars().take(2_000).collect::<String>())
        })
        .collect();
    if process.is_empty() {
        process.push(Line::gap("Not given."));
    }
    if !who.legal_url.trim().is_empty() {
        process.push(Line::code(defang::url(&who.legal_url)));
    }
    Section {
        facts: vec![
            Fact::new("Organisation", Line::plain(organisation(head))),
            Fact::new("Reporting person", all(reporter)),
            Fact::new("Contact for officers", all(reached)),
            Fact::lines("Legal process", process),
        ],
        ..section("Who reports")
    }
}

pub(super) fn ledger(head: &Head) -> Section {
    Section {
        text: vec![Line::plain(
            "Every import, view, decision and sealing is a leaf of an append-only log. The state below \
             commits to all of them: whoever holds it can tell whether anything was changed afterwards.",
        )],
        facts: vec![
            Fact::new("Leaves", Line::plain(grouped(head.ledger.leaves))),
            Fact::new("Root", Line::code(head.ledger.root.clone())),
            Fact::new("Policy in force", Line::plain(defang::prose(&head.policy_version))),
            Fact::new(
                "Built by",
                Line::plain(defang::prose(&format!("{} {}", head.tool.name, head.tool.version))),
            ),
        ],
        ..section("The ledger")
    }
}

pub(super) fn check(head: &Head) -> Section {
    let fact = |label: &str, line: Line, why: &str| Fact::lines(label, vec![line, Line::note(why)]);
    Section {
        facts: vec![
            fact(
                "The whole package",
                Line::code(format!("casectl verify --package {}", head.report)),
                "Every changed, missing or extra byte is found. It needs no workspace and no network.",
            ),
            fact(
                "Without Casement",
                Line::code("sha256sum --check manifest-sha256.txt"),
                "Inside the folder; manifest-sha512.txt likewise. The package is a BagIt bag (RFC 8493).",
            ),
            fact(
                "The ledger",
                Line::code("checkpoint, data/proofs/NNNNNN.tlog-proof"),
                "A signed note (C2SP), and for each case the proof that its decision stands in that ledger.",
            ),
            fact(
                "The files themselves",
                Line::code("sha256sum FILE"),
                "Compare with the SHA-256 of the case. The package holds no picture.",
            ),
            fact(
                "Machine-readable",
                Line::code("data/manifest.json"),
                "The index of every document; one provenance record a case below data/provenance.",
            ),
        ],
        ..section("How to check this")
    }
}
