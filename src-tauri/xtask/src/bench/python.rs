//! The Python that peers run in: a virtual environment in the target folder, with pinned packages.
//! Never more in it than a measurement that was asked for needs.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::place::Place;
use crate::{setup, shell};

// The peers' versions, so that figures of two runs can be compared.
pub(super) const PILLOW: &str = "pillow==13.0.0";
pub(super) const NUMPY: &str = "numpy==2.4.6";
pub(super) const PDQHASH: &str = "pdqhash==0.2.8";
pub(super) const FAISS: &str = "faiss-cpu==1.15.1";

/// A Python of this checkout with these packages in it.
pub(super) fn with(place: &Place, packages: &[&str]) -> Result<PathBuf> {
    let venv = place.target.join("bench-venv");
    let python = venv.join("bin/python");
    let stamp = venv.join("installed");
    let mut installed = fs::read_to_string(&stamp).unwrap_or_default();
    if !python.is_file() || installed.is_empty() {
        setup::system(&[setup::Need::PythonVenv])?;
        shell::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
        installed.clear();
    }
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|package| !installed.lines().any(|l| l == *package))
        .collect();
    if !missing.is_empty() {
        // pdqhash is published as source alone, and is built by the C++ compiler of this machine.
        let install = ["-m", "pip", "install", "--quiet", "--only-binary=:all:"];
        let built = "--no-binary=pdqhash";
        shell::run(Command::new(&python).args(install).arg(built).args(&missing))?;
        for package in missing {
            installed.push_str(package);
            installed.push('\n');
        }
        fs::write(stamp, installed)?;
    }
    Ok(python)
}
