//! The history as people read it: every act, by whom, when, on what, newest first.
//!
//! It must never leave an act out, and never show one person's acts to another reviewer.

use serde_json::Value;
use tlog_tiles::record_hash;

use crate::account::role_from;
use crate::clock::{parse, rfc3339};
use crate::console::Console;
use crate::error::Result;
use crate::ledger::signed;
use crate::store::account;
use crate::store::history::{self as rows, ActRow, Which};
use crate::wire::{Act, HistoryFilter, HistoryPage, Role};
use crate::words;

/// Most acts of one page.
pub const MAX_PAGE: u32 = 500;

/// A page of the history. Supervisors and custodians see everyone's acts, reviewers their own.
pub async fn page(console: &Console, filter: &HistoryFilter, limit: u32) -> Result<HistoryPage> {
    let me = console.actor().pseudonym();
    let own_only = console.actor().role() == Role::Reviewer;
    let which = Which {
        since: filter.since.as_deref().map(parse).transpose()?,
        until: filter.until.as_deref().map(parse).transpose()?,
        by: if own_only { Some(me) } else { filter.by.as_deref() },
        kind: filter.kind.as_deref(),
        case: filter.case.map(i64::from),
    };
    let limit = i64::from(limit.clamp(1, MAX_PAGE));
    let mut conn = console.store().read().await?;
    let before = filter.before.map_or(Ok(i64::MAX), signed)?;
    let mut found = rows::page(&mut conn, &which, before, limit + 1).await?;
    let total = rows::total(&mut conn, &which).await?;
    let people = match own_only {
        true => vec![me.to_owned()],
        false => account::all(&mut conn).await?.into_iter().map(|row| row.pseudonym).collect(),
    };
    let more = i64::try_from(found.len()).unwrap_or(i64::MAX) > limit;
    if more {
        found.pop();
    }
    let acts = found.into_iter().map(act).collect::<Result<_>>()?;
    Ok(HistoryPage { acts, total: words::count(total), more, people })
}

fn act(row: ActRow) -> Result<Act> {
    let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
    let verdict = (row.kind == "decision.recorded")
        .then(|| body.get("verdict").and_then(Value::as_str).and_then(words::verdict))
        .flatten();
    Ok(Act {
        leaf: words::count(row.seq),
        at: rfc3339(row.at),
        by: row.account,
        role: role_from(&row.role)?,
        words: verdict.map_or_else(
            || title(&row.kind).to_owned(),
            |verdict| words::verdict_text(verdict).to_owned(),
        ),
        what: match row.ended_by {
            None => what(&row.kind, &body),
            Some(leaf) => format!("no longer stands, see leaf {leaf}. {}", what(&row.kind, &body)),
        },
        kind: row.kind,
        case: row.case_id.map(words::case_number),
        verdict,
        ended_by: row.ended_by.map(words::count),
        leaf_hash: hex::encode(record_hash(&row.leaf).0),
        body: serde_json::to_string_pretty(&body).unwrap_or_default(),
    })
}

fn title(kind: &str) -> &str {
    match kind {
        "store.created" => "Workspace made",
        "account.added" => "Account added",
        "policy.set" => "Policy set",
        "organisation.set" => "Organisation set",
        "clock.behind" => "Clock behind the ledger",
        "import.started" => "Import started",
        "find.imported" => "Finds imported",
        "import.ended" => "Import ended",
        "claim.taken" => "Claimed",
        "claim.released" => "Released",
        "case.skipped" => "Skipped",
        "view.opened" => "Exposure opened",
        "view.closed" => "Exposure closed",
        "items.fingerprinted" => "Pictures fingerprinted",
        "clusters.grown" => "Pictures compared",
        "cluster.decided" => "Cluster decided",
        "cluster.withdrawn" => "Cluster decision withdrawn",
        "flood.raised" => "Flood held",
        "flood.released" => "Flood released",
        "flood.suppressed" => "Flood put aside",
        "feedback.written" => "List feedback written",
        "decision.withdrawn" => "Withdrawn",
        "view.attested" => "Entire file attested",
        "view.attestation-withdrawn" => "Attestation withdrawn",
        "file.annotated" => "Annotated",
        "file.annotation-withdrawn" => "Annotation withdrawn",
        "decision.committed" => "Committed",
        "report.sealed" => "Package sealed",
        "submission.configured" => "Submission configured",
        "submission.off" => "Submission turned off",
        "submission.begun" => "Submission begun",
        "submission.asked" => "Hotline asked",
        "submission.told" => "Hotline answered",
        "submission.ended" => "Submission ended",
        "report.exit" => "Report written for others",
        "report.approved" => "Report approved for filing",
        "report.filed" => "Report filed",
        "report.withdrawn" => "Report withdrawn",
        "receipt.kept" => "Receipt kept",
        "preservation.extended" => "Preservation extended",
        "obligations.exported" => "Obligations written",
        "hold.added" => "Legal hold added",
        "hold.lifted" => "Legal hold lifted",
        "destruction.ordered" => "Destruction ordered",
        "destruction.done" => "Originals destroyed",
        "proposal.made" => "Proposed",
        "proposal.approved" => "Approved",
        "proposal.refused" => "Refused",
        "proposal.withdrawn" => "Proposal withdrawn",
        "removal.exported" => "Removal list written",
        "location.added" => "Storage location added",
        "location.retired" => "Storage location retired",
        "removal.acknowledged" => "Removal acknowledged",
        "release.exported" => "Release list written",
        "enrichment.recorded" => "Enquiry recorded",
        "trail.worked-out" => "Trails worked out",
        "key.made" => "Signing key made",
        "checkpoint.exported" => "Checkpoint handed out",
        "originals.sealed" => "Originals sealed",
        other => other,
    }
}

