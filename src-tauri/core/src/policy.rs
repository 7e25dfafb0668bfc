//! The policy in force: the level cap, the time limits and the words reviewers go by.
//!
//! It is versioned and logged. It must never let anyone see more than [`Level::Soft`]: there is no higher level.

use crate::account::Actor;
use crate::approval::{self, Subject};
use crate::clock::Clock;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged, Unlogged, body};
use crate::store::account as rows;
use crate::wire::{Level, Policy, ProposalFacts, Role};
use crate::words;

/// What a new workspace starts with.
pub fn first() -> Policy {
    Policy {
        version: "1.0".to_owned(),
        text: "Judge by the hashes first. Step up only as far as the verdict needs. Confirm when the match and the \
               layout agree; say cannot tell when they do not settle it; escalate what another person must see."
            .to_owned(),
        level_cap: Level::Soft,
        undo_s: 60,
        lease_s: 300,
        view_s: 20,
        budget_s: 3_600,
        idle_lock_s: 600,
        flood_k: crate::wire::flood_k(),
    }
}

/// The policy in force.
pub async fn current(console: &Console) -> Result<Policy> {
    read(&mut *console.store().read().await?).await
}

pub(crate) async fn read(conn: &mut sqlx::SqliteConnection) -> Result<Policy> {
    let text = rows::policy(conn).await?.ok_or_else(|| {
        Error::store("POLICY-01", "This store has no policy. Run casectl verify.")
    })?;
    serde_json::from_str(&text).map_err(|error| {
        Error::store("POLICY-01", "The policy in this store cannot be read.").caused_by(error)
    })
}

/// Puts a new version in force by oneself: a supervisor may, while there is nobody who could approve it.
pub async fn set(console: &Console, policy: &Policy) -> Result<()> {
    console.actor().needs(&[Role::Supervisor])?;
    check(policy)?;
    let mut write = Unlogged::begin(console.store()).await?;
    if !approval::alone(write.conn()).await? {
        return Err(Error::refused(
            "POLICY-04",
            "A change of policy needs two persons here. Propose it, and have it approved.",
        ));
    }
    new_version(write.conn(), policy).await?;
    let (mut write, seq) = write.log(console.clock(), console.actor(), event(policy)?).await?;
    insert(&mut write, seq, policy).await?;
    write.commit().await
}

/// Puts a new version in force, or, where there is a second person to approve it, proposes it: then the proposal.
pub async fn change(
    console: &Console,
    policy: &Policy,
    reason: &str,
) -> Result<Option<ProposalFacts>> {
    let (alone, from) = {
        let mut conn = console.store().read().await?;
        (approval::alone(&mut conn).await?, read(&mut conn).await?.version)
    };
    if alone {
        return set(console, policy).await.map(|()| None);
    }
    let subject = Subject::PolicyChange { from, policy: policy.clone() };
    approval::propose(console, subject, reason).await.map(Some)
}

/// Refuses a change from another version than the one in force, and a policy that cannot be one.
pub(crate) async fn check_change(
    conn: &mut sqlx::SqliteConnection,
    from: &str,
    policy: &Policy,
) -> Result<()> {
    check(policy)?;
    if read(conn).await?.version != from {
        return Err(approval::stale("Another policy was put in force"));
    }
    new_version(conn, policy).await
}

/// A change in words.
pub(crate) fn change_words(from: &str, policy: &Policy) -> (String, Vec<String>) {
    let facts = vec![
        format!("In place of version {from}, for every act from then on."),
        format!("Highest level: {}.", words::level_word(policy.level_cap)),
        format!(
            "Seconds: undo {}, claim {}, view {}, exposure a day {}, idle lock {}.",
            policy.undo_s, policy.lease_s, policy.view_s, policy.budget_s, policy.idle_lock_s
        ),
        format!("Cases of one list entry that go to people one by one: {}.", policy.flood_k),
        policy.text.clone(),
    ];
    (format!("Change the policy to {}", policy.version), facts)
}

/// Versions are never used twice.
async fn new_version(conn: &mut sqlx::SqliteConnection, policy: &Policy) -> Result<()> {
    if rows::policy_version_used(conn, &policy.version).await? {
        return Err(Error::usage("POLICY-03", "A changed policy needs a new version."));
    }
    Ok(())
}

/// Puts a policy in force inside a transaction: the first one, and one that two persons decided.
pub(crate) async fn put(
    write: &mut Logged,
    clock: &Clock,
    actor: &Actor,
    policy: &Policy,
) -> Result<()> {
    let seq = write.log(clock, actor, event(policy)?).await?;
    insert(write, seq, policy).await
}

fn event(policy: &Policy) -> Result<Event> {
    Ok(Event::new("policy.set", body(policy)?))
}

async fn insert(write: &mut Logged, seq: i64, policy: &Policy) -> Result<()> {
    let text = serde_json::to_string(policy).map_err(|error| {
        Error::usage("POLICY-02", "The policy cannot be written.").caused_by(error)
    })?;
    rows::insert_policy(write.conn(), seq, &policy.version, &text).await
}

fn check(policy: &Policy) -> Result<()> {
    let bounds = [
        ("undo_s", policy.undo_s, 0, 3_600),
        ("lease_s", policy.lease_s, 30, 86_400),
        ("view_s", policy.view_s, 1, 600),
        ("budget_s", policy.budget_s, 0, 86_400),
        ("idle_lock_s", policy.idle_lock_s, 60, 86_400),
    ];
    for (name, value, low, high) in bounds {
        if !(low..=high).contains(&value) {
            return Err(Error::usage(
                "POLICY-02",
                format!("{name} must lie between {low} and {high} seconds."),
            ));
        }
    }
    if !(1..=1_000_000).contains(&policy.flood_k) {
        return Err(Error::usage(
            "POLICY-02",
            "flood_k must lie between 1 and 1,000,000 cases of one list entry.",
        ));
    }
    if policy.version.is_empty() || policy.version.len() > 32 || policy.text.len() > 4_000 {
        return Err(Error::usage(
            "POLICY-02",
            "A policy has a version of 1 to 32 characters and a text of at most 4,000.",
        ));
    }
    Ok(())
}
