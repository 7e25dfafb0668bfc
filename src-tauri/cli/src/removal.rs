//! Removal from corpora and release back to training: lists, places, answers.
//!
//! It must never write a list itself.

use std::path::PathBuf;

use casement_core::removal as rooms;
use casement_core::removal::{location, release};
use casement_core::wire::{
    AckReceipt, AckRequest, Acknowledged, ExportRequest, ListFormat, LocationKind, LocationRequest,
    RemovalDataset, RemovalExport, RemovalStatus,
};
use casement_core::{Error, Result};
use clap::Subcommand;
use serde_json::json;

use crate::approval::proposed;
use crate::args::{At, one_of};
use crate::desk::sit;
use crate::print::{Out, grouped, table, word};
use crate::{End, Outcome};

#[derive(Debug, Subcommand)]
pub(crate) enum RemovalVerb {
    /// How far the removal is, by dataset and by place
    #[command(after_help = "Example:\n  casectl removal status --dataset example/corpus --as ada")]
    Status {
        /// Only this dataset
        #[arg(long, value_name = "ID")]
        dataset: Option<String>,
    },
    /// Write the list of what the owner of a dataset must remove
    #[command(
        after_help = "The list is whole each time. Addresses in it are live: the owner must be able to compare them.\n\n\
                      Example:\n  casectl removal export --dataset example/corpus --out remove.jsonl --as ada"
    )]
    Export {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        into: Into,
    },
    /// Add or retire a place that keeps a copy of a dataset
    #[command(subcommand)]
    Location(LocationVerb),
    /// Record what a place says it did
    #[command(
        after_help = "A file has one find id, SHA-256 or member a line; where a member's name occurs twice, its container's address and a tab before it.\n\n\
                      Example:\n  casectl removal ack --dataset example/corpus --location main --export 1 --by \"Data team, mail of 3 March\" --at 2026-03-03 --as ada"
    )]
    Ack(AckVerb),
    /// Give rejected sightings of a dataset back to training, by two persons
    #[command(subcommand)]
    Release(ReleaseVerb),
}

/// A dataset, at one version or at all.
#[derive(Debug, clap::Args)]
pub(crate) struct Of {
    /// The dataset, by the id its finds carry
    #[arg(long, value_name = "ID")]
    dataset: String,
    /// Only this version of it
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
}

/// Where a list goes.
#[derive(Debug, clap::Args)]
pub(crate) struct Into {
    /// File to write; it must not be there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// JSON Lines, or CSV with one heading line before the columns
    #[arg(long, default_value = "jsonl", value_parser = one_of::<ListFormat>(&["jsonl", "csv"]))]
    format: ListFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LocationVerb {
    /// Add a place; what is confirmed is open there until it answers
    #[command(
        after_help = "Example:\n  casectl removal location add --dataset example/corpus --name main --kind bucket --contact data@owner.example --as ada"
    )]
    Add {
        #[arg(long, value_name = "ID")]
        dataset: String,
        /// A short name
        #[arg(long = "name", value_name = "NAME")]
        place: String,
        #[arg(long, value_parser = one_of::<LocationKind>(&["bucket", "mirror", "backup", "cache", "training-copy"]))]
        kind: LocationKind,
        /// Whom to ask
        #[arg(long, value_name = "TEXT")]
        contact: String,
    },
    /// No longer ask a place; what it answered stays on record
    #[command(
        after_help = "Example:\n  casectl removal location retire --dataset example/corpus --name old --reason \"deleted as a whole\" --as ada"
    )]
    Retire {
        #[arg(long, value_name = "ID")]
        dataset: String,
        #[arg(long = "name", value_name = "NAME")]
        place: String,
        /// Why, in words
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct AckVerb {
    #[arg(long, value_name = "ID")]
    dataset: String,
    /// The place that answers
    #[arg(long, value_name = "NAME")]
    location: String,
    /// Everything in this list
    #[arg(long, value_name = "N", required_unless_present = "file", conflicts_with = "file")]
    export: Option<u32>,
    /// What this file names, one a line
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// What the place says of it
    #[arg(long, default_value = "removed", value_parser = one_of::<Acknowledged>(&["removed", "not-present", "refused"]))]
    kind: Acknowledged,
    /// Why it is refused, or a remark
    #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
    reason: String,
    /// Who said so, and how
    #[arg(long, value_name = "TEXT")]
    by: String,
    /// When they said so: a date, or RFC 3339
    #[arg(long, value_name = "DATE")]
    at: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReleaseVerb {
    /// Freeze what is rejected and settled now, for another person to approve
    #[command(
        after_help = "Example:\n  casectl removal release propose --dataset example/corpus --reason \"owner asked for it\" --as ada"
    )]
    Propose {
        #[command(flatten)]
        of: Of,
        /// Why, in words
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Write the list that was approved
    #[command(
        after_help = "Example:\n  casectl removal release export --proposal 3 --out release.jsonl --as ada"
    )]
    Export {
        #[arg(long, value_name = "N")]
        proposal: u32,
        #[command(flatten)]
        into: Into,
    },
}

