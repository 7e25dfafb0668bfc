//! `cargo xtask bench`: our time beside a peer's or a floor's, taken in the same run on the same data.
//! Prints ratios, because a time without its floor says more about the machine than about us.

mod digests;
mod near;
mod pdq;
mod python;
mod row;
mod veil;

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::display::Display;
use crate::place::{Place, Profile};
use crate::{setup, shell, suite};
use row::Row;

#[derive(Args)]
pub(crate) struct Options {
    /// Take only the measurements whose name is this or begins with it; may be given again
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Name the measurements and end
    #[arg(long)]
    list: bool,
    /// Fewer cases and repetitions: a glance, not a figure to quote
    #[arg(long)]
    quick: bool,
}

/// A measurement and who takes it.
struct Measurement {
    key: &'static str,
    words: &'static str,
    taken_by: TakenBy,
}

enum TakenBy {
    /// The example `bench` of casement-core, asked for this verb. It prints [`Row`]s as JSON Lines.
    Core(&'static str),
    /// The airlock's process against Pillow.
    Veil,
    /// The airlock's hashing process against PyPI `pdqhash`.
    Pdq,
    /// The example `bench` of casement-core against faiss.
    Near,
    /// The same against the tools that take one digest each.
    Digests,
    /// The ignored test `start` of casement-tests, which drives the real window. It prints [`Row`]s too.
    Window,
    /// The ignored test of `packaging` of casement-tests, which runs `casectl`. It prints [`Row`]s too.
    Packaging,
    /// The ignored test `million` of casement-tests, which runs `casectl`. It prints [`Row`]s too.
    Million,
}

const MEASUREMENTS: &[Measurement] = &[
    Measurement {
        key: "veil",
        words: "a 12 MP JPEG through the airlock's process, against Pillow",
        taken_by: TakenBy::Veil,
    },
    Measurement {
        key: "import",
        words: "finds with bytes, against the digests alone",
        taken_by: TakenBy::Core("import"),
    },
    Measurement {
        key: "queue",
        words: "next case and a page at 100,000 cases, against bare SQLite",
        taken_by: TakenBy::Core("queue"),
    },
    Measurement {
        key: "decide",
        words: "a decision with its ledger leaf, against the same transaction without",
        taken_by: TakenBy::Core("decide"),
    },
    Measurement {
        key: "pdq",
        words: "PDQ of varied pictures, against PyPI pdqhash: the same bits, and sooner",
        taken_by: TakenBy::Pdq,
    },
    Measurement {
        key: "near",
        words: "all hashes within 31 bits among a million, against faiss",
        taken_by: TakenBy::Near,
    },
    Measurement {
        key: "digests",
        words: "four digests of one tar, and a scan of it, against b3sum, sha256sum and md5sum",
        taken_by: TakenBy::Digests,
    },
    Measurement {
        key: "start",
        words: "cold start until the queue is shown, against the start of a process",
        taken_by: TakenBy::Window,
    },
    Measurement {
        key: "package",
        words: "10,000 confirmed cases in one package, against the same bytes as files",
        taken_by: TakenBy::Packaging,
    },
    Measurement {
        key: "million",
        words: "a million finds, once in peace and once killed twice; needs 40 GB of disk and an hour",
        taken_by: TakenBy::Million,
    },
];

/// Takes the chosen measurements and prints one table.
pub(crate) fn bench(place: &Place, options: &Options) -> Result<ExitCode> {
    if options.list {
        MEASUREMENTS.iter().for_each(|m| println!("{:<8} {}", m.key, m.words));
        return Ok(ExitCode::SUCCESS);
    }
    let chosen: Vec<&Measurement> = MEASUREMENTS.iter().filter(|m| is_chosen(m, options)).collect();
    if chosen.is_empty() {
        bail!("no measurement is called that; `cargo xtask bench --list` names them");
    }
    setup::system(&setup::Need::BUILD)?;
    println!("[1/{}] building with optimisation", chosen.len() + 1);
    build(place, &chosen)?;

    let mut rows = Vec::new();
    let mut failed = Vec::new();
    for (at, measurement) in chosen.iter().enumerate() {
        println!("\n[{}/{}] {}: {}", at + 2, chosen.len() + 1, measurement.key, measurement.words);
        match take(place, measurement, options.quick) {
            Ok(taken) => rows.extend(taken),
            Err(error) => {
                println!("  not taken: {error:#}");
                failed.push(measurement.key);
            }
        }
    }
    println!("\n{}", row::table(&rows));
    println!("{}", conditions(options.quick));
    for key in &failed {
        println!("not taken: {key}; again: cargo xtask bench --only {key}");
    }
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The million is taken only when asked for by name.
fn is_chosen(measurement: &Measurement, options: &Options) -> bool {
    (options.only.is_empty() && !matches!(measurement.taken_by, TakenBy::Million))
        || options.only.iter().any(|name| measurement.key.starts_with(name.as_str()))
}

fn build(place: &Place, chosen: &[&Measurement]) -> Result<()> {
    let mut args =
        vec!["build", "--locked", "--release", "--package", "casement-airlock", "--bins"];
    let by_core = |m: &&&Measurement| {
        matches!(m.taken_by, TakenBy::Core(_) | TakenBy::Near | TakenBy::Digests)
    };
    if chosen.iter().any(|m| by_core(&m)) {
        args.extend(["--package", "casement-core", "--example", "bench"]);
    }
    let by_casectl = |m: &&&Measurement| {
        matches!(m.taken_by, TakenBy::Million | TakenBy::Digests | TakenBy::Packaging)
    };
    if chosen.iter().any(|m| by_casectl(&m)) {
        args.extend(["--package", "casement-cli"]);
    }
    if chosen.iter().any(|m| matches!(m.taken_by, TakenBy::Packaging)) {
        args.extend(["--package", "casement-print"]);
    }
    if chosen.iter().any(|m| matches!(m.taken_by, TakenBy::Window)) {
        setup::install_ui(place)?;
        setup::build_ui(place)?;
        args.extend(["--package", "casement-cli", "--package", "casement"]);
    }
    shell::run(&mut setup::cargo(place, &args))
}

fn take(place: &Place, measurement: &Measurement, quick: bool) -> Result<Vec<Row>> {
    match measurement.taken_by {
        TakenBy::Veil => veil::measure(place, quick),
        TakenBy::Pdq => pdq::measure(place, quick),
        TakenBy::Near => near::measure(place, quick),
        TakenBy::Digests => digests::measure(place, quick),
        TakenBy::Core(verb) => {
            let program = place.program(Profile::Release, "examples").join("bench");
            let mut command = Command::new(program);
            command.arg(verb);
            if quick {
                command.arg("--quick");
            }
            rows_of(place, &mut command)
        }
        TakenBy::Packaging => rows_of(place, &mut ignored_test(place, "packaging")),
        TakenBy::Million => rows_of(place, &mut ignored_test(place, "million")),
        TakenBy::Window => {
            setup::system(&setup::Need::DRIVE)?;
            setup::tool(place, &setup::DRIVER)?;
            let display = Display::start()?;
            let mut command = ignored_test(place, "start");
            display.lend(&mut command);
            rows_of(place, &mut command)
        }
    }
}

/// A test of casement-tests that only measures, run against the optimised programs.
fn ignored_test(place: &Place, name: &str) -> Command {
    let mut args = vec!["test", "--locked"];
    args.extend(suite::SELECTION);
    args.extend(["--test", name, "--", "--ignored", "--nocapture"]);
    let mut command = setup::cargo(place, &args);
    suite::prepare(place, &mut command);
    command
        .env("CASEMENT_BIN", place.program(Profile::Release, "casement"))
        .env("CASECTL_BIN", place.program(Profile::Release, "casectl"))
        .env("CASEMENT_AIRLOCK_BIN", place.program(Profile::Release, "casement-airlock"));
    command
}

/// Runs a measuring program and reads the rows among what it prints.
fn rows_of(place: &Place, command: &mut Command) -> Result<Vec<Row>> {
    command
        .env("CASEMENT_AIRLOCK_BIN", place.program(Profile::Release, "casement-airlock"))
        .env("CASEMENT_BENCH_DIR", folder(place)?);
    let said = shell::read(command)?;
    let rows = said.lines().filter_map(Row::parse).collect::<Result<Vec<Row>>>()?;
    if rows.is_empty() {
        bail!("the program printed no measurement");
    }
    Ok(rows)
}

/// A folder for what measurements write: on the same disk as the target folder.
fn folder(place: &Place) -> Result<std::path::PathBuf> {
    let dir = place.target.join("bench");
    std::fs::create_dir_all(&dir).context("the folder for measurements cannot be made")?;
    Ok(dir)
}

/// One line about the machine, without which a figure cannot be repeated.
fn conditions(quick: bool) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let load = std::fs::read_to_string(Path::new("/proc/loadavg")).ok();
    let load = load.as_deref().and_then(|text| text.split(' ').next()).unwrap_or("?");
    format!(
        "{} × {}, load {load} at the end{}",
        cores,
        model.as_deref().unwrap_or("processor of unknown model"),
        if quick { "; --quick, not to be quoted" } else { "" }
    )
}
