//! What could not be read, and where.
//!
//! A problem names its place for the person who runs the scan; its message, which may be logged,
//! must never hold a name or an address from the corpus.

use std::fmt;

use serde::Serialize;

use super::Step;

/// What kind of thing is wrong. Each has one stable code and one sentence with its remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// The operating system refuses to open or read.
    Unreadable,
    /// Not the format its name promises.
    Foreign,
    /// The file ends inside a member.
    Truncated,
    /// A header that contradicts itself or fails its checksum.
    Damaged,
    /// A link, device or pipe instead of bytes.
    NotAFile,
    /// A name that leads out of the archive.
    Outside,
    /// A file with holes, whose bytes do not lie in one piece.
    Sparse,
    /// A member that expands beyond the limits.
    Bomb,
    /// A member nobody without its key can read.
    Encrypted,
    /// A compression or coding this reader does not have.
    Compression,
    /// Bytes that differ from the checksum or digest kept with them.
    Checksum,
    /// A record whose stated length is not its length.
    Length,
    /// No column that could hold pictures.
    Columns,
    /// A name that is not UTF-8.
    Name,
    /// A file that describes a shard and cannot be read.
    Sidecar,
    /// Two corpora that locators could not tell apart.
    Ambiguous,
    /// An archive inside an archive.
    Nested,
    /// Members that share bytes.
    Overlap,
    /// What takes the members failed; no fault of the corpus.
    Receiver,
}

impl Fault {
    /// Every fault, in the order of the codes.
    pub const ALL: [Self; 19] = [
        Self::Unreadable,
        Self::Foreign,
        Self::Truncated,
        Self::Damaged,
        Self::NotAFile,
        Self::Outside,
        Self::Sparse,
        Self::Bomb,
        Self::Encrypted,
        Self::Compression,
        Self::Checksum,
        Self::Length,
        Self::Columns,
        Self::Name,
        Self::Sidecar,
        Self::Ambiguous,
        Self::Nested,
        Self::Overlap,
        Self::Receiver,
    ];

    /// Stable code, e.g. `CORPUS-03`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "CORPUS-01",
            Self::Foreign => "CORPUS-02",
            Self::Truncated => "CORPUS-03",
            Self::Damaged => "CORPUS-04",
            Self::NotAFile => "CORPUS-05",
            Self::Outside => "CORPUS-06",
            Self::Sparse => "CORPUS-07",
            Self::Bomb => "CORPUS-08",
            Self::Encrypted => "CORPUS-09",
            Self::Compression => "CORPUS-10",
            Self::Checksum => "CORPUS-11",
            Self::Length => "CORPUS-12",
            Self::Columns => "CORPUS-13",
            Self::Name => "CORPUS-14",
            Self::Sidecar => "CORPUS-15",
            Self::Ambiguous => "CORPUS-16",
            Self::Nested => "CORPUS-17",
            Self::Overlap => "CORPUS-18",
            Self::Receiver => "CORPUS-19",
        }
    }

    /// Whether bytes went unscanned. Otherwise the member was scanned all the same, and the
    /// problem is a remark.
    pub const fn loses_bytes(self) -> bool {
        !matches!(self, Self::Outside | Self::Checksum | Self::Name | Self::Sidecar | Self::Nested)
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Unreadable => {
                "It cannot be read. Check that it is there and that this account may read it."
            }
            Self::Foreign => {
                "It is not in the format its name promises. Check where it came from, or rename it."
            }
            Self::Truncated => {
                "It ends in the middle of a member. What stands before was scanned; fetch the file again for the rest."
            }
            Self::Damaged => {
                "A header is damaged. What stands before was scanned; fetch the file again for the rest."
            }
            Self::NotAFile => {
                "A link, device or pipe is not followed. Scan what it points to by itself."
            }
            Self::Outside => {
                "A name leads out of the archive. It was scanned, since nothing is ever unpacked; do not unpack it with other tools."
            }
            Self::Sparse => {
                "A sparse file has no one range of bytes. Unpack and pack the archive again without holes, then scan it."
            }
            Self::Bomb => {
                "It expands beyond the limit for one member. Look at it apart, on a machine meant for it."
            }
            Self::Encrypted => {
                "It is encrypted. Ask the supplier for the key, or for the files in the clear."
            }
            Self::Compression => {
                "It is compressed or coded in a way this scanner does not read. Pack it again, then scan it."
            }
            Self::Checksum => {
                "The bytes differ from the checksum kept with them. They were scanned as they are; fetch the file again."
            }
            Self::Length => {
                "A record is not as long as it says. The scan went on at the next record; fetch the file again."
            }
            Self::Columns => {
                "No column holds bytes of pictures. If this is a list of addresses, there is nothing to scan in it."
            }
            Self::Name => {
                "A name is not UTF-8. The member was scanned; locators write the name with escapes."
            }
            Self::Sidecar => {
                "A file that describes the shard cannot be read. The shard was scanned; facts of where it came from are missing."
            }
            Self::Ambiguous => {
                "Two corpora have the same name, so locators could not tell them apart. Scan them in two runs."
            }
            Self::Nested => {
                "An archive inside an archive is scanned as one file and not looked into. Unpack it and scan it by itself."
            }
            Self::Overlap => {
                "Members of the archive share bytes, as no honest tool writes them. The rest of it was not scanned."
            }
            Self::Receiver => {
                "What the scan found could not be handed on. Free the disk or check the output, then resume."
            }
        }
    }
}

