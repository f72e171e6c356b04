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
    text.iter().any(|b| matches!(b, b'\r' | b'\n' | 0xC2 | 0xE2))
        && (0..text.len()).any(|i| break_width(text, i).is_some())
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

/// What kinds of bytes a text holds.
#[derive(Clone, Copy)]
pub(super) struct Kinds(u8);

impl Kinds {
    const SPACE: u8 = 1;
    const LINE_FEED: u8 = 1 << 1;
    const TAB: u8 = 1 << 2;
    const COLON: u8 = 1 << 3;
    const HASH: u8 = 1 << 4;
    /// Indicators at the start of a text, and quotes.
    const INDICATOR: u8 = 1 << 5;
    /// Control characters with carriage return, but not tab and line feed.
    const CONTROL: u8 = 1 << 6;
    const HIGH: u8 = 1 << 7;

    pub fn of(text: &[u8]) -> Self {
        Kinds(text.iter().fold(0, |kinds, b| kinds | KINDS[usize::from(*b)]))
    }

    fn has(self, kinds: u8) -> bool {
        self.0 & kinds != 0
    }

    /// Reports text that may not come back from JSON as it is.
    pub fn may_need_json(self) -> bool {
        self.has(Kinds::HIGH | Kinds::CONTROL)
    }

    pub fn has_line_feed(self) -> bool {
        self.has(Kinds::LINE_FEED)
    }

    /// Reports a text of letters, digits and signs that never mean anything.
    pub fn is_word(self) -> bool {
        self.0 == 0
    }
}

const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut b = 0;
    while b < 256 {
        kinds[b] = match b as u8 {
            b' ' => Kinds::SPACE,
            b'\n' => Kinds::LINE_FEED,
            b'\t' => Kinds::TAB,
            b':' => Kinds::COLON,
            b'#' => Kinds::HASH,
            // `-` and `.` for document markers.
            b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`'
            | b'?' | b'-' | b'.' => Kinds::INDICATOR,
            0..b' ' | 0x7F => Kinds::CONTROL,
            0x80.. => Kinds::HIGH,
            _ => 0,
        };
        b += 1;
    }
    kinds
};

/// Follows `yaml_emitter_analyze_scalar` for block context, where flow indicators do not matter.
pub(super) fn analyze(text: &[u8], kinds: Kinds, v3: bool) -> Ways {
    let (Some(first), Some(last)) = (text.first(), text.last()) else {
        return Ways { plain: true, single_quoted: true, literal: false, multiline: false };
    };
    if kinds.has(Kinds::HIGH | Kinds::CONTROL) {
        return analyze_characters(text, v3);
    }
    let holds = |pair: &[u8; 2]| memchr::memmem::find(text, pair).is_some();
    let (tab, multiline) = (kinds.has(Kinds::TAB), kinds.has(Kinds::LINE_FEED));
    let special = tab && !v3;
    let indicators = (KINDS[usize::from(*first)] & (Kinds::INDICATOR | Kinds::COLON | Kinds::HASH) != 0
        && starts_marked(text))
        || (kinds.has(Kinds::COLON) && (*last == b':' || holds(b": ") || holds(b":\t")))
        || (kinds.has(Kinds::HASH) && (holds(b" #") || holds(b"\t#") || holds(b"\n#")));
    let escaped = special || (multiline && holds(b" \n"));
    Ways {
        plain: !(*first == b' ' || *last == b' ' || multiline || indicators || escaped || tab),
        single_quoted: !((multiline && holds(b"\n ")) || escaped || tab),
        literal: !(*last == b' ' || escaped),
        multiline,
    }
}

/// Reports an indicator at a text's start.
fn starts_marked(text: &[u8]) -> bool {
    let before_blank = text.get(1).is_none_or(|b| matches!(b, b' ' | b'\t'));
    match text[0] {
        b'?' | b':' => before_blank,
        b'-' => before_blank || text.starts_with(b"---"),
        b'.' => text.starts_with(b"..."),
        _ => true,
    }
}

/// Follows `yaml_emitter_analyze_scalar` for block context, where flow indicators do not matter.
fn analyze_characters(text: &[u8], v3: bool) -> Ways {
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
