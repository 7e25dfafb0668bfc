//! Packages: which sources wait, what one would hold, and sealing it.
//!
//! It must never seal what core has not checked.

use casement_core::package as rooms;
use casement_core::wire::{FindingKind, PackageFinding, PackagePreview};

use crate::args::{At, PackageVerb};
use crate::desk::sit;
use crate::print::{Out, grouped, table, word};
use crate::{End, Outcome};

pub(crate) async fn package(at: &At, verb: PackageVerb, out: &Out) -> Outcome {
    let Some(source) = verb.source else {
        let sources = sit(at, async |console| Ok(rooms::sources(console).await?)).await?;
        out.list(&sources, ["Cases", "Source", "Name", "Dataset"], |found| {
            [
                grouped(found.cases.into()),
                found.source.clone(),
                found.name.clone(),
                found.dataset.clone(),
            ]
        })?;
        return Ok(End::Done);
    };
    if verb.lint {
        let watched = out.watched();
        let progress = move |done: usize, all: usize| {
            if watched && (done == all || done.is_multiple_of(100)) {
                Out::new(false).note(&format!("{done} of {all} originals read again"));
            }
        };
        let found =
            sit(at, async |console| Ok(rooms::findings(console, &source, progress).await?)).await?;
        if out.json {
            found.iter().try_for_each(|finding| out.object(finding))?;
        } else {
            say_findings(&found, out)?;
        }
        return Ok(End::findings(must_fix(&found)));
    }
    let Some(folder) = verb.out else {
        let found = sit(at, async |console| Ok(rooms::preview(console, &source).await?)).await?;
        if out.json {
            out.object(&found)?;
        } else {
            say_preview(&found, out)?;
        }
        return Ok(End::findings(must_fix(&found.findings)));
    };
    let sealed = sit(at, async |console| {
        Ok(rooms::seal(console, &source, &folder, verb.xsd.as_deref()).await?)
    })
    .await?;
    if out.json {
        out.object(&sealed)?;
    } else {
        out.text(&format!(
            "{} sealed in {}: {} files from {}, leaf {}.",
            sealed.report,
            sealed.path,
            grouped(sealed.files.into()),
            sealed.name,
            grouped(sealed.leaf)
        ))?;
    }
    Ok(End::Done)
}

fn must_fix(findings: &[PackageFinding]) -> bool {
    findings.iter().any(|finding| finding.kind == FindingKind::MustFix)
}

fn say_preview(found: &PackagePreview, out: &Out) -> Outcome<()> {
    out.text(&format!("{} files from {}. {}", found.files.len(), found.name, found.rule))?;
    out.text(&found.viewing)?;
    if found.waiting > 0 {
        out.text(&format!(
            "{} confirmed cases can still be undone and are not in it.",
            found.waiting
        ))?;
    }
    let rows = found
        .files
        .iter()
        .map(|file| {
            [
                format!("{:06}", file.case),
                file.classification.map_or_else(String::new, |class| word(&class)),
                word(&file.completeness.class),
                file.looked_at.clone(),
                file.sha256.clone(),
            ]
        })
        .collect();
    for line in table(["Case", "Class", "Complete", "Looked at", "SHA-256"], rows) {
        out.text(&line)?;
    }
    say_findings(&found.findings, out)
}

/// A finding in three lines: what, in which field and element, and what to do.
fn say_findings(findings: &[PackageFinding], out: &Out) -> Outcome<()> {
    if findings.is_empty() {
        return out.text("The check before sealing has no finding.");
    }
    findings.iter().try_for_each(|finding| {
        let kind = match finding.kind {
            FindingKind::MustFix => "must fix",
            FindingKind::Check => "check",
        };
        let case = finding.case.map_or_else(String::new, |case| format!(", case {case:06}"));
        out.text(&format!("{kind} {}{case}: {}. {}", finding.code, finding.title, finding.text))?;
        let element = finding.element.as_ref().map_or_else(String::new, |e| format!(" ({e})"));
        out.text(&format!("  field {}{element}", finding.field))?;
        out.text(&format!("  {}", finding.remedy))
    })
}

pub(crate) async fn reports(at: &At, out: &Out) -> Outcome {
    let reports = sit(at, async |console| Ok(rooms::reports(console).await?)).await?;
    out.list(&reports, ["Report", "Sealed", "By", "Files", "Source", "Where"], |report| {
        [
            report.report.clone(),
            report.sealed_at.clone(),
            report.by.clone(),
            grouped(report.files.into()),
            report.source.clone(),
            report.path.clone(),
        ]
    })?;
    Ok(End::Done)
}
