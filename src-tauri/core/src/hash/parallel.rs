//! The four digests on two threads: MD5, the slowest, on one; reading and the other three on the other.
//!
//! It must never be used where every core has work already: it shortens the wait for one content, not the work.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use md5::Md5;
use sha2::Digest as _;

use super::{Digests, Hasher, Quick};

/// Content shorter than this is not worth a thread.
const SMALL: usize = 1 << 20;
/// How much is handed over at a time, and how many such pieces are on their way at once.
const PIECE: usize = 256 * 1024;
const PIECES: usize = 4;

type Piece = Arc<Vec<u8>>;

/// Reads to the end and answers the digests; content of more than a mebibyte on two threads. For a caller with a core to
/// spare: one that keeps all cores busy with contents of their own uses [`super::digests`].
///
/// # Errors
/// Those of the reader.
pub fn digests_parallel(mut from: impl Read) -> io::Result<Digests> {
    let mut head = vec![0; SMALL];
    let read = fill(&mut from, &mut head)?;
    head.truncate(read);
    if read < SMALL {
        let mut hasher = Hasher::new();
        hasher.update(&head);
        return Ok(hasher.finish());
    }
    let (send, receive) = sync_channel::<Piece>(PIECES);
    let (send_back, returned) = sync_channel::<Piece>(PIECES + 1);
    std::thread::scope(|scope| {
        let other =
            std::thread::Builder::new().spawn_scoped(scope, move || md5(&receive, &send_back));
        let Ok(other) = other else {
            return alone(&head, from);
        };
        let quick = feed(Arc::new(head), from, send, &returned)?;
        let md5 = other.join().map_err(|_| io::Error::other("a digest broke off"))?;
        Ok(quick.finish(md5))
    })
}

/// Digests what it is sent, in order, and sends it back to be filled again.
fn md5(receive: &Receiver<Piece>, send_back: &SyncSender<Piece>) -> Md5 {
    let mut md5 = Md5::new();
    for piece in receive {
        md5.update(&*piece);
        // Nobody waits for the last ones.
        let _ = send_back.try_send(piece);
    }
    md5
}

/// Reads, hands each piece over, and digests it here at the same time.
fn feed(
    head: Piece,
    mut from: impl Read,
    send: SyncSender<Piece>,
    returned: &Receiver<Piece>,
) -> io::Result<Quick> {
    let gone = || io::Error::other("a digest broke off");
    let mut quick = Quick::default();
    send.send(Arc::clone(&head)).map_err(|_| gone())?;
    quick.update(&head);
    drop(head);
    for turn in 0.. {
        let mut piece =
            if turn < PIECES { Piece::default() } else { returned.recv().map_err(|_| gone())? };
        // The other thread has let go of what it returns; were it not so, this would copy, not fail.
        let buffer = Arc::make_mut(&mut piece);
        buffer.resize(PIECE, 0);
        let read = fill(&mut from, buffer)?;
        buffer.truncate(read);
        if read > 0 {
            send.send(Arc::clone(&piece)).map_err(|_| gone())?;
            quick.update(&piece);
        }
        if read < PIECE {
            break;
        }
    }
    Ok(quick)
}

/// Where no thread can be had.
fn alone(head: &[u8], mut from: impl Read) -> io::Result<Digests> {
    let mut hasher = Hasher::new();
    hasher.update(head);
    let mut buffer = vec![0; PIECE];
    loop {
        match fill(&mut from, &mut buffer)? {
            0 => return Ok(hasher.finish()),
            read => hasher.update(buffer.get(..read).unwrap_or_default()),
        }
    }
}

/// Reads until the buffer is full or there is no more; how much.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
