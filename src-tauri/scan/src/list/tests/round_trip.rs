//! Every reader over anything: values come back as they were written, tables find what a search one by one does, and no
//! bytes make a reader break off.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use casement_core::hash::pdq::Pdq;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::*;

const FORMATS: [Format; 4] = [Format::Lines, Format::Csv, Format::Vics, Format::Ncmec];

fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let mut five = [0; 5];
        five[..chunk.len()].copy_from_slice(chunk);
        let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for place in 0..8 {
            let digit = bits >> (35 - 5 * place) & 31;
            let used = place * 5 < chunk.len() * 8;
            text.push(if used {
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::try_from(digit).unwrap()].into()
            } else {
                '='
            });
        }
    }
    text
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<[u8; 16]>().prop_map(Value::Md5),
        any::<[u8; 20]>().prop_map(Value::Sha1),
        any::<[u8; 32]>().prop_map(Value::Sha256),
    ]
}

/// Values of one algorithm.
fn alike() -> impl Strategy<Value = Vec<Value>> {
    prop_oneof![
        vec(any::<[u8; 16]>().prop_map(Value::Md5), 4..40),
        vec(any::<[u8; 20]>().prop_map(Value::Sha1), 4..40),
        vec(any::<[u8; 32]>().prop_map(Value::Sha256), 4..40),
    ]
}

fn written(way: u8, value: &Value) -> String {
    let bytes = value.bytes();
    match way {
        0 => hex::encode(bytes),
        1 => hex::encode_upper(bytes),
        2 => base32(bytes),
        3 => base32(bytes).trim_end_matches('=').to_lowercase(),
        4 => STANDARD.encode(bytes),
        5 => URL_SAFE.encode(bytes),
        _ => STANDARD_NO_PAD.encode(bytes),
    }
}

proptest! {
    #[test]
    fn nothing_makes_a_reader_break_off(bytes in vec(any::<u8>(), 0..400), format in 0..4usize) {
        let _ = kept(FORMATS[format], None, &bytes);
        let _ = format_of(&bytes);
    }

    #[test]
    fn nor_does_a_damaged_list(
        format in 0..4usize,
        at in any::<prop::sample::Index>(),
        with in vec(any::<u8>(), 0..8),
        drop in 0..40usize,
    ) {
        let text = match FORMATS[format] {
            Format::Lines => format!("{}\n", MD5_TEXTS[0]).repeat(3),
            Format::Csv => format!("id,md5,label\n\"a\",{},\"b\"\n", MD5_TEXTS[0]),
            Format::Vics => format!("{{\"value\":[{{\"MD5\":\"{}\",\"Media\":[{{}}]}}]}}", MD5_TEXTS[0]),
            Format::Ncmec => feed(&image("a", MD5_TEXTS[0])),
        };
        let mut bytes = text.into_bytes();
        let from = at.index(bytes.len());
        let to = (from + drop).min(bytes.len());
        bytes.splice(from..to, with);
        let _ = kept(FORMATS[format], None, &bytes);
    }

    #[test]
    fn lines_come_back(values_in in alike(), way in 0..7u8, mark: bool, ends in 0..3usize) {
        let end = ["\n", "\r\n", "\n# a comment\n\n"][ends];
        let lines: String = values_in.iter().map(|value| written(way, value) + end).collect();
        let text = if mark { format!("\u{feff}{lines}") } else { lines };
        prop_assert_eq!(values(Format::Lines, None, text), values_in);
    }

    #[test]
    fn records_come_back(
        entries in vec((value(), "[a-zé\",; ]{0,12}", "[a-zA-Z0-9-]{1,12}"), 1..20),
        way in 0..7u8,
    ) {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut text = "id,label,md5,sha1,sha256\n".to_owned();
        for (value, label, id) in &entries {
            let place = match value { Value::Md5(_) => 0, Value::Sha1(_) => 1, _ => 2 };
            let fields: Vec<String> =
                (0..3).map(|at| if at == place { written(way, value) } else { String::new() }).collect();
            text.push_str(&format!("{},{},{}\n", quoted(id), quoted(label), fields.join(",")));
        }
        let (all, _) = kept(Format::Csv, None, text).unwrap();
        prop_assert_eq!(all.len(), entries.len());
        for (kept, (value, label, id)) in all.iter().zip(&entries) {
            prop_assert_eq!(&kept.2, &vec![*value]);
            prop_assert_eq!(kept.0.as_deref(), Some(id.as_str()));
            prop_assert_eq!(kept.1.as_deref().unwrap_or_default(), label.trim());
        }
    }

    #[test]
    fn a_table_finds_what_a_search_one_by_one_does(
        entries in btree_map("[a-z]{1,3}", vec(value(), 0..4), 1..30),
        withdrawn in vec(any::<prop::sample::Index>(), 0..5),
        asked in value(),
    ) {
        let mut builder = Builder::default();
        let take = |builder: &mut Builder, id: &str, values: &[Value], standing| {
            builder.take(Entry { id: Some(id), label: Some("l"), values, standing });
        };
        for (id, values) in &entries {
            take(&mut builder, id, values, Standing::Instead);
        }
        let ids: Vec<&String> = entries.keys().collect();
        let gone: Vec<&String> = withdrawn.iter().map(|at| ids[at.index(ids.len())]).collect();
        for id in &gone {
            take(&mut builder, id, &[], Standing::Withdrawn);
        }
        let table = builder.finish().unwrap();
        let all: Vec<Value> = entries.values().flatten().copied().chain([asked]).collect();
        for value in all {
            let wanted: Vec<String> = entries
                .iter()
                .filter(|(id, _)| !gone.contains(id))
                .flat_map(|(id, values)| values.iter().filter(|v| **v == value).map(|_| id.clone()))
                .collect();
            let found: Vec<String> = table.exact(&value).iter().map(|hit| table.id(hit)).collect();
            prop_assert_eq!(found, wanted);
        }
    }

    #[test]
    fn what_is_near_comes_nearest_first(
        hashes in vec(any::<[u8; 32]>(), 1..40),
        flips in vec((any::<prop::sample::Index>(), vec(0..256usize, 0..40)), 0..20),
        threshold in 0..70u32,
    ) {
        let mut hashes = hashes;
        for (at, bits) in &flips {
            let mut other = hashes[at.index(hashes.len())];
            bits.iter().for_each(|bit| other[bit / 8] ^= 1 << (bit % 8));
            hashes.push(other);
        }
        let mut builder = Builder::default();
        for (number, hash) in hashes.iter().enumerate() {
            let (id, values) = (format!("{number:04}"), [Value::Pdq(*hash)]);
            builder.take(Entry { id: Some(&id), label: None, values: &values, standing: Standing::Beside });
        }
        let table = builder.finish().unwrap();
        let asked = Pdq::from_bytes(&hashes[0]);
        let mut wanted: Vec<(u32, String)> = hashes
            .iter()
            .enumerate()
            .map(|(number, hash)| {
                let bits = hash.iter().zip(&hashes[0]).map(|(a, b)| (a ^ b).count_ones()).sum();
                (bits, format!("{number:04}"))
            })
            .filter(|(bits, _)| *bits <= threshold)
            .collect();
        wanted.sort();
        let found: Vec<(u32, String)> =
            table.near(&asked, threshold).iter().map(|hit| (hit.distance, table.id(hit))).collect();
        prop_assert_eq!(found, wanted);
    }
}
