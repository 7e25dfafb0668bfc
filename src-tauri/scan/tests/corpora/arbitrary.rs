//! Bytes that are no corpus, or nearly one: no reader panics, and none gives more than there is.

use casement_scan::corpus::{ShardKind, walk_bytes};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::collect::{Collect, fixtures};

const KINDS: [ShardKind; 4] = [ShardKind::Tar, ShardKind::Zip, ShardKind::Warc, ShardKind::Parquet];

/// Walks and resumes; the numbers have to agree.
fn holds(kind: ShardKind, bytes: &[u8]) {
    let mut seen = Collect::default();
    if let Ok(walked) = walk_bytes(kind, bytes, &mut seen) {
        assert!(walked.members >= seen.members.len() as u64);
        assert_eq!(walked.size_bytes, bytes.len() as u64);
        assert!(seen.ordinals.is_sorted());
    }
}

fn fixture() -> impl Strategy<Value = (ShardKind, Vec<u8>)> {
    let files = [
        ("gnu.tar", ShardKind::Tar),
        ("pax.tar", ShardKind::Tar),
        ("gnu.tgz", ShardKind::Tar),
        ("samples.tar", ShardKind::Tar),
        ("pictures.zip", ShardKind::Zip),
        ("crawl.warc", ShardKind::Warc),
        ("crawl.warc.gz", ShardKind::Warc),
        ("images.parquet", ShardKind::Parquet),
        ("several.parquet", ShardKind::Parquet),
    ];
    prop::sample::select(files.to_vec())
        .prop_map(|(name, kind)| (kind, std::fs::read(fixtures("good").join(name)).unwrap()))
}

proptest! {
    // `PROPTEST_CASES` asks for more.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(400)))]

    #[test]
    fn arbitrary_bytes_harm_no_reader(bytes in vec(any::<u8>(), 0..3000)) {
        for kind in KINDS {
            holds(kind, &bytes);
        }
    }

    #[test]
    fn damage_anywhere_harms_no_reader(
        (kind, mut bytes) in fixture(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        holds(kind, &bytes);
    }

    #[test]
    fn every_reader_takes_every_format((_, bytes) in fixture()) {
        for kind in KINDS {
            holds(kind, &bytes);
        }
    }
}
