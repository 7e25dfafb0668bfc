//! What no order of elements can say: fields that must agree with each other.
//!
//! These are the server's rules, which the schema does not check. It must only be asked of a
//! document that the table accepts.

use super::model::file::{NO_FILE_ID, NO_REPORT_ID};
use super::tree::{Element, Flaw};
use super::words::UsState;

/// What disagrees.
pub(super) fn of(root: &Element) -> Vec<Flaw> {
    let mut found = Found { flaws: Vec::new() };
    match root.name.as_str() {
        "report" => {
            found.emails(root);
            found.batch(root);
        }
        "fileDetails" => found.file(root),
        _ => {}
    }
    found.everywhere(root, &root.name);
    found.flaws
}

struct Found {
    flaws: Vec<Flaw>,
}

fn yes(text: Option<&str>) -> bool {
    matches!(text, Some("true" | "1"))
}

impl Found {
    fn say(&mut self, place: &str, element: &Element, text: &str) {
        self.flaws.push(Flaw::new(place, element.line, text));
    }

    fn file(&mut self, root: &Element) {
        let place = root.name.as_str();
        if yes(root.text_of("exifViewedByEsp")) && !yes(root.text_of("fileViewedByEsp")) {
            self.say(place, root, "EXIF is said to be viewed, the file is not");
        }
        let no_report = root.text_of("reportId") == Some(NO_REPORT_ID);
        if no_report != (root.text_of("fileId") == Some(NO_FILE_ID)) {
            self.say(place, root, "one id is a placeholder, the other is not");
        }
        if root.text_of("fileRelevance") == Some("Supplemental Reported") {
            let annotated =
                root.child("fileAnnotations").is_some_and(|a| a.child("potentialMeme").is_some());
            if annotated || yes(root.text_of("potentialMeme")) {
                self.say(place, root, "a supplemental file may not carry potentialMeme");
            }
            if root.child("industryClassification").is_some() {
                self.say(place, root, "a supplemental file may not carry industryClassification");
            }
        }
    }

    /// The address of an email incident stands with a person of the report too.
    fn emails(&mut self, root: &Element) {
        let mut known = Vec::new();
        let parties =
            ["reporter", "lawEnforcement", "personOrUserReported", "intendedRecipient", "victim"];
        for party in root.children.iter().filter(|c| parties.contains(&c.name.as_str())) {
            collect(party, "email", &mut known);
        }
        let incidents = root.children.iter().filter(|c| c.name == "internetDetails");
        for incident in incidents.filter_map(|details| details.child("emailIncident")) {
            for address in incident.children.iter().filter(|c| c.name == "emailAddress") {
                if !known.contains(&address.text.as_str()) {
                    let place = "report/internetDetails/emailIncident/emailAddress";
                    self.say(place, address, "stands with no person of this report");
                }
            }
        }
    }

    /// Several persons stand in a batched report only, and there with their identifier only.
    fn batch(&mut self, root: &Element) {
        let reported = || root.children.iter().filter(|c| c.name == "personOrUserReported");
        if root.child("batchedReport").is_none() {
            if let Some(second) = reported().nth(1) {
                self.say(
                    "report/personOrUserReported",
                    second,
                    "only a batched report names several",
                );
            }
            return;
        }
        for person in reported() {
            if person.children.len() != 1 || person.child("espIdentifier").is_none() {
                self.say(
                    "report/personOrUserReported",
                    person,
                    "in a batched report holds espIdentifier only",
                );
            }
        }
        let barred =
            ["internetDetails", "lawEnforcement", "intendedRecipient", "victim", "additionalInfo"];
        let urgent = root.child("incidentSummary").and_then(|s| s.child("escalateToHighPriority"));
        let barred = root.children.iter().filter(|c| barred.contains(&c.name.as_str()));
        for element in barred.chain(urgent) {
            let place = format!("report/{}", element.name);
            self.say(&place, element, "may not stand in a batched report");
        }
    }

    fn everywhere(&mut self, element: &Element, place: &str) {
        let dated = element.attribute("verificationDate").is_some();
        if dated && !yes(element.attribute("verified")) {
            self.say(place, element, "has a verificationDate and is not verified");
        }
        if element.name == "estimatedLocation"
            && element.text_of("countryCode") == Some("US")
            && element.text_of("region").is_some_and(|region| UsState::of_word(region).is_none())
        {
            self.say(place, element, "its region is not the code of a state of the United States");
        }
        for child in
            element.children.iter().filter(|c| !c.children.is_empty() || !c.attributes.is_empty())
        {
            let inner = format!("{place}/{}", child.name);
            self.everywhere(child, &inner);
        }
    }
}

fn collect<'a>(element: &'a Element, name: &str, into: &mut Vec<&'a str>) {
    for child in &element.children {
        if child.name == name {
            into.push(&child.text);
        }
        collect(child, name, into);
    }
}

/// What a file of a batched report may not say; empty where it may be sent with one.
pub(super) fn batched_file(root: &Element) -> Vec<Flaw> {
    let mut found = Found { flaws: Vec::new() };
    let barred = [
        "fileName",
        "originalFileName",
        "locationOfFile",
        "originalFileHash",
        "ipCaptureEvent",
        "deviceId",
        "details",
        "additionalInfo",
    ];
    for child in root.children.iter().filter(|c| barred.contains(&c.name.as_str())) {
        found.say(
            &format!("fileDetails/{}", child.name),
            child,
            "may not stand in a batched report",
        );
    }
    let marks = root.child("fileAnnotations").map(|a| a.children.as_slice()).unwrap_or_default();
    let fitting = |mark: &Element| matches!(mark.name.as_str(), "viral" | "potentialMeme");
    if marks.is_empty() || !marks.iter().all(fitting) {
        found.say(
            "fileDetails",
            root,
            "in a batched report is viral, a potential meme, or both, and no more",
        );
    }
    found.flaws
}
