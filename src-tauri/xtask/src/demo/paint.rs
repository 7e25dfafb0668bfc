//! Pictures of nothing: gradients, discs, stripes, rings, checks and noise, drawn by arithmetic.
//!
//! They must never show, or resemble, a person.

use std::io::Cursor;

use anyhow::Result;
use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage};

use super::dice::Dice;

/// Long side of the canvas drawn pixel by pixel; larger pictures are enlarged from it.
const CANVAS: u32 = 240;

/// How a near-duplicate departs from the picture it was made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    /// Added to each channel.
    pub(super) brightness: i32,
    /// Cut from every edge, in thousandths of the long side.
    pub(super) crop: i32,
    /// JPEG quality, 1 to 100.
    pub(super) quality: u8,
}

type Colour = [i32; 3];

enum Shape {
    Disc { x: i32, y: i32, radius: i32, colour: Colour },
    Ring { x: i32, y: i32, period: i32, colour: Colour },
    Stripes { a: i32, b: i32, period: i32, colour: Colour },
    Checks { side: i32, colour: Colour },
}

impl Shape {
    fn draw(dice: &mut Dice) -> Self {
        let (x, y, colour) = (dice.between(0, 1000), dice.between(0, 1000), colour(dice));
        match dice.between(0, 5) {
            0 => Self::Ring { x, y, period: dice.between(60, 220), colour },
            1 => Self::Stripes {
                a: dice.between(-3, 3),
                b: dice.between(1, 3),
                period: dice.between(90, 420),
                colour,
            },
            2 => Self::Checks { side: dice.between(50, 210), colour },
            _ => Self::Disc { x, y, radius: dice.between(50, 320), colour },
        }
    }

    /// The colour at a point in thousandths of the long side, if the shape covers it.
    fn at(&self, u: i32, v: i32) -> Option<Colour> {
        let square = |x: i32, y: i32| (u - x).pow(2) + (v - y).pow(2);
        match *self {
            Self::Disc { x, y, radius, colour } => (square(x, y) < radius.pow(2)).then_some(colour),
            Self::Ring { x, y, period, colour } => {
                ((square(x, y).isqrt() / period) % 3 == 1).then_some(colour)
            }
            Self::Stripes { a, b, period, colour } => {
                ((u * a + v * b).rem_euclid(period) * 3 < period).then_some(colour)
            }
            Self::Checks { side, colour } => ((u / side + v / side) % 2 == 0).then_some(colour),
        }
    }
}

fn colour(dice: &mut Dice) -> Colour {
    [dice.between(10, 245), dice.between(10, 245), dice.between(10, 245)]
}

/// Draws the picture of a family, as one of its members shows it.
pub(super) fn picture(family: usize, change: Change, width: u32, height: u32) -> DynamicImage {
    let mut dice = Dice::new("picture", family);
    let (from, to) = (colour(&mut dice), colour(&mut dice));
    let (a, b) = (dice.between(0, 4), dice.between(1, 4));
    let shapes: Vec<Shape> = (0..dice.between(2, 7)).map(|_| Shape::draw(&mut dice)).collect();
    let grain = dice.between(0, 60);

    let long = width.max(height).max(1);
    let side = |length: u32| (length * CANVAS / long).max(1);
    let inside = 1000 - 2 * change.crop;
    let place = |pixel: u32| {
        let thousandths = i32::try_from(pixel * 1000 / CANVAS).unwrap_or(0);
        change.crop + thousandths * inside / 1000
    };
    let canvas = RgbImage::from_fn(side(width), side(height), |x, y| {
        let (u, v) = (place(x), place(y));
        let step = (u * a + v * b) / (a + b);
        let ground: Colour = mixed(from, to, step);
        let top = shapes.iter().rev().find_map(|shape| shape.at(u, v));
        let base = top.map_or(ground, |colour| mixed(colour, ground, 250));
        let noise = dice.between(-grain, grain) / 2 + change.brightness;
        Rgb(base.map(|channel| u8::try_from((channel + noise).clamp(0, 255)).unwrap_or(u8::MAX)))
    });
    DynamicImage::from(canvas).resize_exact(width, height, FilterType::Triangle)
}

fn mixed(from: Colour, to: Colour, thousandths: i32) -> Colour {
    let [r, g, b] = from;
    let [s, h, c] = to;
    let mix = |x: i32, y: i32| x + (y - x) * thousandths.clamp(0, 1000) / 1000;
    [mix(r, s), mix(g, h), mix(b, c)]
}

/// Encodes a picture; `quality` counts for JPEG only.
///
/// # Errors
/// When the encoder refuses.
pub(super) fn encode(picture: &DynamicImage, format: ImageFormat, quality: u8) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match format {
        ImageFormat::Jpeg => {
            JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture)?;
        }
        ImageFormat::Gif => {
            // The finest palette takes seconds a picture without optimisation.
            let frame = Frame::new(picture.to_rgba8());
            GifEncoder::new_with_speed(&mut bytes, 30).encode_frame(frame)?;
        }
        _ => picture.write_to(&mut Cursor::new(&mut bytes), format)?,
    }
    Ok(bytes)
}
