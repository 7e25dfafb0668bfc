//! The ledger's public key, and checkpoints for somebody else to keep.
//!
//! It must never overwrite a checkpoint that was kept.

use std::path::{Path, PathBuf};

use casement_core::ledger::{checkpoint as rooms, key};
use casement_core::wire::CheckpointCheck;
use casement_core::{Error, Result};
use serde_json::json;

use crate::args::At;
use crate::desk::sit;
use crate::print::{Out, grouped};
use crate::{End, Outcome};

#[derive(Debug, clap::Args)]
pub(crate) struct CheckpointVerb {
    /// Write it into this new file; printed otherwise
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Prove that the ledger continues the one of this checkpoint, which somebody kept
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    check: Option<PathBuf>,
}

pub(crate) async fn vkey(at: &At, out: &Out) -> Outcome {
    let vkey = sit(at, async |console| Ok(key::vkey(console).await?)).await?;
    if out.json {
        out.object(&json!({ "vkey": vkey }))?;
    } else {
        out.text(&vkey)?;
    }
    Ok(End::Done)
}

pub(crate) async fn checkpoint(at: &At, verb: CheckpointVerb, out: &Out) -> Outcome {
    match verb.check {
        Some(file) => check(at, &file, out).await,
        None => export(at, verb.out.as_deref(), out).await,
    }
}

async fn export(at: &At, file: Option<&Path>, out: &Out) -> Outcome {
    let facts = sit(at, async |console| Ok(rooms::export(console, file).await?)).await?;
    if out.json {
        out.object(&facts)?;
        return Ok(End::Done);
    }
    match &facts.path {
        None => facts.note.lines().try_for_each(|line| out.text(line))?,
        Some(path) => out.text(&format!(
            "{} leaves of {}, signed, in {path}.",
            grouped(facts.size),
            facts.origin
        ))?,
    }
    out.note("Give it to somebody who keeps it where nobody at this desk can change it.");
    Ok(End::Done)
}

async fn check(at: &At, file: &Path, out: &Out) -> Outcome {
    let note = read(file)?;
    let found = sit(at, async |console| Ok(rooms::check(console, &note).await?)).await?;
    if out.json {
        out.object(&found)?;
    } else {
        said(&found, out)?;
    }
    Ok(End::findings(!found.findings.is_empty()))
}

fn said(found: &CheckpointCheck, out: &Out) -> Outcome<()> {
    if !found.findings.is_empty() {
        return found.findings.iter().try_for_each(|finding| out.text(finding));
    }
    out.text(&format!(
        "This ledger of {} leaves continues the one that was signed at {} leaves: proven by {} hashes.",
        grouped(found.leaves),
        grouped(found.size),
        found.proof.len()
    ))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).map_err(|error| {
        Error::usage("CHECKPOINT-05", "The checkpoint's file cannot be read. Check its name.")
            .caused_by(error)
    })
}
