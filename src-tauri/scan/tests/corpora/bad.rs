//! One thing wrong in each: one problem that names the place, and the rest goes on.

use casement_scan::corpus::Fault;

use crate::collect::{Collect, expected, fixtures, shard, walked};

/// File, what is wrong with it, the member it is told of, and how many pictures are read all the same.
const TABLE: [(&str, Fault, Option<&str>, usize); 27] = [
    ("outside.tar", Fault::Outside, Some("\"../../outside.png\""), 3),
    ("absolute.tar", Fault::Outside, Some("\"/absolute.png\""), 3),
    ("link.tar", Fault::NotAFile, Some("\"link.png\""), 2),
    ("hardlink.tar", Fault::NotAFile, Some("\"hard.png\""), 2),
    ("device.tar", Fault::NotAFile, Some("\"device.png\""), 2),
    ("latin1.tar", Fault::Name, Some("\"Bl\\xfcmchen.png\""), 3),
    ("nested.tar", Fault::Nested, Some("\"inner.zip\""), 3),
    ("damaged.tar", Fault::Damaged, None, 2),
    ("cut.tar", Fault::Truncated, Some("\"last.png\""), 2),
    ("sparse.tar", Fault::Sparse, Some("\"holes.png\""), 2),
    ("outside.zip", Fault::Outside, Some("\"../outside.png\""), 3),
    ("link.zip", Fault::NotAFile, Some("\"link.png\""), 2),
    ("bomb.zip", Fault::Bomb, Some("\"bomb.png\""), 2),
    ("liar.zip", Fault::Bomb, Some("\"liar.png\""), 2),
    ("lzma.zip", Fault::Compression, Some("\"lzma.png\""), 2),
    ("encrypted.zip", Fault::Encrypted, Some("\"locked.png\""), 2),
    ("checksum.zip", Fault::Checksum, Some("\"changed.png\""), 3),
    ("short.warc", Fault::Length, None, 3),
    ("short.warc.gz", Fault::Length, None, 3),
    ("long.warc.gz", Fault::Length, Some("\"https://images.example/middle.png\""), 2),
    ("long.warc", Fault::Length, None, 2),
    ("digest.warc.gz", Fault::Checksum, Some("\"https://images.example/middle.png\""), 3),
    ("cut.warc.gz", Fault::Truncated, None, 2),
    ("damaged.warc.gz", Fault::Damaged, None, 2),
    ("mixed.tar", Fault::Damaged, None, 2),
    ("endless.tar", Fault::Truncated, None, 2),
    ("prose.warc", Fault::Length, None, 2),
];

/// Files that are easier made here than by a tool.
fn made(name: &str, folder: &std::path::Path) -> Option<std::path::PathBuf> {
    let first = std::fs::read(fixtures("bad").join("link.tar")).unwrap();
    let bytes = match name {
        // Something else behind the mark of the end.
        "mixed.tar" => [first.as_slice(), &[0x55; 700], &[0; 324]].concat(),
        // No mark of the end: header and data of the first, the link, header and data of the last.
        "endless.tar" => first.chunks(512).take(5).collect::<Vec<_>>().concat(),
        "prose.warc" => {
            let warc = std::fs::read(fixtures("bad").join("digest.warc.gz")).unwrap();
            let mut plain = Vec::new();
            let mut source = flate2::bufread::GzDecoder::new(warc.as_slice());
            std::io::Read::read_to_end(&mut source, &mut plain).unwrap();
            [plain.as_slice(), b"and then some prose\r\n", &plain].concat()
        }
        _ => return None,
    };
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    Some(path)
}

#[test]
fn each_is_one_problem_with_its_place_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for (name, fault, member, read) in TABLE {
        let path = made(name, folder.path()).unwrap_or_else(|| fixtures("bad").join(name));
        let (_, seen) = walked(&shard(path));
        let told: Vec<_> = (seen.problems.iter())
            .map(|problem| (problem.fault, problem.member.as_deref(), problem.offset.is_some()))
            .collect();
        let mut expected = vec![(fault, member, true)];
        // The link it is made from is told as well.
        if ["mixed.tar", "endless.tar"].contains(&name) {
            expected.insert(0, (Fault::NotAFile, Some("\"link.png\""), true));
        }
        if told != expected || seen.members.len() != read {
            wrong.push(format!("{name}: {:?}, {} read", seen.problems, seen.members.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_file_of_another_kind_is_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let parquet = std::fs::read(fixtures("bad").join("cut.parquet")).unwrap();
    let cases: [(&str, &[u8]); 9] = [
        ("a.tar", b"this is prose, and a lot too short"),
        ("b.tar", &[0x55; 2048]),
        ("c.tar", b""),
        ("d.zip", b"not a zip"),
        ("e.warc", b"not a warc\r\n\r\n"),
        ("f.warc.gz", &[0x1f, 0x8b, 8, 0, 0, 0]),
        ("g.warc.gz", b""),
        ("h.parquet", &parquet),
        ("i.parquet", b"PAR1PAR1"),
    ];
    for (name, bytes) in cases {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let problem = shard(path).walk(0, &mut Collect::default()).unwrap_err();
        assert_eq!(problem.fault, Fault::Foreign, "{name}");
        assert!(problem.place().contains(name));
    }
}

#[test]
fn an_empty_tar_and_a_cut_zip_are_not_foreign() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.tar");
    std::fs::write(&path, [0; 10240]).unwrap();
    assert_eq!(walked(&shard(path)).1.problems, []);
    let whole = std::fs::read(fixtures("good").join("pictures.zip")).unwrap();
    let path = folder.path().join("cut.zip");
    std::fs::write(&path, &whole[..whole.len() - 100]).unwrap();
    let (_, seen) = walked(&shard(path));
    assert_eq!(seen.problems.iter().map(|p| p.fault).collect::<Vec<_>>(), [Fault::Truncated]);
}

#[test]
fn a_tar_cut_anywhere_gives_what_stands_before_the_cut() {
    let whole = std::fs::read(fixtures("good").join("gnu.tar")).unwrap();
    let expected = expected();
    let members = expected["gnu.tar"].as_array().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.tar");
    for cut in (512..whole.len() - 1024).step_by(97) {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let (_, seen) = walked(&shard(path.clone()));
        let ends = |member: &serde_json::Value| {
            member["offset"].as_u64().unwrap() + member["length"].as_u64().unwrap()
        };
        let before = members.iter().filter(|member| ends(member) <= cut as u64).count();
        assert_eq!(seen.members.len(), before, "cut at {cut}");
        let last = members.last().map(ends).unwrap().next_multiple_of(512);
        let marked = cut as u64 > last && (cut as u64 - last).is_multiple_of(512);
        let faults: Vec<Fault> = seen.problems.iter().map(|problem| problem.fault).collect();
        let told = if marked { vec![] } else { vec![Fault::Truncated] };
        assert_eq!(faults, told, "cut at {cut}");
    }
}
