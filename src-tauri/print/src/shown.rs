//! How any text becomes harmless on a page, whichever renderer sets it.
//!
//! It must never let a character hide, reorder or end what stands beside it, nor leave an address that can be followed.

/// Whether a character cannot be seen, or changes how its neighbours are read.
pub fn hides(c: char) -> bool {
    c.is_control()
        || matches!(
            u32::from(c),
            0xAD | 0x34F
                | 0x61C
                | 0x115F..=0x1160
                | 0x17B4..=0x17B5
                | 0x180B..=0x180F
                | 0x200B..=0x200F
                | 0x2028..=0x202E
                | 0x2060..=0x206F
                | 0x3164
                | 0xFE00..=0xFE0F
                | 0xFEFF
                | 0xFFA0
                | 0xFFF0..=0xFFFB
                | 0x1BCA0..=0x1BCA3
                | 0x1D173..=0x1D17A
                | 0xE0000..=0xE0FFF
        )
        || is_unassigned_for_exchange(c)
}

/// Private use and noncharacters: no two readers show them alike.
fn is_unassigned_for_exchange(c: char) -> bool {
    let code = u32::from(c);
    matches!(code, 0xE000..=0xF8FF | 0xFDD0..=0xFDEF | 0xF_0000..=0x10_FFFF)
        || code & 0xFFFE == 0xFFFE
}

/// A text as it may stand on a page: what hides is written `\u{…}`, and no address is live. What was made dead
/// before stays as it is.
pub fn shown(text: &str) -> String {
    shown_by(text, hides)
}

/// The same, for a renderer that cannot set some further characters.
pub fn shown_by(text: &str, escapes: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = live(rest) {
        let (before, address) = rest.split_at(at);
        push(&mut out, before, &escapes);
        out.push_str("hxxp");
        rest = address.get(4..).unwrap_or_default();
    }
    push(&mut out, rest, &escapes);
    out
}

fn push(out: &mut String, text: &str, escapes: &impl Fn(char) -> bool) {
    for c in text.chars() {
        if hides(c) || escapes(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
}

/// Where `http:` or `https:` stands, in any case.
fn live(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let at = |from: usize, word: &[u8]| {
        bytes.get(from..from + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word))
    };
    (0..bytes.len()).find(|from| at(*from, b"http:") || at(*from, b"https:"))
}

#[cfg(test)]
mod tests {
    use super::{hides, shown};

    #[test]
    fn nothing_shown_is_live_or_hidden() {
        assert_eq!(
            shown("see HTTPS://h.example/a and http:x"),
            "see hxxpS://h.example/a and hxxp:x"
        );
        assert_eq!(shown("hxxps://h[.]example"), "hxxps://h[.]example");
        assert_eq!(shown("a\nb\u{85}c\u{202e}d\u{200b}"), r"a\u{a}b\u{85}c\u{202e}d\u{200b}");
        assert_eq!(shown("\u{e000}\u{fffe}\u{10ffff}"), r"\u{e000}\u{fffe}\u{10ffff}");
        assert_eq!(shown("Müller, 北京, שלום, e\u{301}, 🙂"), "Müller, 北京, שלום, e\u{301}, 🙂");
        assert!(!hides('\u{fffd}') && !hides(' ') && !hides('…'));
    }
}
