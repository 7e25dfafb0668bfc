//! What goes to the terminal: one JSON object a line for programs, terse tables for people.
//!
//! It must never let text from a find steer the terminal.

use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};

use casement_core::Error;
use casement_core::wire::WireError;
use serde::Serialize;

use crate::{Outcome, Stop};

/// Standard output and standard error, in the form that was asked for.
pub(crate) struct Out {
    pub(crate) json: bool,
}

impl Out {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// One line of JSON.
    pub(crate) fn object(&self, value: &impl Serialize) -> Outcome<()> {
        let mut line = serde_json::to_vec(value).map_err(unwritten)?;
        line.push(b'\n');
        write(&line)
    }

    /// JSON for people to read and change.
    pub(crate) fn document(&self, value: &impl Serialize) -> Outcome<()> {
        if self.json {
            return self.object(value);
        }
        let mut text = serde_json::to_vec_pretty(value).map_err(unwritten)?;
        text.push(b'\n');
        write(&text)
    }

    /// One line for people. Control characters are shown, not obeyed.
    pub(crate) fn text(&self, text: &str) -> Outcome<()> {
        let mut line = plain(text);
        line.push('\n');
        write(line.as_bytes())
    }

    /// A list: JSON Lines, or a table.
    pub(crate) fn list<T: Serialize, const N: usize>(
        &self,
        items: &[T],
        head: [&str; N],
        row: impl Fn(&T) -> [String; N],
    ) -> Outcome<()> {
        if self.json {
            return items.iter().try_for_each(|item| self.object(item));
        }
        for line in table(head, items.iter().map(row).collect()) {
            self.text(&line)?;
        }
        Ok(())
    }

    /// A message on standard error.
    pub(crate) fn note(&self, text: &str) {
        let text = plain(text);
        let line =
            if self.json { serde_json::json!({ "message": text }).to_string() } else { text };
        // A message that nobody can hear must not end the work.
        let _ = writeln!(stderr(), "{line}");
    }

    /// The error a verb ended with.
    pub(crate) fn failure(&self, error: &Error) {
        let line = if self.json {
            serde_json::to_string(&WireError::from(error)).unwrap_or_default()
        } else {
            plain(&format!("casectl: {error}"))
        };
        let _ = writeln!(stderr(), "{line}");
    }

    /// Whether standard error is looked at while it is written.
    pub(crate) fn watched(&self) -> bool {
        !self.json && stderr().is_terminal()
    }
}

fn write(bytes: &[u8]) -> Outcome<()> {
    let mut out = stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Stop::Unheard,
        _ => unwritten(error),
    })
}

fn unwritten(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Stop {
    Error::machine(
        "OUT-01",
        "The answer could not be written to standard output. What was asked for is done.",
    )
    .caused_by(error)
    .into()
}

/// Text without anything that moves the cursor, changes colours or turns the direction of writing.
pub(crate) fn plain(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

/// Columns as wide as their widest cell; the last one is left as it is. Columns of numbers stand to the right.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: Vec<[String; N]>) -> Vec<String> {
    let number =
        |text: &str| text.is_empty() || text.bytes().all(|b| b.is_ascii_digit() || b == b',');
    let width = |text: &str| text.chars().count();
    let shapes: Vec<(usize, bool)> = head
        .iter()
        .enumerate()
        .map(|(at, title)| {
            let cells = || rows.iter().filter_map(|row| row.get(at));
            let widest = cells().map(|cell| width(cell)).max().unwrap_or(0).max(width(title));
            (widest, cells().all(|cell| number(cell)) && !rows.is_empty())
        })
        .collect();
    let line = |cells: Vec<&str>| {
        let mut text = String::new();
        for (cell, (widest, right)) in cells.into_iter().zip(&shapes) {
            let gap = " ".repeat(widest - width(cell));
            let (before, after) = if *right { (gap.as_str(), "") } else { ("", gap.as_str()) };
            text.push_str(before);
            text.push_str(cell);
            text.push_str(after);
            text.push_str("  ");
        }
        text.truncate(text.trim_end().len());
        text
    };
    std::iter::once(line(head.to_vec()))
        .chain(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())))
        .collect()
}

/// A word of the wire as text: `not-a-match`.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// `12,345`.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `3:07`, or `1:02:03`.
pub(crate) fn span(ms: u64) -> String {
    let s = ms.div_ceil(1000);
    match s / 3600 {
        0 => format!("{}:{:02}", s / 60, s % 60),
        hours => format!("{hours}:{:02}:{:02}", s / 60 % 60, s % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::{grouped, plain, span, table};

    #[test]
    fn columns_line_up_and_numbers_stand_to_the_right() {
        let rows = vec![
            ["1".to_owned(), "é".to_owned(), "x".to_owned()],
            ["1,234".to_owned(), "bbbb".to_owned(), String::new()],
        ];
        assert_eq!(
            table(["n", "name", "z"], rows),
            ["    n  name  z", "    1  é     x", "1,234  bbbb"]
        );
    }

    #[test]
    fn text_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\r\nc\u{202e}d"), "a\u{fffd}[31mb\u{fffd}\u{fffd}c\u{fffd}d");
        assert_eq!(plain("images[.]example → 00001.tar"), "images[.]example → 00001.tar");
    }

    #[test]
    fn figures_read_well() {
        assert_eq!(
            (grouped(0), grouped(999), grouped(1_234_567)),
            ("0".into(), "999".into(), "1,234,567".into())
        );
        assert_eq!(
            (span(0), span(61_000), span(3_723_001)),
            ("0:00".into(), "1:01".into(), "1:02:04".into())
        );
    }
}
