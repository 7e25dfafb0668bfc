//! Where one submission stands, and what comes next: the order of §1.2, the lifetimes of §1.3, the classes of §1.4.
//!
//! Pure: it asks nobody and writes nothing. It must never ask to finish what is not whole, nor let a report be opened
//! while another of the same package may have been finished.

use crate::clock::{DAY, Millis};
use crate::wire::{SubmissionCall, SubmissionState};

use super::answer::{Said, Verdict};

const HOUR: Millis = DAY / 24;
/// Nothing is added to a report that its hotline is about to drop.
const MARGIN: Millis = HOUR / 60;

/// One request of a submission; files by their place in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Status,
    Submit,
    Upload(usize),
    Fileinfo(usize),
    Finish,
    Retract,
}

impl Step {
    pub(super) const fn call(self) -> SubmissionCall {
        match self {
            Self::Status => SubmissionCall::Status,
            Self::Submit => SubmissionCall::Submit,
            Self::Upload(_) => SubmissionCall::Upload,
            Self::Fileinfo(_) => SubmissionCall::Fileinfo,
            Self::Finish => SubmissionCall::Finish,
            Self::Retract => SubmissionCall::Retract,
        }
    }

    /// The file it is about.
    pub(super) const fn file(self) -> Option<usize> {
        match self {
            Self::Upload(at) | Self::Fileinfo(at) => Some(at),
            _ => None,
        }
    }
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Ask(Step),
    End(SubmissionState),
    /// Nothing more can be done now, and what the hotline holds is not known: it stays open, to be resumed.
    Leave,
}

/// Why a report is taken back, or why it stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The person asked for it.
    Stopped,
    /// The hotline, or the way to it, refused a request.
    Refused(SubmissionCall),
    /// It failed as often as is tried.
    TriedOut(SubmissionCall),
    /// The MD5 of what arrived is another one.
    WrongMd5,
    /// The hotline no longer has the report, or is about to drop it.
    Expired,
    /// An earlier run left it.
    Earlier,
    /// Something here failed: an original that cannot be opened, a package that was changed.
    Here,
}

/// The state of a submission, made from what was told.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    files: usize,
    retries: u32,
    checked: bool,
    pub(super) number: Option<String>,
    opened_at: Millis,
    touched_at: Millis,
    /// Files that are uploaded and described.
    pub(super) done: usize,
    /// Of the file at hand, once it is uploaded.
    pub(super) file_id: Option<String>,
    /// Attempts at the request at hand that failed.
    pub(super) failed: u32,
    /// The hotline may have opened a report whose number did not arrive.
    pub(super) orphan: bool,
    /// Finishing was asked for: from then on nobody can say that it did not happen.
    finishing: bool,
    left: bool,
    pub(super) why: Option<Why>,
    retreat: bool,
    outcome: Option<SubmissionState>,
}

/// When a hotline drops an unfinished report: a day after it was opened or an hour after the last change, whichever is later.
pub(super) const fn expires_at(opened_at: Millis, touched_at: Millis) -> Millis {
    let (day, hour) = (opened_at + DAY, touched_at + HOUR);
    if day > hour { day } else { hour }
}

impl Standing {
    /// Before the first request for a package of so many files.
    pub(super) fn new(files: usize, retries: u32) -> Self {
        Self {
            files,
            retries,
            checked: false,
            number: None,
            opened_at: 0,
            touched_at: 0,
            done: 0,
            file_id: None,
            failed: 0,
            orphan: false,
            finishing: false,
            left: false,
            why: None,
            retreat: false,
            outcome: None,
        }
    }

    /// What a run that did not end left behind. It is never gone on with: a report with a number is taken back first,
    /// and the hotline's answer to that says whether it had been finished. `orphan`: opening was asked for and no number came.
    pub(super) fn earlier(number: Option<String>, orphan: bool, retries: u32) -> Self {
        let outcome = match (&number, orphan) {
            (Some(_), _) => None,
            (None, true) => Some(SubmissionState::Orphaned),
            (None, false) => Some(SubmissionState::Failed),
        };
        let retreat = number.is_some();
        let why = Some(Why::Earlier);
        Self { number, orphan, retreat, outcome, why, ..Self::new(0, retries) }
    }

