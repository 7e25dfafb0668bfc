//! Every reader of untrusted files against bytes made to break it: random ones, and good files with damage.
//! The same functions run under libFuzzer in `cargo xtask fuzz`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use casement_tests::readers::READERS;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

fn fuzz() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// Good files: the reader's own, else those of the corpora, of which it takes its own kind.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let own = fuzz().join("seeds").join(name);
    let corpora = "../src-tauri/scan/tests/fixtures/corpora/good";
    let dir = if own.is_dir() { own } else { Path::new(env!("CARGO_MANIFEST_DIR")).join(corpora) };
    let mut paths: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{name} has nothing to begin with");
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn every_reader_has_a_fuzz_target() {
    let targets: BTreeSet<String> = fs::read_dir(fuzz().join("targets"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(targets, READERS.iter().map(|(name, _)| (*name).to_owned()).collect());
}

#[test]
fn good_files_are_read() {
    for (name, read) in READERS {
        seeds(name).iter().for_each(|seed| read(seed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_break_a_reader(data in vec(any::<u8>(), 0..2048)) {
        for (_, read) in READERS {
            read(&data);
        }
    }

    #[test]
    fn no_damage_breaks_a_reader(
        hits in vec((any::<Index>(), any::<u8>()), 1..8), cut in any::<Index>(), cuts in any::<bool>(),
        doubled in any::<bool>(),
    ) {
        for (name, read) in READERS {
            for mut data in seeds(name) {
                for (at, byte) in &hits {
                    let at = at.index(data.len());
                    data[at] ^= byte;
                }
                if cuts {
                    data.truncate(cut.index(data.len()));
                }
                if doubled {
                    data.extend_from_within(..);
                }
                read(&data);
            }
        }
    }
}
