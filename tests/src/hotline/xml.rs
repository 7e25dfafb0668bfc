//! Documents as a hotline judges them: well-formed, of the right root, with what it cannot do without.

use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// The text of every element by its path from the root, in order. `None`: not well-formed.
pub(super) fn texts(document: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(document).ok()?;
    let mut reader = Reader::from_str(text);
    let (mut open, mut found): (Vec<String>, Vec<(String, String)>) = (Vec::new(), Vec::new());
    let mut roots = 0;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                roots += usize::from(open.is_empty());
                open.push(start.name().0.to_owned());
                found.push((open.join("/"), String::new()));
            }
            Event::Empty(start) => {
                roots += usize::from(open.is_empty());
                let below = [open.join("/"), start.name().0.to_owned()].join("/");
                found.push((below, String::new()));
            }
            Event::Text(part) if !open.is_empty() => {
                let path = open.join("/");
                let held = found.iter_mut().rev().find(|(at, _)| *at == path)?;
                held.1.push_str(&part.xml10_content());
            }
            Event::End(_) => {
                open.pop()?;
            }
            Event::Eof => break,
            _ => {}
        }
    }
    (open.is_empty() && roots == 1).then_some(found)
}

/// The one value at a path.
pub(super) fn value<'a>(texts: &'a [(String, String)], path: &str) -> Option<&'a str> {
    let mut all = texts.iter().filter(|(at, _)| at == path);
    match (all.next(), all.next()) {
        (Some((_, text)), None) => Some(text.trim()),
        _ => None,
    }
}
