//! File names and addresses: plain, foreign, and far too long.
//!
//! No name is anyone's, and no address leads anywhere.

use crate::demo::dice::{Dice, hex};
use crate::demo::item::Item;

const HOSTS: [&str; 5] =
    ["images.example", "cdn.example", "photos.example", "static.blog.example", "bilder.example"];
const WORDS: [&str; 8] =
    ["gradient", "discs", "stripes", "rings", "checks", "grain", "ramp", "tiles"];
const FOREIGN: [&str; 6] =
    ["größe-été", "картинка", "画像", "صورة", "tên-ảnh", "e\u{301}chantillon \u{1f7e6}"];

/// A file's name without its extension, now and then in another script.
pub(super) fn name(dice: &mut Dice) -> String {
    let words: &[&str] = if dice.chance(9) { &FOREIGN } else { &WORDS };
    format!("{}-{:05}", dice.pick(words), dice.between(1, 99_999))
}

/// The address a file was fetched from.
pub(super) fn image_url(item: &Item, dice: &mut Dice) -> String {
    let host = dice.pick(&HOSTS);
    let url =
        format!("https://{host}/{}/{}.{}", dice.between(2014, 2025), name(dice), item.extension);
    // Some hosts sign their links. This one is longer than the 2083 characters a report takes.
    let signed = match item.number % 29 {
        7 => 34,
        20 => 1,
        _ => 0,
    };
    let signature: String = (0..signed).map(|_| hex(&dice.bits256())).collect();
    if signature.is_empty() { url } else { format!("{url}?w=640&fit=crop&sig={signature}") }
}

/// The page that showed it.
pub(super) fn page_url(dice: &mut Dice) -> String {
    let host = dice.pick(&["blog.example", "gallery.example", "forum.example", "shop.example"]);
    format!("https://{host}/{}/{}", dice.pick(&["p", "post", "thread", "album"]), name(dice))
}

/// An address of the blocks kept for documents.
pub(super) fn server_ip(dice: &mut Dice) -> String {
    let last = dice.between(1, 254);
    let block = dice.pick(&["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8::"]);
    if block.ends_with(':') { format!("{block}{last:x}") } else { format!("{block}{last}") }
}
