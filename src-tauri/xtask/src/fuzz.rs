//! `cargo xtask fuzz`: every reader of untrusted files under libFuzzer with AddressSanitizer, each for a while.
//! What it finds stays in the target folder; the same readers run over random bytes in `cargo xtask test`.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::place::Place;
use crate::{setup, shell};

#[derive(Args)]
pub(crate) struct Options {
    /// Fuzz only the readers whose name is this; may be given again
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Seconds for each reader
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// Runs one reader after another and ends with failure if any of them crashed, hung or took too much memory.
pub(crate) fn fuzz(place: &Place, options: &Options) -> Result<ExitCode> {
    setup::system(&setup::Need::BUILD)?;
    setup::tool(place, &setup::FUZZ)?;
    let package = place.top.join("tests/fuzz");
    // Its own workspace, because its build is instrumented; the versions are those of the console.
    fs::copy(place.top.join("Cargo.lock"), package.join("Cargo.lock"))?;
    let mut targets = targets(&package)?;
    targets.retain(|name| options.only.is_empty() || options.only.contains(name));
    if targets.is_empty() {
        bail!("no reader is called that; tests/fuzz/targets names them");
    }
    let mut crashed = Vec::new();
    for name in &targets {
        println!("\n{name}: {} s", options.seconds);
        let found = folder(place, "found", name)?;
        let corpus = folder(place, "corpus", name)?;
        let mut command = setup::cargo(place, &["fuzz", "run", "--fuzz-dir"]);
        command.arg(&package).arg("--target-dir").arg(place.target.join("fuzz/build"));
        command.arg(name).arg(&corpus).arg(seeds(place, name));
        command.args(["--", "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1"]);
        command.arg(format!("-max_total_time={}", options.seconds));
        command.arg(format!("-artifact_prefix={}/", found.display()));
        // The sanitizer is an unstable flag of the stable compiler that this checkout uses anyway.
        command.env("RUSTC_BOOTSTRAP", "1");
        if shell::run(&mut command).is_err() {
            crashed.push(format!("{name}: {}", place.short(&found)));
        }
    }
    if crashed.is_empty() {
        println!("\n{} readers, nothing found", targets.len());
        return Ok(ExitCode::SUCCESS);
    }
    println!("\ninputs that break a reader:\n{}", crashed.join("\n"));
    Ok(ExitCode::FAILURE)
}

fn targets(package: &std::path::Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(package.join("targets")).context("tests/fuzz/targets is missing")? {
        let path = entry?.path();
        names.extend(path.file_stem().and_then(|stem| Some(stem.to_str()?.to_owned())));
    }
    names.sort();
    Ok(names)
}

fn folder(place: &Place, what: &str, name: &str) -> Result<PathBuf> {
    let dir = place.target.join("fuzz").join(what).join(name);
    fs::create_dir_all(&dir)?;
    Ok(dir)
}

/// Good files to begin with: the reader's own, else those of the corpora.
fn seeds(place: &Place, name: &str) -> PathBuf {
    let own = place.top.join("tests/fuzz/seeds").join(name);
    if own.is_dir() { own } else { place.top.join("src-tauri/scan/tests/fixtures/corpora/good") }
}
