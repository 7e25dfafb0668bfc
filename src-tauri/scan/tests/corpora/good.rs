//! Members, places and digests as tarfile, zipfile, warcio and pyarrow give them, and locators that
//! lead back.

use casement_core::intake::find::{BytesAre, MissingReason, TimePrecision};
use casement_scan::corpus::{Fault, Shard, rewalk, shards};
use serde_json::{Value, json};

use crate::collect::{Collect, expected, fixtures, origins, shard, walked};

/// Every locator leads back to the bytes it was made from.
fn leads_back(shard: &Shard) {
    let (end, seen) = walked(shard);
    for (member, origin) in seen.members.iter().zip(origins(shard, &end, &seen)) {
        let digest = rewalk(&shard.base, &origin.steps).unwrap_or_else(|problem| {
            panic!("{problem}: {:?}", origin.steps);
        });
        assert_eq!(hex::encode(digest), member.digests.sha256);
        // Bytes of another place are not what the step says.
        let mut steps = origin.steps.clone();
        if let Some(offset) = steps.last_mut().and_then(|step| step.offset.as_mut()) {
            *offset += 1;
            assert!(rewalk(&shard.base, &steps).is_err() || member.size_bytes == 0);
        }
    }
}

/// Walking on from any member gives the rest, under the same numbers.
fn resumes(shard: &Shard) {
    let (end, whole) = walked(shard);
    for from in 0..=whole.members.len() {
        let mut rest = Collect::default();
        let again = shard.walk(from as u64, &mut rest).unwrap();
        assert_eq!(again, end);
        assert_eq!(rest.members, whole.members[from..]);
        assert_eq!(rest.ordinals, whole.ordinals[from..]);
        let mut first = Collect { most: Some(1), ..Collect::default() };
        let cut = shard.walk(from as u64, &mut first).unwrap();
        assert_eq!(first.members.len(), 1.min(whole.members.len() - from));
        assert_eq!(cut.complete, first.members.is_empty());
        assert_eq!(cut.sha256.is_some(), cut.complete);
    }
}

/// Members as the tools that read archives tell them.
fn members(shard: &Shard) -> Vec<Value> {
    let (end, seen) = walked(shard);
    assert_eq!(seen.problems, []);
    let steps = origins(shard, &end, &seen).into_iter().map(|origin| origin.steps);
    let told = seen.members.iter().zip(steps).map(|(member, steps)| {
        let step = &steps[1];
        json!({
            "name": step.member.as_ref().or(step.target_uri.as_ref()),
            "offset": step.offset, "length": step.length, "sha256": member.digests.sha256,
        })
    });
    told.collect()
}

fn plain(expected: &Value) -> Vec<Value> {
    let fields = |member: &Value| {
        json!({
            "name": member["name"], "offset": member["offset"], "length": member["length"],
            "sha256": member["sha256"],
        })
    };
    expected.as_array().unwrap().iter().map(fields).collect()
}

#[test]
fn archives_are_read_as_tarfile_zipfile_and_warcio_read_them() {
    let expected = expected();
    for name in [
        "gnu.tar",
        "pax.tar",
        "ustar.tar",
        "gnu.tgz",
        "samples.tar",
        "pictures.zip",
        "stub.zip",
        "crawl.warc",
        "crawl.warc.gz",
    ] {
        let told = members(&shard(fixtures("good").join(name)));
        assert!(!told.is_empty());
        assert_eq!(told, plain(&expected[name]), "{name}");
    }
}

#[test]
fn locators_lead_back_and_walks_resume() {
    let (found, problems) = shards(&[fixtures("good")]);
    assert_eq!(problems, []);
    assert_eq!(found.len(), 12);
    for shard in found.iter().filter(|shard| !shard.uri.ends_with("pointers.parquet")) {
        leads_back(shard);
        resumes(shard);
    }
}

#[test]
fn rows_are_those_of_pyarrow() {
    let expected = expected();
    for name in ["images.parquet", "several.parquet"] {
        let shard = shard(fixtures("good").join(name));
        let (end, seen) = walked(&shard);
        assert_eq!(seen.problems, []);
        let told: Vec<Value> = (seen.members.iter())
            .zip(origins(&shard, &end, &seen))
            .map(|(member, origin)| {
                let step = &origin.steps[1];
                let facts = json!({
                    "url": origin.acquisition.origin_url, "page_url": origin.acquisition.page_url,
                    "uid": step.keys.as_ref().and_then(|keys| keys.get("uid")),
                });
                let facts: serde_json::Map<_, _> = (facts.as_object().unwrap().iter())
                    .filter(|(_, fact)| !fact.is_null())
                    .map(|(name, fact)| (name.clone(), fact.clone()))
                    .collect();
                json!({
                    "row": step.row, "row_group": step.row_group, "column": step.extra["column"],
                    "element": step.extra.get("element"), "sha256": member.digests.sha256,
                    "facts": facts,
                })
            })
            .collect();
        assert_eq!(&Value::from(told), &expected[name], "{name}");
    }
}

#[test]
fn a_row_says_whether_its_digest_is_of_the_stored_bytes() {
    let shard = shard(fixtures("good").join("images.parquet"));
    let (end, seen) = walked(&shard);
    for origin in origins(&shard, &end, &seen) {
        let row = origin.steps[1].row.unwrap();
        // The fixture keeps the true digest in even rows, and some other in odd ones.
        let true_digest = row % 2 == 0;
        let are = if true_digest { BytesAre::AsFetched } else { BytesAre::Unknown };
        assert_eq!((origin.bytes_are, origin.notes.is_empty()), (are, true_digest), "row {row}");
        let url = origin.missing.iter().find(|m| m.field == "acquisition.origin_url");
        assert_eq!(url.map(|m| m.reason), (row == 2).then_some(MissingReason::NeverRecorded));
    }
}

