//! The characters that a template's tokens are made of (Go 1.27 `text/template/parse/lex.go`).

use gostd::unicode::{is_digit, is_letter, is_print};

/// What stands for the end of the text.
pub const EOF: u32 = u32::MAX;

/// What a byte can be in an action.
const WORD: u8 = 1;
const SPACE: u8 = 2;
/// May stand behind a word.
const TERMINATOR: u8 = 4;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let char = byte as u8;
        classes[byte] = match char {
            b' ' | b'\t' | b'\r' | b'\n' => SPACE | TERMINATOR,
            b'.' | b',' | b'|' | b':' | b')' | b'(' => TERMINATOR,
            b'_' => WORD,
            _ if char.is_ascii_alphanumeric() => WORD,
            _ => 0,
        };
        byte += 1;
    }
    classes
}

pub fn is_word(byte: u8) -> bool {
    CLASSES[byte as usize] & WORD != 0
}

pub fn is_terminator(byte: u8) -> bool {
    CLASSES[byte as usize] & TERMINATOR != 0
}

pub fn is_space(byte: &u8) -> bool {
    CLASSES[*byte as usize] & SPACE != 0
}

pub fn is_alphanumeric(rune: u32) -> bool {
    match rune {
        EOF => false,
        0..0x80 => rune == u32::from(b'_') || (rune as u8).is_ascii_alphanumeric(),
        _ => is_letter(rune) || is_digit(rune),
    }
}

pub fn has_left_trim(text: &[u8]) -> bool {
    text.len() >= 2 && text[0] == b'-' && is_space(&text[1])
}

pub fn has_right_trim(text: &[u8]) -> bool {
    text.len() >= 2 && is_space(&text[0]) && text[1] == b'-'
}

/// Returns the length of a text without the space at its end.
pub fn trim_right(text: &[u8]) -> usize {
    text.iter().rposition(|b| !is_space(b)).map_or(0, |at| at + 1)
}

pub fn leading_space(text: &[u8]) -> usize {
    text.iter().take_while(|b| is_space(b)).count()
}

/// Go's `%#U`: `U+0041 'A'`, without the character where it cannot be printed.
pub fn describe(rune: u32) -> String {
    if rune == EOF {
        return "U+FFFFFFFFFFFFFFFF".to_string();
    }
    match char::from_u32(rune) {
        Some(c) if is_print(rune) => format!("U+{rune:04X} '{c}'"),
        _ => format!("U+{rune:04X}"),
    }
}
