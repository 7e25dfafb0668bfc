//! Single rows of a parquet file as text: the facts that stand beside a picture.
//!
//! It must never read the columns that hold bytes, nor rows nobody asked for.

use std::collections::{BTreeMap, BTreeSet};

use ::parquet::basic::ConvertedType;
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::DataType;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::ParquetMetaData;
use ::parquet::file::reader::{ChunkReader, FileReader as _, RowGroupReader};
use ::parquet::schema::types::ColumnDescriptor;

use super::file::Bounded;
use super::guarded;

/// A row's facts by lower-case column name; columns that are empty in this row are absent.
pub(crate) type Row = BTreeMap<String, String>;

/// What a table is, and the rows asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::corpus) struct Rows {
    /// Every column, lower case, whether or not it was read.
    pub(in crate::corpus) columns: BTreeSet<String>,
    /// Rows by number, each with its group.
    pub(in crate::corpus) rows: BTreeMap<u64, (u64, Row)>,
}

/// Names under which corpora keep facts. Only these columns are read.
const FACTS: [&str; 27] = [
    "url",
    "image_url",
    "img_url",
    "image_link",
    "source_url",
    "final_url",
    "page_url",
    "source_page",
    "webpage_url",
    "page",
    "page_link",
    "uid",
    "key",
    "id",
    "sample_id",
    "image_id",
    "sha256",
    "md5",
    "sha512",
    "status",
    "error_message",
    "width",
    "height",
    "original_width",
    "original_height",
    "fetch_time",
    "fetched_at",
];

/// Whether a column is one of the facts.
pub(in crate::corpus) fn is_fact(column: &str) -> bool {
    FACTS.iter().any(|fact| column.eq_ignore_ascii_case(fact))
}

/// Which rows are wanted.
pub(in crate::corpus) enum Wanted<'a> {
    /// By number.
    Numbers(&'a BTreeSet<u64>),
    /// By the value of the column `key`.
    Keys(&'a BTreeSet<String>),
}

/// Reads rows.
pub(in crate::corpus) fn read<C: ChunkReader + 'static>(
    source: C,
    wanted: &Wanted<'_>,
) -> Result<Rows, ParquetError> {
    guarded(|| {
        let file = Bounded::open(source)?;
        let schema = file.metadata().file_metadata().schema_descr();
        let name = |column: &ColumnDescriptor| column.path().string().to_ascii_lowercase();
        let mut out = Rows {
            columns: schema.columns().iter().map(|column| name(column)).collect(),
            rows: BTreeMap::new(),
        };
        let facts: Vec<(usize, String)> = (schema.columns().iter().enumerate())
            .filter(|(_, column)| column.max_rep_level() == 0)
            .map(|(index, column)| (index, name(column)))
            .filter(|(_, name)| is_fact(name))
            .collect();
        let mut first = 0_u64;
        for index in 0..file.num_row_groups() {
            let group = file.get_row_group(index)?;
            let count = u64::try_from(group.metadata().num_rows()).unwrap_or_default();
            let within: Vec<u64> = match wanted {
                Wanted::Numbers(rows) => {
                    rows.range(first..first.saturating_add(count)).map(|row| row - first).collect()
                }
                Wanted::Keys(keys) => match facts.iter().find(|(_, name)| name == "key") {
                    Some((column, _)) => {
                        let all = 0..count;
                        let mut found = Vec::new();
                        each_text(group.as_ref(), *column, all, |row, key| {
                            if key.is_some_and(|key| keys.contains(&key)) {
                                found.push(row);
                            }
                        })?;
                        found
                    }
                    None => Vec::new(),
                },
            };
            if !within.is_empty() {
                for &row in &within {
                    out.rows.insert(first + row, (index as u64, Row::new()));
                }
                for (column, name) in &facts {
                    each_text(group.as_ref(), *column, within.iter().copied(), |row, text| {
                        if let (Some(text), Some((_, facts))) =
                            (text, out.rows.get_mut(&(first + row)))
                        {
                            facts.insert(name.clone(), text);
                        }
                    })?;
                }
            }
            first = first.saturating_add(count);
        }
        Ok(out)
    })
}

/// The group a row is in, and its number there.
pub(in crate::corpus) fn group_of(file: &ParquetMetaData, row: u64) -> Option<(usize, usize)> {
    let mut first = 0_u64;
    for (index, group) in file.row_groups().iter().enumerate() {
        let count = u64::try_from(group.num_rows()).ok()?;
        if row < first.checked_add(count)? {
            return Some((index, usize::try_from(row - first).ok()?));
        }
        first += count;
    }
    None
}

/// Tells the values of a column at some rows, in rising order, as text; blank ones as none.
fn each_text(
    group: &dyn RowGroupReader,
    column: usize,
    rows: impl Iterator<Item = u64>,
    tell: impl FnMut(u64, Option<String>),
) -> Result<(), ParquetError> {
    let about = group.metadata().column(column).column_descr_ptr();
    // What a time counts in is not known here, so it is no text.
    let is_time =
        about.logical_type_ref().is_some() || about.converted_type() != ConvertedType::NONE;
    match group.get_column_reader(column)? {
        ColumnReader::ByteArrayColumnReader(reader) => {
            each(reader, rows, |value| value.as_utf8().ok().map(str::to_owned), tell)
        }
        ColumnReader::Int32ColumnReader(reader) => {
            each(reader, rows, |v| Some(v.to_string()), tell)
        }
        ColumnReader::Int64ColumnReader(reader) if !is_time => {
            each(reader, rows, |v| Some(v.to_string()), tell)
        }
        ColumnReader::DoubleColumnReader(reader) => {
            each(reader, rows, |v| (v.fract() == 0.0).then(|| format!("{v:.0}")), tell)
        }
        _ => Ok(()),
    }
}

fn each<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: impl Iterator<Item = u64>,
    text: impl Fn(&T::T) -> Option<String>,
    mut tell: impl FnMut(u64, Option<String>),
) -> Result<(), ParquetError> {
    let (mut definition, mut values, mut next) = (Vec::new(), Vec::new(), 0_u64);
    for row in rows {
        let gap = usize::try_from(row.saturating_sub(next)).unwrap_or(usize::MAX);
        if gap > 0 {
            reader.skip_records(gap)?;
        }
        definition.clear();
        values.clear();
        let (records, _, _) = reader.read_records(1, Some(&mut definition), None, &mut values)?;
        if records == 0 {
            break;
        }
        tell(row, values.first().and_then(&text).filter(|text| !text.trim().is_empty()));
        next = row + 1;
    }
    Ok(())
}
