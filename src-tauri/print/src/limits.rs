//! What the typesetter may use of the machine: time, memory, no file, no core dump.
//!
//! It must never be left out because a machine refuses it.

use rustix::process::{
    Resource, Rlimit, Signal, getrlimit, set_parent_process_death_signal, setrlimit,
};

/// Seconds of processor time. Two hundred described files take a few.
const SECONDS: u64 = 240;
/// Address space, in bytes.
const MEMORY: u64 = 4 << 30;

/// Sets the limits of this process.
pub(crate) fn set() -> rustix::io::Result<()> {
    // Nobody would read its answer.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    lower(Resource::Cpu, SECONDS)?;
    lower(Resource::As, MEMORY)?;
    lower(Resource::Core, 0)?;
    // Nothing is written but to the pipe it was given.
    lower(Resource::Fsize, 0)
}

fn lower(resource: Resource, most: u64) -> rustix::io::Result<()> {
    let known = getrlimit(resource).maximum;
    let most = known.map_or(most, |known| known.min(most));
    setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
}
