//! The whole path through `casectl`, each answer as JSON; who may do what; and how each kind of failure ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::io::Read;
use std::process::Stdio;

use casement_tests::casectl::{Said, at, command, run};
use casement_tests::workspace::Workspace;
use serde_json::{Value, json};

fn organisation(office: &Workspace) {
    let file = office.file(
        "organisation.json",
        &json!({
            "name": "Example Lab", "email": "reports@lab.example", "contact": { "email": "desk@lab.example" },
            "company_template": "Legal process: legal@lab.example. Data is kept for one year.",
        }),
    );
    office.ada(&["organisation", "set", file.to_str().unwrap()]).ends(0);
}

fn next(office: &Workspace, name: &str) -> String {
    office.run(name, &["next"]).ends(0).object()["case"].to_string()
}

#[test]
fn from_finds_to_a_verified_package() {
    let office = Workspace::new(&["bo"]);
    organisation(&office);
    let accounts = office.ada(&["account", "list"]).ends(0).lines();
    assert_eq!(
        accounts,
        [
            json!({ "name": "ada", "pseudonym": "S-01", "role": "supervisor" }),
            json!({ "name": "bo", "pseudonym": "R-01", "role": "reviewer" })
        ]
    );

    office.quarantine.fill(6, 6);
    let imported = office.import().ends(0).object();
    assert_eq!(
        (&imported["progress"]["newFinds"], &imported["progress"]["state"]),
        (&json!(6), &json!("done"))
    );
    let counts = office.run("bo", &["queue", "--counts"]).ends(0).lines();
    assert_eq!((&counts[0]["name"], &counts[0]["open"]), (&json!("All lists"), &json!(6)));
    let queue = office.run("bo", &["queue"]).ends(0).lines();
    let kinds: Vec<&Value> = queue.iter().map(|row| &row["kind"]).collect();
    assert_eq!(kinds, ["exact", "exact", "near", "near", "near", "near"]);
    assert_eq!(
        office.run("bo", &["queue", "--band", "near", "--limit", "2"]).ends(0).lines(),
        queue[2..4]
    );

    // Up the ladder; each picture is as large as every other of its shape, and no larger in detail than its level.
    let first = next(&office, "bo");
    let mut leaf = 0;
    for (level, samples) in [("mosaic", 16), ("strong", 32), ("soft", 96)] {
        let png = office.dir.path().join(format!("{level}.png"));
        let verb = ["view", &first, "--level", level, "--out", png.to_str().unwrap()];
        let seen = office.run("bo", &verb).ends(0).object();
        assert_eq!((&seen["level"], &seen["samples"]), (&json!(level), &json!(samples)));
        assert!(seen["leaf"].as_u64().unwrap() > leaf, "each step is in the ledger by itself");
        leaf = seen["leaf"].as_u64().unwrap();
        let picture = image::open(&png).unwrap();
        assert!(!picture.color().has_color(), "views are grey");
        assert_eq!(
            json!([picture.width(), picture.height()]),
            json!([seen["width"], seen["height"]])
        );
        // A file that is there is not replaced unless that is said, and nothing is logged for it.
        office.run("bo", &verb).fails(2, "OUT-02");
        assert_eq!(fs::read(&png).unwrap().get(1..4), Some(&b"PNG"[..]));
    }
    let shown = office.run("bo", &["show", &first]).ends(0).object();
    let seen = shown["view"]["seen"].as_array().unwrap();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|seen| seen["open"] == false && seen["mine"] == true));

    // Verdicts, each of the four; one undone and given again.
    let decided =
        office.run("bo", &["decide", &first, "confirmed", "--class", "B2"]).ends(0).object();
    assert_eq!(decided["state"], "suspected", "it can still be undone");
    assert_eq!(
        (&decided["draft"]["verdict"], &decided["decision"]["levelSeen"]),
        (&json!("confirmed"), &json!("soft"))
    );
    let undone = office.run("bo", &["undo", &first]).ends(0).object();
    assert_eq!((&undone["draft"], &undone["claim"]["mine"]), (&Value::Null, &json!(true)));
    assert_eq!(undone["decision"]["status"], "withdrawn");
    office
        .run("bo", &["decide", &first, "confirmed", "--class", "B2", "--rationale", "it fits"])
        .ends(0);
    assert_eq!(office.run("bo", &["commit", &first]).ends(0).object()["state"], "confirmed");
    office.run("bo", &["undo", &first]).fails(3, "UNDO-01");
    for (verdict, more) in [
        ("not-a-match", &[][..]),
        ("cannot-tell", &["--rationale", "too small"]),
        ("escalated", &["--rationale", "a lawyer must see it"]),
    ] {
        let case = next(&office, "bo");
        office.run("bo", &[&["decide", &case, verdict][..], more].concat()).ends(0);
        assert_eq!(office.run("bo", &["commit", &case]).ends(0).object()["state"], verdict);
    }
    // A verdict on a free case claims it first; one that is refused leaves it free.
    let free = office.run("bo", &["queue"]).ends(0).lines()[0]["case"].to_string();
    office.run("bo", &["decide", &free, "confirmed"]).fails(3, "DECIDE-02");
    let row =
        |case: &str| office.run("bo", &["queue", "--search", case]).ends(0).lines()[0].clone();
    assert_eq!(row(&free)["claim"], Value::Null);
    office.run("bo", &["claim", &free]).ends(0);
    office.run("bo", &["skip", &free, "--reason", "later"]).ends(0);
    assert_eq!(row(&free)["skippedByMe"], true);
    assert_ne!(next(&office, "bo"), free);

    package(&office, &first);

    // The supervisor reads all of it, the withdrawn verdict included.
    let history = office.ada(&["history", "--limit", "0"]).ends(0).lines();
    let verified = office.ada(&["verify"]).ends(0).object();
    assert_eq!(verified["leaves"], history.len());
    let leaves: Vec<u64> = history.iter().map(|act| act["leaf"].as_u64().unwrap()).collect();
    assert!(leaves.is_sorted_by(|a, b| a > b), "newest first, each once");
    let verdicts =
        office.ada(&["history", "--kind", "decision.recorded", "--by", "R-01"]).ends(0).lines();
    assert_eq!(verdicts.len(), 5);
    assert!(verdicts.last().unwrap()["endedBy"].is_u64(), "the first verdict was withdrawn");
    let number: u32 = first.parse().unwrap();
    let of_case = office.ada(&["history", "--case", &first, "--limit", "3"]).ends(0).lines();
    assert!(of_case.len() == 3 && of_case.iter().all(|act| act["case"] == number));
}

