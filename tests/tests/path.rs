//! The whole path without a window, on input that tools of other people made: import, claim, step up, decide, undo,
//! package, read the history, verify. And: nothing that is written anywhere holds a byte of an original.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use casement_core::account::keyring::Passphrase;
use casement_core::clock::{Clock, parse};
use casement_core::intake::{Begun, Import, Watch, begin};
use casement_core::package::{self, Contact, Organisation};
use casement_core::queue::{self, claim};
use casement_core::wire::{
    CaseState, Classification, DecideRequest, DecisionStatus, HistoryFilter, ImportState, Level,
    QueueFilter, Role, TrailKind, Verdict,
};
use casement_core::{Console, Opening, case, decision, ledger, view};
use casement_tests::originals;

const SUPERVISOR: &str = "a long supervisor passphrase";
const REVIEWER: &str = "a long reviewer passphrase";

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/real")
}

fn opening(clock: &Clock) -> Opening {
    let exe = std::env::current_exe().unwrap();
    let airlock = exe.ancestors().nth(2).unwrap().join("casement-airlock");
    assert!(airlock.is_file(), "build casement-airlock first: cargo build -p casement-airlock");
    Opening { clock: clock.clone(), airlock: Some(airlock), verify: true }
}

fn phrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned())
}

async fn fixture_import(console: &Console) -> Begun {
    let finds = fixture().join("finds.jsonl");
    let import = Import {
        total_bytes: fs::metadata(&finds).unwrap().len(),
        finds: BufReader::new(File::open(finds).unwrap()),
        name: "finds.jsonl".to_owned(),
        bytes: fixture().join("bytes"),
    };
    begin(console, import).await.unwrap()
}

