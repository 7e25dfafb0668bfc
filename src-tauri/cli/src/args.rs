//! What can be said on the command line. Each verb's help has an example.
//!
//! It must never take a passphrase: arguments can be read by every process of the machine.

mod history;
mod import;
mod package;
pub(crate) mod register;
mod review;
mod scan;

use std::path::PathBuf;

use casement_core::wire::{Band, Class, Order, Role};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand};
use serde::de::DeserializeOwned;

use crate::approval::ProposalsVerb;
use crate::checkpoint::CheckpointVerb;
use crate::cluster::{ClusterVerb, ClustersVerb};
use crate::enrich::{self, EnrichVerb};
use crate::flood::{FloodVerb, FloodsVerb};
use crate::gaps::GapsVerb;
use crate::originals::OriginalsVerb;
use crate::removal::RemovalVerb;
use crate::statement::StatementVerb;
use crate::submission::SubmissionVerb;

use register::{DestroyVerb, HoldVerb, ObligationsVerb, PreserveVerb, ReportVerb};

pub(crate) use history::HistoryVerb;
pub(crate) use import::{ImportVerb, TermsOfImport};
pub(crate) use package::PackageVerb;
pub(crate) use review::{DecideVerb, ViewVerb};
pub(crate) use scan::ScanVerb;

const ENDS: &str = "\
Exit codes:
  0  done
  1  done, with findings: lines left out, an import stopped early, a failed verification
  2  wrong use
  3  refused by a role, a claim or the policy
  4  the store is locked, damaged, read-only, full or of another version
  5  this machine cannot do it

Environment:
  CASEMENT_STORE           folder of the workspace
  CASEMENT_PASSPHRASE      passphrase of the account that acts; asked for when unset
  CASEMENT_NEW_PASSPHRASE  passphrase of the account that is added; asked for when unset
  CASEMENT_HOTLINE_PASSWORD  password that a hotline gave; asked for when unset

