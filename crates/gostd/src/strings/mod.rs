//! Go's `strings` and `unicode/utf8` on bytes, with Go's rules for bytes that are not UTF-8.

mod case;
mod edit;
mod search;
mod split;
mod trim;
mod utf8;

pub use case::{equal_fold, map, title, to_lower, to_title, to_upper};
pub use edit::{join, repeat, replace, replace_all};
pub use search::{
    contains, contains_any, contains_rune, count, index, index_any, index_byte, index_func, index_rune, last_index,
};
pub use split::{cut, fields, split, split_after, split_n};
pub use trim::{
    trim, trim_func, trim_left, trim_left_func, trim_prefix, trim_right, trim_right_func, trim_space, trim_suffix,
};
pub use utf8::{append_rune, decode_last_rune, decode_rune, rune_count, rune_len, runes, valid_rune};
