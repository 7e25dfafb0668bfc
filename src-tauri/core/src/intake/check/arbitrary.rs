//! Arbitrary finds for property tests, valid by construction.

use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{AS_FETCHED, FACTS};
use crate::intake::find::{
    Acquisition, Algorithm, BytesAre, Dataset, Digests, DistanceUnit, Fetcher, Find, Interval,
    ListRef, Locator, Match, MatchKind, Missing, MissingReason, Object, SCHEMA, Scanner, Step,
    StepKind, TimePrecision, Utc, VersionKind,
};

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9/._ -]{0,24}", "\\PC{0,12}", any::<String>()]
}

fn some_text() -> impl Strategy<Value = String> {
    text().prop_filter("blank", |text| !text.trim().is_empty())
}

fn uint() -> impl Strategy<Value = u64> {
    prop_oneof![0u64..100_000, Just(0), Just(9_007_199_254_740_991)]
}

fn hex(digits: usize) -> impl Strategy<Value = String> {
    vec(select(&b"0123456789abcdef"[..]), digits)
        .prop_map(|bytes| bytes.into_iter().map(char::from).collect())
}

fn utc() -> impl Strategy<Value = Utc> {
    let fraction = prop_oneof![Just(String::new()), "\\.[0-9]{1,9}"];
    (1990u32..2026, 1u32..13, 1u32..29, 0u32..24, 0u32..60, 0u32..60, fraction).prop_map(
        |(y, mo, d, h, mi, s, fraction)| {
            Utc::parse(&format!("{y}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}{fraction}Z")).unwrap()
        },
    )
}

fn digests() -> impl Strategy<Value = Digests> {
    (hex(64), of(hex(40)), of(hex(32)), of(hex(128)))
        .prop_map(|(sha256, sha1, md5, sha512)| Digests { sha256, sha1, md5, sha512 })
}

