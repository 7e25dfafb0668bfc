//! Verdicts. A decision is never changed: a later one supersedes it, and undo appends a withdrawal.
//!
//! It must never decide for anyone, nor more than the cases it was given.

pub(crate) mod annotate;
pub(crate) mod attest;
mod cluster;
pub(crate) mod statement;

use serde_json::{Value, json};

use crate::clock::{Millis, rfc3339};
use crate::cluster::Poles;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged, Unlogged};
use crate::policy;
use crate::queue::claim::{self, no_such_case};
use crate::store::decision::{self as rows, DecisionRow, NewDecision, Standing};
use crate::store::{exposure, queue};
use crate::wire::{
    Classification, DecideRequest, DecisionFacts, DecisionStatus, Draft, Level, Role, Verdict,
};
use crate::words;

pub use annotate::{annotate, undo_annotation};
pub use attest::{attest, withdraw as withdraw_attestation};
pub use cluster::{apply_to_cluster, undo_cluster};

/// Longest rationale, in bytes.
pub const MAX_RATIONALE: usize = 4_000;

/// Records a verdict on a case I hold. It can be undone until its window ends.
pub async fn decide(console: &Console, request: &DecideRequest) -> Result<()> {
    let case = i64::from(request.case);
    let rationale = request.rationale.trim();
    let mut write = Unlogged::begin(console.store()).await?;
    claim::mine(console, write.conn(), case).await?;
    let policy = policy::read(write.conn()).await?;
    let said = (request.verdict, request.classification, rationale);
    check(said, &request.policy_version, &policy.version)?;
    let me = console.actor().pseudonym();
    let now = console.clock().now();
    let row = queue::one(write.conn(), me, now, case).await?.ok_or_else(no_such_case)?;
    if row.state == "packaged" {
        return Err(packaged(case));
    }
    let before = standing(&rows::of_case(write.conn(), case).await?).map(|decision| decision.seq);
    let level_seen = exposure::of_case(write.conn(), case)
        .await?
        .iter()
        .filter(|seen| seen.account == me)
        .map(|seen| words::level(&seen.level))
        .max()
        .unwrap_or(Level::HashOnly);
    let judged = Judged {
        case,
        verdict: words::verdict_word(request.verdict),
        classification: request.classification.map(words::classification_word),
        rationale,
        policy_version: &policy.version,
        level_seen,
        now,
        settles_at: now + Millis::from(policy.undo_s) * 1000,
        supersedes: before,
    };
    let event = Event::on("decision.recorded", case, judged.body());
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    record(&mut write, seq, me, &judged).await?;
    crate::view::close_in(console, &mut write, case, "decided").await?;
    claim::end(&mut write, case).await?;
    write.commit().await
}

/// A verdict on one case, checked and ready to be written.
struct Judged<'a> {
    case: i64,
    verdict: &'static str,
    classification: Option<&'static str>,
    rationale: &'a str,
    policy_version: &'a str,
    level_seen: Level,
    now: Millis,
    settles_at: Millis,
    supersedes: Option<i64>,
}

impl Judged<'_> {
    /// What its leaf commits to.
    fn body(&self) -> Value {
        json!({
            "classification": self.classification,
            "level_seen": words::level_word(self.level_seen),
            "policy_version": self.policy_version,
            "rationale": self.rationale,
            "round": 1,
            "settles_at": rfc3339(self.settles_at),
            "supersedes": self.supersedes,
            "verdict": self.verdict,
        })
    }

    /// The same, as one of many that an act decided.
    fn body_of_act(&self, act: i64, poles: &Poles, looked_at: bool) -> Value {
        let mut body = self.body();
        if let Value::Object(fields) = &mut body {
            fields.insert("act".to_owned(), json!(act));
            fields.insert("medoid".to_owned(), json!(poles.medoid));
            fields.insert("farthest".to_owned(), json!(poles.farthest));
            fields.insert("looked_at".to_owned(), json!(looked_at));
        }
        body
    }
}

