//! Adapters against shapes of every kind: whatever they take passes the check of any other find.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;

use super::*;
use crate::intake::check;
use crate::intake::entries::Entry;
use crate::wire::ImportTerms;

mod any;

const NOW: OffsetDateTime = datetime!(2026-06-01 12:00:00 UTC);

const VENDORS: [ImportFormat; 6] = [
    ImportFormat::Hma,
    ImportFormat::PhotoDna,
    ImportFormat::Safer,
    ImportFormat::Arachnid,
    ImportFormat::Vics,
    ImportFormat::Csv,
];

/// Bytes that answers are about. Their digests are those of the empty-looking text `abc`, known everywhere.
const BYTES: &[u8] = b"abc";
const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const SHA1: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";
const SHA1_BASE32: &str = "VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5";
const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("q-1.png"), BYTES).unwrap();
    std::fs::write(folder.path().join(SHA256), BYTES).unwrap();
    std::fs::create_dir_all(folder.path().join("0001/0002")).unwrap();
    std::fs::write(folder.path().join("0001/0002/deep file.png"), BYTES).unwrap();
    folder
}

fn terms(format: ImportFormat) -> ImportTerms {
    let some = |text: &str| Some(text.to_owned());
    ImportTerms {
        format,
        dataset: some("example/images"),
        list_provider: some("synthetic"),
        list_name: some("SYNTH-LIST"),
        list_version: some("7"),
        threshold: Some(300),
        ..ImportTerms::default()
    }
}

fn entries_of(text: &str, terms: ImportTerms, folder: &TempDir) -> Vec<Entry> {
    let written = SystemTime::UNIX_EPOCH + Duration::from_millis(1_767_322_845_500);
    let terms = Terms::read(terms, Some(written)).unwrap();
    let from = Cursor::new(text.as_bytes().to_vec());
    let mut entries = entries(from, folder.path().to_owned(), terms);
    std::iter::from_fn(|| entries.next(NOW).unwrap()).collect()
}

/// The only find of a file, as JSON.
fn one(text: &str, terms: ImportTerms) -> Value {
    let mut entries = entries_of(text, terms, &folder());
    let finds: Vec<_> = entries.drain(..).flat_map(|entry| entry.finds).collect();
    let [Ok(taken)] = &finds[..] else {
        let told: Vec<_> = finds.iter().map(|find| find.as_ref().err()).collect();
        panic!("{told:?}");
    };
    serde_json::from_str(&taken.record).unwrap()
}

/// Codes and sentences of what was left out.
fn refused(text: &str, terms: ImportTerms) -> Vec<String> {
    entries_of(text, terms, &folder())
        .into_iter()
        .flat_map(|entry| entry.finds)
        .filter_map(|find| find.err().map(|error| format!("{} {}", error.code, error.wrong)))
        .collect()
}

fn hma(distance: Value) -> Value {
    json!({ "object": "q-1.png", "response": { "pdq": { "BANK": [{ "bank_content_id": 5, "distance": distance }] } } })
}

#[test]
fn every_fact_that_silence_is_not_allowed_about_is_declared_by_every_format() {
    for format in VENDORS {
        let about = explain(format);
        let declared: BTreeSet<_> = about.lacks.iter().map(|lack| lack.field).collect();
        assert_eq!(declared.len(), about.lacks.len(), "{format:?} says a fact twice");
        for fact in check::FACTS.iter().chain([&check::AS_FETCHED]) {
            let lack = about.lacks.iter().find(|lack| lack.field == fact.field).unwrap();
            assert!(fact.may_not_apply || lack.reason != MissingReason::NotApplicable);
        }
        assert!(about.lacks.iter().all(|lack| lack.why.len() > 20), "{format:?}");
    }
}

#[test]
fn a_threshold_is_never_made_up() {
    let bare = ImportTerms { threshold: None, ..terms(ImportFormat::Hma) };
    let line = hma(json!("4"));
    assert_eq!(
        refused(&line.to_string(), bare.clone()),
        ["RESP-04 response.(bank)[0] is near, and its threshold is not known"]
    );
    let mut told = line;
    told["threshold"] = json!(40);
    assert_eq!(one(&told.to_string(), bare)["matches"][0]["threshold"], 40);
    let narrow = ImportTerms { threshold: Some(3), ..terms(ImportFormat::Hma) };
    assert_eq!(
        refused(&hma(json!("4")).to_string(), narrow),
        ["RESP-05 response.(bank)[0] is greater than the threshold"]
    );
}

