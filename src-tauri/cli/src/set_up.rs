//! Making a workspace, and who may do what in it.
//!
//! It must never decide what a role may do.

use std::path::Path;

use casement_core::package::Organisation;
use casement_core::wire::{Policy, Role, Session};
use casement_core::{Console, Error, Opening, Result, package, policy};
use serde::de::DeserializeOwned;

use crate::approval::proposed;
use crate::args::{AccountVerb, At, FileVerb};
use crate::desk::{name, sit};
use crate::print::{Out, word};
use crate::{End, Outcome, passphrase};

pub(crate) async fn init(at: &At, store: &Path, role: Role, out: &Out) -> Outcome {
    let name = name(at)?;
    let passphrase = passphrase::first(name)?;
    let console = Console::init(store, name, &passphrase, role, Opening::default()).await?;
    let session = console.session().await;
    console.close().await;
    let session = session?;
    if out.json {
        out.object(&session)?;
    } else {
        out.text(&format!("Workspace made in {}. {}", store.display(), introduction(&session)))?;
    }
    Ok(End::Done)
}

fn introduction(session: &Session) -> String {
    format!("{} is {}, {}.", session.name, session.pseudonym, word(&session.role))
}

pub(crate) async fn account(at: &At, verb: AccountVerb, out: &Out) -> Outcome {
    match verb {
        AccountVerb::Add { new, role } => {
            sit(at, async |console| {
                let own = passphrase::own(console.actor().name())?;
                let session =
                    console.add_account(&new, &passphrase::new(&new)?, role, &own).await?;
                if out.json { out.object(&session) } else { out.text(&introduction(&session)) }
            })
            .await?;
        }
        AccountVerb::List => {
            let accounts = sit(at, async |console| Ok(console.accounts().await?)).await?;
            out.list(&accounts, ["Account", "Known as", "Role"], |account| {
                [account.name.clone(), account.pseudonym.clone(), word(&account.role)]
            })?;
        }
    }
    Ok(End::Done)
}

pub(crate) async fn organisation(at: &At, verb: FileVerb, out: &Out) -> Outcome {
    match verb {
        FileVerb::Show => {
            let organisation =
                sit(at, async |console| Ok(package::organisation(console).await?)).await?;
            out.document(&organisation)?;
        }
        FileVerb::Set { file, reason } => {
            let organisation: Organisation = read(&file)?;
            let waits = sit(at, async |console| {
                Ok(package::change_organisation(console, &organisation, &reason).await?)
            })
            .await?;
            if let Some(facts) = waits {
                return proposed(&facts, out);
            }
            if out.json {
                out.object(&organisation)?;
            } else {
                let missing = organisation.missing();
                out.text(&format!("{} reports.", organisation.name))?;
                if !missing.is_empty() {
                    out.note(&format!("A report still needs: {}.", missing.join(", ")));
                }
            }
        }
    }
    Ok(End::Done)
}

pub(crate) async fn policy(at: &At, verb: FileVerb, out: &Out) -> Outcome {
    match verb {
        FileVerb::Show => {
            let policy = sit(at, async |console| Ok(policy::current(console).await?)).await?;
            out.document(&policy)?;
        }
        FileVerb::Set { file, reason } => {
            let new: Policy = read(&file)?;
            let waits =
                sit(at, async |console| Ok(policy::change(console, &new, &reason).await?)).await?;
            if let Some(facts) = waits {
                return proposed(&facts, out);
            }
            if out.json {
                out.object(&new)?;
            } else {
                out.text(&format!("Policy {} is in force.", new.version))?;
            }
        }
    }
    Ok(End::Done)
}

fn read<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let text = std::fs::read(file)?;
    serde_json::from_slice(&text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Error::usage("FILE-02", format!("This file is not JSON in the shape that `show` prints, at {place}. Nothing was changed."))
            .caused_by(error)
    })
}
