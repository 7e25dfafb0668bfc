//! Thrift's compact protocol, in which the headers of parquet are written, looked over before the parquet crate reads it.
//!
//! That crate passes over what it does not know, and there counts a list to the end it states: two thousand million truth
//! values take it no byte, and as many doubles none once the file has ended. So a few bytes of a header are work without
//! bound. It also makes room beforehand for as many children as a schema states. So here every list has to fit in
//! the bytes that are left, and a schema in its elements. It must never take time but by the byte, nor refuse what a writer
//! of parquet writes.

use super::budget::Refusal;
use super::shapes::{self, Is, Name, Shape, UNKNOWN};

/// Structures within structures; those of the format are not a dozen deep.
const MOST_DEPTH: u8 = 64;
/// Groups within groups of a schema: the crate descends them by recursion.
const MOST_GROUPS: usize = 100;
/// Bytes that the paths of all columns may have together. Each column's repeats the names of its groups.
const MOST_PATHS: u64 = 64 << 20;

/// Why a structure cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bad {
    /// The bytes at hand end before it does.
    Short,
    /// It is none, or claims more than there is.
    Wrong,
}

/// Integers and lengths of a structure's fields by number, as far as anybody wants them.
type Numbers = [i64; 9];

/// What a page's header says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// Bytes the header has.
    pub(super) length: usize,
    pub(super) is_dictionary: bool,
    /// Bytes that follow the header, and what they are to become.
    pub(super) packed: u64,
    pub(super) unpacked: u64,
    /// Of these, bytes in front that are not packed.
    pub(super) levels: u64,
    pub(super) values: u64,
}

/// Looks over the header a page begins with. `available` is how many bytes could be had from there on.
pub(super) fn page(bytes: &[u8], available: u64) -> Result<Page, Bad> {
    const DICTIONARY: i64 = 2;
    let mut page = Page::default();
    let mut fits = true;
    let mut number = |value: i64| match i32::try_from(value).map(u64::try_from) {
        Ok(Ok(value)) => value,
        // The crate would cut it to its width, and so read another number than is meant here.
        _ => {
            fits = false;
            0
        }
    };
    let mut told = |name: Name, numbers: &Numbers| match name {
        Name::Page => {
            page.is_dictionary = number(numbers[1]) == DICTIONARY.unsigned_abs();
            page.unpacked = number(numbers[2]);
            page.packed = number(numbers[3]);
        }
        Name::DataPage | Name::Dictionary => page.values = page.values.max(number(numbers[1])),
        Name::DataPageV2 => {
            page.values = page.values.max(number(numbers[1]));
            page.levels = number(numbers[5]) + number(numbers[6]);
        }
        Name::SchemaElement | Name::Other => {}
    };
    let mut look = Look { bytes, at: 0, available, told: &mut told };
    look.structure(&shapes::PAGE, MOST_DEPTH)?;
    page.length = look.at;
    if fits { Ok(page) } else { Err(Bad::Wrong) }
}

/// Looks over the footer of a file.
pub(super) fn footer(bytes: &[u8]) -> Result<(), Refusal> {
    let mut elements = Vec::new();
    let mut told = |name: Name, numbers: &Numbers| {
        if name == Name::SchemaElement {
            elements.push((numbers[5], numbers[4]));
        }
    };
    let mut look = Look { bytes, at: 0, available: bytes.len() as u64, told: &mut told };
    look.structure(&shapes::FOOTER, MOST_DEPTH)
        .map_err(|_| Refusal::Damaged("a footer that claims more than there is"))?;
    schema(&elements).ok_or(Refusal::Damaged("a schema that is no tree"))
}

/// Whether elements, each with the number of its children and the length of its name, are a tree
/// that can be read: neither too deep, nor with paths beyond all measure.
fn schema(elements: &[(i64, i64)]) -> Option<()> {
    // Children to come and length of the path, from the root down.
    let mut open: Vec<(u64, u64)> = Vec::new();
    let mut paths = 0_u64;
    for (index, &(children, name)) in elements.iter().enumerate() {
        let after = elements.len() - index - 1;
        let children = u64::try_from(children).ok().filter(|&count| count <= after as u64)?;
        let above = match open.last_mut() {
            Some((left, path)) => {
                *left = left.checked_sub(1)?;
                *path
            }
            None if index == 0 => 0,
            None => return None,
        };
        let path = above.saturating_add(name.unsigned_abs()).saturating_add(1);
        if children > 0 {
            open.push((children, path));
        } else {
            paths = paths.saturating_add(path);
        }
        if open.len() > MOST_GROUPS || paths > MOST_PATHS {
            return None;
        }
        while open.last().is_some_and(|&(left, _)| left == 0) {
            open.pop();
        }
    }
    Some(())
}

