//! Texts for values that do not fit the type they are decoded into.

use super::fault::Fault;
use super::scan::{Next, Scanner};
use super::shape::Shape;
use crate::GoError;

impl Shape {
    /// Returns the name of the Go type.
    pub fn go_type(&self) -> &'static str {
        match self {
            Shape::Any => "interface {}",
            Shape::Bool => "bool",
            Shape::String => "string",
            Shape::Int => "int",
            Shape::Float64 => "float64",
            Shape::Time => "time.Time",
            Shape::List(_, name) | Shape::Map(_, name) | Shape::Struct(_, name) => name,
        }
    }

    /// Returns the name of the type without its package, which error texts put before the path; empty for the types
    /// that have no name of their own.
    pub fn root(&self) -> &'static str {
        match self {
            Shape::Struct(_, name) => name.rsplit('.').next().unwrap_or(name),
            _ => "",
        }
    }
}

/// What was found, as `array` or `number 1e400`, and the type that was wanted.
pub(super) struct Mismatch {
    pub found: String,
    pub wanted: &'static str,
}

impl Mismatch {
    /// Makes the error; `pointer` is a JSON pointer such as `/maintainers/0/name`.
    pub fn error(&self, root: &str, pointer: &str) -> GoError {
        let Mismatch { found, wanted } = self;
        let root = if pointer.is_empty() { "" } else { root };
        let path = pointer.strip_prefix('/').unwrap_or(pointer).replace('/', ".");
        if root.is_empty() && path.is_empty() {
            return GoError::new(format!("json: cannot unmarshal {found} into Go value of type {wanted}"));
        }
        let last = path.rsplit('.').next().unwrap_or_default();
        let is_index = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
        let what = if is_index { "" } else { "Go struct field " };
        GoError::new(format!("json: cannot unmarshal {found} into {what}{root}.{path} of type {wanted}"))
    }
}

/// Appends a key to a JSON pointer.
pub(super) fn push_key(pointer: &mut String, key: &[u8]) {
    pointer.push('/');
    for char in String::from_utf8_lossy(key).chars() {
        match char {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

pub(super) fn push_index(pointer: &mut String, index: usize) {
    pointer.push('/');
    pointer.push_str(&index.to_string());
}

/// Returns the JSON pointer of the value that starts at an offset of a well-formed text.
///
/// Decoding keeps no path; this walks the text again, once, when there is an error to report.
pub(super) fn pointer_to(data: &[u8], offset: usize) -> String {
    let mut walk = Walk { scanner: Scanner::new(data), offset, pointer: String::new() };
    let _ = walk.value(0);
    walk.pointer
}

struct Walk<'a> {
    scanner: Scanner<'a>,
    offset: usize,
    pointer: String,
}

impl Walk<'_> {
    /// Reports whether the value was found here or inside; the pointer then leads to it.
    fn value(&mut self, depth: usize) -> Result<bool, Fault> {
        let first = self.scanner.peek();
        if self.scanner.at == self.offset {
            return Ok(true);
        }
        let close = match first {
            Some(b'{') => b'}',
            Some(b'[') => b']',
            _ => return self.scanner.skip(depth).map(|()| false),
        };
        let length = self.pointer.len();
        let mut next = self.scanner.open(close, depth)?;
        let mut index = 0;
        while next == Next::Another {
            match close {
                b'}' => push_key(&mut self.pointer, &self.scanner.key()?.unquote()),
                _ => push_index(&mut self.pointer, index),
            }
            if self.value(depth + 1)? {
                return Ok(true);
            }
            self.pointer.truncate(length);
            index += 1;
            next = self.scanner.next(close)?;
        }
        Ok(false)
    }
}
