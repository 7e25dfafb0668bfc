//! One human act over many cases of a cluster (design, rule 10): one decision and one leaf for each case, each naming the
//! act and saying whether that case itself was looked at.
//!
//! It must never decide a case that was not named in the request, nor without the medoid and the farthest of the
//! included cases having been looked at by the very person who decides.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Judged, check, record, take_back};
use crate::clock::{Millis, rfc3339};
use crate::cluster::{
    Member, Poles, blocked, covered, members, no_such_cluster, not_covered, poles_of, too_few,
};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Logged, Unlogged, signed, unsigned};
use crate::policy;
use crate::queue::claim;
use crate::store::cluster_act::{self as rows, NewAct};
use crate::store::{decision, exposure, queue};
use crate::wire::{ClusterDecide, ClusterDecided, ClusterUndone, LeftOut, Level, Role, WireError};
use crate::words;

/// Records one verdict for many cases of a cluster. It can be undone as a whole until its window ends.
///
/// # Errors
/// `CLUSTER-02` until medoid and farthest were looked at; `CLUSTER-04` when they are no longer those the request names;
/// `CLUSTER-05` to `-07` naming a case that is decided, claimed or held, unless those may be left out; `CLUSTER-08` for
/// too few or too many; and those of a single decision.
pub async fn apply_to_cluster(
    console: &Console,
    request: &ClusterDecide,
) -> Result<ClusterDecided> {
    console.actor().needs(&[Role::Reviewer])?;
    let rationale = request.rationale.trim();
    let mut write = Unlogged::begin(console.store()).await?;
    let policy = policy::read(write.conn()).await?;
    let said = (request.verdict, request.classification, rationale);
    check(said, &request.policy_version, &policy.version)?;
    let (me, now) = (console.actor().pseudonym(), console.clock().now());
    let (row, members) = members(write.conn(), me, now, i64::from(request.cluster)).await?;
    let (chosen, left_out) = choose(&members, request, me)?;
    if let Some(refused) = too_few(chosen.len()) {
        return Err(refused);
    }
    let poles = poles_of(&chosen).ok_or_else(no_such_cluster)?;
    if (poles.medoid, poles.farthest) != (request.medoid, request.farthest) {
        return Err(stale(&poles));
    }
    if let Some(refused) = not_covered(&covered(&chosen, Some(&poles))) {
        return Err(refused);
    }

    let settles_at = now + Millis::from(policy.undo_s) * 1000;
    let (verdict, classification) = (
        words::verdict_word(request.verdict),
        request.classification.map(words::classification_word),
    );
    let looked_at: Vec<u32> = chosen
        .iter()
        .filter(|member| member.looked_at.is_some())
        .map(|member| member.case)
        .collect();
    let cases: Vec<u32> = chosen.iter().map(|member| member.case).collect();
    let event = Event::new(
        "cluster.decided",
        json!({
            "cases": cases,
            "classification": classification,
            "cluster": crate::cluster::name(row.first_case),
            "farthest": poles.farthest,
            "left_out": left_out.iter().map(|out| json!([out.case, out.problem.code])).collect::<Vec<_>>(),
            "looked_at": looked_at,
            "medoid": poles.medoid,
            "policy_version": policy.version,
            "rationale": rationale,
            "settles_at": rfc3339(settles_at),
            "verdict": verdict,
            "widest": poles.widest,
        }),
    );
    let (mut write, act) = write.log(console.clock(), console.actor(), event).await?;
    let new = NewAct {
        seq: act,
        cluster: row.first_case,
        account: me,
        verdict,
        classification,
        medoid: i64::from(poles.medoid),
        farthest: i64::from(poles.farthest),
        cases: signed(cases.len() as u64)?,
        looked_at: signed(looked_at.len() as u64)?,
        at: now,
        settles_at,
    };
    rows::insert(write.conn(), &new).await?;
    for member in &chosen {
        let judged = Judged {
            case: member.row.case_id,
            verdict,
            classification,
            rationale,
            policy_version: &policy.version,
            level_seen: member.looked_at.map_or(Level::HashOnly, |seen| seen.level),
            now,
            settles_at,
            supersedes: None,
        };
        let body = judged.body_of_act(act, &poles, member.looked_at.is_some());
        let event = Event::on("decision.recorded", judged.case, body);
        let seq = write.log(console.clock(), console.actor(), event).await?;
        record(&mut write, seq, me, &judged).await?;
        rows::insert_decision(write.conn(), act, seq, judged.case).await?;
    }
    end_claim(console, &mut write, &cases).await?;
    write.commit().await?;
    Ok(ClusterDecided {
        act: unsigned(act)?,
        cluster: words::case_number(row.first_case),
        decided: cases,
        looked_at,
        left_out,
        left_ms: words::count(settles_at - now),
    })
}

