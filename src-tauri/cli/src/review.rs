//! The desk: queues, claims, evidence, veiled views and verdicts.
//!
//! It must never show more than a veiled picture, and never decide.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

use casement_core::queue::claim as claims;
use casement_core::wire::{Claim, DecideRequest, MatchKind, QueueFilter, QueueRow};
use casement_core::{
    Console, Error, Result, case as cases, decision, policy, queue as queues, view as views,
};
use serde_json::json;

use crate::args::{At, DecideVerb, Narrow, QueueVerb, ViewVerb};
use crate::desk::sit;
use crate::print::{Out, grouped, span, table, word};
use crate::{End, Outcome};

mod card;

pub(crate) async fn queue(at: &At, verb: QueueVerb, out: &Out) -> Outcome {
    sit(at, async |console| {
        if verb.counts {
            let found = queues::list(console).await?;
            out.list(&found, ["Open", "Queue"], |queue| [grouped(queue.open), queue.name.clone()])?;
            return Ok(End::Done);
        }
        let filter =
            QueueFilter { decided: verb.decided, search: verb.search, ..filter(verb.narrow) };
        let mut rows: Vec<QueueRow> = Vec::new();
        let mut after = None;
        let limit = if verb.limit == 0 { usize::MAX } else { verb.limit };
        while rows.len() < limit {
            let page = u32::try_from(limit - rows.len()).unwrap_or(u32::MAX).min(queues::MAX_PAGE);
            let page = queues::page(console, &filter, after.as_deref(), page).await?;
            rows.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        rows.truncate(limit);
        out.list(
            &rows,
            ["Case", "State", "Match", "List", "Dataset", "Class", "Seen", "Held by"],
            |row| {
                [
                    format!("{:06}", row.case),
                    row.draft.as_ref().map_or_else(
                        || word(&row.state),
                        |draft| format!("{}?", word(&draft.verdict)),
                    ),
                    evidence(row),
                    row.list.clone(),
                    row.dataset.clone(),
                    word(&row.class),
                    grouped(row.sightings.into()),
                    row.claim.as_ref().map_or_else(String::new, |claim| claim.by.clone()),
                ]
            },
        )?;
        Ok(End::Done)
    })
    .await
}

fn filter(narrow: Narrow) -> QueueFilter {
    QueueFilter {
        list: narrow.list,
        band: narrow.band,
        class: narrow.class,
        order: narrow.order,
        ..QueueFilter::default()
    }
}

/// `pdq 12 of 31, q 92`, or `md5 exact`.
fn evidence(row: &QueueRow) -> String {
    let quality = row.quality.map_or_else(String::new, |quality| format!(", q {quality}"));
    match (row.kind, row.distance, row.threshold) {
        (MatchKind::Near, Some(distance), Some(threshold)) => {
            format!("{} {distance} of {threshold}{quality}", row.algorithm)
        }
        _ => format!("{} exact", row.algorithm),
    }
}

pub(crate) async fn next(at: &At, verb: Narrow, out: &Out) -> Outcome {
    sit(at, async |console| {
        let taken = claims::next(console, &filter(verb)).await?;
        let Some(case) = taken else {
            if out.json {
                out.object(&json!({ "case": null }))?;
            } else {
                out.text("Nothing is left to take in this queue.")?;
            }
            return Ok(End::Done);
        };
        if out.json {
            let claim = cases::show(console, case).await?.claim;
            out.object(&json!({ "case": case, "claim": claim }))?;
        } else {
            card::print(&cases::show(console, case).await?, out)?;
        }
        Ok(End::Done)
    })
    .await
}

pub(crate) async fn claim(at: &At, case: u32, out: &Out) -> Outcome {
    sit(at, async |console| {
        let claim = claims::claim(console, case).await?;
        if out.json {
            out.object(&json!({ "case": case, "claim": claim }))?;
        } else {
            out.text(&format!("You hold case {case:06} for {}.", span(claim.left_ms)))?;
        }
        Ok(End::Done)
    })
    .await
}

pub(crate) async fn release(at: &At, case: u32, out: &Out) -> Outcome {
    sit(at, async |console| {
        claims::release(console, case).await?;
        told(case, "released", &format!("Case {case:06} is free again."), out)
    })
    .await
}

pub(crate) async fn skip(at: &At, case: u32, reason: &str, out: &Out) -> Outcome {
    sit(at, async |console| {
        claims::skip(console, case, reason).await?;
        told(case, "skipped", &format!("Case {case:06} is put aside and free for others."), out)
    })
    .await
}

fn told(case: u32, done: &str, text: &str, out: &Out) -> Outcome {
    if out.json {
        out.object(&json!({ "case": case, "done": done }))?;
    } else {
        out.text(text)?;
    }
    Ok(End::Done)
}

pub(crate) async fn show(at: &At, case: u32, out: &Out) -> Outcome {
    sit(at, async |console| {
        let found = cases::show(console, case).await?;
        if out.json {
            out.object(&found)?;
        } else {
            card::print(&found, out)?;
        }
        Ok(End::Done)
    })
    .await
}

pub(crate) async fn view(at: &At, verb: ViewVerb, out: &Out) -> Outcome {
    sit(at, async |console| {
        // Taken first: an exposure nobody can look at would stand in the ledger for nothing.
        let place = Place::take(&verb.out, verb.force)?;
        let grant = views::open(console, verb.case, verb.level).await?;
        let shown = async {
            let veiled = views::fetch(console, &grant.grant).await?;
            place.fill(veiled.png())?;
            Ok::<_, Error>(veiled.size())
        }
        .await;
        // Closed whatever came of it; an exposure that could not be veiled is closed already.
        views::close(console, &grant.exposure).await?;
        let (width, height) = shown?;
        if out.json {
            out.object(&json!({
                "case": verb.case,
                "level": grant.level,
                "samples": grant.samples,
                "exposure": grant.exposure,
                "leaf": grant.leaf,
                "width": width,
                "height": height,
                "path": verb.out,
            }))?;
        } else {
            out.text(&format!(
                "{}: {} samples along the long side, exposure in leaf {}. The level reduces detail.",
                verb.out.display(),
                grant.samples,
                grouped(grant.leaf)
            ))?;
        }
        Ok(End::Done)
    })
    .await
}

/// The file a veiled picture will be written to. One that was made here and not filled is removed again.
struct Place<'a> {
    path: &'a Path,
    file: Option<File>,
    made: bool,
}

