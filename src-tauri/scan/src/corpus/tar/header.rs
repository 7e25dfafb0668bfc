//! One header block of a tar archive: V7, ustar and GNU forms, and the records of pax.
//!
//! It must never accept a block whose checksum fails.

/// Bytes of a block.
pub(in crate::corpus) const BLOCK: usize = 512;

/// What a header says of the member that follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::corpus) struct Header {
    pub(in crate::corpus) name: Vec<u8>,
    pub(in crate::corpus) size: u64,
    pub(in crate::corpus) kind: u8,
    /// GNU sparse: another block of the map follows.
    pub(in crate::corpus) map_goes_on: bool,
    /// It names the format, as anything but V7 does.
    pub(in crate::corpus) has_magic: bool,
}

/// Why a block is no header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::corpus) enum NoHeader {
    /// All zero, as the end is marked.
    Zero,
    /// The checksum or a number is wrong.
    Damaged,
}

impl Header {
    /// Reads a block.
    pub(in crate::corpus) fn parse(block: &[u8; BLOCK]) -> Result<Self, NoHeader> {
        if block.iter().all(|&byte| byte == 0) {
            return Err(NoHeader::Zero);
        }
        let field = |from: usize, to: usize| block.get(from..to).unwrap_or_default();
        let sum = number(field(148, 156)).ok_or(NoHeader::Damaged)?;
        if sum != checksum(block, i64::from) && sum != checksum(block, signed) {
            return Err(NoHeader::Damaged);
        }
        let size = number(field(124, 136)).ok_or(NoHeader::Damaged)?;
        let size = u64::try_from(size).map_err(|_| NoHeader::Damaged)?;
        let magic = field(257, 263);
        let mut name = text(field(0, 100)).to_vec();
        let prefix = text(field(345, 500));
        // GNU's old form keeps times where ustar keeps the first part of a long name.
        if magic == b"ustar\0" && !prefix.is_empty() {
            name = [prefix, b"/", &name].concat();
        }
        let kind = match field(156, 157).first().copied().unwrap_or(0) {
            0 if name.last() == Some(&b'/') => b'5',
            0 => b'0',
            kind => kind,
        };
        let map_goes_on = kind == b'S' && block.get(482).is_some_and(|&flag| flag != 0);
        Ok(Self { name, size, kind, map_goes_on, has_magic: magic.starts_with(b"ustar") })
    }
}

/// What pax records change of the member that follows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::corpus) struct Pax {
    pub(in crate::corpus) path: Option<Vec<u8>>,
    pub(in crate::corpus) size: Option<u64>,
    pub(in crate::corpus) sparse: bool,
}

impl Pax {
    /// Reads `length key=value\n` records; `None` when one is malformed.
    pub(in crate::corpus) fn parse(mut body: &[u8]) -> Option<Self> {
        let mut pax = Self::default();
        while body.first().is_some_and(|&byte| byte != 0) {
            let space = body.iter().position(|&byte| byte == b' ')?;
            let length: usize = std::str::from_utf8(body.get(..space)?).ok()?.parse().ok()?;
            let record = body.get(space + 1..length)?.strip_suffix(b"\n")?;
            let equals = record.iter().position(|&byte| byte == b'=')?;
            let (key, value) = (record.get(..equals)?, record.get(equals + 1..)?);
            match key {
                b"path" => pax.path = Some(value.to_vec()),
                b"size" => pax.size = Some(std::str::from_utf8(value).ok()?.parse().ok()?),
                _ if key.starts_with(b"GNU.sparse.") => pax.sparse = true,
                _ => {}
            }
            body = body.get(length..)?;
        }
        Some(pax)
    }
}

/// A field up to its first NUL.
pub(in crate::corpus) fn text(field: &[u8]) -> &[u8] {
    field.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// A number: octal digits, or GNU's base 256 when the first bit is set.
fn number(field: &[u8]) -> Option<i64> {
    match field.split_first() {
        Some((&first, rest)) if first & 0x80 != 0 => {
            // The first byte keeps the sign; six more bits of it are digits.
            let start = if first & 0x40 != 0 { -1_i64 } else { 0 };
            let low = i64::from(first & 0x3f);
            let start = start.checked_mul(64)?.checked_add(low)?;
            rest.iter()
                .try_fold(start, |sum, &byte| sum.checked_mul(256)?.checked_add(i64::from(byte)))
        }
        _ => {
            let digits = text(field).trim_ascii();
            digits.iter().try_fold(0_i64, |sum, &byte| match byte {
                b'0'..=b'7' => sum.checked_mul(8)?.checked_add(i64::from(byte - b'0')),
                _ => None,
            })
        }
    }
}

fn signed(byte: u8) -> i64 {
    i64::from(byte.cast_signed())
}

/// Sum of the block with its checksum field read as blanks. Old programs summed signed bytes.
fn checksum(block: &[u8; BLOCK], value: fn(u8) -> i64) -> i64 {
    let blank = |at: usize| (148..156).contains(&at);
    block.iter().enumerate().map(|(at, &byte)| value(if blank(at) { b' ' } else { byte })).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_base_256() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"   644 \0"), Some(0o644));
        assert_eq!(number(b"\0\0\0\0"), Some(0));
        assert_eq!(number(b"12x"), None);
        assert_eq!(number(&[0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1]), Some(0x2_0000_0001));
        assert_eq!(number(&[0xff; 12]), Some(-1));
        assert_eq!(number(&[0x80, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), None);
    }

    #[test]
    fn pax_records_are_read_by_length() {
        let pax = Pax::parse(b"13 path=a\nb.c\n17 size=8589934593\n").unwrap_or_default();
        assert_eq!(pax.path, None, "the length is wrong, so nothing is believed");
        let pax = Pax::parse(b"14 path=a\nb.c\n19 size=8589934593\n").unwrap();
        assert_eq!((pax.path, pax.size), (Some(b"a\nb.c".to_vec()), Some(8_589_934_593)));
        assert!(Pax::parse(b"25 GNU.sparse.realsize=1\n\0\0").unwrap().sparse);
    }
}
