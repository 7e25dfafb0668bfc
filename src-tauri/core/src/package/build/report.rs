//! The `report` document: the incident, the addresses, who reports, and the summary.
//!
//! It must never name a person as the source of a find, nor pass off one time for another.

use casement_print::Pages;

use crate::package::address::Address;
use crate::package::cybertip::{
    FreeText, IncidentSummary, IncidentType, Person, Report, Reporter, Text, WebPage, date_time,
};
use crate::package::input::Head;
use crate::package::moment::Moment;
use crate::package::overview::{Overview, Roles};
use crate::package::{pages, summary, words};

/// The report about all files together.
pub(super) fn report(head: &Head, overview: &Overview, told: &Pages) -> Report {
    let (at, description) = match overview.earliest {
        None => (
            // `findings` has refused an import from the future, so this lies in the past.
            overview.earliest_import.unwrap_or(head.sealed_at),
            "Time of import; no earlier time is known.".to_owned(),
        ),
        Some(moment) => (moment.instant(), describe(moment, overview)),
    };
    // The first page, then what only the report says; the writer cuts at its limit.
    let summary = format!("{}\n{}", pages::short(told), summary::further(overview));
    let organisation = &head.organisation;
    let contact = &organisation.contact;
    let platform = format!("Training data intake of {}", organisation.name.trim());
    let template = format!("{}\n{}", organisation.name.trim(), organisation.company_template);
    Report {
        incident: IncidentSummary {
            incident_type: IncidentType::Possession,
            platform: Text::new(&platform),
            at,
            at_description: Text::new(&description),
        },
        pages: web_pages(overview),
        reporter: Reporter {
            person: Person {
                first_name: Text::new(&organisation.first_name),
                last_name: Text::new(&organisation.last_name),
                phone: None,
                email: Text::new(&organisation.email),
            },
            contact: Some(Person {
                first_name: Text::new(&contact.first_name),
                last_name: Text::new(&contact.last_name),
                phone: Text::new(&contact.phone),
                email: Text::new(&contact.email),
            }),
            company_template: Text::new(&template),
            legal_url: Address::read(&organisation.legal_url),
        },
        additional_info: Text::new(&summary),
    }
}

fn describe(moment: Moment, overview: &Overview) -> String {
    let what = match moment {
        Moment::Fetched(_) => {
            "Time at which the file was fetched from its web address, as the fetching program recorded it."
                .to_owned()
        }
        Moment::FetchedWithin(start, end) => {
            let written = |at| date_time(at).unwrap_or_default();
            format!(
                "Beginning of the interval within which the file was fetched from its web address, \
                 {} to {}; the exact time was not recorded.",
                written(start),
                written(end)
            )
        }
        Moment::Detected(_) => {
            "Time at which a scanner detected the file in training data; when it was fetched from its \
             origin is not known."
                .to_owned()
        }
    };
    let of = words::count(overview.files, "file");
    format!(
        "{what} The earliest of this report, which has {of}; a time of fetching is known for {}. \
         Each file's own times are in its fileDetails.",
        overview.fetched
    )
}

/// One per distinct address, in order of address, with what it is an address of.
fn web_pages(overview: &Overview) -> Vec<WebPage> {
    overview.addresses.listed.iter().map(|(url, roles)| page(url, roles)).collect()
}

fn page(url: &Address, roles: &Roles) -> WebPage {
    let mut info = Vec::new();
    for (role, cases) in roles {
        let listed: Vec<String> =
            cases.shown.iter().map(|case| words::case_number(*case)).collect();
        let more = match cases.more() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        info.push(format!("{}: case {}{more}", role.words(), listed.join(", ")));
    }
    if let Some(whole) = url.whole() {
        info.push(format!(
            "shortened: the whole address is {} bytes, SHA-256 {}, and stands in data/provenance of \
             the package",
            whole.bytes, whole.sha256
        ));
    }
    WebPage { additional_info: FreeText::new(&info.join("\n")), url: url.clone() }
}
