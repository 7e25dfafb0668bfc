//! What a line must be: verdicts of a JSON Schema validator as oracle, and the facts that may not be silent.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use time::macros::datetime;

use super::arbitrary::any_find;
use super::*;

const EXAMPLE: &str = include_str!("example.jsonl");

/// Changes to the example: JSON pointer, new value (`-` removes), whether the JSON Schema
/// validator of Python's `jsonschema` 4.26 (2020-12, `uuid` asserted) still calls it valid, and
/// what `read_line` has to answer.
const MUTATIONS: &str = include_str!("mutations.tsv");

const NOW: OffsetDateTime = datetime!(2026-06-01 12:00:00 UTC);

fn code(line: &[u8]) -> &'static str {
    read_line(line, NOW).err().map_or("ok", |error| error.code)
}

fn refused(line: &str) -> LineError {
    read_line(line.as_bytes(), NOW).unwrap_err()
}

fn mutated(pointer: &str, value: &str) -> String {
    let mut line: Value = serde_json::from_str(EXAMPLE).unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let value = (value != "-").then(|| serde_json::from_str::<Value>(value).unwrap());
    match line.pointer_mut(parent).unwrap() {
        Value::Object(object) => match value {
            Some(value) => drop(object.insert(name.to_owned(), value)),
            None => assert!(object.remove(name).is_some(), "{pointer}"),
        },
        Value::Array(items) => {
            let index: usize = name.parse().unwrap();
            match value {
                Some(value) => items[index] = value,
                None => drop(items.remove(index)),
            }
        }
        _ => panic!("{pointer}"),
    }
    line.to_string()
}

#[test]
fn the_example_is_a_find_and_stays_the_same() {
    let find = read_line(EXAMPLE.as_bytes(), NOW).unwrap();
    let written = serde_json::to_value(&find).unwrap();
    assert_eq!(written, serde_json::from_str::<Value>(EXAMPLE).unwrap());
    assert_eq!(find.emitted_at.instant(), datetime!(2026-01-02 03:04:06 UTC));
}

#[test]
fn verdicts_agree_with_the_schema_oracle() {
    let mut rows = 0;
    for row in MUTATIONS.lines() {
        let columns: Vec<&str> = row.split('\t').collect();
        let [pointer, value, oracle, expected] = columns[..] else { panic!("{row}") };
        let verdict = code(mutated(pointer, value).as_bytes());
        assert_eq!(verdict, expected, "{row}");
        if oracle == "invalid" {
            assert!(["FIND-10", "FIND-12", "FIND-15"].contains(&verdict), "{row}");
        }
        rows += 1;
    }
    assert!(rows > 100);
}

#[test]
fn every_field_of_the_example_is_needed_or_optional_as_the_model_says() {
    // The typed model and the rules are two readings of one schema: neither may accept what the
    // other refuses.
    for row in MUTATIONS.lines() {
        let columns: Vec<&str> = row.split('\t').collect();
        let line = mutated(columns[0], columns[1]);
        if columns[3] == "ok" {
            let direct: Find = serde_json::from_str(&line).unwrap();
            assert_eq!(direct, read_line(line.as_bytes(), NOW).unwrap(), "{row}");
        }
    }
}

#[test]
fn sentences_name_the_place_and_the_rule() {
    let said = |pointer, value| {
        let error = refused(&mutated(pointer, value));
        format!("{} {} | {}", error.code, error.wrong, error.remedy)
    };
    assert_eq!(
        said("/locator/steps/1/member", "-"),
        "FIND-10 locator.steps[1].member is required | Correct it by schema find/v1"
    );
    assert_eq!(
        said("/matches/0/query_quality", "101"),
        "FIND-10 matches[0].query_quality must be a whole number from 0 to 100 | \
         Correct it by schema find/v1"
    );
    assert_eq!(
        said("/scanner/host", "1"),
        "FIND-10 scanner.host is not a field of find/v1 | Correct it by schema find/v1"
    );
    assert_eq!(
        said("/locator/dataset/version_kind", "\"release\""),
        "FIND-12 Dataset kind “release” is not known | Use one of six, see schema find/v1"
    );
    assert_eq!(
        said("/missing/0", "-"),
        "FIND-11 acquisition.page_url is absent and not declared in missing | \
         Add it, or declare a reason"
    );
    assert_eq!(
        said("/acquisition/fetched_interval/end", "\"2027-01-02T00:00:00Z\""),
        "FIND-13 End of the fetch interval lies in the future, 2027-01-02 | Check the scanner clock"
    );
    assert_eq!(
        said("/object/size_bytes", "0"),
        "FIND-05 Zero-byte file, q-000123 | Quarantine it again, or drop the line"
    );
    assert_eq!(
        said("/acquisition/server_ip", "\"203.0.113.7\""),
        "FIND-14 acquisition.server_ip is declared missing, yet it is there | \
         Drop the declaration, or the value"
    );
}

#[test]
fn a_broken_line_names_its_column() {
    let cut = &EXAMPLE[..388];
    assert_eq!(refused(cut).wrong, "JSON ends at column 388");
    assert_eq!(refused(cut).code, "FIND-03");
    assert_eq!(refused("{\"schema\":}").wrong, "JSON breaks at column 11");
    assert_eq!(code(b""), "FIND-03");
    assert_eq!(code(b"[]"), "FIND-10");
    assert_eq!(code(b"\"find/v1\""), "FIND-10");
}

#[test]
fn a_line_end_is_no_part_of_the_line() {
    let line = EXAMPLE.trim_end();
    for end in ["", "\n", "\r\n"] {
        assert_eq!(code(format!("{line}{end}").as_bytes()), "ok");
    }
}

