//! Arguments of looking at a case and of deciding it.
//!
//! Level and verdict are core's own words; it must never offer a level that is an original.

use std::path::PathBuf;

use casement_core::wire::{Classification, Level, Verdict};

use super::one_of;

#[derive(Debug, clap::Args)]
pub(crate) struct ViewVerb {
    pub(crate) case: u32,
    /// How much detail may leave the airlock: 16, 32 or 96 samples along the long side
    #[arg(long, value_parser = one_of::<Level>(&["mosaic", "strong", "soft"]))]
    pub(crate) level: Level,
    /// Where to write the PNG
    #[arg(long, value_name = "FILE.png")]
    pub(crate) out: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DecideVerb {
    pub(crate) case: u32,
    #[arg(value_parser = one_of::<Verdict>(&["confirmed", "not-a-match", "cannot-tell", "escalated"]))]
    pub(crate) verdict: Verdict,
    /// Industry classification; confirmed needs one
    #[arg(long, value_parser = one_of::<Classification>(&["A1", "A2", "B1", "B2"]))]
    pub(crate) class: Option<Classification>,
    /// Why, in words; cannot-tell and escalated need it
    #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
    pub(crate) rationale: String,
    /// Version of the policy you went by; the one in force unless given
    #[arg(long, value_name = "VERSION")]
    pub(crate) policy: Option<String>,
}
