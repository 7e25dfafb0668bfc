//! The wire protocol between Casement and its courier, the one program that talks to a hotline: no network, no files.
//!
//! One process, one run, one host. The parent writes an [`Opening`] to the child's standard input, then one [`Ask`] after
//! another, each with the body it announces; the child answers each with a [`Head`] and the bytes of the answer, verbatim.
//! A frame is its length as u32, little-endian, and that many bytes of JSON; bodies follow raw.
//!
//! It must never let an ask name an address: where the courier talks to is settled by the opening alone.

use std::fmt;
use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

/// Longest JSON of a frame.
pub const MAX_FRAME: u32 = 64 << 10;
/// Longest answer that is taken from a hotline.
pub const MAX_ANSWER: u64 = 1 << 20;
/// The same for the receipt, which names every file: some sixty thousand.
pub const MAX_RECEIPT: u64 = 4 << 20;

/// Exit codes. Numbers follow `sysexits.h` where one fits.
pub mod exit {
    /// The parent has nothing more to ask.
    pub const OK: u8 = 0;
    /// The parent did not follow the protocol.
    pub const BAD_REQUEST: u8 = 64;
    /// The client panicked.
    pub const CRASHED: u8 = 70;
    /// The process could not confine itself and sent nothing.
    pub const NOT_CONFINED: u8 = 78;
}

/// A frame that cannot be read or written. Carries no content.
#[derive(Debug, thiserror::Error)]
pub enum ProtocolError {
    #[error("the other side is gone")]
    Gone(#[from] io::Error),
    #[error("not a frame of this protocol")]
    Unknown,
}

/// Text that is wiped when dropped and never printed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes charge of the text.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// How the bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    Https,
    /// Only to an address of this machine.
    Http,
}

impl Scheme {
    /// As in an address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }

    /// The port that an address leaves out.
    pub const fn port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http => 80,
        }
    }
}

/// The one place a courier talks to, and as whom.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Opening {
    pub scheme: Scheme,
    /// A name, or an address as it stands in a URL: `[::1]`.
    pub host: String,
    pub port: u16,
    /// Path of the interface without a slash at its end; empty or beginning with one.
    pub path: String,
    pub user: Secret,
    pub password: Secret,
    /// Longest wait for each phase of a request.
    pub timeout_ms: u32,
    /// `Casement/0.1.0`.
    pub agent: String,
}

impl Opening {
    /// Whether the host is an address of this machine, written as one: a name could lead elsewhere.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// What is asked. `bytes` of body follow the frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "kebab-case")]
pub enum Ask {
    /// Whether the login works.
    Status,
    /// Opens a report: the body is its XML.
    Submit { bytes: u64 },
    /// Adds a file to it: the body is the file, `name` stands in the form.
    Upload { report: String, name: String, bytes: u64 },
    /// Describes an uploaded file: the body is XML.
    Fileinfo { bytes: u64 },
    /// Completes it, for good.
    Finish { report: String },
    /// Takes it back.
    Retract { report: String },
}

impl Ask {
    /// Bytes of body that follow.
    pub const fn body(&self) -> u64 {
        match self {
            Self::Submit { bytes } | Self::Upload { bytes, .. } | Self::Fileinfo { bytes } => {
                *bytes
            }
            Self::Status | Self::Finish { .. } | Self::Retract { .. } => 0,
        }
    }

    /// Last part of the address.
    pub const fn path(&self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Submit { .. } => "submit",
            Self::Upload { .. } => "upload",
            Self::Fileinfo { .. } => "fileinfo",
            Self::Finish { .. } => "finish",
            Self::Retract { .. } => "retract",
        }
    }

    /// Most bytes of answer.
    pub const fn most(&self) -> u64 {
        if matches!(self, Self::Finish { .. }) { MAX_RECEIPT } else { MAX_ANSWER }
    }
}

/// Why no answer came. After the first three nothing can have been accepted; after the others it may have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// The host's name leads nowhere.
    Dns,
    /// The host takes no connection.
    Connect,
    /// It could not prove that it is the host, or speaks no TLS we accept.
    Tls,
    /// A phase took too long.
    Timeout,
    /// The connection ended before the answer did, or what came is no HTTP.
    HalfAnswer,
    /// The answer is longer than is taken.
    TooLong,
    /// The courier itself failed or is gone.
    Courier,
}

impl Failure {
    /// Whether the request may have been accepted all the same.
    pub const fn may_have_arrived(self) -> bool {
        !matches!(self, Self::Dns | Self::Connect | Self::Tls)
    }

    /// As it is stored and shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::HalfAnswer => "half-answer",
            Self::TooLong => "too-long",
            Self::Courier => "courier",
        }
    }

    /// The word back to the class.
    pub fn named(word: &str) -> Option<Self> {
        let all = [
            Self::Dns,
            Self::Connect,
            Self::Tls,
            Self::Timeout,
            Self::HalfAnswer,
            Self::TooLong,
            Self::Courier,
        ];
        all.into_iter().find(|failure| failure.word() == word)
    }
}

