//! Handing the originals of a report on, sealed: proposing it, and writing the bag once a second person has approved.
//!
//! It must never see a byte that is not sealed.

use std::path::PathBuf;

use casement_core::package::originals as rooms;

use crate::approval::proposed;
use crate::args::At;
use crate::desk::sit;
use crate::print::{Out, grouped};
use crate::{End, Outcome};

#[derive(Debug, clap::Args)]
pub(crate) struct OriginalsVerb {
    /// Propose it for this report, e.g. R-0001
    #[arg(
        value_name = "REPORT",
        requires = "to",
        requires = "reason",
        required_unless_present = "proposal"
    )]
    report: Option<String>,
    /// Public age key of someone who may open them; may be given again
    #[arg(long, value_name = "age1…", requires = "report")]
    to: Vec<String>,
    /// Why they are handed on
    #[arg(long, value_name = "TEXT", requires = "report")]
    reason: Option<String>,
    /// Write what this approved proposal allows
    #[arg(long, value_name = "N", conflicts_with = "report", requires = "out")]
    proposal: Option<u32>,
    /// Folder that the bag's own folder is made in
    #[arg(long, value_name = "DIR", requires = "proposal")]
    out: Option<PathBuf>,
}

pub(crate) async fn originals(at: &At, verb: OriginalsVerb, out: &Out) -> Outcome {
    let (Some(proposal), Some(folder)) = (verb.proposal, verb.out) else {
        let report = verb.report.unwrap_or_default();
        let reason = verb.reason.unwrap_or_default();
        let facts =
            sit(at, async |console| Ok(rooms::propose(console, &report, &verb.to, &reason).await?))
                .await?;
        return proposed(&facts, out);
    };
    let facts = sit(at, async |console| Ok(rooms::seal(console, proposal, &folder).await?)).await?;
    if out.json {
        out.object(&facts)?;
    } else {
        out.text(&format!(
            "{} originals of {} sealed in {}, leaf {}.",
            grouped(facts.files.into()),
            facts.report,
            facts.path,
            grouped(facts.leaf)
        ))?;
        facts.recipients.iter().try_for_each(|key| out.text(&format!("  {key}")))?;
    }
    Ok(End::Done)
}
