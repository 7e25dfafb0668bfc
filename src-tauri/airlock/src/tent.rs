//! Brings a picture of any size down to 64 × 64 grey values for PDQ: twice a box along rows and columns (together a
//! tent), then one value out of each cell. Every sum is taken in the order of the reference, `jaroszFilterFloat` and
//! `decimateFloat` in `pdq/cpp/downscaling/downscaling.cpp` of ThreatExchange, in the same precision, so that the
//! outcome is the same to the bit; but row by row as they come, with only a window of them held, and of the last
//! pass only what is kept.
//!
//! It must never reorder a sum, nor divide by multiplying: both change the last bit, and a hash can hang on that.

use crate::average::Layout;

/// Cells along each side.
pub(crate) const CELLS: usize = 64;
/// Rows taken through the horizontal passes side by side: one running sum has to wait for itself, eight do not.
const LANES: usize = 8;

/// One column of eight rows.
type Lane = [f32; LANES];

/// The window of one pass along a side of `length`: half a cell, rounded up (`computeJaroszFilterWindowSize`). Value
/// `i` of the outcome is the mean of `i - lag + 1 ..= i + lead`, as far as those exist.
#[derive(Debug, Clone, Copy)]
struct Window {
    length: usize,
    full: usize,
    lead: usize,
    lag: usize,
}

impl Window {
    fn over(length: usize) -> Self {
        let full = length.div_ceil(2 * CELLS);
        let lead = full / 2;
        Self { length, full, lead, lag: full - lead }
    }

    /// How many values there are in window `i`.
    #[expect(clippy::cast_precision_loss, reason = "a window has at most 157 values")]
    fn count(self, i: usize) -> f32 {
        ((i + self.lead + 1).min(self.length) - (i + 1).saturating_sub(self.lag)) as f32
    }

    /// Slides along eight rows at once; `emit` gets each place and the sums there.
    #[inline(always)]
    fn slide(self, values: &[Lane], mut emit: impl FnMut(usize, &Lane)) {
        let values = values.get(..self.length).unwrap_or_default();
        let mut sums = [0.0; LANES];
        let (before, entering) = values.split_at(self.lead.min(values.len()));
        before.iter().for_each(|value| add(&mut sums, value));
        let (alone, paired) = entering.split_at(self.lag.min(entering.len()));
        for (i, value) in alone.iter().enumerate() {
            add(&mut sums, value);
            emit(i, &sums);
        }
        for ((i, value), leaving) in (self.lag..).zip(paired).zip(values) {
            add(&mut sums, value);
            subtract(&mut sums, leaving);
            emit(i, &sums);
        }
        let leaving = values.iter().skip(self.length - self.full).take(self.lead);
        for (i, leaving) in (self.length - self.lead..).zip(leaving) {
            subtract(&mut sums, leaving);
            emit(i, &sums);
        }
    }
}

#[inline(always)]
fn add(sums: &mut Lane, value: &Lane) {
    for (sum, value) in sums.iter_mut().zip(value) {
        *sum += value;
    }
}

#[inline(always)]
fn subtract(sums: &mut Lane, value: &Lane) {
    for (sum, value) in sums.iter_mut().zip(value) {
        *sum -= value;
    }
}

/// The vertical pass over rows as they come: running sums of each column, and the rows of one window.
struct Down {
    window: Window,
    width: usize,
    taken: usize,
    sums: Vec<f32>,
    held: Vec<f32>,
    mean: Vec<f32>,
}

impl Down {
    fn new(window: Window, width: usize) -> Self {
        Self {
            window,
            width,
            taken: 0,
            sums: vec![0.0; width],
            held: vec![0.0; width * window.full],
            mean: vec![0.0; width],
        }
    }

    /// Takes the next row; the outcome's next row with its place, once there is one.
    fn push(&mut self, row: &[f32]) -> Option<(usize, &[f32])> {
        let window = self.window;
        let at = self.taken % window.full * self.width;
        let held = self.held.get_mut(at..at + self.width).unwrap_or_default();
        self.taken += 1;
        let Some(place) = (self.taken - 1).checked_sub(window.lead) else {
            for ((sum, held), value) in self.sums.iter_mut().zip(held).zip(row) {
                *sum += value;
                *held = *value;
            }
            return None;
        };
        let count = window.count(place);
        let values = self.sums.iter_mut().zip(held).zip(row).zip(&mut self.mean);
        if place < window.lag {
            for (((sum, held), value), mean) in values {
                *sum += value;
                *held = *value;
                *mean = *sum / count;
            }
        } else {
            // What leaves the window stands where the new row goes.
            for (((sum, held), value), mean) in values {
                *sum += value;
                *sum -= *held;
                *held = *value;
                *mean = *sum / count;
            }
        }
        Some((place, &self.mean))
    }

