//! The rules of a hotline: what may follow what, for how long, and the code for each refusal.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use casement_core::cybertip::{Schema, check};
use md5::{Digest, Md5};
use time::OffsetDateTime;

use super::http::{Answer, Request, form};
use super::trouble::{Trouble, What};
use super::xml::{texts, value};
use super::{PASSWORD, USER};

const HOUR: i64 = 3_600_000;

/// One report that was opened.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// As it was submitted.
    pub xml: Vec<u8>,
    pub opened: i64,
    pub touched: i64,
    /// File ids with their bytes, and their details once they came.
    pub files: Vec<(String, Vec<u8>, Option<Vec<u8>>)>,
    pub finished: bool,
    pub retracted: bool,
}

/// One request, and what was answered.
#[derive(Debug, Clone)]
pub struct Seen {
    pub call: String,
    pub request_id: String,
    /// `None`: the guest got another answer than the rules would give, or none.
    pub code: Option<i32>,
    pub authorized: bool,
}

/// All that it holds.
#[derive(Default)]
pub struct State {
    pub reports: BTreeMap<u64, Report>,
    pub seen: Vec<Seen>,
    /// Milliseconds on its own clock.
    pub now: i64,
    opened: u64,
    pub(super) troubles: Vec<Trouble>,
    /// The process of the guest, once it is known.
    pub(super) guest: Option<u32>,
}

impl State {
    /// How many reports were finished.
    pub fn finished(&self) -> usize {
        self.reports.values().filter(|report| report.finished).count()
    }

    /// How many are open and can still be finished.
    pub fn unfinished(&self) -> usize {
        self.reports.values().filter(|report| !report.finished && !report.retracted).count()
    }

    /// How often a call came.
    pub fn count(&self, call: &str) -> usize {
        self.seen.iter().filter(|seen| seen.call == call).count()
    }

    /// Notes the request and takes out the misbehaviour whose turn it is.
    pub(super) fn begin(&mut self, request: &Request) -> Option<Trouble> {
        let expected = format!("Basic {}", STANDARD.encode(format!("{USER}:{PASSWORD}")));
        self.seen.push(Seen {
            call: request.call.clone(),
            request_id: format!("req-{:04}", self.seen.len() + 1),
            code: None,
            authorized: request.headers.get("authorization") == Some(&expected),
        });
        let nth = u32::try_from(self.count(&request.call)).unwrap();
        let due = |trouble: &Trouble| trouble.call == request.call && trouble.nth == nth;
        let at = self.troubles.iter().position(due)?;
        Some(self.troubles.remove(at))
    }

