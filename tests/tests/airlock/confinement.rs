//! What the confined process cannot do, and that it reads nothing where it cannot be confined.

use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;

use casement_airlock::{Outcome, Probe, Tone, exit};
use casement_core::airlock::Airlock;
use casement_core::wire::Level;

use super::{AIRLOCK, MISBEHAVE, request, run};
use crate::decoding::{encoded, noise};
use crate::hashing;
use crate::parent::code_of;

const CALLS: [&str; 6] = ["landlock", "landlock-self", "seccomp", "rlimit", "prctl", "close-range"];

#[test]
fn every_forbidden_thing_is_stopped_by_the_kernel() {
    const SIGSYS: i32 = 31;
    let kinds = [&[][..], &["--pdq"]];
    for (probe, kind) in Probe::ALL.into_iter().flat_map(|probe| kinds.map(|kind| (probe, kind))) {
        let ended = run(&AIRLOCK, &[kind, &["--probe", probe.name()]].concat(), &[]);
        match probe.expected() {
            Outcome::Killed => assert_eq!(ended.status.signal(), Some(SIGSYS), "{}", probe.name()),
            Outcome::Exit(code) => assert_eq!(ended.code(), Some(code), "{}", probe.name()),
        }
        assert!(ended.output.is_empty());
    }
}

#[test]
fn it_fails_closed_where_any_part_of_confinement_is_missing() {
    assert!(AIRLOCK.is_file());
    let folder = tempfile::tempdir().unwrap();
    let (_, input) = request(&encoded(&noise(64, 64, 1), image::ImageFormat::Png), 32, Tone::Grey);
    for call in CALLS {
        let program = folder.path().join(format!("without-{call}"));
        symlink(MISBEHAVE, &program).unwrap();
        let ended = run(&program, &[], &input);
        assert_eq!(ended.code(), Some(exit::NOT_CONFINED), "without {call}");
        assert!(ended.output.is_empty());
        let ended = run(
            &program,
            &["--pdq"],
            &hashing::asks(&[&encoded(&noise(64, 64, 1), image::ImageFormat::Png)]),
        );
        assert_eq!((ended.code(), ended.output), (Some(exit::NOT_CONFINED), Vec::new()));
        // Nor does it run a probe unconfined.
        assert_eq!(run(&program, &["--probe", "open"], &[]).code(), Some(exit::NOT_CONFINED));
    }
}

#[tokio::test]
async fn a_machine_that_cannot_confine_shows_no_picture_and_says_so() {
    assert!(AIRLOCK.is_file());
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("without-landlock");
    symlink(MISBEHAVE, &program).unwrap();
    let airlock = Airlock::new(program);
    assert!(!airlock.confined().await);
    let picture = encoded(&noise(64, 64, 1), image::ImageFormat::Png);
    assert_eq!(code_of(&airlock, picture, Level::Soft).await, Some("VEIL-78"));
    assert!(airlock.probe().await.iter().all(|check| !check.ok));
}

#[tokio::test]
async fn a_machine_that_can_confine_passes_every_probe() {
    let airlock = Airlock::new(AIRLOCK.clone());
    assert!(airlock.confined().await);
    let checks = airlock.probe().await;
    assert_eq!(checks.len(), Probe::ALL.len());
    for check in checks {
        assert!(check.ok, "{}: {}", check.name, check.detail);
    }
}

#[test]
fn a_missing_program_is_no_confinement() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let airlock = Airlock::new("/nonexistent/casement-airlock".into());
    assert!(!runtime.block_on(airlock.confined()));
}

#[test]
fn arguments_it_does_not_know_are_refused() {
    let unknown = [
        &["--probe"][..],
        &["--probe", "everything"],
        &["--probe", "open", "--pdq"],
        &["--pdq", "picture.png"],
        &["--pdq", "--pdq"],
        &["picture.png"],
        &["--help"],
    ];
    for arguments in unknown {
        let ended = run(&AIRLOCK, arguments, &[]);
        assert_eq!(ended.code(), Some(exit::BAD_REQUEST));
        assert!(ended.output.is_empty());
    }
}
