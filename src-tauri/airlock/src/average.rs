//! Averages a picture over areas, exactly: every sample is the mean of the pixels under it, weighted by how much of
//! each lies under it, in integers, rounded once. Two pictures whose means agree give the same bytes, which is what
//! makes a view level a bound on information. It must never let a single pixel through unaveraged where there is more
//! than one under a sample.

use casement_airlock::{Tone, fit};

use crate::decode::Rows;

/// How the bytes of one row make up its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
}

impl Layout {
    /// Bytes of one pixel.
    pub(crate) const fn bytes(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// Channels that carry light.
    const fn channels(self) -> usize {
        match self {
            Self::Grey | Self::GreyAlpha => 1,
            Self::Rgb | Self::Rgba => 3,
        }
    }

    pub(crate) const fn has_alpha(self) -> bool {
        matches!(self, Self::GreyAlpha | Self::Rgba)
    }
}

/// Behind transparent pixels.
const PAPER: u16 = 255;
/// BT.601 weights of red, green and blue in thousandths, as in JPEG.
const LUMA: [u64; 3] = [299, 587, 114];

/// The pixels under one sample along one axis: all of `first..=last`, of which the outer two count in part.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: usize,
    last: usize,
    first_weight: u64,
    last_weight: u64,
}

/// Spans of `samples` samples over `pixels` pixels. Each pixel weighs `samples`, each sample `pixels`, so that every
/// share is a whole number.
fn spans(pixels: usize, samples: usize) -> Vec<Span> {
    (0..samples)
        .map(|sample| {
            let (start, end) = (sample * pixels, (sample + 1) * pixels);
            let (first, last) = (start / samples, (end - 1) / samples);
            let first_end = ((first + 1) * samples).min(end);
            let last_start = (last * samples).max(start);
            Span {
                first,
                last,
                first_weight: (first_end - start) as u64,
                last_weight: (end - last_start) as u64,
            }
        })
        .collect()
}

/// Takes a picture row by row from the top and keeps only sums.
pub(crate) struct Averager {
    layout: Layout,
    pixel_weight: u64,
    across: Vec<Span>,
    down: Vec<Span>,
    /// Total weight of one sample.
    weight: u64,
    next_row: usize,
    next_sample: usize,
    /// One row with its alpha applied, where it has one: 255 times the value.
    flat: Vec<u16>,
    /// Sums along the current row: samples across × channels.
    row: Vec<u64>,
    /// Sums of the whole picture: samples down × samples across × channels.
    sums: Vec<u64>,
}

impl Averager {
    /// For a picture of this size, at most `k` samples along its long side.
    pub(crate) fn new(width: u32, height: u32, layout: Layout, k: u8) -> Self {
        let (across, down) = fit(width, height, k);
        let (across, down) = (usize::from(across), usize::from(down));
        let (width, height) = (width as usize, height as usize);
        let channels = layout.channels();
        Self {
            layout,
            pixel_weight: across as u64,
            across: spans(width, across),
            down: spans(height, down),
            weight: width as u64 * height as u64,
            next_row: 0,
            next_sample: 0,
            flat: if layout.has_alpha() { vec![0; width * channels] } else { Vec::new() },
            row: vec![0; across * channels],
            sums: vec![0; down * across * channels],
        }
    }

    /// Adds the next row: exactly width × bytes of a pixel. Rows beyond the last are ignored.
    fn push_row(&mut self, row: &[u8]) {
        let (weight, spans) = (self.pixel_weight, &self.across);
        match self.layout {
            Layout::Grey => sum_row::<1, _>(row, spans, weight, &mut self.row),
            Layout::Rgb => sum_row::<3, _>(row, spans, weight, &mut self.row),
            Layout::GreyAlpha => {
                flatten::<2, 1>(row, &mut self.flat);
                sum_row::<1, _>(&self.flat, spans, weight, &mut self.row);
            }
            Layout::Rgba => {
                flatten::<4, 3>(row, &mut self.flat);
                sum_row::<3, _>(&self.flat, spans, weight, &mut self.row);
            }
        }
        self.add_row();
    }

