//! The digests against published values, and every way of taking them against each other.

use std::io::{self, Cursor, Read};

use proptest::prelude::*;

use super::*;

/// RFC 1321 §A.5, FIPS 180-4 examples, and BLAKE3's own test of the empty input.
#[test]
fn published_values() {
    let digests = digests(&b"abc"[..]).unwrap();
    assert_eq!(hex::encode(digests.md5), "900150983cd24fb0d6963f7d28e17f72");
    assert_eq!(hex::encode(digests.sha1), "a9993e364706816aba3e25717850c26c9cd0d89d");
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(hex::encode(digests.sha256), sha256);
    let blake3 = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
    assert_eq!(hex::encode(digest(Algorithm::Blake3, b"")), blake3);
}

/// Gives what it has in bits of odd length, as a pipe may.
struct Dribble<'a>(&'a [u8], usize);

impl Read for Dribble<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1 % 70_001 + 1237;
        let length = self.1.min(into.len());
        self.0.read(&mut into[..length])
    }
}

fn content(length: usize) -> Vec<u8> {
    let mut content = vec![0; length];
    blake3::Hasher::new().finalize_xof().fill(&mut content);
    content
}

/// Lengths around everything that has a size: a block, a piece, the start of a second thread, more pieces than are on
/// their way at once.
#[test]
fn one_thread_and_two_agree_with_each_digest_alone() {
    const MIB: usize = 1 << 20;
    for length in [0, 1, 63, 64, 65, MIB - 1, MIB, MIB + 1, MIB + MIB / 4, 3 * MIB + 7, 9 * MIB] {
        let content = content(length);
        let one = digests(Cursor::new(&content)).unwrap();
        assert_eq!(one.size_bytes, length as u64);
        let alone = |algorithm| digest(algorithm, &content);
        assert_eq!(one.blake3.to_vec(), alone(Algorithm::Blake3));
        assert_eq!(one.sha256.to_vec(), alone(Algorithm::Sha256));
        assert_eq!(one.sha1.to_vec(), alone(Algorithm::Sha1));
        assert_eq!(one.md5.to_vec(), alone(Algorithm::Md5));
        assert_eq!(digests_parallel(Cursor::new(&content)).unwrap(), one, "{length}");
        assert_eq!(digests_parallel(Dribble(&content, 0)).unwrap(), one, "{length}");
    }
}

/// Fails after so many bytes.
struct Broken(u64);

impl Read for Broken {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = io::repeat(7).take(self.0).read(into)?;
        self.0 -= read as u64;
        if read == 0 { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(read) }
    }
}

#[test]
fn a_reader_that_fails_ends_both_threads_with_its_error() {
    for length in [0, 1000, 1 << 20, 5 << 20] {
        let error = digests_parallel(Broken(length)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}

proptest! {
    #[test]
    fn how_it_is_fed_makes_no_difference(content: Vec<u8>, cut in any::<prop::sample::Index>()) {
        let (front, back) = content.split_at(cut.index(content.len() + 1));
        let mut hasher = Hasher::new();
        hasher.update(front);
        hasher.update(back);
        prop_assert_eq!(hasher.finish(), digests(Cursor::new(&content)).unwrap());
    }
}
