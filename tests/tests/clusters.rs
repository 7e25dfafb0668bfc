//! Clusters through `casectl`: near-duplicates are found whatever the order, what could not be compared is said to be so,
//! a kill costs nothing, and one act over many cases decides each by itself, after medoid and farthest were looked at.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;

use casement_core::account::keyring::Passphrase;
use casement_core::cluster::{Watch, refresh};
use casement_core::wire::{ClusterFilter, HistoryFilter};
use casement_core::{Console, Opening, case, cluster, ledger};
use casement_tests::casectl::{PASSPHRASE, Said, at, command};
use casement_tests::pictures::{encode, flat, variants, waves};
use casement_tests::workspace::{Workspace, copy};
use image::ImageFormat;
use serde_json::{Value, json};

/// Cases by the SHA-256 of their item, for each cluster.
async fn clusters(office: &Workspace) -> BTreeSet<BTreeSet<String>> {
    let console = open(&office.store).await;
    let filter = ClusterFilter { all: true, ..ClusterFilter::default() };
    let mut sets = BTreeSet::new();
    for row in cluster::list(&console, &filter, None, 200).await.unwrap().rows {
        let shown = cluster::show(&console, row.cluster, None).await.unwrap();
        let smallest = shown.members.iter().map(|member| member.case).min().unwrap();
        assert_eq!(row.cluster, smallest, "a cluster is called by its smallest case");
        assert_eq!(row.name, format!("K-{smallest:04}"));
        assert_eq!(row.cases as usize, shown.members.len());
        let mut set = BTreeSet::new();
        for member in shown.members {
            set.insert(case::show(&console, member.case).await.unwrap().item.sha256);
        }
        sets.insert(set);
    }
    console.close().await;
    sets
}

fn sha256_of(find: &Value) -> String {
    find["object"]["digests"]["sha256"].as_str().unwrap().to_owned()
}

/// Two families of near-duplicates, one picture that resembles nothing, and three that cannot be compared.
fn corpus(office: &Workspace) -> (Vec<Value>, BTreeSet<BTreeSet<String>>) {
    let mut finds: Vec<Value> = Vec::new();
    let mut add = |bytes: &[u8]| {
        let find = office.quarantine.find(u32::try_from(finds.len()).unwrap(), bytes);
        finds.push(find.clone());
        sha256_of(&find)
    };
    let families: BTreeSet<BTreeSet<String>> = [variants(1), variants(2)]
        .iter()
        .map(|family| family.iter().map(|bytes| add(bytes)).collect())
        .collect();
    for bytes in
        [encode(&waves(3, 200), ImageFormat::Png), flat(90), b"no picture".to_vec(), flat(120)]
    {
        add(&bytes);
    }
    finds.last_mut().unwrap()["object"]["media_type"] = json!("video/mp4");
    (finds, families)
}

