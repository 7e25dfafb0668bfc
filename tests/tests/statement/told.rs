//! What the reader of a report is told: what was tried, what was reported before, and whose digests were taken again.

use std::fs;

use casement_tests::workspace::Workspace;
use serde_json::{Value, json};

use super::{SOURCE, codes, confirm, must_fix, office, organisation, seal};

/// Takes the place on the web away, with the reason: such a find can be traced to a supplier only.
fn untraced(find: &mut Value) {
    let got = find["acquisition"].as_object_mut().unwrap();
    got.remove("origin_url");
    got.remove("fetched_interval");
    got.remove("time_precision");
    let missing = find["missing"].as_array_mut().unwrap();
    for field in ["origin_url", "fetched_interval"] {
        missing
            .push(json!({ "field": format!("acquisition.{field}"), "reason": "never_recorded" }));
    }
}

#[test]
fn what_was_tried_is_asked_for_and_told_of_the_cases_it_speaks_of() {
    let office = Workspace::new(&["bo"]);
    organisation(&office);
    office.policy(&json!({ "undo_s": 0 }));
    let finds: Vec<Value> = (0..4)
        .map(|number| {
            let mut find =
                office.quarantine.find(number, format!("no picture {number}").as_bytes());
            if number < 3 {
                untraced(&mut find);
            }
            find
        })
        .collect();
    office.quarantine.write(&finds);
    office.import().ends(0);
    for case in 1..=4 {
        confirm(&office, case);
    }
    let sources = office.ada(&["package"]).ends(0).lines();
    let dataset = sources.iter().find(|source| source["cases"] == 3).unwrap()["source"].clone();
    let dataset = dataset.as_str().unwrap();
    let asked = |office: &Workspace| {
        let found = office.ada(&["package", "--source", dataset, "--lint"]).ends(0).lines();
        let cases: Vec<Value> = found
            .iter()
            .filter(|finding| finding["code"] == "L-TRIED-01")
            .map(|finding| finding["case"].clone())
            .collect();
        cases
    };
    assert_eq!(asked(&office), [json!(1), json!(2), json!(3)]);
    let found = office.ada(&["package", "--source", dataset, "--lint"]).ends(0).lines();
    let tried = found.iter().find(|finding| finding["code"] == "L-TRIED-01").unwrap();
    assert_eq!(
        (&tried["kind"], &tried["field"], &tried["element"], &tried["goto"]),
        (
            &json!("check"),
            &json!("tried"),
            &json!("report/additionalInfo"),
            &json!({ "view": "packages", "case": 1, "field": "tried" })
        )
    );

    let tell = |more: &[&str]| office.run("bo", &[&["tried"][..], more].concat());
    tell(&["--case", "1", "--sentence", " "]).fails(2, "TRIED-01");
    tell(&["--case", "99", "--sentence", "x"]).fails(2, "CASE-01");
    tell(&["--source", "host:nowhere.example", "--sentence", "x"]).fails(2, "TRIED-03");
    tell(&["--dataset", "nobody/has-it", "--sentence", "x"]).fails(2, "ENRICH-04");
    tell(&["--sentence", "x"]).ends(2);
    let one = "Asked the supplier on 19 November: the log of the shard is gone.";
    assert_eq!(tell(&["--case", "2", "--sentence", one]).ends(0).object()["cases"], 1);
    assert_eq!(asked(&office), [json!(1), json!(3)], "it speaks of no other case");
    let all = "Searched the pointer set of the dataset by digest; no row.";
    assert_eq!(tell(&["--source", dataset, "--sentence", all]).ends(0).object()["cases"], 3);
    assert_eq!(asked(&office), Vec::<Value>::new());
    let by_name = tell(&["--dataset", "example/synthetic", "--sentence", all]).ends(0).object();
    assert_eq!(by_name["cases"], 3, "the fourth can be traced");

    let bag = seal(&office, dataset);
    let report = fs::read_to_string(bag.join("data/report.xml")).unwrap();
    assert!(report.contains(one) && report.contains(all), "{report}");
    let details = |case: u32| {
        fs::read_to_string(bag.join(format!("data/files/{case:06}.fileDetails.xml"))).unwrap()
    };
    assert!(details(2).contains(one) && !details(1).contains(one));
    assert!(details(1).contains(all) && details(1).contains("(R-01, "));
    let other = seal(&office, SOURCE);
    assert!(!fs::read_to_string(other.join("data/report.xml")).unwrap().contains(all));
    assert_eq!(office.ada(&["verify"]).ends(0).object()["findings"], json!([]));
}

