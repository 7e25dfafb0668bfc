//! From facts to documents: the whole content of a package, in memory, without a clock or a file.
//!
//! The same input gives the same bytes. It must never put a picture into a package, and never build
//! one while a finding must be fixed.

mod details;

use std::collections::{BTreeMap, BTreeSet};

use crate::cybertip::{
    Address, ContactPerson, EmailAddress, Flaw, FreeText, IncidentSummary, IncidentType,
    InternetDetails, Person, Report, Reporter, Schema, Text, Unwritable, WebPage, check, date_time,
};
use crate::package::findings::findings;
use crate::package::input::PackageInput;
use crate::package::moment::{self, Moment};
use crate::package::{record, summary, words};
use crate::wire;
use details::file_details;

/// The documents of a package by their path in the bag, all below `data/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Documents {
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Documents {
    /// The XML documents, for a second opinion by the operator's schema: path and bytes.
    pub(crate) fn xml(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let xml = self.files.iter().filter(|(name, _)| name.ends_with(".xml"));
        xml.map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }
}

/// Why a package could not be built. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    /// `code` is that of the first of `count` findings.
    #[error("{count} findings must be fixed before this report can be sealed, first {code}.")]
    MustFix { code: String, count: usize },
    #[error(
        "A written document breaks the rules of the report at {place}, line {line}: {text}. Nothing was sealed."
    )]
    Refused { place: String, line: usize, text: String },
    #[error("A document of the report could not be written. Nothing was sealed.")]
    Write,
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

impl PackageError {
    /// Stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::MustFix { .. } => "PKG-01",
            Self::Refused { .. } => "PKG-02",
            Self::Write => "PKG-03",
            Self::Unwritable(_) => "PKG-02",
        }
    }
}

impl From<std::io::Error> for PackageError {
    fn from(_: std::io::Error) -> Self {
        Self::Write
    }
}

impl From<serde_json::Error> for PackageError {
    fn from(_: serde_json::Error) -> Self {
        Self::Write
    }
}

/// Builds every document and checks the XML. Fails while a finding must be fixed.
pub(crate) fn build(input: &PackageInput) -> Result<Documents, PackageError> {
    let must: Vec<_> =
        findings(input).into_iter().filter(|f| f.kind == wire::FindingKind::MustFix).collect();
    if let Some(first) = must.first() {
        return Err(PackageError::MustFix { code: first.code.clone(), count: must.len() });
    }
    let input = &in_order(input);
    let mut files = BTreeMap::new();
    files.insert("data/report.xml".to_owned(), report(input).to_xml(Schema::default())?);
    for file in &input.files {
        let name = words::case_number(file.case);
        let details = file_details(input, file).to_xml(Schema::default())?;
        files.insert(format!("data/files/{name}.fileDetails.xml"), details);
        let record = record::case(input, file)?;
        files.insert(format!("data/provenance/{name}.json"), record);
    }
    for (_, xml) in files.iter().filter(|(name, _)| name.ends_with(".xml")) {
        if let Some(Flaw { place, line, text }) =
            check(xml, Schema::default(), input.head.sealed_at).into_iter().next()
        {
            return Err(PackageError::Refused { place, line, text });
        }
    }
    files.insert("data/summary.txt".to_owned(), summary::text(input).into_bytes());
    let manifest = record::manifest(input, &files)?;
    files.insert("data/manifest.json".to_owned(), manifest);
    Ok(Documents { files })
}

/// The input in the one order documents follow: cases by number, sightings by find, acts by leaf.
fn in_order(input: &PackageInput) -> PackageInput {
    let mut input = input.clone();
    input.files.sort_by_key(|file| file.case);
    for file in &mut input.files {
        file.sightings.sort_by_key(|sighting| (sighting.imported_at, sighting.find.find_id));
        file.seen.sort_by_key(|act| act.leaf);
    }
    input
}

fn report(input: &PackageInput) -> Report {
    let limit = input.head.sealed_at;
    let known: Vec<Moment> =
        input.files.iter().filter_map(|file| moment::of_file(file, limit)).collect();
    let (at, description) = match moment::earliest(known.iter().copied()) {
        None => {
            // `findings` has refused an import from the future, so this lies in the past.
            let sightings = input.files.iter().flat_map(|file| &file.sightings);
            let imported = sightings.map(|sighting| sighting.imported_at).min();
            (imported.unwrap_or(limit), "Time of import; no earlier time is known.".to_owned())
        }
        Some(moment) => (moment.instant(), describe(moment, &known, input.files.len())),
    };
    let organisation = &input.head.organisation;
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
    let info = Text::<3000>::new(&summary::for_report(input));
    Report {
        details: pages(input),
        additional_info: info.and_then(|info| FreeText::new(info.as_str())),
        ..Report::new(incident, reporter)
    }
}

fn describe(moment: Moment, known: &[Moment], files: usize) -> String {
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
    let fetched = known.iter().filter(|m| m.is_of_fetching()).count();
    let of = words::count(files, "file");
    format!(
        "{what} The earliest of this report, which has {of}; a time of fetching is known for {fetched}. \
         Each file's own times are in its fileDetails."
    )
}

/// One per distinct address, in order of address, with what it is an address of.
fn pages(input: &PackageInput) -> Vec<InternetDetails> {
    type Roles<'a> = BTreeMap<&'a str, BTreeSet<u32>>;
    let mut found: BTreeMap<Address, Roles<'_>> = BTreeMap::new();
    for file in &input.files {
        for sighting in &file.sightings {
            let got = &sighting.find.acquisition;
            let named = [
                ("address of the file", &got.origin_url),
                ("address of the file after redirects", &got.final_url),
                ("page that linked or showed the file", &got.page_url),
            ];
            for (role, url) in named {
                if let Some(address) = url.as_deref().and_then(Address::read) {
                    found.entry(address).or_default().entry(role).or_default().insert(file.case);
                }
            }
        }
    }
    let page = |(url, roles): (Address, Roles<'_>)| {
        let mut info = Vec::new();
        for (role, cases) in roles {
            let listed: Vec<String> =
                cases.iter().take(20).map(|case| words::case_number(*case)).collect();
            let more = cases.len().saturating_sub(20);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            info.push(format!("{role}: case {}{more}", listed.join(", ")));
        }
        if let Some(whole) = url.whole() {
            info.push(format!(
                "shortened: the whole address is {} bytes, SHA-256 {}, and stands in data/provenance \
                 of the package",
                whole.bytes, whole.sha256
            ));
        }
        let additional_info = FreeText::new(&info.join("\n"));
        WebPage { urls: vec![url], additional_info, third_party: Some(true) }.into()
    };
    found.into_iter().map(page).collect()
}

#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;
