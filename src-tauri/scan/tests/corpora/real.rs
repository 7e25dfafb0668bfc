//! Shards by img2dataset, and the finds an independent program made of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use casement_core::intake::find::{BytesAre, Find};
use casement_scan::corpus::{rewalk, shards};

use crate::collect::{origins, walked};

fn real() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/real")
}

#[test]
fn origins_are_those_of_the_finds_made_by_another_program() {
    let roots = ["real-pairs", "real-kept", "real-bare"].map(|name| real().join(name));
    let (found, problems) = shards(&roots);
    assert_eq!((found.len(), problems), (4, vec![]));
    let mut by_place = BTreeMap::new();
    for shard in &found {
        let (end, seen) = walked(shard);
        assert_eq!(seen.problems, []);
        for (member, origin) in seen.members.iter().zip(origins(shard, &end, &seen)) {
            let digest = rewalk(&shard.base, &origin.steps).unwrap();
            assert_eq!(hex::encode(digest), member.digests.sha256);
            let place = (shard.uri.clone(), origin.steps[1].offset);
            by_place.insert(place, (origin, member.size_bytes));
        }
    }
    let text = std::fs::read_to_string(real().join("finds.jsonl")).unwrap();
    let finds: Vec<Find> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(finds.len(), 32);
    for find in finds {
        let uri = find.locator.steps[0].uri.clone().unwrap();
        let (origin, size) = &by_place[&(uri.clone(), find.locator.steps[1].offset)];
        assert_eq!(origin.steps, find.locator.steps);
        assert_eq!(*size, find.object.size_bytes);
        assert_eq!(origin.media_type, find.object.media_type);
        assert_eq!(origin.as_fetched_digests, find.object.as_fetched_digests);
        let mut told = find.acquisition.clone();
        // No file of the shard says which version it was, or how it called itself.
        if let Some(fetcher) = &mut told.fetcher {
            (fetcher.version, fetcher.user_agent) = (None, None);
        }
        assert_eq!(origin.acquisition, told);
        let mut missing: Vec<_> =
            find.missing.iter().map(|m| (m.field.as_str(), m.reason)).collect();
        missing.retain(|(field, _)| !field.starts_with("locator."));
        let bare = uri.starts_with("real-bare");
        if bare {
            // Without a digest nobody can tell; the program knew how the shard was made.
            assert_eq!(origin.bytes_are, BytesAre::Unknown);
            missing.retain(|(field, _)| !field.starts_with("object."));
        } else {
            assert_eq!(origin.bytes_are, find.object.bytes_are);
            assert_eq!(Some(&origin.embedded), find.object.embedded.as_ref());
            // Where it kept the bytes as they were, img2dataset did not open them.
            if uri.starts_with("real-pairs") {
                let size = (find.object.width, find.object.height);
                assert_eq!((origin.width, origin.height), size);
            }
        }
        let mut own: Vec<_> = origin.missing.iter().map(|m| (m.field.as_str(), m.reason)).collect();
        own.sort();
        missing.sort();
        assert_eq!(own, missing, "{uri}");
    }
}
