//! The wire protocol between Casement and its airlock process, and nothing else: no I/O, no dependencies.
//!
//! One process, one picture. The parent writes a [`Request`] header and the picture's bytes to the child's standard
//! input and closes it; the child answers a [`Reply`] header and exactly as many samples as that header says, or
//! nothing and an exit code. All integers are little-endian.
//!
//! ```text
//! request   magic "CSAL" · version u8 · k u8 · tone u8 · 0 u8 · length u64 · `length` bytes · end
//! reply     status u8 · flags u8 · samples across u16 · down u16 · picture width u32 · height u32 · samples · end
//! ```
//!
//! A process started with another argument answers hashes instead, and nothing else: [`hashing`].
//!
//! It must never carry text: what a hostile picture could make a decoder say stays in the child.

pub mod hashing;

use std::fmt;

/// First bytes of a request.
pub const MAGIC: [u8; 4] = *b"CSAL";
/// Version of this protocol.
pub const VERSION: u8 = 1;
/// Most samples along the long side that any level may release.
pub const MAX_SIDE: u8 = 96;
/// Longest file the airlock reads.
pub const MAX_FILE_BYTES: u64 = 128 << 20;
/// Longest side of a picture it decodes, in pixels.
pub const MAX_PICTURE_SIDE: u32 = 20_000;
/// Most pixels of a picture it decodes.
pub const MAX_PICTURE_PIXELS: u64 = 100_000_000;
/// Argument that makes the program try one forbidden thing after confining itself, instead of decoding.
pub const PROBE_ARGUMENT: &str = "--probe";

/// Exit codes: the only error text that leaves the airlock. Numbers follow `sysexits.h` where one fits.
pub mod exit {
    /// An answer was written.
    pub const OK: u8 = 0;
    /// A probe was allowed to do what must be refused.
    pub const PERMITTED: u8 = 1;
    /// The request does not follow the protocol.
    pub const BAD_REQUEST: u8 = 64;
    /// Not a picture in a format the airlock knows, or too damaged to show any of it.
    pub const NOT_DECODABLE: u8 = 65;
    /// More pixels, or more bytes, than the fixed limits.
    pub const TOO_LARGE: u8 = 66;
    /// The decoder panicked.
    pub const CRASHED: u8 = 70;
    /// Memory ran out within the limit.
    pub const LIMITS: u8 = 75;
    /// The process could not confine itself and read nothing.
    pub const NOT_CONFINED: u8 = 78;
}

/// What can be wrong with a message. Carries no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtocolError {
    /// Other first bytes, or another version.
    Unknown,
    /// A field outside its fixed range.
    OutOfRange,
    /// Fields that cannot all be true, or that do not answer the request.
    Contradiction,
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "not a message of this protocol version",
            Self::OutOfRange => "a field is outside its fixed range",
            Self::Contradiction => "the fields contradict each other or the request",
        })
    }
}

impl std::error::Error for ProtocolError {}

/// Whether samples are grey or coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// One byte a sample: BT.601 luma.
    Grey,
    /// Three bytes a sample: red, green, blue.
    Colour,
}

impl Tone {
    /// Bytes of one sample.
    pub const fn channels(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Colour => 3,
        }
    }
}

/// What is asked of the airlock: this many bytes of picture, at most `k` samples along its long side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    k: u8,
    tone: Tone,
    length: u64,
}

impl Request {
    /// Bytes of the header.
    pub const HEADER: usize = 16;

    /// A request for `k` samples (1 to [`MAX_SIDE`]) of a file of `length` bytes (1 to [`MAX_FILE_BYTES`]).
    ///
    /// # Errors
    /// [`ProtocolError::OutOfRange`] outside those ranges.
    pub const fn new(k: u8, tone: Tone, length: u64) -> Result<Self, ProtocolError> {
        if k == 0 || k > MAX_SIDE || length == 0 || length > MAX_FILE_BYTES {
            return Err(ProtocolError::OutOfRange);
        }
        Ok(Self { k, tone, length })
    }

