//! `cargo xtask`: sets this machine up, runs the console, runs every check, takes the measurements.
//! Never needed by a built console, and never a place for a rule of the product.

mod bench;
mod demo;
mod display;
mod fuzz;
mod place;
mod run;
mod setup;
mod shell;
mod suite;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::place::Place;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set up, run, test and measure Casement.")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build the console and open it on a demo workspace; with no display, take the tour instead
    Run(run::Options),
    /// Run every check: format, rules, lints, tests, the interface, the real window
    Test(suite::Options),
    /// Measure against a peer or a floor taken in the same run
    Bench(bench::Options),
    /// Give every reader of untrusted files bytes that were made to break it
    Fuzz(fuzz::Options),
    /// Write the interface's types anew from core's wire types
    Bindings,
    /// Make the synthetic corpus, hash list and finds without opening anything
    Demo {
        /// An empty or missing folder
        dir: PathBuf,
    },
}

fn main() -> ExitCode {
    match perform(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(cli: Cli) -> Result<ExitCode> {
    let place = Place::find()?;
    match cli.verb {
        Verb::Run(options) => run::run(&place, &options),
        Verb::Test(options) => suite::test(&place, &options),
        Verb::Bench(options) => bench::bench(&place, &options),
        Verb::Fuzz(options) => fuzz::fuzz(&place, &options),
        Verb::Bindings => {
            suite::write_bindings(&place)?;
            Ok(ExitCode::SUCCESS)
        }
        Verb::Demo { dir } => {
            let demo = demo::make(&dir)?;
            println!("{} finds in {}", demo.count, demo.finds.display());
            Ok(ExitCode::SUCCESS)
        }
    }
}
