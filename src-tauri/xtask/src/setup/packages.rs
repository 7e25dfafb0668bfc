//! What the operating system must offer, and where it comes from.
//! Looks for the thing itself (a program, a library) rather than for a package name, so a system
//! this file has never heard of is judged fairly and told exactly what is missing.

use std::fs;
use std::io::IsTerminal;
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// One thing the operating system must offer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Compiler,
    PkgConfig,
    OpenSsl,
    WebKit,
    WebDriver,
    VirtualDisplay,
    XmlLint,
    PdfToText,
    PythonVenv,
}

impl Need {
    /// What building the console asks for.
    pub(crate) const BUILD: [Self; 4] =
        [Self::Compiler, Self::PkgConfig, Self::OpenSsl, Self::WebKit];
    /// What driving the real window without a screen asks for besides.
    pub(crate) const DRIVE: [Self; 2] = [Self::WebDriver, Self::VirtualDisplay];

    fn is_here(self) -> bool {
        match self {
            Self::Compiler => shell::succeeds("cc", &["--version"]),
            Self::PkgConfig => shell::succeeds("pkg-config", &["--version"]),
            Self::OpenSsl => library("openssl"),
            Self::WebKit => library("webkit2gtk-4.1"),
            Self::WebDriver => on_path("WebKitWebDriver"),
            Self::VirtualDisplay => on_path("Xvfb"),
            Self::XmlLint => on_path("xmllint"),
            Self::PdfToText => on_path("pdftotext"),
            Self::PythonVenv => shell::succeeds("python3", &["-c", "import venv, ensurepip"]),
        }
    }

    fn debian(self) -> &'static str {
        match self {
            Self::Compiler => "build-essential",
            Self::PkgConfig => "pkg-config",
            Self::OpenSsl => "libssl-dev",
            Self::WebKit => "libwebkit2gtk-4.1-dev",
            Self::WebDriver => "webkit2gtk-driver",
            Self::VirtualDisplay => "xvfb",
            Self::XmlLint => "libxml2-utils",
            Self::PdfToText => "poppler-utils",
            Self::PythonVenv => "python3-venv",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Compiler => "a C compiler, found as `cc`",
            Self::PkgConfig => "the program `pkg-config`",
            Self::OpenSsl => "the OpenSSL headers, found by `pkg-config openssl`",
            Self::WebKit => "WebKitGTK with its headers, found by `pkg-config webkit2gtk-4.1`",
            Self::WebDriver => "the program `WebKitWebDriver`",
            Self::VirtualDisplay => "the program `Xvfb`",
            Self::XmlLint => "the program `xmllint`",
            Self::PdfToText => "the program `pdftotext`",
            Self::PythonVenv => "Python 3 with the modules `venv` and `ensurepip`",
        }
    }
}

/// Installs what is missing where apt is the way to do it; otherwise says what is missing.
pub(crate) fn ensure(needs: &[Need]) -> Result<()> {
    let missing: Vec<Need> = needs.iter().copied().filter(|need| !need.is_here()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|need| need.debian()).collect();
    if !is_debian(&fs::read_to_string("/etc/os-release").unwrap_or_default()) || !on_path("apt-get")
    {
        let list: Vec<String> = missing
            .iter()
            .map(|need| {
                format!("  - {} (Debian calls the package {})", need.words(), need.debian())
            })
            .collect();
        bail!(
            "this system is not one xtask can install on. Install these, then run it again:\n{}",
            list.join("\n")
        );
    }
    println!("  missing: {}", names.join(" "));
    let prefix = privilege(&names)?;
    apt(&prefix, &["update", "--quiet"], &[])?;
    apt(&prefix, &["install", "--yes", "--quiet", "--no-install-recommends"], &names)?;
    match missing.iter().find(|need| !need.is_here()) {
        Some(need) => {
            bail!("{} is installed, yet {} is still missing", need.debian(), need.words())
        }
        None => Ok(()),
    }
}

/// What must stand before a command so that it runs as root.
fn privilege(names: &[&str]) -> Result<Vec<&'static str>> {
    let root = shell::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if root {
        return Ok(Vec::new());
    }
    let by_hand = format!("apt-get install --no-install-recommends {}", names.join(" "));
    if !on_path("sudo") {
        bail!("sudo is not here. As root, run: {by_hand}\nthen run this again");
    }
    if std::io::stdin().is_terminal() {
        return Ok(vec!["sudo"]);
    }
    if !shell::succeeds("sudo", &["-n", "true"]) {
        bail!(
            "sudo asks for a password and there is no terminal. Run: sudo {by_hand}\nthen run this again"
        );
    }
    Ok(vec!["sudo", "-n"])
}

fn apt(prefix: &[&str], verb: &[&str], names: &[&str]) -> Result<()> {
    let mut words = prefix.to_vec();
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    words.extend(verb);
    words.extend(names);
    let (program, args) = words.split_first().unwrap_or((&"apt-get", &[]));
    shell::run(Command::new(program).args(args))
}

fn is_debian(os_release: &str) -> bool {
    os_release
        .lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| matches!(*key, "ID" | "ID_LIKE"))
        .flat_map(|(_, value)| value.trim_matches(['"', '\'']).split(' '))
        .any(|id| matches!(id, "debian" | "ubuntu"))
}

fn library(module: &str) -> bool {
    shell::succeeds("pkg-config", &["--exists", module])
}

fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

#[cfg(test)]
mod tests {
    use super::is_debian;

    #[test]
    fn knows_debian_and_its_children_by_os_release() {
        assert!(is_debian("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n"));
        assert!(is_debian("ID=ubuntu\nID_LIKE=debian\n"));
        assert!(is_debian("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!is_debian("ID=fedora\nPRETTY_NAME=\"not debian\"\n"));
        assert!(!is_debian(""));
    }
}
