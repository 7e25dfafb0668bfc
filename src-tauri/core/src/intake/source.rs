//! A file of finds as a stream: lines of bounded length and single bytes, counted and digested as they are read.
//!
//! It must never hold more of a line than the limit asks for.

use std::io::{self, BufRead, Read};

use super::check::MAX_LINE;

/// A stream that knows how much of it was read, and its digest.
pub(super) struct Source<R> {
    from: R,
    bytes: u64,
    hasher: blake3::Hasher,
}

impl<R: BufRead> Source<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, bytes: 0, hasher: blake3::Hasher::new() }
    }

    /// Bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// BLAKE3 of everything read.
    pub(super) fn digest(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }

    /// One line into `buffer`, with its end; of one that is too long only as much as shows that it is. `false` at the end.
    pub(super) fn line(&mut self, buffer: &mut Vec<u8>) -> io::Result<bool> {
        buffer.clear();
        let limit = MAX_LINE as u64 + 2;
        let read = (&mut self.from).take(limit).read_until(b'\n', buffer)? as u64;
        if read == 0 {
            return Ok(false);
        }
        self.hasher.update(buffer);
        self.bytes += read;
        if read == limit && buffer.last() != Some(&b'\n') {
            loop {
                let chunk = self.from.fill_buf()?;
                let end = chunk.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
                let used = end.unwrap_or(chunk.len());
                self.consume(used)?;
                if end.is_some() || used == 0 {
                    break;
                }
            }
        }
        Ok(true)
    }

    /// What is at hand and not yet read; empty at the end.
    pub(super) fn chunk(&mut self) -> io::Result<&[u8]> {
        self.from.fill_buf()
    }

    /// The next byte, left where it is.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.from.fill_buf()?.first().copied())
    }

    /// The next byte that is not white space, left where it is.
    pub(super) fn peek_solid(&mut self) -> io::Result<Option<u8>> {
        loop {
            let chunk = self.from.fill_buf()?;
            let (end, blank) = (chunk.is_empty(), chunk.len());
            match chunk.iter().position(|byte| !byte.is_ascii_whitespace()) {
                Some(at) => {
                    self.consume(at)?;
                    return self.peek();
                }
                None if end => return Ok(None),
                None => self.consume(blank)?,
            }
        }
    }

    /// Reads to the end, so that count and digest are those of the whole file.
    pub(super) fn drain(&mut self) -> io::Result<()> {
        loop {
            match self.from.fill_buf()?.len() {
                0 => return Ok(()),
                more => self.consume(more)?,
            }
        }
    }

    /// Reads past so many bytes of the chunk at hand.
    pub(super) fn consume(&mut self, bytes: usize) -> io::Result<()> {
        let chunk = self.from.fill_buf()?;
        self.hasher.update(chunk.get(..bytes).unwrap_or(chunk));
        self.from.consume(bytes);
        self.bytes += bytes as u64;
        Ok(())
    }
}
