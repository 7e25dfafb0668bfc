//! Submission against a hotline of our own on loopback that enforces order, lifetimes and codes, and misbehaves on
//! demand: never filed twice, never lost, the register right.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod courier;
mod crash;
mod filed;
mod lab;
mod refused;
mod trouble;