fn package(office: &Workspace, confirmed: &str) {
    let sources = office.run("bo", &["package"]).ends(0).lines();
    assert_eq!((&sources[0]["source"], sources.len()), (&json!("host:images.example"), 1));
    let source = ["package", "--source", "host:images.example"];
    let held = office.run("bo", &source).ends(0).object();
    assert_eq!(held["files"][0]["case"].to_string(), confirmed);
    assert_eq!(
        held["files"][0]["viewed"], false,
        "a veiled view is not a view of the entire contents"
    );
    let nowhere = office.dir.path().join("nowhere");
    office
        .run("bo", &[&source[..], &["--out", nowhere.to_str().unwrap()]].concat())
        .fails(2, "PKG-04");
    let out = office.dir.path().join("reports");
    fs::create_dir(&out).unwrap();
    let sealed = office
        .run("bo", &[&source[..], &["--out", out.to_str().unwrap()]].concat())
        .ends(0)
        .object();
    assert_eq!((&sealed["report"], &sealed["files"]), (&json!("R-0001"), &json!(1)));
    assert_eq!(office.ada(&["reports"]).ends(0).lines(), std::slice::from_ref(&sealed));
    office.run("bo", &[&source[..], &["--out", out.to_str().unwrap()]].concat()).fails(2, "PKG-05");
    office.run("bo", &["claim", confirmed]).fails(3, "CLAIM-02");

    // With and without a workspace; a changed byte is found either way.
    let bag = out.join("R-0001");
    let bag = bag.to_str().unwrap();
    assert_eq!(office.ada(&["verify", "--package", bag]).ends(0).object()["findings"], json!([]));
    run(&["verify", "--package", bag]).ends(0);
    let info = out.join("R-0001/bag-info.txt");
    let text = fs::read_to_string(&info).unwrap();
    fs::write(&info, text.replace("Example", "Exemple")).unwrap();
    assert!(
        !office.ada(&["verify", "--package", bag]).ends(1).object()["findings"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    run(&["verify", "--package", bag, "--json"]).ends(1);
}

#[test]
fn roles_are_enforced_whoever_asks() {
    let office = Workspace::filled(&["bo", "cy"], 3, 0);
    office.ada(&["account", "add", "kim", "--role", "custodian"]).ends(0);
    let png = office.dir.path().join("never.png");
    let png = png.to_str().unwrap();
    let policy = office.file("p.json", &office.ada(&["policy", "show"]).ends(0).object());
    let policy = policy.to_str().unwrap();
    let out = office.dir.path().to_str().unwrap();
    let (finds, bytes) =
        (office.quarantine.finds.to_str().unwrap(), office.quarantine.bytes.to_str().unwrap());
    let refused: &[(&str, &[&str])] = &[
        ("bo", &["policy", "set", policy]),
        ("bo", &["account", "add", "eve", "--role", "supervisor"]),
        ("bo", &["account", "list"]),
        ("ada", &["next"]),
        ("ada", &["claim", "1"]),
        ("ada", &["decide", "1", "not-a-match"]),
        ("ada", &["view", "1", "--level", "mosaic", "--out", png]),
        ("ada", &["skip", "1", "--reason", "no"]),
        ("ada", &["undo", "1"]),
        ("kim", &["policy", "set", policy]),
        ("kim", &["import", finds, "--bytes", bytes]),
        ("kim", &["next"]),
        ("kim", &["package", "--source", "host:images.example", "--out", out]),
    ];
    let before = office.ada(&["verify"]).ends(0).object();
    for (name, verb) in refused {
        office.run(name, verb).fails(3, "ROLE-01");
    }
    assert_eq!(office.ada(&["verify"]).ends(0).object(), before, "a refusal leaves no leaf");
    assert!(!std::path::Path::new(png).exists(), "a refused view leaves no file");

    // A reviewer reads their own acts, whatever they ask for.
    office.run("bo", &["next"]).ends(0);
    office.run("cy", &["next"]).ends(0);
    for more in [&[][..], &["--by", "R-02"], &["--by", "S-01"]] {
        let acts = office.run("bo", &[&["history"][..], more].concat()).ends(0).lines();
        assert!(!acts.is_empty() && acts.iter().all(|act| act["by"] == "R-01"), "{more:?}");
    }
    let people: std::collections::BTreeSet<String> =
        office.ada(&["history"]).ends(0).lines().iter().map(|act| act["by"].to_string()).collect();
    assert_eq!(people.len(), 3);
}

#[test]
fn every_kind_of_failure_has_its_exit_code() {
    let office = Workspace::filled(&["bo"], 1, 0);
    let store = office.store.to_str().unwrap();
    let wrong = office.file("wrong.json", &json!({ "version": 1 }));
    let wrong = wrong.to_str().unwrap();
    let table: &[(&[&str], i32, &str)] = &[
        (&["frobnicate"], 2, "ARGS-01"),
        (&["decide", "1", "guilty"], 2, "ARGS-01"),
        (&["view", "1", "--level", "original", "--out", "x.png"], 2, "ARGS-01"),
        (&["queue", "--as", "bo"], 2, "ARGS-02"),
        (&["queue", "--store", store], 2, "ARGS-03"),
        (&["init", store, "--as", "eve"], 2, "INIT-01"),
        (
            &["account", "add", "a b", "--role", "reviewer", "--store", store, "--as", "ada"],
            2,
            "ACCOUNT-01",
        ),
        (
            &["account", "add", "bo", "--role", "reviewer", "--store", store, "--as", "ada"],
            2,
            "ACCOUNT-03",
        ),
        (&["policy", "set", wrong, "--store", store, "--as", "ada"], 2, "FILE-02"),
        (&["policy", "set", "nowhere.json", "--store", store, "--as", "ada"], 2, "FILE-01"),
        (
            &["import", "nowhere.jsonl", "--bytes", store, "--store", store, "--as", "ada"],
            2,
            "FILE-01",
        ),
        (&["show", "99", "--store", store, "--as", "bo"], 2, "CASE-01"),
        (&["history", "--since", "yesterday", "--store", store, "--as", "ada"], 2, "TIME-01"),
        (&["verify", "--package", store], 2, "BAG-04"),
        (&["release", "1", "--store", store, "--as", "bo"], 3, "CLAIM-01"),
        (
            &["decide", "1", "not-a-match", "--policy", "0.1", "--store", store, "--as", "bo"],
            3,
            "DECIDE-01",
        ),
        (&["queue", "--store", "nowhere", "--as", "bo"], 4, "STORE-01"),
        (&["queue", "--store", store, "--as", "eve"], 4, "UNLOCK-01"),
    ];
    for (verb, exit, code) in table {
        let said = run(&[*verb, &["--json"]].concat());
        assert_eq!((said.code, said.error().as_str()), (*exit, *code), "{verb:?}: {}", said.err);
        assert_eq!(said.out, "", "{verb:?}");
    }
    // Without --json the same, in words with the code.
    let said = run(&["queue", "--store", "nowhere", "--as", "bo"]).ends(4);
    assert!(
        said.err.starts_with("casectl: ") && said.err.trim_end().ends_with("[STORE-01]"),
        "{}",
        said.err
    );
    // 5: no airlock beside the program.
    let bare = office.dir.path().join("casectl");
    fs::copy(&*casement_tests::casectl::CASECTL, &bare).unwrap();
    let doctor = std::process::Command::new(&bare).args(["doctor", "--json"]).output().unwrap();
    assert_eq!(Said::of(doctor).ends(5).lines()[0]["ok"], false);
    office.run("bo", &["claim", "1"]).ends(0);
    let png = office.dir.path().join("x.png");
    let verb = at(
        &office.store,
        "bo",
        &["view", "1", "--level", "mosaic", "--out", png.to_str().unwrap()],
    );
    let mut view = command(&verb);
    let args: Vec<_> = view.get_args().map(ToOwned::to_owned).collect();
    view = std::process::Command::new(&bare);
    view.args(args).env("CASEMENT_PASSPHRASE", casement_tests::casectl::PASSPHRASE);
    Said::of(view.output().unwrap()).fails(5, "VEIL-78");
    assert!(!png.exists());
}

#[test]
fn no_passphrase_is_taken_where_nobody_can_type_one() {
    let office = Workspace::new(&[]);
    let mut asked = command(&at(&office.store, "ada", &["queue"]));
    // In a session of its own there is no terminal to ask on.
    let mut alone = std::process::Command::new("setsid");
    alone
        .arg("--wait")
        .arg(asked.get_program())
        .args(asked.get_args())
        .env_remove("CASEMENT_PASSPHRASE");
    Said::of(alone.stdin(Stdio::null()).output().unwrap()).fails(2, "PASS-01");
    asked.env("CASEMENT_PASSPHRASE", "not the passphrase");
    Said::of(asked.output().unwrap()).fails(4, "UNLOCK-01");
}

#[test]
fn a_reader_that_has_heard_enough_ends_it_quietly() {
    let office = Workspace::new(&[]);
    office.quarantine.fill(1_500, 3);
    office.import().ends(0);
    let mut child = command(&at(&office.store, "ada", &["import", "/dev/null", "--bytes", "/dev"]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
    assert!(!said.contains("panicked") && !said.contains("code"), "{said}");
}