/// The body in one line of words.
fn what(kind: &str, body: &Value) -> String {
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let number = |key: &str| body.get(key).and_then(Value::as_u64).unwrap_or(0);
    match kind {
        "account.added" => format!("{}, {}", text("account"), text("role")),
        "policy.set" => format!("version {}", text("version")),
        "organisation.set" => text("name").to_owned(),
        "clock.behind" => format!("by {}", words::minutes(number("by_ms"))),
        "import.started" => text("file").to_owned(),
        "find.imported" => {
            let known = match number("known") {
                0 => String::new(),
                n => format!(", {n} already known"),
            };
            let out = match number("left_out") {
                0 => String::new(),
                n => format!(", {n} left out"),
            };
            format!("{} finds{known}{out}", number("finds"))
        }
        "import.ended" => format!(
            "{}, {} finds, {} new cases",
            text("state"),
            number("finds"),
            number("new_cases")
        ),
        "claim.taken" => format!("lease {}", words::minutes(number("lease_s") * 1000)),
        "claim.released" => text("because").to_owned(),
        "case.skipped" => format!("reason: {}", text("reason")),
        "view.opened" => format!("{} {}", text("level"), number("samples")),
        "view.closed" => {
            format!("{}, {}, {}", text("level"), words::minutes(number("ms")), text("because"))
        }
        "items.fingerprinted" | "clusters.grown" | "cluster.decided" | "cluster.withdrawn" => {
            clustered(kind, body)
        }
        "flood.raised" | "flood.released" | "flood.suppressed" => {
            let why = match text("until") {
                "" if text("reason").is_empty() => format!("{} cases", number("cases")),
                "" => text("reason").to_owned(),
                until => format!("until {until}, {}", text("reason")),
            };
            format!("F-{:04}, {} {}, {why}", number("flood"), text("list"), text("entry"))
        }
        "feedback.written" => {
            let files = body.get("files").and_then(Value::as_array).map_or(0, Vec::len);
            format!("{files} lists")
        }
        "decision.recorded" => decision(body),
        "view.attested"
        | "view.attestation-withdrawn"
        | "file.annotated"
        | "file.annotation-withdrawn" => stated(kind, body),
        "enrichment.recorded" => enquiry(body),
        "trail.worked-out" => format!("{} sightings", number("sightings")),
        "decision.withdrawn" | "decision.committed" => {
            format!("decision of leaf {}", number("decision"))
        }
        "submission.configured" => text("environment").to_owned(),
        "submission.begun" => {
            format!("{}, {} files, {}", text("report"), number("files"), text("environment"))
        }
        "submission.asked" => text("call").to_owned(),
        "submission.told" => match text("failure") {
            "" => format!("{}: code {}", text("call"), number("code")),
            failure => format!("{}: {failure}", text("call")),
        },
        "submission.ended" => text("outcome").to_owned(),
        "report.sealed" => {
            format!("{}, {} files, {}", text("report"), number("files"), text("source_name"))
        }
        "checkpoint.exported" => format!("{} leaves", number("size")),
        "originals.sealed" => {
            let (report, to) = (text("report"), body.get("recipients").and_then(Value::as_array));
            let to = to.map_or(0, Vec::len);
            format!(
                "{report}, {} files, {to} recipients, proposal {}",
                number("files"),
                number("proposal")
            )
        }
        "report.exit" => {
            format!("{} for {}, {} files", text("report"), text("to"), number("told"))
        }
        "proposal.made" => {
            format!("{} {}: {}", number("proposal"), text("kind"), text("reason"))
        }
        "proposal.approved" | "proposal.withdrawn" => {
            let (id, leaf) = (number("proposal"), number("proposed_leaf"));
            format!("{id} {}, proposed in leaf {leaf}", text("kind"))
        }
        "proposal.refused" => {
            format!("{} {}: {}", number("proposal"), text("kind"), text("reason"))
        }
        "removal.exported" => {
            let (lines, back) = (number("sightings"), number("retracted"));
            format!("{}, {lines} sightings, {back} retracted", text("dataset"))
        }
        "location.added" | "location.retired" => {
            format!("{}, {}", text("dataset"), text("name"))
        }
        "removal.acknowledged" => {
            let (place, said) = (text("location"), text("kind"));
            format!("{}, {place}: {said}, {} sightings", text("dataset"), number("sightings"))
        }
        "release.exported" => {
            let (lines, id) = (number("sightings"), number("proposal"));
            format!("{}, {lines} sightings, proposal {id}", text("dataset"))
        }
        _ => String::new(),
    }
}

