//! The arguments of the register: reports, obligations, holds, preservation, destruction.
//!
//! It must never act.

use std::path::PathBuf;

use casement_core::wire::{DestructionGround, ObligationKind, ReportState, Route};
use clap::Subcommand;

use super::one_of;
use crate::exit::ExitVerb;

#[derive(Debug, Subcommand)]
pub(crate) enum ReportVerb {
    /// List reports with their states, newest first
    #[command(after_help = "Example:\n  casectl report list --state approved --as ada")]
    List {
        #[arg(long, value_parser = one_of::<ReportState>(&["sealed", "approved", "filed", "withdrawn"]))]
        state: Option<ReportState>,
    },
    /// One report with everything that happened to it
    #[command(after_help = "Example:\n  casectl report show R-0001 --receipt receipt.xml --as ada")]
    Show {
        report: String,
        /// Also write its receipt, byte for byte, to this new file
        #[arg(long, value_name = "FILE")]
        receipt: Option<PathBuf>,
    },
    /// Propose to file a sealed report, for another person to approve
    #[command(
        after_help = "Example:\n  casectl report propose R-0001 --route cybertip-form --reason \"checked with counsel\" --as bo"
    )]
    Propose {
        report: String,
        /// By which way it leaves
        #[arg(long, default_value = "cybertip", value_parser = one_of::<Route>(&["cybertip", "cybertip-form", "nca", "hotline", "law-enforcement"]))]
        route: Route,
        /// Why, in words
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take back a report that is not filed; its cases can be packaged anew
    #[command(
        after_help = "An approved report needs a second person.\n\nExample:\n  casectl report withdraw R-0001 --reason \"a fact was found later\" --as bo"
    )]
    Withdraw {
        report: String,
        /// Why, in words
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Record that an approved report was filed by hand, with what the recipient answered
    #[command(
        after_help = "Example:\n  casectl report filed R-0001 --number 12345678 --receipt receipt.pdf --at 2026-03-03T10:00:00Z --as ada"
    )]
    Filed {
        report: String,
        /// The number the recipient gave it
        #[arg(long, value_name = "N")]
        number: Option<String>,
        /// The receipt, of any kind; kept byte for byte
        #[arg(long, value_name = "FILE")]
        receipt: PathBuf,
        /// When it was filed; now unless given
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    #[command(flatten)]
    Exit(ExitVerb),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ObligationsVerb {
    /// Only these
    #[arg(long, value_parser = one_of::<ObligationKind>(&["case", "report", "preserve"]))]
    pub(crate) kind: Option<ObligationKind>,
    /// Only those of this pseudonym, e.g. R-01
    #[arg(long, value_name = "PSEUDONYM")]
    pub(crate) owner: Option<String>,
    /// Most rows to print; 0 prints all
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub(crate) limit: u32,
    /// Write the whole board as a table into this new file
    #[arg(long, value_name = "FILE", conflicts_with = "ics")]
    pub(crate) csv: Option<PathBuf>,
    /// Write it as a calendar
    #[arg(long, value_name = "FILE")]
    pub(crate) ics: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HoldVerb {
    /// Hold a report, with every case ever sealed into it, or one case
    #[command(
        after_help = "Example:\n  casectl hold add --report R-0001 --reference \"warrant 12/26\" --asked-by \"County police\" --as kim"
    )]
    Add {
        #[arg(
            long,
            value_name = "R-NNNN",
            required_unless_present = "case",
            conflicts_with = "case"
        )]
        report: Option<String>,
        #[arg(long, value_name = "N")]
        case: Option<u32>,
        /// The asker's own reference
        #[arg(long, value_name = "TEXT")]
        reference: String,
        /// Who asked for it
        #[arg(long, value_name = "TEXT")]
        asked_by: String,
    },
    /// Propose to lift a hold, for another person to approve
    #[command(
        after_help = "Example:\n  casectl hold lift H-001 --reason \"the case is closed\" --as kim"
    )]
    Lift {
        hold: String,
        /// Why, in words
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// List holds, newest first
    #[command(after_help = "Example:\n  casectl hold list --all --as kim")]
    List {
        /// Lifted ones too
        #[arg(long)]
        all: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PreserveVerb {
    /// Keep a filed report until a later time
    #[command(
        after_help = "Example:\n  casectl preserve extend R-0001 --until 2030-01-01 --reason \"trial is pending\" --as kim"
    )]
    Extend {
        report: String,
        /// A date, whose end in UTC is meant, or RFC 3339
        #[arg(long, value_name = "TIME")]
        until: String,
        /// Why, in words
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DestroyVerb {
    /// Propose to destroy the originals of a filed report, or of one case in it
    #[command(
        after_help = "Example:\n  casectl destroy propose --report R-0001 --reason \"a year has passed\" --as kim"
    )]
    Propose {
        #[arg(
            long,
            value_name = "R-NNNN",
            required_unless_present = "case",
            conflicts_with = "case"
        )]
        report: Option<String>,
        #[arg(long, value_name = "N")]
        case: Option<u32>,
        /// Why it may be
        #[arg(long, default_value = "preservation-ended", value_parser = one_of::<DestructionGround>(&["preservation-ended", "law-enforcement"]))]
        ground: DestructionGround,
        /// The agency's reference
        #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
        reference: String,
        /// Who asked for it
        #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
        asked_by: String,
        /// Why, in words
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Print the certificate of a destruction that is done
    #[command(after_help = "Example:\n  casectl destroy certificate D-0001 --as kim > D-0001.txt")]
    Certificate { destruction: String },
}
