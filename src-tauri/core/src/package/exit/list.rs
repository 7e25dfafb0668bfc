//! A list of addresses for a hotline, as those of INHOPE take them: one line an address and file.
//!
//! Its addresses are live, because a hotline must assess and trace them, and it says so. It must never give a guess
//! for a fact: an unknown country is `unknown`, with why.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Written;
use super::desk::Desk;
use super::place::Draft;
use crate::clock::rfc3339;
use crate::cybertip::Address;
use crate::error::{Error, Result};
use crate::intake::find::Match;
use crate::package::input::{FileInput, SightingInput};
use crate::package::moment::{self, Moment};
use crate::package::provenance::one_line;

const NAME: &str = "addresses.csv";
const COLUMNS: [&str; 17] = [
    "url",
    "page_url",
    "first_seen",
    "first_seen_until",
    "first_seen_zone",
    "first_seen_is",
    "hosting_country",
    "hosting_country_why",
    "server_ip",
    "server_ip_seen",
    "sha256",
    "sha1",
    "md5",
    "digests_are_of",
    "matched",
    "entire_file_viewed",
    "our_reference",
];

/// The first line, after a `#`.
#[derive(Serialize)]
struct Heading<'a> {
    schema: &'static str,
    report: &'a str,
    organisation: &'a str,
    contact_email: &'a str,
    contact_phone: &'a str,
    made_at: String,
    at_leaf: u64,
    at_root: &'a str,
    files: usize,
    means: &'static str,
    urls: &'static str,
    times: &'static str,
    hosting_country: &'static str,
}

/// Writes the list as one file. Files for which no address on the web is recorded are left out, and counted.
pub(super) async fn write(desk: &mut Desk<'_>, out: &Path) -> Result<(Draft, Written)> {
    let mut draft = Draft::begin(out, false)?;
    let mut file = draft.open(NAME)?;
    let heading = heading(desk)?;
    file.write_all(b"# ")?;
    file.write_all(&heading)?;
    file.write_all(b"\r\n")?;
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
    csv.write_record(COLUMNS).map_err(unwritten)?;
    let (mut told, mut left_out) = (0, 0);
    for case in desk.cases.clone() {
        let facts = desk.file(case).await?;
        let rows = rows(desk, &facts)?;
        if rows.is_empty() {
            left_out += 1
        } else {
            told += 1
        }
        for row in rows {
            csv.write_record(row.iter().map(|cell| inert(cell))).map_err(unwritten)?;
        }
    }
    let file = csv.into_inner().map_err(|error| Error::from(error.into_error()))?;
    draft.close(NAME, file)?;
    if told == 0 {
        draft.discard()?;
        return Err(Error::refused(
            "EXIT-05",
            "No web address is recorded for any file of this report, so there is nothing a hotline could trace.",
        ));
    }
    let files = draft.files();
    Ok((draft, Written { files, told, left_out }))
}

fn heading(desk: &Desk<'_>) -> Result<Vec<u8>> {
    let who = &desk.head.organisation;
    let heading = Heading {
        schema: "casement-url-list/v1",
        report: &desk.head.report,
        organisation: &who.name,
        contact_email: &who.contact.email,
        contact_phone: &who.contact.phone,
        made_at: rfc3339(desk.now),
        at_leaf: desk.now_at.leaves,
        at_root: &desk.now_at.root,
        files: desk.cases.len(),
        means: "Content fetched from these addresses matched a list of known material and was confirmed by a \
                person. Files without a recorded address on the web are not in this list.",
        urls: "Addresses are live, because a hotline must assess and trace them. Do not open them without the \
               right to. They are what was recorded at the time given; whether they still answer is not known.",
        times: "first_seen is the earliest time recorded here, first_seen_until the end of an interval; \
                first_seen_is says what it is the time of. All times are UTC.",
        hosting_country: "Not recorded by any scanner and not looked up: this console works offline.",
    };
    serde_json::to_vec(&heading).map_err(|error| {
        Error::store("EXIT-06", "The list could not be written. Nothing was handed out.")
            .caused_by(error)
    })
}

