//! `html`, `js` and `urlquery`.

use gostd::strings::{append_rune, decode_rune};
use gostd::unicode::is_print;
use gostd::{GoError, Value, fmt};

use crate::exec::{Operand, printable};

/// Go's `evalArgs`: a single text as it is, everything else as `print` shows it.
pub fn text(values: &[Value]) -> Result<Vec<u8>, GoError> {
    match values {
        [Value::Str(text)] => Ok(text.to_vec()),
        // `<no value>` stands for nil here.
        _ => {
            let shown = |value: &Value| match value {
                Value::Nil => Value::from("<no value>"),
                value => printable(&Operand::concrete(value.clone())).unwrap_or_else(|| value.clone()),
            };
            fmt::sprint(&values.iter().map(shown).collect::<Vec<_>>())
        }
    }
}

pub fn html(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            0 => out.extend_from_slice("\u{FFFD}".as_bytes()),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            _ => out.push(*byte),
        }
    }
    out
}

pub fn js(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(byte) = rest.first() {
        let mut length = 1;
        match byte {
            b'\\' | b'\'' | b'"' => out.extend_from_slice(&[b'\\', *byte]),
            b'<' | b'>' | b'&' | b'=' | 0..b' ' => {
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', hex(byte >> 4), hex(*byte)])
            }
            0x80.. => {
                let (rune, size) = decode_rune(rest);
                length = size;
                if is_print(rune) && size > 1 {
                    append_rune(&mut out, rune);
                } else if is_print(rune) {
                    out.extend_from_slice(&rest[..1]);
                } else {
                    out.extend_from_slice(format!("\\u{rune:04X}").as_bytes());
                }
            }
            _ => out.push(*byte),
        }
        rest = &rest[length..];
    }
    out
}

/// The digit of the lower half of a byte.
fn hex(byte: u8) -> u8 {
    b"0123456789ABCDEF"[usize::from(byte & 15)]
}

/// Go's `url.QueryEscape`.
pub fn url_query(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(*byte),
            b' ' => out.push(b'+'),
            _ => out.extend_from_slice(&[b'%', hex(byte >> 4), hex(*byte)]),
        }
    }
    out
}
