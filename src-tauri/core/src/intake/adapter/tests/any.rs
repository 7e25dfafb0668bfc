//! Arbitrary JSON and tables, and sound answers with one thing changed: never a panic, and never a find that is none.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::{MD5, NOW, SHA1_BASE32, SHA256, VENDORS, entries_of, folder, terms};
use crate::intake::check;
use crate::wire::ImportFormat;

/// JSON made of the words that vendors use, so that it goes deep into the adapters.
fn wordy() -> impl Strategy<Value = Value> {
    const WORDS: &[&str] = &[
        "object",
        "response",
        "origin",
        "pdq",
        "video_md5",
        "BANK",
        "matches",
        "bank_content_id",
        "distance",
        "signal_type",
        "index",
        "built_to",
        "present",
        "query",
        "signal",
        "quality",
        "list",
        "name",
        "version",
        "provider",
        "threshold",
        "reported_at",
        "scanner",
        "Status",
        "Code",
        "IsMatch",
        "MatchDetails",
        "MatchFlags",
        "MatchDistance",
        "Source",
        "Violations",
        "MatchResults",
        "ContentId",
        "TrackingId",
        "output",
        "status",
        "file",
        "hashes",
        "hashType",
        "hashString",
        "matchTypes",
        "sources",
        "hashSet",
        "sourceId",
        "matchDistance",
        "sha256_hex",
        "sha1_base32",
        "size_bytes",
        "classification",
        "match_type",
        "near_match_details",
        "is_match",
        "scanned_hashes",
        "MD5",
        "SHA1",
        "MediaSize",
        "Category",
        "MediaID",
        "MediaFiles",
        "RelativeFilePath",
        "FileName",
        "FilePath",
        "ParentFileName",
        "ParentMD5",
        "PhysicalLocation",
        "Deleted",
        "value",
        "Media",
        "steps",
        "dataset",
        "member",
        "container",
        "offset",
        "row",
        "missing",
        "url",
        "fetched_at",
        "bytes_are",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0_u64..5_000).prop_map(Value::from),
        Just(json!(3000)),
        Just(json!("3")),
        any::<f64>().prop_map(Value::from),
        select(vec![
            SHA256,
            SHA1_BASE32,
            MD5,
            "q-1.png",
            "0001\\0002\\deep file.png",
            "exact",
            "near",
            "csam",
            "md5",
            "true",
            "saferhashv0",
            "pdq",
            "2026-01-02T03:04:05Z"
        ])
        .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((select(WORDS), inner), 0..7).prop_map(|fields| {
                let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
                Value::Object(fields.collect::<Map<_, _>>())
            }),
        ]
    })
}

/// Sound answers of every vendor, to be changed.
fn sound() -> Vec<(ImportFormat, Value)> {
    let envelope = |response: Value| {
        json!({ "object": "q-1.png", "response": response, "reported_at": "2026-01-02T03:04:05Z",
                "origin": { "url": "https://images.example/1.png", "container": "s3://b/00001.tar", "member": "1.png", "offset": 512 } })
    };
    let flag = json!({ "Source": "S", "Violations": ["A1"], "MatchDistance": 4 });
    let photodna = json!({ "Status": { "Code": 3000 }, "IsMatch": true, "ContentId": "q-1.png", "MatchDetails": { "MatchFlags": [flag] } });
    let safer = json!({ "file": { "fileType": "image" }, "hashes": [
        { "hashType": "md5", "hashString": MD5, "matchTypes": ["CSAM"], "sources": [{ "hashSet": "S", "matches": [{ "sourceId": 1, "matchDistance": 0 }] }] },
        { "hashType": "saferhashv0", "matchTypes": ["CSAM", "SE"], "sources": [{ "hashSet": "S", "matches": [{ "sourceId": "a", "matchDistance": 9 }] }] },
    ] });
    let media = json!({ "MediaID": 1, "Category": 1, "MD5": MD5.to_ascii_uppercase(), "MediaSize": "3", "RelativeFilePath": "0001\\0002\\deep file.png",
        "IsPrecategorized": "true", "MediaFiles": [
            { "FileName": "1.png", "ParentFileName": "00001.tar", "ParentMD5": "AB", "PhysicalLocation": 512, "Deleted": "false" },
            { "FileName": "1.png", "FilePath": "C:\\x" },
        ] });
    vec![
        (ImportFormat::Hma, {
            let mut line = envelope(
                json!({ "pdq": { "B": [{ "bank_content_id": 1, "distance": "4" }] }, "video_md5": { "B": [{ "bank_content_id": 2, "distance": "0" }] } }),
            );
            line["index"] =
                json!({ "pdq": { "built_to": 1_767_000_000, "present": true, "size": 4 } });
            line
        }),
        (ImportFormat::PhotoDna, envelope(photodna.clone())),
        (
            ImportFormat::PhotoDna,
            json!({ "response": { "MatchResults": [photodna.clone(), photodna] } }),
        ),
        (ImportFormat::Safer, envelope(safer.clone())),
        (
            ImportFormat::Safer,
            envelope(json!({ "status": [{ "response": { "output": [safer] } }] })),
        ),
        (
            ImportFormat::Arachnid,
            json!({ "sha256_hex": SHA256, "sha1_base32": SHA1_BASE32, "size_bytes": 3, "classification": "csam", "match_type": "near", "near_match_details": [{ "sha256_hex": SHA256 }] }),
        ),
        (
            ImportFormat::Arachnid,
            envelope(
                json!({ "scanned_hashes": { SHA256: { "classification": "csam", "match_type": "exact" } } }),
            ),
        ),
        (ImportFormat::Vics, json!([media])),
    ]
}

