//! Submission: configuring it, rehearsing it, sending a report, and settling what a run that did not end left behind.
//!
//! It must never take a password from an argument or print one.

use std::sync::Arc;

use casement_core::Console;
use casement_core::submission::{self, Mode, Watch};
use casement_core::wire::{
    SubmissionConfigure, SubmissionDryRun, SubmissionEndpoint, SubmissionEnvironment,
    SubmissionFacts, SubmissionStatus,
};

use crate::args::{At, one_of};
use crate::desk::sit;
use crate::print::{Out, grouped, table, word};
use crate::{End, Outcome, approval, passphrase};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum SubmissionVerb {
    /// Say where reports are sent and as whom; the password is asked for
    #[command(
        after_help = "The password comes from CASEMENT_HOTLINE_PASSWORD or a prompt, is kept in the encrypted store, and is never shown.\n\n\
                      Example:\n  casectl submission configure test --base https://hotline.example/ws --user lab --as ada"
    )]
    Configure(ConfigureVerb),
    /// What is configured, what may be sent, and what was
    #[command(after_help = "Example:\n  casectl submission status --report R-0001 --as ada")]
    Status {
        /// Only this report, with the last of what was asked and answered
        #[arg(long, value_name = "REPORT")]
        report: Option<String>,
    },
    /// Propose to unlock production for some hours
    #[command(
        after_help = "Example:\n  casectl submission unlock --hours 4 --reason \"filing R-0001\" --as ada"
    )]
    Unlock {
        /// For how long, at most 168
        #[arg(long, default_value_t = 4)]
        hours: u32,
        /// Why, for the second person
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Build and check everything and send nothing
    #[command(after_help = "Example:\n  casectl submission dry-run R-0001 --as ada")]
    DryRun { report: String },
    /// Send an approved report
    #[command(
        after_help = "Ctrl-C takes back what is not finished, and ends.\n\nExample:\n  casectl submission run R-0001 --as ada"
    )]
    Run { report: String },
    /// Find out what became of a run that did not end, and send the report unless it was finished
    #[command(after_help = "Example:\n  casectl submission resume R-0001 --as ada")]
    Resume { report: String },
    /// Take back what a run that did not end left at the hotline
    #[command(after_help = "Example:\n  casectl submission retract R-0001 --as ada")]
    Retract { report: String },
    /// Propose to record a report that the hotline finished and whose receipt was lost
    #[command(
        after_help = "Example:\n  casectl submission record R-0001 --reason \"the line broke at the receipt\" --as ada"
    )]
    Record {
        report: String,
        /// Why, for the second person
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Turn submission off and forget the logins
    #[command(after_help = "Example:\n  casectl submission off --as ada")]
    Off,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ConfigureVerb {
    #[arg(value_parser = one_of::<SubmissionEnvironment>(&["test", "production"]))]
    environment: SubmissionEnvironment,
    /// Base address of the interface
    #[arg(long, value_name = "URL")]
    base: String,
    /// User name that the hotline gave
    #[arg(long, value_name = "NAME")]
    user: String,
    /// This organisation does not upload files; nothing can be sent then
    #[arg(long)]
    no_upload: bool,
    /// Longest wait for each phase of a request, in seconds
    #[arg(long, default_value_t = 60, value_name = "S")]
    timeout: u32,
    /// Further attempts at a request that failed in passing
    #[arg(long, default_value_t = 4, value_name = "N")]
    retries: u32,
    /// Wait before the first of them, doubled each time, in seconds
    #[arg(long, default_value_t = 5, value_name = "S")]
    retry_after: u32,
}

pub(crate) async fn submission(at: &At, verb: SubmissionVerb, out: &Out) -> Outcome {
    match verb {
        SubmissionVerb::Configure(verb) => configure(at, verb, out).await,
        SubmissionVerb::Status { report } => {
            let status =
                async |console: &Console| Ok(submission::status(console, report.as_deref()).await?);
            let found = sit(at, status).await?;
            if out.json {
                out.object(&found)?
            } else {
                say_status(&found, report.is_some(), out)?
            }
            Ok(End::Done)
        }
        SubmissionVerb::Unlock { hours, reason } => {
            let propose = async |console: &Console| {
                Ok(submission::propose_unlock(console, hours, &reason).await?)
            };
            approval::proposed(&sit(at, propose).await?, out)
        }
        SubmissionVerb::DryRun { report } => {
            let found =
                sit(at, async |console| Ok(submission::dry_run(console, &report).await?)).await?;
            if out.json {
                out.object(&found)?
            } else {
                say_dry_run(&found, out)?
            }
            Ok(End::findings(!found.problems.is_empty()))
        }
        SubmissionVerb::Run { report } => send(at, &report, Mode::Begin, out).await,
        SubmissionVerb::Resume { report } => send(at, &report, Mode::Resume, out).await,
        SubmissionVerb::Retract { report } => send(at, &report, Mode::Retract, out).await,
        SubmissionVerb::Record { report, reason } => {
            let propose = async |console: &Console| {
                Ok(submission::propose_record(console, &report, &reason).await?)
            };
            approval::proposed(&sit(at, propose).await?, out)
        }
        SubmissionVerb::Off => {
            sit(at, async |console| Ok(submission::off(console).await?)).await?;
            out.note("Submission is off. Both logins are forgotten.");
            Ok(End::Done)
        }
    }
}

async fn configure(at: &At, verb: ConfigureVerb, out: &Out) -> Outcome {
    let password = passphrase::hotline(&verb.user)?;
    let asked = SubmissionConfigure {
        environment: verb.environment,
        base: verb.base,
        user: verb.user,
        password: password.to_string(),
        upload: !verb.no_upload,
        timeout_s: verb.timeout,
        retries: verb.retries,
        retry_after_s: verb.retry_after,
    };
    let found = sit(at, async |console| Ok(submission::configure(console, asked).await?)).await?;
    if out.json {
        out.object(&found)?
    } else {
        out.text(&said(&found))?
    }
    Ok(End::Done)
}

fn said(found: &SubmissionEndpoint) -> String {
    let lock = match (found.environment, &found.unlocked_until) {
        (SubmissionEnvironment::Test, _) => "nothing sent there is filed".to_owned(),
        (_, None) => "locked until two persons unlock it".to_owned(),
        (_, Some(until)) => format!("unlocked until {until}"),
    };
    format!("{}: {} as {}; {lock}.", word(&found.environment), found.base, found.user)
}

/// Sends, told to stop by Ctrl-C; what an earlier run left behind is said as it becomes known.
async fn send(at: &At, report: &str, mode: Mode, out: &Out) -> Outcome {
    let watch = Arc::new(Watch::default());
    let told = watch.clone();
    let sent = sit(at, async |console| {
        let stop = watch.clone();
        let ears = tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                stop.stop();
            }
        });
        let sent = submission::run(console, report, mode, watch.clone()).await;
        ears.abort();
        Ok(sent?)
    })
    .await;
    for note in told.progress().map(|progress| progress.notes).unwrap_or_default() {
        out.note(&note);
    }
    let sent = sent?;
    if out.json {
        out.object(&sent)?
    } else {
        say_facts(&sent, out)?
    }
    Ok(End::Done)
}

