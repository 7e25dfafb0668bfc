//! Acts that need two persons: nobody does both, nothing but what was proposed is approved, and approval and effect are
//! one or neither, whatever happens in between.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::path::{Path, PathBuf};

use casement_core::account::keyring::Passphrase;
use casement_core::approval::{self, OPEN_FOR, Subject};
use casement_core::clock::{Clock, parse};
use casement_core::ledger::verify::verify;
use casement_core::wire::{Policy, ProposalFilter, ProposalState, Role};
use casement_core::{Console, Opening, policy};
use casement_tests::casectl::{PASSPHRASE, Said, killed};
use casement_tests::keys::store_key;
use casement_tests::workspace::{Workspace, copy};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};

/// A workspace of the supervisor `ada`, the custodian `kim` and the reviewer `bo`.
fn office() -> Workspace {
    let office = Workspace::new(&["bo"]);
    office.ada(&["account", "add", "kim", "--role", "custodian"]).ends(0);
    office
}

/// A file with a policy of this version.
fn draft(office: &Workspace, version: &str) -> PathBuf {
    let mut policy = office.ada(&["policy", "show"]).ends(0).object();
    policy["version"] = json!(version);
    office.file(&format!("policy-{version}.json"), &policy)
}

fn propose(office: &Workspace, version: &str) -> Said {
    let file = draft(office, version);
    office.ada(&["policy", "set", file.to_str().unwrap(), "--reason", "the lawyers asked for it"])
}

fn version(office: &Workspace) -> Value {
    office.ada(&["policy", "show"]).ends(0).object()["version"].clone()
}

fn leaves(office: &Workspace) -> Value {
    let verified = office.ada(&["verify"]).ends(0).object();
    verified["leaves"].clone()
}

#[test]
fn a_policy_changes_when_a_second_person_says_so() {
    let office = Workspace::new(&["bo"]);
    // While there is nobody who could approve, one person suffices.
    let alone = propose(&office, "1.1").ends(0).object();
    assert_eq!((&alone["version"], version(&office)), (&json!("1.1"), json!("1.1")));
    office.ada(&["account", "add", "kim", "--role", "custodian"]).ends(0);

    let file = draft(&office, "2.0");
    office.ada(&["policy", "set", file.to_str().unwrap()]).fails(2, "APPROVE-05");
    let proposed = propose(&office, "2.0").ends(0).object();
    assert_eq!((&proposed["state"], &proposed["proposal"]), (&json!("open"), &json!(1)));
    assert_eq!(proposed["cannotDecide"]["code"], "APPROVE-02");
    assert_eq!(version(&office), "1.1", "a proposal changes nothing");
    propose(&office, "2.0").fails(3, "APPROVE-06");

    let before = leaves(&office);
    for (name, verb, code) in [
        ("ada", &["approve", "1"][..], "APPROVE-02"),
        ("ada", &["refuse", "1", "--reason", "no"], "APPROVE-02"),
        ("bo", &["approve", "1"], "ROLE-01"),
        ("bo", &["refuse", "1", "--reason", "no"], "ROLE-01"),
        ("bo", &["proposals"], "ROLE-01"),
        ("bo", &["withdraw", "1"], "APPROVE-09"),
        ("kim", &["withdraw", "1"], "APPROVE-09"),
    ] {
        office.run(name, verb).fails(3, code);
    }
    office.run("kim", &["approve", "9"]).fails(2, "APPROVE-01");
    assert_eq!(leaves(&office), before, "a refusal leaves no leaf");

    let waiting = office.run("kim", &["proposals"]).ends(0).lines();
    assert_eq!((waiting.len(), &waiting[0]["cannotDecide"]), (1, &Value::Null));
    let subject: Value = serde_json::from_str(waiting[0]["subject"].as_str().unwrap()).unwrap();
    assert_eq!((&subject["from"], &subject["policy"]["version"]), (&json!("1.1"), &json!("2.0")));
    let approved = office.run("kim", &["approve", "1"]).ends(0).object();
    assert_eq!((&approved["state"], &approved["decidedBy"]), (&json!("approved"), &json!("C-01")));
    assert_eq!(version(&office), "2.0");
    office.run("kim", &["approve", "1"]).fails(3, "APPROVE-03");

    // The ledger names both persons, and the effect follows its approval.
    let acts = office.ada(&["history", "--limit", "3"]).ends(0).lines();
    let told: Vec<(&Value, &Value)> = acts.iter().map(|act| (&act["kind"], &act["by"])).collect();
    assert_eq!(
        told,
        [
            (&json!("policy.set"), &json!("C-01")),
            (&json!("proposal.approved"), &json!("C-01")),
            (&json!("proposal.made"), &json!("S-01")),
        ]
    );
    let body: Value = serde_json::from_str(acts[1]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["proposed_leaf"], acts[2]["leaf"]);
    assert_eq!(acts[2]["words"], "Proposed");
    leaves(&office);
}

