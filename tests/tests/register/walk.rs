//! Whatever people try, in whatever order: nothing is filed without two of them, no time to keep anything shrinks, and
//! nothing under a hold is destroyed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use casement_core::clock::{Clock, DAY, parse};
use casement_core::ledger::verify::verify;
use casement_core::wire::{
    DestroyRequest, DestructionGround, FiledRequest, HoldRequest, ProposalFilter, ProposalKind,
    ProposalState, RegisterFilter, ReportState, Route,
};
use casement_core::{Console, approval, package, register};
use casement_tests::workspace::{Workspace, copy};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{desk, office, sealed};

#[derive(Debug, Clone)]
enum Act {
    Seal,
    Propose(u8),
    Withdraw(u8),
    Filed(u8),
    Hold(bool, u8),
    Lift(u8),
    Extend(u8, i64),
    Destroy(u8, bool),
    Approve(u8),
    Refuse(u8),
    Wait(i64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Seal),
        4 => (1..4_u8).prop_map(Act::Propose),
        1 => (1..4_u8).prop_map(Act::Withdraw),
        4 => (1..4_u8).prop_map(Act::Filed),
        1 => (any::<bool>(), 1..4_u8).prop_map(|(report, on)| Act::Hold(report, on)),
        2 => (1..4_u8).prop_map(Act::Lift),
        1 => (1..4_u8, -400..800_i64).prop_map(|(report, days)| Act::Extend(report, days)),
        8 => (1..4_u8, prop::bool::weighted(0.7)).prop_map(|(on, asked)| Act::Destroy(on, asked)),
        12 => any::<u8>().prop_map(Act::Approve),
        1 => any::<u8>().prop_map(Act::Refuse),
        1 => (1..500_i64).prop_map(Act::Wait),
    ]
}

/// Tries it as somebody. Whether it is refused is not this test's matter.
async fn attempt(who: &Console, act: &Act, clock: &Clock, out: &std::path::Path) {
    let report = |n: &u8| format!("R-{n:04}");
    match act {
        Act::Seal => {
            let sources = package::sources(who).await.unwrap();
            if let Some(source) = sources.first() {
                let _ = package::seal(who, &source.source, out, None).await;
            }
        }
        Act::Propose(n) => {
            let _ = register::propose(who, &report(n), Route::CybertipForm, "checked").await;
        }
        Act::Withdraw(n) => {
            let _ = register::withdraw(who, &report(n), "found later").await;
        }
        Act::Filed(n) => {
            let receipt = out.join("receipt.xml");
            std::fs::write(&receipt, "<receipt/>").unwrap();
            let request = FiledRequest {
                report: report(n),
                number: None,
                receipt: receipt.to_str().unwrap().to_owned(),
                at: None,
            };
            let _ = register::filed(who, &request).await;
        }
        Act::Hold(on_report, n) => {
            let request = HoldRequest {
                report: on_report.then(|| report(n)),
                case: (!on_report).then_some(u32::from(*n)),
                reference: "S-9".to_owned(),
                asked_by: "court".to_owned(),
            };
            let _ = register::add_hold(who, &request).await;
        }
        Act::Lift(n) => {
            let _ = register::propose_lift(who, &format!("H-{n:03}"), "over").await;
        }
        Act::Extend(n, days) => {
            let until = casement_core::clock::rfc3339(clock.now() + days * DAY);
            let _ = register::extend(who, &report(n), &until, "longer").await;
        }
        Act::Destroy(n, asked) => {
            let request = DestroyRequest {
                report: None,
                case: Some(u32::from(*n)),
                ground: match asked {
                    true => DestructionGround::LawEnforcement,
                    false => DestructionGround::PreservationEnded,
                },
                reference: "W-1".to_owned(),
                asked_by: "police".to_owned(),
                reason: "asked".to_owned(),
            };
            let _ = register::propose_destruction(who, &request).await;
        }
        Act::Approve(n) | Act::Refuse(n) => {
            let open = ProposalFilter { state: Some(ProposalState::Open), kind: None };
            let Ok(open) = approval::list(who, &open).await else { return };
            let Some(one) = open.get(usize::from(*n) % open.len().max(1)) else { return };
            let _ = match act {
                Act::Approve(_) => approval::approve(who, one.proposal).await,
                _ => approval::refuse(who, one.proposal, "no").await,
            };
        }
        Act::Wait(days) => clock.advance(days * DAY),
    }
}

