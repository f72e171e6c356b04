//! Flow collections that stand on one line and hold simple scalars.

use super::line::Lines;
use super::{Collection, Doubt, Sink, Text};

const MAX_DEPTH: usize = 16;
const MAX_KEY_BYTES: usize = 1000;

impl<'t, S: Sink> Lines<'t, '_, S> {
    /// Reads from the opening bracket on, and stands behind the closing one then.
    pub fn flow(&mut self, depth: usize) -> Result<(), Doubt> {
        if depth == MAX_DEPTH {
            return Err(Doubt);
        }
        let (collection, close) = match self.at(0) {
            b'{' => (Collection::Mapping, b'}'),
            _ => (Collection::Sequence, b']'),
        };
        self.pos += 1;
        self.sink.open(collection)?;
        loop {
            self.pos += self.spaces();
            if self.at(0) == close {
                self.pos += 1;
                return self.sink.close();
            }
            if collection == Collection::Mapping {
                self.flow_key()?;
            }
            self.flow_node(depth)?;
            self.pos += self.spaces();
            match self.at(0) {
                b',' => self.pos += 1,
                b if b == close => {}
                _ => return Err(Doubt),
            }
        }
    }

    /// Reads a key, and goes to its value.
    fn flow_key(&mut self) -> Result<(), Doubt> {
        let start = self.pos;
        match self.at(0) {
            quote @ (b'\'' | b'"') => {
                let key = self.quoted(quote)?;
                if key.multiline {
                    return Err(Doubt);
                }
                let text = key.text(self.text, &self.scratch);
                self.sink.key(Text::Quoted(text))?;
                self.pos += self.spaces();
            }
            _ => {
                let key = self.flow_plain()?;
                if self.at(1) != b' ' {
                    return Err(Doubt);
                }
                self.sink.key(Text::Plain(key))?;
            }
        }
        if self.at(0) != b':' || self.pos - start > MAX_KEY_BYTES {
            return Err(Doubt);
        }
        self.pos += 1;
        self.pos += self.spaces();
        Ok(())
    }

    fn flow_node(&mut self, depth: usize) -> Result<(), Doubt> {
        match self.at(0) {
            quote @ (b'\'' | b'"') => {
                let scalar = self.quoted(quote)?;
                if scalar.multiline {
                    return Err(Doubt);
                }
                let text = scalar.text(self.text, &self.scratch);
                self.sink.value(Text::Quoted(text))
            }
            b'[' | b'{' => self.flow(depth + 1),
            _ => {
                let text = self.flow_plain()?;
                self.sink.value(Text::Plain(text))
            }
        }
    }

    /// Reads a scalar of characters that mean nothing in flow context; stands at what ends it then.
    fn flow_plain(&mut self) -> Result<&'t [u8], Doubt> {
        let start = self.pos;
        let starts = match self.at(0) {
            b'-' => self.at(1).is_ascii_alphanumeric() || self.at(1) == b'-',
            b => b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b'$'),
        };
        if !starts {
            return Err(Doubt);
        }
        loop {
            match self.at(0) {
                b':' if self.at(1).is_ascii_alphanumeric() || self.at(1) == b'/' => {}
                b if b.is_ascii_alphanumeric() || b" _./$-=@+()%*;<>~^".contains(&b) => {}
                _ => break,
            }
            self.pos += 1;
        }
        let text: &'t [u8] = &self.text[start..self.pos];
        Ok(text.trim_ascii_end())
    }
}
