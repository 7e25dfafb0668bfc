//! Addresses as they may be shown: readable and exact about the host, and never live.
//!
//! Every address of evidence that reaches a person passes through here. It must never return
//! `http` as a scheme, a password, or the content of a `data:` address.

use url::{Host, Url};

/// Longest address shown, in characters, before its path loses the middle.
const SHOWN: usize = 120;

/// Longest other text shown, in characters.
const SHOWN_TEXT: usize = 200;

/// An address, defanged and whole: `hxxps://images[.]example/a.jpg`.
pub fn url(text: &str) -> String {
    compose(text, usize::MAX)
}

/// An address, defanged; a long one loses the middle of its path, never its host.
pub fn url_short(text: &str) -> String {
    compose(text, SHOWN)
}

/// A host or an IP address: `images[.]example`, `203[.]0[.]113[.]7`, `2001[:]db8[:][:]1`.
pub fn host(text: &str) -> String {
    inert(text).replace('.', "[.]").replace(':', "[:]")
}

/// Whom to ask: an address of mail or web loses its links, anything else stays.
pub fn contact(text: &str) -> String {
    let text = text.trim();
    match text.rsplit_once('@') {
        Some((name, domain)) if !text.contains("://") && !text.contains(char::is_whitespace) => {
            format!("{}@{}", inert(name), host(domain))
        }
        _ => prose(text),
    }
}

/// Other people's words: addresses in them are defanged, characters that could disguise them are
/// shown as such, and the middle of a long text is left out.
pub fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        match word.find("://") {
            Some(_) => out.push_str(&in_word(word)),
            None => out.push_str(&inert(word)),
        }
    }
    middle_out(&out, SHOWN_TEXT)
}

/// The host of a web address, in lower case and without a port; `None` when it names none.
/// An address written without its scheme still names its host.
pub fn host_of(text: &str) -> Option<String> {
    let url = parse(text)?;
    let host = match url.host()? {
        Host::Domain(name) => name.trim_end_matches('.').to_ascii_lowercase(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => format!("[{address}]"),
    };
    (!host.is_empty()).then_some(host)
}

/// Whether an address says more than a host.
pub fn names_a_file(text: &str) -> bool {
    parse(text).is_some_and(|url| {
        url.host().is_some() && (url.path().len() > 1 || url.query().is_some_and(|q| !q.is_empty()))
    })
}

/// A web address, with or without its scheme. Others (`s3:`, `data:`) are not web addresses.
fn parse(text: &str) -> Option<Url> {
    let text = text.trim();
    match Url::parse(text) {
        Ok(url) if url.has_host() && is_web(&url) => Some(url),
        // `images.example:8080/a.jpg` parses as a scheme that no one registered.
        Ok(url) if url.scheme().contains('.') => with_scheme(text),
        Err(url::ParseError::RelativeUrlWithoutBase) => with_scheme(text),
        _ => None,
    }
}

fn with_scheme(text: &str) -> Option<Url> {
    let bare = text.trim_start_matches('/');
    let name = bare.split(['/', '?', '#']).next()?;
    let plausible = name.contains('.') && !name.contains(char::is_whitespace);
    plausible.then(|| Url::parse(&format!("http://{bare}")).ok()).flatten()
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https" | "ftp" | "ws" | "wss")
}

fn compose(text: &str, limit: usize) -> String {
    let text = text.trim();
    let Some(url) = parse(text) else { return other(text, limit) };
    let mut head = String::new();
    if text.contains("://") {
        head.push_str(match url.scheme() {
            "https" => "hxxps",
            "http" => "hxxp",
            "ftp" => "fxp",
            "wss" => "wxs",
            _ => "wx",
        });
        head.push_str("://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        head.push_str("…@");
    }
    match url.host() {
        Some(Host::Ipv6(address)) => head.push_str(&format!("[{}]", host(&address.to_string()))),
        Some(other) => head.push_str(&host(&other.to_string())),
        None => {}
    }
    if let Some(port) = url.port() {
        head.push_str(&format!(":{port}"));
    }
    let mut tail = url.path().to_owned();
    if let Some(query) = url.query() {
        tail.push('?');
        tail.push_str(query);
    }
    if let Some(fragment) = url.fragment() {
        tail.push('#');
        tail.push_str(fragment);
    }
    let tail = inert(&tail);
    let room = limit.saturating_sub(head.chars().count()).max(24);
    format!("{head}{}", middle_out(&tail, room))
}

/// What is not a web address: storage, mail, or text that only looks like one.
fn other(text: &str, limit: usize) -> String {
    if is_inline(text) {
        return format!("data: address of {} characters, not shown", text.chars().count());
    }
    let (name, rest) = match text.split_once("://") {
        Some(_) => ("", text),
        None => text.split_at(text.find(['/', '?', '#']).unwrap_or(text.len())),
    };
    middle_out(&format!("{}{}", host(name), inert(rest)), limit)
}

/// Defangs an address that stands inside a word, e.g. in brackets or quotes.
fn in_word(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    let start = ["https://", "http://", "ftp://"].iter().filter_map(|s| lower.find(s)).min();
    match start {
        Some(start) => {
            let (before, address) = word.split_at(start);
            format!("{}{}", inert(before), url_short(address))
        }
        None => inert(word),
    }
}

/// Takes the life out of a text: what disguises it becomes visible, inline content goes, and no
/// scheme is left, also none written with escapes.
fn inert(text: &str) -> String {
    let text = without_inline(&visible(text));
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = find_scheme(rest) {
        let (before, scheme) = rest.split_at(at);
        out.push_str(before);
        out.push_str("hxxp");
        rest = scheme.get(4..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Replaces the content of `data:` addresses within a text, each up to the next blank.
fn without_inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = find_inline(rest) {
        let (before, inline) = rest.split_at(at);
        out.push_str(before);
        out.push_str(INLINE);
        rest = inline.find(char::is_whitespace).and_then(|end| inline.get(end..)).unwrap_or("");
    }
    out.push_str(rest);
    out
}

/// Stands for the content of a `data:` address.
const INLINE: &str = "(inline content, not shown)";

/// Where a `data:` address that has content begins.
fn find_inline(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    lower.match_indices("data:").map(|(at, _)| at).find(|at| {
        let word = lower.get(*at..).unwrap_or_default();
        let word = word.split(char::is_whitespace).next().unwrap_or_default();
        word.contains(',')
    })
}

/// Whether a text is a `data:` address, whose content is the material itself.
pub fn is_inline(text: &str) -> bool {
    text.trim_start().get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"))
}

/// Where `http` or `https`, followed by a colon, stands in a text.
fn find_scheme(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    lower.match_indices("http").map(|(at, _)| at).find(|at| {
        let after = lower.get(at + 4..).unwrap_or_default();
        let after = after.strip_prefix('s').unwrap_or(after);
        after.starts_with(':') || after.starts_with("%3a") || after.starts_with("%253a")
    })
}

/// Control characters and those that reorder or hide text become visible.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Leaves out the middle of a text longer than `limit` characters.
fn middle_out(text: &str, limit: usize) -> String {
    let length = text.chars().count();
    if length <= limit {
        return text.to_owned();
    }
    let keep = limit.saturating_sub(1);
    let front = keep / 2;
    let back = keep - front;
    let start: String = text.chars().take(front).collect();
    let end: String = text.chars().skip(length - back).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
pub(crate) mod tests;
