//! One part of an attempt becomes durable: its leaf, its facts, and everything that follows from them.
//!
//! It must never write a fact without its leaf, nor leave a class or a source as it was before.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::read::Said;
use super::weigh::weigh;
use super::{Fact, known_of};
use crate::case::{prov, trace};
use crate::clock::datetime;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::hash::sha256;
use crate::intake::find::Find;
use crate::ledger::{Event, Unlogged, root_of, signed};
use crate::store::enrich::{self as rows, AttemptRow};
use crate::store::{statement, trace as traces};
use crate::wire::{ClassMove, EnrichCounts, LineProblem};
use crate::words;

/// What an attempt is, whatever its parts bring.
pub(super) struct About {
    pub(super) run: String,
    pub(super) kind: &'static str,
    /// The dataset it was asked of, and its rows under every supplier.
    pub(super) dataset: Option<i64>,
    pub(super) reach: Vec<i64>,
    pub(super) case: Option<i64>,
    pub(super) field: Option<String>,
    pub(super) source: String,
    pub(super) note: String,
    pub(super) due: Option<String>,
    pub(super) raw_sha256: Option<[u8; 32]>,
    /// What an enquiry came to; `None`: follows from the facts.
    pub(super) outcome: Option<&'static str>,
    /// Cases whose report carries the note, as what was tried.
    pub(super) told: Vec<i64>,
}

/// What lines say of one sighting.
pub(super) struct Hit {
    pub(super) sighting: i64,
    pub(super) said: Vec<(u64, Vec<Said>)>,
}

/// What became of one part.
#[derive(Default)]
pub(super) struct Done {
    pub(super) counts: EnrichCounts,
    pub(super) moves: BTreeMap<(String, String), u64>,
    pub(super) problems: Vec<LineProblem>,
}

impl Done {
    pub(super) fn moves(self) -> Vec<ClassMove> {
        let class = |word: &str| words::class(word);
        self.moves
            .into_iter()
            .map(|((from, to), sightings)| ClassMove {
                from: class(&from),
                to: class(&to),
                sightings,
            })
            .collect()
    }
}

