//! Files that are broken, or built to cost more than they should: each ends in a typed refusal or a damaged flag, and
//! in time.

use std::io::Cursor;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use casement_airlock::{Request, Tone, exit};
use image::codecs::gif::GifEncoder;
use image::{Delay, Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;

use super::{AIRLOCK, ask, request, run};
use crate::decoding::{encoded, noise};

pub(crate) const FORMATS: [ImageFormat; 4] =
    [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif];

/// One good file of each format.
static FILES: LazyLock<[Vec<u8>; 4]> =
    LazyLock::new(|| FORMATS.map(|format| encoded(&noise(200, 150, 11), format)));

pub(crate) fn file(format: ImageFormat) -> Vec<u8> {
    let at = FORMATS.iter().position(|known| *known == format).unwrap();
    FILES[at].clone()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    })
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [name, data].concat();
    let length = u32::try_from(data.len()).unwrap();
    [&length.to_be_bytes(), &named[..], &crc32(&named).to_be_bytes()].concat()
}

/// A PNG that claims this size and holds `data` as its compressed pixels.
fn claims(width: u32, height: u32, data: &[u8]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
    let chunks = [chunk(b"IHDR", &header), chunk(b"IDAT", data), chunk(b"IEND", &[])].concat();
    [b"\x89PNG\r\n\x1a\n", &chunks[..]].concat()
}

/// Files that are no pictures.
pub(crate) const NO_PICTURES: [&[u8]; 6] =
    [b"\0", b"not a picture", b"GIF89a", b"\xff\xd8\xff", b"<svg xmlns=\"\"/>", &[0; 4096]];

#[test]
fn what_is_no_picture_is_refused() {
    for file in NO_PICTURES {
        assert_eq!(ask(file, 96, Tone::Grey).err(), Some(Some(exit::NOT_DECODABLE)));
    }
}

#[test]
fn a_request_that_breaks_the_protocol_is_refused() {
    let (request, whole) = request(&file(ImageFormat::Png), 32, Tone::Grey);
    let unknown = [&b"CSAL\x02"[..], &whole[5..]].concat();
    let longer = [&whole[..], b"x"].concat();
    let inputs =
        [&[][..], &whole[..9], &request.encode(), &whole[..whole.len() - 1], &unknown, &longer];
    for input in inputs {
        let ended = run(&AIRLOCK, &[], input);
        assert_eq!(ended.code(), Some(exit::BAD_REQUEST));
        assert!(ended.output.is_empty());
    }
    assert_eq!(whole.len(), Request::HEADER + file(ImageFormat::Png).len());
}

#[test]
fn a_truncated_picture_is_called_damaged_or_refused() {
    for format in FORMATS {
        let whole = file(format);
        assert!(!ask(&whole, 32, Tone::Grey).unwrap().0.damaged());
        for kept in [whole.len() / 4, whole.len() / 2, whole.len() * 9 / 10] {
            match ask(&whole[..kept], 32, Tone::Grey) {
                Ok((reply, _)) => assert!(reply.damaged(), "{format:?} cut to {kept}"),
                Err(code) => {
                    assert_eq!(code, Some(exit::NOT_DECODABLE), "{format:?} cut to {kept}")
                }
            }
        }
    }
}

/// What there is of a truncated PNG or JPEG is shown; the rest is grey.
#[test]
fn the_upper_part_of_a_truncated_picture_is_kept() {
    let white = RgbImage::from_pixel(160, 160, Rgb([255; 3]));
    let mixed =
        RgbImage::from_fn(160, 160, |x, y| if y < 40 { white[(x, y)] } else { noise_at(x, y) });
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        let whole = encoded(&mixed, format);
        let (reply, samples) = ask(&whole[..whole.len() / 2], 16, Tone::Grey).unwrap();
        assert!(reply.damaged());
        assert!(samples[..48].iter().all(|sample| *sample > 250), "{format:?}: {samples:?}");
        assert!(samples[16 * 15..].iter().all(|sample| sample.abs_diff(128) <= 1), "{format:?}");
    }
}

