//! The documents as such: the index and its digests, the XML against the rules of the report, and that nothing is a picture.

use std::collections::{BTreeMap, BTreeSet};

use super::files::Files;
use super::{Checks, Manifest};
use crate::clock;
use crate::cybertip::{Schema, check};
use crate::package::originals;

const INDEX: &str = "data/manifest.json";

/// Most sentences of one check: a package that is wrong everywhere need not say so a thousand times.
pub(super) const MAX_FINDINGS: usize = 50;

/// Reads the index and compares every digest in it.
pub(super) fn manifest(files: &Files, checks: &mut Checks) -> Option<Manifest> {
    let read = files.read(INDEX).and_then(|bytes| serde_json::from_slice::<Manifest>(&bytes).ok());
    let known = read.filter(|manifest| manifest.format.starts_with("casement-package/"));
    let Some(manifest) = known else {
        checks.add("manifest", "", vec![format!("`{INDEX}` is absent or cannot be read.")]);
        return None;
    };
    let mut findings = Vec::new();
    let named: BTreeMap<&String, &String> =
        manifest.cases.iter().flat_map(|case| &case.documents).chain(&manifest.documents).collect();
    for (name, sha256) in &named {
        if files.sha256(name).as_ref() != Some(*sha256) {
            findings.push(format!("`{name}` is absent or is not the one the manifest names."));
        }
    }
    let listed = |name: &&String| !named.contains_key(*name) && *name != INDEX;
    for name in files.names().iter().filter(|name| name.starts_with("data/")).filter(listed) {
        findings.push(format!("`{name}` is not in the manifest."));
    }
    if manifest.cases.is_empty() {
        findings.push("The manifest names no case.".to_owned());
    }
    findings.truncate(MAX_FINDINGS);
    let (cases, documents) = (manifest.cases.len(), named.len());
    let detail =
        format!("{}: {cases} cases, {documents} documents, each with its digest", manifest.report);
    checks.add("manifest", detail, findings);
    Some(manifest)
}

/// A bag of sealed originals has an index of its own, and no report: whether this is one. What is sealed inside, only who
/// holds a key can compare with the digests there.
pub(super) fn originals(files: &Files, checks: &mut Checks) -> bool {
    let Some(index) = files.read(originals::INDEX) else { return false };
    let Ok(index) = serde_json::from_slice::<originals::Index>(&index) else {
        let unread = format!("`{}` cannot be read.", originals::INDEX);
        checks.add("originals", "", vec![unread]);
        return true;
    };
    let named: BTreeSet<&str> = index.files.iter().map(|sealed| sealed.file.as_str()).collect();
    let there: BTreeSet<&str> = files
        .names()
        .iter()
        .map(String::as_str)
        .filter(|name| name.starts_with("data/") && *name != originals::INDEX)
        .collect();
    let mut findings: Vec<String> = named
        .symmetric_difference(&there)
        .map(|name| format!("`{name}` is named and absent, or there and not named."))
        .collect();
    findings.truncate(MAX_FINDINGS);
    let detail = format!(
        "{}: {} originals sealed to {} recipients, of the package with tag manifest {}",
        index.report,
        named.len(),
        index.recipients.len(),
        index.package_sha256
    );
    checks.add("originals", detail, findings);
    true
}

/// Every XML document against the rules of the report.
pub(super) fn xml(files: &Files, manifest: &Manifest, checks: &mut Checks) {
    let Ok(sealed_at) = clock::parse(&manifest.as_of) else {
        checks.add(
            "documents",
            "",
            vec!["The manifest does not say of which time it is.".to_owned()],
        );
        return;
    };
    let mut findings = Vec::new();
    let names: Vec<&String> = files.names().iter().filter(|name| name.ends_with(".xml")).collect();
    for name in &names {
        match files.read(name) {
            None => findings.push(format!("`{name}` cannot be read.")),
            Some(bytes) => findings.extend(
                check(&bytes, Schema::default(), clock::datetime(sealed_at))
                    .into_iter()
                    .take(3)
                    .map(|flaw| {
                        format!("`{name}` line {}, {}: {}", flaw.line, flaw.place, flaw.text)
                    }),
            ),
        }
    }
    if !names.iter().any(|name| *name == "data/report.xml") {
        findings.push("`data/report.xml` is absent.".to_owned());
    }
    findings.truncate(MAX_FINDINGS);
    checks.add(
        "documents",
        format!("{} XML documents within the rules of the report", names.len()),
        findings,
    );
}

/// No file is of a picture's type, by its name or by how it begins.
pub(super) fn no_pictures(files: &Files, checks: &mut Checks) {
    let pictures = files.names().iter().filter(|name| {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let named = ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
        named || files.head(name).is_none_or(|head| is_picture(&head))
    });
    let findings: Vec<String> = pictures
        .take(MAX_FINDINGS)
        .map(|name| {
            format!("`{name}` is a picture or a film, or cannot be read. A package holds none.")
        })
        .collect();
    checks.add("no pictures", "No file is of a picture's or a film's type", findings);
}

const ENDINGS: [&str; 18] = [
    "apng", "avif", "avi", "bmp", "gif", "heic", "heif", "ico", "jpeg", "jpg", "jxl", "mkv", "mov",
    "mp4", "png", "tif", "tiff", "webp",
];

fn is_picture(head: &[u8]) -> bool {
    const STARTS: [&[u8]; 8] = [
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"RIFF",
        b"II*\0",
        b"MM\0*",
        b"\xff\x0a",
        b"\x1a\x45\xdf\xa3",
    ];
    STARTS.iter().any(|start| head.starts_with(start))
        || head.get(4..8) == Some(b"ftyp".as_slice())
        || head.get(4..8) == Some(b"JXL ".as_slice())
}
