//! The rubric over every vector there is: gates, monotony, and the example record.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::intake::check::arbitrary::any_find;

const EXAMPLE: &str = include_str!("../../intake/check/example.jsonl");

const ALL: Held = Held {
    bytes_sealed: true,
    sha256_rechecked: true,
    human_decision: true,
    retention_until: true,
    custodian_contact: true,
};

/// As after an import, before anyone decided.
const IMPORTED: Held =
    Held { human_decision: false, retention_until: false, custodian_contact: false, ..ALL };

/// The example with some values changed; `null` removes.
fn changed(changes: &[(&str, Value)]) -> Find {
    let mut line: Value = serde_json::from_str(EXAMPLE).unwrap();
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = line.pointer_mut(parent).unwrap();
        match (parent, value) {
            (Value::Object(object), Value::Null) => drop(object.remove(name)),
            (Value::Object(object), value) => drop(object.insert(name.to_owned(), value.clone())),
            (Value::Array(items), value) => items[name.parse::<usize>().unwrap()] = value.clone(),
            _ => panic!("{pointer}"),
        }
    }
    serde_json::from_value(line).unwrap()
}

fn vector(find: &Find, held: Held) -> String {
    let graded = completeness(find, held);
    let v = graded.vector;
    let (m, o, t, c, d, p) = (v.m, v.o, v.t, v.c, v.d, v.p);
    format!("M{m} O{o} T{t} C{c} D{d} P{p} {:?} {}", graded.class, graded.holds_back.concat())
}

#[test]
fn the_example_is_traceable_to_its_origin() {
    let find = changed(&[]);
    assert_eq!(vector(&find, ALL), "M2 O2 T2 C3 D3 P2 A ");
    assert_eq!(vector(&find, IMPORTED), "M2 O2 T2 C3 D2 P1 A ");
    assert_eq!(vector(&find, Held::default()), "M0 O2 T2 C3 D2 P0 B M");
}

#[test]
fn material_by_what_the_bytes_are() {
    let m = |bytes, fetched: Value, held| {
        let changes =
            [("/object/bytes_are", json!(bytes)), ("/object/as_fetched_digests", fetched)];
        completeness(&changed(&changes), held).vector.m
    };
    let digest = json!({"sha256": "12".repeat(32)});
    assert_eq!(m("as_fetched", Value::Null, ALL), 3);
    assert_eq!(m("as_fetched", Value::Null, Held { sha256_rechecked: false, ..ALL }), 2);
    assert_eq!(m("re_encoded", digest.clone(), ALL), 2);
    assert_eq!(m("re_encoded", Value::Null, ALL), 1);
    assert_eq!(m("unknown", Value::Null, ALL), 1);
    assert_eq!(m("unknown", digest, Held { bytes_sealed: false, ..ALL }), 0);
}

#[test]
fn origin_by_which_addresses_are_known() {
    let o = |changes: &[(&str, Value)]| completeness(&changed(changes), ALL).vector.o;
    let none = ("/acquisition/origin_url", Value::Null);
    let page = ("/acquisition/page_url", json!("https://page.example/p"));
    let last = ("/acquisition/final_url", json!("https://cdn.example/a.jpg"));
    let server = ("/acquisition/server_ip", json!("203.0.113.7"));
    let account = ("/acquisition/uploader_ref", json!("u-1"));
    assert_eq!(o(std::slice::from_ref(&none)), 0);
    assert_eq!(o(&[("/acquisition/origin_url", json!("https://images.example/"))]), 1);
    assert_eq!(o(&[none.clone(), page.clone()]), 1);
    assert_eq!(o(&[none.clone(), server.clone()]), 1);
    assert_eq!(o(&[none.clone(), last.clone()]), 2);
    assert_eq!(o(std::slice::from_ref(&page)), 2);
    assert_eq!(o(&[last.clone(), server.clone()]), 2);
    assert_eq!(o(&[page.clone(), last.clone()]), 3);
    assert_eq!(o(&[page, server]), 3);
    assert_eq!(o(&[account, last]), 3);
}

