//! How scalars are written: the rules of go-yaml v3's emitter with lines of any length.

use std::fmt::Write;

use super::tree::Style;

/// Appends a scalar that is no block scalar. Styles that cannot hold the value give way to quotes.
pub fn push(out: &mut String, style: Style, value: &str, inside_flow: bool) {
    match style {
        Style::Alias => out.push_str(value),
        Style::Plain if plain_fits(value, inside_flow) => out.push_str(value),
        Style::Plain | Style::Single if single_fits(value) => {
            let _ = write!(out, "'{}'", value.replace('\'', "''"));
        }
        _ => push_double(out, value),
    }
}

/// Whether `|` and `>` can hold the value.
pub fn block_fits(value: &str) -> bool {
    !value.is_empty()
        && !value.ends_with(' ')
        && !value.contains(" \n")
        && value.chars().all(|c| c == '\t' || is_printable(c))
}

fn plain_fits(value: &str, inside_flow: bool) -> bool {
    if value.contains(['\t', '\n']) || !value.chars().all(is_printable) {
        return false;
    }
    // What was read as plain may stand in a block; in brackets there are fewer such texts.
    !inside_flow || (!value.is_empty() && !value.contains([',', '?', '[', ']', '{', '}', ':']))
}

fn single_fits(value: &str) -> bool {
    !value.contains(['\t', '\n']) && value.chars().all(is_printable)
}

/// Characters outside the basic plane are not printable to go-yaml.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && !matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}')
}

fn push_double(out: &mut String, value: &str) {
    out.push('"');
    for c in value.chars() {
        match escape(c) {
            Some(letter) => out.extend(['\\', letter]),
            None if is_printable(c) => out.push(c),
            None => push_number(out, u32::from(c)),
        }
    }
    out.push('"');
}

fn push_number(out: &mut String, code: u32) {
    // Writing to a string cannot fail.
    let _ = match code {
        0..=0xff => write!(out, "\\x{code:02X}"),
        0x100..=0xffff => write!(out, "\\u{code:04X}"),
        _ => write!(out, "\\U{code:08X}"),
    };
}

const ESCAPES: [(char, char); 15] = [
    ('\0', '0'),
    ('\u{7}', 'a'),
    ('\u{8}', 'b'),
    ('\t', 't'),
    ('\n', 'n'),
    ('\u{b}', 'v'),
    ('\u{c}', 'f'),
    ('\r', 'r'),
    ('\u{1b}', 'e'),
    ('"', '"'),
    ('\\', '\\'),
    ('\u{85}', 'N'),
    ('\u{2028}', 'L'),
    ('\u{2029}', 'P'),
    ('\u{a0}', '_'),
];

/// The letter after the backslash.
fn escape(c: char) -> Option<char> {
    // A space that does not break is printable and stays.
    ESCAPES.iter().find(|(raw, _)| *raw == c && c != '\u{a0}').map(|(_, letter)| *letter)
}

/// Returns the text between double quotes with its escapes resolved; `None` if one is unknown.
pub fn unescape(text: &str) -> Option<String> {
    let mut value = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            value.push(c);
            continue;
        }
        let digits = match rest.next()? {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            plain @ ('/' | ' ' | '\t') => {
                value.push(plain);
                continue;
            }
            letter => {
                value.push(ESCAPES.iter().find(|(_, known)| *known == letter)?.0);
                continue;
            }
        };
        let number: String = rest.by_ref().take(digits).collect();
        value.push(char::from_u32(u32::from_str_radix(&number, 16).ok()?)?);
    }
    Some(value)
}
