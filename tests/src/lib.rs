//! What whole-path tests share: `casectl` as a process, workspaces that vanish, and finds about harmless pictures.
//! It must never hold a rule of the console, nor take anything from core that a test compares core with.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

pub mod casectl;
pub mod corpora;
pub mod finds;
pub mod hotline;
pub mod keys;
pub mod oracles;
pub mod originals;
pub mod pictures;
pub mod readers;
pub mod workspace;
