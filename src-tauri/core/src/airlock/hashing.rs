//! Confined processes that answer PDQ hashes, each for one file after another: the parent side of
//! [`casement_airlock::hashing`]. For plain threads; nothing here needs a runtime.
//!
//! It must never hold an item's file against another item: a process that dies is replaced, and what it was working on
//! is asked once more of a fresh one before anything is said about it.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use casement_airlock::hashing::{ARGUMENT, Answer, Ask, Hashed, MAX_FILES, Refused};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::{Airlock, AirlockError, UntrustedBytes, ended};
use crate::hash::pdq::Pdq;

/// A pipe closes before its process is gone, by the time the kernel takes to tear it down.
const ENDING: Duration = Duration::from_millis(500);

/// The perceptual hash of one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    /// The hash.
    pub pdq: Pdq,
    /// How much the picture has to be told by, 0 to 100.
    pub quality: u8,
    /// Width of the picture in pixels as it is stored; orientation is not applied, as in the reference.
    pub width: u32,
    /// Height of the picture in pixels.
    pub height: u32,
    /// The file is truncated or corrupt; what could not be read was hashed as grey.
    pub damaged: bool,
}

/// Why a file has no fingerprint. Says nothing about its content; "not comparable", never "no match".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    #[error("not a picture in a format the airlock reads (PNG, JPEG, WebP, GIF), or too damaged")]
    NotAPicture,
    #[error("larger than the airlock decodes (20 000 pixels a side, 100 million in all, 128 MiB)")]
    TooLarge,
    #[error("decoding took too long and was ended")]
    Timeout,
    #[error("decoding took more memory or processor time than is allowed and was ended")]
    Limits,
    #[error("the decoder failed and was ended")]
    Crashed,
    #[error("the decoder tried something it is not allowed to do and was ended")]
    Forbidden,
    #[error("the decoder's answer was not a valid one and was thrown away")]
    Protocol,
    #[error(
        "the decoder could not be started, or could not confine itself; casectl doctor says why"
    )]
    Unavailable,
}

impl Refusal {
    /// A stable word for records and counts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAPicture => "not_a_picture",
            Self::TooLarge => "too_large",
            Self::Timeout => "timeout",
            Self::Limits => "limits",
            Self::Crashed => "crashed",
            Self::Forbidden => "forbidden",
            Self::Protocol => "protocol",
            Self::Unavailable => "unavailable",
        }
    }

    /// The machine's doing, not the file's: asking again elsewhere may succeed.
    pub const fn is_machines(self) -> bool {
        matches!(self, Self::Unavailable)
    }
}

impl From<AirlockError> for Refusal {
    fn from(error: AirlockError) -> Self {
        match error {
            AirlockError::HashOnly | AirlockError::Protocol => Self::Protocol,
            AirlockError::NotDecodable => Self::NotAPicture,
            AirlockError::TooLarge => Self::TooLarge,
            AirlockError::NotStarted | AirlockError::NotConfined => Self::Unavailable,
            AirlockError::Crashed => Self::Crashed,
            AirlockError::Forbidden => Self::Forbidden,
            AirlockError::Limits => Self::Limits,
        }
    }
}

/// One confined process at a time that hashes what it is handed. It is replaced after [`MAX_FILES`] files, after a
/// death, and after a file that took too long.
///
/// The kernel ends a process with the thread that started it. Moved to another thread after that thread's end, this
/// starts a fresh one by itself; nothing is lost but the milliseconds.
pub struct PdqWorker {
    program: PathBuf,
    time: Duration,
    process: Option<Process>,
}

struct Process {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    taken: u32,
}

/// How an exchange came to nothing.
enum Broken {
    /// Time is up.
    Late,
    /// The process closed a pipe: how it ended says why.
    Gone,
    /// What it wrote is no answer, or came before it had been asked.
    Invalid,
}

impl PdqWorker {
    /// Starts a process of this airlock and sees that it can confine itself and answer.
    ///
    /// # Errors
    /// [`AirlockError::NotStarted`], or [`AirlockError::NotConfined`] where this machine cannot confine it.
    pub fn start(airlock: &Airlock) -> Result<Self, AirlockError> {
        let mut worker =
            Self { program: airlock.program.clone(), time: airlock.time, process: None };
        // No picture, and told to be none by a process that is confined: it reads nothing before.
        match worker.exchange(&[0]) {
            Ok(Answer::Refused(Refused::NotDecodable)) => Ok(worker),
            Ok(_) => Err(AirlockError::Protocol),
            Err(error) => Err(error.into_airlock()),
        }
    }

    /// The perceptual hash of a file, which is copied nowhere but into the process.
    ///
    /// # Errors
    /// [`Refusal`]. The next call is answered whatever this one met.
    pub fn pdq(&mut self, bytes: &[u8]) -> Result<Fingerprint, Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::NotAPicture);
        }
        let fresh = self.process.is_none();
        let answer = match self.exchange(bytes) {
            Err(Failed::Died(_)) if !fresh => self.exchange(bytes),
            first => first,
        };
        match answer {
            Ok(Answer::Hashed(hashed)) => Ok(hashed.into()),
            Ok(Answer::Refused(Refused::NotDecodable)) => Err(Refusal::NotAPicture),
            Ok(Answer::Refused(Refused::TooLarge)) => Err(Refusal::TooLarge),
            Err(failed) => Err(failed.into_refusal()),
        }
    }

    /// The same of an original; its bytes are wiped when this returns.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn pdq_of(&mut self, bytes: UntrustedBytes) -> Result<Fingerprint, Refusal> {
        self.pdq(&bytes.0)
    }

    /// One file, one answer. A process that fails is ended and gone when this returns.
    fn exchange(&mut self, bytes: &[u8]) -> Result<Answer, Failed> {
        let ask = Ask::new(bytes.len() as u64).map_err(|_| Failed::TooLarge)?;
        if self.process.as_ref().is_some_and(|process| process.taken >= MAX_FILES) {
            self.process = None;
        }
        let mut process = match self.process.take() {
            Some(process) => process,
            None => Process::start(&self.program)?,
        };
        process.taken += 1;
        match process.exchange(&ask, bytes, Instant::now() + self.time) {
            Ok(answer) => {
                self.process = Some(process);
                Ok(answer)
            }
            Err(Broken::Late) => Err(Failed::Late),
            Err(Broken::Invalid) => Err(Failed::Died(AirlockError::Protocol)),
            Err(Broken::Gone) => Err(Failed::Died(process.why())),
        }
    }
}

