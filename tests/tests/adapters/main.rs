//! What other scanners answer, through `casectl import --format`: each vendor's shapes, its bad ones, and what is kept.
//! Lists are made up, pictures are gradients.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod lab;
mod refused;
mod taken;