With --json, standard output holds one JSON object or JSON Lines, and an error is {\"code\",\"message\"} on standard error.";

/// Review what a hash-matching scanner quarantined, without a window.
#[derive(Debug, Parser)]
#[command(name = "casectl", version, after_help = ENDS, max_term_width = 100)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) at: At,
    /// Print one JSON object, or one per line; nothing else goes to standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// Which workspace, and who acts.
#[derive(Debug, clap::Args)]
pub(crate) struct At {
    /// Folder of the workspace
    #[arg(long, global = true, value_name = "DIR", env = "CASEMENT_STORE", hide_env_values = true)]
    pub(crate) store: Option<PathBuf>,
    /// Account that acts
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make a workspace with its first account
    #[command(after_help = "Example:\n  casectl init ./workspace --as ada --role supervisor")]
    Init {
        /// Folder to make it in
        #[arg(value_name = "STORE")]
        store: PathBuf,
        /// Role of the first account
        #[arg(long, default_value = "supervisor", value_parser = one_of::<Role>(&["supervisor", "custodian"]))]
        role: Role,
    },
    /// Add or list accounts
    #[command(subcommand)]
    Account(AccountVerb),
    /// Say who reports
    #[command(subcommand, visible_alias = "organization")]
    Organisation(FileVerb),
    /// Read or change the policy
    #[command(subcommand)]
    Policy(FileVerb),
    /// Match a corpus against hash lists and tell what is found
    #[command(after_help = scan::MORE)]
    Scan(Box<ScanVerb>),
    /// Take in a scanner's finds and seal the bytes they name
    #[command(
        after_help = "Running it again takes in only what is not there yet. Ctrl-C stops after the batch at hand; again, at once.\n\n\
                      A vendor's file: JSON Lines of {\"object\": FILE, \"response\": ANSWER}, or as --explain says, with the\n\
                      list and the dataset where the answers do not name them.\n\n\
                      Example:\n  casectl import finds.jsonl --bytes ./quarantine --store ./workspace --as ada\n  \
                      casectl import answers.jsonl --format hma --bytes ./quarantine --dataset example/images \\\n      \
                      --list-provider example-org --list-name bank-export --list-version 2026-01 --threshold 31 --as ada\n  \
                      casectl import --format hma --explain"
    )]
    Import(ImportVerb),
    /// List cases in the order they should be taken, or the queues themselves
    #[command(
        after_help = "Example:\n  casectl queue --list SYNTH-LIST --band near --limit 20 --json"
    )]
    Queue(QueueVerb),
    /// Claim the next case of a queue, giving back the one held before
    #[command(after_help = "Example:\n  casectl next --list SYNTH-LIST --as bo")]
    Next(Narrow),
    /// Claim one case
    #[command(after_help = "Example:\n  casectl claim 12 --as bo")]
    Claim { case: u32 },
    /// Give a claim back
    #[command(after_help = "Example:\n  casectl release 12 --as bo")]
    Release { case: u32 },
    /// Put a claimed case aside; `next` does not offer it to you again
    #[command(
        after_help = "Example:\n  casectl skip 12 --reason \"too tired for this one\" --as bo"
    )]
    Skip {
        case: u32,
        /// Why, in words
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Everything that is known of a case, without a picture
    #[command(after_help = "Example:\n  casectl show 12 --json")]
    Show { case: u32 },
    /// Where a case comes from, step by step, as a PROV-JSON document with dead addresses
    #[command(after_help = "Example:\n  casectl trail 12 > trail.json")]
    Trail { case: u32 },
    /// Write a veiled picture of a case you hold; the ledger says so first
    #[command(after_help = "Example:\n  casectl view 12 --level mosaic --out veiled.png --as bo")]
    View(ViewVerb),
    /// Decide a case, claiming it first if it is free
    #[command(after_help = "Example:\n  casectl decide 12 confirmed --class B2 --as bo\n  \
                            casectl decide 13 cannot-tell --rationale \"the layout does not settle it\" --as bo")]
    Decide(DecideVerb),
    /// Take back your decision while its window is open
    #[command(after_help = "Example:\n  casectl undo 12 --as bo")]
    Undo { case: u32 },
    /// End the undo window of your decision now
    #[command(after_help = "Example:\n  casectl commit 12 --as bo")]
    Commit { case: u32 },
    #[command(flatten)]
    Statement(StatementVerb),
    /// Compare pictures, or see and decide one cluster of near-duplicates
    #[command(
        after_help = "Alone it makes missing fingerprints and compares new ones, as every import does at its end.\n\n\
                      Example:\n  casectl cluster --as ada\n  casectl cluster show K-0193 --as bo"
    )]
    Cluster {
        #[command(subcommand)]
        verb: Option<ClusterVerb>,
    },
    /// List clusters of near-duplicates
    #[command(after_help = "Example:\n  casectl clusters --order oldest --json")]
    Clusters(ClustersVerb),
    /// List cards of list entries with too many cases, or write feedback to the keepers of lists
    #[command(after_help = "Example:\n  casectl floods --as ada")]
    Floods {
        #[command(subcommand)]
        verb: Option<FloodsVerb>,
    },
    /// Release a flood card, or propose to put it aside
    #[command(subcommand)]
    Flood(FloodVerb),
    /// Who did what, newest first; reviewers see their own acts
    #[command(
        after_help = "Example:\n  casectl history --kind decision --since 2026-01-01T00:00:00Z --as ada"
    )]
    History(HistoryVerb),
    /// What is missing from trails, by dataset, with the next step and whom to ask
    #[command(
        after_help = "With --dataset, --field and --reason that name one gap: all that is known of it, and a request to copy.\n\n\
                      Example:\n  casectl gaps --class C --class D --as ada\n  \
                      casectl gaps --dataset example/synth-pairs --field page_url --reason discarded_upstream --as ada"
    )]
    Gaps(GapsVerb),
    /// Attach facts that were found later, or record that they were asked for
    #[command(after_help = enrich::HELP)]
    Enrich(EnrichVerb),
    /// List sources with confirmed cases, look at one, or seal it into a package
    #[command(
        after_help = "Without --source: the sources. With --source alone: what its package would hold, and what stands in the way.\n\n\
                      Example:\n  casectl package --source host:images.example --out ./reports --as ada"
    )]
    Package(PackageVerb),
    /// List sealed packages
    #[command(after_help = "Example:\n  casectl reports --json")]
    Reports,
    /// What becomes of a sealed report: approval, filing, receipt, withdrawal
    #[command(subcommand)]
    Report(ReportVerb),
    /// What is owed, since when and by when
    #[command(
        after_help = "Ends with 1 while anything is past due.\n\nExample:\n  casectl obligations --ics due.ics --as ada"
    )]
    Obligations(ObligationsVerb),
    /// Legal holds: nothing under one is destroyed
    #[command(subcommand)]
    Hold(HoldVerb),
    /// How long filed reports are kept
    #[command(subcommand)]
    Preserve(PreserveVerb),
    /// Destroy originals, by two persons, and certify it
    #[command(subcommand)]
    Destroy(DestroyVerb),
    /// Tell owners of corpora what to remove, and record what they did
    #[command(subcommand)]
    Removal(RemovalVerb),
    /// Send approved reports to a hotline; off until it is configured
    #[command(subcommand)]
    Submission(SubmissionVerb),
    /// List acts that wait for a second person
    #[command(after_help = "Example:\n  casectl proposals --all --as ada")]
    Proposals(ProposalsVerb),
    /// Approve what another person proposed, which does it
    #[command(after_help = "Example:\n  casectl approve 3 --as kim")]
    Approve { proposal: u32 },
    /// Turn down what another person proposed
    #[command(
        after_help = "Example:\n  casectl refuse 3 --reason \"not before the audit\" --as kim"
    )]
    Refuse {
        proposal: u32,
        /// Why, in words
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take back what you proposed
    #[command(after_help = "Example:\n  casectl withdraw 3 --as ada")]
    Withdraw { proposal: u32 },
    /// Recompute the ledger, or check a sealed package
    #[command(after_help = "A package can be checked without a workspace.\n\n\
                            Example:\n  casectl verify --store ./workspace --as ada\n  casectl verify --package ./reports/R-0001")]
    Verify {
        /// Folder of a sealed package
        #[arg(long, value_name = "DIR")]
        package: Option<PathBuf>,
        /// Public key that the package must be signed by, as you were given it; a workspace brings its own
        #[arg(long, value_name = "KEY", requires = "package")]
        vkey: Option<String>,
    },
    /// Show the public key that the ledger is signed with, for others to keep
    #[command(after_help = "Example:\n  casectl vkey --as ada")]
    Vkey,
    /// Sign the ledger as it stands for somebody else to keep, or hold a kept one against it
    #[command(
        after_help = "Example:\n  casectl checkpoint --out ./2026-11-22.checkpoint --as ada\n  \
                      casectl checkpoint --check ./2026-11-22.checkpoint --as ada"
    )]
    Checkpoint(CheckpointVerb),
    /// Hand the originals of a report to others, sealed; a second person must approve
    #[command(
        after_help = "Example:\n  casectl originals R-0001 --to age1… --reason \"asked for by order 12\" --as ada\n  \
                      casectl originals --proposal 4 --out ./reports --as kim"
    )]
    Originals(OriginalsVerb),
    /// Try what this machine must be able to enforce
    #[command(after_help = "Example:\n  casectl doctor")]
    Doctor,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountVerb {
    /// Add an account
    #[command(after_help = "Example:\n  casectl account add bo --role reviewer --as ada")]
    Add {
        /// Name of the new account
        new: String,
        /// What this person may do
        #[arg(long, value_parser = one_of::<Role>(&["reviewer", "supervisor", "custodian"]))]
        role: Role,
    },
    /// List accounts with their pseudonyms and roles
    #[command(after_help = "Example:\n  casectl account list --as ada")]
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FileVerb {
    /// Print it as JSON, ready to be changed and set
    #[command(after_help = "Example:\n  casectl policy show --as ada > policy.json")]
    Show,
    /// Set it from a JSON file
    #[command(
        after_help = "Example:\n  casectl policy set policy.json --as ada\n  casectl organisation set organisation.json --as ada"
    )]
    Set {
        /// JSON in the shape that `show` prints
        #[arg(value_name = "FILE.json")]
        file: PathBuf,
        /// Why, for the second person who must approve the change where there is one
        #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
        reason: String,
    },
}

