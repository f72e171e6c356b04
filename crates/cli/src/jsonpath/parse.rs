//! Reads JSONPath templates: text with paths in braces.

use gostd::strconv;

/// How deep filters and unions may hold each other.
const MAX_DEPTH: usize = 100;

#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Text(String),
    Field(String),
    Array(Slice),
    Filter { left: Vec<Node>, operator: String, right: Vec<Node> },
    Int(i64),
    Float(f64),
    Bool(bool),
    Wildcard,
    Recursive,
    Union(Vec<Vec<Node>>),
    Identifier(String),
}

/// `[start:end:step]`; a single index is a slice of one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Slice {
    pub start: Option<i64>,
    pub end: Option<i64>,
    pub step: Option<i64>,
    /// The end was not written: it is one after the start.
    pub single: bool,
}

/// A piece of a template: text, or the nodes of one pair of braces.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    Text(String),
    Path(Vec<Node>),
}

/// Reads a template.
pub fn parse(template: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        if open > 0 {
            pieces.push(Piece::Text(rest[..open].to_string()));
        }
        let mut parser = Parser { rest: &rest[open + 1..], depth: 0 };
        pieces.push(Piece::Path(parser.path()?));
        rest = parser.rest;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_string()));
    }
    Ok(pieces)
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// Reads nodes up to the closing brace.
    fn path(&mut self) -> Result<Vec<Node>, String> {
        let mut nodes = Vec::new();
        loop {
            if let Some(rest) = self.rest.strip_prefix('}') {
                self.rest = rest;
                return Ok(nodes);
            }
            if let Some(rest) = self.rest.strip_prefix("[?(") {
                self.rest = rest;
                nodes.push(self.filter()?);
            } else if let Some(rest) = self.rest.strip_prefix("..") {
                self.rest = rest;
                self.recursive(&mut nodes)?;
            } else {
                self.node(&mut nodes)?;
            }
        }
    }

    fn node(&mut self, nodes: &mut Vec<Node>) -> Result<(), String> {
        let Some(first) = self.rest.chars().next().filter(|c| !matches!(c, '\r' | '\n')) else {
            return Err("unclosed action".to_string());
        };
        let after = &self.rest[first.len_utf8()..];
        match first {
            ' ' | '@' | '$' => self.rest = after,
            '[' => {
                self.rest = after;
                self.array(nodes)?;
            }
            '"' | '\'' => nodes.push(self.quoted(first)?),
            '.' => {
                self.rest = after;
                nodes.push(self.field());
            }
            '+' | '-' | '0'..='9' => nodes.push(self.number()?),
            c if c == '_' || c.is_alphanumeric() => nodes.push(self.identifier()),
            c => return Err(format!("unrecognized character in action: U+{:04X} '{c}'", u32::from(c))),
        }
        Ok(())
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn identifier(&mut self) -> Node {
        let end = self.rest.find(is_terminator).unwrap_or(self.rest.len());
        match self.take(end) {
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            word => Node::Identifier(word.to_string()),
        }
    }

    fn field(&mut self) -> Node {
        let mut escaped = false;
        let end = self.rest.find(|c| {
            let stop = !escaped && is_terminator(c);
            escaped = !escaped && c == '\\';
            stop
        });
        match self.take(end.unwrap_or(self.rest.len())) {
            "*" => Node::Wildcard,
            name => Node::Field(name.replace('\\', "")),
        }
    }

    fn recursive(&mut self, nodes: &mut Vec<Node>) -> Result<(), String> {
        if nodes.last() == Some(&Node::Recursive) {
            return Err("invalid multiple recursive descent".to_string());
        }
        nodes.push(Node::Recursive);
        if self.rest.chars().next().is_some_and(|c| c == '_' || c.is_alphanumeric()) {
            nodes.push(self.field());
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Node, String> {
        let digits = self.rest[1..].find(|c: char| c != '.' && !c.is_ascii_digit());
        let text = self.take(digits.map_or(self.rest.len(), |end| end + 1));
        if let Ok(int) = strconv::atoi(text.as_bytes()) {
            return Ok(Node::Int(int));
        }
        strconv::parse_float(text.as_bytes(), 64).map(Node::Float).map_err(|_| format!("cannot parse number {text}"))
    }

    fn quoted(&mut self, quote: char) -> Result<Node, String> {
        let unterminated = || "unterminated quoted string".to_string();
        let mut from = 1;
        let end = loop {
            let at = from + self.rest[from..].find([quote, '\n']).ok_or_else(unterminated)?;
            if self.rest[at..].starts_with('\n') {
                return Err(unterminated());
            }
            if !self.rest[..at].ends_with('\\') {
                break at + 1;
            }
            from = at + 1;
        };
        let text = self.take(end);
        let inner = &text[1..text.len() - 1];
        unquote(inner, quote).map(Node::Text).map_err(|e| format!("unquote string {text} error {e}"))
    }

    fn array(&mut self, nodes: &mut Vec<Node>) -> Result<(), String> {
        let end = self.rest.find([']', '\n']).filter(|at| self.rest[*at..].starts_with(']'));
        let text = self.take(end.ok_or("unterminated array")?);
        self.rest = &self.rest[1..];
        if text.contains(',') {
            let parts = text.split(',').map(|part| self.nested(&format!("[{}]", part.trim_matches(' '))));
            nodes.push(Node::Union(parts.collect::<Result<_, _>>()?));
        } else if let Some(key) = dict_key(text) {
            nodes.extend(self.nested(&format!(".{key}"))?);
        } else {
            nodes.push(Node::Array(slice(if text == "*" { ":" } else { text })?));
        }
        Ok(())
    }

    fn nested(&self, text: &str) -> Result<Vec<Node>, String> {
        if self.depth >= MAX_DEPTH {
            return Err(format!("filters and unions are nested more than {MAX_DEPTH} deep"));
        }
        let text = format!("{text}}}");
        Parser { rest: &text, depth: self.depth + 1 }.path()
    }

    fn filter(&mut self) -> Result<Node, String> {
        let end = filter_end(self.rest)?;
        let text = self.take(end);
        self.rest = self.rest[1..].strip_prefix(']').ok_or("unclosed array expect ]")?;
        let is_operator = |c: char| matches!(c, '!' | '<' | '>' | '=');
        let split = text.find(is_operator).filter(|at| *at > 0 && !text.contains('\n'));
        let operator_end = split.map(|at| text[at..].find(|c| !is_operator(c)).map_or(text.len(), |n| at + n));
        match (split, operator_end) {
            (Some(at), Some(end)) if end < text.len() => Ok(Node::Filter {
                left: self.nested(&text[..at])?,
                operator: text[at..end].to_string(),
                right: self.nested(&text[end..])?,
            }),
            // Operators alone leave their last character as the right side.
            (Some(at), Some(end)) if end - at > 1 => Ok(Node::Filter {
                left: self.nested(&text[..at])?,
                operator: text[at..end - 1].to_string(),
                right: self.nested(&text[end - 1..])?,
            }),
            _ => Ok(Node::Filter { left: self.nested(text)?, operator: "exists".to_string(), right: Vec::new() }),
        }
    }
}

/// Finds the parenthesis that closes a filter; one inside a quoted text does not.
fn filter_end(text: &str) -> Result<usize, String> {
    let (mut quote, mut closed, mut before) = (None, false, '(');
    for (at, c) in text.char_indices() {
        match (c, quote) {
            ('\n', _) => break,
            ('"' | '\'', None) => quote = Some(c),
            ('"' | '\'', Some(open)) if before != '\\' && open == c => closed = true,
            (')', None) => return Ok(at),
            (')', Some(_)) if closed => return Ok(at),
            _ => {}
        }
        before = c;
    }
    Err("unterminated filter".to_string())
}

fn is_terminator(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}')
}

/// Reads `'key'`: anything in single quotes but a quote.
fn dict_key(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    (!inner.is_empty() && !inner.contains('\'')).then_some(inner)
}

fn slice(text: &str) -> Result<Slice, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let digits = |part: &&str| part.strip_prefix('-').unwrap_or(part).bytes().all(|b| b.is_ascii_digit());
    if parts.len() > 3 || !parts.iter().all(digits) {
        return Err(format!("invalid array index {text}"));
    }
    let number = |at: usize| match parts.get(at) {
        None | Some(&"") => Ok(None),
        Some(part) => {
            strconv::atoi(part.as_bytes()).map(Some).map_err(|_| format!("array index {part} is not a number"))
        }
    };
    let (start, end, step) = (number(0)?, number(1)?, number(2)?);
    if parts.len() == 1 {
        return Ok(Slice { start, end: Some(start.unwrap_or(0).saturating_add(1)), step, single: true });
    }
    Ok(Slice { start, end, step, single: false })
}

fn unquote(inner: &str, quote: char) -> Result<String, String> {
    let quote = u8::try_from(quote).map_err(|_| "invalid syntax".to_string())?;
    let mut rest = inner.as_bytes();
    let mut out = Vec::new();
    while !rest.is_empty() {
        if rest[0] != b'\\' {
            out.push(rest[0]);
            rest = &rest[1..];
            continue;
        }
        let char = strconv::unquote_char(rest, quote).map_err(|e| e.text)?;
        match char::from_u32(char.value) {
            Some(c) if char.multibyte => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            _ => out.push(char.value as u8),
        }
        rest = char.tail;
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}