#[test]
fn only_what_still_holds_is_approved() {
    let office = office();
    propose(&office, "2.0").ends(0);
    propose(&office, "3.0").ends(0);
    office.run("kim", &["approve", "2"]).ends(0);
    let before = leaves(&office);
    office.run("kim", &["approve", "1"]).fails(3, "APPROVE-04");
    assert_eq!((version(&office), leaves(&office)), (json!("3.0"), before));

    office.run("kim", &["refuse", "1", "--reason", " "]).fails(2, "APPROVE-05");
    let refused = office.run("kim", &["refuse", "1", "--reason", "overtaken"]).ends(0).object();
    assert_eq!(
        (&refused["state"], &refused["decidedWhy"]),
        (&json!("refused"), &json!("overtaken"))
    );
    propose(&office, "4.0").ends(0);
    assert_eq!(office.ada(&["withdraw", "3"]).ends(0).object()["state"], "withdrawn");
    office.run("kim", &["approve", "3"]).fails(3, "APPROVE-03");
    let states: Vec<Value> = office
        .run("kim", &["proposals", "--all"])
        .ends(0)
        .lines()
        .iter()
        .map(|proposal| proposal["state"].clone())
        .collect();
    assert_eq!(states, ["withdrawn", "approved", "refused"]);
    assert_eq!(version(&office), "3.0");
}

#[test]
fn who_reports_is_set_once_by_one_person_and_changed_by_two() {
    let office = office();
    let file = |name: &str| {
        office.file("organisation.json", &json!({ "name": name, "email": "reports@lab.example" }))
    };
    let set = |name: &str| {
        office.ada(&["organisation", "set", file(name).to_str().unwrap(), "--reason", "new name"])
    };
    assert_eq!(set("Example Lab").ends(0).object()["name"], "Example Lab");
    set("Example Lab").fails(2, "ORG-03");
    assert_eq!(set("Example House").ends(0).object()["kind"], "organisation-change");
    let shown = || office.ada(&["organisation", "show"]).ends(0).object()["name"].clone();
    assert_eq!(shown(), "Example Lab");
    office.run("kim", &["approve", "1"]).ends(0);
    assert_eq!(shown(), "Example House");
}

fn phrase() -> Passphrase {
    Passphrase::new(PASSPHRASE.to_owned())
}

fn opening(clock: &Clock) -> Opening {
    Opening { clock: clock.clone(), ..Opening::default() }
}

/// Consoles of two supervisors and a custodian at one store.
async fn desks(store: &Path, clock: &Clock) -> [Console; 3] {
    let ada =
        Console::init(store, "ada", &phrase(), Role::Supervisor, opening(clock)).await.unwrap();
    for (name, role) in [("eve", Role::Supervisor), ("kim", Role::Custodian)] {
        ada.add_account(name, &phrase(), role, &phrase()).await.unwrap();
    }
    let eve = Console::unlock(store, "eve", &phrase(), opening(clock)).await.unwrap();
    let kim = Console::unlock(store, "kim", &phrase(), opening(clock)).await.unwrap();
    [ada, eve, kim]
}

fn change(version: &str) -> Subject {
    let policy = Policy { version: version.to_owned(), ..policy::first() };
    Subject::PolicyChange { from: policy::first().version, policy }
}

