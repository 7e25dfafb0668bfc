//! How long a filed report is kept: a year from filing, and longer where a person says so.
//!
//! It must never shorten that time.

use serde_json::json;

use super::{given, known, list::row_facts, report_number};
use crate::approval::KEEPERS;
use crate::clock::{DAY, parse, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Unlogged};
use crate::package::report_name;
use crate::store::destruction::left_in;
use crate::store::register as rows;
use crate::wire::ReportRow;

/// Nobody keeps anything for longer than this, in days; more is a slip of the pen.
const LONGEST: i64 = 366 * 100;

/// Keeps a filed report until a later time. One person may: it takes nothing away.
pub async fn extend(
    console: &Console,
    report: &str,
    until: &str,
    reason: &str,
) -> Result<ReportRow> {
    console.actor().needs(KEEPERS)?;
    let (id, reason) = (report_number(report)?, given(reason, "a reason")?);
    let until = moment(until)?;
    let now = console.clock().now();
    let mut write = Unlogged::begin(console.store()).await?;
    let row = known(write.conn(), id).await?;
    let name = report_name(id);
    let Some(from) = row.preserve_until else {
        return Err(Error::refused(
            "PRESERVE-01",
            format!("{name} is not filed. Until it is, it is kept without limit."),
        ));
    };
    if until <= from {
        return Err(Error::refused(
            "PRESERVE-02",
            format!(
                "{name} is kept until {} already. That time is only ever extended.",
                rfc3339(from)
            ),
        ));
    }
    if left_in(write.conn(), id).await?.is_empty() {
        return Err(Error::refused(
            "PRESERVE-04",
            format!("The originals of {name} were destroyed. Nothing is left to keep."),
        ));
    }
    if until > now + LONGEST * DAY {
        return Err(Error::usage("PRESERVE-03", "This is more than a hundred years ahead."));
    }
    let event = Event::new(
        "preservation.extended",
        json!({ "from": rfc3339(from), "reason": reason, "report": name, "until": rfc3339(until) }),
    );
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let by = (console.actor().pseudonym(), now);
    rows::insert_preservation(write.conn(), id, seq, until, Some(reason), by).await?;
    rows::extend(write.conn(), id, until).await?;
    write.commit().await?;
    let mut conn = console.store().read().await?;
    let row = known(&mut conn, id).await?;
    let facts = row_facts(console, &mut conn, vec![row]).await?;
    facts.into_iter().next().ok_or_else(|| Error::usage("REPORT-01", "There is no such report."))
}

/// A time, or a date, which means its end in UTC.
fn moment(text: &str) -> Result<i64> {
    match parse(&format!("{text}T00:00:00Z")) {
        Ok(day) => Ok(day + DAY),
        Err(_) => parse(text),
    }
}
