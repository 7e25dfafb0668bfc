//! Submission of approved packages to a hotline: off until it is configured, in production locked until two persons
//! unlock it, recorded step by step so that it can be cut off anywhere.
//!
//! It must never send what two persons did not approve, never file a report twice, and never lose one silently. The
//! network is the courier's alone, a program of its own.

mod answer;
mod config;
mod courier;
mod facts;
mod lost;
mod plan;
mod problem;
mod record;
mod request;
mod run;
mod standing;
mod unlock;
mod watch;

use std::sync::Arc;

use sqlx::SqliteConnection;

use crate::approval::KEEPERS;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::hash::sha256;
use crate::package::report_name;
use crate::register;
use crate::store::{report, submission as rows};
use crate::wire::{
    SubmissionDocument, SubmissionDryRun, SubmissionEnvironment, SubmissionFacts, SubmissionReady,
    SubmissionStatus, WireError,
};
use crate::words;
use config::Endpoint;
use plan::Plan;

pub use config::{configure, off};
pub use lost::propose_record;
pub(crate) use lost::{apply_record, check_record, record_words};
pub use run::{Mode, Run, Turn};
pub use unlock::{MAX_UNLOCK, propose_unlock};
pub(crate) use unlock::{apply_unlock, check_unlock, unlock_words};
pub use watch::Watch;

/// Most submissions of one list.
const MAX_LIST: i64 = 500;

/// What is configured, what may be sent, and what was; of one report, or of all. Supervisors and custodians may know.
pub async fn status(console: &Console, report: Option<&str>) -> Result<SubmissionStatus> {
    console.actor().needs(KEEPERS)?;
    let id = report.map(plan::number_of).transpose()?;
    let mut conn = console.store().read().await?;
    let now = console.clock().now();
    let mut endpoints = Vec::new();
    for environment in [SubmissionEnvironment::Test, SubmissionEnvironment::Production] {
        if let Some(found) = config::endpoint(&mut conn, environment).await? {
            let until = unlock::until(&mut conn, &found, now).await?;
            endpoints.push(found.facts(until)?);
        }
    }
    let mut ready = Vec::new();
    for row in report::all(&mut conn).await? {
        let asked = id.is_none_or(|id| id == row.id);
        let approved = register::approved(&mut conn, row.id).await?;
        if asked && approved.is_some_and(|found| found.route == record::ROUTE) {
            let cases = report::cases(&mut conn, row.id).await?;
            ready.push(SubmissionReady {
                report: report_name(row.id),
                name: row.source_name,
                files: u32::try_from(cases.len()).unwrap_or(u32::MAX),
                unfinished: rows::open_of(&mut conn, row.id).await?.is_some(),
            });
        }
    }
    let mut submissions = Vec::new();
    for row in rows::all(&mut conn, id, MAX_LIST).await? {
        submissions.push(facts::facts(&mut conn, row).await?);
    }
    let active = config::active(&mut conn).await?;
    Ok(SubmissionStatus { active, endpoints, ready, submissions })
}

/// Refuses a report that two persons did not approve as it was sealed, or that is filed.
async fn approved(conn: &mut SqliteConnection, plan: &Plan) -> Result<()> {
    if rows::finished_of(conn, plan.report).await?.is_some() {
        return Err(Error::refused(
            "SUBMIT-13",
            "This report was finished before and is never sent again. casectl submission status says what is known of it.",
        ));
    }
    match register::approved(conn, plan.report).await? {
        Some(found) if found.route == record::ROUTE && found.package_sha256 == plan.sha256 => {
            Ok(())
        }
        _ => Err(Error::refused(
            "SUBMIT-12",
            "This report is not approved for this route, or is filed. Two persons must approve the package as it is sealed.",
        )),
    }
}

