//! One request of a run, made from the sealed package and the vault; and which earlier run a run may settle.
//!
//! It must never make up a byte: documents are as sealed but for their ids, files as held.

use casement_courier::Ask;

use crate::console::Console;
use crate::error::{Error, Result};
use crate::hash::sha256;
use crate::store::submission::SubmissionRow;

use super::config::Endpoint;
use super::courier::Load;
use super::plan::Plan;
use super::run::Mode;
use super::standing::{Standing, Step};

/// What is about to be asked.
pub(super) struct Request {
    pub(super) step: Step,
    pub(super) ask: Ask,
    pub(super) load: Load,
    /// Of the document or of the file.
    pub(super) sha256: Option<String>,
    pub(super) case: Option<i64>,
}

impl Request {
    /// The request of a step.
    pub(super) fn new(
        console: &Console,
        plan: &Plan,
        standing: &Standing,
        step: Step,
    ) -> Result<Self> {
        let number = || standing.number.clone().unwrap_or_default();
        let file = step.file().and_then(|at| plan.files.get(at));
        let (ask, load, digest) = match step {
            Step::Status => (Ask::Status, Load::None, None),
            Step::Submit => {
                let xml = plan.report_xml()?;
                let digest = hex::encode(sha256(&xml));
                (Ask::Submit { bytes: xml.len() as u64 }, Load::Document(xml), Some(digest))
            }
            Step::Upload(_) => {
                let file = file.ok_or_else(super::damaged)?;
                let name = format!("{:06}.bin", file.case);
                let ask = Ask::Upload { report: number(), name, bytes: file.bytes };
                let vault = console.vault().clone();
                let load = Load::File { vault, blake3: file.blake3, bytes: file.bytes };
                (ask, load, Some(file.sha256.clone()))
            }
            Step::Fileinfo(at) => {
                let id = standing.file_id.as_deref().unwrap_or_default();
                let xml = plan.details_xml(at, &number(), id)?;
                let digest = hex::encode(sha256(&xml));
                (Ask::Fileinfo { bytes: xml.len() as u64 }, Load::Document(xml), Some(digest))
            }
            Step::Finish => (Ask::Finish { report: number() }, Load::None, None),
            Step::Retract => (Ask::Retract { report: number() }, Load::None, None),
        };
        Ok(Self { step, ask, load, sha256: digest, case: file.map(|file| file.case) })
    }
}

/// The earlier run that a run in this mode settles; refuses where there is one to settle first, or none.
pub(super) fn wanted(
    mode: Mode,
    open: Option<SubmissionRow>,
    endpoint: &Endpoint,
) -> Result<Option<SubmissionRow>> {
    match (mode, open) {
        (Mode::Begin, None) => Ok(None),
        (Mode::Begin, Some(_)) => Err(Error::refused(
            "SUBMIT-14",
            "An earlier run of this report did not end, and the hotline may hold something of it. Resume it: casectl submission resume.",
        )),
        (_, None) => Err(Error::usage(
            "SUBMIT-15",
            "No run of this report was left unfinished. There is nothing to resume or to retract.",
        )),
        (_, Some(row)) if row.config_sha256 != endpoint.sha256()? => Err(Error::refused(
            "SUBMIT-16",
            "The earlier run went to another host or as another user. Configure that one again to settle it.",
        )),
        (_, Some(row)) => Ok(Some(row)),
    }
}
