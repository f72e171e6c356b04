//! Go's `strings` and `unicode/utf8` on bytes, with Go's rules for bytes that are not UTF-8.

mod utf8;

pub use utf8::{append_rune, decode_last_rune, decode_rune, rune_count, rune_len, runes, valid_rune};
