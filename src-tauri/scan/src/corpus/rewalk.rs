//! The proof of a locator: from its steps alone back to the bytes.
//!
//! It must never look at anything but what the steps name.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::name::restored;
use super::tap::{Exactly, Tap};
use super::walk::{Visitor, Walk};
use super::zip::entry;
use super::{Fault, Limits, Member, Problem, Step, StepKind, step, warc};

/// Re-walks a locator top down and gives the SHA-256 of the bytes it leads to. `base` is the folder
/// its uris start from. Digests that the steps name for the container and for the bytes are checked.
///
/// # Errors
/// When a layer is not there, is not what its digest says, or cannot be read.
pub fn rewalk(base: &Path, steps: &[Step]) -> Result<[u8; 32], Problem> {
    let uri = steps.first().and_then(|step| step.uri.clone()).unwrap_or_default();
    let problem = |fault| Problem::new(fault, &uri);
    let unreadable =
        |error: io::Error| problem(Fault::Unreadable).because(error.kind().to_string());
    let Some(outer) = steps.first().filter(|step| step.kind == StepKind::LocalFile) else {
        return Err(problem(Fault::Foreign).because("the first step is not a file of a corpus"));
    };
    let path = path_of(base, &uri);
    let (whole, _) =
        Tap::new(File::open(&path).map_err(unreadable)?).finish().map_err(unreadable)?;
    let whole = whole.unwrap_or_default();
    let fits = |step: &Step, digest: &[u8; 32]| {
        step::sha256_of(step).is_none_or(|named| named == hex::encode(digest))
    };
    if !fits(outer, &whole) {
        return Err(
            problem(Fault::Checksum).because("the container is not the one that was scanned")
        );
    }
    // A row in another file describes the bytes; it does not hold them.
    let Some(inner) = steps.get(1).filter(|step| step.uri.is_none()) else { return Ok(whole) };
    let mut file = File::open(&path).map_err(unreadable)?;
    let digest = inner_digest(&mut file, inner).map_err(unreadable)?;
    match digest {
        Some(digest) if fits(inner, &digest) => Ok(digest),
        Some(_) => Err(problem(Fault::Checksum).because("the place holds other bytes")),
        None => Err(problem(Fault::Damaged).because("the place holds no such member")),
    }
}

/// The file a uri names.
fn path_of(base: &Path, uri: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    let plain = base.join(uri);
    if plain.symlink_metadata().is_ok() {
        return plain;
    }
    match restored(uri, true) {
        Some(bytes) => base.join(std::ffi::OsString::from_vec(bytes)),
        None => plain,
    }
}

fn inner_digest(file: &mut File, inner: &Step) -> io::Result<Option<[u8; 32]>> {
    let (Some(offset), Some(length)) = (inner.offset, inner.length) else {
        return match inner.kind {
            StepKind::ParquetRow => {
                let value = super::parquet::value_at(file.try_clone()?, inner);
                Ok(value.ok().flatten().map(|value| Sha256::digest(value).into()))
            }
            _ => Ok(None),
        };
    };
    let packed = inner.extra.get(step::COMPRESSION).and_then(Value::as_str);
    match (inner.kind, packed) {
        (StepKind::TarMember, Some(_)) => {
            let mut tap = Tap::counting(MultiGzDecoder::new(io::BufReader::new(file)));
            tap.skip(offset)?;
            digest_of(Exactly { inner: &mut tap, left: length }).map(Some)
        }
        (StepKind::TarMember, None) => {
            file.seek(SeekFrom::Start(offset))?;
            digest_of(Exactly { inner: file, left: length }).map(Some)
        }
        (StepKind::ZipMember, packed) => {
            file.seek(SeekFrom::Start(offset))?;
            let method = if packed.is_some() { entry::DEFLATED } else { entry::STORED };
            let range = entry::Entry::range(method, length);
            digest_of(super::zip::unpacked(file, &range, Limits::default())).map(Some)
        }
        (StepKind::WarcRecord, _) => {
            file.seek(SeekFrom::Start(offset))?;
            let wanted = inner.extra.get(warc::INNER_OFFSET).and_then(Value::as_u64);
            let mut content = Content { wanted: wanted.unwrap_or_default(), digest: None };
            let mut walk = Walk::new("record", 0, &mut content);
            // Problems of the record were told when it was walked.
            let _ = warc::walk(file.take(length), &mut walk);
            Ok(content.digest)
        }
        _ => Ok(None),
    }
}

fn digest_of(mut bytes: impl Read) -> io::Result<[u8; 32]> {
    let mut sum = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match bytes.read(&mut buffer)? {
            0 => return Ok(sum.finalize().into()),
            count => sum.update(buffer.get(..count).unwrap_or_default()),
        }
    }
}

/// Takes the content of one record.
struct Content {
    wanted: u64,
    digest: Option<[u8; 32]>,
}

impl Visitor for Content {
    fn member(&mut self, member: Member<'_>) -> io::Result<bool> {
        let inner = member.steps.last().and_then(|step| step.extra.get(warc::INNER_OFFSET));
        if inner.and_then(Value::as_u64).unwrap_or_default() != self.wanted {
            return Ok(true);
        }
        self.digest = Some(digest_of(member.bytes)?);
        Ok(false)
    }

    fn problem(&mut self, _: Problem) {}
}
