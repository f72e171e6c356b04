//! The order of mapping keys: go-yaml's natural order.

use std::cmp::Ordering;

use gostd::{Str, Value, unicode};

/// Sorts entries that come in byte order. go-yaml's comparison is not transitive for every set of keys; Helm's own order
/// of such sets changes from run to run, ours does not.
pub(super) fn sort(entries: &mut Vec<(&Str, &Value)>, v3: bool) {
    let mut sorted: Vec<(&Str, &Value)> = Vec::with_capacity(entries.len());
    let mut width = 1;
    while width < entries.len() {
        for run in entries.chunks(2 * width) {
            let (mut left, mut right) = run.split_at(width.min(run.len()));
            while let (Some(a), Some(b)) = (left.first(), right.first()) {
                if compare(b.0, a.0, v3) == Ordering::Less {
                    sorted.push(*b);
                    right = &right[1..];
                } else {
                    sorted.push(*a);
                    left = &left[1..];
                }
            }
            sorted.extend_from_slice(left);
            sorted.extend_from_slice(right);
        }
        std::mem::swap(entries, &mut sorted);
        sorted.clear();
        width *= 2;
    }
}

/// Compares two keys as go-yaml's `keyList.Less` does: letters after everything else, runs of digits by their value.
pub(super) fn compare(a: &[u8], b: &[u8], v3: bool) -> Ordering {
    let mut same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    // Back to the start of a character that differs only in its last bytes.
    while a.get(same).is_some_and(|b| b & 0xC0 == 0x80) && same > 0 {
        same -= 1;
    }
    let (Some(first_a), Some(first_b)) = (first_char(&a[same..]), first_char(b.get(same..).unwrap_or_default())) else {
        return a.len().cmp(&b.len());
    };
    match (is_letter(first_a), is_letter(first_b)) {
        (true, true) => first_a.cmp(&first_b),
        (false, false) => compare_digits(a, b, same).then(first_a.cmp(&first_b)),
        (a_letter, _) => {
            let after_digit = v3 && char_before(a, same).is_some_and(is_digit);
            if a_letter == after_digit { Ordering::Less } else { Ordering::Greater }
        }
    }
}

/// Compares the numbers that two texts have from an offset on; after a digit other than 0, zeros count.
fn compare_digits(a: &[u8], b: &[u8], from: usize) -> Ordering {
    let start = i64::from((a[from] == b'0' || b[from] == b'0') && ends_in_number(&a[..from]));
    leading_number(start, &a[from..]).cmp(&leading_number(start, &b[from..]))
}

/// Reports digits at the end of a text that are not all 0.
fn ends_in_number(mut text: &[u8]) -> bool {
    while let Some(c) = char_before(text, text.len()).filter(|c| is_digit(*c)) {
        if c != '0' {
            return true;
        }
        text = &text[..text.len() - c.len_utf8()];
    }
    false
}

/// Returns the value of the leading digits, as Go computes it, and their number.
fn leading_number(start: i64, mut text: &[u8]) -> (i64, usize) {
    let (mut value, mut digits) = (start, 0);
    while let Some(c) = first_char(text).filter(|c| is_digit(*c)) {
        value = value.wrapping_mul(10).wrapping_add(i64::from(c as u32) - i64::from(b'0'));
        digits += 1;
        text = &text[c.len_utf8()..];
    }
    (value, digits)
}

fn first_char(text: &[u8]) -> Option<char> {
    let first = *text.first()?;
    if first.is_ascii() {
        return Some(char::from(first));
    }
    let width = super::analyze::width(first).min(text.len());
    Some(std::str::from_utf8(&text[..width]).ok().and_then(|s| s.chars().next()).unwrap_or('\u{FFFD}'))
}

/// Returns the character that ends at an offset.
fn char_before(text: &[u8], end: usize) -> Option<char> {
    let start = (0..end).rev().find(|i| text[*i] & 0xC0 != 0x80)?;
    first_char(&text[start..end])
}

fn is_letter(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { unicode::is_letter(c as u32) }
}

fn is_digit(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { unicode::is_digit(c as u32) }
}
