//! Rules over what all files of a report share: who reports, whom to call, and this machine's clock.

use time::OffsetDateTime;

use super::Rule;
use crate::package::input::{Head, Organisation};
use crate::package::words;
use crate::wire::{FindingKind, FindingView, PackageFinding};

const fn missing(
    title: &'static str,
    field: &'static str,
    element: &'static str,
    remedy: &'static str,
) -> Rule {
    Rule {
        code: "L-ORG-01",
        kind: FindingKind::MustFix,
        title,
        field,
        element,
        remedy,
        view: FindingView::Organisation,
    }
}

const NAME: Rule = missing(
    "No name of the organisation",
    "organisation.name",
    "report/reporter/companyTemplate",
    "Say who reports.",
);
const EMAIL: Rule = missing(
    "No email address of the reporter",
    "organisation.email",
    "report/reporter/reportingPerson/email",
    "Give the address of the reporting person; the server refuses a report without one.",
);
const CONTACT: Rule = missing(
    "No point of contact",
    "organisation.contact",
    "report/reporter/contactPerson",
    "Give an email address or a telephone number that law enforcement can reach.",
);
const CONTACT_EMAIL: Rule = missing(
    "Contact email cannot be sent",
    "organisation.contact.email",
    "report/reporter/contactPerson/email",
    "Give it in the form of an address, at most 255 characters.",
);
const CONTACT_PHONE: Rule = missing(
    "Contact telephone is too long",
    "organisation.contact.phone",
    "report/reporter/contactPerson/phone",
    "Give at most 50 characters.",
);
const PROCESS: Rule = missing(
    "No word on legal process",
    "organisation.company_template",
    "report/reporter/companyTemplate",
    "Say how to serve legal process, how long data is kept and which telephone is answered.",
);
const LEGAL_URL: Rule = missing(
    "Legal address cannot be sent",
    "organisation.legal_url",
    "report/reporter/legalURL",
    "Give a web address of at most 2,083 characters, or none.",
);
const TOO_LONG: Rule = Rule {
    code: "L-LIMIT-01",
    kind: FindingKind::Check,
    title: "Longer than the report takes",
    field: "organisation",
    element: "report/reporter",
    remedy: "Shorten it; the report would carry it cut.",
    view: FindingView::Organisation,
};
const CLOCK: Rule = Rule {
    code: "L-CLOCK-01",
    kind: FindingKind::MustFix,
    title: "This machine's clock is behind the ledger",
    field: "report.sealed_at",
    element: "report/incidentSummary/incidentDateTime",
    remedy: "Set the clock of this machine; every time in the report must lie in the past.",
    view: FindingView::Packages,
};

#[cfg(test)]
pub(super) const RULES: &[&Rule] = &[
    &NAME,
    &EMAIL,
    &CONTACT,
    &CONTACT_EMAIL,
    &CONTACT_PHONE,
    &PROCESS,
    &LEGAL_URL,
    &TOO_LONG,
    &CLOCK,
];

/// What stands before the `platform`'s name in the report.
const PLATFORM: usize = 256 - "Training data intake of ".len();

pub(super) fn findings(head: &Head, now: OffsetDateTime) -> Vec<PackageFinding> {
    let organisation = &head.organisation;
    let mut found: Vec<PackageFinding> =
        organisation.missing().iter().map(|field| absent(field)).collect();
    for (field, element, text, limit) in limits(organisation) {
        let n = text.trim().chars().count();
        if n > limit {
            let text = format!("Field `{field}` has {n} characters, the report takes {limit}.");
            let mut finding = TOO_LONG.report(text);
            finding.field = field.to_owned();
            finding.goto.field = field.to_owned();
            finding.element = Some(element.to_owned());
            found.push(finding);
        }
    }
    if now < head.sealed_at {
        let behind = words::duration(
            u64::try_from((head.sealed_at - now).whole_milliseconds()).unwrap_or(u64::MAX),
        );
        let text =
            format!("The newest act lies {behind} min:s after what this machine's clock says.");
        found.push(CLOCK.report(text));
    }
    found
}

fn absent(field: &str) -> PackageFinding {
    let rule = match field {
        "name" => &NAME,
        "email" => &EMAIL,
        "contact" => &CONTACT,
        "contact.email" => &CONTACT_EMAIL,
        "contact.phone" => &CONTACT_PHONE,
        "company_template" => &PROCESS,
        _ => &LEGAL_URL,
    };
    rule.report(format!("Field `{field}` of the organisation is empty or cannot be sent."))
}

/// Texts of the organisation with the most characters the report takes of each.
fn limits(of: &Organisation) -> [(&'static str, &'static str, &str, usize); 5] {
    [
        ("organisation.name", "report/incidentSummary/platform", &of.name, PLATFORM),
        (
            "organisation.first_name",
            "report/reporter/reportingPerson/firstName",
            &of.first_name,
            100,
        ),
        ("organisation.last_name", "report/reporter/reportingPerson/lastName", &of.last_name, 100),
        (
            "organisation.contact.first_name",
            "report/reporter/contactPerson/firstName",
            &of.contact.first_name,
            100,
        ),
        (
            "organisation.contact.last_name",
            "report/reporter/contactPerson/lastName",
            &of.contact.last_name,
            100,
        ),
    ]
}