fn noise_at(x: u32, y: u32) -> Rgb<u8> {
    let mixed = (x * 7919 + y * 104_729).wrapping_mul(2_654_435_761).to_be_bytes();
    Rgb([mixed[0], mixed[1], mixed[2]])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Damage anywhere: an answer within the bound, or one of the documented codes. Never a signal, never silence.
    #[test]
    fn damage_anywhere_ends_in_an_answer_or_a_documented_code(
        format in 0..4usize, hits in prop::collection::vec(any::<(u32, u8)>(), 1..40), header_only: bool,
    ) {
        let mut file = file(FORMATS[format]);
        let within = if header_only { 64 } else { file.len() };
        for (at, value) in hits {
            file[at as usize % within] = value;
        }
        if let Err(code) = ask(&file, 96, Tone::Grey) {
            let documented = [exit::NOT_DECODABLE, exit::TOO_LARGE, exit::CRASHED, exit::LIMITS];
            prop_assert!(code.is_some_and(|code| documented.contains(&code)), "{code:?}");
        }
    }
}

/// Files that claim more pixels than are decoded.
pub(crate) fn beyond_the_limits() -> Vec<Vec<u8>> {
    let sizes = [(100_000, 100_000), (20_000, 20_000), (20_001, 1), (10_001, 10_000)];
    let mut files: Vec<_> = sizes.iter().map(|(wide, high)| claims(*wide, *high, &[])).collect();
    // A JPEG whose frame header claims 65 500 × 65 500.
    let mut jpeg = file(ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    // A GIF screen of 65 535 × 65 535, and a WebP canvas of 16 383 × 16 383.
    let mut gif = file(ImageFormat::Gif);
    gif[6..10].fill(0xff);
    let mut webp = file(ImageFormat::WebP);
    let lossless = webp.windows(4).position(|name| name == b"VP8L").unwrap() + 9;
    webp[lossless..lossless + 3].copy_from_slice(&[0xfe, 0xbf, 0xff]);
    webp[lossless + 3] |= 0x0f;
    files.extend([jpeg, gif, webp]);
    files
}

#[test]
fn a_picture_beyond_the_limits_is_refused_before_it_is_decoded() {
    let begun = Instant::now();
    for (number, file) in beyond_the_limits().iter().enumerate() {
        assert_eq!(ask(file, 96, Tone::Grey).err(), Some(Some(exit::TOO_LARGE)), "{number}");
    }
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_large_picture_within_the_limits_is_read() {
    // 100 million pixels, the most there may be: one row is held at a time.
    let mut file = Cursor::new(Vec::new());
    let white = image::GrayImage::from_pixel(10_000, 10_000, image::Luma([200]));
    white.write_to(&mut file, ImageFormat::Png).unwrap();
    let (reply, samples) = ask(file.get_ref(), 96, Tone::Grey).unwrap();
    assert_eq!((reply.width(), reply.height(), reply.damaged()), (10_000, 10_000, false));
    assert_eq!(samples, [200; 96 * 96]);
}

/// Five thousand frames of a million pixels, of which the first is white: the second of two, repeated before the
/// trailing byte.
pub(crate) fn long_animation() -> Vec<u8> {
    let frames = |greys: &[u8]| {
        let mut file = Vec::new();
        let frames = greys.iter().map(|grey| {
            let pixels = RgbaImage::from_pixel(1000, 1000, Rgba([*grey, *grey, *grey, 255]));
            Frame::from_parts(pixels, 0, 0, Delay::from_numer_denom_ms(10, 1))
        });
        GifEncoder::new_with_speed(&mut file, 30).encode_frames(frames).unwrap();
        file
    };
    let (one, mut file) = (frames(&[255]), frames(&[255, 0]));
    let trailer = file.pop().unwrap();
    let second = file[one.len() - 1..].to_vec();
    (2..5000).for_each(|_| file.extend_from_slice(&second));
    file.push(trailer);
    file
}

#[test]
fn of_an_animation_only_the_first_frame_is_read() {
    let file = long_animation();
    let begun = Instant::now();
    let (reply, samples) = ask(&file, 16, Tone::Grey).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(!reply.damaged());
    assert_eq!(samples, [255; 256]);
}
