//! What was tried, in a sentence that the reader of a report sees: for a case, or for all of one source or dataset that
//! cannot be traced to their origin.
//!
//! It must never speak of more cases than those it was written for, and never stand before the duty to report.

use super::apply::part;
use super::verbs::{about, scope};
use crate::clock::rfc3339;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::queue::claim::no_such_case;
use crate::store::{case as cases, enrich as rows, statement};
use crate::wire::{EnrichCounts, ToldFacts, TriedInput};
use crate::words;
use serde_json::json;

/// Longest sentence, in bytes.
const MAX_SENTENCE: usize = 1_000;

/// Records what was tried, as an enquiry that found nothing, with the cases it speaks of.
///
/// # Errors
/// `TRIED-01` for a sentence that is empty, too long or of several lines; `TRIED-02` unless exactly one of case, source and
/// dataset is given; `TRIED-03` where no case waits that it could speak of; `TRIED-04` for a case that is in a package.
pub async fn tell(console: &Console, input: &TriedInput) -> Result<ToldFacts> {
    let sentence = input.sentence.trim();
    if sentence.is_empty() || sentence.len() > MAX_SENTENCE || sentence.contains(['\n', '\r']) {
        return Err(Error::usage(
            "TRIED-01",
            format!(
                "Say in one sentence of at most {MAX_SENTENCE} bytes whom you asked or what you searched, and when."
            ),
        ));
    }
    // Whom was asked stands in the sentence; the source is who says so.
    let mut about = about(console, "enquiry", console.actor().pseudonym(), sentence)?;
    about.outcome = Some("not-found");
    let mut conn = console.store().read().await?;
    let found = match (input.case, input.source.as_deref(), input.dataset.as_deref()) {
        (Some(case), None, None) => {
            let case = i64::from(case);
            cases::item(&mut conn, case).await?.ok_or_else(no_such_case)?;
            if cases::report_of(&mut conn, case).await?.is_some() {
                return Err(Error::refused(
                    "TRIED-04",
                    format!("Case {case:06} is in a sealed package. What it says was tried stays."),
                ));
            }
            about.case = Some(case);
            vec![case]
        }
        (None, Some(source), None) => statement::untraced(&mut conn, Some(source), None).await?,
        (None, None, Some(dataset)) => {
            scope(console, &mut about, dataset).await?;
            // It reaches the cases named below, not every sighting of the dataset.
            let datasets = json!(std::mem::take(&mut about.reach)).to_string();
            statement::untraced(&mut conn, None, Some(&datasets)).await?
        }
        _ => {
            return Err(Error::usage(
                "TRIED-02",
                "Name one case, or one source, or one dataset that the sentence speaks of.",
            ));
        }
    };
    drop(conn);
    if found.is_empty() {
        return Err(Error::usage(
            "TRIED-03",
            "No confirmed case of class C or D waits there. There is nothing to say this of.",
        ));
    }
    let n = words::small(i64::try_from(found.len()).ok()).unwrap_or(u32::MAX);
    about.told = found;
    part(console, &about, &[], EnrichCounts::default()).await?;
    let mut conn = console.store().read().await?;
    let row = rows::run(&mut conn, &about.run).await?.ok_or_else(|| {
        Error::store("ENRICH-13", "What was recorded cannot be read back. Run casectl verify.")
    })?;
    Ok(ToldFacts {
        leaf: words::count(row.seq),
        at: rfc3339(row.at),
        by: row.account,
        sentence: row.note,
        cases: n,
    })
}