impl<'a> Place<'a> {
    fn take(path: &'a Path, force: bool) -> Result<Self> {
        match File::create_new(path) {
            Ok(file) => Ok(Self { path, file: Some(file), made: true }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && force => {
                Ok(Self { path, file: Some(File::options().write(true).open(path)?), made: false })
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Error::usage(
                "OUT-02",
                "There is a file of this name already. Choose another, or replace it with --force.",
            )),
            Err(error) => Err(error.into()),
        }
    }

    fn fill(mut self, bytes: &[u8]) -> Result<()> {
        if let Some(file) = &mut self.file {
            file.set_len(0)?;
            file.write_all(bytes)?;
        }
        self.made = false;
        Ok(())
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if self.made {
            // Nothing was written; a left-over empty file says nothing.
            let _ = std::fs::remove_file(self.path);
        }
    }
}

pub(crate) async fn decide(at: &At, verb: DecideVerb, out: &Out) -> Outcome {
    sit(at, async |console| {
        let claimed = claim_if_free(console, verb.case, out).await?;
        let policy_version = match verb.policy {
            Some(version) => version,
            None => policy::current(console).await?.version,
        };
        let request = DecideRequest {
            case: verb.case,
            verdict: verb.verdict,
            classification: verb.class,
            rationale: verb.rationale,
            policy_version,
        };
        if let Err(error) = decision::decide(console, &request).await {
            if claimed {
                // It was taken for this verdict only.
                claims::release(console, verb.case).await?;
            }
            return Err(error.into());
        }
        standing(console, verb.case, out).await
    })
    .await
}

/// Claims a case that is not mine yet. Whether it did.
async fn claim_if_free(console: &Console, case: u32, out: &Out) -> Result<bool> {
    let held = cases::show(console, case).await?.claim.is_some_and(|claim: Claim| claim.mine);
    if !held {
        claims::claim(console, case).await?;
        out.note(&format!("Case {case:06} was free; claimed for this verdict."));
    }
    Ok(!held)
}

pub(crate) async fn undo(at: &At, case: u32, out: &Out) -> Outcome {
    sit(at, async |console| {
        decision::undo(console, case).await?;
        standing(console, case, out).await
    })
    .await
}

pub(crate) async fn commit(at: &At, case: u32, out: &Out) -> Outcome {
    sit(at, async |console| {
        decision::commit(console, case).await?;
        standing(console, case, out).await
    })
    .await
}

/// How the case stands after an act on it.
async fn standing(console: &Console, case: u32, out: &Out) -> Outcome {
    let found = cases::show(console, case).await?;
    if out.json {
        out.object(&json!({
            "case": case,
            "state": found.state,
            "draft": found.draft,
            "claim": found.claim,
            "decision": found.decisions.last(),
        }))?;
        return Ok(End::Done);
    }
    let window = found.draft.as_ref().map_or_else(String::new, |draft| {
        format!(" {} can be undone for {}.", word(&draft.verdict), span(draft.left_ms))
    });
    out.text(&format!("Case {case:06} is {}.{window}", word(&found.state)))?;
    Ok(End::Done)
}
