//! What cannot become a find: named by line and field, with what to do, at no cost to anything else.

use std::fs;

use casement_tests::casectl::{Said, at, command, run};
use serde_json::{Value, json};

use crate::lab::Lab;

/// A line, the code it is left out with (none for one that is taken in), and what the sentence names.
type Row = (String, &'static str, &'static str);

/// Every bad shape beside a good one: it is told with its line and field, and costs nothing else.
#[test]
fn what_cannot_become_a_find_is_told_by_line_and_field() {
    let lab = Lab::new();
    let hma = |object: &str, response: Value| json!({ "object": object, "response": response, "reported_at": "2026-01-02T03:04:05Z" });
    let bank = |value: Value| json!({ "pdq": { "SYNTH_BANK": [value] } });
    let good = hma("q-1", bank(json!({ "bank_content_id": 1, "distance": "4" })));
    let with = |name: &str, value: Value| {
        let mut line = good.clone();
        line[name] = value;
        line.to_string()
    };
    let photodna = |code: u32, is_match: Value, distance: Value| {
        let flags = json!([{ "Source": "S", "MatchDistance": distance }]);
        let response = json!({ "Status": { "Code": code }, "IsMatch": is_match, "MatchDetails": { "MatchFlags": flags } });
        json!({ "object": "q-1", "response": response }).to_string()
    };
    let safer =
        |hash: Value| json!({ "object": "q-1", "response": { "hashes": [hash] } }).to_string();
    let arachnid = |kind: Value, classification: &str| json!({ "sha256_hex": hex::encode(lab.pictures[0].sha256), "match_type": kind, "classification": classification });
    let near = arachnid(json!("near"), "csam").to_string();
    let table: Vec<(&str, Vec<Row>)> = vec![
        ("hma", vec![
            (good.to_string(), "", ""),
            ("{\"object\":".to_owned(), "FIND-03", "JSON ends"),
            (json!({ "response": {} }).to_string(), "RESP-02", "object"),
            (json!({ "pdq": {} }).to_string(), "RESP-02", "object"),
            (hma("q-404", good["response"].clone()).to_string(), "FIND-06", "q-404"),
            (hma("../q-1", good["response"].clone()).to_string(), "FIND-06", "not there"),
            (hma("q-1", json!("pdq")).to_string(), "RESP-01", "response"),
            (hma("q-1", json!({ "pdq": "x" })).to_string(), "RESP-01", "signal_type"),
            (hma("q-1", bank(json!({ "distance": 1 }))).to_string(), "RESP-01", "response.(bank)[0].bank_content_id"),
            (hma("q-1", bank(json!({ "bank_content_id": 1, "distance": "near" }))).to_string(), "RESP-01", "response.(bank)[0].distance"),
            (hma("q-1", bank(json!({ "bank_content_id": 1, "distance": 99 }))).to_string(), "RESP-05", "threshold"),
            (hma("q-1", json!({ "matches": [1] })).to_string(), "RESP-01", "signal_type"),
            (with("colour", json!(1)), "RESP-01", "colour"),
            (with("reported_at", json!("2026-01-02")), "RESP-01", "reported_at"),
            (with("reported_at", json!("2999-01-02T03:04:05Z")), "FIND-13", "future"),
            (with("origin", json!({ "page": "x" })), "RESP-01", "origin.page"),
            (with("origin", json!({ "steps": [{ "kind": "floppy" }] })), "FIND-10", "locator.steps[0].kind"),
            (with("origin", json!({ "url": "x", "missing": [{ "field": "acquisition.origin_url", "reason": "withheld" }] })), "FIND-14", "acquisition.origin_url"),
            (with("origin", json!({ "dataset": { "id": "other", "version": "1" } })), "RESP-01", "origin.dataset.version_kind"),
            (with("query", json!({ "quality": 101 })), "FIND-10", "matches[0].query_quality"),
            (with("query", json!({ "signal": "ef" })), "FIND-10", "matches[0].query_value"),
            (with("index", json!({ "pdq": { "present": false } })), "RESP-10", "index"),
            (with("object", json!(hex::encode(lab.pictures[0].sha1))), "FIND-06", "not there"),
            (with("ext", json!("x".repeat(300_000))), "RESP-12", "longer than"),
            (good.to_string(), "", ""),
        ]),
        ("photodna", vec![
            (photodna(3000, json!(true), json!(4)), "", ""),
            (photodna(3002, json!(false), json!(4)), "RESP-09", "response.Status.Code"),
            (photodna(3000, Value::Null, json!(4)), "RESP-01", "response.IsMatch"),
            (photodna(3000, json!(false), json!(4)), "RESP-10", "response.IsMatch"),
            (photodna(3000, json!(true), json!(-4)), "RESP-01", "response.MatchDetails.MatchFlags[0].MatchDistance"),
            (json!({ "object": ["q-1"], "response": { "MatchResults": [] } }).to_string(), "RESP-01", "object"),
            (json!({ "object": "q-1", "response": {} }).to_string(), "RESP-01", "response.Status"),
        ]),
        ("safer", vec![
            (safer(json!({ "hashType": "md5", "matchTypes": ["CSAM"] })), "", ""),
            (safer(json!({ "hashType": "md5", "hashString": "ab".repeat(16), "matchTypes": ["CSAM"] })), "RESP-03", "response.hashes[0].hashString"),
            (safer(json!({ "matchTypes": ["CSAM"] })), "RESP-01", "response.hashes[0].hashType"),
            (safer(json!({ "hashType": "saferhashv0", "sources": [{ "matches": [{ "matchDistance": "1.5" }] }] })), "RESP-01", "response.hashes[0].sources[0].matches[0].matchDistance"),
            (json!({ "object": "q-1", "response": { "file": "q-1" } }).to_string(), "RESP-01", "response.hashes"),
            (json!({ "object": "q-1", "response": { "status": [{ "status": { "code": 500 } }] } }).to_string(), "RESP-09", "response.status[0].response"),
        ]),
        ("arachnid", vec![
            (near, "", ""),
            (arachnid(json!("close"), "csam").to_string(), "RESP-01", "match_type"),
            (arachnid(Value::Null, "csam").to_string(), "RESP-01", "match_type"),
            (arachnid(json!("exact"), "no-known-match").to_string(), "RESP-10", "classification"),
            (json!({ "match_type": "exact", "classification": "csam" }).to_string(), "RESP-02", "object"),
            (json!({ "object": "q-1", "response": { "scanned_hashes": {} } }).to_string(), "RESP-01", "response.scanned_hashes"),
        ]),
        ("csv", vec![
            ("object,algorithm,distance,list,list_version,provider".to_owned(), "", ""),
            ("q-1,pdq,4,L,1,P".to_owned(), "", ""),
            ("q-1,pdq,4".to_owned(), "RESP-01", "as long as the header"),
            ("q-1,sha512,4,L,1,P".to_owned(), "RESP-01", "algorithm"),
            ("q-1,,4,L,1,P".to_owned(), "RESP-01", "algorithm"),
            (",pdq,4,L,1,P".to_owned(), "RESP-02", "object"),
            ("q-1,pdq,far,L,1,P".to_owned(), "RESP-01", "distance"),
            ("q-1,md5,4,L,1,P".to_owned(), "RESP-10", "exact"),
        ]),
        ("csv", vec![("object,colour".to_owned(), "RESP-01", "colour"), ("q-1,red".to_owned(), "", "")]),
    ];
    for (format, lines) in table {
        let text: String = lines.iter().map(|(line, ..)| format!("{line}\n")).collect();
        let terms = [
            "--threshold",
            "31",
            "--list-provider",
            "P",
            "--list-name",
            "L",
            "--list-version",
            "1",
            "--reported-at",
            "2026-01-03T00:00:00Z",
        ];
        let run = lab.import(format, &text, &terms).ends(1).object();
        let problems = run["problems"].as_array().unwrap();
        let expected: Vec<(u64, &str, &str)> = (1..)
            .zip(&lines)
            .filter(|(_, (_, code, _))| !code.is_empty())
            .map(|(line, (_, code, part))| (line, *code, *part))
            .collect();
        let told: Vec<(u64, &str)> = problems
            .iter()
            .map(|p| (p["line"].as_u64().unwrap(), p["code"].as_str().unwrap()))
            .collect();
        let codes: Vec<(u64, &str)> =
            expected.iter().map(|(line, code, _)| (*line, *code)).collect();
        assert_eq!(told, codes, "{format}: {problems:#?}");
        for (problem, (_, _, part)) in problems.iter().zip(&expected) {
            let wrong = problem["wrong"].as_str().unwrap();
            assert!(wrong.contains(part), "{format}: {wrong} should name {part}");
            assert!(problem["remedy"].as_str().unwrap().len() > 8);
        }
    }
}

