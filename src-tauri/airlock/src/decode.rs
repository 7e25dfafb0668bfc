//! Bytes in, averages out: the first frame of a PNG, JPEG, WebP or GIF, within fixed limits. It must never hold more
//! of a decoded picture than it has to, and never hands on a pixel.

use std::io::Cursor;

use casement_airlock::{MAX_PICTURE_PIXELS, MAX_PICTURE_SIDE, Request, Tone};
use image::codecs::{gif::GifDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError, ImageFormat, Limits};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use crate::average::{Averager, Layout};

/// Most memory for one decoded picture, and for a decoder's own buffers.
const MAX_ALLOC: usize = 256 << 20;

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotDecodable,
    TooLarge,
}

/// What may leave: averages, and the size the picture had, both as it is meant to be seen.
#[derive(Debug)]
pub(crate) struct Averaged {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) damaged: bool,
    pub(crate) samples: Vec<u8>,
}

/// Decodes and averages. The format is told by the first bytes alone.
pub(crate) fn decode(file: &[u8], request: &Request) -> Result<Averaged, Refusal> {
    match image::guess_format(file) {
        Ok(ImageFormat::Jpeg) => jpeg(file, request),
        Ok(ImageFormat::Png) => png(file, request),
        Ok(ImageFormat::WebP) => {
            whole(WebPDecoder::new(Cursor::new(file)).map_err(refusal)?, request)
        }
        Ok(ImageFormat::Gif) => {
            whole(GifDecoder::new(Cursor::new(file)).map_err(refusal)?, request)
        }
        _ => Err(Refusal::NotDecodable),
    }
}

/// Holds a size against the limits; the number of pixels.
fn check_size(width: u32, height: u32) -> Result<(), Refusal> {
    if width == 0 || height == 0 {
        return Err(Refusal::NotDecodable);
    }
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > MAX_PICTURE_SIDE || pixels > MAX_PICTURE_PIXELS {
        return Err(Refusal::TooLarge);
    }
    Ok(())
}

/// A buffer for a whole picture.
fn buffer(bytes: u64) -> Result<Vec<u8>, Refusal> {
    match usize::try_from(bytes) {
        Ok(bytes) if bytes <= MAX_ALLOC => Ok(vec![0; bytes]),
        _ => Err(Refusal::TooLarge),
    }
}

fn refusal(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooLarge,
        _ => Refusal::NotDecodable,
    }
}

/// Formats whose decoder gives only whole pictures; of an animation, the first frame.
fn whole(mut decoder: impl ImageDecoder, request: &Request) -> Result<Averaged, Refusal> {
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_PICTURE_SIDE);
    limits.max_image_height = Some(MAX_PICTURE_SIDE);
    limits.max_alloc = Some(MAX_ALLOC as u64);
    decoder.set_limits(limits).map_err(refusal)?;
    let layout = match decoder.color_type() {
        ColorType::L8 => Layout::Grey,
        ColorType::La8 => Layout::GreyAlpha,
        ColorType::Rgb8 => Layout::Rgb,
        ColorType::Rgba8 => Layout::Rgba,
        _ => return Err(Refusal::NotDecodable),
    };
    // An unreadable orientation is no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut pixels = buffer(decoder.total_bytes())?;
    decoder.read_image(&mut pixels).map_err(refusal)?;
    let mut averager = Averager::new(width, height, layout, request.k());
    pixels.chunks_exact(width as usize * layout.bytes()).for_each(|row| averager.push(row));
    Ok(averaged(averager, (width, height), orientation, false, request))
}

/// JPEG straight to luma where that is all that is asked and the file holds it. First strictly; a file that fails so
/// is shown as far as it goes, and called damaged.
fn jpeg(file: &[u8], request: &Request) -> Result<Averaged, Refusal> {
    if let Ok(whole) = jpeg_pixels(file, request.tone(), true)? {
        let damaged = ends_early(file);
        return Ok(whole.average(request, damaged));
    }
    let rest = jpeg_pixels(file, request.tone(), false)?.map_err(|()| Refusal::NotDecodable)?;
    Ok(rest.average(request, true))
}

struct JpegPixels {
    width: u32,
    height: u32,
    layout: Layout,
    orientation: Orientation,
    pixels: Vec<u8>,
}

impl JpegPixels {
    fn average(self, request: &Request, damaged: bool) -> Averaged {
        let mut averager = Averager::new(self.width, self.height, self.layout, request.k());
        let row = self.width as usize * self.layout.bytes();
        self.pixels.chunks_exact(row).for_each(|row| averager.push(row));
        averaged(averager, (self.width, self.height), self.orientation, damaged, request)
    }
}

/// The inner error is the decoder's, after which a more lenient attempt may do; the outer one is final.
fn jpeg_pixels(file: &[u8], tone: Tone, strict: bool) -> Result<Result<JpegPixels, ()>, Refusal> {
    // The sides are held against our own limits below: the decoder's would not tell too large from undecodable.
    let options = DecoderOptions::default()
        .set_strict_mode(strict)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    if decoder.decode_headers().is_err() {
        return Ok(Err(()));
    }
    let Some(info) = decoder.info() else {
        return Ok(Err(()));
    };
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    check_size(width, height)?;
    let holds_luma =
        matches!(decoder.input_colorspace(), Some(ColorSpace::YCbCr | ColorSpace::Luma));
    let (space, layout) = match tone {
        Tone::Grey if holds_luma => (ColorSpace::Luma, Layout::Grey),
        _ => (ColorSpace::RGB, Layout::Rgb),
    };
    let orientation = decoder
        .exif()
        .and_then(|exif| Orientation::from_exif_chunk(exif))
        .unwrap_or(Orientation::NoTransforms);
    decoder.set_options(options.jpeg_set_out_colorspace(space));
    let mut pixels = buffer(u64::from(width) * u64::from(height) * layout.bytes() as u64)?;
    if decoder.decode_into(&mut pixels).is_err() {
        return Ok(Err(()));
    }
    Ok(Ok(JpegPixels { width, height, layout, orientation, pixels }))
}