fn say_facts(found: &SubmissionFacts, out: &Out) -> Outcome<()> {
    out.text(&format!(
        "{} {} ({}), {} of {} files. {}",
        found.report,
        word(&found.state),
        word(&found.environment),
        grouped(found.files_done.into()),
        grouped(found.files.into()),
        found.what
    ))
}

fn say_status(found: &SubmissionStatus, long: bool, out: &Out) -> Outcome<()> {
    match &found.active {
        Some(active) => out.text(&format!("In use: {}.", word(active)))?,
        None => out.text("Submission is off.")?,
    }
    found.endpoints.iter().try_for_each(|endpoint| out.text(&said(endpoint)))?;
    for ready in &found.ready {
        let left = if ready.unfinished { ", an earlier run did not end" } else { "" };
        out.text(&format!("{} is approved: {} files{left}.", ready.report, ready.files))?;
    }
    found.submissions.iter().try_for_each(|sent| say_facts(sent, out))?;
    if !long {
        return Ok(());
    }
    let latest = found.submissions.iter().flat_map(|sent| &sent.latest).filter(|line| line.told);
    let rows = latest
        .map(|line| {
            let code = line.code.map_or_else(String::new, |code| code.to_string());
            [
                line.at.clone(),
                word(&line.call),
                line.case.map_or_else(String::new, |case| format!("{case:06}")),
                line.failure.clone().unwrap_or(code),
                line.request_id.clone().unwrap_or_default(),
                line.said.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let head = ["At", "Call", "Case", "Code", "Request-ID", "The hotline said"];
    table(head, rows).iter().try_for_each(|line| out.text(line))
}

fn say_dry_run(found: &SubmissionDryRun, out: &Out) -> Outcome<()> {
    let to = found.host.as_deref().unwrap_or("nowhere: submission is off");
    out.text(&format!(
        "{} would go to {to} in {} requests: {} files, {} bytes, and {} bytes of documents. Nothing was sent.",
        found.report,
        grouped(found.requests),
        grouped(found.files.into()),
        grouped(found.file_bytes),
        grouped(found.document_bytes)
    ))?;
    for problem in &found.problems {
        out.text(&format!("{}: {}", problem.code, problem.message))?;
    }
    let rows = found
        .documents
        .iter()
        .map(|document| [document.name.clone(), grouped(document.bytes), document.sha256.clone()])
        .collect();
    table(["Document", "Bytes", "SHA-256"], rows).iter().try_for_each(|line| out.text(line))
}
