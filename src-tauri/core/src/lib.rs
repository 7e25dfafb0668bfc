//! Casement without a window: everything that matters, headless.
//!
//! The rooms, in the order the data moves: [`intake`] → [`queue`] → [`cluster`] → [`case`] → [`view`] → [`decision`] → [`removal`] → [`package`] → [`register`] → [`submission`], with
//! every step appending to the [`ledger`]. Beneath them `store` (the only SQL), [`vault`], [`airlock`], [`hash`],
//! [`account`], [`approval`], [`cybertip`], [`policy`], [`clock`]. A later room may read what an earlier one wrote; no earlier room knows a later one.
//!
//! This crate must never depend on a window toolkit, nor on a decoder of pictures.

pub mod account;
pub mod airlock;
pub mod approval;
pub mod case;
pub mod clock;
pub mod cluster;
pub mod console;
pub mod cybertip;
pub mod decision;
pub mod error;
pub mod hash;
pub mod intake;
pub mod ledger;
pub mod package;
pub mod policy;
pub mod queue;
pub mod register;
pub mod removal;
pub mod status;
mod store;
pub mod submission;
pub mod vault;
pub mod view;
pub mod wire;
mod words;

pub use console::{Console, Opening, gate};
pub use error::{Error, Kind, Result};
