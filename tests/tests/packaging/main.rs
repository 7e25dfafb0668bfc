//! Packages made of many cases: the same bytes from the same point of the ledger, memory that does not grow with their
//! number, and nothing half where a process ends, a disk is full or a case changes on the way.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod broken;
mod grouping;
mod large;
mod office;
mod same;
