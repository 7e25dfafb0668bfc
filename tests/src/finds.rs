//! Finds about pictures of nothing: gradients drawn by arithmetic, with the file and the line of `find/v1` that names it.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A folder of finds: `finds.jsonl` and `bytes/`.
pub struct Quarantine {
    pub finds: PathBuf,
    pub bytes: PathBuf,
}

impl Quarantine {
    /// An empty one.
    pub fn new(dir: &Path) -> Self {
        let bytes = dir.join("bytes");
        fs::create_dir_all(&bytes).unwrap();
        Self { finds: dir.join("finds.jsonl"), bytes }
    }

    /// Writes the finds file.
    pub fn write(&self, lines: &[Value]) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(&self.finds, text).unwrap();
    }

    /// Puts a file into quarantine and answers the find about it.
    pub fn find(&self, number: u32, bytes: &[u8]) -> Value {
        fs::write(self.bytes.join(reference(number)), bytes).unwrap();
        find(number, number, bytes)
    }

    /// As many finds as asked for, about `items` different pictures.
    pub fn fill(&self, finds: u32, items: u32) {
        let pictures: Vec<Vec<u8>> = (0..items).map(|number| png(number, 12, 9)).collect();
        for (number, bytes) in (0..).zip(&pictures) {
            fs::write(self.bytes.join(reference(number)), bytes).unwrap();
        }
        let lines: Vec<Value> = (0..finds)
            .zip(pictures.iter().cycle())
            .map(|(n, bytes)| find(n, n % items, bytes))
            .collect();
        self.write(&lines);
    }

    /// The same with nine lines after each that cannot be read: an import ends a batch by its lines, so this makes many
    /// batches of few finds. Each find carries `raw` bytes that nobody reads.
    pub fn scatter(&self, finds: u32, items: u32, raw: usize) {
        self.fill(finds, items);
        let text = fs::read_to_string(&self.finds).unwrap();
        let scattered: String = text
            .lines()
            .map(|line| {
                let mut line: Value = serde_json::from_str(line).unwrap();
                line["ext"] = json!({ "raw": "x".repeat(raw) });
                format!("{line}\n{}", "{}\n".repeat(9))
            })
            .collect();
        fs::write(&self.finds, scattered).unwrap();
    }
}

/// The name in quarantine of an item.
pub fn reference(number: u32) -> String {
    format!("q-{number:06}")
}

/// A find about a file that is in quarantine as `item`. Every third match is exact.
pub fn find(number: u32, item: u32, bytes: &[u8]) -> Value {
    let list = json!({
        "provider": "synthetic", "name": "SYNTH-LIST", "version": "1", "entry_id": format!("e-{item}"), "label": "synthetic-A",
    });
    let found = if item.is_multiple_of(3) {
        json!({ "algorithm": "sha256", "kind": "exact", "list": list })
    } else {
        json!({
            "algorithm": "pdq", "kind": "near", "query_quality": 90, "distance": item % 31, "distance_unit": "hamming_bits",
            "threshold": 31, "list": list,
        })
    };
    json!({
        "schema": "find/v1",
        "find_id": format!("00000000-0000-4000-8000-{number:012x}"),
        "emitted_at": "2026-01-02T03:04:06Z",
        "scanner": {
            "name": "example-scanner", "version": "1.2.3", "run_id": "run-1", "scanned_at": "2026-01-02T03:04:05Z",
        },
        "object": {
            "digests": { "sha256": hex::encode(Sha256::digest(bytes)) },
            "size_bytes": bytes.len(), "media_type": "image/png", "bytes_are": "re_encoded", "quarantine_ref": reference(item),
        },
        "matches": [found],
        "locator": {
            "dataset": {
                "id": "example/synthetic", "version": "0123456789abcdef0123456789abcdef01234567",
                "version_kind": "git_commit", "supplier": "Example Supplier", "supplier_contact": "abuse@supplier.example",
                "obtained_at": "2025-12-01T00:00:00Z",
            },
            "steps": [
                { "kind": "local_file", "uri": "00001.tar" },
                { "kind": "tar_member", "member": format!("{number:09}.png") },
            ],
        },
        "acquisition": {
            "origin_url": format!("https://images.example/{number}.png"),
            "fetched_interval": { "start": "2025-11-02T03:00:00Z", "end": "2025-11-02T03:12:00Z" },
            "time_precision": "shard_interval",
            "fetcher": { "name": "img2dataset", "version": "1.47.0" },
        },
        "missing": [
            { "field": "object.as_fetched_digests", "reason": "never_recorded" },
            { "field": "acquisition.page_url", "reason": "discarded_upstream" },
            { "field": "acquisition.final_url", "reason": "never_recorded" },
            { "field": "acquisition.server_ip", "reason": "never_recorded" },
            { "field": "acquisition.http_headers", "reason": "never_recorded" },
            { "field": "acquisition.fetched_at", "reason": "never_recorded" },
        ],
    })
}

/// A gradient that no other number has.
fn picture(number: u32, width: u32, height: u32) -> RgbImage {
    let channel = |value: u32| u8::try_from(value % 256).unwrap();
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([channel(x * 7 + number), channel(y * 9 + number / 256), channel(x * y + number * 31)])
    })
}

/// As PNG.
pub fn png(number: u32, width: u32, height: u32) -> Vec<u8> {
    encode(number, width, height, ImageFormat::Png)
}

/// As JPEG.
pub fn jpeg(number: u32, width: u32, height: u32) -> Vec<u8> {
    encode(number, width, height, ImageFormat::Jpeg)
}

fn encode(number: u32, width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture(number, width, height).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}