fn unwritten(error: csv::Error) -> Error {
    Error::store("EXIT-06", "The list could not be written. Nothing was handed out.")
        .caused_by(error)
}

/// One line for each address of the file, with the earliest time it was seen there.
fn rows(desk: &Desk<'_>, file: &FileInput) -> Result<Vec<[String; 17]>> {
    let mut best: BTreeMap<String, &SightingInput> = BTreeMap::new();
    for sighting in &file.sightings {
        let got = &sighting.find.acquisition;
        let url = [&got.origin_url, &got.final_url]
            .into_iter()
            .flatten()
            .find_map(|url| Address::unshortened(url));
        if let Some(url) = url {
            let rank = |s: &SightingInput| {
                let at = moment::of_sighting(s, desk.head.sealed_at);
                (at.is_none_or(|at| !at.is_of_fetching()), at.map(Moment::instant))
            };
            let held = best.entry(url).or_insert(sighting);
            if rank(sighting) < rank(held) {
                *held = sighting;
            }
        }
    }
    best.into_iter().map(|(url, sighting)| row(desk, file, url, sighting)).collect()
}

fn row(
    desk: &Desk<'_>,
    file: &FileInput,
    url: String,
    sighting: &SightingInput,
) -> Result<[String; 17]> {
    let got = &sighting.find.acquisition;
    let page = got.page_url.as_deref().and_then(Address::unshortened);
    let at = moment::of_sighting(sighting, desk.head.sealed_at);
    let (from, until, what) = match at {
        Some(Moment::Fetched(at)) => (written(at), String::new(), "fetched at this instant"),
        Some(Moment::FetchedWithin(start, end)) => {
            (written(start), written(end), "fetched within this interval")
        }
        Some(Moment::Detected(at)) => {
            (written(at), String::new(), "detected in the dataset; time of fetching not known")
        }
        None => (String::new(), String::new(), "no time is known"),
    };
    let ip = got.server_ip.clone().unwrap_or_default();
    let of_fetch = at.is_some_and(Moment::is_of_fetching);
    let seen = if ip.is_empty() || !of_fetch { String::new() } else { from.clone() };
    let matches: Vec<String> = sighting.find.matches.iter().map(matched).collect();
    let item = &file.item;
    let digests = match crate::package::provenance::bytes_are(file) {
        crate::intake::find::BytesAre::AsFetched => "the bytes the address served",
        crate::intake::find::BytesAre::ReEncoded => "bytes re-encoded after fetching",
        crate::intake::find::BytesAre::Unknown => "bytes that may have been altered after fetching",
    };
    let zone = if from.is_empty() { "" } else { "UTC" };
    let viewed = if file.viewed.entire_file() { "yes, attested" } else { "no" };
    Ok([
        url,
        page.unwrap_or_default(),
        from,
        until,
        zone.to_owned(),
        what.to_owned(),
        "unknown".to_owned(),
        "never recorded; look the server up".to_owned(),
        one_line_or_none(&ip),
        seen,
        item.sha256.clone(),
        item.sha1.clone(),
        item.md5.clone(),
        digests.to_owned(),
        matches.join(" | "),
        viewed.to_owned(),
        desk.reference(file.case),
    ])
}

fn one_line_or_none(text: &str) -> String {
    if text.is_empty() { String::new() } else { one_line(text) }
}

/// `Provider / LIST version, entry E-1, pdq near 6 of 31`.
fn matched(found: &Match) -> String {
    let list = &found.list;
    let mut text = format!(
        "{} / {} {}, entry {}, {} {}",
        list.provider,
        list.name,
        list.version,
        list.entry_id.as_deref().unwrap_or("not given"),
        found.algorithm.word(),
        found.kind.word()
    );
    if let Some(distance) = found.distance {
        text.push_str(&format!(" {distance}"));
    }
    if let Some(threshold) = found.threshold {
        text.push_str(&format!(" of {threshold}"));
    }
    one_line(&text)
}

fn written(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// A cell that no spreadsheet takes for a formula.
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}
