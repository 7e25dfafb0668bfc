//! The parent side of the airlock: hands one picture nobody trusts to one confined process and takes back at most
//! `k` × `k` averages. It must never decode anything itself, believe a number the child sends, or let bytes of a
//! picture into an error, a log or a file.
//!
//! Probing a machine for confinement is in `probe`; processes that hash one file after another are in `hashing`.

mod hashing;
mod probe;

use std::ffi::OsStr;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use casement_airlock::{Reply, Request, Tone, exit};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::wire::Level;

pub use hashing::{Fingerprint, PdqWorker, Refusal};

/// Name of the program, beside the one that runs.
const PROGRAM: &str = "casement-airlock";
/// How long one picture may take, from the start of its process to its end.
const TIME: Duration = Duration::from_secs(8);

/// Samples along the long side that a level releases: the bound that defines it (design, rule 2).
pub const fn samples(level: Level) -> u32 {
    match level {
        Level::HashOnly => 0,
        Level::Mosaic => 16,
        Level::Strong => 32,
        Level::Soft => 96,
    }
}

/// The bytes of an original, opened, or a part of them. They can be made from anything and go two ways only: into the
/// airlock, of which nothing but [`Samples`] comes back, and into the courier's pipe, to the hotline that two persons
/// approved. No reading, printing, copying or serialising, and wiped when dropped. Sealing
/// originals anew for others never makes one: the vault does that in itself.
///
/// ```compile_fail
/// fn printed(bytes: casement_core::airlock::UntrustedBytes) -> String {
///     format!("{bytes:?}")
/// }
/// ```
/// ```compile_fail
/// fn copied(bytes: &casement_core::airlock::UntrustedBytes) -> casement_core::airlock::UntrustedBytes {
///     bytes.clone()
/// }
/// ```
pub struct UntrustedBytes(Zeroizing<Vec<u8>>);

impl UntrustedBytes {
    /// Takes charge of bytes. There is no way back.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// How many.
    pub(crate) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// The bytes, for the courier's pipe. `submission::courier` alone may call it, which a tidy test holds.
    pub(crate) fn for_courier(&self) -> &[u8] {
        &self.0
    }

    /// Their identity.
    pub(crate) fn blake3(&self) -> [u8; 32] {
        blake3::hash(&self.0).into()
    }
}

/// Averages of one picture, grey, as they came out of the airlock; wiped when dropped. Only `view::veil` reads them.
pub struct Samples {
    level: Level,
    reply: Reply,
    grey: Zeroizing<Vec<u8>>,
}

impl Samples {
    /// The level they were released for; never hash-only, which has none.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The file is truncated or corrupt, and what could not be read was filled with grey.
    pub fn damaged(&self) -> bool {
        self.reply.damaged()
    }

    /// Width and height of the picture in pixels, as the child says.
    pub fn picture_size(&self) -> (u32, u32) {
        (self.reply.width(), self.reply.height())
    }

    /// Samples across and down.
    pub fn size(&self) -> (usize, usize) {
        (usize::from(self.reply.across()), usize::from(self.reply.down()))
    }

    /// Row by row from the top left, across × down bytes.
    pub(crate) fn grey(&self) -> &[u8] {
        &self.grey
    }
}

/// Why a picture cannot be seen at any level. Says nothing about its content.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum AirlockError {
    #[error("Hash-only shows no picture. Ask for a level that does.")]
    HashOnly,
    #[error(
        "This file holds no bytes, or not the bytes of a picture in a format the airlock reads (PNG, JPEG, WebP, \
         GIF). It can be decided by its hash and its trail."
    )]
    NotDecodable,
    #[error(
        "This picture is larger than the airlock decodes (20 000 pixels a side, 100 million in all, 128 MiB). It can \
         be decided by its hash and its trail."
    )]
    TooLarge,
    #[error(
        "The decoder program could not be started. Check that casement-airlock is installed beside Casement, then run \
         casectl doctor."
    )]
    NotStarted,
    #[error(
        "The decoder failed on this picture and was ended. Nothing of it was shown. It can be decided by its hash and \
         its trail."
    )]
    Crashed,
    #[error(
        "The decoder tried something it is not allowed to do and was ended. The file may be built to attack it: \
         tell a supervisor, and do not open it elsewhere."
    )]
    Forbidden,
    #[error(
        "Decoding this picture took more time or memory than is allowed and was ended. It can be decided by its hash \
         and its trail."
    )]
    Limits,
    #[error(
        "The decoder's answer was not a valid one and was thrown away. Check that Casement and casement-airlock are \
         of the same version; if they are, the file may be built to attack it: tell a supervisor."
    )]
    Protocol,
    #[error(
        "This machine cannot confine the decoder, so no picture is opened on it. It needs Linux 5.19 or later with \
         Landlock and seccomp; casectl doctor says which part is missing."
    )]
    NotConfined,
}

