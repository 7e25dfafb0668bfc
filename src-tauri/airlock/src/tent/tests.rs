//! Row by row against the whole picture at once: the same sums in the same order, so equal to the bit.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "windows and pixel values are small"
)]

use proptest::prelude::*;

use super::*;

/// One pass over a line: what enters on the right is added before what leaves on the left is taken off.
fn boxed(line: &[f32], full: usize) -> Vec<f32> {
    let half = (full + 2) / 2;
    let (mut sum, mut count, mut right, mut left) = (0.0, 0, 0, 0);
    let mut out = Vec::new();
    while out.len() < line.len() {
        let leaves = right + 1 > full || right == line.len();
        if right < line.len() {
            sum += line[right];
            count += 1;
            right += 1;
        }
        if leaves {
            sum -= line[left];
            count -= 1;
            left += 1;
        }
        if right >= half || right == line.len() {
            out.push(sum / count as f32);
        }
    }
    out
}

fn along_rows(picture: &[Vec<f32>], full: usize) -> Vec<Vec<f32>> {
    picture.iter().map(|row| boxed(row, full)).collect()
}

fn flipped(picture: &[Vec<f32>]) -> Vec<Vec<f32>> {
    (0..picture[0].len()).map(|x| picture.iter().map(|row| row[x]).collect()).collect()
}

fn at_once(mut picture: Vec<Vec<f32>>) -> [[f32; CELLS]; CELLS] {
    let (height, width) = (picture.len(), picture[0].len());
    for _ in 0..2 {
        picture = along_rows(&picture, width.div_ceil(128));
        picture = flipped(&along_rows(&flipped(&picture), height.div_ceil(128)));
    }
    let centre = |cell: usize, length: usize| ((cell as f64 + 0.5) * length as f64 / 64.0) as usize;
    std::array::from_fn(|y| std::array::from_fn(|x| picture[centre(y, height)][centre(x, width)]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn rows_as_they_come_give_the_cells_of_the_whole_picture(
        width in 1..900usize, height in 1..900usize, small: bool, seed: u32, colour: bool,
    ) {
        let (width, height) = if small { (width % 140 + 1, height) } else { (width, height) };
        let (layout, bytes) = if colour { (Layout::Rgba, 4) } else { (Layout::Grey, 1) };
        let mut state = seed | 1;
        let rows: Vec<Vec<u8>> = (0..height)
            .map(|_| {
                let byte = |_| {
                    state ^= state << 13;
                    state ^= state >> 17;
                    state ^= state << 5;
                    state.to_be_bytes()[1]
                };
                (0..width * bytes).map(byte).collect()
            })
            .collect();
        let luma = |pixel: &[u8]| match pixel {
            [r, g, b, _] => (f64::from(*r) * 0.299 + f64::from(*g) * 0.587 + f64::from(*b) * 0.114) as f32,
            _ => f32::from(pixel[0]),
        };
        let picture = rows.iter().map(|row| row.chunks(bytes).map(luma).collect()).collect();
        let mut tent = Tent::new(width, height, layout);
        rows.iter().for_each(|row| tent.push(row));
        prop_assert_eq!(tent.finish(), at_once(picture));
    }
}

/// The division gives what the reference's sum of products rounds to, for every colour there is.
#[test]
fn luma_is_rounded_as_the_reference_rounds_it() {
    for r in 0..=255_u8 {
        for g in 0..=255_u8 {
            let row: Vec<u8> = (0..=255_u8).flat_map(|b| [r, g, b]).collect();
            let mut grey = [0.0; 256];
            from_colour::<3>(&row, &mut grey);
            for (b, grey) in (0..=255_u8).zip(grey) {
                let sum = f64::from(r) * 0.299 + f64::from(g) * 0.587 + f64::from(b) * 0.114;
                assert_eq!(grey.to_bits(), (sum as f32).to_bits(), "{r} {g} {b}");
            }
        }
    }
}
