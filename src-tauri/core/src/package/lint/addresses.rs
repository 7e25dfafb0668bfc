//! Rules over addresses: what the report can carry, what it carries shortened, and servers without a time.

use std::collections::BTreeSet;

use super::{Rule, name};
use crate::cybertip::address::{self, Address};
use crate::package::input::{FileInput, Head};
use crate::wire::{FindingKind, FindingView, PackageFinding};

const NOT_WEB: Rule = Rule {
    code: "L-URL-01",
    kind: FindingKind::Check,
    title: "Not a web address",
    field: "find.acquisition.origin_url",
    element: "fileDetails/locationOfFile",
    remedy: "Nothing is to be done if it is right; it stays in the provenance, the report's own fields leave it out.",
    view: FindingView::Review,
};
const SHORTENED: Rule = Rule {
    code: "L-URL-03",
    kind: FindingKind::Check,
    title: "Address longer than 2,083",
    field: "find.acquisition.origin_url",
    element: "fileDetails/locationOfFile",
    remedy: "Nothing is to be done; the whole stands in the package, and the report states its digest.",
    view: FindingView::Review,
};
const UNDATED_SERVER: Rule = Rule {
    code: "L-IP-01",
    kind: FindingKind::Check,
    title: "A server's address without a time",
    field: "find.acquisition.server_ip",
    element: "fileDetails/ipCaptureEvent/dateTime",
    remedy: "Attach when it was fetched: an address without a time leads to nobody.",
    view: FindingView::Gaps,
};
const NOT_IP: Rule = Rule {
    code: "L-IP-02",
    kind: FindingKind::Check,
    title: "A server's address that is none",
    field: "find.acquisition.server_ip",
    element: "fileDetails/ipCaptureEvent/ipAddress",
    remedy: "Ask whoever fetched it; the text stays in the provenance, the report leaves it out.",
    view: FindingView::Review,
};

#[cfg(test)]
pub(super) const RULES: &[&Rule] = &[&NOT_WEB, &SHORTENED, &UNDATED_SERVER, &NOT_IP];

pub(super) fn findings(head: &Head, file: &FileInput, found: &mut Vec<PackageFinding>) {
    let mut long: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut foreign: BTreeSet<(&str, &str)> = BTreeSet::new();
    let (mut undated, mut unread) = (false, false);
    for sighting in &file.sightings {
        let got = &sighting.find.acquisition;
        let named = [
            ("Page address", "page_url", &got.page_url),
            ("File address", "origin_url", &got.origin_url),
            ("Final address", "final_url", &got.final_url),
        ];
        for (what, field, url) in named {
            let Some(url) = url else { continue };
            match Address::read(url) {
                None => {
                    foreign.insert((what, field));
                }
                Some(read) if url.len() > address::MAX || read.is_shortened() => {
                    long.insert((what, field));
                }
                Some(_) => {}
            }
        }
        if let Some(ip) = &got.server_ip {
            let read = ip.trim().parse::<std::net::IpAddr>().is_ok();
            let at = got.fetched_at.as_ref().map(|at| at.instant());
            unread |= !read;
            undated |= read && at.is_none_or(|at| at > head.sealed_at);
        }
    }
    for (what, field) in long {
        let text = format!(
            "{}. The report carries a shortened form and the digest of the whole.",
            name(file)
        );
        let title = format!("{what} longer than 2,083");
        found.push(of_field(&SHORTENED, file.case, text, title, field));
    }
    for (what, field) in foreign {
        let text =
            format!("{}. Only an http or https address can stand in the report.", name(file));
        let title = format!("{what} is not one of the web");
        found.push(of_field(&NOT_WEB, file.case, text, title, field));
    }
    if undated {
        let text = format!("{}: a server is named, when it was asked is not.", name(file));
        found.push(UNDATED_SERVER.case(file.case, text));
    }
    if unread {
        let text = format!("{}: what is recorded as a server's address is not one.", name(file));
        found.push(NOT_IP.case(file.case, text));
    }
}

fn of_field(rule: &Rule, case: u32, text: String, title: String, field: &str) -> PackageFinding {
    let mut finding = rule.case(case, text);
    finding.field = format!("find.acquisition.{field}");
    finding.goto.field = finding.field.clone();
    finding.title = title;
    if field == "page_url" {
        finding.element = Some("report/internetDetails/webPageIncident/url".to_owned());
    }
    finding
}
