//! What the server answers, and what that means for the next step.
//!
//! An answer is read generously: what a later server adds is passed over, so that a receipt is never
//! refused for it. It must never call an unknown code one that may be tried again.

use crate::cybertip::document::{self, Unwritable};
use crate::cybertip::model::number::{FileId, ReportId};
use crate::cybertip::model::part::{Part, element, texts, unreadable};
use crate::cybertip::schema::Schema;
use crate::cybertip::tree::{self, Element, Flaw};

/// `responseCode`. The documentation says that its list is not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u32);

/// What to do about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It was done.
    Done,
    /// The server failed; the same may be tried again later.
    Retry,
    /// Trying again changes nothing: show it to a person.
    Stop,
    /// The report or file is not in the state the request supposes.
    State,
}

impl Code {
    /// Any code.
    pub const fn new(code: u32) -> Self {
        Self(code)
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// What to do about it.
    pub const fn class(self) -> Class {
        match self.0 {
            0 => Class::Done,
            1000 | 1100 | 1110 | 1111 | 1300 => Class::Retry,
            5000..=5999 => Class::State,
            _ => Class::Stop,
        }
    }

    /// What it means, in our words.
    pub const fn meaning(self) -> &'static str {
        match self.0 {
            0 => "success",
            1000 => "server error",
            1100 => "saving failed",
            1110 | 1111 => "upload failed",
            1210 => "resource not found",
            1300 => "updating failed",
            2000 => "authentication required",
            3000 => "not authorised for this",
            3100 => "not authorised to submit",
            3300 => "not authorised to update",
            4000 => "invalid request",
            4100 => "validation failed",
            4110 => "malformed XML",
            4200 => "malformed file",
            5001 => "report does not exist",
            5002 => "file does not exist",
            5101 => "report already retracted",
            5102 => "report already finished",
            _ => "not documented",
        }
    }
}

texts! {
    Code: |code| code.0.to_string(), |text| text.parse().ok().map(Self);
}

element! {
    /// `reportResponse`: to everything but a finish that was done.
    ReportResponse {
        /// What came of it.
        code: Code = "responseCode",
        /// In words, often empty. May quote what was sent.
        description: String = "responseDescription",
        /// The report.
        report: Option<ReportId> = "reportId",
        /// The file that was uploaded.
        file: Option<FileId> = "fileId",
        /// MD5 of the bytes the server received, small or large hex.
        md5: Option<String> = "hash",
    }
}

element! {
    /// `files`.
    #[derive(Default)]
    DoneFiles {
        /// The files the server holds.
        ids: Vec<FileId> = "fileId",
    }
}

element! {
    /// `reportDoneResponse`: to `/finish`. It is the receipt that starts the preservation; keep its
    /// bytes as they came.
    ReportDoneResponse {
        /// What came of it.
        code: Code = "responseCode",
        /// The report.
        report: ReportId = "reportId",
        /// Its files.
        files: DoneFiles = "files",
    }
}

/// Either answer: which of them an error comes in is not established.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// `reportResponse`.
    Response(ReportResponse),
    /// `reportDoneResponse`.
    Done(ReportDoneResponse),
}

impl Answer {
    /// Reads an answer of either root. An id of 0 is none.
    pub fn read(xml: &[u8]) -> Result<Self, Vec<Flaw>> {
        let mut root = tree::read(xml).map_err(|flaw| vec![flaw])?;
        root.attributes.clear();
        let known: &[&str] = match root.name.as_str() {
            "reportResponse" => {
                let blank = |child: &Element| child.text.is_empty() || child.text == "0";
                root.children.retain(|c| {
                    c.name == "responseCode" || c.name == "responseDescription" || !blank(c)
                });
                &["responseCode", "responseDescription", "reportId", "fileId", "hash"]
            }
            _ => &["responseCode", "reportId", "files"],
        };
        root.children.retain(|child| known.contains(&child.name.as_str()));
        match root.name.as_str() {
            "reportResponse" => {
                document::of_tree(&root, Schema::default(), None).map(Self::Response)
            }
            "reportDoneResponse" => {
                document::of_tree(&root, Schema::default(), None).map(Self::Done)
            }
            _ => Err(vec![unreadable(&root)]),
        }
    }

    /// What came of it.
    pub fn code(&self) -> Code {
        match self {
            Self::Response(answer) => answer.code,
            Self::Done(answer) => answer.code,
        }
    }

    /// The report it speaks of.
    pub fn report(&self) -> Option<ReportId> {
        match self {
            Self::Response(answer) => answer.report,
            Self::Done(answer) => Some(answer.report),
        }
    }

    /// The document, UTF-8.
    pub fn to_xml(&self) -> Result<Vec<u8>, Unwritable> {
        match self {
            Self::Response(answer) => document::write("reportResponse", answer, Schema::default()),
            Self::Done(answer) => document::write("reportDoneResponse", answer, Schema::default()),
        }
    }
}
