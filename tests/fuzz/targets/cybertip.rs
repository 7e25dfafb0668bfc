//! libFuzzer's way into the reader of this name.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| casement_tests::readers::cybertip(data));
