//! The central directory of a zip archive (APPNOTE 4.3), zip64 included.
//!
//! It must never hold more of the directory than its buffer.

use std::io::{self, Read, Seek, SeekFrom};

pub(in crate::corpus) const STORED: u16 = 0;
pub(in crate::corpus) const DEFLATED: u16 = 8;

const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
const LOCATOR64: &[u8] = b"PK\x06\x07";
const CENTRAL: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

const END_BYTES: u64 = 22;
const CENTRAL_BYTES: usize = 46;
const LOCAL_BYTES: u64 = 30;
/// A 32-bit field whose value stands in the zip64 field instead.
const ELSEWHERE: u64 = 0xffff_ffff;

/// Where the central directory lies.
#[derive(Debug, Clone, Copy)]
pub(in crate::corpus) struct End {
    start: u64,
    end: u64,
    /// Bytes somebody put before the archive, which its offsets do not count.
    before: u64,
}

impl End {
    /// Finds the end record, looking from the end of the file.
    pub(in crate::corpus) fn find(
        source: &mut (impl Read + Seek),
        size: u64,
    ) -> io::Result<Option<Self>> {
        let window = size.min(END_BYTES + 0xffff);
        let base = size - window;
        let tail = bytes_at(source, base, usize::try_from(window).unwrap_or(usize::MAX))?;
        let found = (0..tail.len()).rev().find(|&at| {
            let rest = tail.get(at..).unwrap_or_default();
            // The comment has to reach to the end of the file, else it is not the last record.
            rest.starts_with(END)
                && u16_at(rest, 20).is_some_and(|c| END_BYTES + u64::from(c) <= rest.len() as u64)
        });
        let Some(at) = found else { return Ok(None) };
        let record = tail.get(at..).unwrap_or_default();
        let place = base + at as u64;
        let mut directory_size = u32_at(record, 12).unwrap_or_default();
        let mut offset = u32_at(record, 16).unwrap_or_default();
        let mut directory_end = place;
        if let Some((at64, size64, offset64)) = Self::zip64(source, place)? {
            (directory_end, directory_size, offset) = (at64, size64, offset64);
        }
        let Some(start) = directory_end.checked_sub(directory_size) else { return Ok(None) };
        Ok(Some(match start.checked_sub(offset) {
            Some(before) => Self { start, end: directory_end, before },
            None => return Ok(None),
        }))
    }

    /// The zip64 end record: where it stands, and size and offset of the directory.
    fn zip64(source: &mut (impl Read + Seek), place: u64) -> io::Result<Option<(u64, u64, u64)>> {
        const LOCATOR_BYTES: u64 = 20;
        const END64_BYTES: u64 = 56;
        let Some(at) = place.checked_sub(LOCATOR_BYTES) else { return Ok(None) };
        let locator = bytes_at(source, at, 20)?;
        if !locator.starts_with(LOCATOR64) {
            return Ok(None);
        }
        // Bytes may stand before the archive, so the record is taken right before its locator
        // first, and where the locator says second.
        let stated = u64_at(&locator, 8);
        for place in [at.checked_sub(END64_BYTES), stated].into_iter().flatten() {
            let record = bytes_at(source, place, 56)?;
            if record.starts_with(END64)
                && let (Some(size), Some(offset)) = (u64_at(&record, 40), u64_at(&record, 48))
            {
                return Ok(Some((place, size, offset)));
            }
        }
        Ok(None)
    }
}

/// Whether the first bytes are those of a zip archive.
pub(in crate::corpus) fn begins_like_zip(source: &mut (impl Read + Seek)) -> bool {
    bytes_at(source, 0, 4).is_ok_and(|head| head == LOCAL)
}

/// An entry of the central directory.
#[derive(Debug, Clone, Default)]
pub(in crate::corpus) struct Entry {
    pub(in crate::corpus) name: Vec<u8>,
    flags: u16,
    pub(in crate::corpus) method: u16,
    pub(in crate::corpus) crc: u32,
    pub(in crate::corpus) packed: u64,
    pub(in crate::corpus) size: u64,
    /// Of the local header, in the file.
    pub(in crate::corpus) header: u64,
    unix_mode: Option<u32>,
}

impl Entry {
    /// A packed range as a locator names it.
    pub(in crate::corpus) fn range(method: u16, packed: u64) -> Self {
        Self { method, packed, ..Self::default() }
    }

    pub(in crate::corpus) fn is_folder(&self) -> bool {
        self.name.last() == Some(&b'/') && self.size == 0
    }