/// What a reviewer stated of a file beside the verdict.
fn stated(kind: &str, body: &Value) -> String {
    let list = |key: &str| -> Vec<&str> {
        let words = body.get(key).and_then(Value::as_array);
        words.into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let leaf = |key: &str| body.get(key).and_then(Value::as_u64);
    match kind {
        "view.attested" => {
            let exif = body.get("exif").and_then(Value::as_bool).unwrap_or(false);
            let said = body.get("statement").and_then(Value::as_str).unwrap_or_default();
            format!("{}: {said}", if exif { "with EXIF data" } else { "without EXIF data" })
        }
        "file.annotated" => {
            let (yes, no) = (list("yes"), list("no"));
            let mut parts: Vec<String> = yes.into_iter().map(str::to_owned).collect();
            parts.extend(no.into_iter().map(|word| format!("not {word}")));
            if parts.is_empty() { "cleared".to_owned() } else { parts.join(", ") }
        }
        _ => format!(
            "of leaf {}",
            leaf("attestation").or_else(|| leaf("annotation")).unwrap_or_default()
        ),
    }
}

/// Comparing pictures, and acts over many cases.
fn clustered(kind: &str, body: &Value) -> String {
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let number = |key: &str| body.get(key).and_then(Value::as_u64).unwrap_or(0);
    match kind {
        "items.fingerprinted" => {
            let none = body.get("not_comparable").and_then(Value::as_object);
            let none: u64 =
                none.into_iter().flat_map(|of| of.values()).filter_map(Value::as_u64).sum();
            format!("{} fingerprints, {none} not comparable", number("fingerprints"))
        }
        "clusters.grown" => format!(
            "{} fingerprints, {} clusters changed",
            number("fingerprints"),
            number("clusters_changed")
        ),
        "cluster.decided" => {
            let verdict = words::verdict(text("verdict")).map_or("", words::verdict_text);
            let looked = body.get("looked_at").and_then(Value::as_array).map_or(0, Vec::len);
            let cases = body.get("cases").and_then(Value::as_array).map_or(0, Vec::len);
            format!("{}, {verdict}, {cases} cases, {looked} looked at", text("cluster"))
        }
        _ => format!("act of leaf {}", number("act")),
    }
}

/// What was tried, by which source, and what it brought.
fn enquiry(body: &Value) -> String {
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let count = |key: &str| body.pointer(&format!("/counts/{key}")).and_then(Value::as_u64);
    let kind = match text("kind") {
        "cdx" => "crawl index",
        "stats" => "shard statistics",
        "pointer" => "pointer rows",
        "enquiry" => "question",
        other => other,
    };
    let mut parts = vec![format!("{kind}, {}", text("outcome").replace('-', " "))];
    parts.extend(body.get("field").and_then(Value::as_str).map(str::to_owned));
    for (key, what) in [("facts", "facts"), ("known", "known"), ("conflicts", "conflicts")] {
        parts.extend(count(key).filter(|n| *n > 0).map(|n| format!("{n} {what}")));
    }
    parts.extend(body.get("due").and_then(Value::as_str).map(|due| format!("due {due}")));
    parts.join(", ")
}

fn decision(body: &Value) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(body.get("classification").and_then(Value::as_str).map(str::to_owned));
    parts.extend(
        body.get("act").and_then(Value::as_u64).map(|leaf| format!("by the act of leaf {leaf}")),
    );
    parts.extend(
        body.get("supersedes")
            .and_then(Value::as_u64)
            .map(|leaf| format!("supersedes leaf {leaf}")),
    );
    parts.extend(
        body.get("rationale")
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
    );
    parts.join(", ")
}