impl Serialize for Fault {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// A thing that could not be read as it should, and where. It costs nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    #[serde(rename = "code")]
    pub fault: Fault,
    /// The container, as locators name it.
    pub shard: String,
    /// The member's name, escaped so that it is safe to show on a terminal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Byte offset in the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// More of what was expected or met, in the reader's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Problem {
    pub(super) fn new(fault: Fault, shard: impl Into<String>) -> Self {
        Self { fault, shard: shard.into(), member: None, offset: None, detail: None }
    }

    /// Where the last step of these lies in a container, in the words of [`Self::place`].
    pub fn place_of(shard: &str, steps: &[Step]) -> String {
        let mut problem = Self::new(Fault::Unreadable, shard);
        if let Some(step) =
            steps.iter().rev().find(|step| step.member.is_some() || step.offset.is_some())
        {
            problem.member = step.member.as_ref().map(|name| super::name::shown(name.as_bytes()));
            problem.offset = step.offset;
        }
        problem.place()
    }

    pub(super) fn at(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    pub(super) fn of(mut self, member: impl Into<String>) -> Self {
        self.member = Some(member.into());
        self
    }

    pub(super) fn because(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Stable code, e.g. `CORPUS-03`.
    pub const fn code(&self) -> &'static str {
        self.fault.code()
    }

    /// What is wrong and what to do, without the place: fit for a log.
    pub const fn message(&self) -> &'static str {
        self.fault.sentence()
    }

    /// The place, for the person who runs the scan: `shard ! member, byte 512`. Never for a log.
    pub fn place(&self) -> String {
        let mut place = super::name::shown(self.shard.as_bytes());
        if let Some(member) = &self.member {
            place.push_str(" ! ");
            place.push_str(member);
        }
        if let Some(offset) = self.offset {
            place.push_str(&format!(", byte {offset}"));
        }
        place
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.message())?;
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

/// A fault met while a member's bytes are read, carried through `Read` to the walk.
#[derive(Debug)]
pub(super) struct Carried {
    pub(super) fault: Fault,
    pub(super) detail: &'static str,
}

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.fault.sentence())
    }
}

impl std::error::Error for Carried {}

/// The error a member's reader gives for a fault.
pub(super) fn carried(fault: Fault, detail: &'static str) -> std::io::Error {
    std::io::Error::other(Carried { fault, detail })
}

/// What an error of a member's reader means.
pub(super) fn fault_of(error: &std::io::Error) -> (Fault, &'static str) {
    if let Some(carried) = error.get_ref().and_then(|e| e.downcast_ref::<Carried>()) {
        return (carried.fault, carried.detail);
    }
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => (Fault::Truncated, ""),
        std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput => (Fault::Damaged, ""),
        _ => (Fault::Unreadable, ""),
    }
}
