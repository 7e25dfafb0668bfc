//! One run of a submission, step by step: ask the standing what comes next, commit that it will be asked, ask, commit
//! what was told.
//!
//! Between any two of these it may be killed. It must never ask before the intent is committed, nor anything that
//! follows from an answer before the answer is.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use casement_courier::Failure;

use crate::clock::Millis;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::Unlogged;
use crate::store::submission::{self as rows, SubmissionRow};
use crate::wire::{
    SubmissionCall, SubmissionEnvironment, SubmissionFacts, SubmissionProgress, SubmissionState,
    WireError,
};

use super::answer::{Told, Verdict, judge, may_be_done, read};
use super::config::{self, Endpoint};
use super::courier::{Courier, Load};
use super::plan::Plan;
use super::record::{self, About, Follows};
use super::request::{self, Request};
use super::standing::{Next, Standing, Step, Why};
use super::watch::Watch;
use super::{approved, facts, problem, unlock};

/// How long a wait between two looks at the wish to stop lasts.
const NAP: Duration = Duration::from_millis(100);

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// To file a report that nobody began to send.
    Begin,
    /// To settle what a run that did not end left behind, and then file it, unless it turns out to be filed.
    Resume,
    /// To settle it and no more.
    Retract,
}

/// What one turn did: the boundaries at which a run can be cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The intent to ask is committed; nothing has left.
    Asked(SubmissionCall),
    /// It was asked, and an answer came or did not; nothing of it is committed.
    Answered(SubmissionCall),
    /// What was told is committed, with all that follows from it.
    Told(SubmissionCall),
    /// Nothing is left to do.
    Ended,
}

enum Phase {
    Idle,
    Asking(Request),
    Telling(Request, Told),
    Ended,
}

/// A run, to be taken turn by turn.
pub struct Run {
    console: Console,
    endpoint: Endpoint,
    plan: Plan,
    mode: Mode,
    submission: i64,
    /// It still settles what an earlier run left.
    settling: bool,
    standing: Standing,
    courier: Courier,
    phase: Phase,
    watch: Arc<Watch>,
    last: Option<(SubmissionCall, Told)>,
    failed: Option<Error>,
    /// Freed when the run is gone, however it goes.
    _alone: File,
}

impl Run {
    /// Checks everything that can be checked without the network, and begins.
    ///
    /// # Errors
    /// Whatever stands in the way; nothing was asked then.
    pub async fn begin(
        console: &Console,
        report: &str,
        mode: Mode,
        watch: Arc<Watch>,
    ) -> Result<Self> {
        console.actor().needs(&[crate::wire::Role::Supervisor])?;
        let alone = console.exclusive(
            "submission.lock",
            "SUBMIT-11",
            "Another run is sending a report from this workspace. Wait for its end, or stop it.",
        )?;
        let plan = Plan::read(console, super::plan::number_of(report)?).await?;
        let mut conn = console.store().read().await?;
        let endpoint = config::in_use(&mut conn).await?;
        let open = rows::open_of(&mut conn, plan.report).await?;
        let open = request::wanted(mode, open, &endpoint)?;
        if mode != Mode::Retract {
            super::ready(console, &mut conn, &endpoint, &plan).await?;
        }
        let settled = match &open {
            Some(row) => Some(Standing::earlier(
                row.number.clone(),
                super::orphan(&mut conn, row.id).await?,
                endpoint.retries,
            )),
            None => None,
        };
        drop(conn);
        let plan = tokio::task::spawn_blocking(move || match mode {
            Mode::Retract => Ok(plan),
            _ => plan.check_bag().map(|()| plan),
        })
        .await
        .map_err(|error| {
            Error::machine("MACHINE-01", "A thread ended early.").caused_by(error)
        })??;
        let courier = Courier::new(endpoint.opening())?;
        let files = plan.files.len();
        watch.begin(SubmissionProgress {
            report: plan.name.clone(),
            step: None,
            attempt: 1,
            files: u32::try_from(files).unwrap_or(u32::MAX),
            files_done: 0,
            bytes: plan.file_bytes(),
            bytes_done: 0,
            stopping: false,
            notes: Vec::new(),
            ended: None,
            problem: None,
        });
        let (submission, settling, standing) = match (open, settled) {
            (Some(row), Some(standing)) => (row.id, true, standing),
            _ => {
                let id = record::begin(console, &endpoint, &plan).await?;
                (id, false, Standing::new(files, endpoint.retries))
            }
        };
        Ok(Self {
            console: console.clone(),
            endpoint,
            plan,
            mode,
            submission,
            settling,
            standing,
            courier,
            phase: Phase::Idle,
            watch,
            last: None,
            failed: None,
            _alone: alone,
        })
    }

