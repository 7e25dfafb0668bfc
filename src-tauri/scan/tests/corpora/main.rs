//! Corpora that other tools made, read against what those tools say of them; corpora with one thing
//! wrong each; and bytes that are no corpus at all.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod arbitrary;
mod bad;
mod coded;
mod collect;
mod folders;
mod good;
mod real;
