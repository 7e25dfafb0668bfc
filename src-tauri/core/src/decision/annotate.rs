//! Annotations: what a reviewer believes of a file in the report's own words, as an act beside the verdict.
//!
//! Every act says all that is to stand; the newest that was not withdrawn stands. It must never be derived from anything:
//! least of all `generativeAi` from the place a file was found in.

use std::collections::BTreeSet;

use serde_json::json;
use sqlx::SqliteConnection;

use super::statement::may_state;
use crate::clock::rfc3339;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Unlogged};
use crate::store::statement::{self as rows, AnnotationRow};
use crate::wire::{AnnotateRequest, Annotation, AnnotationFacts, DecisionStatus};
use crate::words;

/// The event type of an annotation's leaf.
pub(crate) const ANNOTATED: &str = "file.annotated";
/// The event type that takes one back.
pub(crate) const WITHDRAWN: &str = "file.annotation-withdrawn";

/// Annotates a case I hold or decided. Naming none clears what stands.
///
/// # Errors
/// `ANNOT-01` where one is believed both so and not so; `ANNOT-02` where one is denied that nobody can deny; `ANNOT-03`
/// where nothing would change; `STATE-01` and `STATE-02` where I may not.
pub async fn annotate(console: &Console, request: &AnnotateRequest) -> Result<AnnotationFacts> {
    let case = i64::from(request.case);
    let mut write = Unlogged::begin(console.store()).await?;
    may_state(console, write.conn(), case).await?;
    let yes: BTreeSet<Annotation> = request.yes.iter().copied().collect();
    let no: BTreeSet<Annotation> = request.no.iter().copied().collect();
    if let Some(both) = yes.intersection(&no).next() {
        return Err(Error::usage(
            "ANNOT-01",
            format!("{} is named both as believed and as not believed. Choose one.", both.word()),
        ));
    }
    if let Some(denied) = no.iter().find(|annotation| !annotation.can_be_denied()) {
        return Err(Error::refused(
            "ANNOT-02",
            format!(
                "{} cannot be denied: what was not seen is not stated. Leave it out.",
                denied.word()
            ),
        ));
    }
    let all = rows::annotations(write.conn(), case).await?;
    let before = standing(&all);
    let (yes, no) = (listed(&yes), listed(&no));
    let stands = before.map_or(("[]", "[]"), |row| (row.yes.as_str(), row.no.as_str()));
    if stands == (yes.as_str(), no.as_str()) {
        return Err(Error::usage("ANNOT-03", "That is what stands already. Nothing was changed."));
    }
    let supersedes = before.map(|row| row.seq);
    let body = json!({
        "no": parsed(&no),
        "supersedes": supersedes,
        "yes": parsed(&yes),
    });
    let now = console.clock().now();
    let event = Event::on(ANNOTATED, case, body);
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let me = console.actor().pseudonym();
    let row = AnnotationRow {
        seq,
        account: me.to_owned(),
        yes,
        no,
        at: now,
        supersedes,
        withdrawn_seq: None,
    };
    rows::annotate(write.conn(), case, &row).await?;
    write.commit().await?;
    Ok(told(&row, me, (DecisionStatus::Stands, None)))
}

/// Takes back my annotation that stands; the one before it stands again.
///
/// # Errors
/// `ANNOT-04` where none of mine stands; `STATE-01` and `STATE-02` where I may not.
pub async fn undo_annotation(console: &Console, case: u32) -> Result<()> {
    let case = i64::from(case);
    let mut write = Unlogged::begin(console.store()).await?;
    may_state(console, write.conn(), case).await?;
    let all = rows::annotations(write.conn(), case).await?;
    let me = console.actor().pseudonym();
    let Some(stands) = standing(&all).filter(|row| row.account == me) else {
        return Err(Error::refused(
            "ANNOT-04",
            format!("No annotation of yours stands for case {case:06}. Nothing to undo."),
        ));
    };
    let stands = stands.seq;
    let event = Event::on(WITHDRAWN, case, json!({ "annotation": stands }));
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    rows::withdraw_annotation(write.conn(), stands, seq).await?;
    write.commit().await
}

/// The newest that was not withdrawn.
fn standing(all: &[AnnotationRow]) -> Option<&AnnotationRow> {
    all.iter().rev().find(|row| row.withdrawn_seq.is_none())
}

/// As a JSON array of words.
fn listed(set: &BTreeSet<Annotation>) -> String {
    let words: Vec<&str> = set.iter().map(|annotation| annotation.word()).collect();
    json!(words).to_string()
}

/// The annotations of a JSON array of words; a word that is none of them is left out.
pub(crate) fn parsed(listed: &str) -> Vec<Annotation> {
    let words: Vec<String> = serde_json::from_str(listed).unwrap_or_default();
    Annotation::ALL.into_iter().filter(|one| words.iter().any(|word| word == one.word())).collect()
}

/// Every act of annotating a case, oldest first, with what became of it.
pub(crate) async fn facts(
    conn: &mut SqliteConnection,
    me: &str,
    case: i64,
) -> Result<Vec<AnnotationFacts>> {
    let all = rows::annotations(conn, case).await?;
    let stands = standing(&all).map(|row| row.seq);
    let became = |row: &AnnotationRow| match row.withdrawn_seq {
        Some(leaf) => (DecisionStatus::Withdrawn, Some(words::count(leaf))),
        None if stands == Some(row.seq) => (DecisionStatus::Stands, None),
        None => {
            let later =
                all.iter().find(|other| other.seq > row.seq && other.withdrawn_seq.is_none());
            (DecisionStatus::Superseded, later.map(|other| words::count(other.seq)))
        }
    };
    Ok(all.iter().map(|row| told(row, me, became(row))).collect())
}

fn told(row: &AnnotationRow, me: &str, became: (DecisionStatus, Option<u64>)) -> AnnotationFacts {
    AnnotationFacts {
        leaf: words::count(row.seq),
        at: rfc3339(row.at),
        by: row.account.clone(),
        mine: row.account == me,
        yes: parsed(&row.yes),
        no: parsed(&row.no),
        status: became.0,
        ended_by: became.1,
    }
}