fn free() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991i64..=9_007_199_254_740_991).prop_map(Value::from),
        (-1_000_000i32..1_000_000).prop_map(|n| json!(f64::from(n) / 1024.0)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(text(), inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn open() -> impl Strategy<Value = Map<String, Value>> {
    btree_map(text(), free(), 0..4).prop_map(|map| map.into_iter().collect())
}

fn step() -> impl Strategy<Value = Step> {
    let names = (of(text()), of(text()), of(text()), text(), text(), hex(40));
    let numbers = (uint(), uint(), uint(), of(uint()), of(uint()));
    let rest =
        (of(open()), of(btree_map(text(), text(), 0..3)), btree_map("x_[a-z]{1,6}", free(), 0..3));
    (select(StepKind::ALL), names, numbers, rest).prop_map(|(kind, names, numbers, rest)| Step {
        kind,
        uri: Some(names.4),
        version_id: names.0,
        etag: names.1,
        revision: Some(names.5),
        digests: rest.0,
        size_bytes: numbers.3,
        member: Some(names.3),
        offset: Some(numbers.0),
        length: Some(numbers.1),
        record_id: names.2.clone(),
        target_uri: names.2.clone(),
        payload_digest: names.2,
        row: Some(numbers.2),
        row_group: numbers.4,
        keys: rest.1,
        extra: rest.2.into_iter().collect(),
    })
}

fn found() -> impl Strategy<Value = Match> {
    let list = (some_text(), text(), some_text(), of(uint()), of(text()), of(hex(64))).prop_map(
        |(version, name, provider, entry_count, entry_id, snapshot_sha256)| ListRef {
            label: entry_id.clone(),
            provider,
            name,
            version,
            snapshot_sha256,
            entry_count,
            entry_id,
        },
    );
    let scores = (0u64..=256, uint(), of(0u8..=100), select(DistanceUnit::ALL));
    (select(Algorithm::ALL), select(MatchKind::ALL), of(hex(64)), scores, list, of(hex(64)))
        .prop_map(|(algorithm, kind, value, scores, list, raw_sha256)| Match {
            algorithm,
            algorithm_version: list.entry_id.clone(),
            kind,
            query_value: value.clone(),
            query_quality: scores.2,
            matched_value: value,
            distance: Some(scores.0),
            distance_unit: Some(scores.3),
            threshold: Some(scores.1),
            list,
            raw_sha256,
        })
}

fn acquisition() -> impl Strategy<Value = Acquisition> {
    let urls = (of(text()), of(text()), of(text()), of(vec(text(), 0..3)), of(text()));
    let times = (of(utc()), of((utc(), utc())), of(select(TimePrecision::ALL)));
    let rest = (of(uint()), of(vec((text(), text()), 0..3)), of(text()), of(vec(step(), 0..2)));
    (urls, times, rest).prop_map(|(urls, times, rest)| Acquisition {
        origin_url: urls.0,
        final_url: urls.1,
        page_url: urls.2,
        redirects: urls.3,
        fetched_at: times.0,
        fetched_interval: times.1.map(|(one, other)| {
            let ordered = one.instant() <= other.instant();
            let (start, end) = if ordered { (one, other) } else { (other, one) };
            Interval { start, end }
        }),
        time_precision: times.2,
        server_ip: urls.4,
        http_status: rest.0,
        http_headers: rest.1,
        fetcher: rest.2.clone().map(|name| Fetcher {
            user_agent: Some(name.clone()),
            version: None,
            name: Some(name),
        }),
        uploader_ref: rest.2,
        upstream: rest.3,
    })
}

/// Declares whatever is absent, with reasons taken in turn.
fn declare(find: &mut Find, reasons: &[MissingReason]) {
    let value = serde_json::to_value(&*find).unwrap();
    let mut reasons = reasons.iter().cycle();
    let re_encoded = find.object.bytes_are == BytesAre::ReEncoded;
    for fact in FACTS.iter().chain(re_encoded.then_some(&AS_FETCHED)) {
        let pointer = format!("/{}", fact.field.replace('.', "/"));
        let silent = match value.pointer(&pointer) {
            None => true,
            Some(Value::String(text)) => text.trim().is_empty(),
            Some(Value::Array(items)) => items.is_empty(),
            Some(_) => false,
        };
        let reason = *reasons.next().unwrap();
        if silent {
            let reason = match reason {
                MissingReason::NotApplicable if !fact.may_not_apply => MissingReason::LookupFailed,
                reason => reason,
            };
            find.missing.push(Missing { field: fact.field.to_owned(), reason, note: None });
        }
    }
}

/// Any find that `read_line` has to accept.
pub(crate) fn any_find() -> impl Strategy<Value = Find> {
    let ids = (any::<u128>().prop_map(Uuid::from_u128), utc(), of(utc()), some_text(), some_text());
    let object = (digests(), 1u64..1_000_000_000, select(BytesAre::ALL), of(digests()), of(text()));
    let dataset = (some_text(), some_text(), select(VersionKind::ALL), of(text()), of(text()));
    let lists = (vec(found(), 1..3), vec(step(), 1..4), of(open()));
    (ids, object, dataset, lists, acquisition(), vec(select(MissingReason::ALL), 1..6)).prop_map(
        |(ids, object, dataset, lists, acquisition, reasons)| {
            let mut find = Find {
                schema: SCHEMA.to_owned(),
                find_id: ids.0,
                emitted_at: ids.1,
                scanner: Scanner {
                    name: ids.3.clone(),
                    version: ids.4,
                    run_id: ids.3,
                    build_sha256: None,
                    config_sha256: Some(object.0.sha256.clone()),
                    operator_ref: object.4.clone(),
                    scanned_at: ids.2.clone(),
                },
                object: Object {
                    digests: object.0,
                    size_bytes: object.1,
                    media_type: object.4.clone(),
                    width: Some(object.1),
                    height: None,
                    bytes_are: object.2,
                    as_fetched_digests: object.3,
                    quarantine_ref: object.4,
                    embedded: None,
                },
                matches: lists.0,
                locator: Locator {
                    dataset: Dataset {
                        id: dataset.0,
                        name: dataset.3.clone(),
                        version: dataset.1,
                        version_kind: dataset.2,
                        manifest_sha256: None,
                        supplier: dataset.3,
                        supplier_contact: dataset.4,
                        obtained_at: ids.2,
                    },
                    steps: lists.1,
                },
                acquisition,
                missing: Vec::new(),
                ext: lists.2,
            };
            declare(&mut find, &reasons);
            find
        },
    )
}
