//! Floods: one list entry with too many cases becomes one card; its cases leave the queues undecided, and come back by a
//! release, by their entry doubling never twice, and by the end of a suppression that two persons decided.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::path::Path;

use casement_core::account::keyring::Passphrase;
use casement_core::clock::{Clock, DAY, parse};
use casement_core::queue::flood;
use casement_core::wire::{
    Classification, DecideRequest, FloodState, QueueFilter, Role, SuppressRequest, Verdict,
};
use casement_core::{Console, Opening, approval, case, decision, intake, policy, queue, status};
use casement_tests::casectl::PASSPHRASE;
use casement_tests::finds::{Quarantine, png};
use casement_tests::workspace::Workspace;
use queue::claim;
use serde_json::{Value, json};

/// A find about an item of its own whose match is this entry, at a distance and a quality, from a host.
fn find(quarantine: &Quarantine, number: u32, entry: &str, host: &str) -> Value {
    let mut find = quarantine.find(number, &png(number, 12, 9));
    let mut list = find["matches"][0]["list"].clone();
    list["entry_id"] = json!(entry);
    find["matches"][0] = json!({
        "algorithm": "pdq", "kind": "near", "query_quality": 30 + number % 3, "distance": number % 4,
        "distance_unit": "hamming_bits", "threshold": 31, "list": list,
    });
    find["acquisition"]["origin_url"] = json!(format!("https://{host}/{number}.png"));
    find
}

/// Eight cases of one entry, three of another.
fn burst(quarantine: &Quarantine) -> Vec<Value> {
    (0..11)
        .map(|number| match number {
            0..7 => find(quarantine, number, "e-flood", &format!("cdn{number}.images.example")),
            7 => find(quarantine, number, "e-flood", "other.example"),
            _ => find(quarantine, number, "e-calm", "other.example"),
        })
        .collect()
}

fn open(office: &Workspace) -> Vec<u64> {
    let mut cases: Vec<u64> = office
        .ada(&["queue", "--limit", "0"])
        .ends(0)
        .lines()
        .iter()
        .map(|row| row["case"].as_u64().unwrap())
        .collect();
    cases.sort_unstable();
    cases
}

