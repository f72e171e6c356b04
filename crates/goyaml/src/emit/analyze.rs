//! What a text holds that decides how it can be written.

/// The ways in which a text can be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Ways {
    pub plain: bool,
    pub single_quoted: bool,
    pub literal: bool,
    pub multiline: bool,
}

/// Reports a line break of YAML: CR, LF, NEL, LS or PS.
pub(super) fn break_width(text: &[u8], i: usize) -> Option<usize> {
    match text[i] {
        b'\r' | b'\n' => Some(1),
        0xC2 if text.get(i + 1) == Some(&0x85) => Some(2),
        0xE2 if text.get(i + 1) == Some(&0x80) && matches!(text.get(i + 2), Some(0xA8 | 0xA9)) => Some(3),
        _ => None,
    }
}

pub(super) fn has_break(text: &[u8]) -> bool {
    text.iter().enumerate().any(|(i, b)| matches!(b, b'\r' | b'\n' | 0xC2 | 0xE2) && break_width(text, i).is_some())
}

/// Reports a character that need not be escaped; go-yaml takes no character beyond U+FFFF for one, and no tab.
pub(super) fn is_printable(text: &[u8], i: usize) -> bool {
    let next = |n: usize| text.get(i + n).copied().unwrap_or(0);
    match text[i] {
        b'\n' | b' '..=b'~' => true,
        0xC2 => next(1) >= 0xA0,
        0xC3..=0xEC | 0xEE => true,
        0xED => next(1) < 0xA0,
        0xEF => (next(1), next(2)) != (0xBB, 0xBF) && !(next(1) == 0xBF && next(2) >= 0xBE),
        _ => false,
    }
}

pub(super) fn width(lead: u8) -> usize {
    match lead {
        ..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// Reports a text that is plain wherever it stands, as most are: only letters, digits and a few signs.
pub(super) fn is_simple(text: &[u8]) -> bool {
    let safe =
        |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'/' | b'.' | b'-' | b'+' | b'=' | b'$' | b'(' | b')');
    match text {
        [b'-' | b'.', ..] | [] => false,
        _ => text.iter().all(safe),
    }
}

/// Follows `yaml_emitter_analyze_scalar` for block context, where flow indicators do not matter.
pub(super) fn analyze(text: &[u8], v3: bool) -> Ways {
    if text.is_empty() {
        return Ways { plain: true, single_quoted: true, literal: false, multiline: false };
    }
    let mut indicators = text.starts_with(b"---") || text.starts_with(b"...");
    let (mut special, mut tab, mut breaks) = (false, false, false);
    let (mut break_space, mut space_break) = (false, false);
    let (mut after_space, mut after_break, mut after_blank) = (false, false, true);
    let mut i = 0;
    while i < text.len() {
        let b = text[i];
        let width = width(b);
        let before_blank = text.get(i + width).is_none_or(|b| matches!(b, b' ' | b'\t'));
        indicators |= match b {
            b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' => {
                i == 0
            }
            b'?' | b'-' => i == 0 && before_blank,
            b':' => before_blank,
            b'#' => after_blank,
            _ => false,
        };
        match b {
            b'\t' if v3 => tab = true,
            _ => special |= !is_printable(text, i),
        }
        let is_break = break_width(text, i).is_some();
        breaks |= is_break;
        break_space |= b == b' ' && after_break;
        space_break |= is_break && after_space;
        after_space = b == b' ';
        after_break = is_break;
        after_blank = is_break || matches!(b, b' ' | b'\t' | 0);
        i += width;
    }
    let outer_space = text[0] == b' ' || after_space;
    let escaped = space_break || special;
    Ways {
        plain: !(outer_space || breaks || indicators || escaped || tab),
        single_quoted: !(break_space || escaped || tab),
        literal: !(after_space || escaped),
        multiline: breaks,
    }
}
