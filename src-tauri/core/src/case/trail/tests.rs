//! Every declared gap is drawn once, and nothing drawn is live.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::case::defang::tests::is_live;
use crate::intake::check::arbitrary::any_find;
use crate::intake::find::Missing;

const EXAMPLE: &str = include_str!("../../intake/check/example.jsonl");

fn changed(changes: &[(&str, Value)]) -> Find {
    let mut line: Value = serde_json::from_str(EXAMPLE).unwrap();
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match (line.pointer_mut(parent).unwrap(), value) {
            (Value::Object(object), Value::Null) => drop(object.remove(name)),
            (Value::Object(object), value) => drop(object.insert(name.to_owned(), value.clone())),
            (Value::Array(items), value) => items[name.parse::<usize>().unwrap()] = value.clone(),
            _ => panic!("{pointer}"),
        }
    }
    serde_json::from_value(line).unwrap()
}

/// A step in one line: `! label | value | note | remark`, with `!` for a gap, `-` for a fact that
/// does not apply and `*` for one that is there.
fn drawn(step: &TrailStep) -> String {
    let glyph = match step.kind {
        TrailKind::Present => '*',
        TrailKind::Gap => '!',
        TrailKind::NotApplicable => '-',
    };
    let mut line = format!("{glyph} {} | {}", step.label, step.value);
    for part in [&step.note, &step.remark].into_iter().flatten() {
        line.push_str(" | ");
        line.push_str(part);
    }
    line
}

fn lines(find: &Find) -> Vec<String> {
    trail(find).iter().map(drawn).collect()
}

fn line(find: &Find, label: &str) -> String {
    let found: Vec<String> =
        trail(find).iter().filter(|step| step.label == label).map(drawn).collect();
    assert_eq!(found.len(), 1, "{label}: {:#?}", lines(find));
    found[0].clone()
}

#[test]
fn the_example_from_page_to_quarantine() {
    assert_eq!(
        lines(&changed(&[])),
        [
            "! Source page | Discarded upstream. Only the image URL was kept. | \
             Ask supplier, abuse@supplier[.]example | pointer dataset ships image URL only",
            "* Image URL | hxxps://images[.]example/a.jpg | as crawled",
            "! Final URL | Never recorded by the fetcher. | Search the crawl archive",
            "! Server address | Never recorded by the fetcher. | Search the crawl archive",
            "! Headers | Never recorded by the fetcher. | Search the crawl archive",
            "* Fetched | 2025-11-02 03:00 to 03:12 UTC | img2dataset 1.47.0",
            "! Exact time | Never recorded by the fetcher. | Read the object-store access logs",
            "* Re-encoded | Stored bytes differ from the fetched ones. | fetched sha-256 1212…1212",
            "* Dataset | example/synth-pairs@0123456 | git commit",
            "* Supplier | Example Supplier, abuse@supplier[.]example | obtained 2025-12-01",
            "* Shard | s3:…/synth/v3/00001.tar | sha-256 1111…1111",
            "* Member | 000010005.jpg | +1,048,576, 19.8 KiB",
            "* Row | 00001.parquet row 5 | key 000010005",
            "* Scanned and quarantined | q-000123 · example-scanner 1.2.3 | 2026-01-02 03:04 UTC",
        ]
    );
}

