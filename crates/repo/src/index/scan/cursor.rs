//! A place in the text of one version, and the scalars that stand there in the forms that machines write.

use std::borrow::Cow;

/// A place in a text of printable ASCII characters and line feeds. What it does not know for sure it gives as none.
#[derive(Clone)]
pub struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// None for a text with other characters.
    pub fn new(text: &'a [u8]) -> Option<Self> {
        // Without a way out in the loop it runs over many bytes at once.
        let odd = text.iter().fold(false, |odd, byte| odd | !(matches!(byte, b' '..=b'~') | (*byte == b'\n')));
        (!odd).then_some(Cursor { text, at: 0 })
    }

    pub fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(b'\n')
    }

    /// Goes on behind a text that stands here.
    pub fn skip(&mut self, text: &[u8]) -> Option<()> {
        self.rest().starts_with(text).then(|| self.at += text.len())
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes to the next line with text, and returns its column; none at the end. It stands at the text then.
    pub fn next_line(&mut self) -> Option<usize> {
        loop {
            let column = self.rest().iter().take_while(|byte| **byte == b' ').count();
            match self.rest().get(column) {
                None => return None,
                Some(b'\n') => self.at += column + 1,
                Some(_) => {
                    self.at += column;
                    return Some(column);
                }
            }
        }
    }

    /// Returns the column of the next line, if it is not blank, and stays.
    pub fn column_below(&self) -> Column {
        let column = self.rest().iter().take_while(|byte| **byte == b' ').count();
        match self.rest().get(column) {
            None if column == 0 => Column::End,
            None | Some(b'\n') => Column::Blank,
            Some(_) => Column::At(column),
        }
    }

    /// Reads a key of the characters that names of fields have, and goes behind the colon.
    pub fn key(&mut self, is_part: impl Fn(u8) -> bool) -> Option<&'a [u8]> {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| is_part(**byte)).count();
        let key = rest.get(..length).filter(|key| !key.is_empty())?;
        if rest.get(length) != Some(&b':') || !matches!(rest.get(length + 1), None | Some(b' ' | b'\n')) {
            return None;
        }
        self.at += length + 1;
        Some(key)
    }

    /// Goes over the end of a line that has no more text.
    pub fn end_line(&mut self) -> Option<()> {
        match self.rest().first() {
            None => Some(()),
            Some(b'\n') => {
                self.at += 1;
                Some(())
            }
            Some(_) => None,
        }
    }

    /// Returns the rest of the line, and goes to the next.
    pub fn line(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.at += (length + 1).min(rest.len());
        rest.get(..length).unwrap_or_default()
    }

    /// Reads a scalar on this line, of a collection at the column `indent`, and goes to the next line.
    pub fn scalar(&mut self, indent: usize) -> Option<Cow<'a, [u8]>> {
        match self.peek() {
            quote @ (b'"' | b'\'') => self.quoted(quote).map(Cow::Borrowed),
            _ => self.plain(indent),
        }
    }

    fn quoted(&mut self, quote: u8) -> Option<&'a [u8]> {
        let line = self.line();
        let inner = line.get(1..line.len().checked_sub(1)?).filter(|_| line.last() == Some(&quote))?;
        let is_simple = !inner.contains(&quote) && (quote == b'\'' || !inner.contains(&b'\\'));
        is_simple.then_some(inner)
    }

    fn plain(&mut self, indent: usize) -> Option<Cow<'a, [u8]>> {
        if !matches!(self.peek(), b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'_' | b'(') {
            return None;
        }
        let first = plain_line(self.line())?;
        match self.column_below() {
            Column::At(column) if column > indent => self.folded(first, indent).map(Cow::Owned),
            // What follows a blank line may still belong to it.
            Column::Blank => None,
            _ => goyaml::is_text(first).then_some(Cow::Borrowed(first)),
        }
    }

    /// Reads the further lines of a scalar.
    fn folded(&mut self, first: &[u8], indent: usize) -> Option<Vec<u8>> {
        let mut text = first.to_vec();
        loop {
            match self.column_below() {
                Column::At(column) if column > indent => self.at += column,
                Column::Blank => return None,
                _ => return Some(text),
            }
            if self.peek() == b'#' {
                return None;
            }
            text.push(b' ');
            text.extend_from_slice(plain_line(self.line())?);
        }
    }

    /// Goes over the lines of a block scalar whose header was read, inside a collection at the column `indent`.
    pub fn skip_block(&mut self, indent: usize) -> Option<()> {
        let Column::At(block) = self.column_below() else { return None };
        if block <= indent {
            return None;
        }
        loop {
            match self.column_below() {
                Column::At(column) if column >= block => {}
                Column::At(column) if column > indent => return None,
                Column::Blank if self.peek() == b'\n' => {}
                Column::Blank => return None,
                _ => return Some(()),
            }
            self.line();
        }
    }
}

/// What stands at the start of a line.
pub enum Column {
    At(usize),
    Blank,
    End,
}

/// Checks a line of a scalar without quotes: no blanks at its end, nothing that would end it.
fn plain_line(line: &[u8]) -> Option<&[u8]> {
    let (last, rest) = line.split_last()?;
    if matches!(last, b' ' | b':') {
        return None;
    }
    let ends = |pair: &[u8]| matches!(pair, b": " | b" #");
    let mut from = 0;
    while let Some(found) = rest.get(from..).and_then(|rest| memchr::memchr(b' ', rest)) {
        let at = from + found;
        let before = at.checked_sub(1).and_then(|before| line.get(before..=at)).unwrap_or_default();
        if ends(before) || line.get(at..at + 2).is_some_and(ends) {
            return None;
        }
        from = at + 1;
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_in_simple_forms() {
        for (text, scalar) in [
            ("abc\n", Some("abc")),
            ("a b\n     c d\nx", Some("a b c d")),
            ("\"1.0\"\n", Some("1.0")),
            ("'a\"b'\n", Some("a\"b")),
            ("1.2.3", Some("1.2.3")),
            ("1.2\n", None),
            ("yes\n", None),
            ("a: b\n", None),
            ("a #b\n", None),
            ("a#b:c\n", Some("a#b:c")),
            ("a:\n", None),
            ("a \n", None),
            ("\"a\\n\"\n", None),
            ("'it''s'\n", None),
            ("\"a\n     b\"\n", None),
            ("&a b\n", None),
            ("a\n\n     b\n", None),
            ("a\n     b: c\n", None),
        ] {
            let read = Cursor::new(text.as_bytes()).and_then(|mut cursor| cursor.scalar(4));
            assert_eq!(read.as_deref(), scalar.map(str::as_bytes), "{text:?}");
        }
        assert!(Cursor::new("\u{e9}".as_bytes()).is_none());
        assert!(Cursor::new(b"\t").is_none());
    }
}