#[tokio::test]
async fn a_proposal_expires_by_the_clock() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::standing(parse("2026-11-23T12:00:00Z").unwrap());
    let [ada, eve, kim] = desks(&dir.path().join("store"), &clock).await;
    let first = approval::propose(&ada, change("2.0"), "first").await.unwrap();
    assert_eq!(first.left_ms, OPEN_FOR.unsigned_abs());
    clock.advance(OPEN_FOR - 1);
    let open = approval::list(&kim, &ProposalFilter::default()).await.unwrap();
    assert_eq!((open[0].state, open[0].left_ms), (ProposalState::Open, 1));
    clock.advance(1);
    for desk in [&eve, &kim] {
        assert_eq!(approval::approve(desk, 1).await.unwrap_err().code, "APPROVE-03");
    }
    assert_eq!(approval::withdraw(&ada, 1).await.unwrap_err().code, "APPROVE-03");
    let expired = ProposalFilter { state: Some(ProposalState::Expired), kind: None };
    assert_eq!(approval::list(&kim, &expired).await.unwrap().len(), 1);
    let open = ProposalFilter { state: Some(ProposalState::Open), kind: None };
    assert!(approval::list(&kim, &open).await.unwrap().is_empty());
    // The same again is a new proposal.
    let again = approval::propose(&ada, change("2.0"), "again").await.unwrap();
    assert_eq!(again.subject_sha256, first.subject_sha256);
    approval::approve(&kim, again.proposal).await.unwrap();
    assert_eq!(policy::current(&eve).await.unwrap().version, "2.0");
    assert_eq!(verify(&ada).await.unwrap().findings, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_approve_at_once_one_does() {
    let dir = tempfile::tempdir().unwrap();
    let [ada, eve, kim] = desks(&dir.path().join("store"), &Clock::system()).await;
    approval::propose(&ada, change("2.0"), "now").await.unwrap();
    let (one, other) = tokio::join!(approval::approve(&eve, 1), approval::approve(&kim, 1));
    let refused: Vec<&str> =
        [&one, &other].iter().filter_map(|end| end.as_ref().err()).map(|e| e.code).collect();
    assert_eq!(refused, ["APPROVE-03"]);
    assert_eq!(verify(&ada).await.unwrap().findings, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_changed_behind_the_consoles_back_is_noticed() {
    let office = office();
    propose(&office, "2.0").ends(0);
    let mut connection = SqliteConnectOptions::new()
        .filename(office.store.join("store.db"))
        .pragma("key", store_key(&office.store, "ada", PASSPHRASE))
        .connect()
        .await
        .unwrap();
    let worse = "UPDATE proposal SET subject = replace(subject, '2.0', '2.x')";
    let refused = connection.execute(worse).await.unwrap_err().to_string();
    assert!(refused.contains("append-only"), "{refused}");
    // Somebody with the key and the will.
    connection.execute("DROP TRIGGER proposal_ends_once").await.unwrap();
    connection.execute(worse).await.unwrap();
    office.run("kim", &["approve", "1"]).fails(4, "APPROVE-07");
    // With the digest made to fit, too: the leaf still knows.
    let subject: String = sqlx::query_scalar("SELECT subject FROM proposal")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    use sha2::Digest as _;
    let digest = hex::encode(sha2::Sha256::digest(subject.as_bytes()));
    sqlx::query("UPDATE proposal SET subject_sha256 = ?1")
        .bind(digest)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    office.run("kim", &["approve", "1"]).fails(4, "APPROVE-07");
    assert_eq!(version(&office), "1.0");
    office.ada(&["verify"]).ends(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_an_approval_and_its_effect_are_one_or_neither() {
    let office = office();
    propose(&office, "2.0").ends(0);
    let (mut approved, mut open) = (0, 0);
    for round in 0..16_u64 {
        let store = office.dir.path().join(format!("killed-{round}"));
        copy(&office.store, &store);
        killed(&store, "kim", &["approve", "1"], round * 40);

        let ada = Console::unlock(&store, "ada", &phrase(), Opening::default()).await.unwrap();
        assert_eq!(verify(&ada).await.unwrap().findings, Vec::<String>::new());
        let state = approval::list(&ada, &ProposalFilter::default()).await.unwrap()[0].state;
        let in_force = policy::current(&ada).await.unwrap().version;
        match state {
            ProposalState::Approved => {
                assert_eq!(in_force, "2.0");
                approved += 1;
            }
            ProposalState::Open => {
                assert_eq!(in_force, "1.0");
                open += 1;
            }
            other => panic!("{other:?}"),
        }
        ada.close().await;
    }
    println!("{approved} were approved when they were killed, {open} were not");
    assert!(open > 0, "no kill came before the approval");
}
