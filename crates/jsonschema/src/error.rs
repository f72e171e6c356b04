//! Errors of validation: a tree, and the text that Helm shows.

use gostd::GoError;
use gostd::value::Str;

use crate::doc::append_escaped;
use crate::english::append_quoted;
use crate::kind::Kind;

/// One error with what caused it.
#[derive(Clone)]
pub struct ValidationError {
    /// Where in the values it is: a JSON pointer, empty for the values as a whole.
    pub location: Box<[u8]>,
    pub kind: Kind,
    pub causes: Vec<ValidationError>,
}

/// Why values were not accepted.
#[derive(Clone)]
pub enum Invalid {
    /// They do not fit the schema. The outermost error is of [`Kind::Schema`].
    Errors(Box<ValidationError>),
    /// Nobody knows whether they do: a limit was passed, or Helm would have panicked here.
    Undecided(GoError),
}

/// One step from a value to what it holds.
#[derive(Clone)]
pub enum Token {
    Member(Str),
    Item(usize),
}

/// Joins tokens to a JSON pointer.
pub fn pointer(tokens: &[Token]) -> Box<[u8]> {
    let mut out = Vec::new();
    for token in tokens {
        out.push(b'/');
        match token {
            Token::Member(name) => append_escaped(&mut out, name),
            Token::Item(index) => out.extend_from_slice(index.to_string().as_bytes()),
        }
    }
    out.into()
}

impl ValidationError {
    pub fn new(location: Box<[u8]>, kind: Kind) -> Self {
        ValidationError { location, kind, causes: Vec::new() }
    }

    /// Makes an error that only says that there is one.
    pub fn unseen() -> Self {
        ValidationError::new(Box::default(), Kind::Unseen)
    }

    /// Returns the errors inside a group, or the error itself.
    pub fn ungrouped(self) -> Vec<ValidationError> {
        if matches!(self.kind, Kind::Group) { self.causes } else { vec![self] }
    }

    /// Returns the text of the library: the error and, below it, what caused it, two blanks deeper each time.
    pub fn text(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.append(&mut out, 0);
        out
    }

    fn append(&self, out: &mut Vec<u8>, indent: usize) {
        if matches!(self.kind, Kind::Unseen) {
            return;
        }
        if indent > 0 {
            out.push(b'\n');
            out.resize(out.len() + 2 * (indent - 1), b' ');
            out.extend_from_slice(b"- ");
        }
        if !matches!(self.kind, Kind::Schema(_)) {
            out.extend_from_slice(b"at ");
            append_quoted(out, &self.location);
            out.extend_from_slice(b": ");
        }
        self.kind.append(out);
        for cause in &self.causes {
            cause.append(out, indent + 1);
        }
    }

    /// Gives errors of property names deeper than `depth` the location that the tokens say now.
    ///
    /// The library keeps only a slice of the tokens there, whose array it uses on, so what is printed is what was
    /// written last. See [`Token`]s in the validator.
    pub fn settle(&mut self, tokens: &[Token], depth: usize) {
        if let Kind::PropertyName(_, own) = &mut self.kind
            && *own > depth
        {
            self.location = pointer(tokens.get(..*own).unwrap_or_default());
            *own = 0;
        }
        for cause in &mut self.causes {
            cause.settle(tokens, depth);
        }
    }
}

impl Invalid {
    /// Returns the text that Helm prints below the name of the chart.
    ///
    /// Helm cuts the first line off, if it is that of a schema in a chart, and ends the text with a line feed.
    pub fn helm_text(&self) -> Vec<u8> {
        match self {
            Invalid::Undecided(error) => error.text.clone().into_bytes(),
            Invalid::Errors(error) => {
                let text = error.text();
                let mut text =
                    match text.strip_prefix(b"jsonschema validation failed with 'file:///values.schema.json#'\n") {
                        Some(rest) => rest.to_vec(),
                        None => text,
                    };
                text.push(b'\n');
                text
            }
        }
    }
}

impl From<Invalid> for GoError {
    fn from(invalid: Invalid) -> Self {
        GoError::new(String::from_utf8_lossy(&invalid.helm_text()).into_owned())
    }
}

impl std::fmt::Debug for ValidationError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.text()))
    }
}

impl std::fmt::Debug for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.helm_text()))
    }
}