#[test]
fn a_distance_is_text_or_number_and_whole() {
    for (distance, kept) in [(json!("4"), 4), (json!(4), 4), (json!("4.0"), 4), (json!(0), 0)] {
        let find = one(&hma(distance).to_string(), terms(ImportFormat::Hma));
        assert_eq!(find["matches"][0]["distance"], kept);
        assert_eq!(find["matches"][0]["distance_unit"], "hamming_bits");
    }
    for distance in [json!("4.5"), json!(-1), json!(0.25), json!("far"), json!({}), json!("1e3")] {
        let told = refused(&hma(distance).to_string(), terms(ImportFormat::Hma));
        assert_eq!(told, ["RESP-01 response.(bank)[0].distance must be a whole number from 0"]);
    }
}

#[test]
fn a_near_match_without_a_number_is_recorded_as_the_bound_it_is() {
    let answer = json!({
        "sha256_hex": SHA256.to_ascii_uppercase(), "sha1_base32": SHA1_BASE32, "size_bytes": 3,
        "classification": "csam", "match_type": "near",
        "near_match_details": [{ "timestamp": 0, "sha1_base32": SHA1_BASE32, "sha256_hex": "AB".repeat(32), "classification": "test" }],
    });
    let bare = ImportTerms { threshold: None, ..terms(ImportFormat::Arachnid) };
    let told = refused(&answer.to_string(), bare);
    assert_eq!(told, ["RESP-04 near_match_details[0] is near, and its threshold is not known"]);
    let bound = ImportTerms { threshold: Some(90), ..terms(ImportFormat::Arachnid) };
    let find = one(&answer.to_string(), bound);
    let found = &find["matches"][0];
    assert_eq!(found["kind"], "near");
    assert_eq!((&found["distance"], &found["threshold"]), (&json!(90), &json!(90)));
    assert_eq!((&found["distance_unit"], &found["algorithm"]), (&json!("vendor"), &json!("other")));
    assert_eq!(found["list"]["entry_id"], "ab".repeat(32));
    assert_eq!(find["ext"]["adapter"]["distance_is_bound"], true);
    let missing = find["missing"].as_array().unwrap();
    let declared = missing.iter().find(|entry| entry["field"] == "matches.measured_distance");
    assert_eq!(declared.unwrap()["reason"], "withheld");
    let exact = json!({ "sha256_hex": SHA256, "sha1_base32": SHA1_BASE32, "classification": "csam", "match_type": "exact" });
    let find = one(&exact.to_string(), terms(ImportFormat::Arachnid));
    assert_eq!(find["matches"][0]["kind"], "exact");
    assert_eq!(find["matches"][0].get("distance"), None);
    assert_eq!(find["object"]["digests"]["sha1"], SHA1);
    let fields: Vec<_> = find["missing"].as_array().unwrap().iter().map(|m| &m["field"]).collect();
    assert!(!fields.contains(&&json!("matches.measured_distance")));
}

#[test]
fn bytes_are_measured_and_compared_with_whatever_is_named() {
    let arachnid = |field: &str, value: Value| {
        let mut answer =
            json!({ "sha256_hex": SHA256, "classification": "csam", "match_type": "exact" });
        answer[field] = value;
        let line = json!({ "object": "q-1.png", "response": answer }).to_string();
        refused(&line, terms(ImportFormat::Arachnid))
    };
    let other = "VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE6";
    for (field, value) in [
        ("sha256_hex", json!("ab".repeat(32))),
        ("sha1_base32", json!(other)),
        ("size_bytes", json!(4)),
    ] {
        let expected = format!("RESP-03 response.{field} differs from the quarantined bytes");
        assert_eq!(arachnid(field, value), [expected]);
    }
    assert_eq!(arachnid("sha1_base32", json!(SHA1_BASE32)), [""; 0]);
    for wrong in ["not a digest", &SHA256[1..]] {
        let told = arachnid("sha256_hex", json!(wrong));
        assert_eq!(told, ["RESP-01 response.sha256_hex must be 64 hexadecimal digits"]);
    }
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let folder = folder();
    std::fs::write(folder.path().join("outside"), BYTES).unwrap();
    let inside = folder.path().join("inside");
    std::fs::create_dir_all(inside.join("deep")).unwrap();
    std::fs::write(inside.join("deep/file"), BYTES).unwrap();
    std::os::unix::fs::symlink("../outside", inside.join("link")).unwrap();
    std::os::unix::fs::symlink("..", inside.join("up")).unwrap();
    let open = |name: &str| super::super::quarantine::open_below(&inside, name).is_some();
    assert!(open("deep/file") && open("deep\\file") && open("/deep/file"));
    for name in
        ["../outside", "deep/../../outside", "link", "up/outside", "..", ".", "", "deep", "up"]
    {
        assert!(!open(name), "{name}");
    }
}

