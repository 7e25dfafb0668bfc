//! Setting a machine up: what is needed, what is missing, and how each missing thing gets here.
//! Installs nothing that is already there, and nothing it does not first say.

mod node;
mod packages;
mod python;

use std::process::Command;

use anyhow::{Result, bail};

use crate::place::Place;
use crate::shell;

pub(crate) use node::{build as build_ui, command as npm, install as install_ui};
pub(crate) use packages::Need;
pub(crate) use python::{oracles, oracles_python, venv};

/// Makes sure the named system packages are here, installing them where this system is known.
pub(crate) fn system(needs: &[Need]) -> Result<()> {
    packages::ensure(needs)
}

/// A command-line tool kept for this checkout only.
pub(crate) struct Tool {
    crate_name: &'static str,
    version: &'static str,
    purpose: &'static str,
    /// Built with optimisation: it is there to be measured against. The others wait far more than they compute.
    optimised: bool,
}

pub(crate) const NEXTEST: Tool = Tool {
    crate_name: "cargo-nextest",
    version: "^0.9.143",
    purpose: "the test runner",
    optimised: false,
};
pub(crate) const DRIVER: Tool = Tool {
    crate_name: "tauri-driver",
    version: "^2",
    purpose: "to drive the real window",
    optimised: false,
};
pub(crate) const DENY: Tool = Tool {
    crate_name: "cargo-deny",
    version: "^0.20",
    purpose: "to check licences and sources",
    optimised: false,
};
pub(crate) const B3SUM: Tool = Tool {
    crate_name: "b3sum",
    version: "=1.8.7",
    purpose: "to measure digests against",
    optimised: true,
};

pub(crate) const FUZZ: Tool = Tool {
    crate_name: "cargo-fuzz",
    version: "^0.13",
    purpose: "to fuzz the readers",
    optimised: false,
};

/// True if cargo can run the subcommand, from this machine or from the target folder.
pub(crate) fn has_subcommand(place: &Place, name: &str) -> bool {
    place.tool(&format!("cargo-{name}")).is_file() || shell::succeeds("cargo", &[name, "--version"])
}

/// Installs a tool into the target folder unless it is there.
pub(crate) fn tool(place: &Place, tool: &Tool) -> Result<()> {
    if place.tool(tool.crate_name).is_file() {
        return Ok(());
    }
    println!(
        "  {} is missing ({}): installing it into the target folder",
        tool.crate_name, tool.purpose
    );
    let version = format!("--version={}", tool.version);
    let mut install = cargo(place, &["install", tool.crate_name, &version, "--locked"]);
    if !tool.optimised {
        install.arg("--debug");
    }
    install.arg("--root").arg(place.tools());
    if shell::run(&mut install).is_err() {
        bail!(
            "{} could not be installed. With the network back, run this again, or install it \
             yourself: cargo install {} --version '{}' --locked",
            tool.crate_name,
            tool.crate_name,
            tool.version
        );
    }
    Ok(())
}

/// Cargo, at the top of the checkout, with this checkout's tools on its path.
pub(crate) fn cargo(place: &Place, args: &[&str]) -> Command {
    let mut command = shell::command("cargo", args, &place.top);
    let mut path = place.tools().join("bin").into_os_string();
    if let Some(rest) = std::env::var_os("PATH") {
        path.push(":");
        path.push(rest);
    }
    command.env("PATH", path);
    // Cargo sets these for xtask itself; left in place they would mark every build script as stale.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"]
    {
        command.env_remove(name);
    }
    command
}
