//! Ends cut off a text.

use super::search::contains_rune;
use super::utf8::{decode_last_rune, decode_rune};
use crate::unicode::is_space;

/// `strings.TrimLeftFunc`.
pub fn trim_left_func(mut text: &[u8], is: impl Fn(u32) -> bool) -> &[u8] {
    while !text.is_empty() {
        let (rune, width) = decode_rune(text);
        if !is(rune) {
            break;
        }
        text = text.get(width..).unwrap_or_default();
    }
    text
}

/// `strings.TrimRightFunc`.
pub fn trim_right_func(mut text: &[u8], is: impl Fn(u32) -> bool) -> &[u8] {
    while !text.is_empty() {
        let (rune, width) = decode_last_rune(text);
        if !is(rune) {
            break;
        }
        text = text.get(..text.len() - width).unwrap_or_default();
    }
    text
}

/// `strings.TrimFunc`.
pub fn trim_func(text: &[u8], is: impl Fn(u32) -> bool) -> &[u8] {
    trim_right_func(trim_left_func(text, &is), &is)
}

/// `strings.TrimSpace`: White_Space of Unicode.
pub fn trim_space(text: &[u8]) -> &[u8] {
    trim_func(text, is_space)
}

/// `strings.Trim`: the characters of `cutset` at both ends.
pub fn trim<'a>(text: &'a [u8], cutset: &[u8]) -> &'a [u8] {
    trim_func(text, |rune| contains_rune(cutset, rune))
}

/// `strings.TrimLeft`.
pub fn trim_left<'a>(text: &'a [u8], cutset: &[u8]) -> &'a [u8] {
    trim_left_func(text, |rune| contains_rune(cutset, rune))
}

/// `strings.TrimRight`.
pub fn trim_right<'a>(text: &'a [u8], cutset: &[u8]) -> &'a [u8] {
    trim_right_func(text, |rune| contains_rune(cutset, rune))
}

/// `strings.TrimPrefix`.
pub fn trim_prefix<'a>(text: &'a [u8], prefix: &[u8]) -> &'a [u8] {
    text.strip_prefix(prefix).unwrap_or(text)
}

/// `strings.TrimSuffix`.
pub fn trim_suffix<'a>(text: &'a [u8], suffix: &[u8]) -> &'a [u8] {
    text.strip_suffix(suffix).unwrap_or(text)
}
