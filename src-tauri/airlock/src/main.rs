//! The airlock: reads one picture it does not trust from standard input and writes at most `k` × `k` averages of it to
//! standard output. It confines itself before it reads, and says nothing but an exit code when it cannot answer.
//!
//! It must never open a file, reach the network, start a thread or another program, read its environment, or print.

mod average;
mod confine;
mod decode;
mod probe;

use std::io::{Read, Write};

use casement_airlock::{PROBE_ARGUMENT, Probe, Reply, Request, exit};

fn main() {
    std::panic::set_hook(Box::new(|_| confine::leave(exit::CRASHED)));
    let mut arguments = std::env::args().skip(1);
    let probe = match (arguments.next().as_deref(), arguments.next().as_deref()) {
        (None, _) => None,
        (Some(PROBE_ARGUMENT), Some(name)) => match Probe::named(name) {
            Some(probe) => Some(probe),
            None => confine::leave(exit::BAD_REQUEST),
        },
        _ => confine::leave(exit::BAD_REQUEST),
    };
    if confine::confine().is_err() {
        confine::leave(exit::NOT_CONFINED);
    }
    confine::leave(match probe {
        Some(probe) => probe::attempt(probe),
        None => answer().map_or_else(|code| code, |()| exit::OK),
    })
}

/// One request, one answer.
fn answer() -> Result<(), u8> {
    let (request, file) = read_request().ok_or(exit::BAD_REQUEST)?;
    let picture = decode::decode(&file, &request).map_err(|refusal| match refusal {
        decode::Refusal::NotDecodable => exit::NOT_DECODABLE,
        decode::Refusal::TooLarge => exit::TOO_LARGE,
    })?;
    let reply = Reply::new(&request, picture.width, picture.height, picture.damaged)
        .map_err(|_| exit::TOO_LARGE)?;
    let mut out = std::io::stdout().lock();
    out.write_all(&reply.encode())
        .and_then(|()| out.write_all(&picture.samples))
        .and_then(|()| out.flush())
        .map_err(|_| exit::BAD_REQUEST)
}

/// The header, exactly the bytes it announces, and the end of input.
fn read_request() -> Option<(Request, Vec<u8>)> {
    let mut input = std::io::stdin().lock();
    let mut untrusted_header = [0; Request::HEADER];
    input.read_exact(&mut untrusted_header).ok()?;
    let request = Request::decode(&untrusted_header).ok()?;
    let length = usize::try_from(request.length()).ok()?;
    let mut file = Vec::with_capacity(length);
    // One byte more than announced, so that a longer input is noticed.
    input.take(request.length() + 1).read_to_end(&mut file).ok()?;
    (file.len() == length).then_some((request, file))
}
