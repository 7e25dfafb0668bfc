//! The bytes of one column in one row group, as the parquet crate asks for them: the header of a page, then its body.
//!
//! It must never hand out a header that has not been looked over, nor the body of a page that becomes too much.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{ChunkReader, Length};
use bytes::{Buf as _, Bytes};
use flate2::read::MultiGzDecoder;

use super::budget::{Budget, Refusal};
use super::thrift;
use crate::corpus::Limits;

/// A page's header may hold its least and greatest value, as old writers left them: whole pictures.
const MOST_HEADER: u64 = 16 << 20;
/// Bytes taken at first to find a page's header in. They are taken from the budget, so a page costs
/// no less than this.
const FIRST_WINDOW: u64 = 1024;

/// Bytes of Brotli read at a time.
const WINDOW: usize = 4096;

/// What the crate unpacks to its end, whatever the header says. Snappy, Zstandard and raw LZ4 get room for what the
/// header says and no more, and LZ4's frames cannot become more than 255 times what they are.
#[derive(Clone, Copy)]
pub(super) enum Endless {
    Gzip,
    Brotli,
}

pub(super) struct Chunk<C>(Arc<Inner<C>>);

struct Inner<C> {
    source: Arc<C>,
    budget: Arc<Budget>,
    endless: Option<Endless>,
    bodies: Mutex<Bodies>,
}

/// The bodies the crate may ask for: that of the last page, and the dictionary's, which it leaves
/// until a page needs it.
#[derive(Clone, Copy, Default)]
struct Bodies {
    page: Body,
    dictionary: Body,
}

/// Where a body lies, and what it is to become.
#[derive(Clone, Copy, Default)]
struct Body {
    start: u64,
    levels: u64,
    unpacked: u64,
}

impl<C: ChunkReader> Chunk<C> {
    pub(super) fn new(source: &Arc<C>, budget: &Arc<Budget>, endless: Option<Endless>) -> Self {
        let (source, budget) = (Arc::clone(source), Arc::clone(budget));
        Self(Arc::new(Inner { source, budget, endless, bodies: Mutex::default() }))
    }
}

impl<C: ChunkReader> Inner<C> {
    /// The header of the page at a place, looked over, and nothing behind it.
    fn header(&self, start: u64) -> Result<Bytes, ParquetError> {
        let most = self.source.len().saturating_sub(start).min(MOST_HEADER);
        let mut window = FIRST_WINDOW.min(most);
        loop {
            self.budget.bytes(window)?;
            let bytes = self.source.get_bytes(start, usize::try_from(window)?)?;
            match thrift::page(&bytes, most) {
                Ok(page) => {
                    self.admit(start, &page)?;
                    return Ok(bytes.slice(..page.length));
                }
                Err(thrift::Bad::Short) if window < most => window = (window * 4).min(most),
                Err(_) => {
                    let detail = "a page header that claims more than there is";
                    return Err(Refusal::Damaged(detail).into());
                }
            }
        }
    }

    /// Whether a page may be read; its values and bytes are taken from the budget.
    fn admit(&self, start: u64, page: &thrift::Page) -> Result<(), Refusal> {
        // An entry of a dictionary is its length and its bytes. The crate makes room for all at once.
        const LEAST_ENTRY: u64 = 4;
        if page.unpacked > Limits::default().most(page.packed) {
            let (packed, unpacked) = (page.packed, page.unpacked);
            let detail = format!("a page of {packed} bytes that is to become {unpacked}");
            return Err(Refusal::Beyond(detail));
        }
        let start = start.saturating_add(page.length as u64);
        let body = Body { start, levels: page.levels, unpacked: page.unpacked };
        let mut bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        if page.is_dictionary {
            if page.values > page.unpacked / LEAST_ENTRY {
                return Err(Refusal::Damaged("a dictionary of more entries than bytes"));
            }
            bodies.dictionary = body;
        } else {
            self.budget.values(page.values)?;
            bodies.page = body;
        }
        self.budget.bytes(page.unpacked.max(page.packed))
    }

    /// Unpacks a page to nowhere, to see that it becomes no more than its header says.
    fn unpacks(&self, endless: Endless, start: u64, packed: &[u8]) -> Result<(), Refusal> {
        let bodies = *self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        let body = [bodies.page, bodies.dictionary].into_iter().find(|body| body.start == start);
        let body = body.ok_or(Refusal::Damaged("a page without a header"))?;
        let most = body.unpacked.saturating_sub(body.levels);
        let levels = usize::try_from(body.levels).unwrap_or(usize::MAX);
        let Some(packed) = packed.get(levels..) else { return Ok(()) };
        let unpacked: Box<dyn Read + '_> = match endless {
            Endless::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Endless::Brotli => Box::new(brotli::Decompressor::new(packed, WINDOW)),
        };
        // What cannot be unpacked at all is for the crate to say.
        let mut unpacked = unpacked.take(most.saturating_add(1));
        let given = io::copy(&mut unpacked, &mut io::sink()).unwrap_or_default();
        if given > most {
            return Err(Refusal::Beyond(format!("a page that becomes more than {most} bytes")));
        }
        Ok(())
    }
}

impl<C: ChunkReader> Length for Chunk<C> {
    fn len(&self) -> u64 {
        self.0.source.len()
    }
}

impl<C: ChunkReader> ChunkReader for Chunk<C> {
    type T = Header<C>;

    fn get_read(&self, start: u64) -> Result<Header<C>, ParquetError> {
        Ok(Header { chunk: Arc::clone(&self.0), start, bytes: None })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        if start.saturating_add(length as u64) > self.len() {
            return Err(Refusal::Damaged("a page that ends behind the file").into());
        }
        let bytes = self.0.source.get_bytes(start, length)?;
        if let Some(endless) = self.0.endless {
            self.0.unpacks(endless, start, &bytes)?;
        }
        Ok(bytes)
    }
}

/// The header at a place. The crate also asks for one where it has it already, and then does not read it: what lies there
/// is looked over when it is read.
pub(super) struct Header<C> {
    chunk: Arc<Inner<C>>,
    start: u64,
    bytes: Option<bytes::buf::Reader<Bytes>>,
}

impl<C: ChunkReader> Read for Header<C> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = match &mut self.bytes {
            Some(bytes) => bytes,
            none => none.insert(self.chunk.header(self.start)?.reader()),
        };
        bytes.read(out)
    }
}
