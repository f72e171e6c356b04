//! What begins a node: anchor and tag, and the text of a scalar.

use goyaml::events::Style;

use super::Writer;
use super::analyze::{Piece, break_width, pieces, width};
use super::output::INDENT;
use super::part::{Part, Place};
use super::quoted;
use crate::node::Kind;

impl Writer {
    /// Writes an alias or a scalar; of a collection what stands before its content.
    pub(super) fn start(&mut self, part: &Part<'_>, place: Place) {
        let node = part.node;
        if node.kind == Kind::Alias {
            self.output.write_indicator(b"*", false);
            self.output.write_tight(&node.value);
            return;
        }
        let style = part.style(place, self.flow_level > 0);
        if !node.anchor.is_empty() {
            self.output.write_indicator(b"&", false);
            self.output.write_tight(&node.anchor);
        }
        self.write_tag(part);
        if node.kind == Kind::Scalar {
            let before = self.output.deepen(INDENT, INDENT);
            self.write_scalar(&node.value, style);
            self.output.indent = before;
        }
    }

    fn write_tag(&mut self, part: &Part<'_>) {
        let Some((handle, rest)) = &part.tag else { return };
        let in_angles = handle.is_empty();
        self.output.write_indicator(if in_angles { b"!<" } else { handle }, false);
        let mut text = Vec::new();
        for &b in rest.iter() {
            if b.is_ascii_alphanumeric() || b"-;/?:@&=+$,_.~*'()[]".contains(&b) {
                text.push(b);
            } else {
                text.extend_from_slice(format!("%{b:02X}").as_bytes());
            }
        }
        self.output.write_tight(&text);
        if in_angles {
            self.output.write_tight(b">");
        }
    }

    fn write_scalar(&mut self, value: &[u8], style: Style) {
        let output = &mut self.output;
        match style {
            Style::Plain if value.is_empty() => output.indention = false,
            Style::Plain => output.write_indicator(value, false),
            Style::SingleQuoted => quoted::write_single(output, value),
            Style::DoubleQuoted => quoted::write_double(output, value),
            Style::Literal => self.write_literal(value),
            Style::Folded => self.write_folded(value),
        }
    }

    /// Writes the line before a block scalar, with the comment at its end.
    fn write_block_header(&mut self, indicator: &[u8], value: &[u8]) {
        self.output.write_indicator(indicator, false);
        if value.starts_with(b" ") || break_width(value, 0).is_some() {
            self.output.write_tight(b"2");
        }
        if let Some(hint) = chomping(value) {
            self.output.write_tight(hint);
        }
        if !self.write_line_comment() {
            self.output.put_break();
        }
        self.output.whitespace = true;
    }

    fn write_literal(&mut self, value: &[u8]) {
        self.write_block_header(b"|", value);
        let mut after_break = true;
        for piece in pieces(value) {
            match piece {
                Piece::Break(text) => self.output.put_text_break(text),
                Piece::Run(text) => self.put_line(text, after_break),
            }
            after_break = matches!(piece, Piece::Break(_));
        }
    }

    fn write_folded(&mut self, value: &[u8]) {
        self.write_block_header(b">", value);
        // go-yaml looks at the first line of the whole text here, where it means the next one.
        let first = pieces(value).find_map(|piece| match piece {
            Piece::Run(text) => text.first().copied(),
            Piece::Break(_) => None,
        });
        let doubles = !matches!(first, None | Some(b' ' | b'\t' | 0));
        let (mut after_break, mut indented) = (true, true);
        for piece in pieces(value) {
            match piece {
                Piece::Break(text) => {
                    if !after_break && !indented && text == b"\n" && doubles {
                        self.output.put_break();
                    }
                    self.output.put_text_break(text);
                }
                Piece::Run(text) => {
                    if after_break {
                        indented = text.starts_with(b" ") || text.starts_with(b"\t");
                    }
                    self.put_line(text, after_break);
                }
            }
            after_break = matches!(piece, Piece::Break(_));
        }
    }

    fn put_line(&mut self, text: &[u8], after_break: bool) {
        if after_break {
            self.output.write_indent();
        }
        self.output.put_text(text);
        self.output.indention = false;
    }
}

/// What the header says about the breaks at the end of a text.
fn chomping(value: &[u8]) -> Option<&'static [u8]> {
    let last_char = |text: &[u8]| (1..=text.len()).map(|n| text.len() - n).find(|i| text[*i] & 0xC0 != 0x80);
    let Some(last) = last_char(value).filter(|i| break_width(value, *i).is_some()) else { return Some(b"-") };
    match last_char(&value[..last]) {
        None => Some(b"+"),
        Some(before) if break_width(value, before).is_some() => Some(b"+"),
        Some(_) => None,
    }
}

/// The character at a place, with the bytes it takes; bytes that are no UTF-8 stand for themselves.
pub(super) fn char_at(text: &[u8], i: usize) -> (u32, &[u8]) {
    let rest = text.get(i..).unwrap_or_default();
    let length = width(rest.first().copied().unwrap_or_default()).min(rest.len());
    let bytes = &rest[..length];
    let first = u32::from(bytes.first().copied().unwrap_or_default());
    let c = std::str::from_utf8(bytes).ok().and_then(|text| text.chars().next()).map_or(first, u32::from);
    (c, bytes)
}
