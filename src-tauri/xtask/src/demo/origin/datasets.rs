//! The five datasets: how each is laid out, what it tells of a file, and what it lost.
//!
//! Digests of containers are made up; the containers themselves do not exist.

use serde_json::{Map, Value, json};

use super::names::{image_url, name, page_url, server_ip};
use super::{Held, Sighting, utc};
use crate::demo::dice::{Dice, hex};
use crate::demo::item::Item;

/// 2025-05-01.
const FETCHING_BEGAN: i64 = 1_746_057_600;
const DAY: i64 = 86_400;

/// Where a file was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dataset {
    /// Image and caption pairs in tar shards, by img2dataset.
    Pairs,
    /// A web crawl in WARC files.
    Web,
    /// Crops that came on a disk, without a version or papers.
    Crops,
    /// A repository of parquet files with the bytes inside.
    Hub,
    /// Zip archives of a forum's pictures, released now and then.
    Zip,
}

impl Dataset {
    /// A dataset in which bytes of this kind can be found.
    pub(super) fn of(held: &Held, dice: &mut Dice) -> Self {
        let roll = dice.between(1, 100);
        match held {
            Held::ReEncoded { as_fetched: Some(_) } => Self::Pairs,
            Held::ReEncoded { as_fetched: None } if roll <= 50 => Self::Pairs,
            Held::ReEncoded { as_fetched: None } => Self::Crops,
            Held::AsFetched if roll <= 68 => Self::Web,
            Held::AsFetched if roll <= 84 => Self::Hub,
            Held::AsFetched => Self::Zip,
            Held::Unknown if roll <= 36 => Self::Crops,
            Held::Unknown if roll <= 70 => Self::Hub,
            Held::Unknown => Self::Zip,
        }
    }

    pub(super) fn sighting(self, item: &Item, dice: &mut Dice) -> Sighting {
        let (run, dataset, steps, acquisition) = match self {
            Self::Pairs => pairs(item, dice),
            Self::Web => web(item, dice),
            Self::Crops => crops(item, dice),
            Self::Hub => hub(item, dice),
            Self::Zip => zip(item, dice),
        };
        let acquisition = match acquisition {
            Value::Object(facts) => facts,
            _ => Map::new(),
        };
        Sighting { run: run.to_owned(), dataset, steps, acquisition, missing: Vec::new() }
    }

    /// The reason and, where there is more to say, a note.
    pub(super) fn why_missing(self, fact: &str) -> (&'static str, &'static str) {
        match (self, fact) {
            (Self::Pairs, "origin_url") => {
                ("withheld", "the supplier keeps addresses under contract")
            }
            (Self::Pairs, "page_url") => {
                ("discarded_upstream", "the pointer set ships image URLs only")
            }
            (Self::Pairs, "fetched_at") => ("never_recorded", "one interval for a whole shard"),
            (Self::Pairs, "as_fetched_digests") => {
                ("discarded_by_us", "compute_hash was switched off in our downloader")
            }
            (Self::Web, "final_url") => ("not_applicable", "answered without a redirect"),
            (Self::Web, "page_url") => ("lookup_failed", "no page of this crawl links to it"),
            (Self::Web, "supplier") => ("not_applicable", "taken from a public crawl"),
            (Self::Web, "supplier_contact") => ("lookup_failed", ""),
            (Self::Web, _) => ("lookup_failed", "only the crawl's index is left of this record"),
            (Self::Crops, "origin_url" | "page_url") => {
                ("discarded_upstream", "the crops were cut before the table of sources was joined")
            }
            (Self::Crops, "supplier" | "supplier_contact") => {
                ("never_recorded", "came on a disk without papers")
            }
            (Self::Crops, "as_fetched_digests") => {
                ("discarded_upstream", "cropping made new files")
            }
            (Self::Hub, "origin_url") => ("withheld", "shown to approved accounts only"),
            (Self::Hub, "supplier_contact") => {
                ("lookup_failed", "the owner's page gives no address")
            }
            (Self::Hub, _) => {
                ("discarded_upstream", "columns of the downloader were dropped before upload")
            }
            (Self::Zip, "page_url") => ("not_applicable", "pictures were posted without a page"),
            (Self::Zip, "origin_url") => ("discarded_upstream", ""),
            (Self::Zip, "http_headers") => ("discarded_by_us", "not copied from the release notes"),
            (Self::Zip, "supplier_contact") => ("withheld", "asked on 2026-08-03, no answer"),
            _ => ("never_recorded", ""),
        }
    }
}

