//! The board as a file: a table, or a calendar (RFC 5545). It holds numbers, times and rules, and nothing of content.
//!
//! It must never replace a file, nor leave one that the ledger does not know of.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;
use time::macros::format_description;

use super::board::page;
use super::rule::Rule;
use crate::clock::{Millis, datetime, parse};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Unlogged};
use crate::store::ledger::hash;
use crate::wire::{
    ObligationExport, ObligationFilter, ObligationFormat, ObligationKind, ObligationRow,
};
use crate::words;

/// Rows read at a time.
const PAGE: i64 = 1_000;
/// Longest line of a calendar, in bytes, its end left out: RFC 5545, 3.1.
const FOLD: usize = 75;
/// Case numbers that an event spells out.
const NAMED: usize = 20;

/// Writes the whole board into a new file.
pub async fn export(
    console: &Console,
    path: &Path,
    format: ObligationFormat,
) -> Result<ObligationExport> {
    let file = match File::create_new(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(Error::usage(
                "DUE-02",
                "There is a file of this name already. Choose another.",
            ));
        }
        other => other?,
    };
    let written = write_all(console, file, path, format).await;
    if written.is_err() {
        // Nothing the ledger does not know is left behind.
        let _ = fs::remove_file(path);
    }
    written
}

async fn write_all(
    console: &Console,
    file: File,
    path: &Path,
    format: ObligationFormat,
) -> Result<ObligationExport> {
    let now = console.clock().now();
    let mut out = Out { file: BufWriter::new(file), digest: Sha256::new() };
    let entries = {
        let mut conn = console.store().read().await?;
        let mut snapshot = sqlx::Connection::begin(&mut *conn).await?;
        match format {
            ObligationFormat::Csv => csv(&mut snapshot, &mut out, now).await?,
            ObligationFormat::Ics => ics(&mut snapshot, &mut out, now).await?,
        }
    };
    let sha256 = out.finish()?;
    let event = Event::new(
        "obligations.exported",
        json!({ "entries": entries, "format": format, "sha256": sha256 }),
    );
    let write = Unlogged::begin(console.store()).await?;
    let (write, seq) = write.log(console.clock(), console.actor(), event).await?;
    write.commit().await?;
    Ok(ObligationExport {
        path: path.display().to_string(),
        entries,
        sha256,
        leaf: words::count(seq),
    })
}

struct Out {
    file: BufWriter<File>,
    digest: Sha256,
}

impl Out {
    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.digest.update(bytes);
        Ok(self.file.write_all(bytes)?)
    }

    fn finish(self) -> Result<String> {
        let file = self.file.into_inner().map_err(|error| Error::from(error.into_error()))?;
        file.sync_all()?;
        Ok(hex::encode(self.digest.finalize()))
    }
}

