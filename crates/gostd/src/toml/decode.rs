//! Reads TOML (`parse.go` and `lex.go` of github.com/BurntSushi/toml 1.6.0; TOML 1.1).

use super::scalar::scalar;
use super::tree::{Item, Table};
use crate::{GoError, Str, Value, strconv};

/// How deep lists and inline tables may be nested.
const MAX_DEPTH: usize = 1_000;

/// Reads a document into a `map[string]interface {}`: integers are `int64`, times `time.Time`.
///
/// # Errors
/// `toml: line N (last key "a.b"): ` and what is wrong there.
pub fn decode(text: &[u8]) -> Result<Value, GoError> {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let at_line = |line: usize, message: &str| GoError::new(format!("toml: line {line}: {message}"));
    if text.iter().take(6).any(|b| *b == 0) {
        let message = "files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8";
        return Err(at_line(1, message));
    }
    let text = match std::str::from_utf8(text) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            let line = 1 + text[..at].iter().filter(|b| **b == b'\n').count();
            return Err(at_line(line, &format!("invalid UTF-8 byte: 0x{:02x}", text[at])));
        }
    };
    let mut reader = Reader { text, pos: 0, context: Vec::new(), key: Str::default(), root: Table::default() };
    match reader.document() {
        Ok(()) => Ok(reader.root.into_value()),
        Err(fault) => Err(reader.error(fault)),
    }
}

/// What is wrong, and where.
struct Fault {
    message: String,
    pos: usize,
}

type Read<T> = Result<T, Fault>;

struct Reader<'a> {
    text: &'a str,
    pos: usize,
    /// The table that keys go into.
    context: Vec<Str>,
    /// The key whose value is read.
    key: Str,
    root: Table,
}

fn dotted(path: &[Str]) -> String {
    path.iter().map(|part| part.to_text()).collect::<Vec<_>>().join(".")
}

fn shown(c: char) -> String {
    String::from_utf8_lossy(&strconv::quote_rune(c as u32)).into_owned()
}

impl<'a> Reader<'a> {
    fn error(&self, fault: Fault) -> GoError {
        let line = 1 + self.text[..fault.pos.min(self.text.len())].matches('\n').count();
        let mut path = self.context.clone();
        if !self.key.is_empty() {
            path.push(self.key.clone());
        }
        let last = match path.is_empty() {
            true => String::new(),
            false => format!(" (last key {})", String::from_utf8_lossy(&strconv::quote(dotted(&path).as_bytes()))),
        };
        GoError::new(format!("toml: line {line}{last}: {}", fault.message))
    }

