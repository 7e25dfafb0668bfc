//! The only clock. Time in the ledger never runs backwards: when the machine's clock jumps back, the last time seen
//! stands until the machine has caught up.
//!
//! It must stay the only place that asks the machine for the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::error::{Error, Result};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

/// Milliseconds in a UTC day.
pub const DAY: Millis = 86_400_000;

/// A clock that never goes back.
#[derive(Debug, Clone)]
pub struct Clock {
    floor: Arc<AtomicI64>,
    manual: bool,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self { floor: Arc::new(AtomicI64::new(0)), manual: false }
    }

    /// A clock that stands still until it is moved; for rehearsing time limits.
    pub fn standing(at: Millis) -> Self {
        Self { floor: Arc::new(AtomicI64::new(at)), manual: true }
    }

    /// Moves a standing clock forward, or raises the floor of a running one.
    pub fn advance(&self, by: Millis) {
        self.floor.fetch_add(by, Ordering::SeqCst);
    }

    /// Now, never earlier than any time already given out or seen in the ledger.
    pub fn now(&self) -> Millis {
        if self.manual {
            return self.floor.load(Ordering::SeqCst);
        }
        let now = machine_now();
        self.floor.fetch_max(now, Ordering::SeqCst).max(now)
    }

    /// Tells the clock of a time in the ledger. Answers how far the machine's clock lies behind it.
    pub fn seen(&self, at: Millis) -> Millis {
        let behind = if self.manual { 0 } else { (at - machine_now()).max(0) };
        self.floor.fetch_max(at, Ordering::SeqCst);
        behind
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn machine_now() -> Millis {
    let now = OffsetDateTime::now_utc();
    now.unix_timestamp() * 1000 + i64::from(now.millisecond())
}

/// `2026-01-02T03:04:05.678Z`; a fraction of zero, and zeros at its end, are left out.
pub fn rfc3339(at: Millis) -> String {
    datetime(at).format(&Rfc3339).unwrap_or_default()
}

/// The instant as a date and time in UTC.
pub fn datetime(at: Millis) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Reads an RFC 3339 time.
pub fn parse(text: &str) -> Result<Millis> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map(|at| at.unix_timestamp() * 1000 + i64::from(at.millisecond()))
        .map_err(|_| Error::usage("TIME-01", "A time must look like 2026-01-02T03:04:05Z."))
}
