//! Blanks comments, strings and character literals of Rust text, so that braces and words can be counted.

/// Returns `text` with each such byte as a blank; newlines stay, so lines and columns are the same.
pub fn mask(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = token_end(bytes, at);
        if end > at {
            blank(&mut out[at..end]);
            at = end;
        } else {
            at += 1;
        }
    }
    // Only whole tokens were replaced, and by ASCII; if that ever fails the check sees the plain text.
    String::from_utf8(out).unwrap_or_else(|_| text.to_string())
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
}

/// The end of the comment, string or character literal that starts at `at`, or `at` if none does.
fn token_end(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    match rest[0] {
        b'/' if rest.starts_with(b"//") => at + rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len()),
        b'/' if rest.starts_with(b"/*") => at + block_comment(rest),
        b'"' => at + quoted(rest),
        b'r' if !is_word_before(bytes, at) => at + raw_string(rest),
        b'b' | b'c' if !is_word_before(bytes, at) && rest.get(1) == Some(&b'r') => {
            let length = raw_string(&rest[1..]);
            if length == 0 { at } else { at + 1 + length }
        }
        b'\'' => at + character(rest),
        _ => at,
    }
}

fn is_word_before(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut at, mut depth) = (2, 1);
    while at < rest.len() && depth > 0 {
        let (step, change) = match &rest[at..] {
            [b'/', b'*', ..] => (2, 1),
            [b'*', b'/', ..] => (2, -1),
            _ => (1, 0),
        };
        at += step;
        depth += change;
    }
    at
}

fn quoted(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != b'"' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// The length of `r"..."` or `r#"..."#`; 0 if it is something else, such as a raw identifier.
fn raw_string(rest: &[u8]) -> usize {
    let hashes = rest[1..].iter().take_while(|&&b| b == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return 0;
    }
    let mut close = vec![b'"'];
    close.resize(1 + hashes, b'#');
    let start = 2 + hashes;
    let found = rest[start..].windows(close.len()).position(|window| window == close);
    found.map_or(rest.len(), |position| start + position + close.len())
}

/// The length of a character literal; 0 for a lifetime.
fn character(rest: &[u8]) -> usize {
    if rest.get(1) == Some(&b'\\') {
        let close = rest.iter().skip(3).position(|&b| b == b'\'');
        return close.map_or(rest.len(), |position| position + 4);
    }
    let Some(&first) = rest.get(1) else { return 0 };
    let width = match first {
        0..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    };
    if rest.get(1 + width) == Some(&b'\'') { width + 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn only_code_stays() {
        for (text, want) in [
            ("a // {\nb", "a     \nb"),
            ("a /* { /* } */ */ b", "a                 b"),
            (r#"f("{\"", '{')"#, "f(     ,    )"),
            (r##"x(r#"{"#)"##, "x(      )"),
            (r##"x(br#"{"#)"##, "x(       )"),
            ("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}"),
            (r"m('\'', '\u{7f}', 'é')", "m(    ,         ,     )"),
            ("r#fn", "r#fn"),
        ] {
            assert_eq!(mask(text), want, "{text}");
        }
    }
}
