//! A case on paper: the hash-only evidence card, its trail with the gaps, and what was decided.
//!
//! It must never print an address that can be clicked; core hands them over defanged.

use casement_core::wire::{
    CaseView, DecisionFacts, MatchFacts, MatchKind, SightingFacts, TrailKind,
};

use super::table;
use crate::Outcome;
use crate::print::{Out, grouped, span, word};
use crate::statement::said;

pub(super) fn print(found: &CaseView, out: &Out) -> Outcome<()> {
    let claim = found.claim.as_ref().map_or_else(String::new, |claim| {
        format!(
            ", held by {} for {}",
            if claim.mine { "you" } else { &claim.by },
            span(claim.left_ms)
        )
    });
    let draft = found.draft.as_ref().map_or_else(String::new, |draft| {
        format!(", {} (can be undone for {})", word(&draft.verdict), span(draft.left_ms))
    });
    let report = found.report.as_ref().map_or_else(String::new, |report| format!(", in {report}"));
    out.text(&format!("Case {:06}: {}{draft}{claim}{report}", found.case, word(&found.state)))?;
    for reason in &found.why {
        out.text(&format!("  {reason}"))?;
    }
    let item = &found.item;
    let size =
        item.width.zip(item.height).map_or_else(String::new, |(w, h)| format!(", {w} × {h}"));
    let kind = item.media_type.as_deref().unwrap_or("type not known");
    out.text(&format!(
        "Item: {} bytes, {kind}{size}, {}",
        grouped(item.size_bytes),
        item.bytes_are
    ))?;
    for (name, digest) in [
        ("BLAKE3", &item.blake3),
        ("SHA-256", &item.sha256),
        ("SHA-1", &item.sha1),
        ("MD5", &item.md5),
    ] {
        out.text(&format!("  {name:<7}  {digest}"))?;
    }
    matches(&found.matches, out)?;
    found.sightings.iter().try_for_each(|sighting| sighted(sighting, out))?;
    ladder(found, out)?;
    found.decisions.iter().try_for_each(|decision| decided(decision, out))?;
    stated(found, out)?;
    if let Some(reason) = &found.cannot_decide {
        out.text(&format!("Not to be decided now: {}", reason.message))?;
    }
    Ok(())
}

fn matches(found: &[MatchFacts], out: &Out) -> Outcome<()> {
    let rows = found
        .iter()
        .map(|fact| {
            let distance = match (fact.kind, fact.distance, fact.threshold) {
                (MatchKind::Near, Some(distance), Some(threshold)) => {
                    format!("{distance} of {threshold}")
                }
                _ => "exact".to_owned(),
            };
            [
                fact.algorithm.clone(),
                distance,
                fact.quality.map_or_else(String::new, |quality| quality.to_string()),
                format!("{} {}", fact.list, fact.list_version),
                fact.entry.clone().unwrap_or_default(),
                fact.label.clone().unwrap_or_default(),
            ]
        })
        .collect();
    table(["Match", "Distance", "Quality", "List", "Entry", "Label"], rows)
        .iter()
        .try_for_each(|line| out.text(line))
}

fn sighted(sighting: &SightingFacts, out: &Out) -> Outcome<()> {
    let held = &sighting.completeness;
    let back = match held.holds_back.as_slice() {
        [] => String::new(),
        dimensions => format!(", held back by {}", dimensions.join(", ")),
    };
    out.text(&format!(
        "Sighting: {}@{}, {}; class {}{back}",
        sighting.dataset,
        sighting.dataset_version,
        sighting.place,
        word(&held.class)
    ))?;
    sighting.trail.iter().try_for_each(|step| {
        let sign = match step.kind {
            TrailKind::Present => '+',
            TrailKind::Gap => '?',
            TrailKind::NotApplicable => '-',
        };
        out.text(&format!("  {sign} {}: {}", step.label, step.value))
    })
}

fn ladder(found: &CaseView, out: &Out) -> Outcome<()> {
    let open: Vec<String> = found
        .view
        .levels
        .iter()
        .filter(|fact| fact.refused.is_none())
        .map(|fact| word(&fact.level))
        .collect();
    out.text(&format!(
        "Levels open to you: {}; exposure today {} of {}",
        open.join(", "),
        span(found.view.today_ms),
        span(found.view.budget_ms)
    ))?;
    found.view.seen.iter().try_for_each(|seen| {
        let who = if seen.mine { "you" } else { "another reviewer" };
        out.text(&format!(
            "  seen at {} for {} by {who}, leaf {}",
            word(&seen.level),
            span(seen.ms),
            seen.leaf
        ))
    })
}

/// What stands beside the verdict.
fn stated(found: &CaseView, out: &Out) -> Outcome<()> {
    for one in found.attestations.iter().filter(|one| one.ended_by.is_none()) {
        let exif = if one.exif { " and its EXIF data" } else { "" };
        out.text(&format!(
            "Entire file{exif} attested as viewed outside the veil by {}, leaf {}: {}",
            one.by,
            grouped(one.leaf),
            one.statement
        ))?;
    }
    let stands = found.annotations.iter().rfind(|one| one.ended_by.is_none());
    stands.map_or(Ok(()), |stands| out.text(&said(stands)))
}

fn decided(decision: &DecisionFacts, out: &Out) -> Outcome<()> {
    let class =
        decision.classification.map_or_else(String::new, |class| format!(" {}", word(&class)));
    let why = if decision.rationale.is_empty() {
        String::new()
    } else {
        format!(": {}", decision.rationale)
    };
    out.text(&format!(
        "Decision, leaf {}, {}: {}{class} by {} under policy {}, {}{why}",
        decision.leaf,
        decision.at,
        word(&decision.verdict),
        decision.by,
        decision.policy_version,
        word(&decision.status)
    ))
}
