//! What a place says it did: for a whole list, or for the sightings that a file names.
//!
//! It must never take an answer for a sighting that stands in no list, nor guess which one a line means.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;

use super::export::{CHUNK, PAGE};
use super::location::no_such_place;
use super::{keeper, line, open_at, text, word_of};
use crate::clock::{Millis, parse, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Unlogged};
use crate::store::location::{self as rows, ListedRow, LocationRow, NewAnswer, Standing};
use crate::store::removal::{self as lists, Of};
use crate::wire::{AckProblem, AckReceipt, AckRequest, Acknowledged};

/// Longest line of a file, in bytes.
const MAX_LINE: u64 = 16 * 1024;
/// Most lines of a file.
const MAX_LINES: u64 = 5_000_000;
/// Lines left out that are told one by one.
const MAX_PROBLEMS: usize = 1_000;

/// What is to be acknowledged: sightings with the list they stand in since, and what was wrong with the lines.
#[derive(Default)]
struct Chosen {
    fresh: Vec<(i64, i64)>,
    known: u64,
    digest: Sha256,
    problems: Vec<AckProblem>,
}

impl Chosen {
    fn take(&mut self, row: &ListedRow, kind: &str) {
        if row.said.as_deref() == Some(kind) {
            self.known += 1;
        } else {
            self.fresh.push((row.sighting_id, row.since));
            self.digest.update(format!("{}\n", row.find_id));
        }
    }
}

/// Records an answer of a place. Supervisors and custodians may. Lines that name nothing cost only themselves.
pub async fn acknowledge(console: &Console, request: &AckRequest) -> Result<AckReceipt> {
    keeper(console)?;
    let by = text("who said so", &request.by, 500)?;
    let now = console.clock().now();
    let said_at = moment(&request.at, now)?;
    let reason = request.reason.trim();
    if (request.kind == Acknowledged::Refused && reason.is_empty()) || reason.len() > 1_000 {
        return Err(Error::usage("ACK-02", "A refusal needs its reason, of at most 1,000 bytes."));
    }
    let mut wanted = match (&request.export, &request.file) {
        (Some(_), None) => None,
        (None, Some(path)) => Some(Lines::read(Path::new(path))?),
        _ => {
            let one = "Name either a list, for all of it, or a file of what was done.";
            return Err(Error::usage("ACK-01", one));
        }
    };
    let kind = word_of(&request.kind);
    let dataset = request.dataset.as_str();
    let mut write = Unlogged::begin(console.store()).await?;
    let place =
        rows::asked(write.conn(), dataset, &request.location).await?.ok_or_else(no_such_place)?;
    let chosen = match &mut wanted {
        None => of_list(write.conn(), &place, request.export.unwrap_or(0), &kind).await?,
        Some(lines) => of_file(write.conn(), &place, lines, &kind).await?,
    };
    if chosen.fresh.is_empty() {
        let open = open_at(write.conn(), place.id, dataset, now).await?;
        return Ok(receipt(None, chosen, open));
    }
    let event = Event::new(
        "removal.acknowledged",
        json!({
            "by": by,
            "dataset": dataset,
            "export": request.export,
            "kind": kind,
            "location": place.name,
            "reason": reason,
            "said_at": rfc3339(said_at),
            "sightings": chosen.fresh.len(),
            "sightings_sha256": hex::encode(chosen.digest.clone().finalize()),
        }),
    );
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let new = NewAnswer { seq, location: place.id, kind: &kind, said_by: by, said_at, reason };
    rows::insert_answer(write.conn(), &new).await?;
    for chunk in chosen.fresh.chunks(CHUNK) {
        rows::insert_answered(write.conn(), place.id, seq, &json!(chunk).to_string()).await?;
    }
    let open = open_at(write.conn(), place.id, dataset, now).await?;
    write.commit().await?;
    Ok(receipt(Some(seq.unsigned_abs()), chosen, open))
}

fn receipt(leaf: Option<u64>, chosen: Chosen, open: u64) -> AckReceipt {
    AckReceipt {
        leaf,
        sightings: chosen.fresh.len() as u64,
        known: chosen.known,
        problems: chosen.problems,
        open,
    }
}

