//! A package being made, watched and stopped from elsewhere.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::error::{Error, Result};
use crate::wire::{PackageProgress, PackageStep};

/// A running package, watched and stopped from elsewhere.
#[derive(Default)]
pub struct Watch {
    stop: AtomicBool,
    progress: Mutex<Option<PackageProgress>>,
}

impl Watch {
    /// Asks it to end after the case at hand. What was written is removed; nothing is sealed.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// How far it is.
    pub fn progress(&self) -> Option<PackageProgress> {
        self.progress.lock().ok()?.clone()
    }

    fn set(&self, progress: PackageProgress) {
        if let Ok(mut slot) = self.progress.lock() {
            *slot = Some(progress);
        }
    }
}

/// Counts the cases of one step.
pub(super) struct Meter<'a> {
    watch: &'a Watch,
    report: String,
    step: PackageStep,
    total: u32,
    done: u32,
    began: Instant,
}

impl<'a> Meter<'a> {
    pub(super) fn new(watch: &'a Watch, report: &str, total: usize) -> Self {
        let total = u32::try_from(total).unwrap_or(u32::MAX);
        let step = PackageStep::Reading;
        let meter =
            Self { watch, report: report.to_owned(), step, total, done: 0, began: Instant::now() };
        meter.tell();
        meter
    }

    /// Goes on to a step. In those that have no cases of their own all are done.
    pub(super) fn step(&mut self, step: PackageStep) {
        self.step = step;
        self.began = Instant::now();
        self.done = if step == PackageStep::Writing { 0 } else { self.total };
        self.tell();
    }

    /// One case more. Refuses to go on where that was asked.
    pub(super) fn next(&mut self) -> Result<()> {
        self.going()?;
        self.done += 1;
        self.tell();
        Ok(())
    }

    /// Refuses to go on where that was asked.
    pub(super) fn going(&self) -> Result<()> {
        if self.watch.stop.load(Ordering::SeqCst) {
            return Err(Error::refused("PKG-08", "Packaging was stopped. Nothing was sealed."));
        }
        Ok(())
    }

    fn tell(&self) {
        let ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let counted = matches!(self.step, PackageStep::Reading | PackageStep::Writing);
        // A rate over the first moments says nothing yet.
        let rated = counted && ms > 200 && self.done > 0;
        let (done, left) = (u64::from(self.done), u64::from(self.total - self.done));
        self.watch.set(PackageProgress {
            report: self.report.clone(),
            step: self.step,
            done: self.done,
            total: self.total,
            per_second: rated.then(|| f64::from(self.done) / self.began.elapsed().as_secs_f64()),
            left_ms: rated.then(|| ms.saturating_mul(left) / done),
        });
    }
}