fn verdict(
    case: u32,
    verdict: Verdict,
    classification: Option<Classification>,
    policy: &str,
) -> DecideRequest {
    DecideRequest {
        case,
        verdict,
        classification,
        rationale: "Distance and layout settle it.".to_owned(),
        policy_version: policy.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_finds_to_a_verified_package() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let clock = Clock::standing(parse("2026-11-23T12:00:00Z").unwrap());

    let supervisor =
        Console::init(&store, "supervisor", &phrase(SUPERVISOR), Role::Supervisor, opening(&clock))
            .await
            .unwrap();
    supervisor
        .add_account("reviewer", &phrase(REVIEWER), Role::Reviewer, &phrase(SUPERVISOR))
        .await
        .unwrap();
    let organisation = Organisation {
        name: "Example Lab".to_owned(),
        email: "reports@lab.example".to_owned(),
        contact: Contact { email: "desk@lab.example".to_owned(), ..Contact::default() },
        company_template: "Legal process: legal@lab.example. Data is kept for one year.".to_owned(),
        ..Organisation::default()
    };
    package::set_organisation(&supervisor, &organisation).await.unwrap();

    let desk =
        Console::unlock(&store, "reviewer", &phrase(REVIEWER), opening(&clock)).await.unwrap();
    assert!(desk.at_start().unwrap().findings.is_empty());
    let policy = desk.session().await.unwrap().policy;

    // Intake, and intake again.
    let lines = fs::read_to_string(fixture().join("finds.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut contents: Vec<&str> =
        lines.iter().map(|line| line["object"]["digests"]["sha256"].as_str().unwrap()).collect();
    contents.sort_unstable();
    contents.dedup();
    let first = fixture_import(&desk).await.run(&desk, &Watch::default()).await.unwrap();
    assert_eq!(first.state, ImportState::Done);
    assert_eq!((first.new_finds, first.left_out), (lines.len() as u64, 0));
    assert_eq!(
        first.new_cases,
        contents.len() as u64,
        "same bytes in two shards are one item, two sightings"
    );
    let again = fixture_import(&desk).await.run(&desk, &Watch::default()).await.unwrap();
    assert_eq!((again.new_finds, again.known, again.new_cases), (0, lines.len() as u64, 0));

    // The queue, exact before near.
    let filter = QueueFilter::default();
    let page = queue::page(&desk, &filter, None, 200).await.unwrap();
    assert_eq!(page.rows.len(), contents.len());
    let distances: Vec<_> = page
        .rows
        .iter()
        .filter(|row| row.quality.is_none_or(|q| q >= 50))
        .map(|row| row.distance)
        .collect();
    assert!(distances.is_sorted(), "{distances:?}");

    // Claim and step up; every step is in the ledger before the picture can be fetched.
    let held = claim::next(&desk, &filter).await.unwrap().unwrap();
    let shown = case::show(&desk, held).await.unwrap();
    assert!(shown.view.seen.is_empty(), "a case opens without pixels");
    assert!(shown.sightings[0].trail.iter().any(|step| step.kind == TrailKind::Gap));
    for level in [Level::Mosaic, Level::Strong, Level::Soft] {
        let grant = view::open(&desk, held, level).await.unwrap();
        let act = &ledger::history::page(&desk, &HistoryFilter::default(), 5).await.unwrap().acts;
        assert!(act.iter().any(|act| act.leaf == grant.leaf && act.kind == "view.opened"));
        let veiled = view::fetch(&desk, &grant.grant).await.unwrap();
        assert_eq!(veiled.level(), level);
        assert_eq!(&veiled.png()[..8], b"\x89PNG\r\n\x1a\n");
        let twice = view::fetch(&desk, &grant.grant).await;
        assert_eq!(twice.err().unwrap().code, "VIEW-05", "a grant is used once");
        clock.advance(3_000);
        view::close(&desk, &grant.exposure).await.unwrap();
    }
    let seen = case::show(&desk, held).await.unwrap().view;
    assert_eq!(seen.seen.iter().map(|seen| seen.ms).collect::<Vec<_>>(), [3_000, 3_000, 3_000]);
    assert_eq!(seen.today_ms, 3_000 / 2 + 3_000 + 2 * 3_000);

    // Decide, undo, decide again; nothing is erased.
    decision::decide(&desk, &verdict(held, Verdict::CannotTell, None, &policy.version))
        .await
        .unwrap();
    decision::undo(&desk, held).await.unwrap();
    assert_eq!(case::show(&desk, held).await.unwrap().state, CaseState::Suspected);
    let confirm = verdict(held, Verdict::Confirmed, Some(Classification::B2), &policy.version);
    decision::decide(&desk, &confirm).await.unwrap();
    let drafted = case::show(&desk, held).await.unwrap();
    assert_eq!((drafted.state, drafted.draft.unwrap().mine), (CaseState::Suspected, true));
    clock.advance(i64::from(policy.undo_s) * 1000);
    let settled = case::show(&desk, held).await.unwrap();
    assert_eq!(settled.state, CaseState::Confirmed);
    let statuses: Vec<_> = settled.decisions.iter().map(|decision| decision.status).collect();
    assert_eq!(statuses, [DecisionStatus::Withdrawn, DecisionStatus::Stands]);
    assert_eq!(decision::undo(&desk, held).await.err().unwrap().code, "UNDO-01");

    let second = claim::next(&desk, &filter).await.unwrap().unwrap();
    assert_ne!(second, held);
    decision::decide(&desk, &verdict(second, Verdict::NotAMatch, None, &policy.version))
        .await
        .unwrap();
    decision::commit(&desk, second).await.unwrap();
    assert_eq!(case::show(&desk, second).await.unwrap().state, CaseState::NotAMatch);

    // The package.
    let source = package::sources(&desk)
        .await
        .unwrap()
        .into_iter()
        .find(|source| source.cases == 1)
        .unwrap();
    let preview = package::preview(&desk, &source.source).await.unwrap();
    assert!(
        preview.files.iter().all(|file| !file.viewed),
        "a veiled view is not a view of the whole file"
    );
    let out = dir.path().join("out");
    fs::create_dir(&out).unwrap();
    // What a killed seal leaves is cleared away; only a package that the ledger knows has its name.
    fs::create_dir(out.join("R-0001.unsealed")).unwrap();
    fs::write(out.join("R-0001.unsealed/half.txt"), "half").unwrap();
    let report = package::seal(&desk, &source.source, &out, None).await.unwrap();
    assert_eq!(report.cases, [held]);
    assert!(!out.join("R-0001.unsealed").exists() && !out.join("R-0001/half.txt").exists());
    assert_eq!(
        package::verify(Some(&desk), Path::new(&report.path), None).await.unwrap().findings,
        Vec::<String>::new()
    );
    assert_eq!(case::show(&desk, held).await.unwrap().state, CaseState::Packaged);
    assert_eq!(claim::claim(&desk, held).await.err().unwrap().code, "CLAIM-02");
    let details =
        fs::read_to_string(out.join(format!("R-0001/data/files/{held:06}.fileDetails.xml")))
            .unwrap();
    assert!(details.contains("<fileViewedByEsp>false</fileViewedByEsp>"));

    // The supervisor reads who did what; the reviewer only their own acts.
    let all = ledger::history::page(&supervisor, &HistoryFilter::default(), 500).await.unwrap();
    assert_eq!(all.total, all.acts.last().map(|act| act.leaf).unwrap_or(0) + all.acts.len() as u64);
    let withdrawn = all.acts.iter().find(|act| act.verdict == Some(Verdict::CannotTell)).unwrap();
    assert!(withdrawn.ended_by.is_some(), "superseded and withdrawn decisions stay visible");
    let own = ledger::history::page(&desk, &HistoryFilter::default(), 500).await.unwrap();
    assert!(own.acts.iter().all(|act| act.by == "R-01") && own.total < all.total);
    assert_eq!(claim::next(&supervisor, &filter).await.err().unwrap().code, "ROLE-01");

    let verified = ledger::verify::verify(&supervisor).await.unwrap();
    assert_eq!(verified.findings, Vec::<String>::new());
    assert_eq!(verified.leaves, all.total);
    desk.lock().await.unwrap();
    supervisor.lock().await.unwrap();

    originals::assert_none_in(dir.path(), &fixture().join("bytes"));
}