/// A time, or a date, which is its first moment in UTC; not one to come.
fn moment(text: &str, now: Millis) -> Result<Millis> {
    let text = text.trim();
    let at = if text.len() == 10 { parse(&format!("{text}T00:00:00Z")) } else { parse(text) };
    match at {
        Ok(at) if at <= now => Ok(at),
        Ok(_) => Err(Error::usage("ACK-05", "Nobody can have said so at a time to come.")),
        Err(_) => Err(Error::usage(
            "TIME-01",
            "A time must look like 2026-01-02T03:04:05Z, a date like 2026-01-02.",
        )),
    }
}

async fn of_list(
    conn: &mut SqliteConnection,
    place: &LocationRow,
    export: u32,
    kind: &str,
) -> Result<Chosen> {
    let list = lists::export(conn, i64::from(export)).await?;
    let list = list
        .filter(|list| list.kind == "tombstones" && list.dataset == place.dataset)
        .ok_or_else(|| {
            let none =
                "This dataset has no removal list of this number. See the status for its lists.";
            Error::usage("ACK-06", none)
        })?;
    let of = Of { dataset: &list.dataset, version: list.version.as_deref() };
    let mut chosen = Chosen::default();
    let standing = Standing { of, through: list.id, report: list.report_id };
    walk(conn, place, standing, |row| {
        chosen.take(row, kind);
        Ok(())
    })
    .await?;
    Ok(chosen)
}

async fn of_file(
    conn: &mut SqliteConnection,
    place: &LocationRow,
    lines: &mut Lines,
    kind: &str,
) -> Result<Chosen> {
    let of = Of { dataset: &place.dataset, version: None };
    let standing = Standing { of, through: i64::MAX, report: None };
    // First which lines say which one sighting, then, in a second walk, those sightings each once.
    walk(conn, place, standing, |row| lines.hear(row)).await?;
    let mut chosen = Chosen::default();
    walk(conn, place, standing, |row| {
        if lines.mean(row)? {
            chosen.take(row, kind);
        }
        Ok(())
    })
    .await?;
    chosen.problems = lines.problems();
    Ok(chosen)
}

