//! libFuzzer's way into the reader of this name.
//!
//! The crate beneath it panics on some damaged files, and the reader catches that and tells it as damage. libFuzzer's own
//! hook would end the process before the reader could; what is not caught ends it all the same.
#![no_main]

libfuzzer_sys::fuzz_target!(
    init: std::panic::set_hook(Box::new(|_| {})),
    |data: &[u8]| casement_tests::readers::parquet(data)
);
