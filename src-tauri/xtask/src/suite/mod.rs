//! `cargo xtask test`: every check there is, the quick ones first, one closing count.
//! A failed step never hides the steps after it, and nothing is left out without being named.

mod steps;
mod tally;

use std::collections::HashMap;
use std::fs;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::display::Display;
use crate::place::{Place, Profile};
use crate::{setup, shell};
use steps::{Action, STEPS, Step};
use tally::Tally;

#[derive(Args)]
pub(crate) struct Options {
    /// Run only the steps whose name is this or begins with it; may be given again
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Name the steps and end
    #[arg(long)]
    list: bool,
    /// Install cargo-deny if it is missing, so that its step cannot be left out (some minutes, once)
    #[arg(long)]
    with_deny: bool,
}

/// What every cargo build of this workspace selects. One selection, so that one set of built
/// dependencies serves `run`, `test` and the real window.
pub(crate) const SELECTION: [&str; 1] = ["--workspace"];

/// How a step ended.
enum End {
    Passed,
    Failed(String),
    LeftOut(&'static str),
}

/// Runs the chosen steps and prints the count.
pub(crate) fn test(place: &Place, options: &Options) -> Result<ExitCode> {
    if options.list {
        for step in &STEPS {
            println!("{:<10} {}", step.key, step.words);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let chosen: Vec<&Step> = STEPS.iter().filter(|step| is_chosen(step, &options.only)).collect();
    if let Some(unknown) = options
        .only
        .iter()
        .find(|name| !STEPS.iter().any(|step| step.key.starts_with(name.as_str())))
    {
        bail!("no step is called {unknown}; `cargo xtask test --list` names them");
    }
    let began = Instant::now();
    let mut times = Times::load(place)?;
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    let mut left_out = Vec::new();
    for (at, step) in chosen.iter().enumerate() {
        let head = format!("[{}/{}] {}", at + 1, chosen.len(), step.key);
        println!("\n{head}: {}{}", step.words, times.last(step.key));
        let start = Instant::now();
        let end = perform(place, step, options, &mut tally)?;
        let took = start.elapsed();
        match end {
            End::Passed => {
                println!("{head}: passed, {}", shell::spoken(took));
                times.note(step.key, took);
            }
            End::Failed(why) => {
                println!("{head}: FAILED after {}: {why}", shell::spoken(took));
                failures.push((step, why));
                if step.stops {
                    println!("The steps after this one cannot run without it.");
                    break;
                }
            }
            End::LeftOut(why) => {
                println!("{head}: left out, {why}");
                left_out.push((step.key, why));
            }
        }
    }
    times.save(place)?;
    println!("\n{} in all", shell::spoken(began.elapsed()));
    for (key, why) in left_out {
        println!("left out: {key}, {why}");
    }
    for (step, why) in &failures {
        println!("failed: {} ({why})", step.key);
        println!("  again: cargo xtask test --only {}", step.key);
        println!("  its output: {}", place.short(&place.target.join("logs").join(step.log())));
    }
    println!("casement: {} passed, {} failed", tally.passed, tally.failed);
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Rewrites the interface's types from core's wire types.
pub(crate) fn write_bindings(place: &Place) -> Result<()> {
    setup::system(&setup::Need::BUILD)?;
    let mut command =
        setup::cargo(place, &["test", "--package", "casement-tests", "--test", "bindings"]);
    shell::run(command.env("UPDATE_BINDINGS", "1"))
}

fn is_chosen(step: &Step, only: &[String]) -> bool {
    only.is_empty() || step.always || only.iter().any(|name| step.key.starts_with(name.as_str()))
}

fn perform(place: &Place, step: &Step, options: &Options, tally: &mut Tally) -> Result<End> {
    let before = tally.clone();
    let end = match &step.action {
        Action::SetUp => outcome(set_up(place, options)),
        Action::BuildUi => outcome(setup::build_ui(place)),
        Action::Npm(args) => follow(place, step, &mut setup::npm(place, args), tally)?,
        Action::Cargo(args) => {
            let mut command = setup::cargo(place, args);
            prepare(place, &mut command);
            if step.key == "docs" {
                command.env("RUSTDOCFLAGS", "-D warnings");
            }
            follow(place, step, &mut command, tally)?
        }
        Action::Windowed(args) => {
            let display = Display::start()?;
            let mut command = setup::cargo(place, args);
            prepare(place, &mut command);
            display.lend(&mut command);
            follow(place, step, &mut command, tally)?
        }
        Action::Deny(args) if setup::has_subcommand(place, "deny") => {
            follow(place, step, &mut setup::cargo(place, args), tally)?
        }
        Action::Deny(_) => {
            End::LeftOut("cargo-deny is not here; `cargo xtask test --with-deny` installs it")
        }
    };
    // A step that counts nothing itself is one check; a failed step never counts as all passed.
    match &end {
        End::Passed if tally.passed == before.passed => tally.passed += 1,
        End::Failed(_) if tally.failed == before.failed => tally.failed += 1,
        _ => {}
    }
    Ok(end)
}

fn outcome(result: Result<()>) -> End {
    match result {
        Ok(()) => End::Passed,
        Err(error) => End::Failed(format!("{error:#}")),
    }
}

fn follow(place: &Place, step: &Step, command: &mut Command, tally: &mut Tally) -> Result<End> {
    let logs = place.target.join("logs");
    fs::create_dir_all(&logs)?;
    let (content, said) = shell::follow(command, &logs.join(step.log()))?;
    said.iter().for_each(|line| tally.hear(line));
    Ok(if content { End::Passed } else { End::Failed("see the lines above".to_owned()) })
}

fn set_up(place: &Place, options: &Options) -> Result<()> {
    let mut needs = setup::Need::BUILD.to_vec();
    needs.extend(setup::Need::DRIVE);
    needs.extend([setup::Need::XmlLint, setup::Need::PdfToText]);
    setup::system(&needs)?;
    setup::install_ui(place)?;
    setup::oracles(place)?;
    if !setup::has_subcommand(place, "nextest") {
        setup::tool(place, &setup::NEXTEST)?;
    }
    setup::tool(place, &setup::DRIVER)?;
    if options.with_deny && !setup::has_subcommand(place, "deny") {
        setup::tool(place, &setup::DENY)?;
    }
    Ok(())
}

/// Tells tests where the programs are that they start.
pub(crate) fn prepare(place: &Place, command: &mut Command) {
    command
        .env("CASEMENT_BIN", place.program(Profile::Dev, "casement"))
        .env("CASECTL_BIN", place.program(Profile::Dev, "casectl"))
        .env("CASEMENT_AIRLOCK_BIN", place.program(Profile::Dev, "casement-airlock"))
        .env("CASEMENT_ORACLES", setup::oracles_python(place))
        .env("CASEMENT_PRINT_BIN", place.program(Profile::Dev, "casement-print"))
        .env("TAURI_DRIVER", place.tool("tauri-driver"));
}

/// How long each step took when it last passed, so that a wait can be judged.
struct Times(HashMap<String, u64>);

impl Times {
    fn load(place: &Place) -> Result<Self> {
        let text = fs::read_to_string(place.stamp("step-seconds")?).unwrap_or_default();
        let pairs = text.lines().filter_map(|line| line.split_once(' '));
        Ok(Self(pairs.filter_map(|(key, s)| Some((key.to_owned(), s.parse().ok()?))).collect()))
    }

    fn last(&self, key: &str) -> String {
        match self.0.get(key) {
            Some(&seconds) if seconds > 2 => {
                format!(" (last time {})", shell::spoken(Duration::from_secs(seconds)))
            }
            _ => String::new(),
        }
    }

    fn note(&mut self, key: &str, took: Duration) {
        self.0.insert(key.to_owned(), took.as_secs());
    }

    fn save(&self, place: &Place) -> Result<()> {
        let mut lines: Vec<String> = self.0.iter().map(|(key, s)| format!("{key} {s}\n")).collect();
        lines.sort();
        fs::write(place.stamp("step-seconds")?, lines.concat()).context("step times cannot be kept")
    }
}
