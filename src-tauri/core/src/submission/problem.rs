//! Why a run did not file its report, in words that say what is known and what to do.
//!
//! It must never quote the hotline: its own words may hold what was sent. They stand in the record.

use crate::error::{Error, Kind};
use crate::wire::{SubmissionCall, SubmissionState};

use super::answer::{Told, read};
use super::facts::call_word;
use super::run::Mode;
use super::standing::{Standing, Why};

/// `None`: it ended as was wanted.
pub(super) fn of(
    standing: &Standing,
    last: Option<&(SubmissionCall, Told)>,
    state: SubmissionState,
    mode: Mode,
) -> Option<Error> {
    if state == SubmissionState::ReceiptLost {
        return Some(Error::refused(
            "SUBMIT-25",
            "The hotline says that this report was finished, but its receipt never arrived here. It will not be sent again. \
             Ask the hotline for the receipt by the report's number, and let two persons record it: casectl submission record.",
        ));
    }
    if matches!(state, SubmissionState::Filed | SubmissionState::Rehearsed) {
        return None;
    }
    let known = known(state);
    let (code, kind, text) = match standing.why? {
        Why::Stopped => return None,
        Why::Earlier if mode == Mode::Retract && state != SubmissionState::Open => return None,
        Why::Earlier => ("SUBMIT-24", Kind::Machine, "It could not be taken back.".to_owned()),
        Why::Refused(call) => (
            "SUBMIT-20",
            Kind::Refused,
            format!("The hotline refused {}: {}.", call_word(call), answer(last)),
        ),
        Why::TriedOut(call) => (
            "SUBMIT-21",
            Kind::Machine,
            format!("{} failed as often as is tried, last: {}.", call_word(call), answer(last)),
        ),
        Why::WrongMd5 => (
            "SUBMIT-22",
            Kind::Refused,
            "The MD5 of a file as the hotline received it is not that of the file that was sent."
                .to_owned(),
        ),
        Why::Expired => (
            "SUBMIT-23",
            Kind::Refused,
            "The hotline no longer has the unfinished report, or was about to drop it.".to_owned(),
        ),
        Why::Here => ("SUBMIT-26", Kind::Store, "Something here failed.".to_owned()),
    };
    Some(Error::new(kind, code, format!("{text} {known}")))
}

fn known(state: SubmissionState) -> &'static str {
    match state {
        SubmissionState::Retracted => {
            "Nothing is filed: what was opened is taken back or gone. Run it again once the cause is removed."
        }
        SubmissionState::Failed => {
            "Nothing was opened and nothing is filed. Run it again once the cause is removed."
        }
        SubmissionState::Orphaned => {
            "Nothing is filed. The hotline may have opened a report whose number never arrived; it expires there by itself \
             within a day. Run it again."
        }
        _ => {
            "What the hotline holds is not known. Resume it later, which asks: casectl submission resume."
        }
    }
}

fn answer(last: Option<&(SubmissionCall, Told)>) -> String {
    match last.map(|(_, told)| told) {
        Some(Told::Failed(failure)) => failure.word().to_owned(),
        Some(Told::Answered { status, body, .. }) => match read(body).and_then(|said| said.code) {
            Some(code) => format!("code {}, {}, HTTP {status}", code.get(), code.meaning()),
            None => format!("HTTP {status} without a readable answer"),
        },
        None => "no answer".to_owned(),
    }
}
