//! Every reader of untrusted files as a function of bytes: for libFuzzer (`tests/fuzz`) and for property tests.
//!
//! A reader may refuse whatever it likes. It must never panic, hand out more than was put in, or say anything that could
//! act on a terminal.

use std::io::{self, Read};

use casement_core::cybertip::{Answer, FileDetails, Report, Schema};
use casement_core::intake::check;
use casement_core::intake::find::Find;
use casement_scan::corpus::{Member, Problem, ShardKind, Visitor, walk_bytes};
use casement_scan::list::{self, Format};
use time::OffsetDateTime;

/// Takes any bytes, and panics only where a promise is broken.
pub type Reader = fn(&[u8]);

/// Name and reader, the names being those of `tests/fuzz/targets`.
pub const READERS: [(&str, Reader); 11] = [
    ("find", find),
    ("tar", tar),
    ("zip", zip),
    ("warc", warc),
    ("parquet", parquet),
    ("lines", lines),
    ("csv", csv),
    ("vics", vics),
    ("ncmec", ncmec),
    ("cybertip", cybertip),
    ("answer", answer),
];

/// A line of `find/v1`. What is accepted is said again in the same words.
pub fn find(data: &[u8]) {
    let Ok(found) = check::read_line(data, OffsetDateTime::UNIX_EPOCH) else { return };
    let again = serde_json::to_vec(&found).unwrap();
    assert_eq!(serde_json::from_slice::<Find>(&again).unwrap(), found);
}

/// A tar, GNU or pax.
pub fn tar(data: &[u8]) {
    walk(ShardKind::Tar, data);
}

/// A zip.
pub fn zip(data: &[u8]) {
    walk(ShardKind::Zip, data);
}

/// A WARC, plain or in gzip members.
pub fn warc(data: &[u8]) {
    walk(ShardKind::Warc, data);
}

/// A parquet file with pictures in a column.
pub fn parquet(data: &[u8]) {
    walk(ShardKind::Parquet, data);
}

/// A list of plain lines.
pub fn lines(data: &[u8]) {
    entries(Format::Lines, data);
}

/// A list in CSV.
pub fn csv(data: &[u8]) {
    entries(Format::Csv, data);
}

/// A list in VICS JSON.
pub fn vics(data: &[u8]) {
    entries(Format::Vics, data);
}

/// A list in NCMEC's XML.
pub fn ncmec(data: &[u8]) {
    entries(Format::Ncmec, data);
}

/// A document of the CyberTipline, in every edition of its schema. What is accepted is written again and reads the same.
pub fn cybertip(data: &[u8]) {
    let now = OffsetDateTime::UNIX_EPOCH + time::Duration::days(365 * 60);
    for schema in Schema::ALL {
        match Report::read(data, schema, now) {
            Ok(report) => {
                let again = report.to_xml(schema).unwrap();
                assert_eq!(Report::read(&again, schema, now).as_ref(), Ok(&report));
            }
            Err(flaws) => flaws.iter().for_each(|flaw| plain(&flaw.text)),
        }
        if let Ok(file) = FileDetails::read(data, schema, now) {
            let again = file.to_xml(schema).unwrap();
            assert_eq!(FileDetails::read(&again, schema, now).as_ref(), Ok(&file));
        }
    }
}

/// What a server may answer.
pub fn answer(data: &[u8]) {
    if let Ok(answer) = Answer::read(data) {
        assert_eq!(Answer::read(&answer.to_xml().unwrap()).as_ref(), Ok(&answer));
    }
}

/// Reads every member to its end, as a scan does.
struct Reading {
    next: u64,
}

impl Visitor for Reading {
    fn member(&mut self, member: Member<'_>) -> io::Result<bool> {
        assert_eq!(member.ordinal, self.next, "members are counted without a gap");
        self.next += 1;
        plain(&serde_json::to_string(&member.steps).unwrap());
        // More than any honest expansion of an input of this size.
        let limit = 64 << 20;
        let read = io::copy(&mut member.bytes.take(limit), &mut io::sink())?;
        assert!(read < limit, "a small input became {read} bytes");
        Ok(true)
    }

    fn problem(&mut self, problem: Problem) {
        plain(&problem.to_string());
    }
}

fn walk(kind: ShardKind, data: &[u8]) {
    let mut reading = Reading { next: 0 };
    match walk_bytes(kind, data, &mut reading) {
        Ok(walked) => assert_eq!(walked.members, reading.next),
        Err(problem) => plain(&problem.to_string()),
    }
}

fn entries(format: Format, data: &[u8]) {
    if let Err(error) = list::read(format, None, data, &mut |_| ()) {
        plain(&error.to_string());
    }
}

/// Nothing in it moves a cursor or rings a bell.
fn plain(text: &str) {
    assert!(!text.chars().any(char::is_control), "control characters in what is said");
}
