//! Names as archives hold them: bytes, which may be anything.
//!
//! It must never lose a byte of a name, and never let one act on a terminal.

/// A name for a locator, and whether it had to be escaped: `\xHH` for a byte that is not UTF-8 or
/// for each byte of a control character, `\\` for a backslash. A name that needs none of it stays
/// as it is, so the flag is what tells `a\x41` from an escape.
pub(super) fn lossless(name: &[u8]) -> (String, bool) {
    match std::str::from_utf8(name) {
        Ok(text) if !text.chars().any(char::is_control) => (text.to_owned(), false),
        _ => (escaped(name, true), true),
    }
}

/// The bytes of a name, from what [`lossless`] gave.
pub(super) fn restored(name: &str, was_escaped: bool) -> Option<Vec<u8>> {
    if !was_escaped {
        return Some(name.as_bytes().to_vec());
    }
    let mut out = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match tail {
            [b'\\', tail @ ..] => {
                out.push(b'\\');
                rest = tail;
            }
            [b'x', high, low, tail @ ..] => {
                let digit = |d: u8| char::from(d).to_digit(16).and_then(|d| u8::try_from(d).ok());
                out.push(digit(*high)? << 4 | digit(*low)?);
                rest = tail;
            }
            _ => return None,
        }
    }
    Some(out)
}

/// A name for people: short, on one line, quoted.
pub(super) fn shown(name: &[u8]) -> String {
    const MOST: usize = 200;
    let head = name.get(..MOST).unwrap_or(name);
    let cut = if head.len() < name.len() { "…" } else { "" };
    format!("\"{}{cut}\"", legible(head))
}

/// A text with `\xHH` for every byte of what is not UTF-8, acts on a terminal or turns the direction of its surroundings.
pub(super) fn legible(text: &[u8]) -> String {
    escaped(text, false)
}

fn escaped(name: &[u8], backslash: bool) -> String {
    let mut out = String::with_capacity(name.len() + 8);
    let hex = |out: &mut String, bytes: &[u8]| {
        for byte in bytes {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    };
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' if backslash => out.push_str("\\\\"),
                _ if c.is_control() || is_bidi(c) => {
                    hex(&mut out, c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                _ => out.push(c),
            }
        }
        hex(&mut out, chunk.invalid());
    }
    out
}

/// Characters that turn the direction of the text around them.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a name would leave the folder it is unpacked in.
pub(super) fn leads_outside(name: &[u8]) -> bool {
    let drive = matches!(name, [letter, b':', ..] if letter.is_ascii_alphabetic());
    drive
        || matches!(name.first(), Some(b'/' | b'\\'))
        || name.split(|b| matches!(b, b'/' | b'\\')).any(|part| part == b"..")
}

/// Whether a name is that of an archive.
pub(super) fn is_archive(name: &[u8]) -> bool {
    let lower = name.to_ascii_lowercase();
    [".tar", ".tgz", ".gz", ".zip", ".7z", ".rar", ".bz2", ".xz", ".zst", ".warc", ".parquet"]
        .iter()
        .any(|ending| lower.ends_with(ending.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_byte_of_a_name_is_lost(name in proptest::collection::vec(any::<u8>(), 0..40)) {
            let (text, escaped) = lossless(&name);
            prop_assert!(!text.chars().any(char::is_control));
            prop_assert_eq!(restored(&text, escaped), Some(name.clone()));
            prop_assert!(!shown(&name).chars().any(char::is_control));
        }
    }

    #[test]
    fn only_names_that_need_it_are_escaped() {
        assert_eq!(lossless("a\\b é.jpg".as_bytes()), ("a\\b é.jpg".to_owned(), false));
        assert_eq!(lossless(b"a\\\xff\n"), ("a\\\\\\xff\\x0a".to_owned(), true));
        assert_eq!(shown("\u{202e}gpj.\u{1b}[2J".as_bytes()), "\"\\xe2\\x80\\xaegpj.\\x1b[2J\"");
    }

    #[test]
    fn names_that_lead_outside_are_seen() {
        for name in ["../a", "a/../../b", "/etc/x", "C:\\x", "a\\..\\b", "\\\\host\\x", ".."] {
            assert!(leads_outside(name.as_bytes()), "{name}");
        }
        for name in ["a/b", "..a/b", "a..b", "./a", "a/.../b"] {
            assert!(!leads_outside(name.as_bytes()), "{name}");
        }
    }
}