#[test]
fn pointers_hold_no_pictures_and_that_is_told_with_the_columns() {
    let shard = shard(fixtures("good").join("pointers.parquet"));
    let (_, seen) = walked(&shard);
    assert_eq!(seen.members.len(), 0);
    let [problem] = seen.problems.as_slice() else { panic!("{:?}", seen.problems) };
    assert_eq!(problem.fault, Fault::Columns);
    assert_eq!(problem.detail.as_deref(), Some("columns: \"url\", \"caption\", \"hash\""));
}

#[test]
fn records_tell_their_origin_as_warcio_reads_it() {
    let expected = expected();
    for name in ["crawl.warc", "crawl.warc.gz"] {
        let shard = shard(fixtures("good").join(name));
        let (end, seen) = walked(&shard);
        for (origin, told) in
            origins(&shard, &end, &seen).iter().zip(expected[name].as_array().unwrap())
        {
            let (got, step) = (&origin.acquisition, &origin.steps[1]);
            assert_eq!(json!(got.origin_url), told["name"]);
            assert_eq!(json!(got.fetched_at), told["date"]);
            assert_eq!(got.time_precision, Some(TimePrecision::Exact));
            assert_eq!(json!(got.server_ip), told["ip"]);
            assert_eq!(json!(got.http_status), told["status"]);
            assert_eq!(json!(got.http_headers), told["headers"]);
            assert_eq!(json!(step.record_id), told["record_id"]);
            assert_eq!(json!(step.payload_digest), told["payload_digest"]);
            let fetcher = got.fetcher.as_ref().unwrap();
            assert_eq!(fetcher.name.as_deref(), Some("ExampleCrawler"));
            assert_eq!(fetcher.version.as_deref(), Some("2.5"));
            assert_eq!(fetcher.user_agent.as_deref(), Some("ExampleBot/2.5"));
            let coded =
                ["packed", "both"].iter().any(|n| told["name"].as_str().unwrap().contains(n));
            let are = if coded { BytesAre::ReEncoded } else { BytesAre::AsFetched };
            assert_eq!(origin.bytes_are, are, "{}", told["name"]);
            assert_eq!(origin.as_fetched_digests.is_some(), coded);
        }
    }
}

#[test]
fn an_index_that_says_otherwise_than_its_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["crawl.warc.gz", "crawl.cdxj"] {
        std::fs::copy(fixtures("good").join(name), folder.path().join(name)).unwrap();
    }
    let index = folder.path().join("crawl.cdxj");
    let text = std::fs::read_to_string(&index).unwrap();
    let (end, seen) = walked(&shard(folder.path().join("crawl.warc.gz")));
    let same = shard(folder.path().join("crawl.warc.gz"));
    assert_eq!(same.sidecars.indexes, std::slice::from_ref(&index));
    assert_eq!(same.origins(&end, &seen.members).1, []);
    let changed = text.replacen("\"length\": \"1564\"", "\"length\": \"1565\"", 1);
    assert_ne!(changed, text);
    std::fs::write(&index, changed).unwrap();
    let (_, problems) = same.origins(&end, &seen.members);
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!(problem.fault, Fault::Sidecar);
    assert_eq!(problem.offset, Some(text.find("example,images)/both.bmp").unwrap() as u64));
}

#[test]
fn texts_of_samples_tell_where_a_picture_comes_from() {
    let shard = shard(fixtures("good").join("samples.tar"));
    let (end, seen) = walked(&shard);
    let origins = origins(&shard, &end, &seen);
    for (number, origin) in origins.iter().take(4).enumerate() {
        let url = format!("https://images.example/{number}.png");
        assert_eq!(origin.acquisition.origin_url.as_deref(), Some(url.as_str()));
        assert_eq!(origin.bytes_are, BytesAre::ReEncoded);
        assert_eq!(origin.media_type.as_deref(), Some("image/jpeg"));
    }
    assert_eq!(origins.last().unwrap().acquisition.origin_url, None);
}

#[test]
fn records_packed_together_are_told_apart() {
    // A whole file in one gzip member, as a crawler should not write it and some do.
    let plain = std::fs::read(fixtures("good").join("crawl.warc")).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &plain).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("together.warc.gz");
    std::fs::write(&path, packed.finish().unwrap()).unwrap();
    let (_, apart) = walked(&shard(fixtures("good").join("crawl.warc")));
    let together = shard(path);
    let (end, seen) = walked(&together);
    assert_eq!(seen.problems, []);
    let digests = |seen: &Collect| -> Vec<_> {
        seen.members.iter().map(|member| member.digests.sha256.clone()).collect()
    };
    assert_eq!(digests(&seen), digests(&apart));
    for (origin, apart) in origins(&together, &end, &seen).iter().zip(&apart.members) {
        let step = &origin.steps[1];
        assert_eq!((step.offset, step.length), (Some(0), Some(end.size_bytes)));
        assert_eq!(step.extra["inner_offset"], json!(apart.steps[0].offset));
    }
    leads_back(&together);
    resumes(&together);
}
