//! Numbers and codes that have a range or a form.

use crate::cybertip::model::part::{Part, texts, unreadable};
use crate::cybertip::schema::Schema;
use crate::cybertip::tree::{Element, Flaw};

/// The server's number of a report, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportId(i64);

impl ReportId {
    /// `None` for 0 and below: 0 stands for an id that is not given yet.
    pub fn new(id: i64) -> Option<Self> {
        (id > 0).then_some(Self(id))
    }

    /// From decimal digits.
    pub fn read(text: &str) -> Option<Self> {
        text.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| text.parse().ok())
            .flatten()
            .and_then(Self::new)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// The server's id of a file: 32 hex digits, not all zero.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(String);

impl FileId {
    /// As the server wrote it.
    pub fn read(text: &str) -> Option<Self> {
        let good = text.len() == 32
            && text.bytes().all(|b| b.is_ascii_hexdigit())
            && text.bytes().any(|b| b != b'0');
        good.then(|| Self(text.to_owned()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An age in years, 0 to 150.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Age(u8);

impl Age {
    /// `None` above 150.
    pub fn new(years: u8) -> Option<Self> {
        (years <= 150).then_some(Self(years))
    }

    /// The years.
    pub const fn years(self) -> u8 {
        self.0
    }
}

/// Degrees from minus to plus `MAX`, to seven places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Degrees<const MAX: i32>(i64);

/// North is positive.
pub type Latitude = Degrees<90>;
/// East is positive.
pub type Longitude = Degrees<180>;

/// Parts of a degree in seven places.
const PARTS: i64 = 10_000_000;

impl<const MAX: i32> Degrees<MAX> {
    /// From ten-millionths of a degree.
    pub fn new(parts: i64) -> Option<Self> {
        (parts.unsigned_abs() <= u64::from(MAX.unsigned_abs()) * PARTS.unsigned_abs())
            .then_some(Self(parts))
    }

    /// From decimal digits with at most seven places: `-12.5`.
    pub fn read(text: &str) -> Option<Self> {
        parts(text).and_then(Self::new)
    }
}

/// Ten-millionths of a degree.
pub(in crate::cybertip) fn parts(text: &str) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, places) = digits.split_once('.').map_or((digits, None), |(w, p)| (w, Some(p)));
    let number = |digits: &str| -> Option<i64> {
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    if whole.len() > 3 || places.is_some_and(|places| places.is_empty() || places.len() > 7) {
        return None;
    }
    let parts = number(whole)? * PARTS + number(&format!("{:0<7}", places.unwrap_or("0")))?;
    Some(if negative { -parts } else { parts })
}

/// `countryCallingCode`: a plus sign and one to three digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallingCode(String);

impl CallingCode {
    /// `None` where the text has another form.
    pub fn read(text: &str) -> Option<Self> {
        is_calling_code(text).then(|| Self(text.to_owned()))
    }
}

pub(in crate::cybertip) fn is_calling_code(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| is_digits(digits, 3))
}

/// `extension` of a telephone: one to ten digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Extension(String);

impl Extension {
    /// `None` where the text has another form.
    pub fn read(text: &str) -> Option<Self> {
        is_digits(text, 10).then(|| Self(text.to_owned()))
    }
}

pub(in crate::cybertip) fn is_digits(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

texts! {
    ReportId: |id| id.0.to_string(), |text| Self::read(text);
    FileId: |id| id.0, |text| Self::read(text);
    Age: |age| age.0.to_string(), |text| text.parse().ok().and_then(Self::new);
    CallingCode: |code| code.0, |text| Self::read(text);
    Extension: |extension| extension.0, |text| Self::read(text);
}

impl<const MAX: i32> Part for Degrees<MAX> {
    fn fill(&self, into: &mut Element, _: Schema) {
        let sign = if self.0 < 0 { "-" } else { "" };
        let parts = self.0.unsigned_abs();
        let unit = PARTS.unsigned_abs();
        into.text.push_str(&format!("{sign}{}.{:07}", parts / unit, parts % unit));
    }

    fn of(element: &Element, _: Schema) -> Result<Self, Flaw> {
        Self::read(&element.text).ok_or_else(|| unreadable(element))
    }
}
