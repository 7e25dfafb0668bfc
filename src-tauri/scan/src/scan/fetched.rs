//! The digests of fetched bytes that a crawler kept beside re-encoded ones, held against the lists.
//!
//! img2dataset stores other bytes than it fetched and keeps the digest of the fetched ones in a column of its table, and in
//! the JSON text of each sample: a list of digests then matches that, never the member. It must never hold more than what
//! matched.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use parquet::basic::Type as Physical;
use parquet::errors::ParquetError;
use parquet::file::reader::FileReader as _;
use parquet::record::{Field, RowAccessor as _};
use parquet::schema::types::Type;

use crate::corpus::{Bounded, Member, Shard, ShardKind, each_text, guarded};
use crate::list::{Algorithm, Value};
use crate::matching::{Found, Matcher};

/// Columns read. `key` names the member.
const KEY: &str = "key";

/// What lists say of fetched bytes, by the member that was made of them.
#[derive(Default)]
pub(super) struct Fetched {
    by_key: HashMap<String, Found>,
    by_row: HashMap<u64, Found>,
}

/// The sidecar could not be read; what it says is not known.
pub(super) struct Unread;

impl Fetched {
    /// Reads the shard's column of digests, if it has one.
    pub(super) fn of(shard: &Shard, matcher: &Matcher) -> Result<Self, Unread> {
        match (&shard.sidecars.rows, shard.kind) {
            (_, ShardKind::Parquet) => Self::read(&shard.path, matcher),
            (Some(rows), kind) => match Self::read(rows, matcher)? {
                fetched if fetched.by_row.is_empty() || !fetched.by_key.is_empty() => Ok(fetched),
                // Rows that name no member say of none what it was made of.
                _ if kind == ShardKind::Tar => match Self::texts(shard, matcher) {
                    fetched if fetched.by_key.is_empty() => Err(Unread),
                    fetched => Ok(fetched),
                },
                _ => Err(Unread),
            },
            (None, ShardKind::Tar) => Ok(Self::texts(shard, matcher)),
            _ => Ok(Self::default()),
        }
    }

    /// What the texts of the samples say, where no table stands beside the tar.
    fn texts(shard: &Shard, matcher: &Matcher) -> Self {
        let mut fetched = Self::default();
        each_text(shard, &mut |key, row| {
            let values: Vec<Value> = row
                .iter()
                .filter_map(|(name, text)| Value::parse(digest_column(name)?, text.trim()))
                .collect();
            let found = matcher.exact(&values);
            if !found.is_empty() {
                fetched.by_key.insert(key.to_owned(), found);
            }
        });
        fetched
    }

    fn read(path: &Path, matcher: &Matcher) -> Result<Self, Unread> {
        let file = File::open(path).map_err(|_| Unread)?;
        guarded(|| Self::digests(&Bounded::open(file)?, matcher)).map_err(|_| Unread)
    }

    fn digests(reader: &Bounded<File>, matcher: &Matcher) -> Result<Self, ParquetError> {
        let schema = reader.metadata().file_metadata().schema();
        let wanted = |name: &str| name == KEY || digest_column(name).is_some();
        // Digests and keys are text. What is of another kind would not be taken, so it is not read.
        let is_text = |field: &Type| {
            field.is_primitive() && field.get_physical_type() == Physical::BYTE_ARRAY
        };
        let fields: Vec<_> = schema
            .get_fields()
            .iter()
            .filter(|field| is_text(field) && wanted(field.name()))
            .cloned()
            .collect();
        let mut fetched = Self::default();
        if !fields.iter().any(|field| digest_column(field.name()).is_some()) {
            return Ok(fetched);
        }
        let names: Vec<String> = fields.iter().map(|field| field.name().to_owned()).collect();
        let projection = Type::group_type_builder(schema.name()).with_fields(fields).build()?;
        for (number, row) in (0_u64..).zip(reader.get_row_iter(Some(projection))?) {
            let row = row?;
            let text = |at: usize| row.get_string(at).ok().map(|text| text.trim());
            let values: Vec<Value> = (0..)
                .zip(&names)
                .filter_map(|(at, name)| Value::parse(digest_column(name)?, text(at)?))
                .collect();
            let found = matcher.exact(&values);
            if found.is_empty() {
                continue;
            }
            let key = (0..).zip(&names).find(|(_, name)| *name == KEY);
            if let Some((_, Field::Str(key))) =
                key.and_then(|(at, _)| row.get_column_iter().nth(at))
            {
                fetched.by_key.insert(key.clone(), found.clone());
            }
            fetched.by_row.insert(number, found);
        }
        Ok(fetched)
    }

    /// What lists say of the bytes this member was made of.
    pub(super) fn of_member(&self, member: &Member<'_>, kind: ShardKind) -> Option<&Found> {
        if self.by_row.is_empty() && self.by_key.is_empty() {
            return None;
        }
        let step = member.steps.last();
        if kind == ShardKind::Parquet {
            return self.by_row.get(&step?.row?);
        }
        let name = step.and_then(|step| step.member.as_deref()).unwrap_or(&member.uri);
        let file = name.rsplit('/').next()?;
        // WebDataset: up to the first dot, names of one sample are the same.
        let (key, ending) = file.split_once('.')?;
        // The caption and the record of the sample lie beside the picture, under the same key.
        if matches!(ending, "txt" | "json" | "cls") { None } else { self.by_key.get(key) }
    }
}

fn digest_column(name: &str) -> Option<Algorithm> {
    Algorithm::of(name).filter(|algorithm| *algorithm != Algorithm::Pdq)
}
