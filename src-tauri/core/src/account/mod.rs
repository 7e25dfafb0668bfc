//! Who is at the console: accounts, roles, and the actor that every verb acts for.
//!
//! An [`Actor`] is made only by unlocking. It must never be built from a name alone.

pub mod keyring;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::wire::Role;

/// One account, as those who keep accounts may list it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountFacts {
    pub name: String,
    pub pseudonym: String,
    pub role: Role,
}

/// The person every act is logged for.
#[derive(Debug, Clone)]
pub struct Actor {
    name: String,
    pseudonym: String,
    role: Role,
}

impl Actor {
    /// Only the store, having been unlocked with this account's key, knows the role.
    pub(crate) fn new(name: String, pseudonym: String, role: Role) -> Self {
        Self { name, pseudonym, role }
    }

    /// The account's name; it appears at the gate and nowhere else.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// E.g. `R-07`: the name in the ledger, in lists and in packages.
    pub fn pseudonym(&self) -> &str {
        &self.pseudonym
    }

    /// What this person may do.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Refuses unless the person has one of these roles.
    pub fn needs(&self, roles: &[Role]) -> Result<()> {
        if roles.contains(&self.role) {
            return Ok(());
        }
        let names: Vec<_> = roles.iter().map(|role| role_word(*role)).collect();
        Err(Error::refused(
            "ROLE-01",
            format!(
                "This needs the role {}. {} is a {}.",
                names.join(" or "),
                self.pseudonym,
                role_word(self.role)
            ),
        ))
    }
}

/// `reviewer`, `supervisor`, `custodian`.
pub fn role_word(role: Role) -> &'static str {
    match role {
        Role::Reviewer => "reviewer",
        Role::Supervisor => "supervisor",
        Role::Custodian => "custodian",
    }
}

/// The word back to the role.
pub fn role_from(word: &str) -> Result<Role> {
    match word {
        "reviewer" => Ok(Role::Reviewer),
        "supervisor" => Ok(Role::Supervisor),
        "custodian" => Ok(Role::Custodian),
        _ => Err(Error::usage("ROLE-02", "A role is reviewer, supervisor or custodian.")),
    }
}

/// The letter that begins the pseudonyms of a role.
pub(crate) fn letter(role: Role) -> char {
    match role {
        Role::Reviewer => 'R',
        Role::Supervisor => 'S',
        Role::Custodian => 'C',
    }
}

/// Account names are short and plain, so that they can stand in a file name, a prompt and a table.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if (1..=32).contains(&name.len()) && name.chars().all(plain) {
        return Ok(());
    }
    Err(Error::usage(
        "ACCOUNT-01",
        "An account name has 1 to 32 letters, digits, dots, dashes or underscores.",
    ))
}
