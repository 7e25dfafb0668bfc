//! Rows of a table somebody sent, CSV with a header or JSON Lines, one at a time.
//!
//! It must never hold more than one row, and never let a row that cannot be read cost another.

use std::collections::BTreeMap;
use std::io::{BufRead, Read};

use serde_json::Value;

use crate::error::Result;
use crate::wire::LineProblem;

/// Longest row, in bytes.
const MAX_ROW: usize = 256 * 1024;

/// A row by the names of its columns, in lower case.
pub(super) type Row = BTreeMap<String, Value>;

/// A row that was read, or what is wrong with it, at its first line.
pub(super) type Told<T> = (u64, Result<T, LineProblem>);

/// Lines of a file, none longer than the limit, with their numbers.
pub(super) struct Lines<R> {
    from: R,
    line: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, line: 0 }
    }

    /// The next line that is not blank, without its end. An end of `None` is the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<Told<String>>> {
        loop {
            let mut buffer = Vec::new();
            let limit = MAX_ROW as u64 + 1;
            let read = (&mut self.from).take(limit).read_until(b'\n', &mut buffer)?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            let at = self.line;
            if buffer.len() > MAX_ROW && !buffer.ends_with(b"\n") {
                self.skip_line()?;
                return Ok(Some((at, Err(too_long(at)))));
            }
            if buffer.trim_ascii().is_empty() {
                continue;
            }
            // A byte order mark is no part of the first name.
            let bytes = match at {
                1 => buffer.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&buffer),
                _ => &buffer,
            };
            let text = std::str::from_utf8(bytes).map(|text| text.trim_end_matches(['\r', '\n']));
            return Ok(Some((
                at,
                match text {
                    Ok(text) => Ok(text.to_owned()),
                    Err(_) => {
                        Err(problem(at, "ENRICH-22", "The line is not UTF-8", "Save it as UTF-8"))
                    }
                },
            )));
        }
    }

    fn skip_line(&mut self) -> Result<()> {
        loop {
            let chunk = self.from.fill_buf()?;
            let end = chunk.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let used = end.unwrap_or(chunk.len());
            self.from.consume(used);
            if end.is_some() || used == 0 {
                return Ok(());
            }
        }
    }
}

/// Rows of either kind; which it is shows in the first line.
pub(super) struct Rows<R> {
    lines: Lines<R>,
    /// Names of the columns, once they are known to be a header.
    head: Option<Vec<String>>,
    json: bool,
    begun: bool,
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(from: R) -> Self {
        Self { lines: Lines::new(from), head: None, json: false, begun: false }
    }

    /// The next row; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Told<Row>>> {
        let Some((at, line)) = self.lines.next()? else { return Ok(None) };
        let line = match line {
            Ok(line) => line,
            Err(problem) => return Ok(Some((at, Err(problem)))),
        };
        if !self.begun {
            self.begun = true;
            self.json = line.trim_start().starts_with('{');
        }
        if self.json {
            return Ok(Some((at, object(at, &line))));
        }
        let cells = match self.record(at, line)? {
            Ok(cells) => cells,
            Err(problem) => return Ok(Some((at, Err(problem)))),
        };
        match &self.head {
            None => {
                self.head =
                    Some(cells.iter().map(|name| name.trim().to_ascii_lowercase()).collect());
                self.next()
            }
            Some(head) if head.len() != cells.len() => Ok(Some((
                at,
                Err(problem(
                    at,
                    "ENRICH-23",
                    &format!("{} columns where the header has {}", cells.len(), head.len()),
                    "Quote cells that hold a comma",
                )),
            ))),
            Some(head) => {
                let cells = cells.into_iter().map(Value::String);
                Ok(Some((at, Ok(head.iter().cloned().zip(cells).collect()))))
            }
        }
    }

    /// A quoted cell may hold line ends: lines are taken until the quotes are even.
    fn record(&mut self, at: u64, first: String) -> Result<Result<Vec<String>, LineProblem>> {
        let mut text = first;
        while text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
            match self.lines.next()? {
                Some((_, Ok(more))) if text.len() + more.len() < MAX_ROW => {
                    text.push('\n');
                    text.push_str(&more);
                }
                Some((_, Err(problem))) => return Ok(Err(problem)),
                _ => {
                    let wrong = "A quoted cell does not end";
                    return Ok(Err(problem(at, "ENRICH-23", wrong, "Close the quotes")));
                }
            }
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut record = csv::StringRecord::new();
        Ok(match reader.read_record(&mut record) {
            Ok(true) => Ok(record.iter().map(str::to_owned).collect()),
            _ => Err(problem(at, "ENRICH-23", "The row is not CSV", "Quote its cells")),
        })
    }
}

/// One JSON object a line. Facts may stand in an object of their own.
fn object(at: u64, line: &str) -> Result<Row, LineProblem> {
    let Ok(Value::Object(fields)) = serde_json::from_str(line) else {
        let wrong = "The line is not a JSON object";
        return Err(problem(at, "ENRICH-21", wrong, "Write one object a line"));
    };
    let mut row = Row::new();
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("facts", Value::Object(facts)) => {
                row.extend(
                    facts.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)),
                );
            }
            (_, value) => {
                row.insert(name.to_ascii_lowercase(), value);
            }
        }
    }
    Ok(row)
}

pub(super) fn problem(line: u64, code: &str, wrong: &str, remedy: &str) -> LineProblem {
    LineProblem { line, code: code.into(), wrong: wrong.into(), remedy: remedy.into() }
}

fn too_long(line: u64) -> LineProblem {
    problem(
        line,
        "ENRICH-20",
        "Line longer than 262,144 bytes",
        "Leave it out, or cut what is not needed",
    )
}

#[cfg(test)]
mod tests {
    use super::Rows;

    fn read(text: &str) -> Vec<String> {
        let mut rows = Rows::new(text.as_bytes());
        let mut told = Vec::new();
        while let Some((line, row)) = rows.next().unwrap() {
            told.push(match row {
                Ok(row) => format!("{line} {}", serde_json::to_string(&row).unwrap()),
                Err(problem) => format!("{line} {}", problem.code),
            });
        }
        told
    }

    #[test]
    fn rows_of_csv_and_json_read_alike_and_bad_ones_cost_nothing_else() {
        let csv = "\u{feff}UID,page_url\r\nu1,\"a, b\"\r\n\r\nu2\nu3,\"two\nlines\"\nu4,\"open\n";
        assert_eq!(
            read(csv),
            [
                r#"2 {"page_url":"a, b","uid":"u1"}"#,
                "4 ENRICH-23",
                r#"5 {"page_url":"two\nlines","uid":"u3"}"#,
                "7 ENRICH-23"
            ]
        );
        let json = "{\"uid\":\"u1\",\"facts\":{\"page_url\":\"x\"}}\nnot json\n{\"uid\":\"u2\"}\n";
        assert_eq!(
            read(json),
            [r#"1 {"page_url":"x","uid":"u1"}"#, "2 ENRICH-21", r#"3 {"uid":"u2"}"#]
        );
        let long = format!("{{\"a\":\"{}\"}}\n{{\"uid\":\"u9\"}}\n", "x".repeat(300_000));
        assert_eq!(read(&long), ["1 ENRICH-20", r#"2 {"uid":"u9"}"#]);
    }
}