#[test]
fn a_time_is_told_by_the_answer_the_operator_or_the_file_in_this_order() {
    let time = |line: &Value, terms| {
        let find = one(&line.to_string(), terms);
        (find["emitted_at"].clone(), find["ext"]["adapter"]["reported_at_by"].clone())
    };
    let line = hma(json!(1));
    let of = |format| terms(format);
    assert_eq!(
        time(&line, of(ImportFormat::Hma)),
        (json!("2026-01-02T03:00:45Z"), json!("file time"))
    );
    let told = ImportTerms {
        reported_at: Some("2026-02-03T04:05:06.5Z".to_owned()),
        ..of(ImportFormat::Hma)
    };
    assert_eq!(time(&line, told.clone()), (json!("2026-02-03T04:05:06.5Z"), json!("operator")));
    let mut own = line;
    own["reported_at"] = json!("2026-03-04T05:06:07Z");
    assert_eq!(time(&own, told), (json!("2026-03-04T05:06:07Z"), json!("response")));
}

#[test]
fn what_the_operator_says_is_checked_before_anything_is_read() {
    let read = |terms| Terms::read(terms, None).err().map(|error| error.code);
    let hma = || terms(ImportFormat::Hma);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(read(hma()), None);
    assert_eq!(read(ImportTerms::default()), None);
    for wrong in [
        ImportTerms { format: ImportFormat::Find, ..hma() },
        ImportTerms {
            dataset: None,
            dataset_version: some("1"),
            version_kind: some("crawl_id"),
            ..hma()
        },
        ImportTerms { dataset_version: some("1"), ..hma() },
        ImportTerms { dataset_version: some("1"), version_kind: some("weekly"), ..hma() },
        ImportTerms { obtained_at: some("yesterday"), ..hma() },
        ImportTerms { reported_at: some("2026-01-02T03:04:05+01:00"), ..hma() },
    ] {
        assert_eq!(read(wrong.clone()), Some("IMPORT-04"), "{wrong:?}");
    }
}

#[test]
fn the_same_answer_is_the_same_find_and_another_place_is_another() {
    let id = |line: &Value| one(&line.to_string(), terms(ImportFormat::Hma))["find_id"].clone();
    let mut line = hma(json!(4));
    let first = id(&line);
    // White space and the name of the file make no difference; the bytes of the answer do.
    line["object"] = json!(SHA256);
    assert_eq!(id(&line), first);
    assert_ne!(id(&hma(json!("4"))), first);
    line["origin"] = json!({ "container": "00001.tar", "member": "1.png" });
    let placed = id(&line);
    line["origin"]["member"] = json!("2.png");
    assert!(placed != first && id(&line) != placed);
    assert_eq!(first.as_str().unwrap().as_bytes()[14], b'5', "a UUID of version 5");
}

#[test]
fn codes_name_the_field_and_never_its_value() {
    let secret = "https://secret.example/x";
    let mut line = hma(json!(4));
    line["origin"] = json!({ "fetched_at": secret });
    assert_eq!(
        refused(&line.to_string(), terms(ImportFormat::Hma)),
        ["FIND-10 acquisition.fetched_at must be a UTC time such as 2026-01-02T03:04:05Z"]
    );
    line["origin"] = json!({ secret: 1 });
    let told = refused(&line.to_string(), terms(ImportFormat::Hma));
    assert_eq!(told, ["RESP-01 origin.(a name not shown) is not a known field"]);
}
