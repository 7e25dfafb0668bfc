//! A level is an information bound: two originals that agree after averaging to its samples give identical bytes, through
//! the vault, the airlock and the veil.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::io::Cursor;

use casement_tests::workspace::Workspace;
use image::{GrayImage, ImageFormat, Luma};

/// Divides by 16, 32 and 96, so that every level averages whole cells.
const SIDE: u32 = 192;

fn png(picture: &GrayImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Swaps the pixels within each 2 × 2 cell: no sum over a cell, and so none over any larger one, changes.
fn shuffled(picture: &GrayImage) -> GrayImage {
    GrayImage::from_fn(SIDE, SIDE, |x, y| *picture.get_pixel(x ^ 1, y ^ 1))
}

#[test]
fn originals_that_agree_after_averaging_look_the_same_at_every_level() {
    let texture = |x: u32, y: u32| {
        (x.wrapping_mul(97) ^ y.wrapping_mul(61)).wrapping_mul(37).to_le_bytes()[0]
    };
    let first = GrayImage::from_fn(SIDE, SIDE, |x, y| Luma([texture(x, y)]));
    let other = GrayImage::from_fn(SIDE, SIDE, |x, y| Luma([texture(y, x / 2)]));
    let originals = [png(&first), png(&shuffled(&first)), png(&other)];
    assert_ne!(originals[0], originals[1]);

    let office = Workspace::new(&["bo"]);
    let finds: Vec<_> = (1..)
        .zip(&originals)
        .map(|(number, bytes)| office.quarantine.find(number, bytes))
        .collect();
    office.quarantine.write(&finds);
    office.import().ends(0);
    // Which case holds which original is told by its digest.
    let case_of = |original: usize| {
        let sha256 = &finds[original]["object"]["digests"]["sha256"];
        let row =
            office.run("bo", &["queue", "--search", sha256.as_str().unwrap()]).ends(0).lines();
        row[0]["case"].to_string()
    };
    for level in ["mosaic", "strong", "soft"] {
        let seen = [0, 1, 2].map(|original| {
            let case = case_of(original);
            let out = office.dir.path().join(format!("{level}-{original}.png"));
            let out = out.to_str().unwrap();
            office.run("bo", &["claim", &case]).ends(0);
            office.run("bo", &["view", &case, "--level", level, "--out", out]).ends(0);
            fs::read(out).unwrap()
        });
        assert!(seen[0] == seen[1], "{level} told two originals apart that agree after averaging");
        assert!(seen[0] != seen[2], "{level} shows nothing at all");
    }
}