    pub(in crate::corpus) fn is_link(&self) -> bool {
        self.unix_mode.is_some_and(|mode| {
            let kind = mode & 0o170_000;
            kind != 0 && kind != 0o100_000 && kind != 0o040_000
        })
    }

    pub(in crate::corpus) const fn is_encrypted(&self) -> bool {
        self.flags & 1 != 0
    }

    /// Where its data begins, by its local header.
    pub(in crate::corpus) fn data(&self, source: &mut (impl Read + Seek)) -> io::Result<u64> {
        let header = bytes_at(source, self.header, 30)?;
        if header.len() < 30 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match (header.starts_with(LOCAL), u16_at(&header, 26), u16_at(&header, 28)) {
            (true, Some(name), Some(extra)) => {
                Ok(self.header.saturating_add(LOCAL_BYTES + u64::from(name) + u64::from(extra)))
            }
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

/// The central directory, read on as it is needed.
pub(in crate::corpus) struct Directory {
    buffer: Vec<u8>,
    used: usize,
    /// Of the buffer's end, in the file.
    next: u64,
    end: u64,
    before: u64,
}

impl Directory {
    pub(in crate::corpus) fn new(end: &End) -> Self {
        let buffer = Vec::new();
        Self { buffer, used: 0, next: end.start, end: end.end, before: end.before }
    }

    /// Of the next entry, in the file.
    pub(in crate::corpus) fn position(&self) -> u64 {
        self.next - (self.buffer.len() - self.used) as u64
    }

    /// The next entry; `None` at the end.
    pub(in crate::corpus) fn next(
        &mut self,
        source: &mut (impl Read + Seek),
    ) -> io::Result<Option<Entry>> {
        if self.position() >= self.end {
            return Ok(None);
        }
        let fixed = self.ahead(source, CENTRAL_BYTES)?;
        if !fixed.starts_with(CENTRAL) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let part = |at| usize::from(u16_at(fixed, at).unwrap_or_default());
        let (name, extra, comment) = (part(28), part(30), part(32));
        let before = self.before;
        let whole = self.ahead(source, CENTRAL_BYTES + name + extra + comment)?;
        let entry = parse(whole, name, extra, before);
        self.used += CENTRAL_BYTES + name + extra + comment;
        entry.map(Some).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// The next so many bytes.
    fn ahead(&mut self, source: &mut (impl Read + Seek), bytes: usize) -> io::Result<&[u8]> {
        const CHUNK: u64 = 256 * 1024;
        if self.buffer.len() - self.used < bytes {
            self.buffer.drain(..self.used);
            self.used = 0;
            let most = CHUNK.min(self.end.saturating_sub(self.next));
            let more = bytes_at(source, self.next, usize::try_from(most).unwrap_or(usize::MAX))?;
            self.next += more.len() as u64;
            self.buffer.extend(more);
        }
        self.buffer
            .get(self.used..self.used + bytes)
            .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

fn parse(record: &[u8], name: usize, extra: usize, before: u64) -> Option<Entry> {
    let made_by_unix = record.get(5) == Some(&3);
    let mode = u32_at(record, 38).and_then(|attributes| u32::try_from(attributes >> 16).ok());
    let mut entry = Entry {
        name: record.get(CENTRAL_BYTES..CENTRAL_BYTES + name)?.to_vec(),
        flags: u16_at(record, 8)?,
        method: u16_at(record, 10)?,
        crc: u32::try_from(u32_at(record, 16)?).ok()?,
        packed: u32_at(record, 20)?,
        size: u32_at(record, 24)?,
        header: u32_at(record, 42)?,
        unix_mode: mode.filter(|_| made_by_unix),
    };
    let start = CENTRAL_BYTES + name;
    let mut fields = record.get(start..start + extra)?;
    while let (Some(id), Some(size)) = (u16_at(fields, 0), u16_at(fields, 2)) {
        let size = usize::from(size);
        if id == 1 {
            let mut values = fields.get(4..4 + size)?.chunks_exact(8);
            let mut next = || values.next().and_then(|value| u64_at(value, 0));
            for field in [&mut entry.size, &mut entry.packed, &mut entry.header] {
                if *field == ELSEWHERE {
                    *field = next()?;
                }
            }
        }
        fields = fields.get(4 + size..).unwrap_or_default();
    }
    entry.header = entry.header.checked_add(before)?;
    Some(entry)
}

/// Up to so many bytes from a place; fewer at the end of the file.
fn bytes_at(source: &mut (impl Read + Seek), at: u64, most: usize) -> io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    source.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..)?.first_chunk().copied()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u32::from_le_bytes(bytes.get(at..)?.first_chunk().copied()?).into())
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..)?.first_chunk().copied()?))
}
