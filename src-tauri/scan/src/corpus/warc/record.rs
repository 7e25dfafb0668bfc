//! The header of a WARC record, and of the HTTP message inside it.
//!
//! It must never read a header without bound.

use std::io::{self, BufRead};

use crate::corpus::name;

/// The most bytes a header may have.
const MOST_HEADER: usize = 1024 * 1024;

/// Named fields in the order they stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::corpus) struct Fields(pub(in crate::corpus) Vec<(String, String)>);

impl Fields {
    /// The first value of a name, blank ones left out.
    pub(in crate::corpus) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Reads up to and including the blank line.
    pub(in crate::corpus) fn read(source: &mut impl BufRead) -> io::Result<Self> {
        let mut fields = Self::default();
        let mut room = MOST_HEADER;
        loop {
            let line = line(source, room)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            room = room.checked_sub(line.len()).ok_or(io::ErrorKind::InvalidData)?;
            if !line.ends_with(b"\n") {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            // A tab is a space here; any other control character or byte that is not UTF-8 would act on a terminal, and
            // no header may hold one.
            let spaced: Vec<u8> = trimmed(&line)
                .iter()
                .map(|byte| if *byte == b'\t' { b' ' } else { *byte })
                .collect();
            let text = name::legible(&spaced);
            if text.is_empty() {
                return Ok(fields);
            }
            if text.starts_with(' ') {
                if let Some((_, value)) = fields.0.last_mut() {
                    value.push(' ');
                    value.push_str(text.trim());
                }
            } else if let Some((name, value)) = text.split_once(':') {
                fields.0.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
    }
}

/// A line with its end, cut after `most` bytes; `None` at the end.
pub(in crate::corpus) fn line(
    source: &mut impl BufRead,
    most: usize,
) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    io::Read::take(&mut *source, most as u64).read_until(b'\n', &mut line)?;
    Ok(if line.is_empty() { None } else { Some(line) })
}

/// A line without its end.
pub(in crate::corpus) fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Whether a line begins a record.
pub(in crate::corpus) fn begins_record(line: &[u8]) -> bool {
    let version = trimmed(line).strip_prefix(b"WARC/").unwrap_or_default();
    matches!(version, [b'0'..=b'9', b'.', b'0'..=b'9', ..]) && version.len() <= 8
}

/// The head of an HTTP response as it was archived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::corpus) struct Http {
    pub(in crate::corpus) status: Option<u64>,
    pub(in crate::corpus) fields: Fields,
}

impl Http {
    /// Reads status line and header; `None` when the block is no HTTP response, and then what was
    /// read of it, which belongs to the payload.
    pub(in crate::corpus) fn read(source: &mut impl BufRead) -> io::Result<Result<Self, Vec<u8>>> {
        let first = line(source, 64 * 1024)?.unwrap_or_default();
        if !first.starts_with(b"HTTP/") {
            return Ok(Err(first));
        }
        let status = trimmed(&first).split(|&b| b == b' ').nth(1).unwrap_or_default();
        let status = std::str::from_utf8(status).ok().and_then(|status| status.parse().ok());
        Ok(Ok(Self { status, fields: Fields::read(source)? }))
    }

    /// Whether the body is in chunks.
    pub(in crate::corpus) fn is_chunked(&self) -> bool {
        let coding = self.fields.get("Transfer-Encoding").unwrap_or_default();
        coding.to_ascii_lowercase().contains("chunked")
    }

    /// The codings laid over the content, outermost last, those that change nothing left out.
    pub(in crate::corpus) fn codings(&self) -> Vec<String> {
        let codings = self.fields.get("Content-Encoding").unwrap_or_default().to_ascii_lowercase();
        let plain = ["", "identity", "none", "binary", "utf-8", "utf8", "8bit", "7bit"];
        codings
            .split(',')
            .map(|c| c.trim().to_owned())
            .filter(|c| !plain.contains(&c.as_str()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_hands_on_what_acts_on_a_terminal() {
        let mut head: &[u8] =
            b"WARC-Target-URI:\thttp://h.example/\x7fa\xc2\x85b\xffc\r\nX: one\r\n\ttwo\r\n\r\n";
        let fields = Fields::read(&mut head).unwrap();
        let uri = "http://h.example/\\x7fa\\xc2\\x85b\\xffc";
        assert_eq!(fields.get("warc-target-uri"), Some(uri));
        assert_eq!(fields.get("X"), Some("one two"));
    }
}
