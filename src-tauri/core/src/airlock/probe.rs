//! Whether this machine can confine the decoder: the decoder confines itself and then tries, one thing per process,
//! what must be refused. It must never run a probe in a process that is given a picture.

use std::ffi::OsStr;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use casement_airlock::{Outcome, PROBE_ARGUMENT, Probe, exit};
use tokio::time::timeout;

use super::Airlock;
use crate::wire::Check;

/// Bad system call: how the filter ends a process. The same number on every architecture that is supported.
pub(super) const SIGSYS: i32 = 31;

impl Airlock {
    /// Tries everything the airlock must refuse. For `doctor`: one check per probe, in a fixed order.
    pub async fn probe(&self) -> Vec<Check> {
        let mut checks = Vec::with_capacity(Probe::ALL.len());
        for probe in Probe::ALL {
            let (ok, detail) = verdict(probe, self.attempt(probe).await);
            let name = match probe {
                Probe::Confined => "the decoder can confine itself".to_owned(),
                other => format!("the confined decoder cannot {}", other.words()),
            };
            checks.push(Check { name, ok, detail });
        }
        checks
    }

    /// Whether the decoder can confine itself here: one short process (milliseconds), which the caller may remember
    /// for as long as it runs.
    pub async fn confined(&self) -> bool {
        verdict(Probe::Confined, self.attempt(Probe::Confined).await).0
    }

    async fn attempt(&self, probe: Probe) -> Option<ExitStatus> {
        let arguments = [PROBE_ARGUMENT, probe.name()].map(OsStr::new);
        let mut child = self.start(&arguments).ok()?;
        if let Ok(status) = timeout(self.time, child.wait()).await {
            status.ok()
        } else {
            let _ = child.kill().await;
            None
        }
    }
}

/// Whether a probe ended as it must, and what happened in words. `None`: it did not run, or not to an end.
fn verdict(probe: Probe, status: Option<ExitStatus>) -> (bool, String) {
    let Some(status) = status else {
        return (false, "the decoder program did not start, or did not end in time".to_owned());
    };
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    match (probe.expected(), code, status.signal()) {
        (Outcome::Killed, _, Some(SIGSYS)) => (true, "stopped by the system-call filter".to_owned()),
        (Outcome::Exit(exit::OK), Some(exit::OK), _) => {
            (true, "resource limits, Landlock and the system-call filter are in force".to_owned())
        }
        (Outcome::Exit(exit::LIMITS), Some(exit::LIMITS), _) => {
            (true, "refused by the memory limit".to_owned())
        }
        (_, Some(exit::NOT_CONFINED), _) => {
            (false, "a part of confinement is missing: Linux 5.19 or later with Landlock and seccomp is needed".to_owned())
        }
        (_, Some(exit::PERMITTED), _) => (false, "was not stopped".to_owned()),
        (_, Some(code), _) => (false, format!("ended with code {code}")),
        (_, None, signal) => (false, format!("ended by signal {}", signal.unwrap_or_default())),
    }
}
