//! Matches that are easily lost: what a server sent cannot be told, the table beside a tar is gone, a picture has the name
//! of a text, the reader is not there yet.

use std::fs;

use casement_tests::corpora::{img2dataset, sha256, tar, warc_gz};
use casement_tests::finds::{jpeg, png};
use serde_json::{Value, json};

use crate::bench::{Bench, finds};

/// The find about the picture that the list knows as this entry.
fn of(found: &[Value], entry: usize) -> Option<&Value> {
    let entry = format!("e-{entry}");
    found.iter().find(|find| find["matches"][0]["list"]["entry_id"] == entry)
}

fn reason<'a>(find: &'a Value, field: &str) -> Option<&'a str> {
    let missing = find["missing"].as_array().unwrap();
    missing.iter().find(|entry| entry["field"] == field)?["reason"].as_str()
}

#[test]
fn what_a_server_sent_costs_no_match() {
    let bench = Bench::new();
    let address = |n: usize| format!("https://images.example/{n}.png");
    let record = |n: usize, date: &str, header: &str| {
        let warc = warc_gz(&[(address(n), bench.known[n].clone())]);
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&warc[..]), &mut text)
            .unwrap();
        let split = text.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        let (head, block) = text.split_at(split);
        let head = String::from_utf8(head.to_vec()).unwrap().replace("2025-11-02T03:04:05Z", date);
        let old = block.len() - 4;
        let head = head.replace(
            &format!("Content-Length: {old}"),
            &format!("Content-Length: {}", old + header.len()),
        );
        let status = b"HTTP/1.1 200 OK\r\n".len();
        [head.as_bytes(), &block[..status], header.as_bytes(), &block[status..]].concat()
    };
    let long = format!("X-Long: {}\r\n", "x".repeat(300_000));
    let warc = [
        record(0, "2025-11-02T03:04:05Z", &long),
        record(1, "2199-01-01T00:00:00Z", ""),
        record(2, "2025-11-02T03:04:05Z", "X-Short: x\r\n"),
    ];
    fs::remove_dir_all(&bench.corpus).unwrap();
    fs::create_dir(&bench.corpus).unwrap();
    fs::write(bench.corpus.join("odd.warc"), warc.concat()).unwrap();
    let (said, out) = bench.to("finds", &[]);
    let summary = said.ends(1).object();
    let found = finds(&out);
    assert_eq!((found.len(), &summary["problems"]), (3, &json!(2)));
    let places: Vec<&str> = said_problems(&summary)
        .into_iter()
        .map(|(code, place)| {
            assert_eq!(code, "SCAN-15");
            place
        })
        .collect();
    assert!(
        places.iter().all(|place| place.starts_with("\"corpus/odd.warc\", byte ")),
        "{places:?}"
    );

    let long = of(&found, 0).unwrap();
    assert_eq!(reason(long, "acquisition.http_headers"), Some("discarded_by_us"));
    assert_eq!(long["acquisition"]["origin_url"], address(0));
    let late = of(&found, 1).unwrap();
    assert_eq!(reason(late, "acquisition.fetched_at"), Some("discarded_by_us"));
    assert_eq!(late["acquisition"]["origin_url"], address(1));
    assert_eq!(of(&found, 2).unwrap()["acquisition"]["http_headers"][0], json!(["X-Short", "x"]));

    // A time to come of the operator's own is refused before anything is read.
    let (said, _) = bench.to("late", &["--obtained-at", "2199-01-01T00:00:00Z"]);
    said.fails(2, "TIME-01");
}

fn said_problems(summary: &Value) -> Vec<(&str, &str)> {
    let told = summary["troubles"].as_array().unwrap();
    told.iter().map(|one| (one["code"].as_str().unwrap(), one["place"].as_str().unwrap())).collect()
}

#[test]
fn what_was_fetched_is_known_from_the_texts_of_a_tar_alone() {
    let bench = Bench::new();
    fs::remove_dir_all(&bench.corpus).unwrap();
    let stored: Vec<Vec<u8>> = (0..6).map(|n| jpeg(n, 48, 36)).collect();
    let fetched: Vec<Vec<u8>> = (0..6).map(|n| png(n, 96, 72)).collect();
    let members: Vec<(String, Vec<u8>)> = stored
        .iter()
        .zip(&fetched)
        .enumerate()
        .flat_map(|(n, (stored, fetched))| {
            let text = json!({
                "key": format!("{n:05}"), "url": format!("https://images.example/{n}"), "status": "success",
                "error_message": null, "sha256": sha256(fetched),
            });
            [
                (format!("{n:05}.jpg"), stored.clone()),
                (format!("{n:05}.json"), text.to_string().into_bytes()),
            ]
        })
        .collect();
    fs::create_dir(&bench.corpus).unwrap();
    fs::write(bench.corpus.join("00000.tar"), tar(&members)).unwrap();
    let (said, out) = bench.to("finds", &[]);
    said.ends(0);
    let found = finds(&out);
    // Entry 0 are stored bytes, entry 1 are bytes that were fetched and stored as others.
    assert!(found.len() == 2 && of(&found, 0).is_some(), "{found:?}");
    let find = of(&found, 1).unwrap();
    assert_eq!(find["object"]["as_fetched_digests"]["sha256"], sha256(&fetched[4]));
    assert_eq!(find["object"]["digests"]["sha256"], sha256(&stored[4]));

    // The same where the table beside it has no column that names the members.
    let pairs: Vec<_> = stored.into_iter().zip(fetched.clone()).collect();
    let table = img2dataset(&bench.corpus.join("other"), 1, &pairs);
    casement_tests::corpora::parquet(
        &table.with_extension("parquet"),
        &[("sha256", fetched.iter().map(|bytes| sha256(bytes)).collect())],
    );
    let (said, out) = bench.to("unkeyed", &[]);
    let summary = said.ends(1).object();
    assert_eq!(said_problems(&summary), [("SCAN-12", "corpus/other/00001.tar")]);
    assert_eq!(finds(&out).len(), 3, "what can be compared is");
}

#[test]
fn a_picture_with_the_name_of_a_text_is_compared() {
    let bench = Bench::new();
    fs::remove_dir_all(&bench.corpus).unwrap();
    fs::create_dir(&bench.corpus).unwrap();
    let other = png(900, 40, 30);
    fs::write(bench.corpus.join("a.png"), &other).unwrap();
    fs::write(bench.corpus.join("a.txt"), &bench.known[2]).unwrap();
    fs::write(bench.corpus.join("a.json"), b"{}").unwrap();
    let members = [
        ("b.png", &other),
        ("b.txt", &bench.known[3]),
        ("c.txt", &bench.known[4]),
        ("c.png", &other),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes.clone()));
    fs::write(bench.corpus.join("d.tar"), tar(&members)).unwrap();
    let (said, out) = bench.to("finds", &[]);
    said.ends(0);
    let found = finds(&out);
    assert!(found.len() == 3 && [2, 3, 4].iter().all(|n| of(&found, *n).is_some()), "{found:?}");
}
