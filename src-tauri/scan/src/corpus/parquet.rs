//! Parquet files whose rows hold the bytes of pictures, as Hugging Face writes them: a column of
//! `struct<bytes, path>`, or of plain binary.
//!
//! It reads row by row, one page of each such column at a time. It must never read a column nobody
//! asked for, nor let the file bring the reader down or keep it busy out of proportion to its size.

mod budget;
mod chunk;
mod delta;
pub(crate) mod file;
pub(super) mod rows;
mod shapes;
#[cfg(test)]
mod tests;
mod thrift;

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ::parquet::basic::{ConvertedType, Type as Physical};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{ByteArray, ByteArrayType};
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{ChunkReader, FileReader as _};
use ::parquet::schema::types::SchemaDescriptor;
use serde_json::Value;

use self::file::Bounded;
use super::tap::Tap;
use super::walk::{Found, Walk, Walked};
use super::{Fault, Problem, Step, StepKind, step};

/// Walks a parquet file: one pass over `whole` to digest it, then its rows.
pub(super) fn walk<C: ChunkReader + 'static>(
    source: C,
    whole: impl Read,
    walk: &mut Walk<'_>,
) -> Result<Walked, Problem> {
    let (sha256, size_bytes) = Tap::new(whole)
        .finish()
        .map_err(|error| walk.fault(Fault::Unreadable).because(error.kind().to_string()))?;
    let file = guarded(|| Bounded::open(source)).map_err(|_| {
        // The footer is last, so a file that is cut short has none.
        walk.fault(Fault::Foreign).because("no readable parquet footer")
    })?;
    let columns = picture_columns(file.metadata().file_metadata().schema_descr());
    if columns.is_empty() {
        walk.tell(walk.fault(Fault::Columns).because(named(&file)));
    }
    let mut reader = Reader { file: &file, walk, columns, size_bytes };
    if !reader.columns.is_empty() {
        reader.groups()?;
    }
    let complete = !walk.ended();
    walk.progress(size_bytes);
    Ok(Walked {
        sha256: sha256.filter(|_| complete),
        size_bytes,
        members: walk.members(),
        complete,
    })
}

/// Runs a piece of the parquet reader. It is not ours and reads what anybody may have written: should
/// it panic, that is an error of this file and of nothing else.
pub(crate) fn guarded<T>(
    piece: impl FnOnce() -> Result<T, ParquetError>,
) -> Result<T, ParquetError> {
    catch_unwind(AssertUnwindSafe(piece))
        .unwrap_or_else(|_| Err(ParquetError::General("the reader gave up".to_owned())))
}

/// A column that may hold pictures.
#[derive(Debug, Clone)]
struct Column {
    index: usize,
    /// Dotted path, e.g. `image.bytes`.
    path: String,
    in_list: bool,
}

/// Columns of bytes that are not said to be anything else.
fn picture_columns(schema: &SchemaDescriptor) -> Vec<Column> {
    let columns = schema.columns().iter().enumerate();
    columns
        .filter(|(_, column)| {
            column.physical_type() == Physical::BYTE_ARRAY
                && column.converted_type() == ConvertedType::NONE
                && column.logical_type_ref().is_none()
                && !rows::is_fact(&column.path().string())
        })
        .map(|(index, column)| Column {
            index,
            path: column.path().string(),
            in_list: column.max_rep_level() > 0,
        })
        .collect()
}

/// The columns there are, for the one who has to find out why none holds pictures.
fn named<C: ChunkReader + 'static>(file: &Bounded<C>) -> String {
    const MOST: usize = 20;
    let columns = file.metadata().file_metadata().schema_descr().columns();
    let mut names: Vec<String> = columns
        .iter()
        .take(MOST)
        .map(|column| super::name::shown(column.path().string().as_bytes()))
        .collect();
    if columns.len() > MOST {
        names.push(format!("and {} more", columns.len() - MOST));
    }
    format!("columns: {}", names.join(", "))
}

type Bytes = ColumnReaderImpl<ByteArrayType>;

struct Reader<'a, 'v, C: ChunkReader + 'static> {
    file: &'a Bounded<C>,
    walk: &'a mut Walk<'v>,
    columns: Vec<Column>,
    size_bytes: u64,
}

/// What ends the reading of a row group before its end.
enum Stop {
    /// The walk is over.
    Walk(Problem),
    /// The group is: an error, and in which of the columns.
    Group(Option<usize>, ParquetError),
}