#[test]
fn a_full_acquisition_has_no_gap() {
    let find = changed(&[
        ("/acquisition/page_url", json!("https://gallery.example/p?id=7")),
        ("/acquisition/redirects", json!(["https://images.example/b.jpg"])),
        ("/acquisition/final_url", json!("https://cdn.example:8443/a.jpg")),
        ("/acquisition/http_status", json!(200)),
        ("/acquisition/server_ip", json!("203.0.113.7")),
        ("/acquisition/http_headers", json!([["date", "x"], ["etag", "y"], ["X-A", "z"]])),
        ("/acquisition/fetched_at", json!("2025-11-02T03:04:05.250Z")),
        ("/acquisition/time_precision", json!("exact")),
        ("/acquisition/uploader_ref", json!("u-77")),
        ("/object/bytes_are", json!("as_fetched")),
        ("/missing", json!([])),
    ]);
    assert_eq!(
        lines(&find)[..9],
        [
            "* Source page | hxxps://gallery[.]example/p?id=7 | as crawled",
            "* Account | u-77 | at the source",
            "* Image URL | hxxps://images[.]example/a.jpg | as crawled",
            "* Redirect | hxxps://images[.]example/b.jpg | 1 of 1",
            "* Final URL | hxxps://cdn[.]example:8443/a.jpg | HTTP status 200",
            "* Server address | 203[.]0[.]113[.]7 | as fetched",
            "* Headers | 3 kept, with Date, ETag",
            "* Fetched | 2025-11-02 03:04:05 UTC | img2dataset 1.47.0",
            "* Dataset | example/synth-pairs@0123456 | git commit",
        ]
    );
    assert!(trail(&find).iter().all(|step| step.kind == TrailKind::Present));
}

