//! How an output is compared with its golden, and how a difference is shown.

/// What of an output is fixed. Everything is, except where Helm's own order is random.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Bytes,
    /// The same lines in any order.
    LinesAsSet,
    /// The same words in any order, a comma ending a word.
    WordsAsSet,
}

impl Mode {
    pub fn parse(word: Option<&str>) -> Result<Mode, String> {
        match word {
            None | Some("bytes") => Ok(Mode::Bytes),
            Some("lines-as-set") => Ok(Mode::LinesAsSet),
            Some("words-as-set") => Ok(Mode::WordsAsSet),
            Some(other) => Err(format!("compare = {other:?}: bytes, lines-as-set or words-as-set")),
        }
    }

    pub fn equal(self, want: &[u8], got: &[u8]) -> bool {
        want == got || (self != Mode::Bytes && self.parts(want) == self.parts(got))
    }

    fn parts(self, text: &[u8]) -> Vec<&[u8]> {
        let ends = |byte: &u8| *byte == b'\n' || self == Mode::WordsAsSet && matches!(byte, b' ' | b',' | b'\t');
        let mut parts: Vec<&[u8]> = text.split(ends).collect();
        parts.sort_unstable();
        parts
    }
}

/// The first line that differs, with two lines before it and a few of both sides.
pub fn first_difference(want: &[u8], got: &[u8]) -> String {
    let (want, got): (Vec<_>, Vec<_>) = (lines(want), lines(got));
    let at = want.iter().zip(&got).take_while(|(a, b)| a == b).count();
    let mut text = format!("line {} of {} (got {} lines)", at + 1, want.len(), got.len());
    for line in &want[at.saturating_sub(2)..at] {
        text.push_str(&format!("\n        {line}"));
    }
    for line in want.iter().skip(at).take(4) {
        text.push_str(&format!("\n      - {line}"));
    }
    for line in got.iter().skip(at).take(4) {
        text.push_str(&format!("\n      + {line}"));
    }
    text
}

/// Lines with their ends made visible where they are not a plain newline.
fn lines(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let mut lines: Vec<String> =
        text.split_inclusive('\n').map(|line| line.strip_suffix('\n').map_or(format!("{line}⟂"), visible)).collect();
    if lines.is_empty() {
        lines.push("(empty)".into());
    }
    lines
}

fn visible(line: &str) -> String {
    let mut text = line.trim_end().to_string();
    text.extend(line[text.len()..].chars().map(|c| match c {
        '\r' => '␍',
        '\t' => '→',
        _ => '·',
    }));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_ignore_the_order_only() {
        for (mode, want, got, equal) in [
            (Mode::Bytes, "a\nb\n", "b\na\n", false),
            (Mode::LinesAsSet, "a\nb\n", "b\na\n", true),
            (Mode::LinesAsSet, "a\nb\n", "b\na", false),
            (Mode::LinesAsSet, "x y\n", "y x\n", false),
            (Mode::WordsAsSet, "properties 'y', 'z' not", "properties 'z', 'y' not", true),
            (Mode::WordsAsSet, "properties 'y', 'z' not", "properties 'z' not", false),
        ] {
            assert_eq!(mode.equal(want.as_bytes(), got.as_bytes()), equal, "{mode:?} {want:?} {got:?}");
        }
    }
}
