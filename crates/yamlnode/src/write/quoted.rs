//! Texts in quotes.

use super::analyze::{Piece, break_width, is_printable, pieces};
use super::output::Output;
use super::scalar::char_at;

pub fn write_single(output: &mut Output, value: &[u8]) {
    output.write_indicator(b"'", false);
    let mut after_break = false;
    for piece in pieces(value) {
        match piece {
            Piece::Break(text) => {
                if !after_break && text == b"\n" {
                    output.put_break();
                }
                output.put_text_break(text);
            }
            Piece::Run(text) => {
                if after_break {
                    output.write_indent();
                }
                for word in text.split_inclusive(|b| *b == b'\'') {
                    output.put_text(word);
                    if word.ends_with(b"'") {
                        output.put(b'\'');
                    }
                }
            }
        }
        after_break = matches!(piece, Piece::Break(_));
    }
    output.write_tight(b"'");
}

pub fn write_double(output: &mut Output, value: &[u8]) {
    output.write_indicator(b"\"", false);
    // go-yaml looks for a byte order mark at the start of the text, whichever character it is at.
    let marked = value.starts_with("\u{FEFF}".as_bytes());
    let mut i = 0;
    while i < value.len() {
        let (c, bytes) = char_at(value, i);
        let escaped = marked || !is_printable(value, i) || break_width(value, i).is_some();
        if escaped || matches!(value[i], b'"' | b'\\') {
            output.put_text(escape(c).as_bytes());
        } else {
            output.put_text(bytes);
        }
        i += bytes.len();
    }
    output.write_tight(b"\"");
}

fn escape(c: u32) -> String {
    let short = match c {
        0 => '0',
        0x07 => 'a',
        0x08 => 'b',
        0x09 => 't',
        0x0A => 'n',
        0x0B => 'v',
        0x0C => 'f',
        0x0D => 'r',
        0x1B => 'e',
        0x22 => '"',
        0x5C => '\\',
        0x85 => 'N',
        0xA0 => '_',
        0x2028 => 'L',
        0x2029 => 'P',
        _ => return numeric_escape(c),
    };
    format!("\\{short}")
}

fn numeric_escape(c: u32) -> String {
    match c {
        0..=0xFF => format!("\\x{c:02X}"),
        0x100..=0xFFFF => format!("\\u{c:04X}"),
        _ => format!("\\U{c:08X}"),
    }
}