#[test]
fn the_longest_line_is_read_and_the_next_is_not() {
    let line = mutated("/ext", "{\"pad\":\"\"}");
    let pad = MAX_LINE - line.len();
    let longest = line.replace("\"pad\":\"", &format!("\"pad\":\"{}", "x".repeat(pad)));
    assert_eq!(longest.len(), MAX_LINE);
    assert_eq!(code(format!("{longest}\n").as_bytes()), "ok");
    let longer = longest.replace("\"pad\":\"", "\"pad\":\"x");
    assert_eq!(code(longer.as_bytes()), "FIND-04");
    // Too long is said before anything else is looked at.
    assert_eq!(code("x".repeat(MAX_LINE + 1).as_bytes()), "FIND-04");
}

#[test]
fn repeated_names_and_inexact_numbers_are_refused_at_any_depth() {
    let line = EXAMPLE.trim_end();
    let with = |from: &str, to: &str| {
        assert!(line.contains(from), "{from}");
        refused(&line.replacen(from, to, 1))
    };
    for (from, to) in [
        ("\"find_id\":", "\"schema\":\"find/v1\",\"find_id\":"),
        ("\"keys\":{", "\"keys\":{\"key\":\"1\","),
        ("\"digests\":{", "\"digests\":{\"md5\":\"00\","),
        ("\"missing\":", "\"ext\":{\"a\":[{\"b\":1,\"b\":1}]},\"missing\":"),
    ] {
        let error = with(from, to);
        assert_eq!(error.code, "FIND-10");
        assert!(error.wrong.starts_with("A name stands twice"), "{}", error.wrong);
    }
    for number in ["9007199254740992", "-9007199254740992", "1e20"] {
        let error = with("\"missing\":", &format!("\"ext\":{{\"n\":{number}}},\"missing\":"));
        assert!(error.wrong.starts_with("A number at column"), "{}", error.wrong);
    }
}

#[test]
fn times_may_run_ahead_by_five_minutes() {
    for (time, expected) in [
        ("2026-06-01T12:05:00Z", "ok"),
        ("2026-06-01T12:05:00.000000001Z", "FIND-13"),
        ("2026-06-01T12:05:01Z", "FIND-13"),
    ] {
        for pointer in ["/emitted_at", "/scanner/scanned_at", "/locator/dataset/obtained_at"] {
            let line = mutated(pointer, &format!("\"{time}\""));
            assert_eq!(code(line.as_bytes()), expected, "{pointer} {time}");
        }
    }
}

#[test]
fn a_dataset_without_versions_may_say_so() {
    let mut line: Value = serde_json::from_str(EXAMPLE).unwrap();
    let missing = line["missing"].as_array_mut().unwrap();
    missing.push(json!({"field": "locator.dataset.version", "reason": "never_recorded"}));
    assert_eq!(code(line.to_string().as_bytes()), "FIND-14");
    line["locator"]["dataset"]["version_kind"] = json!("unversioned");
    assert_eq!(code(line.to_string().as_bytes()), "ok");
}

#[test]
fn no_sentence_repeats_what_the_line_holds() {
    const CONTENT: &str = "https://secret.example/x y";
    let mut pointers = Vec::new();
    collect(&serde_json::from_str(EXAMPLE).unwrap(), String::new(), &mut pointers);
    for pointer in pointers {
        let line = mutated(&pointer, &format!("\"{CONTENT}\""));
        if let Err(error) = read_line(line.as_bytes(), NOW) {
            assert!(!error.wrong.contains("secret"), "{pointer}: {}", error.wrong);
            assert!(!error.remedy.contains("secret"), "{pointer}: {}", error.remedy);
        }
    }
    let named = refused(&mutated("/scanner/https:secret", "1"));
    assert!(!named.wrong.contains("secret"), "{}", named.wrong);
    for reference in ["/srv/secret.jpg", "https://secret.example/", "secret of someone"] {
        assert!(!LineError::digest_differs(Some(reference)).remedy.contains("secret"));
        assert!(!LineError::not_there(Some(reference)).wrong.contains("secret"));
    }
}

fn collect(value: &Value, at: String, into: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                collect(value, format!("{at}/{name}"), into);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{at}/{index}"), into);
            }
        }
        _ => {}
    }
    if !at.is_empty() {
        into.push(at);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_find_is_read_back_as_it_was_written(find in any_find()) {
        let line = serde_json::to_vec(&find).unwrap();
        prop_assert!(line.len() <= MAX_LINE);
        prop_assert_eq!(read_line(&line, NOW), Ok(find));
    }

    #[test]
    fn any_bytes_are_answered(bytes in vec(any::<u8>(), 0..200)) {
        prop_assert!(read_line(&bytes, NOW).is_err());
    }

    #[test]
    fn taking_any_fact_away_without_a_reason_is_noticed(find in any_find()) {
        for index in 0..find.missing.len() {
            let mut silent = find.clone();
            let field = silent.missing.remove(index).field;
            let line = serde_json::to_vec(&silent).unwrap();
            let error = read_line(&line, NOW).unwrap_err();
            prop_assert_eq!(error.code, "FIND-11");
            prop_assert!(error.wrong.starts_with(&field));
        }
    }
}

#[test]
fn keys_of_a_row_are_kept_as_text() {
    let find = read_line(EXAMPLE.as_bytes(), NOW).unwrap();
    let keys = find.locator.steps[2].keys.clone().unwrap();
    assert_eq!(keys, BTreeMap::from([("key".to_owned(), "000010005".to_owned())]));
}
