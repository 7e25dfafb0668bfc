//! A sealed report's other exits: writing them, listing them, and proposing to hand one over.
//!
//! It must never decide who may be told what.

use std::path::PathBuf;

use casement_core::package::exit as rooms;
use casement_core::wire::{ExitFacts, ExitKind, ExitRequest, HandOverRequest};

use crate::approval::proposed;
use crate::args::{At, one_of};
use crate::desk::sit;
use crate::print::{Out, grouped, word};
use crate::{End, Outcome};

pub(crate) const HELP: &str = "\
A list for a hotline is one file, anything else a folder. Handing over to law enforcement needs two persons: propose it
with `report hand-over`, have it approved, then write the letter with --proposal.

Example:
  casectl report exit R-0001 --to inhope --out addresses.csv --as ada
  casectl report exit R-0001 --to nca --priority 1 --out ./nca --as ada
  casectl report exit R-0001 --to corpus-owner --out ./tombstones --as ada
  casectl report hand-over R-0001 --authority \"Example Police, DC Sample\" --reference \"EP-2026-17\" --reason \"court order seen\" --as ada
  casectl report exit R-0001 --to law-enforcement --proposal 3 --out ./letter --as ada";

#[derive(Debug, clap::Subcommand)]
pub(crate) enum ExitVerb {
    /// Write a sealed report for somebody else than the CyberTipline
    #[command(after_help = HELP)]
    Exit {
        /// E.g. R-0001
        report: String,
        /// Who it is for
        #[arg(long, value_parser = one_of::<ExitKind>(&["inhope", "nca", "law-enforcement", "corpus-owner"]))]
        to: ExitKind,
        /// New file or folder to write
        #[arg(long, value_name = "PATH")]
        out: PathBuf,
        /// For nca: the priority level, 1 is immediate
        #[arg(long, value_name = "LEVEL")]
        priority: Option<u8>,
        /// For law-enforcement: the approved proposal
        #[arg(long, value_name = "NUMBER")]
        proposal: Option<u32>,
    },
    /// List what was written for whom
    #[command(after_help = "Example:\n  casectl report exits R-0001 --as ada --json")]
    Exits {
        /// Only of this report
        report: Option<String>,
    },
    /// Propose to hand a sealed report to an officer who asked
    #[command(
        after_help = "Example:\n  casectl report hand-over R-0001 --authority \"Example Police\" --reference EP-17 --reason \"court order seen\" --as ada"
    )]
    HandOver {
        /// E.g. R-0001
        report: String,
        /// Who asked: agency and officer
        #[arg(long, value_name = "TEXT")]
        authority: String,
        /// Number of the legal process
        #[arg(long, value_name = "TEXT")]
        reference: String,
        /// Why, for the second person
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

pub(crate) async fn exit(at: &At, verb: ExitVerb, out: &Out) -> Outcome {
    match verb {
        ExitVerb::Exit { report, to, out: path, priority, proposal } => {
            let path = path.to_string_lossy().into_owned();
            let request = ExitRequest { report, to, out: path, priority, proposal };
            let facts = sit(at, async |console| Ok(rooms::exit(console, &request).await?)).await?;
            said(&facts, out)
        }
        ExitVerb::Exits { report } => {
            let found =
                sit(at, async |console| Ok(rooms::exits(console, report.as_deref()).await?))
                    .await?;
            out.list(
                &found,
                ["Report", "For", "Written", "By", "Files", "Leaf", "Where"],
                |exit| {
                    [
                        exit.report.clone(),
                        word(&exit.to),
                        exit.at.clone(),
                        exit.by.clone(),
                        grouped(exit.told),
                        grouped(exit.leaf),
                        exit.path.clone(),
                    ]
                },
            )?;
            Ok(End::Done)
        }
        ExitVerb::HandOver { report, authority, reference, reason } => {
            let request = HandOverRequest { report, authority, reference, reason };
            let facts =
                sit(at, async |console| Ok(rooms::hand_over(console, &request).await?)).await?;
            proposed(&facts, out)
        }
    }
}

fn said(facts: &ExitFacts, out: &Out) -> Outcome {
    if out.json {
        out.object(facts)?;
        return Ok(End::Done);
    }
    out.text(&format!(
        "{} for {} in {}: {} files told of, leaf {}.",
        facts.report,
        word(&facts.to),
        facts.path,
        grouped(facts.told),
        grouped(facts.leaf)
    ))?;
    if facts.left_out > 0 {
        out.text(&format!(
            "{} files left out: no web address is recorded for them.",
            grouped(facts.left_out)
        ))?;
    }
    facts
        .files
        .iter()
        .try_for_each(|file| out.text(&format!("  {}  {}", file.sha256, file.name)))?;
    Ok(End::Done)
}
