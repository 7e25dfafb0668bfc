//! What the demo's quarantine holds: distinct files, most of them pictures, some of them near-duplicates.
//!
//! Bytes only; where they were found and what they matched is said elsewhere.

use anyhow::Result;
use image::ImageFormat;
use sha2::Digest;

use super::dice::{Dice, hex};
use super::paint::{self, Change};

/// Distinct files.
pub(super) const ITEMS: usize = 180;

/// The truncated JPEG.
pub(super) const TRUNCATED: usize = 61;
/// The file that is no picture.
pub(super) const NO_PICTURE: usize = 62;

/// Families of near-duplicates, by how many members each has; every other picture stands alone.
const FAMILIES: [usize; 24] =
    [5, 2, 3, 2, 4, 2, 3, 2, 2, 6, 2, 3, 2, 2, 4, 3, 2, 2, 3, 2, 2, 2, 3, 2];

/// One distinct file.
pub(super) struct Item {
    /// Number from 0.
    pub(super) number: usize,
    /// The picture it was made from.
    pub(super) family: usize,
    /// Which member of its family.
    pub(super) member: usize,
    pub(super) bytes: Vec<u8>,
    pub(super) media_type: &'static str,
    pub(super) extension: &'static str,
    /// Width and height, if a scanner could tell.
    pub(super) size: Option<(u32, u32)>,
    pub(super) sha256: String,
    pub(super) sha1: String,
    pub(super) md5: String,
}

impl Item {
    /// Its name in the quarantine.
    pub(super) fn quarantine_ref(&self) -> String {
        format!("q-{:06}", self.number + 1)
    }

    /// Whether it has near-duplicates.
    pub(super) fn in_a_family(&self) -> bool {
        self.family < FAMILIES.len()
    }
}

/// Makes them all.
///
/// # Errors
/// When an encoder refuses a picture.
pub(super) fn all() -> Result<Vec<Item>> {
    let singles = std::iter::repeat_n(1, ITEMS);
    let mut places = FAMILIES
        .into_iter()
        .chain(singles)
        .enumerate()
        .flat_map(|(family, members)| (0..members).map(move |member| (family, member)))
        .take(ITEMS)
        .collect::<Vec<_>>();
    // The queue should not show families side by side.
    let mut dice = Dice::new("order", 0);
    places.sort_by_cached_key(|_| dice.roll());
    places.into_iter().enumerate().map(|(number, place)| make(number, place)).collect()
}

fn make(number: usize, (family, member): (usize, usize)) -> Result<Item> {
    let mut dice = Dice::new("item", number);
    let (format, media_type, extension) = match number % 10 {
        3 | 7 => (ImageFormat::Png, "image/png", "png"),
        5 => (ImageFormat::WebP, "image/webp", "webp"),
        9 => (ImageFormat::Gif, "image/gif", "gif"),
        _ => (ImageFormat::Jpeg, "image/jpeg", "jpg"),
    };
    let (width, height) = measure(number, family, format, &mut dice);
    let change = Change {
        brightness: if member == 0 { 0 } else { dice.between(-24, 24) },
        crop: if member == 0 { 0 } else { dice.between(0, 25) },
        quality: u8::try_from(dice.between(55, 95)).unwrap_or(80),
    };
    let mut item = Item {
        number,
        family,
        member,
        bytes: Vec::new(),
        media_type,
        extension,
        size: Some((width, height)),
        sha256: String::new(),
        sha1: String::new(),
        md5: String::new(),
    };
    if number == NO_PICTURE {
        let lines =
            (1..90).map(|line| format!("{line}: this is a text that was named as a picture\n"));
        item.bytes = lines.collect::<String>().into_bytes();
        (item.media_type, item.extension, item.size) = ("text/plain", "jpg", None);
    } else if number == TRUNCATED {
        let picture = paint::picture(family, change, width, height);
        item.bytes = paint::encode(&picture, ImageFormat::Jpeg, 90)?;
        item.bytes.truncate(item.bytes.len() / 8);
        (item.media_type, item.extension) = ("image/jpeg", "jpg");
    } else {
        let picture = paint::picture(family, change, width, height);
        item.bytes = paint::encode(&picture, format, change.quality)?;
    }
    item.sha256 = hex(&sha2::Sha256::digest(&item.bytes));
    item.sha1 = hex(&sha1::Sha1::digest(&item.bytes));
    item.md5 = hex(&md5::Md5::digest(&item.bytes));
    Ok(item)
}

/// Width and height: a family keeps its proportions, most pictures are small, a few are large.
fn measure(number: usize, family: usize, format: ImageFormat, dice: &mut Dice) -> (u32, u32) {
    let mut shape = Dice::new("shape", family);
    let (across, down) = match shape.between(0, 4) {
        0 => (1000, 1000),
        1 => (1000, 667),
        2 => (750, 1000),
        3 => (1000, 563),
        _ => (562, 1000),
    };
    let long = match (number % 23, format) {
        (11, ImageFormat::Jpeg) => 2000,
        (_, ImageFormat::Jpeg | ImageFormat::Png) => dice.between(240, 900),
        _ => dice.between(200, 420),
    };
    let long = u32::try_from(long).unwrap_or(256);
    ((long * across / 1000).max(200), (long * down / 1000).max(200))
}
