//! Checks a package as its reader would: the bag, the documents, the signature, every proof and what it proves.
//!
//! It needs no workspace; with one, it also compares what was recorded at sealing. It reads only, never follows a link, and
//! must never call a check passed that it could not make.

mod cases;
mod documents;
mod files;
mod viewing;

use std::path::Path;

use serde::Deserialize;
use std::collections::BTreeMap;

use super::bag_check::verify_bag;
use super::proofs;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::checkpoint::{self, Opened};
use crate::store::{checkpoint as keys, report as rows};
use crate::wire::{PackageCheck, PackageVerification};
use files::Files;

/// As much of `data/manifest.json` as is compared.
#[derive(Deserialize)]
struct Manifest {
    format: String,
    report: String,
    #[serde(alias = "sealed_at")]
    as_of: String,
    ledger: Point,
    cases: Vec<Listed>,
    documents: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Point {
    leaves: u64,
    root: String,
}

#[derive(Deserialize)]
struct Listed {
    case: u32,
    sha256: String,
    blake3: String,
    decision_leaf: u64,
    #[serde(default)]
    file_viewed: bool,
    #[serde(default)]
    documents: BTreeMap<String, String>,
}

/// Checks being gathered.
#[derive(Default)]
struct Checks(Vec<PackageCheck>);

impl Checks {
    fn add(&mut self, check: &str, detail: impl Into<String>, findings: Vec<String>) {
        let ok = findings.is_empty();
        let detail = if ok { detail.into() } else { findings.first().cloned().unwrap_or_default() };
        self.0.push(PackageCheck { check: check.to_owned(), ok, detail, findings });
    }
}

/// Checks the package at `dir`. `vkey` is the public key its reader was given another way; a workspace brings its own.
pub async fn verify(
    console: Option<&Console>,
    dir: &Path,
    vkey: Option<&str>,
) -> Result<PackageVerification> {
    let mut known: Vec<String> = vkey.map(|key| key.trim().to_owned()).into_iter().collect();
    if let Some(key) = known.first()
        && signed_note::StandardVerifier::new(key).is_err()
    {
        return Err(Error::usage(
            "VERIFY-01",
            "This is not a public key of a ledger. It has the form NAME+8 hex digits+base64, as casectl vkey shows it.",
        ));
    }
    let mut sealed = None;
    if let Some(console) = console {
        let mut conn = console.store().read().await?;
        if vkey.is_none() {
            known = keys::vkeys(&mut conn).await?;
        }
        let rows = rows::all(&mut conn).await?;
        let mut digests: Vec<String> = rows.into_iter().map(|row| row.sha256).collect();
        digests.extend(keys::digests(&mut conn).await?);
        sealed = Some(digests);
    }
    let at = dir.to_owned();
    let checks = tokio::task::spawn_blocking(move || all(&at, &known, sealed.as_deref()))
        .await
        .map_err(|error| {
        Error::machine("VERIFY-02", "The package could not be checked to its end.").caused_by(error)
    })??;
    let findings = checks.iter().flat_map(|check| check.findings.iter().cloned()).collect();
    Ok(PackageVerification { package: dir.display().to_string(), checks, findings })
}

fn all(dir: &Path, known: &[String], sealed: Option<&[String]>) -> Result<Vec<PackageCheck>> {
    let mut checks = Checks::default();
    let bag = verify_bag(dir).map_err(|error| Error::usage(error.code(), error.to_string()))?;
    let files = Files::walk(dir)?;
    let detail = format!("{} files, each as its manifests list it", files.names().len());
    checks.add("bag", detail, bag);
    if let Some(sealed) = sealed {
        let sha256 = files.sha256("tagmanifest-sha256.txt");
        let ours = sha256.is_some_and(|sha256| sealed.contains(&sha256));
        let finding = "This workspace sealed no package with this tag manifest.".to_owned();
        let findings = if ours { Vec::new() } else { vec![finding] };
        checks.add("sealed here", "Its tag manifest is the one that was sealed here", findings);
    }
    documents::no_pictures(&files, &mut checks);
    if documents::originals(&files, &mut checks) {
        return Ok(checks.0);
    }
    let manifest = documents::manifest(&files, &mut checks);
    let signed = signature(&files, manifest.as_ref(), known, &mut checks);
    let Some(manifest) = manifest else { return Ok(checks.0) };
    documents::xml(&files, &manifest, &mut checks);
    cases::proofs(&files, &manifest, signed.as_ref(), &mut checks);
    viewing::check(&files, &manifest, signed.as_ref(), &mut checks);
    cases::graphs(&files, &manifest, &mut checks);
    Ok(checks.0)
}

/// A checkpoint that holds, and the key it holds under.
struct Signed {
    vkey: String,
    opened: Opened,
    note: Vec<u8>,
}

fn signature(
    files: &Files,
    manifest: Option<&Manifest>,
    known: &[String],
    checks: &mut Checks,
) -> Option<Signed> {
    let mut findings = Vec::new();
    let given = files.text(proofs::VKEY);
    let note = files.read(proofs::CHECKPOINT);
    let (Some(given), Some(note)) = (given, note) else {
        let absent = "The package has no signed checkpoint with its public key.".to_owned();
        checks.add("checkpoint", "", vec![absent]);
        return None;
    };
    let vkey = given.trim().to_owned();
    let signed = match checkpoint::open(&note, &vkey) {
        Ok(opened) => Some(Signed { vkey: vkey.clone(), opened, note }),
        Err(flaw) => {
            findings.push(format!("The checkpoint {flaw}."));
            None
        }
    };
    if !known.is_empty() && !known.contains(&vkey) {
        findings.push(
            "The package is signed by another key than the one it is compared with.".to_owned(),
        );
    }
    if let (Some(signed), Some(manifest)) = (&signed, manifest)
        && (signed.opened.size != manifest.ledger.leaves
            || hex::encode(signed.opened.root) != manifest.ledger.root)
    {
        findings
            .push("The checkpoint is of another ledger state than the manifest names.".to_owned());
    }
    let compared = if known.is_empty() {
        format!("by the key in the package; compare it with one you were given: {vkey}")
    } else {
        "by the key it was compared with".to_owned()
    };
    let detail = signed.as_ref().map_or_else(String::new, |signed| {
        format!("{} leaves of {}, signed {compared}", signed.opened.size, signed.opened.origin)
    });
    checks.add("checkpoint", detail, findings);
    signed
}
