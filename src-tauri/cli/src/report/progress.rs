//! Says how far a package is on standard error, and stops it when asked.
//!
//! It must never end the work because nobody can hear.

use std::io::{Write, stderr};
use std::time::Duration;

use casement_core::package::Watch;
use casement_core::wire::{PackageProgress, PackageStep};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::print::{Out, grouped, plain, span};

/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How often it is said where nobody watches.
const SAY: Duration = Duration::from_secs(5);

/// Runs to the end while telling; the first Ctrl-C stops after the case at hand.
pub(super) async fn watched<T>(out: &Out, watch: &Watch, work: impl Future<Output = T>) -> T {
    let mut work = Box::pin(work);
    let mut tick = interval(LOOK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut teller = Teller { out, said: None, last: None };
    let mut stops = 0;
    let ended = loop {
        tokio::select! {
            ended = &mut work => break ended,
            _ = tick.tick() => teller.look(watch.progress()),
            heard = tokio::signal::ctrl_c(), if stops < 2 => {
                stops += 1;
                if stops == 2 || heard.is_err() {
                    // What was written is removed by the next seal, as after any other sudden end.
                    std::process::exit(1);
                }
                watch.stop();
                out.note("Stopping after the case at hand. Ctrl-C again ends at once.");
            }
        }
    };
    teller.finish(watch.progress());
    ended
}

/// Says how far it is: JSON Lines, a line that rewrites itself, or a line now and then.
struct Teller<'a> {
    out: &'a Out,
    said: Option<Instant>,
    last: Option<(PackageStep, u32)>,
}

impl Teller<'_> {
    fn look(&mut self, progress: Option<PackageProgress>) {
        let Some(progress) = progress else { return };
        if self.last == Some((progress.step, progress.done)) {
            return;
        }
        let due =
            self.out.json || self.out.watched() || self.said.is_some_and(|at| at.elapsed() >= SAY);
        if self.said.is_none() {
            self.said = Some(Instant::now());
        }
        if due {
            self.say(&progress);
        }
    }

    fn finish(&mut self, progress: Option<PackageProgress>) {
        if let Some(progress) = progress.filter(|_| self.out.json || self.last.is_some()) {
            self.say(&progress);
            if self.out.watched() {
                let _ = writeln!(stderr());
            }
        }
    }

    fn say(&mut self, progress: &PackageProgress) {
        self.last = Some((progress.step, progress.done));
        self.said = Some(Instant::now());
        let line = if self.out.json {
            serde_json::to_string(progress).unwrap_or_default()
        } else {
            words(progress)
        };
        let _ = if self.out.watched() {
            write!(stderr(), "\r\u{1b}[K{line}")
        } else {
            writeln!(stderr(), "{line}")
        };
    }
}

fn words(progress: &PackageProgress) -> String {
    let step = match progress.step {
        PackageStep::Reading => "reading",
        PackageStep::Writing => "writing",
        PackageStep::Closing => "closing",
        PackageStep::Done => "done",
    };
    let rate = progress.per_second.map_or_else(String::new, |rate| format!(" · {rate:.0}/s"));
    let left = progress.left_ms.map_or_else(String::new, |ms| format!(" · {} left", span(ms)));
    plain(&format!(
        "{}: {step}, {} of {} cases{rate}{left}",
        progress.report,
        grouped(progress.done.into()),
        grouped(progress.total.into()),
    ))
}
