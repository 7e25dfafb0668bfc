//! Acts that need two persons: what waits, what was decided, and deciding it.
//!
//! It must never decide who may.

use casement_core::approval;
use casement_core::wire::{ProposalFacts, ProposalFilter, ProposalKind, ProposalState};

use crate::args::{At, one_of};
use crate::desk::sit;
use crate::print::{Out, span, word};
use crate::{End, Outcome};

#[derive(Debug, clap::Args)]
pub(crate) struct ProposalsVerb {
    /// Only those that stand so; open ones unless given
    #[arg(long, default_value = "open", conflicts_with = "all", value_parser = one_of::<ProposalState>(&["open", "approved", "refused", "withdrawn", "expired"]))]
    state: ProposalState,
    /// Every proposal, however it ended
    #[arg(long)]
    all: bool,
    /// Only this kind
    #[arg(long, value_parser = one_of::<ProposalKind>(&["policy-change", "organisation-change", "release-list", "suppress-entry", "file-report", "withdraw-report", "lift-hold", "destroy", "unlock-production", "record-receipt-lost", "seal-originals", "hand-over"]))]
    kind: Option<ProposalKind>,
}

pub(crate) async fn proposals(at: &At, verb: ProposalsVerb, out: &Out) -> Outcome {
    let filter = ProposalFilter { state: (!verb.all).then_some(verb.state), kind: verb.kind };
    let found = sit(at, async |console| Ok(approval::list(console, &filter).await?)).await?;
    out.list(
        &found,
        ["Proposal", "State", "By", "Left", "What", "Because", "Can you decide it"],
        |proposal| {
            [
                proposal.proposal.to_string(),
                word(&proposal.state),
                proposal.proposed_by.clone(),
                if proposal.left_ms == 0 { String::new() } else { span(proposal.left_ms) },
                proposal.title.clone(),
                proposal.reason.clone(),
                proposal.cannot_decide.as_ref().map_or("yes", |_| "no").to_owned(),
            ]
        },
    )?;
    Ok(End::Done)
}

pub(crate) async fn approve(at: &At, proposal: u32, out: &Out) -> Outcome {
    let facts = sit(at, async |console| Ok(approval::approve(console, proposal).await?)).await?;
    ended(&facts, "approved, and done", out)
}

pub(crate) async fn refuse(at: &At, proposal: u32, reason: &str, out: &Out) -> Outcome {
    let facts =
        sit(at, async |console| Ok(approval::refuse(console, proposal, reason).await?)).await?;
    ended(&facts, "refused", out)
}

pub(crate) async fn withdraw(at: &At, proposal: u32, out: &Out) -> Outcome {
    let facts = sit(at, async |console| Ok(approval::withdraw(console, proposal).await?)).await?;
    ended(&facts, "withdrawn", out)
}

fn ended(facts: &ProposalFacts, how: &str, out: &Out) -> Outcome {
    if out.json {
        out.object(facts)?;
    } else {
        let leaf = facts.decided_leaf.unwrap_or(facts.leaf);
        out.text(&format!("{}: {how}, leaf {leaf}.", facts.title))?;
    }
    Ok(End::Done)
}

/// What a verb answers that could only propose.
pub(crate) fn proposed(facts: &ProposalFacts, out: &Out) -> Outcome {
    if out.json {
        out.object(facts)?;
    } else {
        out.text(&format!("Proposal {}: {}", facts.proposal, facts.title))?;
        facts.what.iter().try_for_each(|what| out.text(&format!("  {what}")))?;
    }
    out.note(&format!(
        "Nothing has changed yet. Another supervisor or custodian must approve it: casectl approve {}",
        facts.proposal
    ));
    Ok(End::Done)
}