/// A part of the open cases, in an order.
#[derive(Debug, clap::Args)]
pub(crate) struct Narrow {
    /// Only this list
    #[arg(long, value_name = "NAME")]
    pub(crate) list: Option<String>,
    /// Only this kind of match
    #[arg(long, value_parser = one_of::<Band>(&["exact", "near", "low-quality"]))]
    pub(crate) band: Option<Band>,
    /// Only this class of completeness
    #[arg(long, value_parser = one_of::<Class>(&["A", "B", "C", "D"]))]
    pub(crate) class: Option<Class>,
    /// Most urgent first, or oldest first
    #[arg(long, default_value = "urgent", value_parser = one_of::<Order>(&["urgent", "oldest"]))]
    pub(crate) order: Order,
}

#[derive(Debug, clap::Args)]
pub(crate) struct QueueVerb {
    #[command(flatten)]
    pub(crate) narrow: Narrow,
    /// Decided cases, newest first, instead of open ones
    #[arg(long)]
    pub(crate) decided: bool,
    /// A case number, or the start of a digest
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// Most cases to print; 0 prints all
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub(crate) limit: usize,
    /// The queues and how many open cases each has
    #[arg(long, conflicts_with_all = ["list", "band", "class", "order", "decided", "search"])]
    pub(crate) counts: bool,
}

/// Reads one of these words into its wire type, whose words they are.
pub(crate) fn one_of<T: DeserializeOwned + Clone + Send + Sync + 'static>(
    words: &'static [&'static str],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words)
        .try_map(|word| serde_json::from_value(serde_json::Value::String(word)))
}

#[cfg(test)]
mod tests {
    use super::Args;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound_and_every_verb_shows_an_example() {
        let mut command = Args::command();
        command.clone().debug_assert();
        command.build();
        let mut open: Vec<clap::Command> = command.get_subcommands().cloned().collect();
        let mut verbs = 0;
        while let Some(verb) = open.pop() {
            if verb.get_name() == "help" {
                continue;
            }
            let below: Vec<clap::Command> = verb.get_subcommands().cloned().collect();
            if below.is_empty() {
                verbs += 1;
                let text = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(text.contains("Example:\n  casectl "), "{}", verb.get_name());
            }
            open.extend(below);
        }
        assert!(verbs >= 42, "{verbs}");
    }
}