#[test]
fn time_by_how_precisely_it_is_known() {
    let t = |changes: &[(&str, Value)]| completeness(&changed(changes), ALL).vector.t;
    let no_interval = ("/acquisition/fetched_interval", Value::Null);
    let not_obtained = ("/locator/dataset/obtained_at", Value::Null);
    let interval = |start: &str, end: &str| {
        ("/acquisition/fetched_interval", json!({"start": start, "end": end}))
    };
    let instant = ("/acquisition/fetched_at", json!("2025-11-02T03:04:05Z"));
    let precision = |word: &str| ("/acquisition/time_precision", json!(word));
    assert_eq!(t(&[no_interval.clone(), not_obtained.clone()]), 0);
    assert_eq!(t(std::slice::from_ref(&no_interval)), 1);
    let crawl = ("/locator/dataset/version_kind", json!("crawl_id"));
    assert_eq!(t(&[no_interval.clone(), not_obtained.clone(), crawl]), 1);
    assert_eq!(t(&[interval("2025-11-02T03:00:00Z", "2025-11-03T03:00:00Z")]), 2);
    assert_eq!(t(&[interval("2025-11-02T03:00:00Z", "2025-11-03T03:00:01Z")]), 1);
    assert_eq!(t(&[instant.clone(), precision("exact")]), 3);
    let unnamed = ("/acquisition/fetcher", json!({"version": "1"}));
    assert_eq!(t(&[instant.clone(), precision("exact"), unnamed]), 2);
    assert_eq!(t(&[no_interval.clone(), instant.clone(), precision("unknown")]), 1);
    assert_eq!(t(&[no_interval, not_obtained, instant, precision("shard_interval")]), 2);
}

#[test]
fn chain_by_what_can_be_walked_again() {
    let c = |changes: &[(&str, Value)]| completeness(&changed(changes), ALL).vector.c;
    assert_eq!(c(&[("/locator/dataset/id", json!(" "))]), 0);
    assert_eq!(c(&[("/locator/dataset/version_kind", json!("unversioned"))]), 1);
    let member = json!([{"kind": "tar_member", "member": "a.jpg"}]);
    assert_eq!(c(&[("/locator/steps", member)]), 1);
    assert_eq!(c(&[("/locator/dataset/supplier_contact", Value::Null)]), 2);
    assert_eq!(c(&[("/locator/steps/0/digests", Value::Null)]), 2);
    assert_eq!(c(&[("/locator/steps/0/digests", json!({"sha256": 7}))]), 2);
    // The last layer is the find's own bytes, so its digest is the find's.
    let two = |digest: Value| {
        let shard = json!({"kind": "s3_object", "uri": "s3://b/1.tar", "digests": digest});
        [("/locator/steps", json!([shard, {"kind": "tar_member", "member": "a.jpg"}]))]
    };
    assert_eq!(c(&two(json!({"sha256": "11".repeat(32)}))), 3);
    assert_eq!(c(&two(json!({}))), 2);
    let alone = json!([{"kind": "s3_object", "uri": "s3://b/a.jpg"}]);
    assert_eq!(c(&[("/locator/steps", alone)]), 2);
    let no_pointer = ("/acquisition/origin_url", Value::Null);
    assert_eq!(c(std::slice::from_ref(&no_pointer)), 2);
    let upstream = json!([{"kind": "warc_record", "offset": 1, "length": 2}]);
    assert_eq!(c(&[no_pointer, ("/acquisition/upstream", upstream)]), 3);
}

#[test]
fn detection_by_the_best_match() {
    let d = |changes: &[(&str, Value)], held| completeness(&changed(changes), held).vector.d;
    assert_eq!(d(&[("/matches/0/algorithm", json!("other"))], ALL), 0);
    assert_eq!(d(&[("/matches/0/list/provider", json!(""))], ALL), 1);
    assert_eq!(d(&[("/matches/0/threshold", Value::Null)], ALL), 1);
    assert_eq!(d(&[("/matches/0/raw_sha256", Value::Null)], ALL), 2);
    assert_eq!(d(&[("/matches/0/query_quality", Value::Null)], ALL), 2);
    assert_eq!(d(&[("/matches/0/list/entry_id", Value::Null)], ALL), 2);
    assert_eq!(d(&[], Held { human_decision: false, ..ALL }), 2);
    let photodna = ("/matches/0/algorithm", json!("photodna"));
    assert_eq!(d(&[photodna, ("/matches/0/query_quality", Value::Null)], ALL), 3);

    let mut two = changed(&[]);
    let mut vague = two.matches[0].clone();
    vague.list.entry_id = None;
    two.matches.insert(0, vague);
    assert_eq!(completeness(&two, ALL).vector.d, 3);
}

#[test]
fn preservation_and_status() {
    let served = changed(&[("/acquisition/http_status", json!(404))]);
    assert_eq!(completeness(&served, ALL).vector.p, 3);
    assert_eq!(completeness(&served, Held { retention_until: false, ..ALL }).vector.p, 1);
    assert_eq!(completeness(&served, Held { custodian_contact: false, ..ALL }).vector.p, 1);
    let undated = changed(&[
        ("/acquisition/http_status", json!(404)),
        ("/acquisition/fetched_interval", Value::Null),
    ]);
    assert_eq!(completeness(&undated, ALL).vector.p, 2);
}

