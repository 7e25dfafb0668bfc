//! `cargo xtask run`: from a fresh checkout to an open console, or to the tour where nobody could
//! see one. Never writes into a workspace the user named, except as the console itself does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::display::{self, Display};
use crate::place::{Place, Profile};
use crate::workspace::{self, ACCOUNTS};
use crate::{setup, shell, suite};

#[derive(Args)]
pub(crate) struct Options {
    /// Open this workspace instead of the demo
    #[arg(long, value_name = "PATH", conflicts_with = "fresh")]
    store: Option<PathBuf>,
    /// Build with optimisation (slower to build, separate from what `test` builds)
    #[arg(long, conflicts_with = "tour")]
    release: bool,
    /// Take the tour on a virtual display, even if there is a screen
    #[arg(long)]
    tour: bool,
    /// Make the demo workspace anew
    #[arg(long)]
    fresh: bool,
}

/// Sets up, builds, makes the demo workspace if needed, and opens the console or takes the tour.
pub(crate) fn run(place: &Place, options: &Options) -> Result<ExitCode> {
    let tour = options.tour || !display::has_screen();
    if tour && options.release {
        bail!(
            "there is no screen, and the tour is taken with the development build: leave out --release"
        );
    }
    let mut plan =
        Plan { at: 0, of: if options.store.is_some() { 3 } else { 4 } + u32::from(tour) };

    plan.next("system packages, npm packages and tools");
    let mut needs = setup::Need::BUILD.to_vec();
    if tour {
        needs.extend(setup::Need::DRIVE);
    }
    setup::system(&needs)?;
    setup::install_ui(place)?;
    if tour {
        setup::tool(place, &setup::DRIVER)?;
    }

    plan.next("the interface");
    setup::build_ui(place)?;

    plan.next("the console, casectl and the airlock (the first time takes a while)");
    let profile = if options.release { Profile::Release } else { Profile::Dev };
    build(place, profile, tour)?;

    let store = match &options.store {
        Some(store) => store.clone(),
        None => {
            plan.next("the demo workspace");
            workspace::ensure(place, profile, options.fresh)?
        }
    };
    if tour {
        plan.next("the tour: the main job, through the real window");
        return take_tour(place, options.store.is_none().then_some(store.as_path()));
    }
    open(place, profile, &store, options.store.is_none())
}

struct Plan {
    at: u32,
    of: u32,
}

impl Plan {
    fn next(&mut self, words: &str) {
        self.at += 1;
        println!("\n[{}/{}] {words}", self.at, self.of);
    }
}

fn build(place: &Place, profile: Profile, tour: bool) -> Result<()> {
    let mut args = vec!["build", "--locked"];
    args.extend(suite::SELECTION);
    args.push("--bins");
    match profile {
        // Naming a test makes cargo choose the same features for shared dependencies as
        // `cargo xtask test` does; without it, either command would build them a second time.
        Profile::Dev => args.extend(["--test", if tour { "tour" } else { "tidy" }]),
        Profile::Release => args.push("--release"),
    }
    shell::run(&mut setup::cargo(place, &args))
}

fn open(place: &Place, profile: Profile, store: &Path, demo: bool) -> Result<ExitCode> {
    println!("\nOpening {}", place.short(store));
    if demo {
        print_accounts();
    }
    let status = Command::new(place.program(profile, "casement"))
        .arg("--store")
        .arg(store)
        .status()
        .context("the console cannot be started")?;
    println!("The console was closed.");
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The tour decides cases, so it works on a copy and the demo stays as it was.
fn take_tour(place: &Place, demo: Option<&Path>) -> Result<ExitCode> {
    let Some(demo) = demo else {
        bail!(
            "there is no screen to open the workspace on; without --store the tour shows the demo"
        );
    };
    let out = place.target.join("tour");
    if out.exists() {
        fs::remove_dir_all(&out).context("the last tour cannot be cleared away")?;
    }
    let copy = out.join("workspace");
    copy_folder(demo, &copy).context("the demo workspace cannot be copied")?;

    let display = Display::start()?;
    let mut args = vec!["test", "--locked"];
    args.extend(suite::SELECTION);
    args.extend(["--test", "tour", "--", "--ignored", "--nocapture", "--test-threads", "1"]);
    let mut command = setup::cargo(place, &args);
    suite::prepare(place, &mut command);
    display.lend(&mut command);
    command
        .env("CASEMENT_TOUR_OUT", &out)
        .env("CASEMENT_STORE", &copy)
        .env("CASEMENT_DEMO", workspace::folder(place));
    for account in &ACCOUNTS {
        command.env(account.variable, account.passphrase);
    }
    let taken = shell::run(&mut command);
    drop(display);

    let mut made: Vec<String> = fs::read_dir(&out)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name != "workspace")
        .collect();
    made.sort();
    println!("\nThe tour left in {}:", place.short(&out));
    made.iter().for_each(|name| println!("  {name}"));
    taken.context("the tour did not reach its end")?;
    println!(
        "There is no screen here. On one, the same command opens the console on {}.",
        place.short(demo)
    );
    print_accounts();
    Ok(ExitCode::SUCCESS)
}

fn print_accounts() {
    println!("  {:<12} {:<12} passphrase", "account", "role");
    for account in &ACCOUNTS {
        println!("  {:<12} {:<12} {}", account.name, account.role, account.passphrase);
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::copy_folder;

    #[test]
    fn a_copy_holds_every_file_of_every_folder() -> anyhow::Result<()> {
        let dir = tempfile::tempdir()?;
        let from = dir.path().join("from");
        fs::create_dir_all(from.join("a/b"))?;
        fs::write(from.join("top"), "1")?;
        fs::write(from.join("a/b/deep"), "2")?;
        let to = dir.path().join("x/to");
        copy_folder(&from, &to)?;
        assert_eq!(fs::read_to_string(to.join("top"))?, "1");
        assert_eq!(fs::read_to_string(to.join("a/b/deep"))?, "2");
        Ok(())
    }
}