    /// Samples along the long side, at most.
    pub const fn k(&self) -> u8 {
        self.k
    }

    /// Grey or coloured.
    pub const fn tone(&self) -> Tone {
        self.tone
    }

    /// Bytes of picture that follow the header.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The header as sent.
    pub fn encode(&self) -> [u8; Self::HEADER] {
        let mut out = [0; Self::HEADER];
        out[..4].copy_from_slice(&MAGIC);
        out[4] = VERSION;
        out[5] = self.k;
        out[6] = match self.tone {
            Tone::Grey => 0,
            Tone::Colour => 1,
        };
        out[8..].copy_from_slice(&self.length.to_le_bytes());
        out
    }

    /// Reads a header.
    ///
    /// # Errors
    /// [`ProtocolError::Unknown`] for another protocol, [`ProtocolError::OutOfRange`] for a field outside its range.
    pub fn decode(untrusted: &[u8; Self::HEADER]) -> Result<Self, ProtocolError> {
        let [m0, m1, m2, m3, version, k, tone, reserved, length @ ..] = *untrusted;
        if [m0, m1, m2, m3] != MAGIC || version != VERSION {
            return Err(ProtocolError::Unknown);
        }
        let tone = match tone {
            0 => Tone::Grey,
            1 => Tone::Colour,
            _ => return Err(ProtocolError::OutOfRange),
        };
        if reserved != 0 {
            return Err(ProtocolError::OutOfRange);
        }
        Self::new(k, tone, u64::from_le_bytes(length))
    }
}

/// How many samples a picture of `width` × `height` pixels is averaged to under bound `k`: the long side becomes
/// `min(k, long side)`, the short side keeps the proportion and is at least one. Never more samples than pixels.
pub fn fit(width: u32, height: u32, k: u8) -> (u16, u16) {
    let long = width.max(height).max(1);
    let bound = u16::from(k).min(u16::try_from(long).unwrap_or(u16::MAX));
    let scale = |side: u32| {
        let rounded =
            (2 * u64::from(side) * u64::from(bound) + u64::from(long)) / (2 * u64::from(long));
        u16::try_from(rounded).unwrap_or(bound).clamp(1, bound.max(1))
    };
    (scale(width), scale(height))
}

/// The head of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    across: u16,
    down: u16,
    width: u32,
    height: u32,
    damaged: bool,
    tone: Tone,
}

impl Reply {
    /// Bytes of the header.
    pub const HEADER: usize = 14;
    const DAMAGED: u8 = 1;

    /// The answer to `request` for a picture of `width` × `height` pixels as it is meant to be seen.
    ///
    /// # Errors
    /// [`ProtocolError::OutOfRange`] for an empty picture or one beyond the fixed limits.
    pub fn new(
        request: &Request,
        width: u32,
        height: u32,
        damaged: bool,
    ) -> Result<Self, ProtocolError> {
        let sides = 1..=MAX_PICTURE_SIDE;
        let pixels = u64::from(width) * u64::from(height);
        if !sides.contains(&width) || !sides.contains(&height) || pixels > MAX_PICTURE_PIXELS {
            return Err(ProtocolError::OutOfRange);
        }
        let (across, down) = fit(width, height, request.k);
        Ok(Self { across, down, width, height, damaged, tone: request.tone })
    }

    /// Samples across.
    pub const fn across(&self) -> u16 {
        self.across
    }

    /// Samples down.
    pub const fn down(&self) -> u16 {
        self.down
    }

    /// Width of the picture in pixels, as it is meant to be seen. A fact only: nothing is sized by it.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height of the picture in pixels.
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The file is truncated or corrupt; what could not be read was filled in.
    pub const fn damaged(&self) -> bool {
        self.damaged
    }

    /// Bytes of samples that follow the header, row by row from the top left.
    pub fn sample_bytes(&self) -> usize {
        usize::from(self.across) * usize::from(self.down) * self.tone.channels()
    }

