//! A report for the UK's National Crime Agency: the pages of the report with what that law asks for in front, and the
//! same as JSON.
//!
//! The priority is what the person who reports says it is; it must never be worked out from completeness. It is a
//! template along the Online Safety Act 2023, s.66, and S.I. 2026/268, not a form of the agency, and says so.

use std::io::Write;
use std::path::Path;

use casement_print::{Fact, Line, Pages};
use serde_json::{Value, json};
use time::{Date, Duration, Month};

use super::Written;
use super::desk::Desk;
use super::place::Draft;
use crate::clock::{datetime, rfc3339};
use crate::error::{Error, Result};
use crate::intake::find::Match;
use crate::package::input::FileInput;
use crate::package::moment::{self, Moment};
use crate::package::pages::{self, Totals};
use crate::package::typeset;

const JSON: &str = "report.json";
/// Highest number of a priority level that is taken; what each number means is the regulations' business.
const LEVELS: u8 = 9;

/// Writes a folder with the report as JSON, as a page for people, as text and as a PDF.
pub(super) async fn write(
    desk: &mut Desk<'_>,
    out: &Path,
    priority: Option<u8>,
) -> Result<(Draft, Written)> {
    let level = priority.filter(|level| (1..=LEVELS).contains(level)).ok_or_else(|| {
        Error::usage(
            "EXIT-08",
            "Say the priority level as the regulations number it; level 1 is immediate. Nothing here works it out.",
        )
    })?;
    let mut draft = Draft::begin(out, true)?;
    let mut json = draft.open(JSON)?;
    let opening = head(desk, level);
    let mut opening = serde_json::to_string_pretty(&opening).map_err(unwritten)?;
    // The files follow, one at a time, as the last member of the object.
    opening.truncate(opening.trim_end_matches(['}', '\n']).len());
    json.write_all(opening.as_bytes())?;
    json.write_all(b",\n  \"files\": [\n")?;
    let mut totals = Totals::default();
    let mut told = 0;
    for case in desk.cases.clone() {
        let file = desk.file(case).await?;
        totals.add(&desk.head, &file);
        let record = record(desk, &file);
        if told > 0 {
            json.write_all(b",\n")?;
        }
        serde_json::to_writer(&mut json, &record).map_err(unwritten)?;
        told += 1;
    }
    json.write_all(b"\n  ]\n}\n")?;
    draft.close(JSON, json)?;
    let pages = in_front(desk, level, pages::pages(&desk.head, &totals));
    put_pages(&mut draft, pages).await?;
    let files = draft.files();
    Ok((draft, Written { files, told, left_out: 0 }))
}

/// The pages as HTML, text and PDF.
pub(super) async fn put_pages(draft: &mut Draft, pages: Pages) -> Result<()> {
    draft.put("report.html", pages::html(&pages).as_bytes())?;
    draft.put("report.txt", pages::text(&pages).as_bytes())?;
    let pdf =
        tokio::task::spawn_blocking(move || typeset::pdf(&pages)).await.map_err(|error| {
            Error::store("EXIT-06", "The exit could not be written. Nothing was handed out.")
                .caused_by(error)
        })??;
    draft.put("report.pdf", &pdf)
}

fn unwritten(error: serde_json::Error) -> Error {
    Error::store("EXIT-06", "The exit could not be written. Nothing was handed out.")
        .caused_by(error)
}

fn level_words(level: u8) -> String {
    let immediate = if level == 1 { ", immediate" } else { "" };
    format!("Level {level}{immediate}, as the person who reports says")
}

/// A year after a day; after 29 February, 1 March.
fn a_year_after(day: Date) -> Date {
    let next = day.year() + 1;
    day.replace_year(next)
        .or_else(|_| Date::from_calendar_date(next, Month::March, 1))
        .unwrap_or(day + Duration::days(366))
}

fn retained_until(desk: &Desk<'_>) -> Date {
    desk.stands.kept_until_after(a_year_after(datetime(desk.now).date()))
}