#[test]
fn the_next_step_follows_from_what_is_known() {
    let missing =
        |field: &str, reason: &str| ("/missing", json!([{"field": field, "reason": reason}]));
    let no_supplier = [
        ("/locator/dataset/supplier", Value::Null),
        ("/locator/dataset/supplier_contact", Value::Null),
    ];
    let with = |more: &[(&'static str, Value)], label: &str| {
        line(&changed(&[&no_supplier[..], more].concat()), label)
    };
    assert_eq!(
        with(&[missing("acquisition.page_url", "never_recorded")], "Source page"),
        "! Source page | Never recorded by the fetcher. | Join the pointer set"
    );
    let crawl = ("/locator/dataset/version_kind", json!("crawl_id"));
    assert_eq!(
        with(&[missing("acquisition.page_url", "lookup_failed"), crawl], "Source page"),
        "! Source page | Looked up and not found. | Search the crawl archive"
    );
    assert_eq!(
        with(
            &[
                missing("acquisition.fetched_at", "never_recorded"),
                ("/acquisition/fetched_interval", Value::Null),
            ],
            "Fetched"
        ),
        "! Fetched | Never recorded by the fetcher. | Read img2dataset _stats.json"
    );
    assert_eq!(
        with(&[missing("locator.dataset.supplier", "discarded_by_us")], "Supplier"),
        "! Supplier | Discarded by us. | Read the object-store access logs"
    );
    assert_eq!(
        with(
            &[
                missing("object.as_fetched_digests.sha256", "discarded_upstream"),
                ("/object/as_fetched_digests", Value::Null),
            ],
            "Fetched bytes"
        ),
        "! Fetched bytes | Discarded upstream. | Join the pointer set"
    );
    assert_eq!(
        with(&[missing("acquisition.server_ip", "not_applicable")], "Server address"),
        "- Server address | Does not apply here."
    );
    let withheld = changed(&[
        missing("acquisition.origin_url", "withheld"),
        ("/acquisition/origin_url", Value::Null),
    ]);
    assert_eq!(
        line(&withheld, "Image URL"),
        "! Image URL | Withheld by those who hold it. | Ask again, abuse@supplier[.]example"
    );
    assert_eq!(
        with(&[missing("scanner.model_card", "never_recorded")], "Model card"),
        "! Model card | Never recorded. | Ask whoever supplied the dataset"
    );
}

#[test]
fn what_the_bytes_are_is_said_when_it_is_not_known() {
    let find = changed(&[
        ("/object/bytes_are", json!("unknown")),
        ("/object/as_fetched_digests", Value::Null),
    ]);
    assert_eq!(
        line(&find, "Stored bytes"),
        "! Stored bytes | Not known whether they are what the origin served. | Join the pointer set"
    );
}

#[test]
fn pointers_and_layers_of_every_kind() {
    let layers = json!([
        {"kind": "hf_file", "uri": "hf://datasets/example/web@0123456789abcdef0123456789abcdef01234567/data/00/0001.parquet",
         "revision": "0123456789abcdef0123456789abcdef01234567", "size_bytes": 1023},
        {"kind": "warc_record", "uri": "crawl-data/2025-44/segments/7/warc/00017.warc.gz", "offset": 88210431, "length": 1536},
        {"kind": "byte_range", "offset": 0, "length": 1048576},
        {"kind": "local_file", "uri": "/srv/in/set/a/b.bin", "size_bytes": 1073741824},
        {"kind": "http_file", "uri": "https://files.example/x/1.zip"}
    ]);
    let find = changed(&[
        ("/locator/steps", layers),
        (
            "/acquisition/upstream",
            json!([{"kind": "parquet_row", "uri": "s3://b/p/part-0.parquet", "row": 1234567}]),
        ),
    ]);
    let drawn = lines(&find);
    assert_eq!(drawn[8], "* Pointer from: row | part-0.parquet row 1,234,567");
    assert_eq!(
        drawn[11..16],
        [
            "* Shard | hf:…/data/00/0001.parquet @ 0123456 | 1023 B",
            "* Record | …/7/warc/00017.warc.gz | +88,210,431, 1.5 KiB",
            "* Bytes | +0, 1 MiB",
            "* Shard | …/set/a/b.bin | 1 GiB",
            "* Object | hxxps://files[.]example/x/1.zip",
        ]
    );
}

#[test]
fn long_chains_are_counted_not_cut_silently() {
    let redirects: Vec<String> = (0..20).map(|n| format!("https://r{n}.example/")).collect();
    let steps = vec![json!({"kind": "byte_range", "offset": 1, "length": 2}); 40];
    let find =
        changed(&[("/acquisition/redirects", json!(redirects)), ("/locator/steps", json!(steps))]);
    let drawn = lines(&find);
    assert!(drawn.contains(&"* Redirects | 12 more, in the find".to_owned()));
    assert!(drawn.contains(&"* Layers | 24 more, in the find".to_owned()));
}

#[test]
fn places_in_short() {
    let place_of = |steps: Value| place(&changed(&[("/locator/steps", steps)]));
    assert_eq!(place(&changed(&[])), "00001.tar / 000010005.jpg");
    assert_eq!(
        place_of(
            json!([{"kind": "warc_record", "uri": "x/warc-00017.gz", "offset": 88210431, "length": 5}])
        ),
        "warc-00017.gz +88,210,431"
    );
    assert_eq!(
        place_of(json!([
            {"kind": "hf_file", "uri": "hf://d/0001.parquet", "revision": "0123456789abcdef0123456789abcdef01234567"},
            {"kind": "parquet_row", "uri": "hf://d/0001.parquet", "row": 1200}
        ])),
        "0001.parquet / row 1,200"
    );
    assert_eq!(
        place_of(json!([{"kind": "http_file", "uri": "https://files.example/x/1.jpg?key=secret"}])),
        "1.jpg"
    );
    assert_eq!(place_of(json!([{"kind": "s3_object"}])), "no object or member named");
}

#[test]
fn times_as_precise_as_they_are() {
    let at = |start: &str, end: &str| {
        let interval = json!({"start": start, "end": end});
        when(&changed(&[("/acquisition/fetched_interval", interval)])).unwrap()
    };
    assert_eq!(
        at("2025-11-02T23:50:00Z", "2025-11-03T00:10:00Z"),
        "2025-11-02 23:50 to 2025-11-03 00:10 UTC"
    );
    assert_eq!(
        at("2025-11-02T03:00:05Z", "2025-11-02T03:00:09Z"),
        "2025-11-02 03:00:05 to 03:00:09 UTC"
    );
    assert_eq!(at("2025-10-03T01:00:00Z", "2025-10-17T02:00:00Z"), "2025-10-03 to 2025-10-17");
    assert_eq!(when(&changed(&[("/acquisition/fetched_interval", Value::Null)])), None);
}

#[test]
fn sources_by_host_then_by_dataset() {
    let source = |changes: &[(&str, Value)]| {
        let source = source_key(&changed(changes));
        (source.key, source.name)
    };
    let named = |key: &str, name: &str| (key.to_owned(), name.to_owned());
    assert_eq!(source(&[]), named("host:images.example", "images[.]example"));
    assert_eq!(
        source(&[("/acquisition/page_url", json!("https://u:p@Gallery.Example:444/x"))]),
        named("host:gallery.example", "gallery[.]example")
    );
    let none = ("/acquisition/origin_url", Value::Null);
    assert_eq!(
        source(&[none.clone(), ("/acquisition/final_url", json!("http://[2001:db8::1]/a"))]),
        named("host:[2001:db8::1]", "[2001[:]db8[:][:]1]")
    );
    assert_eq!(
        source(std::slice::from_ref(&none)),
        named("dataset:example/synth-pairs", "Example Supplier, example/synth-pairs")
    );
    assert_eq!(
        source(&[
            none,
            ("/acquisition/page_url", json!("not known")),
            ("/locator/dataset/supplier", Value::Null)
        ]),
        named("dataset:example/synth-pairs", "example/synth-pairs")
    );
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("https://images.example/a.jpg".to_owned()),
        Just("see HTTP://images.example/x and https://b.example".to_owned()),
        Just("a/https://images.example/b".to_owned()),
        Just("data:image/png;base64,iVBORw0KGgo=".to_owned()),
        Just("https%3A%2F%2Fimages.example".to_owned()),
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_address_in_a_trail_is_live(find in any_find(), texts in proptest::collection::vec(hostile(), 12)) {
        let mut find = find;
        let [a, b, c, d, e, f, g, h, i, j, k, l] = <[String; 12]>::try_from(texts).unwrap();
        find.acquisition.page_url = Some(a);
        find.acquisition.origin_url = Some(b);
        find.acquisition.final_url = Some(c.clone());
        find.acquisition.redirects = Some(vec![c, d.clone()]);
        find.acquisition.server_ip = Some(e);
        find.acquisition.uploader_ref = Some(f.clone());
        find.locator.dataset.id = g;
        find.locator.dataset.version = f;
        find.locator.dataset.supplier = Some(h);
        find.locator.dataset.supplier_contact = Some(i);
        find.object.quarantine_ref = Some(j.clone());
        find.scanner.name = d;
        for step in &mut find.locator.steps {
            step.uri = Some(k.clone());
            step.member = Some(l.clone());
            step.payload_digest = Some(l.clone());
            step.version_id = Some(j.clone());
            step.keys = Some([(k.clone(), l.clone())].into());
        }
        for missing in &mut find.missing {
            missing.note = Some(k.clone());
        }
        let mut shown = vec![place(&find), source_key(&find).name];
        for step in trail(&find) {
            shown.push(step.label);
            shown.push(step.value);
            shown.extend(step.note);
            shown.extend(step.remark);
        }
        for text in shown {
            prop_assert!(!is_live(&text), "{text:?}");
            prop_assert!(!text.contains("iVBORw0KGgo"), "{text:?}");
            prop_assert!(!text.contains(char::is_control), "{text:?}");
        }
    }

    #[test]
    fn every_declared_gap_is_drawn_once(
        find in any_find(),
        more in proptest::collection::vec("(acquisition|locator|object|ext)?\\.?[a-z_.]{0,20}", 0..4),
    ) {
        let mut find = find;
        for field in more {
            let reason = crate::intake::find::MissingReason::LookupFailed;
            find.missing.push(Missing { field, reason, note: None });
        }
        // A mark in the note of each tells them apart in the trail.
        for (index, missing) in find.missing.iter_mut().enumerate() {
            missing.note = Some(format!("mark-{index}-"));
        }
        let steps = trail(&find);
        for index in 0..find.missing.len() {
            let mark = format!("mark-{index}-");
            let drawn: Vec<&TrailStep> =
                steps.iter().filter(|s| s.remark.as_deref() == Some(mark.as_str())).collect();
            prop_assert_eq!(drawn.len(), 1, "{:?}", find.missing[index]);
            prop_assert!(drawn[0].kind != TrailKind::Present);
            prop_assert!(!drawn[0].label.is_empty() && !drawn[0].value.is_empty());
        }
        for step in &steps {
            prop_assert!(!step.value.trim().is_empty(), "{:?}", step);
        }
    }
}
