//! The courier: carries one run's requests to the one host it was opened for, and brings back what was answered.
//!
//! It must never follow a redirect, take a proxy from its environment, write a file, log, print, or repeat a request by
//! itself: whether something is asked again is for its parent to decide.

mod client;
mod confine;
mod form;

use std::io::{self, Read, Write};
use std::process::ExitCode;

use casement_courier::{Ask, Head, Opening, exit, read, write};

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|_| std::process::exit(i32::from(exit::CRASHED))));
    ExitCode::from(run().err().unwrap_or(exit::OK))
}

fn run() -> Result<(), u8> {
    confine::begin().map_err(|_| exit::NOT_CONFINED)?;
    let mut input = io::stdin().lock();
    let opening: Opening =
        read(&mut input).map_err(|_| exit::BAD_REQUEST)?.ok_or(exit::BAD_REQUEST)?;
    // The port is known now, and nothing has been sent.
    confine::withdraw_rights(opening.port).map_err(|_| exit::NOT_CONFINED)?;
    let client = client::Client::new(&opening).map_err(|_| exit::BAD_REQUEST)?;
    drop(opening);
    let mut output = io::stdout().lock();
    while let Some(ask) = read::<Ask>(&mut input).map_err(|_| exit::BAD_REQUEST)? {
        let mut body = Body { input: &mut input, left: ask.body() };
        let answer = client.call(&ask, &mut body);
        // A hotline may answer before it has taken the whole body; the next frame stands after it.
        body.skip().map_err(|_| exit::BAD_REQUEST)?;
        let (head, bytes) = match answer {
            Ok(answer) => {
                let bytes = answer.body.len() as u64;
                let (status, request_id) = (answer.status, answer.request_id);
                (Head::Answered { status, request_id, bytes }, answer.body)
            }
            Err(failure) => (Head::Failed { failure }, Vec::new()),
        };
        let said = write(&mut output, &head).is_ok()
            && output.write_all(&bytes).is_ok()
            && output.flush().is_ok();
        if !said {
            return Err(exit::BAD_REQUEST);
        }
    }
    Ok(())
}

/// The body of one ask, from the pipe. Its early end is an error, so that a request cut off by the parent's death is cut
/// off at the hotline as well.
struct Body<'a, R> {
    input: &'a mut R,
    left: u64,
}

impl<R: Read> Body<'_, R> {
    fn skip(&mut self) -> io::Result<()> {
        io::copy(self, &mut io::sink()).map(drop)
    }
}

impl<R: Read> Read for Body<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.input.read(buffer.get_mut(..most).unwrap_or_default())?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        Ok(read)
    }
}