/// Reads the whole board, a page at a time.
async fn walk(
    conn: &mut SqliteConnection,
    now: Millis,
    mut each: impl FnMut(ObligationRow) -> Result<()>,
) -> Result<()> {
    let rule = Rule::read(conn).await?;
    let mut filter = ObligationFilter::default();
    loop {
        let (rows, next) = page(conn, &rule, &filter, PAGE, now).await?;
        rows.into_iter().try_for_each(&mut each)?;
        match next {
            Some(next) => filter.after = Some(next),
            None => return Ok(()),
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    kind: String,
    group: String,
    state: String,
    case: Option<u32>,
    report: Option<&'a str>,
    cases: u32,
    since: &'a str,
    due_at: Option<&'a str>,
    used_thousandths: Option<u32>,
    left_ms: Option<i64>,
    filed_at: Option<&'a str>,
    number: Option<&'a str>,
    holds: String,
    owner: &'a str,
    rule: &'a str,
    law: Option<&'a str>,
}

async fn csv(conn: &mut SqliteConnection, out: &mut Out, now: Millis) -> Result<u64> {
    let mut entries = 0;
    walk(conn, now, |row| {
        let line = Line {
            id: &row.id,
            kind: word(&row.kind),
            group: word(&row.group),
            state: word(&row.state),
            case: row.case,
            report: row.report.as_deref(),
            cases: row.cases,
            since: &row.since,
            due_at: row.due_at.as_deref(),
            used_thousandths: row.used,
            left_ms: row.left_ms,
            filed_at: row.filed_at.as_deref(),
            number: row.number.as_deref(),
            holds: row.holds.join(" "),
            owner: &row.owner,
            rule: &row.rule,
            law: row.law.as_deref(),
        };
        let mut writer = csv::WriterBuilder::new()
            .has_headers(entries == 0)
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        writer.serialize(line).map_err(unwritten)?;
        out.put(&writer.into_inner().map_err(|error| unwritten(error.into_error()))?)?;
        entries += 1;
        Ok(())
    })
    .await?;
    if entries == 0 {
        out.put(b"id,kind,group,state,case,report,cases,since,due_at,used_thousandths,left_ms,filed_at,number,holds,owner,rule,law\r\n")?;
    }
    Ok(entries)
}

fn unwritten(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::store("DUE-03", "The table could not be written. Check the disk.").caused_by(error)
}

fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Unreported cases that fall due on one day, as one event: thousands would bury a calendar.
struct Day {
    day: String,
    due: Millis,
    numbers: Vec<u32>,
    cases: u64,
}

async fn ics(conn: &mut SqliteConnection, out: &mut Out, now: Millis) -> Result<u64> {
    // What tells this workspace from any other: identifiers of events must be unique in the world.
    let first = hash(conn, 0).await?.unwrap_or_default();
    let place = hex::encode(first.get(..8).unwrap_or_default());
    let mut calendar = Calendar { out, place, now, events: 0 };
    calendar.begin()?;
    let mut days: Vec<Day> = Vec::new();
    walk(conn, now, |row| {
        let Some(due) = row.due_at.as_deref().map(parse).transpose()? else { return Ok(()) };
        if row.kind != ObligationKind::Case {
            return calendar.row(&row, due);
        }
        // They come in the order of their due times.
        let day = words::day(due);
        if days.last().is_none_or(|last| last.day != day) {
            days.push(Day { day, due, numbers: Vec::new(), cases: 0 });
        }
        if let Some(last) = days.last_mut() {
            last.cases += 1;
            if last.numbers.len() < NAMED {
                last.numbers.extend(row.case);
            }
        }
        Ok(())
    })
    .await?;
    for day in &days {
        calendar.day(day)?;
    }
    calendar.end()
}

struct Calendar<'a> {
    out: &'a mut Out,
    place: String,
    now: Millis,
    events: u64,
}

impl Calendar<'_> {
    fn begin(&mut self) -> Result<()> {
        self.line("BEGIN:VCALENDAR")?;
        self.line("VERSION:2.0")?;
        self.line("PRODID:-//Casement//Obligations//EN")?;
        self.line("CALSCALE:GREGORIAN")?;
        self.line("METHOD:PUBLISH")
    }

    fn end(&mut self) -> Result<u64> {
        self.line("END:VCALENDAR")?;
        Ok(self.events)
    }

    fn row(&mut self, row: &ObligationRow, due: Millis) -> Result<()> {
        let report = row.report.as_deref().unwrap_or_default();
        let what = match row.kind {
            ObligationKind::Preserve => format!("{report}: kept until now"),
            _ => format!("{report}: to be filed"),
        };
        let cases =
            if row.cases == 1 { "1 case".to_owned() } else { format!("{} cases", row.cases) };
        self.event(&row.id, due, &what, &format!("{cases}. {}", row.rule))
    }

    fn day(&mut self, day: &Day) -> Result<()> {
        let numbers: Vec<String> = day.numbers.iter().map(|case| format!("{case:06}")).collect();
        let more = day.cases - day.numbers.len() as u64;
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let cases =
            if day.cases == 1 { "1 case".to_owned() } else { format!("{} cases", day.cases) };
        let what = format!("{cases}: confirmed and in no report");
        let id = format!("unreported-{}", day.day);
        self.event(&id, day.due, &what, &format!("{}{more}.", numbers.join(", ")))
    }

    fn event(&mut self, id: &str, due: Millis, what: &str, more: &str) -> Result<()> {
        self.events += 1;
        self.line("BEGIN:VEVENT")?;
        self.line(&format!("UID:{id}@{}.casement.invalid", self.place))?;
        self.line(&format!("DTSTAMP:{}", utc(self.now)))?;
        self.line(&format!("DTSTART:{}", utc(due)))?;
        self.line(&format!("SUMMARY:{}", escaped(what)))?;
        self.line(&format!("DESCRIPTION:{}", escaped(more)))?;
        self.line("CLASS:CONFIDENTIAL")?;
        self.line("TRANSP:TRANSPARENT")?;
        self.line("END:VEVENT")
    }

    fn line(&mut self, line: &str) -> Result<()> {
        self.out.put(folded(line).as_bytes())
    }
}

/// `20260102T030405Z`.
fn utc(at: Millis) -> String {
    let form = format_description!("[year][month][day]T[hour][minute][second]Z");
    datetime(at).format(form).unwrap_or_default()
}

/// A text value: RFC 5545, 3.3.11.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A content line, folded between characters so that no line is longer than [`FOLD`] bytes, with its end.
pub(super) fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > FOLD {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}
