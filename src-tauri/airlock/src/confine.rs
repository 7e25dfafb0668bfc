//! Takes from this process everything it does not need to turn bytes into samples, before it reads the first byte.
//! It must fail closed: a step that cannot be taken in full ends the process with [`exit::NOT_CONFINED`].
//!
//! The only module with `unsafe`: a handful of system calls without a safe wrapper, and the allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;

use casement_airlock::exit;
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetStatus,
    Scope,
};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, getppid, set_dumpable_behavior,
    set_parent_process_death_signal, setrlimit,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

/// Address space: the file, one decoded picture and room for the decoder, with the program itself.
const MEMORY: u64 = 768 << 20;
/// Processor seconds. The parent's clock on the wall is the first limit, this one needs no parent.
pub(crate) const SECONDS: u64 = 8;
/// The same for a process that takes many pictures, on each of which the parent's clock runs anew.
pub(crate) const SECONDS_OF_MANY: u64 = 600;
/// The Landlock rights without whose withdrawal nothing is decoded: files and folders (Linux 5.19).
const REQUIRED: ABI = ABI::V2;
/// Withdrawn as well where the kernel knows them: TCP, devices, signals, abstract sockets (Linux 6.12). They are a
/// second wall; on every kernel the filter kills the calls that would use them.
const WANTED: ABI = ABI::V6;

/// A step of confinement was refused by this machine.
pub(crate) struct Refused;

/// Ends the process at once: no exit handlers, no unwinding, nothing written.
pub(crate) fn leave(code: u8) -> ! {
    #[expect(
        unsafe_code,
        reason = "the safe exit runs handlers, which a confined process may not survive"
    )]
    // SAFETY: `_exit` takes no pointer and does not return.
    unsafe {
        libc::_exit(i32::from(code))
    }
}

/// Confines this process for good. It must have one thread and must not have read its input.
///
/// Order matters: descriptors are closed before the ruleset needs one, the limit on descriptors comes after it, and
/// the filter on system calls comes last because it forbids the others.
pub(crate) fn confine(seconds: u64) -> Result<(), Refused> {
    die_with_parent()?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|_| Refused)?;
    close_inherited()?;
    limit(Resource::As, MEMORY, MEMORY)?;
    limit(Resource::Cpu, seconds, seconds + 1)?;
    limit(Resource::Core, 0, 0)?;
    limit(Resource::Fsize, 0, 0)?;
    limit(Resource::Nproc, 0, 0)?;
    withdraw_rights()?;
    limit(Resource::Nofile, 3, 3)?;
    forbid_calls()
}

/// A parent that dies takes this process with it. One that died before this call has closed our input, so the
/// request would end early; one that dies during it shows as another parent.
fn die_with_parent() -> Result<(), Refused> {
    let parent = getppid();
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|_| Refused)?;
    if getppid() == parent { Ok(()) } else { Err(Refused) }
}

fn close_inherited() -> Result<(), Refused> {
    #[expect(
        unsafe_code,
        reason = "rustix has no close_range; nothing here owns a descriptor above 2"
    )]
    // SAFETY: takes no pointer. No object of this process owns a descriptor in the range yet.
    let failed = unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32) };
    if failed == 0 { Ok(()) } else { Err(Refused) }
}

fn limit(resource: Resource, soft: u64, hard: u64) -> Result<(), Refused> {
    setrlimit(resource, Rlimit { current: Some(soft), maximum: Some(hard) }).map_err(|_| Refused)
}

fn withdraw_rights() -> Result<(), Refused> {
    let ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(REQUIRED))
        .map(|ruleset| ruleset.set_compatibility(CompatLevel::BestEffort))
        .and_then(|ruleset| ruleset.handle_access(AccessFs::from_all(WANTED)))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(WANTED)))
        .and_then(|ruleset| ruleset.scope(Scope::from_all(WANTED)))
        .and_then(Ruleset::create)
        .map_err(|_| Refused)?;
    let status = ruleset.restrict_self().map_err(|_| Refused)?;
    match status.ruleset {
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced if status.no_new_privs => {
            Ok(())
        }
        _ => Err(Refused),
    }
}

