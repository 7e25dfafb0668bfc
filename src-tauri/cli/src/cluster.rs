//! Clusters of near-duplicates: comparing pictures, listing, and one verdict for many cases.
//!
//! It must never include a case in an act that the person did not leave in.

mod refresh;

use casement_core::cluster as rooms;
use casement_core::wire::{
    Classification, ClusterDecide, ClusterFilter, ClusterOrder, ClusterRow, ClusterView,
    MemberRole, Verdict,
};
use casement_core::{Console, Error, Result, decision, policy};
use clap::Subcommand;

use crate::args::{At, one_of};
use crate::desk::sit;
use crate::print::{Out, grouped, span, table, word};
use crate::{End, Outcome};

pub(crate) use refresh::after_import;

#[derive(Debug, Subcommand)]
pub(crate) enum ClusterVerb {
    /// The members of a cluster, and what must be looked at before they can be decided together
    #[command(after_help = "Example:\n  casectl cluster show K-0193 --leave-out 207 --as bo")]
    Show {
        /// Name of the cluster, or the number of a case in it
        #[arg(value_name = "K-NUMBER")]
        cluster: String,
        /// Case that is not to be decided with the others
        #[arg(long, value_name = "CASE")]
        leave_out: Vec<u32>,
    },
    /// Give one verdict to all cases of a cluster that can be decided; each gets a decision and a leaf of its own
    #[command(
        after_help = "The medoid and the case farthest from it must have been looked at first, with casectl view.\n\n\
                      Example:\n  casectl cluster decide K-0193 confirmed --class B2 --leave-out 207 --as bo"
    )]
    Decide(DecideVerb),
    /// Take back a whole act while its window is open
    #[command(after_help = "Example:\n  casectl cluster undo 4711 --as bo")]
    Undo {
        /// Leaf of the act, as `decide` told it
        act: u64,
    },
    /// The near-duplicates of one case, nearest first
    #[command(after_help = "Example:\n  casectl cluster near 193 --json")]
    Near { case: u32 },
}

#[derive(Debug, clap::Args)]
pub(crate) struct DecideVerb {
    /// Name of the cluster, or the number of a case in it
    #[arg(value_name = "K-NUMBER")]
    cluster: String,
    #[arg(value_parser = one_of::<Verdict>(&["confirmed", "not-a-match", "cannot-tell", "escalated"]))]
    verdict: Verdict,
    /// Industry classification; confirmed needs one
    #[arg(long, value_parser = one_of::<Classification>(&["A1", "A2", "B1", "B2"]))]
    class: Option<Classification>,
    /// Why, in words; cannot-tell and escalated need it
    #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
    rationale: String,
    /// Case that is not to be decided with the others
    #[arg(long, value_name = "CASE")]
    leave_out: Vec<u32>,
    /// Version of the policy you went by; the one in force unless given
    #[arg(long, value_name = "VERSION")]
    policy: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ClustersVerb {
    /// Most open cases first, or smallest case number first
    #[arg(long, default_value = "open", value_parser = one_of::<ClusterOrder>(&["open", "oldest"]))]
    order: ClusterOrder,
    /// Also clusters without an open case
    #[arg(long)]
    all: bool,
    /// Most clusters to print; 0 prints all
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: usize,
}

pub(crate) async fn cluster(at: &At, verb: Option<ClusterVerb>, out: &Out) -> Outcome {
    match verb {
        None => refresh::refresh(at, out).await,
        Some(ClusterVerb::Show { cluster, leave_out }) => show(at, &cluster, &leave_out, out).await,
        Some(ClusterVerb::Decide(verb)) => decide(at, verb, out).await,
        Some(ClusterVerb::Undo { act }) => undo(at, act, out).await,
        Some(ClusterVerb::Near { case }) => near(at, case, out).await,
    }
}

pub(crate) async fn clusters(at: &At, verb: ClustersVerb, out: &Out) -> Outcome {
    let limit = if verb.limit == 0 { usize::MAX } else { verb.limit };
    let filter = ClusterFilter { order: verb.order, all: verb.all };
    let (rows, compared) = sit(at, async |console| {
        let (mut rows, mut after): (Vec<ClusterRow>, Option<String>) = (Vec::new(), None);
        loop {
            let page = rooms::list(console, &filter, after.as_deref(), rooms::MAX_PAGE).await?;
            rows.extend(page.rows);
            after = page.next;
            if after.is_none() || rows.len() >= limit {
                rows.truncate(limit);
                return Ok((rows, page.compared));
            }
        }
    })
    .await?;
    out.list(&rows, ["Cluster", "Cases", "Open", "Sightings", "Widest", "Claimed by"], |row| {
        [
            row.name.clone(),
            grouped(row.cases.into()),
            grouped(row.open.into()),
            grouped(row.sightings.into()),
            grouped(row.widest.into()),
            row.claimed_by.clone().unwrap_or_default(),
        ]
    })?;
    if !out.json {
        out.note(&format!(
            "{} pictures compared, {} waiting, {} of low quality, {} not comparable.",
            grouped(compared.compared),
            grouped(compared.waiting),
            grouped(compared.low_quality),
            grouped(compared.not_comparable)
        ));
    }
    Ok(End::Done)
}

/// The cluster as it stands once these cases are left out.
async fn opened(console: &Console, name: &str, leave_out: &[u32]) -> Result<ClusterView> {
    let cluster = rooms::parse_name(name)?;
    let all = rooms::show(console, cluster, None).await?;
    if leave_out.is_empty() {
        return Ok(all);
    }
    if let Some(case) =
        leave_out.iter().find(|case| !all.members.iter().any(|member| member.case == **case))
    {
        return Err(Error::usage(
            "ARGS-05",
            format!("Case {case:06} is not in this cluster, so it cannot be left out of it."),
        ));
    }
    let kept: Vec<u32> = included(&all).filter(|case| !leave_out.contains(case)).collect();
    rooms::show(console, cluster, Some(&kept)).await
}

fn included(found: &ClusterView) -> impl Iterator<Item = u32> {
    found.members.iter().filter(|member| member.included).map(|member| member.case)
}

async fn show(at: &At, name: &str, leave_out: &[u32], out: &Out) -> Outcome {
    let found = sit(at, async |console| Ok(opened(console, name, leave_out).await?)).await?;
    if out.json {
        out.object(&found)?;
    } else {
        describe(&found, out)?;
    }
    Ok(End::Done)
}

fn describe(found: &ClusterView, out: &Out) -> Outcome<()> {
    out.text(&format!(
        "{}: {} cases, {} open, {} held; PDQ within {}.",
        found.name,
        grouped(found.cases.into()),
        grouped(found.open.into()),
        grouped(found.held.into()),
        found.threshold
    ))?;
    let rows = found
        .members
        .iter()
        .map(|member| {
            [
                format!("{:06}", member.case),
                if member.included { "yes" } else { "no" }.to_owned(),
                role(member.role).to_owned(),
                grouped(member.to_medoid.into()),
                member.distance.map_or_else(String::new, |distance| grouped(distance.into())),
                grouped(member.quality.into()),
                word(&member.class),
                word(&member.state),
                member.looked_at.map_or_else(
                    || "no".to_owned(),
                    |seen| format!("{}, {}", word(&seen.level), span(seen.ms)),
                ),
                member.blocked.as_ref().map_or_else(String::new, |blocked| blocked.message.clone()),
            ]
        })
        .collect();
    let head = [
        "Case",
        "Included",
        "Role",
        "To medoid",
        "To entry",
        "Quality",
        "Trail",
        "State",
        "Looked at",
        "",
    ];
    for line in table(head, rows) {
        out.text(&line)?;
    }
    if found.more > 0 {
        out.text(&format!("… and {} more.", grouped(found.more.into())))?;
    }
    match &found.cannot_decide {
        Some(refused) => out.text(&refused.message),
        None => out.text("The included cases can be decided together."),
    }
}

fn role(role: Option<MemberRole>) -> &'static str {
    match role {
        Some(MemberRole::Medoid) => "medoid",
        Some(MemberRole::Farthest) => "farthest",
        None => "",
    }
}