/// Weighs and writes one part. `counts` brings what was counted while reading.
pub(super) async fn part(
    console: &Console,
    about: &About,
    hits: &[Hit],
    counts: EnrichCounts,
) -> Result<Done> {
    let mut done = Done { counts, ..Done::default() };
    let now = console.clock().now();
    let ids: Vec<i64> = hits.iter().map(|hit| hit.sighting).collect();
    let mut write = Unlogged::begin(console.store()).await?;
    // Read under the write lock: what another person attached meanwhile is weighed too.
    let found = traces::these(write.conn(), &json!(ids).to_string()).await?;
    let known = known_of(write.conn(), found).await?;
    let said: BTreeMap<i64, &Hit> = hits.iter().map(|hit| (hit.sighting, hit)).collect();

    let mut facts: Vec<(String, String, String, &'static str, i64)> = Vec::new();
    let mut changed: Vec<(Find, String)> = Vec::new();
    let mut cases = BTreeSet::new();
    for sighting in known {
        let Some(hit) = said.get(&sighting.row.id) else { continue };
        done.counts.matched += 1;
        let find_id = sighting.find.find_id.to_string();
        let (mut find, mut before) = (sighting.find, sighting.facts);
        let mut moved = false;
        for (line, said) in &hit.said {
            let weighed = weigh(&find, &before, said, datetime(now));
            done.counts.known += weighed.known;
            if let Some(error) = weighed.refused {
                done.counts.left_out += 1;
                done.problems.push(error.at(*line));
            }
            let accepted = weighed.accepted.into_iter().map(|fact| (fact, false));
            let conflicts = weighed.conflicts.into_iter().map(|fact| (fact, true));
            for ((field, value), conflict) in accepted.chain(conflicts) {
                match conflict {
                    true => done.counts.conflicts += 1,
                    false => done.counts.facts += 1,
                }
                let standing = if conflict { "conflict" } else { "accepted" };
                facts.push((
                    find_id.clone(),
                    field.clone(),
                    value.to_string(),
                    standing,
                    sighting.row.id,
                ));
                before.push(Fact {
                    field,
                    value,
                    conflict,
                    source: String::new(),
                    at: String::new(),
                    leaf: 0,
                });
            }
            if let Some(new) = weighed.find {
                (find, moved) = (new, true);
            }
        }
        if moved {
            let from = sighting.row.class.unwrap_or_else(|| "D".to_owned());
            let to = trace::class_word(&find);
            if from != to {
                *done.moves.entry((from, to.to_owned())).or_default() += 1;
            }
            cases.insert(sighting.row.case_id);
            changed.push((find, sighting.row.run));
        }
    }
    facts.sort_unstable();
    // A slip of the pen says nothing of the source, so no report may say that the source had nothing.
    let brought = done.counts.facts + done.counts.known + done.counts.conflicts;
    if let Some(slip) = done.problems.first().filter(|_| about.kind == "form" && brought == 0) {
        return Err(Error::usage("ENRICH-07", format!("{}.", slip.wrong)));
    }

    let outcome = about.outcome.unwrap_or(match done.counts {
        EnrichCounts { facts: 0, conflicts: 0, known: 0, .. } => "not-found",
        EnrichCounts { facts: 0, conflicts: 0, .. } => "already-known",
        _ => "found",
    });
    let event = match about.case {
        Some(case) => {
            Event::on("enrichment.recorded", case, body(about, outcome, &done.counts, &facts)?)
        }
        None => Event::new("enrichment.recorded", body(about, outcome, &done.counts, &facts)?),
    };
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    trace::put(&mut write, changed.iter().map(|(find, run)| (find, run.as_str()))).await?;
    let by = prov::Enrichment {
        leaf: seq,
        kind: about.kind,
        source: &about.source,
        account: console.actor().pseudonym(),
        raw_sha256: about.raw_sha256,
    };
    prov::put(&mut write, &prov::enrichment(&by, changed.iter().map(|(find, _)| find))).await?;
    let mut reach = traces::datasets_of(write.conn(), &json!(ids).to_string()).await?;
    reach.extend(&about.reach);
    let counted = done.counts;
    let row = AttemptRow {
        seq,
        run: about.run.clone(),
        at: now,
        account: console.actor().pseudonym().to_owned(),
        kind: about.kind.to_owned(),
        outcome: outcome.to_owned(),
        dataset_id: about.dataset,
        case_id: about.case,
        field: about.field.clone(),
        source: about.source.clone(),
        note: about.note.clone(),
        due: about.due.clone(),
        raw_sha256: about.raw_sha256.map(|digest| digest.to_vec()),
        lines: signed(counted.lines)?,
        matched: signed(counted.matched)?,
        facts: signed(counted.facts)?,
        known: signed(counted.known)?,
        conflicts: signed(counted.conflicts)?,
        ambiguous: signed(counted.ambiguous)?,
        left_out: signed(counted.left_out)?,
    };
    rows::insert_attempt(write.conn(), &row, &json!(reach).to_string()).await?;
    let new: Vec<Value> = facts
        .iter()
        .map(|(_, field, value, standing, id)| json!([id, field, value, standing]))
        .collect();
    rows::insert_facts(write.conn(), seq, &json!(new).to_string()).await?;
    if !about.told.is_empty() {
        statement::tell(write.conn(), seq, &json!(about.told).to_string()).await?;
    }
    trace::refresh_cases(&mut write, &cases).await?;
    write.commit().await?;
    Ok(done)
}

fn body(
    about: &About,
    outcome: &str,
    counts: &EnrichCounts,
    facts: &[(String, String, String, &'static str, i64)],
) -> Result<Value> {
    let digests: Vec<[u8; 32]> = facts
        .iter()
        .map(|(find, field, value, standing, _)| fact_digest(find, field, value, standing))
        .collect();
    let mut body = json!({
        "counts": counts,
        "dataset": about.dataset,
        "due": about.due,
        "facts_root": hex::encode(root_of(&digests)?),
        "field": about.field,
        "kind": about.kind,
        "note": about.note,
        "outcome": outcome,
        "raw_sha256": about.raw_sha256.map(hex::encode),
        "run": about.run,
        "source": about.source,
    });
    if let (Value::Object(fields), false) = (&mut body, about.told.is_empty()) {
        fields.insert("cases".to_owned(), json!(about.told));
    }
    Ok(body)
}

/// What the leaf of an attempt commits to, for each fact.
pub(super) fn fact_digest(find: &str, field: &str, value: &str, standing: &str) -> [u8; 32] {
    sha256(json!([find, field, value, standing]).to_string().as_bytes())
}