    /// After the last row: the outcome's next row, until there is none.
    fn drain(&mut self) -> Option<(usize, &[f32])> {
        let window = self.window;
        let place = self.taken - window.lead;
        if place >= window.length {
            return None;
        }
        let at = self.taken % window.full * self.width;
        self.taken += 1;
        let count = window.count(place);
        let held = self.held.get(at..at + self.width).unwrap_or_default();
        for ((sum, held), mean) in self.sums.iter_mut().zip(held).zip(&mut self.mean) {
            *sum -= held;
            *mean = *sum / count;
        }
        Some((place, &self.mean))
    }
}

/// Up to eight rows on their way through a horizontal pass: row by row as they come and go, column by column within.
struct Batch {
    /// Columns, rounded up to whole tiles.
    stride: usize,
    filled: usize,
    rows: Vec<f32>,
    lanes: Vec<Lane>,
}

impl Batch {
    fn new(width: usize) -> Self {
        let stride = width.next_multiple_of(LANES);
        let (rows, lanes) = (vec![0.0; stride * LANES], vec![[0.0; LANES]; stride]);
        Self { stride, filled: 0, rows, lanes }
    }

    /// Where the next row goes.
    fn next(&mut self) -> &mut [f32] {
        let at = self.filled * self.stride;
        self.filled += 1;
        self.rows.get_mut(at..at + self.stride).unwrap_or_default()
    }

    fn is_full(&self) -> bool {
        self.filled == LANES
    }

    /// Turns rows into lanes, tile by tile.
    fn turn(&mut self) {
        let tiles = self.stride / LANES;
        let (rows, _) = self.rows.as_chunks::<LANES>();
        for (x, lanes) in self.lanes.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let mut tile = [[0.0; LANES]; LANES];
            for (part, row) in tile.iter_mut().zip(rows.iter().skip(x).step_by(tiles)) {
                *part = *row;
            }
            *lanes = transposed(&tile);
        }
    }

    /// Turns lanes into the rows of this batch.
    fn turn_back(&mut self, lanes: &[Lane]) {
        let tiles = self.stride / LANES;
        let (rows, _) = self.rows.as_chunks_mut::<LANES>();
        for (x, lanes) in lanes.as_chunks::<LANES>().0.iter().enumerate() {
            for (row, part) in rows.iter_mut().skip(x).step_by(tiles).zip(transposed(lanes)) {
                *row = part;
            }
        }
    }
}

#[inline(always)]
fn transposed(tile: &[Lane; LANES]) -> [Lane; LANES] {
    std::array::from_fn(|x| std::array::from_fn(|y| tile[y][x]))
}

/// The second half of the filter, of which only one value in each cell is kept.
struct Second {
    across: Window,
    down: Down,
    columns: [usize; CELLS],
    rows: [usize; CELLS],
    cells: [[f32; CELLS]; CELLS],
}

impl Second {
    /// Takes the rows of a batch, and empties it.
    fn take(&mut self, batch: &mut Batch) {
        batch.turn();
        let mut picked = [[0.0; LANES]; CELLS];
        let mut wanted = picked.iter_mut().zip(self.columns).peekable();
        self.across.slide(&batch.lanes, |i, sums| {
            // A picture narrower than the cells gives one column to several.
            while let Some((mean, _)) = wanted.next_if(|(_, column)| *column == i) {
                *mean = divided(sums, self.across.count(i));
            }
        });
        for lane in 0..batch.filled {
            let row = picked.map(|column| column[lane]);
            if let Some((place, mean)) = self.down.push(&row) {
                keep(&mut self.cells, &self.rows, place, mean);
            }
        }
        batch.filled = 0;
    }

    fn finish(mut self) -> [[f32; CELLS]; CELLS] {
        while let Some((place, mean)) = self.down.drain() {
            keep(&mut self.cells, &self.rows, place, mean);
        }
        self.cells
    }
}

