//! The four digests of one file, as `b3sum`, `sha256sum` and `md5sum` would print theirs, on one thread or on two.

use std::fs::File;

use anyhow::Result;
use casement_core::hash::{digests, digests_parallel};

/// Prints BLAKE3, SHA-256 and MD5 of the file, a line each.
pub(crate) fn print(file: &str, threads: &str) -> Result<()> {
    let file = File::open(file)?;
    let taken = if threads == "1" { digests(file)? } else { digests_parallel(file)? };
    println!("{}", hex::encode(taken.blake3));
    println!("{}", hex::encode(taken.sha256));
    println!("{}", hex::encode(taken.md5));
    Ok(())
}
