//! Everything near a hash among a million: ours against faiss on the same queries over the same hashes.
//! Counts nothing unless what was found is the same to the last hit.

use std::process::Command;

use anyhow::Result;

use super::row::Row;
use super::{folder, python};
use crate::place::{Place, Profile};
use crate::shell;

/// Rows as the peer prints them, which reads what ours left.
pub(super) fn measure(place: &Place, quick: bool) -> Result<Vec<Row>> {
    let python = python::with(place, &[python::NUMPY, python::FAISS])?;
    let dir = folder(place)?;
    let mut ours = Command::new(place.program(Profile::Release, "examples").join("bench"));
    ours.arg("near").env("CASEMENT_BENCH_DIR", &dir);
    if quick {
        ours.arg("--quick");
    }
    shell::read(&mut ours)?;
    let script = place.top.join("src-tauri/xtask/src/bench/near.py");
    let said = shell::read(Command::new(python).arg(script).arg(dir))?;
    said.lines().filter(|line| !line.starts_with('{')).for_each(|line| println!("  {line}"));
    said.lines().filter_map(Row::parse).collect()
}
