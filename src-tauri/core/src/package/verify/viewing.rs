//! What a package says of viewing: no flag is true without the attestation that allows it.
//!
//! It must never take the index or the record for the attestation: whoever forges a flag can write those too.

use super::cases::proven;
use super::documents::MAX_FINDINGS;
use super::files::Files;
use super::{Checks, Manifest, Signed};
use crate::cybertip::read_tree;
use crate::package::input::Attestation;
use crate::package::proofs::Of;
use crate::package::words;

/// What is said of viewing: each flag of a file is that of the index and of the record, and none is true without the
/// attestation that allows it (Wilson, 13 F.4th 961: what matters is whether a person viewed the file).
pub(super) fn check(
    files: &Files,
    manifest: &Manifest,
    signed: Option<&Signed>,
    checks: &mut Checks,
) {
    let mut findings = Vec::new();
    let mut attested = 0;
    for listed in &manifest.cases {
        let number = words::case_number(listed.case);
        let details = files.read(&format!("data/files/{number}.fileDetails.xml"));
        let Some(details) = details.and_then(|bytes| read_tree(&bytes).ok()) else {
            findings.push(format!("The details of case {number} are absent or cannot be read."));
            continue;
        };
        // As XML Schema writes a boolean.
        let says =
            |name| details.text_of(name).is_some_and(|text| matches!(text.trim(), "true" | "1"));
        let (file, exif) = (says("fileViewedByEsp"), says("exifViewedByEsp"));
        if file != listed.file_viewed {
            findings.push(format!(
                "Case {number}: the index and the details differ in whether the file was viewed."
            ));
        }
        if !file && !exif {
            continue;
        }
        attested += 1;
        let proven = proven(files, listed.case, Of::Attestation, signed);
        let attestation = proven.and_then(|proven| {
            let (index, salt) = proven.checked.ok()?;
            let body = std::str::from_utf8(&proven.body).ok()?;
            Attestation::from_leaf(index, &proven.leaf, &salt, body, listed.case)
        });
        match attestation {
            None => findings.push(format!(
                "Case {number} says that a person viewed the file, and no attestation in the signed ledger says so."
            )),
            Some(attestation) if exif && !attestation.has_exif() => findings.push(format!(
                "Case {number} says that a person viewed the EXIF data, and the attestation does not."
            )),
            Some(_) => {}
        }
    }
    findings.truncate(MAX_FINDINGS);
    let detail = match attested {
        0 => "No file is said to have been viewed by a person".to_owned(),
        n => format!("{n} files said to have been viewed, each by a proven attestation"),
    };
    checks.add("viewing", detail, findings);
}