/// Writes the decision that a leaf speaks of, and where its case now stands.
async fn record(write: &mut Logged, seq: i64, me: &str, judged: &Judged<'_>) -> Result<()> {
    let new = NewDecision {
        seq,
        case_id: judged.case,
        account: me,
        verdict: judged.verdict,
        classification: judged.classification,
        rationale: judged.rationale,
        policy_version: judged.policy_version,
        level_seen: words::level_word(judged.level_seen),
        at: judged.now,
        settles_at: judged.settles_at,
        supersedes: judged.supersedes,
    };
    rows::insert(write.conn(), &new).await?;
    let standing = Standing {
        state: judged.verdict,
        settles_at: Some(judged.settles_at),
        decided_by: Some(me),
        decision_seq: Some(seq),
    };
    rows::set_standing(write.conn(), judged.case, &standing).await
}

fn check(
    (verdict, classification, rationale): (Verdict, Option<Classification>, &str),
    went_by: &str,
    in_force: &str,
) -> Result<()> {
    if went_by != in_force {
        return Err(Error::refused(
            "DECIDE-01",
            format!("Policy {in_force} is in force now. Read what changed, then decide again."),
        ));
    }
    let confirmed = verdict == Verdict::Confirmed;
    if confirmed && classification.is_none() {
        return Err(Error::refused(
            "DECIDE-02",
            "Confirmed needs a classification: A1, A2, B1 or B2.",
        ));
    }
    if !confirmed && classification.is_some() {
        return Err(Error::refused(
            "DECIDE-03",
            "Only confirmed carries a classification. Leave it out.",
        ));
    }
    let needs_words = matches!(verdict, Verdict::CannotTell | Verdict::Escalated);
    if needs_words && rationale.is_empty() {
        return Err(Error::refused(
            "DECIDE-04",
            "This verdict needs a rationale: say what is open or who must see it.",
        ));
    }
    if rationale.len() > MAX_RATIONALE {
        return Err(Error::usage(
            "DECIDE-06",
            format!("A rationale has at most {MAX_RATIONALE} bytes. Shorten it."),
        ));
    }
    Ok(())
}

/// Takes back my decision while its window is open, by appending a withdrawal. The case is mine again if I hold no other.
pub async fn undo(console: &Console, case: u32) -> Result<()> {
    let case = i64::from(case);
    let mut write = Unlogged::begin(console.store()).await?;
    let (decisions, draft) = my_draft(console, write.conn(), case).await?;
    let me = console.actor().pseudonym();
    let event = Event::on("decision.withdrawn", case, json!({ "decision": draft }));
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    take_back(&mut write, case, &decisions, draft, seq).await?;
    let now = console.clock().now();
    let free = queue::lease(write.conn(), case, now).await?.is_none()
        && queue::held_by(write.conn(), me, now).await?.is_none();
    if free {
        let lease_ms = Millis::from(policy::read(write.conn()).await?.lease_s) * 1000;
        let event = Event::on("claim.taken", case, json!({ "lease_s": lease_ms / 1000 }));
        write.log(console.clock(), console.actor(), event).await?;
        queue::put_lease(write.conn(), case, me, now, now + lease_ms).await?;
    }
    write.commit().await
}

/// Writes a withdrawal; the case stands again where it stood before that decision.
async fn take_back(
    write: &mut Logged,
    case: i64,
    decisions: &[DecisionRow],
    decision: i64,
    seq: i64,
) -> Result<()> {
    rows::withdraw(write.conn(), decision, seq).await?;
    let back = standing_before(decisions, decision).map_or(
        Standing { state: "suspected", settles_at: None, decided_by: None, decision_seq: None },
        |decision| Standing {
            state: &decision.verdict,
            settles_at: Some(decision.at),
            decided_by: Some(&decision.account),
            decision_seq: Some(decision.seq),
        },
    );
    rows::set_standing(write.conn(), case, &back).await
}

/// Ends the undo window of my decision now.
pub async fn commit(console: &Console, case: u32) -> Result<()> {
    let case = i64::from(case);
    let mut write = Unlogged::begin(console.store()).await?;
    let (_, draft) = my_draft(console, write.conn(), case).await?;
    let event = Event::on("decision.committed", case, json!({ "decision": draft }));
    let (mut write, _) = write.log(console.clock(), console.actor(), event).await?;
    let now = console.clock().now();
    rows::settle_now(write.conn(), case, now).await?;
    write.commit().await
}

