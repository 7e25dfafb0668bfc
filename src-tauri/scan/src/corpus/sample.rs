//! Samples of WebDataset: members of one name up to the first dot belong together.
//!
//! The texts of a sample that has a picture describe it and are not handed out; all else is. It
//! must never hold more than a few small texts, nor take for a text what only has the name of one.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::Step;
use super::sniff::media_type;

/// A text longer than this is handed out like any member.
const MOST_BYTES: u64 = 64 * 1024;
/// More texts than this in one sample are handed out.
const MOST_TEXTS: usize = 16;
/// Bytes that tell a picture or a film.
const HEAD: u64 = 64;

const TEXTS: [&str; 3] = ["json", "txt", "cls"];
const PICTURES: [&str; 18] = [
    "jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic",
    "heif", "jxl", "jp2", "ppm", "pgm", "pbm",
];

/// The sample a member belongs to: its path up to the first dot of its last part.
pub(super) fn key(name: &[u8]) -> &[u8] {
    let base = name.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
    let file = name.get(base..).unwrap_or_default();
    let dot = file.iter().position(|&b| b == b'.').unwrap_or(file.len());
    name.get(..base + dot).unwrap_or(name)
}

fn ends(name: &[u8], endings: &[&str]) -> bool {
    let last = name.rsplit(|&b| b == b'.').next().unwrap_or_default();
    last.len() < name.len() && endings.iter().any(|e| last.eq_ignore_ascii_case(e.as_bytes()))
}

/// Whether a name is that of a text that may describe a picture.
pub(super) fn is_text(name: &[u8]) -> bool {
    ends(name, &TEXTS)
}

/// Whether what begins like this is no picture and no film, whatever its name.
fn is_plain(head: &[u8]) -> bool {
    media_type(head).is_none()
}

/// Whether a file with the name of a text describes the picture beside it: it is small, and no picture itself. One that
/// cannot be read is handed out, and so told.
pub(super) fn describes(path: &Path, size: u64) -> bool {
    let mut head = Vec::new();
    let read = |file: File| file.take(HEAD).read_to_end(&mut head);
    size <= MOST_BYTES && File::open(path).and_then(read).is_ok() && is_plain(&head)
}

/// Whether a name is that of a picture.
pub(super) fn is_picture(name: &[u8]) -> bool {
    ends(name, &PICTURES)
}

/// A text that waits for its sample to show whether there is a picture.
pub(super) struct Text {
    pub(super) name: Vec<u8>,
    pub(super) step: Step,
    pub(super) bytes: Vec<u8>,
}

/// What to do with a member.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Hand it out.
    Give,
    /// Keep it until the sample is known: [`Samples::keep`].
    Wait,
}

/// The sample at hand.
#[derive(Default)]
pub(super) struct Samples {
    picture: Option<Vec<u8>>,
    waiting: Vec<Text>,
}

impl Samples {
    /// What to do with the next member, and the texts it shows to be members of their own.
    pub(super) fn next(&mut self, name: &[u8], size: u64) -> (Part, Vec<Text>) {
        let key = key(name);
        let same = self.waiting.first().is_some_and(|text| self::key(&text.name) == key);
        if is_text(name) && size <= MOST_BYTES {
            let known = self.picture.as_deref() == Some(key);
            let full = self.waiting.len() >= MOST_TEXTS;
            let freed = if known || (same && !full) { Vec::new() } else { self.rest() };
            return (Part::Wait, freed);
        }
        if !is_picture(name) {
            // A sample may hold other parts between its texts and its picture.
            return (Part::Give, if same { Vec::new() } else { self.rest() });
        }
        self.picture = Some(key.to_vec());
        let mut waiting = self.rest();
        if same {
            waiting.retain(|text| !is_plain(&text.bytes));
        }
        (Part::Give, waiting)
    }

    /// Keeps a text that has to wait; one whose picture came before it describes that and is let go. Answers what has
    /// to be handed out at once: it has the name of a text, and is none.
    pub(super) fn keep(
        &mut self,
        name: &[u8],
        step: Step,
        bytes: &mut dyn Read,
    ) -> io::Result<Option<Text>> {
        let mut kept = Vec::new();
        bytes.take(MOST_BYTES).read_to_end(&mut kept)?;
        let text = Text { name: name.to_vec(), step, bytes: kept };
        if self.picture.as_deref() == Some(key(name)) {
            return Ok((!is_plain(&text.bytes)).then_some(text));
        }
        self.waiting.push(text);
        Ok(None)
    }

    /// The texts no picture came for.
    pub(super) fn rest(&mut self) -> Vec<Text> {
        std::mem::take(&mut self.waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{StepKind, step};

    fn given(names: &[&str]) -> Vec<String> {
        let mut samples = Samples::default();
        let mut out = Vec::new();
        for name in names {
            let (part, freed) = samples.next(name.as_bytes(), 3);
            out.extend(freed.into_iter().map(|text| text.name));
            match part {
                Part::Give => out.push(name.as_bytes().to_vec()),
                Part::Wait => {
                    // The one whose name says it is a picture all the same.
                    let bytes: &[u8] = if name.contains("false") { b"GIF89a" } else { b"abc" };
                    let text = samples
                        .keep(name.as_bytes(), step::blank(StepKind::TarMember), &mut &*bytes)
                        .unwrap();
                    out.extend(text.map(|text| text.name));
                }
            }
        }
        out.extend(samples.rest().into_iter().map(|text| text.name));
        out.into_iter().map(|name| String::from_utf8(name).unwrap()).collect()
    }

    #[test]
    fn texts_go_with_their_picture_and_no_other() {
        assert_eq!(given(&["1.jpg", "1.json", "1.txt", "2.jpg", "2.cls"]), ["1.jpg", "2.jpg"]);
        assert_eq!(
            given(&["1.cls", "1.json", "1.png", "2.txt", "3.jpg"]),
            ["1.png", "2.txt", "3.jpg"]
        );
        assert_eq!(given(&["a.txt", "b.json", "c.txt"]), ["a.txt", "b.json", "c.txt"]);
        assert_eq!(
            given(&["1.json", "1.npy", "1.jpg", "x/1.json"]),
            ["1.npy", "1.jpg", "x/1.json"]
        );
        assert_eq!(given(&["d.1/a.seg.png", "d.1/a.json", "d.1/a.txt"]), ["d.1/a.seg.png"]);
    }

    #[test]
    fn a_picture_with_the_name_of_a_text_is_handed_out() {
        assert_eq!(given(&["1.jpg", "1.json", "1.false.txt"]), ["1.jpg", "1.false.txt"]);
        assert_eq!(given(&["1.false.txt", "1.json", "1.jpg"]), ["1.false.txt", "1.jpg"]);
    }
}
