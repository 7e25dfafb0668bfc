//! Takes from the courier what it does not need: a place to write, a program to start, any port but one.
//! It must fail closed where files are concerned; the wall around ports is as good as the kernel's.

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, NetPort, PathBeneath,
    PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, getppid, set_dumpable_behavior,
    set_parent_process_death_signal, setrlimit,
};

/// The Landlock rights without whose withdrawal nothing is sent: files and folders (Linux 5.19).
const REQUIRED: ABI = ABI::V2;
/// Withdrawn as well where the kernel knows them: TCP ports, devices, signals, abstract sockets (Linux 6.12).
const WANTED: ABI = ABI::V6;
/// What looking up a name reads. Certificates that are trusted stand in the program itself.
const READABLE: [&str; 6] =
    ["/etc", "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/run/systemd/resolve"];
/// Names, where an answer is too long for a datagram.
const DNS: u16 = 53;

/// A step of confinement was refused by this machine.
pub(crate) struct Refused;

/// Before the first byte is read: no core dump can hold a password, and no courier outlives its parent.
pub(crate) fn begin() -> Result<(), Refused> {
    let parent = getppid();
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|_| Refused)?;
    if getppid() != parent {
        return Err(Refused);
    }
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|_| Refused)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, 64)
}

fn limit(resource: Resource, most: u64) -> Result<(), Refused> {
    setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).map_err(|_| Refused)
}

/// Leaves the process the right to read what a resolver reads and to connect to `port`, and no other right of files
/// and TCP. It must have one thread.
pub(crate) fn withdraw_rights(port: u16) -> Result<(), Refused> {
    let read: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::ReadDir;
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(REQUIRED))
        .map(|ruleset| ruleset.set_compatibility(CompatLevel::BestEffort))
        .and_then(|ruleset| ruleset.handle_access(AccessFs::from_all(WANTED)))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(WANTED)))
        .and_then(|ruleset| ruleset.scope(Scope::from_all(WANTED)))
        .and_then(Ruleset::create)
        .map_err(|_| Refused)?;
    for port in [port, DNS] {
        ruleset =
            ruleset.add_rule(NetPort::new(port, AccessNet::ConnectTcp)).map_err(|_| Refused)?;
    }
    for path in READABLE {
        if let Ok(folder) = PathFd::new(path) {
            ruleset = ruleset.add_rule(PathBeneath::new(folder, read)).map_err(|_| Refused)?;
        }
    }
    let status = ruleset.restrict_self().map_err(|_| Refused)?;
    match status.ruleset {
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced if status.no_new_privs => {
            Ok(())
        }
        _ => Err(Refused),
    }
}
