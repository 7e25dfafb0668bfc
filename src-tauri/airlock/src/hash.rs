//! The second half of the protocol: file after file in, one answer of fixed length for each out.
//! It must never write anything but answers, and holds one file at a time.

use std::io::{ErrorKind, Read, Write};

use casement_airlock::hashing::{Answer, Ask, Hashed, MAX_FILES, Refused};
use casement_airlock::{Tone, exit};

use crate::decode::{Refusal, decode};
use crate::pdq::Hasher;

/// Answers until the input ends, or the last file a process takes has been answered.
pub(crate) fn answer_all() -> Result<(), u8> {
    let mut input = std::io::stdin().lock();
    let mut out = std::io::stdout().lock();
    for _ in 0..MAX_FILES {
        let Some(file) = next(&mut input)? else { break };
        let answer = hash(&file);
        drop(file);
        out.write_all(&answer.encode())
            .and_then(|()| out.flush())
            .map_err(|_| exit::BAD_REQUEST)?;
    }
    Ok(())
}

/// The next file; none where the input ends between two.
fn next(input: &mut impl Read) -> Result<Option<Vec<u8>>, u8> {
    let mut untrusted = [0; Ask::HEADER];
    let mut filled = 0;
    while let Some(rest) = untrusted.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(exit::BAD_REQUEST),
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return Err(exit::BAD_REQUEST),
        }
    }
    let ask = Ask::decode(&untrusted).map_err(|_| exit::BAD_REQUEST)?;
    let length = usize::try_from(ask.length()).map_err(|_| exit::BAD_REQUEST)?;
    let mut file = Vec::with_capacity(length);
    input.take(ask.length()).read_to_end(&mut file).map_err(|_| exit::BAD_REQUEST)?;
    if file.len() == length { Ok(Some(file)) } else { Err(exit::BAD_REQUEST) }
}

/// The hash of one file. Colour is asked for even where luma is stored: the reference takes it from red, green and blue.
fn hash(file: &[u8]) -> Answer {
    match decode(file, Tone::Colour, Hasher::new) {
        Ok(decoded) => {
            let hash = decoded.rows.finish();
            Answer::Hashed(Hashed {
                hash: hash.bits,
                quality: hash.quality,
                width: decoded.width,
                height: decoded.height,
                damaged: decoded.damaged,
            })
        }
        Err(Refusal::NotDecodable) => Answer::Refused(Refused::NotDecodable),
        Err(Refusal::TooLarge) => Answer::Refused(Refused::TooLarge),
    }
}
