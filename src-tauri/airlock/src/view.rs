//! The first half of the protocol: one picture in, at most `k` × `k` averages of it out, and the process leaves.
//! It must never write more samples than the request allows.

use std::io::{Read, Write};

use casement_airlock::{Reply, Request, exit, fit};
use image::metadata::Orientation;

use crate::average::Averager;
use crate::decode::{Decoded, decode};

/// One request, one answer.
pub(crate) fn answer() -> Result<(), u8> {
    let (request, file) = read_request().ok_or(exit::BAD_REQUEST)?;
    let begin = |width, height, layout| Averager::new(width, height, layout, request.k());
    let picture = averaged(decode(&file, request.tone(), begin)?, &request);
    let reply = Reply::new(&request, picture.width, picture.height, picture.damaged)
        .map_err(|_| exit::TOO_LARGE)?;
    let mut out = std::io::stdout().lock();
    out.write_all(&reply.encode())
        .and_then(|()| out.write_all(&picture.samples))
        .and_then(|()| out.flush())
        .map_err(|_| exit::BAD_REQUEST)
}

/// The header, exactly the bytes it announces, and the end of input.
fn read_request() -> Option<(Request, Vec<u8>)> {
    let mut input = std::io::stdin().lock();
    let mut untrusted_header = [0; Request::HEADER];
    input.read_exact(&mut untrusted_header).ok()?;
    let request = Request::decode(&untrusted_header).ok()?;
    let length = usize::try_from(request.length()).ok()?;
    let mut file = Vec::with_capacity(length);
    // One byte more than announced, so that a longer input is noticed.
    input.take(request.length() + 1).read_to_end(&mut file).ok()?;
    (file.len() == length).then_some((request, file))
}

/// What may leave: averages, and the size the picture had, both as it is meant to be seen.
struct Averaged {
    width: u32,
    height: u32,
    damaged: bool,
    samples: Vec<u8>,
}

/// The samples, turned as the file says it is meant to be seen.
fn averaged(decoded: Decoded<Averager>, request: &Request) -> Averaged {
    let Decoded { width, height, orientation, damaged, rows } = decoded;
    let (across, down) = fit(width, height, request.k());
    let samples = rows.finish(request.tone());
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