/// The members that the request names and that can be decided. Those that cannot are refused, all of them named, unless
/// they may be left out.
fn choose<'a>(
    members: &'a [Member],
    request: &ClusterDecide,
    me: &str,
) -> Result<(Vec<&'a Member>, Vec<LeftOut>)> {
    let wanted: BTreeSet<u32> = request.cases.iter().copied().collect();
    let named: Vec<&Member> =
        members.iter().filter(|member| wanted.contains(&member.case)).collect();
    if named.len() != wanted.len() {
        return Err(no_such_cluster());
    }
    let (mut chosen, mut out, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for member in named {
        match blocked(member, me) {
            None => chosen.push(member),
            Some(error) => {
                out.push(LeftOut { case: member.case, problem: WireError::from(&error) });
                problems.push(error);
            }
        }
    }
    if request.leave_out_blocked {
        return Ok((chosen, out));
    }
    let more: Vec<String> =
        out.iter().skip(1).take(20).map(|out| format!("{:06}", out.case)).collect();
    match problems.into_iter().next() {
        None => Ok((chosen, out)),
        Some(mut first) => {
            if !more.is_empty() {
                first.message.push_str(&format!(" The same or the like: {}.", more.join(", ")));
            }
            Err(first)
        }
    }
}

fn stale(poles: &Poles) -> Error {
    Error::refused(
        "CLUSTER-04",
        format!(
            "Of these cases {:06} is the medoid and {:06} lies farthest from it; the request names others. The cluster or \
             your selection changed meanwhile. Open it again.",
            poles.medoid, poles.farthest
        ),
    )
}

/// My claim and my open view end, where they are on a case that was just decided.
async fn end_claim(console: &Console, write: &mut Logged, cases: &[u32]) -> Result<()> {
    let (me, now) = (console.actor().pseudonym(), console.clock().now());
    let mut mine: BTreeSet<i64> = exposure::open(write.conn())
        .await?
        .into_iter()
        .filter(|open| open.account == me)
        .map(|open| open.case_id)
        .collect();
    let held = queue::held_by(write.conn(), me, now).await?.map(|lease| lease.case_id);
    mine.extend(held);
    for case in mine.into_iter().filter(|case| cases.contains(&words::case_number(*case))) {
        crate::view::close_in(console, write, case, "decided").await?;
        if held == Some(case) {
            claim::end(write, case).await?;
        }
    }
    Ok(())
}

/// Takes a whole act back while its window is open, by appending one withdrawal for each case. Decisions that were
/// committed, withdrawn or superseded by themselves meanwhile stay as they are, and are named.
pub async fn undo_cluster(console: &Console, act: u64) -> Result<ClusterUndone> {
    console.actor().needs(&[Role::Reviewer])?;
    let (me, now) = (console.actor().pseudonym(), console.clock().now());
    let number = signed(act)?;
    let mut write = Unlogged::begin(console.store()).await?;
    let row = rows::one(write.conn(), number).await?.ok_or_else(no_such_act)?;
    if row.account != me {
        return Err(no_such_act());
    }
    if row.withdrawn_seq.is_some() || row.settles_at <= now {
        return Err(Error::refused(
            "UNDO-03",
            "This act is taken back already, or its undo window is over. Decide the cases again by themselves.",
        ));
    }
    let (mut open, mut kept) = (Vec::new(), Vec::new());
    for (case, decision) in rows::decisions(write.conn(), number).await? {
        let stands = queue::one(write.conn(), me, now, case).await?.is_some_and(|row| {
            row.decision_seq == Some(decision) && row.settles_at.is_some_and(|ends| ends > now)
        });
        if stands {
            open.push((case, decision));
        } else {
            kept.push(words::case_number(case));
        }
    }
    let event = Event::new(
        "cluster.withdrawn",
        json!({ "act": number, "cases": open.iter().map(|(case, _)| case).collect::<Vec<_>>(), "kept": kept }),
    );
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    rows::withdraw(write.conn(), number, seq).await?;
    for &(case, of) in &open {
        let decisions = decision::of_case(write.conn(), case).await?;
        let body = json!({ "act": number, "decision": of });
        let event = Event::on("decision.withdrawn", case, body);
        let seq = write.log(console.clock(), console.actor(), event).await?;
        take_back(&mut write, case, &decisions, of, seq).await?;
    }
    write.commit().await?;
    Ok(ClusterUndone {
        act,
        withdrawn: open.into_iter().map(|(case, _)| words::case_number(case)).collect(),
        kept,
    })
}

fn no_such_act() -> Error {
    Error::usage("UNDO-04", "You have no act over many cases of this number.")
}