    /// The header as sent.
    pub fn encode(&self) -> [u8; Self::HEADER] {
        let mut out = [0; Self::HEADER];
        out[0] = exit::OK;
        out[1] = if self.damaged { Self::DAMAGED } else { 0 };
        out[2..4].copy_from_slice(&self.across.to_le_bytes());
        out[4..6].copy_from_slice(&self.down.to_le_bytes());
        out[6..10].copy_from_slice(&self.width.to_le_bytes());
        out[10..14].copy_from_slice(&self.height.to_le_bytes());
        out
    }

    /// Reads the head of an answer to `request` from a child that may be under the control of the picture. Every
    /// integer is held against a constant before anything is sized by it, and the number of samples must be exactly
    /// the one that follows from `k` and the picture's proportion.
    ///
    /// # Errors
    /// [`ProtocolError`]; the answer is to be thrown away whole.
    pub fn decode(
        untrusted: &[u8; Self::HEADER],
        request: &Request,
    ) -> Result<Self, ProtocolError> {
        let [untrusted_status, untrusted_flags, a0, a1, d0, d1, untrusted_size @ ..] = *untrusted;
        let untrusted_across = u16::from_le_bytes([a0, a1]);
        let untrusted_down = u16::from_le_bytes([d0, d1]);
        let [w0, w1, w2, w3, h0, h1, h2, h3] = untrusted_size;
        let untrusted_width = u32::from_le_bytes([w0, w1, w2, w3]);
        let untrusted_height = u32::from_le_bytes([h0, h1, h2, h3]);
        if untrusted_status != exit::OK {
            return Err(ProtocolError::Unknown);
        }
        if untrusted_flags & !Self::DAMAGED != 0
            || untrusted_across > u16::from(MAX_SIDE)
            || untrusted_down > u16::from(MAX_SIDE)
        {
            return Err(ProtocolError::OutOfRange);
        }
        let damaged = untrusted_flags & Self::DAMAGED != 0;
        let reply = Self::new(request, untrusted_width, untrusted_height, damaged)?;
        if (reply.across, reply.down) != (untrusted_across, untrusted_down) {
            return Err(ProtocolError::Contradiction);
        }
        Ok(reply)
    }
}

/// One thing the confined process must not be able to do, tried by the process itself after confinement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// Confine, do nothing forbidden, leave.
    Confined,
    /// Open a file for reading.
    Open,
    /// Create a file.
    Write,
    /// Connect to a network address.
    Connect,
    /// Become another program.
    Exec,
    /// Split into two processes.
    Fork,
    /// Start a thread.
    Thread,
    /// Make memory executable.
    Code,
    /// Allocate 2 GiB.
    Alloc,
}

/// How a probe must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// With this exit code.
    Exit(u8),
    /// Killed by the kernel for the call itself (`SIGSYS`).
    Killed,
}

impl Probe {
    /// Every probe, in the order `doctor` shows them.
    pub const ALL: [Self; 9] = [
        Self::Confined,
        Self::Open,
        Self::Write,
        Self::Connect,
        Self::Exec,
        Self::Fork,
        Self::Thread,
        Self::Code,
        Self::Alloc,
    ];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confined => "confined",
            Self::Open => "open",
            Self::Write => "write",
            Self::Connect => "connect",
            Self::Exec => "exec",
            Self::Fork => "fork",
            Self::Thread => "thread",
            Self::Code => "code",
            Self::Alloc => "alloc",
        }
    }

    /// What it tries, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Confined => "confine itself",
            Self::Open => "open a file",
            Self::Write => "create a file",
            Self::Connect => "reach the network",
            Self::Exec => "run another program",
            Self::Fork => "start a process",
            Self::Thread => "start a thread",
            Self::Code => "make memory executable",
            Self::Alloc => "take 2 GiB of memory",
        }
    }

    /// How it must end on a machine that can confine the decoder.
    pub const fn expected(self) -> Outcome {
        match self {
            Self::Confined => Outcome::Exit(exit::OK),
            Self::Alloc => Outcome::Exit(exit::LIMITS),
            _ => Outcome::Killed,
        }
    }

    /// The probe of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|probe| probe.name() == name)
    }
}
