//! libFuzzer's entry for `fuzz::repositories`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::on_large_stack(fuzz::repositories, data));
