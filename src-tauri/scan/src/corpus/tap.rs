//! A container's bytes, digested while they are read and counted while they are used.
//!
//! It must never hold more than its buffer.

use std::io::{self, BufRead, Read};

use sha2::{Digest as _, Sha256};

const BUFFER: usize = 128 * 1024;

/// A buffered reader that knows its position and can tell the digest of all that went by.
pub(super) struct Tap<R> {
    inner: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    position: u64,
    sha256: Option<Sha256>,
}

impl<R: Read> Tap<R> {
    /// Digests what it reads.
    pub(super) fn new(inner: R) -> Self {
        Self { sha256: Some(Sha256::new()), ..Self::counting(inner) }
    }

    /// Only counts.
    pub(super) fn counting(inner: R) -> Self {
        let buffer = vec![0; BUFFER].into_boxed_slice();
        Self { inner, buffer, start: 0, end: 0, position: 0, sha256: None }
    }

    /// Bytes used so far.
    pub(super) const fn position(&self) -> u64 {
        self.position
    }

    /// Passes over up to so many bytes; fewer only at the end.
    pub(super) fn skip(&mut self, bytes: u64) -> io::Result<u64> {
        let mut left = bytes;
        while left > 0 {
            let at_hand = match self.fill_buf() {
                Ok(buffer) => buffer.len(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if at_hand == 0 {
                break;
            }
            let step = at_hand.min(usize::try_from(left).unwrap_or(usize::MAX));
            self.consume(step);
            left -= step as u64;
        }
        Ok(bytes - left)
    }

    /// Fills the slice as far as there are bytes, and says how far.
    pub(super) fn fill(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = out.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.read(rest) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// Reads what is left, and gives the digest of all bytes with their number.
    pub(super) fn finish(mut self) -> io::Result<(Option<[u8; 32]>, u64)> {
        self.skip(u64::MAX)?;
        Ok((self.sha256.map(|sha256| sha256.finalize().into()), self.position))
    }
}

impl<R: Read> BufRead for Tap<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.end = self.inner.read(&mut self.buffer)?.min(self.buffer.len());
            if let Some(sha256) = &mut self.sha256 {
                sha256.update(self.buffer.get(..self.end).unwrap_or_default());
            }
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        let amount = amount.min(self.end - self.start);
        self.start += amount;
        self.position += amount as u64;
    }
}

impl<R: Read> Read for Tap<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

/// The next so many bytes of a reader, and no fewer: to end early is an error.
pub(super) struct Exactly<'a, R: ?Sized> {
    pub(super) inner: &'a mut R,
    pub(super) left: u64,
}

impl<R: Read + ?Sized> Read for Exactly<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = out.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let count = self.inner.read(out.get_mut(..most).unwrap_or_default())?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}

/// What a packed member expands to, within the limits.
pub(super) struct Expanding<R> {
    pub(super) inner: R,
    /// Packed bytes the member has.
    pub(super) packed: u64,
    pub(super) limits: super::Limits,
    pub(super) given: u64,
}

impl<R: Read> Read for Expanding<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.given += count as u64;
        if self.given > self.limits.most(self.packed) {
            return Err(super::problem::carried(super::Fault::Bomb, ""));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_used_and_digests_all() {
        let bytes: Vec<u8> = (0..=255_u8).cycle().take(300_000).collect();
        let mut tap = Tap::new(bytes.as_slice());
        let mut head = [0; 10];
        assert_eq!(tap.fill(&mut head).unwrap(), 10);
        assert_eq!(tap.skip(200_000).unwrap(), 200_000);
        assert_eq!(tap.position(), 200_010);
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        assert_eq!(tap.finish().unwrap(), (Some(digest), 300_000));
        assert_eq!(Tap::new(&b"abc"[..]).skip(9).unwrap(), 3);
    }
}