/// Refuses unless everything but the network is in order.
async fn ready(
    console: &Console,
    conn: &mut SqliteConnection,
    endpoint: &Endpoint,
    plan: &Plan,
) -> Result<()> {
    approved(conn, plan).await?;
    unlock::check(conn, endpoint, console.clock().now()).await?;
    if !endpoint.upload {
        return Err(Error::refused(
            "SUBMIT-17",
            "This organisation is configured not to upload files. A hotline takes the details of a file only with the file, so \
             nothing of this report but its first page could be sent. Turn uploading on, or file it another way.",
        ));
    }
    match plan.without_bytes(console) {
        0 => Ok(()),
        missing => Err(Error::refused(
            "SUBMIT-18",
            format!(
                "The bytes of {missing} of {} files are not held here, and a hotline takes the details of a file only with the \
                 file. Withdraw the report and seal it without them, or file it another way.",
                plan.files.len()
            ),
        )),
    }
}

async fn orphan(conn: &mut SqliteConnection, submission: i64) -> Result<bool> {
    Ok(facts::is_orphan(&rows::of_call(conn, submission, "submit").await?))
}

/// Builds and checks everything and sends nothing.
pub async fn dry_run(console: &Console, report: &str) -> Result<SubmissionDryRun> {
    console.actor().needs(KEEPERS)?;
    let plan = Plan::read(console, plan::number_of(report)?).await?;
    let mut conn = console.store().read().await?;
    let mut problems: Vec<Error> = Vec::new();
    let endpoint = match config::in_use(&mut conn).await {
        Ok(endpoint) => {
            problems.extend(ready(console, &mut conn, &endpoint, &plan).await.err());
            Some(endpoint)
        }
        Err(off) => {
            problems
                .extend([Some(off), approved(&mut conn, &plan).await.err()].into_iter().flatten());
            None
        }
    };
    if rows::open_of(&mut conn, plan.report).await?.is_some() {
        problems.push(Error::refused(
            "SUBMIT-14",
            "An earlier run of this report did not end. Resuming it asks the hotline first what became of it.",
        ));
    }
    drop(conn);
    let vault = console.vault().clone();
    let found = tokio::task::spawn_blocking(move || {
        let mut problems: Vec<Error> = plan.check_bag().err().into_iter().collect();
        let mut documents = Vec::with_capacity(plan.files.len() + 1);
        for (name, case) in plan.documents() {
            match plan.document(name) {
                Ok(bytes) => documents.push(SubmissionDocument {
                    name: name.to_owned(),
                    case: case.map(words::case_number),
                    bytes: bytes.len() as u64,
                    sha256: hex::encode(sha256(&bytes)),
                }),
                Err(error) => problems.push(error),
            }
        }
        for (at, file) in plan.files.iter().enumerate() {
            // With ids of the form a hotline gives, so that filling them in is rehearsed as well.
            problems.extend(plan.details_xml(at, "1", &"1".repeat(32)).err());
            if vault.holds(&file.blake3) {
                problems.extend(vault.pour(&file.blake3, |_| true).err());
            }
        }
        (plan, documents, problems)
    })
    .await
    .map_err(|error| Error::machine("MACHINE-01", "A thread ended early.").caused_by(error))?;
    let (plan, documents, more) = found;
    problems.extend(more);
    // The same cause is found more than once: in the folder as a whole, and document by document.
    let mut told: Vec<WireError> = Vec::new();
    for problem in problems.iter().map(WireError::from) {
        if !told.iter().any(|said| said.code == problem.code && said.message == problem.message) {
            told.push(problem);
        }
    }
    Ok(SubmissionDryRun {
        report: plan.name.clone(),
        environment: endpoint.as_ref().map(|endpoint| endpoint.environment),
        host: endpoint.map(|endpoint| endpoint.host),
        problems: told,
        requests: 3 + 2 * plan.files.len() as u64,
        files: u32::try_from(plan.files.len()).unwrap_or(u32::MAX),
        file_bytes: plan.file_bytes(),
        document_bytes: documents.iter().map(|document| document.bytes).sum(),
        documents,
        package_sha256: plan.sha256,
    })
}

/// Sends a report from its first request to its receipt, or settles what an earlier run left. Supervisors may.
///
/// # Errors
/// Why it was not filed; [`status`] says what is known.
pub async fn run(
    console: &Console,
    report: &str,
    mode: Mode,
    watch: Arc<Watch>,
) -> Result<SubmissionFacts> {
    Box::pin(Run::begin(console, report, mode, watch)).await?.complete().await
}

fn damaged() -> Error {
    Error::store("SUBMIT-19", "A submission in this store cannot be read. Run casectl verify.")
}