fn comparison(office: &Workspace, find: &Value) -> (String, Value) {
    let digest = sha256_of(find);
    let row = office.ada(&["queue", "--search", &digest]).ends(0).object();
    let print =
        office.ada(&["show", &row["case"].to_string()]).ends(0).object()["fingerprint"].clone();
    (print["comparison"].as_str().unwrap().to_owned(), print["problem"]["code"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn near_duplicates_are_one_cluster_whatever_the_order_and_the_rest_says_why_not() {
    let office = Workspace::new(&[]);
    let (finds, families) = corpus(&office);
    office.quarantine.write(&finds);
    office.import().ends(0);
    assert_eq!(clusters(&office).await, families);

    let told: Vec<(String, Value)> =
        finds[10..].iter().map(|find| comparison(&office, find)).collect();
    let expected = [
        ("compared", Value::Null),
        ("low-quality", Value::Null),
        ("not-comparable", json!("not_a_picture")),
        ("not-comparable", json!("other_media")),
    ];
    assert_eq!(told, expected.map(|(word, problem)| (word.to_owned(), problem)));

    // Nothing is left to do, and doing it leaves no trace.
    let leaves = |office: &Workspace| office.ada(&["verify"]).ends(0).object()["leaves"].clone();
    let before = leaves(&office);
    let again = office.ada(&["cluster"]).ends(0).object();
    assert_eq!(
        json!([
            again["step"],
            again["fingerprinted"],
            again["compared"],
            again["clusters"],
            again["cases"]
        ]),
        json!(["done", 0, 0, 2, 10])
    );
    assert_eq!(leaves(&office), before);

    // Backwards, in three imports, one of them compared later.
    let other = Workspace::new(&[]);
    corpus(&other);
    let mut turned = finds.clone();
    turned.reverse();
    for (at, part) in turned.chunks(5).enumerate() {
        other.quarantine.write(part);
        let (file, bytes) =
            (other.quarantine.finds.to_str().unwrap(), other.quarantine.bytes.to_str().unwrap());
        let later = if at == 1 { &["--compare-later"][..] } else { &[] };
        other.ada(&[&["import", file, "--bytes", bytes][..], later].concat()).ends(0);
    }
    assert_eq!(clusters(&other).await, families);
}

#[test]
fn a_scanner_may_have_fingerprinted_already_and_a_case_names_its_neighbours() {
    let office = Workspace::new(&[]);
    let mut finds = Vec::new();
    for (number, (flipped, quality)) in (1..).zip([(0_u8, 90), (3, 90), (60, 90), (0, 40)]) {
        let mut pdq = [0x5a_u8; 32];
        for bit in 0..flipped {
            pdq[usize::from(bit / 8)] ^= 1 << (bit % 8);
        }
        let mut find = office.quarantine.find(number, format!("no picture {number}").as_bytes());
        find["matches"][0] = json!({
            "algorithm": "pdq", "kind": "near", "query_value": hex::encode(pdq), "query_quality": quality, "distance": 3,
            "distance_unit": "hamming_bits", "threshold": 31, "list": find["matches"][0]["list"],
        });
        finds.push(find);
    }
    office.quarantine.write(&finds);
    office.import().ends(0);
    let rows = office.ada(&["clusters"]).ends(0).lines();
    assert_eq!(rows.len(), 1);
    assert_eq!(json!([rows[0]["cases"], rows[0]["widest"], rows[0]["open"]]), json!([2, 3, 2]));
    let shown = office.ada(&["show", "1"]).ends(0).object();
    assert_eq!(
        json!([
            shown["cluster"]["name"],
            shown["cluster"]["nearest"],
            shown["fingerprint"]["source"]
        ]),
        json!(["K-0001", 3, "scanner"])
    );
    let near = office.ada(&["cluster", "near", "1"]).ends(0).lines();
    assert_eq!((near.len(), &near[0]["case"], &near[0]["distance"]), (1, &json!(2), &json!(3)));
    assert_eq!(office.ada(&["show", "3"]).ends(0).object()["cluster"], Value::Null);
    let low = office.ada(&["show", "4"]).ends(0).object();
    assert_eq!(
        low["fingerprint"]["comparison"], "low-quality",
        "it equals case 1 and says too little"
    );
    assert_eq!(low["cluster"], Value::Null);
    office.ada(&["cluster", "show", "K-3"]).fails(2, "CLUSTER-03");
}

/// A store whose pictures all wait: some with fingerprints of a scanner, which make clusters, some without.
fn waiting(office: &Workspace) {
    let mut finds = Vec::new();
    for number in 0..1_100_u32 {
        let side = 16 + number % 5;
        let mut find = office
            .quarantine
            .find(number, &encode(&waves(u64::from(number) + 10, side), ImageFormat::Png));
        if number % 10 == 0 {
            let mut pdq = [u8::try_from(number / 100).unwrap().wrapping_mul(23); 32];
            pdq[0] ^= u8::try_from(number / 10 % 10).unwrap();
            find["matches"][0]["algorithm"] = json!("pdq");
            find["matches"][0]["query_value"] = json!(hex::encode(pdq));
            find["matches"][0]["query_quality"] = json!(100);
        }
        finds.push(find);
    }
    office.quarantine.write(&finds);
    let (file, bytes) =
        (office.quarantine.finds.to_str().unwrap(), office.quarantine.bytes.to_str().unwrap());
    office.ada(&["import", file, "--bytes", bytes, "--compare-later"]).ends(0);
}

async fn open(store: &std::path::Path) -> Console {
    let own = Passphrase::new(PASSPHRASE.to_owned());
    let opening = Opening {
        airlock: Some(casement_tests::casectl::programs().join("casement-airlock")),
        ..Opening::default()
    };
    Console::unlock(store, "ada", &own, opening).await.unwrap()
}

/// Everything that comparing left behind, without times.
async fn left_behind(console: &Console) -> (BTreeMap<u32, (u32, u32)>, Value) {
    let filter = ClusterFilter { all: true, ..ClusterFilter::default() };
    let page = cluster::list(console, &filter, None, 200).await.unwrap();
    assert!(page.next.is_none());
    let rows = page.rows.iter().map(|row| (row.cluster, (row.cases, row.widest))).collect();
    (rows, serde_json::to_value(page.compared).unwrap())
}

async fn leaves(console: &Console, kind: &str) -> Vec<Value> {
    let filter = HistoryFilter { kind: Some(kind.to_owned()), ..HistoryFilter::default() };
    let page = ledger::history::page(console, &filter, 500).await.unwrap();
    page.acts.iter().map(|act| serde_json::from_str(&act.body).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_and_run_again_it_ends_as_if_undisturbed() {
    let office = Workspace::new(&[]);
    waiting(&office);
    let killed = office.dir.path().join("killed");
    copy(&office.store, &killed);

    let console = open(&office.store).await;
    let done = refresh(&console, &Watch::default()).await.unwrap();
    assert_eq!(done.fingerprinted + done.not_comparable, 1_100 - 110);
    let expected = left_behind(&console).await;
    assert_eq!(expected.0.len(), 11, "{:?}", expected.0);
    assert_eq!(leaves(&console, "items.fingerprinted").await.len(), 2, "500 items a leaf");
    console.close().await;

    let mut child = command(&at(&killed, "ada", &["cluster"]))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let console = open(&killed).await;
    while leaves(&console, "items.fingerprinted").await.is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    refresh(&console, &Watch::default()).await.unwrap();
    assert_eq!(left_behind(&console).await, expected);
    let made: u64 = leaves(&console, "items.fingerprinted")
        .await
        .iter()
        .map(|body| body["fingerprints"].as_u64().unwrap())
        .sum();
    assert_eq!(made, done.fingerprinted, "no item twice, none left out");
    assert_eq!(ledger::verify::verify(&console).await.unwrap().findings, Vec::<String>::new());
    console.close().await;
}

/// Claims a case and steps up, as a person would.
fn look(office: &Workspace, name: &str, case: &Value) {
    let case = case.to_string();
    office.run(name, &["claim", &case]).ends(0);
    let png = office.dir.path().join(format!("{name}-{case}.png"));
    office
        .run(name, &["view", &case, "--level", "mosaic", "--force", "--out", png.to_str().unwrap()])
        .ends(0);
}

fn poles(shown: &Value) -> (Value, Value) {
    let required = shown["coverage"]["required"].as_array().unwrap();
    assert_eq!(json!([required[0]["role"], required[1]["role"]]), json!(["medoid", "farthest"]));
    (required[0]["case"].clone(), required[1]["case"].clone())
}

#[test]
fn one_act_decides_each_case_by_itself_once_medoid_and_farthest_were_looked_at() {
    let office = Workspace::new(&["bo", "cy"]);
    office.policy(&json!({ "undo_s": 3_600 }));
    let (finds, _) = corpus(&office);
    office.quarantine.write(&finds[..4]);
    office.import().ends(0);
    let show = |name: &str, more: &[&str]| {
        office.run(name, &[&["cluster", "show", "K-1"], more].concat()).ends(0).object()
    };
    let decide = |name: &str, more: &[&str]| -> Said {
        office.run(
            name,
            &[&["cluster", "decide", "K-1", "confirmed", "--class", "B2"], more].concat(),
        )
    };

    let shown = show("bo", &[]);
    assert_eq!((&shown["cases"], &shown["coverage"]["complete"]), (&json!(4), &json!(false)));
    let (medoid, farthest) = poles(&shown);
    assert_eq!(shown["members"][0]["case"], medoid);
    assert_eq!(shown["members"][0]["toMedoid"], 0);
    assert_eq!(shown["cannotDecide"]["code"], "CLUSTER-02");
    decide("bo", &[]).fails(3, "CLUSTER-02");
    look(&office, "bo", &medoid);
    decide("bo", &[]).fails(3, "CLUSTER-02");
    // Another person's look does not count.
    office.run("bo", &["release", &medoid.to_string()]).ends(0);
    look(&office, "cy", &farthest);
    decide("bo", &[]).fails(3, "CLUSTER-02");
    // What another holds is named, not silently skipped; `show` leaves it out and says why.
    let shown = show("bo", &[]);
    let held = shown["members"]
        .as_array()
        .unwrap()
        .iter()
        .find(|member| member["case"] == farthest)
        .unwrap();
    assert_eq!(
        (&held["blocked"]["code"], &held["included"]),
        (&json!("CLUSTER-06"), &json!(false))
    );
    office.run("cy", &["release", &farthest.to_string()]).ends(0);
    look(&office, "bo", &farthest);

    decide("ada", &[]).fails(3, "ROLE-01");
    let done = decide("bo", &["--rationale", "one source"]).ends(0).object();
    assert_eq!(done["decided"].as_array().unwrap().len(), 4);
    let mut looked = [medoid.as_u64().unwrap(), farthest.as_u64().unwrap()];
    looked.sort_unstable();
    assert_eq!(done["lookedAt"], json!(looked));
    let act = done["act"].as_u64().unwrap();

    // One leaf for the act, one decision and one leaf for each case; the level is what that case was seen at.
    let acts = office.ada(&["history", "--kind", "cluster.decided"]).ends(0).lines();
    assert_eq!((acts.len(), acts[0]["leaf"].as_u64()), (1, Some(act)));
    for case in done["decided"].as_array().unwrap() {
        let shown = office.ada(&["show", &case.to_string()]).ends(0).object();
        let decisions = shown["decisions"].as_array().unwrap();
        assert_eq!(decisions.len(), 1);
        let seen = looked.contains(&case.as_u64().unwrap());
        assert_eq!(decisions[0]["levelSeen"], if seen { "mosaic" } else { "hash-only" });
        assert_eq!(
            (&decisions[0]["status"], &decisions[0]["rationale"]),
            (&json!("draft"), &json!("one source"))
        );
        let leaf = office
            .ada(&["history", "--kind", "decision.recorded", "--case", &case.to_string()])
            .ends(0)
            .object();
        assert_eq!(leaf["leaf"], decisions[0]["leaf"]);
        let body: Value = serde_json::from_str(leaf["body"].as_str().unwrap()).unwrap();
        assert_eq!(
            json!([body["act"], body["medoid"], body["farthest"], body["looked_at"]]),
            json!([act, medoid, farthest, seen])
        );
    }
    assert_eq!(office.ada(&["clusters"]).ends(0).lines().len(), 0, "nothing open is left in it");

    // Whoever joins later is not decided.
    office.quarantine.write(&finds[..5]);
    office.import().ends(0);
    let shown = show("bo", &[]);
    assert_eq!(json!([shown["cases"], shown["open"], shown["acts"][0]["act"]]), json!([5, 1, act]));
    assert_eq!(shown["cannotDecide"]["code"], "CLUSTER-08", "a single case is decided by itself");

    // Taken back as a whole, each by a withdrawal of its own, but for what was committed by itself meanwhile.
    office.run("cy", &["cluster", "undo", &act.to_string()]).fails(2, "UNDO-04");
    office.run("bo", &["commit", &medoid.to_string()]).ends(0);
    let undone = office.run("bo", &["cluster", "undo", &act.to_string()]).ends(1).object();
    assert_eq!(undone["withdrawn"].as_array().unwrap().len(), 3);
    assert_eq!(undone["kept"], json!([medoid]));
    office.run("bo", &["cluster", "undo", &act.to_string()]).fails(3, "UNDO-03");
    assert_eq!(office.ada(&["history", "--kind", "decision.withdrawn"]).ends(0).lines().len(), 3);
    let shown = show("bo", &[]);
    assert_eq!(json!([shown["open"], shown["decided"]["confirmed"]]), json!([4, 1]));
    assert!(shown["acts"][0]["withdrawn"].is_u64());
    let blocked = shown["members"]
        .as_array()
        .unwrap()
        .iter()
        .find(|member| member["case"] == medoid)
        .unwrap();
    assert_eq!(blocked["blocked"]["code"], "CLUSTER-05");

    // What is left out is left alone, and the next takes its place among those to look at.
    let (_, next_farthest) = poles(&shown);
    let out = next_farthest.to_string();
    let narrowed = show("bo", &["--leave-out", &out]);
    assert_eq!(narrowed["coverage"]["included"], 3);
    let (new_medoid, new_farthest) = poles(&narrowed);
    assert_ne!(new_farthest, next_farthest);
    for case in [&new_medoid, &new_farthest] {
        look(&office, "bo", case);
    }
    let done = decide("bo", &["--leave-out", &out]).ends(0).object();
    assert_eq!(done["decided"].as_array().unwrap().len(), 3);
    assert_eq!(office.ada(&["show", &out]).ends(0).object()["decisions"], json!([]));
    assert_eq!(office.ada(&["verify"]).ends(0).object()["findings"], json!([]));
}
