//! Lists with a head line: columns `md5`, `sha1`, `sha256`, `pdq`, `id`, `label`, `quality`, in any order and case.
//!
//! Other columns are passed over. It must never take a record whose digest is not one.

use std::io::{BufRead, ErrorKind, Read};

use csv::{ByteRecord, ReaderBuilder};

use super::value::Writing;
use super::{Algorithm, Entry, ListError, MAX_ENTRY, Place, Standing, Told, Value};

/// Whether a line names a column that is read here.
pub(super) fn is_head(line: &[u8]) -> bool {
    String::from_utf8_lossy(line)
        .split([',', ';', '\t'])
        .any(|name| Algorithm::of(name.trim().trim_matches('"')).is_some())
}

pub(super) fn read(
    algorithm: Option<Algorithm>,
    from: impl BufRead,
    take: &mut dyn FnMut(Entry<'_>),
) -> Result<Told, ListError> {
    let mut from = Bounded { from, left: MAX_ENTRY };
    let delimiter = delimiter(&mut from.from)?;
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .comment(Some(b'#'))
        .buffer_capacity(MAX_ENTRY / 4)
        .from_reader(from);
    let mut record = ByteRecord::new();
    let mut told = Told::default();
    if !advance(&mut reader, &mut record, 1)? {
        return Err(ListError::no_column());
    }
    let columns = Columns::of(&record, algorithm)?;
    let mut writings = [None; 4];
    let mut values = Vec::new();
    loop {
        let line = reader.position().line();
        if !advance(&mut reader, &mut record, line)? {
            return Ok(told);
        }
        let line = record.position().map_or(line, csv::Position::line);
        values.clear();
        for ((algorithm, column), writing) in columns.values.iter().zip(&mut writings) {
            let field = record.get(*column).unwrap_or_default().trim_ascii();
            if !field.is_empty() {
                values.push(value(*algorithm, field, writing, Place::Line(line))?);
            }
        }
        let text = |column: Option<usize>| {
            let field = column.and_then(|column| record.get(column)).unwrap_or_default();
            let field = String::from_utf8_lossy(field.trim_ascii()).into_owned();
            (!field.is_empty()).then_some(field)
        };
        let (id, label) = (text(columns.id), text(columns.label));
        told.not_comparable += u64::from(values.is_empty());
        take(Entry {
            id: id.as_deref(),
            label: label.as_deref(),
            values: &values,
            standing: Standing::Beside,
        });
    }
}

/// The value of one field; every field of a column is written in the same way.
fn value(
    algorithm: Algorithm,
    field: &[u8],
    writing: &mut Option<Writing>,
    place: Place,
) -> Result<Value, ListError> {
    let found = Writing::ALL
        .into_iter()
        .find_map(|writing| Some((writing, writing.read(algorithm, field)?)));
    let Some((way, value)) = found else {
        return Err(ListError::wrong_field(place, algorithm));
    };
    match writing.replace(way) {
        Some(before) if before != way => Err(ListError::mixed(place)),
        _ => Ok(value),
    }
}

/// Where the columns stand.
struct Columns {
    values: Vec<(Algorithm, usize)>,
    id: Option<usize>,
    label: Option<usize>,
}

impl Columns {
    fn of(head: &ByteRecord, algorithm: Option<Algorithm>) -> Result<Self, ListError> {
        let mut columns = Self { values: Vec::new(), id: None, label: None };
        for (at, name) in head.iter().enumerate() {
            let name = String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase();
            let twice = match (Algorithm::of(&name), name.as_str()) {
                (Some(found), _) => {
                    let twice = columns.values.iter().any(|(known, _)| *known == found);
                    columns.values.push((found, at));
                    twice
                }
                (None, "id") => columns.id.replace(at).is_some(),
                (None, "label") => columns.label.replace(at).is_some(),
                _ => false,
            };
            if twice {
                return Err(ListError::column_twice());
            }
        }
        if columns.values.is_empty() {
            return Err(ListError::no_column());
        }
        if let Some(wanted) = algorithm {
            columns.values.retain(|(found, _)| *found == wanted);
            if columns.values.is_empty() {
                return Err(ListError::other_algorithm());
            }
        }
        Ok(columns)
    }
}

/// The next record; `false` after the last.
fn advance<R: Read>(
    reader: &mut csv::Reader<Bounded<R>>,
    record: &mut ByteRecord,
    line: u64,
) -> Result<bool, ListError> {
    reader.get_mut().left = MAX_ENTRY;
    reader.read_byte_record(record).map_err(|error| {
        let line = error.position().map_or(line, csv::Position::line);
        match error.kind() {
            csv::ErrorKind::Io(error) if error.kind() == ErrorKind::QuotaExceeded => {
                ListError::too_long(Place::Line(line))
            }
            csv::ErrorKind::Io(_) => ListError::unreadable(Place::Line(line)),
            _ => ListError::broken(Place::Line(line), "CSV"),
        }
    })
}

/// Comma, semicolon or tab: whichever the first lines have.
fn delimiter(from: &mut impl BufRead) -> Result<u8, ListError> {
    let beginning = from.fill_buf().map_err(|_| ListError::unreadable(Place::Line(1)))?;
    let head = beginning
        .split(|byte| *byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty() && !line.starts_with(b"#"))
        .unwrap_or_default();
    Ok([b',', b';', b'\t'].into_iter().find(|mark| head.contains(mark)).unwrap_or(b','))
}

/// Lets only so much through before the next record: an open quotation mark must not draw in the whole file.
struct Bounded<R> {
    from: R,
    left: usize,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            return Err(ErrorKind::QuotaExceeded.into());
        }
        let length = into.len().min(self.left);
        let read = self.from.read(into.get_mut(..length).unwrap_or_default())?;
        self.left -= read;
        Ok(read)
    }
}
