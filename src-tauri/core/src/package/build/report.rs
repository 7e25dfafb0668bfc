//! The `report` document: the incident, the addresses, who reports, and the summary.
//!
//! It must never name a person as the source of a find, nor pass off one time for another.

use casement_print::Pages;

use crate::case::defang;
use crate::cybertip::{
    Address, ContactPerson, EmailAddress, FreeText, IncidentSummary, IncidentType, InternetDetails,
    Person, Report, Reporter, Text, WebPage, date_time,
};
use crate::package::input::{Head, Organisation};
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
    let emails = |raw: &str| EmailAddress::read(raw).map(Into::into).into_iter().collect();
    let incident = IncidentSummary {
        incident_type: IncidentType::Possession,
        platform: Text::new(&platform),
        escalate: None,
        annotations: None,
        at,
        at_description: Text::new(&description),
    };
    let reporter = Reporter {
        person: Person {
            first_name: Text::new(&organisation.first_name),
            last_name: Text::new(&organisation.last_name),
            emails: emails(&organisation.email),
            ..Person::default()
        },
        contact: Some(ContactPerson {
            first_name: Text::new(&contact.first_name),
            last_name: Text::new(&contact.last_name),
            phones: Text::new(&contact.phone).map(Into::into).into_iter().collect(),
            emails: emails(&contact.email),
            addresses: Vec::new(),
        }),
        company_template: Text::new(&template),
        terms_of_service: None,
        legal_url: Address::read(&organisation.legal_url),
    };
    // The server sets no limit; this one is ours, so that the summary stays one.
    let info = Text::<3000>::new(&summary);
    Report {
        details: web_pages(organisation, overview),
        additional_info: info.and_then(|info| FreeText::new(info.as_str())),
        ..Report::new(incident, reporter)
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
fn web_pages(organisation: &Organisation, overview: &Overview) -> Vec<InternetDetails> {
    let pages = overview.addresses.listed.iter();
    pages.map(|(url, roles)| page(organisation, url, roles).into()).collect()
}

/// Whether a host is the organisation's own, as far as it said where it is: at or below the domain of its email or of
/// its legal page.
fn is_own(organisation: &Organisation, url: &Address) -> bool {
    let host = |url: &str| defang::host_of(url).map(|host| host.to_ascii_lowercase());
    let mail = organisation.email.rsplit_once('@').map(|(_, domain)| domain.trim().to_lowercase());
    let domains = [mail, host(&organisation.legal_url)];
    host(url.text()).is_some_and(|host| {
        domains.into_iter().flatten().filter(|domain| domain.contains('.')).any(|domain| {
            host == domain || host.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'))
        })
    })
}

fn page(organisation: &Organisation, url: &Address, roles: &Roles) -> WebPage {
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
    let third_party = (!is_own(organisation, url)).then_some(true);
    let additional_info = FreeText::new(&info.join("\n"));
    WebPage { urls: vec![url.clone()], additional_info, third_party }
}
