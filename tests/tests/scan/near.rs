//! PDQ lists against pictures whose hashes the reference implementation gave.

use std::fs;
use std::path::Path;

use casement_tests::casectl::run;
use serde_json::{Value, json};

use crate::bench::{Bench, finds};

#[test]
fn pictures_are_matched_by_how_they_look() {
    let bench = Bench::new();
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pdq");
    let expected = fs::read_to_string(pictures.join("expected.csv")).unwrap();
    let mut listed = Vec::new();
    let mut list = "id,pdq,quality\n".to_owned();
    for line in expected.lines().skip(1) {
        let [file, pdq, quality] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        if quality.parse::<u8>().unwrap() >= 80 {
            let mut bytes = hex::decode(pdq).unwrap();
            (0..8).for_each(|bit| bytes[bit * 4] ^= 1 << bit);
            list.push_str(&format!("{file},{},{quality}\n", hex::encode(bytes)));
            listed.push(file.to_owned());
        }
    }
    assert!(listed.len() > 10);
    fs::write(bench.path("pdq.csv"), list).unwrap();
    fs::write(
        bench.path("lists.json"),
        json!([
            { "file": "pdq.csv", "name": "SYNTH-PDQ", "version": "7", "provider": "synthetic", "threshold": 40 },
            { "file": "list.csv", "name": "SYNTH-LIST", "version": "1" },
        ])
        .to_string(),
    )
    .unwrap();
    bench.list();
    let out = bench.path("near.jsonl");
    let corpus = pictures.join("pictures");
    let verb = [
        "scan",
        corpus.to_str().unwrap(),
        bench.corpus.to_str().unwrap(),
        "--lists",
        &bench.path("lists.json"),
    ];
    let said =
        run(&[&verb[..], &["--out", &out, "--bytes", &bench.path("bytes"), "--json"]].concat())
            .ends(0);
    assert!(said.err.contains("over-inclusive"), "{}", said.err);
    let summary = said.object();
    let drawn = fs::read_dir(&corpus).unwrap().count() as u64;
    assert_eq!(
        (summary["compared"].as_u64(), &summary["notComparable"]),
        (Some(drawn + 24), &json!(0))
    );
    let finds = finds(Path::new(&out));
    for file in &listed {
        let matched = finds
            .iter()
            .filter(|find| {
                find["locator"]["steps"][0]["uri"].as_str().unwrap().ends_with(file.as_str())
            })
            .flat_map(|find| find["matches"].as_array().unwrap())
            .find(|found| found["list"]["entry_id"] == file.as_str())
            .unwrap_or_else(|| panic!("{file} is not matched"));
        assert_eq!((&matched["algorithm"], &matched["kind"]), (&json!("pdq"), &json!("near")));
        assert_eq!(
            (&matched["threshold"], &matched["distance_unit"]),
            (&json!(40), &json!("hamming_bits"))
        );
        // Eight bits were flipped; two programs that hash may differ by ten.
        assert!((1..=18).contains(&matched["distance"].as_u64().unwrap()), "{matched}");
        assert!(matched["query_quality"].as_u64().unwrap() >= 70);
    }
    let exact = |find: &&Value| {
        find["matches"].as_array().unwrap().iter().any(|found| found["kind"] == "exact")
    };
    assert_eq!(finds.iter().filter(exact).count(), 5, "both lists are held against every member");
}
