//! Casement's own scanner: reads corpora as they lie, matches what is in them against hash lists,
//! and tells what it met as finds in the shape of `find/v1`.
//!
//! It is for a team that has no scanner; another scanner's finds are as good. It must never keep,
//! decode or show a picture itself.

pub mod corpus;
pub mod list;
pub mod matching;
pub mod scan;
