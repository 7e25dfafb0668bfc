//! What the tests of a scan share: a corpus of every kind, a list of some of it, and finds without their times.

use std::fs;
use std::path::{Path, PathBuf};

use casement_tests::casectl::{Said, lines, run};
use casement_tests::corpora::{img2dataset, sha256, warc_gz, zip};
use casement_tests::finds::{jpeg, png};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with a corpus of every kind, and the pictures of it that lists know.
pub(crate) struct Bench {
    pub(crate) dir: TempDir,
    pub(crate) corpus: PathBuf,
    pub(crate) known: Vec<Vec<u8>>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let corpus = dir.path().join("corpus");
        let numbered = |from: u32| (from..from + 6).map(|n| png(n, 40, 30)).collect::<Vec<_>>();
        let named = |pictures: &[Vec<u8>], prefix: &str| -> Vec<(String, Vec<u8>)> {
            let name = |n: usize| format!("{prefix}{n}.png");
            pictures.iter().enumerate().map(|(n, bytes)| (name(n), bytes.clone())).collect()
        };
        let (zipped, crawled, loose) = (numbered(100), numbered(200), numbered(300));
        let stored: Vec<Vec<u8>> = (0..6).map(|n| jpeg(n, 48, 36)).collect();
        let fetched: Vec<Vec<u8>> = (0..6).map(|n| png(n, 96, 72)).collect();
        let pairs: Vec<_> = stored.iter().cloned().zip(fetched.iter().cloned()).collect();
        img2dataset(&corpus.join("crawl"), 7, &pairs);
        fs::write(corpus.join("more.zip"), zip(&named(&zipped, "pictures/"))).unwrap();
        fs::write(
            corpus.join("pages.warc.gz"),
            warc_gz(&named(&crawled, "https://images.example/")),
        )
        .unwrap();
        fs::create_dir(corpus.join("loose")).unwrap();
        for (name, bytes) in named(&loose, "") {
            fs::write(corpus.join("loose").join(name), bytes).unwrap();
        }
        let known = vec![
            stored[1].clone(),
            fetched[4].clone(),
            zipped[2].clone(),
            crawled[3].clone(),
            loose[5].clone(),
        ];
        Self { dir, corpus, known }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    /// A list of the known pictures' SHA-256, with ids and labels.
    pub(crate) fn list(&self) -> String {
        let mut text = "id,label,sha256\n".to_owned();
        for (number, bytes) in self.known.iter().enumerate() {
            text.push_str(&format!("e-{number},\"synthetic, A\",{}\n", sha256(bytes)));
        }
        fs::write(self.path("list.csv"), text).unwrap();
        self.path("list.csv")
    }

    pub(crate) fn scan(&self, more: &[&str]) -> Said {
        let list = self.list();
        let verb = ["scan", self.corpus.to_str().unwrap(), "--json", "--list", &list];
        let about =
            ["--list-name", "SYNTH-LIST", "--list-version", "2026-01", "--provider", "synthetic"];
        run(&[&verb[..], &about, more].concat())
    }

    /// Scans into `NAME.jsonl` and `bytes/`.
    pub(crate) fn to(&self, name: &str, more: &[&str]) -> (Said, PathBuf) {
        let out = self.path(&format!("{name}.jsonl"));
        let said =
            self.scan(&[&["--out", &out, "--bytes", &self.path("bytes")][..], more].concat());
        (said, out.into())
    }
}

pub(crate) fn finds(path: &Path) -> Vec<Value> {
    lines(&fs::read_to_string(path).unwrap())
}

/// Without when and by which run it was told.
pub(crate) fn said(finds: &[Value]) -> Vec<Value> {
    let mut finds = finds.to_vec();
    for find in &mut finds {
        find["emitted_at"] = Value::Null;
        find["scanner"]["scanned_at"] = Value::Null;
        find["scanner"]["run_id"] = Value::Null;
    }
    finds
}

pub(crate) fn kinds(find: &Value) -> Vec<&str> {
    let steps = find["locator"]["steps"].as_array().unwrap();
    steps.iter().map(|step| step["kind"].as_str().unwrap()).collect()
}

/// Whether a file below the folder holds this text.
pub(crate) fn holds(dir: &Path, text: &[u8]) -> bool {
    fs::read_dir(dir).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, text);
        }
        fs::read(&path).is_ok_and(|bytes| bytes.windows(text.len()).any(|part| part == text))
    })
}
