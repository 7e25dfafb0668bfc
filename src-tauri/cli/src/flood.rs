//! Floods: cards of list entries with too many cases, and what supervisors do with them.
//!
//! It must never put a card aside by itself: that takes a second person.

use std::path::PathBuf;

use casement_core::queue::flood as rooms;
use casement_core::wire::{FloodCard, SuppressRequest};
use clap::Subcommand;

use crate::args::At;
use crate::desk::sit;
use crate::print::{Out, grouped, word};
use crate::{End, Outcome};

#[derive(Debug, Subcommand)]
pub(crate) enum FloodsVerb {
    /// Write feedback to the keepers of lists, one file of JSON Lines for each; no content and no addresses, and entries by the name the list gives them
    #[command(after_help = "Example:\n  casectl floods feedback --out ./feedback --as ada")]
    Feedback {
        /// Folder to write into
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum FloodVerb {
    /// Send a card's cases back to the queues
    #[command(after_help = "The entry is held again once it has twice as many cases.\n\n\
                      Example:\n  casectl flood release F-0003 --reason \"a new crawl of a known site\" --as ada")]
    Release {
        /// Name of the card
        #[arg(value_name = "F-NUMBER")]
        flood: String,
        /// Why, in words
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Propose to put a card aside for some days; a second person approves it
    #[command(
        after_help = "Its cases stay suspected and out of the queues until then. Nothing is decided.\n\n\
                      Example:\n  casectl flood suppress F-0003 --days 30 --reason \"the entry is a logo\" --as ada"
    )]
    Suppress {
        /// Name of the card
        #[arg(value_name = "F-NUMBER")]
        flood: String,
        /// From the approval, 1 to 90
        #[arg(long, value_name = "N")]
        days: u32,
        /// Why, in words
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

pub(crate) async fn floods(at: &At, verb: Option<FloodsVerb>, out: &Out) -> Outcome {
    if let Some(FloodsVerb::Feedback { out: folder }) = verb {
        let files = sit(at, async |console| Ok(rooms::feedback(console, &folder).await?)).await?;
        out.list(&files, ["Entries", "Provider", "List", "File", "SHA-256"], |file| {
            [
                grouped(file.entries.into()),
                file.provider.clone(),
                file.list.clone(),
                file.path.clone(),
                file.sha256.clone(),
            ]
        })?;
        if files.is_empty() {
            out.note(
                "No entry is put aside, and no exact match was rejected: there is no feedback.",
            );
        }
        return Ok(End::Done);
    }
    let cards = sit(at, async |console| Ok(rooms::list(console).await?)).await?;
    if out.json {
        return cards.iter().try_for_each(|card| out.object(card)).map(|()| End::Done);
    }
    cards.iter().try_for_each(|card| out.text(&told(card))).map(|()| End::Done)
}

/// `F-0001 held: SYNTH-LIST e-7: 1 entry, 41,822 items, 97 % from images[.]example, quality 31`.
fn told(card: &FloodCard) -> String {
    let mut text = format!(
        "{} {}: {} {}: 1 entry, {} items, {} held",
        card.name,
        word(&card.state),
        card.list,
        card.entry,
        grouped(card.items),
        grouped(card.held)
    );
    if let Some(source) = &card.top_source {
        text.push_str(&format!(", {} % from {source}", card.top_share));
    }
    if let Some(quality) = card.quality {
        text.push_str(&format!(", quality {}", quality.median));
    }
    if let Some(until) = &card.until {
        text.push_str(&format!(", until {until}"));
    }
    if let Some(by) = &card.proposed_by {
        text.push_str(&format!("; {by} proposes to put it aside"));
    }
    text
}

pub(crate) async fn flood(at: &At, verb: FloodVerb, out: &Out) -> Outcome {
    match verb {
        FloodVerb::Release { flood, reason } => {
            let flood = rooms::parse_name(&flood)?;
            let card =
                sit(at, async |console| Ok(rooms::release(console, flood, &reason).await?)).await?;
            if out.json {
                out.object(&card)?;
            } else {
                out.text(&told(&card))?;
            }
        }
        FloodVerb::Suppress { flood, days, reason } => {
            let request = SuppressRequest { flood: rooms::parse_name(&flood)?, days, reason };
            let made =
                sit(at, async |console| Ok(rooms::suppress(console, &request).await?)).await?;
            if out.json {
                out.object(&made)?;
            } else {
                out.text(&format!(
                    "Proposal {}: {}. It waits for a second person.",
                    made.proposal, made.title
                ))?;
            }
        }
    }
    Ok(End::Done)
}
