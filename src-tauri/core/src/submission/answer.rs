//! What a hotline answered, read from its bytes, and how it is to be taken.
//!
//! Answers are untrusted: read within bounds, and never into an error's text. Read more generously than
//! [`Answer`](crate::cybertip::Answer) does, which holds them to the schema: a receipt that lacks what nobody needs is a
//! receipt. It must never take a half answer for a whole one.

use casement_courier::Failure;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

use crate::cybertip::{Class, Code};
use crate::wire::SubmissionCall;

/// Answers are three levels deep.
const MAX_DEPTH: usize = 6;
/// Longest text of one element that is kept.
const MAX_TEXT: usize = 8_000;

/// What came of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    Answered { status: u16, request_id: Option<String>, body: Vec<u8> },
    Failed(Failure),
}

/// The elements of `reportResponse` and `reportDoneResponse`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Root `reportDoneResponse`: a receipt.
    pub(super) receipt: bool,
    pub(super) code: Option<Code>,
    pub(super) description: Option<String>,
    pub(super) number: Option<String>,
    pub(super) file_id: Option<String>,
    pub(super) hash: Option<String>,
    /// Files that a receipt names.
    pub(super) files: Vec<String>,
}

/// How an answer is to be taken (fact sheet §1.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What was asked is done.
    Done(Box<Said>),
    /// Failed in passing: may be asked again.
    Again,
    /// Would fail again: stop and show.
    Refused,
    /// 5001, 5101: there is no such report, or it was taken back.
    Gone,
    /// 5102: it was finished before.
    Finished,
}

/// Reads an answer. `None` unless it is one whole document of a known root.
pub(super) fn read(body: &[u8]) -> Option<Said> {
    let text = std::str::from_utf8(body).ok()?;
    let mut reader = Reader::from_str(text);
    let mut open: Vec<String> = Vec::new();
    let mut held = String::new();
    let mut said: Option<Said> = None;
    let mut whole = false;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let name = start.name().0.to_owned();
                if open.is_empty() && said.replace(root(&name)?).is_some() {
                    return None;
                }
                if open.len() >= MAX_DEPTH {
                    return None;
                }
                open.push(name);
                held.clear();
            }
            // A document of nothing but its root says nothing.
            Event::Empty(_) if open.is_empty() => return None,
            Event::Text(part) if !open.is_empty() => hold(&mut held, &part.xml10_content()),
            Event::GeneralRef(reference) if !open.is_empty() => {
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    Ok(None) => named(&reference.xml10_content()),
                    Err(_) => None,
                };
                hold(&mut held, resolved?.encode_utf8(&mut [0; 4]));
            }
            Event::CData(part) if !open.is_empty() => hold(&mut held, &part.xml10_content()),
            Event::End(_) => {
                let name = open.pop()?;
                if let Some(said) = said.as_mut() {
                    put(said, &open, &name, held.trim());
                }
                held.clear();
                whole = open.is_empty();
            }
            Event::DocType(_) => return None,
            Event::Eof => break,
            _ => {}
        }
    }
    said.filter(|_| whole && open.is_empty())
}

fn root(name: &str) -> Option<Said> {
    match name {
        "reportResponse" => Some(Said::default()),
        "reportDoneResponse" => Some(Said { receipt: true, ..Said::default() }),
        _ => None,
    }
}

fn hold(held: &mut String, part: &str) {
    let room = MAX_TEXT.saturating_sub(held.len());
    held.extend(part.chars().take(room));
}

fn put(said: &mut Said, open: &[String], name: &str, text: &str) {
    let value = || (!text.is_empty()).then(|| text.to_owned());
    match (open.len(), name) {
        (1, "responseCode") => said.code = text.parse().ok().map(Code::new),
        (1, "responseDescription") => said.description = value(),
        (1, "reportId") => said.number = value().filter(|text| is_number(text)),
        (1, "fileId") => said.file_id = value().filter(|text| is_file_id(text)),
        (1, "hash") => said.hash = value().map(|text| text.to_ascii_lowercase()),
        (2, "fileId") => said.files.extend(value().filter(|text| is_file_id(text))),
        _ => {}
    }
}

fn named(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

/// A report's number: an XML long, above zero.
pub(super) fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<i64>().is_ok_and(|number| number > 0)
}

/// A file's id: 32 hex digits in practice; any short plain token is taken.
pub(super) fn is_file_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// How it is to be taken as the answer to `call` about report `number`.
pub(super) fn judge(call: SubmissionCall, number: Option<&str>, told: &Told) -> Verdict {
    let (status, body) = match told {
        Told::Failed(Failure::Tls) => return Verdict::Refused,
        Told::Failed(_) => return Verdict::Again,
        Told::Answered { status, body, .. } => (*status, body),
    };
    let Some((said, code)) = read(body).and_then(|said| said.code.map(|code| (said, code))) else {
        return match status {
            // A half document under a good status: done or not, nobody can say.
            200..=299 | 408 | 425 | 429 | 500..=599 => Verdict::Again,
            _ => Verdict::Refused,
        };
    };
    match code.class() {
        Class::Done if !(200..=299).contains(&status) => Verdict::Again,
        Class::Done if fits(call, number, &said) => Verdict::Done(Box::new(said)),
        // Of a receipt that is none, the next attempt tells whether it was finished.
        Class::Done if call == SubmissionCall::Finish => Verdict::Again,
        Class::Retry => Verdict::Again,
        Class::State => match code.get() {
            5001 | 5101 => Verdict::Gone,
            5102 => Verdict::Finished,
            _ => Verdict::Refused,
        },
        Class::Done | Class::Stop => Verdict::Refused,
    }
}

/// Whether an answer with this status and code leaves it open that what was asked was done: a success may lack what the
/// next step needs.
pub(super) fn may_be_done(status: Option<u16>, code: Option<Code>) -> bool {
    match code {
        Some(code) => code.class() == Class::Done,
        None => status.is_none_or(|status| !(400..500).contains(&status)),
    }
}

/// Whether a success says what the next step needs, about the report it was asked of.
fn fits(call: SubmissionCall, number: Option<&str>, said: &Said) -> bool {
    let same = said.number.is_some() && said.number.as_deref() == number;
    match call {
        SubmissionCall::Status => true,
        SubmissionCall::Submit => said.number.is_some(),
        SubmissionCall::Upload => same && said.file_id.is_some() && said.hash.is_some(),
        SubmissionCall::Fileinfo | SubmissionCall::Retract => said.number.is_none() || same,
        SubmissionCall::Finish => same && said.receipt,
    }
}

#[cfg(test)]
mod tests;
