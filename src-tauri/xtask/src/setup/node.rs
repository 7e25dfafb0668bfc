//! Node, the interface's dependencies and its build.
//! Installs exactly what `package-lock.json` names, and builds only when a source is newer.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::place::Place;
use crate::shell;

/// The oldest Node that Vite 8 accepts on each line: 20.19, or 22.12 and later.
const OLDEST: [(u32, u32); 2] = [(20, 19), (22, 12)];

/// npm, in the interface's folder.
pub(crate) fn command(place: &Place, args: &[&str]) -> Command {
    shell::command("npm", args, &place.ui())
}

/// Installs the interface's dependencies if the lock file is not the one last installed.
pub(crate) fn install(place: &Place) -> Result<()> {
    check_node()?;
    let ui = place.ui();
    let lock = fs::read(ui.join("package-lock.json")).context("ui/package-lock.json is missing")?;
    let stamp = ui.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    shell::run(&mut command(place, &["ci", "--no-audit", "--no-fund"]))?;
    fs::write(stamp, lock)?;
    Ok(())
}

/// Builds the interface if any of its sources is newer than what was built last.
pub(crate) fn build(place: &Place) -> Result<()> {
    let ui = place.ui();
    let built = fs::metadata(ui.join("dist/index.html")).and_then(|meta| meta.modified());
    if built.is_ok_and(|built| newest(&ui).is_ok_and(|source| source <= built)) {
        println!("  the interface is up to date");
        return Ok(());
    }
    shell::run(&mut command(place, &["run", "--silent", "build"]))
}

fn newest(dir: &Path) -> Result<SystemTime> {
    let mut latest = fs::metadata(dir)?.modified()?;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_str(), Some("node_modules" | "dist")) {
            continue;
        }
        let time = if entry.file_type()?.is_dir() {
            newest(&entry.path())?
        } else {
            entry.metadata()?.modified()?
        };
        latest = latest.max(time);
    }
    Ok(latest)
}

fn check_node() -> Result<()> {
    const WANTED: &str = "Node 20.19 or 22.12 or newer, with npm: from https://nodejs.org, or your system's packages";
    let Ok(said) = shell::read(Command::new("node").arg("--version")) else {
        bail!("node is not here. Install {WANTED}, then run this again");
    };
    if !is_fresh_enough(said.trim()) {
        bail!("node {} is too old. Install {WANTED}, then run this again", said.trim());
    }
    if !shell::succeeds("npm", &["--version"]) {
        bail!("npm is not here. Install {WANTED}, then run this again");
    }
    Ok(())
}

fn is_fresh_enough(version: &str) -> bool {
    let mut parts = version.trim_start_matches('v').split('.').map(str::parse::<u32>);
    let (Some(Ok(major)), Some(Ok(minor))) = (parts.next(), parts.next()) else {
        return false;
    };
    OLDEST.iter().any(|&(line, oldest)| major == line && minor >= oldest) || major > OLDEST[1].0
}

#[cfg(test)]
mod tests {
    use super::is_fresh_enough;

    #[test]
    fn accepts_the_node_versions_vite_accepts() {
        for good in ["v20.19.0", "v20.20.2", "v22.12.0", "v24.0.0", "v23.0.1"] {
            assert!(is_fresh_enough(good), "{good}");
        }
        for bad in ["v18.20.4", "v20.18.3", "v21.7.0", "v22.11.0", "", "vx.y"] {
            assert!(!is_fresh_enough(bad), "{bad}");
        }
    }
}
