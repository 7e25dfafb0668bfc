//! The typesetter: reads the pages of a report as JSON from standard input and writes a PDF to standard output.
//!
//! It must never open a file, fetch a font or a package, read its environment, or say more than an exit code when it
//! cannot: its input holds other people's words.

mod letters;
mod limits;
mod world;

use std::io::{Read, Write};
use std::process::ExitCode;

use casement_print::{MAX_JSON, Pages, exit};

fn main() -> ExitCode {
    // Its message could carry a piece of the input.
    std::panic::set_hook(Box::new(|_| std::process::exit(i32::from(exit::NOT_SET))));
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(code) => ExitCode::from(code),
    }
}

fn run() -> Result<(), u8> {
    limits::set().map_err(|_| exit::NOT_LIMITED)?;
    let mut json = Vec::new();
    let most = u64::try_from(MAX_JSON).unwrap_or(u64::MAX);
    std::io::stdin()
        .lock()
        .take(most.saturating_add(1))
        .read_to_end(&mut json)
        .map_err(|_| exit::BAD_INPUT)?;
    if json.len() > MAX_JSON {
        return Err(exit::TOO_LARGE);
    }
    let pages: Pages = serde_json::from_slice(&json).map_err(|_| exit::BAD_INPUT)?;
    drop(json);
    let pdf = world::pdf(pages).ok_or(exit::NOT_SET)?;
    let mut out = std::io::stdout().lock();
    out.write_all(&pdf).and_then(|()| out.flush()).map_err(|_| exit::NOT_WRITTEN)
}
