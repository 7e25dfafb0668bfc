//! Verifiers that nobody here wrote, in a Python of their own that `cargo xtask test` sets up.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::casectl::programs;

/// The Python that has them.
pub fn python() -> PathBuf {
    let named = std::env::var_os("CASEMENT_ORACLES").map(PathBuf::from);
    let python = named.unwrap_or_else(|| programs().parent().unwrap().join("oracles/bin/python"));
    assert!(python.is_file(), "run `cargo xtask test --only set-up` first");
    python
}

/// Runs a script or a module of it.
pub fn ask(args: &[&str], more: &[&Path]) -> Output {
    Command::new(python())
        .args(args)
        .args(more)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap()
}

/// Everything it said.
pub fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&text).into_owned()
}