    /// Does what is asked, unless told otherwise, and answers.
    pub(super) fn answer(&mut self, request: &Request, what: Option<&What>) -> Answer {
        let request_id = self.seen.last().unwrap().request_id.clone();
        let mut headers = vec![("Request-ID", request_id)];
        match what {
            Some(What::Bare(status)) => {
                return Answer { status: *status, headers, body: Vec::new() };
            }
            Some(What::Redirect(to)) => {
                headers.push(("Location", to.clone()));
                return Answer { status: 302, headers, body: Vec::new() };
            }
            _ => {}
        }
        headers.push(("Content-Type", "text/xml; charset=utf-8".to_owned()));
        let (code, rest) = match what {
            Some(What::Code(code, _)) => (*code, String::new()),
            _ if !self.seen.last().unwrap().authorized => (2000, String::new()),
            _ => self.obey(request),
        };
        self.seen.last_mut().unwrap().code = Some(code);
        let mut rest = rest;
        if what == Some(&What::WrongMd5) {
            rest = rest.replace("<hash>", "<hash>0");
        }
        if what == Some(&What::WrongReport) {
            rest = rest.replace("<reportId>", "<reportId>9");
        }
        if what == Some(&What::FewerFiles)
            && let (Some(from), Some(to)) = (rest.find("<files>"), rest.find("</files>"))
        {
            rest.replace_range(from..to, "<files>");
        }
        let status = match (what, code) {
            (Some(What::Code(_, status)), _) => *status,
            (_, 0) => 200,
            (_, 2000) => 401,
            _ => 400,
        };
        let root = if request.call == "finish" && code == 0 {
            "reportDoneResponse"
        } else {
            "reportResponse"
        };
        let described = if root == "reportResponse" {
            format!("<responseDescription>&lt;{code}&gt; as the rules say</responseDescription>")
        } else {
            String::new()
        };
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<{root}><responseCode>{code}</responseCode>{described}{rest}</{root}>"
        );
        Answer { status, headers, body: body.into_bytes() }
    }

    fn obey(&mut self, request: &Request) -> (i32, String) {
        let xml = request.headers.get("content-type").map(String::as_str)
            == Some("text/xml; charset=utf-8");
        let done = match (request.method.as_str(), request.call.as_str()) {
            ("GET", "status") => Ok(String::new()),
            ("POST", "submit") if xml => self.submit(&request.body),
            ("POST", "upload") => self.upload(request),
            ("POST", "fileinfo") if xml => self.fileinfo(&request.body),
            ("POST", "finish") => self.finish(request),
            ("POST", "retract") => self.retract(request),
            _ => Err(4000),
        };
        match done {
            Ok(rest) => (0, rest),
            Err(code) => (code, String::new()),
        }
    }

    fn submit(&mut self, body: &[u8]) -> Result<String, i32> {
        valid(body)?;
        self.opened += 1;
        let number = 4_000_000 + self.opened;
        let report =
            Report { xml: body.to_vec(), opened: self.now, touched: self.now, ..Report::default() };
        self.reports.insert(number, report);
        Ok(format!("<reportId>{number}</reportId>"))
    }

    /// A report that can be added to.
    fn open(&mut self, number: &str) -> Result<(u64, &mut Report), i32> {
        let number: u64 = number.parse().map_err(|_| 4000)?;
        let now = self.now;
        // Dropped a day after it was opened or an hour after the last change, whichever is later.
        self.reports.retain(|_, report| {
            let kept = (report.opened + 24 * HOUR).max(report.touched + HOUR);
            report.finished || report.retracted || now < kept
        });
        let report = self.reports.get_mut(&number).ok_or(5001)?;
        match report {
            Report { finished: true, .. } => Err(5102),
            Report { retracted: true, .. } => Err(5101),
            report => Ok((number, report)),
        }
    }

    fn upload(&mut self, request: &Request) -> Result<String, i32> {
        let parts = form(request).ok_or(4000)?;
        let id = String::from_utf8_lossy(parts.get("id").ok_or(4000)?).into_owned();
        let file = parts.get("file").ok_or(4000)?.clone();
        let (now, serial) = (self.now, self.seen.len());
        let (number, report) = self.open(&id)?;
        let file_id = hex::encode(Md5::digest(format!("{number}/{serial}")));
        let md5 = hex::encode(Md5::digest(&file));
        report.touched = now;
        report.files.push((file_id.clone(), file, None));
        Ok(format!("<reportId>{number}</reportId><fileId>{file_id}</fileId><hash>{md5}</hash>"))
    }

    fn fileinfo(&mut self, body: &[u8]) -> Result<String, i32> {
        let texts = valid(body)?;
        let number = value(&texts, "fileDetails/reportId").ok_or(4100)?;
        let file_id = value(&texts, "fileDetails/fileId").ok_or(4100)?;
        let now = self.now;
        let (number, report) = self.open(number)?;
        let file = report.files.iter_mut().find(|(id, ..)| id == file_id).ok_or(5002)?;
        // Once for each file.
        if file.2.is_some() {
            return Err(4000);
        }
        file.2 = Some(body.to_vec());
        report.touched = now;
        Ok(format!("<reportId>{number}</reportId>"))
    }

    fn finish(&mut self, request: &Request) -> Result<String, i32> {
        let id = form(request).and_then(|mut parts| parts.remove("id")).ok_or(4000)?;
        let (number, report) = self.open(&String::from_utf8_lossy(&id))?;
        report.finished = true;
        let files: String =
            report.files.iter().map(|(id, ..)| format!("<fileId>{id}</fileId>")).collect();
        Ok(format!("<reportId>{number}</reportId><files>{files}</files>"))
    }

    fn retract(&mut self, request: &Request) -> Result<String, i32> {
        let id = form(request).and_then(|mut parts| parts.remove("id")).ok_or(4000)?;
        let (number, report) = self.open(&String::from_utf8_lossy(&id))?;
        report.retracted = true;
        Ok(format!("<reportId>{number}</reportId>"))
    }
}

/// The document's texts. 4110 where it is not XML, 4100 where the rules of the schema it serves refuse it.
fn valid(body: &[u8]) -> Result<Vec<(String, String)>, i32> {
    let texts = texts(body).ok_or(4110)?;
    let flaws = check(body, Schema::Served, OffsetDateTime::now_utc());
    if flaws.is_empty() { Ok(texts) } else { Err(4100) }
}