fn pointers(value: &Value, at: String, into: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(n, v)| (n.clone(), v)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, v)| (n.to_string(), v)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        let at = format!("{at}/{name}");
        into.push(at.clone());
        pointers(child, at, into);
    }
}

/// Takes a file in; whatever it yields is a find like any other, and says so again when it is read again.
fn hold(text: &str, format: ImportFormat, folder: &TempDir) -> usize {
    let mut taken = 0;
    for entry in entries_of(text, terms(format), folder) {
        for find in entry.finds.into_iter().flatten() {
            let again = check::read_line(find.record.as_bytes(), NOW);
            assert_eq!(again.as_ref(), Ok(&find.find));
            let raw = find.raw.as_ref().unwrap();
            let digest = hex::encode(crate::hash::sha256(&raw.body));
            assert!(find.find.matches.iter().all(|m| m.raw_sha256.as_ref() == Some(&digest)));
            taken += 1;
        }
    }
    taken
}

#[test]
fn sound_answers_are_taken() {
    let folder = folder();
    for (format, value) in sound() {
        assert!(hold(&value.to_string(), format, &folder) >= 1, "{format:?} {value}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_json_is_answered_by_every_adapter(value in wordy(), wrapped in any::<bool>()) {
        let folder = folder();
        let value = if wrapped { json!({ "object": "q-1.png", "response": value }) } else { value };
        for format in VENDORS {
            hold(&value.to_string(), format, &folder);
            hold(&json!({ "value": [value] }).to_string(), format, &folder);
        }
    }

    #[test]
    fn a_sound_answer_with_one_thing_changed_is_taken_or_refused(
        (which, at) in (any::<Index>(), any::<Index>()),
        value in wordy(),
        removed in any::<bool>(),
    ) {
        let folder = folder();
        let answers = sound();
        let (format, mut answer) = which.get(&answers).clone();
        let mut places = Vec::new();
        pointers(&answer, String::new(), &mut places);
        let place = at.get(&places);
        let (parent, name) = place.rsplit_once('/').unwrap();
        match answer.pointer_mut(parent) {
            Some(Value::Object(fields)) if removed => drop(fields.remove(name)),
            _ => *answer.pointer_mut(place).unwrap() = value,
        }
        hold(&answer.to_string(), format, &folder);
    }

    #[test]
    fn any_table_is_answered(
        columns in vec(select(vec!["object", "md5", "sha1", "sha256", "algorithm", "distance", "list", "url", "offset", "row", "fetched_from", "fetched_to", "x"]), 0..6),
        rows in vec(vec(prop_oneof![Just("q-1.png".to_owned()), Just(MD5.to_owned()), Just("md5".to_owned()), Just("3".to_owned()), any::<String>()], 0..6), 0..4),
    ) {
        let folder = folder();
        let mut text = columns.join(",");
        for row in rows {
            text.push('\n');
            text.push_str(&row.join(","));
        }
        hold(&text, ImportFormat::Csv, &folder);
    }
}
