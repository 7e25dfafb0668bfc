//! Folders: what is a shard, what describes one, what is followed.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use casement_scan::corpus::{Fault, ShardKind, rewalk, shards};

use crate::collect::{Collect, origins, walked};

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_folder_is_sorted_into_shards_and_what_describes_them() {
    let top = tempfile::tempdir().unwrap();
    let root = top.path().join("corpus");
    for name in [
        "b/00001.tar",
        "b/00001.parquet",
        "b/00001_stats.json",
        "b/own.parquet",
        "b/notes.json",
        "a/c.warc.gz",
        "a/c.cdxj",
        "a/d.WARC",
        "a/all.cdxj",
        "a/loose.jpg",
        "a.b/loose.jpg",
        "e/00002/0.jpg",
        "e/00002.parquet",
        "e/00002_stats.json",
        "e/x_stats.json",
        "z.zip",
    ] {
        write(&root, name, b"x");
    }
    std::os::unix::fs::symlink(root.join("b"), root.join("a/link")).unwrap();
    let (found, problems) = shards(std::slice::from_ref(&root));
    let uris: Vec<_> = found.iter().map(|shard| (shard.uri.as_str(), shard.kind)).collect();
    assert_eq!(
        uris,
        [
            ("corpus/a", ShardKind::Loose),
            ("corpus/a.b", ShardKind::Loose),
            ("corpus/a/c.warc.gz", ShardKind::Warc),
            ("corpus/a/d.WARC", ShardKind::Warc),
            ("corpus/b", ShardKind::Loose),
            ("corpus/b/00001.tar", ShardKind::Tar),
            ("corpus/b/own.parquet", ShardKind::Parquet),
            ("corpus/e", ShardKind::Loose),
            ("corpus/e/00002", ShardKind::Loose),
            ("corpus/z.zip", ShardKind::Zip),
        ]
    );
    let of = |uri: &str| found.iter().find(|shard| shard.uri == uri).unwrap().sidecars.clone();
    assert_eq!(of("corpus/b/00001.tar").rows, Some(root.join("b/00001.parquet")));
    assert_eq!(of("corpus/b/00001.tar").stats, Some(root.join("b/00001_stats.json")));
    assert_eq!(of("corpus/e/00002").rows, Some(root.join("e/00002.parquet")));
    assert_eq!(of("corpus/a/c.warc.gz").indexes, [root.join("a/all.cdxj"), root.join("a/c.cdxj")]);
    assert_eq!(of("corpus/a/d.WARC").indexes, [root.join("a/all.cdxj")]);
    let told: Vec<_> = problems.iter().map(|p| (p.fault, p.shard.as_str())).collect();
    assert_eq!(told, [(Fault::NotAFile, "corpus/a/link")]);
    // Named one by one, they are the same.
    let tar = root.join("b/00001.tar");
    assert_eq!(shards(&[tar]).0[0].sidecars, of("corpus/b/00001.tar"));
}

#[test]
fn loose_files_are_their_own_layer() {
    let top = tempfile::tempdir().unwrap();
    let root = top.path().join("corpus");
    write(&root, "1.jpg", b"\xff\xd8\xff one");
    write(&root, "1.json", br#"{"url": "https://images.example/1.jpg", "caption": "x"}"#);
    write(&root, "2.txt", b"a text by itself");
    let odd = root.join(std::ffi::OsStr::from_bytes(b"3\xff.png"));
    std::fs::write(odd, b"three").unwrap();
    let twice = [root.clone(), root];
    let (found, _) = shards(&twice);
    assert_eq!(found.len(), 1);
    let (end, seen) = walked(&found[0]);
    assert_eq!(end.sha256, None);
    let uris: Vec<_> = seen.members.iter().map(|member| member.uri.as_str()).collect();
    assert_eq!(uris, ["corpus/1.jpg", "corpus/2.txt", "corpus/3\\xff.png"]);
    let told: Vec<_> = seen.problems.iter().map(|p| p.fault).collect();
    assert_eq!(told, [Fault::Name]);
    for (member, origin) in seen.members.iter().zip(origins(&found[0], &end, &seen)) {
        assert_eq!(hex::encode(rewalk(top.path(), &origin.steps).unwrap()), member.digests.sha256);
        let first = member.uri.ends_with("1.jpg");
        let url = first.then_some("https://images.example/1.jpg");
        assert_eq!(origin.acquisition.origin_url.as_deref(), url);
        assert_eq!(origin.media_type.as_deref(), first.then_some("image/jpeg"));
    }
    let mut rest = Collect::default();
    found[0].walk(2, &mut rest).unwrap();
    assert_eq!(rest.members, seen.members[2..]);
}

#[test]
fn roots_that_locators_cannot_tell_apart_are_refused() {
    let top = tempfile::tempdir().unwrap();
    write(top.path(), "x/corpus/1.jpg", b"1");
    write(top.path(), "y/corpus/1.jpg", b"2");
    let (found, problems) = shards(&[top.path().join("x/corpus"), top.path().join("y/corpus")]);
    assert_eq!(found.len(), 1);
    assert_eq!(problems.iter().map(|p| p.fault).collect::<Vec<_>>(), [Fault::Ambiguous]);
    let (found, problems) = shards(&[top.path().join("nowhere")]);
    assert!(found.is_empty());
    assert_eq!(problems.iter().map(|p| p.fault).collect::<Vec<_>>(), [Fault::Unreadable]);
}
