//! Samples of WebDataset: members of one name up to the first dot belong together.
//!
//! The texts of a sample that has a picture describe it and are not handed out; all else is. It
//! must never hold more than a few small texts.

use std::io::{self, Read};

use super::Step;

/// A text longer than this is handed out like any member.
const MOST_BYTES: u64 = 64 * 1024;
/// More texts than this in one sample are handed out.
const MOST_TEXTS: usize = 16;

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
    /// Pass over it: it describes a picture that was handed out.
    Describes,
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
            if self.picture.as_deref() == Some(key) {
                return (Part::Describes, Vec::new());
            }
            let full = self.waiting.len() >= MOST_TEXTS;
            let freed = if same && !full { Vec::new() } else { self.rest() };
            return (Part::Wait, freed);
        }
        if !is_picture(name) {
            // A sample may hold other parts between its texts and its picture.
            return (Part::Give, if same { Vec::new() } else { self.rest() });
        }
        self.picture = Some(key.to_vec());
        let waiting = self.rest();
        (Part::Give, if same { Vec::new() } else { waiting })
    }

    /// Keeps a text that has to wait.
    pub(super) fn keep(&mut self, name: &[u8], step: Step, bytes: &mut dyn Read) -> io::Result<()> {
        let mut kept = Vec::new();
        bytes.take(MOST_BYTES).read_to_end(&mut kept)?;
        self.waiting.push(Text { name: name.to_vec(), step, bytes: kept });
        Ok(())
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
                Part::Describes => {}
                Part::Wait => samples
                    .keep(name.as_bytes(), step::blank(StepKind::TarMember), &mut &b"abc"[..])
                    .unwrap(),
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
}