async fn my_draft(
    console: &Console,
    conn: &mut sqlx::SqliteConnection,
    case: i64,
) -> Result<(Vec<DecisionRow>, i64)> {
    console.actor().needs(&[Role::Reviewer])?;
    let (me, now) = (console.actor().pseudonym(), console.clock().now());
    let row = queue::one(conn, me, now, case).await?.ok_or_else(no_such_case)?;
    let decisions = rows::of_case(conn, case).await?;
    match (row.decision_seq, row.settles_at) {
        (Some(seq), Some(ends)) if ends > now && row.decided_by.as_deref() == Some(me) => {
            Ok((decisions, seq))
        }
        (Some(_), _) if row.decided_by.as_deref() == Some(me) => Err(Error::refused(
            "UNDO-01",
            format!(
                "The undo window of case {case:06} is over. Claim the case and decide again; the new decision supersedes it."
            ),
        )),
        _ => {
            Err(Error::refused("UNDO-02", format!("You have no open decision on case {case:06}.")))
        }
    }
}

/// The decision that stands: the newest that was not withdrawn.
pub(crate) fn standing(decisions: &[DecisionRow]) -> Option<&DecisionRow> {
    decisions.iter().rev().find(|decision| decision.withdrawn_seq.is_none())
}

fn standing_before(decisions: &[DecisionRow], seq: i64) -> Option<&DecisionRow> {
    decisions.iter().rev().find(|decision| decision.withdrawn_seq.is_none() && decision.seq < seq)
}

/// Every decision on a case, oldest first, with what became of it.
pub(crate) fn facts(
    decisions: &[DecisionRow],
    me: &str,
    settles_at: Option<Millis>,
    now: Millis,
) -> Vec<DecisionFacts> {
    let stands = standing(decisions).map(|decision| decision.seq);
    let later = |seq: i64| {
        decisions
            .iter()
            .find(|decision| decision.seq > seq && decision.withdrawn_seq.is_none())
            .map(|d| d.seq)
    };
    decisions
        .iter()
        .map(|decision| {
            let (status, ended_by) = match decision.withdrawn_seq {
                Some(seq) => (DecisionStatus::Withdrawn, Some(seq)),
                None if stands != Some(decision.seq) => {
                    (DecisionStatus::Superseded, later(decision.seq))
                }
                None if settles_at.is_some_and(|at| at > now) => (DecisionStatus::Draft, None),
                None => (DecisionStatus::Stands, None),
            };
            DecisionFacts {
                leaf: words::count(decision.seq),
                at: rfc3339(decision.at),
                by: decision.account.clone(),
                mine: decision.account == me,
                verdict: words::verdict(&decision.verdict).unwrap_or(Verdict::CannotTell),
                classification: decision.classification.as_deref().and_then(words::classification),
                rationale: decision.rationale.clone(),
                policy_version: decision.policy_version.clone(),
                level_seen: words::level(&decision.level_seen),
                status,
                supersedes: decision.supersedes.map(words::count),
                ended_by: ended_by.map(words::count),
            }
        })
        .collect()
}

/// The decision that can still be undone, with its window.
pub(crate) fn draft(
    decisions: &[DecisionRow],
    me: &str,
    settles_at: Option<Millis>,
    now: Millis,
) -> Option<Draft> {
    let ends = settles_at.filter(|ends| *ends > now)?;
    let decision = standing(decisions)?;
    Some(Draft {
        by: decision.account.clone(),
        mine: decision.account == me,
        verdict: words::verdict(&decision.verdict)?,
        classification: decision.classification.as_deref().and_then(words::classification),
        left_ms: words::count(ends - now),
        window_ms: words::count(ends - decision.at),
    })
}

pub(crate) fn packaged(case: i64) -> Error {
    Error::refused(
        "DECIDE-05",
        format!("Case {case:06} is in a sealed package. Its decision stands."),
    )
}
