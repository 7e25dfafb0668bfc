//! The demo workspace: synthetic pictures, a made-up list, four accounts, everything imported.
//! Made only with `casectl`, as a user would make one, and never half: it is moved into place when
//! it is whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::demo;
use crate::place::{Place, Profile};
use crate::shell;

/// One demo account. Its passphrase is printed, so it guards nothing but synthetic pictures.
pub(crate) struct Account {
    pub(crate) name: &'static str,
    pub(crate) role: &'static str,
    pub(crate) passphrase: &'static str,
    /// The environment variable that hands the passphrase to the tour.
    pub(crate) variable: &'static str,
}

const fn account(
    name: &'static str,
    role: &'static str,
    passphrase: &'static str,
    variable: &'static str,
) -> Account {
    Account { name, role, passphrase, variable }
}

/// The demo's accounts; the first is the one the workspace is made with.
pub(crate) const ACCOUNTS: [Account; 4] = [
    account("supervisor", "supervisor", "demo supervisor passphrase", "CASEMENT_DEMO_SUPERVISOR"),
    account("reviewer-1", "reviewer", "demo first reviewer passphrase", "CASEMENT_DEMO_REVIEWER_1"),
    account(
        "reviewer-2",
        "reviewer",
        "demo second reviewer passphrase",
        "CASEMENT_DEMO_REVIEWER_2",
    ),
    account("custodian", "custodian", "demo custodian passphrase", "CASEMENT_DEMO_CUSTODIAN"),
];

/// The organisation the demo reports for. RFC 2606 names, so nothing points at anybody.
const ORGANISATION: &str = r#"{
  "name": "Example Dataset Laboratory (demo)",
  "first_name": "Demo",
  "last_name": "Contact",
  "email": "reports@laboratory.example",
  "contact": { "first_name": "Demo", "last_name": "Desk", "email": "desk@laboratory.example" },
  "company_template": "Legal process: legal@laboratory.example. Contents of a report are kept for one year.",
  "mou_signed": false
}
"#;

/// The folder of the demo: the workspace and the finds it was made from.
pub(crate) fn folder(place: &Place) -> PathBuf {
    place.target.join("demo")
}

/// The demo workspace, made first if it is not there or if a fresh one is asked for.
pub(crate) fn ensure(place: &Place, profile: Profile, fresh: bool) -> Result<PathBuf> {
    let home = folder(place);
    let store = home.join("workspace");
    if store.is_dir() && !fresh {
        println!("  {} is there", place.short(&store));
        return Ok(store);
    }
    let making = place.target.join("demo.making");
    for old in [&making, &home] {
        if old.exists() {
            fs::remove_dir_all(old).context("an old demo cannot be cleared away")?;
        }
    }
    fs::create_dir_all(&making)?;
    println!("  drawing synthetic pictures and matching them against a made-up list");
    let demo = demo::make(&making.join("corpus")).context("the demo corpus cannot be made")?;
    println!("  {} finds", demo.count);
    fill(&Casectl { program: place.program(profile, "casectl"), home: &making }, &demo)?;
    fs::rename(&making, &home).context("the demo cannot be moved into place")?;
    Ok(store)
}

struct Casectl<'a> {
    program: PathBuf,
    home: &'a Path,
}

impl Casectl<'_> {
    /// Runs a verb as the demo's supervisor.
    fn run(&self, args: &[&str], new: Option<&Account>) -> Result<()> {
        let [supervisor, ..] = &ACCOUNTS;
        let mut command = Command::new(&self.program);
        command
            .current_dir(self.home)
            .args(args)
            .args(["--as", supervisor.name])
            .env("CASEMENT_PASSPHRASE", supervisor.passphrase);
        if let Some(account) = new {
            command.env("CASEMENT_NEW_PASSPHRASE", account.passphrase);
        }
        shell::run(&mut command)
    }
}

fn fill(casectl: &Casectl<'_>, demo: &demo::Demo) -> Result<()> {
    const STORE: [&str; 2] = ["--store", "workspace"];
    let [supervisor, others @ ..] = &ACCOUNTS;
    casectl.run(&["init", "workspace", "--role", supervisor.role], None)?;
    for account in others {
        let verb = ["account", "add", account.name, "--role", account.role];
        casectl.run(&[&verb[..], &STORE].concat(), Some(account))?;
    }
    fs::write(casectl.home.join("organisation.json"), ORGANISATION)?;
    casectl.run(&[&["organisation", "set", "organisation.json"][..], &STORE].concat(), None)?;
    let (finds, bytes) = (demo.finds.to_string_lossy(), demo.bytes.to_string_lossy());
    casectl.run(&[&["import", &finds, "--bytes", &bytes][..], &STORE].concat(), None)
}

#[cfg(test)]
mod tests {
    use super::{ACCOUNTS, ORGANISATION};

    #[test]
    fn the_demo_has_two_reviewers_and_one_supervisor_who_comes_first() {
        let count = |role| ACCOUNTS.iter().filter(|account| account.role == role).count();
        assert_eq!((count("reviewer"), count("supervisor")), (2, 1));
        assert_eq!(ACCOUNTS[0].role, "supervisor");
    }

    #[test]
    fn the_demo_organisation_is_json_without_a_real_address() -> anyhow::Result<()> {
        let told: serde_json::Value = serde_json::from_str(ORGANISATION)?;
        // RFC 2606 keeps the top-level domain `example` free of anybody's address.
        for email in [&told["email"], &told["contact"]["email"]] {
            assert!(email.as_str().is_some_and(|email| email.ends_with(".example")));
        }
        Ok(())
    }
}
