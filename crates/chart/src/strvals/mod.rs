//! The grammars of `--set`, `--set-string`, `--set-file`, `--set-json` and `--set-literal` (`pkg/strvals` of Helm 4.3.1).
//!
//! All put what they read into a map that is there: maps and lists in it change in place, also when an error follows.

mod fault;
mod index;
mod literal;
mod parser;
mod scanner;
mod typed;

use gostd::{GoError, Map, Value};

use parser::{Grammar, Parser};

/// Reads the value of a `--set-file` pair, given its path.
pub type FileReader<'a> = &'a mut dyn FnMut(&str) -> Result<Value, GoError>;

/// `--set`: `a.b=1,c[0]=x,d={y,z}`; integers, booleans and null by their look, everything else is text.
///
/// # Errors
/// `key "a" has no value`, `list must terminate with '}'`, `unable to parse key: …` and others of Helm.
pub fn parse_into(text: &str, values: &Map) -> Result<(), GoError> {
    Parser::new(text, Grammar::Typed).run(values)
}

/// `--set-string`: as [`parse_into`], but every value is text.
///
/// # Errors
/// As [`parse_into`].
pub fn parse_into_string(text: &str, values: &Map) -> Result<(), GoError> {
    Parser::new(text, Grammar::Text).run(values)
}

/// `--set-file`: as [`parse_into`]; a value is the path of a file that holds it.
///
/// # Errors
/// As [`parse_into`], and those of the reader.
pub fn parse_into_file(text: &str, values: &Map, reader: FileReader<'_>) -> Result<(), GoError> {
    Parser::new(text, Grammar::File(reader)).run(values)
}

/// `--set-json` with keys: `a={"b":1},c=[2]`; nothing behind `=` is null.
///
/// # Errors
/// As [`parse_into`], and those of JSON.
pub fn parse_json(text: &str, values: &Map) -> Result<(), GoError> {
    Parser::new(text, Grammar::Json).run(values)
}

/// `--set-literal`: a key, `=`, and the rest is its text, whatever is in it.
///
/// # Errors
/// As [`parse_into`].
pub fn parse_literal_into(text: &str, values: &Map) -> Result<(), GoError> {
    literal::Parser::new(text).run(values)
}