/// The head of an answer; `bytes` of it follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Head {
    Answered { status: u16, request_id: Option<String>, bytes: u64 },
    Failed { failure: Failure },
}

impl Head {
    /// Bytes that follow.
    pub const fn body(&self) -> u64 {
        match self {
            Self::Answered { bytes, .. } => *bytes,
            Self::Failed { .. } => 0,
        }
    }
}

/// A frame as sent. Wiped when dropped: an opening holds a password.
///
/// # Errors
/// [`ProtocolError::Unknown`] when it is longer than [`MAX_FRAME`].
pub fn encode(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, ProtocolError> {
    // Room for all of it from the start, so that no copy is left behind by growing.
    let mut out = Zeroizing::new(Vec::with_capacity(MAX_FRAME as usize + 4));
    out.extend_from_slice(&[0; 4]);
    serde_json::to_writer(&mut *out, value).map_err(|_| ProtocolError::Unknown)?;
    let length = u32::try_from(out.len() - 4).map_err(|_| ProtocolError::Unknown)?;
    if length > MAX_FRAME {
        return Err(ProtocolError::Unknown);
    }
    out.splice(..4, length.to_le_bytes());
    Ok(out)
}

/// The length that a frame's first four bytes state.
///
/// # Errors
/// [`ProtocolError::Unknown`] beyond [`MAX_FRAME`].
pub fn length(bytes: [u8; 4]) -> Result<usize, ProtocolError> {
    let length = u32::from_le_bytes(bytes);
    if length > MAX_FRAME {
        return Err(ProtocolError::Unknown);
    }
    Ok(length as usize)
}

/// What a frame's JSON says.
///
/// # Errors
/// [`ProtocolError::Unknown`] for anything else.
pub fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, ProtocolError> {
    serde_json::from_slice(json).map_err(|_| ProtocolError::Unknown)
}

/// Reads one frame; `None` at the end of input before one.
///
/// # Errors
/// [`ProtocolError`].
pub fn read<T: DeserializeOwned>(input: &mut impl Read) -> Result<Option<T>, ProtocolError> {
    let mut first = [0; 4];
    match input.read(&mut first)? {
        0 => return Ok(None),
        n => input.read_exact(first.get_mut(n..).unwrap_or_default())?,
    }
    let mut json = Zeroizing::new(vec![0; length(first)?]);
    input.read_exact(&mut json)?;
    decode(&json).map(Some)
}

/// Writes one frame.
///
/// # Errors
/// [`ProtocolError`].
pub fn write(output: &mut impl Write, value: &impl Serialize) -> Result<(), ProtocolError> {
    Ok(output.write_all(&encode(value)?)?)
}

#[cfg(test)]
mod tests {
    use super::{Ask, Failure, Head, MAX_FRAME, Opening, Scheme, Secret, decode, encode, read};

    fn opening(host: &str) -> Opening {
        Opening {
            scheme: Scheme::Http,
            host: host.to_owned(),
            port: 80,
            path: "/ispws".to_owned(),
            user: Secret::new("someone".to_owned()),
            password: Secret::new("open sesame".to_owned()),
            timeout_ms: 1000,
            agent: "Casement/0".to_owned(),
        }
    }

    #[test]
    fn frames_come_back_as_they_were() {
        let ask = Ask::Upload { report: "77".into(), name: "000012.bin".into(), bytes: 5 };
        let mut wire = encode(&ask).unwrap().to_vec();
        wire.extend_from_slice(b"bytes");
        let mut input = wire.as_slice();
        assert_eq!(read::<Ask>(&mut input).unwrap(), Some(ask));
        assert_eq!(input, b"bytes");
        let head = Head::Failed { failure: Failure::HalfAnswer };
        assert_eq!(decode::<Head>(&encode(&head).unwrap()[4..]).unwrap(), head);
        assert!(read::<Ask>(&mut [].as_slice()).unwrap().is_none());
        assert!(read::<Ask>(&mut (MAX_FRAME + 1).to_le_bytes().as_slice()).is_err());
        assert!(read::<Ask>(&mut [9, 0, 0, 0, b'{'].as_slice()).is_err());
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert!(!format!("{:?}", opening("127.0.0.1")).contains("sesame"));
    }

    #[test]
    fn only_an_address_is_this_machine() {
        for host in ["127.0.0.1", "127.8.8.8", "[::1]"] {
            assert!(opening(host).is_loopback(), "{host}");
        }
        for host in ["localhost", "127.0.0.1.example", "10.0.0.1", "[::2]", "0.0.0.0"] {
            assert!(!opening(host).is_loopback(), "{host}");
        }
    }

    #[test]
    fn every_class_of_failure_has_one_word() {
        for failure in [Failure::Dns, Failure::Timeout, Failure::TooLong, Failure::Courier] {
            assert_eq!(Failure::named(failure.word()), Some(failure));
        }
    }
}
