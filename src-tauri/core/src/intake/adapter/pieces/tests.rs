//! Documents taken apart again, against a JSON reader that holds them whole.

use std::io::{BufReader, Read};

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Gives what it holds in gulps of a few bytes, so that every seam between two reads is tried.
struct Sips<'a>(&'a [u8]);

impl Read for Sips<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let n = self.0.len().min(into.len()).min(3);
        into[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn pieces(text: &[u8], layout: Layout) -> Vec<(u64, Result<Vec<u8>, LineError>)> {
    let mut pieces = Pieces::new(BufReader::with_capacity(7, Sips(text)), layout);
    let mut all = Vec::new();
    while let Some(piece) = pieces.next().unwrap() {
        all.push((piece.ordinal, piece.text));
    }
    assert_eq!(pieces.source.bytes(), text.len() as u64, "a file is read to its end");
    assert_eq!(pieces.source.digest(), blake3::hash(text).to_hex().to_string());
    all
}

fn values(text: &[u8], layout: Layout) -> Vec<Value> {
    pieces(text, layout)
        .into_iter()
        .map(|(_, text)| serde_json::from_slice(&text.unwrap()).unwrap())
        .collect()
}

/// The codes of what was refused, with their places.
fn refused(text: &[u8], layout: Layout) -> Vec<(u64, &'static str)> {
    let refused = |(at, text): (u64, Result<_, LineError>)| Some((at, text.err()?.code));
    pieces(text, layout).into_iter().filter_map(refused).collect()
}

fn media() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("]}\"\\,{[")),
    ];
    let value = leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((any::<String>(), inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    });
    value.prop_map(|value| json!({ "MD5": "x", "Media": [&value], "value": value }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_element_of_a_document_comes_out_as_it_went_in(
        media in vec(media(), 0..6),
        pretty in any::<bool>(),
        split in 0_usize..6,
    ) {
        let text = |value: &Value| match pretty {
            true => serde_json::to_vec_pretty(value).unwrap(),
            false => serde_json::to_vec(value).unwrap(),
        };
        let list = Value::from(media.clone());
        prop_assert_eq!(&values(&text(&list), Layout::Document), &media);
        prop_assert_eq!(&values(&text(&list), Layout::Responses), &media);
        let context = |what: &str| format!("http://example/DataModels/2.0.xml/US/$metadata#{what}");
        let whole = json!({ "@odata.context": context("Media"), "n": [1, { "value": [] }], "value": list, "zz": "]" });
        prop_assert_eq!(&values(&text(&whole), Layout::Document), &media);
        let older = json!({ "odata.metadata": context("Media"), "value": media });
        prop_assert_eq!(&values(&text(&older), Layout::Document), &media);
        let (one, two) = media.split_at(split.min(media.len()));
        let cases = json!({ "@odata.context": context("Cases"), "value": [
            { "CaseID": "{]", "Media": one, "Other": [[], {}] }, { "CaseID": 2, "Media": two },
        ] });
        prop_assert_eq!(&values(&text(&cases), Layout::Document), &media);
    }

    #[test]
    fn any_bytes_come_to_an_end(bytes in vec(any::<u8>(), 0..200), shape in "[\\[\\]{},:\"a\n ]{0,60}") {
        for layout in [Layout::Responses, Layout::Document, Layout::Rows] {
            pieces(&bytes, layout);
            pieces(shape.as_bytes(), layout);
        }
    }

    #[test]
    fn a_field_is_found_to_the_byte(before in media(), inside in media(), after in media()) {
        let expected = format!("{inside:#}");
        let text = format!(
            " {{\"a\" : {before},\n\"re\\u0073ponse\" :\t{expected} , \"z\":{after}}} "
        );
        let found = member(text.as_bytes(), "response").unwrap();
        prop_assert_eq!(found, expected.as_bytes());
        prop_assert_eq!(member(text.as_bytes(), "absent"), None);
    }
}

#[test]
fn a_document_that_breaks_says_where_and_keeps_what_came_before() {
    let whole = br#"{"@odata.context":"x#Media","value":[{"MD5":"a"},{"MD5":"b"}]}"#;
    assert_eq!(pieces(whole, Layout::Document).len(), 2);
    for end in 1..whole.len() {
        let cut = pieces(&whole[..end], Layout::Document);
        let (last, before) = cut.split_last().unwrap();
        assert_eq!(last.1.as_ref().unwrap_err().code, "RESP-11", "cut at {end}");
        assert!(before.iter().all(|(_, text)| text.is_ok()), "cut at {end}");
    }
    assert_eq!(refused(br#"[{"a":1}] {"b":2}"#, Layout::Document), [(2, "RESP-11")]);
    assert_eq!(refused(b"[{}}", Layout::Document), [(2, "RESP-11")]);
    assert_eq!(refused(b"true", Layout::Document), [(1, "RESP-11")]);
    assert_eq!(refused(b"", Layout::Document), []);
    let text = pieces(&whole[..40], Layout::Document).pop().unwrap().1.unwrap_err();
    assert_eq!(text.wrong, "The document breaks at byte 41; the rest was not read");
}

#[test]
fn what_is_too_long_is_left_out_alone() {
    let long = "x".repeat(MAX_LINE + 1);
    let list = format!("[{{\"a\":1}},{{\"b\":\"{long}\"}},{{\"c\":3}}]");
    assert_eq!(refused(list.as_bytes(), Layout::Document), [(2, "RESP-12")]);
    assert_eq!(pieces(list.as_bytes(), Layout::Document).len(), 3);
    let lines = format!("{{\"a\":1}}\n{{\"b\":\"{long}\"}}\n{{\"c\":3}}\n");
    assert_eq!(refused(lines.as_bytes(), Layout::Responses), [(2, "RESP-12")]);
    assert_eq!(pieces(lines.as_bytes(), Layout::Responses).len(), 3);
    let rows = format!("a,b\n1,{long}\n2,3\n");
    assert_eq!(refused(rows.as_bytes(), Layout::Rows), [(2, "RESP-12")]);
    assert_eq!(pieces(rows.as_bytes(), Layout::Rows).len(), 3);
}

#[test]
fn a_row_may_span_lines_and_keeps_the_number_of_its_row() {
    let text = b"\xef\xbb\xbfa,b\r\n1,\"two\r\nlines, \"\"quoted\"\"\"\r\n\r\n3,4";
    let rows: Vec<(u64, Vec<u8>)> =
        pieces(text, Layout::Rows).into_iter().map(|(at, row)| (at, row.unwrap())).collect();
    assert_eq!(
        rows,
        [
            (1, b"a,b\r\n".to_vec()),
            (2, b"1,\"two\r\nlines, \"\"quoted\"\"\"\r\n".to_vec()),
            (4, b"3,4".to_vec()),
        ]
    );
    assert_eq!(refused(b"a\n\"open\n1\n", Layout::Rows), [(2, "RESP-01")]);
}
