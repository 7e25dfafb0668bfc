//! Web addresses as a report may carry them: valid, percent-encoded, at most 2,083 characters.
//!
//! The rule for a longer one: cut at a border (fragment, then query, then path segments), so that
//! what is left is still an address of something that held the file, and state the SHA-256 of the
//! whole. It must never cut in the middle of a segment, which would name something else.

use sha2::{Digest, Sha256};

/// Longest address the report accepts, in characters.
pub(crate) const MAX: usize = 2083;

/// An `http` or `https` address that fits the report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    text: String,
    whole: Option<Whole>,
}

/// What an address was before it was shortened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whole {
    /// SHA-256 of the address as recorded, lower-case hex.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: usize,
}

impl Address {
    /// Reads an address as a find recorded it. `None` when it is not an address on the web or when
    /// its host alone is too long: such a text goes into the provenance block only.
    pub fn read(raw: &str) -> Option<Self> {
        let Parts { origin, path, query, fragment } = Parts::read(raw)?;
        let whole_text = format!("{origin}{path}{query}{fragment}");
        if whole_text.len() <= MAX {
            return Some(Self { text: whole_text, whole: None });
        }
        let whole = Whole { sha256: hex::encode(Sha256::digest(raw.as_bytes())), bytes: raw.len() };
        let text = [format!("{origin}{path}{query}"), format!("{origin}{path}")]
            .into_iter()
            .find(|shorter| shorter.len() <= MAX)
            .or_else(|| {
                let room = MAX.checked_sub(origin.len() + 1)?;
                let kept = path.get(..room.min(path.len()))?;
                let cut = kept.rfind('/').unwrap_or(0);
                Some(format!("{origin}{}/", kept.get(..cut)?))
            })
            .filter(|shorter| shorter.len() <= MAX)?;
        Some(Self { text, whole: Some(whole) })
    }

    /// The same address whole, however long: for a reader whose form has no limit.
    pub(crate) fn unshortened(raw: &str) -> Option<String> {
        let Parts { origin, path, query, fragment } = Parts::read(raw)?;
        Some(format!("{origin}{path}{query}{fragment}"))
    }

    /// The address as the report carries it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the report carries less than was recorded.
    pub fn is_shortened(&self) -> bool {
        self.whole.is_some()
    }

    /// The digest of the whole, when it was shortened.
    pub fn whole(&self) -> Option<&Whole> {
        self.whole.as_ref()
    }
}

/// The parts of an address, percent-encoded where they must be.
struct Parts {
    origin: String,
    path: String,
    query: String,
    fragment: String,
}

impl Parts {
    fn read(raw: &str) -> Option<Self> {
        let trimmed = raw.trim();
        let scheme_end = trimmed.find("://")?;
        let (scheme, rest) = (trimmed.get(..scheme_end)?, trimmed.get(scheme_end + 3..)?);
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return None;
        }
        let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (host, tail) = rest.split_at(host_end);
        let bare = host.rsplit('@').next().unwrap_or(host);
        if bare.is_empty() || bare.starts_with(':') {
            return None;
        }
        let (tail, fragment) = split_before(tail, '#');
        let (path, query) = split_before(tail, '?');
        Some(Self {
            origin: format!("{}://{}", scheme.to_ascii_lowercase(), encode(host, is_in_host)),
            path: encode(path, is_in_path),
            query: mark('?', query),
            fragment: mark('#', fragment),
        })
    }
}

fn split_before(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark).map_or((text, None), |(head, tail)| (head, Some(tail)))
}

fn mark(mark: char, part: Option<&str>) -> String {
    part.map_or_else(String::new, |part| format!("{mark}{}", encode(part, is_in_query)))
}

/// Percent-encodes every byte that `keep` does not allow, and a `%` that begins no escape.
fn encode(text: &str, keep: fn(u8) -> bool) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().copied().enumerate() {
        let escape = byte == b'%'
            && bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        if escape || keep(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex::encode([byte]).to_ascii_uppercase());
        }
    }
    out
}

/// RFC 3986 unreserved and sub-delims.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte)
}

fn is_in_host(byte: u8) -> bool {
    is_plain(byte) || b":@[]".contains(&byte)
}

fn is_in_path(byte: u8) -> bool {
    is_plain(byte) || b":@/".contains(&byte)
}

fn is_in_query(byte: u8) -> bool {
    is_in_path(byte) || byte == b'?'
}

/// Whether a text is an address the report accepts: the rule by which a written one is checked.
pub(crate) fn is_valid(text: &str) -> bool {
    Address::read(text).is_some_and(|read| !read.is_shortened() && read.text() == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spaces_controls_and_stray_percent_are_encoded() {
        let read = Address::read("HTTPS://images.example/a b\u{1}/ü%zz%41?q=[1]&x#f#g").unwrap();
        assert_eq!(read.text(), "https://images.example/a%20b%01/%C3%BC%25zz%41?q=%5B1%5D&x#f%23g");
        assert!(!read.is_shortened());
    }

    #[test]
    fn only_the_web_counts() {
        for raw in ["data:image/png;base64,AAAA", "s3://b/k", "https://", "http://:80/", "x", ""] {
            assert_eq!(Address::read(raw), None, "{raw}");
        }
    }

    #[test]
    fn long_addresses_are_cut_at_a_border_and_keep_the_digest_of_the_whole() {
        let query = format!("https://images.example/a/b.jpg?{}", "k".repeat(3000));
        let read = Address::read(&query).unwrap();
        assert_eq!(read.text(), "https://images.example/a/b.jpg");
        let whole = read.whole().unwrap();
        assert_eq!(whole.bytes, query.len());
        assert_eq!(whole.sha256, hex::encode(Sha256::digest(query.as_bytes())));

        let deep = format!("https://images.example/{}/{}", "d".repeat(100), "e".repeat(2500));
        let read = Address::read(&deep).unwrap();
        assert_eq!(read.text(), format!("https://images.example/{}/", "d".repeat(100)));

        let at_limit = format!("https://h.example/{}", "p".repeat(MAX - 18));
        assert!(!Address::read(&at_limit).unwrap().is_shortened());
        assert!(Address::read(&format!("{at_limit}p")).unwrap().is_shortened());
        assert_eq!(Address::read(&format!("https://{}.example/", "h".repeat(3000))), None);
    }

    proptest! {
        #[test]
        fn what_is_read_is_valid_and_stable(tail in "\\PC{0,60}", long in 0_usize..4000) {
            let raw = format!("http://h.example/{tail}{}", "x".repeat(long));
            if let Some(read) = Address::read(&raw) {
                prop_assert!(is_valid(read.text()), "{}", read.text());
                prop_assert!(read.text().is_ascii());
                prop_assert_eq!(read.is_shortened(), read.whole().is_some());
            }
        }
    }
}
