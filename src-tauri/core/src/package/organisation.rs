//! Who reports: what an operator sets up once, kept in the store.
//!
//! It must never be changed without a leaf.

use crate::account::Actor;
use crate::approval::{self, Subject, canonical, digest};
use crate::case::defang;
use crate::clock::Clock;
use crate::console::Console;
use crate::cybertip::is_email;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged, Unlogged, body};
use crate::package::input::{Organisation, ReportLaw};
use crate::store::account;
use crate::wire::{ProposalFacts, Role};

const ORGANISATION: &str = "organisation";

/// Who reports, as set up.
pub async fn organisation(console: &Console) -> Result<Organisation> {
    read(&mut *console.store().read().await?).await
}

pub(crate) async fn read(conn: &mut sqlx::SqliteConnection) -> Result<Organisation> {
    match account::setting(conn, ORGANISATION).await? {
        None => Ok(Organisation::default()),
        Some(text) => serde_json::from_str(&text).map_err(|error| {
            Error::store("ORG-01", "The organisation in this store cannot be read.")
                .caused_by(error)
        }),
    }
}

/// Sets who reports by oneself: a supervisor may the first time, and while there is nobody who could approve it.
pub async fn set_organisation(console: &Console, organisation: &Organisation) -> Result<()> {
    console.actor().needs(&[Role::Supervisor])?;
    usable(organisation)?;
    let mut write = Unlogged::begin(console.store()).await?;
    if !one_suffices(write.conn()).await? {
        return Err(Error::refused(
            "ORG-02",
            "A change of who reports needs two persons here. Propose it, and have it approved.",
        ));
    }
    let value = body(organisation)?;
    let text = value.to_string();
    let (mut write, _) =
        write.log(console.clock(), console.actor(), Event::new("organisation.set", value)).await?;
    account::set(write.conn(), ORGANISATION, &text).await?;
    write.commit().await
}

/// Sets who reports, or, where it is set and there is a second person to approve a change, proposes it: then the proposal.
pub async fn change_organisation(
    console: &Console,
    organisation: &Organisation,
    reason: &str,
) -> Result<Option<ProposalFacts>> {
    usable(organisation)?;
    let (one, from) = {
        let mut conn = console.store().read().await?;
        (one_suffices(&mut conn).await?, read(&mut conn).await?)
    };
    if one {
        return set_organisation(console, organisation).await.map(|()| None);
    }
    let subject = Subject::OrganisationChange {
        from_sha256: digest(&canonical(&from)?),
        organisation: organisation.clone(),
    };
    approval::propose(console, subject, reason).await.map(Some)
}

async fn one_suffices(conn: &mut sqlx::SqliteConnection) -> Result<bool> {
    Ok(account::setting(conn, ORGANISATION).await?.is_none() || approval::alone(conn).await?)
}

/// Refuses a change of another organisation than the one that is set.
pub(crate) async fn check_change(
    conn: &mut sqlx::SqliteConnection,
    from_sha256: &str,
    organisation: &Organisation,
) -> Result<()> {
    let set = read(conn).await?;
    if digest(&canonical(&set)?) != from_sha256 {
        return Err(approval::stale("Who reports was changed"));
    }
    if set == *organisation {
        return Err(Error::usage("ORG-03", "This organisation is set already. Nothing to change."));
    }
    Ok(())
}

/// All that the second person decides about: a title of a few words, and every value in sentences.
pub(crate) fn change_words(organisation: &Organisation) -> (String, Vec<String>) {
    let given = |parts: &[&str]| {
        let parts: Vec<&str> =
            parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { "none".to_owned() } else { defang::prose(&parts.join(", ")) }
    };
    let person = |first: &str, last: &str| format!("{} {}", first.trim(), last.trim());
    let contact = &organisation.contact;
    let mou = if organisation.mou_signed { "is signed" } else { "is not signed" };
    let most = organisation.max_files.map_or("no limit".to_owned(), |most| most.to_string());
    let due =
        organisation.report_due_h.map_or("as the law says".to_owned(), |h| format!("{h} hours"));
    let facts = vec![
        "Every package sealed from then on names this organisation.".to_owned(),
        format!(
            "Reporting person: {}.",
            given(&[
                &person(&organisation.first_name, &organisation.last_name),
                &organisation.email
            ])
        ),
        format!(
            "Contact for officers: {}.",
            given(&[
                &person(&contact.first_name, &contact.last_name),
                &contact.email,
                &contact.phone
            ])
        ),
        format!(
            "Legal process: {}.",
            given(&[&organisation.company_template, &organisation.legal_url])
        ),
        format!("The MOU on sharing industry classification {mou}."),
        format!(
            "Most files of one report: {most}. Filed within: {due}. Law: {}.",
            match organisation.report_law {
                ReportLaw::Us => "18 U.S.C. 2258A",
                ReportLaw::Uk => "Online Safety Act 2023",
            }
        ),
    ];
    (format!("Report as {}", defang::prose(&organisation.name)), facts)
}

/// Refuses addresses that no report could carry. A blank one may be given later; the check before sealing asks for it.
fn usable(organisation: &Organisation) -> Result<()> {
    for email in [&organisation.email, &organisation.contact.email] {
        if !email.trim().is_empty() && !is_email(email) {
            return Err(Error::usage(
                "ORG-04",
                "An email address of the organisation is none. Correct it. Nothing was changed.",
            ));
        }
    }
    Ok(())
}

/// Sets who reports inside a transaction in which two persons decided it.
pub(crate) async fn put_organisation(
    write: &mut Logged,
    clock: &Clock,
    actor: &Actor,
    organisation: &Organisation,
) -> Result<()> {
    let value = body(organisation)?;
    let text = value.to_string();
    write.log(clock, actor, Event::new("organisation.set", value)).await?;
    account::set(write.conn(), ORGANISATION, &text).await
}
