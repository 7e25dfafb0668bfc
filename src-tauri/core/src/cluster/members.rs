//! The members of a cluster, as one person may decide them: what stands in the way, and what must be looked at first.
//!
//! It must never count a view that was not shown, nor another person's.

use std::collections::{BTreeMap, BTreeSet};

use super::{Poles, name, no_such_cluster, poles, read_pdq, rows, small};
use crate::clock::{Millis, rfc3339};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::hash::pdq::{MATCH, Pdq};
use crate::store::cluster::{ClusterRow as Row, MemberRow};
use crate::store::cluster_act::{self as acts, ActRow};
use crate::wire::{
    CaseState, Claim, ClusterAct, ClusterMember, ClusterView, Coverage, CoverageStep, Draft, Level,
    LookedAt, MemberRole, Role, Verdict, WireError,
};
use crate::words;

/// Most cases that one act decides, and most members that are listed.
pub(crate) const MAX_CASES: usize = 1_000;
/// Fewest cases that an act over many decides.
pub(crate) const MIN_CASES: usize = 2;

/// One member.
pub(crate) struct Member {
    pub(crate) row: MemberRow,
    pub(crate) case: u32,
    pub(crate) pdq: Pdq,
    /// By the person at the console.
    pub(crate) looked_at: Option<LookedAt>,
}

/// The cluster that a case is in, with all its members in the order of their numbers.
pub(crate) async fn read(
    conn: &mut sqlx::SqliteConnection,
    me: &str,
    now: Millis,
    case: i64,
) -> Result<(Row, Vec<Member>)> {
    let row = rows::of_case(conn, case).await?.ok_or_else(no_such_cluster)?;
    let mut looked: BTreeMap<i64, LookedAt> = BTreeMap::new();
    for (case, level, ms) in rows::seen(conn, row.id, me, now).await? {
        let seen = looked.entry(case).or_insert(LookedAt { level: Level::HashOnly, ms: 0 });
        seen.level = seen.level.max(words::level(&level));
        seen.ms += words::count(ms);
    }
    let members = rows::members(conn, row.id, now).await?;
    let members = members
        .into_iter()
        .map(|row| Member {
            case: words::case_number(row.case_id),
            pdq: read_pdq(&row.pdq),
            looked_at: looked.get(&row.case_id).copied(),
            row,
        })
        .collect();
    Ok((row, members))
}

/// Why a member cannot be decided by an act over many.
pub(crate) fn blocked(member: &Member, me: &str) -> Option<Error> {
    let case = member.case;
    let row = &member.row;
    if row.state != "suspected" {
        return Some(Error::refused(
            "CLUSTER-05",
            format!(
                "Case {case:06} is decided already. Leave it out, or decide it again by itself."
            ),
        ));
    }
    if let Some(holder) = row.holder.as_deref().filter(|holder| *holder != me) {
        return Some(Error::refused(
            "CLUSTER-06",
            format!("{holder} holds case {case:06}. Leave it out, or wait."),
        ));
    }
    row.held_by.map(|flood| {
        Error::refused(
            "CLUSTER-07",
            format!("Flood card F-{flood:04} holds case {case:06}. Leave it out, or have the card released."),
        )
    })
}

/// What of a set must have been looked at, and was.
pub(crate) fn covered(set: &[&Member], poles: Option<&Poles>) -> Coverage {
    let step = |role, case| {
        let member = set.iter().find(|member| member.case == case)?;
        let to_medoid = poles.map_or(0, |poles| member.pdq.distance(&poles.centre));
        Some(CoverageStep { role, case, to_medoid, looked_at: member.looked_at })
    };
    let required: Vec<CoverageStep> = poles
        .into_iter()
        .flat_map(|poles| {
            [(MemberRole::Medoid, poles.medoid), (MemberRole::Farthest, poles.farthest)]
        })
        .filter_map(|(role, case)| step(role, case))
        .collect();
    Coverage {
        complete: !required.is_empty() && required.iter().all(|step| step.looked_at.is_some()),
        included: u32::try_from(set.len()).unwrap_or(u32::MAX),
        looked_at: u32::try_from(set.iter().filter(|member| member.looked_at.is_some()).count())
            .unwrap_or(u32::MAX),
        required,
    }
}

