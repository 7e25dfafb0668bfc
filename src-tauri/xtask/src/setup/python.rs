//! Virtual environments of Python in the target folder, with pinned packages: peers to measure against, and verifiers that
//! nobody here wrote.
//! Never more in one than what it is for needs.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::{Need, system};
use crate::place::Place;
use crate::shell;

/// The verifiers that tests ask: of bags, of CASE documents, of signatures.
const ORACLES: [&str; 3] = ["bagit==1.9.0", "case-utils==0.18.0", "cryptography==50.0.2"];

/// The Python that holds the verifiers, whether or not it is there yet.
pub(crate) fn oracles_python(place: &Place) -> PathBuf {
    python_of(place, "oracles")
}

/// Makes sure that the verifiers are there.
pub(crate) fn oracles(place: &Place) -> Result<()> {
    venv(place, "oracles", &ORACLES, Some("bagit")).map(drop)
}

fn python_of(place: &Place, folder: &str) -> PathBuf {
    place.target.join(folder).join("bin/python")
}

/// A Python of this checkout with these packages in it; `built` is published as source alone, and is built by the compiler
/// of this machine.
pub(crate) fn venv(
    place: &Place,
    folder: &str,
    packages: &[&str],
    built: Option<&str>,
) -> Result<PathBuf> {
    let venv = place.target.join(folder);
    let python = python_of(place, folder);
    let stamp = venv.join("installed");
    let mut installed = fs::read_to_string(&stamp).unwrap_or_default();
    if !python.is_file() || installed.is_empty() {
        system(&[Need::PythonVenv])?;
        shell::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
        installed.clear();
    }
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|package| !installed.lines().any(|l| l == *package))
        .collect();
    if !missing.is_empty() {
        let mut install = Command::new(&python);
        install.args(["-m", "pip", "install", "--quiet", "--only-binary=:all:"]);
        install.args(built.map(|package| format!("--no-binary={package}")));
        shell::run(install.args(&missing))?;
        for package in missing {
            installed.push_str(package);
            installed.push('\n');
        }
        fs::write(stamp, installed)?;
    }
    Ok(python)
}
