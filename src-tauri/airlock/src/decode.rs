//! Bytes in, rows of pixels out to whoever sums them up: the first frame of a PNG, JPEG, WebP or GIF, within fixed
//! limits. It must never hold more of a decoded picture than it has to.

use std::io::Cursor;

use casement_airlock::{MAX_PICTURE_PIXELS, MAX_PICTURE_SIDE, Tone, exit};
use image::codecs::{gif::GifDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError, ImageFormat, Limits};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use crate::average::Layout;

/// Most memory for one decoded picture, and for a decoder's own buffers.
const MAX_ALLOC: usize = 256 << 20;

/// What a row that could not be read counts as.
const MISSING: u8 = 128;

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotDecodable,
    TooLarge,
}

impl From<Refusal> for u8 {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotDecodable => exit::NOT_DECODABLE,
            Refusal::TooLarge => exit::TOO_LARGE,
        }
    }
}

/// What takes the pixels of a picture row by row from the top, and keeps only sums.
pub(crate) trait Rows {
    /// The next row: exactly width × bytes of a pixel.
    fn push(&mut self, row: &[u8]);

    /// Rows taken so far.
    fn rows(&self) -> usize;
}

/// What became of a picture, with its size as it is stored and how it is meant to be turned.
pub(crate) struct Decoded<R> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) orientation: Orientation,
    pub(crate) damaged: bool,
    pub(crate) rows: R,
}

/// Decodes into what `begin` makes for a picture of that width, height and layout. The format is told by the first
/// bytes alone. Of a JPEG, luma comes as it is stored where no more than grey is asked for.
pub(crate) fn decode<R: Rows>(
    file: &[u8],
    tone: Tone,
    begin: impl Fn(u32, u32, Layout) -> R,
) -> Result<Decoded<R>, Refusal> {
    match image::guess_format(file) {
        Ok(ImageFormat::Jpeg) => jpeg(file, tone, begin),
        Ok(ImageFormat::Png) => png(file, begin),
        Ok(ImageFormat::WebP) => {
            whole(WebPDecoder::new(Cursor::new(file)).map_err(refusal)?, begin)
        }
        Ok(ImageFormat::Gif) => whole(GifDecoder::new(Cursor::new(file)).map_err(refusal)?, begin),
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
fn whole<R: Rows>(
    mut decoder: impl ImageDecoder,
    begin: impl Fn(u32, u32, Layout) -> R,
) -> Result<Decoded<R>, Refusal> {
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
    let mut rows = begin(width, height, layout);
    pixels.chunks_exact(width as usize * layout.bytes()).for_each(|row| rows.push(row));
    Ok(Decoded { width, height, orientation, damaged: false, rows })
}

/// JPEG. First strictly; a file that fails so is shown as far as it goes, and called damaged.
fn jpeg<R: Rows>(
    file: &[u8],
    tone: Tone,
    begin: impl Fn(u32, u32, Layout) -> R,
) -> Result<Decoded<R>, Refusal> {
    if let Ok(whole) = jpeg_pixels(file, tone, true)? {
        return Ok(whole.into_rows(begin, ends_early(file)));
    }
    let rest = jpeg_pixels(file, tone, false)?.map_err(|()| Refusal::NotDecodable)?;
    Ok(rest.into_rows(begin, true))
}

struct JpegPixels {
    width: u32,
    height: u32,
    layout: Layout,
    orientation: Orientation,
    pixels: Vec<u8>,
}

impl JpegPixels {
    fn into_rows<R: Rows>(
        self,
        begin: impl Fn(u32, u32, Layout) -> R,
        damaged: bool,
    ) -> Decoded<R> {
        let Self { width, height, layout, orientation, pixels } = self;
        let mut rows = begin(width, height, layout);
        pixels.chunks_exact(width as usize * layout.bytes()).for_each(|row| rows.push(row));
        Decoded { width, height, orientation, damaged, rows }
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
    let (space, layout) = match (tone, decoder.input_colorspace()) {
        (_, Some(ColorSpace::Luma)) | (Tone::Grey, Some(ColorSpace::YCbCr)) => {
            (ColorSpace::Luma, Layout::Grey)
        }
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
fn png<R: Rows>(file: &[u8], begin: impl Fn(u32, u32, Layout) -> R) -> Result<Decoded<R>, Refusal> {
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
    let mut rows = begin(width, height, layout);
    let mut damaged = false;
    if reader.info().interlaced {
        let mut pixels = buffer(row_bytes as u64 * u64::from(height))?;
        reader.next_frame(&mut pixels).map_err(png_refusal)?;
        pixels.chunks_exact(row_bytes).for_each(|row| rows.push(row));
    } else {
        let mut row = vec![0; row_bytes];
        for _ in 0..height {
            match reader.read_row(&mut row) {
                Ok(Some(_)) => rows.push(&row),
                Ok(None) => break,
                Err(png::DecodingError::LimitsExceeded) => return Err(Refusal::TooLarge),
                Err(_) => break,
            }
        }
        if rows.rows() == 0 {
            return Err(Refusal::NotDecodable);
        }
        damaged = rows.rows() < height as usize;
        fill_missing(&mut rows, height as usize, row, layout);
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
    Ok(Decoded { width, height, orientation, damaged, rows })
}

/// Counts every row that did not come as mid-grey.
fn fill_missing(rows: &mut impl Rows, height: usize, mut row: Vec<u8>, layout: Layout) {
    row.fill(MISSING);
    if layout.has_alpha() {
        row.iter_mut()
            .skip(layout.bytes() - 1)
            .step_by(layout.bytes())
            .for_each(|alpha| *alpha = u8::MAX);
    }
    while rows.rows() < height {
        rows.push(&row);
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape `map_err` takes")]
fn png_refusal(error: png::DecodingError) -> Refusal {
    match error {
        png::DecodingError::LimitsExceeded => Refusal::TooLarge,
        _ => Refusal::NotDecodable,
    }
}