async fn walk(
    conn: &mut SqliteConnection,
    place: &LocationRow,
    standing: Standing<'_>,
    mut each: impl FnMut(&ListedRow) -> Result<()>,
) -> Result<()> {
    let mut after = 0;
    loop {
        let page = rows::listed(conn, place.id, standing, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.sighting_id;
        page.iter().try_for_each(&mut each)?;
    }
}

/// The lines of a file by what they say, with how many sightings each says it of.
#[derive(Default)]
struct Lines {
    by_key: HashMap<String, Said>,
    bad: Vec<AckProblem>,
}

struct Said {
    line: u64,
    /// A digest names every copy; anything else must name one sighting.
    digest: bool,
    found: u64,
}

impl Lines {
    fn read(path: &Path) -> Result<Self> {
        let mut file = BufReader::new(File::open(path)?);
        let mut lines = Self::default();
        let mut text = Vec::new();
        for number in 1.. {
            text.clear();
            if (&mut file).take(MAX_LINE).read_until(b'\n', &mut text)? == 0 {
                break;
            }
            if number > MAX_LINES || (text.len() as u64 == MAX_LINE && text.last() != Some(&b'\n'))
            {
                return Err(Error::usage(
                    "ACK-07",
                    format!(
                        "Line {number} is too long, or the file has too many. Nothing was recorded."
                    ),
                ));
            }
            lines.take(number, &text);
        }
        Ok(lines)
    }

    fn take(&mut self, line: u64, text: &[u8]) {
        let Ok(text) = std::str::from_utf8(text.trim_ascii_end()) else {
            self.bad.push(problem(line, "ACK-03", "is not UTF-8"));
            return;
        };
        if text.is_empty() || text.starts_with('#') {
            return;
        }
        // A line of one of our own lists says its find.
        let own = text.starts_with('{').then(|| serde_json::from_str::<serde_json::Value>(text));
        let key = match own {
            Some(Ok(value)) if value.get("schema").is_some() => return,
            Some(Ok(value)) => value
                .get("find_id")
                .and_then(serde_json::Value::as_str)
                .map_or_else(|| text.to_owned(), str::to_owned),
            _ => text.to_owned(),
        };
        let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digest = key.len() == 64 && hex(&key);
        let id = key.len() == 36 && key.split('-').all(hex);
        let key = if digest || id { key.to_ascii_lowercase() } else { key };
        self.by_key.entry(key).or_insert(Said { line, digest, found: 0 });
    }

    /// Counts a sighting towards every line that could mean it.
    fn hear(&mut self, row: &ListedRow) -> Result<()> {
        for key in keys(row)? {
            if let Some(said) = self.by_key.get_mut(&key) {
                said.found += 1;
            }
        }
        Ok(())
    }

    /// Whether a line means this sighting, and no other unless it says so by digest.
    fn mean(&self, row: &ListedRow) -> Result<bool> {
        Ok(keys(row)?
            .iter()
            .filter_map(|key| self.by_key.get(key))
            .any(|said| said.found == 1 || said.digest))
    }

    fn problems(&mut self) -> Vec<AckProblem> {
        let mut problems = std::mem::take(&mut self.bad);
        problems.extend(self.by_key.values().filter_map(|said| match said.found {
            0 => Some(problem(said.line, "ACK-03", "names nothing in the lists of this dataset")),
            1 => None,
            _ if said.digest => None,
            _ => Some(problem(
                said.line,
                "ACK-04",
                "names more than one sighting; put the container's address and a tab before the member, or use the find id",
            )),
        }));
        problems.sort_by_key(|problem| problem.line);
        problems.truncate(MAX_PROBLEMS);
        problems
    }
}

/// Everything a line may call a sighting by.
fn keys(row: &ListedRow) -> Result<Vec<String>> {
    let find = line::find(&row.record)?;
    let mut keys = vec![row.find_id.clone(), hex::encode(&row.sha256)];
    if let Some((member, container)) = line::member(&find.locator) {
        keys.push(member.to_owned());
        keys.extend(container.map(|container| format!("{container}\t{member}")));
    }
    Ok(keys)
}

fn problem(line: u64, code: &str, wrong: &str) -> AckProblem {
    AckProblem { line, code: code.to_owned(), wrong: format!("line {line} {wrong}") }
}

#[cfg(test)]
mod tests {
    use super::{Lines, moment};
    use crate::clock::parse;

    #[test]
    fn lines_are_read_as_what_they_name() {
        let mut lines = Lines::default();
        let told: [&[u8]; 8] = [
            b"# a remark\n",
            b"\r\n",
            b"00000000-0000-4000-8000-00000000000A\r\n",
            b"{\"schema\":\"casement-tombstones/v1\"}\n",
            b"{\"op\":\"remove\",\"find_id\":\"00000000-0000-4000-8000-00000000000b\"}\n",
            b"dir/Name with blanks .jpg",
            b"\xff\n",
            &[b'A'; 64],
        ];
        for (line, text) in (1..).zip(told) {
            lines.take(line, text);
        }
        let mut keys: Vec<(u64, &str, bool)> =
            lines.by_key.iter().map(|(key, said)| (said.line, key.as_str(), said.digest)).collect();
        keys.sort_unstable();
        let digest = "a".repeat(64);
        assert_eq!(
            keys,
            [
                (3, "00000000-0000-4000-8000-00000000000a", false),
                (5, "00000000-0000-4000-8000-00000000000b", false),
                (6, "dir/Name with blanks .jpg", false),
                (8, digest.as_str(), true),
            ]
        );
        let bad: Vec<u64> = lines.problems().iter().map(|problem| problem.line).collect();
        assert_eq!(bad, [3, 5, 6, 7, 8], "nothing is listed yet");
    }

    #[test]
    fn a_day_is_its_first_moment_and_none_is_to_come() {
        let now = parse("2026-01-02T03:04:05Z").unwrap();
        assert_eq!(moment("2026-01-02", now).unwrap(), parse("2026-01-02T00:00:00Z").unwrap());
        assert_eq!(moment("2026-01-03", now).unwrap_err().code, "ACK-05");
        assert_eq!(moment("yesterday!", now).unwrap_err().code, "TIME-01");
    }
}
