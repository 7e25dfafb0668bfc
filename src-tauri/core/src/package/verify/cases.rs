//! Each case: its proof recomputed, what the proven decision says, and whether record and graph tell the same.

use serde_json::Value;

use super::documents::MAX_FINDINGS;
use super::files::Files;
use super::{Checks, Listed, Manifest, Signed};
use crate::clock::{self, Millis};
use crate::ledger::proof;
use crate::package::proofs::{self, Of};
use crate::package::words;

/// Longest that logging a decision takes: a desk waits that long for another's turn, and then some.
const AT_MOST: Millis = 60_000;

/// Every inclusion proof, and the decision it proves against the record of its case.
pub(super) fn proofs(
    files: &Files,
    manifest: &Manifest,
    signed: Option<&Signed>,
    checks: &mut Checks,
) {
    let (mut unproven, mut differing) = (Vec::new(), Vec::new());
    let mut last = None;
    for listed in &manifest.cases {
        if last.is_some_and(|last| last >= listed.case) {
            differing.push(format!(
                "Case {} is listed twice or out of order.",
                words::case_number(listed.case)
            ));
        }
        last = Some(listed.case);
        one(files, listed, signed, &mut unproven, &mut differing);
    }
    unproven.truncate(MAX_FINDINGS);
    differing.truncate(MAX_FINDINGS);
    let cases = manifest.cases.len();
    let detail = format!("{cases} decisions, each proven to be in the signed ledger");
    checks.add("proofs", detail, unproven);
    checks.add(
        "decisions",
        format!("{cases} records say what the proven decisions say"),
        differing,
    );
}

fn one(
    files: &Files,
    listed: &Listed,
    signed: Option<&Signed>,
    unproven: &mut Vec<String>,
    differing: &mut Vec<String>,
) {
    let number = words::case_number(listed.case);
    let Some(Proven { leaf, body, checked }) = proven(files, listed.case, Of::Decision, signed)
    else {
        unproven.push(format!("Case {number} has no proof."));
        return;
    };
    match checked {
        Err(why) => unproven.push(format!("The proof of case {number} {why}.")),
        Ok((index, _)) if index != listed.decision_leaf => {
            unproven.push(format!(
                "The proof of case {number} is of another leaf than its decision's."
            ));
        }
        Ok(_) => {}
    }
    let record = files.read(&format!("data/provenance/{number}.json"));
    let all = record.and_then(|record| {
        let parse = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok();
        Some((parse(&record)?, parse(&leaf)?, parse(&body)?))
    });
    let Some((record, leaf, body)) = all else {
        differing.push(format!("The record of case {number} is absent or cannot be read."));
        return;
    };
    differing.extend(differences(listed, &record, &leaf, &body).into_iter().map(|what| {
        format!("Case {number}: its record and the proven decision differ in {what}.")
    }));
}

/// A leaf and its body as they lie in the package, and what their proof is worth: the leaf's index and the salt, or why
/// nothing.
pub(super) struct Proven {
    pub(super) leaf: Vec<u8>,
    pub(super) body: Vec<u8>,
    pub(super) checked: Result<(u64, Vec<u8>), String>,
}

/// `None`: a part of the proof is absent.
pub(super) fn proven(files: &Files, case: u32, of: Of, signed: Option<&Signed>) -> Option<Proven> {
    let [leaf, body, proof] = proofs::names(case, of).map(|name| files.read(&name));
    let (leaf, body, proof) = (leaf?, body?, proof?);
    let checked =
        match signed.map(|signed| (signed, proof::check(&proof, &leaf, &body, &signed.vkey))) {
            None => Err("leads to no checkpoint that holds".to_owned()),
            Some((_, Err(flaw))) => Err(flaw.to_string()),
            Some((signed, Ok(checked)))
                if checked.checkpoint != signed.opened || !proof.ends_with(&signed.note) =>
            {
                Err("leads to another checkpoint than the package's".to_owned())
            }
            Some((_, Ok(checked))) => Ok((checked.index, checked.salt)),
        };
    Some(Proven { leaf, body, checked })
}