/// What must hold between any two acts.
#[derive(Default)]
struct Watch {
    kept: BTreeMap<String, i64>,
    held: BTreeSet<u32>,
    gone: BTreeSet<u32>,
    filed: u32,
    destroyed: u32,
}

impl Watch {
    async fn look(&mut self, who: &Console, files: &[PathBuf]) {
        let gone: BTreeSet<u32> =
            (1..).zip(files).filter(|(_, file)| !file.exists()).map(|(case, _)| case).collect();
        for case in gone.difference(&self.gone) {
            assert!(!self.held.contains(case), "case {case} was held");
            self.destroyed += 1;
        }
        assert!(gone.is_superset(&self.gone));
        self.gone = gone;
        let reports = register::list(who, &RegisterFilter::default()).await.unwrap();
        let approved = ProposalFilter {
            state: Some(ProposalState::Approved),
            kind: Some(ProposalKind::FileReport),
        };
        let approved = approval::list(who, &approved).await.unwrap();
        for row in &reports {
            let detail = register::show(who, &row.report).await.unwrap();
            if row.state == ReportState::Filed {
                let event = detail.history.last().unwrap();
                let two = approved.iter().find(|one| Some(one.proposal) == event.proposal).unwrap();
                assert_ne!(Some(&two.proposed_by), two.decided_by.as_ref());
                assert!(two.subject.contains(&row.package_sha256));
                assert!(detail.history.iter().all(|one| one.state != ReportState::Withdrawn));
                let until = parse(row.preserve_until.as_deref().unwrap()).unwrap();
                let filed = parse(row.filed_at.as_deref().unwrap()).unwrap();
                let before = self.kept.insert(row.report.clone(), until).unwrap_or(0);
                assert!(until >= filed + 365 * DAY && until >= before, "{} shrank", row.report);
            } else {
                assert!(!self.kept.contains_key(&row.report), "filed is an end");
            }
        }
        self.filed = u32::try_from(self.kept.len()).unwrap();
        self.held.clear();
        for hold in register::holds(who, true).await.unwrap() {
            self.held.extend(hold.case);
            if let Some(report) = hold.report {
                self.held.extend(register::show(who, &report).await.unwrap().case_numbers);
            }
        }
    }
}

#[test]
fn no_order_of_acts_gets_round_the_second_person() {
    let office: Workspace = office(3);
    let files: Vec<PathBuf> = (1..=3).map(|case| sealed(&office, case)).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut runner =
        TestRunner::new(Config { cases: 8, failure_persistence: None, ..Config::default() });
    let (filed, destroyed) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let acts = proptest::collection::vec((0..4_usize, act()), 60..120);
    // Half of the walks begin where a report is filed, so that there is something to keep and to destroy.
    let strategy = (any::<bool>(), acts).prop_map(|(filed, mut acts)| {
        if filed {
            let first =
                [(3, Act::Seal), (3, Act::Propose(1)), (2, Act::Approve(0)), (0, Act::Filed(1))];
            acts.splice(0..0, first);
        }
        acts
    });
    runner
        .run(&strategy, |acts| {
            let dir = tempfile::tempdir().unwrap();
            let store = dir.path().join("store");
            copy(&office.store, &store);
            let here: Vec<PathBuf> = files
                .iter()
                .map(|file| store.join(file.strip_prefix(&office.store).unwrap()))
                .collect();
            runtime.block_on(async {
                let clock = Clock::standing(Clock::system().now());
                let mut people = Vec::new();
                for name in ["ada", "eve", "kim", "bo"] {
                    people.push(desk(&store, name, &clock).await);
                }
                let mut watch = Watch::default();
                for (who, act) in &acts {
                    attempt(&people[*who], act, &clock, dir.path()).await;
                    watch.look(&people[0], &here).await;
                }
                assert_eq!(verify(&people[0]).await.unwrap().findings, Vec::<String>::new());
                filed.set(filed.get() + watch.filed);
                destroyed.set(destroyed.get() + watch.destroyed);
                for person in people {
                    person.close().await;
                }
            });
            Ok(())
        })
        .unwrap();
    println!("{} were filed, {} originals destroyed", filed.get(), destroyed.get());
    assert!(filed.get() > 0 && destroyed.get() > 0, "the walk never got far enough to show it");
}