fn in_front(desk: &Desk<'_>, level: u8, mut pages: Pages) -> Pages {
    let until = retained_until(desk);
    let mut brief = vec![
        Fact::lines(
            "For",
            vec![
                Line::plain("National Crime Agency, United Kingdom"),
                Line::note(
                    "A template along the Online Safety Act 2023, section 66, and S.I. 2026/268. It is not a \
                     form of the agency; whoever reports registers with it first.",
                ),
            ],
        ),
        Fact::new("Priority", Line::plain(level_words(level))),
        Fact::lines(
            "Retained until",
            match desk.stands.holds_any() {
                true => vec![
                    Line::plain(format!("{until} at least")),
                    Line::note(
                        "A year from the day these pages were made or longer, and only ever extended.",
                    ),
                    Line::note(desk.stands.originals()),
                ],
                false => vec![Line::gap(desk.stands.originals())],
            },
        ),
        Fact::new(
            "Reported elsewhere",
            Line::plain(format!(
                "Sealed as {} for NCMEC's CyberTipline. {}",
                desk.head.report,
                desk.stands.filed()
            )),
        ),
    ];
    brief.append(&mut pages.brief);
    Pages { brief, ..pages }
}

fn person(first: &str, last: &str) -> String {
    [first.trim(), last.trim()].join(" ").trim().to_owned()
}

fn head(desk: &Desk<'_>, level: u8) -> Value {
    let who = &desk.head.organisation;
    json!({
        "schema": "casement-nca/v1",
        "template": "Along the Online Safety Act 2023, s.66, and S.I. 2026/268; not a form of the agency.",
        "made_at": rfc3339(desk.now),
        "reporter": {
            "organisation": who.name,
            "person": person(&who.first_name, &who.last_name),
            "email": who.email,
            "contact": {
                "person": person(&who.contact.first_name, &who.contact.last_name),
                "email": who.contact.email,
                "phone": who.contact.phone,
            },
            "legal_process": who.company_template,
        },
        "priority": { "level": level, "words": level_words(level) },
        "retained_until": desk.stands.holds_any().then(|| retained_until(desk).to_string()),
        "retained": "At least until then; a year from the making of this report or longer, only ever extended.",
        "originals": desk.stands.originals(),
        "filed": desk.stands.filed(),
        "what": "Content found in training data that matched a list of known material, each file confirmed by a \
                 person.",
        "found_in_training_data": true,
        "persons_named": [],
        "report": {
            "name": desk.head.report,
            "sealed_at": rfc3339(desk.row.sealed_at),
            "package_sha256": desk.row.sha256,
            "source": desk.head.source.name,
            "files": desk.cases.len(),
        },
        "ledger": { "sealed_at": desk.head.ledger, "now": desk.now_at },
        "addresses": "Addresses are live here, as they were recorded; in the pages for people they are not.",
    })
}

fn record(desk: &Desk<'_>, file: &FileInput) -> Value {
    let item = &file.item;
    let (what, from, to) = match moment::of_file(file, desk.head.sealed_at) {
        Some(Moment::Fetched(at)) => ("fetched", Some(at), None),
        Some(Moment::FetchedWithin(start, end)) => ("fetched within", Some(start), Some(end)),
        Some(Moment::Detected(at)) => ("detected; time of fetching not known", Some(at), None),
        None => ("not known", None, None),
    };
    let written = |at: Option<time::OffsetDateTime>| {
        at.and_then(|at| at.format(&time::format_description::well_known::Rfc3339).ok())
    };
    let places: Vec<Value> = file
        .sightings
        .iter()
        .map(|sighting| {
            let find = &sighting.find;
            json!({
                "dataset": find.locator.dataset,
                "steps": find.locator.steps,
                "acquisition": find.acquisition,
                "missing": find.missing,
                "completeness": sighting.completeness,
            })
        })
        .collect();
    let matches: Vec<&Match> = file.sightings.iter().flat_map(|s| &s.find.matches).collect();
    json!({
        "reference": desk.reference(file.case),
        "sha256": item.sha256,
        "sha1": item.sha1,
        "md5": item.md5,
        "size_bytes": item.size_bytes,
        "media_type": item.media_type,
        "when": { "what": what, "from": written(from), "until": written(to), "zone": "UTC" },
        "where": places,
        "matches": matches,
        "confirmed": {
            "by": file.decision.by,
            "at": file.decision.at,
            "leaf": file.decision.leaf,
            "policy_version": file.decision.policy_version,
        },
        "entire_file_viewed": file.viewed.entire_file(),
        "believed_ai_generated": file.annotations.as_ref().and_then(|stated| stated.ai_made()),
        "previously_reported": file.previously_reported,
    })
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::a_year_after;

    #[test]
    fn a_year_is_never_shorter_than_a_year() {
        assert_eq!(a_year_after(date!(2026 - 11 - 22)), date!(2027 - 11 - 22));
        assert_eq!(a_year_after(date!(2028 - 02 - 29)), date!(2029 - 03 - 01));
    }
}