/// What a record says otherwise than the leaf of its decision, by name.
fn differences(listed: &Listed, record: &Value, leaf: &Value, body: &Value) -> Vec<&'static str> {
    let decision = record.get("decision").unwrap_or(&Value::Null);
    let same = |value: Option<&Value>, other: Option<&Value>| {
        value.unwrap_or(&Value::Null) == other.unwrap_or(&Value::Null)
    };
    let mut found = Vec::new();
    let mut hold = |what, holds: bool| {
        if !holds {
            found.push(what);
        }
    };
    let case = Value::from(listed.case);
    hold("case", same(leaf.get("case"), Some(&case)) && same(record.get("case"), Some(&case)));
    hold("kind", leaf.get("type").and_then(Value::as_str) == Some("decision.recorded"));
    hold("leaf", same(leaf.get("seq"), decision.get("leaf")));
    hold("person", same(leaf.get("by"), decision.get("by")));
    hold("time", moments(leaf.get("at"), decision.get("at")));
    hold("verdict", body.get("verdict").and_then(Value::as_str) == Some("confirmed"));
    for what in
        ["verdict", "classification", "rationale", "policy_version", "level_seen", "supersedes"]
    {
        hold(what, same(body.get(what), decision.get(what)));
    }
    let item = record.get("item").unwrap_or(&Value::Null);
    let digest = |name, value: &str| item.get(name).and_then(Value::as_str) == Some(value);
    hold("digest", digest("sha256", &listed.sha256) && digest("blake3", &listed.blake3));
    found
}

/// A decision is made, and then logged: its own time is that of the leaf, or shortly before.
fn moments(leaf: Option<&Value>, decision: Option<&Value>) -> bool {
    let time = |value: Option<&Value>| clock::parse(value?.as_str()?).ok();
    match (time(leaf), time(decision)) {
        (Some(leaf), Some(decision)) => (0..=AT_MOST).contains(&(leaf - decision)),
        _ => false,
    }
}

/// Every CASE document: it can be read, is about its case, and has the digests of its record.
pub(super) fn graphs(files: &Files, manifest: &Manifest, checks: &mut Checks) {
    let mut findings = Vec::new();
    for listed in &manifest.cases {
        let number = words::case_number(listed.case);
        let name = format!("data/case/{number}.jsonld");
        let Some(nodes) = nodes(files, &name) else {
            findings.push(format!("`{name}` is absent or is not a graph."));
            continue;
        };
        if !nodes.iter().any(|node| exhibits(node, &number)) {
            findings.push(format!("`{name}` is about another case."));
        }
        let digests = [("SHA256", &listed.sha256), ("BLAKE3", &listed.blake3)];
        for (method, digest) in digests {
            if !nodes.iter().any(|node| is_digest(node, method, digest)) {
                findings.push(format!("`{name}` has another {method} than the case."));
            }
        }
    }
    let name = "data/case/report.jsonld";
    match nodes(files, name) {
        None => findings.push(format!("`{name}` is absent or is not a graph.")),
        Some(nodes) => {
            let exhibits = nodes.iter().filter(|node| is(node, "investigation:ProvenanceRecord"));
            if exhibits.count() != manifest.cases.len() {
                findings.push(format!("`{name}` names other cases than the manifest."));
            }
        }
    }
    findings.truncate(MAX_FINDINGS);
    let detail =
        format!("{} CASE documents with the digests of their cases", manifest.cases.len() + 1);
    checks.add("graphs", detail, findings);
}

fn nodes(files: &Files, name: &str) -> Option<Vec<Value>> {
    let document: Value = serde_json::from_slice(&files.read(name)?).ok()?;
    match document {
        Value::Object(mut fields) => match fields.remove("@graph")? {
            Value::Array(nodes) => Some(nodes),
            _ => None,
        },
        _ => None,
    }
}

fn is(node: &Value, kind: &str) -> bool {
    node.get("@type").and_then(Value::as_str) == Some(kind)
}

fn exhibits(node: &Value, number: &str) -> bool {
    is(node, "investigation:ProvenanceRecord")
        && node.get("investigation:exhibitNumber").and_then(Value::as_str) == Some(number)
}

fn is_digest(node: &Value, method: &str, digest: &str) -> bool {
    node.get("types:hashMethod").and_then(Value::as_str) == Some(method)
        && node
            .pointer("/types:hashValue/@value")
            .and_then(Value::as_str)
            .is_some_and(|value| value.eq_ignore_ascii_case(digest))
}