/// Why there is no answer.
enum Failed {
    TooLarge,
    Late,
    NotStarted,
    Died(AirlockError),
}

impl Failed {
    fn into_airlock(self) -> AirlockError {
        match self {
            Self::TooLarge => AirlockError::TooLarge,
            Self::Late => AirlockError::Limits,
            Self::NotStarted => AirlockError::NotStarted,
            Self::Died(error) => error,
        }
    }

    fn into_refusal(self) -> Refusal {
        match self {
            Self::Late => Refusal::Timeout,
            other => other.into_airlock().into(),
        }
    }
}

impl Process {
    /// A child that knows nothing, as for a view, and whose pipes never make this thread wait unawares.
    #[expect(clippy::disallowed_methods, reason = "the other place that starts the airlock")]
    fn start(program: &std::path::Path) -> Result<Self, Failed> {
        let mut child = Command::new(program)
            .arg(ARGUMENT)
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| Failed::NotStarted)?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Failed::NotStarted);
        };
        let process = Self { child, stdin, stdout, taken: 0 };
        let no_wait = |end: &dyn AsFd| {
            let flags = fcntl_getfl(end.as_fd())?;
            fcntl_setfl(end.as_fd(), flags | OFlags::NONBLOCK)
        };
        no_wait(&process.stdin)
            .and_then(|()| no_wait(&process.stdout))
            .map_err(|_| Failed::NotStarted)?;
        Ok(process)
    }

    /// Writes the ask and the file, then reads one answer and sees that there is no more.
    fn exchange(&mut self, ask: &Ask, bytes: &[u8], until: Instant) -> Result<Answer, Broken> {
        self.sees_nothing_more()?;
        for mut part in [&ask.encode()[..], bytes] {
            while !part.is_empty() {
                match self.stdin.write(part) {
                    Ok(0) => return Err(Broken::Gone),
                    Ok(written) => part = part.get(written..).unwrap_or_default(),
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {
                        self.wait_to_write(until)?;
                    }
                    Err(_) => return Err(Broken::Gone),
                }
            }
        }
        let mut untrusted = [0; Answer::LENGTH];
        let mut filled = 0;
        while let Some(rest) = untrusted.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.stdout.read(rest) {
                Ok(0) => return Err(Broken::Gone),
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    wait(&mut [PollFd::new(&self.stdout, PollFlags::IN)], until)?;
                }
                Err(_) => return Err(Broken::Gone),
            }
        }
        self.sees_nothing_more()?;
        Answer::decode(&untrusted).map_err(|_| Broken::Invalid)
    }

    /// Waits until the process takes more. An answer before the whole file was taken cannot be about it.
    fn wait_to_write(&mut self, until: Instant) -> Result<(), Broken> {
        wait(
            &mut [
                PollFd::new(&self.stdin, PollFlags::OUT),
                PollFd::new(&self.stdout, PollFlags::IN),
            ],
            until,
        )?;
        self.sees_nothing_more()
    }

    /// Nothing stands in the pipe that nobody asked for.
    fn sees_nothing_more(&mut self) -> Result<(), Broken> {
        match self.stdout.read(&mut [0]) {
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) =>
            {
                Ok(())
            }
            Ok(0) => Err(Broken::Gone),
            Ok(_) => Err(Broken::Invalid),
            Err(_) => Err(Broken::Gone),
        }
    }

    /// How it ended, once a pipe is closed. One that closed a pipe and lives on is ended, and counts as failed.
    fn why(mut self) -> AirlockError {
        let ending = Pid::from_child(&self.child);
        if let Ok(ending) = pidfd_open(ending, PidfdFlags::empty()) {
            let _ = wait(&mut [PollFd::new(&ending, PollFlags::IN)], Instant::now() + ENDING);
        }
        match self.child.try_wait() {
            Ok(Some(status)) => ended(Ok(status)).err().unwrap_or(AirlockError::Protocol),
            _ => AirlockError::Crashed,
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already, or about to be; it has no children of its own to look after.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until one of these is ready or has been closed.
fn wait(ends: &mut [PollFd<'_>], until: Instant) -> Result<(), Broken> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Broken::Late);
        }
        let left = Timespec::try_from(left).map_err(|_| Broken::Late)?;
        match poll(ends, Some(&left)) {
            Ok(0) => return Err(Broken::Late),
            Err(rustix::io::Errno::INTR) => {}
            Ok(_) | Err(_) => return Ok(()),
        }
    }
}

impl From<Hashed> for Fingerprint {
    fn from(hashed: Hashed) -> Self {
        Self {
            pdq: Pdq::from_bytes(&hashed.hash),
            quality: hashed.quality,
            width: hashed.width,
            height: hashed.height,
            damaged: hashed.damaged,
        }
    }
}
