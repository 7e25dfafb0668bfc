//! The airlock: reads pictures it does not trust from standard input and writes to standard output at most `k` × `k`
//! averages of one, or, started with another argument, one perceptual hash for each. It confines itself before it reads,
//! and says nothing but an exit code when it cannot answer.
//!
//! It must never open a file, reach the network, start a thread or another program, read its environment, or print.

mod average;
mod confine;
mod decode;
mod hash;
mod pdq;
mod probe;
mod tent;
mod view;

use casement_airlock::{PROBE_ARGUMENT, Probe, exit, hashing};

/// What one process does. Settled before it reads; nothing it reads can change it.
enum Work {
    View,
    Hash,
    Probe(Probe),
}

fn main() {
    std::panic::set_hook(Box::new(|_| confine::leave(exit::CRASHED)));
    let mut arguments = std::env::args().skip(1).peekable();
    let many = arguments.next_if(|argument| argument == hashing::ARGUMENT).is_some();
    let work = match (arguments.next().as_deref(), arguments.next(), arguments.next()) {
        (None, ..) if many => Work::Hash,
        (None, ..) => Work::View,
        (Some(PROBE_ARGUMENT), Some(name), None) => match Probe::named(&name) {
            Some(probe) => Work::Probe(probe),
            None => confine::leave(exit::BAD_REQUEST),
        },
        _ => confine::leave(exit::BAD_REQUEST),
    };
    let seconds = if many { confine::SECONDS_OF_MANY } else { confine::SECONDS };
    if confine::confine(seconds).is_err() {
        confine::leave(exit::NOT_CONFINED);
    }
    let done = match work {
        Work::View => view::answer(),
        Work::Hash => hash::answer_all(),
        Work::Probe(probe) => Err(probe::attempt(probe)),
    };
    confine::leave(done.err().unwrap_or(exit::OK));
}
