//! Each vendor's shapes, what becomes of them, and what is kept beside them.

use base64::Engine;
use serde_json::{Value, json};

use crate::lab::Lab;

fn reasons(record: &Value) -> Vec<(&str, &str)> {
    let missing = record["missing"].as_array().unwrap();
    missing
        .iter()
        .map(|entry| (entry["field"].as_str().unwrap(), entry["reason"].as_str().unwrap()))
        .collect()
}

/// The values at these places, in one list.
fn at_places(record: &Value, places: &[&str]) -> Value {
    places.iter().map(|place| record.pointer(place).cloned().unwrap_or_default()).collect()
}

const MATCH: [&str; 8] = [
    "/algorithm",
    "/kind",
    "/distance",
    "/distance_unit",
    "/threshold",
    "/list/name",
    "/list/version",
    "/list/entry_id",
];

fn matches(record: &Value) -> Vec<Value> {
    record["matches"].as_array().unwrap().iter().map(|found| at_places(found, &MATCH)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn hma() {
    let lab = Lab::new();
    let text = lab.fixture("hma.jsonl");
    let terms = [
        "--threshold",
        "31",
        "--list-provider",
        "synthetic",
        "--list-name",
        "SYNTH-RAW",
        "--list-version",
        "v9",
        "--reported-at",
        "2026-01-03T00:00:00Z",
        "--supplier",
        "Example Supplier",
    ];
    lab.taken("hma", &text, &terms, 4, 3);
    let records = lab.records().await;
    let near = |distance: u32, list: &str, version: &str, entry: &str| {
        json!(["pdq", "near", distance, "hamming_bits", 31, list, version, entry])
    };
    assert_eq!(
        matches(&records[0]),
        [
            near(4, "SYNTH_BANK", "built_to=1767000000", "1001"),
            near(30, "SYNTH_BANK", "built_to=1767000000", "1002")
        ]
    );
    assert_eq!(matches(&records[1]), [near(12, "SYNTH_BANK", "built_to=1767000001", "1003")]);
    // An id without a distance: the threshold is its bound, and the find says so.
    assert_eq!(
        matches(&records[2]),
        [near(31, "SYNTH-RAW", "v9", "1004"), near(8, "SYNTH-RAW", "v9", "1005")]
    );
    assert_eq!(records[2]["ext"]["adapter"]["distance_is_bound"], true);
    assert!(reasons(&records[2]).contains(&("matches.measured_distance", "never_recorded")));
    assert_eq!(
        matches(&records[3]),
        [json!(["md5", "exact", null, null, null, "SYNTH_BANK", "v9", "1006"])]
    );
    assert_eq!(
        at_places(
            &records[0],
            &[
                "/emitted_at",
                "/scanner/name",
                "/scanner/run_id",
                "/matches/0/query_quality",
                "/object/quarantine_ref"
            ]
        ),
        json!(["2026-01-02T03:04:05Z", "example-pipeline", "run-7", 92, "q-1"])
    );
    assert_eq!(
        records[0]["locator"]["steps"],
        json!([
            { "kind": "s3_object", "uri": "s3://example-bucket/v3/00001.tar" },
            { "kind": "tar_member", "member": "000000001.png", "offset": 1_048_576, "length": 20311 },
        ])
    );
    assert_eq!(records[0]["object"]["digests"]["sha1"], hex::encode(lab.pictures[0].sha1));
    let coinflip: Vec<Value> =
        records.iter().map(|record| record["ext"]["adapter"]["coinflip"].clone()).collect();
    assert_eq!(json!(coinflip), json!(["bypassed", null, "not used by raw_lookup", null]));
    assert!(reasons(&records[1]).contains(&("ext.adapter.coinflip", "never_recorded")));
    assert!(reasons(&records[1]).contains(&("acquisition.origin_url", "never_recorded")));
    assert!(!reasons(&records[0]).contains(&("acquisition.origin_url", "never_recorded")));
    assert!(reasons(&records[1]).contains(&("locator.steps.0.uri", "never_recorded")));
    // To the byte, white space and all.
    assert_eq!(
        lab.responses().await[1],
        r#"{"SYNTH_BANK": [ {"bank_content_id":1003,  "distance":12} ]}"#
    );
    let queue = lab.office.ada(&["queue", "--limit", "0"]).ends(0).lines();
    let kinds: Vec<&str> = queue.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["exact", "near", "near", "near"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn photodna() {
    let lab = Lab::new();
    let text = lab.fixture("photodna.jsonl");
    let terms = ["--threshold", "120", "--reported-at", "2026-01-03T00:00:00Z"];
    lab.taken("photodna", &text, &terms, 4, 2);
    let records = lab.records().await;
    let near = |distance: u32, list: &str, time: &str| {
        json!(["photodna", "near", distance, "vendor", 120, list, format!("as-of={time}"), null])
    };
    assert_eq!(matches(&records[0]), [near(41, "SYNTH-SOURCE", "2026-01-02T03:04:05Z")]);
    assert_eq!(
        matches(&records[1]),
        [
            near(0, "SYNTH-SOURCE", "2026-01-02T03:04:06Z"),
            near(99, "SYNTH-OTHER", "2026-01-02T03:04:06Z")
        ]
    );
    assert_eq!(records[1]["matches"][0]["list"]["label"], "A2, B1");
    assert_eq!(records[2]["object"]["quarantine_ref"], "q-4");
    assert_eq!(matches(&records[3]), [near(120, "SYNTH-SOURCE", "2026-01-03T00:00:00Z")]);
    assert_eq!(records[3]["ext"]["adapter"]["tracking_id"], "synthetic-tracking-6");
    assert!(reasons(&records[0]).contains(&("matches.query_value", "withheld")));
    // One answer about three files is kept once.
    assert_eq!(lab.responses().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn safer() {
    let lab = Lab::new();
    let text = lab.fixture("safer.jsonl");
    let terms = [
        "--threshold",
        "20",
        "--list-name",
        "SYNTH-SAFER",
        "--reported-at",
        "2026-01-03T00:00:00Z",
    ];
    lab.taken("safer", &text, &terms, 3, 1);
    let records = lab.records().await;
    let version = "as-of=2026-01-03T00:00:00Z";
    let near = |distance: u32, entry: &str| {
        json!(["saferhash", "near", distance, "vendor", 20, "SYNTH-SET", version, entry])
    };
    let exact =
        |list: &str, entry: Value| json!(["md5", "exact", null, null, null, list, version, entry]);
    assert_eq!(
        matches(&records[0]),
        [exact("SYNTH-SET", json!("s-1")), near(3, "s-1"), near(17, "2")]
    );
    assert_eq!(
        at_places(&records[0], &["/matches/1/algorithm_version", "/matches/1/list/label"]),
        json!(["saferhashv0", "CSAM, SE"])
    );
    assert_eq!(matches(&records[1]), [near(9, "s-3")]);
    assert_eq!(matches(&records[2]), [exact("SYNTH-SAFER", Value::Null)]);
    // Without an envelope, the document is the answer.
    let line = text.lines().nth(2).unwrap();
    assert_eq!(lab.responses().await[2], line);
}

#[tokio::test(flavor = "multi_thread")]
async fn arachnid() {
    let lab = Lab::new();
    let text = lab.fixture("arachnid.json");
    let terms = ["--threshold", "90", "--list-version", "2026-01"];
    lab.taken("arachnid", &text, &terms, 4, 1);
    let records = lab.records().await;
    let list = "Project Arachnid Shield";
    assert_eq!(
        matches(&records[0]),
        [json!(["sha256", "exact", null, null, null, list, "2026-01", null])]
    );
    assert_eq!(records[0]["matches"][0]["list"]["label"], "csam");
    let near = |entry: Value| json!(["other", "near", 90, "vendor", 90, list, "2026-01", entry]);
    let sha1 = "d12fea39d28fb5ddff0396a676d5a1f95c2ff058";
    assert_eq!(matches(&records[1]), [near(json!("cd".repeat(32))), near(json!(sha1))]);
    assert!(reasons(&records[1]).contains(&("matches.measured_distance", "withheld")));
    assert_eq!(
        matches(&records[2]),
        [json!(["pdq", "near", 0, "hamming_bits", 0, list, "2026-01", null])],
        "equal hashes are no equal files"
    );
    assert_eq!(records[2]["matches"][0]["query_value"], "ef".repeat(32));
    assert_eq!(
        matches(&records[3]),
        [json!(["pdq", "near", 31, "hamming_bits", 31, list, "2026-01", "ab".repeat(32)])]
    );
    let kept = lab.responses().await;
    assert!(kept[1].starts_with("{\n    \"sha1_base32\""), "{}", kept[1]);
    let engine = base64::engine::general_purpose::STANDARD;
    assert_eq!(engine.encode([0xef; 32]), "7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+8=");
}

#[tokio::test(flavor = "multi_thread")]
async fn vics() {
    let lab = Lab::new();
    let terms =
        ["--list-provider", "synthetic", "--list-name", "SYNTH-VICS", "--list-version", "4"];
    lab.taken("vics", &lab.fixture("vics-2.0.json"), &terms, 3, 1);
    lab.taken("vics", &lab.fixture("vics-1.3.json"), &terms, 1, 0);
    let records = lab.records().await;
    let exact =
        |list: &str, entry: &str| json!(["md5", "exact", null, null, null, list, "4", entry]);
    assert_eq!(matches(&records[0]), [exact("SYNTH-HASHSET", "1")]);
    assert_eq!(
        records[0]["locator"]["steps"],
        json!([
            { "kind": "local_file", "uri": "corpus/v3/00001.tar", "digests": { "md5": "ab".repeat(16) }, "offset": 4096 },
            {
                "kind": "tar_member", "member": "000000001.png", "offset": 1_048_576, "length": lab.pictures[0].size_bytes,
                "Unallocated": false, "Deleted": false, "Created": "2025-11-02T03:04:05Z", "Written": "2025-11-02T03:04:05Z",
                "SourceID": "disk-1",
            },
        ])
    );
    assert_eq!(
        records[1]["locator"]["steps"],
        json!([{ "kind": "local_file", "uri": "C:\\corpus\\extra\\copy.png", "Unallocated": true, "SourceID": "disk-2" }])
    );
    assert_eq!(records[0]["matches"], records[1]["matches"]);
    assert_eq!(
        at_places(
            &records[0],
            &[
                "/ext/adapter/VictimIdentified",
                "/ext/adapter/OffenderIdentified",
                "/object/media_type"
            ]
        ),
        json!([true, false, "image/png"])
    );
    // Deeper than the folder itself: known by its digest, not by a path.
    assert_eq!(records[0]["object"].get("quarantine_ref"), None);
    assert_eq!(records[0]["acquisition"], json!({}));
    assert_eq!(
        (matches(&records[2]), &records[2]["matches"][0]["list"]["label"]),
        (vec![exact("SYNTH-VICS", "3")], &json!("0"))
    );
    assert_eq!(
        records[3]["locator"]["steps"],
        json!([{ "kind": "local_file", "uri": "part-1.zip" }, { "kind": "zip_member", "member": "e.png" }])
    );
    // Same bytes at two places: one case, two sightings.
    let queue = lab.office.ada(&["queue", "--limit", "0"]).ends(0).lines();
    let sightings: Vec<&Value> = queue.iter().map(|row| &row["sightings"]).collect();
    assert_eq!(sightings, [2, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn csv() {
    let lab = Lab::new();
    let text = lab.fixture("table.csv");
    lab.taken("csv", &text, &[], 3, 0);
    let records = lab.records().await;
    assert_eq!(
        matches(&records[0]),
        [json!(["md5", "exact", null, null, null, "SYNTH-LIST", "3", "e-1"])]
    );
    assert_eq!(
        at_places(
            &records[0],
            &[
                "/locator/dataset/id",
                "/locator/dataset/version_kind",
                "/acquisition/page_url",
                "/scanner/name"
            ]
        ),
        json!(["example/other", "crawl_id", "https://pages.example/1", "example-scanner"])
    );
    assert_eq!(
        matches(&records[1]),
        [json!(["pdq", "near", 17, "hamming_bits", 31, "SYNTH, with \"quotes\"", "3", "e-2"])]
    );
    assert_eq!(
        at_places(
            &records[1],
            &[
                "/matches/0/list/label",
                "/matches/0/query_quality",
                "/acquisition/fetched_interval/end",
                "/locator/dataset/id"
            ]
        ),
        json!(["two\nlines", 88, "2025-11-02T03:12:00Z", "example/synthetic"])
    );
    assert_eq!(records[2]["matches"][0]["algorithm"], "sha256");
    let header = text.lines().next().unwrap();
    for kept in lab.responses().await {
        let row = kept.strip_prefix(header).unwrap().strip_prefix('\n').unwrap();
        assert!(!row.is_empty() && text.contains(row));
    }
}
