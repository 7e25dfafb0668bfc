//! Handing a sealed report to an officer who asked under legal process: two persons decide it, then a letter names what
//! is handed over, to whom, and by which number.
//!
//! It must never be written for another package than the one that was approved, nor offer an original: a key custodian
//! opens sealed bytes outside this program.

use std::path::Path;

use casement_print::{Fact, Line, Pages};
use sqlx::SqliteConnection;

use super::desk::{Desk, named};
use super::place::Draft;
use super::{Written, nca, of_hand_over, place};
use crate::approval::{self, KEEPERS, Subject};
use crate::case::defang;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::Unlogged;
use crate::package::pages::{self, Totals};
use crate::package::verify_bag;
use crate::wire::{HandOverRequest, ProposalFacts};

/// Longest authority or reference, in bytes.
const MAX: usize = 300;

/// What was decided.
pub(super) struct Terms<'a> {
    pub(super) report: &'a str,
    pub(super) package_sha256: &'a str,
    pub(super) authority: &'a str,
    pub(super) reference: &'a str,
}

/// Proposes to hand a sealed report to whoever asked for it, for another person to approve.
pub async fn propose(console: &Console, request: &HandOverRequest) -> Result<ProposalFacts> {
    console.actor().needs(KEEPERS)?;
    let mut write = Unlogged::begin(console.store()).await?;
    let row = named(write.conn(), request.report.trim()).await?;
    let subject = Subject::HandOver {
        report: crate::package::report_name(row.id),
        package_sha256: row.sha256,
        authority: said("who asked: agency and officer", &request.authority)?,
        reference: said("the number of the legal process", &request.reference)?,
    };
    approval::propose_in(console, write, subject, &request.reason).await
}

fn said(what: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if (1..=MAX).contains(&text.len()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(Error::usage("EXIT-09", format!("Give {what}: one line of at most {MAX} bytes.")))
}

/// Refuses unless the package that was sealed under this name is the one that is spoken of.
pub(crate) async fn check(conn: &mut SqliteConnection, subject: &Subject) -> Result<()> {
    let terms = of_hand_over(subject)?;
    let row = named(conn, terms.report).await?;
    if row.sha256 == terms.package_sha256 {
        return Ok(());
    }
    Err(approval::stale("The package of this report is another"))
}

/// A title of a few words, and what it means in sentences.
pub(crate) fn words(subject: &Subject) -> (String, Vec<String>) {
    let Ok(terms) = of_hand_over(subject) else { return (String::new(), Vec::new()) };
    (
        format!("Hand {} to {}", terms.report, defang::prose(terms.authority)),
        vec![
            format!("They asked under {}.", defang::prose(terms.reference)),
            format!(
                "The package with tag manifest SHA-256 {} leaves the organisation, with a letter. It holds no \
                 picture.",
                terms.package_sha256
            ),
        ],
    )
}

/// Writes the letter that goes with the package, once two persons decided it and only while the package is whole.
pub(super) async fn write(
    desk: &mut Desk<'_>,
    out: &Path,
    proposal: Option<u32>,
) -> Result<(Draft, Written)> {
    let number = proposal.ok_or_else(|| {
        Error::refused(
            "EXIT-10",
            "Handing a report to an officer needs two persons. Propose it, have it approved, then name the proposal.",
        )
    })?;
    let (subject, leaf) = approval::approved(desk.conn(), number).await?;
    let terms = of_hand_over(&subject)?;
    check(desk.conn(), &subject).await?;
    if terms.report != desk.head.report {
        return Err(Error::usage(
            "EXIT-07",
            "That proposal is about another report. Name the one that is about this.",
        ));
    }
    whole(desk)?;
    let mut draft = Draft::begin(out, true)?;
    let mut totals = Totals::default();
    let mut told = 0;
    for case in desk.cases.clone() {
        let file = desk.file(case).await?;
        totals.add(&desk.head, &file);
        told += 1;
    }
    let pages = letter(desk, &terms, number, leaf, pages::pages(&desk.head, &totals));
    nca::put_pages(&mut draft, pages).await?;
    let files = draft.files();
    Ok((draft, Written { files, told, left_out: 0 }))
}

/// The package at its place is the one that was sealed, to the byte.
fn whole(desk: &Desk<'_>) -> Result<()> {
    let dir = Path::new(&desk.row.path);
    let flaws = verify_bag(dir).map_err(|error| Error::usage(error.code(), error.to_string()))?;
    let manifest = place::digest(&dir.join("tagmanifest-sha256.txt"))?;
    if flaws.is_empty() && manifest == desk.row.sha256 {
        return Ok(());
    }
    Err(Error::refused(
        "EXIT-11",
        "The package at its place is not the one that was sealed. Nothing was written. Run casectl verify --package.",
    ))
}

fn letter(desk: &Desk<'_>, terms: &Terms<'_>, proposal: u32, leaf: i64, pages: Pages) -> Pages {
    let contact = &desk.head.organisation.contact;
    let reach: Vec<String> = [contact.phone.trim(), contact.email.trim()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(defang::prose)
        .collect();
    let mut brief = vec![
        Fact::new("To", Line::plain(defang::prose(terms.authority))),
        Fact::new("Your reference", Line::plain(defang::prose(terms.reference))),
        Fact::lines(
            "Handed over",
            vec![
                Line::plain(format!(
                    "The sealed package {}: the folder of this name, a BagIt bag, on {}. Its tag manifest \
                     covers every byte of it; the manifest's SHA-256 is",
                    desk.head.report,
                    if desk.cases.len() == 1 {
                        "1 file".to_owned()
                    } else {
                        format!("{} files", desk.cases.len())
                    }
                )),
                Line::code(terms.package_sha256),
            ],
        ),
        Fact::lines(
            "Not handed over",
            vec![
                Line::plain("No picture is in the package, and none with this letter."),
                Line::note(format!(
                    "{}{}",
                    desk.stands.originals(),
                    if desk.stands.holds_any() {
                        " Ask the contact below for them under legal process."
                    } else {
                        ""
                    }
                )),
            ],
        ),
        Fact::new("Filed", Line::plain(desk.stands.filed())),
        Fact::new(
            "Decided by",
            Line::plain(format!(
                "Two persons of the reporting organisation: proposal {proposal}, approved in leaf {leaf} of \
                 the ledger, which now has {} leaves.",
                desk.now_at.leaves
            )),
        ),
        Fact::new("Contact", Line::plain(reach.join(", "))),
    ];
    brief.extend(pages.brief);
    Pages {
        title: format!(
            "Letter with report {} for {}",
            desk.head.report,
            defang::prose(terms.authority)
        ),
        brief,
        ..pages
    }
}
