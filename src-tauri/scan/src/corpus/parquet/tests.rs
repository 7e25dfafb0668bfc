//! Files that ask for more than they are, by what is asked of their bytes and of the budget, never by the clock.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::parquet::basic::Compression;
use ::parquet::data_type::{ByteArray, ByteArrayType};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::reader::{ChunkReader, Length};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use bytes::Bytes;

use super::budget::{Budget, fault_of};
use super::chunk::{Chunk, Endless};
use super::file::Bounded;
use super::*;
use crate::corpus::{Member, Visitor};

/// Counts what it is given.
#[derive(Default)]
struct Counts {
    members: u64,
    problems: Vec<Problem>,
}

impl Visitor for Counts {
    fn member(&mut self, _: Member<'_>) -> io::Result<bool> {
        self.members += 1;
        Ok(true)
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// Counts what is asked of it.
struct Source {
    bytes: Bytes,
    given: Arc<AtomicU64>,
}

impl Length for Source {
    fn len(&self) -> u64 {
        Length::len(&self.bytes)
    }
}

impl ChunkReader for Source {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        self.bytes.get_read(start)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.given.fetch_add(length as u64, Ordering::Relaxed);
        self.bytes.get_bytes(start, length)
    }
}

/// Row groups of one nullable column.
fn written(groups: &[Vec<Option<&[u8]>>]) -> Bytes {
    let schema = Arc::new(parse_message_type("message m { optional binary image; }").unwrap());
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_data_page_row_count_limit(usize::MAX);
    let properties = Arc::new(properties.build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    for rows in groups {
        let levels: Vec<i16> = rows.iter().map(|row| row.is_some().into()).collect();
        let values: Vec<ByteArray> =
            rows.iter().flatten().map(|value| value.to_vec().into()).collect();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.into_inner().unwrap().into()
}

/// Walks the row groups of a file with a budget, and says what is left of it.
fn walked(bytes: &Bytes, budget: Budget) -> (Counts, (u64, u64)) {
    let mut counts = Counts::default();
    let mut file = Bounded::open(bytes.clone()).unwrap();
    file.budget = Arc::new(budget);
    let columns = picture_columns(file.metadata().file_metadata().schema_descr());
    let walk = &mut Walk::new("memory", 0, &mut counts);
    Reader { file: &file, walk, columns, size_bytes: bytes.len() as u64 }.groups().unwrap();
    (counts, file.budget.left())
}

#[test]
fn a_value_named_many_times_is_handed_out_until_the_budget_is_used() {
    let picture = [7; 1000];
    let file = written(&[vec![Some(&picture[..]); 10_000], vec![Some(b"small"); 3]]);
    assert!(file.len() < 5000);
    let (counts, _) = walked(&file, Budget::of(file.len() as u64));
    assert_eq!((counts.members, counts.problems.len()), (10_003, 0));
    // Two headers' windows, the pages, and then each value with its column's name.
    let (counts, (_, left)) = walked(&file, Budget::with(20_000, 100_000));
    assert!((90..100).contains(&counts.members) && left < 1005, "{} {left}", counts.members);
    let [first, second] = counts.problems.as_slice() else { panic!("{:?}", counts.problems) };
    assert_eq!((first.fault, second.fault), (Fault::Bomb, Fault::Bomb));
    assert_eq!(first.member.as_deref(), Some("row group 0, column \"image\""));
    assert!(first.detail.as_ref().unwrap().starts_with("1005 bytes more, with "));
}

#[test]
fn a_page_of_too_many_values_costs_its_group_and_no_other() {
    let file = written(&[vec![None; 5000], vec![None; 50_000], vec![Some(b"one"); 5000]]);
    let (counts, (left, _)) = walked(&file, Budget::with(10_000, 1 << 20));
    assert_eq!((counts.members, left), (5000, 0));
    let [problem] = counts.problems.as_slice() else { panic!("{:?}", counts.problems) };
    assert_eq!(problem.fault, Fault::Bomb);
    assert_eq!(problem.member.as_deref(), Some("row group 1, column \"image\""));
    assert_eq!(problem.detail.as_deref(), Some("a page of 50000 values, with 5000 left"));
}

#[test]
fn bytes_asked_for_are_few_times_those_there_are() {
    let found = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/corpora/found/list.parquet");
    let bytes = Bytes::from(std::fs::read(found).unwrap());
    let given = Arc::new(AtomicU64::new(0));
    let source = Source { bytes: bytes.clone(), given: Arc::clone(&given) };
    let mut counts = Counts::default();
    let mut walk = Walk::new("memory", 0, &mut counts);
    super::walk(source, bytes.as_ref(), &mut walk).unwrap();
    let given = given.load(Ordering::Relaxed);
    assert!(given < 2 * bytes.len() as u64, "{given} of {}", bytes.len());
    let told: Vec<_> = (counts.problems.iter())
        .map(|problem| (problem.fault, problem.member.as_deref(), problem.detail.as_deref()))
        .collect();
    let detail = Some("a page header that claims more than there is");
    assert!(told.iter().any(|told| (told.0, told.2) == (Fault::Damaged, detail)), "{told:?}");
}

fn number(value: i64) -> Vec<u8> {
    count(u64::try_from(value << 1 ^ value >> 63).unwrap())
}

fn count(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value > 0x7f {
        out.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap());
    out
}

/// A page's header without its end: kind, bytes unpacked and packed, values.
fn header(kind: i64, unpacked: i64, packed: i64, values: i64) -> Vec<u8> {
    let about = if kind == 0 { 0x2c } else { 0x4c };
    let field = |value| [vec![0x15], number(value)].concat();
    let fields = [field(kind), field(unpacked), field(packed), vec![about], field(values)];
    [
        fields.concat(),
        field(0),
        if kind == 0 { [field(3), field(3)].concat() } else { vec![] },
        vec![0],
    ]
    .concat()
}

#[test]
fn a_list_has_to_fit_in_what_is_left() {
    let most = count(i32::MAX.unsigned_abs().into());
    let with = |more: &[u8]| {
        let bytes = [header(0, 9, 9, 3).as_slice(), more, &[0]].concat();
        thrift::page(&bytes, bytes.len() as u64)
            .map(|page| (page.values, page.length == bytes.len()))
    };
    // Field 20, which nobody knows: a list, a set, a map.
    for kind in 1..=13 {
        for collection in [0xf9, 0xfa] {
            let long = [&[collection, 0xf0 | kind], most.as_slice(), &[0; 40]].concat();
            assert_eq!(with(&long), Err(thrift::Bad::Wrong), "{kind}");
        }
        let map = [&[0xfb], most.as_slice(), &[kind << 4 | kind], &[0; 40]].concat();
        assert_eq!(with(&map), Err(thrift::Bad::Wrong), "{kind}");
    }
    // A list of two numbers, of one list of none, and no list of truth values, however short.
    assert_eq!(with(&[0xf9, 0x25, 1, 2]), Ok((3, true)));
    assert_eq!(with(&[0xf9, 0x19, 0]), Ok((3, true)));
    assert_eq!(with(&[0xf9, 0x12, 1]), Err(thrift::Bad::Wrong));
    assert_eq!(with(&[0xfb, 2, 0x53, 1, 1, 1, 1]), Ok((3, true)));
    assert_eq!(with(&[0xfb, 1, 0x51, 1]), Err(thrift::Bad::Wrong));
    // A field the crate takes for a number, whatever the file says it is.
    assert_eq!(with(&[0x08, 2, 1, b'x']), Err(thrift::Bad::Wrong));
    let deep = [&[0xf9][..], &[0x19; 100]].concat();
    assert_eq!(with(&deep), Err(thrift::Bad::Wrong));
}

#[test]
fn a_header_may_be_longer_than_the_bytes_at_hand() {
    let whole = [header(0, 9, 9, 3).as_slice(), &[0xf8, 3, 7, 7, 7, 0]].concat();
    for cut in 0..whole.len() {
        let at_hand = &whole[..cut];
        assert_eq!(thrift::page(at_hand, 1000), Err(thrift::Bad::Short), "{cut}");
        assert_eq!(thrift::page(at_hand, cut as u64), Err(thrift::Bad::Wrong), "{cut}");
    }
    // The greatest value of a page may stand in its header, as large as it is.
    let value = vec![7; 100_000];
    let long = [header(0, 1, 1, 3), vec![0xf8], count(100_000), value, vec![0]].concat();
    let file = Arc::new(Bytes::from([long.as_slice(), b"x"].concat()));
    let chunk = Chunk::new(&file, &Arc::new(Budget::of(file.len() as u64)), None);
    let mut read = Vec::new();
    chunk.get_read(0).unwrap().read_to_end(&mut read).unwrap();
    assert_eq!(read, long);
}

/// What becomes of a page of this header and body.
fn asked(header: &[u8], body: &[u8], endless: Option<Endless>) -> Option<(Fault, Option<String>)> {
    let bytes = [header, &[0], body].concat();
    let size = bytes.len() as u64;
    let chunk = Chunk::new(&Arc::new(Bytes::from(bytes)), &Arc::new(Budget::of(size)), endless);
    let mut read = Vec::new();
    let asked = chunk.get_read(0).unwrap().read_to_end(&mut read).map_err(ParquetError::from);
    let body = asked.and_then(|_| chunk.get_bytes(read.len() as u64, body.len()));
    body.err().map(|error| fault_of(&error))
}

#[test]
fn a_page_is_refused_before_room_is_made_for_it() {
    let told = |detail: &str| Some((Fault::Bomb, Some(detail.to_owned())));
    assert_eq!(asked(&header(0, 9, 9, 9), &[0; 9], None), None);
    let unpacked = asked(&header(0, 64 << 20, 9, 9), &[0; 9], None);
    assert_eq!(unpacked, told("a page of 9 bytes that is to become 67108864"));
    let values = asked(&header(0, 9, 9, i32::MAX.into()), &[0; 9], None);
    assert_eq!(values.map(|(fault, _)| fault), Some(Fault::Bomb));
    assert_eq!(asked(&header(2, 400, 9, 100), &[0; 9], None), None);
    let entries = asked(&header(2, 400, 9, 101), &[0; 9], None);
    let detail = "a dictionary of more entries than bytes".to_owned();
    assert_eq!(entries, Some((Fault::Damaged, Some(detail))));
    let zeroes = [0; 100_000];
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&zeroes).unwrap();
    let mut brotli = brotli::CompressorWriter::new(Vec::new(), 4096, 9, 20);
    brotli.write_all(&zeroes).unwrap();
    for (packed, endless) in
        [(gzip.finish().unwrap(), Endless::Gzip), (brotli.into_inner(), Endless::Brotli)]
    {
        let size = i64::try_from(packed.len()).unwrap();
        assert_eq!(asked(&header(0, 100_000, size, 9), &packed, Some(endless)), None);
        let liar = asked(&header(0, 99_999, size, 9), &packed, Some(endless));
        assert_eq!(liar, told("a page that becomes more than 99999 bytes"));
    }
}

/// A footer of no more than a schema: the number of children and the name of each element.
fn schema(elements: &[(i64, &str)]) -> bool {
    let mut footer = [vec![0x29, 0xfc], count(elements.len() as u64)].concat();
    for (children, name) in elements {
        footer.extend([&[0x48], count(name.len() as u64).as_slice(), name.as_bytes()].concat());
        footer.extend([&[0x15], number(*children).as_slice(), &[0]].concat());
    }
    thrift::footer(&[footer.as_slice(), &[0]].concat()).is_ok()
}

#[test]
fn a_schema_has_to_be_a_tree_that_can_be_descended() {
    let nested = |depth: usize| [vec![(1, "g"); depth], vec![(0, "leaf")]].concat();
    assert!(schema(&[(2, "m"), (1, "g"), (0, "a"), (0, "b")]));
    assert!(schema(&nested(100)));
    assert!(!schema(&nested(101)));
    // More children than elements, of which the crate would make room for all; fewer; a negative number.
    assert!(!schema(&[(i32::MAX.into(), "m"), (0, "a")]));
    assert!(!schema(&[(1, "m"), (0, "a"), (0, "b")]));
    assert!(!schema(&[(-1, "m"), (0, "a")]));
    // Each column's path repeats its group's name.
    let long = "x".repeat(100_000);
    let wide = |columns: i64| {
        let leaves = vec![(0, "leaf"); usize::try_from(columns).unwrap()];
        schema(&[vec![(1, "m"), (columns, long.as_str())], leaves].concat())
    };
    assert!(wide(600) && !wide(700));
}