/// Looks over bytes from the first on.
struct Look<'a> {
    bytes: &'a [u8],
    at: usize,
    available: u64,
    told: &'a mut dyn FnMut(Name, &Numbers),
}

impl Look<'_> {
    fn structure(&mut self, shape: &'static Shape, depth: u8) -> Result<(), Bad> {
        let depth = depth.checked_sub(1).ok_or(Bad::Wrong)?;
        let mut numbers = Numbers::default();
        let mut id = 0_i16;
        loop {
            let head = self.byte()?;
            let kind = head & 0x0f;
            if kind == 0 {
                break;
            }
            id = match head >> 4 {
                0 => i16::try_from(self.int()?).map_err(|_| Bad::Wrong)?,
                delta => id.checked_add(i16::from(delta)).ok_or(Bad::Wrong)?,
            };
            let known = shape.fields.iter().find(|(known, _)| *known == id);
            let number = self.value(kind, known.map(|(_, is)| *is), depth)?;
            if let Some(place) = usize::try_from(id).ok().and_then(|id| numbers.get_mut(id)) {
                *place = number;
            }
        }
        (self.told)(shape.name, &numbers);
        Ok(())
    }

    /// Passes over a value; gives an integer's value, or the length of bytes.
    fn value(&mut self, kind: u8, is: Option<Is>, depth: u8) -> Result<i64, Bad> {
        match (kind, is) {
            // A truth value is its kind.
            (1 | 2, None | Some(Is::Bool)) => Ok(0),
            (3, None | Some(Is::Byte)) => self.pass(1),
            (4..=6, None | Some(Is::Int)) => self.int(),
            (7, None | Some(Is::Double)) => self.pass(8),
            (8, None | Some(Is::Bytes)) => {
                let length = self.count()?;
                self.pass(length)
            }
            (9 | 10, None) => self.list(None, depth),
            (9 | 10, Some(Is::List(is))) => self.list(Some(*is), depth),
            (11, None) => self.map(depth),
            (12, None) => self.structure(&UNKNOWN, depth).map(|()| 0),
            (12, Some(Is::Of(shape))) => self.structure(shape, depth).map(|()| 0),
            // A UUID.
            (13, None) => self.pass(16),
            _ => Err(Bad::Wrong),
        }
    }

    fn list(&mut self, is: Option<Is>, depth: u8) -> Result<i64, Bad> {
        let depth = depth.checked_sub(1).ok_or(Bad::Wrong)?;
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.count()?,
            count => u64::from(count),
        };
        let kind = head & 0x0f;
        self.fits(count, kind == 1 || kind == 2)?;
        for _ in 0..count {
            self.value(kind, is, depth)?;
        }
        Ok(0)
    }

    fn map(&mut self, depth: u8) -> Result<i64, Bad> {
        let depth = depth.checked_sub(1).ok_or(Bad::Wrong)?;
        let count = self.count()?;
        if count == 0 {
            return Ok(0);
        }
        let kinds = self.byte()?;
        let (key, value) = (kinds >> 4, kinds & 0x0f);
        self.fits(count, [key, value].iter().any(|kind| [1, 2].contains(kind)))?;
        for _ in 0..count {
            self.value(key, None, depth)?;
            self.value(value, None, depth)?;
        }
        Ok(0)
    }

    /// Whether so many elements may follow, each of which takes a byte or more. The crate takes no
    /// byte for a truth value, as the protocol has it; no list of parquet's headers has any.
    fn fits(&self, count: u64, truth: bool) -> Result<(), Bad> {
        let left = self.available.saturating_sub(self.at as u64);
        if count > left || truth && count > 0 { Err(Bad::Wrong) } else { Ok(()) }
    }

    fn byte(&mut self) -> Result<u8, Bad> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte.ok_or_else(|| self.ended(0))
    }

    fn pass(&mut self, count: u64) -> Result<i64, Bad> {
        let end = usize::try_from(count).ok().and_then(|count| self.at.checked_add(count));
        match end.filter(|&end| end <= self.bytes.len()) {
            Some(end) => self.at = end,
            None => return Err(self.ended(count)),
        }
        i64::try_from(count).map_err(|_| Bad::Wrong)
    }

    /// What it means that so many bytes more are not at hand.
    fn ended(&self, count: u64) -> Bad {
        let end = (self.at as u64).saturating_add(count);
        if end > self.available { Bad::Wrong } else { Bad::Short }
    }

    fn count(&mut self) -> Result<u64, Bad> {
        const MOST_BYTES: u32 = 10;
        let mut value = 0_u64;
        for place in 0..MOST_BYTES {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(7 * place).unwrap_or_default();
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Bad::Wrong)
    }

    fn int(&mut self) -> Result<i64, Bad> {
        let value = self.count()?;
        let half = i64::try_from(value >> 1).map_err(|_| Bad::Wrong)?;
        Ok(if value & 1 == 1 { !half } else { half })
    }
}
