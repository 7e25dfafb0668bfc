//! The parent side of the typesetter: hands the pages of a report to one process and takes back a PDF.
//!
//! It must never set type itself, wait for ever, or let a word of the pages into an error or a log.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use casement_print::{MAX_JSON, Pages, exit};

use crate::error::Error;

/// Name of the program, beside the one that runs.
const PROGRAM: &str = "casement-print";
/// How long one report may take. A development build of the typesetter is some thirty times slower than a release.
const TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 600 } else { 120 });
/// How often a waiting parent looks.
const LOOK: Duration = Duration::from_millis(20);
/// Largest PDF taken back, in bytes.
const MAX_PDF: u64 = 64 * 1024 * 1024;

/// Why there is no PDF. Says nothing of what was to be set.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypesetError {
    #[error(
        "The typesetter could not be started, so there is no PDF and nothing was sealed. Check that casement-print is \
         installed beside Casement."
    )]
    NotStarted,
    #[error(
        "The pages of this report are longer than the typesetter takes. Nothing was sealed. Part the source, or tell \
         those who keep Casement."
    )]
    TooLarge,
    #[error(
        "The typesetter could not set this report and was ended. Nothing was sealed. Check that Casement and \
         casement-print are of the same version."
    )]
    NotSet,
    #[error(
        "Setting this report took more time or memory than is allowed and was ended. Nothing was sealed. Try again on \
         a machine with less to do."
    )]
    Limits,
}

impl TypesetError {
    /// Stable code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::NotStarted => "PDF-01",
            Self::TooLarge => "PDF-02",
            Self::NotSet => "PDF-03",
            Self::Limits => "PDF-04",
        }
    }
}

impl From<TypesetError> for Error {
    fn from(error: TypesetError) -> Self {
        Self::machine(error.code(), error.to_string())
    }
}

/// Whether the typesetter is there, looked for before the long work whose end it is.
pub(crate) fn check() -> Result<(), TypesetError> {
    locate().map(drop)
}

/// The pages as a PDF. Blocks until the typesetter has ended. The same pages give the same bytes.
pub(crate) fn pdf(pages: &Pages) -> Result<Vec<u8>, TypesetError> {
    let json = serde_json::to_vec(pages).map_err(|_| TypesetError::NotSet)?;
    if json.len() > MAX_JSON {
        return Err(TypesetError::TooLarge);
    }
    let mut child = start()?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(TypesetError::NotStarted);
    };
    // Both at once, since either pipe can fill up.
    let feed = std::thread::spawn(move || stdin.write_all(&json).is_ok());
    let take = std::thread::spawn(move || {
        let mut pdf = Vec::new();
        stdout.take(MAX_PDF + 1).read_to_end(&mut pdf).map(|_| pdf)
    });
    let status = ended(&mut child);
    let fed = joined(feed).unwrap_or(false);
    let pdf = joined(take).and_then(Result::ok);
    match status? {
        status if status.success() && fed => {
            let whole = |pdf: &Vec<u8>| pdf.len() as u64 <= MAX_PDF && pdf.starts_with(b"%PDF-");
            pdf.filter(whole).ok_or(TypesetError::NotSet)
        }
        status => Err(why(status)),
    }
}

fn joined<T>(thread: JoinHandle<T>) -> Option<T> {
    thread.join().ok()
}

/// A process that knows nothing: no environment, no folder, nothing but its two pipes. What it says goes nowhere.
#[expect(clippy::disallowed_methods, reason = "the one place that starts the typesetter")]
fn start() -> Result<Child, TypesetError> {
    Command::new(locate()?)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| TypesetError::NotStarted)
}

/// Where the program is: beside the running one, or one folder up, where a test runs. Debug builds look at
/// `CASEMENT_PRINT` first; a release never lets its environment name it.
fn locate() -> Result<PathBuf, TypesetError> {
    #[cfg(debug_assertions)]
    if let Some(path) = std::env::var_os("CASEMENT_PRINT") {
        return Some(PathBuf::from(path))
            .filter(|program| program.is_file())
            .ok_or(TypesetError::NotStarted);
    }
    let here = std::env::current_exe().map_err(|_| TypesetError::NotStarted)?;
    here.ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(PROGRAM))
        .find(|program| program.is_file())
        .ok_or(TypesetError::NotStarted)
}

/// Waits for the end of the process, and brings it about when it takes too long.
fn ended(child: &mut Child) -> Result<ExitStatus, TypesetError> {
    let mut waited = Duration::ZERO;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if waited < TIME => {
                std::thread::sleep(LOOK);
                waited += LOOK;
            }
            Ok(None) => {
                // Kill and reap; it has no children of its own to look after.
                let _ = child.kill();
                let _ = child.wait();
                return Err(TypesetError::Limits);
            }
            Err(_) => return Err(TypesetError::NotSet),
        }
    }
}

fn why(status: ExitStatus) -> TypesetError {
    match status.code().and_then(|code| u8::try_from(code).ok()) {
        Some(exit::TOO_LARGE) => TypesetError::TooLarge,
        Some(_) => TypesetError::NotSet,
        // Ended by a signal: its limits on time or memory.
        None => TypesetError::Limits,
    }
}