async fn decide(at: &At, verb: DecideVerb, out: &Out) -> Outcome {
    let done = sit(at, async |console| {
        let found = opened(console, &verb.cluster, &verb.leave_out).await?;
        // Without two that can be decided core says what is wrong; no case has the number 0.
        let pole = |at: usize| found.coverage.required.get(at).map_or(0, |step| step.case);
        let policy_version = match verb.policy {
            Some(version) => version,
            None => policy::current(console).await?.version,
        };
        let request = ClusterDecide {
            cluster: found.cluster,
            cases: included(&found).collect(),
            medoid: pole(0),
            farthest: pole(1),
            verdict: verb.verdict,
            classification: verb.class,
            rationale: verb.rationale,
            policy_version,
            leave_out_blocked: false,
        };
        Ok(decision::apply_to_cluster(console, &request).await?)
    })
    .await?;
    if out.json {
        out.object(&done)?;
    } else {
        out.text(&format!(
            "{} cases decided by the act of leaf {}, {} of them looked at. Until {} from now: casectl cluster undo {}.",
            done.decided.len(),
            done.act,
            done.looked_at.len(),
            span(done.left_ms),
            done.act
        ))?;
    }
    Ok(End::Done)
}

async fn undo(at: &At, act: u64, out: &Out) -> Outcome {
    let done = sit(at, async |console| Ok(decision::undo_cluster(console, act).await?)).await?;
    if out.json {
        out.object(&done)?;
    } else {
        out.text(&format!(
            "{} decisions withdrawn, {} kept.",
            done.withdrawn.len(),
            done.kept.len()
        ))?;
    }
    Ok(End::findings(!done.kept.is_empty()))
}

async fn near(at: &At, case: u32, out: &Out) -> Outcome {
    let found = sit(at, async |console| Ok(rooms::neighbours(console, case).await?)).await?;
    out.list(&found, ["Case", "Distance", "Quality", "State", "List", "Entry", "Trail"], |near| {
        [
            format!("{:06}", near.case),
            grouped(near.distance.into()),
            grouped(near.quality.into()),
            word(&near.state),
            near.list.clone(),
            near.entry.clone().unwrap_or_default(),
            word(&near.class),
        ]
    })?;
    Ok(End::Done)
}
