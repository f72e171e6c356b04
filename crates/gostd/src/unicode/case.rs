//! Simple case mapping: one character to one character.

use super::tables::{CASES, ORBITS};

/// Where a distance is not fixed: capitals and small letters alternate, the capital first.
const ALTERNATING: i32 = 0x11_0000;

const UPPER: usize = 0;
const LOWER: usize = 1;
const TITLE: usize = 2;

fn mapped(rune: u32, to: usize) -> u32 {
    let next = CASES.partition_point(|range| range.0 <= rune);
    let Some((low, high, distances)) = next.checked_sub(1).and_then(|i| CASES.get(i)) else {
        return rune;
    };
    if rune > *high {
        return rune;
    }
    match distances.get(to) {
        // Upper and title case are the even distances from the first character, lower case the odd ones.
        Some(&ALTERNATING) => low + (((rune - low) & !1) | u32::from(to == LOWER)),
        Some(distance) => rune.wrapping_add_signed(*distance),
        None => rune,
    }
}

/// `unicode.ToUpper`.
pub fn to_upper(rune: u32) -> u32 {
    match u8::try_from(rune) {
        Ok(byte) if byte.is_ascii() => u32::from(byte.to_ascii_uppercase()),
        _ => mapped(rune, UPPER),
    }
}

/// `unicode.ToLower`.
pub fn to_lower(rune: u32) -> u32 {
    match u8::try_from(rune) {
        Ok(byte) if byte.is_ascii() => u32::from(byte.to_ascii_lowercase()),
        _ => mapped(rune, LOWER),
    }
}

/// `unicode.ToTitle`.
pub fn to_title(rune: u32) -> u32 {
    match u8::try_from(rune) {
        Ok(byte) if byte.is_ascii() => u32::from(byte.to_ascii_uppercase()),
        _ => mapped(rune, TITLE),
    }
}

/// `unicode.SimpleFold`: the next larger character that is equal without regard to case, or the smallest such one.
pub fn simple_fold(rune: u32) -> u32 {
    if let Ok(found) = ORBITS.binary_search_by_key(&rune, |orbit| orbit.0) {
        return ORBITS.get(found).map_or(rune, |orbit| orbit.1);
    }
    match to_lower(rune) {
        same if same == rune => to_upper(rune),
        lower => lower,
    }
}
