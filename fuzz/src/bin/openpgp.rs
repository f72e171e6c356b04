//! libFuzzer's entry for `fuzz::openpgp`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::on_large_stack(fuzz::openpgp, data));