/// Whether the last scan has no end-of-image marker after it. Neither marker can occur within a scan.
fn ends_early(file: &[u8]) -> bool {
    const END: [u8; 2] = [0xff, 0xd9];
    const SCAN: [u8; 2] = [0xff, 0xda];
    match file.windows(2).rposition(|marker| marker == END) {
        Some(end) => {
            file.iter().skip(end).zip(file.iter().skip(end + 1)).any(|(a, b)| [*a, *b] == SCAN)
        }
        None => true,
    }
}

/// PNG row by row, so that only one row is ever held. What follows a damaged row is filled in.
fn png(file: &[u8], request: &Request) -> Result<Averaged, Refusal> {
    let mut decoder =
        png::Decoder::new_with_limits(Cursor::new(file), png::Limits { bytes: MAX_ALLOC });
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(png_refusal)?;
    let (width, height) = (header.width, header.height);
    check_size(width, height)?;
    let mut reader = decoder.read_info().map_err(png_refusal)?;
    let layout = match reader.output_color_type() {
        (png::ColorType::Grayscale, png::BitDepth::Eight) => Layout::Grey,
        (png::ColorType::GrayscaleAlpha, png::BitDepth::Eight) => Layout::GreyAlpha,
        (png::ColorType::Rgb, png::BitDepth::Eight) => Layout::Rgb,
        (png::ColorType::Rgba, png::BitDepth::Eight) => Layout::Rgba,
        _ => return Err(Refusal::NotDecodable),
    };
    let row_bytes = width as usize * layout.bytes();
    let mut averager = Averager::new(width, height, layout, request.k());
    let mut damaged = false;
    if reader.info().interlaced {
        let mut pixels = buffer(row_bytes as u64 * u64::from(height))?;
        reader.next_frame(&mut pixels).map_err(png_refusal)?;
        pixels.chunks_exact(row_bytes).for_each(|row| averager.push(row));
    } else {
        let mut row = vec![0; row_bytes];
        for _ in 0..height {
            match reader.read_row(&mut row) {
                Ok(Some(_)) => averager.push(&row),
                Ok(None) => break,
                Err(png::DecodingError::LimitsExceeded) => return Err(Refusal::TooLarge),
                Err(_) => break,
            }
        }
        if averager.rows() == 0 {
            return Err(Refusal::NotDecodable);
        }
        damaged = averager.rows() < height as usize;
        averager.fill_missing();
    }
    // The rest holds the checksum and the end; of an animation it also holds every other frame, which stay unread.
    if !damaged && reader.info().animation_control.is_none() {
        damaged = reader.finish().is_err();
    }
    let orientation = reader
        .info()
        .exif_metadata
        .as_deref()
        .and_then(Orientation::from_exif_chunk)
        .unwrap_or(Orientation::NoTransforms);
    Ok(averaged(averager, (width, height), orientation, damaged, request))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape `map_err` takes")]
fn png_refusal(error: png::DecodingError) -> Refusal {
    match error {
        png::DecodingError::LimitsExceeded => Refusal::TooLarge,
        _ => Refusal::NotDecodable,
    }
}

/// The samples, turned as the file says it is meant to be seen.
fn averaged(
    averager: Averager,
    (width, height): (u32, u32),
    orientation: Orientation,
    damaged: bool,
    request: &Request,
) -> Averaged {
    let (across, down) = casement_airlock::fit(width, height, request.k());
    let samples = averager.finish(request.tone());
    let size = (usize::from(across), usize::from(down));
    let samples = turn(&samples, size, request.tone().channels(), orientation);
    let (width, height) =
        if turns_sideways(orientation) { (height, width) } else { (width, height) };
    Averaged { width, height, damaged, samples }
}

fn turns_sideways(orientation: Orientation) -> bool {
    matches!(orientation.to_exif(), 5..=8)
}

/// Re-orders `across` × `down` samples by an EXIF orientation (1 to 8).
fn turn(
    samples: &[u8],
    (across, down): (usize, usize),
    channels: usize,
    orientation: Orientation,
) -> Vec<u8> {
    let (right, bottom) = (across - 1, down - 1);
    let (out_across, out_down) =
        if turns_sideways(orientation) { (down, across) } else { (across, down) };
    let mut out = Vec::with_capacity(samples.len());
    for y in 0..out_down {
        for x in 0..out_across {
            let (from_x, from_y) = match orientation.to_exif() {
                2 => (right - x, y),
                3 => (right - x, bottom - y),
                4 => (x, bottom - y),
                5 => (y, x),
                6 => (y, bottom - x),
                7 => (right - y, bottom - x),
                8 => (right - y, x),
                _ => (x, y),
            };
            let at = (from_y * across + from_x) * channels;
            out.extend_from_slice(samples.get(at..at + channels).unwrap_or_default());
        }
    }
    out
}
