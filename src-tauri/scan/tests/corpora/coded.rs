//! Parquet files in every coding a writer has, and what a file may claim beyond its bytes.

use std::sync::Arc;

use casement_scan::corpus::{Fault, Shard, ShardKind, rewalk, walk_bytes};
use parquet::basic::{Compression, Encoding};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use sha2::{Digest as _, Sha256};

use crate::collect::{Collect, fixtures, origins, shard, walked};

/// Rows of a column of pictures, and of one of lists of them.
const SCHEMA: &str = "message m {
    optional binary image;
    optional group images (LIST) { repeated group list { optional binary element; } }
}";

/// A file of one group: each picture in a row, and all of them in a list of the first row.
fn written(pictures: &[Vec<u8>], properties: WriterPropertiesBuilder) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = Arc::new(properties.build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    let values: Vec<ByteArray> = pictures.iter().map(|picture| picture.clone().into()).collect();
    let rows = values.len();
    let mut group = writer.next_row_group().unwrap();
    // Every row has a picture; the first a list, and the others none.
    let deep = [vec![3; rows], vec![0; rows - 1]].concat();
    let repeats = [vec![0], vec![1; rows - 1], vec![0; rows - 1]].concat();
    for (definition, repetition) in [(vec![1; rows], None), (deep, Some(repeats.as_slice()))] {
        let mut column = group.next_column().unwrap().unwrap();
        let typed = column.typed::<ByteArrayType>();
        typed.write_batch(&values, Some(&definition), repetition).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.into_inner().unwrap()
}

fn stored(bytes: &[u8]) -> (tempfile::TempDir, Shard) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    std::fs::write(&path, bytes).unwrap();
    let shard = shard(path);
    (folder, shard)
}

#[test]
fn every_coding_is_read_and_led_back_to() {
    // Pictures that begin alike, as DELTA_BYTE_ARRAY makes use of, and then do not.
    let noise = |seed: u8| Sha256::digest([seed]).repeat(usize::from(seed) + 1);
    let pictures: Vec<_> = (0..20).map(|seed| [b"\xff\xd8JFIF", &*noise(seed)].concat()).collect();
    let mut expected: Vec<_> = pictures.iter().map(|p| hex::encode(Sha256::digest(p))).collect();
    expected.extend_from_within(..);
    expected.sort();
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::ZSTD(Default::default()),
        Compression::BROTLI(Default::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ];
    let encodings = [
        None,
        Some(Encoding::PLAIN),
        Some(Encoding::DELTA_LENGTH_BYTE_ARRAY),
        Some(Encoding::DELTA_BYTE_ARRAY),
    ];
    for codec in codecs {
        for encoding in encodings {
            for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
                let mut properties = WriterProperties::builder()
                    .set_compression(codec)
                    .set_writer_version(version)
                    .set_write_batch_size(1)
                    .set_data_page_row_count_limit(7)
                    .set_dictionary_enabled(encoding.is_none());
                if let Some(encoding) = encoding {
                    properties = properties.set_encoding(encoding);
                }
                let what = format!("{codec:?} {encoding:?} {version:?}");
                let (_folder, shard) = stored(&written(&pictures, properties));
                let (end, seen) = walked(&shard);
                assert_eq!(seen.problems, [], "{what}");
                let mut digests: Vec<_> =
                    seen.members.iter().map(|m| m.digests.sha256.clone()).collect();
                digests.sort();
                assert_eq!(digests, expected, "{what}");
                let origins = origins(&shard, &end, &seen);
                for (member, origin) in seen.members.iter().zip(&origins).step_by(3) {
                    let digest = rewalk(&shard.base, &origin.steps).unwrap();
                    assert_eq!(hex::encode(digest), member.digests.sha256, "{what}");
                }
            }
        }
    }
}

#[test]
fn ten_thousand_equal_values_in_a_few_bytes_are_all_read() {
    let pictures = vec![vec![7; 500]; 10_000];
    let bytes = written(&pictures, WriterProperties::builder());
    assert!(bytes.len() < 4000, "{}", bytes.len());
    let mut seen = Collect::default();
    walk_bytes(ShardKind::Parquet, &bytes, &mut seen).unwrap();
    assert_eq!((seen.members.len(), seen.problems.len()), (20_000, 0));
}

#[test]
fn what_the_fuzzer_found_is_told_of_each_group() {
    // In the second group, a field nobody knows of a dictionary's header: a map, and in it a list of 84,328,091 numbers.
    let bytes = std::fs::read(fixtures("found").join("list.parquet")).unwrap();
    let mut seen = Collect::default();
    let walked = walk_bytes(ShardKind::Parquet, &bytes, &mut seen).unwrap();
    assert!(walked.complete);
    let told: Vec<_> = (seen.problems.iter())
        .map(|problem| (problem.fault, problem.place(), problem.detail.as_deref()))
        .collect();
    let place = |group: u8| format!("\"memory\" ! row group {group}, column \"image.bytes\"");
    let claims = Some("a page header that claims more than there is");
    let expected = [(0, None), (1, claims), (2, claims)];
    assert_eq!(told, expected.map(|(group, detail)| (Fault::Damaged, place(group), detail)));
}

#[test]
fn a_group_of_endless_nulls_is_told_and_the_others_are_read() {
    let rows = |count: usize, value: Option<&[u8]>| vec![value.map(<[u8]>::to_vec); count];
    let groups = [rows(5, Some(b"first")), rows(3_000_000, None), rows(5, Some(b"last"))];
    let schema = Arc::new(parse_message_type("message m { optional binary image; }").unwrap());
    let properties = WriterProperties::builder().set_data_page_row_count_limit(usize::MAX).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    for rows in groups {
        let levels: Vec<i16> = rows.iter().map(|row| row.is_some().into()).collect();
        let values: Vec<ByteArray> = rows.into_iter().flatten().map(ByteArray::from).collect();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    let bytes = writer.into_inner().unwrap();
    assert!(bytes.len() < 2000, "{}", bytes.len());
    let mut seen = Collect::default();
    walk_bytes(ShardKind::Parquet, &bytes, &mut seen).unwrap();
    assert_eq!(seen.members.len(), 10);
    assert_eq!(seen.members.last().and_then(|last| last.steps[0].row), Some(3_000_009));
    let [problem] = seen.problems.as_slice() else { panic!("{:?}", seen.problems) };
    assert_eq!(problem.fault, Fault::Bomb);
    assert_eq!(problem.place(), "\"memory\" ! row group 1, column \"image\"");
    assert!(problem.detail.as_ref().unwrap().starts_with("a page of 3000000 values, with "));
}
