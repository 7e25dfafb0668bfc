//! The second half of the protocol: a confined process that answers perceptual hashes, one file after another.
//!
//! Which half a process speaks is settled by its argument before it reads anything ([`ARGUMENT`]); there is no message
//! that changes it. A hashing process has no way to say more than an [`Answer`]: 44 bytes, whatever it was sent.
//! All integers are little-endian.
//!
//! ```text
//! ask      magic "CSAH" · version u8 · 0 u8 × 3 · length u64 · `length` bytes · the next ask, or end
//! answer   status u8 · flags u8 · quality u8 · 0 u8 · width u32 · height u32 · hash 32 bytes · the next answer
//! ```
//!
//! It must never carry samples, nor anything whose length the file decides.

use crate::{MAX_FILE_BYTES, MAX_PICTURE_PIXELS, MAX_PICTURE_SIDE, ProtocolError, VERSION, exit};

/// Argument that makes the program hash instead of average.
pub const ARGUMENT: &str = "--pdq";
/// First bytes of an ask.
pub const MAGIC: [u8; 4] = *b"CSAH";
/// Files one process takes before it leaves, so that one a picture took over does not live on.
pub const MAX_FILES: u32 = 256;

/// The head of an ask: this many bytes of file follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    length: u64,
}

impl Ask {
    /// Bytes of the head.
    pub const HEADER: usize = 16;

    /// For a file of `length` bytes (1 to [`MAX_FILE_BYTES`]).
    ///
    /// # Errors
    /// [`ProtocolError::OutOfRange`] outside that range.
    pub const fn new(length: u64) -> Result<Self, ProtocolError> {
        if length == 0 || length > MAX_FILE_BYTES {
            return Err(ProtocolError::OutOfRange);
        }
        Ok(Self { length })
    }

    /// Bytes of file that follow.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The head as sent.
    pub fn encode(&self) -> [u8; Self::HEADER] {
        let mut out = [0; Self::HEADER];
        out[..4].copy_from_slice(&MAGIC);
        out[4] = VERSION;
        out[8..].copy_from_slice(&self.length.to_le_bytes());
        out
    }

    /// Reads a head.
    ///
    /// # Errors
    /// [`ProtocolError::Unknown`] for another protocol, [`ProtocolError::OutOfRange`] for a field outside its range.
    pub fn decode(untrusted: &[u8; Self::HEADER]) -> Result<Self, ProtocolError> {
        let [m0, m1, m2, m3, version, r0, r1, r2, length @ ..] = *untrusted;
        if [m0, m1, m2, m3] != MAGIC || version != VERSION {
            return Err(ProtocolError::Unknown);
        }
        if [r0, r1, r2] != [0; 3] {
            return Err(ProtocolError::OutOfRange);
        }
        Self::new(u64::from_le_bytes(length))
    }
}

/// What a file hashes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashed {
    /// The 256 bits, in the order of the 64 hex digits.
    pub hash: [u8; 32],
    /// 0 to 100.
    pub quality: u8,
    /// Width of the picture in pixels, as it is stored: orientation is not applied.
    pub width: u32,
    /// Height of the picture in pixels.
    pub height: u32,
    /// The file is truncated or corrupt; what could not be read was filled with grey and hashed so.
    pub damaged: bool,
}

/// Why a file has no hash, where the process lives on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Not a picture in a format the airlock knows, or too damaged to read any of it.
    NotDecodable,
    /// More pixels than the fixed limits.
    TooLarge,
}

/// An answer. Always the same length, so that nothing is sized by what an untrusted process says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The hash.
    Hashed(Hashed),
    /// There is none; the rest of the answer is zero.
    Refused(Refused),
}

impl Answer {
    /// Bytes of an answer.
    pub const LENGTH: usize = 44;
    const DAMAGED: u8 = 1;

    /// The answer as sent.
    pub fn encode(&self) -> [u8; Self::LENGTH] {
        let mut out = [0; Self::LENGTH];
        match self {
            Self::Refused(Refused::NotDecodable) => out[0] = exit::NOT_DECODABLE,
            Self::Refused(Refused::TooLarge) => out[0] = exit::TOO_LARGE,
            Self::Hashed(hashed) => {
                out[0] = exit::OK;
                out[1] = if hashed.damaged { Self::DAMAGED } else { 0 };
                out[2] = hashed.quality;
                out[4..8].copy_from_slice(&hashed.width.to_le_bytes());
                out[8..12].copy_from_slice(&hashed.height.to_le_bytes());
                out[12..].copy_from_slice(&hashed.hash);
            }
        }
        out
    }

    /// Reads an answer from a process that may be under the control of a picture. Whatever passes is within the fixed
    /// limits and is the only encoding of itself.
    ///
    /// # Errors
    /// [`ProtocolError`]; the answer is to be thrown away whole, and the process ended.
    pub fn decode(untrusted: &[u8; Self::LENGTH]) -> Result<Self, ProtocolError> {
        let [status, flags, quality, reserved, w0, w1, w2, w3, h0, h1, h2, h3, hash @ ..] =
            *untrusted;
        let refused = match status {
            exit::OK => None,
            exit::NOT_DECODABLE => Some(Refused::NotDecodable),
            exit::TOO_LARGE => Some(Refused::TooLarge),
            _ => return Err(ProtocolError::Unknown),
        };
        if let Some(refused) = refused {
            let answer = Self::Refused(refused);
            let whole = answer.encode() == *untrusted;
            return if whole { Ok(answer) } else { Err(ProtocolError::Contradiction) };
        }
        if flags & !Self::DAMAGED != 0 || reserved != 0 || quality > 100 {
            return Err(ProtocolError::OutOfRange);
        }
        let width = u32::from_le_bytes([w0, w1, w2, w3]);
        let height = u32::from_le_bytes([h0, h1, h2, h3]);
        let sides = 1..=MAX_PICTURE_SIDE;
        let pixels = u64::from(width) * u64::from(height);
        if !sides.contains(&width) || !sides.contains(&height) || pixels > MAX_PICTURE_PIXELS {
            return Err(ProtocolError::OutOfRange);
        }
        let damaged = flags & Self::DAMAGED != 0;
        Ok(Self::Hashed(Hashed { hash, quality, width, height, damaged }))
    }
}