/// The place of a case among those included.
pub(crate) fn role_of(case: u32, poles: &Poles) -> Option<MemberRole> {
    match case {
        case if case == poles.medoid => Some(MemberRole::Medoid),
        case if case == poles.farthest => Some(MemberRole::Farthest),
        _ => None,
    }
}

/// Refuses a set that is no set, or that nobody could answer for.
pub(crate) fn too_few(cases: usize) -> Option<Error> {
    let text = match cases {
        n if n < MIN_CASES => {
            "An act over many needs two cases that can be decided. Decide a single one by itself."
        }
        n if n > MAX_CASES => {
            "One act decides at most 1,000 cases. Leave some out; they can follow in another."
        }
        _ => return None,
    };
    Some(Error::refused("CLUSTER-08", text))
}

/// Refuses while something must still be looked at.
pub(crate) fn not_covered(coverage: &Coverage) -> Option<Error> {
    let step = coverage.required.iter().find(|step| step.looked_at.is_none())?;
    let role = match step.role {
        MemberRole::Medoid => "the medoid",
        MemberRole::Farthest => "farthest from the medoid",
    };
    Some(Error::refused(
        "CLUSTER-02",
        format!(
            "Look at case {:06} first, at any level above hash-only: it is {role} of the included cases. Or leave it out; \
             the next then takes its place.",
            step.case
        ),
    ))
}

/// A cluster with its members. `included` are the cases that would be decided together; without it, all that can be,
/// the thousand nearest to their medoid where there are more.
pub async fn show(
    console: &Console,
    cluster: u32,
    included: Option<&[u32]>,
) -> Result<ClusterView> {
    let mut conn = console.store().read().await?;
    let (me, now) = (console.actor().pseudonym(), console.clock().now());
    let (row, members) = read(&mut conn, me, now, i64::from(cluster)).await?;
    let sums = super::sums(&mut conn, console, &[row.id]).await?;
    let acts = acts::of_cluster(&mut conn, row.id).await?;
    drop(conn);

    let free = members.iter().filter(|member| blocked(member, me).is_none());
    let chosen: Vec<&Member> = match included {
        Some(cases) => {
            let cases: BTreeSet<u32> = cases.iter().copied().collect();
            if cases.iter().any(|case| !members.iter().any(|member| member.case == *case)) {
                return Err(no_such_cluster());
            }
            free.filter(|member| cases.contains(&member.case)).collect()
        }
        None => nearest(free.collect()),
    };
    let middle = poles_of(&chosen);
    let coverage = covered(&chosen, middle.as_ref());
    let refused = console
        .actor()
        .needs(&[Role::Reviewer])
        .err()
        .or_else(|| too_few(chosen.len()))
        .or_else(|| not_covered(&coverage));
    let chosen: BTreeSet<u32> = chosen.iter().map(|member| member.case).collect();
    let everyone: Vec<&Member> = members.iter().collect();
    let Some(centre) = middle.or_else(|| poles_of(&everyone)) else {
        return Err(no_such_cluster());
    };
    let mut listed: Vec<ClusterMember> = members
        .iter()
        .map(|member| {
            let included = chosen.contains(&member.case);
            let role = middle.as_ref().filter(|_| included);
            let role = role.and_then(|poles| role_of(member.case, poles));
            let to_medoid = member.pdq.distance(&centre.centre);
            fact(member, me, now, Place { included, role, to_medoid })
        })
        .collect();
    // A cut never takes a case out of sight that would be decided.
    listed.sort_unstable_by_key(|member| (!member.included, member.to_medoid, member.case));
    let more = listed.len().saturating_sub(MAX_CASES);
    listed.truncate(MAX_CASES);
    listed.sort_unstable_by_key(|member| {
        (member.role != Some(MemberRole::Medoid), member.to_medoid, member.case)
    });
    let sum = sums.first();
    Ok(ClusterView {
        cluster: words::case_number(row.first_case),
        name: name(row.first_case),
        cases: small(row.cases),
        open: small(row.open),
        held: sum.map_or(0, |sum| small(sum.held)),
        threshold: MATCH,
        decided: sum.map(super::verdicts).unwrap_or_default(),
        members: listed,
        more: u32::try_from(more).unwrap_or(u32::MAX),
        coverage,
        acts: acts.iter().map(|act| act_fact(act, me, now)).collect(),
        cannot_decide: refused.map(WireError::from),
    })
}

