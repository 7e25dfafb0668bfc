//! A parquet file that can be read within bounds: what the parquet crate is given of it is looked over first, and counted.
//!
//! It must never hand a header to that crate which keeps it busy, nor a page that becomes more than a page may.

use std::sync::Arc;

use ::parquet::basic::{Compression, Encoding};
use ::parquet::bloom_filter::Sbbf;
use ::parquet::column::page::{Page, PageMetadata, PageReader};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::{
    FooterTail, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData,
};
use ::parquet::file::reader::{ChunkReader, FileReader, RowGroupReader};
use ::parquet::file::serialized_reader::SerializedPageReader;
use ::parquet::record::reader::RowIter;
use ::parquet::schema::types::Type;

use super::budget::{Budget, Refusal};
use super::chunk::{Chunk, Endless};
use super::{delta, thrift};

type Result<T> = std::result::Result<T, ParquetError>;

/// A file and what may still be asked of it.
pub(crate) struct Bounded<C> {
    source: Arc<C>,
    metadata: ParquetMetaData,
    pub(super) budget: Arc<Budget>,
}

impl<C: ChunkReader + 'static> Bounded<C> {
    pub(crate) fn open(source: C) -> Result<Self> {
        const TAIL: u64 = 8;
        let size = source.len();
        let none = || Refusal::Damaged("no footer");
        let tail_at = size.checked_sub(TAIL).ok_or_else(none)?;
        let tail = source.get_bytes(tail_at, usize::try_from(TAIL)?)?;
        let length = FooterTail::try_from(tail.as_ref())?.metadata_length();
        let start = tail_at.checked_sub(length as u64).ok_or_else(none)?;
        let footer = source.get_bytes(start, length)?;
        thrift::footer(&footer)?;
        Ok(Self {
            source: Arc::new(source),
            metadata: ParquetMetaDataReader::decode_metadata(&footer)?,
            budget: Arc::new(Budget::of(size)),
        })
    }
}

impl<C: ChunkReader + 'static> FileReader for Bounded<C> {
    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }

    fn num_row_groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    fn get_row_group(&self, index: usize) -> Result<Box<dyn RowGroupReader + '_>> {
        Ok(Box::new(Group { file: self, metadata: self.metadata.row_group(index) }))
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_file(projection, self)
    }
}

struct Group<'a, C> {
    file: &'a Bounded<C>,
    metadata: &'a RowGroupMetaData,
}

impl<C: ChunkReader + 'static> RowGroupReader for Group<'_, C> {
    fn metadata(&self) -> &RowGroupMetaData {
        self.metadata
    }

    fn num_columns(&self) -> usize {
        self.metadata.num_columns()
    }

    fn get_column_page_reader(&self, index: usize) -> Result<Box<dyn PageReader>> {
        let column = self.metadata.column(index);
        let endless = match column.compression() {
            Compression::GZIP(_) => Some(Endless::Gzip),
            Compression::BROTLI(_) => Some(Endless::Brotli),
            _ => None,
        };
        let chunk = Chunk::new(&self.file.source, &self.file.budget, endless);
        let rows = usize::try_from(self.metadata.num_rows())?;
        let about = column.column_descr();
        Ok(Box::new(Pages {
            inner: SerializedPageReader::new(Arc::new(chunk), column, rows, None)?,
            budget: Arc::clone(&self.file.budget),
            repetition: about.max_rep_level(),
            definition: about.max_def_level(),
        }))
    }

    fn get_column_bloom_filter(&self, _: usize) -> Option<&Sbbf> {
        None
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_row_group(projection, self)
    }
}

/// The unpacked pages of one column in one row group.
struct Pages<C: ChunkReader> {
    inner: SerializedPageReader<Chunk<C>>,
    budget: Arc<Budget>,
    repetition: i16,
    definition: i16,
}

impl<C: ChunkReader> Pages<C> {
    /// Looks over a page's lengths, if it begins with such.
    fn fit(&self, page: Page) -> Result<Page> {
        let encoding = page.encoding();
        if !matches!(encoding, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY) {
            return Ok(page);
        }
        let bytes = self.behind_levels(&page).ok_or(Refusal::Damaged("levels without an end"))?;
        let values = page.num_values().into();
        if encoding == Encoding::DELTA_BYTE_ARRAY {
            self.budget.bytes(delta::repeated(bytes, values)?)?;
        } else {
            delta::lengths(bytes, values)?;
        }
        Ok(page)
    }

    /// A page's values, behind the levels that say which of them are there.
    fn behind_levels<'p>(&self, page: &'p Page) -> Option<&'p [u8]> {
        let bytes = page.buffer().as_ref();
        match page {
            Page::DataPage { num_values, def_level_encoding, rep_level_encoding, .. } => {
                let levels =
                    [(self.repetition, rep_level_encoding), (self.definition, def_level_encoding)];
                levels.into_iter().filter(|(most, _)| *most > 0).try_fold(
                    bytes,
                    |bytes, (most, encoding)| {
                        let length = match encoding {
                            Encoding::RLE => {
                                let length = u32::from_le_bytes(*bytes.first_chunk()?);
                                u64::from(length) + 4
                            }
                            _ => {
                                let width = u64::from(i16::BITS - most.leading_zeros());
                                (u64::from(*num_values) * width).div_ceil(8)
                            }
                        };
                        bytes.get(usize::try_from(length).ok()?..)
                    },
                )
            }
            Page::DataPageV2 { def_levels_byte_len, rep_levels_byte_len, .. } => {
                let length = u64::from(*def_levels_byte_len) + u64::from(*rep_levels_byte_len);
                bytes.get(usize::try_from(length).ok()?..)
            }
            Page::DictionaryPage { .. } => Some(bytes),
        }
    }
}

impl<C: ChunkReader> Iterator for Pages<C> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<C: ChunkReader> PageReader for Pages<C> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.inner.get_next_page()?.map(|page| self.fit(page)).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.inner.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.inner.skip_next_page()
    }

    fn supports_deferred_dictionary(&self) -> bool {
        self.inner.supports_deferred_dictionary()
    }

    fn take_deferred_dictionary(&mut self) -> Result<Option<Page>> {
        self.inner.take_deferred_dictionary()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.inner.at_record_boundary()
    }
}
