//! Enlarges samples to something a person can look at. What comes out is a function of the samples alone, in integers,
//! so equal samples give equal bytes on every machine. It must never be given anything but [`Samples`], and is the
//! only place that makes a [`Veiled`].

use crate::airlock::{AirlockError, Samples};
use crate::wire::Level;

/// Long side of a veiled picture in pixels; samples are enlarged to it, whatever the original's size.
const LONG_SIDE: usize = 384;
/// Fraction bits of a position between two samples.
const POSITION: u32 = 10;
/// Fraction bits of an interpolation weight.
const WEIGHT: u32 = 14;

/// A picture with its detail reduced to a level: the only form in which any picture reaches the window, the command
/// line or a file.
pub struct Veiled {
    png: Vec<u8>,
    level: Level,
    width: u32,
    height: u32,
}

impl Veiled {
    /// An 8-bit grey PNG without metadata.
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// The level whose samples it was made from.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Width and height in pixels; the longer is 384.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }
}

/// Enlarges samples: mosaic as blocks, the blurred levels smoothly.
///
/// # Errors
/// [`AirlockError::Protocol`] if the samples make no picture, which the airlock's parent does not let through.
pub(crate) fn veil(samples: &Samples) -> Result<Veiled, AirlockError> {
    let level = samples.level();
    enlarge(samples.grey(), samples.size(), level)
}

fn enlarge(
    grey: &[u8],
    (across, down): (usize, usize),
    level: Level,
) -> Result<Veiled, AirlockError> {
    let long = across.max(down).max(1);
    let scale = |side: usize| ((2 * side * LONG_SIDE + long) / (2 * long)).max(1);
    let (width, height) = (scale(across), scale(down));
    let pixels = match level {
        Level::HashOnly => return Err(AirlockError::HashOnly),
        Level::Mosaic => blocks(grey, (across, down), (width, height)),
        Level::Strong | Level::Soft => smooth(grey, (across, down), (width, height)),
    };
    let side = |side| u32::try_from(side).map_err(|_| AirlockError::Protocol);
    let (width, height) = (side(width)?, side(height)?);
    let png = encode(&pixels, width, height).map_err(|_| AirlockError::Protocol)?;
    Ok(Veiled { png, level, width, height })
}

/// Each pixel is the sample it lies in.
fn blocks(grey: &[u8], (across, down): (usize, usize), (width, height): (usize, usize)) -> Vec<u8> {
    let rows: Vec<&[u8]> = grey.chunks_exact(across.max(1)).collect();
    (0..height)
        .filter_map(|y| rows.get(y * down / height))
        .flat_map(|row| (0..width).filter_map(|x| row.get(x * across / width).copied()))
        .collect()
}

/// Catmull-Rom through the centres of the samples, first along rows, then along columns; edges are repeated.
fn smooth(grey: &[u8], (across, down): (usize, usize), (width, height): (usize, usize)) -> Vec<u8> {
    let columns = taps(across, width);
    let rows = taps(down, height);
    // One enlarged row per sample row, weighted: WEIGHT fraction bits.
    let wide: Vec<Vec<i64>> = grey
        .chunks_exact(across.max(1))
        .map(|row| {
            columns.iter().map(|tap| tap.mix(|at| row.get(at).map_or(0, |&v| v.into()))).collect()
        })
        .collect();
    let half = 1_i64 << (2 * WEIGHT - 1);
    rows.iter()
        .flat_map(|tap| {
            let wide = &wide;
            (0..width).map(move |x| {
                let value = |at: usize| wide.get(at).and_then(|row| row.get(x)).copied();
                let mixed = tap.mix(|at| value(at).unwrap_or(0));
                let whole = ((mixed + half) >> (2 * WEIGHT)).clamp(0, i64::from(u8::MAX));
                u8::try_from(whole).unwrap_or(u8::MAX)
            })
        })
        .collect()
}

/// The four samples around a position, and their weights.
struct Tap {
    at: [usize; 4],
    weight: [i64; 4],
}

impl Tap {
    fn mix(&self, value: impl Fn(usize) -> i64) -> i64 {
        self.at.iter().zip(self.weight).map(|(&at, weight)| value(at) * weight).sum()
    }
}

/// Taps for `pixels` pixels laid over `samples` samples. Weights sum to exactly one, so flat stays flat.
fn taps(samples: usize, pixels: usize) -> Vec<Tap> {
    let last = samples.saturating_sub(1);
    (0..pixels)
        .map(|pixel| {
            // Centre of the pixel between centres of samples, in halves of pixels; one sample added to stay positive.
            let position = (2 * pixel + 1) * samples + pixels;
            let base = position / (2 * pixels);
            let t = (((position % (2 * pixels)) << POSITION) / (2 * pixels)) as i64;
            let one = 1_i64 << POSITION;
            // Twice the weights, 3 × POSITION fraction bits.
            let exact = [
                -t * one * one + 2 * t * t * one - t * t * t,
                0,
                t * one * one + 4 * t * t * one - 3 * t * t * t,
                t * t * t - t * t * one,
            ];
            let mut weight = exact.map(|weight| weight >> (3 * POSITION + 1 - WEIGHT));
            weight[1] = (1 << WEIGHT) - weight.iter().sum::<i64>();
            // `base` is one past the sample to the left.
            let at = [0, 1, 2, 3].map(|step: usize| (base + step).saturating_sub(2).min(last));
            Tap { at, weight }
        })
        .collect()
}

