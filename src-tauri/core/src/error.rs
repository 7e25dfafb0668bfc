//! The one shape of failure: a stable code and sentences for a person.
//!
//! It must never carry content of evidence, a passphrase, or the text of a foreign error, which may hold either;
//! the foreign error stays in `source` for a debugger and is not displayed.

use crate::wire::WireError;

/// How a failure is to be taken; decides the exit code of `casectl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Asked for wrongly: exit code 2.
    Usage,
    /// A role, a claim, a policy or the state of a case forbids it: 3.
    Refused,
    /// The store is locked, damaged, full or of another version: 4.
    Store,
    /// This machine cannot do it (decoder not confinable, tool absent): 5.
    Machine,
}

/// What happened, to what, and what to do next.
#[derive(Debug, thiserror::Error)]
#[error("{message} [{code}]")]
pub struct Error {
    /// Stable, e.g. `CLAIM-03`.
    pub code: &'static str,
    pub kind: Kind,
    pub message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of every verb.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of the given kind.
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { code, kind, message: message.into(), source: None }
    }

    /// The request itself was wrong.
    pub fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, code, message)
    }

    /// A rule forbids it.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, code, message)
    }

    /// The store cannot be used as it is.
    pub fn store(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Store, code, message)
    }

    /// This machine cannot.
    pub fn machine(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Machine, code, message)
    }

    /// Keeps the cause for a debugger.
    #[must_use]
    pub fn caused_by(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl From<&Error> for WireError {
    fn from(error: &Error) -> Self {
        Self { code: error.code.to_owned(), message: error.message.clone() }
    }
}

impl From<Error> for WireError {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let primary = match &error {
            sqlx::Error::Database(database) => database
                .code()
                .and_then(|code| code.parse::<i32>().ok())
                .map(|extended| extended & 0xff),
            _ => None,
        };
        if matches!(error, sqlx::Error::PoolClosed) {
            return Self::store("UNLOCK-02", "The console is locked. Unlock it to go on.")
                .caused_by(error);
        }
        let known = match primary {
            Some(5 | 6) => Self::store(
                "STORE-05",
                "Another program is writing to this workspace. Nothing was changed. Try again in a moment.",
            ),
            Some(8) => Self::store(
                "STORE-06",
                "The workspace folder is read-only. Nothing was changed. Give this user write access to it.",
            ),
            Some(10) => Self::store(
                "STORE-07",
                "The disk refused to read or write. Nothing was half-done. Check the disk, then try again.",
            ),
            Some(11 | 26) => Self::store(
                "STORE-02",
                "The store file is damaged. Put back the newest backup beside it, or run casectl verify on a copy.",
            ),
            Some(13) => Self::store(
                "STORE-08",
                "The disk is full. Nothing was half-done. Free some space, then try again.",
            ),
            _ => Self::store(
                "STORE-00",
                "The store answered with an error it should not. Nothing was half-done. Run casectl verify.",
            ),
        };
        known.caused_by(error)
    }
}

/// The same mapping for a file beside the store.
impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        let known = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::store(
                "STORE-08",
                "The disk is full. Nothing was half-done. Free some space, then try again.",
            ),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::store(
                "STORE-06",
                "A file or folder is read-only for this user. Nothing was changed. Give write access to it.",
            ),
            ErrorKind::NotFound => Self::usage(
                "FILE-01",
                "A file or folder that was named is not there. Check the path.",
            ),
            _ => Self::store(
                "STORE-07",
                "The disk refused to read or write. Nothing was half-done. Check the disk, then try again.",
            ),
        };
        known.caused_by(error)
    }
}