    /// How it ended, once it has.
    pub(super) fn ended(&self) -> Option<SubmissionState> {
        self.outcome
    }

    /// What comes next. `stop`: the person asked to stop.
    pub(super) fn next(&mut self, now: Millis, stop: bool) -> Next {
        if let Some(outcome) = self.outcome {
            return Next::End(outcome);
        }
        if self.left {
            return Next::Leave;
        }
        if !self.retreat && !self.finishing {
            if stop {
                self.give_up(Why::Stopped);
            } else if self.is_open() && now >= expires_at(self.opened_at, self.touched_at) - MARGIN
            {
                self.give_up(Why::Expired);
            }
            if let Some(outcome) = self.outcome {
                return Next::End(outcome);
            }
        }
        Next::Ask(if self.retreat {
            Step::Retract
        } else if !self.checked {
            Step::Status
        } else if self.number.is_none() {
            Step::Submit
        } else if self.done == self.files {
            Step::Finish
        } else if self.file_id.is_none() {
            Step::Upload(self.done)
        } else {
            Step::Fileinfo(self.done)
        })
    }

    fn is_open(&self) -> bool {
        self.number.is_some()
    }

    /// A request is about to leave.
    pub(super) fn asked(&mut self, step: Step) {
        if step == Step::Finish {
            self.finishing = true;
        }
    }

    /// Takes in an answer. `arrived`: the request may have been accepted though no answer says so. `md5`: of the file
    /// that was sent.
    pub(super) fn told(
        &mut self,
        step: Step,
        verdict: &Verdict,
        arrived: bool,
        md5: Option<&str>,
        now: Millis,
    ) {
        match verdict {
            Verdict::Done(said) => {
                self.failed = 0;
                self.succeeded(step, said, md5, now);
            }
            Verdict::Again => {
                self.failed += 1;
                self.orphan |= step == Step::Submit && arrived;
                if self.failed > self.retries {
                    self.exhausted(step, Why::TriedOut(step.call()));
                }
            }
            Verdict::Refused => {
                self.orphan |= step == Step::Submit && arrived;
                self.exhausted(step, Why::Refused(step.call()));
            }
            Verdict::Gone if self.is_open() => {
                self.why.get_or_insert(Why::Expired);
                self.outcome = Some(SubmissionState::Retracted);
            }
            Verdict::Finished if self.is_open() => {
                self.outcome = Some(SubmissionState::ReceiptLost);
            }
            Verdict::Gone | Verdict::Finished => {
                self.exhausted(step, Why::Refused(step.call()));
            }
        }
    }

    fn succeeded(&mut self, step: Step, said: &Said, md5: Option<&str>, now: Millis) {
        match step {
            Step::Status => self.checked = true,
            Step::Submit => {
                self.number.clone_from(&said.number);
                (self.opened_at, self.touched_at) = (now, now);
            }
            Step::Upload(_) => {
                self.touched_at = now;
                if said.hash.as_deref() == md5 {
                    self.file_id.clone_from(&said.file_id);
                } else {
                    self.give_up(Why::WrongMd5);
                }
            }
            Step::Fileinfo(_) => {
                self.touched_at = now;
                self.done += 1;
                self.file_id = None;
            }
            Step::Finish => self.outcome = Some(SubmissionState::Filed),
            Step::Retract => self.outcome = Some(SubmissionState::Retracted),
        }
    }

    fn exhausted(&mut self, step: Step, why: Why) {
        self.failed = 0;
        match step {
            // Whether it was finished is not known: the next run asks by taking it back.
            Step::Finish if matches!(why, Why::TriedOut(_)) => {
                self.why = Some(why);
                self.left = true;
            }
            Step::Retract => {
                self.why.get_or_insert(why);
                self.left = true;
            }
            _ => self.give_up(why),
        }
    }

    /// Takes back what is open, and ends otherwise.
    pub(super) fn give_up(&mut self, why: Why) {
        self.why = Some(why);
        self.failed = 0;
        if self.is_open() {
            self.retreat = true;
        } else if self.orphan {
            self.outcome = Some(SubmissionState::Orphaned);
        } else {
            self.outcome = Some(SubmissionState::Failed);
        }
    }
}

#[cfg(test)]
mod tests;
