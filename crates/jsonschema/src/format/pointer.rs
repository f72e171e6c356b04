//! Formats `json-pointer` and `relative-json-pointer`.

use gostd::strings::runes;

use super::{Refusal, leading_digits, refuse, split_at};

/// RFC 6901.
pub fn json_pointer(text: &[u8]) -> Refusal {
    if text.is_empty() {
        return Ok(());
    }
    if !text.starts_with(b"/") {
        return refuse("not starting with /");
    }
    let mut tilde = false;
    for (_, rune, _) in runes(text) {
        if tilde && rune != u32::from(b'0') && rune != u32::from(b'1') {
            break;
        }
        tilde = rune == u32::from(b'~');
    }
    if tilde { refuse("~ must be followed by 0 or 1") } else { Ok(()) }
}

/// draft-handrews-relative-json-pointer-01.
pub fn relative_json_pointer(text: &[u8]) -> Refusal {
    let digits = leading_digits(text);
    if digits == 0 {
        return refuse("must start with non-negative integer");
    }
    if digits > 1 && text.starts_with(b"0") {
        return refuse("starts with zero");
    }
    match split_at(text, digits).1 {
        b"#" => Ok(()),
        pointer => json_pointer(pointer),
    }
}