#[test]
fn a_near_duplicate_of_a_reported_file_is_named_with_its_distance() {
    let office = Workspace::new(&["bo"]);
    organisation(&office);
    office.policy(&json!({ "undo_s": 0 }));
    let mut finds = Vec::new();
    for (number, host) in ["a.example", "b.example", "c.example"].iter().enumerate() {
        let mut pdq = [0x5a_u8; 32];
        pdq[0] ^= [0x00, 0x0f, 0x00][number];
        if number == 2 {
            pdq = [0xa5; 32];
        }
        let number = u32::try_from(number).unwrap();
        let mut find = office.quarantine.find(number, format!("no picture {number}").as_bytes());
        find["acquisition"]["origin_url"] = json!(format!("https://{host}/{number}.png"));
        find["matches"][0] = json!({
            "algorithm": "pdq", "kind": "near", "query_value": hex::encode(pdq), "query_quality": 90, "distance": 3,
            "distance_unit": "hamming_bits", "threshold": 31, "list": find["matches"][0]["list"],
        });
        finds.push(find);
    }
    office.quarantine.write(&finds);
    office.import().ends(0);
    for case in 1..=3 {
        confirm(&office, case);
    }
    let near = |source: &str| codes(&office, source).contains(&"L-DUP-02".to_owned());
    assert!(!near("host:b.example"), "nothing was reported yet");
    seal(&office, "host:a.example");
    assert!(!near("host:c.example"), "another picture");
    let found = office.ada(&["package", "--source", "host:b.example", "--lint"]).ends(0).lines();
    let told = found.iter().find(|finding| finding["code"] == "L-DUP-02").unwrap();
    assert_eq!(
        told["text"],
        "000002: R-0001: case 000001, 4 of 256 bits differ (PDQ), cluster K-0001."
    );
    // Once it is filed, its number is told too.
    let propose =
        ["report", "propose", "R-0001", "--route", "cybertip-form", "--reason", "checked"];
    let proposed = office.run("bo", &propose).ends(0).object();
    office.ada(&["approve", &proposed["proposal"].to_string()]).ends(0);
    let receipt = office.dir.path().join("receipt.txt");
    fs::write(&receipt, "Accepted as number 4711.").unwrap();
    let filed = ["report", "filed", "R-0001", "--number", "4711", "--receipt"];
    office.ada(&[&filed[..], &[receipt.to_str().unwrap()]].concat()).ends(0);
    let bag = seal(&office, "host:b.example");
    let record = fs::read_to_string(bag.join("data/provenance/000002.json")).unwrap();
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(
        record["previously_reported"],
        json!([{
            "report": "R-0001", "kind": "near", "distance": 4, "cluster": "K-0001", "case": 1, "filed_number": "4711",
        }])
    );
}

/// The sealed original of a case.
fn sealed(office: &Workspace, case: u32) -> std::path::PathBuf {
    let shown = office.ada(&["show", &case.to_string()]).ends(0).object();
    let blake3 = shown["item"]["blake3"].as_str().unwrap().to_owned();
    office.store.join("vault").join(&blake3[..2]).join(format!("{}.age", &blake3[2..]))
}

#[test]
fn digests_are_taken_again_from_the_sealed_bytes() {
    let office = office(4);
    for case in 1..=4 {
        confirm(&office, case);
    }
    let lint = || -> Vec<(Value, Value)> {
        let found = office.ada(&["package", "--source", SOURCE, "--lint"]).lines();
        let found = found.iter().filter(|finding| {
            let code = finding["code"].as_str().unwrap();
            code.starts_with("L-DIGEST") || code.starts_with("L-BYTES")
        });
        found.map(|finding| (finding["code"].clone(), finding["case"].clone())).collect()
    };
    assert!(lint().is_empty());
    // Gone, damaged, and another item's bytes under this one's name.
    let kept = fs::read(sealed(&office, 3)).unwrap();
    fs::remove_file(sealed(&office, 1)).unwrap();
    let whole = fs::read(sealed(&office, 2)).unwrap();
    fs::write(sealed(&office, 2), &whole[..whole.len() - 7]).unwrap();
    fs::copy(sealed(&office, 4), sealed(&office, 3)).unwrap();
    let told = |code: &str, case: u32| (json!(code), json!(case));
    assert_eq!(lint(), [told("L-DIGEST-02", 3), told("L-BYTES-01", 1), told("L-BYTES-02", 2)]);
    assert_eq!(must_fix(&office.store, SOURCE), [("L-DIGEST-02".to_owned(), json!(3))]);
    let out = office.dir.path().to_str().unwrap();
    office.ada(&["package", "--source", SOURCE, "--out", out]).fails(3, "PKG-01");

    // What is not held never stands before the report; it is said in it.
    fs::write(sealed(&office, 3), kept).unwrap();
    let bag = seal(&office, SOURCE);
    let said: Vec<Value> = (1..=4)
        .map(|case| {
            let record =
                fs::read_to_string(bag.join(format!("data/provenance/{case:06}.json"))).unwrap();
            serde_json::from_str::<Value>(&record).unwrap()["digests_taken_again"].clone()
        })
        .collect();
    assert_eq!(said, ["not-held", "unreadable", "same", "same"]);
}
