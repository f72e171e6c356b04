//! Character classes and simple case mapping as Go's `unicode` package (Unicode 17). Characters are `u32` code points;
//! what is no character belongs to no class and maps to itself.

mod case;
#[rustfmt::skip]
mod tables;

pub use case::{simple_fold, to_lower, to_title, to_upper};

/// First and last character of a run, and the step between its members.
type Range = (u32, u32, u32);
/// First and last character of a run, and the distances to upper, lower and title case.
type CaseRange = (u32, u32, [i32; 3]);

/// The replacement character, which stands for bytes that are not UTF-8.
pub const REPLACEMENT: u32 = 0xFFFD;
/// The largest code point.
pub const MAX_RUNE: u32 = 0x10_FFFF;

fn within(table: &[Range], rune: u32) -> bool {
    let next = table.partition_point(|range| range.0 <= rune);
    let Some(&(low, high, step)) = next.checked_sub(1).and_then(|i| table.get(i)) else {
        return false;
    };
    rune <= high && (step == 1 || (rune - low).is_multiple_of(step))
}

/// `strconv.IsPrint`: letters, marks, numbers, punctuation, symbols, and the ASCII space.
pub fn is_print(rune: u32) -> bool {
    if rune < 0x7F { rune >= 0x20 } else { within(tables::PRINT, rune) }
}

/// `unicode.IsSpace`: White_Space.
pub fn is_space(rune: u32) -> bool {
    match rune {
        0x09..=0x0D | 0x20 | 0x85 | 0xA0 => true,
        0..=0xFF => false,
        0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000 => true,
        _ => false,
    }
}

fn ascii(rune: u32) -> Option<u8> {
    u8::try_from(rune).ok().filter(u8::is_ascii)
}

/// Category L.
pub fn is_letter(rune: u32) -> bool {
    ascii(rune).map_or_else(|| within(tables::LETTER, rune), |b| b.is_ascii_alphabetic())
}

/// Category Nd.
pub fn is_digit(rune: u32) -> bool {
    ascii(rune).map_or_else(|| within(tables::DIGIT, rune), |b| b.is_ascii_digit())
}

/// Category N.
pub fn is_number(rune: u32) -> bool {
    ascii(rune).map_or_else(|| within(tables::NUMBER, rune), |b| b.is_ascii_digit())
}

/// Category Lu.
pub fn is_upper(rune: u32) -> bool {
    ascii(rune).map_or_else(|| within(tables::UPPER, rune), |b| b.is_ascii_uppercase())
}

/// Category Ll.
pub fn is_lower(rune: u32) -> bool {
    ascii(rune).map_or_else(|| within(tables::LOWER, rune), |b| b.is_ascii_lowercase())
}

/// Category Lt.
pub fn is_title(rune: u32) -> bool {
    rune > 0x7F && within(tables::TITLE, rune)
}

/// Category M.
pub fn is_mark(rune: u32) -> bool {
    rune > 0x7F && within(tables::MARK, rune)
}

/// Category P.
pub fn is_punct(rune: u32) -> bool {
    within(tables::PUNCT, rune)
}

/// Category S.
pub fn is_symbol(rune: u32) -> bool {
    within(tables::SYMBOL, rune)
}

/// Category Cc.
pub fn is_control(rune: u32) -> bool {
    rune < 0x20 || (0x7F..0xA0).contains(&rune)
}
