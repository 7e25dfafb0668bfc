//! The payload of a record: chunks joined, content codings taken off, sums taken on the way.
//!
//! It must never decode what only claims to be coded: crawlers often keep the header of a coding
//! they have already taken off.

use std::io::{self, BufRead, Read};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use super::super::Fault;
use super::super::problem::carried;
use super::record::line;

/// A block of exactly so many bytes.
pub(in crate::corpus) struct Block<'a, R> {
    pub(in crate::corpus) inner: &'a mut R,
    pub(in crate::corpus) left: u64,
    /// What it means when the source is at its end before.
    pub(in crate::corpus) short: Fault,
}

impl<R: BufRead> Read for Block<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Block<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Ok(&[]);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let bytes = self.inner.fill_buf()?;
        if bytes.is_empty() {
            return Err(carried(self.short, ""));
        }
        Ok(bytes.get(..most.min(bytes.len())).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount as u64);
        self.inner.consume(amount);
    }
}

/// A digest a record keeps of its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::corpus) enum Kept {
    Sha1([u8; 20]),
    Sha256([u8; 32]),
}

impl Kept {
    /// Reads `sha1:` or `sha256:` with base32 or hexadecimal. `None` for any other.
    pub(in crate::corpus) fn parse(text: &str) -> Option<Self> {
        let (algorithm, value) = text.trim().split_once(':')?;
        let bytes = bytes_of(value.trim())?;
        match algorithm.to_ascii_lowercase().replace('-', "").as_str() {
            "sha1" => bytes.try_into().ok().map(Self::Sha1),
            "sha256" => bytes.try_into().ok().map(Self::Sha256),
            _ => None,
        }
    }
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    match text.len() {
        40 | 64 => hex::decode(text).ok(),
        _ => base32(text.trim_end_matches('=')),
    }
}

/// RFC 4648 base32, either case.
fn base32(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut held, mut out) = (0_u32, 0_u32, Vec::with_capacity(32));
    for byte in text.bytes() {
        let digit = match byte.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5 | u32::from(digit)) & 0xfff;
        held += 5;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(out)
}

/// Sums what is read through it, by the algorithm the record keeps.
pub(in crate::corpus) struct Summing<R> {
    pub(in crate::corpus) inner: R,
    sum: Sum,
}

enum Sum {
    No,
    Sha1(Sha1),
    Sha256(Sha256),
}

impl<R: BufRead> Summing<R> {
    pub(in crate::corpus) fn new(inner: R, kept: Option<&Kept>) -> Self {
        let sum = match kept {
            None => Sum::No,
            Some(Kept::Sha1(_)) => Sum::Sha1(Sha1::new()),
            Some(Kept::Sha256(_)) => Sum::Sha256(Sha256::new()),
        };
        Self { inner, sum }
    }

    /// Reads what is left, and gives the sum of all.
    pub(in crate::corpus) fn finish(mut self) -> io::Result<Option<Kept>> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(match self.sum {
            Sum::No => None,
            Sum::Sha1(sum) => Some(Kept::Sha1(sum.finalize().into())),
            Sum::Sha256(sum) => Some(Kept::Sha256(sum.finalize().into())),
        })
    }
}

impl<R: BufRead> Read for Summing<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Summing<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // The buffer is asked for again, since it is not kept here; it is the same one.
        if let Ok(bytes) = self.inner.fill_buf() {
            let used = bytes.get(..amount).unwrap_or_default();
            match &mut self.sum {
                Sum::No => {}
                Sum::Sha1(sum) => sum.update(used),
                Sum::Sha256(sum) => sum.update(used),
            }
        }
        self.inner.consume(amount);
    }
}

/// A body in chunks, joined (RFC 9112 §7.1). One that does not begin with a chunk's size is given
/// as it is.
pub(in crate::corpus) struct Chunks<R> {
    inner: R,
    left: u64,
    state: State,
}

enum State {
    First,
    Within,
    /// No chunks: what was read to see that, then the rest.
    Plain(io::Cursor<Vec<u8>>),
    Done,
}

impl<R: BufRead> Chunks<R> {
    pub(in crate::corpus) const fn new(inner: R) -> Self {
        Self { inner, left: 0, state: State::First }
    }

