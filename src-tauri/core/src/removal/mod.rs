//! Getting confirmed content out of corpora, and rejected content back: lists for the owners, and their answers.
//!
//! It must never name in a list what is not settled, nor say that something is removed because nobody answered.

pub mod release;
