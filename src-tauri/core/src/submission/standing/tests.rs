//! The standing against a hotline made of dice: whatever is answered, lost or cut off, nothing is finished twice and
//! nothing that may be finished is begun again.

use proptest::prelude::*;

use super::{HOUR, Next, Standing, Step, Why, expires_at};
use crate::clock::DAY;
use crate::submission::answer::{Said, Verdict};
use crate::wire::SubmissionState;

fn said(number: &str) -> Verdict {
    Verdict::Done(Box::new(Said {
        number: Some(number.to_owned()),
        file_id: Some("f".to_owned()),
        hash: Some("m".to_owned()),
        ..Said::default()
    }))
}

/// A hotline of one report: what it would answer, and whether it did it.
#[derive(Default, Debug)]
struct Model {
    open: bool,
    finished: u32,
    files: Vec<bool>,
}

impl Model {
    fn take(&mut self, step: Step) -> Verdict {
        match step {
            Step::Status => said("1"),
            Step::Submit => {
                (self.open, self.files) = (true, Vec::new());
                said("1")
            }
            _ if self.finished > 0 => Verdict::Finished,
            _ if !self.open => Verdict::Gone,
            Step::Upload(_) => {
                self.files.push(false);
                said("1")
            }
            Step::Fileinfo(_) => {
                *self.files.last_mut().expect("a file was uploaded") = true;
                said("1")
            }
            Step::Finish => {
                self.finished += 1;
                said("1")
            }
            Step::Retract => {
                self.open = false;
                said("1")
            }
        }
    }
}

/// How one request goes.
#[derive(Debug, Clone, Copy)]
enum Luck {
    Good,
    /// Not taken, and a class of §1.4 answered.
    Failed,
    Refused,
    /// Taken, and no answer came.
    Lost,
    /// Taken, and this process was killed.
    Killed,
    /// This process was killed before it was taken.
    KilledBefore,
}

fn luck() -> impl Strategy<Value = Luck> {
    prop_oneof![
        8 => Just(Luck::Good),
        2 => Just(Luck::Failed),
        1 => Just(Luck::Refused),
        2 => Just(Luck::Lost),
        2 => Just(Luck::Killed),
        1 => Just(Luck::KilledBefore),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    #[test]
    fn never_twice_and_never_lost(
        files in 1_usize..5,
        retries in 0_u32..3,
        fates in proptest::collection::vec(luck(), 0..120),
        stop_at in proptest::option::of(0_usize..60),
    ) {
        let mut model = Model::default();
        let mut standing = Standing::new(files, retries);
        let mut fates = fates.into_iter();
        let mut finish_asked = false;
        let mut submits = 0;
        for turn in 0..600 {
            match standing.next(1, stop_at == Some(turn)) {
                Next::Ask(step) => {
                    if step == Step::Submit {
                        submits += 1;
                        prop_assert_eq!(model.finished, 0, "opened anew though finished");
                    }
                    if step == Step::Finish {
                        prop_assert!(model.files.iter().filter(|done| **done).count() >= files, "{model:?}");
                        finish_asked = true;
                    }
                    standing.asked(step);
                    let fate = fates.next().unwrap_or(Luck::Good);
                    let (verdict, arrived) = match fate {
                        Luck::Good => (model.take(step), true),
                        Luck::Failed => (Verdict::Again, false),
                        Luck::Refused => (Verdict::Refused, false),
                        Luck::Lost => {
                            model.take(step);
                            (Verdict::Again, true)
                        }
                        Luck::Killed | Luck::KilledBefore => {
                            if matches!(fate, Luck::Killed) {
                                model.take(step);
                            }
                            let orphan = standing.orphan || step == Step::Submit;
                            standing = Standing::earlier(standing.number.clone(), orphan, retries);
                            continue;
                        }
                    };
                    standing.told(step, &verdict, arrived, Some("m"), 1);
                }
                Next::Leave => standing = Standing::earlier(standing.number.clone(), standing.orphan, retries),
                Next::End(SubmissionState::Filed) => {
                    prop_assert_eq!(model.finished, 1);
                    return Ok(());
                }
                Next::End(SubmissionState::ReceiptLost) => {
                    prop_assert_eq!(model.finished, 1, "nobody says finished of what is not");
                    prop_assert!(finish_asked);
                    return Ok(());
                }
                Next::End(state) => {
                    prop_assert_eq!(model.finished, 0, "{:?} though finished", state);
                    // The person, or a resume, begins again: bounded, since fates run out.
                    standing = Standing::new(files, retries);
                }
            }
        }
        prop_assert!(false, "it never ends: {submits} submits, {standing:?}");
    }
}

#[test]
fn a_file_that_arrived_differently_takes_the_report_back() {
    let mut standing = Standing::new(1, 0);
    for step in [Step::Status, Step::Submit] {
        assert_eq!(standing.next(0, false), Next::Ask(step));
        standing.told(step, &said("1"), true, None, 0);
    }
    standing.told(Step::Upload(0), &said("1"), true, Some("another"), 0);
    assert_eq!(standing.why, Some(Why::WrongMd5));
    assert_eq!(standing.next(0, false), Next::Ask(Step::Retract));
}

/// Fact sheet §1.3: a day after opening or an hour after the last change, whichever is later.
#[test]
fn nothing_is_added_to_a_report_that_is_about_to_be_dropped() {
    assert_eq!(expires_at(0, 0), DAY);
    assert_eq!(expires_at(0, DAY - HOUR / 2), DAY + HOUR / 2);
    let mut standing = Standing::new(1, 0);
    standing.told(Step::Status, &said("1"), true, None, 0);
    standing.told(Step::Submit, &said("1"), true, None, 0);
    assert_eq!(standing.next(DAY - HOUR, false), Next::Ask(Step::Upload(0)));
    assert_eq!(standing.next(DAY - 1, false), Next::Ask(Step::Retract));
    assert_eq!(standing.why, Some(Why::Expired));
}

#[test]
fn stopping_takes_back_until_finishing_was_asked_for() {
    let mut standing = Standing::new(0, 0);
    assert_eq!(standing.clone().next(0, true), Next::End(SubmissionState::Failed));
    standing.told(Step::Status, &said("1"), true, None, 0);
    standing.told(Step::Submit, &said("1"), true, None, 0);
    assert_eq!(standing.clone().next(0, true), Next::Ask(Step::Retract));
    assert_eq!(standing.next(0, false), Next::Ask(Step::Finish));
    standing.asked(Step::Finish);
    standing.told(Step::Finish, &Verdict::Again, true, None, 0);
    assert_eq!(standing.next(0, true), Next::Leave, "whether it was finished is not known");
}
