//! Quoted strings and characters: `\n`, `\x01`, `\u00e9` for what is not printed as it is.

use crate::strings::{append_rune, decode_rune, valid_rune};
use crate::unicode::{REPLACEMENT, is_print};

/// What may stand in the text as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    Printable,
    Ascii,
}

/// `strconv.Quote`: between `"`, printable characters as they are, invalid bytes as `\x`.
pub fn quote(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    append_quote(&mut out, text);
    out
}

/// `strconv.QuoteToASCII`.
pub fn quote_ascii(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    append_quote_ascii(&mut out, text);
    out
}

/// `strconv.QuoteRune`: between `'`.
pub fn quote_rune(rune: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(6);
    append_quote_rune(&mut out, rune);
    out
}

/// `strconv.QuoteRuneToASCII`.
pub fn quote_rune_ascii(rune: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(12);
    append_quote_rune_ascii(&mut out, rune);
    out
}

/// `strconv.AppendQuote`.
pub fn append_quote(out: &mut Vec<u8>, text: &[u8]) {
    append_string(out, text, Plain::Printable);
}

/// `strconv.AppendQuoteToASCII`.
pub fn append_quote_ascii(out: &mut Vec<u8>, text: &[u8]) {
    append_string(out, text, Plain::Ascii);
}

/// `strconv.AppendQuoteRune`.
pub fn append_quote_rune(out: &mut Vec<u8>, rune: u32) {
    append_one(out, rune, Plain::Printable);
}

/// `strconv.AppendQuoteRuneToASCII`.
pub fn append_quote_rune_ascii(out: &mut Vec<u8>, rune: u32) {
    append_one(out, rune, Plain::Ascii);
}

fn append_one(out: &mut Vec<u8>, rune: u32, plain: Plain) {
    out.push(b'\'');
    let rune = if valid_rune(rune) { rune } else { REPLACEMENT };
    append_escaped(out, rune, b'\'', plain);
    out.push(b'\'');
}

fn append_string(out: &mut Vec<u8>, text: &[u8], plain: Plain) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text;
    while !rest.is_empty() {
        let run =
            rest.iter().position(|b| !(0x20..0x7F).contains(b) || matches!(b, b'"' | b'\\')).unwrap_or(rest.len());
        let (front, tail) = rest.split_at(run);
        out.extend_from_slice(front);
        let Some(&byte) = tail.first() else {
            break;
        };
        let (rune, width) = decode_rune(tail);
        match (rune, width) {
            (REPLACEMENT, 1) => append_hex_byte(out, byte),
            _ => append_escaped(out, rune, b'"', plain),
        }
        rest = tail.get(width..).unwrap_or_default();
    }
    out.push(b'"');
}

fn append_hex_byte(out: &mut Vec<u8>, byte: u8) {
    out.extend_from_slice(br"\x");
    append_hex_digits(out, u32::from(byte), 2);
}

fn append_hex_digits(out: &mut Vec<u8>, number: u32, count: u32) {
    for digit in (0..count).rev() {
        out.push(b"0123456789abcdef"[(number >> (4 * digit)) as usize & 15]);
    }
}

fn append_escaped(out: &mut Vec<u8>, rune: u32, quote: u8, plain: Plain) {
    if rune == u32::from(quote) || rune == u32::from(b'\\') {
        out.extend_from_slice(&[b'\\', rune as u8]);
        return;
    }
    if is_print(rune) && (rune < 0x80 || plain == Plain::Printable) {
        return append_rune(out, rune);
    }
    match rune {
        0x07 => out.extend_from_slice(br"\a"),
        0x08 => out.extend_from_slice(br"\b"),
        0x0C => out.extend_from_slice(br"\f"),
        0x0A => out.extend_from_slice(br"\n"),
        0x0D => out.extend_from_slice(br"\r"),
        0x09 => out.extend_from_slice(br"\t"),
        0x0B => out.extend_from_slice(br"\v"),
        0..0x20 | 0x7F => append_hex_byte(out, rune as u8),
        _ if !valid_rune(rune) => out.extend_from_slice(br"\ufffd"),
        0x80..0x1_0000 => {
            out.extend_from_slice(br"\u");
            append_hex_digits(out, rune, 4);
        }
        _ => {
            out.extend_from_slice(br"\U");
            append_hex_digits(out, rune, 8);
        }
    }
}

/// `strconv.CanBackquote`: one line of UTF-8 without control characters (but tabs), backquotes and byte order marks.
pub fn can_backquote(mut text: &[u8]) -> bool {
    const BYTE_ORDER_MARK: u32 = 0xFEFF;
    while !text.is_empty() {
        let (rune, width) = decode_rune(text);
        let bad = match width {
            1 => rune == REPLACEMENT || rune < 0x20 && rune != 0x09 || rune == u32::from(b'`') || rune == 0x7F,
            _ => rune == BYTE_ORDER_MARK,
        };
        if bad {
            return false;
        }
        text = text.get(width..).unwrap_or_default();
    }
    true
}
