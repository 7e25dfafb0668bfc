//! Where each subject meets the room whose it is: may it be proposed, does it still hold, what does it do, in words.
//!
//! It must never hold a rule of such a room, and every subject must pass through all of it.

use sqlx::SqliteConnection;

use super::Subject;
use crate::clock::Clock;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::Logged;
use crate::queue::flood;
use crate::wire::{ProposalKind, Role};
use crate::{package, policy, register, removal, submission};

/// Roles that may propose it. Who approves is one rule for all: see [`super::KEEPERS`].
pub(super) fn proposers(kind: ProposalKind) -> &'static [Role] {
    match kind {
        ProposalKind::PolicyChange
        | ProposalKind::OrganisationChange
        | ProposalKind::SuppressEntry => &[Role::Supervisor],
        ProposalKind::ReleaseList
        | ProposalKind::LiftHold
        | ProposalKind::Destroy
        | ProposalKind::UnlockProduction
        | ProposalKind::RecordReceiptLost
        | ProposalKind::SealOriginals
        | ProposalKind::HandOver => super::KEEPERS,
        ProposalKind::FileReport | ProposalKind::WithdrawReport => {
            &[Role::Reviewer, Role::Supervisor]
        }
    }
}

/// Refuses, with [`stale`] or a rule of the room, unless everything the subject rests on is as it says. Asked when it is
/// proposed and again, under the write lock, when it is approved.
pub(super) async fn check(
    conn: &mut SqliteConnection,
    clock: &Clock,
    subject: &Subject,
) -> Result<()> {
    match subject {
        Subject::PolicyChange { from, policy } => policy::check_change(conn, from, policy).await,
        Subject::OrganisationChange { from_sha256, organisation } => {
            package::check_change(conn, from_sha256, organisation).await
        }
        Subject::ReleaseList { .. } => removal::release::check(conn, subject).await,
        Subject::SuppressEntry { .. } => flood::check_suppress(conn, subject).await,
        Subject::UnlockProduction { config_sha256, until, .. } => {
            submission::check_unlock(conn, config_sha256, *until, clock.now()).await
        }
        Subject::RecordReceiptLost { report, submission, answer_sha256, .. } => {
            submission::check_record(conn, report, *submission, answer_sha256).await
        }
        Subject::SealOriginals { report, sha256, recipients } => {
            package::originals::check(conn, *report, sha256, recipients).await
        }
        Subject::HandOver { .. } => package::exit::check_hand_over(conn, subject).await,
        Subject::FileReport { .. }
        | Subject::WithdrawReport { .. }
        | Subject::LiftHold { .. }
        | Subject::Destroy { .. } => register::check(conn, clock, subject).await,
    }
}

/// Does it, inside the transaction that holds the approval's leaf.
pub(super) async fn apply(console: &Console, write: &mut Logged, subject: &Subject) -> Result<()> {
    let (clock, actor) = (console.clock(), console.actor());
    match subject {
        Subject::PolicyChange { policy, .. } => policy::put(write, clock, actor, policy).await,
        Subject::OrganisationChange { organisation, .. } => {
            package::put_organisation(write, clock, actor, organisation).await
        }
        // The approved proposal is itself what a release list, a bag of sealed originals or a letter is written by.
        Subject::ReleaseList { .. } | Subject::SealOriginals { .. } | Subject::HandOver { .. } => {
            Ok(())
        }
        Subject::SuppressEntry { .. } => flood::apply_suppress(console, write, subject).await,
        Subject::UnlockProduction { config_sha256, until, .. } => {
            submission::apply_unlock(write, config_sha256, *until).await
        }
        Subject::RecordReceiptLost { report, number, .. } => {
            submission::apply_record(console, write, report, number).await
        }
        Subject::FileReport { .. }
        | Subject::WithdrawReport { .. }
        | Subject::LiftHold { .. }
        | Subject::Destroy { .. } => register::apply(console, write, subject).await,
    }
}

/// What takes too long to be done under the write lock, before it is taken.
pub(super) async fn ahead(console: &Console, subject: &Subject) -> Result<()> {
    match subject {
        Subject::FileReport { .. } => register::look_over(console, subject).await,
        _ => Ok(()),
    }
}

/// What must wait until the approval is durable. It is done again when the workspace is next opened, should it fail.
pub(super) async fn after(console: &Console, subject: &Subject) {
    // What a hold kept from being destroyed is destroyed once it is lifted.
    if let Subject::Destroy { .. } | Subject::LiftHold { .. } = subject
        && let Err(error) = register::finish(console).await
    {
        tracing::warn!(code = error.code, "a destruction waits to be finished");
    }
}

/// A title of a few words, and what it means in sentences.
pub(super) fn words(subject: &Subject) -> (String, Vec<String>) {
    match subject {
        Subject::PolicyChange { from, policy } => policy::change_words(from, policy),
        Subject::OrganisationChange { organisation, .. } => {
            package::organisation_words(organisation)
        }
        Subject::ReleaseList { dataset, version, cases, sightings, .. } => {
            removal::release::words(dataset, version.as_deref(), *cases, *sightings)
        }
        Subject::SuppressEntry { .. } => flood::suppress_words(subject),
        Subject::UnlockProduction { host, until, .. } => submission::unlock_words(host, *until),
        Subject::RecordReceiptLost { report, number, .. } => {
            submission::record_words(report, number)
        }
        Subject::SealOriginals { report, recipients, .. } => {
            package::originals::words(*report, recipients)
        }
        Subject::HandOver { .. } => package::exit::hand_over_words(subject),
        Subject::FileReport { .. }
        | Subject::WithdrawReport { .. }
        | Subject::LiftHold { .. }
        | Subject::Destroy { .. } => register::proposal_words(subject),
    }
}

/// What a proposal rested on has changed.
pub(crate) fn stale(what: &str) -> Error {
    Error::refused(
        "APPROVE-04",
        format!(
            "{what} since this was proposed. Nothing was changed. Refuse or withdraw it, and propose anew."
        ),
    )
}
