//! What was done, whether it was rewritten, and what this machine can enforce.
//!
//! It must never repair anything.

use std::path::{Path, PathBuf};

use casement_core::case::prov;
use casement_core::ledger::{history as acts, verify as ledger};
use casement_core::wire::{Act, HistoryFilter};
use casement_core::{case, package, status};

use crate::args::{At, HistoryVerb};
use crate::desk::sit;
use crate::print::{Out, grouped};
use crate::{End, Outcome};

pub(crate) async fn history(at: &At, verb: HistoryVerb, out: &Out) -> Outcome {
    sit(at, async |console| {
        let mut filter = HistoryFilter {
            since: verb.since,
            until: verb.until,
            by: verb.by,
            kind: verb.kind,
            case: verb.case,
            before: None,
        };
        let mut left = if verb.limit == 0 { usize::MAX } else { verb.limit };
        let mut first = true;
        loop {
            let limit = u32::try_from(left).unwrap_or(u32::MAX).min(acts::MAX_PAGE);
            let page = acts::page(console, &filter, limit).await?;
            print_acts(&page.acts, first, out)?;
            left = left.saturating_sub(page.acts.len());
            filter.before = page.acts.last().map(|act| act.leaf);
            if !page.more || left == 0 {
                return Ok(End::Done);
            }
            first = false;
        }
    })
    .await
}

fn print_acts(acts: &[Act], first: bool, out: &Out) -> Outcome<()> {
    if out.json {
        return acts.iter().try_for_each(|act| out.object(act));
    }
    // Fixed columns, so that pages line up with each other.
    if first {
        out.text("   Leaf  When                      Who    Case    What")?;
    }
    acts.iter().try_for_each(|act| {
        let case = act.case.map_or_else(String::new, |case| format!("{case:06}"));
        let what = if act.what.is_empty() { String::new() } else { format!(": {}", act.what) };
        let ended =
            act.ended_by.map_or_else(String::new, |leaf| format!(" (ended by leaf {leaf})"));
        out.text(&format!(
            "{:>7}  {:<24}  {:<5}  {case:<6}  {}{what}{ended}",
            grouped(act.leaf),
            act.at,
            act.by,
            act.words
        ))
    })
}

pub(crate) async fn trail(at: &At, case: u32, out: &Out) -> Outcome {
    let document = sit(at, async |console| Ok(prov::export(console, case).await?)).await?;
    out.object(&document)?;
    Ok(End::Done)
}

pub(crate) async fn verify(
    at: &At,
    package: Option<PathBuf>,
    vkey: Option<String>,
    out: &Out,
) -> Outcome {
    match package {
        Some(dir) => verify_package(at, &dir, vkey.as_deref(), out).await,
        None => verify_ledger(at, out).await,
    }
}

async fn verify_ledger(at: &At, out: &Out) -> Outcome {
    let found = sit(at, async |console| {
        let mut found = ledger::verify(console).await?;
        found.findings.extend(prov::check(console).await?);
        found.findings.extend(case::verify(console).await?);
        Ok(found)
    })
    .await?;
    if out.json {
        out.object(&found)?;
    } else {
        out.text(&format!("{} leaves, root {}", grouped(found.leaves), found.root))?;
        say_findings(
            &found.findings,
            "Every leaf, hash, decision, exposure and attached fact agrees; every trail follows from its find.",
            out,
        )?;
    }
    Ok(End::findings(!found.findings.is_empty()))
}

/// By itself, or, where a workspace is named, also against what it recorded at sealing. One line a check.
async fn verify_package(at: &At, dir: &Path, vkey: Option<&str>, out: &Out) -> Outcome {
    let found = if at.store.is_some() && at.name.is_some() {
        sit(at, async |console| Ok(package::verify(Some(console), dir, vkey).await?)).await?
    } else {
        package::verify(None, dir, vkey).await?
    };
    if out.json {
        out.object(&found)?;
    } else {
        for check in &found.checks {
            let mark = if check.ok { "ok" } else { "NO" };
            out.text(&format!("{mark}  {:<11}  {}", check.check, check.detail))?;
            check
                .findings
                .iter()
                .skip(1)
                .try_for_each(|more| out.text(&format!("{:17}{more}", "")))?;
        }
    }
    Ok(End::findings(!found.findings.is_empty()))
}

fn say_findings(findings: &[String], sound: &str, out: &Out) -> Outcome<()> {
    if findings.is_empty() {
        return out.text(sound);
    }
    findings.iter().try_for_each(|finding| out.text(finding))
}

pub(crate) async fn doctor(out: &Out) -> Outcome {
    let checks = status::doctor().await;
    out.list(&checks, ["", "Check", "What happened"], |check| {
        let mark = if check.ok { "ok" } else { "NO" };
        [mark.to_owned(), check.name.clone(), check.detail.clone()]
    })?;
    if checks.iter().all(|check| check.ok) {
        return Ok(End::Done);
    }
    out.note("Pictures stay at hash-only on this machine until every check passes.");
    Ok(End::Machine)
}
