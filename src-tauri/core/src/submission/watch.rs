//! How far a run is, for whoever watches it, and the wish to stop it.
//!
//! It must never be what a later step decides by: that is the store.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::wire::SubmissionProgress;

/// One run, watched.
#[derive(Default)]
pub struct Watch {
    stop: AtomicBool,
    progress: Mutex<Option<SubmissionProgress>>,
}

impl Watch {
    /// Asks it to stop: it takes back what is open and ends. Once finishing was asked for, it goes on to its end.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked to.
    pub fn stopping(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// How far it is; `None` before it began.
    pub fn progress(&self) -> Option<SubmissionProgress> {
        let mut progress = self.held().clone()?;
        progress.stopping = self.stopping() && progress.ended.is_none();
        Some(progress)
    }

    pub(super) fn begin(&self, progress: SubmissionProgress) {
        *self.held() = Some(progress);
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut SubmissionProgress)) {
        if let Some(progress) = self.held().as_mut() {
            change(progress);
        }
    }

    fn held(&self) -> MutexGuard<'_, Option<SubmissionProgress>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