/// Read standard input, write standard output, manage memory that is never executable, leave. All else kills.
fn forbid_calls() -> Result<(), Refused> {
    const FREE: [i64; 12] = [
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_brk,
        libc::SYS_madvise,
        libc::SYS_futex,
        libc::SYS_sigaltstack,
        libc::SYS_rt_sigreturn,
        libc::SYS_restart_syscall,
        libc::SYS_sched_yield,
        libc::SYS_getrandom,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];
    let executable = u64::from(libc::PROT_EXEC.unsigned_abs());
    let filter = || -> Result<BpfProgram, seccompiler::BackendError> {
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
            FREE.into_iter().map(|call| (call, Vec::new())).collect();
        let mut only_if = |call, argument, operator, value| {
            let condition =
                SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)?;
            rules.insert(call, vec![SeccompRule::new(vec![condition])?]);
            Ok::<_, seccompiler::BackendError>(())
        };
        only_if(libc::SYS_read, 0, SeccompCmpOp::Eq, 0)?;
        only_if(libc::SYS_write, 0, SeccompCmpOp::Eq, 1)?;
        only_if(libc::SYS_mmap, 2, SeccompCmpOp::MaskedEq(executable), 0)?;
        only_if(libc::SYS_mprotect, 2, SeccompCmpOp::MaskedEq(executable), 0)?;
        let here = TargetArch::try_from(std::env::consts::ARCH)?;
        SeccompFilter::new(rules, SeccompAction::KillProcess, SeccompAction::Allow, here)?
            .try_into()
    };
    let program = filter().map_err(|_| Refused)?;
    seccompiler::apply_filter(&program).map_err(|_| Refused)
}

/// The system's allocator, except that running out ends the process with [`exit::LIMITS`] instead of an abort, whose
/// calls the filter forbids.
struct Limited;

#[global_allocator]
static ALLOCATOR: Limited = Limited;

fn or_leave(memory: *mut u8) -> *mut u8 {
    if memory.is_null() {
        leave(exit::LIMITS);
    }
    memory
}

#[expect(
    unsafe_code,
    reason = "an allocator is unsafe by its trait; every call is handed on unchanged"
)]
// SAFETY: `System` keeps the contract, and a null pointer never comes back from here.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        or_leave(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        or_leave(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        or_leave(unsafe { System.realloc(memory, layout, size) })
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }
}

/// Forbidden calls in their bare form, for probes: nothing else may be what the kernel refuses.
pub(crate) mod forbidden {
    use std::ptr;

    /// `execve` of this very program.
    pub(crate) fn exec() {
        let program = c"/proc/self/exe";
        let arguments = [program.as_ptr(), ptr::null()];
        #[expect(unsafe_code, reason = "the safe form makes other forbidden calls first")]
        // SAFETY: a null-terminated array of C strings that outlives the call, and an empty environment.
        unsafe {
            libc::execve(program.as_ptr(), arguments.as_ptr(), [ptr::null()].as_ptr());
        }
    }

    /// `fork`; a child that came to be leaves at once.
    pub(crate) fn fork() {
        #[expect(unsafe_code, reason = "there is no safe fork")]
        // SAFETY: this process has one thread, and the child only leaves.
        if unsafe { libc::fork() } == 0 {
            super::leave(0);
        }
    }

    /// An anonymous mapping that is writable and executable.
    pub(crate) fn map_code() {
        #[expect(unsafe_code, reason = "mapping memory is unsafe by nature")]
        // SAFETY: a fresh private mapping that nothing refers to.
        unsafe {
            libc::mmap(
                ptr::null_mut(),
                4096,
                libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            );
        }
    }
}