#[test]
fn what_nobody_says_is_asked_for() {
    let lab = Lab::new();
    let line = json!({ "object": "q-1", "response": { "pdq": { "B": [{ "bank_content_id": 1, "distance": "4" }] } } }).to_string();
    let path = lab.write("bare.jsonl", &line);
    let bytes = lab.office.quarantine.bytes.to_str().unwrap();
    let import = |more: &[&str]| {
        let verb = ["import", path.to_str().unwrap(), "--format", "hma", "--bytes", bytes];
        let run = lab.office.ada(&[&verb, more].concat()).ends(1).object();
        let problem = run["problems"][0].clone();
        (
            problem["code"].as_str().unwrap().to_owned(),
            problem["remedy"].as_str().unwrap().to_owned(),
        )
    };
    let mut given = Vec::new();
    for (code, option, value) in [
        ("RESP-06", "--list-provider", "synthetic"),
        ("RESP-06", "--list-version", "1"),
        ("RESP-04", "--threshold", "31"),
        ("RESP-07", "--dataset", "example/synthetic"),
    ] {
        let (told, remedy) = import(&given);
        assert_eq!(told, code);
        assert!(remedy.contains(option), "{remedy}");
        given.extend([option, value]);
    }
    // From a stream there is no time of a file either.
    let verb = [&["import", "-", "--format", "hma", "--bytes", bytes], given.as_slice()].concat();
    let stream = |more: &[&'static str]| {
        let verb = [verb.as_slice(), more].concat();
        let mut import = command(&at(&lab.office.store, "ada", &verb));
        import.stdin(fs::File::open(&path).unwrap());
        Said::of(import.output().unwrap())
    };
    let told = stream(&[]).ends(1).object();
    assert_eq!(told["problems"][0]["code"], "RESP-08");
    stream(&["--reported-at", "2026-01-02T03:04:05Z"]).ends(0);

    let verb = ["import", path.to_str().unwrap(), "--bytes", bytes, "--dataset", "x"];
    lab.office.ada(&verb).fails(2, "IMPORT-04");
}

#[test]
fn every_format_explains_itself_without_a_workspace() {
    for format in ["find", "hma", "photodna", "safer", "arachnid", "vics", "csv"] {
        let told = run(&["import", "--format", format, "--explain", "--json"]).ends(0).object();
        assert_eq!(told["format"], format);
        assert!(!told["accepts"].as_array().unwrap().is_empty());
        assert_eq!(told["lacks"].as_array().unwrap().is_empty(), format == "find");
        let text = run(&["import", "--format", format, "--explain"]).ends(0).out;
        for lack in told["lacks"].as_array().unwrap() {
            assert!(text.contains(lack["field"].as_str().unwrap()), "{text}");
        }
    }
    run(&["import", "--format", "hma", "--json"]).fails(2, "ARGS-01");
}