    /// Takes turns to the end.
    ///
    /// # Errors
    /// Why the report was not filed; what is known of it stands in the store.
    pub async fn complete(mut self) -> Result<SubmissionFacts> {
        let ended = self.turns().await;
        let problem = ended.as_ref().err().map(WireError::from);
        let state = ended.as_ref().ok().map(|facts| facts.state);
        let state = match state {
            Some(state) => state,
            None => facts::one(&self.console, self.submission).await?.state,
        };
        self.watch.change(|progress| {
            progress.step = None;
            progress.ended = Some(state);
            progress.problem = problem;
        });
        ended
    }

    async fn turns(&mut self) -> Result<SubmissionFacts> {
        while self.advance().await? != Turn::Ended {}
        let facts = facts::one(&self.console, self.submission).await?;
        if let Some(failed) = self.failed.take() {
            return Err(failed);
        }
        match problem::of(&self.standing, self.last.as_ref(), facts.state, self.mode) {
            Some(problem) => Err(problem),
            None => Ok(facts),
        }
    }

    /// One turn.
    ///
    /// # Errors
    /// Those of the store. The run is over then, and stays open to be resumed.
    pub async fn advance(&mut self) -> Result<Turn> {
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Idle => self.decide().await,
            Phase::Asking(request) => self.ask(request).await,
            Phase::Telling(request, told) => self.tell(request, told).await,
            Phase::Ended => {
                self.phase = Phase::Ended;
                Ok(Turn::Ended)
            }
        }
    }

    async fn decide(&mut self) -> Result<Turn> {
        self.wait().await;
        let stop = self.watch.stopping() && !self.settling;
        match self.standing.next(self.console.clock().now(), stop) {
            Next::Ask(step) => self.intend(step).await,
            Next::End(state) => {
                record::end(&self.console, self.submission, state).await?;
                self.settle(state).await
            }
            Next::Leave => {
                self.phase = Phase::Ended;
                Ok(Turn::Ended)
            }
        }
    }

    /// Before another attempt: the configured wait, doubled each time, and cut short by the wish to stop.
    async fn wait(&self) {
        if self.standing.failed == 0 {
            return;
        }
        let doubled = self.standing.failed.saturating_sub(1).min(8);
        let seconds = u64::from(self.endpoint.retry_after_s) << doubled;
        let mut left = Duration::from_secs(seconds.min(3_600));
        while !left.is_zero() && !self.watch.stopping() {
            let nap = left.min(NAP);
            tokio::time::sleep(nap).await;
            left -= nap;
        }
    }

    /// Makes the request and commits the intent. What fails here takes the report back.
    async fn intend(&mut self, step: Step) -> Result<Turn> {
        let request = match Request::new(&self.console, &self.plan, &self.standing, step) {
            Ok(request) => request,
            Err(error) => return Ok(self.failed_here(error, step)),
        };
        let mut write = Unlogged::begin(self.console.store()).await?;
        if step == Step::Finish {
            // From here it cannot be taken back: both persons' word must stand at this very moment.
            let now = self.console.clock().now();
            let stands = async {
                approved(write.conn(), &self.plan).await?;
                unlock::check(write.conn(), &self.endpoint, now).await
            };
            if let Err(error) = stands.await {
                return Ok(self.failed_here(error, step));
            }
        }
        record::asked(&self.console, write, &self.about(&request)).await?;
        self.standing.asked(step);
        let (call, attempt) = (step.call(), self.standing.failed + 1);
        self.watch.change(|progress| (progress.step, progress.attempt) = (Some(call), attempt));
        self.phase = Phase::Asking(request);
        Ok(Turn::Asked(call))
    }

    fn failed_here(&mut self, error: Error, step: Step) -> Turn {
        self.failed.get_or_insert(error);
        self.standing.give_up(Why::Here);
        Turn::Told(step.call())
    }

    fn about<'a>(&self, request: &'a Request) -> About<'a> {
        About {
            submission: self.submission,
            report: self.plan.report,
            call: request.step.call(),
            case: request.case,
            request_sha256: request.sha256.as_deref(),
        }
    }

    async fn ask(&mut self, mut request: Request) -> Result<Turn> {
        let load = std::mem::replace(&mut request.load, Load::None);
        let before: u64 = self.plan.files.iter().take(self.standing.done).map(|f| f.bytes).sum();
        let watch = self.watch.clone();
        let sent = move |bytes| watch.change(|progress| progress.bytes_done = before + bytes);
        let told = match self.courier.ask(&request.ask, load, &sent).await {
            Ok(told) => told,
            Err(error) => {
                self.failed.get_or_insert(error);
                Told::Failed(Failure::Courier)
            }
        };
        let call = request.step.call();
        self.phase = Phase::Telling(request, told);
        Ok(Turn::Answered(call))
    }

    async fn tell(&mut self, request: Request, told: Told) -> Result<Turn> {
        let (step, now) = (request.step, self.console.clock().now());
        let verdict = judge(step.call(), self.standing.number.as_deref(), &told);
        let md5 = step.file().and_then(|at| self.plan.files.get(at)).map(|file| file.md5.as_str());
        let mut after = self.standing.clone();
        after.told(step, &verdict, may_have_arrived(&told), md5, now);
        if self.failed.is_some() && after.ended().is_none() && step != Step::Retract {
            after.give_up(Why::Here);
        }
        let done = matches!(verdict, Verdict::Done(_));
        let follows = Follows {
            opened: after.number.clone().filter(|_| self.standing.number.is_none()),
            touched: (done && step.file().is_some()).then_some(after.done),
            ended: after.ended().map(|state| self.state(state)),
        };
        record::told(&self.console, &self.about(&request), &told, &follows).await?;
        self.standing = after;
        // What led to taking it back is what is told of it, not that it was taken back.
        if step != Step::Retract || self.last.is_none() {
            self.last = Some((step.call(), told));
        }
        let files_done = u32::try_from(self.standing.done).unwrap_or(u32::MAX);
        self.watch.change(|progress| progress.files_done = files_done);
        match follows.ended {
            Some(state) => self.settle(state).await,
            None => Ok(Turn::Told(step.call())),
        }
    }

    /// What a test system finishes is not filed.
    fn state(&self, state: SubmissionState) -> SubmissionState {
        match (state, self.endpoint.environment) {
            (SubmissionState::Filed, SubmissionEnvironment::Test) => SubmissionState::Rehearsed,
            _ => state,
        }
    }

    /// After a submission ended: over, unless it was an earlier one and there is a new one to begin.
    async fn settle(&mut self, state: SubmissionState) -> Result<Turn> {
        let again = matches!(
            state,
            SubmissionState::Retracted | SubmissionState::Failed | SubmissionState::Orphaned
        );
        if self.settling {
            let note = facts::left_behind(state, self.standing.number.as_deref());
            self.watch.change(|progress| progress.notes.push(note));
        }
        if !(self.settling && again && self.mode == Mode::Resume) {
            self.phase = Phase::Ended;
            return Ok(Turn::Ended);
        }
        self.settling = false;
        self.submission = record::begin(&self.console, &self.endpoint, &self.plan).await?;
        self.standing = Standing::new(self.plan.files.len(), self.endpoint.retries);
        Ok(Turn::Told(SubmissionCall::Retract))
    }
}

fn may_have_arrived(told: &Told) -> bool {
    match told {
        Told::Failed(failure) => failure.may_have_arrived(),
        Told::Answered { status, body, .. } => {
            may_be_done(Some(*status), read(body).and_then(|said| said.code))
        }
    }
}

/// When a submission that is open at its hotline is dropped there.
pub(super) fn expiry(row: &SubmissionRow) -> Option<Millis> {
    let (opened, touched) = (row.opened_at?, row.touched_at?);
    row.outcome.is_none().then(|| super::standing::expires_at(opened, touched))
}
