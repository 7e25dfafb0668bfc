//! Pictures with enough structure to be compared: waves laid over each other by arithmetic. They show nothing.

use std::f64::consts::TAU;
use std::io::Cursor;

use image::imageops::{FilterType, crop_imm, resize};
use image::{ImageFormat, Luma, Rgb, RgbImage};

/// Waves that no other seed has.
pub fn waves(seed: u64, side: u32) -> RgbImage {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut dice = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f64::from(u32::try_from(state >> 40).unwrap()) / f64::from(1_u32 << 24)
    };
    let laid: Vec<[f64; 4]> = (0..14)
        .map(|_| [1.0 + 6.0 * dice(), 1.0 + 6.0 * dice(), TAU * dice(), 0.5 + dice()])
        .collect();
    let total: f64 = laid.iter().map(|wave| wave[3]).sum();
    RgbImage::from_fn(side, side, |x, y| {
        let (x, y) = (f64::from(x) / f64::from(side), f64::from(y) / f64::from(side));
        let height: f64 = laid
            .iter()
            .map(|[a, b, phase, weight]| weight * (TAU * (a * x + b * y) + phase).sin())
            .sum();
        grey((0.5 + 1.6 * height / total).clamp(0.0, 1.0) * 255.0)
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
fn grey(value: f64) -> Rgb<u8> {
    let Luma([grey]) = Luma([value as u8]);
    Rgb([grey; 3])
}

/// The same picture as somebody may have saved it: other size, brightness, format, or a little cropped.
pub fn variants(seed: u64) -> Vec<Vec<u8>> {
    let first = waves(seed, 256);
    let mut brighter = first.clone();
    for pixel in brighter.pixels_mut() {
        pixel.0 = pixel.0.map(|channel| channel.saturating_add(12));
    }
    let smaller = resize(&first, 160, 160, FilterType::Triangle);
    let cropped = crop_imm(&first, 1, 1, 253, 253).to_image();
    vec![
        encode(&first, ImageFormat::Png),
        encode(&brighter, ImageFormat::Png),
        encode(&smaller, ImageFormat::Png),
        encode(&first, ImageFormat::Jpeg),
        encode(&cropped, ImageFormat::Png),
    ]
}

/// A picture without structure: too little to be told by.
pub fn flat(seed: u8) -> Vec<u8> {
    encode(&RgbImage::from_pixel(128, 128, Rgb([seed; 3])), ImageFormat::Png)
}

/// As a file.
pub fn encode(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}