    /// Shares the sums of one row out to the one or two samples it lies under.
    fn add_row(&mut self) {
        let width = self.row.len();
        while let Some(span) = self.down.get(self.next_sample) {
            let weight = if self.next_row == span.first {
                span.first_weight
            } else if self.next_row == span.last {
                span.last_weight
            } else {
                self.down.len() as u64
            };
            let sums = self.sums.iter_mut().skip(self.next_sample * width);
            for (sum, value) in sums.zip(&self.row) {
                *sum += value * weight;
            }
            if self.next_row < span.last {
                break;
            }
            self.next_sample += 1;
            // The same row goes on into the next sample when it lies under both.
            if self.down.get(self.next_sample).is_none_or(|next| next.first > self.next_row) {
                break;
            }
        }
        self.next_row += 1;
    }

    /// The samples, row by row.
    pub(crate) fn finish(self, tone: Tone) -> Vec<u8> {
        let scale = self.weight * if self.layout.has_alpha() { u64::from(u8::MAX) } else { 1 };
        let mean =
            |sum: u64, scale: u64| u8::try_from((2 * sum + scale) / (2 * scale)).unwrap_or(u8::MAX);
        match (self.layout.channels(), tone) {
            (1, Tone::Grey) => self.sums.iter().map(|&sum| mean(sum, scale)).collect(),
            (1, Tone::Colour) => self.sums.iter().flat_map(|&sum| [mean(sum, scale); 3]).collect(),
            (_, Tone::Grey) => {
                let luma = |rgb: &[u64]| rgb.iter().zip(LUMA).map(|(sum, part)| sum * part).sum();
                self.sums.chunks_exact(3).map(|rgb| mean(luma(rgb), scale * 1000)).collect()
            }
            (_, Tone::Colour) => self.sums.iter().map(|&sum| mean(sum, scale)).collect(),
        }
    }
}

impl Rows for Averager {
    fn push(&mut self, row: &[u8]) {
        self.push_row(row);
    }

    fn rows(&self) -> usize {
        self.next_row
    }
}

/// Lays pixels with alpha (last of `B` bytes) on white: 255 times the `C` values that would be seen.
fn flatten<const B: usize, const C: usize>(row: &[u8], flat: &mut [u16]) {
    for (pixel, out) in row.as_chunks::<B>().0.iter().zip(flat.as_chunks_mut::<C>().0) {
        let alpha = u16::from(pixel[B - 1]);
        for (value, out) in pixel.iter().zip(out) {
            *out = u16::from(*value) * alpha + PAPER * (u16::from(u8::MAX) - alpha);
        }
    }
}

/// Sums `C` interleaved channels of one row under each span.
fn sum_row<const C: usize, T>(row: &[T], spans: &[Span], pixel_weight: u64, out: &mut [u64])
where
    T: Copy + Into<u32>,
{
    let (pixels, _) = row.as_chunks::<C>();
    let (sums, _) = out.as_chunks_mut::<C>();
    for (span, sums) in spans.iter().zip(sums) {
        let Some(under) = pixels.get(span.first..=span.last) else {
            continue;
        };
        let (first, inner, last) = match under {
            [] => continue,
            [only] => (only, &[][..], None),
            [first, inner @ .., last] => (first, inner, Some(last)),
        };
        // At most 20 000 values below 2^16: fits 32 bits.
        let mut whole = [0_u32; C];
        for pixel in inner {
            for (sum, value) in whole.iter_mut().zip(pixel) {
                *sum += (*value).into();
            }
        }
        for (channel, sum) in sums.iter_mut().enumerate() {
            *sum = u64::from(first[channel].into()) * span.first_weight
                + u64::from(whole[channel]) * pixel_weight
                + last.map_or(0, |last| u64::from(last[channel].into()) * span.last_weight);
        }
    }
}
