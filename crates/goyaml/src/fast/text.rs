//! Characters: a text that go-yaml's reader takes whole, with line feeds as its only line breaks.

/// Reports UTF-8 without control characters but tab and line feed, and without byte order mark, NEL, LS and PS.
pub(super) fn is_simple(text: &[u8]) -> bool {
    let (mut wrong, mut high) = (false, false);
    for &b in text {
        wrong |= (b < b' ' && b != b'\n' && b != b'\t') | (b == 0x7F);
        high |= b >= 0x80;
    }
    !wrong && (!high || (std::str::from_utf8(text).is_ok() && has_no_odd_character(text)))
}

/// Looks at the bytes that start the characters in question: U+0080 to U+009F, U+2028, U+2029, U+FEFF, U+FFFE, U+FFFF.
fn has_no_odd_character(text: &[u8]) -> bool {
    memchr::memchr3_iter(0xC2, 0xE2, 0xEF, text).all(|i| match text[i..] {
        [0xC2, next, ..] => next >= 0xA0,
        [0xE2, 0x80, last, ..] => !matches!(last, 0xA8 | 0xA9),
        [0xEF, 0xBB, last, ..] => last != 0xBF,
        [0xEF, 0xBF, last, ..] => last < 0xBE,
        _ => true,
    })
}