/// Keeps a row for the cells that are taken from it.
fn keep(cells: &mut [[f32; CELLS]; CELLS], rows: &[usize; CELLS], place: usize, mean: &[f32]) {
    for (cells, _) in cells.iter_mut().zip(rows).filter(|(_, row)| **row == place) {
        cells.copy_from_slice(mean);
    }
}

#[inline(always)]
fn divided(sums: &Lane, count: f32) -> Lane {
    sums.map(|sum| sum / count)
}

/// Where each cell's value stands along a side: `(cell + 0.5) × length / 64`, rounded down.
fn centres(length: usize) -> [usize; CELLS] {
    std::array::from_fn(|cell| (2 * cell + 1) * length / (2 * CELLS))
}

/// Takes a picture row by row from the top; at the end, its 64 × 64 cells.
pub(crate) struct Tent {
    layout: Layout,
    width: usize,
    across: Window,
    grey: Batch,
    /// The outcome of the first horizontal pass, before it is turned back into rows.
    means: Vec<Lane>,
    first: Down,
    between: Batch,
    second: Second,
}

impl Tent {
    /// For a picture of this size; each side at least one.
    pub(crate) fn new(width: usize, height: usize, layout: Layout) -> Self {
        let (across, down) = (Window::over(width), Window::over(height));
        let grey = Batch::new(width);
        Self {
            layout,
            width,
            across,
            means: grey.lanes.clone(),
            grey,
            first: Down::new(down, width),
            between: Batch::new(width),
            second: Second {
                across,
                down: Down::new(down, CELLS),
                columns: centres(width),
                rows: centres(height),
                cells: [[0.0; CELLS]; CELLS],
            },
        }
    }

    /// Adds the next row: exactly width × bytes of a pixel.
    pub(crate) fn push(&mut self, row: &[u8]) {
        let grey = self.grey.next();
        match self.layout {
            Layout::Grey => from_grey::<1>(row, grey),
            Layout::GreyAlpha => from_grey::<2>(row, grey),
            Layout::Rgb => from_colour::<3>(row, grey),
            Layout::Rgba => from_colour::<4>(row, grey),
        }
        if self.grey.is_full() {
            self.first_half();
        }
    }

    /// The cells, once every row has come.
    pub(crate) fn finish(mut self) -> [[f32; CELLS]; CELLS] {
        self.first_half();
        while let Some((_, mean)) = self.first.drain() {
            hand_on(mean, &mut self.between, &mut self.second);
        }
        self.second.take(&mut self.between);
        self.second.finish()
    }

    /// Takes the rows that have gathered through the first half, and hands on what comes of it.
    fn first_half(&mut self) {
        self.grey.turn();
        let mut means = self.means.iter_mut();
        self.across.slide(&self.grey.lanes, |i, sums| {
            if let Some(mean) = means.next() {
                *mean = divided(sums, self.across.count(i));
            }
        });
        self.grey.turn_back(&self.means);
        for row in self.grey.rows.chunks_exact(self.grey.stride).take(self.grey.filled) {
            let row = row.get(..self.width).unwrap_or_default();
            if let Some((_, mean)) = self.first.push(row) {
                hand_on(mean, &mut self.between, &mut self.second);
            }
        }
        self.grey.filled = 0;
    }
}

fn hand_on(mean: &[f32], between: &mut Batch, second: &mut Second) {
    for (to, from) in between.next().iter_mut().zip(mean) {
        *to = *from;
    }
    if between.is_full() {
        second.take(between);
    }
}

/// Grey as it is, the same as BT.601 of three equal channels. What follows it, alpha, does not count.
fn from_grey<const B: usize>(row: &[u8], grey: &mut [f32]) {
    for (pixel, grey) in row.as_chunks::<B>().0.iter().zip(grey) {
        *grey = f32::from(pixel[0]);
    }
}

/// BT.601 luma, rounded once: the thousandths are a whole number that fits. Alpha does not count.
fn from_colour<const B: usize>(row: &[u8], grey: &mut [f32]) {
    for (pixel, grey) in row.as_chunks::<B>().0.iter().zip(grey) {
        let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(i32::from);
        *grey = thousandths(299 * r + 587 * g + 114 * b);
    }
}

#[inline(always)]
#[expect(clippy::cast_precision_loss, reason = "at most 255 000")]
fn thousandths(sum: i32) -> f32 {
    sum as f32 / 1000.0
}

#[cfg(test)]
mod tests;
