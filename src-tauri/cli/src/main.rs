//! `casectl`: the verbs of the console for scripts, servers and tests.
//!
//! It must never hold a rule: it asks core, prints the answer and turns the kind of a failure into an exit code.

mod approval;
mod args;
mod checkpoint;
mod cluster;
mod desk;
mod enrich;
mod exit;
mod flood;
mod gaps;
mod import;
mod originals;
mod passphrase;
mod print;
mod record;
mod register;
mod removal;
mod report;
mod review;
mod scan;
mod set_up;
mod statement;
mod submission;

use std::io::{self, Write as _};

use casement_core::{Error, Kind};
use clap::Parser;

use args::{Args, Verb};
use print::Out;

/// How a verb that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Exit code 0.
    Done,
    /// Exit code 1: done, and there is something to look at.
    Findings,
    /// Exit code 5: this machine lacks something that the console needs.
    Machine,
}

impl End {
    fn findings(any: bool) -> Self {
        if any { Self::Findings } else { Self::Done }
    }
}

/// Why a verb stopped.
enum Stop {
    Failed(Error),
    /// Whoever read the output has heard enough.
    Unheard,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

type Outcome<T = End> = Result<T, Stop>;

fn main() {
    let code = act();
    // Nobody is left to tell when this fails.
    let _ = io::stdout().flush();
    // SQLCipher tidies up when a process exits in the ordinary way. A store that could not be opened may still be closing
    // on a thread of its own then, and the process would die of it after all was said. So it ends at once.
    signal_hook::low_level::exit(i32::from(code));
}

/// Does what was asked. Answers the exit code.
fn act() -> u8 {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(told) => return misused(&told),
    };
    let out = Out::new(args.json);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(run(args, &out));
            // A reader of standard input may still wait for a line that nobody needs any more.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Err(Error::machine("MACHINE-01", "This machine gives no threads.")
            .caused_by(error)
            .into()),
    };
    match outcome {
        Ok(End::Done) | Err(Stop::Unheard) => 0,
        Ok(End::Findings) => 1,
        Ok(End::Machine) => 5,
        Err(Stop::Failed(error)) => {
            out.failure(&error);
            exit_code(error.kind)
        }
    }
}

fn exit_code(kind: Kind) -> u8 {
    match kind {
        Kind::Usage => 2,
        Kind::Refused => 3,
        Kind::Store => 4,
        Kind::Machine => 5,
    }
}

/// Help and version go to standard output; wrong use is an error like any other.
fn misused(told: &clap::Error) -> u8 {
    let json = std::env::args_os().any(|arg| arg == "--json");
    if told.use_stderr() && json {
        let text = told.to_string();
        // What is wrong stands before the first blank line, the usage after it.
        let wrong: Vec<&str> =
            text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
        let wrong = wrong.join(" ");
        let message = wrong.strip_prefix("error: ").unwrap_or(&wrong);
        Out::new(true).failure(&Error::usage("ARGS-01", message));
    } else {
        // Nobody is left to tell when this fails.
        let _ = told.print();
    }
    if told.use_stderr() { 2 } else { 0 }
}

async fn run(args: Args, out: &Out) -> Outcome {
    let at = args.at;
    match args.verb {
        Verb::Init { store, role } => set_up::init(&at, &store, role, out).await,
        Verb::Account(verb) => set_up::account(&at, verb, out).await,
        Verb::Organisation(verb) => set_up::organisation(&at, verb, out).await,
        Verb::Policy(verb) => set_up::policy(&at, verb, out).await,
        Verb::Scan(verb) => Box::pin(scan::scan(&at, *verb, out)).await,
        Verb::Import(verb) => Box::pin(import::import(&at, verb, out)).await,
        Verb::Queue(verb) => review::queue(&at, verb, out).await,
        Verb::Next(verb) => review::next(&at, verb, out).await,
        Verb::Claim { case } => review::claim(&at, case, out).await,
        Verb::Release { case } => review::release(&at, case, out).await,
        Verb::Skip { case, reason } => review::skip(&at, case, &reason, out).await,
        Verb::Show { case } => review::show(&at, case, out).await,
        Verb::View(verb) => review::view(&at, verb, out).await,
        Verb::Decide(verb) => review::decide(&at, verb, out).await,
        Verb::Statement(verb) => statement::state(&at, verb, out).await,
        Verb::Undo { case } => review::undo(&at, case, out).await,
        Verb::Commit { case } => review::commit(&at, case, out).await,
        Verb::Cluster { verb } => Box::pin(cluster::cluster(&at, verb, out)).await,
        Verb::Clusters(verb) => cluster::clusters(&at, verb, out).await,
        Verb::Floods { verb } => flood::floods(&at, verb, out).await,
        Verb::Flood(verb) => flood::flood(&at, verb, out).await,
        Verb::History(verb) => record::history(&at, verb, out).await,
        Verb::Trail { case } => record::trail(&at, case, out).await,
        Verb::Verify { package, vkey } => record::verify(&at, package, vkey, out).await,
        Verb::Vkey => checkpoint::vkey(&at, out).await,
        Verb::Checkpoint(verb) => checkpoint::checkpoint(&at, verb, out).await,
        Verb::Originals(verb) => Box::pin(originals::originals(&at, verb, out)).await,
        Verb::Doctor => record::doctor(out).await,
        Verb::Gaps(verb) => gaps::gaps(&at, verb, out).await,
        Verb::Enrich(verb) => Box::pin(enrich::enrich(&at, verb, out)).await,
        Verb::Package(verb) => report::package(&at, verb, out).await,
        Verb::Reports => report::reports(&at, out).await,
        Verb::Report(verb) => Box::pin(register::report(&at, verb, out)).await,
        Verb::Obligations(verb) => Box::pin(register::obligations(&at, verb, out)).await,
        Verb::Hold(verb) => register::hold(&at, verb, out).await,
        Verb::Preserve(verb) => register::preserve(&at, verb, out).await,
        Verb::Destroy(verb) => register::destroy(&at, verb, out).await,
        Verb::Removal(verb) => Box::pin(removal::removal(&at, verb, out)).await,
        Verb::Submission(verb) => Box::pin(submission::submission(&at, verb, out)).await,
        Verb::Proposals(verb) => approval::proposals(&at, verb, out).await,
        Verb::Approve { proposal } => approval::approve(&at, proposal, out).await,
        Verb::Refuse { proposal, reason } => approval::refuse(&at, proposal, &reason, out).await,
        Verb::Withdraw { proposal } => approval::withdraw(&at, proposal, out).await,
    }
}