pub(crate) async fn removal(at: &At, verb: RemovalVerb, out: &Out) -> Outcome {
    match verb {
        RemovalVerb::Status { dataset } => {
            let dataset = dataset.as_deref();
            let found = sit(at, async |console| Ok(rooms::status(console, dataset).await?)).await?;
            if out.json {
                out.object(&found)?
            } else {
                say(&found, out)?
            }
            Ok(End::Done)
        }
        RemovalVerb::Export { of, into } => {
            let request = ExportRequest {
                dataset: of.dataset,
                version: of.version,
                path: path(into.out)?,
                format: into.format,
            };
            written(
                sit(at, async |console| Ok(rooms::export(console, &request).await?)).await?,
                out,
            )
        }
        RemovalVerb::Location(verb) => place(at, verb, out).await,
        RemovalVerb::Ack(verb) => ack(at, verb, out).await,
        RemovalVerb::Release(ReleaseVerb::Propose { of, reason }) => {
            let version = of.version.as_deref();
            let facts = sit(at, async |console| {
                Ok(release::propose(console, &of.dataset, version, &reason).await?)
            })
            .await?;
            proposed(&facts, out)
        }
        RemovalVerb::Release(ReleaseVerb::Export { proposal, into }) => {
            let list = sit(at, async |console| {
                Ok(release::export(console, proposal, &into.out, into.format).await?)
            })
            .await?;
            written(list, out)
        }
    }
}

/// Paths are stored and printed, so they must be text.
fn path(path: PathBuf) -> Result<String> {
    path.into_os_string().into_string().map_err(|_| {
        Error::usage("ARGS-04", "The path of the file is not UTF-8. Choose another name for it.")
    })
}

fn written(list: RemovalExport, out: &Out) -> Outcome {
    if out.json {
        out.object(&list)?;
    } else {
        let part = list.report.as_deref().map(|report| format!(" of {report} alone"));
        out.text(&format!(
            "{}: list {}{}, {} sightings, {} taken back, leaf {}.",
            list.path,
            list.export,
            part.unwrap_or_default(),
            grouped(list.sightings),
            grouped(list.retracted),
            grouped(list.leaf)
        ))?;
        out.text(&format!("SHA-256 {}", list.sha256))?;
    }
    Ok(End::Done)
}

async fn place(at: &At, verb: LocationVerb, out: &Out) -> Outcome {
    let (dataset, name, done) = match verb {
        LocationVerb::Add { dataset, place, kind, contact } => {
            let request = LocationRequest { dataset, name: place, kind, contact };
            sit(at, async |console| Ok(location::add(console, &request).await?)).await?;
            (request.dataset, request.name, "added")
        }
        LocationVerb::Retire { dataset, place, reason } => {
            sit(
                at,
                async |console| Ok(location::retire(console, &dataset, &place, &reason).await?),
            )
            .await?;
            (dataset, place, "retired")
        }
    };
    if out.json {
        out.object(&json!({ "dataset": dataset, "location": name, "done": done }))?;
    } else {
        out.text(&format!("{dataset}: {name} is {done}."))?;
    }
    Ok(End::Done)
}

async fn ack(at: &At, verb: AckVerb, out: &Out) -> Outcome {
    let request = AckRequest {
        dataset: verb.dataset,
        location: verb.location,
        export: verb.export,
        file: verb.file.map(path).transpose()?,
        kind: verb.kind,
        reason: verb.reason,
        by: verb.by,
        at: verb.at,
    };
    let receipt = sit(at, async |console| Ok(rooms::acknowledge(console, &request).await?)).await?;
    if out.json {
        out.object(&receipt)?;
    } else {
        said(&receipt, &request, out)?;
    }
    Ok(End::findings(!receipt.problems.is_empty()))
}

fn said(receipt: &AckReceipt, request: &AckRequest, out: &Out) -> Outcome<()> {
    out.text(&format!(
        "{}: {} {}, {} said already, {} still open.",
        request.location,
        grouped(receipt.sightings),
        word(&request.kind),
        grouped(receipt.known),
        grouped(receipt.open)
    ))?;
    receipt.problems.iter().try_for_each(|problem| {
        out.note(&format!("{}: {}", problem.code, problem.wrong));
        Ok(())
    })
}

fn say(found: &RemovalStatus, out: &Out) -> Outcome<()> {
    if found.datasets.is_empty() {
        return out.text("Nothing is confirmed, and no place is recorded.");
    }
    found.datasets.iter().try_for_each(|dataset| say_dataset(dataset, out))
}

fn say_dataset(dataset: &RemovalDataset, out: &Out) -> Outcome<()> {
    let end = if dataset.none_open { "none open" } else { "OPEN" };
    out.text(&format!(
        "{}: {end}. {} confirmed, {} of them exported, {} to take back, {} can still be undone, {} rejected cases.",
        dataset.dataset,
        grouped(dataset.tombstoned),
        grouped(dataset.exported),
        grouped(dataset.retractions_due),
        grouped(dataset.waiting),
        grouped(dataset.rejected)
    ))?;
    if dataset.locations.is_empty() {
        return out.text("  No place is recorded that could answer.");
    }
    let rows = dataset
        .locations
        .iter()
        .map(|place| {
            let name = match &place.retired_at {
                Some(_) => format!("  {} (retired)", place.name),
                None => format!("  {}", place.name),
            };
            [
                name,
                word(&place.kind),
                grouped(place.open),
                grouped(place.removed),
                grouped(place.not_present),
                grouped(place.refused),
                place.oldest_open.clone().unwrap_or_default(),
                place.contact.clone(),
            ]
        })
        .collect();
    let head =
        ["  Place", "Kind", "Open", "Removed", "Not there", "Refused", "Oldest open", "Contact"];
    table(head, rows).iter().try_for_each(|line| out.text(line))
}
