//! Passphrases, from the environment or from the terminal without an echo.
//!
//! It must never take one from an argument, print one, or ask on a terminal that would show it.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};

use casement_core::account::keyring::Passphrase;
use casement_core::{Error, Result};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

const OWN: &str = "CASEMENT_PASSPHRASE";
const NEW: &str = "CASEMENT_NEW_PASSPHRASE";
const HOTLINE: &str = "CASEMENT_HOTLINE_PASSWORD";

/// Of the account that acts.
pub(crate) fn own(name: &str) -> Result<Passphrase> {
    match std::env::var(OWN) {
        Ok(text) => Ok(Passphrase::new(text)),
        Err(_) => ask(&format!("Passphrase of {name}: "), OWN),
    }
}

/// Of the first account, which is made and acts.
pub(crate) fn first(name: &str) -> Result<Passphrase> {
    chosen(name, OWN)
}

/// The password that a hotline gave to a user.
pub(crate) fn hotline(user: &str) -> Result<Zeroizing<String>> {
    match std::env::var(HOTLINE) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(_) => read(&format!("Password of {user} at the hotline: "), HOTLINE),
    }
}

/// Of an account that is being added.
pub(crate) fn new(name: &str) -> Result<Passphrase> {
    chosen(name, NEW)
}

fn chosen(name: &str, variable: &'static str) -> Result<Passphrase> {
    if let Ok(text) = std::env::var(variable) {
        return Ok(Passphrase::new(text));
    }
    let first = read(&format!("New passphrase of {name}: "), variable)?;
    let again = read("The same again: ", variable)?;
    if *first != *again {
        return Err(Error::usage("PASS-02", "The two passphrases differ. Nothing was changed."));
    }
    Ok(Passphrase::new(first.to_string()))
}

fn ask(prompt: &str, variable: &'static str) -> Result<Passphrase> {
    Ok(Passphrase::new(read(prompt, variable)?.to_string()))
}

fn read(prompt: &str, variable: &'static str) -> Result<Zeroizing<String>> {
    let nobody =
        || Error::usage("PASS-01", format!("There is no terminal to ask on. Set {variable}."));
    let terminal = File::options()
        .read(true)
        .write(true)
        .open("/dev/tty")
        .map_err(|error| nobody().caused_by(error))?;
    let quiet = Quiet::begin(&terminal).map_err(|error| nobody().caused_by(error))?;
    write!(&terminal, "{prompt}")?;
    let mut line = Zeroizing::new(String::new());
    BufReader::new(&terminal).read_line(&mut line)?;
    drop(quiet);
    writeln!(&terminal)?;
    let length = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(length);
    Ok(line)
}

/// A terminal that does not echo, until it is dropped.
struct Quiet<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Quiet<'a> {
    fn begin(terminal: &'a File) -> rustix::io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // The terminal is gone when this fails.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}