type Parts = (&'static str, Value, Vec<Value>, Value);

fn digest(kind: &str, number: i32) -> Value {
    let number = usize::try_from(number).unwrap_or(0);
    json!({ "sha256": hex(&Dice::new(kind, number).bits256()) })
}

fn moment(dice: &mut Dice) -> i64 {
    FETCHING_BEGAN + i64::from(dice.between(0, 20_000_000))
}

fn pairs(item: &Item, dice: &mut Dice) -> Parts {
    let (shard, row) = (dice.between(0, 39), dice.between(0, 9999));
    let uri = format!("s3://example-bucket/synth-pairs/v3/{shard:05}");
    let key = format!("{shard:05}{row:04}");
    let dataset = json!({
        "id": "example/synth-pairs", "name": "Synthetic pairs",
        "version": "0123456789abcdef0123456789abcdef01234567", "version_kind": "git_commit",
        "manifest_sha256": hex(&Dice::new("pairs manifest", 3).bits256()),
        "supplier": "Example Supplier", "supplier_contact": "abuse@supplier.example",
        "obtained_at": "2026-02-11T09:30:00Z",
    });
    let steps = vec![
        json!({
            "kind": "s3_object", "uri": format!("{uri}.tar"), "version_id": format!("vid-{shard}"),
            "digests": digest("pairs tar", shard), "size_bytes": 104_857_600,
        }),
        json!({
            "kind": "tar_member", "member": format!("{key}.{}", item.extension),
            "offset": 512 + 1024 * dice.between(1, 90_000), "length": item.bytes.len(),
            "digests": { "sha256": item.sha256 },
        }),
        json!({
            "kind": "parquet_row", "uri": format!("{uri}.parquet"), "row": row,
            "keys": { "key": key, "uid": hex(&dice.roll().to_be_bytes()) },
            "digests": digest("pairs parquet", shard),
        }),
    ];
    let mut from = json!({ "fetcher": { "name": "img2dataset", "version": "1.47.0" } });
    if !dice.chance(14) {
        from["origin_url"] = json!(image_url(item, dice));
        if dice.chance(45) {
            from["page_url"] = json!(page_url(dice));
        }
    }
    if dice.chance(88) {
        let start = moment(dice);
        let end = start + i64::from(dice.between(300, 2400));
        from["fetched_interval"] = json!({ "start": utc(start), "end": utc(end) });
        from["time_precision"] = json!("shard_interval");
    } else {
        from["time_precision"] = json!("unknown");
    }
    ("pairs-2026-09", dataset, steps, from)
}

fn web(item: &Item, dice: &mut Dice) -> Parts {
    let (part, offset) = (dice.between(0, 799), dice.between(1, 900_000_000));
    let url = image_url(item, dice);
    let uri = format!("s3://example-crawl/SYNTH-MAIN-2026-05/warc/part-{part:05}.warc.gz");
    let length = item.bytes.len() + 420;
    let dataset = json!({
        "id": "example/synth-web", "version": "SYNTH-MAIN-2026-05", "version_kind": "crawl_id",
        "obtained_at": "2026-03-02T00:00:00Z",
    });
    let steps = vec![
        json!({ "kind": "s3_object", "uri": uri, "digests": digest("web warc", part) }),
        json!({
            "kind": "warc_record", "offset": offset, "length": length,
            "record_id": format!("urn:uuid:{}", uuid::Uuid::from_u128(u128::from(dice.roll()))),
            "target_uri": url, "payload_digest": format!("sha256:{}", item.sha256),
        }),
    ];
    // 2026-05-02 to 2026-05-19.
    let (begin, end) = (1_777_680_000, 1_779_148_800);
    if dice.chance(22) {
        let from = json!({
            "origin_url": url, "time_precision": "crawl_interval",
            "fetched_interval": { "start": utc(begin), "end": utc(end) },
        });
        return ("web-2026-05", dataset, steps, from);
    }
    let at = begin + i64::from(dice.between(0, 1_468_000));
    let mut from = json!({
        "origin_url": url, "fetched_at": utc(at), "time_precision": "exact",
        "server_ip": server_ip(dice), "http_status": 200,
        "http_headers": [
            ["Content-Type", item.media_type], ["Content-Length", item.bytes.len().to_string()],
            ["Last-Modified", "Tue, 14 Jan 2025 08:00:00 GMT"], ["X-Crawler-Truncated", "no"],
        ],
        "fetcher": { "name": "example-crawler", "version": "4.2", "user_agent": "example-crawler/4.2" },
    });
    if dice.chance(30) {
        let hop = image_url(item, dice);
        from["redirects"] = json!([hop]);
        from["final_url"] = json!(image_url(item, dice));
    }
    if dice.chance(70) {
        let page = page_url(dice);
        from["upstream"] = json!([{
            "kind": "warc_record", "uri": uri.replace("/warc/", "/wat/"), "target_uri": page,
            "offset": dice.between(1, 900_000_000), "length": dice.between(800, 40_000),
        }]);
        from["page_url"] = json!(page);
    }
    ("web-2026-05", dataset, steps, from)
}

fn crops(item: &Item, dice: &mut Dice) -> Parts {
    let disk = dice.between(1, 3);
    let mut dataset = json!({
        "id": "example/synth-crops", "version": "unknown", "version_kind": "unversioned",
    });
    let mut steps = vec![json!({
        "kind": "local_file", "uri": format!("disk-{disk}/crops-{:03}.bin", dice.between(1, 60)),
    })];
    if dice.chance(60) {
        steps.push(json!({
            "kind": "byte_range", "offset": dice.between(4096, 800_000_000),
            "length": item.bytes.len(),
        }));
    }
    let mut from = json!({});
    if dice.chance(30) {
        from["origin_url"] = json!(image_url(item, dice));
        dataset["obtained_at"] = json!("2026-06-20T12:00:00Z");
    }
    ("crops-1", dataset, steps, from)
}

fn hub(item: &Item, dice: &mut Dice) -> Parts {
    const COMMIT: &str = "89abcdef0123456789abcdef0123456789abcdef";
    let (file, row) = (dice.between(0, 11), dice.between(0, 49_999));
    let mut dataset = json!({
        "id": "example/synth-hf", "name": "Synthetic hub set", "version": COMMIT,
        "version_kind": "git_commit", "supplier": "example",
    });
    let path = format!("data/train-{file:05}-of-00012.parquet");
    let steps = vec![
        json!({
            "kind": "hf_file", "uri": format!("hf://datasets/example/synth-hf@{COMMIT}/{path}"),
            "revision": COMMIT, "digests": digest("hub parquet", file), "size_bytes": 512_331_776,
        }),
        json!({
            "kind": "parquet_row", "row": row, "row_group": row / 1000,
            "keys": { "__key__": name(dice) },
        }),
    ];
    let mut from = json!({});
    if dice.chance(65) {
        from["origin_url"] = json!(image_url(item, dice));
    }
    if dice.chance(45) {
        dataset["obtained_at"] = json!("2026-04-17T16:05:00Z");
    }
    ("hub-89abcdef", dataset, steps, from)
}

fn zip(item: &Item, dice: &mut Dice) -> Parts {
    let long = item.number % 30 == 4;
    let (id, title) = if long {
        let tail = "-with-every-caption-translated-deduplicated-and-filtered-twice".repeat(3);
        (
            format!("example/synth-zip{tail}"),
            format!("Synthetic zip archives{}", tail.replace('-', " ")),
        )
    } else {
        ("example/synth-zip".to_owned(), "Synthetic zip archives · архив · アーカイブ".to_owned())
    };
    let archive = dice.between(1, 18);
    let mut dataset = json!({
        "id": id, "name": title, "version": "2026.03", "version_kind": "release_label",
        "supplier": "Forum Archive (example)",
    });
    if dice.chance(60) {
        dataset["supplier_contact"] = json!("archive@forum.example");
    }
    let steps = vec![
        json!({
            "kind": "http_file", "uri": format!("https://files.example/synth-zip/2026.03/{archive:03}.zip"),
            "etag": format!("\"{}\"", hex(&dice.roll().to_be_bytes())),
            "digests": digest("zip", archive), "size_bytes": 2_147_483_648_u64,
        }),
        json!({
            "kind": "zip_member", "member": format!("images/{}.{}", name(dice), item.extension),
            "offset": dice.between(64, 2_000_000_000), "length": item.bytes.len(),
            "digests": { "sha256": item.sha256 },
        }),
    ];
    let mut from = json!({});
    if dice.chance(45) {
        from["origin_url"] = json!(image_url(item, dice));
    } else if dice.chance(40) {
        from["uploader_ref"] = json!(format!("account-{}@forum.example", dice.between(1000, 9999)));
    }
    if dice.chance(65) {
        let start = moment(dice);
        from["fetched_interval"] = json!({ "start": utc(start), "end": utc(start + 3 * DAY) });
        from["time_precision"] = json!("crawl_interval");
    }
    ("zip-2026.03", dataset, steps, from)
}