/// No text, no time, no colour profile: header, data, end.
fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pixels of a veiled picture, read back.
    fn pixels(veiled: &Veiled) -> Vec<u8> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(veiled.png())).read_info().unwrap();
        let mut out = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut out).unwrap();
        assert_eq!((info.width, info.height), veiled.size());
        assert_eq!(info.color_type, png::ColorType::Grayscale);
        out
    }

    /// Catmull-Rom by its textbook form, in floating point.
    fn oracle(grey: &[u8], (across, down): (usize, usize), (x, y): (f64, f64)) -> f64 {
        let at = |column: f64, row: f64| {
            let nearest = |v: f64, n: usize| (0..n).rfind(|i| *i as f64 <= v).unwrap_or(0);
            f64::from(grey[nearest(row, down) * across + nearest(column, across)])
        };
        let spline = |p: [f64; 4], t: f64| {
            p[1] + 0.5
                * t
                * (p[2] - p[0]
                    + t * (2.0 * p[0] - 5.0 * p[1] + 4.0 * p[2] - p[3]
                        + t * (3.0 * (p[1] - p[2]) + p[3] - p[0])))
        };
        let steps = [-1.0, 0.0, 1.0, 2.0];
        let rows = steps
            .map(|dy| spline(steps.map(|dx| at(x.floor() + dx, y.floor() + dy)), x - x.floor()));
        spline(rows, y - y.floor()).clamp(0.0, 255.0)
    }

    fn sampled() -> impl Strategy<Value = (Vec<u8>, (usize, usize))> {
        (1..=96_usize, 1..=96_usize).prop_flat_map(|(across, down)| {
            (prop::collection::vec(any::<u8>(), across * down), Just((across, down)))
        })
    }

    fn level() -> impl Strategy<Value = Level> {
        prop_oneof![Just(Level::Mosaic), Just(Level::Strong), Just(Level::Soft)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn equal_samples_give_equal_bytes_of_the_fixed_size((grey, size) in sampled(), level in level()) {
            let veiled = enlarge(&grey, size, level).unwrap();
            prop_assert_eq!(veiled.size().0.max(veiled.size().1), 384);
            prop_assert_eq!(veiled.level(), level);
            let again = enlarge(&grey, size, level).unwrap();
            prop_assert_eq!(again.png(), veiled.png());
        }

        /// The mosaic holds the samples and nothing else: they can all be read back from it.
        #[test]
        fn mosaic_is_blocks_of_the_samples((grey, (across, down)) in sampled()) {
            let veiled = enlarge(&grey, (across, down), Level::Mosaic).unwrap();
            let (width, height) = (veiled.size().0 as usize, veiled.size().1 as usize);
            let seen = pixels(&veiled);
            for (at, value) in seen.iter().enumerate() {
                let (x, y) = (at % width, at / width);
                prop_assert_eq!(*value, grey[y * down / height * across + x * across / width]);
            }
        }

        #[test]
        fn the_blurred_levels_are_catmull_rom((grey, (across, down)) in sampled()) {
            let veiled = enlarge(&grey, (across, down), Level::Strong).unwrap();
            let (width, height) = (veiled.size().0 as usize, veiled.size().1 as usize);
            let seen = pixels(&veiled);
            for at in (0..seen.len()).step_by(29) {
                let x = ((at % width) as f64 + 0.5) * across as f64 / width as f64 - 0.5;
                let y = ((at / width) as f64 + 0.5) * down as f64 / height as f64 - 0.5;
                let exact = oracle(&grey, (across, down), (x, y));
                prop_assert!((f64::from(seen[at]) - exact).abs() < 1.6, "{} for {exact}", seen[at]);
            }
        }

        #[test]
        fn flat_stays_flat(value: u8, level in level()) {
            let veiled = enlarge(&vec![value; 96 * 64], (96, 64), level).unwrap();
            prop_assert!(pixels(&veiled).iter().all(|seen| *seen == value));
        }
    }

    #[test]
    fn a_veiled_png_has_no_chunk_but_the_three_it_needs() {
        let veiled = enlarge(&[0, 85, 170, 255], (2, 2), Level::Strong).unwrap();
        let mut rest = &veiled.png()[8..];
        let mut names = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            names.push(String::from_utf8(after[..4].to_vec()).unwrap());
            rest = &after[4 + u32::from_be_bytes(*length) as usize + 4..];
        }
        names.dedup();
        assert_eq!(names, ["IHDR", "IDAT", "IEND"]);
    }

    #[test]
    fn hash_only_has_no_picture() {
        assert_eq!(enlarge(&[1], (1, 1), Level::HashOnly).err(), Some(AirlockError::HashOnly));
    }
}
