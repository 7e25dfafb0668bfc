//! The parent side of the courier: starts the one program with a network client, for one host and one run, and hands it
//! one request after another.
//!
//! Originals pass from the vault into its pipe chunk by chunk and are wiped behind it. It must never let one reach a
//! file, and never believe the courier about more than the bytes of an answer.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use casement_courier::{Ask, Failure, Head, Opening, decode, encode, length};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;

use crate::airlock::UntrustedBytes;
use crate::error::{Error, Result};
use crate::vault::Vault;

use super::answer::Told;

/// Name of the program, beside the one that runs.
const PROGRAM: &str = "casement-courier";
/// Chunks of an original that are in memory at a time.
const CHUNKS: usize = 2;

/// The body of a request.
pub(super) enum Load {
    None,
    Document(Vec<u8>),
    /// An original.
    File {
        vault: Arc<Vault>,
        blake3: [u8; 32],
        bytes: u64,
    },
}

/// Couriers for one run: one at a time, started anew when it is gone.
pub(super) struct Courier {
    program: PathBuf,
    opening: Opening,
    running: Option<Running>,
}

struct Running {
    // Held so that the process ends with it.
    _child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

/// Why no request left.
enum Cut {
    /// The courier, or its pipe, is gone.
    Gone,
    /// The original cannot be read from the vault.
    Here(Error),
}

impl Courier {
    /// For the place and the login in the opening.
    pub(super) fn new(opening: Opening) -> Result<Self> {
        Ok(Self { program: locate()?, opening, running: None })
    }

    /// Asks once. An error means that something here failed; what the hotline or the way to it did is in what is told.
    pub(super) async fn ask(
        &mut self,
        ask: &Ask,
        load: Load,
        sent: &(dyn Fn(u64) + Sync),
    ) -> Result<Told> {
        if self.running.is_none() {
            self.running = Some(start(&self.program, &self.opening).await?);
        }
        let Some(running) = self.running.as_mut() else {
            return Ok(Told::Failed(Failure::Courier));
        };
        match exchange(running, ask, load, sent).await {
            Ok(told) => Ok(told),
            Err(cut) => {
                // Its pipe is out of step: it is ended, and with it the request that it may be in.
                self.running = None;
                match cut {
                    Cut::Gone => Ok(Told::Failed(Failure::Courier)),
                    Cut::Here(error) => Err(error),
                }
            }
        }
    }
}

/// Beside the running program, or one folder up, where a test runs. Debug builds look at `CASEMENT_COURIER` first; a
/// release never lets its environment name the program that is given a password.
fn locate() -> Result<PathBuf> {
    #[cfg(debug_assertions)]
    if let Some(path) = std::env::var_os("CASEMENT_COURIER") {
        return Ok(path.into());
    }
    let here = std::env::current_exe()?;
    let beside = here.ancestors().skip(1).take(2).map(|folder| folder.join(PROGRAM));
    beside.into_iter().find(|program| program.is_file()).ok_or_else(absent)
}

fn absent() -> Error {
    Error::machine(
        "SUBMIT-10",
        "The courier could not be started. Check that casement-courier is installed beside Casement, and that this machine can confine it.",
    )
}

/// A child that knows nothing: no environment, so no proxy either, no terminal, no folder, nothing but its two pipes.
#[expect(clippy::disallowed_methods, reason = "the one place that starts the courier")]
async fn start(program: &PathBuf, opening: &Opening) -> Result<Running> {
    let mut child = Command::new(program)
        .env_clear()
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| absent().caused_by(error))?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(absent());
    };
    let frame = encode(opening).map_err(|error| absent().caused_by(error))?;
    input.write_all(&frame).await.map_err(|error| absent().caused_by(error))?;
    Ok(Running { _child: child, input, output })
}

/// Feeds and reads at the same time: a hotline may answer before it has taken everything.
async fn exchange(
    running: &mut Running,
    ask: &Ask,
    load: Load,
    sent: &(dyn Fn(u64) + Sync),
) -> Result<Told, Cut> {
    let frame = encode(ask).map_err(|_| Cut::Gone)?;
    let Running { input, output, .. } = running;
    let feed = async {
        input.write_all(&frame).await.map_err(|_| Cut::Gone)?;
        match load {
            Load::None => {}
            Load::Document(bytes) => input.write_all(&bytes).await.map_err(|_| Cut::Gone)?,
            Load::File { vault, blake3, bytes } => {
                pour(input, vault, blake3, bytes, sent).await?;
            }
        }
        input.flush().await.map_err(|_| Cut::Gone)
    };
    let ((), told) = tokio::try_join!(feed, receive(output, ask.most()))?;
    Ok(told)
}

/// An original, from the vault into the pipe. What came out must be the item, in its length, or the request is cut off.
async fn pour(
    input: &mut ChildStdin,
    vault: Arc<Vault>,
    blake3: [u8; 32],
    bytes: u64,
    sent: &(dyn Fn(u64) + Sync),
) -> Result<(), Cut> {
    let (give, mut take) = mpsc::channel::<UntrustedBytes>(CHUNKS);
    let reader = tokio::task::spawn_blocking(move || {
        vault.pour(&blake3, |chunk| give.blocking_send(chunk).is_ok())
    });
    let mut done = 0;
    // One chunk is held back: the hotline sees the end of a file only once the whole of it is known to be the item.
    let mut held: Option<UntrustedBytes> = None;
    while let Some(chunk) = take.recv().await {
        if let Some(before) = held.replace(chunk) {
            done += before.len();
            input.write_all(before.for_courier()).await.map_err(|_| Cut::Gone)?;
            sent(done);
        }
    }
    let poured = reader.await.map_err(|_| Cut::Gone)?.map_err(Cut::Here)?;
    if poured != bytes {
        return Err(Cut::Here(Error::store(
            "VAULT-04",
            "The sealed original of an item has another length than the store says. Run casectl verify.",
        )));
    }
    if let Some(last) = held {
        done += last.len();
        input.write_all(last.for_courier()).await.map_err(|_| Cut::Gone)?;
        sent(done);
    }
    Ok(())
}

async fn receive(output: &mut ChildStdout, most: u64) -> Result<Told, Cut> {
    let mut first = [0; 4];
    output.read_exact(&mut first).await.map_err(|_| Cut::Gone)?;
    let mut json = vec![0; length(first).map_err(|_| Cut::Gone)?];
    output.read_exact(&mut json).await.map_err(|_| Cut::Gone)?;
    let head: Head = decode(&json).map_err(|_| Cut::Gone)?;
    let bytes = usize::try_from(head.body()).ok().filter(|_| head.body() <= most);
    let mut body = vec![0; bytes.ok_or(Cut::Gone)?];
    output.read_exact(&mut body).await.map_err(|_| Cut::Gone)?;
    Ok(match head {
        Head::Answered { status, request_id, .. } => Told::Answered { status, request_id, body },
        Head::Failed { failure } => Told::Failed(failure),
    })
}