    /// Moves to the next chunk when the one at hand is used up.
    fn advance(&mut self) -> io::Result<()> {
        match self.state {
            State::Within if self.left > 0 => return Ok(()),
            State::Plain(_) | State::Done => return Ok(()),
            // The line that ends the chunk.
            State::Within => drop(line(&mut self.inner, 2)?),
            State::First => {}
        }
        let first = matches!(self.state, State::First);
        let read = line(&mut self.inner, 256)?.unwrap_or_default();
        self.state = match size_of(&read) {
            Some(0) => State::Done,
            Some(size) => {
                self.left = size;
                State::Within
            }
            None if first => State::Plain(io::Cursor::new(read)),
            None => return Err(io::ErrorKind::InvalidData.into()),
        };
        Ok(())
    }
}

fn size_of(line: &[u8]) -> Option<u64> {
    let digits =
        line.strip_suffix(b"\n")?.split(|&b| matches!(b, b';' | b'\r')).next()?.trim_ascii();
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

impl<R: BufRead> Read for Chunks<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Chunks<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.advance()?;
        match &mut self.state {
            State::First | State::Done => Ok(&[]),
            State::Plain(head) => {
                let head = head.fill_buf()?;
                if head.is_empty() { self.inner.fill_buf() } else { Ok(head) }
            }
            State::Within => {
                let most = usize::try_from(self.left).unwrap_or(usize::MAX);
                let bytes = self.inner.fill_buf()?;
                if bytes.is_empty() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(bytes.get(..most.min(bytes.len())).unwrap_or_default())
            }
        }
    }

    fn consume(&mut self, amount: usize) {
        if let State::Plain(head) = &mut self.state
            && head.position() < head.get_ref().len() as u64
        {
            head.consume(amount);
            return;
        }
        self.left = self.left.saturating_sub(amount as u64);
        self.inner.consume(amount);
    }
}

/// Takes one content coding off, if it is there; `None` for one this reader does not have. Says
/// too whether there was one.
pub(in crate::corpus) fn uncoded<'a, R: BufRead + 'a>(
    mut body: R,
    coding: Option<&str>,
) -> io::Result<Option<(Box<dyn Read + 'a>, bool)>> {
    let mut head = Vec::new();
    Read::take(&mut body, 2).read_to_end(&mut head)?;
    let (gzip, zlib, picture) = (head == [0x1f, 0x8b], is_zlib(&head), begins_picture(&head));
    let body = io::Cursor::new(head).chain(body);
    Ok(Some(match coding {
        Some("gzip" | "x-gzip") if gzip => (Box::new(MultiGzDecoder::new(body)), true),
        // What it should be by the standard is zlib; what it often is, is bare deflate.
        Some("deflate") if zlib => (Box::new(ZlibDecoder::new(body)), true),
        Some("deflate") if !picture => (Box::new(DeflateDecoder::new(body)), true),
        None | Some("gzip" | "x-gzip" | "deflate") => (Box::new(body), false),
        Some(_) => return Ok(None),
    }))
}

fn is_zlib(head: &[u8]) -> bool {
    matches!(head, [cmf, flags, ..]
        if cmf & 0x0f == 8 && (u16::from(*cmf) << 8 | u16::from(*flags)).is_multiple_of(31))
}

/// Whether these two bytes begin a picture.
fn begins_picture(head: &[u8]) -> bool {
    matches!(head, [0xff, 0xd8] | [0x89, b'P'] | [b'G', b'I'] | [b'R', b'I'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_digests_are_base32_or_hexadecimal() {
        let empty = hex::decode("da39a3ee5e6b4b0d3255bfef95601890afd80709").unwrap();
        let sum = Some(Kept::Sha1(empty.try_into().unwrap()));
        assert_eq!(Kept::parse("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"), sum);
        assert_eq!(Kept::parse("SHA-1:da39a3ee5e6b4b0d3255bfef95601890afd80709"), sum);
        assert_eq!(Kept::parse("sha1:3I42"), None);
        assert_eq!(Kept::parse("md5:d41d8cd98f00b204e9800998ecf8427e"), None);
    }

    fn joined(body: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        Chunks::new(body).read_to_end(&mut out).map(|_| out)
    }

    #[test]
    fn chunks_are_joined_and_claims_of_chunks_are_not_believed() {
        assert_eq!(joined(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").unwrap(), b"abcde");
        assert_eq!(joined(b"\x89PNG no chunks\n").unwrap(), b"\x89PNG no chunks\n");
        assert!(joined(b"3\r\nabc\r\nzz\r\n").is_err());
        assert!(joined(b"9\r\nabc").is_err());
        assert_eq!(joined(b"").unwrap(), b"");
    }
}
