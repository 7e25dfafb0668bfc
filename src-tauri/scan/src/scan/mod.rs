//! The scan: shards in parallel, finds in the order of the shards, resumable at the next one.
//!
//! Memory is bounded by the number of threads: each holds at most one member of [`HELD`] bytes, and what waits for its turn
//! is spooled. It must never write a member's bytes anywhere but into quarantine, nor a find before all its bytes are there.

mod fetched;
mod journal;
mod lessen;
mod out;
mod quarantine;
mod run;
mod spool;
mod tell;
mod watch;
mod work;

use std::io::Write;
use std::path::PathBuf;

use casement_core::intake::Deposit;
use casement_core::intake::find::{Utc, VersionKind};
use serde::{Deserialize, Serialize};

pub use run::run;
pub use watch::{Progress, Watch};

use crate::corpus;
use crate::list::List;

/// How the scanner names itself in every find.
pub const NAME: &str = "casectl scan";

/// The largest member that is held in memory, in bytes. A larger one is digested as it streams by, is not compared by PDQ,
/// and is read a second time when it matches.
pub const HELD: u64 = 64 * 1024 * 1024;

/// What to scan, against what.
pub struct Scan {
    /// Files and folders.
    pub roots: Vec<PathBuf>,
    pub lists: Vec<List>,
    pub dataset: Dataset,
    /// Shards read at the same time.
    pub threads: usize,
    /// The decoder; needed when a list holds PDQ.
    pub airlock: Option<PathBuf>,
    /// SHA-256 of the running program, where it could be read.
    pub build_sha256: Option<String>,
}

/// What only the person who runs the scan knows of the dataset. What is absent is told as missing.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Dataset {
    /// The folder's name where it is not said.
    pub id: Option<String>,
    pub version: Option<(String, VersionKind)>,
    pub supplier: Option<String>,
    pub supplier_contact: Option<String>,
    pub obtained_at: Option<Utc>,
}

/// Where finds and bytes go.
pub enum Output {
    /// A file of finds, with its journal beside it, and a folder of bytes.
    Files {
        finds: PathBuf,
        bytes: PathBuf,
        /// Throw away what an earlier scan wrote to `finds`.
        restart: bool,
    },
    /// A stream of finds, which cannot be resumed, and a folder of bytes.
    Stream { finds: Box<dyn Write + Send>, bytes: PathBuf },
    /// A stream into an import, and its vault.
    Store {
        finds: Box<dyn Write + Send>,
        deposit: Deposit,
        /// For what waits for its turn, sealed.
        folder: PathBuf,
    },
}

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Members read to their end.
    pub members: u64,
    /// Their bytes, as they are inside the containers.
    pub bytes: u64,
    /// Members compared by PDQ.
    pub compared: u64,
    /// Pictures that have no PDQ: not compared, which is not "no match".
    pub not_comparable: u64,
    pub finds: u64,
    /// Everything that could not be read as it should.
    pub problems: u64,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.members += other.members;
        self.bytes += other.bytes;
        self.compared += other.compared;
        self.not_comparable += other.not_comparable;
        self.finds += other.finds;
        self.problems += other.problems;
    }
}

/// Something that could not be read as it should. It costs nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub code: String,
    /// Where, for the person who runs the scan; never for a log.
    pub place: String,
    pub message: String,
}

impl From<&corpus::Problem> for Trouble {
    fn from(problem: &corpus::Problem) -> Self {
        let message = match &problem.detail {
            Some(detail) => format!("{} ({detail})", problem.message()),
            None => problem.message().to_owned(),
        };
        Self { code: problem.code().to_owned(), place: problem.place(), message }
    }
}

/// How a scan ended.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    pub run_id: String,
    pub config_sha256: String,
    /// Stopped before its end; the same command goes on.
    pub stopped: bool,
    pub shards: u64,
    /// Shards that an earlier run had told.
    pub resumed: u64,
    #[serde(flatten)]
    pub counts: Counts,
    /// The first of them.
    pub troubles: Vec<Trouble>,
}