fn nearest(mut free: Vec<&Member>) -> Vec<&Member> {
    if free.len() > MAX_CASES
        && let Some(poles) = poles_of(&free)
    {
        free.sort_unstable_by_key(|member| (member.pdq.distance(&poles.centre), member.case));
        free.truncate(MAX_CASES);
    }
    free
}

/// Poles of these members.
pub(crate) fn poles_of(set: &[&Member]) -> Option<Poles> {
    let set: Vec<(u32, Pdq)> = set.iter().map(|member| (member.case, member.pdq)).collect();
    poles(&set)
}

/// Within its undo window a decision is a draft, and the case still suspected.
pub(super) fn state(row: &MemberRow, now: Millis) -> CaseState {
    if row.settles_at.is_some_and(|at| at > now) {
        CaseState::Suspected
    } else {
        words::state(&row.state)
    }
}

struct Place {
    included: bool,
    role: Option<MemberRole>,
    to_medoid: u32,
}

fn fact(member: &Member, me: &str, now: Millis, place: Place) -> ClusterMember {
    let row = &member.row;
    let open_until = row.settles_at.filter(|ends| *ends > now);
    ClusterMember {
        case: member.case,
        included: place.included,
        blocked: blocked(member, me).map(WireError::from),
        role: place.role,
        to_medoid: place.to_medoid,
        state: state(row, now),
        draft: row.decided_by.as_ref().zip(open_until).and_then(|(by, ends)| {
            Some(Draft {
                by: by.clone(),
                mine: by == me,
                verdict: words::verdict(&row.state)?,
                classification: None,
                left_ms: words::count(ends - now),
                window_ms: 0,
            })
        }),
        claim: row.holder.as_ref().zip(row.lease_ends).map(|(by, ends)| Claim {
            by: by.clone(),
            mine: by == me,
            left_ms: words::count(ends - now),
            lease_ms: 0,
        }),
        held_by: row.held_by.map(words::case_number),
        list: row.list.clone(),
        entry: row.entry.clone(),
        algorithm: words::algorithm(&row.algorithm).to_owned(),
        distance: words::small(row.distance),
        threshold: words::small(row.threshold),
        quality: small(row.print_quality),
        source: row.source.clone(),
        class: words::class(&row.class),
        dataset: row.dataset.clone(),
        sightings: small(row.sightings),
        looked_at: member.looked_at,
    }
}

fn act_fact(act: &ActRow, me: &str, now: Millis) -> ClusterAct {
    let open = act.withdrawn_seq.is_none() && act.settles_at > now;
    ClusterAct {
        act: words::count(act.seq),
        at: rfc3339(act.at),
        by: act.account.clone(),
        mine: act.account == me,
        verdict: words::verdict(&act.verdict).unwrap_or(Verdict::CannotTell),
        classification: act.classification.as_deref().and_then(words::classification),
        cases: small(act.cases),
        looked_at: small(act.looked_at),
        medoid: words::case_number(act.medoid),
        farthest: words::case_number(act.farthest),
        left_ms: open.then(|| words::count(act.settles_at - now)),
        withdrawn: act.withdrawn_seq.map(words::count),
    }
}