impl<C: ChunkReader + 'static> Reader<'_, '_, C> {
    fn groups(&mut self) -> Result<(), Problem> {
        let groups = self.file.num_row_groups();
        let mut first_row = 0_u64;
        for group in 0..groups {
            let rows = self.file.metadata().row_group(group).num_rows();
            let rows = u64::try_from(rows).unwrap_or_default();
            match self.group(group, first_row, rows) {
                Ok(()) => {}
                Err(Stop::Walk(problem)) => return Err(problem),
                Err(Stop::Group(column, error)) => {
                    let problem = self.problem(group, column, &error);
                    self.walk.tell(problem);
                }
            }
            if self.walk.ended() {
                break;
            }
            first_row = first_row.saturating_add(rows);
            let share = self.size_bytes / groups.max(1) as u64;
            self.walk.progress(share.saturating_mul(group as u64 + 1));
        }
        Ok(())
    }

    fn problem(&self, group: usize, column: Option<usize>, error: &ParquetError) -> Problem {
        let mut place = format!("row group {group}");
        if let Some(column) = column.and_then(|column| self.columns.get(column)) {
            place.push_str(", column ");
            place.push_str(&super::name::shown(column.path.as_bytes()));
        }
        let (fault, detail) = budget::fault_of(error);
        let problem = self.walk.fault(fault).of(place);
        match detail {
            Some(detail) => problem.because(detail),
            None => problem,
        }
    }

    fn group(&mut self, group: usize, first_row: u64, rows: u64) -> Result<(), Stop> {
        let opened = guarded(|| {
            let group = self.file.get_row_group(group)?;
            let columns = self.columns.iter();
            columns.map(|column| bytes_of(group.get_column_reader(column.index)?)).collect()
        });
        let mut readers: Vec<Bytes> = opened.map_err(|error| Stop::Group(None, error))?;
        for row in 0..rows {
            for (number, (column, reader)) in self.columns.iter().zip(&mut readers).enumerate() {
                let stop = |error| Stop::Group(Some(number), error);
                let values = guarded(|| record(reader)).map_err(stop)?;
                let values = values.ok_or_else(|| stop(ParquetError::EOF(String::new())))?;
                for (element, value) in values.iter().enumerate() {
                    // A dictionary holds once what is handed out many times, each with its column's name.
                    let bytes = value.len().saturating_add(column.path.len());
                    self.file.budget.bytes(bytes as u64).map_err(|refusal| stop(refusal.into()))?;
                    let element = column.in_list.then_some(element as u64);
                    let row = first_row.saturating_add(row);
                    let place = step_of(row, group as u64, &column.path, element);
                    give(self.walk, &place, value).map_err(Stop::Walk)?;
                    if self.walk.ended() {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }
}

fn give(walk: &mut Walk<'_>, place: &Step, value: &ByteArray) -> Result<(), Problem> {
    let name = format!("row {}", place.row.unwrap_or_default());
    let size_hint = Some(value.len() as u64);
    let found = Found { name: name.as_bytes(), offset: 0, steps: vec![place.clone()], size_hint };
    let uri = walk.uri;
    walk.give_at(uri, found, &mut value.data()).map(|_| ())
}

fn bytes_of(reader: ColumnReader) -> Result<Bytes, ParquetError> {
    match reader {
        ColumnReader::ByteArrayColumnReader(reader) => Ok(reader),
        _ => Err(ParquetError::General("not a column of bytes".to_owned())),
    }
}

/// The values of the next row in a column; `None` when there is no further row.
fn record(reader: &mut Bytes) -> Result<Option<Vec<ByteArray>>, ParquetError> {
    let (mut definition, mut repetition, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let (records, _, _) =
        reader.read_records(1, Some(&mut definition), Some(&mut repetition), &mut values)?;
    Ok((records > 0).then_some(values))
}

fn step_of(row: u64, group: u64, column: &str, element: Option<u64>) -> Step {
    let mut step = step::blank(StepKind::ParquetRow);
    step.row = Some(row);
    step.row_group = Some(group);
    step.extra.insert(step::COLUMN.to_owned(), Value::from(column));
    if let Some(element) = element {
        step.extra.insert(step::ELEMENT.to_owned(), Value::from(element));
    }
    step
}

/// The bytes a row's step leads to.
pub(super) fn value_at<C: ChunkReader + 'static>(
    source: C,
    place: &Step,
) -> Result<Option<Vec<u8>>, ParquetError> {
    guarded(|| {
        let file = Bounded::open(source)?;
        let path = place.extra.get(step::COLUMN).and_then(Value::as_str).unwrap_or_default();
        let columns = picture_columns(file.metadata().file_metadata().schema_descr());
        let column = columns.into_iter().find(|column| column.path == path);
        let (Some(column), Some(row)) = (column, place.row) else { return Ok(None) };
        let Some((group, within)) = rows::group_of(file.metadata(), row) else { return Ok(None) };
        let mut reader = bytes_of(file.get_row_group(group)?.get_column_reader(column.index)?)?;
        reader.skip_records(within)?;
        let element = place.extra.get(step::ELEMENT).and_then(Value::as_u64).unwrap_or_default();
        let values = record(&mut reader)?.unwrap_or_default();
        let value = usize::try_from(element).ok().and_then(|element| values.get(element));
        Ok(value.map(|value| value.data().to_vec()))
    })
}
