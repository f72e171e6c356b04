//! The text that is read, character by character.

/// What is left of a text.
pub struct Scanner<'a> {
    rest: &'a str,
}

/// Characters up to one that ends them, or to the end of the text.
pub struct Run {
    pub text: String,
    pub stop: Option<char>,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str) -> Self {
        Scanner { rest: text }
    }

    pub fn rest(&self) -> &'a str {
        self.rest
    }

    pub fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.skip(next.len_utf8());
        Some(next)
    }

    /// Leaves out bytes, up to a border of characters.
    pub fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// Reads until one of the stops and takes it too; a backslash hides the next character.
    pub fn until(&mut self, stops: &[char]) -> Run {
        let mut text = String::new();
        while let Some(next) = self.next() {
            if stops.contains(&next) {
                return Run { text, stop: Some(next) };
            }
            match next {
                '\\' => match self.next() {
                    Some(hidden) => text.push(hidden),
                    None => break,
                },
                other => text.push(other),
            }
        }
        Run { text, stop: None }
    }

    /// Reads until one of the stops and takes it too; nothing is hidden.
    pub fn until_literally(&mut self, stops: &[char]) -> Run {
        let found = self.rest.find(stops);
        let text = self.rest[..found.unwrap_or(self.rest.len())].to_owned();
        self.skip(text.len());
        Run { text, stop: found.and_then(|_| self.next()) }
    }
}
