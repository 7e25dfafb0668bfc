//! The documents of the CyberTipline as data: order, number, words and limits of every element.
//!
//! Written from the public documentation and from what NCMEC's schema was seen to accept, in our own
//! words; the operator's copy of the schema is the second opinion. It must never be restated in code.

mod answer;
mod common;
mod file;
mod report;

use super::grammar::Rule;

/// Every document there is.
pub(super) const ROOTS: [&Rule; 4] =
    [&report::REPORT, &file::FILE_DETAILS, &answer::RESPONSE, &answer::DONE];