    fn fail<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(Fault { message: message.into(), pos: self.pos })
    }

    fn rest(&self) -> &'a str {
        &self.text[self.pos..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, prefix: &str) -> bool {
        let found = self.rest().starts_with(prefix);
        self.pos += if found { prefix.len() } else { 0 };
        found
    }

    fn skip_blanks(&mut self) {
        self.pos += self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
    }

    /// Skips white space, line ends and comments.
    fn skip_lines(&mut self) {
        loop {
            let rest = self.rest();
            self.pos += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            if !self.rest().starts_with('#') {
                return;
            }
            self.pos += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    fn document(&mut self) -> Read<()> {
        loop {
            self.skip_lines();
            if self.rest().is_empty() {
                return Ok(());
            }
            if self.eat("[[") {
                self.header(true)?;
            } else if self.eat("[") {
                self.header(false)?;
            } else {
                self.pair()?;
            }
            self.line_end()?;
        }
    }

    fn line_end(&mut self) -> Read<()> {
        self.skip_blanks();
        match self.peek() {
            None | Some('\n' | '#') => Ok(()),
            Some('\r') if self.rest().starts_with("\r\n") => Ok(()),
            Some(c) => {
                let text = "expected a top-level item to end with a newline, comment, or EOF, but got";
                self.fail(format!("{text} {} instead", shown(c)))
            }
        }
    }

    /// Reads `[a.b]` or `[[a.b]]` behind the brackets.
    fn header(&mut self, many: bool) -> Read<()> {
        self.key = Str::default();
        let path = self.path(']')?;
        if !self.eat("]") {
            return match self.peek() {
                Some(c) => self.fail(format!("expected '.' or ']' to end table name, but got {} instead", shown(c))),
                None => self.fail("unexpected EOF"),
            };
        }
        if many && !self.eat("]") {
            let text = "expected end of table array name delimiter ']', but got";
            return self.fail(format!("{text} {} instead", self.peek().map(shown).unwrap_or_default()));
        }
        let Some((last, parents)) = path.split_last() else { return self.fail("unexpected EOF") };
        let pos = self.pos;
        let parent = self.root.descend(parents).map_err(|at| Fault {
            message: format!("Key '{}' was already created as a hash.", dotted(&parents[..at])),
            pos,
        })?;
        let message = match (parent.entries.get_mut(last), many) {
            (None, true) => {
                parent.entries.insert(last.clone(), Item::Tables(vec![Table::default()]));
                None
            }
            (Some(Item::Tables(tables)), true) => {
                tables.push(Table::default());
                None
            }
            (Some(_), true) => Some("was already created and cannot be used as an array."),
            (None, false) => {
                parent.entries.insert(last.clone(), Item::Table(Table::default()));
                None
            }
            (Some(Item::Table(table)), false) if table.implicit => {
                table.implicit = false;
                None
            }
            (Some(_), false) => Some("has already been defined."),
        };
        self.context = path.clone();
        match message {
            Some(message) => self.fail(format!("Key '{}' {message}", dotted(&path))),
            None => Ok(()),
        }
    }

    /// Reads a key with its dots; `end` is what may follow it.
    fn path(&mut self, end: char) -> Read<Vec<Str>> {
        let mut path = Vec::new();
        loop {
            self.skip_blanks();
            path.push(self.key_part(end)?);
            self.skip_blanks();
            if !self.eat(".") {
                return Ok(path);
            }
        }
    }

    fn key_part(&mut self, end: char) -> Read<Str> {
        let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        match self.peek() {
            Some('"') => self.basic(),
            Some('\'') => self.literal(),
            Some(c) if bare(c) => {
                let length = self.rest().find(|c| !bare(c)).unwrap_or(self.rest().len());
                let part = &self.rest()[..length];
                self.pos += length;
                Ok(Str::from(part))
            }
            Some(']') if end == ']' => self.fail("unexpected end of table name (table names cannot be empty)"),
            Some('.') if end == ']' => self.fail("unexpected table separator (table names cannot be empty)"),
            Some('=') => self.fail("unexpected '=': key name appears blank"),
            Some('.') => self.fail("unexpected '.': keys cannot start with a '.'"),
            Some(c) => self.fail(format!("expected '.' or '{end}', but got {} instead", shown(c))),
            None => self.fail("unexpected EOF"),
        }
    }

    fn key_and_equals(&mut self) -> Read<Vec<Str>> {
        let path = self.path('=')?;
        if self.eat("=") {
            self.skip_blanks();
            return Ok(path);
        }
        match self.peek() {
            Some(c) => self.fail(format!("expected '.' or '=', but got {} instead", shown(c))),
            None => self.fail("unexpected EOF; expected key separator '='"),
        }
    }

    /// Reads `a.b = value` into the current table.
    fn pair(&mut self) -> Read<()> {
        self.key = Str::default();
        let path = self.key_and_equals()?;
        self.key = path.last().cloned().unwrap_or_default();
        let value = self.value(0)?;
        let context = self.context.clone();
        let pos = self.pos;
        let full: Vec<Str> = context.iter().chain(&path).cloned().collect();
        let defined =
            |at: usize| Fault { message: format!("Key '{}' has already been defined.", dotted(&full[..at])), pos };
        let table = self.root.descend(&full[..full.len() - 1]).map_err(defined)?;
        let last = &full[full.len() - 1];
        if table.entries.contains_key(last) {
            return Err(defined(full.len()));
        }
        table.entries.insert(last.clone(), Item::Value(value));
        self.key = Str::default();
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        if depth > MAX_DEPTH {
            return self.fail(format!("values are nested more than {MAX_DEPTH} deep"));
        }
        match self.peek() {
            Some('"') if self.rest().starts_with("\"\"\"") => self.multiline("\"\"\"", true).map(Value::from),
            Some('\'') if self.rest().starts_with("'''") => self.multiline("'''", false).map(Value::from),
            Some('"') => self.basic().map(Value::Str),
            Some('\'') => self.literal().map(Value::Str),
            Some('[') => self.array(depth),
            Some('{') => self.inline_table(depth),
            Some('\n' | '\r') => self.fail(format!("expected value but found {} instead", shown('\n'))),
            None => self.fail("unexpected EOF; expected value"),
            Some(_) => self.word(),
        }
    }

    fn word(&mut self) -> Read<Value> {
        let rest = self.rest();
        let ends = |c: char| matches!(c, ',' | ']' | '}' | '#' | ' ' | '\t' | '\r' | '\n' | '=');
        let mut length = rest.find(ends).unwrap_or(rest.len());
        // A date and a time may have a space between them.
        let bytes = rest.as_bytes();
        if length == 10
            && bytes[4] == b'-'
            && bytes.get(10) == Some(&b' ')
            && bytes.get(11).is_some_and(u8::is_ascii_digit)
        {
            length = rest[11..].find(ends).map_or(rest.len(), |end| 11 + end);
        }
        let value = scalar(&rest[..length]).map_err(|error| Fault { message: error.text, pos: self.pos })?;
        self.pos += length;
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Read<Value> {
        self.pos += 1;
        let mut items = Vec::new();
        loop {
            self.skip_lines();
            match self.peek() {
                Some(']') => break,
                Some(',') => return self.fail("unexpected comma"),
                _ => items.push(self.value(depth + 1)?),
            }
            self.skip_lines();
            if !self.eat(",") && !self.rest().starts_with(']') {
                let got = self.peek().map_or("end of file".to_string(), shown);
                return self.fail(format!("expected a comma (',') or array terminator (']'), but got {got}"));
            }
        }
        self.pos += 1;
        Ok(Value::list(items))
    }

    fn inline_table(&mut self, depth: usize) -> Read<Value> {
        self.pos += 1;
        let mut table = Table::default();
        loop {
            self.skip_lines();
            match self.peek() {
                Some('}') => break,
                Some(',') => return self.fail("unexpected comma"),
                _ => {}
            }
            let path = self.key_and_equals()?;
            let value = self.value(depth + 1)?;
            let pos = self.pos;
            let defined =
                |at: usize| Fault { message: format!("Key '{}' has already been defined.", dotted(&path[..at])), pos };
            let (last, parents) = path.split_last().ok_or_else(|| defined(0))?;
            let parent = table.descend(parents).map_err(defined)?;
            if parent.entries.insert(last.clone(), Item::Value(value)).is_some() {
                return Err(defined(path.len()));
            }
            self.skip_lines();
            if !self.eat(",") && !self.rest().starts_with('}') {
                let got = self.peek().map_or("end of file".to_string(), shown);
                let text = "expected a comma or an inline table terminator '}', but got";
                return self.fail(format!("{text} {got} instead"));
            }
        }
        self.pos += 1;
        Ok(table.into_value())
    }

    /// Reads `"text"` with escapes.
    fn basic(&mut self) -> Read<Str> {
        let start = self.pos + 1;
        let mut end = start;
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(end) {
                None => return self.fail("unexpected EOF; expected '\"'"),
                Some(b'\n') => return self.fail("strings cannot contain newlines"),
                Some(b'\\') => end += 2,
                Some(b'"') => break,
                Some(byte) => {
                    self.check_control(*byte, end)?;
                    end += 1;
                }
            }
        }
        self.pos = end + 1;
        self.unescape(&self.text[start..end]).map(Str::from)
    }

    fn check_control(&self, byte: u8, pos: usize) -> Read<()> {
        if (byte < b' ' && byte != b'\t') || byte == 0x7f {
            let message = format!("TOML files cannot contain control characters: '0x{byte:02x}'");
            return Err(Fault { message, pos });
        }
        Ok(())
    }

    fn literal(&mut self) -> Read<Str> {
        let rest = &self.rest()[1..];
        let Some(end) = rest.find(['\'', '\n']) else { return self.fail("unexpected EOF; expected \"'\"") };
        if rest[end..].starts_with('\n') {
            return self.fail("strings cannot contain newlines");
        }
        for (at, byte) in rest[..end].bytes().enumerate() {
            self.check_control(byte, self.pos + 1 + at)?;
        }
        self.pos += end + 2;
        Ok(Str::from(&rest[..end]))
    }

    /// Reads a text between three quotes; its first line end does not count, and up to two quotes may stand at its end.
    fn multiline(&mut self, quotes: &str, escapes: bool) -> Read<String> {
        self.pos += 3;
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let mut at = 0;
        loop {
            if at >= bytes.len() {
                return self.fail(format!("unexpected EOF; expected {}", if escapes { "'\"\"\"'" } else { "\"'''\"" }));
            }
            if escapes && bytes[at] == b'\\' {
                at += 2;
            } else if rest.as_bytes()[at..].starts_with(quotes.as_bytes()) {
                break;
            } else {
                at += 1;
            }
        }
        let extra = bytes[at + 3..].iter().take(2).take_while(|b| **b == bytes[at]).count();
        let end = at + extra;
        self.pos += end + 3;
        let body = &rest[..end];
        let body = body.strip_prefix("\r\n").or_else(|| body.strip_prefix('\n')).unwrap_or(body);
        if escapes { self.unescape(body) } else { Ok(body.to_string()) }
    }

    fn unescape(&self, body: &str) -> Read<String> {
        let mut out = String::with_capacity(body.len());
        let mut rest = body;
        while let Some(at) = rest.find('\\') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let Some(kind) = rest.chars().next() else { return self.fail("unexpected EOF") };
            rest = &rest[kind.len_utf8()..];
            let simple = match kind {
                'b' => '\u{8}',
                't' => '\t',
                'n' => '\n',
                'f' => '\u{c}',
                'r' => '\r',
                'e' => '\u{1b}',
                '"' => '"',
                '\\' => '\\',
                'x' => self.hex(&mut rest, 2)?,
                'u' => self.hex(&mut rest, 4)?,
                'U' => self.hex(&mut rest, 8)?,
                ' ' | '\t' | '\r' | '\n'
                    if rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n') || kind == '\n' =>
                {
                    rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
                    continue;
                }
                other => return self.fail(format!("invalid escape in string '\\{other}'")),
            };
            out.push(simple);
        }
        out.push_str(rest);
        Ok(out)
    }

    fn hex(&self, rest: &mut &str, length: usize) -> Read<char> {
        let digits = rest.get(..length).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(digits) = digits else {
            let (word, letter) = [("two", 'x'), ("four", 'u'), ("eight", 'U')][length.ilog2() as usize - 1];
            return self.fail(format!("expected {word} hexadecimal digits after '\\{letter}'"));
        };
        *rest = &rest[length..];
        match u32::from_str_radix(digits, 16).ok().and_then(char::from_u32) {
            Some(c) => Ok(c),
            None => self.fail(format!("Escaped character '\\u{digits}' is not valid UTF-8.")),
        }
    }
}
