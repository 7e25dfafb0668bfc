//! One picture per format under the filter, exact averages, and the information bound.

use std::io::Cursor;

use casement_airlock::{Tone, fit};
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageEncoder, ImageFormat, Rgb, RgbImage};
use proptest::prelude::*;

use super::ask;

/// Noise that is the same in every run.
pub(crate) fn noise(width: u32, height: u32, seed: u64) -> RgbImage {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    RgbImage::from_fn(width, height, |_, _| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [r, g, b, ..] = state.to_be_bytes();
        Rgb([r, g, b])
    })
}

/// Large soft shapes, which lossy formats keep.
fn soft(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let level =
            |part: u32| u8::try_from((x * 200 / width + y * part / height).min(255)).unwrap();
        Rgb([level(40), level(20), level(55)])
    })
}

pub(crate) fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// Means by definition: every pixel's overlap with every sample, in whole numbers.
fn means(picture: &RgbImage, k: u8, tone: Tone) -> Vec<u8> {
    let (width, height) = picture.dimensions();
    let (across, down) = fit(width, height, k);
    let (across, down) = (u64::from(across), u64::from(down));
    // For each sample along an axis, every pixel that overlaps it, and by how much.
    let overlaps = |samples: u64, pixels: u32| -> Vec<Vec<(u32, u64)>> {
        let overlap = |sample: u64, pixel: u32| {
            let (pixel, pixels) = (u64::from(pixel), u64::from(pixels));
            let start = (sample * pixels).max(pixel * samples);
            let end = ((sample + 1) * pixels).min((pixel + 1) * samples);
            end.saturating_sub(start)
        };
        let under = |sample| (0..pixels).map(move |pixel| (pixel, overlap(sample, pixel)));
        (0..samples).map(|sample| under(sample).filter(|(_, part)| *part > 0).collect()).collect()
    };
    let (columns, rows) = (overlaps(across, width), overlaps(down, height));
    let mut out = Vec::new();
    for (row, column) in rows.iter().flat_map(|row| columns.iter().map(move |column| (row, column)))
    {
        let mut sums = [0_u64; 3];
        for ((y, tall), (x, wide)) in row.iter().flat_map(|y| column.iter().map(move |x| (y, x))) {
            for (sum, value) in sums.iter_mut().zip(picture[(*x, *y)].0) {
                *sum += wide * tall * u64::from(value);
            }
        }
        let area = u64::from(width) * u64::from(height);
        let rounded = |sum: u64, of: u64| u8::try_from((sum + of / 2) / of).unwrap();
        match tone {
            Tone::Colour => out.extend(sums.map(|sum| rounded(sum, area))),
            Tone::Grey => {
                let luma = 299 * sums[0] + 587 * sums[1] + 114 * sums[2];
                out.push(rounded(luma, 1000 * area));
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn samples_are_the_exact_means(
        width in 1..70u32, height in 1..70u32, k in 1..=96u8, seed: u64, colour: bool, webp: bool,
    ) {
        let picture = noise(width, height, seed);
        let format = if webp { ImageFormat::WebP } else { ImageFormat::Png };
        let tone = if colour { Tone::Colour } else { Tone::Grey };
        let (reply, samples) = ask(&encoded(&picture, format), k, tone).unwrap();
        prop_assert!(!reply.damaged());
        prop_assert_eq!((reply.width(), reply.height()), (width, height));
        prop_assert_eq!(samples, means(&picture, k, tone));
    }

    /// Rule 2 of the design: a level is a bound. Any shuffling of pixels under the samples leaves the answer the same,
    /// byte for byte, whatever the picture; and there are never more samples than k × k.
    #[test]
    fn what_lies_under_one_sample_cannot_be_told_apart(
        seed: u64, tall: bool, level in 0..3usize, webp: bool, swaps in prop::collection::vec(any::<(u16, u16, u16)>(), 500),
    ) {
        let k = [16_u8, 32, 96][level];
        let (width, height) = if tall { (96, 192) } else { (192, 96) };
        let picture = noise(width, height, seed);
        let mut shuffled = picture.clone();
        let side = 192 / u32::from(k);
        let (across, down) = (width / side, height / side);
        for (cell, from, to) in swaps {
            let cell = u32::from(cell) % (across * down);
            let within = |at: u16| {
                let at = u32::from(at) % (side * side);
                (cell % across * side + at % side, cell / across * side + at / side)
            };
            let (from, to) = (within(from), within(to));
            let kept = shuffled[from];
            shuffled[from] = shuffled[to];
            shuffled[to] = kept;
        }
        prop_assert_ne!(picture.as_raw(), shuffled.as_raw());
        let format = if webp { ImageFormat::WebP } else { ImageFormat::Png };
        let (reply, samples) = ask(&encoded(&picture, format), k, Tone::Grey).unwrap();
        let (again, same) = ask(&encoded(&shuffled, format), k, Tone::Grey).unwrap();
        prop_assert_eq!(reply, again);
        prop_assert!(samples.len() <= usize::from(k) * usize::from(k));
        prop_assert_eq!(samples, same);
    }
}

#[test]
fn every_format_decodes_under_the_filter() {
    let picture = soft(320, 213);
    let jpeg = encoded(&picture, ImageFormat::Jpeg);
    let mut gif = Cursor::new(Vec::new());
    let rgba = DynamicImage::from(picture.clone()).into_rgba8();
    DynamicImage::from(rgba).write_to(&mut gif, ImageFormat::Gif).unwrap();
    let files = [
        (jpeg, 2),
        (gif.into_inner(), 12),
        (encoded(&picture, ImageFormat::WebP), 0),
        (encoded(&picture, ImageFormat::Png), 0),
    ];
    for (file, tolerance) in files {
        for (k, tone) in [(16, Tone::Grey), (32, Tone::Colour), (96, Tone::Grey)] {
            let (reply, samples) = ask(&file, k, tone).unwrap();
            assert!(!reply.damaged());
            for (sample, mean) in samples.iter().zip(means(&picture, k, tone)) {
                assert!(sample.abs_diff(mean) <= tolerance, "{sample} for {mean}");
            }
        }
    }
}

#[test]
fn grey_alpha_and_deep_pictures_are_read_as_they_look() {
    let deep = DynamicImage::from(noise(40, 30, 5)).into_rgba16();
    let mut clear = DynamicImage::from(noise(40, 30, 6)).into_rgba8();
    let mut seen = RgbImage::new(40, 30);
    for ((x, y, pixel), out) in clear.enumerate_pixels_mut().zip(seen.pixels_mut()) {
        let shown = (x + y) % 2 == 0;
        pixel.0[3] = if shown { 255 } else { 0 };
        *out = if shown { Rgb([pixel[0], pixel[1], pixel[2]]) } else { Rgb([255; 3]) };
    }
    let grey = DynamicImage::from(noise(40, 30, 7)).into_luma8();
    let cases = [
        (DynamicImage::from(deep), noise(40, 30, 5)),
        (DynamicImage::from(clear), seen),
        (DynamicImage::from(grey.clone()), DynamicImage::from(grey).into_rgb8()),
    ];
    for (picture, seen) in cases {
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, ImageFormat::Png).unwrap();
        let (_, samples) = ask(file.get_ref(), 16, Tone::Grey).unwrap();
        assert_eq!(samples, means(&seen, 16, Tone::Grey));
    }
}

#[test]
fn a_picture_is_turned_as_its_file_says() {
    for exif in 1..=8_u8 {
        let tiff =
            [&b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"[..], &[exif, 0, 0, 0, 0, 0, 0]]
                .concat();
        let picture = noise(9, 5, 3);
        let mut seen = DynamicImage::from(picture.clone());
        seen.apply_orientation(Orientation::from_exif(exif).unwrap());
        let seen = seen.into_rgb8();

        let mut file = Vec::new();
        let mut encoder = PngEncoder::new(&mut file);
        encoder.set_exif_metadata(tiff.clone()).unwrap();
        encoder.write_image(&picture, 9, 5, image::ExtendedColorType::Rgb8).unwrap();
        let (reply, samples) = ask(&file, 96, Tone::Colour).unwrap();
        assert_eq!((reply.width(), reply.height()), seen.dimensions());
        assert_eq!(&samples, seen.as_raw(), "orientation {exif}");

        let mut file = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut file, 100);
        encoder.set_exif_metadata(tiff).unwrap();
        encoder.write_image(&soft(90, 50), 90, 50, image::ExtendedColorType::Rgb8).unwrap();
        let (reply, _) = ask(&file, 96, Tone::Grey).unwrap();
        let sideways = exif >= 5;
        assert_eq!((reply.width(), reply.height()), if sideways { (50, 90) } else { (90, 50) });
    }
}