impl AirlockError {
    /// The stable code, `VEIL-` and the exit code of the airlock where there is one.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::HashOnly => "VEIL-00",
            Self::NotDecodable => "VEIL-65",
            Self::TooLarge => "VEIL-66",
            Self::NotStarted => "VEIL-69",
            Self::Crashed => "VEIL-70",
            Self::Forbidden => "VEIL-71",
            Self::Limits => "VEIL-75",
            Self::Protocol => "VEIL-76",
            Self::NotConfined => "VEIL-78",
        }
    }
}

impl From<AirlockError> for Error {
    fn from(error: AirlockError) -> Self {
        let (code, message) = (error.code(), error.to_string());
        match error {
            AirlockError::NotStarted | AirlockError::NotConfined => Self::machine(code, message),
            AirlockError::HashOnly => Self::usage(code, message),
            _ => Self::refused(code, message),
        }
    }
}

/// Starts confined decoders, at most one per core at a time.
pub struct Airlock {
    program: PathBuf,
    places: Semaphore,
    time: Duration,
}

impl Airlock {
    /// With the program at this path; see [`Airlock::locate`].
    pub fn new(program: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { program, places: Semaphore::new(cores), time: TIME }
    }

    /// The same with another limit on the time of one picture.
    #[must_use]
    pub fn with_time(self, time: Duration) -> Self {
        Self { time, ..self }
    }

    /// Where the program is: beside the running one, or one folder up, where a test runs. Debug builds look at
    /// `CASEMENT_AIRLOCK` first; a release never lets its environment name the decoder.
    ///
    /// # Errors
    /// [`AirlockError::NotStarted`] when it is in neither place.
    pub fn locate() -> Result<PathBuf, AirlockError> {
        #[cfg(debug_assertions)]
        if let Some(path) = std::env::var_os("CASEMENT_AIRLOCK") {
            return Ok(path.into());
        }
        let here = std::env::current_exe().map_err(|_| AirlockError::NotStarted)?;
        here.ancestors()
            .skip(1)
            .take(2)
            .map(|folder| folder.join(PROGRAM))
            .find(|program| program.is_file())
            .ok_or(AirlockError::NotStarted)
    }

    /// The program in use.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Averages one picture to what `level` may release. The bytes are wiped when this returns, or when it is
    /// dropped before; the process never outlives it, nor the thread that started it.
    ///
    /// # Errors
    /// [`AirlockError`]; nothing of the picture is known then.
    pub async fn samples(
        &self,
        bytes: UntrustedBytes,
        level: Level,
    ) -> Result<Samples, AirlockError> {
        let k = u8::try_from(samples(level)).unwrap_or(0);
        if k == 0 {
            return Err(AirlockError::HashOnly);
        }
        let length = bytes.len();
        if length == 0 {
            return Err(AirlockError::NotDecodable);
        }
        let request = Request::new(k, Tone::Grey, length).map_err(|_| AirlockError::TooLarge)?;
        let _place = self.places.acquire().await.map_err(|_| AirlockError::NotStarted)?;
        let mut child = self.start(&[])?;
        match timeout(self.time, exchange(&mut child, &bytes, level, request)).await {
            Ok(answer) => answer,
            Err(_) => {
                // Kill and reap; the process has no children of its own to look after.
                let _ = child.kill().await;
                Err(AirlockError::Limits)
            }
        }
    }

