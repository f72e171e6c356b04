//! What a text holds that decides how it can be written (`yaml_emitter_analyze_scalar`).

/// The ways in which a text can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ways {
    /// Without quotes outside of brackets.
    pub block_plain: bool,
    /// Without quotes inside of brackets.
    pub flow_plain: bool,
    pub single_quoted: bool,
    /// As a block scalar.
    pub block: bool,
    pub multiline: bool,
}

/// A line break of a text, or what stands between two of them.
pub enum Piece<'t> {
    Break(&'t [u8]),
    Run(&'t [u8]),
}

/// Returns the bytes of the line break at a place: CR, LF, NEL, LS or PS.
pub fn break_width(text: &[u8], i: usize) -> Option<usize> {
    match text.get(i..).unwrap_or_default() {
        [b'\r' | b'\n', ..] => Some(1),
        [0xC2, 0x85, ..] => Some(2),
        [0xE2, 0x80, 0xA8 | 0xA9, ..] => Some(3),
        _ => None,
    }
}

/// Cuts a text at its line breaks, which are pieces too.
pub fn pieces(text: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (is_break, length) = match break_width(rest, 0) {
            Some(length) => (true, length),
            None => (false, (1..rest.len()).find(|i| break_width(rest, *i).is_some()).unwrap_or(rest.len())),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(if is_break { Piece::Break(piece) } else { Piece::Run(piece) })
    })
}

/// Returns the bytes of the character with this first byte.
pub fn width(lead: u8) -> usize {
    match lead {
        ..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// Reports a character that need not be escaped; go-yaml takes no character beyond U+FFFF for one, and no tab.
pub fn is_printable(text: &[u8], i: usize) -> bool {
    match text.get(i..).unwrap_or_default() {
        [b'\n' | b' '..=b'~', ..] => true,
        [0xC2, next, ..] => *next >= 0xA0,
        [0xED, next, ..] => *next < 0xA0,
        [0xEF, 0xBB, 0xBF, ..] | [0xEF, 0xBF, 0xBE | 0xBF, ..] => false,
        [0xC3..=0xEF, ..] => true,
        _ => false,
    }
}

/// Spaces and breaks where they make a difference.
#[derive(Default)]
struct Edges {
    /// At the start or the end.
    outer_space: bool,
    outer_break: bool,
    last_space: bool,
    /// A space behind a break, and before one.
    break_space: bool,
    space_break: bool,
    breaks: bool,
}

pub fn analyze(text: &[u8]) -> Ways {
    if text.is_empty() {
        return Ways { block_plain: true, flow_plain: false, single_quoted: true, block: false, multiline: false };
    }
    let marked = text.starts_with(b"---") || text.starts_with(b"...");
    let (mut block_indicator, mut flow_indicator) = (marked, marked);
    let (mut tab, mut special, mut after_blank) = (false, false, true);
    let mut i = 0;
    while i < text.len() {
        let next = i + width(text[i]);
        let before_blank = text.get(next).is_none_or(|b| matches!(b, b' ' | b'\t'));
        let (in_block, in_flow) = indicates(text[i], i == 0, after_blank, before_blank);
        block_indicator |= in_block;
        flow_indicator |= in_flow;
        match text[i] {
            b'\t' => tab = true,
            _ => special |= !is_printable(text, i),
        }
        after_blank = matches!(text[i], b' ' | b'\t' | 0) || break_width(text, i).is_some();
        i = next;
    }
    let edges = edges(text);
    let escaped = edges.space_break || special;
    let plain = !(edges.outer_space || edges.outer_break || edges.break_space || edges.breaks || escaped || tab);
    Ways {
        block_plain: plain && !block_indicator,
        flow_plain: plain && !flow_indicator,
        single_quoted: !(edges.break_space || escaped || tab),
        block: !(edges.last_space || escaped),
        multiline: edges.breaks,
    }
}

/// Reports whether a character means something outside of brackets, and inside.
fn indicates(b: u8, first: bool, after_blank: bool, before_blank: bool) -> (bool, bool) {
    match b {
        b'#' | b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@'
        | b'`'
            if first =>
        {
            (true, true)
        }
        b'?' if first => (before_blank, true),
        b'-' if first => (before_blank, before_blank),
        b':' => (before_blank, true),
        b',' | b'?' | b'[' | b']' | b'{' | b'}' => (false, true),
        b'#' => (after_blank, after_blank),
        _ => (false, false),
    }
}

fn edges(text: &[u8]) -> Edges {
    let mut edges = Edges::default();
    let (mut after_space, mut after_break) = (false, false);
    let mut i = 0;
    while i < text.len() {
        let next = i + width(text[i]);
        let outer = i == 0 || next >= text.len();
        let is_space = text[i] == b' ';
        let is_break = break_width(text, i).is_some();
        edges.outer_space |= outer && is_space;
        edges.outer_break |= outer && is_break;
        edges.break_space |= is_space && after_break;
        edges.space_break |= is_break && after_space;
        edges.breaks |= is_break;
        (after_space, after_break) = (is_space, is_break);
        i = next;
    }
    edges.last_space = after_space;
    edges
}