#[test]
fn classes_by_gates() {
    let graded = |m, o, t, c, d, p| {
        let v = Vector { m, o, t, c, d, p };
        format!("{:?} {}", class_of(v), holds_back(v).concat())
    };
    assert_eq!(graded(2, 2, 2, 2, 2, 0), "A ");
    assert_eq!(graded(3, 3, 3, 3, 3, 3), "A ");
    assert_eq!(graded(3, 3, 3, 3, 1, 3), "B D");
    assert_eq!(graded(0, 1, 1, 1, 0, 0), "B MOTCD");
    // A rich dimension does not buy back an empty one.
    assert_eq!(graded(3, 0, 3, 3, 3, 3), "C O");
    assert_eq!(graded(3, 3, 0, 2, 3, 3), "C T");
    assert_eq!(graded(3, 0, 0, 2, 3, 3), "C OT");
    assert_eq!(graded(3, 3, 0, 1, 3, 3), "D C");
    assert_eq!(graded(3, 0, 3, 0, 3, 3), "D C");
}

fn every_vector() -> impl Iterator<Item = Vector> {
    (0..4096u16).map(|n| {
        let level = |place: u16| u8::try_from(n >> (2 * place) & 3).unwrap();
        Vector { m: level(0), o: level(1), t: level(2), c: level(3), d: level(4), p: level(5) }
    })
}

fn dimensions(v: &mut Vector) -> [(&'static str, &mut u8); 6] {
    [
        ("M", &mut v.m),
        ("O", &mut v.o),
        ("T", &mut v.t),
        ("C", &mut v.c),
        ("D", &mut v.d),
        ("P", &mut v.p),
    ]
}

/// All 4,096 vectors, so nothing is left to chance.
#[test]
fn raising_a_dimension_never_lowers_the_class() {
    for vector in every_vector() {
        for place in 0..6 {
            let mut raised = vector;
            let level = &mut *dimensions(&mut raised)[place].1;
            if *level < 3 {
                *level += 1;
                // `A` sorts first.
                assert!(class_of(raised) <= class_of(vector), "{vector:?} {raised:?}");
            }
        }
    }
}

#[test]
fn what_holds_back_is_enough_and_needed() {
    for vector in every_vector() {
        let class = class_of(vector);
        let back = holds_back(vector);
        assert_eq!(back.is_empty(), class == Class::A);
        let raise = |names: &[&str]| {
            let mut raised = vector;
            for (name, level) in dimensions(&mut raised) {
                if names.contains(&name) {
                    *level = 3;
                }
            }
            class_of(raised)
        };
        if class != Class::A {
            assert!(raise(&back) < class, "{vector:?}");
            for left_out in &back {
                let others: Vec<&str> = back.iter().copied().filter(|n| n != left_out).collect();
                assert_eq!(raise(&others), class, "{vector:?} without {left_out}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn levels_stay_within_the_rubric(find in any_find()) {
        let graded = completeness(&find, ALL);
        let mut vector = graded.vector;
        for (_, level) in dimensions(&mut vector) {
            prop_assert!(*level <= 3);
        }
        prop_assert_eq!(graded.class, class_of(graded.vector));
    }

    #[test]
    fn holding_more_never_lowers_a_level(find in any_find(), bits in 0u8..32) {
        let has = |bit: u8| bits >> bit & 1 == 1;
        let held = Held {
            bytes_sealed: has(0),
            sha256_rechecked: has(1),
            human_decision: has(2),
            retention_until: has(3),
            custodian_contact: has(4),
        };
        let (some, all) = (completeness(&find, held).vector, completeness(&find, ALL).vector);
        let (mut some, mut all) = (some, all);
        for ((_, less), (_, more)) in dimensions(&mut some).into_iter().zip(dimensions(&mut all)) {
            prop_assert!(*less <= *more);
        }
    }

    #[test]
    fn a_finer_time_never_lowers_its_level(find in any_find()) {
        let mut finer = find.clone();
        finer.acquisition.fetched_at =
            crate::intake::find::Utc::parse("2025-11-02T03:04:05Z");
        finer.acquisition.time_precision = Some(TimePrecision::Exact);
        prop_assert!(finer.acquisition.fetched_at.is_some());
        let (before, after) = (completeness(&find, ALL), completeness(&finer, ALL));
        prop_assert!(after.vector.t >= before.vector.t);
        prop_assert!(after.class <= before.class);
    }
}