#[test]
fn an_entry_with_too_many_cases_is_one_card_until_it_is_released() {
    let office = Workspace::new(&["bo"]);
    office.policy(&json!({ "floodK": 5 }));
    let finds = burst(&office.quarantine);

    // Five are not too many. One of them is claimed before the sixth comes.
    office.quarantine.write(&finds[..5]);
    office.import().ends(0);
    assert_eq!(office.ada(&["floods"]).ends(0).lines(), Vec::<Value>::new());
    office.run("bo", &["claim", "2"]).ends(0);
    office.quarantine.write(&finds);
    office.import().ends(0);
    assert_eq!(open(&office), [2, 9, 10, 11], "what somebody looks at stays with them");
    let counts = office.ada(&["queue", "--counts"]).ends(0).lines();
    assert_eq!(counts[0]["open"], 4);

    let card = office.ada(&["floods"]).ends(0).object();
    assert_eq!(
        json!([
            card["name"],
            card["state"],
            card["list"],
            card["entry"],
            card["label"],
            card["listVersion"]
        ]),
        json!(["F-0001", "held", "SYNTH-LIST", "e-flood", "synthetic-A", "1"])
    );
    assert_eq!(json!([card["items"], card["sightings"], card["held"]]), json!([8, 8, 7]));
    assert_eq!(
        json!([card["topSource"], card["topShare"], card["sources"]]),
        json!(["images[.]example", 87, 2])
    );
    assert_eq!(card["quality"], json!({ "min": 30, "median": 31, "max": 32 }));
    let distances: Vec<Value> =
        (0..4).map(|distance| json!({ "distance": distance, "cases": 2 })).collect();
    assert_eq!(card["distances"], json!(distances));
    assert_eq!(card["samples"], json!([1, 3, 8]));

    // Suspected all the same, and open to who asks for it by number.
    let shown = office.ada(&["show", "1"]).ends(0).object();
    assert_eq!(json!([shown["state"], shown["heldBy"]]), json!(["suspected", 1]));
    let mut offered = Vec::new();
    loop {
        let case = office.run("bo", &["next"]).ends(0).object()["case"].clone();
        if case.is_null() {
            break;
        }
        office.run("bo", &["skip", &case.to_string(), "--reason", "later"]).ends(0);
        offered.push(case.as_u64().unwrap());
    }
    assert_eq!(offered, [9, 2, 10, 11], "most urgent first, none of a card");

    // Later finds of the entry go straight to the card.
    let more: Vec<Value> = (20..22)
        .map(|number| find(&office.quarantine, number, "e-flood", "cdn.images.example"))
        .collect();
    office.quarantine.write(&more);
    office.import().ends(0);
    assert_eq!(open(&office), [2, 9, 10, 11]);
    assert_eq!(office.ada(&["floods"]).ends(0).object()["held"], 9);

    // Released with a reason by a supervisor; held again only once its cases have doubled.
    office.run("bo", &["floods"]).fails(3, "ROLE-01");
    office.run("bo", &["flood", "release", "F-1", "--reason", "x"]).fails(3, "ROLE-01");
    office.ada(&["flood", "release", "F-1", "--reason", " "]).fails(2, "FLOOD-06");
    office.ada(&["flood", "release", "F-7", "--reason", "x"]).fails(2, "FLOOD-01");
    let card =
        office.ada(&["flood", "release", "F-0001", "--reason", "a known crawl"]).ends(0).object();
    assert_eq!(
        json!([card["state"], card["held"], card["reason"]]),
        json!(["released", 0, "a known crawl"])
    );
    office.ada(&["flood", "release", "F-0001", "--reason", "again"]).fails(3, "FLOOD-02");
    assert_eq!(open(&office).len(), 13);
    for (numbers, held) in [(30..39, 0), (39..40, 20)] {
        let more: Vec<Value> = numbers
            .map(|number| find(&office.quarantine, number, "e-flood", "cdn.images.example"))
            .collect();
        office.quarantine.write(&more);
        office.import().ends(0);
        assert_eq!(office.ada(&["floods"]).ends(0).object()["held"], held);
    }
    let kinds: Vec<String> = office
        .ada(&["history", "--kind", "flood"])
        .ends(0)
        .lines()
        .iter()
        .map(|act| act["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["flood.raised", "flood.released", "flood.raised"]);
    assert_eq!(office.ada(&["verify"]).ends(0).object()["findings"], json!([]));
}

#[test]
fn what_is_held_does_not_depend_on_how_the_finds_came() {
    let held = |parts: &[&[Value]], office: &Workspace| -> Vec<String> {
        office.policy(&json!({ "floodK": 5 }));
        for part in parts {
            office.quarantine.write(part);
            office.import().ends(0);
        }
        let mut held: Vec<String> = (1..=11_u32)
            .map(|case| office.ada(&["show", &case.to_string()]).ends(0).object())
            .filter(|shown| !shown["heldBy"].is_null())
            .map(|shown| shown["item"]["sha256"].as_str().unwrap().to_owned())
            .collect();
        held.sort_unstable();
        held
    };
    let (one, other) = (Workspace::new(&[]), Workspace::new(&[]));
    let finds = burst(&one.quarantine);
    let mut turned = burst(&other.quarantine);
    turned.reverse();
    let whole = held(&[&finds], &one);
    assert_eq!(whole.len(), 8);
    assert_eq!(held(&[&turned[..2], &turned[2..9], &turned[9..]], &other), whole);
}

/// A better match moves a case to another entry: what is counted and held are the cases as they stand.
#[test]
fn a_better_match_takes_a_case_to_its_own_entry() {
    let office = Workspace::new(&[]);
    office.policy(&json!({ "floodK": 5 }));
    let better = |number: u32, entry: &str| {
        let mut find = find(&office.quarantine, number, entry, "other.example");
        find["find_id"] = json!(format!("00000000-0000-4000-8000-1{number:011x}"));
        let list = find["matches"][0]["list"].clone();
        find["matches"][0] = json!({ "algorithm": "sha256", "kind": "exact", "list": list });
        find
    };
    // Two finds of one item in one batch, the better one last: it counts once, at the entry it ends at.
    let first: Vec<Value> = (0..5)
        .map(|number| find(&office.quarantine, number, "e-near", "other.example"))
        .chain([better(4, "e-exact")])
        .collect();
    office.quarantine.write(&first);
    office.import().ends(0);
    assert_eq!(open(&office).len(), 5);
    // The rest of them follows, and one more: six at the better entry.
    let rest: Vec<Value> = [0, 1, 2, 3, 10, 11].map(|number| better(number, "e-exact")).to_vec();
    office.quarantine.write(&rest);
    office.import().ends(0);
    let card = office.ada(&["floods"]).ends(0).object();
    assert_eq!(json!([card["entry"], card["items"], card["held"]]), json!(["e-exact", 7, 7]));
    assert_eq!(open(&office), Vec::<u64>::new());
    // Nothing is left at the entry they came from, so five more there are no flood.
    let more: Vec<Value> = (20..25)
        .map(|number| find(&office.quarantine, number, "e-near", "other.example"))
        .collect();
    office.quarantine.write(&more);
    office.import().ends(0);
    assert_eq!(office.ada(&["floods"]).ends(0).lines().len(), 1);
    assert_eq!(open(&office).len(), 5);
}

fn phrase() -> Passphrase {
    Passphrase::new(PASSPHRASE.to_owned())
}

async fn import(desk: &Console, quarantine: &Quarantine) {
    let import = intake::Import {
        finds: std::io::Cursor::new(fs::read(&quarantine.finds).unwrap()),
        name: "finds.jsonl".to_owned(),
        total_bytes: 0,
        bytes: quarantine.bytes.clone(),
    };
    let begun = intake::begin(desk, import).await.unwrap();
    begun.run(desk, &intake::Watch::default()).await.unwrap();
}

/// Two supervisors and a reviewer, at a clock that stands.
async fn desks(dir: &Path, clock: &Clock) -> [Console; 3] {
    let opening = || Opening { clock: clock.clone(), ..Opening::default() };
    let ada = Console::init(dir, "ada", &phrase(), Role::Supervisor, opening()).await.unwrap();
    let mut new = policy::current(&ada).await.unwrap();
    "2.0".clone_into(&mut new.version);
    (new.flood_k, new.undo_s) = (5, 60);
    policy::set(&ada, &new).await.unwrap();
    for (name, role) in [("kim", Role::Supervisor), ("bo", Role::Reviewer)] {
        ada.add_account(name, &phrase(), role, &phrase()).await.unwrap();
    }
    let own = phrase();
    let kim = Console::unlock(dir, "kim", &own, opening()).await.unwrap();
    let bo = Console::unlock(dir, "bo", &own, opening()).await.unwrap();
    [ada, kim, bo]
}

async fn judge(desk: &Console, case: u32, verdict: Verdict) {
    claim::claim(desk, case).await.unwrap();
    let request = DecideRequest {
        case,
        verdict,
        classification: (verdict == Verdict::Confirmed).then_some(Classification::B2),
        rationale: String::new(),
        policy_version: "2.0".to_owned(),
    };
    decision::decide(desk, &request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_entry_is_put_aside_by_two_persons_for_a_time_and_its_keeper_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::standing(parse("2026-11-23T12:00:00Z").unwrap());
    let [ada, kim, bo] = desks(&dir.path().join("store"), &clock).await;
    let quarantine = Quarantine::new(dir.path());
    quarantine.write(&burst(&quarantine));
    import(&bo, &quarantine).await;
    let bar = status::status(&ada, None).await.unwrap();
    assert_eq!((bar.open_cases, bar.held_cases), (3, 8));

    let request = SuppressRequest { flood: 1, days: 30, reason: "the entry is a logo".to_owned() };
    let code = |refused: casement_core::Result<_>| {
        refused.map(|_: casement_core::wire::ProposalFacts| ()).unwrap_err().code
    };
    assert_eq!(code(flood::suppress(&bo, &request).await), "ROLE-01");
    assert_eq!(code(flood::suppress(&ada, &request).await), "FLOOD-05", "nobody has rejected it");
    judge(&bo, 1, Verdict::Confirmed).await;
    assert_eq!(code(flood::suppress(&ada, &request).await), "FLOOD-04", "not even in a draft");
    decision::undo(&bo, 1).await.unwrap();
    claim::release(&bo, 1).await.unwrap();
    judge(&bo, 3, Verdict::NotAMatch).await;
    clock.advance(61_000);
    let long = SuppressRequest { days: 91, ..request.clone() };
    assert_eq!(code(flood::suppress(&ada, &long).await), "FLOOD-03");

    let proposal = flood::suppress(&ada, &request).await.unwrap();
    let card = flood::show(&kim, 1).await.unwrap();
    assert_eq!((card.state, card.proposed_by.as_deref()), (FloodState::Held, Some("S-01")));
    assert_eq!(code(approval::approve(&ada, proposal.proposal).await), "APPROVE-02");
    // Released and raised again meanwhile, it is no longer what was proposed.
    flood::release(&kim, 1, "let us see").await.unwrap();
    assert_eq!(code(approval::approve(&kim, proposal.proposal).await), "APPROVE-04");
    approval::withdraw(&ada, proposal.proposal).await.unwrap();
    let more: Vec<Value> =
        (20..28).map(|number| find(&quarantine, number, "e-flood", "a.example")).collect();
    quarantine.write(&more);
    import(&bo, &quarantine).await;
    let proposal = flood::suppress(&ada, &request).await.unwrap();
    approval::approve(&kim, proposal.proposal).await.unwrap();

    let card = flood::show(&ada, 1).await.unwrap();
    assert_eq!(card.state, FloodState::Suppressed);
    assert_eq!(card.until.as_deref(), Some("2026-12-23T12:01:01Z"));
    assert_eq!((card.held, card.decided.not_a_match, card.by.as_str()), (15, 1, "S-02"));
    assert_eq!(card.proposed, None);
    assert_eq!(case::show(&bo, 1).await.unwrap().decisions.len(), 1, "the one that was undone");
    assert_eq!(status::status(&ada, None).await.unwrap().held_cases, 15, "suspected all the same");

    // Its keeper is told, without content.
    let out = dir.path().join("feedback");
    fs::create_dir(&out).unwrap();
    let files = flood::feedback(&ada, &out).await.unwrap();
    assert_eq!((files.len(), files[0].entries), (1, 1));
    let text = fs::read_to_string(&files[0].path).unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap(),
        json!({
            "provider": "synthetic", "list": "SYNTH-LIST", "version": "1", "entry": "e-flood", "kind": "suppressed",
            "reason": "the entry is a logo", "items": 16, "until": "2026-12-23T12:01:01Z",
            "decided": { "confirmed": 0, "notAMatch": 1, "cannotTell": 0, "escalated": 0 },
        })
    );
    assert_eq!(
        flood::feedback(&ada, &out).await.unwrap_err().code,
        "FLOOD-08",
        "nothing is replaced"
    );

    // More of it goes to the card; when its time is over it is a held card again, all by itself.
    let more = [find(&quarantine, 40, "e-flood", "a.example")];
    quarantine.write(&more);
    import(&bo, &quarantine).await;
    clock.advance(30 * DAY);
    let card = flood::show(&ada, 1).await.unwrap();
    assert_eq!((card.state, card.until, card.held), (FloodState::Held, None, 16));
    let filter = QueueFilter::default();
    assert_eq!(queue::page(&bo, &filter, None, 50).await.unwrap().rows.len(), 3);
    flood::release(&ada, 1, "judge them").await.unwrap();
    assert_eq!(queue::page(&bo, &filter, None, 50).await.unwrap().rows.len(), 19);
    let verified = casement_core::ledger::verify::verify(&ada).await.unwrap();
    assert_eq!(verified.findings, Vec::<String>::new());
}