    /// A child that knows nothing: no environment, no terminal, no folder, nothing inherited but its two pipes. Its
    /// diagnostics go nowhere, since a picture could have written them.
    #[expect(clippy::disallowed_methods, reason = "the one place that starts the airlock")]
    fn start(&self, arguments: &[&OsStr]) -> Result<Child, AirlockError> {
        Command::new(&self.program)
            .args(arguments)
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|_| AirlockError::NotStarted)
    }
}

/// Feeds and reads at the same time, since either pipe can fill up, and holds the answer against how the child ended.
async fn exchange(
    child: &mut Child,
    bytes: &UntrustedBytes,
    level: Level,
    request: Request,
) -> Result<Samples, AirlockError> {
    let (Some(mut stdin), Some(mut stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(AirlockError::NotStarted);
    };
    let mut feed = Box::pin(async move {
        stdin.write_all(&request.encode()).await?;
        stdin.write_all(&bytes.0).await
    });
    let mut receive = Box::pin(receive(&mut stdout, level, &request));
    let mut fed = None;
    let received = loop {
        tokio::select! {
            received = &mut receive => break received,
            done = &mut feed, if fed.is_none() => fed = Some(done.is_ok()),
        }
    };
    match received {
        // An answer before the whole picture was taken cannot be about it.
        Ok(samples) if fed == Some(true) => ended(child.wait().await).map(|()| samples),
        Err(Cut::Early) => {
            drop(feed);
            ended(child.wait().await)?;
            Err(AirlockError::Protocol)
        }
        Ok(_) | Err(Cut::Invalid) => {
            let _ = child.kill().await;
            Err(AirlockError::Protocol)
        }
    }
}

/// Why no answer was read.
#[derive(Debug, PartialEq, Eq)]
enum Cut {
    /// The child closed its output before the end of an answer: its exit code says why.
    Early,
    /// What it sent is no answer, or more than one.
    Invalid,
}

/// Reads one answer and the end of output. Reads at most the header, the samples that the request allows, and one
/// byte to see that there is no more.
async fn receive(
    untrusted: &mut (impl AsyncRead + Unpin),
    level: Level,
    request: &Request,
) -> Result<Samples, Cut> {
    let mut untrusted_header = [0; Reply::HEADER];
    untrusted.read_exact(&mut untrusted_header).await.map_err(|_| Cut::Early)?;
    let reply = Reply::decode(&untrusted_header, request).map_err(|_| Cut::Invalid)?;
    let mut grey = Zeroizing::new(vec![0; reply.sample_bytes()]);
    untrusted.read_exact(&mut grey).await.map_err(|_| Cut::Early)?;
    match untrusted.read(&mut [0]).await {
        Ok(0) => Ok(Samples { level, reply, grey }),
        _ => Err(Cut::Invalid),
    }
}

/// What the end of the child says.
fn ended(status: std::io::Result<ExitStatus>) -> Result<(), AirlockError> {
    const SIGKILL: i32 = 9;
    const SIGXCPU: i32 = 24;
    let status = status.map_err(|_| AirlockError::Crashed)?;
    match (status.code().and_then(|code| u8::try_from(code).ok()), status.signal()) {
        (Some(exit::OK), _) => Ok(()),
        (Some(exit::NOT_DECODABLE), _) => Err(AirlockError::NotDecodable),
        (Some(exit::TOO_LARGE), _) => Err(AirlockError::TooLarge),
        (Some(exit::LIMITS), _) | (_, Some(SIGXCPU | SIGKILL)) => Err(AirlockError::Limits),
        (Some(exit::NOT_CONFINED), _) => Err(AirlockError::NotConfined),
        (Some(exit::CRASHED), _) => Err(AirlockError::Crashed),
        (_, Some(probe::SIGSYS)) => Err(AirlockError::Forbidden),
        (_, Some(_)) => Err(AirlockError::Crashed),
        _ => Err(AirlockError::Protocol),
    }
}

#[cfg(test)]
mod tests;
