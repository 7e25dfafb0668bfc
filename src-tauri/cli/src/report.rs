//! Packages: which sources wait, what one would hold, and sealing it.
//!
//! It must never seal what core has not checked.

mod progress;

use std::path::Path;

use casement_core::package::{self as rooms, Order, Watch};
use casement_core::wire::{FindingKind, PackageFinding, PackagePreview, ReportFacts};
use casement_core::{Console, Result};
use serde_json::json;

use crate::args::{At, PackageVerb};
use crate::desk::sit;
use crate::print::{Out, grouped, table, word};
use crate::{End, Outcome};

pub(crate) async fn package(at: &At, verb: PackageVerb, out: &Out) -> Outcome {
    if verb.rules {
        return rules(at, out).await;
    }
    let Some(source) = verb.source.clone() else { return sources(at, &verb, out).await };
    let order = Order { source, grouping: verb.by };
    if verb.lint {
        let watch = Watch::default();
        let found = sit(at, async |console| {
            let work = rooms::findings(console, &order, &watch);
            Ok(progress::watched(out, &watch, work).await?)
        })
        .await?;
        if out.json {
            found.iter().try_for_each(|finding| out.object(finding))?;
        } else {
            say_findings(&found, out)?;
        }
        return Ok(End::findings(must_fix(&found)));
    }
    let Some(folder) = verb.out else {
        let found = sit(at, async |console| Ok(rooms::preview_by(console, &order).await?)).await?;
        if out.json {
            out.object(&found)?;
        } else {
            say_preview(&found, out)?;
        }
        return Ok(End::findings(must_fix(&found.findings)));
    };
    let xsd = verb.xsd.as_deref();
    if verb.dry_run {
        return rehearse(at, &order, &folder, xsd, out).await;
    }
    let sealed =
        sit(at, async |console| Ok(seal(console, &order, &folder, xsd, out).await?)).await?;
    for report in &sealed {
        if out.json {
            out.object(report)?;
        } else {
            out.text(&format!(
                "{} sealed in {}: {} files from {}, leaf {}.",
                report.report,
                report.path,
                grouped(report.files.into()),
                report.name,
                grouped(report.leaf)
            ))?;
        }
    }
    Ok(End::Done)
}

/// As many reports as the source makes at the organisation's most files for one.
async fn seal(
    console: &Console,
    order: &Order,
    folder: &Path,
    xsd: Option<&Path>,
    out: &Out,
) -> Result<Vec<ReportFacts>> {
    let mut sealed = Vec::new();
    for _ in 0..rooms::reports_of(console, order).await?.max(1) {
        let watch = Watch::default();
        let work = rooms::seal_watched(console, order, folder, xsd, &watch);
        sealed.push(progress::watched(out, &watch, work).await?);
    }
    Ok(sealed)
}

async fn rehearse(at: &At, order: &Order, folder: &Path, xsd: Option<&Path>, out: &Out) -> Outcome {
    let (path, sha256) = sit(at, async |console| {
        let watch = Watch::default();
        let work = rooms::rehearse(console, order, folder, xsd, &watch);
        Ok(progress::watched(out, &watch, work).await?)
    })
    .await?;
    let path = path.display().to_string();
    if out.json {
        out.object(&json!({ "path": path, "sha256": sha256, "sealed": false }))?;
    } else {
        out.text(&format!("Written to {path}, not sealed. Tag manifest {sha256}."))?;
    }
    Ok(End::Done)
}

async fn sources(at: &At, verb: &PackageVerb, out: &Out) -> Outcome {
    let sources = sit(at, async |console| Ok(rooms::sources_by(console, verb.by).await?)).await?;
    out.list(&sources, ["Cases", "Source", "Name", "Dataset"], |found| {
        [
            grouped(found.cases.into()),
            found.source.clone(),
            found.name.clone(),
            found.dataset.clone(),
        ]
    })?;
    Ok(End::Done)
}

async fn rules(at: &At, out: &Out) -> Outcome {
    let rules = sit(at, async |console| Ok(rooms::groupings(console).await?)).await?;
    out.list(&rules, ["By", "Sources", "Files", "Largest", "Reports", "Rule"], |found| {
        [
            word(&found.grouping),
            grouped(found.sources.into()),
            grouped(found.files.into()),
            grouped(found.largest.into()),
            grouped(found.reports.into()),
            found.rule.clone(),
        ]
    })?;
    Ok(End::Done)
}

fn must_fix(findings: &[PackageFinding]) -> bool {
    findings.iter().any(|finding| finding.kind == FindingKind::MustFix)
}

fn say_preview(found: &PackagePreview, out: &Out) -> Outcome<()> {
    out.text(&format!("{} files from {}. {}", found.total, found.name, found.rule))?;
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
    let more = u64::from(found.total).saturating_sub(found.files.len() as u64);
    if more > 0 {
        out.text(&format!("… and {} more.", grouped(more)))?;
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
