//! How much work one parquet file may ask for.
//!
//! A few bytes of this format can stand for any number of values (run lengths, dictionaries) and for any number of bytes
//! (compression, one dictionary entry named a million times), and several row groups may name the same bytes. So the size
//! of a file bounds nothing by itself; this does. It must never refuse what a corpus would hold.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use ::parquet::errors::ParquetError;

use crate::corpus::{Fault, Limits};

/// Values a file of any size may declare, nulls included: a small file of equal values, or of none, is honest. Each is
/// looked at by itself and most are handed out, so this is also how many members a few bytes may become.
const FREE_VALUES: u64 = 1 << 17;
/// Beyond them, the most values for each byte of the file. A row of a corpus holds a picture, or at least an address or a
/// key, so tens of bytes; the columns read of it are a few, and most of those may be empty or equal in all rows.
const VALUES_PER_BYTE: u64 = 4;
/// Bytes a file of any size may have unpacked and handed out: ten thousand copies of one placeholder of 50 KB, which a
/// dictionary holds once. Beyond them the ratio of [`Limits`] holds for the whole file, as it does for each page.
const FREE_BYTES: u64 = 512 << 20;

/// Why a piece of a file is not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// It asks for more than an honest file would.
    #[error("{0}")]
    Beyond(String),
    /// It contradicts itself.
    #[error("{0}")]
    Damaged(&'static str),
}

impl From<Refusal> for ParquetError {
    fn from(refusal: Refusal) -> Self {
        Self::External(Box::new(refusal))
    }
}

/// What an error of the parquet reader means, and more of it if it is ours.
pub(super) fn fault_of(error: &ParquetError) -> (Fault, Option<String>) {
    let refusal = refusal_of(error);
    let fault = match refusal {
        Some(Refusal::Beyond(_)) => Fault::Bomb,
        _ => Fault::Damaged,
    };
    (fault, refusal.map(Refusal::to_string))
}

fn refusal_of(error: &ParquetError) -> Option<&Refusal> {
    let ParquetError::External(error) = error else { return None };
    // A header is refused while it is read.
    match error.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref()?.downcast_ref::<ParquetError>().and_then(refusal_of),
        None => error.downcast_ref(),
    }
}

/// What is left of the work one reading of a file may take.
#[derive(Debug)]
pub(super) struct Budget {
    values: AtomicU64,
    bytes: AtomicU64,
}

impl Budget {
    pub(super) fn of(file_size: u64) -> Self {
        let values = FREE_VALUES.saturating_add(file_size.saturating_mul(VALUES_PER_BYTE));
        let expansion = Limits::default().expansion;
        let bytes = FREE_BYTES.saturating_add(file_size.saturating_mul(expansion));
        Self { values: AtomicU64::new(values), bytes: AtomicU64::new(bytes) }
    }

    /// Takes so many values of a page. What is refused is not taken, so that an honest page may follow.
    pub(super) fn values(&self, count: u64) -> Result<(), Refusal> {
        take(&self.values, count)
            .map_err(|left| Refusal::Beyond(format!("a page of {count} values, with {left} left")))
    }

    /// Takes so many bytes to read, unpack or hand out.
    pub(super) fn bytes(&self, count: u64) -> Result<(), Refusal> {
        take(&self.bytes, count)
            .map_err(|left| Refusal::Beyond(format!("{count} bytes more, with {left} left")))
    }

    #[cfg(test)]
    pub(super) const fn with(values: u64, bytes: u64) -> Self {
        Self { values: AtomicU64::new(values), bytes: AtomicU64::new(bytes) }
    }

    /// Values and bytes left.
    #[cfg(test)]
    pub(super) fn left(&self) -> (u64, u64) {
        (self.values.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }
}

fn take(left: &AtomicU64, count: u64) -> Result<(), u64> {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(count))
        .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_not_taken() {
        let budget = Budget::of(1000);
        let (values, bytes) = budget.left();
        assert_eq!((values, bytes), (FREE_VALUES + 4000, FREE_BYTES + 200_000));
        assert!(matches!(budget.values(values + 1), Err(Refusal::Beyond(_))));
        budget.values(values).unwrap();
        assert!(budget.values(1).is_err());
        budget.bytes(bytes).unwrap();
        assert!(budget.bytes(1).is_err());
        assert_eq!(budget.left(), (0, 0));
    }
}
