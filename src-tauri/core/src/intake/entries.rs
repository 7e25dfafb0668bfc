//! What a file of finds yields, entry by entry, whatever it is written in: the one thing that a batch is made from.
//!
//! It must never hold more than one entry of the file.

use std::io::BufRead;
use std::sync::Arc;

use time::OffsetDateTime;

use super::check::{self, LineError};
use super::find::Find;
use super::source::Source;
use crate::error::Result;

/// One line, row or element of a file.
pub(super) struct Entry {
    /// The number of its line, or of its element in a document, from 1.
    pub(super) ordinal: u64,
    pub(super) finds: Vec<Result<Taken, LineError>>,
    /// Responses in it that named no match.
    pub(super) unmatched: u64,
}

/// A good find, and what is kept beside it.
pub(super) struct Taken {
    pub(super) find: Find,
    /// The find as it is kept: for `find/v1` the line itself.
    pub(super) record: String,
    /// Path of the bytes below the folder given, where it is not told by the find.
    pub(super) file: Option<String>,
    pub(super) raw: Option<Arc<Raw>>,
}

/// A vendor's response as delivered.
pub(super) struct Raw {
    pub(super) sha256: [u8; 32],
    pub(super) body: Vec<u8>,
}

/// A file of finds, pulled entry by entry.
pub(super) trait Entries: Send {
    /// The next entry, or `None` at the end. An error is one of reading: the import ends.
    fn next(&mut self, now: OffsetDateTime) -> Result<Option<Entry>>;

    /// Number of the last line, row or element read.
    fn ordinal(&self) -> u64;

    /// Bytes read so far.
    fn bytes(&self) -> u64;

    /// BLAKE3 of everything read.
    fn digest(&self) -> String;
}

/// JSON Lines of `find/v1`.
pub(super) struct Lines<R> {
    source: Source<R>,
    line: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(from: R) -> Self {
        Self { source: Source::new(from), line: 0 }
    }
}

impl<R: BufRead + Send> Entries for Lines<R> {
    fn next(&mut self, now: OffsetDateTime) -> Result<Option<Entry>> {
        let mut buffer = Vec::new();
        while self.source.line(&mut buffer)? {
            self.line += 1;
            let text = buffer.trim_ascii();
            if text.is_empty() {
                continue;
            }
            let taken = check::read_line(&buffer, now).map(|find| Taken {
                find,
                record: String::from_utf8_lossy(text).into_owned(),
                file: None,
                raw: None,
            });
            return Ok(Some(Entry { ordinal: self.line, finds: vec![taken], unmatched: 0 }));
        }
        Ok(None)
    }

    fn ordinal(&self) -> u64 {
        self.line
    }

    fn bytes(&self) -> u64 {
        self.source.bytes()
    }

    fn digest(&self) -> String {
        self.source.digest()
    }
}
