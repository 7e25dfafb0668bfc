//! A workspace with pictures in quarantine, and fixtures that name them.

use std::cell::Cell;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use casement_core::hash::{Digests, digests};
use casement_tests::casectl::{PASSPHRASE, Said};
use casement_tests::finds::png;
use casement_tests::keys::store_key;
use casement_tests::workspace::Workspace;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/adapters/");
const DATASET: [&str; 6] = [
    "--dataset",
    "example/synthetic",
    "--dataset-version",
    "r7",
    "--version-kind",
    "release_label",
];

/// RFC 4648 base32, to write a SHA-1 as Shield does.
fn base32(bytes: &[u8]) -> String {
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    bits.as_bytes()
        .chunks(5)
        .map(|five| {
            let value = usize::from_str_radix(std::str::from_utf8(five).unwrap(), 2).unwrap();
            char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[value])
        })
        .collect()
}

/// Six pictures in quarantine, named `q-1` to `q-6`, the third and the first two also by digest, the first also deeper.
pub(crate) struct Lab {
    pub(crate) office: Workspace,
    pub(crate) pictures: Vec<Digests>,
    written: Cell<SystemTime>,
}

impl Lab {
    pub(crate) fn new() -> Self {
        let office = Workspace::new(&["bo"]);
        let mut pictures = Vec::new();
        for n in 1..=6 {
            let bytes = png(n, 12, 9);
            let digests = digests(bytes.as_slice()).unwrap();
            let sha256 = hex::encode(digests.sha256);
            fs::write(office.quarantine.bytes.join(format!("q-{n}")), &bytes).unwrap();
            if n <= 3 {
                fs::write(office.quarantine.bytes.join(&sha256), &bytes).unwrap();
            }
            if n <= 2 {
                let name = if n == 1 { "0001/q-1".to_owned() } else { hex::encode(digests.md5) };
                fs::create_dir_all(office.quarantine.bytes.join("0001")).unwrap();
                fs::write(office.quarantine.bytes.join(name), &bytes).unwrap();
            }
            pictures.push(digests);
        }
        Self { office, pictures, written: Cell::new(SystemTime::UNIX_EPOCH) }
    }

    /// A fixture with the names and digests of these pictures.
    pub(crate) fn fixture(&self, name: &str) -> String {
        let mut text = fs::read_to_string(format!("{FIXTURES}{name}")).unwrap();
        for (n, of) in (1..).zip(&self.pictures) {
            let (sha256, sha1, md5) =
                (hex::encode(of.sha256), hex::encode(of.sha1), hex::encode(of.md5));
            for (what, with) in [
                ("name", format!("q-{n}")),
                ("size", of.size_bytes.to_string()),
                ("SHA256", sha256.to_uppercase()),
                ("sha256", sha256),
                ("SHA1", sha1.to_uppercase()),
                ("MD5", md5.to_uppercase()),
                ("md5", md5),
                ("SHA1B32", base32(&of.sha1)),
            ] {
                text = text.replace(&format!("{{{what}:{n}}}"), &with);
            }
        }
        text
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.office.dir.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn import(&self, format: &str, text: &str, more: &[&str]) -> Said {
        let path = self.write(format!("answers.{format}").as_str(), text);
        // Each export of the same answers is a file of another time.
        self.written.set(self.written.get() + Duration::from_secs(3_600));
        fs::File::options()
            .append(true)
            .open(&path)
            .unwrap()
            .set_modified(self.written.get())
            .unwrap();
        let bytes = self.office.quarantine.bytes.to_str().unwrap();
        let mut verb = vec!["import", path.to_str().unwrap(), "--format", format, "--bytes", bytes];
        verb.extend(DATASET);
        verb.extend(more);
        self.office.ada(&verb)
    }

    /// Imports twice: the second time everything is known, and the same is said.
    pub(crate) fn taken(
        &self,
        format: &str,
        text: &str,
        more: &[&str],
        finds: u32,
        unmatched: u32,
    ) {
        let first = self.import(format, text, more).ends(0).object();
        assert_eq!(first["format"], format);
        let told = |run: &Value| {
            let progress = &run["progress"];
            json!([
                progress["newFinds"],
                progress["known"],
                progress["unmatched"],
                progress["leftOut"],
                progress["state"]
            ])
        };
        assert_eq!(told(&first), json!([finds, 0, unmatched, 0, "done"]));
        let again = self.import(format, text, more).ends(0).object();
        assert_eq!(told(&again), json!([0, finds, unmatched, 0, "done"]));
        assert_eq!(self.office.ada(&["verify"]).ends(0).object()["findings"], json!([]));
    }

    async fn store(&self) -> SqliteConnection {
        let key = store_key(&self.office.store, "ada", PASSPHRASE);
        SqliteConnectOptions::new()
            .filename(self.office.store.join("store.db"))
            .pragma("key", key)
            .connect()
            .await
            .unwrap()
    }

    /// Every find as it was kept, in the order of import.
    pub(crate) async fn records(&self) -> Vec<Value> {
        let mut store = self.store().await;
        let records: Vec<String> = sqlx::query_scalar("SELECT record FROM sighting ORDER BY id")
            .fetch_all(&mut store)
            .await
            .unwrap();
        store.close().await.unwrap();
        records.iter().map(|record| serde_json::from_str(record).unwrap()).collect()
    }

    /// What the vendors answered, as it was kept; each is under its own digest and is referred to by a find.
    pub(crate) async fn responses(&self) -> Vec<String> {
        let mut store = self.store().await;
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as("SELECT sha256, body FROM raw_response ORDER BY rowid")
                .fetch_all(&mut store)
                .await
                .unwrap();
        for sql in ["UPDATE raw_response SET format = 'x'", "DELETE FROM raw_response"] {
            let refused = sqlx::query(sql).execute(&mut store).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{refused}");
        }
        store.close().await.unwrap();
        let referred: Vec<String> = self
            .records()
            .await
            .iter()
            .flat_map(|record| record["matches"].as_array().unwrap().clone())
            .map(|found| found["raw_sha256"].as_str().unwrap().to_owned())
            .collect();
        rows.into_iter()
            .map(|(sha256, body)| {
                assert_eq!(sha256, Sha256::digest(&body).to_vec());
                assert!(referred.contains(&hex::encode(sha256)));
                String::from_utf8(body).unwrap()
            })
            .collect()
    }
}
